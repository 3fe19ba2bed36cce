-- transactions: what GET /transactions lists.

CREATE TABLE {schema}.transactions (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    amount numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    credit_note bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'credit_note')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer')) STORED,
    date timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date')) STORED,
    estimate bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'estimate')) STORED,
    failure_reason text GENERATED ALWAYS AS ({schema}._text(raw -> 'failure_reason')) STORED,
    gateway text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway')) STORED,
    gateway_id text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway_id')) STORED,
    invoice bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'invoice')) STORED,
    method text GENERATED ALWAYS AS ({schema}._text(raw -> 'method')) STORED,
    notes text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    parent_transaction bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'parent_transaction')) STORED,
    payment bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'payment')) STORED,
    payment_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'payment_id')) STORED,
    pdf_url text GENERATED ALWAYS AS ({schema}._text(raw -> 'pdf_url')) STORED,
    status text GENERATED ALWAYS AS ({schema}._text(raw -> 'status')) STORED,
    type text GENERATED ALWAYS AS ({schema}._text(raw -> 'type')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX transactions_credit_note_idx ON {schema}.transactions (credit_note);
CREATE INDEX transactions_customer_idx ON {schema}.transactions (customer);
CREATE INDEX transactions_date_idx ON {schema}.transactions (date);
CREATE INDEX transactions_estimate_idx ON {schema}.transactions (estimate);
CREATE INDEX transactions_invoice_idx ON {schema}.transactions (invoice);
CREATE INDEX transactions_parent_transaction_idx ON {schema}.transactions (parent_transaction);
CREATE INDEX transactions_payment_idx ON {schema}.transactions (payment);
CREATE INDEX transactions_updated_at_idx ON {schema}.transactions (updated_at, id);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX transactions_status_idx ON {schema}.transactions USING spgist (status);

COMMENT ON TABLE {schema}.transactions IS 'The ledger of how payments and credits were applied to documents, from GET /transactions. Voiding a payment removes its transactions.';
COMMENT ON COLUMN {schema}.transactions.id IS 'Invoiced id of the transaction.';
COMMENT ON COLUMN {schema}.transactions.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.transactions.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.transactions.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.transactions.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.transactions.amount IS 'Amount, in major units of currency; its sign depends on type.';
COMMENT ON COLUMN {schema}.transactions.created_at IS 'When the transaction was created.';
COMMENT ON COLUMN {schema}.transactions.credit_note IS 'Invoiced id of the credit note it is about; NULL: none.';
COMMENT ON COLUMN {schema}.transactions.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.transactions.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.transactions.date IS 'Date of the transaction; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.transactions.estimate IS 'Invoiced id of the estimate it was applied to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions.failure_reason IS 'Why it failed; NULL unless it did.';
COMMENT ON COLUMN {schema}.transactions.gateway IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.transactions.gateway_id IS 'Id of the transaction at the gateway.';
COMMENT ON COLUMN {schema}.transactions.invoice IS 'Invoiced id of the invoice it was applied to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions.method IS 'How it was paid, such as ach, balance, check or credit_card; an open set.';
COMMENT ON COLUMN {schema}.transactions.notes IS 'Notes on the transaction.';
COMMENT ON COLUMN {schema}.transactions.object IS 'Kind of the object: always transaction.';
COMMENT ON COLUMN {schema}.transactions.parent_transaction IS 'Invoiced id of the transaction it belongs to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions.payment IS 'Invoiced id of the payment it belongs to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions.payment_id IS 'The same id as payment, under its other name.';
COMMENT ON COLUMN {schema}.transactions.pdf_url IS 'Secret link to the receipt as PDF.';
COMMENT ON COLUMN {schema}.transactions.status IS 'State of the transaction. Known values: succeeded, pending, failed.';
COMMENT ON COLUMN {schema}.transactions.type IS 'Kind of the transaction. Known values: charge, payment, refund, adjustment, document_adjustment.';
COMMENT ON COLUMN {schema}.transactions.updated_at IS 'When the transaction was last changed; some bulk changes at the source do not move it.';
