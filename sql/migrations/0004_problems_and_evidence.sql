-- What is wrong is kept by resource and activity; a list becomes unavailable only by two refusals; deletions are counted
-- over a day; rows of per-parent lists know their parent; fields that do not fit their column are counted.

CREATE TABLE {schema}._problem (
    resource text NOT NULL,
    activity text NOT NULL,
    first_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    last_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    times bigint NOT NULL DEFAULT 1,
    why text NOT NULL,
    brief text NOT NULL,
    PRIMARY KEY (resource, activity)
);
COMMENT ON TABLE {schema}._problem IS 'What goes wrong at the moment, by resource and activity. Empty is right: the next success of the activity takes its row away.';
COMMENT ON COLUMN {schema}._problem.resource IS 'Name of the resource; * for what concerns all.';
COMMENT ON COLUMN {schema}._problem.activity IS 'What fails: load, poll, sweep, nightly, verify, refetch, parents, or request (one that is asked again and again).';
COMMENT ON COLUMN {schema}._problem.first_at IS 'Since when it fails.';
COMMENT ON COLUMN {schema}._problem.last_at IS 'When it last failed.';
COMMENT ON COLUMN {schema}._problem.times IS 'How often it failed since.';
COMMENT ON COLUMN {schema}._problem.why IS 'Why, with the server''s words.';
COMMENT ON COLUMN {schema}._problem.brief IS 'Why, without the server''s words and without ids.';

INSERT INTO {schema}._problem (resource, activity, first_at, last_at, why, brief)
SELECT resource, CASE WHEN loaded_at IS NULL THEN 'load' ELSE 'sweep' END, failed_at, failed_at,
    COALESCE(failed_why, ''), 'the log says why'
FROM {schema}._cursor WHERE failed_at IS NOT NULL;

ALTER TABLE {schema}._cursor DROP COLUMN failed_at, DROP COLUMN failed_why,
    ADD COLUMN refused_at timestamptz,
    ADD COLUMN refusals integer NOT NULL DEFAULT 0,
    ADD COLUMN ask_at timestamptz,
    ADD COLUMN had_rows boolean,
    ADD COLUMN sweep_wanted_at timestamptz,
    ADD COLUMN unsettled bigint,
    ADD COLUMN proven text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN {schema}._cursor.unavailable_at IS 'When a second refusal, minutes after the first, made the resource unavailable; NULL while it is available.';
COMMENT ON COLUMN {schema}._cursor.refused_at IS 'When the account was first refused this resource; NULL after the next success.';
COMMENT ON COLUMN {schema}._cursor.refusals IS 'How often it was refused since.';
COMMENT ON COLUMN {schema}._cursor.ask_at IS 'When it is asked for again; soon at first, daily in the end.';
COMMENT ON COLUMN {schema}._cursor.had_rows IS 'Whether the mirror had rows of it when it became unavailable: those grow old.';
COMMENT ON COLUMN {schema}._cursor.sweep_wanted_at IS 'When something last asked for a complete read of the whole list; one that began later serves it.';
COMMENT ON COLUMN {schema}._cursor.unsettled IS 'Rows of which the last verification could not tell whether they are still there; 0 is right.';
COMMENT ON COLUMN {schema}._cursor.proven IS 'Undocumented abilities of the list that were seen to work: what is read without them later proves no deletion.';
UPDATE {schema}._cursor SET refused_at = unavailable_at, refusals = 2, ask_at = pg_catalog.now()
WHERE unavailable_at IS NOT NULL;

ALTER TABLE {schema}._hint
    ADD COLUMN told_at timestamptz,
    ADD COLUMN told_stamp bigint,
    ADD COLUMN last_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    ADD COLUMN absent_since timestamptz,
    ADD COLUMN why text;
COMMENT ON COLUMN {schema}._hint.told_at IS 'When the event was written that told it.';
COMMENT ON COLUMN {schema}._hint.told_stamp IS 'The updated_at that the event''s snapshot shows, as unix second: a row that shows it is as new as the event.';
COMMENT ON COLUMN {schema}._hint.last_at IS 'When it was last noted.';
COMMENT ON COLUMN {schema}._hint.absent_since IS 'When a complete listing first lacked the row, or an empty one was first seen.';
COMMENT ON COLUMN {schema}._hint.why IS 'Why it could not be followed so far.';

ALTER TABLE {schema}._deleted ADD COLUMN forced boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN {schema}._deleted.forced IS 'Whether a person asked for it with --force; others are counted against the most that a day may delete.';
CREATE INDEX _deleted_deleted_at_idx ON {schema}._deleted (resource, deleted_at);

CREATE TABLE {schema}._misfit (
    resource text NOT NULL,
    key text NOT NULL,
    fields text[] NOT NULL,
    PRIMARY KEY (resource, key)
);
COMMENT ON TABLE {schema}._misfit IS 'Rows with a field that is in raw and did not fit its column, which is NULL. Empty is right.';
COMMENT ON COLUMN {schema}._misfit.resource IS 'Name of the resource.';
COMMENT ON COLUMN {schema}._misfit.key IS 'Key of the row in its table.';
COMMENT ON COLUMN {schema}._misfit.fields IS 'Each such field and what it came as, such as amount:string.';

ALTER TABLE {schema}.contacts ADD COLUMN parent_id bigint;
ALTER TABLE {schema}.payment_sources ADD COLUMN parent_id bigint;
ALTER TABLE {schema}.pending_line_items ADD COLUMN parent_id bigint;
ALTER TABLE {schema}.payment_plans ADD COLUMN parent_id bigint;
COMMENT ON COLUMN {schema}.contacts.parent_id IS 'Invoiced id of the customer in whose list the row was found.';
COMMENT ON COLUMN {schema}.payment_sources.parent_id IS 'Invoiced id of the customer in whose list the row was found.';
COMMENT ON COLUMN {schema}.pending_line_items.parent_id IS 'Invoiced id of the customer in whose list the row was found.';
COMMENT ON COLUMN {schema}.payment_plans.parent_id IS 'Invoiced id of the invoice whose plan it is.';
UPDATE {schema}.contacts SET parent_id = customer_id;
UPDATE {schema}.payment_sources SET parent_id = customer_id;
UPDATE {schema}.pending_line_items SET parent_id = customer;
UPDATE {schema}.payment_plans AS p SET parent_id = i.id FROM {schema}.invoices AS i WHERE i.payment_plan = p.id;
CREATE INDEX contacts_parent_id_idx ON {schema}.contacts (parent_id);
CREATE INDEX payment_sources_parent_id_idx ON {schema}.payment_sources (parent_id);
CREATE INDEX pending_line_items_parent_id_idx ON {schema}.pending_line_items (parent_id);
CREATE INDEX payment_plans_parent_id_idx ON {schema}.payment_plans (parent_id);
