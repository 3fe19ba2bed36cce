-- invoices: what GET /invoices lists.

CREATE TABLE {schema}.invoices (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    attempt_count bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'attempt_count')) STORED,
    autopay boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'autopay')) STORED,
    balance numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'balance')) STORED,
    chase boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'chase')) STORED,
    closed boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'closed')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    csv_url text GENERATED ALWAYS AS ({schema}._text(raw -> 'csv_url')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer')) STORED,
    date timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date')) STORED,
    draft boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'draft')) STORED,
    due_date timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'due_date')) STORED,
    late_fees boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'late_fees')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    needs_attention boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'needs_attention')) STORED,
    network_document bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_document')) STORED,
    network_document_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_document_id')) STORED,
    next_chase_on timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'next_chase_on')) STORED,
    next_payment_attempt timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'next_payment_attempt')) STORED,
    notes text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes')) STORED,
    number text GENERATED ALWAYS AS ({schema}._text(raw -> 'number')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    paid boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'paid')) STORED,
    payment_plan bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'payment_plan')) STORED,
    payment_terms text GENERATED ALWAYS AS ({schema}._text(raw -> 'payment_terms')) STORED,
    payment_url text GENERATED ALWAYS AS ({schema}._text(raw -> 'payment_url')) STORED,
    pdf_url text GENERATED ALWAYS AS ({schema}._text(raw -> 'pdf_url')) STORED,
    purchase_order text GENERATED ALWAYS AS ({schema}._text(raw -> 'purchase_order')) STORED,
    status text GENERATED ALWAYS AS ({schema}._text(raw -> 'status')) STORED,
    subscription bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'subscription')) STORED,
    subscription_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'subscription_id')) STORED,
    subtotal numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'subtotal')) STORED,
    total numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'total')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    url text GENERATED ALWAYS AS ({schema}._text(raw -> 'url')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX invoices_customer_idx ON {schema}.invoices (customer);
CREATE INDEX invoices_date_idx ON {schema}.invoices (date);
CREATE INDEX invoices_due_date_idx ON {schema}.invoices (due_date);
CREATE INDEX invoices_payment_plan_idx ON {schema}.invoices (payment_plan);
CREATE INDEX invoices_subscription_idx ON {schema}.invoices (subscription);
CREATE INDEX invoices_updated_at_idx ON {schema}.invoices (updated_at, id);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX invoices_status_idx ON {schema}.invoices USING spgist (status);

COMMENT ON TABLE {schema}.invoices IS 'Invoices, from GET /invoices, drafts included. Voided invoices stay, with status voided; only one with nothing applied to it can be deleted.';
COMMENT ON COLUMN {schema}.invoices.id IS 'Invoiced id of the invoice.';
COMMENT ON COLUMN {schema}.invoices.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.invoices.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.invoices.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.invoices.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.invoices.attempt_count IS 'How often an automatic payment was tried.';
COMMENT ON COLUMN {schema}.invoices.autopay IS 'Whether AutoPay collects this invoice by itself.';
COMMENT ON COLUMN {schema}.invoices.balance IS 'What is still owed, in major units of currency.';
COMMENT ON COLUMN {schema}.invoices.chase IS 'Whether the customer is reminded of this invoice.';
COMMENT ON COLUMN {schema}.invoices.closed IS 'Whether it is closed: no more payments are taken; closed and not paid means bad debt.';
COMMENT ON COLUMN {schema}.invoices.created_at IS 'When the invoice was created.';
COMMENT ON COLUMN {schema}.invoices.csv_url IS 'Secret link to the invoice as CSV.';
COMMENT ON COLUMN {schema}.invoices.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.invoices.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.invoices.date IS 'Date of the invoice; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.invoices.draft IS 'Whether it is a draft, not issued yet and not owed.';
COMMENT ON COLUMN {schema}.invoices.due_date IS 'When it is due; NULL: no due date. Its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.invoices.late_fees IS 'Whether late fees are charged on it.';
COMMENT ON COLUMN {schema}.invoices.name IS 'Title of the invoice.';
COMMENT ON COLUMN {schema}.invoices.needs_attention IS 'Whether it was flagged for a person to look at.';
COMMENT ON COLUMN {schema}.invoices.network_document IS 'Invoiced id of the document in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.invoices.network_document_id IS 'The same id as network_document, under its other name.';
COMMENT ON COLUMN {schema}.invoices.next_chase_on IS 'When the next reminder is planned.';
COMMENT ON COLUMN {schema}.invoices.next_payment_attempt IS 'When the next automatic payment is tried.';
COMMENT ON COLUMN {schema}.invoices.notes IS 'Notes shown on the invoice.';
COMMENT ON COLUMN {schema}.invoices.number IS 'Number of the invoice, as people know it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.invoices.object IS 'Kind of the object: always invoice.';
COMMENT ON COLUMN {schema}.invoices.paid IS 'Whether it is paid in full.';
COMMENT ON COLUMN {schema}.invoices.payment_plan IS 'Invoiced id of the payment plan; NULL: none.';
COMMENT ON COLUMN {schema}.invoices.payment_terms IS 'Payment terms, by name, such as NET 30.';
COMMENT ON COLUMN {schema}.invoices.payment_url IS 'Secret link to the page where the invoice can be paid.';
COMMENT ON COLUMN {schema}.invoices.pdf_url IS 'Secret link to the invoice as PDF.';
COMMENT ON COLUMN {schema}.invoices.purchase_order IS 'Number of the purchase order.';
COMMENT ON COLUMN {schema}.invoices.status IS 'State of the invoice. Known values: draft, not_sent, sent, viewed, past_due, pending, paid, voided, bad_debt, disputed.';
COMMENT ON COLUMN {schema}.invoices.subscription IS 'Invoiced id of the subscription that billed it; NULL: none.';
COMMENT ON COLUMN {schema}.invoices.subscription_id IS 'The same id as subscription, under its other name.';
COMMENT ON COLUMN {schema}.invoices.subtotal IS 'Sum of the lines before discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.invoices.total IS 'Total with discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.invoices.updated_at IS 'When the invoice was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.invoices.url IS 'Secret link to the invoice in the customer portal.';
