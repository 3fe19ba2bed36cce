-- How the lists of children hang on their parents: which parents to ask ($1: after this id, $2: how many), which rows the
-- mirror has of some parents ($1), how many parents were asked, and which changes of parents call for another look.

-- name: contacts.parents
SELECT id FROM {schema}.customers WHERE id > $1::bigint ORDER BY id LIMIT $2::bigint

-- name: contacts.of
SELECT id AS key, customer_id AS parent FROM {schema}.contacts WHERE customer_id = ANY($1::bigint[])

-- name: contacts.orphaned
-- Buried parents, $1 at the most, of which the mirror still has rows.
SELECT DISTINCT c.customer_id AS parent FROM {schema}.contacts AS c
JOIN {schema}._deleted AS d ON d.resource = 'customers' AND d.key = c.customer_id::text AND d.returned_at IS NULL
LIMIT $1::bigint

-- name: payment_sources.parents
SELECT id FROM {schema}.customers WHERE id > $1::bigint ORDER BY id LIMIT $2::bigint

-- name: payment_sources.of
SELECT key, customer_id AS parent FROM {schema}.payment_sources WHERE customer_id = ANY($1::bigint[])

-- name: payment_sources.orphaned
SELECT DISTINCT c.customer_id AS parent FROM {schema}.payment_sources AS c
JOIN {schema}._deleted AS d ON d.resource = 'customers' AND d.key = c.customer_id::text AND d.returned_at IS NULL
LIMIT $1::bigint

-- name: pending_line_items.parents
SELECT id FROM {schema}.customers WHERE id > $1::bigint ORDER BY id LIMIT $2::bigint

-- name: pending_line_items.of
SELECT id AS key, customer AS parent FROM {schema}.pending_line_items WHERE customer = ANY($1::bigint[])

-- name: pending_line_items.orphaned
SELECT DISTINCT c.customer AS parent FROM {schema}.pending_line_items AS c
JOIN {schema}._deleted AS d ON d.resource = 'customers' AND d.key = c.customer::text AND d.returned_at IS NULL
LIMIT $1::bigint

-- name: payment_plans.parents
-- The API answers 400 for an invoice without a payment plan, so only those with one are asked.
SELECT id FROM {schema}.invoices WHERE payment_plan IS NOT NULL AND id > $1::bigint ORDER BY id LIMIT $2::bigint

-- name: payment_plans.of
-- A plan does not name its invoice; the invoice names the plan, and names it no more once it is taken off: plans that
-- no invoice names are looked at along with any other.
SELECT p.id AS key, i.id AS parent FROM {schema}.payment_plans AS p JOIN {schema}.invoices AS i ON i.payment_plan = p.id
WHERE i.id = ANY($1::bigint[])
UNION ALL
SELECT p.id, NULL FROM {schema}.payment_plans AS p
WHERE NOT EXISTS (SELECT FROM {schema}.invoices AS i WHERE i.payment_plan = p.id)

-- name: customers.asked
-- Of how many parents the lists of children were read so far, $1 being the last, and how many parents there are.
SELECT pg_catalog.count(*) FILTER (WHERE id <= $1::bigint) AS asked, pg_catalog.count(*) AS parents
FROM {schema}.customers

-- name: invoices.asked
SELECT pg_catalog.count(*) FILTER (WHERE id <= $1::bigint) AS asked, pg_catalog.count(*) AS parents
FROM {schema}.invoices WHERE payment_plan IS NOT NULL

-- name: invoices.hint
-- An invoice that changed may have a changed payment plan, a new one, or one no more: then some plan has lost its
-- invoice, and one hint is enough to look at all such plans. $1 ids of the invoices just stored.
INSERT INTO {schema}._hint (kind, resource, key)
SELECT 'children', 'payment_plans', id::text FROM (
    SELECT id FROM {schema}.invoices WHERE id = ANY($1::bigint[]) AND payment_plan IS NOT NULL
    UNION ALL
    SELECT pg_catalog.min(id) FROM {schema}.invoices WHERE id = ANY($1::bigint[]) AND payment_plan IS NULL
    HAVING pg_catalog.count(*) > 0 AND EXISTS (
        SELECT FROM {schema}.payment_plans AS p
        WHERE NOT EXISTS (SELECT FROM {schema}.invoices AS i WHERE i.payment_plan = p.id))
) AS changed
ORDER BY id
ON CONFLICT (kind, resource, key) DO NOTHING
