-- estimates: what GET /estimates lists.

CREATE TABLE {schema}.estimates (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    approved text GENERATED ALWAYS AS (
        CASE WHEN pg_catalog.jsonb_typeof(raw -> 'approved') IN ('string', 'boolean') THEN raw ->> 'approved' END
    ) STORED,
    closed boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'closed')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer')) STORED,
    date timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date')) STORED,
    deposit numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'deposit')) STORED,
    deposit_paid boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'deposit_paid')) STORED,
    draft boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'draft')) STORED,
    expiration_date timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'expiration_date')) STORED,
    invoice bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'invoice')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    network_document bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_document')) STORED,
    network_document_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_document_id')) STORED,
    notes text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes')) STORED,
    number text GENERATED ALWAYS AS ({schema}._text(raw -> 'number')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    payment_terms text GENERATED ALWAYS AS ({schema}._text(raw -> 'payment_terms')) STORED,
    pdf_url text GENERATED ALWAYS AS ({schema}._text(raw -> 'pdf_url')) STORED,
    purchase_order text GENERATED ALWAYS AS ({schema}._text(raw -> 'purchase_order')) STORED,
    status text GENERATED ALWAYS AS ({schema}._text(raw -> 'status')) STORED,
    subtotal numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'subtotal')) STORED,
    total numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'total')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    url text GENERATED ALWAYS AS ({schema}._text(raw -> 'url')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX estimates_customer_idx ON {schema}.estimates (customer);
CREATE INDEX estimates_date_idx ON {schema}.estimates (date);
CREATE INDEX estimates_invoice_idx ON {schema}.estimates (invoice);
CREATE INDEX estimates_updated_at_idx ON {schema}.estimates (updated_at, id);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX estimates_status_idx ON {schema}.estimates USING spgist (status);

COMMENT ON TABLE {schema}.estimates IS 'Estimates, from GET /estimates, drafts included. Voided estimates stay, with status voided; a deleted one is gone.';
COMMENT ON COLUMN {schema}.estimates.id IS 'Invoiced id of the estimate.';
COMMENT ON COLUMN {schema}.estimates.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.estimates.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.estimates.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.estimates.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.estimates.approved IS 'Initials of who approved the estimate; where the server gives a yes or no instead, true or false as text.';
COMMENT ON COLUMN {schema}.estimates.closed IS 'Whether it is closed: no approval is expected any more.';
COMMENT ON COLUMN {schema}.estimates.created_at IS 'When the estimate was created.';
COMMENT ON COLUMN {schema}.estimates.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.estimates.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.estimates.date IS 'Date of the estimate; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.estimates.deposit IS 'Deposit asked for, in major units of currency.';
COMMENT ON COLUMN {schema}.estimates.deposit_paid IS 'Whether the deposit was paid.';
COMMENT ON COLUMN {schema}.estimates.draft IS 'Whether it is a draft, not issued yet.';
COMMENT ON COLUMN {schema}.estimates.expiration_date IS 'When the offer ends; NULL: never.';
COMMENT ON COLUMN {schema}.estimates.invoice IS 'Invoiced id of the invoice made from it; NULL: none.';
COMMENT ON COLUMN {schema}.estimates.name IS 'Title of the estimate.';
COMMENT ON COLUMN {schema}.estimates.network_document IS 'Invoiced id of the document in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.estimates.network_document_id IS 'The same id as network_document, under its other name.';
COMMENT ON COLUMN {schema}.estimates.notes IS 'Notes shown on the estimate.';
COMMENT ON COLUMN {schema}.estimates.number IS 'Number of the estimate, as people know it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.estimates.object IS 'Kind of the object: always estimate.';
COMMENT ON COLUMN {schema}.estimates.payment_terms IS 'Payment terms, by name, such as NET 30.';
COMMENT ON COLUMN {schema}.estimates.pdf_url IS 'Secret link to the estimate as PDF.';
COMMENT ON COLUMN {schema}.estimates.purchase_order IS 'Number of the purchase order.';
COMMENT ON COLUMN {schema}.estimates.status IS 'State of the estimate. Known values: draft, not_sent, sent, viewed, approved, declined, expired, invoiced, voided.';
COMMENT ON COLUMN {schema}.estimates.subtotal IS 'Sum of the lines before discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.estimates.total IS 'Total with discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.estimates.updated_at IS 'When the estimate was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.estimates.url IS 'Secret link to the estimate in the customer portal.';
