-- events: what GET /events lists.

CREATE TABLE {schema}.events (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "timestamp" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'timestamp')) STORED,
    type text GENERATED ALWAYS AS ({schema}._text(raw -> 'type')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX events_timestamp_idx ON {schema}.events ("timestamp");

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX events_type_idx ON {schema}.events USING spgist (type);

COMMENT ON TABLE {schema}.events IS 'What happened in the account, from GET /events; the object as it was then is in raw. The source drops events after 7 years, this table keeps them.';
COMMENT ON COLUMN {schema}.events.id IS 'Invoiced id of the event; not quite in the order in which events appear.';
COMMENT ON COLUMN {schema}.events.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.events.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.events.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.events.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.events."timestamp" IS 'When the event was written, shortly after what it tells.';
COMMENT ON COLUMN {schema}.events.type IS 'What happened, such as invoice.paid; an open set.';
