-- coupons_with_deleted: coupons, and those that are gone, with a mark.

CREATE VIEW {schema}.coupons_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, key, raw, read_at, synced_at, archived, created_at,
    currency, duration, exclusive, expiration_date, id, internal_id, is_percent, max_redemptions, name, object,
    updated_at, value
FROM {schema}.coupons
UNION ALL
(SELECT deleted_at, evidence, key, raw, read_at, deleted_at,
    {schema}._boolean(raw -> 'archived'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'duration'),
    {schema}._boolean(raw -> 'exclusive'),
    {schema}._timestamp(raw -> 'expiration_date'),
    {schema}._text(raw -> 'id'),
    {schema}._bigint(raw -> 'internal_id'),
    {schema}._boolean(raw -> 'is_percent'),
    {schema}._bigint(raw -> 'max_redemptions'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._numeric(raw -> 'value')
FROM {schema}._deleted
WHERE resource = 'coupons' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.coupons_with_deleted IS 'The rows of coupons, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.coupons_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.archived IS 'Whether it is archived: no longer on offer, still used by what refers to it.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.created_at IS 'When the coupon was created.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.currency IS 'Currency of value where that is an amount, ISO 4217 code in lower case.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.duration IS 'How long a discount lasts once it was given; 0: without limit.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.exclusive IS 'Whether it cannot be combined with other coupons.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.expiration_date IS 'When the coupon can last be used; NULL: no end.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.id IS 'Id that people gave the coupon; an archived one may share it.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.internal_id IS 'Number of the coupon inside Invoiced, unique for ever, unlike id.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.is_percent IS 'Whether value is a percentage, not an amount of money.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.max_redemptions IS 'How often it can be used; 0: without limit.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.name IS 'Name of the coupon.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.object IS 'Kind of the object: always coupon.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.updated_at IS 'When the coupon was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.value IS 'Percent or amount of money, as is_percent says.';
