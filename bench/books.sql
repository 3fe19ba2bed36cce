-- The books of a large account, written straight into its mirror: :n invoices of five years, three lines each, with
-- payments, their transactions, credit notes, voids, write-offs and subscriptions. Deterministic: number and day decide.
-- What the API would send is in raw; nested tables are filled from it by `migrate`.

-- Each row needs a hash: any 16 bytes.
CREATE FUNCTION pg_temp.mix(n bigint, salt integer, most integer) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN (pg_catalog.hashint8(n * 31 + salt)::bigint + 2147483648) % most;

CREATE FUNCTION pg_temp.s(day timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN extract(epoch FROM day)::bigint;

CREATE TEMP TABLE fact AS
SELECT n AS id, 1 + pg_temp.mix(n, 1, :customers) AS customer,
    CASE WHEN k.c < 80 THEN 'usd' WHEN k.c < 95 THEN 'eur' ELSE 'jpy' END AS currency,
    date_trunc('day', now()) - make_interval(days => ((1826.0 * (:n - n)) / :n)::integer) AS day,
    (20 + pg_temp.mix(n, 3, 900))::numeric AS price, pg_temp.mix(n, 4, 1000) AS fate, pg_temp.mix(n, 5, 75) AS waited,
    pg_temp.mix(n, 6, 5) = 0 AS recurring
FROM generate_series(1, :n) AS n CROSS JOIN LATERAL (SELECT pg_temp.mix(n, 2, 100) AS c) AS k;

-- fate: 0-859 paid after `waited` days (if that has come), -879 half paid, -899 voided, -909 closed unpaid,
-- -929 written off, -939 draft, the rest open
ALTER TABLE fact ADD COLUMN what text, ADD COLUMN ended timestamptz;
UPDATE fact SET ended = least(now(), day + make_interval(days => 1 + waited)), what = CASE
    WHEN fate < 860 THEN CASE WHEN day + make_interval(days => 1 + waited) < now() THEN 'paid' ELSE 'open' END
    WHEN fate < 880 THEN 'part' WHEN fate < 900 THEN 'voided' WHEN fate < 910 THEN 'closed' WHEN fate < 930 THEN 'written_off'
    WHEN fate < 940 THEN 'draft' ELSE CASE WHEN day > now() - interval '120 days' THEN 'open' ELSE 'paid' END END;

INSERT INTO :schema.customers (id, raw, hash, read_at)
SELECT n, jsonb_build_object('id', n, 'object', 'customer', 'name', 'Customer ' || n, 'number', 'CUST-' || n, 'type', 'company',
    'email', 'ap' || n || '@example.com', 'currency', 'usd', 'country', 'US', 'city', 'Austin', 'credit_limit', 50000,
    'created_at', pg_temp.s(now() - interval '6 years'), 'updated_at', pg_temp.s(now() - interval '1 year')), '\x00', now()
FROM generate_series(1, :customers) AS n;

INSERT INTO :schema.plans (key, raw, hash, read_at)
SELECT n::text, jsonb_build_object('internal_id', n, 'id', 'plan-' || n, 'object', 'plan', 'name', 'Plan ' || n, 'amount', 50 * n,
    'currency', 'usd', 'interval', CASE WHEN n % 4 = 0 THEN 'year' ELSE 'month' END, 'interval_count', 1, 'archived', false,
    'created_at', pg_temp.s(now() - interval '6 years'), 'updated_at', pg_temp.s(now() - interval '1 year')), '\x00', now()
FROM generate_series(1, 20) AS n;

INSERT INTO :schema.subscriptions (id, raw, hash, read_at)
SELECT n, jsonb_build_object('id', n, 'object', 'subscription', 'customer', 1 + n % :customers, 'plan', 'plan-' || (1 + n % 20),
    'status', CASE WHEN n % 7 = 0 THEN 'canceled' ELSE 'active' END, 'mrr', 50, 'quantity', 1, 'start_date',
    pg_temp.s(now() - make_interval(days => (n * 7 % 1800)::integer)), 'created_at', pg_temp.s(now() - interval '5 years'),
    'updated_at', pg_temp.s(now() - interval '1 year')), '\x00', now()
FROM generate_series(1, :n / 100) AS n;

INSERT INTO :schema.invoices (id, raw, hash, read_at)
SELECT f.id, jsonb_build_object('id', f.id, 'object', 'invoice', 'number', 'INV-' || f.id, 'name', 'Invoice', 'customer', f.customer,
    'currency', f.currency, 'date', pg_temp.s(f.day), 'due_date', pg_temp.s(f.day + interval '30 days'), 'payment_terms', 'NET 30',
    'total', 3 * f.price, 'subtotal', 3 * f.price,
    'balance', CASE f.what WHEN 'open' THEN 3 * f.price WHEN 'part' THEN f.price WHEN 'closed' THEN 3 * f.price
        WHEN 'draft' THEN 3 * f.price ELSE 0 END,
    'status', CASE f.what WHEN 'open' THEN 'past_due' WHEN 'part' THEN 'past_due' WHEN 'closed' THEN 'bad_debt'
        WHEN 'written_off' THEN 'paid' ELSE f.what END,
    'draft', f.what = 'draft', 'paid', f.what IN ('paid', 'written_off'), 'closed', f.what IN ('paid', 'written_off', 'voided', 'closed'),
    'autopay', false, 'attempt_count', 0, 'subscription', CASE WHEN f.recurring THEN 1 + f.id % (:n / 100) END, 'payment_plan', NULL,
    'notes', 'Thank you for your business. Please pay within thirty days of the date of this invoice.',
    'url', 'https://example.invoiced.com/invoices/' || md5(f.id::text) || md5(f.day::text),
    'pdf_url', 'https://example.invoiced.com/invoices/' || md5(f.id::text) || md5(f.day::text) || '/pdf',
    'payment_url', 'https://example.invoiced.com/invoices/' || md5(f.id::text) || md5(f.day::text) || '/payment',
    'discounts', '[]'::jsonb, 'taxes', '[]'::jsonb, 'shipping', '[]'::jsonb, 'metadata', '{}'::jsonb,
    'items', (SELECT jsonb_agg(jsonb_build_object('id', 10 * f.id + l, 'object', 'line_item', 'type', 'service', 'name', 'Line ' || l,
        'description', 'What was done in the month', 'quantity', 1, 'unit_cost', f.price, 'amount', f.price, 'discountable', true,
        'taxable', true, 'catalog_item', NULL, 'discounts', '[]'::jsonb, 'taxes', '[]'::jsonb, 'metadata', '{}'::jsonb,
        'plan', CASE WHEN f.recurring AND l = 1 THEN 'plan-' || (1 + f.id % 20) END,
        'period_start', CASE WHEN f.recurring AND l = 1 THEN pg_temp.s(f.day) END,
        'period_end', CASE WHEN f.recurring AND l = 1 THEN pg_temp.s(f.day + interval '1 month') - 1 END,
        'created_at', pg_temp.s(f.day))) FROM generate_series(1, 3) AS l),
    'created_at', pg_temp.s(f.day), 'updated_at', pg_temp.s(CASE WHEN f.what IN ('open', 'draft') THEN f.day ELSE f.ended END)),
    '\x00', now()
FROM fact AS f ORDER BY f.id;

INSERT INTO :schema.credit_notes (id, raw, hash, read_at)
SELECT f.id, jsonb_build_object('id', f.id, 'object', 'credit_note', 'number', 'CN-' || f.id, 'customer', f.customer, 'currency', f.currency,
    'date', pg_temp.s(f.ended), 'total', 3 * f.price, 'subtotal', 3 * f.price, 'balance', 0, 'status', 'paid', 'draft', false,
    'paid', true, 'closed', true, 'items', jsonb_build_array(jsonb_build_object('id', 10 * f.id + 9, 'type', 'bad_debt',
        'name', 'Bad debt', 'quantity', 1, 'unit_cost', 3 * f.price, 'amount', 3 * f.price)),
    'created_at', pg_temp.s(f.ended), 'updated_at', pg_temp.s(f.ended)), '\x00', now()
FROM fact AS f WHERE f.what = 'written_off';

INSERT INTO :schema.payments (id, raw, hash, read_at)
SELECT f.id, jsonb_build_object('id', f.id, 'object', 'payment', 'customer', f.customer, 'currency', f.currency, 'date', pg_temp.s(f.ended),
    'amount', p.amount, 'balance', 0, 'method', 'check', 'voided', false, 'charge', NULL, 'source', 'keyed',
    'applied_to', jsonb_build_array(jsonb_build_object('id', f.id, 'type', 'invoice', 'amount', p.amount, 'invoice', f.id)),
    'created_at', pg_temp.s(f.ended), 'updated_at', pg_temp.s(f.ended)), '\x00', now()
FROM fact AS f CROSS JOIN LATERAL (SELECT CASE f.what WHEN 'part' THEN 2 ELSE 3 END * f.price AS amount) AS p
WHERE f.what IN ('paid', 'part') ORDER BY f.ended;

INSERT INTO :schema.transactions (id, raw, hash, read_at)
SELECT f.id, jsonb_build_object('id', f.id, 'object', 'transaction', 'type', CASE f.what WHEN 'written_off' THEN 'adjustment' ELSE 'payment' END,
    'status', 'succeeded', 'amount', CASE f.what WHEN 'part' THEN 2 WHEN 'written_off' THEN -3 ELSE 3 END * f.price,
    'currency', f.currency, 'customer', f.customer, 'invoice', f.id,
    'credit_note', CASE f.what WHEN 'written_off' THEN f.id END, 'payment', CASE f.what WHEN 'written_off' THEN NULL ELSE f.id END,
    'method', CASE f.what WHEN 'written_off' THEN 'other' ELSE 'check' END, 'date', pg_temp.s(f.ended), 'notes', NULL,
    'gateway', NULL, 'gateway_id', NULL, 'parent_transaction', NULL, 'metadata', '{}'::jsonb,
    'created_at', pg_temp.s(f.ended), 'updated_at', pg_temp.s(f.ended)), '\x00', now()
FROM fact AS f WHERE f.what IN ('paid', 'part', 'written_off') ORDER BY f.ended;

INSERT INTO :schema.company (id, raw, hash, read_at)
VALUES (1, '{"id": 1, "object": "company", "name": "Large", "time_zone": "America/Chicago", "currency": "usd"}', '\x00', now());

INSERT INTO :schema._nested_fill (resource) VALUES ('invoices'), ('credit_notes'), ('payments'), ('subscriptions');
