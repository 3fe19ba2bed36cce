-- bundles_with_deleted: bundles, and those that are gone, with a mark.

CREATE VIEW {schema}.bundles_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, key, raw, read_at, synced_at, created_at, currency,
    id, internal_id, name, updated_at
FROM {schema}.bundles
UNION ALL
(SELECT deleted_at, evidence, key, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'id'),
    {schema}._bigint(raw -> 'internal_id'),
    {schema}._text(raw -> 'name'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'bundles' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.bundles_with_deleted IS 'The rows of bundles, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.bundles_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.created_at IS 'When the bundle was created.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.id IS 'Id that people gave the bundle.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.internal_id IS 'Number of the bundle inside Invoiced, unique for ever, unlike id.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.name IS 'Name of the bundle.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.updated_at IS 'When the bundle was last changed; some bulk changes at the source do not move it.';
