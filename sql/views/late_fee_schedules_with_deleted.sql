-- late_fee_schedules_with_deleted: late_fee_schedules, and those that are gone, with a mark.

CREATE VIEW {schema}.late_fee_schedules_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, created_at,
    "default", enabled, grace_period, is_percent, last_run, name, recurring_days, start_date, updated_at
FROM {schema}.late_fee_schedules
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._boolean(raw -> 'default'),
    {schema}._boolean(raw -> 'enabled'),
    {schema}._bigint(raw -> 'grace_period'),
    {schema}._boolean(raw -> 'is_percent'),
    {schema}._text(raw -> 'last_run'),
    {schema}._text(raw -> 'name'),
    {schema}._bigint(raw -> 'recurring_days'),
    {schema}._text(raw -> 'start_date'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'late_fee_schedules' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.late_fee_schedules_with_deleted IS 'The rows of late_fee_schedules, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.id IS 'Invoiced id of the schedule.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.amount IS 'Fee: percent of what is owed, or an amount of money, as is_percent says.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.created_at IS 'When the schedule was created.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted."default" IS 'Whether new customers get this schedule.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.enabled IS 'Whether the schedule is in force.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.grace_period IS 'Days past due before the first fee.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.is_percent IS 'Whether amount is a percentage, not an amount of money.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.last_run IS 'When fees were last charged, as ISO 8601 text.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.name IS 'Name of the schedule.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.recurring_days IS 'Days between two fees on the same invoice; 0: one fee only.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.start_date IS 'First day on which fees are charged, as YYYY-MM-DD.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.updated_at IS 'When the schedule was last changed; some bulk changes at the source do not move it.';
