-- payments_with_deleted: payments, and those that are gone, with a mark.

CREATE VIEW {schema}.payments_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, ach_sender_id, amount,
    balance, bank_feed_transaction, bank_feed_transaction_id, created_at, currency, customer, date, matched, method,
    notes, object, pdf_url, reference, source, surcharge_percentage, updated_at, voided
FROM {schema}.payments
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'ach_sender_id'),
    {schema}._numeric(raw -> 'amount'),
    {schema}._numeric(raw -> 'balance'),
    {schema}._bigint(raw -> 'bank_feed_transaction'),
    {schema}._bigint(raw -> 'bank_feed_transaction_id'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._timestamp(raw -> 'date'),
    {schema}._boolean(raw -> 'matched'),
    {schema}._text(raw -> 'method'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'pdf_url'),
    {schema}._text(raw -> 'reference'),
    {schema}._text(raw -> 'source'),
    {schema}._numeric(raw -> 'surcharge_percentage'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._boolean(raw -> 'voided')
FROM {schema}._deleted
WHERE resource = 'payments' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.payments_with_deleted IS 'The rows of payments, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.payments_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payments_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payments_with_deleted.id IS 'Invoiced id of the payment.';
COMMENT ON COLUMN {schema}.payments_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payments_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.payments_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.payments_with_deleted.ach_sender_id IS 'Sender id of an ACH payment, by which later ones of the same payer are recognised.';
COMMENT ON COLUMN {schema}.payments_with_deleted.amount IS 'Amount received, in major units of currency.';
COMMENT ON COLUMN {schema}.payments_with_deleted.balance IS 'Part not yet applied to anything, in major units of currency.';
COMMENT ON COLUMN {schema}.payments_with_deleted.bank_feed_transaction IS 'Invoiced id of the bank feed transaction it was made from (not mirrored).';
COMMENT ON COLUMN {schema}.payments_with_deleted.bank_feed_transaction_id IS 'The same id as bank_feed_transaction, under its other name.';
COMMENT ON COLUMN {schema}.payments_with_deleted.created_at IS 'When the payment was created.';
COMMENT ON COLUMN {schema}.payments_with_deleted.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.payments_with_deleted.customer IS 'Invoiced id of the customer who paid; NULL while that is unknown.';
COMMENT ON COLUMN {schema}.payments_with_deleted.date IS 'Date of the payment; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.payments_with_deleted.matched IS 'Whether the payment was matched to documents automatically.';
COMMENT ON COLUMN {schema}.payments_with_deleted.method IS 'How it was paid, such as ach, cash, check, credit_card or wire_transfer; an open set.';
COMMENT ON COLUMN {schema}.payments_with_deleted.notes IS 'Notes on the payment.';
COMMENT ON COLUMN {schema}.payments_with_deleted.object IS 'Kind of the object: always payment.';
COMMENT ON COLUMN {schema}.payments_with_deleted.pdf_url IS 'Secret link to the receipt as PDF.';
COMMENT ON COLUMN {schema}.payments_with_deleted.reference IS 'Reference of the payment, such as the number of the check.';
COMMENT ON COLUMN {schema}.payments_with_deleted.source IS 'How the payment came in, such as keyed, imported, api, autopay or customer_portal; an open set.';
COMMENT ON COLUMN {schema}.payments_with_deleted.surcharge_percentage IS 'Surcharge on the payment, in percent.';
COMMENT ON COLUMN {schema}.payments_with_deleted.updated_at IS 'When the payment was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.payments_with_deleted.voided IS 'Whether it was voided, which is what deleting a payment does; it then counts for nothing.';
