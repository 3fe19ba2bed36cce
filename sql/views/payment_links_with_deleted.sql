-- payment_links_with_deleted: payment_links, and those that are gone, with a mark.
-- Invoiced has a deleted_at of its own here; the view calls it deleted_at_source.

CREATE VIEW {schema}.payment_links_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, after_completion_url,
    collect_billing_address, collect_phone_number, collect_shipping_address, created_at, currency, customer,
    customer_id, deleted, deleted_at AS deleted_at_source, name, object, reusable, status, terms_of_service_url,
    updated_at, url
FROM {schema}.payment_links
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'after_completion_url'),
    {schema}._boolean(raw -> 'collect_billing_address'),
    {schema}._boolean(raw -> 'collect_phone_number'),
    {schema}._boolean(raw -> 'collect_shipping_address'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._bigint(raw -> 'customer_id'),
    {schema}._boolean(raw -> 'deleted'),
    {schema}._timestamp(raw -> 'deleted_at'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._boolean(raw -> 'reusable'),
    {schema}._text(raw -> 'status'),
    {schema}._text(raw -> 'terms_of_service_url'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._text(raw -> 'url')
FROM {schema}._deleted
WHERE resource = 'payment_links' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.payment_links_with_deleted IS 'The rows of payment_links, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.id IS 'Invoiced id of the payment link.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.after_completion_url IS 'Where the payer is sent after paying.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.collect_billing_address IS 'Whether the payer is asked for a billing address.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.collect_phone_number IS 'Whether the payer is asked for a phone number.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.collect_shipping_address IS 'Whether the payer is asked for a shipping address.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.created_at IS 'When the payment link was created.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.customer IS 'Invoiced id of the customer it is for; NULL: anyone.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.customer_id IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.deleted IS 'Whether it was deleted; such links stay listed.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.deleted_at_source IS 'When it was deleted; NULL while it is not.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.name IS 'Name of the payment link.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.object IS 'Kind of the object: always payment_link.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.reusable IS 'Whether it can be paid more than once.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.status IS 'State of the payment link. Known values: active, completed, deleted.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.terms_of_service_url IS 'Terms of service that the payer is shown.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.updated_at IS 'When the payment link was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.url IS 'Address of the page where it can be paid.';
