-- credit_notes: what GET /credit_notes lists.

CREATE TABLE {schema}.credit_notes (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    balance numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'balance')) STORED,
    closed boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'closed')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer')) STORED,
    date timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date')) STORED,
    draft boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'draft')) STORED,
    invoice bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'invoice')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    network_document bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_document')) STORED,
    network_document_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_document_id')) STORED,
    notes text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes')) STORED,
    number text GENERATED ALWAYS AS ({schema}._text(raw -> 'number')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    paid boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'paid')) STORED,
    pdf_url text GENERATED ALWAYS AS ({schema}._text(raw -> 'pdf_url')) STORED,
    purchase_order text GENERATED ALWAYS AS ({schema}._text(raw -> 'purchase_order')) STORED,
    status text GENERATED ALWAYS AS ({schema}._text(raw -> 'status')) STORED,
    subtotal numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'subtotal')) STORED,
    total numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'total')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    url text GENERATED ALWAYS AS ({schema}._text(raw -> 'url')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX credit_notes_customer_idx ON {schema}.credit_notes (customer);
CREATE INDEX credit_notes_date_idx ON {schema}.credit_notes (date);
CREATE INDEX credit_notes_invoice_idx ON {schema}.credit_notes (invoice);
CREATE INDEX credit_notes_updated_at_idx ON {schema}.credit_notes (updated_at, id);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX credit_notes_status_idx ON {schema}.credit_notes USING spgist (status);

COMMENT ON TABLE {schema}.credit_notes IS 'Credit notes, from GET /credit_notes, drafts included. Voided ones stay, with status voided; a deleted one is gone.';
COMMENT ON COLUMN {schema}.credit_notes.id IS 'Invoiced id of the credit note.';
COMMENT ON COLUMN {schema}.credit_notes.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.credit_notes.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.credit_notes.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.credit_notes.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.credit_notes.balance IS 'Credit not yet used, in major units of currency.';
COMMENT ON COLUMN {schema}.credit_notes.closed IS 'Whether it is closed: no more credit can be taken from it.';
COMMENT ON COLUMN {schema}.credit_notes.created_at IS 'When the credit note was created.';
COMMENT ON COLUMN {schema}.credit_notes.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.credit_notes.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.credit_notes.date IS 'Date of the credit note; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.credit_notes.draft IS 'Whether it is a draft, not issued yet.';
COMMENT ON COLUMN {schema}.credit_notes.invoice IS 'Invoiced id of the invoice it credits; NULL: none.';
COMMENT ON COLUMN {schema}.credit_notes.name IS 'Title of the credit note.';
COMMENT ON COLUMN {schema}.credit_notes.network_document IS 'Invoiced id of the document in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.credit_notes.network_document_id IS 'The same id as network_document, under its other name.';
COMMENT ON COLUMN {schema}.credit_notes.notes IS 'Notes shown on the credit note.';
COMMENT ON COLUMN {schema}.credit_notes.number IS 'Number of the credit note, as people know it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.credit_notes.object IS 'Kind of the object: always credit_note.';
COMMENT ON COLUMN {schema}.credit_notes.paid IS 'Whether all of the credit is used.';
COMMENT ON COLUMN {schema}.credit_notes.pdf_url IS 'Secret link to the credit note as PDF.';
COMMENT ON COLUMN {schema}.credit_notes.purchase_order IS 'Number of the purchase order.';
COMMENT ON COLUMN {schema}.credit_notes.status IS 'State of the credit note. Known values: draft, open, paid, closed, voided.';
COMMENT ON COLUMN {schema}.credit_notes.subtotal IS 'Sum of the lines before discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.credit_notes.total IS 'Total with discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.credit_notes.updated_at IS 'When the credit note was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.credit_notes.url IS 'Secret link to the credit note in the customer portal.';
