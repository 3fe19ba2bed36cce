-- charges_with_deleted: charges, and those that are gone, with a mark.

CREATE VIEW {schema}.charges_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, amount_refunded,
    created_at, currency, customer, customer_id, description, disputed, failure_message, gateway, gateway_id,
    merchant_account, merchant_account_id, merchant_account_transaction, merchant_account_transaction_id, object,
    payment, payment_flow, payment_flow_id, payment_id, receipt_email, refunded, status, updated_at
FROM {schema}.charges
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._numeric(raw -> 'amount_refunded'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._bigint(raw -> 'customer_id'),
    {schema}._text(raw -> 'description'),
    {schema}._boolean(raw -> 'disputed'),
    {schema}._text(raw -> 'failure_message'),
    {schema}._text(raw -> 'gateway'),
    {schema}._text(raw -> 'gateway_id'),
    {schema}._bigint(raw -> 'merchant_account'),
    {schema}._bigint(raw -> 'merchant_account_id'),
    {schema}._bigint(raw -> 'merchant_account_transaction'),
    {schema}._bigint(raw -> 'merchant_account_transaction_id'),
    {schema}._text(raw -> 'object'),
    {schema}._bigint(raw -> 'payment'),
    {schema}._bigint(raw -> 'payment_flow'),
    {schema}._bigint(raw -> 'payment_flow_id'),
    {schema}._bigint(raw -> 'payment_id'),
    {schema}._text(raw -> 'receipt_email'),
    {schema}._boolean(raw -> 'refunded'),
    {schema}._text(raw -> 'status'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'charges' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.charges_with_deleted IS 'The rows of charges, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.charges_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.charges_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.charges_with_deleted.id IS 'Invoiced id of the charge.';
COMMENT ON COLUMN {schema}.charges_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.charges_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.charges_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.charges_with_deleted.amount IS 'Amount charged, in major units of currency.';
COMMENT ON COLUMN {schema}.charges_with_deleted.amount_refunded IS 'How much of it was refunded, in major units of currency.';
COMMENT ON COLUMN {schema}.charges_with_deleted.created_at IS 'When the charge was created.';
COMMENT ON COLUMN {schema}.charges_with_deleted.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.charges_with_deleted.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.charges_with_deleted.customer_id IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.charges_with_deleted.description IS 'Description given to the gateway.';
COMMENT ON COLUMN {schema}.charges_with_deleted.disputed IS 'Whether the payer disputed it.';
COMMENT ON COLUMN {schema}.charges_with_deleted.failure_message IS 'Why it failed, in words; NULL unless it did.';
COMMENT ON COLUMN {schema}.charges_with_deleted.gateway IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.charges_with_deleted.gateway_id IS 'Id of the charge at the gateway.';
COMMENT ON COLUMN {schema}.charges_with_deleted.merchant_account IS 'Invoiced id of the merchant account (not mirrored).';
COMMENT ON COLUMN {schema}.charges_with_deleted.merchant_account_id IS 'The same id as merchant_account, under its other name.';
COMMENT ON COLUMN {schema}.charges_with_deleted.merchant_account_transaction IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.charges_with_deleted.merchant_account_transaction_id IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.charges_with_deleted.object IS 'Kind of the object: always charge.';
COMMENT ON COLUMN {schema}.charges_with_deleted.payment IS 'Invoiced id of the payment that it made; NULL: none.';
COMMENT ON COLUMN {schema}.charges_with_deleted.payment_flow IS 'Invoiced id of the payment flow it came through (not mirrored).';
COMMENT ON COLUMN {schema}.charges_with_deleted.payment_flow_id IS 'The same id as payment_flow, under its other name.';
COMMENT ON COLUMN {schema}.charges_with_deleted.payment_id IS 'The same id as payment, under its other name.';
COMMENT ON COLUMN {schema}.charges_with_deleted.receipt_email IS 'Where the receipt was sent.';
COMMENT ON COLUMN {schema}.charges_with_deleted.refunded IS 'Whether it was refunded in full.';
COMMENT ON COLUMN {schema}.charges_with_deleted.status IS 'State of the charge. Known values: succeeded, pending, failed.';
COMMENT ON COLUMN {schema}.charges_with_deleted.updated_at IS 'When the charge was last changed; some bulk changes at the source do not move it.';
