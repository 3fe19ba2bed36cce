-- Statements for every mirror table.

-- name: stored_hashes
-- Stored hashes of these keys: unchanged rows are neither sent nor touched.
SELECT {key} AS key, hash FROM {table} WHERE {key} = ANY($1::{key_type}[])

-- name: altered
-- Rows that don't match their hash: someone else changed them. $1 keys, $2 JSON texts as UTF-8, $3 hashes.
SELECT t.{key} AS key
FROM {table} AS t JOIN ROWS FROM (pg_catalog.unnest($1::{key_type}[]), pg_catalog.unnest($2::bytea[]),
    pg_catalog.unnest($3::bytea[])) AS p (key, raw, hash) ON t.{key} = p.key
WHERE t.hash = p.hash AND t.raw <> pg_catalog.convert_from(p.raw, 'UTF8')::jsonb

-- name: forget_hashes
-- Makes the next read store these rows again, whatever it shows.
UPDATE {table} SET hash = '' WHERE {key} = ANY($1::{key_type}[])

-- name: upsert
-- Stores rows in key order, so that two writers can't deadlock. A row is replaced only by a read that began later; a
-- row whose deletion a later read confirmed stays deleted; a later read that finds it again closes its tombstone. A
-- stored read time in the future was set while this clock was ahead, and is ignored. $1 keys, $2 JSON texts as UTF-8,
-- $3 hashes, $4 when each request was sent, $5 resource.
WITH page AS (
    SELECT p.key, p.raw, p.hash, p.read_at
    FROM ROWS FROM (pg_catalog.unnest($1::{key_type}[]), pg_catalog.unnest($2::bytea[]), pg_catalog.unnest($3::bytea[]),
        pg_catalog.unnest($4::timestamptz[])) AS p (key, raw, hash, read_at)
    WHERE NOT EXISTS (
        SELECT FROM {schema}._deleted AS d
        WHERE d.resource = $5 AND d.key = p.key::text AND d.returned_at IS NULL AND d.read_at > p.read_at
            AND d.read_at <= pg_catalog.now() + interval '1 minute'
    )
), returned AS (
    UPDATE {schema}._deleted AS d SET returned_at = pg_catalog.now()
    FROM page WHERE d.resource = $5 AND d.key = page.key::text AND d.returned_at IS NULL
), mended AS (
    DELETE FROM {schema}._rejected AS r USING page
    WHERE r.resource = $5 AND r.key = page.key::text AND r.read_at <= page.read_at
), written AS (
    INSERT INTO {table} AS t ({key}, raw, hash, read_at)
    SELECT key, pg_catalog.convert_from(raw, 'UTF8')::jsonb, hash, read_at FROM page ORDER BY key
    ON CONFLICT ({key}) DO UPDATE
    SET raw = excluded.raw, hash = excluded.hash, read_at = excluded.read_at, synced_at = excluded.synced_at
    WHERE (t.read_at <= excluded.read_at OR t.read_at - excluded.synced_at > interval '1 minute')
        AND t.hash <> excluded.hash
    RETURNING {key} AS key, {misfits} AS fields
), fits AS (
    DELETE FROM {schema}._misfit AS m USING written
    WHERE m.resource = $5 AND m.key = written.key::text AND written.fields IS NULL
), misfits AS (
    INSERT INTO {schema}._misfit AS m (resource, key, fields)
    SELECT $5, key::text, fields FROM written WHERE fields IS NOT NULL
    ON CONFLICT (resource, key) DO UPDATE SET fields = excluded.fields
)
SELECT key FROM written

-- name: tombstone
-- Moves rows whose deletion is confirmed out of their table. $1 keys, $2 when each confirming request was sent, $3
-- evidence, $4 resource, $5 whether a person forced it.
WITH gone AS (
    DELETE FROM {table} AS t
    USING ROWS FROM (pg_catalog.unnest($1::{key_type}[]), pg_catalog.unnest($2::timestamptz[])) AS c (key, asked_at)
    WHERE t.{key} = c.key AND (t.read_at <= c.asked_at OR t.read_at > pg_catalog.now() + interval '1 minute')
    RETURNING c.key, t.raw, c.asked_at
), tombstones AS (
    INSERT INTO {schema}._deleted (resource, key, raw, evidence, read_at, forced)
    SELECT $4, key::text, raw, $3, asked_at, $5 FROM gone
    ON CONFLICT (resource, key) WHERE returned_at IS NULL
    DO UPDATE SET raw = excluded.raw, evidence = excluded.evidence, read_at = greatest(_deleted.read_at, excluded.read_at)
), misfits AS (
    DELETE FROM {schema}._misfit AS m USING gone WHERE m.resource = $4 AND m.key = gone.key::text
){burial}
SELECT key FROM gone ORDER BY key

-- name: count
SELECT pg_catalog.count(*) FROM {table}

-- name: another
-- Some other rows, the newest and the oldest, as a control before any row counts as deleted.
(SELECT {key} AS key FROM {table} WHERE {key} <> ALL($1::{key_type}[]) ORDER BY {key} DESC LIMIT 2)
UNION (SELECT {key} FROM {table} WHERE {key} <> ALL($1::{key_type}[]) ORDER BY {key} LIMIT 2)

-- name: known
-- Which of these keys the mirror has.
SELECT {key} AS key FROM {table} WHERE {key} = ANY($1::{key_type}[])

-- name: known_count
SELECT pg_catalog.count(*) FROM {table} WHERE {key} = ANY($1::{key_type}[])

-- name: has_rows
SELECT EXISTS (SELECT FROM {table})

-- name: stamp
-- The updated_at of a row, as unix second.
SELECT pg_catalog.date_part('epoch', updated_at) FROM {table} WHERE {key} = $1::{key_type}

-- name: rejected_apart
-- Rejected records without a row here: each counts as a row of the source. $1 resource.
SELECT pg_catalog.count(*) FROM {schema}._rejected AS r
WHERE r.resource = $1 AND NOT EXISTS (SELECT FROM {table} AS t WHERE t.{key}::text = r.key)

-- name: served_requests
-- Removes requests that a read of the row has served: one that began after the request was queued; with $3 also a read
-- that shows the event's updated_at, unless that is older than the event by more than $2 seconds: polls would not show
-- another change with the same one. The event's time is by the source's clock, which may be late, so it is not compared
-- with read_at.
WITH told AS MATERIALIZED (
    SELECT key::{key_type} AS id, key, noted_at, told_at, told_stamp FROM {schema}._refetch_queue
    WHERE kind = 'reread' AND resource = $1
)
DELETE FROM {schema}._refetch_queue AS h USING told, {table} AS t
WHERE h.kind = 'reread' AND h.resource = $1 AND h.key = told.key AND t.{key} = told.id AND (
    t.read_at >= told.noted_at
    OR ($3::boolean AND told.told_stamp::double precision >= pg_catalog.date_part('epoch', told.told_at) - $2::double precision
        AND pg_catalog.date_part('epoch', t.updated_at) = told.told_stamp::double precision))
RETURNING h.key

-- name: invoices.spread
-- A changed invoice may have a changed payment plan, a new one, or none any more. Before the first load of the plans
-- there is nothing to refetch. $1 ids of the invoices just stored.
WITH changed AS (
    SELECT i.id::text AS key FROM {table} AS i
    WHERE i.id = ANY($1::bigint[])
        AND (i.payment_plan IS NOT NULL OR EXISTS (SELECT FROM {schema}.payment_plans AS p WHERE p.parent_id = i.id))
        AND EXISTS (SELECT FROM {schema}._resource_state WHERE resource = 'payment_plans' AND load_started_at IS NOT NULL)
    ORDER BY i.id
)
INSERT INTO {schema}._refetch_queue (kind, resource, key) SELECT 'children', 'payment_plans', key FROM changed
ON CONFLICT (kind, resource, key) DO NOTHING
