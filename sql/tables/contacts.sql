-- contacts: what GET /customers/:customer_id/contacts lists, customer by customer.

CREATE TABLE {schema}.contacts (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    address1 text GENERATED ALWAYS AS ({schema}._text(raw -> 'address1')) STORED,
    address2 text GENERATED ALWAYS AS ({schema}._text(raw -> 'address2')) STORED,
    city text GENERATED ALWAYS AS ({schema}._text(raw -> 'city')) STORED,
    country text GENERATED ALWAYS AS ({schema}._text(raw -> 'country')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer')) STORED,
    customer_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer_id')) STORED,
    department text GENERATED ALWAYS AS ({schema}._text(raw -> 'department')) STORED,
    email text GENERATED ALWAYS AS ({schema}._text(raw -> 'email')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    phone text GENERATED ALWAYS AS ({schema}._text(raw -> 'phone')) STORED,
    postal_code text GENERATED ALWAYS AS ({schema}._text(raw -> 'postal_code')) STORED,
    "primary" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'primary')) STORED,
    role bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'role')) STORED,
    role_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'role_id')) STORED,
    send_new_invoices boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'send_new_invoices')) STORED,
    sms_enabled boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'sms_enabled')) STORED,
    state text GENERATED ALWAYS AS ({schema}._text(raw -> 'state')) STORED,
    title text GENERATED ALWAYS AS ({schema}._text(raw -> 'title')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    parent_id bigint
) WITH (toast_tuple_target = 4080);

CREATE INDEX contacts_parent_id_idx ON {schema}.contacts (parent_id);
CREATE INDEX contacts_customer_idx ON {schema}.contacts (customer);
CREATE INDEX contacts_updated_at_idx ON {schema}.contacts (updated_at);

COMMENT ON TABLE {schema}.contacts IS 'Contacts of the customers, from the list of each customer; there is no list of all. A deleted contact is gone.';
COMMENT ON COLUMN {schema}.contacts.id IS 'Invoiced id of the contact.';
COMMENT ON COLUMN {schema}.contacts.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.contacts.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.contacts.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.contacts.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.contacts.address1 IS 'First line of the postal address.';
COMMENT ON COLUMN {schema}.contacts.address2 IS 'Second line of the postal address.';
COMMENT ON COLUMN {schema}.contacts.city IS 'City of the postal address.';
COMMENT ON COLUMN {schema}.contacts.country IS 'Country, as a two-letter ISO 3166 code.';
COMMENT ON COLUMN {schema}.contacts.created_at IS 'When the contact was created.';
COMMENT ON COLUMN {schema}.contacts.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.contacts.customer_id IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.contacts.department IS 'Department that the contact works in.';
COMMENT ON COLUMN {schema}.contacts.email IS 'E-mail address of the contact.';
COMMENT ON COLUMN {schema}.contacts.name IS 'Name of the contact.';
COMMENT ON COLUMN {schema}.contacts.object IS 'Kind of the object: always contact.';
COMMENT ON COLUMN {schema}.contacts.phone IS 'Phone number of the contact.';
COMMENT ON COLUMN {schema}.contacts.postal_code IS 'Postal code of the address.';
COMMENT ON COLUMN {schema}.contacts."primary" IS 'Whether this is a primary contact, one that gets account mail.';
COMMENT ON COLUMN {schema}.contacts.role IS 'Invoiced id of the role of the contact (contact roles are not mirrored).';
COMMENT ON COLUMN {schema}.contacts.role_id IS 'The same id as role, under its other name.';
COMMENT ON COLUMN {schema}.contacts.send_new_invoices IS 'Whether new invoices are sent to this contact.';
COMMENT ON COLUMN {schema}.contacts.sms_enabled IS 'Whether the contact may be sent text messages.';
COMMENT ON COLUMN {schema}.contacts.state IS 'State or province of the postal address.';
COMMENT ON COLUMN {schema}.contacts.title IS 'Job title of the contact.';
COMMENT ON COLUMN {schema}.contacts.updated_at IS 'When the contact was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.contacts.parent_id IS 'Invoiced id of the customer in whose list the row was found.';
