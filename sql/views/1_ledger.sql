-- The receivables ledger: what every figure about receivables rests on. How Invoiced's transactions act on documents is
-- as its server was seen to do: balance = total - amount_paid - amount_credited; pending and failed transactions do not
-- count; a refund reopens its invoice only as a transaction, not as a refund of a charge.

-- Functions that ask for the zone are left PARALLEL UNSAFE: trying it takes a subtransaction, which a plan with several
-- processes forbids.
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
