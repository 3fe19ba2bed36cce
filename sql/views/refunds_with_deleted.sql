-- refunds_with_deleted: refunds, and those that are gone, with a mark.

CREATE VIEW {schema}.refunds_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, charge,
    charge_id, created_at, currency, failure_message, gateway, gateway_id, merchant_account_transaction,
    merchant_account_transaction_id, object, status, updated_at
FROM {schema}.refunds
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._bigint(raw -> 'charge'),
    {schema}._bigint(raw -> 'charge_id'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'failure_message'),
    {schema}._text(raw -> 'gateway'),
    {schema}._text(raw -> 'gateway_id'),
    {schema}._bigint(raw -> 'merchant_account_transaction'),
    {schema}._bigint(raw -> 'merchant_account_transaction_id'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'status'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'refunds' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.refunds_with_deleted IS 'The rows of refunds, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.refunds_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.id IS 'Invoiced id of the refund.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.amount IS 'Amount given back, in major units of currency.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.charge IS 'Invoiced id of the charge that is refunded.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.charge_id IS 'The same id as charge, under its other name.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.created_at IS 'When the refund was created.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.failure_message IS 'Why it failed, in words; NULL unless it did.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.gateway IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.gateway_id IS 'Id of the refund at the gateway.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.merchant_account_transaction IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.refunds_with_deleted.merchant_account_transaction_id IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.object IS 'Kind of the object: always refund.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.status IS 'State of the refund. Known values: succeeded, pending, failed, voided.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.updated_at IS 'When the refund was last changed; some bulk changes at the source do not move it.';
