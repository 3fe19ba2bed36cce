-- custom_fields: what GET /custom_fields lists.

CREATE TABLE {schema}.custom_fields (
    key text PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    external boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'external')) STORED,
    id text GENERATED ALWAYS AS ({schema}._text(raw -> 'id')) STORED,
    internal_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'internal_id')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    type text GENERATED ALWAYS AS ({schema}._text(raw -> 'type')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX custom_fields_updated_at_idx ON {schema}.custom_fields (updated_at);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX custom_fields_id_idx ON {schema}.custom_fields USING spgist (id);

COMMENT ON TABLE {schema}.custom_fields IS 'Definitions of custom fields, whose values stand in the metadata of objects, from GET /custom_fields. A deleted one is gone.';
COMMENT ON COLUMN {schema}.custom_fields.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.custom_fields.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.custom_fields.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.custom_fields.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.custom_fields.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.custom_fields.created_at IS 'When the custom field was created.';
COMMENT ON COLUMN {schema}.custom_fields.external IS 'Whether customers see the field.';
COMMENT ON COLUMN {schema}.custom_fields.id IS 'Key in metadata under which values stand; the same id can serve several kinds of objects.';
COMMENT ON COLUMN {schema}.custom_fields.internal_id IS 'Number of the custom field inside Invoiced.';
COMMENT ON COLUMN {schema}.custom_fields.name IS 'Name that people see.';
COMMENT ON COLUMN {schema}.custom_fields.object IS 'Kind of the objects that have this field. Known values: credit_note, customer, estimate, invoice, item, line_item, payment, plan, subscription, transaction.';
COMMENT ON COLUMN {schema}.custom_fields.type IS 'Type of the values. Known values: string, boolean, double, integer, enum, date, money.';
COMMENT ON COLUMN {schema}.custom_fields.updated_at IS 'When the custom field was last changed; some bulk changes at the source do not move it.';
