-- refunds: what GET /refunds lists.

CREATE TABLE {schema}.refunds (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    amount numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount')) STORED,
    charge bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'charge')) STORED,
    charge_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'charge_id')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    failure_message text GENERATED ALWAYS AS ({schema}._text(raw -> 'failure_message')) STORED,
    gateway text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway')) STORED,
    gateway_id text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway_id')) STORED,
    merchant_account_transaction bigint GENERATED ALWAYS AS (
        {schema}._bigint(raw -> 'merchant_account_transaction')
    ) STORED,
    merchant_account_transaction_id bigint GENERATED ALWAYS AS (
        {schema}._bigint(raw -> 'merchant_account_transaction_id')
    ) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    status text GENERATED ALWAYS AS ({schema}._text(raw -> 'status')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX refunds_charge_idx ON {schema}.refunds (charge);
CREATE INDEX refunds_updated_at_idx ON {schema}.refunds (updated_at);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX refunds_status_idx ON {schema}.refunds USING spgist (status);

COMMENT ON TABLE {schema}.refunds IS 'Refunds of charges, from GET /refunds. They are never deleted.';
COMMENT ON COLUMN {schema}.refunds.id IS 'Invoiced id of the refund.';
COMMENT ON COLUMN {schema}.refunds.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.refunds.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.refunds.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.refunds.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.refunds.amount IS 'Amount given back, in major units of currency.';
COMMENT ON COLUMN {schema}.refunds.charge IS 'Invoiced id of the charge that is refunded.';
COMMENT ON COLUMN {schema}.refunds.charge_id IS 'The same id as charge, under its other name.';
COMMENT ON COLUMN {schema}.refunds.created_at IS 'When the refund was created.';
COMMENT ON COLUMN {schema}.refunds.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.refunds.failure_message IS 'Why it failed, in words; NULL unless it did.';
COMMENT ON COLUMN {schema}.refunds.gateway IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.refunds.gateway_id IS 'Id of the refund at the gateway.';
COMMENT ON COLUMN {schema}.refunds.merchant_account_transaction IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.refunds.merchant_account_transaction_id IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.refunds.object IS 'Kind of the object: always refund.';
COMMENT ON COLUMN {schema}.refunds.status IS 'State of the refund. Known values: succeeded, pending, failed, voided.';
COMMENT ON COLUMN {schema}.refunds.updated_at IS 'When the refund was last changed; some bulk changes at the source do not move it.';
