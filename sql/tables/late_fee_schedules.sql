-- late_fee_schedules: what GET /late_fee_schedules lists.

CREATE TABLE {schema}.late_fee_schedules (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    amount numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    "default" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'default')) STORED,
    enabled boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'enabled')) STORED,
    grace_period bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'grace_period')) STORED,
    is_percent boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'is_percent')) STORED,
    last_run text GENERATED ALWAYS AS ({schema}._text(raw -> 'last_run')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    recurring_days bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'recurring_days')) STORED,
    start_date text GENERATED ALWAYS AS ({schema}._text(raw -> 'start_date')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX late_fee_schedules_updated_at_idx ON {schema}.late_fee_schedules (updated_at);

COMMENT ON TABLE {schema}.late_fee_schedules IS 'Rules by which late fees are charged, from GET /late_fee_schedules. A deleted one is gone.';
COMMENT ON COLUMN {schema}.late_fee_schedules.id IS 'Invoiced id of the schedule.';
COMMENT ON COLUMN {schema}.late_fee_schedules.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.late_fee_schedules.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.late_fee_schedules.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.late_fee_schedules.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.late_fee_schedules.amount IS 'Fee: percent of what is owed, or an amount of money, as is_percent says.';
COMMENT ON COLUMN {schema}.late_fee_schedules.created_at IS 'When the schedule was created.';
COMMENT ON COLUMN {schema}.late_fee_schedules."default" IS 'Whether new customers get this schedule.';
COMMENT ON COLUMN {schema}.late_fee_schedules.enabled IS 'Whether the schedule is in force.';
COMMENT ON COLUMN {schema}.late_fee_schedules.grace_period IS 'Days past due before the first fee.';
COMMENT ON COLUMN {schema}.late_fee_schedules.is_percent IS 'Whether amount is a percentage, not an amount of money.';
COMMENT ON COLUMN {schema}.late_fee_schedules.last_run IS 'When fees were last charged, as ISO 8601 text.';
COMMENT ON COLUMN {schema}.late_fee_schedules.name IS 'Name of the schedule.';
COMMENT ON COLUMN {schema}.late_fee_schedules.recurring_days IS 'Days between two fees on the same invoice; 0: one fee only.';
COMMENT ON COLUMN {schema}.late_fee_schedules.start_date IS 'First day on which fees are charged, as YYYY-MM-DD.';
COMMENT ON COLUMN {schema}.late_fee_schedules.updated_at IS 'When the schedule was last changed; some bulk changes at the source do not move it.';
