-- customers_with_deleted: customers, and those that are gone, with a mark.

CREATE VIEW {schema}.customers_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, ach_gateway,
    ach_gateway_id, active, address1, address2, attention_to, autopay, autopay_delay_days, avalara_entity_use_code,
    avalara_exemption_number, bill_to_parent, cc_gateway, cc_gateway_id, chase, chasing_cadence, city, consolidated,
    convenience_fee, country, created_at, credit_hold, credit_limit, currency, email, language, late_fee_schedule,
    late_fee_schedule_id, name, network_connection, network_connection_id, next_chase_step, notes, number, object,
    owner, owner_id, parent_customer, payment_terms, phone, postal_code, sign_up_page, sign_up_url, state,
    statement_pdf_url, statement_url, surcharging, tax_id, taxable, type, updated_at
FROM {schema}.customers
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._bigint(raw -> 'ach_gateway'),
    {schema}._bigint(raw -> 'ach_gateway_id'),
    {schema}._boolean(raw -> 'active'),
    {schema}._text(raw -> 'address1'),
    {schema}._text(raw -> 'address2'),
    {schema}._text(raw -> 'attention_to'),
    {schema}._boolean(raw -> 'autopay'),
    {schema}._bigint(raw -> 'autopay_delay_days'),
    {schema}._text(raw -> 'avalara_entity_use_code'),
    {schema}._text(raw -> 'avalara_exemption_number'),
    {schema}._boolean(raw -> 'bill_to_parent'),
    {schema}._bigint(raw -> 'cc_gateway'),
    {schema}._bigint(raw -> 'cc_gateway_id'),
    {schema}._boolean(raw -> 'chase'),
    {schema}._bigint(raw -> 'chasing_cadence'),
    {schema}._text(raw -> 'city'),
    {schema}._boolean(raw -> 'consolidated'),
    {schema}._boolean(raw -> 'convenience_fee'),
    {schema}._text(raw -> 'country'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._boolean(raw -> 'credit_hold'),
    {schema}._numeric(raw -> 'credit_limit'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'email'),
    {schema}._text(raw -> 'language'),
    {schema}._bigint(raw -> 'late_fee_schedule'),
    {schema}._bigint(raw -> 'late_fee_schedule_id'),
    {schema}._text(raw -> 'name'),
    {schema}._bigint(raw -> 'network_connection'),
    {schema}._bigint(raw -> 'network_connection_id'),
    {schema}._bigint(raw -> 'next_chase_step'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'number'),
    {schema}._text(raw -> 'object'),
    {schema}._bigint(raw -> 'owner'),
    {schema}._bigint(raw -> 'owner_id'),
    {schema}._bigint(raw -> 'parent_customer'),
    {schema}._text(raw -> 'payment_terms'),
    {schema}._text(raw -> 'phone'),
    {schema}._text(raw -> 'postal_code'),
    {schema}._bigint(raw -> 'sign_up_page'),
    {schema}._text(raw -> 'sign_up_url'),
    {schema}._text(raw -> 'state'),
    {schema}._text(raw -> 'statement_pdf_url'),
    {schema}._text(raw -> 'statement_url'),
    {schema}._boolean(raw -> 'surcharging'),
    {schema}._text(raw -> 'tax_id'),
    {schema}._boolean(raw -> 'taxable'),
    {schema}._text(raw -> 'type'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'customers' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.customers_with_deleted IS 'The rows of customers, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.customers_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.customers_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.customers_with_deleted.id IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.customers_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.customers_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.customers_with_deleted.ach_gateway IS 'Invoiced id of the merchant account preferred for bank debits (not mirrored).';
COMMENT ON COLUMN {schema}.customers_with_deleted.ach_gateway_id IS 'The same id as ach_gateway, under its other name.';
COMMENT ON COLUMN {schema}.customers_with_deleted.active IS 'Whether the customer is active; an inactive one is not billed.';
COMMENT ON COLUMN {schema}.customers_with_deleted.address1 IS 'First line of the postal address.';
COMMENT ON COLUMN {schema}.customers_with_deleted.address2 IS 'Second line of the postal address.';
COMMENT ON COLUMN {schema}.customers_with_deleted.attention_to IS 'Person or department named in the address.';
COMMENT ON COLUMN {schema}.customers_with_deleted.autopay IS 'Whether AutoPay collects the invoices of this customer by itself.';
COMMENT ON COLUMN {schema}.customers_with_deleted.autopay_delay_days IS 'Days that AutoPay waits after an invoice is issued; -1: as the account has it.';
COMMENT ON COLUMN {schema}.customers_with_deleted.avalara_entity_use_code IS 'Avalara code of the entity or use, for tax exemption.';
COMMENT ON COLUMN {schema}.customers_with_deleted.avalara_exemption_number IS 'Avalara number of the tax exemption.';
COMMENT ON COLUMN {schema}.customers_with_deleted.bill_to_parent IS 'Whether the parent customer is billed for this one.';
COMMENT ON COLUMN {schema}.customers_with_deleted.cc_gateway IS 'Invoiced id of the merchant account preferred for cards (not mirrored).';
COMMENT ON COLUMN {schema}.customers_with_deleted.cc_gateway_id IS 'The same id as cc_gateway, under its other name.';
COMMENT ON COLUMN {schema}.customers_with_deleted.chase IS 'Whether the customer is reminded of open invoices.';
COMMENT ON COLUMN {schema}.customers_with_deleted.chasing_cadence IS 'Invoiced id of the chasing cadence that reminds this customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted.city IS 'City of the postal address.';
COMMENT ON COLUMN {schema}.customers_with_deleted.consolidated IS 'Whether its invoices are consolidated into one.';
COMMENT ON COLUMN {schema}.customers_with_deleted.convenience_fee IS 'Whether the customer is charged a convenience fee.';
COMMENT ON COLUMN {schema}.customers_with_deleted.country IS 'Country, as a two-letter ISO 3166 code.';
COMMENT ON COLUMN {schema}.customers_with_deleted.created_at IS 'When the customer was created.';
COMMENT ON COLUMN {schema}.customers_with_deleted.credit_hold IS 'Whether the customer is on credit hold.';
COMMENT ON COLUMN {schema}.customers_with_deleted.credit_limit IS 'Credit limit, in major units of the currency of the customer; NULL: none.';
COMMENT ON COLUMN {schema}.customers_with_deleted.currency IS 'Currency of the customer as ISO 4217 code, lower case; NULL: that of the company.';
COMMENT ON COLUMN {schema}.customers_with_deleted.email IS 'E-mail address of the customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted.language IS 'Language, as a two-letter ISO 639 code.';
COMMENT ON COLUMN {schema}.customers_with_deleted.late_fee_schedule IS 'Invoiced id of the late fee schedule that applies.';
COMMENT ON COLUMN {schema}.customers_with_deleted.late_fee_schedule_id IS 'The same id as late_fee_schedule, under its other name.';
COMMENT ON COLUMN {schema}.customers_with_deleted.name IS 'Name of the customer, of a company or a person.';
COMMENT ON COLUMN {schema}.customers_with_deleted.network_connection IS 'Invoiced id of the connection in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.customers_with_deleted.network_connection_id IS 'The same id as network_connection, under its other name.';
COMMENT ON COLUMN {schema}.customers_with_deleted.next_chase_step IS 'Id of the next step of the chasing cadence (chasing_cadences.raw, steps).';
COMMENT ON COLUMN {schema}.customers_with_deleted.notes IS 'Notes on the customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted.number IS 'Number of the customer, as people know it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.customers_with_deleted.object IS 'Kind of the object: always customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted.owner IS 'Invoiced id of the user who owns the customer (members.raw, user).';
COMMENT ON COLUMN {schema}.customers_with_deleted.owner_id IS 'The same id as owner, under its other name.';
COMMENT ON COLUMN {schema}.customers_with_deleted.parent_customer IS 'Invoiced id of the customer above this one; NULL: none.';
COMMENT ON COLUMN {schema}.customers_with_deleted.payment_terms IS 'Default payment terms, by name, such as NET 30.';
COMMENT ON COLUMN {schema}.customers_with_deleted.phone IS 'Phone number.';
COMMENT ON COLUMN {schema}.customers_with_deleted.postal_code IS 'Postal code of the address.';
COMMENT ON COLUMN {schema}.customers_with_deleted.sign_up_page IS 'Invoiced id of the sign-up page that the customer came through (not mirrored).';
COMMENT ON COLUMN {schema}.customers_with_deleted.sign_up_url IS 'Secret link to the sign-up page of the customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted.state IS 'State or province of the postal address.';
COMMENT ON COLUMN {schema}.customers_with_deleted.statement_pdf_url IS 'Secret link to the statement of the customer as PDF.';
COMMENT ON COLUMN {schema}.customers_with_deleted.statement_url IS 'Secret link to the statement of the customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted.surcharging IS 'Whether the customer is charged a card surcharge.';
COMMENT ON COLUMN {schema}.customers_with_deleted.tax_id IS 'Tax number of the customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted.taxable IS 'Whether the customer is charged taxes.';
COMMENT ON COLUMN {schema}.customers_with_deleted.type IS 'Legal kind of the customer. Known values: company, government, non_profit, person.';
COMMENT ON COLUMN {schema}.customers_with_deleted.updated_at IS 'When the customer was last changed; some bulk changes at the source do not move it.';
