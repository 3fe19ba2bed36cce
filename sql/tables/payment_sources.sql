-- payment_sources: what GET /customers/:customer_id/payment_sources lists, customer by customer.

CREATE TABLE {schema}.payment_sources (
    key text PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    account_holder_name text GENERATED ALWAYS AS ({schema}._text(raw -> 'account_holder_name')) STORED,
    account_holder_type text GENERATED ALWAYS AS ({schema}._text(raw -> 'account_holder_type')) STORED,
    bank_name text GENERATED ALWAYS AS ({schema}._text(raw -> 'bank_name')) STORED,
    brand text GENERATED ALWAYS AS ({schema}._text(raw -> 'brand')) STORED,
    chargeable boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'chargeable')) STORED,
    country text GENERATED ALWAYS AS ({schema}._text(raw -> 'country')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer')) STORED,
    customer_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer_id')) STORED,
    exp_month bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'exp_month')) STORED,
    exp_year bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'exp_year')) STORED,
    failure_reason text GENERATED ALWAYS AS ({schema}._text(raw -> 'failure_reason')) STORED,
    funding text GENERATED ALWAYS AS ({schema}._text(raw -> 'funding')) STORED,
    gateway text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway')) STORED,
    gateway_customer text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway_customer')) STORED,
    gateway_id text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway_id')) STORED,
    gateway_setup_intent text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway_setup_intent')) STORED,
    id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id')) STORED,
    issuing_country text GENERATED ALWAYS AS ({schema}._text(raw -> 'issuing_country')) STORED,
    last4 text GENERATED ALWAYS AS ({schema}._text(raw -> 'last4')) STORED,
    merchant_account bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    receipt_email text GENERATED ALWAYS AS ({schema}._text(raw -> 'receipt_email')) STORED,
    routing_number text GENERATED ALWAYS AS ({schema}._text(raw -> 'routing_number')) STORED,
    type text GENERATED ALWAYS AS ({schema}._text(raw -> 'type')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    verified boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'verified')) STORED,
    parent_id bigint
) WITH (toast_tuple_target = 4080);

CREATE INDEX payment_sources_parent_id_idx ON {schema}.payment_sources (parent_id);
CREATE INDEX payment_sources_customer_idx ON {schema}.payment_sources (customer);
CREATE INDEX payment_sources_id_idx ON {schema}.payment_sources (id);
CREATE INDEX payment_sources_updated_at_idx ON {schema}.payment_sources (updated_at);

COMMENT ON TABLE {schema}.payment_sources IS 'Cards and bank accounts on file, from the list of each customer. A removed one stays where the server shows it, with chargeable = false.';
COMMENT ON COLUMN {schema}.payment_sources.key IS 'object:id, such as card:90412, since card and bank account ids overlap.';
COMMENT ON COLUMN {schema}.payment_sources.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_sources.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.payment_sources.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.payment_sources.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.payment_sources.account_holder_name IS 'Name on the bank account; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources.account_holder_type IS 'Who holds the bank account; NULL for cards. Known values: company, individual.';
COMMENT ON COLUMN {schema}.payment_sources.bank_name IS 'Name of the bank; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources.brand IS 'Brand of the card, such as Visa; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources.chargeable IS 'Whether it can be charged; false once it was removed.';
COMMENT ON COLUMN {schema}.payment_sources.country IS 'Country of the bank account, two letters; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources.created_at IS 'When the payment source was created.';
COMMENT ON COLUMN {schema}.payment_sources.currency IS 'Currency of the bank account, ISO 4217 code in lower case; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources.customer IS 'Invoiced id of the customer it belongs to.';
COMMENT ON COLUMN {schema}.payment_sources.customer_id IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.payment_sources.exp_month IS 'Month in which the card expires, 1 to 12; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources.exp_year IS 'Year in which the card expires, four digits; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources.failure_reason IS 'Why the last use or its verification failed; NULL unless it did.';
COMMENT ON COLUMN {schema}.payment_sources.funding IS 'How the card is funded; NULL for bank accounts. Known values: credit, debit, prepaid, unknown.';
COMMENT ON COLUMN {schema}.payment_sources.gateway IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.payment_sources.gateway_customer IS 'Id of the customer at the gateway.';
COMMENT ON COLUMN {schema}.payment_sources.gateway_id IS 'Id of the payment source at the gateway.';
COMMENT ON COLUMN {schema}.payment_sources.gateway_setup_intent IS 'Id of the setup at the gateway that made it chargeable.';
COMMENT ON COLUMN {schema}.payment_sources.id IS 'Invoiced id of the card or bank account; both count for themselves, so ids overlap.';
COMMENT ON COLUMN {schema}.payment_sources.issuing_country IS 'Country of the bank that issued the card, two letters; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources.last4 IS 'Last four digits of the card or account number.';
COMMENT ON COLUMN {schema}.payment_sources.merchant_account IS 'Invoiced id of the merchant account that it is kept at (not mirrored).';
COMMENT ON COLUMN {schema}.payment_sources.object IS 'Which of the two it is: card or bank_account.';
COMMENT ON COLUMN {schema}.payment_sources.receipt_email IS 'Where receipts are sent.';
COMMENT ON COLUMN {schema}.payment_sources.routing_number IS 'Routing number of the bank; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources.type IS 'Kind of the bank account; NULL for cards. Known values: checking, savings.';
COMMENT ON COLUMN {schema}.payment_sources.updated_at IS 'When the payment source was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.payment_sources.verified IS 'Whether the bank account was verified; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources.parent_id IS 'Invoiced id of the customer in whose list the row was found.';
