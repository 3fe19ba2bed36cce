-- Recurring revenue, from what was billed: no history is needed.

CREATE OR REPLACE VIEW {schema}.subscription_overview WITH (security_invoker = true, security_barrier = true) AS
WITH z AS MATERIALIZED (SELECT {schema}.company_zone() AS zone), plan AS (
    SELECT DISTINCT ON (p.id) p.id, p.name, p.currency, p."interval", p.interval_count
    FROM {schema}.plans AS p ORDER BY p.id, p.archived, p.internal_id DESC
), addons AS (
    SELECT a.subscription, pg_catalog.count(*) AS addons FROM {schema}.subscription_addons AS a GROUP BY a.subscription
)
SELECT s.id AS subscription, s.customer, c.name AS customer_name, s.status, coalesce(s.status IN ('active', 'past_due'), false) AS active,
    s.plan, p.name AS plan_name, p."interval", p.interval_count, s.quantity, coalesce(p.currency, c.currency) AS currency,
    s.mrr, s.recurring_total, coalesce(a.addons, 0) AS addons, (s.start_date AT TIME ZONE z.zone)::date AS started,
    (s.renews_next AT TIME ZONE z.zone)::date AS renews, (s.period_start AT TIME ZONE z.zone)::date AS period_starts,
    (s.period_end AT TIME ZONE z.zone)::date AS period_ends, s.cancel_at_period_end,
    (s.canceled_at AT TIME ZONE z.zone)::date AS canceled, s.canceled_reason, s.paused
FROM {schema}.subscriptions AS s CROSS JOIN z LEFT JOIN plan AS p ON p.id = s.plan
LEFT JOIN {schema}.customers AS c ON c.id = s.customer LEFT JOIN addons AS a ON a.subscription = s.id;

COMMENT ON VIEW {schema}.subscription_overview IS 'One row for each subscription, today: state, plan, the mrr that Invoiced says (after discounts, without tax), addons and days. active: status active or past_due; sum(mrr) over those is the contracted MRR. A plan is found by its id, current before archived: its id is not its key. Paused and canceled ones stay.';

CREATE OR REPLACE VIEW {schema}._mrr WITH (security_invoker = true, security_barrier = true) AS
WITH today AS MATERIALIZED (
    SELECT pg_catalog.date_trunc('month', (SELECT {schema}.company_today())::timestamp) AS month
), plan AS MATERIALIZED (
    SELECT DISTINCT ON (p.id) p.id, p."interval", greatest(p.interval_count, 1) AS count
    FROM {schema}.plans AS p ORDER BY p.id, p.archived, p.internal_id DESC
), lines AS MATERIALIZED (
    SELECT l.customer, l.currency, coalesce(l.starts, l.day) AS starts, coalesce(l.ends, l.starts, l.day) AS ends,
        l.net * CASE p."interval" WHEN 'week' THEN 52 WHEN 'day' THEN 365 ELSE 1 END
        * CASE WHEN l.prorated AND l.period_end > l.period_start THEN least(1,
            extract(epoch FROM l.period_end - l.period_start) / (86400 * coalesce(p.count, 1) * CASE p."interval"
                WHEN 'year' THEN 365 WHEN 'week' THEN 7 WHEN 'day' THEN 1 ELSE 31 END)) ELSE 1 END
        -- divided last: a twelfth of a price that twelve divides is exact
        / (CASE WHEN p."interval" IN ('year', 'week', 'day') THEN 12 ELSE 1 END
            * coalesce(p.count, greatest(1, pg_catalog.round((l.ends - l.starts + 1) / 30.4)), 1)) AS amount
    FROM {schema}._line AS l LEFT JOIN plan AS p ON p.id = l.plan
    WHERE l.plan IS NOT NULL
)
SELECT m.month::date AS month, l.customer, l.currency, pg_catalog.sum(l.amount) AS mrr
FROM lines AS l CROSS JOIN today AS t CROSS JOIN LATERAL pg_catalog.generate_series(
    pg_catalog.date_trunc('month', l.starts::timestamp),
    least(t.month, greatest(pg_catalog.date_trunc('month', l.starts::timestamp),
        pg_catalog.date_trunc('month', (l.ends + 1)::timestamp) - interval '1 month')), interval '1 month') AS m (month)
GROUP BY 1, 2, 3 HAVING pg_catalog.sum(l.amount) <> 0;

COMMENT ON VIEW {schema}._mrr IS 'Billed monthly recurring revenue of each customer, month and currency: lines with a plan, net of discounts, spread over the interval of the plan.';

CREATE OR REPLACE VIEW {schema}.mrr_movements WITH (security_invoker = true, security_barrier = true) AS
WITH series AS MATERIALIZED (
    SELECT m.*, pg_catalog.lag(m.month) OVER own AS month_before, pg_catalog.lag(m.mrr) OVER own AS mrr_before,
        pg_catalog.lead(m.month) OVER own AS month_after
    FROM {schema}._mrr AS m WINDOW own AS (PARTITION BY m.customer, m.currency ORDER BY m.month)
)
SELECT s.month, s.customer, s.currency,
    CASE WHEN s.month_before IS NULL THEN 'new' WHEN s.month_before < s.month - interval '1 month' THEN 'reactivation'
        WHEN s.mrr > s.mrr_before THEN 'expansion' ELSE 'contraction' END AS movement,
    s.mrr - CASE WHEN s.month_before = s.month - interval '1 month' THEN s.mrr_before ELSE 0 END AS amount
FROM series AS s
WHERE s.month_before IS NULL OR s.month_before < s.month - interval '1 month' OR s.mrr <> s.mrr_before
UNION ALL
SELECT (s.month + interval '1 month')::date, s.customer, s.currency, 'lost', -s.mrr FROM series AS s
WHERE s.month + interval '1 month' <= (SELECT {schema}.company_today())::timestamp
    AND (s.month_after IS NULL OR s.month_after > s.month + interval '1 month');

COMMENT ON VIEW {schema}.mrr_movements IS 'What changed of the billed MRR of each customer from one month to the next, net over its plans, by currency: new, reactivation (nothing the month before, but something ever), expansion, contraction (negative), lost (negative). The sum over a month is the difference of mrr_monthly. The running month counts what is billed so far: who is billed late in it is lost until then.';

CREATE OR REPLACE VIEW {schema}.mrr_monthly WITH (security_invoker = true, security_barrier = true) AS
WITH moved AS MATERIALIZED (
    SELECT m.month, m.currency, pg_catalog.sum(m.amount) AS amount,
        coalesce(pg_catalog.sum(m.amount) FILTER (WHERE m.movement = 'new'), 0) AS new,
        coalesce(pg_catalog.sum(m.amount) FILTER (WHERE m.movement = 'expansion'), 0) AS expansion,
        coalesce(pg_catalog.sum(m.amount) FILTER (WHERE m.movement = 'contraction'), 0) AS contraction,
        coalesce(pg_catalog.sum(m.amount) FILTER (WHERE m.movement = 'lost'), 0) AS lost,
        coalesce(pg_catalog.sum(m.amount) FILTER (WHERE m.movement = 'reactivation'), 0) AS reactivation
    FROM {schema}.mrr_movements AS m GROUP BY m.month, m.currency
), months AS (
    SELECT c.currency, m.month::date AS month
    FROM (SELECT o.currency, pg_catalog.min(o.month) AS since FROM moved AS o GROUP BY o.currency) AS c
    CROSS JOIN LATERAL pg_catalog.generate_series(
        c.since::timestamp, (SELECT {schema}.company_today())::timestamp, interval '1 month') AS m (month)
)
SELECT m.month, m.currency, pg_catalog.sum(coalesce(o.amount, 0)) OVER (PARTITION BY m.currency ORDER BY m.month) AS mrr,
    coalesce(o.new, 0) AS new, coalesce(o.expansion, 0) AS expansion, coalesce(o.contraction, 0) AS contraction,
    coalesce(o.lost, 0) AS lost, coalesce(o.reactivation, 0) AS reactivation
FROM months AS m LEFT JOIN moved AS o ON o.month = m.month AND o.currency IS NOT DISTINCT FROM m.currency;

COMMENT ON VIEW {schema}.mrr_monthly IS 'Billed monthly recurring revenue by month and currency, with its movements: mrr = that of the month before + new + expansion + contraction + lost + reactivation. From lines with a plan of invoices that are neither drafts nor voided (credit notes negative): net of discounts, divided by the interval of the plan (year / 12, week x 52 / 12, day x 365 / 12), a prorated one in proportion to its days (a month has 31), in the month in which its period begins and each later one that it covers to its last day. Currencies are never added.';

CREATE OR REPLACE VIEW {schema}.mrr_contracted_monthly WITH (security_invoker = true, security_barrier = true) AS
SELECT m.month::date AS month, s.currency, pg_catalog.sum(s.mrr) AS mrr, pg_catalog.count(*) AS subscriptions, true AS inferred
FROM {schema}.subscription_overview AS s CROSS JOIN LATERAL pg_catalog.generate_series(
    pg_catalog.date_trunc('month', s.started::timestamp),
    pg_catalog.date_trunc('month', least(coalesce(s.canceled - 1, (SELECT {schema}.company_today())), (SELECT {schema}.company_today()))::timestamp),
    interval '1 month') AS m (month)
WHERE s.started IS NOT NULL AND s.mrr IS NOT NULL AND s.status IS DISTINCT FROM 'not_started'
GROUP BY 1, 2;

COMMENT ON VIEW {schema}.mrr_contracted_monthly IS 'Contracted MRR by month and currency, inferred: today''s mrr of each subscription, in each month from its start to its end. Amounts of the past are not known without history.';
