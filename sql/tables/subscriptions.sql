-- subscriptions: what GET /subscriptions lists, with the canceled and the finished ones.

CREATE TABLE {schema}.subscriptions (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    amount numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount')) STORED,
    bill_in text GENERATED ALWAYS AS ({schema}._text(raw -> 'bill_in')) STORED,
    bill_in_advance_days bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'bill_in_advance_days')) STORED,
    cancel_at_period_end boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'cancel_at_period_end')) STORED,
    canceled_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'canceled_at')) STORED,
    canceled_reason text GENERATED ALWAYS AS ({schema}._text(raw -> 'canceled_reason')) STORED,
    contract_period_end timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'contract_period_end')) STORED,
    contract_period_start timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'contract_period_start')) STORED,
    contract_renewal_cycles bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'contract_renewal_cycles')) STORED,
    contract_renewal_mode text GENERATED ALWAYS AS ({schema}._text(raw -> 'contract_renewal_mode')) STORED,
    created_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at')) STORED,
    customer bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer')) STORED,
    cycles bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'cycles')) STORED,
    description text GENERATED ALWAYS AS ({schema}._text(raw -> 'description')) STORED,
    mrr numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'mrr')) STORED,
    object text GENERATED ALWAYS AS ({schema}._text(raw -> 'object')) STORED,
    paused boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'paused')) STORED,
    period_end timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'period_end')) STORED,
    period_start timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'period_start')) STORED,
    plan text GENERATED ALWAYS AS ({schema}._text(raw -> 'plan')) STORED,
    quantity numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'quantity')) STORED,
    recurring_total numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'recurring_total')) STORED,
    renewed_last timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'renewed_last')) STORED,
    renews_next timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'renews_next')) STORED,
    snap_to_nth_day bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'snap_to_nth_day')) STORED,
    start_date timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'start_date')) STORED,
    status text GENERATED ALWAYS AS ({schema}._text(raw -> 'status')) STORED,
    updated_at timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at')) STORED,
    url text GENERATED ALWAYS AS ({schema}._text(raw -> 'url')) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX subscriptions_customer_idx ON {schema}.subscriptions (customer);
CREATE INDEX subscriptions_updated_at_idx ON {schema}.subscriptions (updated_at, id);

-- SP-GiST takes a text of any length, which a btree refuses, and many equal ones, with which a hash index grows slow.
CREATE INDEX subscriptions_plan_idx ON {schema}.subscriptions USING spgist (plan);
CREATE INDEX subscriptions_status_idx ON {schema}.subscriptions USING spgist (status);

COMMENT ON TABLE {schema}.subscriptions IS 'Subscriptions, from GET /subscriptions, all of them: the canceled and the finished ones stay.';
COMMENT ON COLUMN {schema}.subscriptions.id IS 'Invoiced id of the subscription.';
COMMENT ON COLUMN {schema}.subscriptions.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.subscriptions.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.subscriptions.read_at IS 'When the question was asked whose answer this row is (the database''s clock).';
COMMENT ON COLUMN {schema}.subscriptions.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.subscriptions.amount IS 'Price set for this subscription, where its plan leaves the price open (pricing_mode custom); NULL otherwise.';
COMMENT ON COLUMN {schema}.subscriptions.bill_in IS 'Whether a period is billed at its start or at its end. Known values: advance, arrears.';
COMMENT ON COLUMN {schema}.subscriptions.bill_in_advance_days IS 'How many days before the period begins it is billed.';
COMMENT ON COLUMN {schema}.subscriptions.cancel_at_period_end IS 'Whether it ends with the current period.';
COMMENT ON COLUMN {schema}.subscriptions.canceled_at IS 'When it was canceled; NULL while it is not.';
COMMENT ON COLUMN {schema}.subscriptions.canceled_reason IS 'Why it was canceled.';
COMMENT ON COLUMN {schema}.subscriptions.contract_period_end IS 'End of the current contract term.';
COMMENT ON COLUMN {schema}.subscriptions.contract_period_start IS 'Start of the current contract term.';
COMMENT ON COLUMN {schema}.subscriptions.contract_renewal_cycles IS 'Billing cycles of a renewed contract term.';
COMMENT ON COLUMN {schema}.subscriptions.contract_renewal_mode IS 'What happens when the contract term ends. Known values: none, renew_once, manual, auto.';
COMMENT ON COLUMN {schema}.subscriptions.created_at IS 'When the subscription was created.';
COMMENT ON COLUMN {schema}.subscriptions.customer IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.subscriptions.cycles IS 'How many billing cycles it runs; NULL: until it is canceled.';
COMMENT ON COLUMN {schema}.subscriptions.description IS 'Description shown on its invoices.';
COMMENT ON COLUMN {schema}.subscriptions.mrr IS 'Monthly recurring revenue, in major units of the currency of the plan.';
COMMENT ON COLUMN {schema}.subscriptions.object IS 'Kind of the object: always subscription.';
COMMENT ON COLUMN {schema}.subscriptions.paused IS 'Whether it is paused.';
COMMENT ON COLUMN {schema}.subscriptions.period_end IS 'End of the current billing period.';
COMMENT ON COLUMN {schema}.subscriptions.period_start IS 'Start of the current billing period.';
COMMENT ON COLUMN {schema}.subscriptions.plan IS 'Id of the plan (plans.id); an id can stand for several archived plans.';
COMMENT ON COLUMN {schema}.subscriptions.quantity IS 'How many units of the plan; may be a fraction.';
COMMENT ON COLUMN {schema}.subscriptions.recurring_total IS 'What one billing period costs, in major units of the currency of the plan.';
COMMENT ON COLUMN {schema}.subscriptions.renewed_last IS 'When it last renewed.';
COMMENT ON COLUMN {schema}.subscriptions.renews_next IS 'When it renews next.';
COMMENT ON COLUMN {schema}.subscriptions.snap_to_nth_day IS 'Day of the period that bills are moved to; NULL: they follow start_date.';
COMMENT ON COLUMN {schema}.subscriptions.start_date IS 'When the subscription starts.';
COMMENT ON COLUMN {schema}.subscriptions.status IS 'State of the subscription. Known values: not_started, active, past_due, pending_renewal, paused, finished, canceled.';
COMMENT ON COLUMN {schema}.subscriptions.updated_at IS 'When the subscription was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.subscriptions.url IS 'Secret link to the subscription in the customer portal.';
