-- Statements for every per-parent list; `{parent}` is the table of its parents. A statement named payment_plans.NAME
-- replaces NAME.

-- name: stored_hashes
-- With the parent: a row that shows up in another parent's list has moved there.
SELECT {key} AS key, hash, parent_id AS parent FROM {table} WHERE {key} = ANY($1::{key_type}[])

-- name: upsert
-- As in rows.sql, with the parent of each row. $1 keys, $2 JSON texts as UTF-8, $3 hashes, $4 when each request was
-- sent, $5 resource, $6 parents.
WITH page AS (
    SELECT p.key, p.raw, p.hash, p.read_at, p.parent
    FROM ROWS FROM (pg_catalog.unnest($1::{key_type}[]), pg_catalog.unnest($2::bytea[]), pg_catalog.unnest($3::bytea[]),
        pg_catalog.unnest($4::timestamptz[]), pg_catalog.unnest($6::bigint[])) AS p (key, raw, hash, read_at, parent)
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
    INSERT INTO {table} AS t ({key}, raw, hash, read_at, parent_id)
    SELECT key, pg_catalog.convert_from(raw, 'UTF8')::jsonb, hash, read_at, parent FROM page ORDER BY key
    ON CONFLICT ({key}) DO UPDATE
    SET raw = excluded.raw, hash = excluded.hash, read_at = excluded.read_at, synced_at = excluded.synced_at,
        parent_id = excluded.parent_id
    WHERE (t.read_at <= excluded.read_at OR t.read_at - excluded.synced_at > interval '1 minute')
        AND (t.hash <> excluded.hash OR t.parent_id IS DISTINCT FROM excluded.parent_id)
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

-- name: parents
-- The next parents whose lists to read: after the id $1, at most $2.
SELECT id FROM {parent} WHERE id > $1::bigint ORDER BY id LIMIT $2::bigint

-- name: payment_plans.parents
-- The API answers 400 for an invoice without a payment plan, so only those with one are requested.
SELECT id FROM {parent} WHERE payment_plan IS NOT NULL AND id > $1::bigint ORDER BY id LIMIT $2::bigint

-- name: asked
-- How many parents' lists were read so far, up to the id $1, and how many parents there are.
SELECT pg_catalog.count(*) FILTER (WHERE id <= $1::bigint) AS asked, pg_catalog.count(*) AS parents FROM {parent}

-- name: payment_plans.asked
SELECT pg_catalog.count(*) FILTER (WHERE id <= $1::bigint) AS asked, pg_catalog.count(*) AS parents FROM {parent}
WHERE payment_plan IS NOT NULL

-- name: of
-- What the mirror has of the parents $1.
SELECT {key} AS key, parent_id AS parent FROM {table} WHERE parent_id = ANY($1::bigint[])

-- name: parentless
-- At most $1 rows that no list of a pass can show, because their parent is not (or no longer) among its parents.
SELECT {key} AS key, parent_id AS parent FROM {table} AS c
WHERE NOT EXISTS (SELECT FROM {parent} AS p WHERE p.id = c.parent_id) LIMIT $1::bigint

-- name: payment_plans.parentless
SELECT {key} AS key, parent_id AS parent FROM {table} AS c
WHERE NOT EXISTS (SELECT FROM {parent} AS p WHERE p.id = c.parent_id AND p.payment_plan IS NOT NULL) LIMIT $1::bigint

-- name: other_parent
-- Some rows of another parent than $1, as a control: its list must still show one of them. Parents whose list lacks
-- rows as well ($2 resource) come last.
SELECT {key} AS key, parent_id AS parent FROM {table}
WHERE parent_id = (SELECT parent_id FROM {table} AS c
                   WHERE parent_id <> $1::bigint AND EXISTS (SELECT FROM {parent} AS p WHERE p.id = c.parent_id)
                   ORDER BY EXISTS (SELECT FROM {schema}._refetch_queue AS h
                                    WHERE h.kind = 'children' AND h.resource = $2 AND h.key = c.parent_id::text
                                        AND h.absent_since IS NOT NULL),
                       read_at DESC LIMIT 1)
LIMIT 50
