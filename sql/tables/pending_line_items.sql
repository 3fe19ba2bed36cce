-- pending_line_items: what GET /customers/:customer_id/line_items lists, customer by customer.

CREATE TABLE {schema}.pending_line_items (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    amount numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount')) STORED,
    catalog_item text GENERATED ALWAYS AS ({schema}._text(raw -> 'catalog_item')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer')) STORED,
    description text GENERATED ALWAYS AS ({schema}._text(raw -> 'description')) STORED,
    discountable boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'discountable')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    period_end timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'period_end')) STORED,
    period_start timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'period_start')) STORED,
    plan text GENERATED ALWAYS AS ({schema}._text(raw -> 'plan')) STORED,
    prorated boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'prorated')) STORED,
    quantity numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'quantity')) STORED,
    subscription bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'subscription')) STORED,
    taxable boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'taxable')) STORED,
    type text GENERATED ALWAYS AS ({schema}._text(raw -> 'type')) STORED,
    unit_cost numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'unit_cost')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    parent_id bigint
) WITH (toast_tuple_target = 4080);

CREATE INDEX pending_line_items_parent_id_idx ON {schema}.pending_line_items (parent_id);
CREATE INDEX pending_line_items_customer_idx ON {schema}.pending_line_items (customer);
CREATE INDEX pending_line_items_subscription_idx ON {schema}.pending_line_items (subscription);
CREATE INDEX pending_line_items_updated_at_idx ON {schema}.pending_line_items (updated_at);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX pending_line_items_catalog_item_idx ON {schema}.pending_line_items USING spgist (catalog_item);
CREATE INDEX pending_line_items_plan_idx ON {schema}.pending_line_items USING spgist (plan);

COMMENT ON TABLE {schema}.pending_line_items IS 'Line items that wait for the next invoice of their customer, from the list of each customer. A billed item is gone from here and stands on its invoice.';
COMMENT ON COLUMN {schema}.pending_line_items.id IS 'Invoiced id of the line item.';
COMMENT ON COLUMN {schema}.pending_line_items.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.pending_line_items.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.pending_line_items.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.pending_line_items.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.pending_line_items.amount IS 'Amount of the line, in major units of the currency of the customer.';
COMMENT ON COLUMN {schema}.pending_line_items.catalog_item IS 'Id of the catalogue item (items.id); an id can stand for several archived items.';
COMMENT ON COLUMN {schema}.pending_line_items.created_at IS 'When the line item was created.';
COMMENT ON COLUMN {schema}.pending_line_items.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.pending_line_items.description IS 'Description shown on the line.';
COMMENT ON COLUMN {schema}.pending_line_items.discountable IS 'Whether discounts on the document apply to it.';
COMMENT ON COLUMN {schema}.pending_line_items.name IS 'Name shown on the line.';
COMMENT ON COLUMN {schema}.pending_line_items.object IS 'Kind of the object: always line_item.';
COMMENT ON COLUMN {schema}.pending_line_items.period_end IS 'End of the period that the line covers; only on lines of a subscription.';
COMMENT ON COLUMN {schema}.pending_line_items.period_start IS 'Start of the period that the line covers; only on lines of a subscription.';
COMMENT ON COLUMN {schema}.pending_line_items.plan IS 'Id of the plan (plans.id) where the line comes from one.';
COMMENT ON COLUMN {schema}.pending_line_items.prorated IS 'Whether the line covers part of a billing period; only on lines of a subscription.';
COMMENT ON COLUMN {schema}.pending_line_items.quantity IS 'How many; may be a fraction.';
COMMENT ON COLUMN {schema}.pending_line_items.subscription IS 'Invoiced id of the subscription that the line belongs to; NULL: none.';
COMMENT ON COLUMN {schema}.pending_line_items.taxable IS 'Whether taxes on the document apply to it.';
COMMENT ON COLUMN {schema}.pending_line_items.type IS 'Kind of the line, such as product or service; an open set.';
COMMENT ON COLUMN {schema}.pending_line_items.unit_cost IS 'Price of one unit, in major units of the currency of the customer; up to ten or so decimals.';
COMMENT ON COLUMN {schema}.pending_line_items.updated_at IS 'When the line item was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.pending_line_items.parent_id IS 'Invoiced id of the customer in whose list the row was found.';
