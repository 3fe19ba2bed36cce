-- events_with_deleted: events, and those that are gone, with a mark.

CREATE VIEW {schema}.events_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, "timestamp", type
FROM {schema}.events
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'timestamp'),
    {schema}._text(raw -> 'type')
FROM {schema}._deleted
WHERE resource = 'events' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.events_with_deleted IS 'The rows of events, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.events_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.events_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.events_with_deleted.id IS 'Invoiced id of the event; not quite in the order in which events appear.';
COMMENT ON COLUMN {schema}.events_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.events_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.events_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.events_with_deleted."timestamp" IS 'When the event was written, shortly after what it tells.';
COMMENT ON COLUMN {schema}.events_with_deleted.type IS 'What happened, such as invoice.paid; an open set.';
