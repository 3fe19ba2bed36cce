-- payment_sources_with_deleted: payment_sources, and those that are gone, with a mark.

CREATE VIEW {schema}.payment_sources_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, key, raw, read_at, synced_at, account_holder_name,
    account_holder_type, bank_name, brand, chargeable, country, created_at, currency, customer, customer_id, exp_month,
    exp_year, failure_reason, funding, gateway, gateway_customer, gateway_id, gateway_setup_intent, id, issuing_country,
    last4, merchant_account, object, receipt_email, routing_number, type, updated_at, verified
FROM {schema}.payment_sources
UNION ALL
(SELECT deleted_at, evidence, key, raw, read_at, deleted_at,
    {schema}._text(raw -> 'account_holder_name'),
    {schema}._text(raw -> 'account_holder_type'),
    {schema}._text(raw -> 'bank_name'),
    {schema}._text(raw -> 'brand'),
    {schema}._boolean(raw -> 'chargeable'),
    {schema}._text(raw -> 'country'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._bigint(raw -> 'customer_id'),
    {schema}._bigint(raw -> 'exp_month'),
    {schema}._bigint(raw -> 'exp_year'),
    {schema}._text(raw -> 'failure_reason'),
    {schema}._text(raw -> 'funding'),
    {schema}._text(raw -> 'gateway'),
    {schema}._text(raw -> 'gateway_customer'),
    {schema}._text(raw -> 'gateway_id'),
    {schema}._text(raw -> 'gateway_setup_intent'),
    {schema}._bigint(raw -> 'id'),
    {schema}._text(raw -> 'issuing_country'),
    {schema}._text(raw -> 'last4'),
    {schema}._bigint(raw -> 'merchant_account'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'receipt_email'),
    {schema}._text(raw -> 'routing_number'),
    {schema}._text(raw -> 'type'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._boolean(raw -> 'verified')
FROM {schema}._deleted
WHERE resource = 'payment_sources' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.payment_sources_with_deleted IS 'The rows of payment_sources, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.key IS 'object:id, such as card:90412, since card and bank account ids overlap.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.account_holder_name IS 'Name on the bank account; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.account_holder_type IS 'Who holds the bank account; NULL for cards. Known values: company, individual.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.bank_name IS 'Name of the bank; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.brand IS 'Brand of the card, such as Visa; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.chargeable IS 'Whether it can be charged; false once it was removed.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.country IS 'Country of the bank account, two letters; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.created_at IS 'When the payment source was created.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.currency IS 'Currency of the bank account, ISO 4217 code in lower case; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.customer IS 'Invoiced id of the customer it belongs to.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.customer_id IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.exp_month IS 'Month in which the card expires, 1 to 12; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.exp_year IS 'Year in which the card expires, four digits; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.failure_reason IS 'Why the last use or its verification failed; NULL unless it did.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.funding IS 'How the card is funded; NULL for bank accounts. Known values: credit, debit, prepaid, unknown.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.gateway IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.gateway_customer IS 'Id of the customer at the gateway.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.gateway_id IS 'Id of the payment source at the gateway.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.gateway_setup_intent IS 'Id of the setup at the gateway that made it chargeable.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.id IS 'Invoiced id of the card or bank account; both count for themselves, so ids overlap.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.issuing_country IS 'Country of the bank that issued the card, two letters; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.last4 IS 'Last four digits of the card or account number.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.merchant_account IS 'Invoiced id of the merchant account that it is kept at (not mirrored).';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.object IS 'Which of the two it is: card or bank_account.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.receipt_email IS 'Where receipts are sent.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.routing_number IS 'Routing number of the bank; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.type IS 'Kind of the bank account; NULL for cards. Known values: checking, savings.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.updated_at IS 'When the payment source was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.verified IS 'Whether the bank account was verified; NULL for cards.';
