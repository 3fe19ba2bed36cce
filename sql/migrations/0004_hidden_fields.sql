-- Which hidden fields a list is asked for.
ALTER TABLE {schema}._resource_state ADD COLUMN included text[], ADD COLUMN left_out text;
COMMENT ON COLUMN {schema}._resource_state.included IS 'Hidden fields that the list is asked for with include; NULL: not decided yet.';
COMMENT ON COLUMN {schema}._resource_state.left_out IS 'Hidden fields that it is not asked for, and why; NULL: none.';

-- The same view: it takes all columns of that table.
CREATE OR REPLACE VIEW {schema}.mirror_freshness WITH (security_invoker = true, security_barrier = true) AS
WITH runs AS MATERIALIZED (
    SELECT r.id, r.verb, r.watermarks, r.limits FROM {schema}._run AS r
    WHERE r.watermarks <> '{}'::jsonb OR r.limits <> '{}'::jsonb ORDER BY r.id DESC LIMIT 100
), read AS (
    SELECT f.key AS resource, pg_catalog.max(f.value::numeric) AS second
    FROM runs AS r CROSS JOIN LATERAL pg_catalog.jsonb_each_text(r.watermarks) AS f (key, value) GROUP BY f.key
), limits AS (
    SELECT f.key AS resource, f.value::numeric AS seconds
    FROM (SELECT r.limits FROM runs AS r WHERE r.limits <> '{}'::jsonb ORDER BY r.verb = 'run' DESC, r.id DESC LIMIT 1) AS l
    CROSS JOIN LATERAL pg_catalog.jsonb_each_text(l.limits) AS f (key, value)
), moments AS (
    SELECT s.*, l.seconds, (
        SELECT pg_catalog.max(m.at) FROM (VALUES (s.succeeded_at), (s.swept_at), (pg_catalog.to_timestamp(r.second::double precision)),
            (s.loaded_at)) AS m (at) WHERE m.at <= pg_catalog.now() + interval '1 minute' AND s.loaded_at IS NOT NULL) AS watermark
    FROM {schema}._resource_state AS s LEFT JOIN read AS r USING (resource) LEFT JOIN limits AS l USING (resource)
)
SELECT m.resource, m.watermark,
    greatest(0, pg_catalog.round(extract(epoch FROM pg_catalog.now() - m.watermark)))::bigint AS seconds_behind,
    m.seconds::bigint AS limit_seconds,
    CASE WHEN m.unavailable_at IS NOT NULL THEN 'unavailable' WHEN m.refused_at IS NOT NULL THEN 'refused'
        WHEN m.loaded_at IS NULL THEN 'loading'
        WHEN m.seconds IS NOT NULL AND extract(epoch FROM pg_catalog.now() - m.watermark) > m.seconds THEN 'late'
        WHEN coalesce(m.missing, 0) > 0 OR coalesce(m.differences, 0) > 0 OR coalesce(m.unsettled, 0) > 0 THEN 'incomplete'
        ELSE 'fresh' END AS state
FROM moments AS m;
