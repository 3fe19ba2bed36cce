-- tax_rates: what GET /tax_rates lists, active and archived, with internal_id and archived, which are asked for.

CREATE TABLE {schema}.tax_rates (
    key text PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    archived boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'archived')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    id text GENERATED ALWAYS AS ({schema}._text(raw -> 'id')) STORED,
    inclusive boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'inclusive')) STORED,
    internal_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'internal_id')) STORED,
    is_percent boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'is_percent')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    value numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'value')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX tax_rates_updated_at_idx ON {schema}.tax_rates (updated_at);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX tax_rates_id_idx ON {schema}.tax_rates USING spgist (id);

COMMENT ON TABLE {schema}.tax_rates IS 'Tax rates, from GET /tax_rates, active and archived. Deleting in Invoiced archives; an id can be used again by a new tax rate.';
COMMENT ON COLUMN {schema}.tax_rates.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.tax_rates.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.tax_rates.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.tax_rates.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.tax_rates.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.tax_rates.archived IS 'Whether it is archived: no longer on offer, still used by what refers to it.';
COMMENT ON COLUMN {schema}.tax_rates.created_at IS 'When the tax rate was created.';
COMMENT ON COLUMN {schema}.tax_rates.currency IS 'Currency of value where that is an amount, ISO 4217 code in lower case.';
COMMENT ON COLUMN {schema}.tax_rates.id IS 'Id that people gave the tax rate; an archived one may share it.';
COMMENT ON COLUMN {schema}.tax_rates.inclusive IS 'Whether prices already contain this tax.';
COMMENT ON COLUMN {schema}.tax_rates.internal_id IS 'Number of the tax rate inside Invoiced, unique for ever, unlike id.';
COMMENT ON COLUMN {schema}.tax_rates.is_percent IS 'Whether value is a percentage, not an amount of money.';
COMMENT ON COLUMN {schema}.tax_rates.name IS 'Name of the tax rate.';
COMMENT ON COLUMN {schema}.tax_rates.object IS 'Kind of the object: always tax_rate.';
COMMENT ON COLUMN {schema}.tax_rates.updated_at IS 'When the tax rate was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.tax_rates.value IS 'Percent or amount of money, as is_percent says.';
