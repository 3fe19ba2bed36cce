-- gl_accounts_with_deleted: gl_accounts, and those that are gone, with a mark.

CREATE VIEW {schema}.gl_accounts_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, code, created_at, name,
    parent_id, updated_at
FROM {schema}.gl_accounts
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'code'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'name'),
    {schema}._bigint(raw -> 'parent_id'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'gl_accounts' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.gl_accounts_with_deleted IS 'The rows of gl_accounts, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.id IS 'Invoiced id of the account; documents use its code.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.code IS 'Code of the account in the general ledger.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.created_at IS 'When the account was created.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.name IS 'Name of the account.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.parent_id IS 'Invoiced id of the account above this one; NULL: none.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.updated_at IS 'When the account was last changed; some bulk changes at the source do not move it.';
