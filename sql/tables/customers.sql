-- customers: what GET /customers lists.

CREATE TABLE {schema}.customers (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    ach_gateway bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'ach_gateway')) STORED,
    ach_gateway_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'ach_gateway_id')) STORED,
    active boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'active')) STORED,
    address1 text GENERATED ALWAYS AS ({schema}._text(raw -> 'address1')) STORED,
    address2 text GENERATED ALWAYS AS ({schema}._text(raw -> 'address2')) STORED,
    attention_to text GENERATED ALWAYS AS ({schema}._text(raw -> 'attention_to')) STORED,
    autopay boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'autopay')) STORED,
    autopay_delay_days bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'autopay_delay_days')) STORED,
    avalara_entity_use_code text GENERATED ALWAYS AS ({schema}._text(raw -> 'avalara_entity_use_code')) STORED,
    avalara_exemption_number text GENERATED ALWAYS AS ({schema}._text(raw -> 'avalara_exemption_number')) STORED,
    bill_to_parent boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'bill_to_parent')) STORED,
    cc_gateway bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'cc_gateway')) STORED,
    cc_gateway_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'cc_gateway_id')) STORED,
    chase boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'chase')) STORED,
    chasing_cadence bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'chasing_cadence')) STORED,
    city text GENERATED ALWAYS AS ({schema}._text(raw -> 'city')) STORED,
    consolidated boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'consolidated')) STORED,
    convenience_fee boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'convenience_fee')) STORED,
    country text GENERATED ALWAYS AS ({schema}._text(raw -> 'country')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    credit_hold boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'credit_hold')) STORED,
    credit_limit numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'credit_limit')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    email text GENERATED ALWAYS AS ({schema}._text(raw -> 'email')) STORED,
    language text GENERATED ALWAYS AS ({schema}._text(raw -> 'language')) STORED,
    late_fee_schedule bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'late_fee_schedule')) STORED,
    late_fee_schedule_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'late_fee_schedule_id')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    network_connection bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_connection')) STORED,
    network_connection_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_connection_id')) STORED,
    next_chase_step bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'next_chase_step')) STORED,
    notes text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes')) STORED,
    number text GENERATED ALWAYS AS ({schema}._text(raw -> 'number')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    owner bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'owner')) STORED,
    owner_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'owner_id')) STORED,
    parent_customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'parent_customer')) STORED,
    payment_terms text GENERATED ALWAYS AS ({schema}._text(raw -> 'payment_terms')) STORED,
    phone text GENERATED ALWAYS AS ({schema}._text(raw -> 'phone')) STORED,
    postal_code text GENERATED ALWAYS AS ({schema}._text(raw -> 'postal_code')) STORED,
    sign_up_page bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'sign_up_page')) STORED,
    sign_up_url text GENERATED ALWAYS AS ({schema}._text(raw -> 'sign_up_url')) STORED,
    state text GENERATED ALWAYS AS ({schema}._text(raw -> 'state')) STORED,
    statement_pdf_url text GENERATED ALWAYS AS ({schema}._text(raw -> 'statement_pdf_url')) STORED,
    statement_url text GENERATED ALWAYS AS ({schema}._text(raw -> 'statement_url')) STORED,
    surcharging boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'surcharging')) STORED,
    tax_id text GENERATED ALWAYS AS ({schema}._text(raw -> 'tax_id')) STORED,
    taxable boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'taxable')) STORED,
    type text GENERATED ALWAYS AS ({schema}._text(raw -> 'type')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX customers_chasing_cadence_idx ON {schema}.customers (chasing_cadence);
CREATE INDEX customers_late_fee_schedule_idx ON {schema}.customers (late_fee_schedule);
CREATE INDEX customers_parent_customer_idx ON {schema}.customers (parent_customer);
CREATE INDEX customers_updated_at_idx ON {schema}.customers (updated_at, id);

COMMENT ON TABLE {schema}.customers IS 'Customers, from GET /customers. A deleted customer is gone, and so is the loser of a merge.';
COMMENT ON COLUMN {schema}.customers.id IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.customers.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.customers.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.customers.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.customers.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.customers.ach_gateway IS 'Invoiced id of the merchant account preferred for bank debits (not mirrored).';
COMMENT ON COLUMN {schema}.customers.ach_gateway_id IS 'The same id as ach_gateway, under its other name.';
COMMENT ON COLUMN {schema}.customers.active IS 'Whether the customer is active; an inactive one is not billed.';
COMMENT ON COLUMN {schema}.customers.address1 IS 'First line of the postal address.';
COMMENT ON COLUMN {schema}.customers.address2 IS 'Second line of the postal address.';
COMMENT ON COLUMN {schema}.customers.attention_to IS 'Person or department named in the address.';
COMMENT ON COLUMN {schema}.customers.autopay IS 'Whether AutoPay collects the invoices of this customer by itself.';
COMMENT ON COLUMN {schema}.customers.autopay_delay_days IS 'Days that AutoPay waits after an invoice is issued; -1: as the account has it.';
COMMENT ON COLUMN {schema}.customers.avalara_entity_use_code IS 'Avalara code of the entity or use, for tax exemption.';
COMMENT ON COLUMN {schema}.customers.avalara_exemption_number IS 'Avalara number of the tax exemption.';
COMMENT ON COLUMN {schema}.customers.bill_to_parent IS 'Whether the parent customer is billed for this one.';
COMMENT ON COLUMN {schema}.customers.cc_gateway IS 'Invoiced id of the merchant account preferred for cards (not mirrored).';
COMMENT ON COLUMN {schema}.customers.cc_gateway_id IS 'The same id as cc_gateway, under its other name.';
COMMENT ON COLUMN {schema}.customers.chase IS 'Whether the customer is reminded of open invoices.';
COMMENT ON COLUMN {schema}.customers.chasing_cadence IS 'Invoiced id of the chasing cadence that reminds this customer.';
COMMENT ON COLUMN {schema}.customers.city IS 'City of the postal address.';
COMMENT ON COLUMN {schema}.customers.consolidated IS 'Whether its invoices are consolidated into one.';
COMMENT ON COLUMN {schema}.customers.convenience_fee IS 'Whether the customer is charged a convenience fee.';
COMMENT ON COLUMN {schema}.customers.country IS 'Country, as a two-letter ISO 3166 code.';
COMMENT ON COLUMN {schema}.customers.created_at IS 'When the customer was created.';
COMMENT ON COLUMN {schema}.customers.credit_hold IS 'Whether the customer is on credit hold.';
COMMENT ON COLUMN {schema}.customers.credit_limit IS 'Credit limit, in major units of the currency of the customer; NULL: none.';
COMMENT ON COLUMN {schema}.customers.currency IS 'Currency of the customer as ISO 4217 code, lower case; NULL: that of the company.';
COMMENT ON COLUMN {schema}.customers.email IS 'E-mail address of the customer.';
COMMENT ON COLUMN {schema}.customers.language IS 'Language, as a two-letter ISO 639 code.';
COMMENT ON COLUMN {schema}.customers.late_fee_schedule IS 'Invoiced id of the late fee schedule that applies.';
COMMENT ON COLUMN {schema}.customers.late_fee_schedule_id IS 'The same id as late_fee_schedule, under its other name.';
COMMENT ON COLUMN {schema}.customers.name IS 'Name of the customer, of a company or a person.';
COMMENT ON COLUMN {schema}.customers.network_connection IS 'Invoiced id of the connection in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.customers.network_connection_id IS 'The same id as network_connection, under its other name.';
COMMENT ON COLUMN {schema}.customers.next_chase_step IS 'Id of the next step of the chasing cadence (chasing_cadences.raw, steps).';
COMMENT ON COLUMN {schema}.customers.notes IS 'Notes on the customer.';
COMMENT ON COLUMN {schema}.customers.number IS 'Number of the customer, as people know it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.customers.object IS 'Kind of the object: always customer.';
COMMENT ON COLUMN {schema}.customers.owner IS 'Invoiced id of the user who owns the customer (members.raw, user).';
COMMENT ON COLUMN {schema}.customers.owner_id IS 'The same id as owner, under its other name.';
COMMENT ON COLUMN {schema}.customers.parent_customer IS 'Invoiced id of the customer above this one; NULL: none.';
COMMENT ON COLUMN {schema}.customers.payment_terms IS 'Default payment terms, by name, such as NET 30.';
COMMENT ON COLUMN {schema}.customers.phone IS 'Phone number.';
COMMENT ON COLUMN {schema}.customers.postal_code IS 'Postal code of the address.';
COMMENT ON COLUMN {schema}.customers.sign_up_page IS 'Invoiced id of the sign-up page that the customer came through (not mirrored).';
COMMENT ON COLUMN {schema}.customers.sign_up_url IS 'Secret link to the sign-up page of the customer.';
COMMENT ON COLUMN {schema}.customers.state IS 'State or province of the postal address.';
COMMENT ON COLUMN {schema}.customers.statement_pdf_url IS 'Secret link to the statement of the customer as PDF.';
COMMENT ON COLUMN {schema}.customers.statement_url IS 'Secret link to the statement of the customer.';
COMMENT ON COLUMN {schema}.customers.surcharging IS 'Whether the customer is charged a card surcharge.';
COMMENT ON COLUMN {schema}.customers.tax_id IS 'Tax number of the customer.';
COMMENT ON COLUMN {schema}.customers.taxable IS 'Whether the customer is charged taxes.';
COMMENT ON COLUMN {schema}.customers.type IS 'Legal kind of the customer. Known values: company, government, non_profit, person.';
COMMENT ON COLUMN {schema}.customers.updated_at IS 'When the customer was last changed; some bulk changes at the source do not move it.';
