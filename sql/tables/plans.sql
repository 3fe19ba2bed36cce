-- plans: what GET /plans lists, active and archived, with internal_id and archived, which are asked for.

CREATE TABLE {schema}.plans (
    key text PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    amount numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount')) STORED,
    archived boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'archived')) STORED,
    catalog_item text GENERATED ALWAYS AS ({schema}._text(raw -> 'catalog_item')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    description text GENERATED ALWAYS AS ({schema}._text(raw -> 'description')) STORED,
    id text GENERATED ALWAYS AS ({schema}._text(raw -> 'id')) STORED,
    internal_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'internal_id')) STORED,
    "interval" text GENERATED ALWAYS AS ({schema}._text(raw -> 'interval')) STORED,
    interval_count bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'interval_count')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    notes text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    pricing_mode text GENERATED ALWAYS AS ({schema}._text(raw -> 'pricing_mode')) STORED,
    quantity_type text GENERATED ALWAYS AS ({schema}._text(raw -> 'quantity_type')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX plans_updated_at_idx ON {schema}.plans (updated_at);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX plans_catalog_item_idx ON {schema}.plans USING spgist (catalog_item);
CREATE INDEX plans_id_idx ON {schema}.plans USING spgist (id);

COMMENT ON TABLE {schema}.plans IS 'Plans that subscriptions are made of, from GET /plans, active and archived. Deleting in Invoiced archives; an id can be used again by a new plan.';
COMMENT ON COLUMN {schema}.plans.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.plans.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.plans.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.plans.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.plans.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.plans.amount IS 'Price for one unit and interval, in major units of currency; with tiers see raw.';
COMMENT ON COLUMN {schema}.plans.archived IS 'Whether it is archived: no longer on offer, still used by what refers to it.';
COMMENT ON COLUMN {schema}.plans.catalog_item IS 'Id of the catalogue item that invoices show (items.id).';
COMMENT ON COLUMN {schema}.plans.created_at IS 'When the plan was created.';
COMMENT ON COLUMN {schema}.plans.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.plans.description IS 'Description shown on documents.';
COMMENT ON COLUMN {schema}.plans.id IS 'Id that people gave the plan; an archived plan may share it.';
COMMENT ON COLUMN {schema}.plans.internal_id IS 'Number of the plan inside Invoiced, unique for ever, unlike id.';
COMMENT ON COLUMN {schema}.plans."interval" IS 'Unit of the billing interval; interval_count says how many of it. Known values: day, week, month, year.';
COMMENT ON COLUMN {schema}.plans.interval_count IS 'How many intervals lie between two bills.';
COMMENT ON COLUMN {schema}.plans.name IS 'Name of the plan.';
COMMENT ON COLUMN {schema}.plans.notes IS 'Internal notes on the plan.';
COMMENT ON COLUMN {schema}.plans.object IS 'Kind of the object: always plan.';
COMMENT ON COLUMN {schema}.plans.pricing_mode IS 'How the price follows from the quantity; tiers are in raw. Known values: per_unit, tiered, volume, custom.';
COMMENT ON COLUMN {schema}.plans.quantity_type IS 'Whether the quantity is fixed or metered. Known values: constant, usage.';
COMMENT ON COLUMN {schema}.plans.updated_at IS 'When the plan was last changed; some bulk changes at the source do not move it.';
