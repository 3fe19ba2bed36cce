-- credit_notes_with_deleted: credit_notes, and those that are gone, with a mark.

CREATE VIEW {schema}.credit_notes_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, balance, closed,
    created_at, currency, customer, date, draft, invoice, name, network_document, network_document_id, notes, number,
    object, paid, pdf_url, purchase_order, status, subtotal, total, updated_at, url
FROM {schema}.credit_notes
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'balance'),
    {schema}._boolean(raw -> 'closed'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._timestamp(raw -> 'date'),
    {schema}._boolean(raw -> 'draft'),
    {schema}._bigint(raw -> 'invoice'),
    {schema}._text(raw -> 'name'),
    {schema}._bigint(raw -> 'network_document'),
    {schema}._bigint(raw -> 'network_document_id'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'number'),
    {schema}._text(raw -> 'object'),
    {schema}._boolean(raw -> 'paid'),
    {schema}._text(raw -> 'pdf_url'),
    {schema}._text(raw -> 'purchase_order'),
    {schema}._text(raw -> 'status'),
    {schema}._numeric(raw -> 'subtotal'),
    {schema}._numeric(raw -> 'total'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._text(raw -> 'url')
FROM {schema}._deleted
WHERE resource = 'credit_notes' AND returned_at IS NULL OFFSET 0);

COMMENT ON VIEW {schema}.credit_notes_with_deleted IS 'The rows of credit_notes, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.id IS 'Invoiced id of the credit note.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.balance IS 'Credit not yet used, in major units of currency.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.closed IS 'Whether it is closed: no more credit can be taken from it.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.created_at IS 'When the credit note was created.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.currency IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.date IS 'Date of the credit note; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.draft IS 'Whether it is a draft, not issued yet.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.invoice IS 'Invoiced id of the invoice it credits; NULL: none.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.name IS 'Title of the credit note.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.network_document IS 'Invoiced id of the document in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.network_document_id IS 'The same id as network_document, under its other name.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.notes IS 'Notes shown on the credit note.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.number IS 'Number of the credit note, as people know it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.object IS 'Kind of the object: always credit_note.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.paid IS 'Whether all of the credit is used.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.pdf_url IS 'Secret link to the credit note as PDF.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.purchase_order IS 'Number of the purchase order.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.status IS 'State of the credit note. Known values: draft, open, paid, closed, voided.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.subtotal IS 'Sum of the lines before discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.total IS 'Total with discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.updated_at IS 'When the credit note was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.url IS 'Secret link to the credit note in the customer portal.';
