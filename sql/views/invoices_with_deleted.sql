-- invoices_with_deleted: invoices, and those that are gone, with a mark.

CREATE VIEW {schema}.invoices_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, attempt_count, autopay,
    balance, chase, closed, created_at, csv_url, currency, customer, date, draft, due_date, late_fees, name,
    needs_attention, network_document, network_document_id, next_chase_on, next_payment_attempt, notes, number, object,
    paid, payment_plan, payment_terms, payment_url, pdf_url, purchase_order, status, subscription, subscription_id,
    subtotal, total, updated_at, url
FROM {schema}.invoices
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._bigint(raw -> 'attempt_count'),
    {schema}._boolean(raw -> 'autopay'),
    {schema}._numeric(raw -> 'balance'),
    {schema}._boolean(raw -> 'chase'),
    {schema}._boolean(raw -> 'closed'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'csv_url'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._timestamp(raw -> 'date'),
    {schema}._boolean(raw -> 'draft'),
    {schema}._timestamp(raw -> 'due_date'),
    {schema}._boolean(raw -> 'late_fees'),
    {schema}._text(raw -> 'name'),
    {schema}._boolean(raw -> 'needs_attention'),
    {schema}._bigint(raw -> 'network_document'),
    {schema}._bigint(raw -> 'network_document_id'),
    {schema}._timestamp(raw -> 'next_chase_on'),
    {schema}._timestamp(raw -> 'next_payment_attempt'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'number'),
    {schema}._text(raw -> 'object'),
    {schema}._boolean(raw -> 'paid'),
    {schema}._bigint(raw -> 'payment_plan'),
    {schema}._text(raw -> 'payment_terms'),
    {schema}._text(raw -> 'payment_url'),
    {schema}._text(raw -> 'pdf_url'),
    {schema}._text(raw -> 'purchase_order'),
    {schema}._text(raw -> 'status'),
    {schema}._bigint(raw -> 'subscription'),
    {schema}._bigint(raw -> 'subscription_id'),
    {schema}._numeric(raw -> 'subtotal'),
    {schema}._numeric(raw -> 'total'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._text(raw -> 'url')
FROM {schema}._deleted
WHERE resource = 'invoices' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.invoices_with_deleted IS 'The rows of invoices, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.invoices_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.id IS 'Invoiced id of the invoice.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.attempt_count IS 'How often an automatic payment was tried.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.autopay IS 'Whether AutoPay collects this invoice by itself.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.balance IS 'What is still owed, in major units of currency.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.chase IS 'Whether the customer is reminded of this invoice.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.closed IS 'Whether it is closed: no more payments are taken; closed and not paid means bad debt.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.created_at IS 'When the invoice was created.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.csv_url IS 'Secret link to the invoice as CSV.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.date IS 'Date of the invoice; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.draft IS 'Whether it is a draft, not issued yet and not owed.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.due_date IS 'When it is due; NULL: no due date. Its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.late_fees IS 'Whether late fees are charged on it.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.name IS 'Title of the invoice.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.needs_attention IS 'Whether it was flagged for a person to look at.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.network_document IS 'Invoiced id of the document in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.invoices_with_deleted.network_document_id IS 'The same id as network_document, under its other name.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.next_chase_on IS 'When the next reminder is planned.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.next_payment_attempt IS 'When the next automatic payment is tried.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.notes IS 'Notes shown on the invoice.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.number IS 'Number of the invoice, as people know it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.object IS 'Kind of the object: always invoice.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.paid IS 'Whether it is paid in full.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.payment_plan IS 'Invoiced id of the payment plan; NULL: none.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.payment_terms IS 'Payment terms, by name, such as NET 30.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.payment_url IS 'Secret link to the page where the invoice can be paid.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.pdf_url IS 'Secret link to the invoice as PDF.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.purchase_order IS 'Number of the purchase order.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.status IS 'State of the invoice. Known values: draft, not_sent, sent, viewed, past_due, pending, paid, voided, bad_debt, disputed.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.subscription IS 'Invoiced id of the subscription that billed it; NULL: none.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.subscription_id IS 'The same id as subscription, under its other name.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.subtotal IS 'Sum of the lines before discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.total IS 'Total with discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.updated_at IS 'When the invoice was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.url IS 'Secret link to the invoice in the customer portal.';
