-- transactions_with_deleted: transactions, and those that are gone, with a mark.

CREATE VIEW {schema}.transactions_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, created_at,
    credit_note, currency, customer, date, estimate, failure_reason, gateway, gateway_id, invoice, method, notes,
    object, parent_transaction, payment, payment_id, pdf_url, status, type, updated_at
FROM {schema}.transactions
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'credit_note'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._timestamp(raw -> 'date'),
    {schema}._bigint(raw -> 'estimate'),
    {schema}._text(raw -> 'failure_reason'),
    {schema}._text(raw -> 'gateway'),
    {schema}._text(raw -> 'gateway_id'),
    {schema}._bigint(raw -> 'invoice'),
    {schema}._text(raw -> 'method'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'object'),
    {schema}._bigint(raw -> 'parent_transaction'),
    {schema}._bigint(raw -> 'payment'),
    {schema}._bigint(raw -> 'payment_id'),
    {schema}._text(raw -> 'pdf_url'),
    {schema}._text(raw -> 'status'),
    {schema}._text(raw -> 'type'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'transactions' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.transactions_with_deleted IS 'The rows of transactions, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.transactions_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.id IS 'Invoiced id of the transaction.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.amount IS 'Amount, in major units of currency; its sign depends on type.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.created_at IS 'When the transaction was created.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.credit_note IS 'Invoiced id of the credit note it is about; NULL: none.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.date IS 'Date of the transaction; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.estimate IS 'Invoiced id of the estimate it was applied to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.failure_reason IS 'Why it failed; NULL unless it did.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.gateway IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.gateway_id IS 'Id of the transaction at the gateway.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.invoice IS 'Invoiced id of the invoice it was applied to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.method IS 'How it was paid, such as ach, balance, check or credit_card; an open set.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.notes IS 'Notes on the transaction.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.object IS 'Kind of the object: always transaction.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.parent_transaction IS 'Invoiced id of the transaction it belongs to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.payment IS 'Invoiced id of the payment it belongs to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.payment_id IS 'The same id as payment, under its other name.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.pdf_url IS 'Secret link to the receipt as PDF.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.status IS 'State of the transaction. Known values: succeeded, pending, failed.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.type IS 'Kind of the transaction. Known values: charge, payment, refund, adjustment, document_adjustment.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.updated_at IS 'When the transaction was last changed; some bulk changes at the source do not move it.';
