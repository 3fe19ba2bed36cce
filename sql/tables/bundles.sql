-- bundles: what GET /bundles lists, with internal_id, which is asked for.

CREATE TABLE {schema}.bundles (
    key text PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    id text GENERATED ALWAYS AS ({schema}._text(raw -> 'id')) STORED,
    internal_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'internal_id')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX bundles_updated_at_idx ON {schema}.bundles (updated_at);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX bundles_id_idx ON {schema}.bundles USING spgist (id);

COMMENT ON TABLE {schema}.bundles IS 'Bundles of catalogue items, from GET /bundles. A deleted bundle is gone.';
COMMENT ON COLUMN {schema}.bundles.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.bundles.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.bundles.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.bundles.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.bundles.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.bundles.created_at IS 'When the bundle was created.';
COMMENT ON COLUMN {schema}.bundles.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.bundles.id IS 'Id that people gave the bundle.';
COMMENT ON COLUMN {schema}.bundles.internal_id IS 'Number of the bundle inside Invoiced, unique for ever, unlike id.';
COMMENT ON COLUMN {schema}.bundles.name IS 'Name of the bundle.';
COMMENT ON COLUMN {schema}.bundles.updated_at IS 'When the bundle was last changed; some bulk changes at the source do not move it.';
