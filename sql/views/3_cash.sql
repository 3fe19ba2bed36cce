-- Money received: how it was applied, what came in each day, what was lost, how long it took.

CREATE OR REPLACE FUNCTION {schema}.ar_roll_forward(from_day date, to_day date)
RETURNS TABLE (currency text, kind text, amount numeric)
LANGUAGE sql STABLE SET jit = off SET work_mem = '64MB'
BEGIN ATOMIC
WITH checked AS MATERIALIZED (
    SELECT {schema}._required(from_day <= to_day, 'from_day is not after to_day') AS ok
), movements AS MATERIALIZED (
    SELECT l.currency, l.kind, l.day > from_day AS within, pg_catalog.sum(l.amount) AS amount
    FROM {schema}.ar_ledger AS l WHERE l.day <= to_day AND (SELECT ok FROM checked) GROUP BY 1, 2, 3
), lines AS (
    SELECT m.currency, m.kind, m.amount FROM movements AS m WHERE m.within AND m.amount <> 0
    UNION ALL
    SELECT m.currency, 'opening', coalesce(pg_catalog.sum(m.amount) FILTER (WHERE NOT m.within), 0) FROM movements AS m GROUP BY 1
    UNION ALL
    SELECT m.currency, 'closing', pg_catalog.sum(m.amount) FROM movements AS m GROUP BY 1
)
SELECT l.currency, l.kind, l.amount FROM lines AS l
ORDER BY l.currency, pg_catalog.array_position(ARRAY[
    'opening', 'invoiced', 'credited', 'written_off', 'voided', 'closed', 'cash_applied', 'credit_applied',
    'credit_note_applied', 'credit_moved', 'refunded', 'adjusted', 'unexplained', 'closing'], l.kind); END;

COMMENT ON FUNCTION {schema}.ar_roll_forward(date, date) IS 'From the receivables at the end of from_day to those at the end of to_day, by currency: opening, the sum of each kind of ar_ledger between them, closing. opening + kinds = closing.';

CREATE OR REPLACE VIEW {schema}.ar_cash_application WITH (security_invoker = true, security_barrier = true) AS
WITH z AS MATERIALIZED (SELECT {schema}.company_zone() AS zone), paid AS (
    SELECT p.id, p.date, p.method, p.customer, p.currency, p.balance, coalesce(c.status, p.charge_status) AS charged
    FROM {schema}.payments AS p LEFT JOIN {schema}.charges AS c ON c.id = p.charge_id
    WHERE p.voided IS NOT TRUE
)
SELECT p.id AS payment, a.id AS txn, (p.date AT TIME ZONE z.zone)::date AS day, p.method, p.customer,
    coalesce(i.customer, n.customer, e.customer) AS document_customer, a.type, a.amount, p.currency,
    a.type IN ('invoice', 'estimate', 'credit', 'convenience_fee') AS is_cash,
    coalesce(p.charged, 'succeeded') AS status, a.invoice, a.credit_note, a.estimate, t.created_at AS applied_at
FROM paid AS p CROSS JOIN z JOIN {schema}.payment_applications AS a ON a.payment = p.id
LEFT JOIN {schema}.transactions AS t ON t.id = a.id
LEFT JOIN {schema}.invoices AS i ON i.id = a.invoice
LEFT JOIN {schema}.credit_notes AS n ON n.id = a.credit_note AND a.invoice IS NULL
LEFT JOIN {schema}.estimates AS e ON e.id = a.estimate AND a.invoice IS NULL
UNION ALL
SELECT p.id, NULL, (p.date AT TIME ZONE z.zone)::date, p.method, p.customer, NULL, 'unapplied', p.balance, p.currency, true,
    coalesce(p.charged, 'succeeded'), NULL, NULL, NULL, NULL
FROM paid AS p CROSS JOIN z WHERE p.balance <> 0
UNION ALL
SELECT NULL, t.id, (t.date AT TIME ZONE z.zone)::date, t.method, t.customer, i.customer, t.type, t.amount, t.currency,
    t.type IN ('payment', 'charge') AND t.method IS DISTINCT FROM 'balance', t.status, t.invoice, t.credit_note, t.estimate,
    t.created_at
FROM {schema}.transactions AS t CROSS JOIN z LEFT JOIN {schema}.invoices AS i ON i.id = t.invoice
WHERE coalesce(t.payment, t.payment_id) IS NULL;

COMMENT ON VIEW {schema}.ar_cash_application IS 'What each payment was applied to: a row for each application, one of type unapplied for what is left of a payment, and the transactions that no payment has (old ones: types payment, charge, refund, adjustment). customer is who paid, document_customer whose document it is. is_cash is false for credits and adjustments; status is that of the charge: what is pending or failed was not received. Voided payments are left out. day is the accounting day, applied_at when it was applied.';

CREATE OR REPLACE VIEW {schema}.ar_cash_daily WITH (security_invoker = true, security_barrier = true) AS
WITH z AS MATERIALIZED (SELECT {schema}.company_zone() AS zone), flows AS (
    SELECT (p.date AT TIME ZONE z.zone)::date AS day, p.currency, p.amount AS received, 0::numeric AS refunded, 0::numeric AS fees
    FROM {schema}.payments AS p CROSS JOIN z LEFT JOIN {schema}.charges AS c ON c.id = p.charge_id
    WHERE p.voided IS NOT TRUE AND coalesce(c.status, p.charge_status, 'succeeded') = 'succeeded'
    UNION ALL
    SELECT (t.date AT TIME ZONE z.zone)::date, t.currency,
        CASE WHEN t.type <> 'refund' THEN t.amount ELSE 0 END, CASE WHEN t.type = 'refund' THEN t.amount ELSE 0 END, 0
    FROM {schema}.transactions AS t CROSS JOIN z
    WHERE t.status = 'succeeded' AND coalesce(t.payment, t.payment_id) IS NULL
        AND (t.type = 'refund' OR (t.type IN ('payment', 'charge') AND t.method IS DISTINCT FROM 'balance'))
    UNION ALL
    SELECT (r.created_at AT TIME ZONE z.zone)::date, r.currency, 0, r.amount, 0
    FROM {schema}.refunds AS r CROSS JOIN z WHERE r.status = 'succeeded'
    UNION ALL
    SELECT (p.date AT TIME ZONE z.zone)::date, p.currency, 0, 0, a.amount
    FROM {schema}.payment_applications AS a JOIN {schema}.payments AS p ON p.id = a.payment CROSS JOIN z
    LEFT JOIN {schema}.charges AS c ON c.id = p.charge_id
    WHERE a.type = 'convenience_fee' AND p.voided IS NOT TRUE
        AND coalesce(c.status, p.charge_status, 'succeeded') = 'succeeded'
)
SELECT f.day, f.currency, pg_catalog.sum(f.received) AS received, pg_catalog.sum(f.refunded) AS refunded,
    pg_catalog.sum(f.received) - pg_catalog.sum(f.refunded) AS net, pg_catalog.sum(f.fees) AS fees
FROM flows AS f GROUP BY f.day, f.currency
HAVING pg_catalog.sum(f.received) <> 0 OR pg_catalog.sum(f.refunded) <> 0 OR pg_catalog.sum(f.fees) <> 0;

COMMENT ON VIEW {schema}.ar_cash_daily IS 'Cash by day and currency: received (payments that are not voided, with no charge or a succeeded one, and old transactions without a payment), refunded (succeeded refunds of charges on the day they were made, and old refund transactions), net, and fees (convenience fees within received). Credits and adjustments are no cash.';

CREATE OR REPLACE VIEW {schema}.ar_bad_debt WITH (security_invoker = true, security_barrier = true) AS
WITH z AS MATERIALIZED (SELECT {schema}.company_zone() AS zone), losses AS (
    SELECT d.doc AS invoice, d.customer, d.currency, 'written_off'::text AS kind,
        greatest((t.date AT TIME ZONE z.zone)::date, d.day) AS day, -t.amount AS amount
    FROM {schema}.transactions AS t CROSS JOIN z
    JOIN {schema}._document AS d ON d.doc_type = 'invoice' AND d.doc = t.invoice
    WHERE t.status = 'succeeded' AND t.type = 'adjustment' AND EXISTS (
        SELECT FROM {schema}.credit_note_items AS l WHERE l.credit_note = t.credit_note AND l.type = 'bad_debt')
    UNION ALL
    SELECT d.doc, d.customer, d.currency, 'closed_unpaid', greatest(d.closed_on, d.day), d.balance
    FROM {schema}._document AS d
    WHERE d.doc_type = 'invoice' AND d.closed_unpaid AND NOT d.voided AND d.balance <> 0
)
SELECT l.invoice, l.customer, l.currency, l.kind, l.day, l.amount, coalesce((
    SELECT pg_catalog.sum(t.amount) FROM {schema}.transactions AS t
    WHERE t.invoice = l.invoice AND t.status = 'succeeded' AND t.type IN ('payment', 'charge')
        AND t.method IS DISTINCT FROM 'balance' AND (t.date AT TIME ZONE (SELECT zone FROM z))::date > l.day), 0) AS recovered
FROM losses AS l;

COMMENT ON VIEW {schema}.ar_bad_debt IS 'Bad debt, by invoice: written_off (applications of a credit note with a line of type bad_debt, on their day) and closed_unpaid (closed by hand with a balance; the day is inferred from updated_at unless date_bad_debt is mirrored). recovered is cash applied to the invoice after that day.';

CREATE OR REPLACE VIEW {schema}._paid_invoice WITH (security_invoker = true, security_barrier = true) AS
WITH z AS MATERIALIZED (SELECT {schema}.company_zone() AS zone), cash AS (
    SELECT t.invoice, (t.date AT TIME ZONE z.zone)::date AS day, t.amount
    FROM {schema}.transactions AS t CROSS JOIN z
    WHERE t.status = 'succeeded' AND t.type IN ('payment', 'charge') AND t.method IS DISTINCT FROM 'balance'
        AND t.invoice IS NOT NULL
)
SELECT i.id AS invoice, i.customer, i.currency, i.payment_terms, (coalesce(i.date, i.created_at) AT TIME ZONE z.zone)::date AS issued,
    (i.due_date AT TIME ZONE z.zone)::date AS due, pg_catalog.max(c.day) AS paid_on, pg_catalog.sum(c.amount) AS cash,
    pg_catalog.sum(c.amount * (c.day - (coalesce(i.date, i.created_at) AT TIME ZONE z.zone)::date)) AS cash_days
FROM {schema}.invoices AS i CROSS JOIN z JOIN cash AS c ON c.invoice = i.id
WHERE i.paid IS TRUE AND i.draft IS NOT TRUE AND i.status IS DISTINCT FROM 'voided'
GROUP BY i.id, z.zone HAVING pg_catalog.sum(c.amount) > 0;

COMMENT ON VIEW {schema}._paid_invoice IS 'Invoices that are paid in full, at least in part by cash: when the last of it came.';

CREATE OR REPLACE FUNCTION {schema}.ar_days_to_pay(as_of date DEFAULT {schema}.company_today())
RETURNS TABLE (currency text, invoices bigint, average numeric, average_late numeric, on_time_percent numeric, p50 numeric,
    p90 numeric, weighted numeric)
LANGUAGE sql STABLE SET jit = off SET work_mem = '64MB'
BEGIN ATOMIC
SELECT p.currency, pg_catalog.count(*), pg_catalog.avg(p.paid_on - p.issued),
    pg_catalog.avg(p.paid_on - coalesce(p.due, p.issued)),
    100.0 * pg_catalog.count(*) FILTER (WHERE p.paid_on <= coalesce(p.due, p.issued)) / pg_catalog.count(*),
    (pg_catalog.percentile_disc(0.5) WITHIN GROUP (ORDER BY p.paid_on - p.issued))::numeric,
    (pg_catalog.percentile_disc(0.9) WITHIN GROUP (ORDER BY p.paid_on - p.issued))::numeric,
    pg_catalog.sum(p.cash_days) / pg_catalog.sum(p.cash)
FROM {schema}._paid_invoice AS p
WHERE p.paid_on <= as_of AND p.issued > as_of - 365
GROUP BY p.currency ORDER BY p.currency; END;

COMMENT ON FUNCTION {schema}.ar_days_to_pay(date) IS 'How long customers take to pay, by currency: of invoices issued within 365 days before a day and paid in full by then, with some cash. Days from issue to the last payment: average, p50 and p90 (nearest rank); average_late is against the due date, early ones negative; on_time_percent were paid by the due date; weighted is by amount and day of each payment.';
