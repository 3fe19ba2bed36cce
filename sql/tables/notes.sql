-- notes: what GET /notes lists.

CREATE TABLE {schema}.notes (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer')) STORED,
    customer_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer_id')) STORED,
    invoice bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'invoice')) STORED,
    invoice_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'invoice_id')) STORED,
    notes text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    user_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'user_id')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX notes_customer_idx ON {schema}.notes (customer);
CREATE INDEX notes_invoice_idx ON {schema}.notes (invoice);
CREATE INDEX notes_updated_at_idx ON {schema}.notes (updated_at, id);

COMMENT ON TABLE {schema}.notes IS 'Notes on customers and invoices, from GET /notes. A deleted note is gone.';
COMMENT ON COLUMN {schema}.notes.id IS 'Invoiced id of the note.';
COMMENT ON COLUMN {schema}.notes.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.notes.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.notes.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.notes.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.notes.created_at IS 'When the note was created.';
COMMENT ON COLUMN {schema}.notes.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.notes.customer_id IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.notes.invoice IS 'Invoiced id of the invoice that the note is on; NULL: on the customer.';
COMMENT ON COLUMN {schema}.notes.invoice_id IS 'The same id as invoice, under its other name.';
COMMENT ON COLUMN {schema}.notes.notes IS 'Text of the note.';
COMMENT ON COLUMN {schema}.notes.object IS 'Kind of the object: always note.';
COMMENT ON COLUMN {schema}.notes.updated_at IS 'When the note was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.notes.user_id IS 'Invoiced id of the user who wrote it; NULL where the API did.';
