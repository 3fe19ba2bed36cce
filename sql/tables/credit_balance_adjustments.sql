-- credit_balance_adjustments: what GET /credit_balance_adjustments lists, with updated_at, which is asked for.

CREATE TABLE {schema}.credit_balance_adjustments (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    amount numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer')) STORED,
    date timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date')) STORED,
    notes text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX credit_balance_adjustments_customer_idx ON {schema}.credit_balance_adjustments (customer);
CREATE INDEX credit_balance_adjustments_date_idx ON {schema}.credit_balance_adjustments (date);
CREATE INDEX credit_balance_adjustments_updated_at_idx ON {schema}.credit_balance_adjustments (updated_at);

COMMENT ON TABLE {schema}.credit_balance_adjustments IS 'Manual changes of the credit balances of customers, from GET /credit_balance_adjustments. A deleted one is gone.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.id IS 'Invoiced id of the adjustment, out of the same numbers as transactions.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.amount IS 'Change of the credit balance, in major units of currency; the sign is the opposite of that of its transaction.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.created_at IS 'When the adjustment was created.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.date IS 'Date of the adjustment; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.notes IS 'Notes on the adjustment.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.object IS 'Kind of the object: always credit_balance_adjustment.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.updated_at IS 'When the adjustment was last changed; some bulk changes at the source do not move it.';
