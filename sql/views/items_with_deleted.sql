-- items_with_deleted: items, and those that are gone, with a mark.

CREATE VIEW {schema}.items_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, key, raw, read_at, synced_at, archived,
    avalara_location_code, avalara_tax_code, created_at, currency, description, discountable, gl_account, id,
    internal_id, name, object, taxable, type, unit_cost, updated_at
FROM {schema}.items
UNION ALL
(SELECT deleted_at, evidence, key, raw, read_at, deleted_at,
    {schema}._boolean(raw -> 'archived'),
    {schema}._text(raw -> 'avalara_location_code'),
    {schema}._text(raw -> 'avalara_tax_code'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'description'),
    {schema}._boolean(raw -> 'discountable'),
    {schema}._text(raw -> 'gl_account'),
    {schema}._text(raw -> 'id'),
    {schema}._bigint(raw -> 'internal_id'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._boolean(raw -> 'taxable'),
    {schema}._text(raw -> 'type'),
    {schema}._numeric(raw -> 'unit_cost'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'items' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.items_with_deleted IS 'The rows of items, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.items_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.items_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.items_with_deleted.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.items_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.items_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.items_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.items_with_deleted.archived IS 'Whether it is archived: no longer on offer, still used by what refers to it.';
COMMENT ON COLUMN {schema}.items_with_deleted.avalara_location_code IS 'Avalara location code.';
COMMENT ON COLUMN {schema}.items_with_deleted.avalara_tax_code IS 'Avalara tax code.';
COMMENT ON COLUMN {schema}.items_with_deleted.created_at IS 'When the item was created.';
COMMENT ON COLUMN {schema}.items_with_deleted.currency IS 'ISO 4217 code, lower case; NULL where the item has none.';
COMMENT ON COLUMN {schema}.items_with_deleted.description IS 'Description shown on documents.';
COMMENT ON COLUMN {schema}.items_with_deleted.discountable IS 'Whether discounts on the document apply to it.';
COMMENT ON COLUMN {schema}.items_with_deleted.gl_account IS 'Code of the general ledger account (gl_accounts.code).';
COMMENT ON COLUMN {schema}.items_with_deleted.id IS 'Id that people gave the item; an archived item may share it.';
COMMENT ON COLUMN {schema}.items_with_deleted.internal_id IS 'Number of the item inside Invoiced, unique for ever, unlike id.';
COMMENT ON COLUMN {schema}.items_with_deleted.name IS 'Name of the item.';
COMMENT ON COLUMN {schema}.items_with_deleted.object IS 'Kind of the object: always item.';
COMMENT ON COLUMN {schema}.items_with_deleted.taxable IS 'Whether taxes apply.';
COMMENT ON COLUMN {schema}.items_with_deleted.type IS 'Kind of the item, such as product or service; an open set.';
COMMENT ON COLUMN {schema}.items_with_deleted.unit_cost IS 'Price of one unit, in major units of currency; up to ten or so decimals.';
COMMENT ON COLUMN {schema}.items_with_deleted.updated_at IS 'When the item was last changed; some bulk changes at the source do not move it.';
