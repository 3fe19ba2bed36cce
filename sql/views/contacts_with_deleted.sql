-- contacts_with_deleted: contacts, and those that are gone, with a mark.

CREATE VIEW {schema}.contacts_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, address1, address2,
    city, country, created_at, customer, customer_id, department, email, name, object, phone, postal_code, "primary",
    role, role_id, send_new_invoices, sms_enabled, state, title, updated_at
FROM {schema}.contacts
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'address1'),
    {schema}._text(raw -> 'address2'),
    {schema}._text(raw -> 'city'),
    {schema}._text(raw -> 'country'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._bigint(raw -> 'customer_id'),
    {schema}._text(raw -> 'department'),
    {schema}._text(raw -> 'email'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'phone'),
    {schema}._text(raw -> 'postal_code'),
    {schema}._boolean(raw -> 'primary'),
    {schema}._bigint(raw -> 'role'),
    {schema}._bigint(raw -> 'role_id'),
    {schema}._boolean(raw -> 'send_new_invoices'),
    {schema}._boolean(raw -> 'sms_enabled'),
    {schema}._text(raw -> 'state'),
    {schema}._text(raw -> 'title'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'contacts' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.contacts_with_deleted IS 'The rows of contacts, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.contacts_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.id IS 'Invoiced id of the contact.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.address1 IS 'First line of the postal address.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.address2 IS 'Second line of the postal address.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.city IS 'City of the postal address.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.country IS 'Country, as a two-letter ISO 3166 code.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.created_at IS 'When the contact was created.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.customer_id IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.department IS 'Department that the contact works in.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.email IS 'E-mail address of the contact.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.name IS 'Name of the contact.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.object IS 'Kind of the object: always contact.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.phone IS 'Phone number of the contact.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.postal_code IS 'Postal code of the address.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."primary" IS 'Whether this is a primary contact, one that gets account mail.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.role IS 'Invoiced id of the role of the contact (contact roles are not mirrored).';
COMMENT ON COLUMN {schema}.contacts_with_deleted.role_id IS 'The same id as role, under its other name.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.send_new_invoices IS 'Whether new invoices are sent to this contact.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.sms_enabled IS 'Whether the contact may be sent text messages.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.state IS 'State or province of the postal address.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.title IS 'Job title of the contact.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.updated_at IS 'When the contact was last changed; some bulk changes at the source do not move it.';
