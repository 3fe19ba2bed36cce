-- gl_accounts: what GET /gl_accounts lists.

CREATE TABLE {schema}.gl_accounts (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    code text GENERATED ALWAYS AS ({schema}._text(raw -> 'code')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    name text GENERATED ALWAYS AS ({schema}._text(raw -> 'name')) STORED,
    parent_id bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'parent_id')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX gl_accounts_parent_id_idx ON {schema}.gl_accounts (parent_id);
CREATE INDEX gl_accounts_updated_at_idx ON {schema}.gl_accounts (updated_at);

COMMENT ON TABLE {schema}.gl_accounts IS 'General ledger accounts, from GET /gl_accounts. A deleted one is gone.';
COMMENT ON COLUMN {schema}.gl_accounts.id IS 'Invoiced id of the account; documents use its code.';
COMMENT ON COLUMN {schema}.gl_accounts.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.gl_accounts.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.gl_accounts.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.gl_accounts.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.gl_accounts.code IS 'Code of the account in the general ledger.';
COMMENT ON COLUMN {schema}.gl_accounts.created_at IS 'When the account was created.';
COMMENT ON COLUMN {schema}.gl_accounts.name IS 'Name of the account.';
COMMENT ON COLUMN {schema}.gl_accounts.parent_id IS 'Invoiced id of the account above this one; NULL: none.';
COMMENT ON COLUMN {schema}.gl_accounts.updated_at IS 'When the account was last changed; some bulk changes at the source do not move it.';
