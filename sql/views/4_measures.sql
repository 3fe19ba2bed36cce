-- Measures by month: receivables, days sales outstanding, collection effectiveness, roll rates.

CREATE OR REPLACE FUNCTION {schema}._months(count integer) RETURNS TABLE (month date, last date)
LANGUAGE sql STABLE
BEGIN ATOMIC
SELECT m.month::date, (m.month + interval '1 month' - interval '1 day')::date
FROM (SELECT pg_catalog.date_trunc('month', ((SELECT {schema}.company_today()) + 1)::timestamp) AS next) AS t
CROSS JOIN LATERAL pg_catalog.generate_series(
    t.next - pg_catalog.make_interval(months => count), t.next - interval '1 month', interval '1 month') AS m (month); END;

COMMENT ON FUNCTION {schema}._months(integer) IS 'The last so many complete months where the company is, with their last day.';

CREATE OR REPLACE FUNCTION {schema}._month_receivables(count integer)
RETURNS TABLE (month date, currency text, days integer, ar numeric, ar_current numeric, sales numeric)
LANGUAGE sql STABLE SET jit = off SET work_mem = '64MB'
BEGIN ATOMIC
WITH months AS MATERIALIZED (
    SELECT m.month, m.last FROM {schema}._months(count) AS m
), ledger AS MATERIALIZED (
    SELECT l.doc_type, l.doc, l.day, l.kind, l.amount, l.currency FROM {schema}.ar_ledger AS l
    WHERE l.day <= (SELECT pg_catalog.max(m.last) FROM months AS m)
), flows AS MATERIALIZED (
    SELECT l.currency, (pg_catalog.date_trunc('month', l.day::timestamp))::date AS month, pg_catalog.sum(l.amount) AS amount,
        coalesce(pg_catalog.sum(l.amount) FILTER (WHERE l.kind IN ('invoiced', 'credited', 'voided')), 0) AS sales
    FROM ledger AS l GROUP BY 1, 2
), currencies AS (
    SELECT f.currency, pg_catalog.min(f.month) AS since, coalesce((
        SELECT pg_catalog.sum(g.amount) FROM flows AS g
        WHERE g.currency IS NOT DISTINCT FROM f.currency AND g.month < (SELECT pg_catalog.min(m.month) FROM months AS m)), 0) AS before
    FROM flows AS f GROUP BY f.currency
), balances AS MATERIALIZED (
    SELECT m.month, m.last, c.currency, c.since, coalesce(f.sales, 0) AS sales,
        c.before + pg_catalog.sum(coalesce(f.amount, 0)) OVER (PARTITION BY c.currency ORDER BY m.month) AS ar
    FROM months AS m CROSS JOIN currencies AS c
    LEFT JOIN flows AS f ON f.month = m.month AND f.currency IS NOT DISTINCT FROM c.currency
), due AS MATERIALIZED (
    SELECT d.doc, coalesce(d.due, d.day) AS due, d.payment_plan IS NOT NULL AND EXISTS (
        SELECT FROM {schema}.payment_plan_installments AS i WHERE i.payment_plan = d.payment_plan) AS planned, d.payment_plan
    FROM {schema}._document AS d WHERE d.doc_type = 'invoice'
), not_due AS (
    -- a month's end is from day to due if the month is from that of day to the one before that of the day after due
    SELECT s.month::date AS month, l.currency, pg_catalog.sum(l.amount) AS amount
    FROM ledger AS l JOIN due AS d USING (doc) CROSS JOIN LATERAL pg_catalog.generate_series(
        pg_catalog.date_trunc('month', greatest(l.day, (SELECT pg_catalog.min(m.month) FROM months AS m))::timestamp),
        pg_catalog.date_trunc('month', least(d.due, (SELECT pg_catalog.max(m.last) FROM months AS m))::timestamp + interval '1 day')
            - interval '1 month', interval '1 month') AS s (month)
    WHERE l.doc_type = 'invoice' AND NOT d.planned GROUP BY 1, 2
), plan_balances AS MATERIALIZED (
    SELECT m.month, m.last, l.currency, l.doc, d.payment_plan, pg_catalog.sum(l.amount) AS balance
    FROM due AS d JOIN ledger AS l USING (doc) JOIN months AS m ON l.day <= m.last
    WHERE l.doc_type = 'invoice' AND d.planned GROUP BY 1, 2, 3, 4, 5 HAVING pg_catalog.sum(l.amount) <> 0
), plan_parts AS (
    SELECT b.month, b.last, b.currency, (i.date AT TIME ZONE (SELECT {schema}.company_zone()))::date AS due,
        {schema}._open_part(i.amount, pg_catalog.sum(i.amount) OVER (PARTITION BY b.month, b.doc ORDER BY i.date, i.position),
            pg_catalog.sum(i.amount) OVER (PARTITION BY b.month, b.doc), b.balance) AS amount
    FROM plan_balances AS b JOIN {schema}.payment_plan_installments AS i ON i.payment_plan = b.payment_plan
    WHERE i.amount IS NOT NULL
), planned AS (
    SELECT p.month, p.currency, pg_catalog.sum(p.amount) AS amount FROM plan_parts AS p WHERE p.due >= p.last GROUP BY 1, 2
)
SELECT b.month, b.currency, b.last - b.month + 1, b.ar, coalesce(n.amount, 0) + coalesce(p.amount, 0), b.sales
FROM balances AS b
LEFT JOIN not_due AS n ON n.month = b.month AND n.currency IS NOT DISTINCT FROM b.currency
LEFT JOIN planned AS p ON p.month = b.month AND p.currency IS NOT DISTINCT FROM b.currency; END;

COMMENT ON FUNCTION {schema}._month_receivables(integer) IS 'Of each complete month and currency: receivables at its end (credit notes netted), those of its invoices not past due, and its sales (invoiced + credited + voided of ar_ledger; write-offs are no negative sales).';

CREATE OR REPLACE FUNCTION {schema}.ar_dso_monthly(window_months integer DEFAULT 3)
RETURNS TABLE (month date, currency text, ar numeric, ar_current numeric, sales numeric, days integer, dso numeric,
    best_possible_dso numeric, average_days_delinquent numeric, countback_dso numeric)
LANGUAGE sql STABLE SET jit = off SET work_mem = '64MB'
BEGIN ATOMIC
WITH checked AS MATERIALIZED (
    SELECT {schema}._required(window_months BETWEEN 1 AND 36, 'window_months is 1 to 36') AS ok
), series AS MATERIALIZED (
    SELECT r.* FROM {schema}._month_receivables(60) AS r WHERE (SELECT ok FROM checked)
), windows AS MATERIALIZED (
    SELECT s.month, s.currency, s.ar, s.ar_current, w.sales, w.days
    FROM series AS s CROSS JOIN LATERAL (
        SELECT pg_catalog.sum(t.sales) AS sales, pg_catalog.sum(t.days)::integer AS days FROM series AS t
        WHERE t.currency IS NOT DISTINCT FROM s.currency AND t.month <= s.month
            AND t.month > s.month - pg_catalog.make_interval(months => window_months)) AS w
    WHERE s.month IN (SELECT m.month FROM {schema}._months(24) AS m)
), backwards AS MATERIALIZED (
    SELECT w.month, w.currency, w.ar, s.sales, s.days, s.month AS back,
        pg_catalog.sum(greatest(s.sales, 0)) OVER later AS sales_to, pg_catalog.sum(s.days) OVER later AS days_to
    FROM windows AS w JOIN series AS s ON s.currency IS NOT DISTINCT FROM w.currency AND s.month <= w.month
        AND s.month > w.month - interval '36 months'
    WINDOW later AS (PARTITION BY w.month, w.currency ORDER BY s.month DESC)
), countback AS (
    SELECT DISTINCT ON (b.month, b.currency) b.month, b.currency,
        (b.days_to - b.days) + (b.ar - (b.sales_to - b.sales)) / b.sales * b.days AS days
    FROM backwards AS b WHERE b.sales > 0 AND b.ar <= b.sales_to
    ORDER BY b.month, b.currency, b.back DESC
), cap AS (
    SELECT b.month, b.currency, pg_catalog.max(b.days_to) AS days FROM backwards AS b GROUP BY 1, 2
)
SELECT w.month, w.currency, w.ar, w.ar_current, w.sales, w.days,
    CASE WHEN w.sales > 0 THEN w.ar / w.sales * w.days END,
    CASE WHEN w.sales > 0 THEN w.ar_current / w.sales * w.days END,
    CASE WHEN w.sales > 0 THEN (w.ar - w.ar_current) / w.sales * w.days END,
    CASE WHEN w.ar <= 0 THEN 0 ELSE coalesce(c.days, p.days) END
FROM windows AS w
LEFT JOIN countback AS c ON c.month = w.month AND c.currency IS NOT DISTINCT FROM w.currency
LEFT JOIN cap AS p ON p.month = w.month AND p.currency IS NOT DISTINCT FROM w.currency
ORDER BY w.month, w.currency; END;

COMMENT ON FUNCTION {schema}.ar_dso_monthly(integer) IS 'Days sales outstanding at the end of each of the last 24 complete months, by currency. ar: receivables, credit notes netted; ar_current: its invoices not past due; sales and days: of the last window_months months (invoiced + credited + voided). dso = ar / sales x days; best_possible_dso the same of ar_current; average_days_delinquent of the rest; NULL where sales are not positive. countback_dso: whole months back while ar exceeds their sales (a month without sales counts whole and subtracts nothing), then a part of the next; at most 36 months.';

CREATE OR REPLACE VIEW {schema}.ar_cei_monthly WITH (security_invoker = true, security_barrier = true) AS
WITH series AS (
    SELECT r.*, pg_catalog.lag(r.ar) OVER (PARTITION BY r.currency ORDER BY r.month) AS ar_before
    FROM {schema}._month_receivables(25) AS r
)
SELECT s.month, s.currency, (s.ar_before + s.sales - s.ar) / NULLIF(s.ar_before + s.sales - s.ar_current, 0) * 100 AS cei,
    s.ar_before, s.sales, s.ar, s.ar_current
FROM series AS s WHERE s.ar_before IS NOT NULL;

COMMENT ON VIEW {schema}.ar_cei_monthly IS 'Collection effectiveness index of each of the last 24 complete months, by currency, in percent: (receivables before + sales - receivables) / (receivables before + sales - receivables not past due). NULL where nothing was to be collected.';

CREATE OR REPLACE FUNCTION {schema}._month_items(count integer)
RETURNS TABLE (month date, last date, doc bigint, item integer, currency text, balance numeric, bucket_no integer)
LANGUAGE sql STABLE SET jit = off SET work_mem = '64MB'
BEGIN ATOMIC
WITH months AS MATERIALIZED (
    SELECT m.month, m.last FROM {schema}._months(count) AS m
), flows AS (
    SELECT l.doc, l.currency, greatest(pg_catalog.date_trunc('month', l.day::timestamp),
            (SELECT pg_catalog.min(m.month) FROM months AS m)::timestamp) AS month, pg_catalog.sum(l.amount) AS amount
    FROM {schema}.ar_ledger AS l
    WHERE l.doc_type = 'invoice' AND l.day <= (SELECT pg_catalog.max(m.last) FROM months AS m) GROUP BY 1, 2, 3
), balances AS (
    SELECT f.doc, f.currency, f.month, pg_catalog.sum(f.amount) OVER own AS balance,
        coalesce(pg_catalog.lead(f.month) OVER own, (SELECT pg_catalog.max(m.last) FROM months AS m)::timestamp) AS until
    FROM flows AS f WINDOW own AS (PARTITION BY f.doc ORDER BY f.month)
), open AS MATERIALIZED (
    SELECT s.month::date AS month, (s.month + interval '1 month' - interval '1 day')::date AS last, b.doc, b.currency, b.balance
    FROM balances AS b CROSS JOIN LATERAL pg_catalog.generate_series(
        b.month, b.until - interval '1 day', interval '1 month') AS s (month)
    WHERE b.balance <> 0
), due AS (
    SELECT d.doc, coalesce(d.due, d.day) AS due, d.payment_plan FROM {schema}._document AS d WHERE d.doc_type = 'invoice'
), installments AS (
    SELECT o.month, o.doc, i.position, (i.date AT TIME ZONE (SELECT {schema}.company_zone()))::date AS due, i.amount, o.balance,
        pg_catalog.sum(i.amount) OVER (PARTITION BY o.month, o.doc ORDER BY i.date, i.position) AS upto,
        pg_catalog.sum(i.amount) OVER (PARTITION BY o.month, o.doc) AS whole
    FROM open AS o JOIN due AS d USING (doc) JOIN {schema}.payment_plans AS p ON p.parent_id = d.doc AND p.id = d.payment_plan
    JOIN {schema}.payment_plan_installments AS i ON i.payment_plan = p.id
    WHERE i.amount IS NOT NULL
), parts AS MATERIALIZED (
    SELECT i.month, i.doc, i.position AS item, i.due, {schema}._open_part(i.amount, i.upto, i.whole, i.balance) AS balance
    FROM installments AS i
), covered AS (
    SELECT p.month, p.doc, pg_catalog.sum(p.balance) AS balance FROM parts AS p GROUP BY p.month, p.doc
), items AS (
    SELECT o.month, o.last, o.doc, 0 AS item, o.currency, o.balance - coalesce(c.balance, 0) AS balance, d.due
    FROM open AS o JOIN due AS d USING (doc) LEFT JOIN covered AS c USING (month, doc)
    UNION ALL
    SELECT o.month, o.last, o.doc, p.item, o.currency, p.balance, coalesce(p.due, d.due)
    FROM parts AS p JOIN open AS o USING (month, doc) JOIN due AS d USING (doc)
)
SELECT i.month, i.last, i.doc, i.item, i.currency, i.balance, {schema}._bucket('invoice', i.last - i.due, ARRAY[30, 60, 90])
FROM items AS i WHERE i.balance <> 0; END;

COMMENT ON FUNCTION {schema}._month_items(integer) IS 'The invoices and installments that were open at the end of each of the last complete months, as ar_open_items has them, in one pass.';

CREATE OR REPLACE FUNCTION {schema}._roll_rates()
RETURNS TABLE (month date, currency text, from_bucket text, to_bucket text, amount numeric, rate numeric, from_amount numeric)
LANGUAGE sql STABLE SET jit = off SET work_mem = '64MB'
BEGIN ATOMIC
WITH months AS MATERIALIZED (
    SELECT m.month, m.last FROM {schema}._months(25) AS m
), items AS MATERIALIZED (
    SELECT * FROM {schema}._month_items(25)
), pairs AS MATERIALIZED (
    SELECT (a.month + interval '1 month')::date AS month, a.last AS before_day, a.doc, a.item, a.currency, a.bucket_no AS from_no,
        a.balance AS amount, b.bucket_no AS to_no, coalesce(b.balance, 0) AS still
    FROM items AS a LEFT JOIN items AS b ON b.month = a.month + interval '1 month' AND b.doc = a.doc AND b.item = a.item
    WHERE a.month < (SELECT pg_catalog.max(m.month) FROM months AS m)
), reductions AS MATERIALIZED (
    SELECT p.month, p.doc, p.currency, p.from_no, pg_catalog.sum(p.amount - p.still) AS amount,
        pg_catalog.sum(pg_catalog.sum(p.amount - p.still)) OVER (PARTITION BY p.month, p.doc) AS of_doc
    FROM pairs AS p GROUP BY p.month, p.doc, p.currency, p.from_no HAVING pg_catalog.sum(p.amount - p.still) <> 0
), reasons AS MATERIALIZED (
    SELECT (pg_catalog.date_trunc('month', l.day::timestamp))::date AS month, l.doc,
        CASE WHEN l.kind IN ('cash_applied', 'refunded') THEN 'paid'
            WHEN l.kind = 'credit_note_applied' AND EXISTS (
                SELECT FROM {schema}.transactions AS t JOIN {schema}.credit_note_items AS c ON c.credit_note = t.credit_note
                WHERE t.id = l.txn AND c.type = 'bad_debt') THEN 'written_off'
            WHEN l.kind IN ('voided', 'closed') THEN l.kind ELSE 'credited' END AS reason, -pg_catalog.sum(l.amount) AS amount
    FROM {schema}.ar_ledger AS l
    WHERE l.doc_type = 'invoice' AND l.kind NOT IN ('invoiced', 'unexplained')
        AND l.day > (SELECT pg_catalog.min(m.last) FROM months AS m) AND l.day <= (SELECT pg_catalog.max(m.last) FROM months AS m)
    GROUP BY 1, 2, 3
), whole AS (
    SELECT r.month, r.doc, pg_catalog.sum(r.amount) AS amount FROM reasons AS r GROUP BY 1, 2
), cells AS (
    SELECT p.month, p.currency, p.from_no, p.to_no::text AS went, pg_catalog.sum(p.still) AS amount
    FROM pairs AS p WHERE p.still <> 0 GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT r.month, r.currency, r.from_no, n.reason, pg_catalog.sum(r.amount * n.amount / w.amount)
    FROM reductions AS r JOIN reasons AS n USING (month, doc) JOIN whole AS w USING (month, doc)
    WHERE w.amount <> 0 GROUP BY 1, 2, 3, 4
), totals AS (
    SELECT p.month, p.currency, p.from_no, pg_catalog.sum(p.amount) AS amount,
        coalesce(pg_catalog.sum(p.still) FILTER (WHERE p.to_no > p.from_no), 0) AS later
    FROM pairs AS p GROUP BY 1, 2, 3
), names AS (
    SELECT n.no, n.name FROM (VALUES (0, 'current'), (1, '1-30'), (2, '31-60'), (3, '61-90'), (4, '91+')) AS n (no, name)
)
SELECT c.month, c.currency, f.name AS from_bucket, coalesce(t.name, c.went) AS to_bucket, c.amount,
    s.later / NULLIF(s.amount, 0) * 100 AS rate, s.amount AS from_amount
FROM cells AS c JOIN totals AS s USING (month, currency, from_no) JOIN names AS f ON f.no = c.from_no
LEFT JOIN names AS t ON t.no::text = c.went
WHERE c.amount <> 0; END;

COMMENT ON FUNCTION {schema}._roll_rates() IS 'What ar_roll_rates shows.';

CREATE OR REPLACE VIEW {schema}.ar_roll_rates WITH (security_invoker = true, security_barrier = true) AS
SELECT r.month, r.currency, r.from_bucket, r.to_bucket, r.amount, r.rate, r.from_amount FROM {schema}._roll_rates() AS r;

COMMENT ON VIEW {schema}.ar_roll_rates IS 'What became within a month of the items that were open at the end of the month before, by currency: from_bucket to to_bucket (a bucket, or paid, credited, written_off, voided, closed), with the amount. rate, of from_bucket, is the percent of its amount then that is in a later bucket now. Last 24 complete months; credit notes are left out. Where a document was reduced in several ways, they share it in proportion.';
