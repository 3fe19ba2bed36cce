-- plans_with_deleted: plans, and those that are gone, with a mark.

CREATE VIEW {schema}.plans_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, key, raw, read_at, synced_at, amount, archived,
    catalog_item, created_at, currency, description, id, internal_id, "interval", interval_count, name, notes, object,
    pricing_mode, quantity_type, updated_at
FROM {schema}.plans
UNION ALL
(SELECT deleted_at, evidence, key, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._boolean(raw -> 'archived'),
    {schema}._text(raw -> 'catalog_item'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'description'),
    {schema}._text(raw -> 'id'),
    {schema}._bigint(raw -> 'internal_id'),
    {schema}._text(raw -> 'interval'),
    {schema}._bigint(raw -> 'interval_count'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'pricing_mode'),
    {schema}._text(raw -> 'quantity_type'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'plans' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.plans_with_deleted IS 'The rows of plans, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.plans_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.plans_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.plans_with_deleted.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.plans_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.plans_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.plans_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.plans_with_deleted.amount IS 'Price for one unit and interval, in major units of currency; with tiers see raw.';
COMMENT ON COLUMN {schema}.plans_with_deleted.archived IS 'Whether it is archived: no longer on offer, still used by what refers to it.';
COMMENT ON COLUMN {schema}.plans_with_deleted.catalog_item IS 'Id of the catalogue item that invoices show (items.id).';
COMMENT ON COLUMN {schema}.plans_with_deleted.created_at IS 'When the plan was created.';
COMMENT ON COLUMN {schema}.plans_with_deleted.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.plans_with_deleted.description IS 'Description shown on documents.';
COMMENT ON COLUMN {schema}.plans_with_deleted.id IS 'Id that people gave the plan; an archived plan may share it.';
COMMENT ON COLUMN {schema}.plans_with_deleted.internal_id IS 'Number of the plan inside Invoiced, unique for ever, unlike id.';
COMMENT ON COLUMN {schema}.plans_with_deleted."interval" IS 'Unit of the billing interval; interval_count says how many of it. Known values: day, week, month, year.';
COMMENT ON COLUMN {schema}.plans_with_deleted.interval_count IS 'How many intervals lie between two bills.';
COMMENT ON COLUMN {schema}.plans_with_deleted.name IS 'Name of the plan.';
COMMENT ON COLUMN {schema}.plans_with_deleted.notes IS 'Internal notes on the plan.';
COMMENT ON COLUMN {schema}.plans_with_deleted.object IS 'Kind of the object: always plan.';
COMMENT ON COLUMN {schema}.plans_with_deleted.pricing_mode IS 'How the price follows from the quantity; tiers are in raw. Known values: per_unit, tiered, volume, custom.';
COMMENT ON COLUMN {schema}.plans_with_deleted.quantity_type IS 'Whether the quantity is fixed or metered. Known values: constant, usage.';
COMMENT ON COLUMN {schema}.plans_with_deleted.updated_at IS 'When the plan was last changed; some bulk changes at the source do not move it.';
