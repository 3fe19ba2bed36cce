-- Statements over the tables that start with an underscore.
--
-- Here and in the other files every function is named with its schema, and so is each operator for whose very types
-- pg_catalog has none (text[] || text[], numeric = bigint): in a schema where others may create, such as public, they
-- could plant a better match, which would then run with our rights. A test plants them all.

-- name: lock_shared
-- Held by a transaction that stores a page: many at once. $1 schema, $2 resource.
SELECT pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtext('invoiced-sync ' || $1::text),
    pg_catalog.hashtext($2))

-- name: lock_exclusive
-- Held by a transaction that buries rows: without it a page in flight could miss the tombstone and bring a ghost back.
SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('invoiced-sync ' || $1::text), pg_catalog.hashtext($2))

-- name: account
SELECT company_id, company_name, origin, time_zone FROM {schema}._account

-- name: pin_account
INSERT INTO {schema}._account (company_id, company_name, origin, time_zone) VALUES ($1, $2, $3, $4)
ON CONFLICT (one) DO NOTHING

-- name: cursors
SELECT * FROM {schema}._cursor ORDER BY resource

-- name: cursor
SELECT * FROM {schema}._cursor WHERE resource = $1

-- name: begin_load
INSERT INTO {schema}._cursor (resource, load_started_at) VALUES ($1, pg_catalog.now())
ON CONFLICT (resource) DO UPDATE SET load_started_at = coalesce(_cursor.load_started_at, pg_catalog.now())

-- name: note_count
INSERT INTO {schema}._cursor (resource, source_count) VALUES ($1, $2)
ON CONFLICT (resource) DO UPDATE SET source_count = excluded.source_count
WHERE _cursor.source_count IS DISTINCT FROM excluded.source_count

-- name: note_loaded
-- $2 how many rows the mirror lacked against the list's own count. No row means that the database does not have any more
-- what the load stood on, because a failover took it back: $3 the moves of the load's lanes, all of them done, and
-- $5 the first load of the parents $4 (NULL: it has none).
UPDATE {schema}._cursor
SET loaded_at = coalesce(loaded_at, pg_catalog.now()), missing = $2, swept_at = greatest(swept_at, load_started_at),
    deep_at = greatest(deep_at, load_started_at)
WHERE resource = $1
    AND (SELECT coalesce(pg_catalog.sum(version), 0)::bigint = $3::bigint AND coalesce(pg_catalog.bool_and(done), true)
         FROM {schema}._lane WHERE resource = $1 AND lane >= 1)
    AND ($4::text IS NULL OR EXISTS (SELECT FROM {schema}._cursor WHERE resource = $4 AND loaded_at = $5))
RETURNING true

-- name: note_missing
-- $2 how many rows the mirror lacks against the list's own count.
UPDATE {schema}._cursor SET missing = $2 WHERE resource = $1 AND missing IS DISTINCT FROM $2

-- name: note_success
-- $2 start of a read that was completed and had written something, $3 start of a complete read of the whole list. What
-- stands there of tomorrow was noted while a clock was ahead.
INSERT INTO {schema}._cursor (resource, succeeded_at, swept_at) VALUES ($1, $2, $3)
ON CONFLICT (resource) DO UPDATE
SET succeeded_at = greatest(excluded.succeeded_at,
        CASE WHEN _cursor.succeeded_at < pg_catalog.now() + interval '1 minute' THEN _cursor.succeeded_at END),
    swept_at = greatest(excluded.swept_at,
        CASE WHEN _cursor.swept_at < pg_catalog.now() + interval '1 minute' THEN _cursor.swept_at END),
    deep_at = greatest(excluded.swept_at,
        CASE WHEN _cursor.deep_at < pg_catalog.now() + interval '1 minute' THEN _cursor.deep_at END)

-- name: note_deep
UPDATE {schema}._cursor SET deep_at = $2 WHERE resource = $1

-- name: note_verified
UPDATE {schema}._cursor SET verified_at = pg_catalog.now(), differences = $2 WHERE resource = $1

-- name: sweep_soon
UPDATE {schema}._cursor SET swept_at = NULL WHERE resource = $1

-- name: note_failure
INSERT INTO {schema}._cursor (resource, failed_at, failed_why) VALUES ($1, pg_catalog.now(), $2)
ON CONFLICT (resource) DO UPDATE SET failed_at = excluded.failed_at, failed_why = excluded.failed_why

-- name: clear_trouble
UPDATE {schema}._cursor SET failed_at = NULL, failed_why = NULL, unavailable_at = NULL, unavailable_why = NULL
WHERE resource = $1

-- name: note_unavailable
INSERT INTO {schema}._cursor (resource, unavailable_at, unavailable_why) VALUES ($1, pg_catalog.now(), $2)
ON CONFLICT (resource) DO UPDATE
SET unavailable_at = excluded.unavailable_at, unavailable_why = excluded.unavailable_why, failed_at = NULL,
    failed_why = NULL

-- name: note_new_fields
UPDATE {schema}._cursor
SET new_fields = (SELECT pg_catalog.array_agg(DISTINCT f ORDER BY f)
                  FROM pg_catalog.unnest(new_fields OPERATOR(pg_catalog.||) $2::text[]) AS f)
WHERE resource = $1 AND NOT new_fields OPERATOR(pg_catalog.@>) $2::text[]

-- name: lanes
SELECT * FROM {schema}._lane WHERE resource = $1 ORDER BY part, lane

-- name: all_lanes
SELECT * FROM {schema}._lane ORDER BY resource, part, lane

-- name: open_lane
INSERT INTO {schema}._lane (resource, part, lane, lo, cursor_u, cursor_id) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (resource, part, lane) DO NOTHING

-- name: open_lanes
-- Opens the tail behind second $6 and lanes of a first load up to there, all or none: the first to come cuts the
-- history. $3 lo, $4 hi, $5 cursor_u of each lane.
WITH tail AS (
    INSERT INTO {schema}._lane (resource, part, lane, lo, cursor_u) VALUES ($1, $2, 0, $6, $6)
    ON CONFLICT (resource, part, lane) DO NOTHING
    RETURNING resource, part
)
INSERT INTO {schema}._lane (resource, part, lane, lo, hi, cursor_u)
SELECT t.resource, t.part, l.lane, l.lo, l.hi, l.cursor_u
FROM tail AS t, ROWS FROM (pg_catalog.unnest($3::bigint[]), pg_catalog.unnest($4::bigint[]),
    pg_catalog.unnest($5::bigint[])) WITH ORDINALITY AS l (lo, hi, cursor_u, lane)

-- name: drop_sweep
-- Makes room for another sweep of a list that is walked by value.
DELETE FROM {schema}._lane WHERE resource = $1 AND part = $2 AND lane < 0 RETURNING lane, version

-- name: open_sweep
-- The lanes of a sweep count down from -1. $6 when it began; $7: versions go on, so that a walker of an earlier sweep
-- finds none of its own.
INSERT INTO {schema}._lane (resource, part, lane, lo, hi, cursor_u, began_at, version)
SELECT $1, $2, -l.lane, l.lo, l.hi, l.cursor_u, $6, $7
FROM ROWS FROM (pg_catalog.unnest($3::bigint[]), pg_catalog.unnest($4::bigint[]), pg_catalog.unnest($5::bigint[]))
    WITH ORDINALITY AS l (lo, hi, cursor_u, lane)

-- name: move_lane
-- Compare and set: no row means that someone else moved the lane since version $4 was read, or that the database lost
-- that version in a failover and counts it anew; hence the old cursor ($13, $14) and the end ($15) are compared as well.
UPDATE {schema}._lane
SET cursor_u = $5, cursor_id = $6, cursor_o = $7, done = $8, version = version + 1, moved_at = pg_catalog.now(),
    requests = requests + $9, seen = seen + $10, stored = stored + $11, rejected = rejected + $12
WHERE resource = $1 AND part = $2 AND lane = $3 AND version = $4
    AND cursor_u = $13 AND cursor_id IS NOT DISTINCT FROM $14 AND hi IS NOT DISTINCT FROM $15
RETURNING version

-- name: restart_lane
-- Begins a pass over a list in id order again.
UPDATE {schema}._lane
SET cursor_u = $5, cursor_id = $6, cursor_o = 0, done = false, version = version + 1, began_at = $7,
    moved_at = pg_catalog.now(), requests = 0, seen = 0, stored = 0, rejected = 0
WHERE resource = $1 AND part = $2 AND lane = $3 AND version = $4
RETURNING version

-- name: note_hints
INSERT INTO {schema}._hint (kind, resource, key, event_id)
SELECT * FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]),
    pg_catalog.unnest($4::bigint[])) AS h (kind, resource, key, event_id)
ORDER BY kind, resource, key
ON CONFLICT (kind, resource, key) DO UPDATE SET event_id = excluded.event_id, try_at = pg_catalog.now(), tries = 0
WHERE excluded.event_id IS NOT NULL

-- name: hinted
-- The resources of which hints are due.
SELECT DISTINCT resource FROM {schema}._hint WHERE try_at <= pg_catalog.now()

-- name: due_hints
-- Of the resource $1, $2 at the most; $3: also those that are not due yet.
SELECT kind, resource, key, event_id, tries FROM {schema}._hint
WHERE resource = $1 AND (try_at <= pg_catalog.now() OR $3)
ORDER BY kind, key LIMIT $2

-- name: other_hints
-- Hints for resources that are not mirrored (any more).
DELETE FROM {schema}._hint WHERE resource <> ALL($1::text[])

-- name: drop_hints
-- Only those for which no newer event asked since they were read. $1 kind, $2 resource, $3 keys, $4 events.
DELETE FROM {schema}._hint AS h
USING ROWS FROM (pg_catalog.unnest($3::text[]), pg_catalog.unnest($4::bigint[])) AS d (key, event_id)
WHERE h.kind = $1 AND h.resource = $2 AND h.key = d.key AND h.event_id IS NOT DISTINCT FROM d.event_id

-- name: postpone_hints
-- $3 keys, $4 seconds from now, $5 whether they are held back for a person, $6 whether this was a look that counts.
UPDATE {schema}._hint
SET try_at = pg_catalog.now() + pg_catalog.make_interval(secs => $4::double precision),
    tries = tries + $6::boolean::integer, held = $5
WHERE kind = $1 AND resource = $2 AND key = ANY($3::text[])

-- name: held_counts
SELECT resource, pg_catalog.count(*) AS rows FROM {schema}._hint WHERE held GROUP BY resource

-- name: first_event
SELECT extract(epoch FROM pg_catalog.min("timestamp"))::bigint FROM {schema}.events

-- name: retry_rejected
-- After an upgrade ($1: the version that runs now) what an older version refused is read again.
UPDATE {schema}._cursor SET swept_at = NULL
WHERE resource IN (SELECT resource FROM {schema}._rejected)
    AND $1 <> (SELECT program_version FROM {schema}._run ORDER BY id DESC LIMIT 1)

-- name: begin_run
INSERT INTO {schema}._run (verb, program_version, log_id) VALUES ($1, $2, $3) RETURNING id

-- name: beat
-- The heartbeat: the one row that a quiet cycle writes.
UPDATE {schema}._run
SET beat_at = pg_catalog.now(), cycles = $2, requests = $3, seen = $4, stored = $5, deleted = $6, rejected = $7,
    fresh = fresh || $8::jsonb, last_cycle = $9::jsonb
WHERE id = $1

-- name: end_run
UPDATE {schema}._run SET beat_at = pg_catalog.now(), ended_at = pg_catalog.now(), exit_code = $2, failure = $3
WHERE id = $1

-- name: recent_runs
SELECT * FROM {schema}._run ORDER BY id DESC LIMIT $1

-- name: freshness
-- The latest unix second up to which any run vouches for each resource.
SELECT f.key AS resource, pg_catalog.max(f.value::bigint) AS second
FROM {schema}._run AS r, pg_catalog.jsonb_each_text(r.fresh) AS f
WHERE r.id > (SELECT pg_catalog.max(id) - 100 FROM {schema}._run)
GROUP BY f.key

-- name: reject
INSERT INTO {schema}._rejected (resource, hash, key, reason, body, read_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (resource, hash) DO UPDATE
SET key = excluded.key, reason = excluded.reason, body = excluded.body, last_at = pg_catalog.now(),
    times = _rejected.times + 1, read_at = greatest(_rejected.read_at, excluded.read_at)

-- name: bound_rejected
-- Of each resource the last 1,000 bodies are kept, or as many as make 16 MiB; the rows stay, and count.
UPDATE {schema}._rejected AS r SET body = ''
FROM (
    SELECT hash, pg_catalog.row_number() OVER latest AS n,
        pg_catalog.sum(pg_catalog.octet_length(body)) OVER latest AS bytes
    FROM {schema}._rejected WHERE resource = $1 AND body <> ''
    WINDOW latest AS (ORDER BY last_at DESC, hash)
) AS kept
WHERE r.resource = $1 AND r.hash = kept.hash AND (kept.n > 1000 OR (kept.n > 1 AND kept.bytes > 16777216))

-- name: rejected_counts
SELECT resource, pg_catalog.count(*) AS rows FROM {schema}._rejected GROUP BY resource

-- name: clear_rejected
DELETE FROM {schema}._rejected WHERE resource = $1 AND last_at < $2

-- name: deleted_counts
SELECT resource, pg_catalog.count(*) AS rows FROM {schema}._deleted WHERE returned_at IS NULL GROUP BY resource

-- name: estimates
-- Rows of each table as the statistics have them, where counting would take long.
SELECT c.relname AS resource, c.reltuples::bigint AS rows
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind = 'r'

-- For the start, status and check.

-- name: usable
-- Whether a mirror can be kept here, and written now.
SELECT pg_catalog.current_setting('server_encoding') AS encoding, pg_catalog.pg_is_in_recovery() AS standby,
    pg_catalog.current_setting('transaction_read_only') = 'on' AS read_only

-- name: server
-- What this Postgres is, and what its user may do. $1 schema, $2 the mirror tables. `lacking` is what must be granted.
SELECT pg_catalog.current_setting('server_version_num')::integer AS version_num,
    pg_catalog.current_setting('server_version') AS version,
    pg_catalog.current_database() AS database, current_user AS role, pg_catalog.quote_ident($1::text) AS quoted_schema,
    pg_catalog.quote_ident(current_user) AS quoted_role,
    pg_catalog.quote_ident(pg_catalog.current_database()) AS quoted_database,
    pg_catalog.current_setting('server_encoding') AS encoding, pg_catalog.pg_is_in_recovery() AS standby,
    pg_catalog.current_setting('transaction_read_only') = 'on' AS read_only,
    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AS may_make_schemas,
    n.oid IS NOT NULL AS has_schema,
    pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS may_use_schema,
    pg_catalog.has_schema_privilege(n.oid, 'CREATE') AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_class AS c
        WHERE c.relnamespace = n.oid AND (c.relname = ANY($2::text[]) OR c.relname::text LIKE '\_%')
            AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')) AS may_migrate,
    EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.relnamespace = n.oid) AS has_tables,
    ARRAY(
        SELECT pg_catalog.format('%s ON %I.%I', pg_catalog.string_agg(r.name, ', ' ORDER BY r.n), $1::text, c.relname)
        FROM (
            SELECT pg_catalog.unnest($2::text[]), 'SELECT,INSERT,UPDATE,DELETE'
            UNION ALL
            VALUES ('_migration', 'SELECT'), ('_account', 'SELECT,INSERT'), ('_run', 'SELECT,INSERT,UPDATE'),
                ('_cursor', 'SELECT,INSERT,UPDATE'), ('_deleted', 'SELECT,INSERT,UPDATE'),
                ('_lane', 'SELECT,INSERT,UPDATE,DELETE'), ('_hint', 'SELECT,INSERT,UPDATE,DELETE'),
                ('_rejected', 'SELECT,INSERT,UPDATE,DELETE')
        ) AS t (name, needs)
        JOIN pg_catalog.pg_class AS c ON c.relname = t.name AND c.relnamespace = n.oid
        CROSS JOIN pg_catalog.unnest(pg_catalog.string_to_array(t.needs, ',')) WITH ORDINALITY AS r (name, n)
        WHERE NOT pg_catalog.has_table_privilege(c.oid, r.name)
        GROUP BY c.relname
        UNION ALL
        SELECT pg_catalog.format('EXECUTE ON FUNCTION %s', p.oid::regprocedure) FROM pg_catalog.pg_proc AS p
        WHERE p.pronamespace = n.oid AND NOT pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
        ORDER BY 1) AS lacking
FROM (SELECT (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1) AS oid) AS n

-- name: neighbours
-- What others and settings of the server do to a mirror in schema $1. `timeouts` in milliseconds; `creators` what to
-- revoke so that nobody else creates where we look for names; `subscriptions` that write tables of ours; `unpublished`
-- tables of which a publication makes every UPDATE fail, since old rows can't be told by what it publishes.
SELECT
    ARRAY(
        SELECT pg_catalog.concat(s.name, '=', s.setting) FROM pg_catalog.pg_settings AS s
        WHERE s.name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')
        ORDER BY 1) AS timeouts,
    ARRAY(
        SELECT DISTINCT pg_catalog.format('CREATE ON SCHEMA %I FROM %s', s.nspname,
            CASE a.grantee WHEN 0::oid THEN 'PUBLIC'
                ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END)
        FROM pg_catalog.pg_namespace AS s
        CROSS JOIN pg_catalog.aclexplode(coalesce(s.nspacl, pg_catalog.acldefault('n', s.nspowner))) AS a
        WHERE (s.nspname IN ('public', $1) OR s.nspname = ANY(pg_catalog.current_schemas(false)))
            AND a.privilege_type = 'CREATE' AND a.grantee <> s.nspowner
            AND a.grantee <> (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user)
        ORDER BY 1) AS creators,
    ARRAY(
        SELECT DISTINCT s.subname::text FROM pg_catalog.pg_subscription_rel AS r
        JOIN pg_catalog.pg_subscription AS s ON s.oid = r.srsubid JOIN pg_catalog.pg_class AS c ON c.oid = r.srrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND s.subenabled ORDER BY 1) AS subscriptions,
    ARRAY(
        SELECT DISTINCT pg_catalog.format('%I.%I', t.schemaname, t.tablename)
        FROM pg_catalog.pg_publication_tables AS t JOIN pg_catalog.pg_publication AS p ON p.pubname = t.pubname
        JOIN pg_catalog.pg_namespace AS n ON n.nspname = t.schemaname
        JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = t.tablename
        WHERE n.nspname = $1 AND p.pubupdate AND (c.relreplident = 'n' OR (
            c.relreplident = 'f' AND (pg_catalog.to_jsonb(p) ->> 'pubgencols'::text) = 'n' AND EXISTS (
                SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attgenerated <> '')))
        ORDER BY 1) AS unpublished
