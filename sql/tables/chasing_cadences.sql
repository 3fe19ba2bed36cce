-- chasing_cadences: what GET /chasing_cadences lists.

CREATE TABLE {schema}.chasing_cadences (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    assignment_conditions text GENERATED ALWAYS AS ({schema}._text(raw -> 'assignment_conditions')) STORED,
    assignment_mode text GENERATED ALWAYS AS ({schema}._text(raw -> 'assignment_mode')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    frequency text GENERATED ALWAYS AS ({schema}._text(raw -> 'frequency')) STORED,
    last_run timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'last_run')) STORED,
    min_balance numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'min_balance')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    next_run timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'next_run')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    paused boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'paused')) STORED,
    run_date bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'run_date')) STORED,
    run_days text GENERATED ALWAYS AS ({schema}._text(raw -> 'run_days')) STORED,
    time_of_day bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'time_of_day')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX chasing_cadences_updated_at_idx ON {schema}.chasing_cadences (updated_at);

COMMENT ON TABLE {schema}.chasing_cadences IS 'Plans by which customers are reminded, from GET /chasing_cadences. A deleted one is gone.';
COMMENT ON COLUMN {schema}.chasing_cadences.id IS 'Invoiced id of the cadence.';
COMMENT ON COLUMN {schema}.chasing_cadences.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.chasing_cadences.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.chasing_cadences.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.chasing_cadences.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.chasing_cadences.assignment_conditions IS 'Expression that picks the customers when assignment_mode is conditions.';
COMMENT ON COLUMN {schema}.chasing_cadences.assignment_mode IS 'How customers come to this cadence. Known values: none, default, conditions.';
COMMENT ON COLUMN {schema}.chasing_cadences.created_at IS 'When the cadence was created.';
COMMENT ON COLUMN {schema}.chasing_cadences.frequency IS 'How often the cadence runs. Known values: daily, day_of_week, day_of_month.';
COMMENT ON COLUMN {schema}.chasing_cadences.last_run IS 'When it last ran; 1970-01-01: never.';
COMMENT ON COLUMN {schema}.chasing_cadences.min_balance IS 'Open balance from which a customer is chased.';
COMMENT ON COLUMN {schema}.chasing_cadences.name IS 'Name of the cadence.';
COMMENT ON COLUMN {schema}.chasing_cadences.next_run IS 'When it runs next.';
COMMENT ON COLUMN {schema}.chasing_cadences.object IS 'Kind of the object: always chasing_cadence.';
COMMENT ON COLUMN {schema}.chasing_cadences.paused IS 'Whether it is paused.';
COMMENT ON COLUMN {schema}.chasing_cadences.run_date IS 'Day on which it runs: of the week (1 to 7) or of the month (1 to 31), as frequency says.';
COMMENT ON COLUMN {schema}.chasing_cadences.run_days IS 'Days of the week on which it runs, 1 to 7, separated by commas; they go before run_date.';
COMMENT ON COLUMN {schema}.chasing_cadences.time_of_day IS 'Hour of the day at which it runs.';
COMMENT ON COLUMN {schema}.chasing_cadences.updated_at IS 'When the cadence was last changed; some bulk changes at the source do not move it.';
