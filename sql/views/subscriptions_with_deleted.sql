-- subscriptions_with_deleted: subscriptions, and those that are gone, with a mark.

CREATE VIEW {schema}.subscriptions_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_how, id, raw, read_at, synced_at, amount, bill_in,
    bill_in_advance_days, cancel_at_period_end, canceled_at, canceled_reason, contract_period_end,
    contract_period_start, contract_renewal_cycles, contract_renewal_mode, created_at, customer, cycles, description,
    mrr, object, paused, period_end, period_start, plan, quantity, recurring_total, renewed_last, renews_next,
    snap_to_nth_day, start_date, status, updated_at, url
FROM {schema}.subscriptions
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
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

COMMENT ON VIEW {schema}.subscriptions_with_deleted IS 'The rows of subscriptions, and below them those that are gone at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.deleted_how IS 'How its end was learned and confirmed; NULL: it is still there.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.id IS 'Invoiced id of the subscription.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.read_at IS 'When the question was asked whose answer this row is (the database''s clock); for one that is gone, whose answer confirmed it.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.synced_at IS 'When this row was last written; for one that is gone, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.amount IS 'Price set for this subscription, where its plan leaves the price open (pricing_mode custom); NULL otherwise.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.bill_in IS 'Whether a period is billed at its start or at its end. Known values: advance, arrears.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.bill_in_advance_days IS 'How many days before the period begins it is billed.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.cancel_at_period_end IS 'Whether it ends with the current period.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.canceled_at IS 'When it was canceled; NULL while it is not.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.canceled_reason IS 'Why it was canceled.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.contract_period_end IS 'End of the current contract term.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.contract_period_start IS 'Start of the current contract term.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.contract_renewal_cycles IS 'Billing cycles of a renewed contract term.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.contract_renewal_mode IS 'What happens when the contract term ends. Known values: none, renew_once, manual, auto.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.created_at IS 'When the subscription was created.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.cycles IS 'How many billing cycles it runs; NULL: until it is canceled.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.description IS 'Description shown on its invoices.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.mrr IS 'Monthly recurring revenue, in major units of the currency of the plan.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.object IS 'Kind of the object: always subscription.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.paused IS 'Whether it is paused.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.period_end IS 'End of the current billing period.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.period_start IS 'Start of the current billing period.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.plan IS 'Id of the plan (plans.id); an id can stand for several archived plans.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.quantity IS 'How many units of the plan; may be a fraction.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.recurring_total IS 'What one billing period costs, in major units of the currency of the plan.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.renewed_last IS 'When it last renewed.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.renews_next IS 'When it renews next.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.snap_to_nth_day IS 'Day of the period that bills are moved to; NULL: they follow start_date.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.start_date IS 'When the subscription starts.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.status IS 'State of the subscription. Known values: not_started, active, past_due, pending_renewal, paused, finished, canceled.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.updated_at IS 'When the subscription was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.url IS 'Secret link to the subscription in the customer portal.';
