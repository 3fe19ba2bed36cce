-- custom_fields_with_deleted: custom_fields, and those that are gone, with a mark.

CREATE VIEW {schema}.custom_fields_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, key, raw, read_at, synced_at, created_at, external,
    id, internal_id, name, object, type, updated_at
FROM {schema}.custom_fields
UNION ALL
(SELECT deleted_at, evidence, key, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._boolean(raw -> 'external'),
    {schema}._text(raw -> 'id'),
    {schema}._bigint(raw -> 'internal_id'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'type'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'custom_fields' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.custom_fields_with_deleted IS 'The rows of custom_fields, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.created_at IS 'When the custom field was created.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.external IS 'Whether customers see the field.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.id IS 'Key in metadata under which values stand; the same id can serve several kinds of objects.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.internal_id IS 'Number of the custom field inside Invoiced.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.name IS 'Name that people see.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.object IS 'Kind of the objects that have this field. Known values: credit_note, customer, estimate, invoice, item, line_item, payment, plan, subscription, transaction.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.type IS 'Type of the values. Known values: string, boolean, double, integer, enum, date, money.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.updated_at IS 'When the custom field was last changed; some bulk changes at the source do not move it.';
