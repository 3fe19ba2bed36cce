-- payouts_with_deleted: payouts, and those that are gone, with a mark.

CREATE VIEW {schema}.payouts_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, arrival_date,
    bank_account_name, created_at, currency, description, failure_message, gross_amount, initiated_at, merchant_account,
    merchant_account_id, merchant_account_transaction, merchant_account_transaction_id, modification_reference, object,
    pending_amount, reference, statement_descriptor, status, updated_at
FROM {schema}.payouts
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._text(raw -> 'arrival_date'),
    {schema}._text(raw -> 'bank_account_name'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'description'),
    {schema}._text(raw -> 'failure_message'),
    {schema}._numeric(raw -> 'gross_amount'),
    {schema}._text(raw -> 'initiated_at'),
    {schema}._bigint(raw -> 'merchant_account'),
    {schema}._bigint(raw -> 'merchant_account_id'),
    {schema}._bigint(raw -> 'merchant_account_transaction'),
    {schema}._bigint(raw -> 'merchant_account_transaction_id'),
    {schema}._text(raw -> 'modification_reference'),
    {schema}._text(raw -> 'object'),
    {schema}._numeric(raw -> 'pending_amount'),
    {schema}._text(raw -> 'reference'),
    {schema}._text(raw -> 'statement_descriptor'),
    {schema}._text(raw -> 'status'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'payouts' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.payouts_with_deleted IS 'The rows of payouts, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.payouts_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.id IS 'Invoiced id of the payout.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.amount IS 'Amount paid out, in major units of currency.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.arrival_date IS 'Day on which it reaches the bank, as YYYY-MM-DD.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.bank_account_name IS 'Bank account that receives the payout.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.created_at IS 'When the payout was created.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.description IS 'Description of the payout.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.failure_message IS 'Why it failed, in words; NULL unless it did.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.gross_amount IS 'Amount before fees and other deductions, in major units of currency.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.initiated_at IS 'When the payout began, as ISO 8601 text.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.merchant_account IS 'Invoiced id of the merchant account it is paid from (not mirrored).';
COMMENT ON COLUMN {schema}.payouts_with_deleted.merchant_account_id IS 'The same id as merchant_account, under its other name.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.merchant_account_transaction IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.payouts_with_deleted.merchant_account_transaction_id IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.modification_reference IS 'Reference of a later change of the payout.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.object IS 'Kind of the object: always payout.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.pending_amount IS 'Part that is still pending, in major units of currency.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.reference IS 'Reference of the payout at the gateway.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.statement_descriptor IS 'Text shown on the bank statement.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.status IS 'State of the payout. Known values: canceled, completed, failed, pending.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.updated_at IS 'When the payout was last changed; some bulk changes at the source do not move it.';
