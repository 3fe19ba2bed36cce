-- credit_balance_adjustments_with_deleted: credit_balance_adjustments, and those that are gone, with a mark.

CREATE VIEW {schema}.credit_balance_adjustments_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, created_at,
    currency, customer, date, notes, object, updated_at
FROM {schema}.credit_balance_adjustments
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._timestamp(raw -> 'date'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'object'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'credit_balance_adjustments' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.credit_balance_adjustments_with_deleted IS 'The rows of credit_balance_adjustments, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.id IS 'Invoiced id of the adjustment, out of the same numbers as transactions.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.amount IS 'Change of the credit balance, in major units of currency; the sign is the opposite of that of its transaction.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.created_at IS 'When the adjustment was created.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.date IS 'Date of the adjustment; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.notes IS 'Notes on the adjustment.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.object IS 'Kind of the object: always credit_balance_adjustment.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.updated_at IS 'When the adjustment was last changed; some bulk changes at the source do not move it.';
