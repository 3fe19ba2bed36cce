-- pending_line_items_with_deleted: pending_line_items, and those that are gone, with a mark.

CREATE VIEW {schema}.pending_line_items_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, catalog_item,
    created_at, customer, description, discountable, name, object, period_end, period_start, plan, prorated, quantity,
    subscription, taxable, type, unit_cost, updated_at
FROM {schema}.pending_line_items
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._text(raw -> 'catalog_item'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._text(raw -> 'description'),
    {schema}._boolean(raw -> 'discountable'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._timestamp(raw -> 'period_end'),
    {schema}._timestamp(raw -> 'period_start'),
    {schema}._text(raw -> 'plan'),
    {schema}._boolean(raw -> 'prorated'),
    {schema}._numeric(raw -> 'quantity'),
    {schema}._bigint(raw -> 'subscription'),
    {schema}._boolean(raw -> 'taxable'),
    {schema}._text(raw -> 'type'),
    {schema}._numeric(raw -> 'unit_cost'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'pending_line_items' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.pending_line_items_with_deleted IS 'The rows of pending_line_items, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.id IS 'Invoiced id of the line item.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.amount IS 'Amount of the line, in major units of the currency of the customer.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.catalog_item IS 'Id of the catalogue item (items.id); an id can stand for several archived items.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.created_at IS 'When the line item was created.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.description IS 'Description shown on the line.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.discountable IS 'Whether discounts on the document apply to it.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.name IS 'Name shown on the line.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.object IS 'Kind of the object: always line_item.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.period_end IS 'End of the period that the line covers; only on lines of a subscription.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.period_start IS 'Start of the period that the line covers; only on lines of a subscription.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.plan IS 'Id of the plan (plans.id) where the line comes from one.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.prorated IS 'Whether the line covers part of a billing period; only on lines of a subscription.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.quantity IS 'How many; may be a fraction.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.subscription IS 'Invoiced id of the subscription that the line belongs to; NULL: none.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.taxable IS 'Whether taxes on the document apply to it.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.type IS 'Kind of the line, such as product or service; an open set.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.unit_cost IS 'Price of one unit, in major units of the currency of the customer; up to ten or so decimals.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.updated_at IS 'When the line item was last changed; some bulk changes at the source do not move it.';
