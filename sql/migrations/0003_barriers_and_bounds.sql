-- Bodies of refused records are kept up to a bound: a list that is broken, or hostile, must not fill the disk.

CREATE INDEX _rejected_body_idx ON {schema}._rejected (resource, last_at) WHERE body <> '';
COMMENT ON COLUMN {schema}._rejected.body IS 'The record as it was received; empty once too many others followed.';

-- A reader of NAME_with_deleted saw tombstones of other tables: a function in WHERE was called for them, before the
-- condition of the view. OFFSET 0 keeps what others ask for out of that part of the view; security_barrier does not,
-- since Postgres flattens a UNION ALL all the same. Columns, comments and grants stay as they are.

CREATE OR REPLACE VIEW {schema}.bundles_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, key, raw, read_at, synced_at, created_at, currency,
    id, internal_id, name, updated_at
FROM {schema}.bundles
UNION ALL
(SELECT deleted_at, how, key, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'id'),
    {schema}._bigint(raw -> 'internal_id'),
    {schema}._text(raw -> 'name'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'bundles' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.charges_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, amount_refunded,
    created_at, currency, customer, customer_id, description, disputed, failure_message, gateway, gateway_id,
    merchant_account, merchant_account_id, merchant_account_transaction, merchant_account_transaction_id, object,
    payment, payment_flow, payment_flow_id, payment_id, receipt_email, refunded, status, updated_at
FROM {schema}.charges
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._numeric(raw -> 'amount_refunded'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._bigint(raw -> 'customer_id'),
    {schema}._text(raw -> 'description'),
    {schema}._boolean(raw -> 'disputed'),
    {schema}._text(raw -> 'failure_message'),
    {schema}._text(raw -> 'gateway'),
    {schema}._text(raw -> 'gateway_id'),
    {schema}._bigint(raw -> 'merchant_account'),
    {schema}._bigint(raw -> 'merchant_account_id'),
    {schema}._bigint(raw -> 'merchant_account_transaction'),
    {schema}._bigint(raw -> 'merchant_account_transaction_id'),
    {schema}._text(raw -> 'object'),
    {schema}._bigint(raw -> 'payment'),
    {schema}._bigint(raw -> 'payment_flow'),
    {schema}._bigint(raw -> 'payment_flow_id'),
    {schema}._bigint(raw -> 'payment_id'),
    {schema}._text(raw -> 'receipt_email'),
    {schema}._boolean(raw -> 'refunded'),
    {schema}._text(raw -> 'status'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'charges' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.chasing_cadences_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, assignment_conditions,
    assignment_mode, created_at, frequency, last_run, min_balance, name, next_run, object, paused, run_date, run_days,
    time_of_day, updated_at
FROM {schema}.chasing_cadences
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'assignment_conditions'),
    {schema}._text(raw -> 'assignment_mode'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'frequency'),
    {schema}._timestamp(raw -> 'last_run'),
    {schema}._numeric(raw -> 'min_balance'),
    {schema}._text(raw -> 'name'),
    {schema}._timestamp(raw -> 'next_run'),
    {schema}._text(raw -> 'object'),
    {schema}._boolean(raw -> 'paused'),
    {schema}._bigint(raw -> 'run_date'),
    {schema}._text(raw -> 'run_days'),
    {schema}._bigint(raw -> 'time_of_day'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'chasing_cadences' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.company_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, address1, address2,
    address_extra, canceled, city, country, created_at, creator_id, currency, date_format, email, highlight_color,
    industry, language, logo, name, nickname, phone, postal_code, show_currency_code, state, tax_id, test_mode,
    time_zone, trial_ends, type, updated_at, url, username, website
FROM {schema}.company
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'address1'),
    {schema}._text(raw -> 'address2'),
    {schema}._text(raw -> 'address_extra'),
    {schema}._boolean(raw -> 'canceled'),
    {schema}._text(raw -> 'city'),
    {schema}._text(raw -> 'country'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'creator_id'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'date_format'),
    {schema}._text(raw -> 'email'),
    {schema}._text(raw -> 'highlight_color'),
    {schema}._text(raw -> 'industry'),
    {schema}._text(raw -> 'language'),
    {schema}._text(raw -> 'logo'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'nickname'),
    {schema}._text(raw -> 'phone'),
    {schema}._text(raw -> 'postal_code'),
    {schema}._boolean(raw -> 'show_currency_code'),
    {schema}._text(raw -> 'state'),
    {schema}._text(raw -> 'tax_id'),
    {schema}._boolean(raw -> 'test_mode'),
    {schema}._text(raw -> 'time_zone'),
    {schema}._timestamp(raw -> 'trial_ends'),
    {schema}._text(raw -> 'type'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._text(raw -> 'url'),
    {schema}._text(raw -> 'username'),
    {schema}._text(raw -> 'website')
FROM {schema}._deleted
WHERE resource = 'company' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.contacts_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, address1, address2,
    city, country, created_at, customer, customer_id, department, email, name, object, phone, postal_code, "primary",
    role, role_id, send_new_invoices, sms_enabled, state, title, updated_at
FROM {schema}.contacts
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'address1'),
    {schema}._text(raw -> 'address2'),
    {schema}._text(raw -> 'city'),
    {schema}._text(raw -> 'country'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._bigint(raw -> 'customer_id'),
    {schema}._text(raw -> 'department'),
    {schema}._text(raw -> 'email'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'phone'),
    {schema}._text(raw -> 'postal_code'),
    {schema}._boolean(raw -> 'primary'),
    {schema}._bigint(raw -> 'role'),
    {schema}._bigint(raw -> 'role_id'),
    {schema}._boolean(raw -> 'send_new_invoices'),
    {schema}._boolean(raw -> 'sms_enabled'),
    {schema}._text(raw -> 'state'),
    {schema}._text(raw -> 'title'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'contacts' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.coupons_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, key, raw, read_at, synced_at, archived, created_at,
    currency, duration, exclusive, expiration_date, id, internal_id, is_percent, max_redemptions, name, object,
    updated_at, value
FROM {schema}.coupons
UNION ALL
(SELECT deleted_at, how, key, raw, read_at, deleted_at,
    {schema}._boolean(raw -> 'archived'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'duration'),
    {schema}._boolean(raw -> 'exclusive'),
    {schema}._timestamp(raw -> 'expiration_date'),
    {schema}._text(raw -> 'id'),
    {schema}._bigint(raw -> 'internal_id'),
    {schema}._boolean(raw -> 'is_percent'),
    {schema}._bigint(raw -> 'max_redemptions'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._numeric(raw -> 'value')
FROM {schema}._deleted
WHERE resource = 'coupons' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.credit_balance_adjustments_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, created_at,
    currency, customer, date, notes, object, updated_at
FROM {schema}.credit_balance_adjustments
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._timestamp(raw -> 'date'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'object'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'credit_balance_adjustments' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.credit_notes_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, balance, closed,
    created_at, currency, customer, date, draft, invoice, name, network_document, network_document_id, notes, number,
    object, paid, pdf_url, purchase_order, status, subtotal, total, updated_at, url
FROM {schema}.credit_notes
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
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

CREATE OR REPLACE VIEW {schema}.custom_fields_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, key, raw, read_at, synced_at, created_at, external,
    id, internal_id, name, object, type, updated_at
FROM {schema}.custom_fields
UNION ALL
(SELECT deleted_at, how, key, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._boolean(raw -> 'external'),
    {schema}._text(raw -> 'id'),
    {schema}._bigint(raw -> 'internal_id'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'type'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'custom_fields' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.customers_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, ach_gateway,
    ach_gateway_id, active, address1, address2, attention_to, autopay, autopay_delay_days, avalara_entity_use_code,
    avalara_exemption_number, bill_to_parent, cc_gateway, cc_gateway_id, chase, chasing_cadence, city, consolidated,
    convenience_fee, country, created_at, credit_hold, credit_limit, currency, email, language, late_fee_schedule,
    late_fee_schedule_id, name, network_connection, network_connection_id, next_chase_step, notes, number, object,
    owner, owner_id, parent_customer, payment_terms, phone, postal_code, sign_up_page, sign_up_url, state,
    statement_pdf_url, statement_url, surcharging, tax_id, taxable, type, updated_at
FROM {schema}.customers
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._bigint(raw -> 'ach_gateway'),
    {schema}._bigint(raw -> 'ach_gateway_id'),
    {schema}._boolean(raw -> 'active'),
    {schema}._text(raw -> 'address1'),
    {schema}._text(raw -> 'address2'),
    {schema}._text(raw -> 'attention_to'),
    {schema}._boolean(raw -> 'autopay'),
    {schema}._bigint(raw -> 'autopay_delay_days'),
    {schema}._text(raw -> 'avalara_entity_use_code'),
    {schema}._text(raw -> 'avalara_exemption_number'),
    {schema}._boolean(raw -> 'bill_to_parent'),
    {schema}._bigint(raw -> 'cc_gateway'),
    {schema}._bigint(raw -> 'cc_gateway_id'),
    {schema}._boolean(raw -> 'chase'),
    {schema}._bigint(raw -> 'chasing_cadence'),
    {schema}._text(raw -> 'city'),
    {schema}._boolean(raw -> 'consolidated'),
    {schema}._boolean(raw -> 'convenience_fee'),
    {schema}._text(raw -> 'country'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._boolean(raw -> 'credit_hold'),
    {schema}._numeric(raw -> 'credit_limit'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'email'),
    {schema}._text(raw -> 'language'),
    {schema}._bigint(raw -> 'late_fee_schedule'),
    {schema}._bigint(raw -> 'late_fee_schedule_id'),
    {schema}._text(raw -> 'name'),
    {schema}._bigint(raw -> 'network_connection'),
    {schema}._bigint(raw -> 'network_connection_id'),
    {schema}._bigint(raw -> 'next_chase_step'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'number'),
    {schema}._text(raw -> 'object'),
    {schema}._bigint(raw -> 'owner'),
    {schema}._bigint(raw -> 'owner_id'),
    {schema}._bigint(raw -> 'parent_customer'),
    {schema}._text(raw -> 'payment_terms'),
    {schema}._text(raw -> 'phone'),
    {schema}._text(raw -> 'postal_code'),
    {schema}._bigint(raw -> 'sign_up_page'),
    {schema}._text(raw -> 'sign_up_url'),
    {schema}._text(raw -> 'state'),
    {schema}._text(raw -> 'statement_pdf_url'),
    {schema}._text(raw -> 'statement_url'),
    {schema}._boolean(raw -> 'surcharging'),
    {schema}._text(raw -> 'tax_id'),
    {schema}._boolean(raw -> 'taxable'),
    {schema}._text(raw -> 'type'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'customers' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.disputes_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, charge,
    charge_id, created_at, currency, defense_reason, gateway, gateway_id, merchant_account_transaction,
    merchant_account_transaction_id, object, reason, status, updated_at
FROM {schema}.disputes
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._bigint(raw -> 'charge'),
    {schema}._bigint(raw -> 'charge_id'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'defense_reason'),
    {schema}._text(raw -> 'gateway'),
    {schema}._text(raw -> 'gateway_id'),
    {schema}._bigint(raw -> 'merchant_account_transaction'),
    {schema}._bigint(raw -> 'merchant_account_transaction_id'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'reason'),
    {schema}._text(raw -> 'status'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'disputes' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.estimates_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, approved, closed,
    created_at, currency, customer, date, deposit, deposit_paid, draft, expiration_date, invoice, name,
    network_document, network_document_id, notes, number, object, payment_terms, pdf_url, purchase_order, status,
    subtotal, total, updated_at, url
FROM {schema}.estimates
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    CASE WHEN pg_catalog.jsonb_typeof(raw -> 'approved') IN ('string', 'boolean') THEN raw ->> 'approved' END,
    {schema}._boolean(raw -> 'closed'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._timestamp(raw -> 'date'),
    {schema}._numeric(raw -> 'deposit'),
    {schema}._boolean(raw -> 'deposit_paid'),
    {schema}._boolean(raw -> 'draft'),
    {schema}._timestamp(raw -> 'expiration_date'),
    {schema}._bigint(raw -> 'invoice'),
    {schema}._text(raw -> 'name'),
    {schema}._bigint(raw -> 'network_document'),
    {schema}._bigint(raw -> 'network_document_id'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'number'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'payment_terms'),
    {schema}._text(raw -> 'pdf_url'),
    {schema}._text(raw -> 'purchase_order'),
    {schema}._text(raw -> 'status'),
    {schema}._numeric(raw -> 'subtotal'),
    {schema}._numeric(raw -> 'total'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._text(raw -> 'url')
FROM {schema}._deleted
WHERE resource = 'estimates' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.events_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, "timestamp", type
FROM {schema}.events
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'timestamp'),
    {schema}._text(raw -> 'type')
FROM {schema}._deleted
WHERE resource = 'events' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.gl_accounts_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, code, created_at, name,
    parent_id, updated_at
FROM {schema}.gl_accounts
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'code'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'name'),
    {schema}._bigint(raw -> 'parent_id'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'gl_accounts' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.invoices_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, attempt_count, autopay,
    balance, chase, closed, created_at, csv_url, currency, customer, date, draft, due_date, late_fees, name,
    needs_attention, network_document, network_document_id, next_chase_on, next_payment_attempt, notes, number, object,
    paid, payment_plan, payment_terms, payment_url, pdf_url, purchase_order, status, subscription, subscription_id,
    subtotal, total, updated_at, url
FROM {schema}.invoices
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
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

CREATE OR REPLACE VIEW {schema}.items_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, key, raw, read_at, synced_at, archived,
    avalara_location_code, avalara_tax_code, created_at, currency, description, discountable, gl_account, id,
    internal_id, name, object, taxable, type, unit_cost, updated_at
FROM {schema}.items
UNION ALL
(SELECT deleted_at, how, key, raw, read_at, deleted_at,
    {schema}._boolean(raw -> 'archived'),
    {schema}._text(raw -> 'avalara_location_code'),
    {schema}._text(raw -> 'avalara_tax_code'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'description'),
    {schema}._boolean(raw -> 'discountable'),
    {schema}._text(raw -> 'gl_account'),
    {schema}._text(raw -> 'id'),
    {schema}._bigint(raw -> 'internal_id'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._boolean(raw -> 'taxable'),
    {schema}._text(raw -> 'type'),
    {schema}._numeric(raw -> 'unit_cost'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'items' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.late_fee_schedules_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, created_at,
    "default", enabled, grace_period, is_percent, last_run, name, recurring_days, start_date, updated_at
FROM {schema}.late_fee_schedules
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._boolean(raw -> 'default'),
    {schema}._boolean(raw -> 'enabled'),
    {schema}._bigint(raw -> 'grace_period'),
    {schema}._boolean(raw -> 'is_percent'),
    {schema}._text(raw -> 'last_run'),
    {schema}._text(raw -> 'name'),
    {schema}._bigint(raw -> 'recurring_days'),
    {schema}._text(raw -> 'start_date'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'late_fee_schedules' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.members_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, created_at,
    email_update_frequency, last_accessed, notification_viewed, notifications, restriction_mode, role, subscribe_all,
    updated_at
FROM {schema}.members
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'email_update_frequency'),
    {schema}._timestamp(raw -> 'last_accessed'),
    {schema}._text(raw -> 'notification_viewed'),
    {schema}._boolean(raw -> 'notifications'),
    {schema}._text(raw -> 'restriction_mode'),
    {schema}._text(raw -> 'role'),
    {schema}._boolean(raw -> 'subscribe_all'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'members' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.notes_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, created_at, customer,
    customer_id, invoice, invoice_id, notes, object, updated_at, user_id
FROM {schema}.notes
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._bigint(raw -> 'customer_id'),
    {schema}._bigint(raw -> 'invoice'),
    {schema}._bigint(raw -> 'invoice_id'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'object'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._bigint(raw -> 'user_id')
FROM {schema}._deleted
WHERE resource = 'notes' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.payment_links_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, after_completion_url,
    collect_billing_address, collect_phone_number, collect_shipping_address, created_at, currency, customer,
    customer_id, deleted, deleted_at AS deleted_at_source, name, object, reusable, status, terms_of_service_url,
    updated_at, url
FROM {schema}.payment_links
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'after_completion_url'),
    {schema}._boolean(raw -> 'collect_billing_address'),
    {schema}._boolean(raw -> 'collect_phone_number'),
    {schema}._boolean(raw -> 'collect_shipping_address'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._bigint(raw -> 'customer_id'),
    {schema}._boolean(raw -> 'deleted'),
    {schema}._timestamp(raw -> 'deleted_at'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._boolean(raw -> 'reusable'),
    {schema}._text(raw -> 'status'),
    {schema}._text(raw -> 'terms_of_service_url'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._text(raw -> 'url')
FROM {schema}._deleted
WHERE resource = 'payment_links' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.payment_plans_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, created_at, object,
    status, updated_at
FROM {schema}.payment_plans
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'status'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'payment_plans' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.payment_sources_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, key, raw, read_at, synced_at, account_holder_name,
    account_holder_type, bank_name, brand, chargeable, country, created_at, currency, customer, customer_id, exp_month,
    exp_year, failure_reason, funding, gateway, gateway_customer, gateway_id, gateway_setup_intent, id, issuing_country,
    last4, merchant_account, object, receipt_email, routing_number, type, updated_at, verified
FROM {schema}.payment_sources
UNION ALL
(SELECT deleted_at, how, key, raw, read_at, deleted_at,
    {schema}._text(raw -> 'account_holder_name'),
    {schema}._text(raw -> 'account_holder_type'),
    {schema}._text(raw -> 'bank_name'),
    {schema}._text(raw -> 'brand'),
    {schema}._boolean(raw -> 'chargeable'),
    {schema}._text(raw -> 'country'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._bigint(raw -> 'customer_id'),
    {schema}._bigint(raw -> 'exp_month'),
    {schema}._bigint(raw -> 'exp_year'),
    {schema}._text(raw -> 'failure_reason'),
    {schema}._text(raw -> 'funding'),
    {schema}._text(raw -> 'gateway'),
    {schema}._text(raw -> 'gateway_customer'),
    {schema}._text(raw -> 'gateway_id'),
    {schema}._text(raw -> 'gateway_setup_intent'),
    {schema}._bigint(raw -> 'id'),
    {schema}._text(raw -> 'issuing_country'),
    {schema}._text(raw -> 'last4'),
    {schema}._bigint(raw -> 'merchant_account'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'receipt_email'),
    {schema}._text(raw -> 'routing_number'),
    {schema}._text(raw -> 'type'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._boolean(raw -> 'verified')
FROM {schema}._deleted
WHERE resource = 'payment_sources' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.payment_terms_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, active, created_at,
    discount_expires_in_days, discount_is_percent, discount_value, due_in_days, name, object, updated_at
FROM {schema}.payment_terms
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._boolean(raw -> 'active'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'discount_expires_in_days'),
    {schema}._boolean(raw -> 'discount_is_percent'),
    {schema}._numeric(raw -> 'discount_value'),
    CASE WHEN pg_catalog.jsonb_typeof(raw -> 'due_in_days') IN ('string', 'number') THEN raw ->> 'due_in_days' END,
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'payment_terms' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.payments_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, ach_sender_id, amount,
    balance, bank_feed_transaction, bank_feed_transaction_id, created_at, currency, customer, date, matched, method,
    notes, object, pdf_url, reference, source, surcharge_percentage, updated_at, voided
FROM {schema}.payments
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'ach_sender_id'),
    {schema}._numeric(raw -> 'amount'),
    {schema}._numeric(raw -> 'balance'),
    {schema}._bigint(raw -> 'bank_feed_transaction'),
    {schema}._bigint(raw -> 'bank_feed_transaction_id'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._timestamp(raw -> 'date'),
    {schema}._boolean(raw -> 'matched'),
    {schema}._text(raw -> 'method'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'pdf_url'),
    {schema}._text(raw -> 'reference'),
    {schema}._text(raw -> 'source'),
    {schema}._numeric(raw -> 'surcharge_percentage'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._boolean(raw -> 'voided')
FROM {schema}._deleted
WHERE resource = 'payments' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.payouts_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, arrival_date,
    bank_account_name, created_at, currency, description, failure_message, gross_amount, initiated_at, merchant_account,
    merchant_account_id, merchant_account_transaction, merchant_account_transaction_id, modification_reference, object,
    pending_amount, reference, statement_descriptor, status, updated_at
FROM {schema}.payouts
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._text(raw -> 'arrival_date'),
    {schema}._text(raw -> 'bank_account_name'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'description'),
    {schema}._text(raw -> 'failure_message'),
    {schema}._numeric(raw -> 'gross_amount'),
    {schema}._text(raw -> 'initiated_at'),
    {schema}._bigint(raw -> 'merchant_account'),
    {schema}._bigint(raw -> 'merchant_account_id'),
    {schema}._bigint(raw -> 'merchant_account_transaction'),
    {schema}._bigint(raw -> 'merchant_account_transaction_id'),
    {schema}._text(raw -> 'modification_reference'),
    {schema}._text(raw -> 'object'),
    {schema}._numeric(raw -> 'pending_amount'),
    {schema}._text(raw -> 'reference'),
    {schema}._text(raw -> 'statement_descriptor'),
    {schema}._text(raw -> 'status'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'payouts' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.pending_line_items_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, catalog_item,
    created_at, customer, description, discountable, name, object, period_end, period_start, plan, prorated, quantity,
    subscription, taxable, type, unit_cost, updated_at
FROM {schema}.pending_line_items
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._text(raw -> 'catalog_item'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._text(raw -> 'description'),
    {schema}._boolean(raw -> 'discountable'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._timestamp(raw -> 'period_end'),
    {schema}._timestamp(raw -> 'period_start'),
    {schema}._text(raw -> 'plan'),
    {schema}._boolean(raw -> 'prorated'),
    {schema}._numeric(raw -> 'quantity'),
    {schema}._bigint(raw -> 'subscription'),
    {schema}._boolean(raw -> 'taxable'),
    {schema}._text(raw -> 'type'),
    {schema}._numeric(raw -> 'unit_cost'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'pending_line_items' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.plans_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, key, raw, read_at, synced_at, amount, archived,
    catalog_item, created_at, currency, description, id, internal_id, "interval", interval_count, name, notes, object,
    pricing_mode, quantity_type, updated_at
FROM {schema}.plans
UNION ALL
(SELECT deleted_at, how, key, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._boolean(raw -> 'archived'),
    {schema}._text(raw -> 'catalog_item'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'description'),
    {schema}._text(raw -> 'id'),
    {schema}._bigint(raw -> 'internal_id'),
    {schema}._text(raw -> 'interval'),
    {schema}._bigint(raw -> 'interval_count'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'pricing_mode'),
    {schema}._text(raw -> 'quantity_type'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'plans' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.refunds_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, charge,
    charge_id, created_at, currency, failure_message, gateway, gateway_id, merchant_account_transaction,
    merchant_account_transaction_id, object, status, updated_at
FROM {schema}.refunds
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._bigint(raw -> 'charge'),
    {schema}._bigint(raw -> 'charge_id'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'failure_message'),
    {schema}._text(raw -> 'gateway'),
    {schema}._text(raw -> 'gateway_id'),
    {schema}._bigint(raw -> 'merchant_account_transaction'),
    {schema}._bigint(raw -> 'merchant_account_transaction_id'),
    {schema}._text(raw -> 'object'),
    {schema}._text(raw -> 'status'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'refunds' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.subscriptions_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, bill_in,
    bill_in_advance_days, cancel_at_period_end, canceled_at, canceled_reason, contract_period_end,
    contract_period_start, contract_renewal_cycles, contract_renewal_mode, created_at, customer, cycles, description,
    mrr, object, paused, period_end, period_start, plan, quantity, recurring_total, renewed_last, renews_next,
    snap_to_nth_day, start_date, status, updated_at, url
FROM {schema}.subscriptions
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._text(raw -> 'bill_in'),
    {schema}._bigint(raw -> 'bill_in_advance_days'),
    {schema}._boolean(raw -> 'cancel_at_period_end'),
    {schema}._timestamp(raw -> 'canceled_at'),
    {schema}._text(raw -> 'canceled_reason'),
    {schema}._timestamp(raw -> 'contract_period_end'),
    {schema}._timestamp(raw -> 'contract_period_start'),
    {schema}._bigint(raw -> 'contract_renewal_cycles'),
    {schema}._text(raw -> 'contract_renewal_mode'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._bigint(raw -> 'cycles'),
    {schema}._text(raw -> 'description'),
    {schema}._numeric(raw -> 'mrr'),
    {schema}._text(raw -> 'object'),
    {schema}._boolean(raw -> 'paused'),
    {schema}._timestamp(raw -> 'period_end'),
    {schema}._timestamp(raw -> 'period_start'),
    {schema}._text(raw -> 'plan'),
    {schema}._numeric(raw -> 'quantity'),
    {schema}._numeric(raw -> 'recurring_total'),
    {schema}._timestamp(raw -> 'renewed_last'),
    {schema}._timestamp(raw -> 'renews_next'),
    {schema}._bigint(raw -> 'snap_to_nth_day'),
    {schema}._timestamp(raw -> 'start_date'),
    {schema}._text(raw -> 'status'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._text(raw -> 'url')
FROM {schema}._deleted
WHERE resource = 'subscriptions' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.tasks_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, action, bill, bill_id,
    chase_step_id, complete, completed_by_user_id, completed_date, created_at, customer, customer_id, due_date, name,
    updated_at, user_id, vendor_credit, vendor_credit_id
FROM {schema}.tasks
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'action'),
    {schema}._bigint(raw -> 'bill'),
    {schema}._bigint(raw -> 'bill_id'),
    {schema}._bigint(raw -> 'chase_step_id'),
    {schema}._boolean(raw -> 'complete'),
    {schema}._bigint(raw -> 'completed_by_user_id'),
    {schema}._timestamp(raw -> 'completed_date'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._bigint(raw -> 'customer_id'),
    {schema}._timestamp(raw -> 'due_date'),
    {schema}._text(raw -> 'name'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._bigint(raw -> 'user_id'),
    {schema}._bigint(raw -> 'vendor_credit'),
    {schema}._bigint(raw -> 'vendor_credit_id')
FROM {schema}._deleted
WHERE resource = 'tasks' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.tax_rates_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, key, raw, read_at, synced_at, archived, created_at,
    currency, id, inclusive, internal_id, is_percent, name, object, updated_at, value
FROM {schema}.tax_rates
UNION ALL
(SELECT deleted_at, how, key, raw, read_at, deleted_at,
    {schema}._boolean(raw -> 'archived'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._text(raw -> 'currency'),
    {schema}._text(raw -> 'id'),
    {schema}._boolean(raw -> 'inclusive'),
    {schema}._bigint(raw -> 'internal_id'),
    {schema}._boolean(raw -> 'is_percent'),
    {schema}._text(raw -> 'name'),
    {schema}._text(raw -> 'object'),
    {schema}._timestamp(raw -> 'updated_at'),
    {schema}._numeric(raw -> 'value')
FROM {schema}._deleted
WHERE resource = 'tax_rates' AND returned_at IS NULL OFFSET 0);

CREATE OR REPLACE VIEW {schema}.transactions_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, created_at,
    credit_note, currency, customer, date, estimate, failure_reason, gateway, gateway_id, invoice, method, notes,
    object, parent_transaction, payment, payment_id, pdf_url, status, type, updated_at
FROM {schema}.transactions
UNION ALL
(SELECT deleted_at, how, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'),
    {schema}._timestamp(raw -> 'created_at'),
    {schema}._bigint(raw -> 'credit_note'),
    {schema}._text(raw -> 'currency'),
    {schema}._bigint(raw -> 'customer'),
    {schema}._timestamp(raw -> 'date'),
    {schema}._bigint(raw -> 'estimate'),
    {schema}._text(raw -> 'failure_reason'),
    {schema}._text(raw -> 'gateway'),
    {schema}._text(raw -> 'gateway_id'),
    {schema}._bigint(raw -> 'invoice'),
    {schema}._text(raw -> 'method'),
    {schema}._text(raw -> 'notes'),
    {schema}._text(raw -> 'object'),
    {schema}._bigint(raw -> 'parent_transaction'),
    {schema}._bigint(raw -> 'payment'),
    {schema}._bigint(raw -> 'payment_id'),
    {schema}._text(raw -> 'pdf_url'),
    {schema}._text(raw -> 'status'),
    {schema}._text(raw -> 'type'),
    {schema}._timestamp(raw -> 'updated_at')
FROM {schema}._deleted
WHERE resource = 'transactions' AND returned_at IS NULL OFFSET 0);
