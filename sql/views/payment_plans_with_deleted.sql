-- payment_plans_with_deleted: payment_plans, and those that are gone, with a mark.

CREATE VIEW {schema}.payment_plans_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, created_at, object,
    status, updated_at
FROM {schema}.payment_plans
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'status'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'payment_plans' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.payment_plans_with_deleted IS 'The rows of payment_plans, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.id IS 'Invoiced id of the payment plan.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.created_at IS 'When the payment plan was created.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.object IS 'Kind of the object: always payment_plan.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.status IS 'State of the payment plan. Known values: pending_signup, active, finished, canceled.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.updated_at IS 'When the payment plan was last changed; some bulk changes at the source do not move it.';
