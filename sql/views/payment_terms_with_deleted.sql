-- payment_terms_with_deleted: payment_terms, and those that are gone, with a mark.

CREATE VIEW {schema}.payment_terms_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, active, created_at,
    discount_expires_in_days, discount_is_percent, discount_value, due_in_days, name, object, updated_at
FROM {schema}.payment_terms
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._boolean(raw -> 'active'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'discount_expires_in_days'),
    {schema}._boolean(raw -> 'discount_is_percent'),
    {schema}._numeric(raw -> 'discount_value'),
    CASE WHEN pg_catalog.jsonb_typeof(raw -> 'due_in_days') IN ('string', 'number') THEN raw ->> 'due_in_days' END,
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'payment_terms' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.payment_terms_with_deleted IS 'The rows of payment_terms, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.id IS 'Invoiced id of the terms.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.active IS 'Whether the terms are on offer.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.created_at IS 'When the terms were created.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.discount_expires_in_days IS 'Days within which the early payment discount holds.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.discount_is_percent IS 'Whether discount_value is a percentage, not an amount.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.discount_value IS 'Early payment discount: percent or an amount of money, as discount_is_percent says.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.due_in_days IS 'Days until an invoice is due, as text; NULL where the terms give none.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.name IS 'Name of the terms, which documents carry as text.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.object IS 'Kind of the object: always payment_terms.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.updated_at IS 'When the terms were last changed; some bulk changes at the source do not move it.';
