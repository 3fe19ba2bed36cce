CREATE INDEX invoices_open_idx ON {schema}.invoices (customer) INCLUDE (id, date, due_date)
    WHERE balance <> 0 AND closed IS NOT TRUE AND paid IS NOT TRUE AND draft IS NOT TRUE AND status IS DISTINCT FROM 'voided';

CREATE INDEX invoices_ended_idx ON {schema}.invoices (updated_at) INCLUDE (id, date_voided, date_bad_debt)
    WHERE draft IS NOT TRUE AND (status = 'voided' OR voided OR (closed AND paid IS NOT TRUE));

CREATE INDEX credit_notes_open_idx ON {schema}.credit_notes (customer) INCLUDE (id, date)
    WHERE balance <> 0 AND closed IS NOT TRUE AND paid IS NOT TRUE AND draft IS NOT TRUE AND status IS DISTINCT FROM 'voided';

CREATE INDEX credit_notes_ended_idx ON {schema}.credit_notes (updated_at) INCLUDE (id, date_voided)
    WHERE draft IS NOT TRUE AND (status = 'voided' OR voided OR (closed AND paid IS NOT TRUE));

CREATE INDEX transactions_effect_idx ON {schema}.transactions (date) INCLUDE (invoice, credit_note)
    WHERE status = 'succeeded';

CREATE INDEX transactions_pending_idx ON {schema}.transactions (invoice) INCLUDE (date)
    WHERE status = 'pending';

CREATE INDEX credit_note_items_bad_debt_idx ON {schema}.credit_note_items (credit_note) WHERE type = 'bad_debt';

CREATE OR REPLACE FUNCTION {schema}.company_zone() RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE zone text;
BEGIN
    SELECT c.time_zone INTO zone FROM {schema}.company AS c ORDER BY c.id LIMIT 1;
    IF zone IS NULL THEN
        SELECT a.time_zone INTO zone FROM {schema}._account AS a;
    END IF;
    PERFORM pg_catalog.timezone(zone, '2000-01-01 00:00:00+00'::timestamptz);
    RETURN coalesce(zone, 'UTC');
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN 'UTC';
END
$$;
COMMENT ON FUNCTION {schema}.company_zone() IS 'Time zone of the company, in which every day of a report is meant; UTC where the mirror has none, or one that Postgres does not know (mirror_quality says so).';

CREATE OR REPLACE FUNCTION {schema}.company_today() RETURNS date
LANGUAGE sql STABLE
RETURN coalesce(NULLIF(pg_catalog.current_setting('invoiced_sync.today', true), '')::date,
    (pg_catalog.now() AT TIME ZONE {schema}.company_zone())::date);
COMMENT ON FUNCTION {schema}.company_today() IS 'Today where the company is, or the day that the session set (SET invoiced_sync.today = ''2026-03-31''), to see month series as they ended then.';

CREATE OR REPLACE FUNCTION {schema}._required(holds boolean, otherwise text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF holds IS NOT TRUE THEN
        RAISE invalid_parameter_value USING MESSAGE = otherwise;
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION {schema}._required(boolean, text) IS 'True; raises 22023 with a message unless the condition holds.';

CREATE OR REPLACE VIEW {schema}._document WITH (security_invoker = true, security_barrier = true) AS
WITH z AS MATERIALIZED (SELECT {schema}.company_zone() AS zone)
SELECT 'invoice'::text AS doc_type, i.id AS doc, 1::numeric AS sign, i.number, i.customer, i.currency, i.status,
    (coalesce(i.date, i.created_at) AT TIME ZONE z.zone)::date AS day,
    (i.due_date AT TIME ZONE z.zone)::date AS due,
    coalesce(i.total, 0) AS total, coalesce(i.balance, 0) AS balance,
    coalesce(i.status = 'voided' OR i.voided, false) AS voided,
    i.closed IS TRUE AND i.paid IS NOT TRUE AS closed_unpaid,
    i.closed IS NOT TRUE AND i.paid IS NOT TRUE AND coalesce(i.status = 'voided' OR i.voided, false) IS FALSE AS open,
    (coalesce(i.date_voided, i.updated_at) AT TIME ZONE z.zone)::date AS voided_on, i.date_voided IS NOT NULL AS voided_dated,
    (coalesce(i.date_bad_debt, i.updated_at) AT TIME ZONE z.zone)::date AS closed_on,
    i.date_bad_debt IS NOT NULL AS closed_dated, false AS is_bad_debt, i.payment_plan, i.autopay IS TRUE AS autopay
FROM {schema}.invoices AS i CROSS JOIN z
WHERE i.draft IS NOT TRUE
UNION ALL
SELECT 'credit_note', c.id, -1, c.number, c.customer, c.currency, c.status,
    (coalesce(c.date, c.created_at) AT TIME ZONE z.zone)::date, NULL,
    coalesce(c.total, 0), coalesce(c.balance, 0),
    coalesce(c.status = 'voided' OR c.voided, false),
    c.closed IS TRUE AND c.paid IS NOT TRUE,
    c.closed IS NOT TRUE AND c.paid IS NOT TRUE AND coalesce(c.status = 'voided' OR c.voided, false) IS FALSE,
    (coalesce(c.date_voided, c.updated_at) AT TIME ZONE z.zone)::date, c.date_voided IS NOT NULL,
    (c.updated_at AT TIME ZONE z.zone)::date, false,
    EXISTS (SELECT FROM {schema}.credit_note_items AS l WHERE l.credit_note = c.id AND l.type = 'bad_debt'), NULL, false
FROM {schema}.credit_notes AS c CROSS JOIN z
WHERE c.draft IS NOT TRUE;
COMMENT ON VIEW {schema}._document IS 'Invoices and credit notes that are no drafts, with their days where the company is; what the views of receivables are made of.';

CREATE OR REPLACE VIEW {schema}._document_effect WITH (security_invoker = true, security_barrier = true) AS
SELECT 'invoice'::text AS doc_type, t.invoice AS doc, t.id AS txn, t.date AS at,
    CASE WHEN t.type = 'refund' THEN 'refunded'
        WHEN t.type = 'adjustment' AND t.credit_note IS NOT NULL THEN 'credit_note_applied'
        WHEN t.type IN ('payment', 'charge') AND t.method = 'balance' THEN 'credit_applied'
        WHEN t.type IN ('payment', 'charge') THEN 'cash_applied'
        ELSE 'adjusted' END AS kind,
    CASE WHEN t.type = 'refund' OR (t.type = 'adjustment' AND t.credit_note IS NOT NULL)
        THEN t.amount ELSE -t.amount END AS amount
FROM {schema}.transactions AS t
WHERE t.status = 'succeeded' AND t.invoice IS NOT NULL
UNION ALL
SELECT 'credit_note', t.credit_note, t.id, t.date,
    CASE WHEN t.invoice IS NOT NULL THEN 'credit_note_applied'
        WHEN t.type = 'adjustment' AND t.method = 'balance' THEN 'credit_moved'
        WHEN t.type = 'refund' THEN 'refunded' ELSE 'adjusted' END,
    -t.amount
FROM {schema}.transactions AS t
WHERE t.status = 'succeeded' AND t.credit_note IS NOT NULL;
COMMENT ON VIEW {schema}._document_effect IS 'What each succeeded transaction does to what a document adds to the receivables.';

CREATE OR REPLACE VIEW {schema}.ar_ledger WITH (security_invoker = true, security_barrier = true) AS
WITH z AS MATERIALIZED (SELECT {schema}.company_zone() AS zone), documents AS MATERIALIZED (
    SELECT * FROM {schema}._document
), movements AS MATERIALIZED (
    SELECT d.doc_type, d.doc, NULL::bigint AS txn, d.day,
        CASE WHEN d.doc_type = 'invoice' THEN 'invoiced' WHEN d.is_bad_debt THEN 'written_off' ELSE 'credited' END AS kind,
        d.sign * d.total AS amount, 'dated'::text AS basis
    FROM documents AS d
    UNION ALL
    SELECT d.doc_type, d.doc, NULL, greatest(d.voided_on, d.day), 'voided', -d.sign * d.total,
        CASE WHEN d.voided_dated THEN 'dated' ELSE 'updated_at' END
    FROM documents AS d WHERE d.voided
    UNION ALL
    SELECT d.doc_type, d.doc, NULL, greatest(d.closed_on, d.day), 'closed', -d.sign * d.balance,
        CASE WHEN d.closed_dated THEN 'dated' ELSE 'updated_at' END
    FROM documents AS d WHERE d.closed_unpaid AND NOT d.voided AND d.balance <> 0
    UNION ALL
    SELECT d.doc_type, d.doc, e.txn, greatest((e.at AT TIME ZONE z.zone)::date, d.day), e.kind, e.amount, 'dated'
    FROM {schema}._document_effect AS e JOIN documents AS d USING (doc_type, doc) CROSS JOIN z
), explained AS (
    SELECT doc_type, doc, pg_catalog.sum(amount) AS amount FROM movements GROUP BY doc_type, doc
)
SELECT m.doc_type, m.doc, m.txn, m.day, m.kind, m.amount, d.customer, d.currency, m.basis
FROM movements AS m JOIN documents AS d USING (doc_type, doc)
WHERE m.amount <> 0
UNION ALL
SELECT d.doc_type, d.doc, NULL, d.day, 'unexplained',
    CASE WHEN d.open THEN d.sign * d.balance ELSE 0 END - e.amount, d.customer, d.currency, 'dated'
FROM documents AS d JOIN explained AS e USING (doc_type, doc)
WHERE CASE WHEN d.open THEN d.sign * d.balance ELSE 0 END <> e.amount;
COMMENT ON VIEW {schema}.ar_ledger IS 'One row for each movement of the receivables: invoices add, credit notes subtract, drafts are left out. Days are those of accounting, where the company is; a movement never precedes its document. Kinds: invoiced, credited, written_off (a credit note with a line of type bad_debt), voided, closed (closed by hand and not paid), cash_applied, credit_applied (from the credit balance), credit_note_applied (both sides, which sum to 0), credit_moved (from a credit note to the credit balance), refunded, adjusted, unexplained (what is open today less all that is known: empty on a healthy account). basis: dated, or updated_at where the day of voiding or closing is inferred from it. Amounts in major units of currency: never add them across currencies. Source: the reconciliation report of Invoiced.';

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
COMMENT ON COLUMN {schema}.ar_bad_debt."invoice" IS 'Invoiced id of the invoice.';
COMMENT ON COLUMN {schema}.ar_bad_debt."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.ar_bad_debt."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.ar_bad_debt."kind" IS 'How it was lost. Known values: written_off, closed_unpaid.';
COMMENT ON COLUMN {schema}.ar_bad_debt."day" IS 'Day of the write-off or of the closing, where the company is. Inferred from updated_at for closed_unpaid, unless date_bad_debt is mirrored.';
COMMENT ON COLUMN {schema}.ar_bad_debt."amount" IS 'What was lost, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_bad_debt."recovered" IS 'Cash applied to the invoice after that day, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_cash_application."payment" IS 'Invoiced id of the payment; NULL: an old transaction that no payment has.';
COMMENT ON COLUMN {schema}.ar_cash_application."txn" IS 'Invoiced id of the transaction that applied it; NULL: what is left of the payment.';
COMMENT ON COLUMN {schema}.ar_cash_application."day" IS 'Day of accounting of the payment, where the company is; applied_at may be later.';
COMMENT ON COLUMN {schema}.ar_cash_application."method" IS 'How it was paid, such as ach, cash, check or credit_card; an open set.';
COMMENT ON COLUMN {schema}.ar_cash_application."customer" IS 'Invoiced id of the customer who paid; NULL while that is unknown.';
COMMENT ON COLUMN {schema}.ar_cash_application."document_customer" IS 'Invoiced id of the customer whose document it was applied to; NULL: no document.';
COMMENT ON COLUMN {schema}.ar_cash_application."type" IS 'What it was applied to. Known values: invoice, estimate, credit_note, credit, convenience_fee, applied_credit, document_adjustment; unapplied: what is left of the payment; payment, charge, refund, adjustment: old transactions that no payment has.';
COMMENT ON COLUMN {schema}.ar_cash_application."amount" IS 'The amount applied, or left, in major units of currency; of an old transaction as it is there.';
COMMENT ON COLUMN {schema}.ar_cash_application."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.ar_cash_application."is_cash" IS 'Whether it is money received; false: a credit, an adjustment or a refund.';
COMMENT ON COLUMN {schema}.ar_cash_application."status" IS 'State of the charge, or of an old transaction: what is not succeeded was not received. Known values: succeeded, pending, failed.';
COMMENT ON COLUMN {schema}.ar_cash_application."invoice" IS 'Invoiced id of the invoice it was applied to; NULL: none.';
COMMENT ON COLUMN {schema}.ar_cash_application."credit_note" IS 'Invoiced id of the credit note it was applied to or came from; NULL: none.';
COMMENT ON COLUMN {schema}.ar_cash_application."estimate" IS 'Invoiced id of the estimate it was applied to; NULL: none.';
COMMENT ON COLUMN {schema}.ar_cash_application."applied_at" IS 'When it was applied: when its transaction was created; NULL: what is left of the payment.';
COMMENT ON COLUMN {schema}.ar_cash_daily."day" IS 'Day on which it was received or given back, where the company is.';
COMMENT ON COLUMN {schema}.ar_cash_daily."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.ar_cash_daily."received" IS 'Cash received, fees included, in major units of currency: payments that are neither voided nor pending nor failed, and old transactions that no payment has.';
COMMENT ON COLUMN {schema}.ar_cash_daily."refunded" IS 'Cash given back, in major units of currency: succeeded refunds of charges on the day they were made, and old refund transactions.';
COMMENT ON COLUMN {schema}.ar_cash_daily."net" IS 'received - refunded, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_cash_daily."fees" IS 'Convenience fees within received, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_cash_forecast."invoice" IS 'Invoiced id of the invoice.';
COMMENT ON COLUMN {schema}.ar_cash_forecast."item" IS 'Which part of the invoice: the position of the installment of its payment plan; 0: the whole, or what its installments do not cover.';
COMMENT ON COLUMN {schema}.ar_cash_forecast."number" IS 'Number of the invoice, as users see it; unlike its id it may be edited.';
COMMENT ON COLUMN {schema}.ar_cash_forecast."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.ar_cash_forecast."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.ar_cash_forecast."amount" IS 'What is open of the item and expected then, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_cash_forecast."due" IS 'Day on which it is due, where the company is; NULL: no due date.';
COMMENT ON COLUMN {schema}.ar_cash_forecast."expected_on" IS 'Day on which it should be paid, tomorrow at the earliest. Inferred, as how says.';
COMMENT ON COLUMN {schema}.ar_cash_forecast."week" IS 'Week of expected_on: 0 is the next seven days, tomorrow the first.';
COMMENT ON COLUMN {schema}.ar_cash_forecast."how" IS 'What the day rests on: what the customer promised, the next automatic payment, how late the customer or the account paid over 12 months, or the due date alone. Known values: promised, autopay, customer, account, due date.';
COMMENT ON COLUMN {schema}.ar_cei_monthly."month" IS 'The month, as its first day.';
COMMENT ON COLUMN {schema}.ar_cei_monthly."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.ar_cei_monthly."cei" IS 'Collection effectiveness index, in percent: (ar_before + sales - ar) / (ar_before + sales - ar_current); NULL where nothing was to be collected.';
COMMENT ON COLUMN {schema}.ar_cei_monthly."ar_before" IS 'Receivables at the end of the month before, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_cei_monthly."sales" IS 'Sales of the month, in major units of currency: invoiced, credited and voided of ar_ledger; write-offs are no negative sales.';
COMMENT ON COLUMN {schema}.ar_cei_monthly."ar" IS 'Receivables at the end of the month, credit notes netted, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_cei_monthly."ar_current" IS 'What is not past due of the invoices open at the end of the month, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."customer_name" IS 'Name of the customer.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."past_due" IS 'What is open and past due, in major units of currency; credit notes are left out.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."balance" IS 'What is open of its invoices, in major units of currency; credit notes are left out.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."past_due_items" IS 'How many invoices and installments are past due.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."oldest_days_past_due" IS 'Days past due of the oldest open item.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."worst_bucket" IS 'Bucket of the oldest open item. Known values: 1-30, 31-60, 61-90, 91+.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."pending" IS 'Pending payments, on their way and not deducted, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."disputed" IS 'What is open of disputed invoices, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."credit_hold" IS 'Whether the customer is on credit hold.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."next_chase_on" IS 'Day of the next reminder that is planned for one of its open invoices; NULL: none.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."next_task" IS 'Name of the open task that is due first; NULL: none.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."task_due" IS 'Day on which that task is due.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."last_note" IS 'Text of the last note on the customer; NULL: none.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."last_note_day" IS 'Day of that note.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."email" IS 'E-mail address of the customer.';
COMMENT ON COLUMN {schema}.ar_collections_worklist."phone" IS 'Phone number of the customer.';
COMMENT ON COLUMN {schema}.ar_customer_overview."customer" IS 'Invoiced id of the customer; NULL: payments that nobody claims.';
COMMENT ON COLUMN {schema}.ar_customer_overview."customer_name" IS 'Name of the customer.';
COMMENT ON COLUMN {schema}.ar_customer_overview."number" IS 'Number of the customer, as users see it; unlike its id it may be edited.';
COMMENT ON COLUMN {schema}.ar_customer_overview."currency" IS 'ISO 4217 code of the amounts, lower case; a customer has a row for each of its currencies. NULL: nothing was billed, and the customer has no currency of its own.';
COMMENT ON COLUMN {schema}.ar_customer_overview."balance" IS 'What is open, credit notes netted, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_customer_overview."past_due" IS 'What is open and past due, in major units of currency; credit notes are left out.';
COMMENT ON COLUMN {schema}.ar_customer_overview."oldest_days_past_due" IS 'Days past due of the oldest open item; 0: nothing is past due.';
COMMENT ON COLUMN {schema}.ar_customer_overview."open_invoices" IS 'How many invoices are open.';
COMMENT ON COLUMN {schema}.ar_customer_overview."credits" IS 'Credit notes that are open, negative, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_customer_overview."pending" IS 'Pending payments, on their way and not deducted, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_customer_overview."disputed" IS 'What is open of disputed invoices, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_customer_overview."unapplied_payments" IS 'Payments received and not applied to anything yet, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_customer_overview."credit_balance" IS 'What the customer has to its credit, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_customer_overview."net_position" IS 'What is open less unapplied_payments and credit_balance, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_customer_overview."credit_limit" IS 'Credit limit, in major units of the currency of the customer; NULL: none.';
COMMENT ON COLUMN {schema}.ar_customer_overview."credit_limit_used_percent" IS 'balance in percent of credit_limit; NULL: no limit.';
COMMENT ON COLUMN {schema}.ar_customer_overview."credit_hold" IS 'Whether the customer is on credit hold.';
COMMENT ON COLUMN {schema}.ar_customer_overview."last_payment_day" IS 'Day of the last payment; NULL: none.';
COMMENT ON COLUMN {schema}.ar_customer_overview."last_payment_amount" IS 'Amount of the last payment, in major units of currency; NULL: none.';
COMMENT ON COLUMN {schema}.ar_customer_overview."invoiced" IS 'Totals of all its invoices, drafts left out and voided ones included, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_customer_overview."cash_applied" IS 'Payments applied, in major units of currency; those from the credit balance are left out.';
COMMENT ON COLUMN {schema}.ar_customer_overview."refunded" IS 'Refunds that reopened an invoice, in major units of currency. Refunds of charges reopen none and are left out.';
COMMENT ON COLUMN {schema}.ar_customer_overview."credited" IS 'Credit notes applied to its invoices, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_customer_overview."voided" IS 'Totals of its voided invoices, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_customer_overview."closed_unpaid" IS 'What was open of its invoices when they were closed by hand, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_customer_overview."days_to_pay" IS 'Average over its paid invoices of the days from issue to the last payment.';
COMMENT ON COLUMN {schema}.ar_customer_overview."days_late" IS 'Average over its paid invoices of the days from the due date, or from issue without one, to the last payment; negative: early.';
COMMENT ON COLUMN {schema}.ar_customer_overview."parent_customer" IS 'Invoiced id of the parent customer; NULL: none.';
COMMENT ON COLUMN {schema}.ar_customer_overview."payment_terms" IS 'Default payment terms of the customer, by name, such as NET 30.';
COMMENT ON COLUMN {schema}.ar_customer_overview."autopay" IS 'Whether AutoPay collects the invoices of this customer automatically.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."invoice" IS 'Invoiced id of the invoice.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."number" IS 'Number of the invoice, as users see it; unlike its id it may be edited.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."customer_name" IS 'Name of the customer.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."status" IS 'State of the invoice. Known values: not_sent, sent, viewed, past_due, pending, paid, voided, bad_debt, disputed.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."issued" IS 'Day of the document, where the company is.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."due" IS 'Day on which it is due, where the company is; NULL: no due date.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."total" IS 'Total with discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."balance" IS 'What is open, in major units of currency; 0 once it is closed, paid or voided.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."open" IS 'Whether something is open.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."days_past_due" IS 'Calendar days from its due date, or from issue where it has none, to today; 0 or less: not past due; NULL: nothing is open.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."cash_applied" IS 'Payments applied to it, in major units of currency; those from the credit balance are left out.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."credit_applied" IS 'Payments applied to it from the credit balance, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."credit_note_applied" IS 'Credit notes applied to it, write-offs included, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."refunded" IS 'Refunds that reopened it, in major units of currency. Refunds of charges reopen none and are left out.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."adjusted" IS 'What other adjustments took off, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."voided" IS 'Its total if it is voided, else 0, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."closed_unpaid" IS 'What was open when it was closed by hand, else 0, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."pending" IS 'Pending payments, on their way and not deducted, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."first_payment_day" IS 'Day of the first payment; NULL: none. Payments from the credit balance are left out.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."last_payment_day" IS 'Day of the last payment; NULL: none. Payments from the credit balance are left out.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."days_to_pay" IS 'Days from issue to the last payment; NULL unless it is paid, at least in part by a payment.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."days_late" IS 'Days from the due date, or from issue without one, to the last payment; negative: early. NULL unless it is paid, at least in part by a payment.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."payment_terms" IS 'Payment terms, by name, such as NET 30.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."payment_plan" IS 'Invoiced id of the payment plan; NULL: none.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."autopay" IS 'Whether AutoPay collects it automatically.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."subscription" IS 'Invoiced id of the subscription that billed it; NULL: none.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."purchase_order" IS 'Number of the purchase order.';
COMMENT ON COLUMN {schema}.ar_invoice_enhanced."expected_payment_date" IS 'When the customer expects to pay; NULL: it was not told, or the server does not say.';
COMMENT ON COLUMN {schema}.ar_ledger."doc_type" IS 'Kind of the document. Known values: invoice, credit_note.';
COMMENT ON COLUMN {schema}.ar_ledger."doc" IS 'Invoiced id of the document: invoices.id or credit_notes.id, as doc_type says.';
COMMENT ON COLUMN {schema}.ar_ledger."txn" IS 'Invoiced id of the transaction; NULL: a movement of the document itself.';
COMMENT ON COLUMN {schema}.ar_ledger."day" IS 'Day of accounting, where the company is; never before its document. Inferred where basis is updated_at.';
COMMENT ON COLUMN {schema}.ar_ledger."kind" IS 'Kind of the movement. Known values: invoiced, credited, written_off, voided, closed, cash_applied, credit_applied, credit_note_applied, credit_moved, refunded, adjusted, unexplained.';
COMMENT ON COLUMN {schema}.ar_ledger."amount" IS 'What it adds to the receivables, or takes from them (negative), in major units of currency.';
COMMENT ON COLUMN {schema}.ar_ledger."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.ar_ledger."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.ar_ledger."basis" IS 'Where the day comes from: the source has it, or it is when the document was last changed. Known values: dated, updated_at.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."header_id" IS 'Invoiced id of the invoice (invoices.id), as text.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."line_item_id" IS 'Invoiced id of the line (invoice_items.id), as text; where it has none, the invoice and its position. NULL: a header.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."line_item_index" IS 'Position of the line, from 1; 0: the header.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."record_type" IS 'What the row is. Known values: line_item, header.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."created_at" IS 'When the line was created, else the invoice.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."currency" IS 'ISO 4217 code of the invoice, lower case.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."header_status" IS 'State of the invoice. Known values: not_sent, sent, viewed, past_due, pending, paid, bad_debt, disputed.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."product_id" IS 'Id of the catalogue item (items.id), else of the plan (plans.id); NULL: neither, or a header.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."product_name" IS 'Name of what is billed, else of its plan; NULL: a header.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."transaction_type" IS 'Kind of the transaction: always charge.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."billing_type" IS 'Whether a plan or a subscription billed the line; NULL: a header. Known values: recurring, one_time.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."product_type" IS 'Kind of the line, such as product, service or plan; an open set. NULL: a header.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."quantity" IS 'How many units; may have decimals. NULL: a header.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."unit_amount" IS 'Price of one unit, in major units of currency; NULL: a header.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."discount_amount" IS 'Discounts of the line itself, in major units of currency; of a header, those of the invoice as a whole.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."tax_amount" IS 'Taxes of the line itself, in major units of currency; of a header, those of the invoice as a whole.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."total_amount" IS 'Amount of the line before discounts and taxes, in major units of currency; of a header, the invoice''s total less all its lines.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."payment_id" IS 'Invoiced id of the last payment applied to the invoice (payments.id), as text; NULL: none.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."payment_method_id" IS 'Invoiced id of that payment''s charge (charges.id), as text; NULL: not paid through a gateway.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."payment_method" IS 'How that payment was made, such as ach, check or credit_card; an open set.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."payment_at" IS 'Date of that payment.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."fee_amount" IS 'The invoice''s share of the convenience fees of its payments, in major units of currency; NULL: a line, or no payment.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."refund_amount" IS 'The invoice''s share of what was refunded of the charges that paid it, in major units of currency; NULL: a line, or no payment.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."subscription_id" IS 'Invoiced id of the subscription (subscriptions.id), as text; NULL: none.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."subscription_plan" IS 'Id of the plan (plans.id) of the line; of a header, that of the subscription.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."subscription_period_started_at" IS 'When the billed period begins; NULL: none, or a header.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."subscription_period_ended_at" IS 'When the billed period ends; NULL: none, or a header.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."subscription_status" IS 'State of the subscription, today. Known values: not_started, active, past_due, pending_renewal, paused, finished, canceled.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."customer_id" IS 'Invoiced id of the customer (customers.id), as text.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."customer_created_at" IS 'When the customer was created.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."customer_level" IS 'Whether the customer belongs to another one. Known values: customer, sub_customer.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."customer_name" IS 'Name of the customer.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."customer_company" IS 'Name of the customer unless it is a person.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."customer_email" IS 'E-mail address of the customer.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."customer_city" IS 'City of the customer''s address.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."customer_country" IS 'Country of the customer, as a two-letter ISO 3166 code.';
COMMENT ON COLUMN {schema}.ar_line_item_enhanced."source_relation" IS 'Name of the schema that the row is from, to tell accounts apart.';
COMMENT ON COLUMN {schema}.ar_roll_rates."month" IS 'The month within which the items moved, as its first day.';
COMMENT ON COLUMN {schema}.ar_roll_rates."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.ar_roll_rates."from_bucket" IS 'Bucket of the items at the end of the month before. Known values: current, 1-30, 31-60, 61-90, 91+.';
COMMENT ON COLUMN {schema}.ar_roll_rates."to_bucket" IS 'Bucket at the end of the month, or what became of them. Known values: current, 1-30, 31-60, 61-90, 91+, paid, credited, written_off, voided, closed.';
COMMENT ON COLUMN {schema}.ar_roll_rates."amount" IS 'How much went from the one to the other, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_roll_rates."rate" IS 'How much of from_bucket is in a later bucket now, in percent of from_amount; the same in all its rows.';
COMMENT ON COLUMN {schema}.ar_roll_rates."from_amount" IS 'What was in from_bucket at the end of the month before, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_unapplied."payment" IS 'Invoiced id of the payment.';
COMMENT ON COLUMN {schema}.ar_unapplied."customer" IS 'Invoiced id of the customer who paid; NULL: nobody knows whose it is.';
COMMENT ON COLUMN {schema}.ar_unapplied."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.ar_unapplied."day" IS 'Day of the payment, where the company is.';
COMMENT ON COLUMN {schema}.ar_unapplied."amount" IS 'What is left of the payment, in major units of currency.';
COMMENT ON COLUMN {schema}.ar_unapplied."method" IS 'How it was paid, such as ach, cash, check or credit_card; an open set.';
COMMENT ON COLUMN {schema}.mirror_freshness."resource" IS 'Name of the resource, which is that of its table.';
COMMENT ON COLUMN {schema}.mirror_freshness."watermark" IS 'The moment up to which it is complete; NULL: its first load is not done.';
COMMENT ON COLUMN {schema}.mirror_freshness."seconds_behind" IS 'How many seconds ago that is.';
COMMENT ON COLUMN {schema}.mirror_freshness."limit_seconds" IS 'How many seconds behind the daemon allows; NULL: no run has said.';
COMMENT ON COLUMN {schema}.mirror_freshness."state" IS 'State of the resource. Known values: fresh, late, incomplete, loading, refused, unavailable.';
COMMENT ON COLUMN {schema}.mirror_quality."what" IS 'What is odd. Known values: does not fit its column, receivables that nothing explains, unknown fields, no time zone, rows missing, differences, not settled, unavailable, nested tables being filled, unknown value.';
COMMENT ON COLUMN {schema}.mirror_quality."place" IS 'Where: a resource, a field of one, or a kind of document.';
COMMENT ON COLUMN {schema}.mirror_quality."how_many" IS 'How many rows or fields.';
COMMENT ON COLUMN {schema}.mirror_quality."detail" IS 'More about it, for people.';
COMMENT ON COLUMN {schema}.mrr_contracted_monthly."month" IS 'The month, as its first day.';
COMMENT ON COLUMN {schema}.mrr_contracted_monthly."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.mrr_contracted_monthly."mrr" IS 'Contracted monthly recurring revenue, in major units of currency. Inferred: today''s of each subscription.';
COMMENT ON COLUMN {schema}.mrr_contracted_monthly."subscriptions" IS 'How many subscriptions it is of.';
COMMENT ON COLUMN {schema}.mrr_contracted_monthly."inferred" IS 'Always true: the amounts are today''s, not those of the month.';
COMMENT ON COLUMN {schema}.mrr_monthly."month" IS 'The month, as its first day.';
COMMENT ON COLUMN {schema}.mrr_monthly."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.mrr_monthly."mrr" IS 'Billed monthly recurring revenue, in major units of currency.';
COMMENT ON COLUMN {schema}.mrr_monthly."new" IS 'What customers added who never had any before, in major units of currency.';
COMMENT ON COLUMN {schema}.mrr_monthly."expansion" IS 'What customers added to what they had the month before, in major units of currency.';
COMMENT ON COLUMN {schema}.mrr_monthly."contraction" IS 'What customers dropped of what they had the month before, negative, in major units of currency.';
COMMENT ON COLUMN {schema}.mrr_monthly."lost" IS 'What was lost with customers who have none any more, negative, in major units of currency.';
COMMENT ON COLUMN {schema}.mrr_monthly."reactivation" IS 'What customers added who had none the month before, but some ever, in major units of currency.';
COMMENT ON COLUMN {schema}.mrr_movements."month" IS 'The month that differs from the one before, as its first day.';
COMMENT ON COLUMN {schema}.mrr_movements."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.mrr_movements."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.mrr_movements."movement" IS 'What happened, net over the plans of the customer. Known values: new, reactivation, expansion, contraction, lost.';
COMMENT ON COLUMN {schema}.mrr_movements."amount" IS 'Change from the month before, in major units of currency; contraction and lost are negative.';
COMMENT ON COLUMN {schema}.revenue_daily."day" IS 'Day of the document, where the company is.';
COMMENT ON COLUMN {schema}.revenue_daily."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.revenue_daily."invoiced" IS 'Lines of invoices, net of discounts, without tax, in major units of currency.';
COMMENT ON COLUMN {schema}.revenue_daily."credited" IS 'Lines of credit notes, net of discounts, without tax, negative, in major units of currency.';
COMMENT ON COLUMN {schema}.revenue_daily."revenue" IS 'invoiced + credited, in major units of currency.';
COMMENT ON COLUMN {schema}.revenue_schedule_monthly."month" IS 'The month, as its first day.';
COMMENT ON COLUMN {schema}.revenue_schedule_monthly."currency" IS 'ISO 4217 code, lower case. Amounts of different currencies are never added.';
COMMENT ON COLUMN {schema}.revenue_schedule_monthly."billed" IS 'Lines net of discounts and without tax, in the month of their document, in major units of currency; credit notes negative.';
COMMENT ON COLUMN {schema}.revenue_schedule_monthly."recognised" IS 'Revenue recognised in the month, in major units of currency: lines with a period straight-line by day, others on the day of their document. Future months are what is billed already.';
COMMENT ON COLUMN {schema}.revenue_schedule_monthly."deferred" IS 'What was billed and not recognised up to the end of the month, in major units of currency.';
COMMENT ON COLUMN {schema}.subscription_overview."subscription" IS 'Invoiced id of the subscription.';
COMMENT ON COLUMN {schema}.subscription_overview."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.subscription_overview."customer_name" IS 'Name of the customer.';
COMMENT ON COLUMN {schema}.subscription_overview."status" IS 'State of the subscription. Known values: not_started, active, past_due, pending_renewal, paused, finished, canceled.';
COMMENT ON COLUMN {schema}.subscription_overview."active" IS 'Whether its status is active or past_due.';
COMMENT ON COLUMN {schema}.subscription_overview."plan" IS 'Id of the plan (plans.id, which an archived plan may share).';
COMMENT ON COLUMN {schema}.subscription_overview."plan_name" IS 'Name of the plan.';
COMMENT ON COLUMN {schema}.subscription_overview."interval" IS 'Unit of the billing interval; interval_count says how many. Known values: day, week, month, year.';
COMMENT ON COLUMN {schema}.subscription_overview."interval_count" IS 'How many intervals lie between two bills.';
COMMENT ON COLUMN {schema}.subscription_overview."quantity" IS 'How many units of the plan; may be a fraction.';
COMMENT ON COLUMN {schema}.subscription_overview."currency" IS 'ISO 4217 code of the plan, else of the customer, lower case.';
COMMENT ON COLUMN {schema}.subscription_overview."mrr" IS 'Monthly recurring revenue as Invoiced says, after discounts and without tax, in major units of currency.';
COMMENT ON COLUMN {schema}.subscription_overview."recurring_total" IS 'What one billing period costs, in major units of currency.';
COMMENT ON COLUMN {schema}.subscription_overview."addons" IS 'How many addons it has.';
COMMENT ON COLUMN {schema}.subscription_overview."started" IS 'Day on which it starts.';
COMMENT ON COLUMN {schema}.subscription_overview."renews" IS 'Day on which it renews next; NULL: it does not.';
COMMENT ON COLUMN {schema}.subscription_overview."period_starts" IS 'Day on which the current billing period begins.';
COMMENT ON COLUMN {schema}.subscription_overview."period_ends" IS 'Day on which the current billing period ends.';
COMMENT ON COLUMN {schema}.subscription_overview."cancel_at_period_end" IS 'Whether it ends with the current period.';
COMMENT ON COLUMN {schema}.subscription_overview."canceled" IS 'Day on which it was canceled; NULL while it is not.';
COMMENT ON COLUMN {schema}.subscription_overview."canceled_reason" IS 'Why it was canceled.';
COMMENT ON COLUMN {schema}.subscription_overview."paused" IS 'Whether it is paused.';
