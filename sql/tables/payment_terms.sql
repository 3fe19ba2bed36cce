-- payment_terms: what GET /payment_terms lists.

CREATE TABLE {schema}.payment_terms (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    active boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'active')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    discount_expires_in_days bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'discount_expires_in_days')) STORED,
    discount_is_percent boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'discount_is_percent')) STORED,
    discount_value numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'discount_value')) STORED,
    due_in_days text GENERATED ALWAYS AS (
        CASE WHEN pg_catalog.jsonb_typeof(raw -> 'due_in_days') IN ('string', 'number') THEN raw ->> 'due_in_days' END
    ) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX payment_terms_updated_at_idx ON {schema}.payment_terms (updated_at);

COMMENT ON TABLE {schema}.payment_terms IS 'Payment terms on offer, from GET /payment_terms. A deleted one is gone; documents carry the name of their terms as text.';
COMMENT ON COLUMN {schema}.payment_terms.id IS 'Invoiced id of the terms.';
COMMENT ON COLUMN {schema}.payment_terms.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_terms.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.payment_terms.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.payment_terms.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.payment_terms.active IS 'Whether the terms are on offer.';
COMMENT ON COLUMN {schema}.payment_terms.created_at IS 'When the terms were created.';
COMMENT ON COLUMN {schema}.payment_terms.discount_expires_in_days IS 'Days within which the early payment discount holds.';
COMMENT ON COLUMN {schema}.payment_terms.discount_is_percent IS 'Whether discount_value is a percentage, not an amount.';
COMMENT ON COLUMN {schema}.payment_terms.discount_value IS 'Early payment discount: percent or an amount of money, as discount_is_percent says.';
COMMENT ON COLUMN {schema}.payment_terms.due_in_days IS 'Days until an invoice is due, as text; NULL where the terms give none.';
COMMENT ON COLUMN {schema}.payment_terms.name IS 'Name of the terms, which documents carry as text.';
COMMENT ON COLUMN {schema}.payment_terms.object IS 'Kind of the object: always payment_terms.';
COMMENT ON COLUMN {schema}.payment_terms.updated_at IS 'When the terms were last changed; some bulk changes at the source do not move it.';
