-- payment_plans: what GET /invoices/:invoice_id/payment_plan answers, for each invoice that has one.

CREATE TABLE {schema}.payment_plans (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    status text GENERATED ALWAYS AS ({schema}._text(raw -> 'status')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    parent_id bigint
) WITH (toast_tuple_target = 4080);

CREATE INDEX payment_plans_parent_id_idx ON {schema}.payment_plans (parent_id);
CREATE INDEX payment_plans_updated_at_idx ON {schema}.payment_plans (updated_at);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX payment_plans_status_idx ON {schema}.payment_plans USING spgist (status);

COMMENT ON TABLE {schema}.payment_plans IS 'Payment plans of invoices, from GET /invoices/:id/payment_plan; invoices.payment_plan tells whose it is. A canceled plan leaves its invoice and is gone.';
COMMENT ON COLUMN {schema}.payment_plans.id IS 'Invoiced id of the payment plan.';
COMMENT ON COLUMN {schema}.payment_plans.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_plans.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.payment_plans.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.payment_plans.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.payment_plans.created_at IS 'When the payment plan was created.';
COMMENT ON COLUMN {schema}.payment_plans.object IS 'Kind of the object: always payment_plan.';
COMMENT ON COLUMN {schema}.payment_plans.status IS 'State of the payment plan. Known values: pending_signup, active, finished, canceled.';
COMMENT ON COLUMN {schema}.payment_plans.updated_at IS 'When the payment plan was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.payment_plans.parent_id IS 'Invoiced id of the invoice whose plan it is.';
