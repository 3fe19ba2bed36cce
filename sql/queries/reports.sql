-- The reports of `invoiced-sync report`: one statement each, over the views of sql/views. What each takes stands in
-- postgres/reports.py.

-- name: aging
-- $1 day, $2 edges, $3 basis, $4 currency or NULL.
SELECT a.currency, a.bucket, a.amount, a.items FROM {schema}.ar_aging($1::date, $2::bigint[]::integer[], $3::text) AS a
WHERE $4::text IS NULL OR a.currency = $4

-- name: aging_by_customer
-- $1 day, $2 edges, $3 basis, $4 currency or NULL, $5 customer or NULL.
SELECT a.customer, a.customer_name, a.currency, a.total, a."current", a.past_due, a.credits, a.unapplied_payments,
    a.credit_balance, a.net_position
FROM {schema}.ar_aging_by_customer($1::date, $2::bigint[]::integer[], $3::text) AS a
WHERE ($4::text IS NULL OR a.currency = $4) AND ($5::bigint IS NULL OR a.customer = $5)
    AND (a.total <> 0 OR a.unapplied_payments <> 0 OR a.credit_balance <> 0)
ORDER BY a.currency, a.total DESC, a.customer

-- name: open_items
-- $1 day, $2 basis, $3 currency or NULL, $4 customer or NULL.
SELECT i.customer, c.name AS customer_name, i.doc_type, i.number, i.item, i.issued, i.due, i.days_past_due, i.currency,
    i.balance, i.pending_amount, i.disputed, i.status
FROM {schema}.ar_open_items($1::date, $2::text) AS i LEFT JOIN {schema}.customers AS c ON c.id = i.customer
WHERE ($3::text IS NULL OR i.currency = $3) AND ($4::bigint IS NULL OR i.customer = $4)
ORDER BY i.currency, i.days_past_due DESC, i.doc, i.item

-- name: roll_forward
-- $1 from, $2 to, $3 currency or NULL.
SELECT r.currency, r.kind, r.amount FROM {schema}.ar_roll_forward($1::date, $2::date) AS r
WHERE $3::text IS NULL OR r.currency = $3

-- name: dso
-- $1 currency or NULL.
SELECT d.month, d.currency, d.ar, d.ar_current, d.sales, d.days, d.dso, d.best_possible_dso, d.average_days_delinquent,
    d.countback_dso
FROM {schema}.ar_dso_monthly() AS d WHERE $1::text IS NULL OR d.currency = $1 ORDER BY d.currency, d.month

-- name: cei
-- $1 currency or NULL.
SELECT c.month, c.currency, c.cei, c.ar_before, c.sales, c.ar, c.ar_current FROM {schema}.ar_cei_monthly AS c
WHERE $1::text IS NULL OR c.currency = $1 ORDER BY c.currency, c.month

-- name: roll_rates
-- $1 currency or NULL.
SELECT r.month, r.currency, r.from_bucket, r.to_bucket, r.amount, r.rate FROM {schema}.ar_roll_rates AS r
WHERE $1::text IS NULL OR r.currency = $1 ORDER BY r.currency, r.month, r.from_bucket, r.to_bucket

-- name: days_to_pay
-- $1 day, $2 currency or NULL.
SELECT p.currency, p.invoices, p.average, p.average_late, p.on_time_percent, p.p50, p.p90, p.weighted
FROM {schema}.ar_days_to_pay($1::date) AS p WHERE $2::text IS NULL OR p.currency = $2

-- name: cash
-- $1 from, $2 to, $3 currency or NULL.
SELECT c.day, c.currency, c.received, c.refunded, c.net, c.fees FROM {schema}.ar_cash_daily AS c
WHERE c.day BETWEEN $1::date AND $2::date AND ($3::text IS NULL OR c.currency = $3) ORDER BY c.day, c.currency

-- name: unapplied
-- $1 day, $2 currency or NULL, $3 customer or NULL.
SELECT u.payment, u.customer, c.name AS customer_name, u.day, u.method, u.currency, u.amount
FROM {schema}.ar_unapplied AS u LEFT JOIN {schema}.customers AS c ON c.id = u.customer
WHERE u.day <= $1::date AND ($2::text IS NULL OR u.currency = $2) AND ($3::bigint IS NULL OR u.customer = $3)
ORDER BY u.day, u.payment

-- name: credits
-- $1 day, $2 currency or NULL, $3 customer or NULL.
SELECT b.customer, c.name AS customer_name, b.currency, b.amount
FROM {schema}.ar_credit_balances($1::date) AS b LEFT JOIN {schema}.customers AS c ON c.id = b.customer
WHERE ($2::text IS NULL OR b.currency = $2) AND ($3::bigint IS NULL OR b.customer = $3)
ORDER BY b.currency, b.amount DESC, b.customer

-- name: bad_debt
-- $1 from, $2 to, $3 currency or NULL, $4 customer or NULL.
SELECT b.day, b.invoice, b.customer, c.name AS customer_name, b.kind, b.currency, b.amount, b.recovered
FROM {schema}.ar_bad_debt AS b LEFT JOIN {schema}.customers AS c ON c.id = b.customer
WHERE b.day BETWEEN $1::date AND $2::date AND ($3::text IS NULL OR b.currency = $3)
    AND ($4::bigint IS NULL OR b.customer = $4)
ORDER BY b.day, b.invoice

-- name: worklist
-- $1 currency or NULL.
SELECT w.customer, w.customer_name, w.currency, w.past_due, w.balance, w.past_due_items, w.oldest_days_past_due,
    w.worst_bucket, w.pending, w.disputed, w.credit_hold, w.next_chase_on, w.next_task, w.task_due, w.last_note_day
FROM {schema}.ar_collections_worklist AS w WHERE $1::text IS NULL OR w.currency = $1
ORDER BY w.currency, w.past_due DESC, w.customer

-- name: forecast
-- $1 currency or NULL. By week, as far as 13; what comes later is one row.
SELECT least(f.week, 14) AS week, CASE WHEN f.week > 13 THEN NULL ELSE pg_catalog.min(f.expected_on) END AS first_day, f.currency,
    pg_catalog.sum(f.amount) AS amount, pg_catalog.count(*) AS items
FROM {schema}.ar_cash_forecast AS f WHERE $1::text IS NULL OR f.currency = $1
GROUP BY least(f.week, 14), f.week > 13, f.currency ORDER BY f.currency, 1

-- name: mrr
-- $1 currency or NULL.
SELECT m.month, m.currency, m.mrr, m.new, m.expansion, m.contraction, m.lost, m.reactivation
FROM {schema}.mrr_monthly AS m WHERE $1::text IS NULL OR m.currency = $1 ORDER BY m.currency, m.month

-- name: revenue
-- $1 from, $2 to, $3 currency or NULL.
SELECT r.month, r.currency, r.billed, r.recognised, r.deferred FROM {schema}.revenue_schedule_monthly AS r
WHERE r.month BETWEEN (pg_catalog.date_trunc('month', $1::date::timestamp))::date AND $2::date
    AND ($3::text IS NULL OR r.currency = $3) ORDER BY r.currency, r.month

-- name: quality
SELECT q.what, q.place, q.how_many, q.detail FROM {schema}.mirror_quality AS q ORDER BY q.what, q.place

-- name: statement
-- One customer: what it owed at the end of $1, each movement up to the end of $2, what it owes then. $3 currency or
-- NULL, $4 customer.
WITH ledger AS (
    SELECT l.day, l.doc_type, l.doc, l.kind, l.currency, l.amount FROM {schema}.ar_ledger AS l
    WHERE l.customer = $4::bigint AND l.day <= $2::date AND ($3::text IS NULL OR l.currency = $3)
), lines AS (
    SELECT $1::date AS day, 0 AS place, 'opening' AS kind, NULL::text AS number, l.currency,
        coalesce(pg_catalog.sum(l.amount) FILTER (WHERE l.day <= $1::date), 0) AS amount
    FROM ledger AS l GROUP BY l.currency
    UNION ALL
    SELECT l.day, 1, l.kind, coalesce(i.number, c.number), l.currency, l.amount FROM ledger AS l
    LEFT JOIN {schema}.invoices AS i ON l.doc_type = 'invoice' AND i.id = l.doc
    LEFT JOIN {schema}.credit_notes AS c ON l.doc_type = 'credit_note' AND c.id = l.doc
    WHERE l.day > $1::date
), summed AS (
    SELECT l.*, pg_catalog.sum(l.amount) OVER (PARTITION BY l.currency ORDER BY l.day, l.place, l.number, l.kind
                                               ROWS UNBOUNDED PRECEDING) AS balance FROM lines AS l
)
SELECT s.currency, s.day, s.kind, s.number, s.amount, s.balance, s.place FROM summed AS s
UNION ALL
SELECT l.currency, $2::date, 'closing', NULL, pg_catalog.sum(l.amount), pg_catalog.sum(l.amount), 2 FROM lines AS l GROUP BY l.currency
ORDER BY 1, 7, 2, 4, 3

-- name: report_days
-- Today, the first day of this year, and the last day of the last complete month, where the company is; the zone.
SELECT t.today, (pg_catalog.date_trunc('year', t.today::timestamp))::date AS year,
    (pg_catalog.date_trunc('month', (t.today + 1)::timestamp))::date - 1 AS month_end, t.zone
FROM (SELECT {schema}.company_today() AS today, {schema}.company_zone() AS zone) AS t

-- name: report_digits
-- Decimals of the currencies $1.
SELECT c.currency, {schema}._digits(c.currency) AS digits FROM pg_catalog.unnest($1::text[]) AS c (currency)

-- name: report_freshness
-- How fresh the resources $1 are.
SELECT f.resource, f.watermark, f.seconds_behind, f.state FROM {schema}.mirror_freshness AS f
WHERE f.resource = ANY($1::text[]) ORDER BY f.watermark NULLS FIRST
