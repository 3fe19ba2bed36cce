-- members_with_deleted: members, and those that are gone, with a mark.

CREATE VIEW {schema}.members_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, created_at,
    email_update_frequency, last_accessed, notification_viewed, notifications, restriction_mode, role, subscribe_all,
    updated_at
FROM {schema}.members
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'email_update_frequency'),
    {schema}._timestamp(raw -> 'last_accessed'),
    {schema}._text(raw -> 'notification_viewed'),
    {schema}._boolean(raw -> 'notifications'),
    {schema}._text(raw -> 'restriction_mode'),
    {schema}._text(raw -> 'role'),
    {schema}._boolean(raw -> 'subscribe_all'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'members' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.members_with_deleted IS 'The rows of members, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.members_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.members_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.members_with_deleted.id IS 'Invoiced id of the membership; the user with an id of its own is in raw.';
COMMENT ON COLUMN {schema}.members_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.members_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.members_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.members_with_deleted.created_at IS 'When the member was created.';
COMMENT ON COLUMN {schema}.members_with_deleted.email_update_frequency IS 'How often the member is sent a summary by e-mail.';
COMMENT ON COLUMN {schema}.members_with_deleted.last_accessed IS 'When the member was last seen.';
COMMENT ON COLUMN {schema}.members_with_deleted.notification_viewed IS 'When the member last looked at notifications, as ISO 8601 text.';
COMMENT ON COLUMN {schema}.members_with_deleted.notifications IS 'Whether the member gets notifications.';
COMMENT ON COLUMN {schema}.members_with_deleted.restriction_mode IS 'What limits the customers that the member can see. Known values: none, custom_field, owner.';
COMMENT ON COLUMN {schema}.members_with_deleted.role IS 'Id of the role that sets what the member may do (roles are not mirrored).';
COMMENT ON COLUMN {schema}.members_with_deleted.subscribe_all IS 'Whether the member follows all customers.';
COMMENT ON COLUMN {schema}.members_with_deleted.updated_at IS 'When the member was last changed; some bulk changes at the source do not move it.';
