-- Statements that are the same for every mirror table.

-- name: stored_hashes
-- What the mirror holds of these keys: unchanged rows are neither sent nor touched.
SELECT {key} AS key, hash FROM {table} WHERE {key} = ANY($1::{key_type}[])

-- name: upsert
-- Stores rows in key order, so that two writers can't deadlock. A row is replaced only by a read that began later; a
-- row whose end was confirmed by a later read stays gone; one found again by a later read closes its tombstone. A read
-- in the future was made while this clock was ahead, and counts for nothing.
-- $1 keys, $2 JSON texts as UTF-8, $3 hashes, $4 when each question was sent, $5 resource.
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
)
INSERT INTO {table} AS t ({key}, raw, hash, read_at)
SELECT key, pg_catalog.convert_from(raw, 'UTF8')::jsonb, hash, read_at FROM page ORDER BY key
ON CONFLICT ({key}) DO UPDATE
SET raw = excluded.raw, hash = excluded.hash, read_at = excluded.read_at, synced_at = pg_catalog.now()
WHERE (t.read_at <= excluded.read_at OR t.read_at > pg_catalog.now() + interval '1 minute') AND t.hash <> excluded.hash
RETURNING {key} AS key

-- name: bury
-- Moves rows whose end was confirmed out of their table. $1 keys, $2 when each confirming question was sent, $3 how,
-- $4 resource.
WITH gone AS (
    DELETE FROM {table} AS t
    USING ROWS FROM (pg_catalog.unnest($1::{key_type}[]), pg_catalog.unnest($2::timestamptz[])) AS c (key, asked_at)
    WHERE t.{key} = c.key AND (t.read_at <= c.asked_at OR t.read_at > pg_catalog.now() + interval '1 minute')
    RETURNING c.key, t.raw, c.asked_at
), tombstones AS (
    INSERT INTO {schema}._deleted (resource, key, raw, how, read_at)
    SELECT $4, key::text, raw, $3, asked_at FROM gone
    ON CONFLICT (resource, key) WHERE returned_at IS NULL
    DO UPDATE SET raw = excluded.raw, how = excluded.how, read_at = greatest(_deleted.read_at, excluded.read_at)
)
SELECT key FROM gone ORDER BY key

-- name: count
SELECT pg_catalog.count(*) FROM {table}

-- name: has
SELECT EXISTS (SELECT FROM {table} WHERE {key} = $1::{key_type})

-- name: another
-- Some other rows, the newest and the oldest, to ask for as a control before anything is called gone.
(SELECT {key} AS key FROM {table} WHERE {key} <> ALL($1::{key_type}[]) ORDER BY {key} DESC LIMIT 2)
UNION (SELECT {key} FROM {table} WHERE {key} <> ALL($1::{key_type}[]) ORDER BY {key} LIMIT 2)

-- name: raw_of
SELECT raw FROM {table} WHERE {key} = $1::{key_type}

-- name: known
-- Which of these keys the mirror has.
SELECT {key} AS key FROM {table} WHERE {key} = ANY($1::{key_type}[])
