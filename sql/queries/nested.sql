-- Rows of arrays within records: the same for every resource. {replacement} and {differences} are made from its nested
-- tables (postgres/nested_sql.py); they read the records of `parents`.

-- name: nest
-- Replaces the nested rows of records that were just written, whose rows this transaction has locked. $1 keys,
-- $2 resource.
WITH parents AS MATERIALIZED (
    SELECT {key} AS key, raw FROM {table} WHERE {key} = ANY($1::{key_type}[]) ORDER BY {key}
){replacement}, misfits AS (
    SELECT $2 AS resource, key::text AS key, pg_catalog.array_agg(DISTINCT field) AS fields FROM odd GROUP BY odd.key
)
INSERT INTO {schema}._misfit AS m (resource, key, fields) SELECT resource, key, fields FROM misfits
ON CONFLICT (resource, key) DO UPDATE SET fields = pg_catalog.array_cat(m.fields, excluded.fields)

-- name: nest_next
-- The same for the next records after the key $2, $3 at the most, of a mirror that did not have these tables. $1 resource.
WITH parents AS MATERIALIZED (
    SELECT {key} AS key, raw FROM {table}
    WHERE $2::{key_type} IS NULL OR {key} > $2::{key_type} ORDER BY {key} LIMIT $3::bigint
){replacement}, odd_ones AS (
    SELECT $1 AS resource, key::text AS key, pg_catalog.array_agg(DISTINCT field) AS fields FROM odd GROUP BY odd.key
), misfits AS (
    INSERT INTO {schema}._misfit AS m (resource, key, fields) SELECT resource, key, fields FROM odd_ones
    ON CONFLICT (resource, key) DO UPDATE SET fields = pg_catalog.array_cat(m.fields, excluded.fields)
)
SELECT pg_catalog.count(*) AS rows, pg_catalog.max(key) AS last FROM parents

-- name: wrongly_nested
-- Records whose nested rows are not what raw says: someone else changed them. $1 keys.
WITH parents AS MATERIALIZED (
    SELECT {key} AS key, raw FROM {table} WHERE {key} = ANY($1::{key_type}[])
)
{differences}
