-- Statements over the tables that start with an underscore.
--
-- Here and in the other files every function is named with its schema, and so is each operator that pg_catalog lacks for
-- exactly these types (text[] || text[], numeric = bigint): in a schema where others may create, such as public, they
-- could plant a better match, which would then run with our rights. A test plants them all.

-- name: lock_shared
-- Held by a transaction that stores a page; shared. Both locks turn off jit for their transaction: the planner takes each
-- array in raw for one of 100 elements, and would compile for seconds what then runs for milliseconds. $1 schema,
-- $2 resource.
SELECT pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtext('invoiced-sync ' || $1::text),
    pg_catalog.hashtext($2)), pg_catalog.set_config('jit', 'off', true)

-- name: lock_exclusive
-- Held by a transaction that writes tombstones: without it a page in flight could miss the tombstone and restore the
-- row.
SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('invoiced-sync ' || $1::text), pg_catalog.hashtext($2)),
    pg_catalog.set_config('jit', 'off', true)

-- name: without_jit
-- The same for a transaction without a lock.
SELECT pg_catalog.set_config('jit', 'off', true)

-- name: clock
SELECT pg_catalog.clock_timestamp()

-- name: server_start
-- Identifies the server and its start: after a crash or failover, commits may be missing.
SELECT pg_catalog.pg_postmaster_start_time()

-- name: account
SELECT company_id, company_name, origin, time_zone FROM {schema}._account

-- name: pin_account
INSERT INTO {schema}._account (company_id, company_name, origin, time_zone) VALUES ($1, $2, $3, $4)
ON CONFLICT (one) DO NOTHING

-- name: resource_states
-- `keyless`: whether a record of the resource is rejected whose key is unknown.
SELECT c.*, EXISTS (SELECT FROM {schema}._rejected AS r WHERE r.resource = c.resource AND r.key IS NULL) AS keyless
FROM {schema}._resource_state AS c ORDER BY resource

-- name: resource_state
SELECT * FROM {schema}._resource_state WHERE resource = $1

-- name: begin_load
INSERT INTO {schema}._resource_state (resource, load_started_at) VALUES ($1, pg_catalog.now())
ON CONFLICT (resource) DO UPDATE 
SET load_started_at = coalesce(_resource_state.load_started_at, excluded.load_started_at)

-- name: note_count
INSERT INTO {schema}._resource_state (resource, source_count) VALUES ($1, $2)
ON CONFLICT (resource) DO UPDATE SET source_count = excluded.source_count
WHERE _resource_state.source_count IS DISTINCT FROM excluded.source_count

-- name: note_loaded
-- $2 how many rows the mirror lacked compared with the list's own count. No row means that a failover lost what the
-- load is based on: $3 the moves of the load's lanes, all of them done, and $5 the first load of the parents $4 (NULL:
-- no parents). $6 the variants that were read: an earlier start may have left lanes of other variants, when the list
-- had other capabilities.
UPDATE {schema}._resource_state
SET loaded_at = least(loaded_at, pg_catalog.now()), missing = $2, swept_at = greatest(swept_at, load_started_at),
    deep_at = greatest(deep_at, load_started_at)
WHERE resource = $1
    AND (SELECT coalesce(pg_catalog.sum(version), 0)::bigint = $3::bigint AND coalesce(pg_catalog.bool_and(done), true)
         FROM {schema}._checkpoint WHERE resource = $1 AND lane >= 1 AND variant = ANY($6::text[]))
    AND ($4::text IS NULL OR EXISTS (SELECT FROM {schema}._resource_state WHERE resource = $4 AND loaded_at = $5))
RETURNING true

-- name: note_missing
-- $2 how many rows the mirror lacks compared with the list's own count.
UPDATE {schema}._resource_state SET missing = $2 WHERE resource = $1 AND missing IS DISTINCT FROM $2

-- name: note_success
-- $2 start of a completed read that wrote something, $3 start of a complete read of the whole list, $4 now. Stored
-- times in the future were set while a clock was ahead. A complete read has repaired, as far as possible, what an
-- earlier verification found.
INSERT INTO {schema}._resource_state AS s (resource, succeeded_at, swept_at) VALUES ($1, $2, $3)
ON CONFLICT (resource) DO UPDATE
SET succeeded_at = greatest(excluded.succeeded_at,
        CASE WHEN s.succeeded_at < $4::timestamptz + interval '1 minute' THEN s.succeeded_at END),
    swept_at = greatest(excluded.swept_at, CASE WHEN s.swept_at < $4::timestamptz + interval '1 minute' THEN s.swept_at END),
    deep_at = greatest(excluded.swept_at, CASE WHEN s.deep_at < $4::timestamptz + interval '1 minute' THEN s.deep_at END),
    sweep_wanted_at = CASE WHEN s.sweep_wanted_at > $4::timestamptz THEN $4::timestamptz ELSE s.sweep_wanted_at END,
    differences = CASE WHEN excluded.swept_at > s.verified_at THEN NULL ELSE s.differences END,
    unsettled = CASE WHEN excluded.swept_at > s.verified_at THEN NULL ELSE s.unsettled END
RETURNING true

-- name: note_deep
UPDATE {schema}._resource_state SET deep_at = $2 WHERE resource = $1 RETURNING true

-- name: note_verified
-- $2 remaining differences, $3 rows that are not settled.
UPDATE {schema}._resource_state SET verified_at = pg_catalog.now(), differences = $2, unsettled = $3 WHERE resource = $1
RETURNING true

-- name: want_sweep
-- Requests a complete read; only one that begins later serves it.
UPDATE {schema}._resource_state SET sweep_wanted_at = pg_catalog.now() WHERE resource = $1

-- name: want_sweep_hourly
-- The same, unless one was requested or made within the last hour.
UPDATE {schema}._resource_state SET sweep_wanted_at = pg_catalog.now()
WHERE resource = $1 AND greatest(sweep_wanted_at, swept_at, '-infinity') < pg_catalog.now() - interval '1 hour'

-- name: note_problem
-- $1 resource, $2 activity, $3 why, $4 why in brief.
INSERT INTO {schema}._problem (resource, activity, why, brief) VALUES ($1, $2, $3, $4)
ON CONFLICT (resource, activity) DO UPDATE
SET last_at = excluded.last_at, times = _problem.times + 1, why = excluded.why, brief = excluded.brief

-- name: clear_problems
-- $2 the activities that succeeded, $3 when that began: later failures stay. A failure in the future was recorded while
-- a clock was ahead.
DELETE FROM {schema}._problem
WHERE resource = $1 AND activity = ANY($2::text[])
    AND (last_at <= $3 OR last_at > pg_catalog.now() + interval '1 minute')

-- name: problems
SELECT * FROM {schema}._problem ORDER BY resource, activity

-- name: note_refusal
-- $2 the server's message, $3 since when it is refused, $4 how often, $5 when to ask again, $6 since when it is
-- unavailable (NULL: it is not), $7 whether the mirror has rows of it.
INSERT INTO {schema}._resource_state (resource, unavailable_why, refused_at, refusals, ask_at, unavailable_at, had_rows)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (resource) DO UPDATE
SET unavailable_why = excluded.unavailable_why, refused_at = excluded.refused_at, refusals = excluded.refusals,
    ask_at = excluded.ask_at, had_rows = excluded.had_rows,
    unavailable_at = COALESCE(_resource_state.unavailable_at, excluded.unavailable_at)

-- name: note_available
UPDATE {schema}._resource_state
SET unavailable_at = NULL, unavailable_why = NULL, refused_at = NULL, refusals = 0, ask_at = NULL, had_rows = NULL
WHERE resource = $1 AND refused_at IS NOT NULL

-- name: ask_now
-- At a start, refused resources are tried at once.
UPDATE {schema}._resource_state SET ask_at = pg_catalog.now() WHERE ask_at > pg_catalog.now() AND unavailable_at IS NOT NULL

-- name: note_proven
UPDATE {schema}._resource_state SET proven = pg_catalog.array_append(proven, $2::text) WHERE resource = $1 AND NOT $2::text = ANY(proven)

-- name: note_hidden
UPDATE {schema}._resource_state SET included = $2::text[], left_out = $3::text
WHERE resource = $1 AND (pg_catalog.to_jsonb(included) IS DISTINCT FROM pg_catalog.to_jsonb($2::text[])
    OR left_out IS DISTINCT FROM $3::text)

-- name: note_new_fields
UPDATE {schema}._resource_state
SET new_fields = (SELECT pg_catalog.array_agg(DISTINCT f ORDER BY f)
                  FROM pg_catalog.unnest(new_fields OPERATOR(pg_catalog.||) $2::text[]) AS f)
WHERE resource = $1 AND NOT new_fields OPERATOR(pg_catalog.@>) $2::text[]

-- name: lanes
SELECT * FROM {schema}._checkpoint WHERE resource = $1 ORDER BY variant, lane

-- name: open_lane
INSERT INTO {schema}._checkpoint (resource, variant, lane, lo, cursor_u, cursor_id) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (resource, variant, lane) DO NOTHING

-- name: open_lanes
-- Opens the tail after second $6 and the lanes of a first load up to it, all or none: the first process cuts the
-- history. $3 lo, $4 hi, $5 cursor_u of each lane.
WITH tail AS (
    INSERT INTO {schema}._checkpoint (resource, variant, lane, lo, cursor_u) VALUES ($1, $2, 0, $6, $6)
    ON CONFLICT (resource, variant, lane) DO NOTHING
    RETURNING resource, variant
), lanes AS (
    SELECT t.resource, t.variant, l.lane, l.lo, l.hi, l.cursor_u
    FROM tail AS t, ROWS FROM (pg_catalog.unnest($3::bigint[]), pg_catalog.unnest($4::bigint[]),
        pg_catalog.unnest($5::bigint[])) WITH ORDINALITY AS l (lo, hi, cursor_u, lane)
)
INSERT INTO {schema}._checkpoint (resource, variant, lane, lo, hi, cursor_u)
SELECT resource, variant, lane, lo, hi, cursor_u FROM lanes

-- name: drop_sweep
-- Removes the lanes of the last sweep of a list that is walked by value.
DELETE FROM {schema}._checkpoint WHERE resource = $1 AND variant = $2 AND lane < 0 RETURNING lane, version

-- name: open_sweep
-- The lanes of a sweep count down from -1. $6 when it began; $7 first version: versions continue, so that a walker of
-- an earlier sweep finds no lane of its own.
INSERT INTO {schema}._checkpoint (resource, variant, lane, lo, hi, cursor_u, began_at, version)
SELECT $1, $2, -l.lane, l.lo, l.hi, l.cursor_u, $6, $7
FROM ROWS FROM (pg_catalog.unnest($3::bigint[]), pg_catalog.unnest($4::bigint[]), pg_catalog.unnest($5::bigint[]))
    WITH ORDINALITY AS l (lo, hi, cursor_u, lane)

-- name: move_lane
-- Compare and set: no row means that someone else moved the lane since version $4 was read, or that a failover lost
-- that version. The number may then be reused, so the old cursor ($13, $14) and the end ($15) are compared as well.
UPDATE {schema}._checkpoint
SET cursor_u = $5, cursor_id = $6, cursor_o = $7, done = $8, version = version + 1, moved_at = pg_catalog.now(),
    requests = requests + $9, seen = seen + $10, stored = stored + $11, rejected = rejected + $12
WHERE resource = $1 AND variant = $2 AND lane = $3 AND version = $4
    AND cursor_u = $13 AND cursor_id IS NOT DISTINCT FROM $14 AND hi IS NOT DISTINCT FROM $15
RETURNING version

-- name: restart_lane
-- Restarts a pass over a list in id order.
UPDATE {schema}._checkpoint
SET cursor_u = $5, cursor_id = $6, cursor_o = 0, done = false, version = version + 1, began_at = $7,
    moved_at = pg_catalog.now(), requests = 0, seen = 0, stored = 0, rejected = 0
WHERE resource = $1 AND variant = $2 AND lane = $3 AND version = $4
RETURNING version

-- name: enqueue_requests
-- $5 when the event was written, $6 the updated_at it shows, $7 now, by the clock of read_at. An event renews a
-- request; a request without an event only updates last_at.
INSERT INTO {schema}._refetch_queue AS h (kind, resource, key, event_id, told_at, told_stamp, noted_at)
SELECT n.*, $7::timestamptz
FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]),
    pg_catalog.unnest($4::bigint[]), pg_catalog.unnest($5::timestamptz[]), pg_catalog.unnest($6::bigint[]))
    AS n (kind, resource, key, event_id, told_at, told_stamp)
ORDER BY kind, resource, key
ON CONFLICT (kind, resource, key) DO UPDATE
SET last_at = excluded.last_at, event_id = COALESCE(excluded.event_id, h.event_id),
    told_at = CASE WHEN excluded.event_id IS NULL THEN h.told_at ELSE excluded.told_at END,
    told_stamp = CASE WHEN excluded.event_id IS NULL THEN h.told_stamp ELSE excluded.told_stamp END,
    noted_at = CASE WHEN excluded.event_id IS NULL THEN h.noted_at ELSE excluded.noted_at END,
    next_attempt_at = CASE WHEN excluded.event_id IS NULL THEN h.next_attempt_at ELSE excluded.next_attempt_at END,
    attempts = CASE WHEN excluded.event_id IS NULL THEN h.attempts ELSE 0 END,
    held = h.held AND excluded.event_id IS NULL

-- name: resources_due
-- The resources with due requests. Requests are postponed by minutes only: a later time was set while the clock was
-- ahead.
SELECT DISTINCT resource FROM {schema}._refetch_queue
WHERE (next_attempt_at <= pg_catalog.now() OR next_attempt_at > pg_catalog.now() + interval '10 minutes') AND NOT held

-- name: due_requests
-- At most $2 requests of the resource $1, due by $4; $3: also those that are not due yet, or held for a person. Ordered
-- by kind and key, after $5 and $6.
SELECT kind, resource, key, event_id, attempts, told_at, told_stamp, absent_since FROM {schema}._refetch_queue
WHERE resource = $1 AND (kind, key) > ($5::text, $6::text)
    AND (((next_attempt_at <= $4::timestamptz OR next_attempt_at > $4::timestamptz + interval '10 minutes') AND NOT held) OR $3::boolean)
ORDER BY kind, key LIMIT $2

-- name: drop_requests
-- Only requests that no newer event has renewed since they were read. $1 kind, $2 resource, $3 keys, $4 events.
DELETE FROM {schema}._refetch_queue AS h
USING ROWS FROM (pg_catalog.unnest($3::text[]), pg_catalog.unnest($4::bigint[])) AS d (key, event_id)
WHERE h.kind = $1 AND h.resource = $2 AND h.key = d.key AND h.event_id IS NOT DISTINCT FROM d.event_id

-- name: postpone_requests
-- $3 keys, $4 seconds from now, $5 whether they are held for a person, $6 whether this counts as an attempt, $7 whether
-- the listing lacked them, $8 why they could not be served, $9 now.
UPDATE {schema}._refetch_queue
SET next_attempt_at = pg_catalog.now() + pg_catalog.make_interval(secs => $4::double precision),
    attempts = attempts + $6::boolean::integer, held = $5, why = $8,
    absent_since = least(absent_since, CASE WHEN $7::boolean THEN $9::timestamptz END)
WHERE kind = $1 AND resource = $2 AND key = ANY($3::text[])

-- name: drop_seen
-- Requests that a complete pass over the list (or those of all parents), begun at $2, no longer found absent.
DELETE FROM {schema}._refetch_queue
WHERE resource = $1 AND (kind IN ('gone', 'absent') OR (kind = 'children' AND held)) AND event_id IS NULL
    AND last_at < $2

-- name: failing_requests
-- Per-parent lists (and single objects) that could not be read so far: how many, since when, and one of them.
SELECT resource, kind, pg_catalog.count(*) AS many, pg_catalog.min(noted_at) AS since, pg_catalog.min(key) AS key,
    pg_catalog.min(why) AS why
FROM {schema}._refetch_queue WHERE why IS NOT NULL GROUP BY resource, kind

-- name: oldest_requests
-- Since when the oldest request waits, without those held for a person.
SELECT resource, pg_catalog.min(noted_at) AS since FROM {schema}._refetch_queue WHERE NOT held GROUP BY resource

-- name: waiting_absences
-- When to check again the rows that a listing lacked and that are not settled yet.
SELECT resource, pg_catalog.max(next_attempt_at) AS next_attempt_at FROM {schema}._refetch_queue
WHERE absent_since IS NOT NULL AND NOT held AND why IS NULL GROUP BY resource

-- name: held
-- Which of the keys $2 of the resource $1 wait for a person.
SELECT key FROM {schema}._refetch_queue WHERE resource = $1 AND key = ANY($2::text[]) AND held

-- name: held_lately
-- How many deletions of the resource $1, found within a day, wait for a person, without the keys $2.
SELECT pg_catalog.count(*) FROM {schema}._refetch_queue
WHERE resource = $1 AND held AND noted_at > pg_catalog.now() - interval '1 day' AND NOT key = ANY($2::text[])

-- name: held_counts
SELECT resource, pg_catalog.count(*) AS rows FROM {schema}._refetch_queue WHERE held GROUP BY resource

-- name: first_event
SELECT extract(epoch FROM pg_catalog.min("timestamp"))::bigint FROM {schema}.events

-- name: retry_rejected
-- After an upgrade ($1: the running version), records that an older version rejected are read again.
UPDATE {schema}._resource_state SET sweep_wanted_at = pg_catalog.now()
WHERE resource IN (SELECT resource FROM {schema}._rejected)
    AND $1 <> (SELECT program_version FROM {schema}._run ORDER BY id DESC LIMIT 1)

-- name: begin_run
-- $4 how many seconds each resource may be behind, as JSON.
INSERT INTO {schema}._run (verb, program_version, log_id, limits) VALUES ($1, $2, $3, $4::jsonb) RETURNING id

-- name: beat
-- The heartbeat: the one row that a quiet cycle writes. Returns the number of other daemons with a heartbeat since this
-- run began; $10 the seconds without one after which a daemon counts as dead.
UPDATE {schema}._run
SET beat_at = pg_catalog.now(), cycles = $2, requests = $3, seen = $4, stored = $5, deleted = $6, rejected = $7,
    watermarks = watermarks || $8::jsonb, last_cycle = $9::jsonb
WHERE id = $1
RETURNING (
    SELECT pg_catalog.count(*) FROM {schema}._run AS o
    WHERE o.id <> $1 AND o.verb = 'run' AND o.ended_at IS NULL
        AND o.beat_at > greatest(_run.started_at,
                                 pg_catalog.now() - pg_catalog.make_interval(secs => $10::double precision)))

-- name: end_run
UPDATE {schema}._run SET beat_at = pg_catalog.now(), ended_at = pg_catalog.now(), exit_code = $2, failure = $3
WHERE id = $1

-- name: recent_runs
SELECT * FROM {schema}._run ORDER BY id DESC LIMIT $1

-- name: watermarks
-- The latest unix second up to which any run has read each resource completely.
SELECT f.key AS resource, pg_catalog.max(f.value::bigint) AS second
FROM {schema}._run AS r, pg_catalog.jsonb_each_text(r.watermarks) AS f
WHERE r.id IN (SELECT id FROM {schema}._run WHERE watermarks <> '{}' ORDER BY id DESC LIMIT 100)
GROUP BY f.key

-- name: living_runs
-- Runs that did not end and had a heartbeat within $1 seconds; one in the future was written while the clock was ahead.
SELECT * FROM {schema}._run
WHERE ended_at IS NULL AND beat_at > pg_catalog.now() - pg_catalog.make_interval(secs => $1::double precision)
    AND beat_at < pg_catalog.now() + interval '1 minute'
ORDER BY id DESC

-- name: last_daemon
-- The latest run of the daemon.
SELECT * FROM {schema}._run WHERE verb = 'run' ORDER BY id DESC LIMIT 1

-- name: reject
-- A record that changed and is still rejected counts once: its former bytes are removed. `fresh`: it was not rejected
-- before.
WITH former AS (
    DELETE FROM {schema}._rejected AS r WHERE r.resource = $1 AND r.key = $3 AND r.hash <> $2 AND r.read_at < $6
    RETURNING r.hash
), noted AS (
    INSERT INTO {schema}._rejected (resource, hash, key, reason, body, read_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (resource, hash) DO UPDATE
    SET key = excluded.key, reason = excluded.reason, body = excluded.body, last_at = excluded.last_at,
        times = _rejected.times + 1, read_at = greatest(_rejected.read_at, excluded.read_at)
    RETURNING times
)
SELECT times = 1 AND NOT EXISTS (SELECT FROM former) AS fresh FROM noted

-- name: bound_rejected
-- Keeps the last 1,000 bodies of each resource, or 16 MiB of them; the rows stay and are counted.
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

-- name: misfit_counts
SELECT m.resource, f.field, pg_catalog.count(*) AS rows
FROM {schema}._misfit AS m CROSS JOIN LATERAL pg_catalog.unnest(m.fields) AS f (field)
GROUP BY m.resource, f.field ORDER BY m.resource, f.field

-- name: deleted_lately
-- Rows of the resource $1 that were deleted within a day, not forced by a person, and did not return.
SELECT pg_catalog.count(*) FROM {schema}._deleted
WHERE resource = $1 AND deleted_at > pg_catalog.now() - interval '1 day' AND NOT forced AND returned_at IS NULL

-- name: merged_into
-- The customer into which customer $1 was merged, according to the events.
SELECT {schema}._bigint(raw #> '{data,object,id}'::text[]) AS survivor FROM {schema}.events
WHERE type = 'customer.merged'
    AND COALESCE(raw #>> '{data,object,original_customer,id}'::text[],
                 raw #>> '{data,object,original_customer}'::text[]) = $1::bigint::text
ORDER BY id DESC LIMIT 1

-- name: told_deleted
-- Whether events of type $1 report the deletion of each of the objects $2; $3 their kinds (NULL: any).
WITH told AS MATERIALIZED (
    SELECT DISTINCT raw #>> '{data,object,id}'::text[] AS id, raw #>> '{data,object,object}'::text[] AS kind
    FROM {schema}.events WHERE type = $1
)
SELECT NOT EXISTS (
    SELECT FROM ROWS FROM (pg_catalog.unnest($2::bigint[]), pg_catalog.unnest($3::text[])) AS o (id, kind)
    WHERE NOT EXISTS (SELECT FROM told WHERE told.id = o.id::text AND (o.kind IS NULL OR told.kind = o.kind)))

-- name: deleted_counts
SELECT resource, pg_catalog.count(*) AS rows FROM {schema}._deleted WHERE returned_at IS NULL GROUP BY resource

-- name: estimates
-- Rows of each table according to the statistics, where counting would take long.
SELECT c.relname AS resource, c.reltuples::bigint AS rows
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind = 'r'

-- For the start, status and check.

-- name: usable
-- Whether a mirror can be kept here, and can be written now.
SELECT pg_catalog.current_setting('server_encoding') AS encoding, pg_catalog.pg_is_in_recovery() AS standby,
    pg_catalog.current_setting('transaction_read_only') = 'on' AS read_only

-- name: server
-- Facts about this Postgres and the rights of its user. $1 schema, $2 the mirror tables. `lacking`: what must be
-- granted.
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
                ('_resource_state', 'SELECT,INSERT,UPDATE'), ('_deleted', 'SELECT,INSERT,UPDATE'),
                ('_checkpoint', 'SELECT,INSERT,UPDATE,DELETE'), ('_refetch_queue', 'SELECT,INSERT,UPDATE,DELETE'),
                ('_rejected', 'SELECT,INSERT,UPDATE,DELETE'),
                ('_problem', 'SELECT,INSERT,UPDATE,DELETE'), ('_misfit', 'SELECT,INSERT,UPDATE,DELETE'),
                ('_nested_fill', 'SELECT,UPDATE,DELETE')
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
-- How others and server settings affect a mirror in schema $1. `timeouts` in milliseconds; `creators` what to revoke so
-- that nobody else can create where we look for names; `subscriptions` that write to our tables; `unpublished` tables
-- where a publication makes every UPDATE fail, since it does not publish enough to identify old rows.
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

-- name: unfilled
-- Resources whose nested tables came to a mirror with rows.
SELECT resource FROM {schema}._nested_fill ORDER BY resource

-- name: filled_to
-- Up to which key they are filled. $1 resource.
SELECT filled_to FROM {schema}._nested_fill WHERE resource = $1 FOR UPDATE

-- name: filled_up_to
-- $1 resource, $2 key.
UPDATE {schema}._nested_fill SET filled_to = $2 WHERE resource = $1

-- name: filled
DELETE FROM {schema}._nested_fill WHERE resource = $1
