-- disputes: what GET /disputes lists.

CREATE TABLE {schema}.disputes (
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
    defense_reason text GENERATED ALWAYS AS ({schema}._text(raw -> 'defense_reason')) STORED,
    gateway text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway')) STORED,
    gateway_id text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway_id')) STORED,
    merchant_account_transaction bigint GENERATED ALWAYS AS (
        {schema}._bigint(raw -> 'merchant_account_transaction')
    ) STORED,
    merchant_account_transaction_id bigint GENERATED ALWAYS AS (
        {schema}._bigint(raw -> 'merchant_account_transaction_id')
    ) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    reason text GENERATED ALWAYS AS ({schema}._text(raw -> 'reason')) STORED,
    status text GENERATED ALWAYS AS ({schema}._text(raw -> 'status')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX disputes_charge_idx ON {schema}.disputes (charge);
CREATE INDEX disputes_updated_at_idx ON {schema}.disputes (updated_at);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX disputes_status_idx ON {schema}.disputes USING spgist (status);

COMMENT ON TABLE {schema}.disputes IS 'Disputed charges, from GET /disputes. They are never deleted.';
COMMENT ON COLUMN {schema}.disputes.id IS 'Invoiced id of the dispute.';
COMMENT ON COLUMN {schema}.disputes.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.disputes.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.disputes.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.disputes.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.disputes.amount IS 'Amount in dispute, in major units of currency.';
COMMENT ON COLUMN {schema}.disputes.charge IS 'Invoiced id of the charge in dispute.';
COMMENT ON COLUMN {schema}.disputes.charge_id IS 'The same id as charge, under its other name.';
COMMENT ON COLUMN {schema}.disputes.created_at IS 'When the dispute was created.';
COMMENT ON COLUMN {schema}.disputes.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.disputes.defense_reason IS 'Reason given when the dispute was defended.';
COMMENT ON COLUMN {schema}.disputes.gateway IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.disputes.gateway_id IS 'Id of the dispute at the gateway.';
COMMENT ON COLUMN {schema}.disputes.merchant_account_transaction IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.disputes.merchant_account_transaction_id IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.disputes.object IS 'Kind of the object: always dispute.';
COMMENT ON COLUMN {schema}.disputes.reason IS 'Why the payer disputes the charge.';
COMMENT ON COLUMN {schema}.disputes.status IS 'State of the dispute. Known values: Accepted, Expired, Lost, Pending, Responded, Undefended, Unresponded, Won.';
COMMENT ON COLUMN {schema}.disputes.updated_at IS 'When the dispute was last changed; some bulk changes at the source do not move it.';
