-- coupons: what GET /coupons lists, active and archived, with internal_id and archived, which are asked for.

CREATE TABLE {schema}.coupons (
    key text PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    archived boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'archived')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    duration bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'duration')) STORED,
    exclusive boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'exclusive')) STORED,
    expiration_date timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'expiration_date')) STORED,
    id text GENERATED ALWAYS AS ({schema}._text(raw -> 'id')) STORED,
    internal_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'internal_id')) STORED,
    is_percent boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'is_percent')) STORED,
    max_redemptions bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'max_redemptions')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    value numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'value')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX coupons_updated_at_idx ON {schema}.coupons (updated_at);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX coupons_id_idx ON {schema}.coupons USING spgist (id);

COMMENT ON TABLE {schema}.coupons IS 'Coupons, from GET /coupons, active and archived. Deleting in Invoiced archives; an id can be used again by a new coupon.';
COMMENT ON COLUMN {schema}.coupons.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.coupons.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.coupons.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.coupons.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.coupons.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.coupons.archived IS 'Whether it is archived: no longer on offer, still used by what refers to it.';
COMMENT ON COLUMN {schema}.coupons.created_at IS 'When the coupon was created.';
COMMENT ON COLUMN {schema}.coupons.currency IS 'Currency of value where that is an amount, ISO 4217 code in lower case.';
COMMENT ON COLUMN {schema}.coupons.duration IS 'How long a discount lasts once it was given; 0: without limit.';
COMMENT ON COLUMN {schema}.coupons.exclusive IS 'Whether it cannot be combined with other coupons.';
COMMENT ON COLUMN {schema}.coupons.expiration_date IS 'When the coupon can last be used; NULL: no end.';
COMMENT ON COLUMN {schema}.coupons.id IS 'Id that people gave the coupon; an archived one may share it.';
COMMENT ON COLUMN {schema}.coupons.internal_id IS 'Number of the coupon inside Invoiced, unique for ever, unlike id.';
COMMENT ON COLUMN {schema}.coupons.is_percent IS 'Whether value is a percentage, not an amount of money.';
COMMENT ON COLUMN {schema}.coupons.max_redemptions IS 'How often it can be used; 0: without limit.';
COMMENT ON COLUMN {schema}.coupons.name IS 'Name of the coupon.';
COMMENT ON COLUMN {schema}.coupons.object IS 'Kind of the object: always coupon.';
COMMENT ON COLUMN {schema}.coupons.updated_at IS 'When the coupon was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.coupons.value IS 'Percent or amount of money, as is_percent says.';
