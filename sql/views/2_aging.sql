-- Open items and aging, today and at any date. Joins on what may be NULL compare arrays of one: these are equal where both
-- are NULL, and can be hashed, unlike IS NOT DISTINCT FROM. The balance of today is rolled back: what was open then is open now, or was
-- touched since, by a transaction, a voiding or a closing. Documents are read from their tables and not from _document,
-- through which no index could be used.

CREATE OR REPLACE FUNCTION {schema}._documents_at(as_of date) RETURNS TABLE (
    doc_type text, doc bigint, number text, customer bigint, currency text, issued date, due date, balance numeric,
    payment_plan bigint, autopay boolean, status text, inferred boolean)
LANGUAGE sql STABLE
BEGIN ATOMIC
WITH z AS MATERIALIZED (
    SELECT s.zone, ((as_of + 1)::timestamp AT TIME ZONE s.zone) AS since FROM (SELECT {schema}.company_zone() AS zone) AS s
), effects AS MATERIALIZED (
    SELECT e.doc_type, e.doc, pg_catalog.sum(e.amount) AS amount FROM {schema}._document_effect AS e
    WHERE e.at >= (SELECT since FROM z) GROUP BY e.doc_type, e.doc
), invoice_ends AS MATERIALIZED (
    SELECT i.id FROM {schema}.invoices AS i
    WHERE i.draft IS NOT TRUE AND (i.status = 'voided' OR i.voided OR (i.closed AND i.paid IS NOT TRUE))
        AND greatest(i.updated_at, i.date_voided, i.date_bad_debt) >= (SELECT since FROM z)
), credit_note_ends AS MATERIALIZED (
    SELECT c.id FROM {schema}.credit_notes AS c
    WHERE c.draft IS NOT TRUE AND (c.status = 'voided' OR c.voided OR (c.closed AND c.paid IS NOT TRUE))
        AND greatest(c.updated_at, c.date_voided) >= (SELECT since FROM z)
), invoices AS (
    SELECT i.id FROM {schema}.invoices AS i
    WHERE i.balance <> 0 AND i.closed IS NOT TRUE AND i.paid IS NOT TRUE AND i.draft IS NOT TRUE
        AND i.status IS DISTINCT FROM 'voided'
    UNION SELECT e.doc FROM effects AS e WHERE e.doc_type = 'invoice'
    UNION SELECT e.id FROM invoice_ends AS e
), credit_notes AS (
    SELECT c.id FROM {schema}.credit_notes AS c
    WHERE c.balance <> 0 AND c.closed IS NOT TRUE AND c.paid IS NOT TRUE AND c.draft IS NOT TRUE
        AND c.status IS DISTINCT FROM 'voided'
    UNION SELECT e.doc FROM effects AS e WHERE e.doc_type = 'credit_note'
    UNION SELECT e.id FROM credit_note_ends AS e
), documents AS (
    SELECT 'invoice'::text AS doc_type, i.id AS doc, 1::numeric AS sign, i.number, i.customer, i.currency,
        (coalesce(i.date, i.created_at) AT TIME ZONE z.zone)::date AS issued,
        (i.due_date AT TIME ZONE z.zone)::date AS due,
        coalesce(i.total, 0) AS total, coalesce(i.balance, 0) AS balance, coalesce(i.status = 'voided' OR i.voided, false) AS voided,
        i.closed IS TRUE AND i.paid IS NOT TRUE AS closed_unpaid, i.closed IS TRUE OR i.paid IS TRUE AS ended,
        coalesce(i.date_voided, i.updated_at) >= z.since AS voided_since,
        coalesce(i.date_bad_debt, i.updated_at) >= z.since AS closed_since,
        CASE WHEN coalesce(i.status = 'voided' OR i.voided, false) THEN i.date_voided ELSE i.date_bad_debt END IS NULL AS undated,
        coalesce(e.amount, 0) AS effects, i.payment_plan, i.autopay IS TRUE AS autopay, i.status
    FROM invoices AS n JOIN {schema}.invoices AS i USING (id) CROSS JOIN z
    LEFT JOIN effects AS e ON e.doc_type = 'invoice' AND e.doc = i.id
    WHERE i.draft IS NOT TRUE
    UNION ALL
    SELECT 'credit_note', c.id, -1, c.number, c.customer, c.currency,
        (coalesce(c.date, c.created_at) AT TIME ZONE z.zone)::date, NULL,
        coalesce(c.total, 0), coalesce(c.balance, 0), coalesce(c.status = 'voided' OR c.voided, false),
        c.closed IS TRUE AND c.paid IS NOT TRUE, c.closed IS TRUE OR c.paid IS TRUE,
        coalesce(c.date_voided, c.updated_at) >= z.since, c.updated_at >= z.since,
        NOT coalesce(c.status = 'voided' OR c.voided, false) OR c.date_voided IS NULL,
        coalesce(e.amount, 0), NULL, false, c.status
    FROM credit_notes AS n JOIN {schema}.credit_notes AS c USING (id) CROSS JOIN z
    LEFT JOIN effects AS e ON e.doc_type = 'credit_note' AND e.doc = c.id
    WHERE c.draft IS NOT TRUE
), rolled_back AS (
    SELECT d.*,
        CASE WHEN d.voided THEN CASE WHEN d.voided_since THEN d.sign * d.total ELSE 0 END
            WHEN d.closed_unpaid THEN CASE WHEN d.closed_since THEN d.sign * d.balance ELSE 0 END
            WHEN d.ended THEN 0 ELSE d.sign * d.balance END - d.effects AS then_open
    FROM documents AS d WHERE d.issued <= as_of
)
SELECT r.doc_type, r.doc, r.number, r.customer, r.currency, r.issued, r.due, r.then_open, r.payment_plan, r.autopay, r.status,
    r.undated AND ((r.voided AND r.voided_since) OR (r.closed_unpaid AND r.closed_since))
FROM rolled_back AS r WHERE r.then_open <> 0; END;

COMMENT ON FUNCTION {schema}._documents_at(date) IS 'Invoices and credit notes (negative) with what was open of them at the end of a day: the balance of today without what came later.';

CREATE OR REPLACE FUNCTION {schema}._open_part(amount numeric, upto numeric, whole numeric, balance numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE
RETURN greatest(0, least(amount, upto - (whole - balance)));

COMMENT ON FUNCTION {schema}._open_part(numeric, numeric, numeric, numeric) IS 'What is open of an installment, where payments fill the oldest first: of its amount, the sum up to it, the sum of all, and the balance of the invoice.';

CREATE OR REPLACE FUNCTION {schema}._items_at(as_of date) RETURNS TABLE (
    doc_type text, doc bigint, item integer, number text, customer bigint, currency text, issued date, due date, balance numeric,
    payment_plan bigint, autopay boolean, status text, inferred boolean)
LANGUAGE sql STABLE
BEGIN ATOMIC
WITH documents AS MATERIALIZED (
    SELECT * FROM {schema}._documents_at(as_of)
), installments AS (
    SELECT d.doc, l.position, (l.date AT TIME ZONE (SELECT {schema}.company_zone()))::date AS due, l.amount, d.balance,
        pg_catalog.sum(l.amount) OVER (PARTITION BY d.doc ORDER BY l.date, l.position) AS upto,
        pg_catalog.sum(l.amount) OVER (PARTITION BY d.doc) AS whole
    FROM documents AS d JOIN {schema}.payment_plans AS p ON p.parent_id = d.doc AND p.id = d.payment_plan
    JOIN {schema}.payment_plan_installments AS l ON l.payment_plan = p.id
    WHERE d.doc_type = 'invoice' AND d.payment_plan IS NOT NULL AND l.amount IS NOT NULL
), parts AS MATERIALIZED (
    SELECT i.doc, i.position, i.due, {schema}._open_part(i.amount, i.upto, i.whole, i.balance) AS balance
    FROM installments AS i
), rest AS (
    SELECT d.*, d.balance - coalesce((SELECT pg_catalog.sum(p.balance) FROM parts AS p WHERE p.doc = d.doc), 0) AS left_over
    FROM documents AS d WHERE d.payment_plan IS NOT NULL
)
SELECT d.doc_type, d.doc, 0, d.number, d.customer, d.currency, d.issued, d.due, d.balance, d.payment_plan, d.autopay,
    d.status, d.inferred
FROM documents AS d WHERE d.payment_plan IS NULL
UNION ALL
SELECT d.doc_type, d.doc, 0, d.number, d.customer, d.currency, d.issued, d.due, d.left_over, d.payment_plan, d.autopay,
    d.status, d.inferred
FROM rest AS d WHERE d.left_over <> 0
UNION ALL
SELECT d.doc_type, d.doc, p.position, d.number, d.customer, d.currency, d.issued, coalesce(p.due, d.due), p.balance,
    d.payment_plan, d.autopay, d.status, d.inferred
FROM rest AS d JOIN parts AS p USING (doc) WHERE p.balance <> 0; END;

COMMENT ON FUNCTION {schema}._items_at(date) IS 'The same, with invoices on a payment plan split into its installments: payments fill the oldest first; item 0 is what they do not cover.';

CREATE OR REPLACE FUNCTION {schema}._bucket(doc_type text, days integer, edges integer[]) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN doc_type = 'credit_note' THEN -1 WHEN days <= 0 THEN 0 WHEN pg_catalog.cardinality(edges) = 0 THEN 1
    ELSE 1 + pg_catalog.width_bucket(days - 1, edges) END;

COMMENT ON FUNCTION {schema}._bucket(text, integer, integer[]) IS 'The bucket of an item: -1 credit note, 0 not past due, n from the edge before, exclusive, to edge n, inclusive.';

CREATE OR REPLACE FUNCTION {schema}.ar_open_items(
    as_of date DEFAULT {schema}.company_today(), basis text DEFAULT 'due_date', known_at timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (
    doc_type text, doc bigint, item integer, number text, customer bigint, currency text, issued date, due date,
    balance numeric, pending_amount numeric, days_past_due integer, bucket_no integer, payment_plan bigint, autopay boolean,
    disputed boolean, status text, as_of_basis text)
LANGUAGE sql STABLE SET jit = off SET work_mem = '64MB'
BEGIN ATOMIC
WITH checked AS MATERIALIZED (
    SELECT {schema}._required(as_of IS NOT NULL, 'as_of is a date, not NULL')
        AND {schema}._required(basis IN ('due_date', 'date'), pg_catalog.concat('basis is due_date or date, not ', basis))
        AND {schema}._required(known_at >= pg_catalog.now(), 'the mirror keeps no history yet: known_at is now') AS ok
), items AS MATERIALIZED (
    SELECT i.*, as_of - CASE WHEN basis = 'date' THEN i.issued ELSE coalesce(i.due, i.issued) END AS days,
        pg_catalog.row_number() OVER (PARTITION BY i.doc_type, i.doc ORDER BY i.due, i.item) AS place
    FROM {schema}._items_at(as_of) AS i WHERE (SELECT ok FROM checked)
), pending AS MATERIALIZED (
    SELECT t.invoice AS doc, pg_catalog.sum(t.amount) AS amount FROM {schema}.transactions AS t
    WHERE t.status = 'pending' AND t.invoice IS NOT NULL
        AND t.date < ((as_of + 1)::timestamp AT TIME ZONE (SELECT {schema}.company_zone()))
    GROUP BY t.invoice
), disputed AS MATERIALIZED (
    SELECT DISTINCT a.invoice AS doc
    FROM {schema}.disputes AS d JOIN {schema}.charges AS c ON c.id = coalesce(d.charge, d.charge_id)
    JOIN {schema}.payment_applications AS a ON a.payment = coalesce(c.payment, c.payment_id)
    WHERE a.invoice IS NOT NULL AND coalesce(pg_catalog.lower(d.status), '') NOT IN ('won', 'lost', 'accepted')
)
SELECT i.doc_type, i.doc, i.item, i.number, i.customer, i.currency, i.issued, i.due, i.balance,
    CASE WHEN i.place = 1 AND i.doc_type = 'invoice' THEN coalesce(p.amount, 0) ELSE 0 END, i.days,
    {schema}._bucket(i.doc_type, i.days, ARRAY[30, 60, 90]),
    i.payment_plan, i.autopay, i.doc_type = 'invoice' AND (i.status IS NOT DISTINCT FROM 'disputed' OR d.doc IS NOT NULL),
    i.status, CASE WHEN i.inferred THEN 'updated_at' ELSE 'dated' END
FROM items AS i LEFT JOIN pending AS p ON p.doc = i.doc LEFT JOIN disputed AS d ON d.doc = i.doc; END;

COMMENT ON FUNCTION {schema}.ar_open_items(date, text, timestamptz) IS 'What was open at the end of a day, by default today: a row for each invoice, installment of a payment plan, or credit note (negative). balance is the sum of ar_ledger up to that day. days_past_due is counted in calendar days from due (basis due_date; without a due date an invoice is due when issued) or from issued (basis date). bucket_no: -1 credit note, 0 not past due (due today included), 1: 1-30, 2: 31-60, 3: 61-90, 4: 91 and more. pending_amount is on its way and not deducted; of an invoice in installments it stands in the first row. Drafts, voided and closed documents are left out. Inferred: due dates, installments and owners of the past are those of today; as_of_basis is updated_at where the day of a later voiding or closing is.';

CREATE OR REPLACE FUNCTION {schema}._edges(edges integer[]) RETURNS integer[]
LANGUAGE sql STABLE
BEGIN ATOMIC
SELECT CASE WHEN {schema}._required(
        edges IS NOT NULL AND coalesce(edges[1] >= 1, true) AND NOT EXISTS (
            SELECT FROM (SELECT e.edge, pg_catalog.lag(e.edge, 1, 0) OVER (ORDER BY e.n) AS before
                         FROM pg_catalog.unnest(edges) WITH ORDINALITY AS e (edge, n)) AS s
            WHERE s.edge IS NULL OR s.edge <= s.before),
        'edges are whole days from 1 on, each above the one before, such as {30,60,90}')
    THEN edges END; END;

COMMENT ON FUNCTION {schema}._edges(integer[]) IS 'The edges of buckets; raises 22023 unless they rise.';

CREATE OR REPLACE FUNCTION {schema}.ar_aging(
    as_of date DEFAULT {schema}.company_today(), edges integer[] DEFAULT ARRAY[30, 60, 90], basis text DEFAULT 'due_date')
RETURNS TABLE (currency text, bucket_no integer, bucket text, amount numeric, items bigint)
LANGUAGE sql STABLE SET jit = off SET work_mem = '64MB'
BEGIN ATOMIC
WITH e AS MATERIALIZED (
    SELECT {schema}._edges(edges) AS days
), buckets AS (
    SELECT -1 AS bucket_no, 'credits' AS bucket UNION ALL SELECT 0, 'current'
    UNION ALL
    SELECT n, CASE WHEN n <= pg_catalog.cardinality(e.days) THEN pg_catalog.concat(coalesce(e.days[n - 1], 0) + 1, '-', e.days[n])
        ELSE pg_catalog.concat(coalesce(e.days[n - 1], 0) + 1, '+') END
    FROM e CROSS JOIN LATERAL pg_catalog.generate_series(1, pg_catalog.cardinality(e.days) + 1) AS n
), items AS MATERIALIZED (
    SELECT i.currency, i.balance, {schema}._bucket(i.doc_type, i.days_past_due, e.days) AS bucket_no
    FROM e CROSS JOIN LATERAL {schema}.ar_open_items(as_of, basis) AS i
)
SELECT c.currency, b.bucket_no, b.bucket, coalesce(pg_catalog.sum(i.balance), 0), pg_catalog.count(i.balance)
FROM (SELECT DISTINCT currency FROM items) AS c CROSS JOIN buckets AS b
LEFT JOIN items AS i ON i.bucket_no = b.bucket_no AND i.currency IS NOT DISTINCT FROM c.currency
GROUP BY c.currency, b.bucket_no, b.bucket ORDER BY c.currency, b.bucket_no; END;

COMMENT ON FUNCTION {schema}.ar_aging(date, integer[], text) IS 'Receivables by age at the end of a day: a row for each currency and bucket. bucket_no 0 is not past due, n is from the edge before, exclusive, to edge n, inclusive, the last is beyond; -1 is credit notes. The sum over all is that of ar_open_items. edges in days, rising, else error 22023. Credits of customers and unapplied payments are not deducted: see ar_aging_by_customer.';

CREATE OR REPLACE FUNCTION {schema}.ar_credit_balances(as_of date DEFAULT {schema}.company_today())
RETURNS TABLE (customer bigint, currency text, amount numeric)
LANGUAGE sql STABLE SET jit = off SET work_mem = '64MB'
BEGIN ATOMIC
SELECT t.customer, t.currency, -pg_catalog.sum(t.amount) FROM {schema}.transactions AS t
WHERE t.status = 'succeeded' AND t.method = 'balance' AND t.type IN ('adjustment', 'charge')
    AND t.date < ((as_of + 1)::timestamp AT TIME ZONE (SELECT {schema}.company_zone()))
GROUP BY t.customer, t.currency HAVING pg_catalog.sum(t.amount) <> 0; END;

COMMENT ON FUNCTION {schema}.ar_credit_balances(date) IS 'What each customer had to its credit at the end of a day: a row for each customer and currency. Less the sum of succeeded transactions on the credit balance; credits of a payment that is pending wait (Invoiced counts them at once).';

CREATE OR REPLACE VIEW {schema}.ar_unapplied WITH (security_invoker = true, security_barrier = true) AS
SELECT p.id AS payment, p.customer, p.currency, (p.date AT TIME ZONE (SELECT {schema}.company_zone()))::date AS day,
    p.balance AS amount, p.method
FROM {schema}.payments AS p
WHERE p.voided IS NOT TRUE AND p.balance <> 0;

COMMENT ON VIEW {schema}.ar_unapplied IS 'Money that was received and not applied: a row for each payment with a balance. customer is NULL where nobody knows whose it is. Voided payments are left out.';

CREATE OR REPLACE FUNCTION {schema}.ar_aging_by_customer(
    as_of date DEFAULT {schema}.company_today(), edges integer[] DEFAULT ARRAY[30, 60, 90], basis text DEFAULT 'due_date')
RETURNS TABLE (
    customer bigint, customer_name text, currency text, total numeric, "current" numeric, past_due numeric, buckets numeric[],
    credits numeric, unapplied_payments numeric, credit_balance numeric, net_position numeric)
LANGUAGE sql STABLE SET jit = off SET work_mem = '64MB'
BEGIN ATOMIC
WITH e AS MATERIALIZED (
    SELECT {schema}._edges(edges) AS days
), items AS MATERIALIZED (
    SELECT i.customer, i.currency, i.balance, {schema}._bucket(i.doc_type, i.days_past_due, e.days) AS bucket_no
    FROM e CROSS JOIN LATERAL {schema}.ar_open_items(as_of, basis) AS i
), cells AS (
    SELECT i.customer, i.currency, i.bucket_no, pg_catalog.sum(i.balance) AS amount FROM items AS i
    GROUP BY i.customer, i.currency, i.bucket_no
), open AS (
    SELECT c.customer, c.currency, pg_catalog.sum(c.amount) AS total,
        coalesce(pg_catalog.sum(c.amount) FILTER (WHERE c.bucket_no = 0), 0) AS not_due,
        coalesce(pg_catalog.sum(c.amount) FILTER (WHERE c.bucket_no > 0), 0) AS past_due,
        coalesce(pg_catalog.sum(c.amount) FILTER (WHERE c.bucket_no = -1), 0) AS credits,
        pg_catalog.jsonb_object_agg(c.bucket_no, c.amount) AS by_bucket
    FROM cells AS c GROUP BY c.customer, c.currency
), unapplied AS (
    SELECT u.customer, u.currency, pg_catalog.sum(u.amount) AS amount FROM {schema}.ar_unapplied AS u
    WHERE u.day <= as_of GROUP BY u.customer, u.currency
), keys AS (
    SELECT o.customer, o.currency FROM open AS o
    UNION SELECT u.customer, u.currency FROM unapplied AS u
    UNION SELECT b.customer, b.currency FROM {schema}.ar_credit_balances(as_of) AS b
)
SELECT k.customer, c.name, k.currency, coalesce(o.total, 0), coalesce(o.not_due, 0), coalesce(o.past_due, 0),
    ARRAY(SELECT coalesce((o.by_bucket ->> n::text)::numeric, 0)
          FROM pg_catalog.generate_series(1, pg_catalog.cardinality(e.days) + 1) AS n ORDER BY n),
    coalesce(o.credits, 0), coalesce(u.amount, 0), coalesce(b.amount, 0),
    coalesce(o.total, 0) - coalesce(u.amount, 0) - coalesce(b.amount, 0)
FROM e CROSS JOIN keys AS k
LEFT JOIN open AS o ON ARRAY[o.customer] = ARRAY[k.customer] AND ARRAY[o.currency] = ARRAY[k.currency]
LEFT JOIN unapplied AS u ON ARRAY[u.customer] = ARRAY[k.customer] AND ARRAY[u.currency] = ARRAY[k.currency]
LEFT JOIN {schema}.ar_credit_balances(as_of) AS b
    ON ARRAY[b.customer] = ARRAY[k.customer] AND ARRAY[b.currency] = ARRAY[k.currency]
LEFT JOIN {schema}.customers AS c ON c.id = k.customer
ORDER BY k.customer, k.currency; END;

COMMENT ON FUNCTION {schema}.ar_aging_by_customer(date, integer[], text) IS 'Receivables by customer and currency at the end of a day. buckets has the past-due amounts in the order of the edges, the last beyond them; total = current + past_due + credits (credit notes, negative). unapplied_payments are those received up to that day, with what is left of them today; net_position = total - unapplied_payments - credit_balance.';

CREATE OR REPLACE FUNCTION {schema}.ar_aging_invoiced(
    as_of date DEFAULT {schema}.company_today(), lower integer[] DEFAULT ARRAY[0, 8, 15, 31, 61], basis text DEFAULT 'date')
RETURNS TABLE (currency text, bucket_no integer, bucket text, amount numeric, items bigint)
LANGUAGE sql STABLE SET jit = off SET work_mem = '64MB'
BEGIN ATOMIC
WITH checked AS MATERIALIZED (
    SELECT {schema}._required(basis IN ('due_date', 'date'), pg_catalog.concat('basis is due_date or date, not ', basis))
        AND {schema}._required(lower IS NOT NULL AND pg_catalog.cardinality(lower) > 0 AND NOT EXISTS (
            SELECT FROM (SELECT l.day, pg_catalog.lag(l.day) OVER (ORDER BY l.n) AS before
                         FROM pg_catalog.unnest(lower) WITH ORDINALITY AS l (day, n)) AS s
            WHERE s.day IS NULL OR s.day <= s.before), 'lower bounds rise, such as {0,8,15,31,61}') AS ok
), items AS MATERIALIZED (
    SELECT d.currency, d.balance, as_of - CASE WHEN basis = 'date' OR d.doc_type = 'credit_note' THEN d.issued ELSE d.due END AS age,
        basis = 'due_date' AND d.doc_type = 'credit_note' AS netted
    FROM {schema}._documents_at(as_of) AS d WHERE (SELECT ok FROM checked)
), placed AS MATERIALIZED (
    SELECT i.currency, i.balance, CASE WHEN i.netted OR i.age IS NULL THEN 0 ELSE pg_catalog.width_bucket(i.age, lower) END AS bucket_no
    FROM items AS i
), buckets AS (
    SELECT n AS bucket_no, CASE WHEN n = 0 THEN 'current'
        WHEN n = pg_catalog.cardinality(lower) THEN pg_catalog.concat(lower[n], '+')
        ELSE pg_catalog.concat(lower[n], '-', lower[n + 1] - 1) END AS bucket
    FROM pg_catalog.generate_series(CASE WHEN basis = 'date' THEN 1 ELSE 0 END, pg_catalog.cardinality(lower)) AS n
)
SELECT c.currency, b.bucket_no, b.bucket, coalesce(pg_catalog.sum(p.balance), 0), pg_catalog.count(p.balance)
FROM (SELECT DISTINCT currency FROM placed) AS c CROSS JOIN buckets AS b
LEFT JOIN placed AS p ON p.bucket_no = b.bucket_no AND p.currency IS NOT DISTINCT FROM c.currency
GROUP BY c.currency, b.bucket_no, b.bucket ORDER BY c.currency, b.bucket_no; END;

COMMENT ON FUNCTION {schema}.ar_aging_invoiced(date, integer[], text) IS 'Aging as the dashboard of Invoiced shows it, to compare: by date of the document, in buckets from each lower bound on, credit notes netted, payment plans not split. With basis due_date, what has no due date is current, and credit notes are netted there. Ages are in calendar days; the dashboard counts whole days of 86,400 seconds.';
