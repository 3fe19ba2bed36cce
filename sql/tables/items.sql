-- items: what GET /items lists, active and archived, with internal_id and archived, which are asked for.

CREATE TABLE {schema}.items (
    key text PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    archived boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'archived')) STORED,
    avalara_location_code text GENERATED ALWAYS AS ({schema}._text(raw -> 'avalara_location_code')) STORED,
    avalara_tax_code text GENERATED ALWAYS AS ({schema}._text(raw -> 'avalara_tax_code')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    description text GENERATED ALWAYS AS ({schema}._text(raw -> 'description')) STORED,
    discountable boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'discountable')) STORED,
    gl_account text GENERATED ALWAYS AS ({schema}._text(raw -> 'gl_account')) STORED,
    id text GENERATED ALWAYS AS ({schema}._text(raw -> 'id')) STORED,
    internal_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'internal_id')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    taxable boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'taxable')) STORED,
    type text GENERATED ALWAYS AS ({schema}._text(raw -> 'type')) STORED,
    unit_cost numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'unit_cost')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX items_updated_at_idx ON {schema}.items (updated_at);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX items_gl_account_idx ON {schema}.items USING spgist (gl_account);
CREATE INDEX items_id_idx ON {schema}.items USING spgist (id);

COMMENT ON TABLE {schema}.items IS 'Catalogue items, from GET /items, active and archived. Deleting in Invoiced archives; an id can be used again by a new item.';
COMMENT ON COLUMN {schema}.items.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.items.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.items.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.items.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.items.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.items.archived IS 'Whether it is archived: no longer on offer, still used by what refers to it.';
COMMENT ON COLUMN {schema}.items.avalara_location_code IS 'Avalara location code.';
COMMENT ON COLUMN {schema}.items.avalara_tax_code IS 'Avalara tax code.';
COMMENT ON COLUMN {schema}.items.created_at IS 'When the item was created.';
COMMENT ON COLUMN {schema}.items.currency IS 'ISO 4217 code, lower case; NULL where the item has none.';
COMMENT ON COLUMN {schema}.items.description IS 'Description shown on documents.';
COMMENT ON COLUMN {schema}.items.discountable IS 'Whether discounts on the document apply to it.';
COMMENT ON COLUMN {schema}.items.gl_account IS 'Code of the general ledger account (gl_accounts.code).';
COMMENT ON COLUMN {schema}.items.id IS 'Id that people gave the item; an archived item may share it.';
COMMENT ON COLUMN {schema}.items.internal_id IS 'Number of the item inside Invoiced, unique for ever, unlike id.';
COMMENT ON COLUMN {schema}.items.name IS 'Name of the item.';
COMMENT ON COLUMN {schema}.items.object IS 'Kind of the object: always item.';
COMMENT ON COLUMN {schema}.items.taxable IS 'Whether taxes apply.';
COMMENT ON COLUMN {schema}.items.type IS 'Kind of the item, such as product or service; an open set.';
COMMENT ON COLUMN {schema}.items.unit_cost IS 'Price of one unit, in major units of currency; up to ten or so decimals.';
COMMENT ON COLUMN {schema}.items.updated_at IS 'When the item was last changed; some bulk changes at the source do not move it.';
