-- tasks: what GET /tasks lists.

CREATE TABLE {schema}.tasks (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    action text GENERATED ALWAYS AS ({schema}._text(raw -> 'action')) STORED,
    bill bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'bill')) STORED,
    bill_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'bill_id')) STORED,
    chase_step_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'chase_step_id')) STORED,
    complete boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'complete')) STORED,
    completed_by_user_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'completed_by_user_id')) STORED,
    completed_date timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'completed_date')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer')) STORED,
    customer_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer_id')) STORED,
    due_date timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'due_date')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    user_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'user_id')) STORED,
    vendor_credit bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'vendor_credit')) STORED,
    vendor_credit_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'vendor_credit_id')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX tasks_customer_idx ON {schema}.tasks (customer);
CREATE INDEX tasks_due_date_idx ON {schema}.tasks (due_date);
CREATE INDEX tasks_updated_at_idx ON {schema}.tasks (updated_at);

COMMENT ON TABLE {schema}.tasks IS 'Tasks, from GET /tasks. Completed tasks stay, with complete = true; chasing that starts anew deletes open ones.';
COMMENT ON COLUMN {schema}.tasks.id IS 'Invoiced id of the task.';
COMMENT ON COLUMN {schema}.tasks.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.tasks.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.tasks.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.tasks.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.tasks.action IS 'What is to be done, such as phone, letter, email or review; an open set.';
COMMENT ON COLUMN {schema}.tasks.bill IS 'Invoiced id of the bill that the task is about (not mirrored).';
COMMENT ON COLUMN {schema}.tasks.bill_id IS 'The same id as bill, under its other name.';
COMMENT ON COLUMN {schema}.tasks.chase_step_id IS 'Id of the step of a chasing cadence that made the task (chasing_cadences.raw, steps).';
COMMENT ON COLUMN {schema}.tasks.complete IS 'Whether it is done.';
COMMENT ON COLUMN {schema}.tasks.completed_by_user_id IS 'Invoiced id of the user who completed it.';
COMMENT ON COLUMN {schema}.tasks.completed_date IS 'When it was completed.';
COMMENT ON COLUMN {schema}.tasks.created_at IS 'When the task was created.';
COMMENT ON COLUMN {schema}.tasks.customer IS 'Invoiced id of the customer that the task is about.';
COMMENT ON COLUMN {schema}.tasks.customer_id IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.tasks.due_date IS 'When the task is due.';
COMMENT ON COLUMN {schema}.tasks.name IS 'What the task says.';
COMMENT ON COLUMN {schema}.tasks.updated_at IS 'When the task was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.tasks.user_id IS 'Invoiced id of the user it is assigned to (members.raw, user).';
COMMENT ON COLUMN {schema}.tasks.vendor_credit IS 'Invoiced id of the vendor credit that the task is about (not mirrored).';
COMMENT ON COLUMN {schema}.tasks.vendor_credit_id IS 'The same id as vendor_credit, under its other name.';
