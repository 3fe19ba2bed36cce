-- members: what GET /members lists.

CREATE TABLE {schema}.members (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    email_update_frequency text GENERATED ALWAYS AS ({schema}._text(raw -> 'email_update_frequency')) STORED,
    last_accessed timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'last_accessed')) STORED,
    notification_viewed text GENERATED ALWAYS AS ({schema}._text(raw -> 'notification_viewed')) STORED,
    notifications boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'notifications')) STORED,
    restriction_mode text GENERATED ALWAYS AS ({schema}._text(raw -> 'restriction_mode')) STORED,
    role text GENERATED ALWAYS AS ({schema}._text(raw -> 'role')) STORED,
    subscribe_all boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'subscribe_all')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX members_updated_at_idx ON {schema}.members (updated_at);

COMMENT ON TABLE {schema}.members IS 'Users of the Invoiced account, from GET /members. Those whose access expires are not listed; who loses access is gone.';
COMMENT ON COLUMN {schema}.members.id IS 'Invoiced id of the membership; the user with an id of its own is in raw.';
COMMENT ON COLUMN {schema}.members.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.members.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.members.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.members.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.members.created_at IS 'When the member was created.';
COMMENT ON COLUMN {schema}.members.email_update_frequency IS 'How often the member is sent a summary by e-mail.';
COMMENT ON COLUMN {schema}.members.last_accessed IS 'When the member was last seen.';
COMMENT ON COLUMN {schema}.members.notification_viewed IS 'When the member last looked at notifications, as ISO 8601 text.';
COMMENT ON COLUMN {schema}.members.notifications IS 'Whether the member gets notifications.';
COMMENT ON COLUMN {schema}.members.restriction_mode IS 'What limits the customers that the member can see. Known values: none, custom_field, owner.';
COMMENT ON COLUMN {schema}.members.role IS 'Id of the role that sets what the member may do (roles are not mirrored).';
COMMENT ON COLUMN {schema}.members.subscribe_all IS 'Whether the member follows all customers.';
COMMENT ON COLUMN {schema}.members.updated_at IS 'When the member was last changed; some bulk changes at the source do not move it.';
