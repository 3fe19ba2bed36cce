-- payouts: what GET /payouts lists.

CREATE TABLE {schema}.payouts (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    amount numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount')) STORED,
    arrival_date text GENERATED ALWAYS AS ({schema}._text(raw -> 'arrival_date')) STORED,
    bank_account_name text GENERATED ALWAYS AS ({schema}._text(raw -> 'bank_account_name')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    description text GENERATED ALWAYS AS ({schema}._text(raw -> 'description')) STORED,
    failure_message text GENERATED ALWAYS AS ({schema}._text(raw -> 'failure_message')) STORED,
    gross_amount numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'gross_amount')) STORED,
    initiated_at text GENERATED ALWAYS AS ({schema}._text(raw -> 'initiated_at')) STORED,
    merchant_account bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account')) STORED,
    merchant_account_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account_id')) STORED,
    merchant_account_transaction bigint GENERATED ALWAYS AS (
        {schema}._bigint(raw -> 'merchant_account_transaction')
    ) STORED,
    merchant_account_transaction_id bigint GENERATED ALWAYS AS (
        {schema}._bigint(raw -> 'merchant_account_transaction_id')
    ) STORED,
    modification_reference text GENERATED ALWAYS AS ({schema}._text(raw -> 'modification_reference')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    pending_amount numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'pending_amount')) STORED,
    reference text GENERATED ALWAYS AS ({schema}._text(raw -> 'reference')) STORED,
    statement_descriptor text GENERATED ALWAYS AS ({schema}._text(raw -> 'statement_descriptor')) STORED,
    status text GENERATED ALWAYS AS ({schema}._text(raw -> 'status')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX payouts_updated_at_idx ON {schema}.payouts (updated_at);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX payouts_status_idx ON {schema}.payouts USING spgist (status);

COMMENT ON TABLE {schema}.payouts IS 'Transfers from merchant accounts to the company''s bank, from GET /payouts. They are never deleted.';
COMMENT ON COLUMN {schema}.payouts.id IS 'Invoiced id of the payout.';
COMMENT ON COLUMN {schema}.payouts.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payouts.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.payouts.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.payouts.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.payouts.amount IS 'Amount paid out, in major units of currency.';
COMMENT ON COLUMN {schema}.payouts.arrival_date IS 'Day on which it reaches the bank, as YYYY-MM-DD.';
COMMENT ON COLUMN {schema}.payouts.bank_account_name IS 'Bank account that receives the payout.';
COMMENT ON COLUMN {schema}.payouts.created_at IS 'When the payout was created.';
COMMENT ON COLUMN {schema}.payouts.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.payouts.description IS 'Description of the payout.';
COMMENT ON COLUMN {schema}.payouts.failure_message IS 'Why it failed, in words; NULL unless it did.';
COMMENT ON COLUMN {schema}.payouts.gross_amount IS 'Amount before fees and other deductions, in major units of currency.';
COMMENT ON COLUMN {schema}.payouts.initiated_at IS 'When the payout began, as ISO 8601 text.';
COMMENT ON COLUMN {schema}.payouts.merchant_account IS 'Invoiced id of the merchant account it is paid from (not mirrored).';
COMMENT ON COLUMN {schema}.payouts.merchant_account_id IS 'The same id as merchant_account, under its other name.';
COMMENT ON COLUMN {schema}.payouts.merchant_account_transaction IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.payouts.merchant_account_transaction_id IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.payouts.modification_reference IS 'Reference of a later change of the payout.';
COMMENT ON COLUMN {schema}.payouts.object IS 'Kind of the object: always payout.';
COMMENT ON COLUMN {schema}.payouts.pending_amount IS 'Part that is still pending, in major units of currency.';
COMMENT ON COLUMN {schema}.payouts.reference IS 'Reference of the payout at the gateway.';
COMMENT ON COLUMN {schema}.payouts.statement_descriptor IS 'Text shown on the bank statement.';
COMMENT ON COLUMN {schema}.payouts.status IS 'State of the payout. Known values: canceled, completed, failed, pending.';
COMMENT ON COLUMN {schema}.payouts.updated_at IS 'When the payout was last changed; some bulk changes at the source do not move it.';
