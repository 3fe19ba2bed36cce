-- tasks_with_deleted: tasks, and those that are gone, with a mark.

CREATE VIEW {schema}.tasks_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, action, bill, bill_id,
    chase_step_id, complete, completed_by_user_id, completed_date, created_at, customer, customer_id, due_date, name,
    updated_at, user_id, vendor_credit, vendor_credit_id
FROM {schema}.tasks
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'action'),
    {schema}._bigint(raw -> 'bill'),
    {schema}._bigint(raw -> 'bill_id'),
    {schema}._bigint(raw -> 'chase_step_id'),
    {schema}._boolean(raw -> 'complete'),
    {schema}._bigint(raw -> 'completed_by_user_id'),
    {schema}._timestamp(raw -> 'completed_date'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._bigint(raw -> 'customer_id'),
    {schema}._timestamp(raw -> 'due_date'),
    {schema}._text(raw -> 'name'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._bigint(raw -> 'user_id'),
    {schema}._bigint(raw -> 'vendor_credit'),
    {schema}._bigint(raw -> 'vendor_credit_id')
FROM {schema}._deleted
WHERE resource = 'tasks' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.tasks_with_deleted IS 'The rows of tasks, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.tasks_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.id IS 'Invoiced id of the task.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.action IS 'What is to be done, such as phone, letter, email or review; an open set.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.bill IS 'Invoiced id of the bill that the task is about (not mirrored).';
COMMENT ON COLUMN {schema}.tasks_with_deleted.bill_id IS 'The same id as bill, under its other name.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.chase_step_id IS 'Id of the step of a chasing cadence that made the task (chasing_cadences.raw, steps).';
COMMENT ON COLUMN {schema}.tasks_with_deleted.complete IS 'Whether it is done.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.completed_by_user_id IS 'Invoiced id of the user who completed it.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.completed_date IS 'When it was completed.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.created_at IS 'When the task was created.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.customer IS 'Invoiced id of the customer that the task is about.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.customer_id IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.due_date IS 'When the task is due.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.name IS 'What the task says.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.updated_at IS 'When the task was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.user_id IS 'Invoiced id of the user it is assigned to (members.raw, user).';
COMMENT ON COLUMN {schema}.tasks_with_deleted.vendor_credit IS 'Invoiced id of the vendor credit that the task is about (not mirrored).';
COMMENT ON COLUMN {schema}.tasks_with_deleted.vendor_credit_id IS 'The same id as vendor_credit, under its other name.';
