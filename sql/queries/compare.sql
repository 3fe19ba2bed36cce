-- Rows of the mirror that an answer of the source lacks: only candidates for deletion. The same for every mirror table.
-- Rows written after the request ($1: when it was sent, less the overlap where ids appear late) are left out; a row
-- with a read time in the future was read while this clock was ahead, and is not left out.

-- name: absent_by_value
-- Rows between two positions (updated_at, id). $2, $4 unix seconds (NULL: before all), $3, $5 ids, $6 the keys that the
-- source has; $7, $8: for lists with several variants, what raw must contain, and what it must not.
SELECT {key} AS key FROM {table}
WHERE (updated_at, id) > (coalesce(pg_catalog.to_timestamp($2::bigint), '-infinity'), $3::bigint)
    AND (updated_at, id) <= (coalesce(pg_catalog.to_timestamp($4::bigint), '-infinity'), $5::bigint)
    AND {key} <> ALL($6::{key_type}[])
    AND (read_at <= $1::timestamptz OR read_at > pg_catalog.now() + interval '1 minute')
    AND ($7::jsonb IS NULL OR raw @> $7::jsonb) AND NOT raw @> ANY($8::jsonb[])

-- name: absent_undated
-- The same among rows without updated_at, which come first, in id order: after $2, up to $3.
SELECT {key} AS key FROM {table}
WHERE updated_at IS NULL AND id > $2::bigint AND id <= $3::bigint
    AND {key} <> ALL($4::{key_type}[])
    AND (read_at <= $1::timestamptz OR read_at > pg_catalog.now() + interval '1 minute')
    AND ($5::jsonb IS NULL OR raw @> $5::jsonb) AND NOT raw @> ANY($6::jsonb[])

-- name: absent_by_id
-- Rows of a list in id order: after id $2, up to $3.
SELECT {key} AS key FROM {table}
WHERE id > $2::bigint AND id <= $3::bigint AND {key} <> ALL($4::{key_type}[])
    AND (read_at <= $1::timestamptz OR read_at > pg_catalog.now() + interval '1 minute')

-- name: absent_whole
-- Rows of a list whose keys ($2) are all known.
SELECT {key} AS key FROM {table}
WHERE {key} <> ALL($2::{key_type}[])
    AND (read_at <= $1::timestamptz OR read_at > pg_catalog.now() + interval '1 minute')
