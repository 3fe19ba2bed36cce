-- charges: what GET /charges lists.

CREATE TABLE {schema}.charges (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    amount numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount')) STORED,
    amount_refunded numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount_refunded')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer')) STORED,
    customer_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer_id')) STORED,
    description text GENERATED ALWAYS AS ({schema}._text(raw -> 'description')) STORED,
    disputed boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'disputed')) STORED,
    failure_message text GENERATED ALWAYS AS ({schema}._text(raw -> 'failure_message')) STORED,
    gateway text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway')) STORED,
    gateway_id text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway_id')) STORED,
    merchant_account bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account')) STORED,
    merchant_account_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account_id')) STORED,
    merchant_account_transaction bigint GENERATED ALWAYS AS (
        {schema}._bigint(raw -> 'merchant_account_transaction')
    ) STORED,
    merchant_account_transaction_id bigint GENERATED ALWAYS AS (
        {schema}._bigint(raw -> 'merchant_account_transaction_id')
    ) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    payment bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'payment')) STORED,
    payment_flow bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'payment_flow')) STORED,
    payment_flow_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'payment_flow_id')) STORED,
    payment_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'payment_id')) STORED,
    receipt_email text GENERATED ALWAYS AS ({schema}._text(raw -> 'receipt_email')) STORED,
    refunded boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'refunded')) STORED,
    status text GENERATED ALWAYS AS ({schema}._text(raw -> 'status')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX charges_customer_idx ON {schema}.charges (customer);
CREATE INDEX charges_payment_idx ON {schema}.charges (payment);
CREATE INDEX charges_updated_at_idx ON {schema}.charges (updated_at);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX charges_status_idx ON {schema}.charges USING spgist (status);

COMMENT ON TABLE {schema}.charges IS 'Attempts to collect money through a payment gateway, from GET /charges. They are never deleted.';
COMMENT ON COLUMN {schema}.charges.id IS 'Invoiced id of the charge.';
COMMENT ON COLUMN {schema}.charges.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.charges.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.charges.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.charges.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.charges.amount IS 'Amount charged, in major units of currency.';
COMMENT ON COLUMN {schema}.charges.amount_refunded IS 'How much of it was refunded, in major units of currency.';
COMMENT ON COLUMN {schema}.charges.created_at IS 'When the charge was created.';
COMMENT ON COLUMN {schema}.charges.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.charges.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.charges.customer_id IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.charges.description IS 'Description given to the gateway.';
COMMENT ON COLUMN {schema}.charges.disputed IS 'Whether the payer disputed it.';
COMMENT ON COLUMN {schema}.charges.failure_message IS 'Why it failed, in words; NULL unless it did.';
COMMENT ON COLUMN {schema}.charges.gateway IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.charges.gateway_id IS 'Id of the charge at the gateway.';
COMMENT ON COLUMN {schema}.charges.merchant_account IS 'Invoiced id of the merchant account (not mirrored).';
COMMENT ON COLUMN {schema}.charges.merchant_account_id IS 'The same id as merchant_account, under its other name.';
COMMENT ON COLUMN {schema}.charges.merchant_account_transaction IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.charges.merchant_account_transaction_id IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.charges.object IS 'Kind of the object: always charge.';
COMMENT ON COLUMN {schema}.charges.payment IS 'Invoiced id of the payment that it made; NULL: none.';
COMMENT ON COLUMN {schema}.charges.payment_flow IS 'Invoiced id of the payment flow it came through (not mirrored).';
COMMENT ON COLUMN {schema}.charges.payment_flow_id IS 'The same id as payment_flow, under its other name.';
COMMENT ON COLUMN {schema}.charges.payment_id IS 'The same id as payment, under its other name.';
COMMENT ON COLUMN {schema}.charges.receipt_email IS 'Where the receipt was sent.';
COMMENT ON COLUMN {schema}.charges.refunded IS 'Whether it was refunded in full.';
COMMENT ON COLUMN {schema}.charges.status IS 'State of the charge. Known values: succeeded, pending, failed.';
COMMENT ON COLUMN {schema}.charges.updated_at IS 'When the charge was last changed; some bulk changes at the source do not move it.';
