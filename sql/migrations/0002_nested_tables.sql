CREATE TABLE {schema}._nested_fill (
    resource text PRIMARY KEY,
    filled_to text
);
COMMENT ON TABLE {schema}._nested_fill IS 'Resources whose nested tables came to a mirror with rows and are being filled from raw. Empty is right: a row goes when its resource is done.';
COMMENT ON COLUMN {schema}._nested_fill.resource IS 'Name of the resource.';
COMMENT ON COLUMN {schema}._nested_fill.filled_to IS 'Key up to which the nested rows are there; NULL: not begun.';

ALTER TABLE {schema}._run
    ADD COLUMN limits jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN {schema}._run.limits IS 'For each resource, how many seconds it may be behind before it counts as late.';

ALTER TABLE {schema}._resource_state
    ADD COLUMN included text[],
    ADD COLUMN left_out text;
COMMENT ON COLUMN {schema}._resource_state.included IS 'Hidden fields that the list is asked for with include; NULL: not decided yet.';
COMMENT ON COLUMN {schema}._resource_state.left_out IS 'Hidden fields that it is not asked for, and why; NULL: none.';

ALTER TABLE {schema}.invoices
    ADD COLUMN "voided" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'voided'::text)) STORED,
    ADD COLUMN "date_voided" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date_voided'::text)) STORED,
    ADD COLUMN "date_paid" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date_paid'::text)) STORED,
    ADD COLUMN "date_bad_debt" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date_bad_debt'::text)) STORED,
    ADD COLUMN "amount_paid" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount_paid'::text)) STORED,
    ADD COLUMN "amount_credited" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount_credited'::text)) STORED,
    ADD COLUMN "amount_written_off" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount_written_off'::text)) STORED,
    ADD COLUMN "expected_payment_date" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'expected_payment_date'::text -> 'date'::text)) STORED;

CREATE OR REPLACE VIEW {schema}.invoices_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "attempt_count", "autopay", "balance", "chase", "closed", "created_at", "csv_url", "currency", "customer", "date", "draft", "due_date", "late_fees", "name", "needs_attention", "network_document", "network_document_id", "next_chase_on", "next_payment_attempt", "notes", "number", "object", "paid", "payment_plan", "payment_terms", "payment_url", "pdf_url", "purchase_order", "status", "subscription", "subscription_id", "subtotal", "total", "updated_at", "url", "voided", "date_voided", "date_paid", "date_bad_debt", "amount_paid", "amount_credited", "amount_written_off", "expected_payment_date"
FROM {schema}.invoices
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._bigint(raw -> 'attempt_count'::text),
    {schema}._boolean(raw -> 'autopay'::text),
    {schema}._numeric(raw -> 'balance'::text),
    {schema}._boolean(raw -> 'chase'::text),
    {schema}._boolean(raw -> 'closed'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'csv_url'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._bigint(raw -> 'customer'::text),
    {schema}._timestamp(raw -> 'date'::text),
    {schema}._boolean(raw -> 'draft'::text),
    {schema}._timestamp(raw -> 'due_date'::text),
    {schema}._boolean(raw -> 'late_fees'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._boolean(raw -> 'needs_attention'::text),
    {schema}._bigint(raw -> 'network_document'::text),
    {schema}._bigint(raw -> 'network_document_id'::text),
    {schema}._timestamp(raw -> 'next_chase_on'::text),
    {schema}._timestamp(raw -> 'next_payment_attempt'::text),
    {schema}._text(raw -> 'notes'::text),
    {schema}._text(raw -> 'number'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._boolean(raw -> 'paid'::text),
    {schema}._bigint(raw -> 'payment_plan'::text),
    {schema}._text(raw -> 'payment_terms'::text),
    {schema}._text(raw -> 'payment_url'::text),
    {schema}._text(raw -> 'pdf_url'::text),
    {schema}._text(raw -> 'purchase_order'::text),
    {schema}._text(raw -> 'status'::text),
    {schema}._bigint(raw -> 'subscription'::text),
    {schema}._bigint(raw -> 'subscription_id'::text),
    {schema}._numeric(raw -> 'subtotal'::text),
    {schema}._numeric(raw -> 'total'::text),
    {schema}._timestamp(raw -> 'updated_at'::text),
    {schema}._text(raw -> 'url'::text),
    {schema}._boolean(raw -> 'voided'::text),
    {schema}._timestamp(raw -> 'date_voided'::text),
    {schema}._timestamp(raw -> 'date_paid'::text),
    {schema}._timestamp(raw -> 'date_bad_debt'::text),
    {schema}._numeric(raw -> 'amount_paid'::text),
    {schema}._numeric(raw -> 'amount_credited'::text),
    {schema}._numeric(raw -> 'amount_written_off'::text),
    {schema}._timestamp(raw -> 'expected_payment_date'::text -> 'date'::text)
FROM {schema}._deleted
WHERE resource = 'invoices' AND returned_at IS NULL OFFSET 0);
COMMENT ON COLUMN {schema}.invoices."voided" IS 'Whether it is voided; NULL where the server does not say, see status.';
COMMENT ON COLUMN {schema}.invoices."date_voided" IS 'When it was voided; NULL: it is not, or the server does not say.';
COMMENT ON COLUMN {schema}.invoices."date_paid" IS 'When it was paid in full; NULL: it is not, or the server does not say.';
COMMENT ON COLUMN {schema}.invoices."date_bad_debt" IS 'When it became bad debt; NULL: it is none, or the server does not say.';
COMMENT ON COLUMN {schema}.invoices."amount_paid" IS 'What was paid of it, in major units of currency; NULL where the server does not say.';
COMMENT ON COLUMN {schema}.invoices."amount_credited" IS 'What was credited of it, in major units of currency; NULL where the server does not say.';
COMMENT ON COLUMN {schema}.invoices."amount_written_off" IS 'What was written off of it, in major units of currency; NULL where the server does not say.';
COMMENT ON COLUMN {schema}.invoices."expected_payment_date" IS 'When the customer expects to pay; NULL: it was not told, or the server does not say.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."voided" IS 'Whether it is voided; NULL where the server does not say, see status.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."date_voided" IS 'When it was voided; NULL: it is not, or the server does not say.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."date_paid" IS 'When it was paid in full; NULL: it is not, or the server does not say.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."date_bad_debt" IS 'When it became bad debt; NULL: it is none, or the server does not say.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."amount_paid" IS 'What was paid of it, in major units of currency; NULL where the server does not say.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."amount_credited" IS 'What was credited of it, in major units of currency; NULL where the server does not say.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."amount_written_off" IS 'What was written off of it, in major units of currency; NULL where the server does not say.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."expected_payment_date" IS 'When the customer expects to pay; NULL: it was not told, or the server does not say.';

ALTER TABLE {schema}.credit_notes
    ADD COLUMN "voided" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'voided'::text)) STORED,
    ADD COLUMN "date_voided" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date_voided'::text)) STORED,
    ADD COLUMN "amount_applied_to_invoice" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount_applied_to_invoice'::text)) STORED,
    ADD COLUMN "amount_credited" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount_credited'::text)) STORED,
    ADD COLUMN "amount_refunded" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount_refunded'::text)) STORED;

CREATE OR REPLACE VIEW {schema}.credit_notes_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "balance", "closed", "created_at", "currency", "customer", "date", "draft", "invoice", "name", "network_document", "network_document_id", "notes", "number", "object", "paid", "pdf_url", "purchase_order", "status", "subtotal", "total", "updated_at", "url", "voided", "date_voided", "amount_applied_to_invoice", "amount_credited", "amount_refunded"
FROM {schema}.credit_notes
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'balance'::text),
    {schema}._boolean(raw -> 'closed'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._bigint(raw -> 'customer'::text),
    {schema}._timestamp(raw -> 'date'::text),
    {schema}._boolean(raw -> 'draft'::text),
    {schema}._bigint(raw -> 'invoice'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._bigint(raw -> 'network_document'::text),
    {schema}._bigint(raw -> 'network_document_id'::text),
    {schema}._text(raw -> 'notes'::text),
    {schema}._text(raw -> 'number'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._boolean(raw -> 'paid'::text),
    {schema}._text(raw -> 'pdf_url'::text),
    {schema}._text(raw -> 'purchase_order'::text),
    {schema}._text(raw -> 'status'::text),
    {schema}._numeric(raw -> 'subtotal'::text),
    {schema}._numeric(raw -> 'total'::text),
    {schema}._timestamp(raw -> 'updated_at'::text),
    {schema}._text(raw -> 'url'::text),
    {schema}._boolean(raw -> 'voided'::text),
    {schema}._timestamp(raw -> 'date_voided'::text),
    {schema}._numeric(raw -> 'amount_applied_to_invoice'::text),
    {schema}._numeric(raw -> 'amount_credited'::text),
    {schema}._numeric(raw -> 'amount_refunded'::text)
FROM {schema}._deleted
WHERE resource = 'credit_notes' AND returned_at IS NULL OFFSET 0);
COMMENT ON COLUMN {schema}.credit_notes."voided" IS 'Whether it is voided; NULL where the server does not say, see status.';
COMMENT ON COLUMN {schema}.credit_notes."date_voided" IS 'When it was voided; NULL: it is not, or the server does not say.';
COMMENT ON COLUMN {schema}.credit_notes."amount_applied_to_invoice" IS 'What of it was applied to invoices, in major units of currency; NULL where the server does not say.';
COMMENT ON COLUMN {schema}.credit_notes."amount_credited" IS 'What of it went to the credit balance, in major units of currency; NULL where the server does not say.';
COMMENT ON COLUMN {schema}.credit_notes."amount_refunded" IS 'What of it was refunded, in major units of currency; NULL where the server does not say.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."voided" IS 'Whether it is voided; NULL where the server does not say, see status.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."date_voided" IS 'When it was voided; NULL: it is not, or the server does not say.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."amount_applied_to_invoice" IS 'What of it was applied to invoices, in major units of currency; NULL where the server does not say.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."amount_credited" IS 'What of it went to the credit balance, in major units of currency; NULL where the server does not say.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."amount_refunded" IS 'What of it was refunded, in major units of currency; NULL where the server does not say.';

ALTER TABLE {schema}.payments
    ADD COLUMN "charge_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'charge'::text -> 'id'::text)) STORED,
    ADD COLUMN "charge_status" text GENERATED ALWAYS AS ({schema}._text(raw -> 'charge'::text -> 'status'::text)) STORED,
    ADD COLUMN "date_voided" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date_voided'::text)) STORED;

CREATE INDEX payments_charge_id_idx ON {schema}.payments ("charge_id");

CREATE OR REPLACE VIEW {schema}.payments_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "ach_sender_id", "amount", "balance", "bank_feed_transaction", "bank_feed_transaction_id", "created_at", "currency", "customer", "date", "matched", "method", "notes", "object", "pdf_url", "reference", "source", "surcharge_percentage", "updated_at", "voided", "charge_id", "charge_status", "date_voided"
FROM {schema}.payments
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'ach_sender_id'::text),
    {schema}._numeric(raw -> 'amount'::text),
    {schema}._numeric(raw -> 'balance'::text),
    {schema}._bigint(raw -> 'bank_feed_transaction'::text),
    {schema}._bigint(raw -> 'bank_feed_transaction_id'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._bigint(raw -> 'customer'::text),
    {schema}._timestamp(raw -> 'date'::text),
    {schema}._boolean(raw -> 'matched'::text),
    {schema}._text(raw -> 'method'::text),
    {schema}._text(raw -> 'notes'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._text(raw -> 'pdf_url'::text),
    {schema}._text(raw -> 'reference'::text),
    {schema}._text(raw -> 'source'::text),
    {schema}._numeric(raw -> 'surcharge_percentage'::text),
    {schema}._timestamp(raw -> 'updated_at'::text),
    {schema}._boolean(raw -> 'voided'::text),
    {schema}._bigint(raw -> 'charge'::text -> 'id'::text),
    {schema}._text(raw -> 'charge'::text -> 'status'::text),
    {schema}._timestamp(raw -> 'date_voided'::text)
FROM {schema}._deleted
WHERE resource = 'payments' AND returned_at IS NULL OFFSET 0);
COMMENT ON COLUMN {schema}.payments."charge_id" IS 'Invoiced id of the charge that brought it (charges.id); NULL: not paid through a gateway.';
COMMENT ON COLUMN {schema}.payments."charge_status" IS 'State of that charge when the payment was read; charges.status is fresher. Known values: pending, succeeded, failed.';
COMMENT ON COLUMN {schema}.payments."date_voided" IS 'When it was voided; NULL: it is not, or the server does not say.';
COMMENT ON COLUMN {schema}.payments_with_deleted."charge_id" IS 'Invoiced id of the charge that brought it (charges.id); NULL: not paid through a gateway.';
COMMENT ON COLUMN {schema}.payments_with_deleted."charge_status" IS 'State of that charge when the payment was read; charges.status is fresher. Known values: pending, succeeded, failed.';
COMMENT ON COLUMN {schema}.payments_with_deleted."date_voided" IS 'When it was voided; NULL: it is not, or the server does not say.';

CREATE TABLE {schema}.bundle_items (
    bundle text NOT NULL,
    position integer NOT NULL,
    "catalog_item" text GENERATED ALWAYS AS ({schema}._text(raw -> 'catalog_item'::text -> 'id'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'catalog_item'::text -> 'name'::text)) STORED,
    "quantity" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'quantity'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (bundle, position)
);

CREATE INDEX bundle_items_catalog_item_idx ON {schema}.bundle_items USING spgist ("catalog_item");
COMMENT ON TABLE {schema}.bundle_items IS 'Items of bundles: one row an item, replaced with its bundle.';
COMMENT ON COLUMN {schema}.bundle_items.bundle IS 'The record it belongs to: bundles.key.';
COMMENT ON COLUMN {schema}.bundle_items.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.bundle_items."catalog_item" IS 'Id of the catalogue item (items.id, which an archived item may share).';
COMMENT ON COLUMN {schema}.bundle_items."name" IS 'Name of the catalogue item.';
COMMENT ON COLUMN {schema}.bundle_items."quantity" IS 'How many units of it.';
COMMENT ON COLUMN {schema}.bundle_items.raw IS 'The element as it came.';

CREATE TABLE {schema}.charge_refunds (
    charge bigint NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "status" text GENERATED ALWAYS AS ({schema}._text(raw -> 'status'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (charge, position)
);

CREATE INDEX charge_refunds_id_idx ON {schema}.charge_refunds ("id");
COMMENT ON TABLE {schema}.charge_refunds IS 'Refunds of charges: one row a refund, replaced with its charge. The same refunds as in the table refunds: never add both.';
COMMENT ON COLUMN {schema}.charge_refunds.charge IS 'The record it belongs to: charges.id.';
COMMENT ON COLUMN {schema}.charge_refunds.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.charge_refunds."id" IS 'Invoiced id of the refund (refunds.id).';
COMMENT ON COLUMN {schema}.charge_refunds."amount" IS 'What was given back, in major units of currency.';
COMMENT ON COLUMN {schema}.charge_refunds."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.charge_refunds."status" IS 'State of the refund. Known values: pending, succeeded, failed, voided.';
COMMENT ON COLUMN {schema}.charge_refunds."created_at" IS 'When it was made.';
COMMENT ON COLUMN {schema}.charge_refunds.raw IS 'The element as it came.';

CREATE TABLE {schema}.chasing_cadence_steps (
    chasing_cadence bigint NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "action" text GENERATED ALWAYS AS ({schema}._text(raw -> 'action'::text)) STORED,
    "schedule" text GENERATED ALWAYS AS ({schema}._text(raw -> 'schedule'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (chasing_cadence, position)
);
COMMENT ON TABLE {schema}.chasing_cadence_steps IS 'Steps of chasing cadences: one row a step, in their order, replaced with its cadence.';
COMMENT ON COLUMN {schema}.chasing_cadence_steps.chasing_cadence IS 'The record it belongs to: chasing_cadences.id.';
COMMENT ON COLUMN {schema}.chasing_cadence_steps.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.chasing_cadence_steps."id" IS 'Invoiced id of the step.';
COMMENT ON COLUMN {schema}.chasing_cadence_steps."name" IS 'Name of the step.';
COMMENT ON COLUMN {schema}.chasing_cadence_steps."action" IS 'What it does, such as email, mail, phone, escalate or sms; an open set.';
COMMENT ON COLUMN {schema}.chasing_cadence_steps."schedule" IS 'When it is done, such as age:7 or past_due_age:0: days after issue, or after due.';
COMMENT ON COLUMN {schema}.chasing_cadence_steps.raw IS 'The element as it came.';

CREATE TABLE {schema}.subscription_discounts (
    subscription bigint NOT NULL,
    position integer NOT NULL,
    "coupon" text GENERATED ALWAYS AS (CASE WHEN pg_catalog.jsonb_typeof(raw -> 'id'::text) IN ('string', 'number') THEN (raw -> 'id'::text) #>> '{}'::text[] END) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'value'::text)) STORED,
    "is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'is_percent'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (subscription, position)
);

CREATE INDEX subscription_discounts_coupon_idx ON {schema}.subscription_discounts USING spgist ("coupon");
COMMENT ON TABLE {schema}.subscription_discounts IS 'Coupons of subscriptions: one row a coupon, replaced with its subscription.';
COMMENT ON COLUMN {schema}.subscription_discounts.subscription IS 'The record it belongs to: subscriptions.id.';
COMMENT ON COLUMN {schema}.subscription_discounts.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.subscription_discounts."coupon" IS 'Id of the coupon (coupons.id).';
COMMENT ON COLUMN {schema}.subscription_discounts."name" IS 'Name of the coupon.';
COMMENT ON COLUMN {schema}.subscription_discounts."value" IS 'Percent, or an amount.';
COMMENT ON COLUMN {schema}.subscription_discounts."is_percent" IS 'Whether value is in percent.';
COMMENT ON COLUMN {schema}.subscription_discounts."currency" IS 'ISO 4217 code of an amount, lower case; NULL: percent, or any currency.';
COMMENT ON COLUMN {schema}.subscription_discounts.raw IS 'The element as it came.';

CREATE TABLE {schema}.pending_line_item_discounts (
    pending_line_item bigint NOT NULL,
    position integer NOT NULL,
    "coupon" text GENERATED ALWAYS AS (CASE WHEN pg_catalog.jsonb_typeof(raw -> 'id'::text) IN ('string', 'number') THEN (raw -> 'id'::text) #>> '{}'::text[] END) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'value'::text)) STORED,
    "is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'is_percent'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (pending_line_item, position)
);

CREATE INDEX pending_line_item_discounts_coupon_idx ON {schema}.pending_line_item_discounts USING spgist ("coupon");
COMMENT ON TABLE {schema}.pending_line_item_discounts IS 'Coupons of pending lines: one row a coupon, replaced with its line.';
COMMENT ON COLUMN {schema}.pending_line_item_discounts.pending_line_item IS 'The record it belongs to: pending_line_items.id.';
COMMENT ON COLUMN {schema}.pending_line_item_discounts.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.pending_line_item_discounts."coupon" IS 'Id of the coupon (coupons.id).';
COMMENT ON COLUMN {schema}.pending_line_item_discounts."name" IS 'Name of the coupon.';
COMMENT ON COLUMN {schema}.pending_line_item_discounts."value" IS 'Percent, or an amount.';
COMMENT ON COLUMN {schema}.pending_line_item_discounts."is_percent" IS 'Whether value is in percent.';
COMMENT ON COLUMN {schema}.pending_line_item_discounts."currency" IS 'ISO 4217 code of an amount, lower case; NULL: percent, or any currency.';
COMMENT ON COLUMN {schema}.pending_line_item_discounts.raw IS 'The element as it came.';

CREATE TABLE {schema}.invoice_discounts (
    invoice bigint NOT NULL,
    item_position integer NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "coupon" text GENERATED ALWAYS AS ({schema}._text(raw -> 'coupon'::text -> 'id'::text)) STORED,
    "coupon_value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'coupon'::text -> 'value'::text)) STORED,
    "coupon_is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'coupon'::text -> 'is_percent'::text)) STORED,
    "from_payment_terms" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'from_payment_terms'::text)) STORED,
    "expires" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'expires'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (invoice, item_position, position)
);

CREATE INDEX invoice_discounts_coupon_idx ON {schema}.invoice_discounts USING spgist ("coupon");
COMMENT ON TABLE {schema}.invoice_discounts IS 'Discounts applied to invoices and their lines: one row a discount, replaced with its invoice.';
COMMENT ON COLUMN {schema}.invoice_discounts.invoice IS 'The record it belongs to: invoices.id.';
COMMENT ON COLUMN {schema}.invoice_discounts.item_position IS 'Which of the items it is applied to, from 1; 0: to the whole.';
COMMENT ON COLUMN {schema}.invoice_discounts.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.invoice_discounts."id" IS 'Invoiced id of the applied discount.';
COMMENT ON COLUMN {schema}.invoice_discounts."amount" IS 'What it takes off, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.invoice_discounts."coupon" IS 'Id of the coupon (coupons.id); NULL: none, a discount entered by hand.';
COMMENT ON COLUMN {schema}.invoice_discounts."coupon_value" IS 'Value of the coupon: percent, or an amount.';
COMMENT ON COLUMN {schema}.invoice_discounts."coupon_is_percent" IS 'Whether coupon_value is in percent.';
COMMENT ON COLUMN {schema}.invoice_discounts."from_payment_terms" IS 'Whether it is an early-payment discount of the payment terms.';
COMMENT ON COLUMN {schema}.invoice_discounts."expires" IS 'When it expires if the invoice is not paid by then; NULL: never.';
COMMENT ON COLUMN {schema}.invoice_discounts."updated_at" IS 'When it was last changed.';
COMMENT ON COLUMN {schema}.invoice_discounts.raw IS 'The element as it came.';

CREATE TABLE {schema}.credit_note_discounts (
    credit_note bigint NOT NULL,
    item_position integer NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "coupon" text GENERATED ALWAYS AS ({schema}._text(raw -> 'coupon'::text -> 'id'::text)) STORED,
    "coupon_value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'coupon'::text -> 'value'::text)) STORED,
    "coupon_is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'coupon'::text -> 'is_percent'::text)) STORED,
    "from_payment_terms" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'from_payment_terms'::text)) STORED,
    "expires" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'expires'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (credit_note, item_position, position)
);

CREATE INDEX credit_note_discounts_coupon_idx ON {schema}.credit_note_discounts USING spgist ("coupon");
COMMENT ON TABLE {schema}.credit_note_discounts IS 'Discounts applied to credit notes and their lines: one row a discount, replaced with its credit note.';
COMMENT ON COLUMN {schema}.credit_note_discounts.credit_note IS 'The record it belongs to: credit_notes.id.';
COMMENT ON COLUMN {schema}.credit_note_discounts.item_position IS 'Which of the items it is applied to, from 1; 0: to the whole.';
COMMENT ON COLUMN {schema}.credit_note_discounts.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.credit_note_discounts."id" IS 'Invoiced id of the applied discount.';
COMMENT ON COLUMN {schema}.credit_note_discounts."amount" IS 'What it takes off, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.credit_note_discounts."coupon" IS 'Id of the coupon (coupons.id); NULL: none, a discount entered by hand.';
COMMENT ON COLUMN {schema}.credit_note_discounts."coupon_value" IS 'Value of the coupon: percent, or an amount.';
COMMENT ON COLUMN {schema}.credit_note_discounts."coupon_is_percent" IS 'Whether coupon_value is in percent.';
COMMENT ON COLUMN {schema}.credit_note_discounts."from_payment_terms" IS 'Whether it is an early-payment discount of the payment terms.';
COMMENT ON COLUMN {schema}.credit_note_discounts."expires" IS 'When it expires if the invoice is not paid by then; NULL: never.';
COMMENT ON COLUMN {schema}.credit_note_discounts."updated_at" IS 'When it was last changed.';
COMMENT ON COLUMN {schema}.credit_note_discounts.raw IS 'The element as it came.';

CREATE TABLE {schema}.estimate_discounts (
    estimate bigint NOT NULL,
    item_position integer NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "coupon" text GENERATED ALWAYS AS ({schema}._text(raw -> 'coupon'::text -> 'id'::text)) STORED,
    "coupon_value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'coupon'::text -> 'value'::text)) STORED,
    "coupon_is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'coupon'::text -> 'is_percent'::text)) STORED,
    "from_payment_terms" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'from_payment_terms'::text)) STORED,
    "expires" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'expires'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (estimate, item_position, position)
);

CREATE INDEX estimate_discounts_coupon_idx ON {schema}.estimate_discounts USING spgist ("coupon");
COMMENT ON TABLE {schema}.estimate_discounts IS 'Discounts applied to estimates and their lines: one row a discount, replaced with its estimate.';
COMMENT ON COLUMN {schema}.estimate_discounts.estimate IS 'The record it belongs to: estimates.id.';
COMMENT ON COLUMN {schema}.estimate_discounts.item_position IS 'Which of the items it is applied to, from 1; 0: to the whole.';
COMMENT ON COLUMN {schema}.estimate_discounts.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.estimate_discounts."id" IS 'Invoiced id of the applied discount.';
COMMENT ON COLUMN {schema}.estimate_discounts."amount" IS 'What it takes off, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.estimate_discounts."coupon" IS 'Id of the coupon (coupons.id); NULL: none, a discount entered by hand.';
COMMENT ON COLUMN {schema}.estimate_discounts."coupon_value" IS 'Value of the coupon: percent, or an amount.';
COMMENT ON COLUMN {schema}.estimate_discounts."coupon_is_percent" IS 'Whether coupon_value is in percent.';
COMMENT ON COLUMN {schema}.estimate_discounts."from_payment_terms" IS 'Whether it is an early-payment discount of the payment terms.';
COMMENT ON COLUMN {schema}.estimate_discounts."expires" IS 'When it expires if the invoice is not paid by then; NULL: never.';
COMMENT ON COLUMN {schema}.estimate_discounts."updated_at" IS 'When it was last changed.';
COMMENT ON COLUMN {schema}.estimate_discounts.raw IS 'The element as it came.';

CREATE TABLE {schema}.invoice_items (
    invoice bigint NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'type'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "description" text GENERATED ALWAYS AS ({schema}._text(raw -> 'description'::text)) STORED,
    "catalog_item" text GENERATED ALWAYS AS ({schema}._text(raw -> 'catalog_item'::text)) STORED,
    "plan" text GENERATED ALWAYS AS ({schema}._text(raw -> 'plan'::text)) STORED,
    "subscription" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'subscription'::text)) STORED,
    "quantity" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'quantity'::text)) STORED,
    "unit_cost" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'unit_cost'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "discountable" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'discountable'::text)) STORED,
    "taxable" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'taxable'::text)) STORED,
    "prorated" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'prorated'::text)) STORED,
    "period_start" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'period_start'::text)) STORED,
    "period_end" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'period_end'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (invoice, position)
);

CREATE INDEX invoice_items_catalog_item_idx ON {schema}.invoice_items USING spgist ("catalog_item");

CREATE INDEX invoice_items_plan_idx ON {schema}.invoice_items USING spgist ("plan");

CREATE INDEX invoice_items_subscription_idx ON {schema}.invoice_items ("subscription");
COMMENT ON TABLE {schema}.invoice_items IS 'Lines of invoices: one row a line, replaced with its invoice. Amounts are before discounts, in major units of the invoice''s currency.';
COMMENT ON COLUMN {schema}.invoice_items.invoice IS 'The record it belongs to: invoices.id.';
COMMENT ON COLUMN {schema}.invoice_items.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.invoice_items."id" IS 'Invoiced id of the line.';
COMMENT ON COLUMN {schema}.invoice_items."type" IS 'Kind of the line, such as product, service, plan, discount or bad_debt; an open set.';
COMMENT ON COLUMN {schema}.invoice_items."name" IS 'Name of what is billed.';
COMMENT ON COLUMN {schema}.invoice_items."description" IS 'Description below the name.';
COMMENT ON COLUMN {schema}.invoice_items."catalog_item" IS 'Id of the catalogue item (items.id, which an archived item may share); NULL: none.';
COMMENT ON COLUMN {schema}.invoice_items."plan" IS 'Id of the plan (plans.id, which an archived plan may share); NULL: not billed by a plan.';
COMMENT ON COLUMN {schema}.invoice_items."subscription" IS 'Invoiced id of the subscription that billed it; NULL: none.';
COMMENT ON COLUMN {schema}.invoice_items."quantity" IS 'How many units; may have decimals.';
COMMENT ON COLUMN {schema}.invoice_items."unit_cost" IS 'Price of one unit, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.invoice_items."amount" IS 'Quantity times unit cost, rounded by the source, before discounts, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.invoice_items."discountable" IS 'Whether discounts of the document apply to it.';
COMMENT ON COLUMN {schema}.invoice_items."taxable" IS 'Whether taxes of the document apply to it.';
COMMENT ON COLUMN {schema}.invoice_items."prorated" IS 'Whether it bills a part of a period only.';
COMMENT ON COLUMN {schema}.invoice_items."period_start" IS 'When the billed period begins; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.invoice_items."period_end" IS 'When the billed period ends, its last day included; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.invoice_items."created_at" IS 'When the line was created.';
COMMENT ON COLUMN {schema}.invoice_items."updated_at" IS 'When the line was last changed.';
COMMENT ON COLUMN {schema}.invoice_items.raw IS 'The element as it came.';

CREATE TABLE {schema}.credit_note_items (
    credit_note bigint NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'type'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "description" text GENERATED ALWAYS AS ({schema}._text(raw -> 'description'::text)) STORED,
    "catalog_item" text GENERATED ALWAYS AS ({schema}._text(raw -> 'catalog_item'::text)) STORED,
    "plan" text GENERATED ALWAYS AS ({schema}._text(raw -> 'plan'::text)) STORED,
    "subscription" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'subscription'::text)) STORED,
    "quantity" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'quantity'::text)) STORED,
    "unit_cost" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'unit_cost'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "discountable" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'discountable'::text)) STORED,
    "taxable" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'taxable'::text)) STORED,
    "prorated" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'prorated'::text)) STORED,
    "period_start" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'period_start'::text)) STORED,
    "period_end" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'period_end'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (credit_note, position)
);

CREATE INDEX credit_note_items_catalog_item_idx ON {schema}.credit_note_items USING spgist ("catalog_item");

CREATE INDEX credit_note_items_plan_idx ON {schema}.credit_note_items USING spgist ("plan");

CREATE INDEX credit_note_items_subscription_idx ON {schema}.credit_note_items ("subscription");
COMMENT ON TABLE {schema}.credit_note_items IS 'Lines of credit notes: one row a line, replaced with its credit note. A line of type bad_debt makes the credit note a write-off.';
COMMENT ON COLUMN {schema}.credit_note_items.credit_note IS 'The record it belongs to: credit_notes.id.';
COMMENT ON COLUMN {schema}.credit_note_items.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.credit_note_items."id" IS 'Invoiced id of the line.';
COMMENT ON COLUMN {schema}.credit_note_items."type" IS 'Kind of the line, such as product, service, plan, discount or bad_debt; an open set.';
COMMENT ON COLUMN {schema}.credit_note_items."name" IS 'Name of what is billed.';
COMMENT ON COLUMN {schema}.credit_note_items."description" IS 'Description below the name.';
COMMENT ON COLUMN {schema}.credit_note_items."catalog_item" IS 'Id of the catalogue item (items.id, which an archived item may share); NULL: none.';
COMMENT ON COLUMN {schema}.credit_note_items."plan" IS 'Id of the plan (plans.id, which an archived plan may share); NULL: not billed by a plan.';
COMMENT ON COLUMN {schema}.credit_note_items."subscription" IS 'Invoiced id of the subscription that billed it; NULL: none.';
COMMENT ON COLUMN {schema}.credit_note_items."quantity" IS 'How many units; may have decimals.';
COMMENT ON COLUMN {schema}.credit_note_items."unit_cost" IS 'Price of one unit, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.credit_note_items."amount" IS 'Quantity times unit cost, rounded by the source, before discounts, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.credit_note_items."discountable" IS 'Whether discounts of the document apply to it.';
COMMENT ON COLUMN {schema}.credit_note_items."taxable" IS 'Whether taxes of the document apply to it.';
COMMENT ON COLUMN {schema}.credit_note_items."prorated" IS 'Whether it bills a part of a period only.';
COMMENT ON COLUMN {schema}.credit_note_items."period_start" IS 'When the billed period begins; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.credit_note_items."period_end" IS 'When the billed period ends, its last day included; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.credit_note_items."created_at" IS 'When the line was created.';
COMMENT ON COLUMN {schema}.credit_note_items."updated_at" IS 'When the line was last changed.';
COMMENT ON COLUMN {schema}.credit_note_items.raw IS 'The element as it came.';

CREATE TABLE {schema}.estimate_items (
    estimate bigint NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'type'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "description" text GENERATED ALWAYS AS ({schema}._text(raw -> 'description'::text)) STORED,
    "catalog_item" text GENERATED ALWAYS AS ({schema}._text(raw -> 'catalog_item'::text)) STORED,
    "plan" text GENERATED ALWAYS AS ({schema}._text(raw -> 'plan'::text)) STORED,
    "subscription" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'subscription'::text)) STORED,
    "quantity" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'quantity'::text)) STORED,
    "unit_cost" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'unit_cost'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "discountable" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'discountable'::text)) STORED,
    "taxable" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'taxable'::text)) STORED,
    "prorated" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'prorated'::text)) STORED,
    "period_start" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'period_start'::text)) STORED,
    "period_end" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'period_end'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (estimate, position)
);

CREATE INDEX estimate_items_catalog_item_idx ON {schema}.estimate_items USING spgist ("catalog_item");

CREATE INDEX estimate_items_plan_idx ON {schema}.estimate_items USING spgist ("plan");

CREATE INDEX estimate_items_subscription_idx ON {schema}.estimate_items ("subscription");
COMMENT ON TABLE {schema}.estimate_items IS 'Lines of estimates: one row a line, replaced with its estimate.';
COMMENT ON COLUMN {schema}.estimate_items.estimate IS 'The record it belongs to: estimates.id.';
COMMENT ON COLUMN {schema}.estimate_items.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.estimate_items."id" IS 'Invoiced id of the line.';
COMMENT ON COLUMN {schema}.estimate_items."type" IS 'Kind of the line, such as product, service, plan, discount or bad_debt; an open set.';
COMMENT ON COLUMN {schema}.estimate_items."name" IS 'Name of what is billed.';
COMMENT ON COLUMN {schema}.estimate_items."description" IS 'Description below the name.';
COMMENT ON COLUMN {schema}.estimate_items."catalog_item" IS 'Id of the catalogue item (items.id, which an archived item may share); NULL: none.';
COMMENT ON COLUMN {schema}.estimate_items."plan" IS 'Id of the plan (plans.id, which an archived plan may share); NULL: not billed by a plan.';
COMMENT ON COLUMN {schema}.estimate_items."subscription" IS 'Invoiced id of the subscription that billed it; NULL: none.';
COMMENT ON COLUMN {schema}.estimate_items."quantity" IS 'How many units; may have decimals.';
COMMENT ON COLUMN {schema}.estimate_items."unit_cost" IS 'Price of one unit, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.estimate_items."amount" IS 'Quantity times unit cost, rounded by the source, before discounts, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.estimate_items."discountable" IS 'Whether discounts of the document apply to it.';
COMMENT ON COLUMN {schema}.estimate_items."taxable" IS 'Whether taxes of the document apply to it.';
COMMENT ON COLUMN {schema}.estimate_items."prorated" IS 'Whether it bills a part of a period only.';
COMMENT ON COLUMN {schema}.estimate_items."period_start" IS 'When the billed period begins; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.estimate_items."period_end" IS 'When the billed period ends, its last day included; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.estimate_items."created_at" IS 'When the line was created.';
COMMENT ON COLUMN {schema}.estimate_items."updated_at" IS 'When the line was last changed.';
COMMENT ON COLUMN {schema}.estimate_items.raw IS 'The element as it came.';

CREATE TABLE {schema}.coupon_metadata (
    coupon text NOT NULL,
    key text NOT NULL,
    value text GENERATED ALWAYS AS (value_json #>> '{}'::text[]) STORED,
    value_json jsonb NOT NULL,
    PRIMARY KEY (coupon, key)
);
COMMENT ON TABLE {schema}.coupon_metadata IS 'Metadata of coupons: one row a key.';
COMMENT ON COLUMN {schema}.coupon_metadata.coupon IS 'The record it belongs to: coupons.key.';
COMMENT ON COLUMN {schema}.coupon_metadata.key IS 'The key, as custom_fields describes it; one of more than 1,000 bytes is in raw only.';
COMMENT ON COLUMN {schema}.coupon_metadata.value IS 'The value as text; NULL where it is null.';
COMMENT ON COLUMN {schema}.coupon_metadata.value_json IS 'The value as it came.';

CREATE TABLE {schema}.credit_note_metadata (
    credit_note bigint NOT NULL,
    key text NOT NULL,
    value text GENERATED ALWAYS AS (value_json #>> '{}'::text[]) STORED,
    value_json jsonb NOT NULL,
    PRIMARY KEY (credit_note, key)
);
COMMENT ON TABLE {schema}.credit_note_metadata IS 'Metadata of credit notes: one row a key.';
COMMENT ON COLUMN {schema}.credit_note_metadata.credit_note IS 'The record it belongs to: credit_notes.id.';
COMMENT ON COLUMN {schema}.credit_note_metadata.key IS 'The key, as custom_fields describes it; one of more than 1,000 bytes is in raw only.';
COMMENT ON COLUMN {schema}.credit_note_metadata.value IS 'The value as text; NULL where it is null.';
COMMENT ON COLUMN {schema}.credit_note_metadata.value_json IS 'The value as it came.';

CREATE TABLE {schema}.customer_metadata (
    customer bigint NOT NULL,
    key text NOT NULL,
    value text GENERATED ALWAYS AS (value_json #>> '{}'::text[]) STORED,
    value_json jsonb NOT NULL,
    PRIMARY KEY (customer, key)
);
COMMENT ON TABLE {schema}.customer_metadata IS 'Metadata of customers: one row a key.';
COMMENT ON COLUMN {schema}.customer_metadata.customer IS 'The record it belongs to: customers.id.';
COMMENT ON COLUMN {schema}.customer_metadata.key IS 'The key, as custom_fields describes it; one of more than 1,000 bytes is in raw only.';
COMMENT ON COLUMN {schema}.customer_metadata.value IS 'The value as text; NULL where it is null.';
COMMENT ON COLUMN {schema}.customer_metadata.value_json IS 'The value as it came.';

CREATE TABLE {schema}.estimate_metadata (
    estimate bigint NOT NULL,
    key text NOT NULL,
    value text GENERATED ALWAYS AS (value_json #>> '{}'::text[]) STORED,
    value_json jsonb NOT NULL,
    PRIMARY KEY (estimate, key)
);
COMMENT ON TABLE {schema}.estimate_metadata IS 'Metadata of estimates: one row a key.';
COMMENT ON COLUMN {schema}.estimate_metadata.estimate IS 'The record it belongs to: estimates.id.';
COMMENT ON COLUMN {schema}.estimate_metadata.key IS 'The key, as custom_fields describes it; one of more than 1,000 bytes is in raw only.';
COMMENT ON COLUMN {schema}.estimate_metadata.value IS 'The value as text; NULL where it is null.';
COMMENT ON COLUMN {schema}.estimate_metadata.value_json IS 'The value as it came.';

CREATE TABLE {schema}.invoice_metadata (
    invoice bigint NOT NULL,
    key text NOT NULL,
    value text GENERATED ALWAYS AS (value_json #>> '{}'::text[]) STORED,
    value_json jsonb NOT NULL,
    PRIMARY KEY (invoice, key)
);
COMMENT ON TABLE {schema}.invoice_metadata IS 'Metadata of invoices: one row a key.';
COMMENT ON COLUMN {schema}.invoice_metadata.invoice IS 'The record it belongs to: invoices.id.';
COMMENT ON COLUMN {schema}.invoice_metadata.key IS 'The key, as custom_fields describes it; one of more than 1,000 bytes is in raw only.';
COMMENT ON COLUMN {schema}.invoice_metadata.value IS 'The value as text; NULL where it is null.';
COMMENT ON COLUMN {schema}.invoice_metadata.value_json IS 'The value as it came.';

CREATE TABLE {schema}.item_metadata (
    item text NOT NULL,
    key text NOT NULL,
    value text GENERATED ALWAYS AS (value_json #>> '{}'::text[]) STORED,
    value_json jsonb NOT NULL,
    PRIMARY KEY (item, key)
);
COMMENT ON TABLE {schema}.item_metadata IS 'Metadata of catalogue items: one row a key.';
COMMENT ON COLUMN {schema}.item_metadata.item IS 'The record it belongs to: items.key.';
COMMENT ON COLUMN {schema}.item_metadata.key IS 'The key, as custom_fields describes it; one of more than 1,000 bytes is in raw only.';
COMMENT ON COLUMN {schema}.item_metadata.value IS 'The value as text; NULL where it is null.';
COMMENT ON COLUMN {schema}.item_metadata.value_json IS 'The value as it came.';

CREATE TABLE {schema}.payment_metadata (
    payment bigint NOT NULL,
    key text NOT NULL,
    value text GENERATED ALWAYS AS (value_json #>> '{}'::text[]) STORED,
    value_json jsonb NOT NULL,
    PRIMARY KEY (payment, key)
);
COMMENT ON TABLE {schema}.payment_metadata IS 'Metadata of payments: one row a key.';
COMMENT ON COLUMN {schema}.payment_metadata.payment IS 'The record it belongs to: payments.id.';
COMMENT ON COLUMN {schema}.payment_metadata.key IS 'The key, as custom_fields describes it; one of more than 1,000 bytes is in raw only.';
COMMENT ON COLUMN {schema}.payment_metadata.value IS 'The value as text; NULL where it is null.';
COMMENT ON COLUMN {schema}.payment_metadata.value_json IS 'The value as it came.';

CREATE TABLE {schema}.pending_line_item_metadata (
    pending_line_item bigint NOT NULL,
    key text NOT NULL,
    value text GENERATED ALWAYS AS (value_json #>> '{}'::text[]) STORED,
    value_json jsonb NOT NULL,
    PRIMARY KEY (pending_line_item, key)
);
COMMENT ON TABLE {schema}.pending_line_item_metadata IS 'Metadata of pending lines: one row a key.';
COMMENT ON COLUMN {schema}.pending_line_item_metadata.pending_line_item IS 'The record it belongs to: pending_line_items.id.';
COMMENT ON COLUMN {schema}.pending_line_item_metadata.key IS 'The key, as custom_fields describes it; one of more than 1,000 bytes is in raw only.';
COMMENT ON COLUMN {schema}.pending_line_item_metadata.value IS 'The value as text; NULL where it is null.';
COMMENT ON COLUMN {schema}.pending_line_item_metadata.value_json IS 'The value as it came.';

CREATE TABLE {schema}.plan_metadata (
    plan text NOT NULL,
    key text NOT NULL,
    value text GENERATED ALWAYS AS (value_json #>> '{}'::text[]) STORED,
    value_json jsonb NOT NULL,
    PRIMARY KEY (plan, key)
);
COMMENT ON TABLE {schema}.plan_metadata IS 'Metadata of plans: one row a key.';
COMMENT ON COLUMN {schema}.plan_metadata.plan IS 'The record it belongs to: plans.key.';
COMMENT ON COLUMN {schema}.plan_metadata.key IS 'The key, as custom_fields describes it; one of more than 1,000 bytes is in raw only.';
COMMENT ON COLUMN {schema}.plan_metadata.value IS 'The value as text; NULL where it is null.';
COMMENT ON COLUMN {schema}.plan_metadata.value_json IS 'The value as it came.';

CREATE TABLE {schema}.subscription_metadata (
    subscription bigint NOT NULL,
    key text NOT NULL,
    value text GENERATED ALWAYS AS (value_json #>> '{}'::text[]) STORED,
    value_json jsonb NOT NULL,
    PRIMARY KEY (subscription, key)
);
COMMENT ON TABLE {schema}.subscription_metadata IS 'Metadata of subscriptions: one row a key.';
COMMENT ON COLUMN {schema}.subscription_metadata.subscription IS 'The record it belongs to: subscriptions.id.';
COMMENT ON COLUMN {schema}.subscription_metadata.key IS 'The key, as custom_fields describes it; one of more than 1,000 bytes is in raw only.';
COMMENT ON COLUMN {schema}.subscription_metadata.value IS 'The value as text; NULL where it is null.';
COMMENT ON COLUMN {schema}.subscription_metadata.value_json IS 'The value as it came.';

CREATE TABLE {schema}.tax_rate_metadata (
    tax_rate text NOT NULL,
    key text NOT NULL,
    value text GENERATED ALWAYS AS (value_json #>> '{}'::text[]) STORED,
    value_json jsonb NOT NULL,
    PRIMARY KEY (tax_rate, key)
);
COMMENT ON TABLE {schema}.tax_rate_metadata IS 'Metadata of tax rates: one row a key.';
COMMENT ON COLUMN {schema}.tax_rate_metadata.tax_rate IS 'The record it belongs to: tax_rates.key.';
COMMENT ON COLUMN {schema}.tax_rate_metadata.key IS 'The key, as custom_fields describes it; one of more than 1,000 bytes is in raw only.';
COMMENT ON COLUMN {schema}.tax_rate_metadata.value IS 'The value as text; NULL where it is null.';
COMMENT ON COLUMN {schema}.tax_rate_metadata.value_json IS 'The value as it came.';

CREATE TABLE {schema}.transaction_metadata (
    transaction bigint NOT NULL,
    key text NOT NULL,
    value text GENERATED ALWAYS AS (value_json #>> '{}'::text[]) STORED,
    value_json jsonb NOT NULL,
    PRIMARY KEY (transaction, key)
);
COMMENT ON TABLE {schema}.transaction_metadata IS 'Metadata of transactions: one row a key.';
COMMENT ON COLUMN {schema}.transaction_metadata.transaction IS 'The record it belongs to: transactions.id.';
COMMENT ON COLUMN {schema}.transaction_metadata.key IS 'The key, as custom_fields describes it; one of more than 1,000 bytes is in raw only.';
COMMENT ON COLUMN {schema}.transaction_metadata.value IS 'The value as text; NULL where it is null.';
COMMENT ON COLUMN {schema}.transaction_metadata.value_json IS 'The value as it came.';

CREATE TABLE {schema}.payment_applications (
    payment bigint NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'type'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "invoice" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'invoice'::text)) STORED,
    "estimate" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'estimate'::text)) STORED,
    "credit_note" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'credit_note'::text)) STORED,
    "document_type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'document_type'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (payment, position)
);

CREATE INDEX payment_applications_id_idx ON {schema}.payment_applications ("id");

CREATE INDEX payment_applications_invoice_idx ON {schema}.payment_applications ("invoice");

CREATE INDEX payment_applications_estimate_idx ON {schema}.payment_applications ("estimate");

CREATE INDEX payment_applications_credit_note_idx ON {schema}.payment_applications ("credit_note");
COMMENT ON TABLE {schema}.payment_applications IS 'What each payment was applied to: one row an application, replaced with its payment. A voided payment has none. Each is also a row of transactions with the same id.';
COMMENT ON COLUMN {schema}.payment_applications.payment IS 'The record it belongs to: payments.id.';
COMMENT ON COLUMN {schema}.payment_applications.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.payment_applications."id" IS 'Id of the transaction that applied it (transactions.id).';
COMMENT ON COLUMN {schema}.payment_applications."type" IS 'What it was applied to. Known values: invoice, estimate, credit_note, credit, convenience_fee, applied_credit, document_adjustment. Only the first two, credit and convenience_fee are cash.';
COMMENT ON COLUMN {schema}.payment_applications."amount" IS 'The amount applied, in major units of the payment''s currency.';
COMMENT ON COLUMN {schema}.payment_applications."invoice" IS 'Invoiced id of the invoice; NULL: none.';
COMMENT ON COLUMN {schema}.payment_applications."estimate" IS 'Invoiced id of the estimate; NULL: none.';
COMMENT ON COLUMN {schema}.payment_applications."credit_note" IS 'Invoiced id of the credit note; NULL: none.';
COMMENT ON COLUMN {schema}.payment_applications."document_type" IS 'To which kind of document a credit note or a credit was applied; NULL: none.';
COMMENT ON COLUMN {schema}.payment_applications.raw IS 'The element as it came.';

CREATE TABLE {schema}.payment_plan_installments (
    payment_plan bigint NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "date" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "balance" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'balance'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (payment_plan, position)
);
COMMENT ON TABLE {schema}.payment_plan_installments IS 'Installments of payment plans: one row an installment, replaced with its plan. Payments fill the oldest first.';
COMMENT ON COLUMN {schema}.payment_plan_installments.payment_plan IS 'The record it belongs to: payment_plans.id.';
COMMENT ON COLUMN {schema}.payment_plan_installments.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.payment_plan_installments."id" IS 'Invoiced id of the installment.';
COMMENT ON COLUMN {schema}.payment_plan_installments."date" IS 'When it is due; its day is meant in the time zone of the company.';
COMMENT ON COLUMN {schema}.payment_plan_installments."amount" IS 'The installment, in major units of the invoice''s currency.';
COMMENT ON COLUMN {schema}.payment_plan_installments."balance" IS 'What is still owed of it, in major units of the invoice''s currency.';
COMMENT ON COLUMN {schema}.payment_plan_installments."updated_at" IS 'When it was last changed.';
COMMENT ON COLUMN {schema}.payment_plan_installments.raw IS 'The element as it came.';

CREATE TABLE {schema}.plan_tiers (
    plan text NOT NULL,
    position integer NOT NULL,
    "min_qty" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'min_qty'::text)) STORED,
    "max_qty" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'max_qty'::text)) STORED,
    "unit_cost" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'unit_cost'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (plan, position)
);
COMMENT ON TABLE {schema}.plan_tiers IS 'Price tiers of plans priced by volume or tier: one row a tier, replaced with its plan.';
COMMENT ON COLUMN {schema}.plan_tiers.plan IS 'The record it belongs to: plans.key.';
COMMENT ON COLUMN {schema}.plan_tiers.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.plan_tiers."min_qty" IS 'Least quantity of the tier; NULL: from the first unit.';
COMMENT ON COLUMN {schema}.plan_tiers."max_qty" IS 'Largest quantity of the tier; NULL: no end.';
COMMENT ON COLUMN {schema}.plan_tiers."unit_cost" IS 'Price of one unit within the tier, in major units of the plan''s currency.';
COMMENT ON COLUMN {schema}.plan_tiers.raw IS 'The element as it came.';

CREATE TABLE {schema}.invoice_shipping (
    invoice bigint NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (invoice, position)
);
COMMENT ON TABLE {schema}.invoice_shipping IS 'Shipping on old invoices: one row a rate, replaced with its invoice.';
COMMENT ON COLUMN {schema}.invoice_shipping.invoice IS 'The record it belongs to: invoices.id.';
COMMENT ON COLUMN {schema}.invoice_shipping.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.invoice_shipping."id" IS 'Invoiced id of the applied rate.';
COMMENT ON COLUMN {schema}.invoice_shipping."amount" IS 'The charge for shipping, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.invoice_shipping.raw IS 'The element as it came.';

CREATE TABLE {schema}.credit_note_shipping (
    credit_note bigint NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (credit_note, position)
);
COMMENT ON TABLE {schema}.credit_note_shipping IS 'Shipping on old credit notes: one row a rate, replaced with its credit note.';
COMMENT ON COLUMN {schema}.credit_note_shipping.credit_note IS 'The record it belongs to: credit_notes.id.';
COMMENT ON COLUMN {schema}.credit_note_shipping.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.credit_note_shipping."id" IS 'Invoiced id of the applied rate.';
COMMENT ON COLUMN {schema}.credit_note_shipping."amount" IS 'The charge for shipping, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.credit_note_shipping.raw IS 'The element as it came.';

CREATE TABLE {schema}.estimate_shipping (
    estimate bigint NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (estimate, position)
);
COMMENT ON TABLE {schema}.estimate_shipping IS 'Shipping on old estimates: one row a rate, replaced with its estimate.';
COMMENT ON COLUMN {schema}.estimate_shipping.estimate IS 'The record it belongs to: estimates.id.';
COMMENT ON COLUMN {schema}.estimate_shipping.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.estimate_shipping."id" IS 'Invoiced id of the applied rate.';
COMMENT ON COLUMN {schema}.estimate_shipping."amount" IS 'The charge for shipping, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.estimate_shipping.raw IS 'The element as it came.';

CREATE TABLE {schema}.subscription_addons (
    subscription bigint NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "plan" text GENERATED ALWAYS AS ({schema}._text(raw -> 'plan'::text)) STORED,
    "catalog_item" text GENERATED ALWAYS AS ({schema}._text(raw -> 'catalog_item'::text)) STORED,
    "quantity" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'quantity'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "description" text GENERATED ALWAYS AS ({schema}._text(raw -> 'description'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (subscription, position)
);

CREATE INDEX subscription_addons_plan_idx ON {schema}.subscription_addons USING spgist ("plan");

CREATE INDEX subscription_addons_catalog_item_idx ON {schema}.subscription_addons USING spgist ("catalog_item");
COMMENT ON TABLE {schema}.subscription_addons IS 'Addons of subscriptions: one row an addon, replaced with its subscription.';
COMMENT ON COLUMN {schema}.subscription_addons.subscription IS 'The record it belongs to: subscriptions.id.';
COMMENT ON COLUMN {schema}.subscription_addons.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.subscription_addons."id" IS 'Invoiced id of the addon.';
COMMENT ON COLUMN {schema}.subscription_addons."plan" IS 'Id of the plan (plans.id, which an archived plan may share); NULL: none.';
COMMENT ON COLUMN {schema}.subscription_addons."catalog_item" IS 'Id of the catalogue item (items.id, which an archived item may share); NULL: none.';
COMMENT ON COLUMN {schema}.subscription_addons."quantity" IS 'How many units.';
COMMENT ON COLUMN {schema}.subscription_addons."amount" IS 'Price of one unit where the plan has none of its own; NULL otherwise.';
COMMENT ON COLUMN {schema}.subscription_addons."description" IS 'Description of the addon.';
COMMENT ON COLUMN {schema}.subscription_addons."created_at" IS 'When the addon was created.';
COMMENT ON COLUMN {schema}.subscription_addons."updated_at" IS 'When the addon was last changed.';
COMMENT ON COLUMN {schema}.subscription_addons.raw IS 'The element as it came.';

CREATE TABLE {schema}.customer_taxes (
    customer bigint NOT NULL,
    position integer NOT NULL,
    "tax_rate" text GENERATED ALWAYS AS (CASE WHEN pg_catalog.jsonb_typeof(raw -> 'id'::text) IN ('string', 'number') THEN (raw -> 'id'::text) #>> '{}'::text[] END) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'value'::text)) STORED,
    "is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'is_percent'::text)) STORED,
    "inclusive" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'inclusive'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (customer, position)
);

CREATE INDEX customer_taxes_tax_rate_idx ON {schema}.customer_taxes USING spgist ("tax_rate");
COMMENT ON TABLE {schema}.customer_taxes IS 'Tax rates of customers: one row a rate, replaced with its customer. Archived rates vanish from it.';
COMMENT ON COLUMN {schema}.customer_taxes.customer IS 'The record it belongs to: customers.id.';
COMMENT ON COLUMN {schema}.customer_taxes.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.customer_taxes."tax_rate" IS 'Id of the tax rate (tax_rates.id).';
COMMENT ON COLUMN {schema}.customer_taxes."name" IS 'Name of the tax rate.';
COMMENT ON COLUMN {schema}.customer_taxes."value" IS 'Percent, or an amount.';
COMMENT ON COLUMN {schema}.customer_taxes."is_percent" IS 'Whether value is in percent.';
COMMENT ON COLUMN {schema}.customer_taxes."inclusive" IS 'Whether prices include it already.';
COMMENT ON COLUMN {schema}.customer_taxes.raw IS 'The element as it came.';

CREATE TABLE {schema}.subscription_taxes (
    subscription bigint NOT NULL,
    position integer NOT NULL,
    "tax_rate" text GENERATED ALWAYS AS (CASE WHEN pg_catalog.jsonb_typeof(raw -> 'id'::text) IN ('string', 'number') THEN (raw -> 'id'::text) #>> '{}'::text[] END) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'value'::text)) STORED,
    "is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'is_percent'::text)) STORED,
    "inclusive" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'inclusive'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (subscription, position)
);

CREATE INDEX subscription_taxes_tax_rate_idx ON {schema}.subscription_taxes USING spgist ("tax_rate");
COMMENT ON TABLE {schema}.subscription_taxes IS 'Tax rates of subscriptions: one row a rate, replaced with its subscription. Archived rates vanish from it.';
COMMENT ON COLUMN {schema}.subscription_taxes.subscription IS 'The record it belongs to: subscriptions.id.';
COMMENT ON COLUMN {schema}.subscription_taxes.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.subscription_taxes."tax_rate" IS 'Id of the tax rate (tax_rates.id).';
COMMENT ON COLUMN {schema}.subscription_taxes."name" IS 'Name of the tax rate.';
COMMENT ON COLUMN {schema}.subscription_taxes."value" IS 'Percent, or an amount.';
COMMENT ON COLUMN {schema}.subscription_taxes."is_percent" IS 'Whether value is in percent.';
COMMENT ON COLUMN {schema}.subscription_taxes."inclusive" IS 'Whether prices include it already.';
COMMENT ON COLUMN {schema}.subscription_taxes.raw IS 'The element as it came.';

CREATE TABLE {schema}.item_taxes (
    item text NOT NULL,
    position integer NOT NULL,
    "tax_rate" text GENERATED ALWAYS AS (CASE WHEN pg_catalog.jsonb_typeof(raw -> 'id'::text) IN ('string', 'number') THEN (raw -> 'id'::text) #>> '{}'::text[] END) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'value'::text)) STORED,
    "is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'is_percent'::text)) STORED,
    "inclusive" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'inclusive'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (item, position)
);

CREATE INDEX item_taxes_tax_rate_idx ON {schema}.item_taxes USING spgist ("tax_rate");
COMMENT ON TABLE {schema}.item_taxes IS 'Tax rates of catalogue items: one row a rate, replaced with its item. Archived rates vanish from it.';
COMMENT ON COLUMN {schema}.item_taxes.item IS 'The record it belongs to: items.key.';
COMMENT ON COLUMN {schema}.item_taxes.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.item_taxes."tax_rate" IS 'Id of the tax rate (tax_rates.id).';
COMMENT ON COLUMN {schema}.item_taxes."name" IS 'Name of the tax rate.';
COMMENT ON COLUMN {schema}.item_taxes."value" IS 'Percent, or an amount.';
COMMENT ON COLUMN {schema}.item_taxes."is_percent" IS 'Whether value is in percent.';
COMMENT ON COLUMN {schema}.item_taxes."inclusive" IS 'Whether prices include it already.';
COMMENT ON COLUMN {schema}.item_taxes.raw IS 'The element as it came.';

CREATE TABLE {schema}.pending_line_item_taxes (
    pending_line_item bigint NOT NULL,
    position integer NOT NULL,
    "tax_rate" text GENERATED ALWAYS AS (CASE WHEN pg_catalog.jsonb_typeof(raw -> 'id'::text) IN ('string', 'number') THEN (raw -> 'id'::text) #>> '{}'::text[] END) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'value'::text)) STORED,
    "is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'is_percent'::text)) STORED,
    "inclusive" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'inclusive'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (pending_line_item, position)
);

CREATE INDEX pending_line_item_taxes_tax_rate_idx ON {schema}.pending_line_item_taxes USING spgist ("tax_rate");
COMMENT ON TABLE {schema}.pending_line_item_taxes IS 'Tax rates of pending lines: one row a rate, replaced with its line.';
COMMENT ON COLUMN {schema}.pending_line_item_taxes.pending_line_item IS 'The record it belongs to: pending_line_items.id.';
COMMENT ON COLUMN {schema}.pending_line_item_taxes.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.pending_line_item_taxes."tax_rate" IS 'Id of the tax rate (tax_rates.id).';
COMMENT ON COLUMN {schema}.pending_line_item_taxes."name" IS 'Name of the tax rate.';
COMMENT ON COLUMN {schema}.pending_line_item_taxes."value" IS 'Percent, or an amount.';
COMMENT ON COLUMN {schema}.pending_line_item_taxes."is_percent" IS 'Whether value is in percent.';
COMMENT ON COLUMN {schema}.pending_line_item_taxes."inclusive" IS 'Whether prices include it already.';
COMMENT ON COLUMN {schema}.pending_line_item_taxes.raw IS 'The element as it came.';

CREATE TABLE {schema}.invoice_taxes (
    invoice bigint NOT NULL,
    item_position integer NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "tax_rate" text GENERATED ALWAYS AS ({schema}._text(raw -> 'tax_rate'::text -> 'id'::text)) STORED,
    "rate_value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'tax_rate'::text -> 'value'::text)) STORED,
    "rate_is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'tax_rate'::text -> 'is_percent'::text)) STORED,
    "inclusive" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'tax_rate'::text -> 'inclusive'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (invoice, item_position, position)
);

CREATE INDEX invoice_taxes_tax_rate_idx ON {schema}.invoice_taxes USING spgist ("tax_rate");
COMMENT ON TABLE {schema}.invoice_taxes IS 'Taxes applied to invoices and their lines: one row a tax, replaced with its invoice.';
COMMENT ON COLUMN {schema}.invoice_taxes.invoice IS 'The record it belongs to: invoices.id.';
COMMENT ON COLUMN {schema}.invoice_taxes.item_position IS 'Which of the items it is applied to, from 1; 0: to the whole.';
COMMENT ON COLUMN {schema}.invoice_taxes.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.invoice_taxes."id" IS 'Invoiced id of the applied tax.';
COMMENT ON COLUMN {schema}.invoice_taxes."amount" IS 'The tax, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.invoice_taxes."tax_rate" IS 'Id of the tax rate (tax_rates.id); NULL: none, a tax entered by hand.';
COMMENT ON COLUMN {schema}.invoice_taxes."rate_value" IS 'Value of the rate: percent, or an amount.';
COMMENT ON COLUMN {schema}.invoice_taxes."rate_is_percent" IS 'Whether rate_value is in percent.';
COMMENT ON COLUMN {schema}.invoice_taxes."inclusive" IS 'Whether the amounts of the lines include it already.';
COMMENT ON COLUMN {schema}.invoice_taxes."updated_at" IS 'When it was last changed.';
COMMENT ON COLUMN {schema}.invoice_taxes.raw IS 'The element as it came.';

CREATE TABLE {schema}.credit_note_taxes (
    credit_note bigint NOT NULL,
    item_position integer NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "tax_rate" text GENERATED ALWAYS AS ({schema}._text(raw -> 'tax_rate'::text -> 'id'::text)) STORED,
    "rate_value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'tax_rate'::text -> 'value'::text)) STORED,
    "rate_is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'tax_rate'::text -> 'is_percent'::text)) STORED,
    "inclusive" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'tax_rate'::text -> 'inclusive'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (credit_note, item_position, position)
);

CREATE INDEX credit_note_taxes_tax_rate_idx ON {schema}.credit_note_taxes USING spgist ("tax_rate");
COMMENT ON TABLE {schema}.credit_note_taxes IS 'Taxes applied to credit notes and their lines: one row a tax, replaced with its credit note.';
COMMENT ON COLUMN {schema}.credit_note_taxes.credit_note IS 'The record it belongs to: credit_notes.id.';
COMMENT ON COLUMN {schema}.credit_note_taxes.item_position IS 'Which of the items it is applied to, from 1; 0: to the whole.';
COMMENT ON COLUMN {schema}.credit_note_taxes.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.credit_note_taxes."id" IS 'Invoiced id of the applied tax.';
COMMENT ON COLUMN {schema}.credit_note_taxes."amount" IS 'The tax, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.credit_note_taxes."tax_rate" IS 'Id of the tax rate (tax_rates.id); NULL: none, a tax entered by hand.';
COMMENT ON COLUMN {schema}.credit_note_taxes."rate_value" IS 'Value of the rate: percent, or an amount.';
COMMENT ON COLUMN {schema}.credit_note_taxes."rate_is_percent" IS 'Whether rate_value is in percent.';
COMMENT ON COLUMN {schema}.credit_note_taxes."inclusive" IS 'Whether the amounts of the lines include it already.';
COMMENT ON COLUMN {schema}.credit_note_taxes."updated_at" IS 'When it was last changed.';
COMMENT ON COLUMN {schema}.credit_note_taxes.raw IS 'The element as it came.';

CREATE TABLE {schema}.estimate_taxes (
    estimate bigint NOT NULL,
    item_position integer NOT NULL,
    position integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "tax_rate" text GENERATED ALWAYS AS ({schema}._text(raw -> 'tax_rate'::text -> 'id'::text)) STORED,
    "rate_value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'tax_rate'::text -> 'value'::text)) STORED,
    "rate_is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'tax_rate'::text -> 'is_percent'::text)) STORED,
    "inclusive" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'tax_rate'::text -> 'inclusive'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    raw jsonb NOT NULL,
    PRIMARY KEY (estimate, item_position, position)
);

CREATE INDEX estimate_taxes_tax_rate_idx ON {schema}.estimate_taxes USING spgist ("tax_rate");
COMMENT ON TABLE {schema}.estimate_taxes IS 'Taxes applied to estimates and their lines: one row a tax, replaced with its estimate.';
COMMENT ON COLUMN {schema}.estimate_taxes.estimate IS 'The record it belongs to: estimates.id.';
COMMENT ON COLUMN {schema}.estimate_taxes.item_position IS 'Which of the items it is applied to, from 1; 0: to the whole.';
COMMENT ON COLUMN {schema}.estimate_taxes.position IS 'Its place in the array, from 1.';
COMMENT ON COLUMN {schema}.estimate_taxes."id" IS 'Invoiced id of the applied tax.';
COMMENT ON COLUMN {schema}.estimate_taxes."amount" IS 'The tax, in major units of the document''s currency.';
COMMENT ON COLUMN {schema}.estimate_taxes."tax_rate" IS 'Id of the tax rate (tax_rates.id); NULL: none, a tax entered by hand.';
COMMENT ON COLUMN {schema}.estimate_taxes."rate_value" IS 'Value of the rate: percent, or an amount.';
COMMENT ON COLUMN {schema}.estimate_taxes."rate_is_percent" IS 'Whether rate_value is in percent.';
COMMENT ON COLUMN {schema}.estimate_taxes."inclusive" IS 'Whether the amounts of the lines include it already.';
COMMENT ON COLUMN {schema}.estimate_taxes."updated_at" IS 'When it was last changed.';
COMMENT ON COLUMN {schema}.estimate_taxes.raw IS 'The element as it came.';

INSERT INTO {schema}._nested_fill (resource)
SELECT 'bundles' WHERE EXISTS (SELECT FROM {schema}.bundles)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'charges' WHERE EXISTS (SELECT FROM {schema}.charges)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'chasing_cadences' WHERE EXISTS (SELECT FROM {schema}.chasing_cadences)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'subscriptions' WHERE EXISTS (SELECT FROM {schema}.subscriptions)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'pending_line_items' WHERE EXISTS (SELECT FROM {schema}.pending_line_items)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'invoices' WHERE EXISTS (SELECT FROM {schema}.invoices)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'credit_notes' WHERE EXISTS (SELECT FROM {schema}.credit_notes)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'estimates' WHERE EXISTS (SELECT FROM {schema}.estimates)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'coupons' WHERE EXISTS (SELECT FROM {schema}.coupons)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'customers' WHERE EXISTS (SELECT FROM {schema}.customers)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'items' WHERE EXISTS (SELECT FROM {schema}.items)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'payments' WHERE EXISTS (SELECT FROM {schema}.payments)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'plans' WHERE EXISTS (SELECT FROM {schema}.plans)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'tax_rates' WHERE EXISTS (SELECT FROM {schema}.tax_rates)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'transactions' WHERE EXISTS (SELECT FROM {schema}.transactions)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;

INSERT INTO {schema}._nested_fill (resource)
SELECT 'payment_plans' WHERE EXISTS (SELECT FROM {schema}.payment_plans)
ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;
