-- Receivables by invoice and by customer, what to expect, and whom to call.

CREATE OR REPLACE VIEW {schema}.ar_invoice_enhanced WITH (security_invoker = true, security_barrier = true) AS
WITH z AS MATERIALIZED (SELECT {schema}.company_zone() AS zone), effects AS (
    SELECT e.doc, pg_catalog.sum(-e.amount) FILTER (WHERE e.kind = 'cash_applied') AS cash_applied,
        pg_catalog.sum(-e.amount) FILTER (WHERE e.kind = 'credit_applied') AS credit_applied,
        pg_catalog.sum(-e.amount) FILTER (WHERE e.kind = 'credit_note_applied') AS credit_note_applied,
        pg_catalog.sum(e.amount) FILTER (WHERE e.kind = 'refunded') AS refunded,
        pg_catalog.sum(-e.amount) FILTER (WHERE e.kind = 'adjusted') AS adjusted,
        pg_catalog.min(e.at) FILTER (WHERE e.kind = 'cash_applied') AS first_payment,
        pg_catalog.max(e.at) FILTER (WHERE e.kind = 'cash_applied') AS last_payment
    FROM {schema}._document_effect AS e WHERE e.doc_type = 'invoice' GROUP BY e.doc
), pending AS (
    SELECT t.invoice AS doc, pg_catalog.sum(t.amount) AS amount FROM {schema}.transactions AS t
    WHERE t.status = 'pending' AND t.invoice IS NOT NULL GROUP BY t.invoice
)
SELECT d.doc AS invoice, d.number, d.customer, c.name AS customer_name, d.currency, d.status, d.day AS issued, d.due, d.total,
    CASE WHEN d.open THEN d.balance ELSE 0 END AS balance, d.open AND d.balance <> 0 AS open,
    CASE WHEN d.open AND d.balance <> 0 THEN (SELECT {schema}.company_today()) - coalesce(d.due, d.day) END AS days_past_due,
    coalesce(e.cash_applied, 0) AS cash_applied, coalesce(e.credit_applied, 0) AS credit_applied,
    coalesce(e.credit_note_applied, 0) AS credit_note_applied, coalesce(e.refunded, 0) AS refunded,
    coalesce(e.adjusted, 0) AS adjusted, CASE WHEN d.voided THEN d.total ELSE 0 END AS voided,
    CASE WHEN d.closed_unpaid AND NOT d.voided THEN d.balance ELSE 0 END AS closed_unpaid, coalesce(p.amount, 0) AS pending,
    (e.first_payment AT TIME ZONE z.zone)::date AS first_payment_day, (e.last_payment AT TIME ZONE z.zone)::date AS last_payment_day,
    CASE WHEN i.paid THEN (e.last_payment AT TIME ZONE z.zone)::date - d.day END AS days_to_pay,
    CASE WHEN i.paid THEN (e.last_payment AT TIME ZONE z.zone)::date - coalesce(d.due, d.day) END AS days_late,
    i.payment_terms, d.payment_plan, d.autopay, i.subscription, i.purchase_order, i.expected_payment_date
FROM {schema}._document AS d CROSS JOIN z JOIN {schema}.invoices AS i ON i.id = d.doc
LEFT JOIN effects AS e ON e.doc = d.doc LEFT JOIN pending AS p ON p.doc = d.doc
LEFT JOIN {schema}.customers AS c ON c.id = d.customer
WHERE d.doc_type = 'invoice';

COMMENT ON VIEW {schema}.ar_invoice_enhanced IS 'One row for each invoice that is no draft, today: what became of its total, by kind: total = balance + cash_applied + credit_applied + credit_note_applied - refunded + adjusted + voided + closed_unpaid. balance is what is open; pending is on its way. days_to_pay and days_late (negative: early) run to the last payment of an invoice that is paid.';

CREATE OR REPLACE VIEW {schema}.ar_customer_overview WITH (security_invoker = true, security_barrier = true) AS
WITH today AS MATERIALIZED (SELECT {schema}.company_today() AS day), items AS MATERIALIZED (
    SELECT i.* FROM today AS t CROSS JOIN LATERAL {schema}.ar_open_items(t.day) AS i
), open AS (
    SELECT i.customer, i.currency, pg_catalog.sum(i.balance) AS total,
        coalesce(pg_catalog.sum(i.balance) FILTER (WHERE i.bucket_no > 0), 0) AS past_due,
        coalesce(pg_catalog.max(i.days_past_due) FILTER (WHERE i.bucket_no > 0), 0) AS oldest,
        pg_catalog.count(DISTINCT i.doc) FILTER (WHERE i.doc_type = 'invoice') AS invoices,
        coalesce(pg_catalog.sum(i.balance) FILTER (WHERE i.bucket_no = -1), 0) AS credits,
        pg_catalog.sum(i.pending_amount) AS pending,
        coalesce(pg_catalog.sum(i.balance) FILTER (WHERE i.disputed), 0) AS disputed
    FROM items AS i GROUP BY i.customer, i.currency
), unapplied AS (
    SELECT u.customer, u.currency, pg_catalog.sum(u.amount) AS amount FROM {schema}.ar_unapplied AS u
    GROUP BY u.customer, u.currency
), credit AS MATERIALIZED (
    SELECT b.* FROM today AS t CROSS JOIN LATERAL {schema}.ar_credit_balances(t.day) AS b
), lifetime AS (
    SELECT e.customer, e.currency, pg_catalog.sum(e.total) AS invoiced, pg_catalog.sum(e.cash_applied) AS cash_applied,
        pg_catalog.sum(e.refunded) AS refunded, pg_catalog.sum(e.credit_note_applied) AS credited,
        pg_catalog.sum(e.voided) AS voided, pg_catalog.sum(e.closed_unpaid) AS closed_unpaid,
        pg_catalog.avg(e.days_to_pay) AS days_to_pay, pg_catalog.avg(e.days_late) AS days_late
    FROM {schema}.ar_invoice_enhanced AS e GROUP BY e.customer, e.currency
), last AS (
    SELECT DISTINCT ON (p.customer, p.currency) p.customer, p.currency, p.amount,
        (p.date AT TIME ZONE (SELECT {schema}.company_zone()))::date AS day
    FROM {schema}.payments AS p WHERE p.voided IS NOT TRUE AND p.amount > 0
    ORDER BY p.customer, p.currency, p.date DESC, p.id DESC
), keys AS (
    SELECT o.customer, o.currency FROM open AS o UNION SELECT u.customer, u.currency FROM unapplied AS u
    UNION SELECT b.customer, b.currency FROM credit AS b UNION SELECT l.customer, l.currency FROM lifetime AS l
    UNION SELECT c.id, c.currency FROM {schema}.customers AS c
    WHERE NOT EXISTS (SELECT FROM lifetime AS l WHERE l.customer = c.id)
)
SELECT k.customer, c.name AS customer_name, c.number, k.currency, coalesce(o.total, 0) AS balance,
    coalesce(o.past_due, 0) AS past_due, coalesce(o.oldest, 0) AS oldest_days_past_due,
    coalesce(o.invoices, 0) AS open_invoices, coalesce(o.credits, 0) AS credits, coalesce(o.pending, 0) AS pending,
    coalesce(o.disputed, 0) AS disputed, coalesce(u.amount, 0) AS unapplied_payments, coalesce(b.amount, 0) AS credit_balance,
    coalesce(o.total, 0) - coalesce(u.amount, 0) - coalesce(b.amount, 0) AS net_position, c.credit_limit,
    coalesce(o.total, 0) / NULLIF(c.credit_limit, 0) * 100 AS credit_limit_used_percent, c.credit_hold,
    s.day AS last_payment_day, s.amount AS last_payment_amount, coalesce(l.invoiced, 0) AS invoiced,
    coalesce(l.cash_applied, 0) AS cash_applied, coalesce(l.refunded, 0) AS refunded, coalesce(l.credited, 0) AS credited,
    coalesce(l.voided, 0) AS voided, coalesce(l.closed_unpaid, 0) AS closed_unpaid, l.days_to_pay, l.days_late,
    c.parent_customer, c.payment_terms, c.autopay
FROM keys AS k LEFT JOIN {schema}.customers AS c ON c.id = k.customer
LEFT JOIN open AS o ON ARRAY[o.customer] = ARRAY[k.customer] AND ARRAY[o.currency] = ARRAY[k.currency]
LEFT JOIN unapplied AS u ON ARRAY[u.customer] = ARRAY[k.customer] AND ARRAY[u.currency] = ARRAY[k.currency]
LEFT JOIN credit AS b ON ARRAY[b.customer] = ARRAY[k.customer] AND ARRAY[b.currency] = ARRAY[k.currency]
LEFT JOIN lifetime AS l ON ARRAY[l.customer] = ARRAY[k.customer] AND ARRAY[l.currency] = ARRAY[k.currency]
LEFT JOIN last AS s ON ARRAY[s.customer] = ARRAY[k.customer] AND ARRAY[s.currency] = ARRAY[k.currency];

COMMENT ON VIEW {schema}.ar_customer_overview IS 'One row for each customer and currency, today: open balance with credit notes, past due, pending, disputed, unapplied payments, credit balance (net_position = balance less both), use of the credit limit, last payment, and lifetime sums of its invoices by kind. days_to_pay and days_late are averages over paid invoices. customer is NULL for payments that nobody claims.';

CREATE OR REPLACE FUNCTION {schema}.ar_customer_balance_daily(from_day date, to_day date)
RETURNS TABLE (customer bigint, currency text, day date, balance numeric)
LANGUAGE sql STABLE SET jit = off SET work_mem = '64MB'
BEGIN ATOMIC
WITH checked AS MATERIALIZED (
    SELECT {schema}._required(from_day <= to_day, 'from_day is not after to_day') AS ok
), moves AS (
    SELECT l.customer, l.currency, greatest(l.day, from_day) AS day, pg_catalog.sum(l.amount) AS amount
    FROM {schema}.ar_ledger AS l WHERE l.day <= to_day AND (SELECT ok FROM checked) GROUP BY 1, 2, 3
), owners AS (
    SELECT DISTINCT m.customer, m.currency FROM moves AS m
)
SELECT o.customer, o.currency, d.day::date,
    coalesce(pg_catalog.sum(m.amount) OVER (PARTITION BY o.customer, o.currency ORDER BY d.day), 0)
FROM owners AS o CROSS JOIN pg_catalog.generate_series(from_day::timestamp, to_day::timestamp, interval '1 day') AS d (day)
LEFT JOIN moves AS m ON ARRAY[m.customer] = ARRAY[o.customer] AND ARRAY[m.currency] = ARRAY[o.currency]
    AND m.day = d.day::date
ORDER BY 1, 2, 3; END;

COMMENT ON FUNCTION {schema}.ar_customer_balance_daily(date, date) IS 'What each customer owed at the end of each day, by currency: the running sum of ar_ledger.';

CREATE OR REPLACE VIEW {schema}.ar_cash_forecast WITH (security_invoker = true, security_barrier = true) AS
WITH z AS MATERIALIZED (SELECT {schema}.company_zone() AS zone, {schema}.company_today() AS today), late AS (
    SELECT p.customer, p.currency, pg_catalog.count(*) AS payments,
        pg_catalog.sum(p.cash_days) / pg_catalog.sum(p.cash)
            - pg_catalog.sum((coalesce(p.due, p.issued) - p.issued) * p.cash) / pg_catalog.sum(p.cash) AS days
    FROM {schema}._paid_invoice AS p CROSS JOIN z
    WHERE p.paid_on > (z.today - interval '12 months')::date AND p.paid_on <= z.today GROUP BY p.customer, p.currency
), account AS (
    SELECT p.currency, pg_catalog.sum(p.cash_days) / pg_catalog.sum(p.cash)
            - pg_catalog.sum((coalesce(p.due, p.issued) - p.issued) * p.cash) / pg_catalog.sum(p.cash) AS days
    FROM {schema}._paid_invoice AS p CROSS JOIN z
    WHERE p.paid_on > (z.today - interval '12 months')::date AND p.paid_on <= z.today GROUP BY p.currency
)
SELECT i.doc AS invoice, i.item, i.number, i.customer, i.currency, i.balance AS amount, i.due, e.day AS expected_on,
    (e.day - z.today - 1) / 7 AS week, e.how
FROM z CROSS JOIN LATERAL {schema}.ar_open_items(z.today) AS i JOIN {schema}.invoices AS v ON v.id = i.doc
LEFT JOIN late AS l ON l.customer = i.customer AND l.currency = i.currency AND l.payments >= 3
LEFT JOIN account AS a ON a.currency = i.currency
CROSS JOIN LATERAL (
    SELECT greatest(z.today + 1, CASE
            WHEN v.expected_payment_date IS NOT NULL THEN (v.expected_payment_date AT TIME ZONE z.zone)::date
            WHEN i.autopay AND v.next_payment_attempt IS NOT NULL THEN (v.next_payment_attempt AT TIME ZONE z.zone)::date
            ELSE coalesce(i.due, i.issued) + pg_catalog.round(coalesce(l.days, a.days, 0))::integer END) AS day,
        CASE WHEN v.expected_payment_date IS NOT NULL THEN 'promised'
            WHEN i.autopay AND v.next_payment_attempt IS NOT NULL THEN 'autopay'
            WHEN l.days IS NOT NULL THEN 'customer' WHEN a.days IS NOT NULL THEN 'account' ELSE 'due date' END AS how) AS e
WHERE i.doc_type = 'invoice' AND i.balance > 0;

COMMENT ON VIEW {schema}.ar_cash_forecast IS 'When each open invoice or installment should be paid: its due date plus how late (weighted by amount) the customer paid over 12 months, or with fewer than 3 paid invoices the account; what the customer promised and the next automatic payment go first; never before tomorrow. week counts from today, 0 is the next seven days. how says what the day rests on. Never more than what is open; credit notes are left out.';

CREATE OR REPLACE VIEW {schema}.ar_collections_worklist WITH (security_invoker = true, security_barrier = true) AS
WITH z AS MATERIALIZED (SELECT {schema}.company_zone() AS zone, {schema}.company_today() AS today), items AS MATERIALIZED (
    SELECT i.*, (v.next_chase_on AT TIME ZONE z.zone)::date AS next_chase_on
    FROM z CROSS JOIN LATERAL {schema}.ar_open_items(z.today) AS i JOIN {schema}.invoices AS v ON v.id = i.doc
    WHERE i.doc_type = 'invoice'
), owed AS (
    SELECT i.customer, i.currency, pg_catalog.sum(i.balance) AS balance,
        pg_catalog.sum(i.balance) FILTER (WHERE i.bucket_no > 0) AS past_due,
        pg_catalog.count(*) FILTER (WHERE i.bucket_no > 0) AS past_due_items,
        pg_catalog.max(i.days_past_due) AS oldest, pg_catalog.max(i.bucket_no) AS worst,
        pg_catalog.sum(i.pending_amount) AS pending, coalesce(pg_catalog.sum(i.balance) FILTER (WHERE i.disputed), 0) AS disputed,
        pg_catalog.min(i.next_chase_on) AS next_chase_on
    FROM items AS i GROUP BY i.customer, i.currency
)
SELECT o.customer, c.name AS customer_name, o.currency, o.past_due, o.balance, o.past_due_items,
    o.oldest AS oldest_days_past_due, (ARRAY['1-30', '31-60', '61-90', '91+'])[o.worst] AS worst_bucket, o.pending, o.disputed,
    c.credit_hold, o.next_chase_on, t.name AS next_task, (t.due_date AT TIME ZONE z.zone)::date AS task_due, n.notes AS last_note,
    (n.created_at AT TIME ZONE z.zone)::date AS last_note_day, c.email, c.phone
FROM owed AS o CROSS JOIN z LEFT JOIN {schema}.customers AS c ON c.id = o.customer
LEFT JOIN LATERAL (
    SELECT t.name, t.due_date FROM {schema}.tasks AS t
    WHERE coalesce(t.customer_id, t.customer) = o.customer AND t.complete IS NOT TRUE ORDER BY t.due_date, t.id LIMIT 1) AS t ON true
LEFT JOIN LATERAL (
    SELECT n.notes, n.created_at FROM {schema}.notes AS n
    WHERE coalesce(n.customer_id, n.customer) = o.customer ORDER BY n.created_at DESC, n.id DESC LIMIT 1) AS n ON true
WHERE o.past_due > 0
ORDER BY o.currency, o.past_due DESC;

COMMENT ON VIEW {schema}.ar_collections_worklist IS 'Whom to call, today: customers with something past due, the largest first, by currency, with the worst bucket, what is pending and disputed (to leave alone), credit hold, next reminder, next open task and last note.';
