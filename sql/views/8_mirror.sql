-- How fresh the mirror is, and what is odd in it.

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

COMMENT ON VIEW {schema}.mirror_freshness IS 'One row for each resource: the moment up to which it is complete (watermark), how many seconds ago that is, how many the daemon allows, and its state: fresh, late, incomplete (rows are missing, different or not settled), loading, refused, unavailable.';

CREATE INDEX invoices_odd_status_idx ON {schema}.invoices (id) WHERE status NOT IN (
    'draft', 'not_sent', 'sent', 'viewed', 'past_due', 'pending', 'paid', 'voided', 'bad_debt', 'disputed');

CREATE INDEX transactions_odd_type_idx ON {schema}.transactions (id) WHERE type NOT IN (
    'payment', 'charge', 'refund', 'adjustment', 'document_adjustment');

CREATE INDEX transactions_odd_status_idx ON {schema}.transactions (id) WHERE status NOT IN ('succeeded', 'pending', 'failed');

CREATE INDEX payment_applications_odd_type_idx ON {schema}.payment_applications (payment) WHERE type NOT IN (
    'invoice', 'estimate', 'credit_note', 'credit', 'convenience_fee', 'applied_credit', 'document_adjustment');

CREATE INDEX charges_odd_status_idx ON {schema}.charges (id) WHERE status NOT IN ('succeeded', 'pending', 'failed');

CREATE OR REPLACE VIEW {schema}.mirror_quality WITH (security_invoker = true, security_barrier = true) AS
SELECT 'does not fit its column'::text AS what,
    pg_catalog.concat(m.resource, '.', pg_catalog.split_part(f.field, ':', 1)) AS place, pg_catalog.count(*) AS how_many,
    pg_catalog.concat('came as ', pg_catalog.split_part(f.field, ':', 2), '; the column is NULL, raw has it') AS detail
FROM {schema}._misfit AS m CROSS JOIN LATERAL pg_catalog.unnest(m.fields) AS f (field) GROUP BY 2, 4
UNION ALL
SELECT 'receivables that nothing explains', l.doc_type, pg_catalog.count(*),
    'ar_ledger, kind unexplained: the balance is not what its transactions make it'
FROM {schema}.ar_ledger AS l WHERE l.kind = 'unexplained' GROUP BY 2
UNION ALL
SELECT 'unknown fields', s.resource, pg_catalog.cardinality(s.new_fields)::bigint, pg_catalog.array_to_string(s.new_fields, ', ')
FROM {schema}._resource_state AS s WHERE pg_catalog.cardinality(s.new_fields) > 0
UNION ALL
SELECT 'no time zone', 'company', 1, 'days are those of UTC: the company has no time zone, or one that Postgres does not know'
WHERE (SELECT {schema}.company_zone()) = 'UTC' AND pg_catalog.upper(coalesce((
    SELECT coalesce(c.time_zone, 'none') FROM {schema}.company AS c ORDER BY c.id LIMIT 1), 'none')) NOT IN ('UTC', 'ETC/UTC')
UNION ALL
SELECT 'rows missing', s.resource, s.missing, 'the source counts more than it shows' FROM {schema}._resource_state AS s WHERE s.missing > 0
UNION ALL
SELECT 'differences', s.resource, s.differences, 'the last verification found them' FROM {schema}._resource_state AS s
WHERE s.differences > 0
UNION ALL
SELECT 'not settled', s.resource, s.unsettled, 'the last verification could not tell whether they are still there'
FROM {schema}._resource_state AS s WHERE s.unsettled > 0
UNION ALL
SELECT 'unavailable', s.resource, 1, s.unavailable_why FROM {schema}._resource_state AS s WHERE s.unavailable_at IS NOT NULL
UNION ALL
SELECT 'nested tables being filled', f.resource, 1, pg_catalog.concat('up to ', f.filled_to) FROM {schema}._nested_fill AS f
UNION ALL
SELECT 'unknown value', 'invoices.status', pg_catalog.count(*), i.status FROM {schema}.invoices AS i
WHERE i.status NOT IN ('draft', 'not_sent', 'sent', 'viewed', 'past_due', 'pending', 'paid', 'voided', 'bad_debt', 'disputed')
GROUP BY i.status
UNION ALL
SELECT 'unknown value', 'transactions.type', pg_catalog.count(*), t.type FROM {schema}.transactions AS t
WHERE t.type NOT IN ('payment', 'charge', 'refund', 'adjustment', 'document_adjustment') GROUP BY t.type
UNION ALL
SELECT 'unknown value', 'transactions.status', pg_catalog.count(*), t.status FROM {schema}.transactions AS t
WHERE t.status NOT IN ('succeeded', 'pending', 'failed') GROUP BY t.status
UNION ALL
SELECT 'unknown value', 'payment_applications.type', pg_catalog.count(*), a.type FROM {schema}.payment_applications AS a
WHERE a.type NOT IN ('invoice', 'estimate', 'credit_note', 'credit', 'convenience_fee', 'applied_credit', 'document_adjustment')
GROUP BY a.type
UNION ALL
SELECT 'unknown value', 'charges.status', pg_catalog.count(*), c.status FROM {schema}.charges AS c
WHERE c.status NOT IN ('succeeded', 'pending', 'failed') GROUP BY c.status;

COMMENT ON VIEW {schema}.mirror_quality IS 'What is odd in the mirror, where, and in how many rows; empty is right. Fields that do not fit their column, receivables that nothing explains, unknown fields and values, a missing time zone, rows missing, different or not settled, resources that are unavailable.';
