-- payment_links: what GET /payment_links lists.

CREATE TABLE {schema}.payment_links (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    after_completion_url text GENERATED ALWAYS AS ({schema}._text(raw -> 'after_completion_url')) STORED,
    collect_billing_address boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'collect_billing_address')) STORED,
    collect_phone_number boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'collect_phone_number')) STORED,
    collect_shipping_address boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'collect_shipping_address')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    currency text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency')) STORED,
    customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer')) STORED,
    customer_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer_id')) STORED,
    deleted boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'deleted')) STORED,
    deleted_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'deleted_at')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    reusable boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'reusable')) STORED,
    status text GENERATED ALWAYS AS ({schema}._text(raw -> 'status')) STORED,
    terms_of_service_url text GENERATED ALWAYS AS ({schema}._text(raw -> 'terms_of_service_url')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    url text GENERATED ALWAYS AS ({schema}._text(raw -> 'url')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX payment_links_customer_idx ON {schema}.payment_links (customer);
CREATE INDEX payment_links_updated_at_idx ON {schema}.payment_links (updated_at);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX payment_links_status_idx ON {schema}.payment_links USING spgist (status);

COMMENT ON TABLE {schema}.payment_links IS 'Payment links, from GET /payment_links. A deleted link stays, with deleted = true.';
COMMENT ON COLUMN {schema}.payment_links.id IS 'Invoiced id of the payment link.';
COMMENT ON COLUMN {schema}.payment_links.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_links.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.payment_links.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.payment_links.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.payment_links.after_completion_url IS 'Where the payer is sent after paying.';
COMMENT ON COLUMN {schema}.payment_links.collect_billing_address IS 'Whether the payer is asked for a billing address.';
COMMENT ON COLUMN {schema}.payment_links.collect_phone_number IS 'Whether the payer is asked for a phone number.';
COMMENT ON COLUMN {schema}.payment_links.collect_shipping_address IS 'Whether the payer is asked for a shipping address.';
COMMENT ON COLUMN {schema}.payment_links.created_at IS 'When the payment link was created.';
COMMENT ON COLUMN {schema}.payment_links.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.payment_links.customer IS 'Invoiced id of the customer it is for; NULL: anyone.';
COMMENT ON COLUMN {schema}.payment_links.customer_id IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.payment_links.deleted IS 'Whether it was deleted; such links stay listed.';
COMMENT ON COLUMN {schema}.payment_links.deleted_at IS 'When it was deleted; NULL while it is not.';
COMMENT ON COLUMN {schema}.payment_links.name IS 'Name of the payment link.';
COMMENT ON COLUMN {schema}.payment_links.object IS 'Kind of the object: always payment_link.';
COMMENT ON COLUMN {schema}.payment_links.reusable IS 'Whether it can be paid more than once.';
COMMENT ON COLUMN {schema}.payment_links.status IS 'State of the payment link. Known values: active, completed, deleted.';
COMMENT ON COLUMN {schema}.payment_links.terms_of_service_url IS 'Terms of service that the payer is shown.';
COMMENT ON COLUMN {schema}.payment_links.updated_at IS 'When the payment link was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.payment_links.url IS 'Address of the page where it can be paid.';
