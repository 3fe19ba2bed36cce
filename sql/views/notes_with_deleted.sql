-- notes_with_deleted: notes, and those that are gone, with a mark.

CREATE VIEW {schema}.notes_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, created_at, customer,
    customer_id, invoice, invoice_id, notes, object, updated_at, user_id
FROM {schema}.notes
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._bigint(raw -> 'customer_id'),
    {schema}._bigint(raw -> 'invoice'),
    {schema}._bigint(raw -> 'invoice_id'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'object'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._bigint(raw -> 'user_id')
FROM {schema}._deleted
WHERE resource = 'notes' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.notes_with_deleted IS 'The rows of notes, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.notes_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.notes_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.notes_with_deleted.id IS 'Invoiced id of the note.';
COMMENT ON COLUMN {schema}.notes_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.notes_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.notes_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.notes_with_deleted.created_at IS 'When the note was created.';
COMMENT ON COLUMN {schema}.notes_with_deleted.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.notes_with_deleted.customer_id IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.notes_with_deleted.invoice IS 'Invoiced id of the invoice that the note is on; NULL: on the customer.';
COMMENT ON COLUMN {schema}.notes_with_deleted.invoice_id IS 'The same id as invoice, under its other name.';
COMMENT ON COLUMN {schema}.notes_with_deleted.notes IS 'Text of the note.';
COMMENT ON COLUMN {schema}.notes_with_deleted.object IS 'Kind of the object: always note.';
COMMENT ON COLUMN {schema}.notes_with_deleted.updated_at IS 'When the note was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.notes_with_deleted.user_id IS 'Invoiced id of the user who wrote it; NULL where the API did.';
