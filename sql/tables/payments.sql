-- payments: what GET /payments lists.

CREATE TABLE {schema}.payments (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    ach_sender_id text GENERATED ALWAYS AS ({schema}._text(raw -> 'ach_sender_id')) STORED,
    amount numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount')) STORED,
    balance numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'balance')) STORED,
    bank_feed_transaction bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'bank_feed_transaction')) STORED,
    bank_feed_transaction_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'bank_feed_transaction_id')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer')) STORED,
    date timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date')) STORED,
    matched boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'matched')) STORED,
    method text GENERATED ALWAYS AS ({schema}._text(raw -> 'method')) STORED,
    notes text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    pdf_url text GENERATED ALWAYS AS ({schema}._text(raw -> 'pdf_url')) STORED,
    reference text GENERATED ALWAYS AS ({schema}._text(raw -> 'reference')) STORED,
    source text GENERATED ALWAYS AS ({schema}._text(raw -> 'source')) STORED,
    surcharge_percentage numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'surcharge_percentage')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    voided boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'voided')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX payments_customer_idx ON {schema}.payments (customer);
CREATE INDEX payments_date_idx ON {schema}.payments (date);
CREATE INDEX payments_updated_at_idx ON {schema}.payments (updated_at, id);

COMMENT ON TABLE {schema}.payments IS 'Payments received, from GET /payments. A payment that was deleted in Invoiced is voided and stays, with voided = true.';
COMMENT ON COLUMN {schema}.payments.id IS 'Invoiced id of the payment.';
COMMENT ON COLUMN {schema}.payments.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payments.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.payments.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.payments.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.payments.ach_sender_id IS 'Sender id of an ACH payment, by which later ones of the same payer are recognised.';
COMMENT ON COLUMN {schema}.payments.amount IS 'Amount received, in major units of currency.';
COMMENT ON COLUMN {schema}.payments.balance IS 'Part not yet applied to anything, in major units of currency.';
COMMENT ON COLUMN {schema}.payments.bank_feed_transaction IS 'Invoiced id of the bank feed transaction it was made from (not mirrored).';
COMMENT ON COLUMN {schema}.payments.bank_feed_transaction_id IS 'The same id as bank_feed_transaction, under its other name.';
COMMENT ON COLUMN {schema}.payments.created_at IS 'When the payment was created.';
COMMENT ON COLUMN {schema}.payments.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.payments.customer IS 'Invoiced id of the customer who paid; NULL while that is unknown.';
COMMENT ON COLUMN {schema}.payments.date IS 'Date of the payment; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.payments.matched IS 'Whether the payment was matched to documents automatically.';
COMMENT ON COLUMN {schema}.payments.method IS 'How it was paid, such as ach, cash, check, credit_card or wire_transfer; an open set.';
COMMENT ON COLUMN {schema}.payments.notes IS 'Notes on the payment.';
COMMENT ON COLUMN {schema}.payments.object IS 'Kind of the object: always payment.';
COMMENT ON COLUMN {schema}.payments.pdf_url IS 'Secret link to the receipt as PDF.';
COMMENT ON COLUMN {schema}.payments.reference IS 'Reference of the payment, such as the number of the check.';
COMMENT ON COLUMN {schema}.payments.source IS 'How the payment came in, such as keyed, imported, api, autopay or customer_portal; an open set.';
COMMENT ON COLUMN {schema}.payments.surcharge_percentage IS 'Surcharge on the payment, in percent.';
COMMENT ON COLUMN {schema}.payments.updated_at IS 'When the payment was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.payments.voided IS 'Whether it was voided, which is what deleting a payment does; it then counts for nothing.';
