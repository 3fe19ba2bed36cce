-- Lines of invoices in the shape that packages for several billing systems share, and revenue.

CREATE OR REPLACE FUNCTION {schema}._digits(currency text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN currency IN ('bif', 'clp', 'djf', 'gnf', 'isk', 'jpy', 'kmf', 'krw', 'pyg', 'rwf', 'ugx', 'uyi', 'vnd', 'vuv',
        'xaf', 'xof', 'xpf') THEN 0
    WHEN currency IN ('bhd', 'iqd', 'jod', 'kwd', 'lyd', 'omr', 'tnd') THEN 3 ELSE 2 END;

COMMENT ON FUNCTION {schema}._digits(text) IS 'Decimals of a currency (ISO 4217).';

CREATE OR REPLACE VIEW {schema}.ar_line_item_enhanced WITH (security_invoker = true, security_barrier = true) AS
WITH here AS MATERIALIZED (
    SELECT n.nspname::text AS name FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = (SELECT i.tableoid FROM {schema}.invoices AS i LIMIT 1)
), discounts AS (
    SELECT d.invoice, d.item_position, pg_catalog.sum(d.amount) AS amount FROM {schema}.invoice_discounts AS d GROUP BY 1, 2
), taxes AS (
    SELECT t.invoice, t.item_position, pg_catalog.sum(t.amount) AS amount FROM {schema}.invoice_taxes AS t GROUP BY 1, 2
), lines AS (
    SELECT l.invoice, coalesce(pg_catalog.sum(l.amount), 0) AS amount FROM {schema}.invoice_items AS l GROUP BY 1
), fees AS (
    SELECT a.payment, pg_catalog.sum(a.amount) AS amount FROM {schema}.payment_applications AS a
    WHERE a.type = 'convenience_fee' GROUP BY a.payment
), applied AS (
    SELECT a.invoice, p.id, p.method, p.date, p.charge_id, a.amount / NULLIF(p.amount, 0) AS share,
        coalesce(c.amount_refunded, 0) AS refunded, coalesce(f.amount, 0) AS fee
    FROM {schema}.payment_applications AS a JOIN {schema}.payments AS p ON p.id = a.payment
    LEFT JOIN {schema}.charges AS c ON c.id = p.charge_id LEFT JOIN fees AS f ON f.payment = p.id
    WHERE a.invoice IS NOT NULL AND a.type = 'invoice' AND p.voided IS NOT TRUE
        AND coalesce(c.status, p.charge_status, 'succeeded') = 'succeeded'
), last AS (
    SELECT DISTINCT ON (a.invoice) a.* FROM applied AS a ORDER BY a.invoice, a.date DESC, a.id DESC
), shares AS (
    SELECT a.invoice, pg_catalog.sum(a.refunded * a.share) AS refunded, pg_catalog.sum(a.fee * a.share) AS fee
    FROM applied AS a GROUP BY a.invoice
), plan AS (
    SELECT DISTINCT ON (p.id) p.id, p.name FROM {schema}.plans AS p ORDER BY p.id, p.archived, p.internal_id DESC
), headers AS (
    SELECT i.id, i.created_at, i.currency, i.status, i.total, i.subscription, i.customer, p.id AS payment, p.method, p.date,
        p.charge_id::text AS source, f.fee, f.refunded, c.created_at AS customer_created_at, c.name, c.type, c.email, c.city, c.country, c.parent_customer
    FROM {schema}.invoices AS i LEFT JOIN last AS p ON p.invoice = i.id
    LEFT JOIN shares AS f ON f.invoice = i.id LEFT JOIN {schema}.customers AS c ON c.id = i.customer
    WHERE i.draft IS NOT TRUE AND i.status IS DISTINCT FROM 'voided' AND i.voided IS NOT TRUE
)
SELECT h.id::text AS header_id, coalesce(l.id::text, pg_catalog.concat(h.id, '-', l.position)) AS line_item_id,
    l.position AS line_item_index, 'line_item'::text AS record_type, coalesce(l.created_at, h.created_at) AS created_at,
    h.currency, h.status AS header_status, coalesce(l.catalog_item, l.plan) AS product_id, coalesce(l.name, g.name) AS product_name,
    'charge'::text AS transaction_type, CASE WHEN l.plan IS NOT NULL OR l.subscription IS NOT NULL THEN 'recurring' ELSE 'one_time' END AS billing_type,
    l.type AS product_type, l.quantity, l.unit_cost AS unit_amount, coalesce(d.amount, 0) AS discount_amount,
    coalesce(t.amount, 0) AS tax_amount, l.amount AS total_amount, h.payment::text AS payment_id, h.source AS payment_method_id,
    h.method AS payment_method, h.date AS payment_at, NULL::numeric AS fee_amount, NULL::numeric AS refund_amount,
    coalesce(l.subscription, h.subscription)::text AS subscription_id, l.plan AS subscription_plan,
    l.period_start AS subscription_period_started_at, l.period_end AS subscription_period_ended_at, s.status AS subscription_status,
    h.customer::text AS customer_id, h.customer_created_at, CASE WHEN h.parent_customer IS NULL THEN 'customer' ELSE 'sub_customer' END AS customer_level,
    h.name AS customer_name, CASE WHEN h.type IS DISTINCT FROM 'person' THEN h.name END AS customer_company, h.email AS customer_email,
    h.city AS customer_city, h.country AS customer_country, (SELECT name FROM here) AS source_relation
FROM headers AS h JOIN {schema}.invoice_items AS l ON l.invoice = h.id
LEFT JOIN discounts AS d ON d.invoice = h.id AND d.item_position = l.position
LEFT JOIN taxes AS t ON t.invoice = h.id AND t.item_position = l.position
LEFT JOIN {schema}.subscriptions AS s ON s.id = coalesce(l.subscription, h.subscription)
LEFT JOIN plan AS g ON g.id = l.plan
UNION ALL
SELECT h.id::text, NULL, 0, 'header', h.created_at, h.currency, h.status, NULL, NULL, 'charge', NULL, NULL, NULL, NULL,
    coalesce(d.amount, 0), coalesce(t.amount, 0), h.total - coalesce(l.amount, 0), h.payment::text, h.source, h.method, h.date,
    h.fee, h.refunded, h.subscription::text, s.plan, NULL, NULL, s.status, h.customer::text, h.customer_created_at,
    CASE WHEN h.parent_customer IS NULL THEN 'customer' ELSE 'sub_customer' END, h.name,
    CASE WHEN h.type IS DISTINCT FROM 'person' THEN h.name END, h.email, h.city, h.country,
    (SELECT name FROM here)
FROM headers AS h LEFT JOIN lines AS l ON l.invoice = h.id
LEFT JOIN discounts AS d ON d.invoice = h.id AND d.item_position = 0
LEFT JOIN taxes AS t ON t.invoice = h.id AND t.item_position = 0
LEFT JOIN {schema}.subscriptions AS s ON s.id = h.subscription;

COMMENT ON VIEW {schema}.ar_line_item_enhanced IS 'One row for each line of an invoice (record_type line_item, in order from 1) and one for its header (record_type header, index 0), in the columns that dbt packages for billing systems share. Of lines: total_amount is the line''s amount, before its discounts and taxes. Of the header: discounts and taxes of the whole, total_amount = the invoice''s total less its lines, so that all rows of an invoice sum to its total; refund_amount and fee_amount are shares of refunded charges and convenience fees. Payment columns are those of the last payment. Drafts and voided invoices are left out. Source: stripe__line_item_enhanced of fivetran/dbt_stripe.';

CREATE OR REPLACE VIEW {schema}._line WITH (security_invoker = true, security_barrier = true) AS
WITH z AS MATERIALIZED (SELECT {schema}.company_zone() AS zone), lines AS (
    SELECT 'invoice'::text AS doc_type, l.invoice AS doc, l.position, 1::numeric AS sign, l.amount, l.plan, l.type, l.prorated,
        l.period_start, l.period_end, i.date, i.created_at, i.customer, i.currency, i.subtotal, l.catalog_item, l.subscription
    FROM {schema}.invoice_items AS l JOIN {schema}.invoices AS i ON i.id = l.invoice
    WHERE i.draft IS NOT TRUE AND i.status IS DISTINCT FROM 'voided' AND i.voided IS NOT TRUE
    UNION ALL
    SELECT 'credit_note', l.credit_note, l.position, -1, l.amount, l.plan, l.type, l.prorated,
        l.period_start, l.period_end, c.date, c.created_at, c.customer, c.currency, c.subtotal, l.catalog_item, l.subscription
    FROM {schema}.credit_note_items AS l JOIN {schema}.credit_notes AS c ON c.id = l.credit_note
    WHERE c.draft IS NOT TRUE AND c.status IS DISTINCT FROM 'voided' AND c.voided IS NOT TRUE
), discounts AS (
    SELECT 'invoice'::text AS doc_type, d.invoice AS doc, d.item_position, pg_catalog.sum(d.amount) AS amount
    FROM {schema}.invoice_discounts AS d GROUP BY 2, 3
    UNION ALL
    SELECT 'credit_note', d.credit_note, d.item_position, pg_catalog.sum(d.amount)
    FROM {schema}.credit_note_discounts AS d GROUP BY 2, 3
), inclusive AS (
    SELECT 'invoice'::text AS doc_type, t.invoice AS doc, t.item_position, pg_catalog.sum(t.amount) AS amount
    FROM {schema}.invoice_taxes AS t WHERE t.inclusive GROUP BY 2, 3
    UNION ALL
    SELECT 'credit_note', t.credit_note, t.item_position, pg_catalog.sum(t.amount)
    FROM {schema}.credit_note_taxes AS t WHERE t.inclusive GROUP BY 2, 3
)
SELECT l.doc_type, l.doc, l.position, l.customer, l.currency, l.plan, l.type, l.catalog_item, l.subscription, l.prorated IS TRUE AS prorated,
    l.period_start, l.period_end, (coalesce(l.date, l.created_at) AT TIME ZONE z.zone)::date AS day,
    (l.period_start AT TIME ZONE z.zone)::date AS starts, (l.period_end AT TIME ZONE z.zone)::date AS ends,
    l.sign * (coalesce(l.amount, 0) - coalesce(own.amount, 0)
        - coalesce(whole.amount * l.amount / NULLIF(l.subtotal, 0), 0) - coalesce(tax.amount, 0)
        -- a tax that the whole document includes is in its lines and not in its subtotal
        - coalesce(whole_tax.amount * l.amount / NULLIF(l.subtotal + whole_tax.amount, 0), 0)) AS net
FROM lines AS l CROSS JOIN z
LEFT JOIN discounts AS own ON own.doc_type = l.doc_type AND own.doc = l.doc AND own.item_position = l.position
LEFT JOIN discounts AS whole ON whole.doc_type = l.doc_type AND whole.doc = l.doc AND whole.item_position = 0
LEFT JOIN inclusive AS tax ON tax.doc_type = l.doc_type AND tax.doc = l.doc AND tax.item_position = l.position
LEFT JOIN inclusive AS whole_tax ON whole_tax.doc_type = l.doc_type AND whole_tax.doc = l.doc AND whole_tax.item_position = 0;

COMMENT ON VIEW {schema}._line IS 'Lines of invoices and credit notes (negative) that are neither drafts nor voided: net of their own discounts, their share of the document''s, and taxes that are included; days where the company is.';

CREATE OR REPLACE VIEW {schema}.revenue_daily WITH (security_invoker = true, security_barrier = true) AS
SELECT l.day, l.currency, coalesce(pg_catalog.sum(l.net) FILTER (WHERE l.doc_type = 'invoice'), 0) AS invoiced,
    coalesce(pg_catalog.sum(l.net) FILTER (WHERE l.doc_type = 'credit_note'), 0) AS credited,
    pg_catalog.sum(l.net) AS revenue
FROM {schema}._line AS l WHERE l.type IS DISTINCT FROM 'bad_debt'
GROUP BY l.day, l.currency;

COMMENT ON VIEW {schema}.revenue_daily IS 'Revenue as issued, by day of the document and currency: lines net of discounts, without tax; credit notes are negative. Drafts, voided documents and write-offs are left out.';

CREATE OR REPLACE FUNCTION {schema}.revenue_lines(as_of date DEFAULT {schema}.company_today())
RETURNS TABLE (doc_type text, doc bigint, line integer, customer bigint, currency text, day date, starts date, ends date,
    net numeric, recognised numeric, deferred numeric)
LANGUAGE sql STABLE SET jit = off SET work_mem = '64MB'
BEGIN ATOMIC
SELECT l.doc_type, l.doc, l.position, l.customer, l.currency, l.day, l.starts, l.ends, l.net, r.amount,
    CASE WHEN l.day <= as_of THEN l.net ELSE 0 END - r.amount
FROM {schema}._line AS l CROSS JOIN LATERAL (
    SELECT CASE WHEN l.starts IS NULL OR l.ends IS NULL OR l.ends < l.starts THEN CASE WHEN l.day <= as_of THEN l.net ELSE 0 END
        WHEN as_of < l.starts THEN 0 WHEN as_of >= l.ends THEN l.net
        ELSE pg_catalog.round(l.net * (as_of - l.starts + 1) / (l.ends - l.starts + 1), {schema}._digits(l.currency)) END AS amount) AS r
WHERE l.type IS DISTINCT FROM 'bad_debt'; END;

COMMENT ON FUNCTION {schema}.revenue_lines(date) IS 'Of each line what is recognised and what is deferred at the end of a day: a line with a period straight-line by day, both ends inclusive, rounded in total to the decimals of the currency; others on the day of their document. net is after discounts and without tax; credit notes are negative; deferred is negative where a period begins before it is billed.';

CREATE OR REPLACE FUNCTION {schema}._revenue_schedule()
RETURNS TABLE (month date, currency text, billed numeric, recognised numeric, deferred numeric)
LANGUAGE sql STABLE SET jit = off SET work_mem = '64MB'
BEGIN ATOMIC
WITH lines AS MATERIALIZED (
    SELECT l.currency, l.day, l.net, {schema}._digits(l.currency) AS digits,
        CASE WHEN l.ends >= l.starts THEN l.starts ELSE l.day END AS starts,
        CASE WHEN l.ends >= l.starts THEN l.ends ELSE l.day END AS ends
    FROM {schema}._line AS l WHERE l.type IS DISTINCT FROM 'bad_debt' AND l.net <> 0
), parts AS (
    SELECT m.month::date AS month, l.currency, 0::numeric AS billed,
        CASE WHEN m.month + interval '1 month' > l.ends THEN l.net ELSE pg_catalog.round(
            l.net * ((m.month + interval '1 month')::date - l.starts) / (l.ends - l.starts + 1), l.digits) END
        - CASE WHEN m.month <= l.starts THEN 0 ELSE pg_catalog.round(
            l.net * (m.month::date - l.starts) / (l.ends - l.starts + 1), l.digits) END AS recognised
    FROM lines AS l CROSS JOIN LATERAL pg_catalog.generate_series(
        pg_catalog.date_trunc('month', l.starts::timestamp), l.ends::timestamp, interval '1 month') AS m (month)
    UNION ALL
    SELECT (pg_catalog.date_trunc('month', l.day::timestamp))::date, l.currency, l.net, 0 FROM lines AS l
), months AS (
    SELECT p.month, p.currency, pg_catalog.sum(p.billed) AS billed, pg_catalog.sum(p.recognised) AS recognised
    FROM parts AS p GROUP BY p.month, p.currency
)
SELECT m.month, m.currency, m.billed, m.recognised,
    pg_catalog.sum(m.billed - m.recognised) OVER (PARTITION BY m.currency ORDER BY m.month) AS deferred
FROM months AS m; END;

COMMENT ON FUNCTION {schema}._revenue_schedule() IS 'What revenue_schedule_monthly shows.';

CREATE OR REPLACE VIEW {schema}.revenue_schedule_monthly WITH (security_invoker = true, security_barrier = true) AS
SELECT r.month, r.currency, r.billed, r.recognised, r.deferred FROM {schema}._revenue_schedule() AS r;

COMMENT ON VIEW {schema}.revenue_schedule_monthly IS 'Revenue by month and currency: billed (lines net of discounts and without tax, in the month of their document; credit notes negative), recognised (lines with a period straight-line by day, both ends inclusive, others on the day of their document), and deferred at the end of the month, which is what was billed and not recognised so far. Future months are what is billed already.';
