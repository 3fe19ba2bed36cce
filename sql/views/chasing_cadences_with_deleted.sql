-- chasing_cadences_with_deleted: chasing_cadences, and those that are gone, with a mark.

CREATE VIEW {schema}.chasing_cadences_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, assignment_conditions,
    assignment_mode, created_at, frequency, last_run, min_balance, name, next_run, object, paused, run_date, run_days,
    time_of_day, updated_at
FROM {schema}.chasing_cadences
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'assignment_conditions'),
    {schema}._text(raw -> 'assignment_mode'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'frequency'),
    {schema}._timestamp(raw -> 'last_run'),
    {schema}._numeric(raw -> 'min_balance'),
    {schema}._text(raw -> 'name'),
    {schema}._timestamp(raw -> 'next_run'),
    {schema}._text(raw -> 'object'),
    {schema}._boolean(raw -> 'paused'),
    {schema}._bigint(raw -> 'run_date'),
    {schema}._text(raw -> 'run_days'),
    {schema}._bigint(raw -> 'time_of_day'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'chasing_cadences' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.chasing_cadences_with_deleted IS 'The rows of chasing_cadences, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.id IS 'Invoiced id of the cadence.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.assignment_conditions IS 'Expression that picks the customers when assignment_mode is conditions.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.assignment_mode IS 'How customers come to this cadence. Known values: none, default, conditions.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.created_at IS 'When the cadence was created.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.frequency IS 'How often the cadence runs. Known values: daily, day_of_week, day_of_month.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.last_run IS 'When it last ran; 1970-01-01: never.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.min_balance IS 'Open balance from which a customer is chased.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.name IS 'Name of the cadence.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.next_run IS 'When it runs next.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.object IS 'Kind of the object: always chasing_cadence.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.paused IS 'Whether it is paused.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.run_date IS 'Day on which it runs: of the week (1 to 7) or of the month (1 to 31), as frequency says.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.run_days IS 'Days of the week on which it runs, 1 to 7, separated by commas; they go before run_date.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.time_of_day IS 'Hour of the day at which it runs.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.updated_at IS 'When the cadence was last changed; some bulk changes at the source do not move it.';
