-- The bookkeeping of one mirror: helpers of the typed columns, and the tables that start with an underscore. The mirror
-- tables and their views come from tables/, nested tables from nested/, answers from views/. The files in migrations/
-- upgrade an older schema; a test proves that both ways give the same schema.
--
-- {schema} is the quoted schema of the account. Nothing here needs an extension, a superuser or session state.

-- Helpers of the generated columns. Each yields NULL on an unexpected type or range, never an error: one odd field must
-- not reject a record. CASE evaluates the cast only after its check. A RETURN body is parsed once, here, so that a
-- restored dump (whose search_path is empty) finds everything.

CREATE FUNCTION {schema}._text(j jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN pg_catalog.jsonb_typeof(j) = 'string' THEN j #>> '{}'::text[] END;
COMMENT ON FUNCTION {schema}._text(jsonb) IS 'A JSON string as text; NULL for anything else.';

CREATE FUNCTION {schema}._numeric(j jsonb) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN pg_catalog.jsonb_typeof(j) = 'number' THEN j::numeric END;
COMMENT ON FUNCTION {schema}._numeric(jsonb) IS 'A JSON number, exact; NULL for anything else.';

CREATE FUNCTION {schema}._bigint(j jsonb) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN pg_catalog.jsonb_typeof(j) = 'number' THEN
        CASE WHEN j::numeric >= -9223372036854775808::numeric
              AND j::numeric <= 9223372036854775807::numeric
              AND pg_catalog.trunc(j::numeric) = j::numeric
             THEN j::numeric::bigint END END;
COMMENT ON FUNCTION {schema}._bigint(jsonb) IS 'A whole JSON number within bigint; NULL for anything else, such as an expanded object.';

CREATE FUNCTION {schema}._boolean(j jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN pg_catalog.jsonb_typeof(j) = 'boolean' THEN j::boolean END;
COMMENT ON FUNCTION {schema}._boolean(jsonb) IS 'A JSON boolean; NULL for anything else.';

CREATE FUNCTION {schema}._timestamp(j jsonb) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN pg_catalog.jsonb_typeof(j) = 'number' THEN
        -- the years 1 to 9999: what Postgres clients can show
        CASE WHEN j::numeric >= -62135596800::numeric
              AND j::numeric <= 253402300799::numeric
             -- a timestamp holds no more than microseconds, and 1e-400 would not fit a double
             THEN pg_catalog.to_timestamp(pg_catalog.round(j::numeric, 6)::double precision) END END;
COMMENT ON FUNCTION {schema}._timestamp(jsonb) IS 'Unix seconds as a point in time (years 1 to 9999); NULL for anything else.';

-- Bookkeeping.

CREATE TABLE {schema}._migration (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE {schema}._migration IS 'The migrations that were applied to this schema.';
COMMENT ON COLUMN {schema}._migration.version IS 'Number of the migration; the highest one is the version of the schema.';
COMMENT ON COLUMN {schema}._migration.name IS 'File name of the migration.';
COMMENT ON COLUMN {schema}._migration.applied_at IS 'When it was applied.';

CREATE TABLE {schema}._account (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    company_id bigint NOT NULL,
    company_name text,
    origin text NOT NULL,
    time_zone text,
    pinned_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE {schema}._account IS 'The one account that this schema mirrors, pinned by the first run; any other is refused.';
COMMENT ON COLUMN {schema}._account.one IS 'Always true: there is one row at most.';
COMMENT ON COLUMN {schema}._account.company_id IS 'Id of the company at Invoiced.';
COMMENT ON COLUMN {schema}._account.company_name IS 'Its name when it was pinned.';
COMMENT ON COLUMN {schema}._account.origin IS 'Scheme, host and port of the API: production and sandbox are different accounts.';
COMMENT ON COLUMN {schema}._account.time_zone IS 'Time zone of the company when it was pinned.';
COMMENT ON COLUMN {schema}._account.pinned_at IS 'When the first run pinned it.';

CREATE TABLE {schema}._resource_state (
    resource text PRIMARY KEY,
    load_started_at timestamptz,
    loaded_at timestamptz,
    source_count bigint,
    missing bigint,
    succeeded_at timestamptz,
    swept_at timestamptz,
    deep_at timestamptz,
    verified_at timestamptz,
    differences bigint,
    unavailable_at timestamptz,
    unavailable_why text,
    new_fields text[] NOT NULL DEFAULT '{}',
    refused_at timestamptz,
    refusals integer NOT NULL DEFAULT 0,
    ask_at timestamptz,
    had_rows boolean,
    sweep_wanted_at timestamptz,
    unsettled bigint,
    proven text[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE {schema}._resource_state IS 'One row for each resource: how far its first load is, when it last succeeded, whether it is refused. For why it fails see _problem.';
COMMENT ON COLUMN {schema}._resource_state.resource IS 'Name of the resource, which is also the name of its table.';
COMMENT ON COLUMN {schema}._resource_state.load_started_at IS 'When the first load began.';
COMMENT ON COLUMN {schema}._resource_state.loaded_at IS 'When the first load was complete; NULL until then.';
COMMENT ON COLUMN {schema}._resource_state.source_count IS 'Rows that the source last reported; NULL if it does not count.';
COMMENT ON COLUMN {schema}._resource_state.missing IS 'Rows that the mirror lacked compared with source_count after the last complete read; 0 is right.';
COMMENT ON COLUMN {schema}._resource_state.succeeded_at IS 'Start of the last complete read that wrote something; for reads that wrote nothing see _run.watermarks.';
COMMENT ON COLUMN {schema}._resource_state.swept_at IS 'Start of the last complete read of the whole list.';
COMMENT ON COLUMN {schema}._resource_state.deep_at IS 'Start of the last nightly pass over the recent changes of a polled list.';
COMMENT ON COLUMN {schema}._resource_state.verified_at IS 'When the resource was last verified.';
COMMENT ON COLUMN {schema}._resource_state.differences IS 'Differences that remained after the last verification; 0 is right.';
COMMENT ON COLUMN {schema}._resource_state.unavailable_at IS 'When a second refusal, minutes after the first, made the resource unavailable; NULL while it is available.';
COMMENT ON COLUMN {schema}._resource_state.unavailable_why IS 'Message of the server.';
COMMENT ON COLUMN {schema}._resource_state.new_fields IS 'Top-level fields seen that this version does not know; they are kept in raw.';
COMMENT ON COLUMN {schema}._resource_state.refused_at IS 'When access was first refused; NULL after the next success.';
COMMENT ON COLUMN {schema}._resource_state.refusals IS 'How often it was refused since then.';
COMMENT ON COLUMN {schema}._resource_state.ask_at IS 'When it is tried again: soon at first, in the end daily.';
COMMENT ON COLUMN {schema}._resource_state.had_rows IS 'Whether the mirror had rows of it when it became unavailable; those grow old.';
COMMENT ON COLUMN {schema}._resource_state.sweep_wanted_at IS 'When a complete read of the whole list was last requested; a read that begins later serves it.';
COMMENT ON COLUMN {schema}._resource_state.unsettled IS 'Rows for which the last verification could not tell whether they still exist; 0 is right.';
COMMENT ON COLUMN {schema}._resource_state.proven IS 'Undocumented capabilities of the list that worked once: a later read without them proves no deletion.';

CREATE TABLE {schema}._checkpoint (
    resource text NOT NULL,
    variant text NOT NULL,
    lane integer NOT NULL,
    lo bigint,
    hi bigint,
    cursor_u bigint NOT NULL,
    cursor_id bigint,
    cursor_o bigint NOT NULL DEFAULT 0,
    done boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 0,
    requests bigint NOT NULL DEFAULT 0,
    seen bigint NOT NULL DEFAULT 0,
    stored bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    began_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    moved_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (resource, variant, lane)
);
COMMENT ON TABLE {schema}._checkpoint IS 'The committed cursors: every row of the lane up to the cursor is in the mirror. Moved by compare-and-set on version.';
COMMENT ON COLUMN {schema}._checkpoint.resource IS 'Name of the resource.';
COMMENT ON COLUMN {schema}._checkpoint.variant IS 'Variant of the resource''s list, such as archived=1; empty if there is only one.';
COMMENT ON COLUMN {schema}._checkpoint.lane IS '0 is the tail, which never ends; 1 and up are the lanes of the first load (or of a pass in id order), -1 and down those of a sweep.';
COMMENT ON COLUMN {schema}._checkpoint.lo IS 'The lane begins after this second of updated_at; NULL: at the start of the list.';
COMMENT ON COLUMN {schema}._checkpoint.hi IS 'The lane ends with this second of updated_at; NULL: no end.';
COMMENT ON COLUMN {schema}._checkpoint.cursor_u IS 'Second of updated_at up to which everything is read; -2^62 and below: rows without updated_at, which come first.';
COMMENT ON COLUMN {schema}._checkpoint.cursor_id IS 'Id within that second (or in the list, or of the parent) up to which everything is read; NULL: all of the second.';
COMMENT ON COLUMN {schema}._checkpoint.cursor_o IS 'How many rows were between the bound and the cursor when last seen; only a hint where to look.';
COMMENT ON COLUMN {schema}._checkpoint.done IS 'Whether the end of the lane was reached.';
COMMENT ON COLUMN {schema}._checkpoint.version IS 'Increases by one with each move; a writer that finds another number has lost a race and reads again.';
COMMENT ON COLUMN {schema}._checkpoint.requests IS 'Requests made for this lane.';
COMMENT ON COLUMN {schema}._checkpoint.seen IS 'Rows in its answers.';
COMMENT ON COLUMN {schema}._checkpoint.stored IS 'Rows that were new or had changed.';
COMMENT ON COLUMN {schema}._checkpoint.rejected IS 'Rows that could not be stored.';
COMMENT ON COLUMN {schema}._checkpoint.began_at IS 'When this pass over the list began.';
COMMENT ON COLUMN {schema}._checkpoint.moved_at IS 'When the cursor last moved.';

CREATE TABLE {schema}._refetch_queue (
    kind text NOT NULL CHECK (kind IN ('reread', 'children', 'gone', 'absent', 'owned', 'sweep')),
    resource text NOT NULL,
    key text NOT NULL,
    event_id bigint,
    noted_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    next_attempt_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    attempts integer NOT NULL DEFAULT 0,
    held boolean NOT NULL DEFAULT false,
    told_at timestamptz,
    told_stamp bigint,
    last_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    absent_since timestamptz,
    why text,
    PRIMARY KEY (kind, resource, key)
);
COMMENT ON TABLE {schema}._refetch_queue IS 'What to read again, as events, sweeps and verify ask; committed with what asks for it, removed when done. Empty when there is nothing to do.';
COMMENT ON COLUMN {schema}._refetch_queue.kind IS 'reread: read this object from its list; children: read the list of this parent; gone: confirm that it is deleted; absent: check whether a second listing lacks it too; owned: read the rows of this customer; sweep: read the whole list.';
COMMENT ON COLUMN {schema}._refetch_queue.resource IS 'Name of the resource to read.';
COMMENT ON COLUMN {schema}._refetch_queue.key IS 'Id of the object, or of the parent.';
COMMENT ON COLUMN {schema}._refetch_queue.event_id IS 'The event that asked for it.';
COMMENT ON COLUMN {schema}._refetch_queue.noted_at IS 'When it was queued.';
COMMENT ON COLUMN {schema}._refetch_queue.next_attempt_at IS 'Not to be tried before this time.';
COMMENT ON COLUMN {schema}._refetch_queue.attempts IS 'How often it was tried.';
COMMENT ON COLUMN {schema}._refetch_queue.held IS 'Whether a deletion is confirmed but held for a person, since there are too many at once.';
COMMENT ON COLUMN {schema}._refetch_queue.told_at IS 'When that event was written.';
COMMENT ON COLUMN {schema}._refetch_queue.told_stamp IS 'The updated_at in the event''s snapshot, as unix second: a row with this value is as new as the event.';
COMMENT ON COLUMN {schema}._refetch_queue.last_at IS 'When it was last queued.';
COMMENT ON COLUMN {schema}._refetch_queue.absent_since IS 'When a complete listing first lacked the row, or an empty one was first seen.';
COMMENT ON COLUMN {schema}._refetch_queue.why IS 'Why it could not be read so far.';

CREATE TABLE {schema}._run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    verb text NOT NULL,
    program_version text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    beat_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    ended_at timestamptz,
    exit_code integer,
    cycles bigint NOT NULL DEFAULT 0,
    requests bigint NOT NULL DEFAULT 0,
    seen bigint NOT NULL DEFAULT 0,
    stored bigint NOT NULL DEFAULT 0,
    deleted bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    watermarks jsonb NOT NULL DEFAULT '{}',
    last_cycle jsonb,
    failure text,
    log_id text
);
COMMENT ON TABLE {schema}._run IS 'One row for each run of the program; a quiet cycle writes only its heartbeat.';
COMMENT ON COLUMN {schema}._run.id IS 'Number of the run; log lines have log_id.';
COMMENT ON COLUMN {schema}._run.verb IS 'backfill, run, resync or verify.';
COMMENT ON COLUMN {schema}._run.program_version IS 'Version of invoiced-sync.';
COMMENT ON COLUMN {schema}._run.started_at IS 'When it began.';
COMMENT ON COLUMN {schema}._run.beat_at IS 'Last heartbeat.';
COMMENT ON COLUMN {schema}._run.ended_at IS 'When it ended; NULL while it runs, or if it was killed.';
COMMENT ON COLUMN {schema}._run.exit_code IS 'Its exit code.';
COMMENT ON COLUMN {schema}._run.cycles IS 'Cycles completed.';
COMMENT ON COLUMN {schema}._run.requests IS 'Requests made.';
COMMENT ON COLUMN {schema}._run.seen IS 'Rows in the answers.';
COMMENT ON COLUMN {schema}._run.stored IS 'Rows that were new or had changed.';
COMMENT ON COLUMN {schema}._run.deleted IS 'Rows confirmed as deleted.';
COMMENT ON COLUMN {schema}._run.rejected IS 'Records that could not be stored.';
COMMENT ON COLUMN {schema}._run.watermarks IS 'For each resource, the unix second up to which this run has read it completely.';
COMMENT ON COLUMN {schema}._run.last_cycle IS 'Cost of the last cycle: requests, rows by outcome, seconds.';
COMMENT ON COLUMN {schema}._run.failure IS 'Why it failed; NULL if it ended as asked.';
COMMENT ON COLUMN {schema}._run.log_id IS 'The value of `run` in its log lines.';

CREATE TABLE {schema}._rejected (
    resource text NOT NULL,
    hash bytea NOT NULL,
    key text,
    reason text NOT NULL,
    body bytea NOT NULL,
    read_at timestamptz NOT NULL,
    first_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    last_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    times bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (resource, hash)
);
CREATE INDEX _rejected_key_idx ON {schema}._rejected (resource, key);
CREATE INDEX _rejected_body_idx ON {schema}._rejected (resource, last_at) WHERE body <> '';
COMMENT ON TABLE {schema}._rejected IS 'Records that could not be stored, whole, as the bytes received. Empty is right.';
COMMENT ON COLUMN {schema}._rejected.resource IS 'Name of the resource.';
COMMENT ON COLUMN {schema}._rejected.hash IS 'BLAKE2b of the bytes, 16 bytes long.';
COMMENT ON COLUMN {schema}._rejected.key IS 'Key of the record, where one could be read.';
COMMENT ON COLUMN {schema}._rejected.reason IS 'Why it could not be stored.';
COMMENT ON COLUMN {schema}._rejected.body IS 'The record as it was received; emptied once too many newer ones are kept.';
COMMENT ON COLUMN {schema}._rejected.read_at IS 'When the request for it was sent.';
COMMENT ON COLUMN {schema}._rejected.first_at IS 'When it was first rejected.';
COMMENT ON COLUMN {schema}._rejected.last_at IS 'When it was last rejected.';
COMMENT ON COLUMN {schema}._rejected.times IS 'How often these bytes were rejected.';

CREATE TABLE {schema}._deleted (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resource text NOT NULL,
    key text NOT NULL,
    raw jsonb NOT NULL,
    evidence text NOT NULL,
    read_at timestamptz NOT NULL,
    deleted_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    returned_at timestamptz,
    forced boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX _deleted_key_idx ON {schema}._deleted (resource, key) WHERE returned_at IS NULL;
CREATE INDEX _deleted_deleted_at_idx ON {schema}._deleted (resource, deleted_at);
COMMENT ON TABLE {schema}._deleted IS 'Tombstones: rows that no longer exist at the source, as they last were.';
COMMENT ON COLUMN {schema}._deleted.id IS 'Number of the tombstone.';
COMMENT ON COLUMN {schema}._deleted.resource IS 'Name of the resource.';
COMMENT ON COLUMN {schema}._deleted.key IS 'Key of the row in its table.';
COMMENT ON COLUMN {schema}._deleted.raw IS 'The row as it last was.';
COMMENT ON COLUMN {schema}._deleted.evidence IS 'Evidence for the deletion.';
COMMENT ON COLUMN {schema}._deleted.read_at IS 'When the request that confirmed the deletion was sent: an older page can''t bring the row back.';
COMMENT ON COLUMN {schema}._deleted.deleted_at IS 'When it was moved here.';
COMMENT ON COLUMN {schema}._deleted.returned_at IS 'When a later read found the row again, which closed this entry; NULL: still deleted.';
COMMENT ON COLUMN {schema}._deleted.forced IS 'Whether a person approved it with --force; others count towards the daily limit on deletions.';

CREATE TABLE {schema}._problem (
    resource text NOT NULL,
    activity text NOT NULL,
    first_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    last_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    times bigint NOT NULL DEFAULT 1,
    why text NOT NULL,
    brief text NOT NULL,
    PRIMARY KEY (resource, activity)
);
COMMENT ON TABLE {schema}._problem IS 'Current failures, by resource and activity. Empty is right: the next success of the activity removes its row.';
COMMENT ON COLUMN {schema}._problem.resource IS 'Name of the resource; * for all.';
COMMENT ON COLUMN {schema}._problem.activity IS 'What fails: load, poll, sweep, nightly, verify, refetch, parents, or request (one that is retried again and again).';
COMMENT ON COLUMN {schema}._problem.first_at IS 'Since when it fails.';
COMMENT ON COLUMN {schema}._problem.last_at IS 'When it last failed.';
COMMENT ON COLUMN {schema}._problem.times IS 'How often it failed since then.';
COMMENT ON COLUMN {schema}._problem.why IS 'Reason, with the server''s message.';
COMMENT ON COLUMN {schema}._problem.brief IS 'Reason, without the server''s message and without ids.';

CREATE TABLE {schema}._misfit (
    resource text NOT NULL,
    key text NOT NULL,
    fields text[] NOT NULL,
    PRIMARY KEY (resource, key)
);
COMMENT ON TABLE {schema}._misfit IS 'Rows with a field that did not fit its column: it is in raw, and the column is NULL. Empty is right.';
COMMENT ON COLUMN {schema}._misfit.resource IS 'Name of the resource.';
COMMENT ON COLUMN {schema}._misfit.key IS 'Key of the row in its table.';
COMMENT ON COLUMN {schema}._misfit.fields IS 'Each such field with the type it came as, such as amount:string.';

CREATE TABLE {schema}.customers (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "ach_gateway" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'ach_gateway'::text)) STORED,
    "ach_gateway_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'ach_gateway_id'::text)) STORED,
    "active" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'active'::text)) STORED,
    "address1" text GENERATED ALWAYS AS ({schema}._text(raw -> 'address1'::text)) STORED,
    "address2" text GENERATED ALWAYS AS ({schema}._text(raw -> 'address2'::text)) STORED,
    "attention_to" text GENERATED ALWAYS AS ({schema}._text(raw -> 'attention_to'::text)) STORED,
    "autopay" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'autopay'::text)) STORED,
    "autopay_delay_days" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'autopay_delay_days'::text)) STORED,
    "avalara_entity_use_code" text GENERATED ALWAYS AS ({schema}._text(raw -> 'avalara_entity_use_code'::text)) STORED,
    "avalara_exemption_number" text GENERATED ALWAYS AS ({schema}._text(raw -> 'avalara_exemption_number'::text)) STORED,
    "bill_to_parent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'bill_to_parent'::text)) STORED,
    "cc_gateway" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'cc_gateway'::text)) STORED,
    "cc_gateway_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'cc_gateway_id'::text)) STORED,
    "chase" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'chase'::text)) STORED,
    "chasing_cadence" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'chasing_cadence'::text)) STORED,
    "city" text GENERATED ALWAYS AS ({schema}._text(raw -> 'city'::text)) STORED,
    "consolidated" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'consolidated'::text)) STORED,
    "convenience_fee" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'convenience_fee'::text)) STORED,
    "country" text GENERATED ALWAYS AS ({schema}._text(raw -> 'country'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "credit_hold" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'credit_hold'::text)) STORED,
    "credit_limit" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'credit_limit'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "email" text GENERATED ALWAYS AS ({schema}._text(raw -> 'email'::text)) STORED,
    "language" text GENERATED ALWAYS AS ({schema}._text(raw -> 'language'::text)) STORED,
    "late_fee_schedule" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'late_fee_schedule'::text)) STORED,
    "late_fee_schedule_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'late_fee_schedule_id'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "network_connection" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_connection'::text)) STORED,
    "network_connection_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_connection_id'::text)) STORED,
    "next_chase_step" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'next_chase_step'::text)) STORED,
    "notes" text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes'::text)) STORED,
    "number" text GENERATED ALWAYS AS ({schema}._text(raw -> 'number'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "owner" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'owner'::text)) STORED,
    "owner_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'owner_id'::text)) STORED,
    "parent_customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'parent_customer'::text)) STORED,
    "payment_terms" text GENERATED ALWAYS AS ({schema}._text(raw -> 'payment_terms'::text)) STORED,
    "phone" text GENERATED ALWAYS AS ({schema}._text(raw -> 'phone'::text)) STORED,
    "postal_code" text GENERATED ALWAYS AS ({schema}._text(raw -> 'postal_code'::text)) STORED,
    "sign_up_page" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'sign_up_page'::text)) STORED,
    "sign_up_url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'sign_up_url'::text)) STORED,
    "state" text GENERATED ALWAYS AS ({schema}._text(raw -> 'state'::text)) STORED,
    "statement_pdf_url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'statement_pdf_url'::text)) STORED,
    "statement_url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'statement_url'::text)) STORED,
    "surcharging" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'surcharging'::text)) STORED,
    "tax_id" text GENERATED ALWAYS AS ({schema}._text(raw -> 'tax_id'::text)) STORED,
    "taxable" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'taxable'::text)) STORED,
    "type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'type'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX customers_chasing_cadence_idx ON {schema}.customers ("chasing_cadence");

CREATE INDEX customers_late_fee_schedule_idx ON {schema}.customers ("late_fee_schedule");

CREATE INDEX customers_parent_customer_idx ON {schema}.customers ("parent_customer");

CREATE INDEX customers_updated_at_idx ON {schema}.customers ("updated_at", "id");
COMMENT ON TABLE {schema}.customers IS 'Customers, from GET /customers. A deleted customer, or one merged into another, leaves this table.';
COMMENT ON COLUMN {schema}.customers.id IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.customers.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.customers.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.customers.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.customers.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.customers."ach_gateway" IS 'Invoiced id of the merchant account preferred for bank debits (not mirrored).';
COMMENT ON COLUMN {schema}.customers."ach_gateway_id" IS 'The same id as ach_gateway, under its other name.';
COMMENT ON COLUMN {schema}.customers."active" IS 'Whether the customer is active; an inactive one is not billed.';
COMMENT ON COLUMN {schema}.customers."address1" IS 'First line of the postal address.';
COMMENT ON COLUMN {schema}.customers."address2" IS 'Second line of the postal address.';
COMMENT ON COLUMN {schema}.customers."attention_to" IS 'Person or department named in the address.';
COMMENT ON COLUMN {schema}.customers."autopay" IS 'Whether AutoPay collects the invoices of this customer automatically.';
COMMENT ON COLUMN {schema}.customers."autopay_delay_days" IS 'Days that AutoPay waits after an invoice is issued; -1: the account''s setting.';
COMMENT ON COLUMN {schema}.customers."avalara_entity_use_code" IS 'Avalara code of the entity or use, for tax exemption.';
COMMENT ON COLUMN {schema}.customers."avalara_exemption_number" IS 'Avalara number of the tax exemption.';
COMMENT ON COLUMN {schema}.customers."bill_to_parent" IS 'Whether the parent customer is billed for this one.';
COMMENT ON COLUMN {schema}.customers."cc_gateway" IS 'Invoiced id of the merchant account preferred for cards (not mirrored).';
COMMENT ON COLUMN {schema}.customers."cc_gateway_id" IS 'The same id as cc_gateway, under its other name.';
COMMENT ON COLUMN {schema}.customers."chase" IS 'Whether the customer is reminded of open invoices.';
COMMENT ON COLUMN {schema}.customers."chasing_cadence" IS 'Invoiced id of the chasing cadence that reminds this customer.';
COMMENT ON COLUMN {schema}.customers."city" IS 'City of the postal address.';
COMMENT ON COLUMN {schema}.customers."consolidated" IS 'Whether its invoices are consolidated into one.';
COMMENT ON COLUMN {schema}.customers."convenience_fee" IS 'Whether the customer is charged a convenience fee.';
COMMENT ON COLUMN {schema}.customers."country" IS 'Country, as a two-letter ISO 3166 code.';
COMMENT ON COLUMN {schema}.customers."created_at" IS 'When the customer was created.';
COMMENT ON COLUMN {schema}.customers."credit_hold" IS 'Whether the customer is on credit hold.';
COMMENT ON COLUMN {schema}.customers."credit_limit" IS 'Credit limit, in major units of the currency of the customer; NULL: none.';
COMMENT ON COLUMN {schema}.customers."currency" IS 'Currency of the customer as ISO 4217 code, lower case; NULL: that of the company.';
COMMENT ON COLUMN {schema}.customers."email" IS 'E-mail address of the customer.';
COMMENT ON COLUMN {schema}.customers."language" IS 'Language, as a two-letter ISO 639 code.';
COMMENT ON COLUMN {schema}.customers."late_fee_schedule" IS 'Invoiced id of the late fee schedule that applies.';
COMMENT ON COLUMN {schema}.customers."late_fee_schedule_id" IS 'The same id as late_fee_schedule, under its other name.';
COMMENT ON COLUMN {schema}.customers."name" IS 'Name of the customer, a company or a person.';
COMMENT ON COLUMN {schema}.customers."network_connection" IS 'Invoiced id of the connection in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.customers."network_connection_id" IS 'The same id as network_connection, under its other name.';
COMMENT ON COLUMN {schema}.customers."next_chase_step" IS 'Id of the next step of the chasing cadence (chasing_cadences.raw, steps).';
COMMENT ON COLUMN {schema}.customers."notes" IS 'Notes on the customer.';
COMMENT ON COLUMN {schema}.customers."number" IS 'Number of the customer, as users see it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.customers."object" IS 'Kind of the object: always customer.';
COMMENT ON COLUMN {schema}.customers."owner" IS 'Invoiced id of the user who owns the customer (members.raw, user).';
COMMENT ON COLUMN {schema}.customers."owner_id" IS 'The same id as owner, under its other name.';
COMMENT ON COLUMN {schema}.customers."parent_customer" IS 'Invoiced id of the parent customer; NULL: none.';
COMMENT ON COLUMN {schema}.customers."payment_terms" IS 'Default payment terms, by name, such as NET 30.';
COMMENT ON COLUMN {schema}.customers."phone" IS 'Phone number.';
COMMENT ON COLUMN {schema}.customers."postal_code" IS 'Postal code of the address.';
COMMENT ON COLUMN {schema}.customers."sign_up_page" IS 'Invoiced id of the sign-up page that the customer came through (not mirrored).';
COMMENT ON COLUMN {schema}.customers."sign_up_url" IS 'Secret link to the sign-up page of the customer.';
COMMENT ON COLUMN {schema}.customers."state" IS 'State or province of the postal address.';
COMMENT ON COLUMN {schema}.customers."statement_pdf_url" IS 'Secret link to the statement of the customer as PDF.';
COMMENT ON COLUMN {schema}.customers."statement_url" IS 'Secret link to the statement of the customer.';
COMMENT ON COLUMN {schema}.customers."surcharging" IS 'Whether the customer is charged a card surcharge.';
COMMENT ON COLUMN {schema}.customers."tax_id" IS 'Tax number of the customer.';
COMMENT ON COLUMN {schema}.customers."taxable" IS 'Whether the customer is charged taxes.';
COMMENT ON COLUMN {schema}.customers."type" IS 'Legal kind of the customer. Known values: company, government, non_profit, person.';
COMMENT ON COLUMN {schema}.customers."updated_at" IS 'When the customer was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.customers_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "ach_gateway", "ach_gateway_id", "active", "address1", "address2", "attention_to", "autopay", "autopay_delay_days", "avalara_entity_use_code", "avalara_exemption_number", "bill_to_parent", "cc_gateway", "cc_gateway_id", "chase", "chasing_cadence", "city", "consolidated", "convenience_fee", "country", "created_at", "credit_hold", "credit_limit", "currency", "email", "language", "late_fee_schedule", "late_fee_schedule_id", "name", "network_connection", "network_connection_id", "next_chase_step", "notes", "number", "object", "owner", "owner_id", "parent_customer", "payment_terms", "phone", "postal_code", "sign_up_page", "sign_up_url", "state", "statement_pdf_url", "statement_url", "surcharging", "tax_id", "taxable", "type", "updated_at"
FROM {schema}.customers
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._bigint(raw -> 'ach_gateway'::text),
    {schema}._bigint(raw -> 'ach_gateway_id'::text),
    {schema}._boolean(raw -> 'active'::text),
    {schema}._text(raw -> 'address1'::text),
    {schema}._text(raw -> 'address2'::text),
    {schema}._text(raw -> 'attention_to'::text),
    {schema}._boolean(raw -> 'autopay'::text),
    {schema}._bigint(raw -> 'autopay_delay_days'::text),
    {schema}._text(raw -> 'avalara_entity_use_code'::text),
    {schema}._text(raw -> 'avalara_exemption_number'::text),
    {schema}._boolean(raw -> 'bill_to_parent'::text),
    {schema}._bigint(raw -> 'cc_gateway'::text),
    {schema}._bigint(raw -> 'cc_gateway_id'::text),
    {schema}._boolean(raw -> 'chase'::text),
    {schema}._bigint(raw -> 'chasing_cadence'::text),
    {schema}._text(raw -> 'city'::text),
    {schema}._boolean(raw -> 'consolidated'::text),
    {schema}._boolean(raw -> 'convenience_fee'::text),
    {schema}._text(raw -> 'country'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._boolean(raw -> 'credit_hold'::text),
    {schema}._numeric(raw -> 'credit_limit'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._text(raw -> 'email'::text),
    {schema}._text(raw -> 'language'::text),
    {schema}._bigint(raw -> 'late_fee_schedule'::text),
    {schema}._bigint(raw -> 'late_fee_schedule_id'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._bigint(raw -> 'network_connection'::text),
    {schema}._bigint(raw -> 'network_connection_id'::text),
    {schema}._bigint(raw -> 'next_chase_step'::text),
    {schema}._text(raw -> 'notes'::text),
    {schema}._text(raw -> 'number'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._bigint(raw -> 'owner'::text),
    {schema}._bigint(raw -> 'owner_id'::text),
    {schema}._bigint(raw -> 'parent_customer'::text),
    {schema}._text(raw -> 'payment_terms'::text),
    {schema}._text(raw -> 'phone'::text),
    {schema}._text(raw -> 'postal_code'::text),
    {schema}._bigint(raw -> 'sign_up_page'::text),
    {schema}._text(raw -> 'sign_up_url'::text),
    {schema}._text(raw -> 'state'::text),
    {schema}._text(raw -> 'statement_pdf_url'::text),
    {schema}._text(raw -> 'statement_url'::text),
    {schema}._boolean(raw -> 'surcharging'::text),
    {schema}._text(raw -> 'tax_id'::text),
    {schema}._boolean(raw -> 'taxable'::text),
    {schema}._text(raw -> 'type'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'customers' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.customers_with_deleted IS 'The rows of customers, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.customers_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.customers_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.customers_with_deleted.id IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.customers_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.customers_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.customers_with_deleted."ach_gateway" IS 'Invoiced id of the merchant account preferred for bank debits (not mirrored).';
COMMENT ON COLUMN {schema}.customers_with_deleted."ach_gateway_id" IS 'The same id as ach_gateway, under its other name.';
COMMENT ON COLUMN {schema}.customers_with_deleted."active" IS 'Whether the customer is active; an inactive one is not billed.';
COMMENT ON COLUMN {schema}.customers_with_deleted."address1" IS 'First line of the postal address.';
COMMENT ON COLUMN {schema}.customers_with_deleted."address2" IS 'Second line of the postal address.';
COMMENT ON COLUMN {schema}.customers_with_deleted."attention_to" IS 'Person or department named in the address.';
COMMENT ON COLUMN {schema}.customers_with_deleted."autopay" IS 'Whether AutoPay collects the invoices of this customer automatically.';
COMMENT ON COLUMN {schema}.customers_with_deleted."autopay_delay_days" IS 'Days that AutoPay waits after an invoice is issued; -1: the account''s setting.';
COMMENT ON COLUMN {schema}.customers_with_deleted."avalara_entity_use_code" IS 'Avalara code of the entity or use, for tax exemption.';
COMMENT ON COLUMN {schema}.customers_with_deleted."avalara_exemption_number" IS 'Avalara number of the tax exemption.';
COMMENT ON COLUMN {schema}.customers_with_deleted."bill_to_parent" IS 'Whether the parent customer is billed for this one.';
COMMENT ON COLUMN {schema}.customers_with_deleted."cc_gateway" IS 'Invoiced id of the merchant account preferred for cards (not mirrored).';
COMMENT ON COLUMN {schema}.customers_with_deleted."cc_gateway_id" IS 'The same id as cc_gateway, under its other name.';
COMMENT ON COLUMN {schema}.customers_with_deleted."chase" IS 'Whether the customer is reminded of open invoices.';
COMMENT ON COLUMN {schema}.customers_with_deleted."chasing_cadence" IS 'Invoiced id of the chasing cadence that reminds this customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted."city" IS 'City of the postal address.';
COMMENT ON COLUMN {schema}.customers_with_deleted."consolidated" IS 'Whether its invoices are consolidated into one.';
COMMENT ON COLUMN {schema}.customers_with_deleted."convenience_fee" IS 'Whether the customer is charged a convenience fee.';
COMMENT ON COLUMN {schema}.customers_with_deleted."country" IS 'Country, as a two-letter ISO 3166 code.';
COMMENT ON COLUMN {schema}.customers_with_deleted."created_at" IS 'When the customer was created.';
COMMENT ON COLUMN {schema}.customers_with_deleted."credit_hold" IS 'Whether the customer is on credit hold.';
COMMENT ON COLUMN {schema}.customers_with_deleted."credit_limit" IS 'Credit limit, in major units of the currency of the customer; NULL: none.';
COMMENT ON COLUMN {schema}.customers_with_deleted."currency" IS 'Currency of the customer as ISO 4217 code, lower case; NULL: that of the company.';
COMMENT ON COLUMN {schema}.customers_with_deleted."email" IS 'E-mail address of the customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted."language" IS 'Language, as a two-letter ISO 639 code.';
COMMENT ON COLUMN {schema}.customers_with_deleted."late_fee_schedule" IS 'Invoiced id of the late fee schedule that applies.';
COMMENT ON COLUMN {schema}.customers_with_deleted."late_fee_schedule_id" IS 'The same id as late_fee_schedule, under its other name.';
COMMENT ON COLUMN {schema}.customers_with_deleted."name" IS 'Name of the customer, a company or a person.';
COMMENT ON COLUMN {schema}.customers_with_deleted."network_connection" IS 'Invoiced id of the connection in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.customers_with_deleted."network_connection_id" IS 'The same id as network_connection, under its other name.';
COMMENT ON COLUMN {schema}.customers_with_deleted."next_chase_step" IS 'Id of the next step of the chasing cadence (chasing_cadences.raw, steps).';
COMMENT ON COLUMN {schema}.customers_with_deleted."notes" IS 'Notes on the customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted."number" IS 'Number of the customer, as users see it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.customers_with_deleted."object" IS 'Kind of the object: always customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted."owner" IS 'Invoiced id of the user who owns the customer (members.raw, user).';
COMMENT ON COLUMN {schema}.customers_with_deleted."owner_id" IS 'The same id as owner, under its other name.';
COMMENT ON COLUMN {schema}.customers_with_deleted."parent_customer" IS 'Invoiced id of the parent customer; NULL: none.';
COMMENT ON COLUMN {schema}.customers_with_deleted."payment_terms" IS 'Default payment terms, by name, such as NET 30.';
COMMENT ON COLUMN {schema}.customers_with_deleted."phone" IS 'Phone number.';
COMMENT ON COLUMN {schema}.customers_with_deleted."postal_code" IS 'Postal code of the address.';
COMMENT ON COLUMN {schema}.customers_with_deleted."sign_up_page" IS 'Invoiced id of the sign-up page that the customer came through (not mirrored).';
COMMENT ON COLUMN {schema}.customers_with_deleted."sign_up_url" IS 'Secret link to the sign-up page of the customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted."state" IS 'State or province of the postal address.';
COMMENT ON COLUMN {schema}.customers_with_deleted."statement_pdf_url" IS 'Secret link to the statement of the customer as PDF.';
COMMENT ON COLUMN {schema}.customers_with_deleted."statement_url" IS 'Secret link to the statement of the customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted."surcharging" IS 'Whether the customer is charged a card surcharge.';
COMMENT ON COLUMN {schema}.customers_with_deleted."tax_id" IS 'Tax number of the customer.';
COMMENT ON COLUMN {schema}.customers_with_deleted."taxable" IS 'Whether the customer is charged taxes.';
COMMENT ON COLUMN {schema}.customers_with_deleted."type" IS 'Legal kind of the customer. Known values: company, government, non_profit, person.';
COMMENT ON COLUMN {schema}.customers_with_deleted."updated_at" IS 'When the customer was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.contacts (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "address1" text GENERATED ALWAYS AS ({schema}._text(raw -> 'address1'::text)) STORED,
    "address2" text GENERATED ALWAYS AS ({schema}._text(raw -> 'address2'::text)) STORED,
    "city" text GENERATED ALWAYS AS ({schema}._text(raw -> 'city'::text)) STORED,
    "country" text GENERATED ALWAYS AS ({schema}._text(raw -> 'country'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer'::text)) STORED,
    "customer_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer_id'::text)) STORED,
    "department" text GENERATED ALWAYS AS ({schema}._text(raw -> 'department'::text)) STORED,
    "email" text GENERATED ALWAYS AS ({schema}._text(raw -> 'email'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "phone" text GENERATED ALWAYS AS ({schema}._text(raw -> 'phone'::text)) STORED,
    "postal_code" text GENERATED ALWAYS AS ({schema}._text(raw -> 'postal_code'::text)) STORED,
    "primary" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'primary'::text)) STORED,
    "role" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'role'::text)) STORED,
    "role_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'role_id'::text)) STORED,
    "send_new_invoices" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'send_new_invoices'::text)) STORED,
    "sms_enabled" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'sms_enabled'::text)) STORED,
    "state" text GENERATED ALWAYS AS ({schema}._text(raw -> 'state'::text)) STORED,
    "title" text GENERATED ALWAYS AS ({schema}._text(raw -> 'title'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    parent_id bigint
) WITH (toast_tuple_target = 4080);

CREATE INDEX contacts_customer_idx ON {schema}.contacts ("customer");

CREATE INDEX contacts_updated_at_idx ON {schema}.contacts ("updated_at");

CREATE INDEX contacts_parent_id_idx ON {schema}.contacts (parent_id);
COMMENT ON TABLE {schema}.contacts IS 'Contacts of the customers, from the list of each customer; there is no list of all. A deleted contact leaves this table.';
COMMENT ON COLUMN {schema}.contacts.id IS 'Invoiced id of the contact.';
COMMENT ON COLUMN {schema}.contacts.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.contacts.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.contacts.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.contacts.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.contacts."address1" IS 'First line of the postal address.';
COMMENT ON COLUMN {schema}.contacts."address2" IS 'Second line of the postal address.';
COMMENT ON COLUMN {schema}.contacts."city" IS 'City of the postal address.';
COMMENT ON COLUMN {schema}.contacts."country" IS 'Country, as a two-letter ISO 3166 code.';
COMMENT ON COLUMN {schema}.contacts."created_at" IS 'When the contact was created.';
COMMENT ON COLUMN {schema}.contacts."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.contacts."customer_id" IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.contacts."department" IS 'Department that the contact works in.';
COMMENT ON COLUMN {schema}.contacts."email" IS 'E-mail address of the contact.';
COMMENT ON COLUMN {schema}.contacts."name" IS 'Name of the contact.';
COMMENT ON COLUMN {schema}.contacts."object" IS 'Kind of the object: always contact.';
COMMENT ON COLUMN {schema}.contacts."phone" IS 'Phone number of the contact.';
COMMENT ON COLUMN {schema}.contacts."postal_code" IS 'Postal code of the address.';
COMMENT ON COLUMN {schema}.contacts."primary" IS 'Whether this is a primary contact, one that gets account mail.';
COMMENT ON COLUMN {schema}.contacts."role" IS 'Invoiced id of the role of the contact (contact roles are not mirrored).';
COMMENT ON COLUMN {schema}.contacts."role_id" IS 'The same id as role, under its other name.';
COMMENT ON COLUMN {schema}.contacts."send_new_invoices" IS 'Whether new invoices are sent to this contact.';
COMMENT ON COLUMN {schema}.contacts."sms_enabled" IS 'Whether the contact may be sent text messages.';
COMMENT ON COLUMN {schema}.contacts."state" IS 'State or province of the postal address.';
COMMENT ON COLUMN {schema}.contacts."title" IS 'Job title of the contact.';
COMMENT ON COLUMN {schema}.contacts."updated_at" IS 'When the contact was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.contacts.parent_id IS 'Invoiced id of the customer in whose list the row was found.';

CREATE VIEW {schema}.contacts_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "address1", "address2", "city", "country", "created_at", "customer", "customer_id", "department", "email", "name", "object", "phone", "postal_code", "primary", "role", "role_id", "send_new_invoices", "sms_enabled", "state", "title", "updated_at"
FROM {schema}.contacts
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'address1'::text),
    {schema}._text(raw -> 'address2'::text),
    {schema}._text(raw -> 'city'::text),
    {schema}._text(raw -> 'country'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._bigint(raw -> 'customer'::text),
    {schema}._bigint(raw -> 'customer_id'::text),
    {schema}._text(raw -> 'department'::text),
    {schema}._text(raw -> 'email'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._text(raw -> 'phone'::text),
    {schema}._text(raw -> 'postal_code'::text),
    {schema}._boolean(raw -> 'primary'::text),
    {schema}._bigint(raw -> 'role'::text),
    {schema}._bigint(raw -> 'role_id'::text),
    {schema}._boolean(raw -> 'send_new_invoices'::text),
    {schema}._boolean(raw -> 'sms_enabled'::text),
    {schema}._text(raw -> 'state'::text),
    {schema}._text(raw -> 'title'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'contacts' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.contacts_with_deleted IS 'The rows of contacts, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.contacts_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.id IS 'Invoiced id of the contact.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.contacts_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."address1" IS 'First line of the postal address.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."address2" IS 'Second line of the postal address.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."city" IS 'City of the postal address.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."country" IS 'Country, as a two-letter ISO 3166 code.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."created_at" IS 'When the contact was created.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."customer_id" IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."department" IS 'Department that the contact works in.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."email" IS 'E-mail address of the contact.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."name" IS 'Name of the contact.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."object" IS 'Kind of the object: always contact.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."phone" IS 'Phone number of the contact.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."postal_code" IS 'Postal code of the address.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."primary" IS 'Whether this is a primary contact, one that gets account mail.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."role" IS 'Invoiced id of the role of the contact (contact roles are not mirrored).';
COMMENT ON COLUMN {schema}.contacts_with_deleted."role_id" IS 'The same id as role, under its other name.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."send_new_invoices" IS 'Whether new invoices are sent to this contact.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."sms_enabled" IS 'Whether the contact may be sent text messages.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."state" IS 'State or province of the postal address.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."title" IS 'Job title of the contact.';
COMMENT ON COLUMN {schema}.contacts_with_deleted."updated_at" IS 'When the contact was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.notes (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer'::text)) STORED,
    "customer_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer_id'::text)) STORED,
    "invoice" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'invoice'::text)) STORED,
    "invoice_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'invoice_id'::text)) STORED,
    "notes" text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    "user_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'user_id'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX notes_customer_idx ON {schema}.notes ("customer");

CREATE INDEX notes_invoice_idx ON {schema}.notes ("invoice");

CREATE INDEX notes_updated_at_idx ON {schema}.notes ("updated_at", "id");
COMMENT ON TABLE {schema}.notes IS 'Notes on customers and invoices, from GET /notes. A deleted note leaves this table.';
COMMENT ON COLUMN {schema}.notes.id IS 'Invoiced id of the note.';
COMMENT ON COLUMN {schema}.notes.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.notes.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.notes.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.notes.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.notes."created_at" IS 'When the note was created.';
COMMENT ON COLUMN {schema}.notes."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.notes."customer_id" IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.notes."invoice" IS 'Invoiced id of the invoice that the note is on; NULL: on the customer.';
COMMENT ON COLUMN {schema}.notes."invoice_id" IS 'The same id as invoice, under its other name.';
COMMENT ON COLUMN {schema}.notes."notes" IS 'Text of the note.';
COMMENT ON COLUMN {schema}.notes."object" IS 'Kind of the object: always note.';
COMMENT ON COLUMN {schema}.notes."updated_at" IS 'When the note was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.notes."user_id" IS 'Invoiced id of the user who wrote it; NULL where the API did.';

CREATE VIEW {schema}.notes_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "created_at", "customer", "customer_id", "invoice", "invoice_id", "notes", "object", "updated_at", "user_id"
FROM {schema}.notes
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._bigint(raw -> 'customer'::text),
    {schema}._bigint(raw -> 'customer_id'::text),
    {schema}._bigint(raw -> 'invoice'::text),
    {schema}._bigint(raw -> 'invoice_id'::text),
    {schema}._text(raw -> 'notes'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._timestamp(raw -> 'updated_at'::text),
    {schema}._bigint(raw -> 'user_id'::text)
FROM {schema}._deleted
WHERE resource = 'notes' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.notes_with_deleted IS 'The rows of notes, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.notes_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.notes_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.notes_with_deleted.id IS 'Invoiced id of the note.';
COMMENT ON COLUMN {schema}.notes_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.notes_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.notes_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.notes_with_deleted."created_at" IS 'When the note was created.';
COMMENT ON COLUMN {schema}.notes_with_deleted."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.notes_with_deleted."customer_id" IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.notes_with_deleted."invoice" IS 'Invoiced id of the invoice that the note is on; NULL: on the customer.';
COMMENT ON COLUMN {schema}.notes_with_deleted."invoice_id" IS 'The same id as invoice, under its other name.';
COMMENT ON COLUMN {schema}.notes_with_deleted."notes" IS 'Text of the note.';
COMMENT ON COLUMN {schema}.notes_with_deleted."object" IS 'Kind of the object: always note.';
COMMENT ON COLUMN {schema}.notes_with_deleted."updated_at" IS 'When the note was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.notes_with_deleted."user_id" IS 'Invoiced id of the user who wrote it; NULL where the API did.';

CREATE TABLE {schema}.tasks (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "action" text GENERATED ALWAYS AS ({schema}._text(raw -> 'action'::text)) STORED,
    "bill" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'bill'::text)) STORED,
    "bill_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'bill_id'::text)) STORED,
    "chase_step_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'chase_step_id'::text)) STORED,
    "complete" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'complete'::text)) STORED,
    "completed_by_user_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'completed_by_user_id'::text)) STORED,
    "completed_date" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'completed_date'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer'::text)) STORED,
    "customer_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer_id'::text)) STORED,
    "due_date" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'due_date'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    "user_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'user_id'::text)) STORED,
    "vendor_credit" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'vendor_credit'::text)) STORED,
    "vendor_credit_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'vendor_credit_id'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX tasks_customer_idx ON {schema}.tasks ("customer");

CREATE INDEX tasks_due_date_idx ON {schema}.tasks ("due_date");

CREATE INDEX tasks_updated_at_idx ON {schema}.tasks ("updated_at");
COMMENT ON TABLE {schema}.tasks IS 'Tasks, from GET /tasks. Completed tasks stay, with complete = true; restarted chasing deletes open ones.';
COMMENT ON COLUMN {schema}.tasks.id IS 'Invoiced id of the task.';
COMMENT ON COLUMN {schema}.tasks.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.tasks.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.tasks.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.tasks.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.tasks."action" IS 'What to do, such as phone, letter, email or review; an open set.';
COMMENT ON COLUMN {schema}.tasks."bill" IS 'Invoiced id of the bill that the task is about (not mirrored).';
COMMENT ON COLUMN {schema}.tasks."bill_id" IS 'The same id as bill, under its other name.';
COMMENT ON COLUMN {schema}.tasks."chase_step_id" IS 'Id of the step of a chasing cadence that made the task (chasing_cadences.raw, steps).';
COMMENT ON COLUMN {schema}.tasks."complete" IS 'Whether it is done.';
COMMENT ON COLUMN {schema}.tasks."completed_by_user_id" IS 'Invoiced id of the user who completed it.';
COMMENT ON COLUMN {schema}.tasks."completed_date" IS 'When it was completed.';
COMMENT ON COLUMN {schema}.tasks."created_at" IS 'When the task was created.';
COMMENT ON COLUMN {schema}.tasks."customer" IS 'Invoiced id of the customer that the task is about.';
COMMENT ON COLUMN {schema}.tasks."customer_id" IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.tasks."due_date" IS 'When the task is due.';
COMMENT ON COLUMN {schema}.tasks."name" IS 'What the task says.';
COMMENT ON COLUMN {schema}.tasks."updated_at" IS 'When the task was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.tasks."user_id" IS 'Invoiced id of the user it is assigned to (members.raw, user).';
COMMENT ON COLUMN {schema}.tasks."vendor_credit" IS 'Invoiced id of the vendor credit that the task is about (not mirrored).';
COMMENT ON COLUMN {schema}.tasks."vendor_credit_id" IS 'The same id as vendor_credit, under its other name.';

CREATE VIEW {schema}.tasks_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "action", "bill", "bill_id", "chase_step_id", "complete", "completed_by_user_id", "completed_date", "created_at", "customer", "customer_id", "due_date", "name", "updated_at", "user_id", "vendor_credit", "vendor_credit_id"
FROM {schema}.tasks
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'action'::text),
    {schema}._bigint(raw -> 'bill'::text),
    {schema}._bigint(raw -> 'bill_id'::text),
    {schema}._bigint(raw -> 'chase_step_id'::text),
    {schema}._boolean(raw -> 'complete'::text),
    {schema}._bigint(raw -> 'completed_by_user_id'::text),
    {schema}._timestamp(raw -> 'completed_date'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._bigint(raw -> 'customer'::text),
    {schema}._bigint(raw -> 'customer_id'::text),
    {schema}._timestamp(raw -> 'due_date'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._timestamp(raw -> 'updated_at'::text),
    {schema}._bigint(raw -> 'user_id'::text),
    {schema}._bigint(raw -> 'vendor_credit'::text),
    {schema}._bigint(raw -> 'vendor_credit_id'::text)
FROM {schema}._deleted
WHERE resource = 'tasks' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.tasks_with_deleted IS 'The rows of tasks, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.tasks_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.id IS 'Invoiced id of the task.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.tasks_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.tasks_with_deleted."action" IS 'What to do, such as phone, letter, email or review; an open set.';
COMMENT ON COLUMN {schema}.tasks_with_deleted."bill" IS 'Invoiced id of the bill that the task is about (not mirrored).';
COMMENT ON COLUMN {schema}.tasks_with_deleted."bill_id" IS 'The same id as bill, under its other name.';
COMMENT ON COLUMN {schema}.tasks_with_deleted."chase_step_id" IS 'Id of the step of a chasing cadence that made the task (chasing_cadences.raw, steps).';
COMMENT ON COLUMN {schema}.tasks_with_deleted."complete" IS 'Whether it is done.';
COMMENT ON COLUMN {schema}.tasks_with_deleted."completed_by_user_id" IS 'Invoiced id of the user who completed it.';
COMMENT ON COLUMN {schema}.tasks_with_deleted."completed_date" IS 'When it was completed.';
COMMENT ON COLUMN {schema}.tasks_with_deleted."created_at" IS 'When the task was created.';
COMMENT ON COLUMN {schema}.tasks_with_deleted."customer" IS 'Invoiced id of the customer that the task is about.';
COMMENT ON COLUMN {schema}.tasks_with_deleted."customer_id" IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.tasks_with_deleted."due_date" IS 'When the task is due.';
COMMENT ON COLUMN {schema}.tasks_with_deleted."name" IS 'What the task says.';
COMMENT ON COLUMN {schema}.tasks_with_deleted."updated_at" IS 'When the task was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.tasks_with_deleted."user_id" IS 'Invoiced id of the user it is assigned to (members.raw, user).';
COMMENT ON COLUMN {schema}.tasks_with_deleted."vendor_credit" IS 'Invoiced id of the vendor credit that the task is about (not mirrored).';
COMMENT ON COLUMN {schema}.tasks_with_deleted."vendor_credit_id" IS 'The same id as vendor_credit, under its other name.';

CREATE TABLE {schema}.invoices (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "attempt_count" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'attempt_count'::text)) STORED,
    "autopay" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'autopay'::text)) STORED,
    "balance" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'balance'::text)) STORED,
    "chase" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'chase'::text)) STORED,
    "closed" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'closed'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "csv_url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'csv_url'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer'::text)) STORED,
    "date" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date'::text)) STORED,
    "draft" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'draft'::text)) STORED,
    "due_date" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'due_date'::text)) STORED,
    "late_fees" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'late_fees'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "needs_attention" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'needs_attention'::text)) STORED,
    "network_document" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_document'::text)) STORED,
    "network_document_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_document_id'::text)) STORED,
    "next_chase_on" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'next_chase_on'::text)) STORED,
    "next_payment_attempt" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'next_payment_attempt'::text)) STORED,
    "notes" text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes'::text)) STORED,
    "number" text GENERATED ALWAYS AS ({schema}._text(raw -> 'number'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "paid" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'paid'::text)) STORED,
    "payment_plan" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'payment_plan'::text)) STORED,
    "payment_terms" text GENERATED ALWAYS AS ({schema}._text(raw -> 'payment_terms'::text)) STORED,
    "payment_url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'payment_url'::text)) STORED,
    "pdf_url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'pdf_url'::text)) STORED,
    "purchase_order" text GENERATED ALWAYS AS ({schema}._text(raw -> 'purchase_order'::text)) STORED,
    "status" text GENERATED ALWAYS AS ({schema}._text(raw -> 'status'::text)) STORED,
    "subscription" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'subscription'::text)) STORED,
    "subscription_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'subscription_id'::text)) STORED,
    "subtotal" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'subtotal'::text)) STORED,
    "total" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'total'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    "url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'url'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX invoices_customer_idx ON {schema}.invoices ("customer");

CREATE INDEX invoices_date_idx ON {schema}.invoices ("date");

CREATE INDEX invoices_due_date_idx ON {schema}.invoices ("due_date");

CREATE INDEX invoices_payment_plan_idx ON {schema}.invoices ("payment_plan");

CREATE INDEX invoices_status_idx ON {schema}.invoices USING spgist ("status");

CREATE INDEX invoices_subscription_idx ON {schema}.invoices ("subscription");

CREATE INDEX invoices_updated_at_idx ON {schema}.invoices ("updated_at", "id");
COMMENT ON TABLE {schema}.invoices IS 'Invoices, from GET /invoices, drafts included. Voided invoices stay, with status voided; only one with nothing applied to it can be deleted.';
COMMENT ON COLUMN {schema}.invoices.id IS 'Invoiced id of the invoice.';
COMMENT ON COLUMN {schema}.invoices.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.invoices.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.invoices.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.invoices.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.invoices."attempt_count" IS 'How often an automatic payment was tried.';
COMMENT ON COLUMN {schema}.invoices."autopay" IS 'Whether AutoPay collects this invoice automatically.';
COMMENT ON COLUMN {schema}.invoices."balance" IS 'What is still owed, in major units of currency.';
COMMENT ON COLUMN {schema}.invoices."chase" IS 'Whether the customer is reminded of this invoice.';
COMMENT ON COLUMN {schema}.invoices."closed" IS 'Whether it is closed: no more payments are taken; closed and not paid means bad debt.';
COMMENT ON COLUMN {schema}.invoices."created_at" IS 'When the invoice was created.';
COMMENT ON COLUMN {schema}.invoices."csv_url" IS 'Secret link to the invoice as CSV.';
COMMENT ON COLUMN {schema}.invoices."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.invoices."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.invoices."date" IS 'Date of the invoice; take its day in the time zone of the company.';
COMMENT ON COLUMN {schema}.invoices."draft" IS 'Whether it is a draft, not issued yet and not owed.';
COMMENT ON COLUMN {schema}.invoices."due_date" IS 'When it is due; NULL: no due date. Take its day in the time zone of the company.';
COMMENT ON COLUMN {schema}.invoices."late_fees" IS 'Whether late fees are charged on it.';
COMMENT ON COLUMN {schema}.invoices."name" IS 'Title of the invoice.';
COMMENT ON COLUMN {schema}.invoices."needs_attention" IS 'Whether it was flagged for a person to look at.';
COMMENT ON COLUMN {schema}.invoices."network_document" IS 'Invoiced id of the document in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.invoices."network_document_id" IS 'The same id as network_document, under its other name.';
COMMENT ON COLUMN {schema}.invoices."next_chase_on" IS 'When the next reminder is planned.';
COMMENT ON COLUMN {schema}.invoices."next_payment_attempt" IS 'When the next automatic payment is tried.';
COMMENT ON COLUMN {schema}.invoices."notes" IS 'Notes shown on the invoice.';
COMMENT ON COLUMN {schema}.invoices."number" IS 'Number of the invoice, as users see it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.invoices."object" IS 'Kind of the object: always invoice.';
COMMENT ON COLUMN {schema}.invoices."paid" IS 'Whether it is paid in full.';
COMMENT ON COLUMN {schema}.invoices."payment_plan" IS 'Invoiced id of the payment plan; NULL: none.';
COMMENT ON COLUMN {schema}.invoices."payment_terms" IS 'Payment terms, by name, such as NET 30.';
COMMENT ON COLUMN {schema}.invoices."payment_url" IS 'Secret link to the page where the invoice can be paid.';
COMMENT ON COLUMN {schema}.invoices."pdf_url" IS 'Secret link to the invoice as PDF.';
COMMENT ON COLUMN {schema}.invoices."purchase_order" IS 'Number of the purchase order.';
COMMENT ON COLUMN {schema}.invoices."status" IS 'State of the invoice. Known values: draft, not_sent, sent, viewed, past_due, pending, paid, voided, bad_debt, disputed.';
COMMENT ON COLUMN {schema}.invoices."subscription" IS 'Invoiced id of the subscription that billed it; NULL: none.';
COMMENT ON COLUMN {schema}.invoices."subscription_id" IS 'The same id as subscription, under its other name.';
COMMENT ON COLUMN {schema}.invoices."subtotal" IS 'Sum of the lines before discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.invoices."total" IS 'Total with discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.invoices."updated_at" IS 'When the invoice was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.invoices."url" IS 'Secret link to the invoice in the customer portal.';

CREATE VIEW {schema}.invoices_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "attempt_count", "autopay", "balance", "chase", "closed", "created_at", "csv_url", "currency", "customer", "date", "draft", "due_date", "late_fees", "name", "needs_attention", "network_document", "network_document_id", "next_chase_on", "next_payment_attempt", "notes", "number", "object", "paid", "payment_plan", "payment_terms", "payment_url", "pdf_url", "purchase_order", "status", "subscription", "subscription_id", "subtotal", "total", "updated_at", "url"
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
    {schema}._text(raw -> 'url'::text)
FROM {schema}._deleted
WHERE resource = 'invoices' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.invoices_with_deleted IS 'The rows of invoices, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.invoices_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.id IS 'Invoiced id of the invoice.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.invoices_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."attempt_count" IS 'How often an automatic payment was tried.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."autopay" IS 'Whether AutoPay collects this invoice automatically.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."balance" IS 'What is still owed, in major units of currency.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."chase" IS 'Whether the customer is reminded of this invoice.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."closed" IS 'Whether it is closed: no more payments are taken; closed and not paid means bad debt.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."created_at" IS 'When the invoice was created.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."csv_url" IS 'Secret link to the invoice as CSV.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."date" IS 'Date of the invoice; take its day in the time zone of the company.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."draft" IS 'Whether it is a draft, not issued yet and not owed.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."due_date" IS 'When it is due; NULL: no due date. Take its day in the time zone of the company.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."late_fees" IS 'Whether late fees are charged on it.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."name" IS 'Title of the invoice.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."needs_attention" IS 'Whether it was flagged for a person to look at.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."network_document" IS 'Invoiced id of the document in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.invoices_with_deleted."network_document_id" IS 'The same id as network_document, under its other name.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."next_chase_on" IS 'When the next reminder is planned.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."next_payment_attempt" IS 'When the next automatic payment is tried.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."notes" IS 'Notes shown on the invoice.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."number" IS 'Number of the invoice, as users see it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."object" IS 'Kind of the object: always invoice.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."paid" IS 'Whether it is paid in full.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."payment_plan" IS 'Invoiced id of the payment plan; NULL: none.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."payment_terms" IS 'Payment terms, by name, such as NET 30.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."payment_url" IS 'Secret link to the page where the invoice can be paid.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."pdf_url" IS 'Secret link to the invoice as PDF.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."purchase_order" IS 'Number of the purchase order.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."status" IS 'State of the invoice. Known values: draft, not_sent, sent, viewed, past_due, pending, paid, voided, bad_debt, disputed.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."subscription" IS 'Invoiced id of the subscription that billed it; NULL: none.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."subscription_id" IS 'The same id as subscription, under its other name.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."subtotal" IS 'Sum of the lines before discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."total" IS 'Total with discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."updated_at" IS 'When the invoice was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.invoices_with_deleted."url" IS 'Secret link to the invoice in the customer portal.';

CREATE TABLE {schema}.estimates (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "approved" text GENERATED ALWAYS AS (CASE WHEN pg_catalog.jsonb_typeof(raw -> 'approved'::text) IN ('string', 'boolean') THEN (raw -> 'approved'::text) #>> '{}'::text[] END) STORED,
    "closed" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'closed'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer'::text)) STORED,
    "date" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date'::text)) STORED,
    "deposit" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'deposit'::text)) STORED,
    "deposit_paid" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'deposit_paid'::text)) STORED,
    "draft" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'draft'::text)) STORED,
    "expiration_date" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'expiration_date'::text)) STORED,
    "invoice" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'invoice'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "network_document" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_document'::text)) STORED,
    "network_document_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_document_id'::text)) STORED,
    "notes" text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes'::text)) STORED,
    "number" text GENERATED ALWAYS AS ({schema}._text(raw -> 'number'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "payment_terms" text GENERATED ALWAYS AS ({schema}._text(raw -> 'payment_terms'::text)) STORED,
    "pdf_url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'pdf_url'::text)) STORED,
    "purchase_order" text GENERATED ALWAYS AS ({schema}._text(raw -> 'purchase_order'::text)) STORED,
    "status" text GENERATED ALWAYS AS ({schema}._text(raw -> 'status'::text)) STORED,
    "subtotal" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'subtotal'::text)) STORED,
    "total" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'total'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    "url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'url'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX estimates_customer_idx ON {schema}.estimates ("customer");

CREATE INDEX estimates_date_idx ON {schema}.estimates ("date");

CREATE INDEX estimates_invoice_idx ON {schema}.estimates ("invoice");

CREATE INDEX estimates_status_idx ON {schema}.estimates USING spgist ("status");

CREATE INDEX estimates_updated_at_idx ON {schema}.estimates ("updated_at", "id");
COMMENT ON TABLE {schema}.estimates IS 'Estimates, from GET /estimates, drafts included. Voided estimates stay, with status voided; a deleted one leaves this table.';
COMMENT ON COLUMN {schema}.estimates.id IS 'Invoiced id of the estimate.';
COMMENT ON COLUMN {schema}.estimates.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.estimates.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.estimates.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.estimates.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.estimates."approved" IS 'Initials of the approver; if the server gives a boolean instead, true or false as text.';
COMMENT ON COLUMN {schema}.estimates."closed" IS 'Whether it is closed: no approval is expected any more.';
COMMENT ON COLUMN {schema}.estimates."created_at" IS 'When the estimate was created.';
COMMENT ON COLUMN {schema}.estimates."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.estimates."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.estimates."date" IS 'Date of the estimate; take its day in the time zone of the company.';
COMMENT ON COLUMN {schema}.estimates."deposit" IS 'Deposit asked for, in major units of currency.';
COMMENT ON COLUMN {schema}.estimates."deposit_paid" IS 'Whether the deposit was paid.';
COMMENT ON COLUMN {schema}.estimates."draft" IS 'Whether it is a draft, not issued yet.';
COMMENT ON COLUMN {schema}.estimates."expiration_date" IS 'When the offer ends; NULL: never.';
COMMENT ON COLUMN {schema}.estimates."invoice" IS 'Invoiced id of the invoice made from it; NULL: none.';
COMMENT ON COLUMN {schema}.estimates."name" IS 'Title of the estimate.';
COMMENT ON COLUMN {schema}.estimates."network_document" IS 'Invoiced id of the document in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.estimates."network_document_id" IS 'The same id as network_document, under its other name.';
COMMENT ON COLUMN {schema}.estimates."notes" IS 'Notes shown on the estimate.';
COMMENT ON COLUMN {schema}.estimates."number" IS 'Number of the estimate, as users see it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.estimates."object" IS 'Kind of the object: always estimate.';
COMMENT ON COLUMN {schema}.estimates."payment_terms" IS 'Payment terms, by name, such as NET 30.';
COMMENT ON COLUMN {schema}.estimates."pdf_url" IS 'Secret link to the estimate as PDF.';
COMMENT ON COLUMN {schema}.estimates."purchase_order" IS 'Number of the purchase order.';
COMMENT ON COLUMN {schema}.estimates."status" IS 'State of the estimate. Known values: draft, not_sent, sent, viewed, approved, declined, expired, invoiced, voided.';
COMMENT ON COLUMN {schema}.estimates."subtotal" IS 'Sum of the lines before discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.estimates."total" IS 'Total with discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.estimates."updated_at" IS 'When the estimate was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.estimates."url" IS 'Secret link to the estimate in the customer portal.';

CREATE VIEW {schema}.estimates_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "approved", "closed", "created_at", "currency", "customer", "date", "deposit", "deposit_paid", "draft", "expiration_date", "invoice", "name", "network_document", "network_document_id", "notes", "number", "object", "payment_terms", "pdf_url", "purchase_order", "status", "subtotal", "total", "updated_at", "url"
FROM {schema}.estimates
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    CASE WHEN pg_catalog.jsonb_typeof(raw -> 'approved'::text) IN ('string', 'boolean') THEN (raw -> 'approved'::text) #>> '{}'::text[] END,
    {schema}._boolean(raw -> 'closed'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._bigint(raw -> 'customer'::text),
    {schema}._timestamp(raw -> 'date'::text),
    {schema}._numeric(raw -> 'deposit'::text),
    {schema}._boolean(raw -> 'deposit_paid'::text),
    {schema}._boolean(raw -> 'draft'::text),
    {schema}._timestamp(raw -> 'expiration_date'::text),
    {schema}._bigint(raw -> 'invoice'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._bigint(raw -> 'network_document'::text),
    {schema}._bigint(raw -> 'network_document_id'::text),
    {schema}._text(raw -> 'notes'::text),
    {schema}._text(raw -> 'number'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._text(raw -> 'payment_terms'::text),
    {schema}._text(raw -> 'pdf_url'::text),
    {schema}._text(raw -> 'purchase_order'::text),
    {schema}._text(raw -> 'status'::text),
    {schema}._numeric(raw -> 'subtotal'::text),
    {schema}._numeric(raw -> 'total'::text),
    {schema}._timestamp(raw -> 'updated_at'::text),
    {schema}._text(raw -> 'url'::text)
FROM {schema}._deleted
WHERE resource = 'estimates' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.estimates_with_deleted IS 'The rows of estimates, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.estimates_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.estimates_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.estimates_with_deleted.id IS 'Invoiced id of the estimate.';
COMMENT ON COLUMN {schema}.estimates_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.estimates_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.estimates_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."approved" IS 'Initials of the approver; if the server gives a boolean instead, true or false as text.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."closed" IS 'Whether it is closed: no approval is expected any more.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."created_at" IS 'When the estimate was created.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."date" IS 'Date of the estimate; take its day in the time zone of the company.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."deposit" IS 'Deposit asked for, in major units of currency.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."deposit_paid" IS 'Whether the deposit was paid.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."draft" IS 'Whether it is a draft, not issued yet.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."expiration_date" IS 'When the offer ends; NULL: never.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."invoice" IS 'Invoiced id of the invoice made from it; NULL: none.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."name" IS 'Title of the estimate.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."network_document" IS 'Invoiced id of the document in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.estimates_with_deleted."network_document_id" IS 'The same id as network_document, under its other name.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."notes" IS 'Notes shown on the estimate.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."number" IS 'Number of the estimate, as users see it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."object" IS 'Kind of the object: always estimate.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."payment_terms" IS 'Payment terms, by name, such as NET 30.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."pdf_url" IS 'Secret link to the estimate as PDF.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."purchase_order" IS 'Number of the purchase order.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."status" IS 'State of the estimate. Known values: draft, not_sent, sent, viewed, approved, declined, expired, invoiced, voided.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."subtotal" IS 'Sum of the lines before discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."total" IS 'Total with discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."updated_at" IS 'When the estimate was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.estimates_with_deleted."url" IS 'Secret link to the estimate in the customer portal.';

CREATE TABLE {schema}.credit_notes (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "balance" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'balance'::text)) STORED,
    "closed" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'closed'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer'::text)) STORED,
    "date" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date'::text)) STORED,
    "draft" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'draft'::text)) STORED,
    "invoice" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'invoice'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "network_document" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_document'::text)) STORED,
    "network_document_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'network_document_id'::text)) STORED,
    "notes" text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes'::text)) STORED,
    "number" text GENERATED ALWAYS AS ({schema}._text(raw -> 'number'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "paid" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'paid'::text)) STORED,
    "pdf_url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'pdf_url'::text)) STORED,
    "purchase_order" text GENERATED ALWAYS AS ({schema}._text(raw -> 'purchase_order'::text)) STORED,
    "status" text GENERATED ALWAYS AS ({schema}._text(raw -> 'status'::text)) STORED,
    "subtotal" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'subtotal'::text)) STORED,
    "total" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'total'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    "url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'url'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX credit_notes_customer_idx ON {schema}.credit_notes ("customer");

CREATE INDEX credit_notes_date_idx ON {schema}.credit_notes ("date");

CREATE INDEX credit_notes_invoice_idx ON {schema}.credit_notes ("invoice");

CREATE INDEX credit_notes_status_idx ON {schema}.credit_notes USING spgist ("status");

CREATE INDEX credit_notes_updated_at_idx ON {schema}.credit_notes ("updated_at", "id");
COMMENT ON TABLE {schema}.credit_notes IS 'Credit notes, from GET /credit_notes, drafts included. Voided ones stay, with status voided; a deleted one leaves this table.';
COMMENT ON COLUMN {schema}.credit_notes.id IS 'Invoiced id of the credit note.';
COMMENT ON COLUMN {schema}.credit_notes.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.credit_notes.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.credit_notes.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.credit_notes.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.credit_notes."balance" IS 'Credit not yet used, in major units of currency.';
COMMENT ON COLUMN {schema}.credit_notes."closed" IS 'Whether it is closed: no more credit can be taken from it.';
COMMENT ON COLUMN {schema}.credit_notes."created_at" IS 'When the credit note was created.';
COMMENT ON COLUMN {schema}.credit_notes."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.credit_notes."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.credit_notes."date" IS 'Date of the credit note; take its day in the time zone of the company.';
COMMENT ON COLUMN {schema}.credit_notes."draft" IS 'Whether it is a draft, not issued yet.';
COMMENT ON COLUMN {schema}.credit_notes."invoice" IS 'Invoiced id of the invoice it credits; NULL: none.';
COMMENT ON COLUMN {schema}.credit_notes."name" IS 'Title of the credit note.';
COMMENT ON COLUMN {schema}.credit_notes."network_document" IS 'Invoiced id of the document in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.credit_notes."network_document_id" IS 'The same id as network_document, under its other name.';
COMMENT ON COLUMN {schema}.credit_notes."notes" IS 'Notes shown on the credit note.';
COMMENT ON COLUMN {schema}.credit_notes."number" IS 'Number of the credit note, as users see it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.credit_notes."object" IS 'Kind of the object: always credit_note.';
COMMENT ON COLUMN {schema}.credit_notes."paid" IS 'Whether all of the credit is used.';
COMMENT ON COLUMN {schema}.credit_notes."pdf_url" IS 'Secret link to the credit note as PDF.';
COMMENT ON COLUMN {schema}.credit_notes."purchase_order" IS 'Number of the purchase order.';
COMMENT ON COLUMN {schema}.credit_notes."status" IS 'State of the credit note. Known values: draft, open, paid, closed, voided.';
COMMENT ON COLUMN {schema}.credit_notes."subtotal" IS 'Sum of the lines before discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.credit_notes."total" IS 'Total with discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.credit_notes."updated_at" IS 'When the credit note was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.credit_notes."url" IS 'Secret link to the credit note in the customer portal.';

CREATE VIEW {schema}.credit_notes_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "balance", "closed", "created_at", "currency", "customer", "date", "draft", "invoice", "name", "network_document", "network_document_id", "notes", "number", "object", "paid", "pdf_url", "purchase_order", "status", "subtotal", "total", "updated_at", "url"
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
    {schema}._text(raw -> 'url'::text)
FROM {schema}._deleted
WHERE resource = 'credit_notes' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.credit_notes_with_deleted IS 'The rows of credit_notes, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.id IS 'Invoiced id of the credit note.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."balance" IS 'Credit not yet used, in major units of currency.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."closed" IS 'Whether it is closed: no more credit can be taken from it.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."created_at" IS 'When the credit note was created.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."date" IS 'Date of the credit note; take its day in the time zone of the company.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."draft" IS 'Whether it is a draft, not issued yet.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."invoice" IS 'Invoiced id of the invoice it credits; NULL: none.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."name" IS 'Title of the credit note.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."network_document" IS 'Invoiced id of the document in the Invoiced network (not mirrored).';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."network_document_id" IS 'The same id as network_document, under its other name.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."notes" IS 'Notes shown on the credit note.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."number" IS 'Number of the credit note, as users see it; unlike id it may be edited.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."object" IS 'Kind of the object: always credit_note.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."paid" IS 'Whether all of the credit is used.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."pdf_url" IS 'Secret link to the credit note as PDF.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."purchase_order" IS 'Number of the purchase order.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."status" IS 'State of the credit note. Known values: draft, open, paid, closed, voided.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."subtotal" IS 'Sum of the lines before discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."total" IS 'Total with discounts and taxes, in major units of currency.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."updated_at" IS 'When the credit note was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.credit_notes_with_deleted."url" IS 'Secret link to the credit note in the customer portal.';

CREATE TABLE {schema}.payments (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "ach_sender_id" text GENERATED ALWAYS AS ({schema}._text(raw -> 'ach_sender_id'::text)) STORED,
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "balance" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'balance'::text)) STORED,
    "bank_feed_transaction" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'bank_feed_transaction'::text)) STORED,
    "bank_feed_transaction_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'bank_feed_transaction_id'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer'::text)) STORED,
    "date" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date'::text)) STORED,
    "matched" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'matched'::text)) STORED,
    "method" text GENERATED ALWAYS AS ({schema}._text(raw -> 'method'::text)) STORED,
    "notes" text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "pdf_url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'pdf_url'::text)) STORED,
    "reference" text GENERATED ALWAYS AS ({schema}._text(raw -> 'reference'::text)) STORED,
    "source" text GENERATED ALWAYS AS ({schema}._text(raw -> 'source'::text)) STORED,
    "surcharge_percentage" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'surcharge_percentage'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    "voided" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'voided'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX payments_customer_idx ON {schema}.payments ("customer");

CREATE INDEX payments_date_idx ON {schema}.payments ("date");

CREATE INDEX payments_updated_at_idx ON {schema}.payments ("updated_at", "id");
COMMENT ON TABLE {schema}.payments IS 'Payments received, from GET /payments. A payment that was deleted in Invoiced is voided and stays, with voided = true.';
COMMENT ON COLUMN {schema}.payments.id IS 'Invoiced id of the payment.';
COMMENT ON COLUMN {schema}.payments.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payments.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.payments.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.payments.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.payments."ach_sender_id" IS 'Sender id of an ACH payment, by which later ones of the same payer are recognised.';
COMMENT ON COLUMN {schema}.payments."amount" IS 'Amount received, in major units of currency.';
COMMENT ON COLUMN {schema}.payments."balance" IS 'Part not yet applied to anything, in major units of currency.';
COMMENT ON COLUMN {schema}.payments."bank_feed_transaction" IS 'Invoiced id of the bank feed transaction it was made from (not mirrored).';
COMMENT ON COLUMN {schema}.payments."bank_feed_transaction_id" IS 'The same id as bank_feed_transaction, under its other name.';
COMMENT ON COLUMN {schema}.payments."created_at" IS 'When the payment was created.';
COMMENT ON COLUMN {schema}.payments."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.payments."customer" IS 'Invoiced id of the customer who paid; NULL while that is unknown.';
COMMENT ON COLUMN {schema}.payments."date" IS 'Date of the payment; take its day in the time zone of the company.';
COMMENT ON COLUMN {schema}.payments."matched" IS 'Whether the payment was matched to documents automatically.';
COMMENT ON COLUMN {schema}.payments."method" IS 'How it was paid, such as ach, cash, check, credit_card or wire_transfer; an open set.';
COMMENT ON COLUMN {schema}.payments."notes" IS 'Notes on the payment.';
COMMENT ON COLUMN {schema}.payments."object" IS 'Kind of the object: always payment.';
COMMENT ON COLUMN {schema}.payments."pdf_url" IS 'Secret link to the receipt as PDF.';
COMMENT ON COLUMN {schema}.payments."reference" IS 'Reference of the payment, such as the number of the check.';
COMMENT ON COLUMN {schema}.payments."source" IS 'How the payment came in, such as keyed, imported, api, autopay or customer_portal; an open set.';
COMMENT ON COLUMN {schema}.payments."surcharge_percentage" IS 'Surcharge on the payment, in percent.';
COMMENT ON COLUMN {schema}.payments."updated_at" IS 'When the payment was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.payments."voided" IS 'Whether it was voided, which is what deleting a payment does; it then no longer counts.';

CREATE VIEW {schema}.payments_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "ach_sender_id", "amount", "balance", "bank_feed_transaction", "bank_feed_transaction_id", "created_at", "currency", "customer", "date", "matched", "method", "notes", "object", "pdf_url", "reference", "source", "surcharge_percentage", "updated_at", "voided"
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
    {schema}._boolean(raw -> 'voided'::text)
FROM {schema}._deleted
WHERE resource = 'payments' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.payments_with_deleted IS 'The rows of payments, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.payments_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payments_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payments_with_deleted.id IS 'Invoiced id of the payment.';
COMMENT ON COLUMN {schema}.payments_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payments_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.payments_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.payments_with_deleted."ach_sender_id" IS 'Sender id of an ACH payment, by which later ones of the same payer are recognised.';
COMMENT ON COLUMN {schema}.payments_with_deleted."amount" IS 'Amount received, in major units of currency.';
COMMENT ON COLUMN {schema}.payments_with_deleted."balance" IS 'Part not yet applied to anything, in major units of currency.';
COMMENT ON COLUMN {schema}.payments_with_deleted."bank_feed_transaction" IS 'Invoiced id of the bank feed transaction it was made from (not mirrored).';
COMMENT ON COLUMN {schema}.payments_with_deleted."bank_feed_transaction_id" IS 'The same id as bank_feed_transaction, under its other name.';
COMMENT ON COLUMN {schema}.payments_with_deleted."created_at" IS 'When the payment was created.';
COMMENT ON COLUMN {schema}.payments_with_deleted."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.payments_with_deleted."customer" IS 'Invoiced id of the customer who paid; NULL while that is unknown.';
COMMENT ON COLUMN {schema}.payments_with_deleted."date" IS 'Date of the payment; take its day in the time zone of the company.';
COMMENT ON COLUMN {schema}.payments_with_deleted."matched" IS 'Whether the payment was matched to documents automatically.';
COMMENT ON COLUMN {schema}.payments_with_deleted."method" IS 'How it was paid, such as ach, cash, check, credit_card or wire_transfer; an open set.';
COMMENT ON COLUMN {schema}.payments_with_deleted."notes" IS 'Notes on the payment.';
COMMENT ON COLUMN {schema}.payments_with_deleted."object" IS 'Kind of the object: always payment.';
COMMENT ON COLUMN {schema}.payments_with_deleted."pdf_url" IS 'Secret link to the receipt as PDF.';
COMMENT ON COLUMN {schema}.payments_with_deleted."reference" IS 'Reference of the payment, such as the number of the check.';
COMMENT ON COLUMN {schema}.payments_with_deleted."source" IS 'How the payment came in, such as keyed, imported, api, autopay or customer_portal; an open set.';
COMMENT ON COLUMN {schema}.payments_with_deleted."surcharge_percentage" IS 'Surcharge on the payment, in percent.';
COMMENT ON COLUMN {schema}.payments_with_deleted."updated_at" IS 'When the payment was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.payments_with_deleted."voided" IS 'Whether it was voided, which is what deleting a payment does; it then no longer counts.';

CREATE TABLE {schema}.charges (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "amount_refunded" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount_refunded'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer'::text)) STORED,
    "customer_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer_id'::text)) STORED,
    "description" text GENERATED ALWAYS AS ({schema}._text(raw -> 'description'::text)) STORED,
    "disputed" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'disputed'::text)) STORED,
    "failure_message" text GENERATED ALWAYS AS ({schema}._text(raw -> 'failure_message'::text)) STORED,
    "gateway" text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway'::text)) STORED,
    "gateway_id" text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway_id'::text)) STORED,
    "merchant_account" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account'::text)) STORED,
    "merchant_account_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account_id'::text)) STORED,
    "merchant_account_transaction" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account_transaction'::text)) STORED,
    "merchant_account_transaction_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account_transaction_id'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "payment" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'payment'::text)) STORED,
    "payment_flow" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'payment_flow'::text)) STORED,
    "payment_flow_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'payment_flow_id'::text)) STORED,
    "payment_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'payment_id'::text)) STORED,
    "receipt_email" text GENERATED ALWAYS AS ({schema}._text(raw -> 'receipt_email'::text)) STORED,
    "refunded" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'refunded'::text)) STORED,
    "status" text GENERATED ALWAYS AS ({schema}._text(raw -> 'status'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX charges_customer_idx ON {schema}.charges ("customer");

CREATE INDEX charges_payment_idx ON {schema}.charges ("payment");

CREATE INDEX charges_status_idx ON {schema}.charges USING spgist ("status");

CREATE INDEX charges_updated_at_idx ON {schema}.charges ("updated_at");
COMMENT ON TABLE {schema}.charges IS 'Attempts to collect money through a payment gateway, from GET /charges. They are never deleted.';
COMMENT ON COLUMN {schema}.charges.id IS 'Invoiced id of the charge.';
COMMENT ON COLUMN {schema}.charges.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.charges.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.charges.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.charges.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.charges."amount" IS 'Amount charged, in major units of currency.';
COMMENT ON COLUMN {schema}.charges."amount_refunded" IS 'How much of it was refunded, in major units of currency.';
COMMENT ON COLUMN {schema}.charges."created_at" IS 'When the charge was created.';
COMMENT ON COLUMN {schema}.charges."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.charges."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.charges."customer_id" IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.charges."description" IS 'Description given to the gateway.';
COMMENT ON COLUMN {schema}.charges."disputed" IS 'Whether the payer disputed it.';
COMMENT ON COLUMN {schema}.charges."failure_message" IS 'Error message; NULL unless it failed.';
COMMENT ON COLUMN {schema}.charges."gateway" IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.charges."gateway_id" IS 'Id of the charge at the gateway.';
COMMENT ON COLUMN {schema}.charges."merchant_account" IS 'Invoiced id of the merchant account (not mirrored).';
COMMENT ON COLUMN {schema}.charges."merchant_account_id" IS 'The same id as merchant_account, under its other name.';
COMMENT ON COLUMN {schema}.charges."merchant_account_transaction" IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.charges."merchant_account_transaction_id" IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.charges."object" IS 'Kind of the object: always charge.';
COMMENT ON COLUMN {schema}.charges."payment" IS 'Invoiced id of the payment that it made; NULL: none.';
COMMENT ON COLUMN {schema}.charges."payment_flow" IS 'Invoiced id of the payment flow it came through (not mirrored).';
COMMENT ON COLUMN {schema}.charges."payment_flow_id" IS 'The same id as payment_flow, under its other name.';
COMMENT ON COLUMN {schema}.charges."payment_id" IS 'The same id as payment, under its other name.';
COMMENT ON COLUMN {schema}.charges."receipt_email" IS 'Where the receipt was sent.';
COMMENT ON COLUMN {schema}.charges."refunded" IS 'Whether it was refunded in full.';
COMMENT ON COLUMN {schema}.charges."status" IS 'State of the charge. Known values: succeeded, pending, failed.';
COMMENT ON COLUMN {schema}.charges."updated_at" IS 'When the charge was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.charges_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "amount", "amount_refunded", "created_at", "currency", "customer", "customer_id", "description", "disputed", "failure_message", "gateway", "gateway_id", "merchant_account", "merchant_account_id", "merchant_account_transaction", "merchant_account_transaction_id", "object", "payment", "payment_flow", "payment_flow_id", "payment_id", "receipt_email", "refunded", "status", "updated_at"
FROM {schema}.charges
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'::text),
    {schema}._numeric(raw -> 'amount_refunded'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._bigint(raw -> 'customer'::text),
    {schema}._bigint(raw -> 'customer_id'::text),
    {schema}._text(raw -> 'description'::text),
    {schema}._boolean(raw -> 'disputed'::text),
    {schema}._text(raw -> 'failure_message'::text),
    {schema}._text(raw -> 'gateway'::text),
    {schema}._text(raw -> 'gateway_id'::text),
    {schema}._bigint(raw -> 'merchant_account'::text),
    {schema}._bigint(raw -> 'merchant_account_id'::text),
    {schema}._bigint(raw -> 'merchant_account_transaction'::text),
    {schema}._bigint(raw -> 'merchant_account_transaction_id'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._bigint(raw -> 'payment'::text),
    {schema}._bigint(raw -> 'payment_flow'::text),
    {schema}._bigint(raw -> 'payment_flow_id'::text),
    {schema}._bigint(raw -> 'payment_id'::text),
    {schema}._text(raw -> 'receipt_email'::text),
    {schema}._boolean(raw -> 'refunded'::text),
    {schema}._text(raw -> 'status'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'charges' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.charges_with_deleted IS 'The rows of charges, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.charges_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.charges_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.charges_with_deleted.id IS 'Invoiced id of the charge.';
COMMENT ON COLUMN {schema}.charges_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.charges_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.charges_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.charges_with_deleted."amount" IS 'Amount charged, in major units of currency.';
COMMENT ON COLUMN {schema}.charges_with_deleted."amount_refunded" IS 'How much of it was refunded, in major units of currency.';
COMMENT ON COLUMN {schema}.charges_with_deleted."created_at" IS 'When the charge was created.';
COMMENT ON COLUMN {schema}.charges_with_deleted."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.charges_with_deleted."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.charges_with_deleted."customer_id" IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.charges_with_deleted."description" IS 'Description given to the gateway.';
COMMENT ON COLUMN {schema}.charges_with_deleted."disputed" IS 'Whether the payer disputed it.';
COMMENT ON COLUMN {schema}.charges_with_deleted."failure_message" IS 'Error message; NULL unless it failed.';
COMMENT ON COLUMN {schema}.charges_with_deleted."gateway" IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.charges_with_deleted."gateway_id" IS 'Id of the charge at the gateway.';
COMMENT ON COLUMN {schema}.charges_with_deleted."merchant_account" IS 'Invoiced id of the merchant account (not mirrored).';
COMMENT ON COLUMN {schema}.charges_with_deleted."merchant_account_id" IS 'The same id as merchant_account, under its other name.';
COMMENT ON COLUMN {schema}.charges_with_deleted."merchant_account_transaction" IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.charges_with_deleted."merchant_account_transaction_id" IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.charges_with_deleted."object" IS 'Kind of the object: always charge.';
COMMENT ON COLUMN {schema}.charges_with_deleted."payment" IS 'Invoiced id of the payment that it made; NULL: none.';
COMMENT ON COLUMN {schema}.charges_with_deleted."payment_flow" IS 'Invoiced id of the payment flow it came through (not mirrored).';
COMMENT ON COLUMN {schema}.charges_with_deleted."payment_flow_id" IS 'The same id as payment_flow, under its other name.';
COMMENT ON COLUMN {schema}.charges_with_deleted."payment_id" IS 'The same id as payment, under its other name.';
COMMENT ON COLUMN {schema}.charges_with_deleted."receipt_email" IS 'Where the receipt was sent.';
COMMENT ON COLUMN {schema}.charges_with_deleted."refunded" IS 'Whether it was refunded in full.';
COMMENT ON COLUMN {schema}.charges_with_deleted."status" IS 'State of the charge. Known values: succeeded, pending, failed.';
COMMENT ON COLUMN {schema}.charges_with_deleted."updated_at" IS 'When the charge was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.refunds (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "charge" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'charge'::text)) STORED,
    "charge_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'charge_id'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "failure_message" text GENERATED ALWAYS AS ({schema}._text(raw -> 'failure_message'::text)) STORED,
    "gateway" text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway'::text)) STORED,
    "gateway_id" text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway_id'::text)) STORED,
    "merchant_account_transaction" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account_transaction'::text)) STORED,
    "merchant_account_transaction_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account_transaction_id'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "status" text GENERATED ALWAYS AS ({schema}._text(raw -> 'status'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX refunds_charge_idx ON {schema}.refunds ("charge");

CREATE INDEX refunds_status_idx ON {schema}.refunds USING spgist ("status");

CREATE INDEX refunds_updated_at_idx ON {schema}.refunds ("updated_at");
COMMENT ON TABLE {schema}.refunds IS 'Refunds of charges, from GET /refunds. They are never deleted.';
COMMENT ON COLUMN {schema}.refunds.id IS 'Invoiced id of the refund.';
COMMENT ON COLUMN {schema}.refunds.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.refunds.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.refunds.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.refunds.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.refunds."amount" IS 'Amount given back, in major units of currency.';
COMMENT ON COLUMN {schema}.refunds."charge" IS 'Invoiced id of the charge that is refunded.';
COMMENT ON COLUMN {schema}.refunds."charge_id" IS 'The same id as charge, under its other name.';
COMMENT ON COLUMN {schema}.refunds."created_at" IS 'When the refund was created.';
COMMENT ON COLUMN {schema}.refunds."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.refunds."failure_message" IS 'Error message; NULL unless it failed.';
COMMENT ON COLUMN {schema}.refunds."gateway" IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.refunds."gateway_id" IS 'Id of the refund at the gateway.';
COMMENT ON COLUMN {schema}.refunds."merchant_account_transaction" IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.refunds."merchant_account_transaction_id" IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.refunds."object" IS 'Kind of the object: always refund.';
COMMENT ON COLUMN {schema}.refunds."status" IS 'State of the refund. Known values: succeeded, pending, failed, voided.';
COMMENT ON COLUMN {schema}.refunds."updated_at" IS 'When the refund was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.refunds_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "amount", "charge", "charge_id", "created_at", "currency", "failure_message", "gateway", "gateway_id", "merchant_account_transaction", "merchant_account_transaction_id", "object", "status", "updated_at"
FROM {schema}.refunds
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'::text),
    {schema}._bigint(raw -> 'charge'::text),
    {schema}._bigint(raw -> 'charge_id'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._text(raw -> 'failure_message'::text),
    {schema}._text(raw -> 'gateway'::text),
    {schema}._text(raw -> 'gateway_id'::text),
    {schema}._bigint(raw -> 'merchant_account_transaction'::text),
    {schema}._bigint(raw -> 'merchant_account_transaction_id'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._text(raw -> 'status'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'refunds' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.refunds_with_deleted IS 'The rows of refunds, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.refunds_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.id IS 'Invoiced id of the refund.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.refunds_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.refunds_with_deleted."amount" IS 'Amount given back, in major units of currency.';
COMMENT ON COLUMN {schema}.refunds_with_deleted."charge" IS 'Invoiced id of the charge that is refunded.';
COMMENT ON COLUMN {schema}.refunds_with_deleted."charge_id" IS 'The same id as charge, under its other name.';
COMMENT ON COLUMN {schema}.refunds_with_deleted."created_at" IS 'When the refund was created.';
COMMENT ON COLUMN {schema}.refunds_with_deleted."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.refunds_with_deleted."failure_message" IS 'Error message; NULL unless it failed.';
COMMENT ON COLUMN {schema}.refunds_with_deleted."gateway" IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.refunds_with_deleted."gateway_id" IS 'Id of the refund at the gateway.';
COMMENT ON COLUMN {schema}.refunds_with_deleted."merchant_account_transaction" IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.refunds_with_deleted."merchant_account_transaction_id" IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.refunds_with_deleted."object" IS 'Kind of the object: always refund.';
COMMENT ON COLUMN {schema}.refunds_with_deleted."status" IS 'State of the refund. Known values: succeeded, pending, failed, voided.';
COMMENT ON COLUMN {schema}.refunds_with_deleted."updated_at" IS 'When the refund was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.transactions (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "credit_note" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'credit_note'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer'::text)) STORED,
    "date" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date'::text)) STORED,
    "estimate" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'estimate'::text)) STORED,
    "failure_reason" text GENERATED ALWAYS AS ({schema}._text(raw -> 'failure_reason'::text)) STORED,
    "gateway" text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway'::text)) STORED,
    "gateway_id" text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway_id'::text)) STORED,
    "invoice" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'invoice'::text)) STORED,
    "method" text GENERATED ALWAYS AS ({schema}._text(raw -> 'method'::text)) STORED,
    "notes" text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "parent_transaction" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'parent_transaction'::text)) STORED,
    "payment" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'payment'::text)) STORED,
    "payment_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'payment_id'::text)) STORED,
    "pdf_url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'pdf_url'::text)) STORED,
    "status" text GENERATED ALWAYS AS ({schema}._text(raw -> 'status'::text)) STORED,
    "type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'type'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX transactions_credit_note_idx ON {schema}.transactions ("credit_note");

CREATE INDEX transactions_customer_idx ON {schema}.transactions ("customer");

CREATE INDEX transactions_date_idx ON {schema}.transactions ("date");

CREATE INDEX transactions_estimate_idx ON {schema}.transactions ("estimate");

CREATE INDEX transactions_invoice_idx ON {schema}.transactions ("invoice");

CREATE INDEX transactions_parent_transaction_idx ON {schema}.transactions ("parent_transaction");

CREATE INDEX transactions_payment_idx ON {schema}.transactions ("payment");

CREATE INDEX transactions_status_idx ON {schema}.transactions USING spgist ("status");

CREATE INDEX transactions_updated_at_idx ON {schema}.transactions ("updated_at", "id");
COMMENT ON TABLE {schema}.transactions IS 'The ledger of how payments and credits were applied to documents, from GET /transactions. Voiding a payment removes its transactions.';
COMMENT ON COLUMN {schema}.transactions.id IS 'Invoiced id of the transaction.';
COMMENT ON COLUMN {schema}.transactions.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.transactions.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.transactions.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.transactions.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.transactions."amount" IS 'Amount, in major units of currency; its sign depends on type.';
COMMENT ON COLUMN {schema}.transactions."created_at" IS 'When the transaction was created.';
COMMENT ON COLUMN {schema}.transactions."credit_note" IS 'Invoiced id of the credit note it is about; NULL: none.';
COMMENT ON COLUMN {schema}.transactions."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.transactions."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.transactions."date" IS 'Date of the transaction; take its day in the time zone of the company.';
COMMENT ON COLUMN {schema}.transactions."estimate" IS 'Invoiced id of the estimate it was applied to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions."failure_reason" IS 'Reason of the failure; NULL unless it failed.';
COMMENT ON COLUMN {schema}.transactions."gateway" IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.transactions."gateway_id" IS 'Id of the transaction at the gateway.';
COMMENT ON COLUMN {schema}.transactions."invoice" IS 'Invoiced id of the invoice it was applied to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions."method" IS 'How it was paid, such as ach, balance, check or credit_card; an open set.';
COMMENT ON COLUMN {schema}.transactions."notes" IS 'Notes on the transaction.';
COMMENT ON COLUMN {schema}.transactions."object" IS 'Kind of the object: always transaction.';
COMMENT ON COLUMN {schema}.transactions."parent_transaction" IS 'Invoiced id of the transaction it belongs to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions."payment" IS 'Invoiced id of the payment it belongs to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions."payment_id" IS 'The same id as payment, under its other name.';
COMMENT ON COLUMN {schema}.transactions."pdf_url" IS 'Secret link to the receipt as PDF.';
COMMENT ON COLUMN {schema}.transactions."status" IS 'State of the transaction. Known values: succeeded, pending, failed.';
COMMENT ON COLUMN {schema}.transactions."type" IS 'Kind of the transaction. Known values: charge, payment, refund, adjustment, document_adjustment.';
COMMENT ON COLUMN {schema}.transactions."updated_at" IS 'When the transaction was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.transactions_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "amount", "created_at", "credit_note", "currency", "customer", "date", "estimate", "failure_reason", "gateway", "gateway_id", "invoice", "method", "notes", "object", "parent_transaction", "payment", "payment_id", "pdf_url", "status", "type", "updated_at"
FROM {schema}.transactions
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._bigint(raw -> 'credit_note'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._bigint(raw -> 'customer'::text),
    {schema}._timestamp(raw -> 'date'::text),
    {schema}._bigint(raw -> 'estimate'::text),
    {schema}._text(raw -> 'failure_reason'::text),
    {schema}._text(raw -> 'gateway'::text),
    {schema}._text(raw -> 'gateway_id'::text),
    {schema}._bigint(raw -> 'invoice'::text),
    {schema}._text(raw -> 'method'::text),
    {schema}._text(raw -> 'notes'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._bigint(raw -> 'parent_transaction'::text),
    {schema}._bigint(raw -> 'payment'::text),
    {schema}._bigint(raw -> 'payment_id'::text),
    {schema}._text(raw -> 'pdf_url'::text),
    {schema}._text(raw -> 'status'::text),
    {schema}._text(raw -> 'type'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'transactions' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.transactions_with_deleted IS 'The rows of transactions, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.transactions_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.id IS 'Invoiced id of the transaction.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.transactions_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."amount" IS 'Amount, in major units of currency; its sign depends on type.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."created_at" IS 'When the transaction was created.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."credit_note" IS 'Invoiced id of the credit note it is about; NULL: none.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."date" IS 'Date of the transaction; take its day in the time zone of the company.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."estimate" IS 'Invoiced id of the estimate it was applied to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."failure_reason" IS 'Reason of the failure; NULL unless it failed.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."gateway" IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."gateway_id" IS 'Id of the transaction at the gateway.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."invoice" IS 'Invoiced id of the invoice it was applied to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."method" IS 'How it was paid, such as ach, balance, check or credit_card; an open set.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."notes" IS 'Notes on the transaction.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."object" IS 'Kind of the object: always transaction.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."parent_transaction" IS 'Invoiced id of the transaction it belongs to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."payment" IS 'Invoiced id of the payment it belongs to; NULL: none.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."payment_id" IS 'The same id as payment, under its other name.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."pdf_url" IS 'Secret link to the receipt as PDF.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."status" IS 'State of the transaction. Known values: succeeded, pending, failed.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."type" IS 'Kind of the transaction. Known values: charge, payment, refund, adjustment, document_adjustment.';
COMMENT ON COLUMN {schema}.transactions_with_deleted."updated_at" IS 'When the transaction was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.credit_balance_adjustments (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer'::text)) STORED,
    "date" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'date'::text)) STORED,
    "notes" text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX credit_balance_adjustments_customer_idx ON {schema}.credit_balance_adjustments ("customer");

CREATE INDEX credit_balance_adjustments_date_idx ON {schema}.credit_balance_adjustments ("date");

CREATE INDEX credit_balance_adjustments_updated_at_idx ON {schema}.credit_balance_adjustments ("updated_at");
COMMENT ON TABLE {schema}.credit_balance_adjustments IS 'Manual changes of the credit balances of customers, from GET /credit_balance_adjustments. A deleted one leaves this table.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.id IS 'Invoiced id of the adjustment, from the same sequence as transactions.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.credit_balance_adjustments.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments."amount" IS 'Change of the credit balance, in major units of currency; the sign is the opposite of that of its transaction.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments."created_at" IS 'When the adjustment was created.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments."date" IS 'Date of the adjustment; take its day in the time zone of the company.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments."notes" IS 'Notes on the adjustment.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments."object" IS 'Kind of the object: always credit_balance_adjustment.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments."updated_at" IS 'When the adjustment was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.credit_balance_adjustments_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "amount", "created_at", "currency", "customer", "date", "notes", "object", "updated_at"
FROM {schema}.credit_balance_adjustments
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._bigint(raw -> 'customer'::text),
    {schema}._timestamp(raw -> 'date'::text),
    {schema}._text(raw -> 'notes'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'credit_balance_adjustments' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.credit_balance_adjustments_with_deleted IS 'The rows of credit_balance_adjustments, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.id IS 'Invoiced id of the adjustment, from the same sequence as transactions.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted."amount" IS 'Change of the credit balance, in major units of currency; the sign is the opposite of that of its transaction.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted."created_at" IS 'When the adjustment was created.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted."date" IS 'Date of the adjustment; take its day in the time zone of the company.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted."notes" IS 'Notes on the adjustment.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted."object" IS 'Kind of the object: always credit_balance_adjustment.';
COMMENT ON COLUMN {schema}.credit_balance_adjustments_with_deleted."updated_at" IS 'When the adjustment was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.payment_sources (
    key text PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "account_holder_name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'account_holder_name'::text)) STORED,
    "account_holder_type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'account_holder_type'::text)) STORED,
    "bank_name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'bank_name'::text)) STORED,
    "brand" text GENERATED ALWAYS AS ({schema}._text(raw -> 'brand'::text)) STORED,
    "chargeable" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'chargeable'::text)) STORED,
    "country" text GENERATED ALWAYS AS ({schema}._text(raw -> 'country'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer'::text)) STORED,
    "customer_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer_id'::text)) STORED,
    "exp_month" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'exp_month'::text)) STORED,
    "exp_year" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'exp_year'::text)) STORED,
    "failure_reason" text GENERATED ALWAYS AS ({schema}._text(raw -> 'failure_reason'::text)) STORED,
    "funding" text GENERATED ALWAYS AS ({schema}._text(raw -> 'funding'::text)) STORED,
    "gateway" text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway'::text)) STORED,
    "gateway_customer" text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway_customer'::text)) STORED,
    "gateway_id" text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway_id'::text)) STORED,
    "gateway_setup_intent" text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway_setup_intent'::text)) STORED,
    "id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'id'::text)) STORED,
    "issuing_country" text GENERATED ALWAYS AS ({schema}._text(raw -> 'issuing_country'::text)) STORED,
    "last4" text GENERATED ALWAYS AS ({schema}._text(raw -> 'last4'::text)) STORED,
    "merchant_account" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "receipt_email" text GENERATED ALWAYS AS ({schema}._text(raw -> 'receipt_email'::text)) STORED,
    "routing_number" text GENERATED ALWAYS AS ({schema}._text(raw -> 'routing_number'::text)) STORED,
    "type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'type'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    "verified" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'verified'::text)) STORED,
    parent_id bigint
) WITH (toast_tuple_target = 4080);

CREATE INDEX payment_sources_customer_idx ON {schema}.payment_sources ("customer");

CREATE INDEX payment_sources_id_idx ON {schema}.payment_sources ("id");

CREATE INDEX payment_sources_updated_at_idx ON {schema}.payment_sources ("updated_at");

CREATE INDEX payment_sources_parent_id_idx ON {schema}.payment_sources (parent_id);
COMMENT ON TABLE {schema}.payment_sources IS 'Cards and bank accounts on file, from the list of each customer. A removed one stays where the server shows it, with chargeable = false.';
COMMENT ON COLUMN {schema}.payment_sources.key IS 'object:id, such as card:90412, since card and bank account ids overlap.';
COMMENT ON COLUMN {schema}.payment_sources.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_sources.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.payment_sources.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.payment_sources.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.payment_sources."account_holder_name" IS 'Name on the bank account; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources."account_holder_type" IS 'Who holds the bank account; NULL for cards. Known values: company, individual.';
COMMENT ON COLUMN {schema}.payment_sources."bank_name" IS 'Name of the bank; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources."brand" IS 'Brand of the card, such as Visa; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources."chargeable" IS 'Whether it can be charged; false once it was removed.';
COMMENT ON COLUMN {schema}.payment_sources."country" IS 'Country of the bank account, two letters; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources."created_at" IS 'When the payment source was created.';
COMMENT ON COLUMN {schema}.payment_sources."currency" IS 'Currency of the bank account, ISO 4217 code in lower case; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources."customer" IS 'Invoiced id of the customer it belongs to.';
COMMENT ON COLUMN {schema}.payment_sources."customer_id" IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.payment_sources."exp_month" IS 'Month in which the card expires, 1 to 12; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources."exp_year" IS 'Year in which the card expires, four digits; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources."failure_reason" IS 'Why the last use or the verification failed; NULL unless one did.';
COMMENT ON COLUMN {schema}.payment_sources."funding" IS 'How the card is funded; NULL for bank accounts. Known values: credit, debit, prepaid, unknown.';
COMMENT ON COLUMN {schema}.payment_sources."gateway" IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.payment_sources."gateway_customer" IS 'Id of the customer at the gateway.';
COMMENT ON COLUMN {schema}.payment_sources."gateway_id" IS 'Id of the payment source at the gateway.';
COMMENT ON COLUMN {schema}.payment_sources."gateway_setup_intent" IS 'Id of the setup at the gateway that made it chargeable.';
COMMENT ON COLUMN {schema}.payment_sources."id" IS 'Invoiced id of the card or bank account; each has its own sequence, so ids overlap.';
COMMENT ON COLUMN {schema}.payment_sources."issuing_country" IS 'Country of the bank that issued the card, two letters; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources."last4" IS 'Last four digits of the card or account number.';
COMMENT ON COLUMN {schema}.payment_sources."merchant_account" IS 'Invoiced id of the merchant account that it is kept at (not mirrored).';
COMMENT ON COLUMN {schema}.payment_sources."object" IS 'Kind of the object: card or bank_account.';
COMMENT ON COLUMN {schema}.payment_sources."receipt_email" IS 'Where receipts are sent.';
COMMENT ON COLUMN {schema}.payment_sources."routing_number" IS 'Routing number of the bank; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources."type" IS 'Kind of the bank account; NULL for cards. Known values: checking, savings.';
COMMENT ON COLUMN {schema}.payment_sources."updated_at" IS 'When the payment source was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.payment_sources."verified" IS 'Whether the bank account was verified; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources.parent_id IS 'Invoiced id of the customer in whose list the row was found.';

CREATE VIEW {schema}.payment_sources_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, key, raw, read_at, synced_at, "account_holder_name", "account_holder_type", "bank_name", "brand", "chargeable", "country", "created_at", "currency", "customer", "customer_id", "exp_month", "exp_year", "failure_reason", "funding", "gateway", "gateway_customer", "gateway_id", "gateway_setup_intent", "id", "issuing_country", "last4", "merchant_account", "object", "receipt_email", "routing_number", "type", "updated_at", "verified"
FROM {schema}.payment_sources
UNION ALL
(SELECT deleted_at, evidence, key, raw, read_at, deleted_at,
    {schema}._text(raw -> 'account_holder_name'::text),
    {schema}._text(raw -> 'account_holder_type'::text),
    {schema}._text(raw -> 'bank_name'::text),
    {schema}._text(raw -> 'brand'::text),
    {schema}._boolean(raw -> 'chargeable'::text),
    {schema}._text(raw -> 'country'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._bigint(raw -> 'customer'::text),
    {schema}._bigint(raw -> 'customer_id'::text),
    {schema}._bigint(raw -> 'exp_month'::text),
    {schema}._bigint(raw -> 'exp_year'::text),
    {schema}._text(raw -> 'failure_reason'::text),
    {schema}._text(raw -> 'funding'::text),
    {schema}._text(raw -> 'gateway'::text),
    {schema}._text(raw -> 'gateway_customer'::text),
    {schema}._text(raw -> 'gateway_id'::text),
    {schema}._text(raw -> 'gateway_setup_intent'::text),
    {schema}._bigint(raw -> 'id'::text),
    {schema}._text(raw -> 'issuing_country'::text),
    {schema}._text(raw -> 'last4'::text),
    {schema}._bigint(raw -> 'merchant_account'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._text(raw -> 'receipt_email'::text),
    {schema}._text(raw -> 'routing_number'::text),
    {schema}._text(raw -> 'type'::text),
    {schema}._timestamp(raw -> 'updated_at'::text),
    {schema}._boolean(raw -> 'verified'::text)
FROM {schema}._deleted
WHERE resource = 'payment_sources' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.payment_sources_with_deleted IS 'The rows of payment_sources, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.key IS 'object:id, such as card:90412, since card and bank account ids overlap.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."account_holder_name" IS 'Name on the bank account; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."account_holder_type" IS 'Who holds the bank account; NULL for cards. Known values: company, individual.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."bank_name" IS 'Name of the bank; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."brand" IS 'Brand of the card, such as Visa; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."chargeable" IS 'Whether it can be charged; false once it was removed.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."country" IS 'Country of the bank account, two letters; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."created_at" IS 'When the payment source was created.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."currency" IS 'Currency of the bank account, ISO 4217 code in lower case; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."customer" IS 'Invoiced id of the customer it belongs to.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."customer_id" IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."exp_month" IS 'Month in which the card expires, 1 to 12; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."exp_year" IS 'Year in which the card expires, four digits; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."failure_reason" IS 'Why the last use or the verification failed; NULL unless one did.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."funding" IS 'How the card is funded; NULL for bank accounts. Known values: credit, debit, prepaid, unknown.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."gateway" IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."gateway_customer" IS 'Id of the customer at the gateway.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."gateway_id" IS 'Id of the payment source at the gateway.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."gateway_setup_intent" IS 'Id of the setup at the gateway that made it chargeable.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."id" IS 'Invoiced id of the card or bank account; each has its own sequence, so ids overlap.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."issuing_country" IS 'Country of the bank that issued the card, two letters; NULL for bank accounts.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."last4" IS 'Last four digits of the card or account number.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."merchant_account" IS 'Invoiced id of the merchant account that it is kept at (not mirrored).';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."object" IS 'Kind of the object: card or bank_account.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."receipt_email" IS 'Where receipts are sent.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."routing_number" IS 'Routing number of the bank; NULL for cards.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."type" IS 'Kind of the bank account; NULL for cards. Known values: checking, savings.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."updated_at" IS 'When the payment source was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.payment_sources_with_deleted."verified" IS 'Whether the bank account was verified; NULL for cards.';

CREATE TABLE {schema}.subscriptions (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "bill_in" text GENERATED ALWAYS AS ({schema}._text(raw -> 'bill_in'::text)) STORED,
    "bill_in_advance_days" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'bill_in_advance_days'::text)) STORED,
    "cancel_at_period_end" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'cancel_at_period_end'::text)) STORED,
    "canceled_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'canceled_at'::text)) STORED,
    "canceled_reason" text GENERATED ALWAYS AS ({schema}._text(raw -> 'canceled_reason'::text)) STORED,
    "contract_period_end" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'contract_period_end'::text)) STORED,
    "contract_period_start" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'contract_period_start'::text)) STORED,
    "contract_renewal_cycles" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'contract_renewal_cycles'::text)) STORED,
    "contract_renewal_mode" text GENERATED ALWAYS AS ({schema}._text(raw -> 'contract_renewal_mode'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer'::text)) STORED,
    "cycles" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'cycles'::text)) STORED,
    "description" text GENERATED ALWAYS AS ({schema}._text(raw -> 'description'::text)) STORED,
    "mrr" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'mrr'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "paused" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'paused'::text)) STORED,
    "period_end" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'period_end'::text)) STORED,
    "period_start" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'period_start'::text)) STORED,
    "plan" text GENERATED ALWAYS AS ({schema}._text(raw -> 'plan'::text)) STORED,
    "quantity" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'quantity'::text)) STORED,
    "recurring_total" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'recurring_total'::text)) STORED,
    "renewed_last" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'renewed_last'::text)) STORED,
    "renews_next" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'renews_next'::text)) STORED,
    "snap_to_nth_day" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'snap_to_nth_day'::text)) STORED,
    "start_date" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'start_date'::text)) STORED,
    "status" text GENERATED ALWAYS AS ({schema}._text(raw -> 'status'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    "url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'url'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX subscriptions_customer_idx ON {schema}.subscriptions ("customer");

CREATE INDEX subscriptions_plan_idx ON {schema}.subscriptions USING spgist ("plan");

CREATE INDEX subscriptions_status_idx ON {schema}.subscriptions USING spgist ("status");

CREATE INDEX subscriptions_updated_at_idx ON {schema}.subscriptions ("updated_at", "id");
COMMENT ON TABLE {schema}.subscriptions IS 'Subscriptions, from GET /subscriptions, including canceled and finished ones.';
COMMENT ON COLUMN {schema}.subscriptions.id IS 'Invoiced id of the subscription.';
COMMENT ON COLUMN {schema}.subscriptions.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.subscriptions.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.subscriptions.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.subscriptions.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.subscriptions."amount" IS 'Price set for this subscription, where its plan leaves the price open (pricing_mode custom); NULL otherwise.';
COMMENT ON COLUMN {schema}.subscriptions."bill_in" IS 'Whether a period is billed at its start or at its end. Known values: advance, arrears.';
COMMENT ON COLUMN {schema}.subscriptions."bill_in_advance_days" IS 'How many days before the period begins it is billed.';
COMMENT ON COLUMN {schema}.subscriptions."cancel_at_period_end" IS 'Whether it ends with the current period.';
COMMENT ON COLUMN {schema}.subscriptions."canceled_at" IS 'When it was canceled; NULL while it is not.';
COMMENT ON COLUMN {schema}.subscriptions."canceled_reason" IS 'Why it was canceled.';
COMMENT ON COLUMN {schema}.subscriptions."contract_period_end" IS 'End of the current contract term.';
COMMENT ON COLUMN {schema}.subscriptions."contract_period_start" IS 'Start of the current contract term.';
COMMENT ON COLUMN {schema}.subscriptions."contract_renewal_cycles" IS 'Billing cycles of a renewed contract term.';
COMMENT ON COLUMN {schema}.subscriptions."contract_renewal_mode" IS 'What happens when the contract term ends. Known values: none, renew_once, manual, auto.';
COMMENT ON COLUMN {schema}.subscriptions."created_at" IS 'When the subscription was created.';
COMMENT ON COLUMN {schema}.subscriptions."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.subscriptions."cycles" IS 'How many billing cycles it runs; NULL: until it is canceled.';
COMMENT ON COLUMN {schema}.subscriptions."description" IS 'Description shown on its invoices.';
COMMENT ON COLUMN {schema}.subscriptions."mrr" IS 'Monthly recurring revenue, in major units of the currency of the plan.';
COMMENT ON COLUMN {schema}.subscriptions."object" IS 'Kind of the object: always subscription.';
COMMENT ON COLUMN {schema}.subscriptions."paused" IS 'Whether it is paused.';
COMMENT ON COLUMN {schema}.subscriptions."period_end" IS 'End of the current billing period.';
COMMENT ON COLUMN {schema}.subscriptions."period_start" IS 'Start of the current billing period.';
COMMENT ON COLUMN {schema}.subscriptions."plan" IS 'Id of the plan (plans.id); an id can stand for several archived plans.';
COMMENT ON COLUMN {schema}.subscriptions."quantity" IS 'How many units of the plan; may be a fraction.';
COMMENT ON COLUMN {schema}.subscriptions."recurring_total" IS 'What one billing period costs, in major units of the currency of the plan.';
COMMENT ON COLUMN {schema}.subscriptions."renewed_last" IS 'When it last renewed.';
COMMENT ON COLUMN {schema}.subscriptions."renews_next" IS 'When it renews next.';
COMMENT ON COLUMN {schema}.subscriptions."snap_to_nth_day" IS 'Day of the period that bills are moved to; NULL: they follow start_date.';
COMMENT ON COLUMN {schema}.subscriptions."start_date" IS 'When the subscription starts.';
COMMENT ON COLUMN {schema}.subscriptions."status" IS 'State of the subscription. Known values: not_started, active, past_due, pending_renewal, paused, finished, canceled.';
COMMENT ON COLUMN {schema}.subscriptions."updated_at" IS 'When the subscription was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.subscriptions."url" IS 'Secret link to the subscription in the customer portal.';

CREATE VIEW {schema}.subscriptions_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "amount", "bill_in", "bill_in_advance_days", "cancel_at_period_end", "canceled_at", "canceled_reason", "contract_period_end", "contract_period_start", "contract_renewal_cycles", "contract_renewal_mode", "created_at", "customer", "cycles", "description", "mrr", "object", "paused", "period_end", "period_start", "plan", "quantity", "recurring_total", "renewed_last", "renews_next", "snap_to_nth_day", "start_date", "status", "updated_at", "url"
FROM {schema}.subscriptions
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'::text),
    {schema}._text(raw -> 'bill_in'::text),
    {schema}._bigint(raw -> 'bill_in_advance_days'::text),
    {schema}._boolean(raw -> 'cancel_at_period_end'::text),
    {schema}._timestamp(raw -> 'canceled_at'::text),
    {schema}._text(raw -> 'canceled_reason'::text),
    {schema}._timestamp(raw -> 'contract_period_end'::text),
    {schema}._timestamp(raw -> 'contract_period_start'::text),
    {schema}._bigint(raw -> 'contract_renewal_cycles'::text),
    {schema}._text(raw -> 'contract_renewal_mode'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._bigint(raw -> 'customer'::text),
    {schema}._bigint(raw -> 'cycles'::text),
    {schema}._text(raw -> 'description'::text),
    {schema}._numeric(raw -> 'mrr'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._boolean(raw -> 'paused'::text),
    {schema}._timestamp(raw -> 'period_end'::text),
    {schema}._timestamp(raw -> 'period_start'::text),
    {schema}._text(raw -> 'plan'::text),
    {schema}._numeric(raw -> 'quantity'::text),
    {schema}._numeric(raw -> 'recurring_total'::text),
    {schema}._timestamp(raw -> 'renewed_last'::text),
    {schema}._timestamp(raw -> 'renews_next'::text),
    {schema}._bigint(raw -> 'snap_to_nth_day'::text),
    {schema}._timestamp(raw -> 'start_date'::text),
    {schema}._text(raw -> 'status'::text),
    {schema}._timestamp(raw -> 'updated_at'::text),
    {schema}._text(raw -> 'url'::text)
FROM {schema}._deleted
WHERE resource = 'subscriptions' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.subscriptions_with_deleted IS 'The rows of subscriptions, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.id IS 'Invoiced id of the subscription.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."amount" IS 'Price set for this subscription, where its plan leaves the price open (pricing_mode custom); NULL otherwise.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."bill_in" IS 'Whether a period is billed at its start or at its end. Known values: advance, arrears.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."bill_in_advance_days" IS 'How many days before the period begins it is billed.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."cancel_at_period_end" IS 'Whether it ends with the current period.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."canceled_at" IS 'When it was canceled; NULL while it is not.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."canceled_reason" IS 'Why it was canceled.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."contract_period_end" IS 'End of the current contract term.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."contract_period_start" IS 'Start of the current contract term.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."contract_renewal_cycles" IS 'Billing cycles of a renewed contract term.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."contract_renewal_mode" IS 'What happens when the contract term ends. Known values: none, renew_once, manual, auto.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."created_at" IS 'When the subscription was created.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."cycles" IS 'How many billing cycles it runs; NULL: until it is canceled.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."description" IS 'Description shown on its invoices.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."mrr" IS 'Monthly recurring revenue, in major units of the currency of the plan.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."object" IS 'Kind of the object: always subscription.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."paused" IS 'Whether it is paused.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."period_end" IS 'End of the current billing period.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."period_start" IS 'Start of the current billing period.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."plan" IS 'Id of the plan (plans.id); an id can stand for several archived plans.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."quantity" IS 'How many units of the plan; may be a fraction.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."recurring_total" IS 'What one billing period costs, in major units of the currency of the plan.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."renewed_last" IS 'When it last renewed.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."renews_next" IS 'When it renews next.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."snap_to_nth_day" IS 'Day of the period that bills are moved to; NULL: they follow start_date.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."start_date" IS 'When the subscription starts.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."status" IS 'State of the subscription. Known values: not_started, active, past_due, pending_renewal, paused, finished, canceled.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."updated_at" IS 'When the subscription was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.subscriptions_with_deleted."url" IS 'Secret link to the subscription in the customer portal.';

CREATE TABLE {schema}.items (
    key text PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "archived" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'archived'::text)) STORED,
    "avalara_location_code" text GENERATED ALWAYS AS ({schema}._text(raw -> 'avalara_location_code'::text)) STORED,
    "avalara_tax_code" text GENERATED ALWAYS AS ({schema}._text(raw -> 'avalara_tax_code'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "description" text GENERATED ALWAYS AS ({schema}._text(raw -> 'description'::text)) STORED,
    "discountable" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'discountable'::text)) STORED,
    "gl_account" text GENERATED ALWAYS AS ({schema}._text(raw -> 'gl_account'::text)) STORED,
    "id" text GENERATED ALWAYS AS ({schema}._text(raw -> 'id'::text)) STORED,
    "internal_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'internal_id'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "taxable" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'taxable'::text)) STORED,
    "type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'type'::text)) STORED,
    "unit_cost" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'unit_cost'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX items_gl_account_idx ON {schema}.items USING spgist ("gl_account");

CREATE INDEX items_id_idx ON {schema}.items USING spgist ("id");

CREATE INDEX items_updated_at_idx ON {schema}.items ("updated_at");
COMMENT ON TABLE {schema}.items IS 'Catalogue items, from GET /items, active and archived. Deleting in Invoiced archives; a new item can reuse the id.';
COMMENT ON COLUMN {schema}.items.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.items.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.items.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.items.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.items.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.items."archived" IS 'Whether it is archived: no longer offered, but still used where referenced.';
COMMENT ON COLUMN {schema}.items."avalara_location_code" IS 'Avalara location code.';
COMMENT ON COLUMN {schema}.items."avalara_tax_code" IS 'Avalara tax code.';
COMMENT ON COLUMN {schema}.items."created_at" IS 'When the item was created.';
COMMENT ON COLUMN {schema}.items."currency" IS 'ISO 4217 code, lower case; NULL where the item has none.';
COMMENT ON COLUMN {schema}.items."description" IS 'Description shown on documents.';
COMMENT ON COLUMN {schema}.items."discountable" IS 'Whether discounts on the document apply to it.';
COMMENT ON COLUMN {schema}.items."gl_account" IS 'Code of the general ledger account (gl_accounts.code).';
COMMENT ON COLUMN {schema}.items."id" IS 'Id that users gave the item; an archived item may share it.';
COMMENT ON COLUMN {schema}.items."internal_id" IS 'Internal number of the item at Invoiced, never reused, unlike id.';
COMMENT ON COLUMN {schema}.items."name" IS 'Name of the item.';
COMMENT ON COLUMN {schema}.items."object" IS 'Kind of the object: always item.';
COMMENT ON COLUMN {schema}.items."taxable" IS 'Whether taxes apply.';
COMMENT ON COLUMN {schema}.items."type" IS 'Kind of the item, such as product or service; an open set.';
COMMENT ON COLUMN {schema}.items."unit_cost" IS 'Price of one unit, in major units of currency; up to ten or so decimals.';
COMMENT ON COLUMN {schema}.items."updated_at" IS 'When the item was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.items_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, key, raw, read_at, synced_at, "archived", "avalara_location_code", "avalara_tax_code", "created_at", "currency", "description", "discountable", "gl_account", "id", "internal_id", "name", "object", "taxable", "type", "unit_cost", "updated_at"
FROM {schema}.items
UNION ALL
(SELECT deleted_at, evidence, key, raw, read_at, deleted_at,
    {schema}._boolean(raw -> 'archived'::text),
    {schema}._text(raw -> 'avalara_location_code'::text),
    {schema}._text(raw -> 'avalara_tax_code'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._text(raw -> 'description'::text),
    {schema}._boolean(raw -> 'discountable'::text),
    {schema}._text(raw -> 'gl_account'::text),
    {schema}._text(raw -> 'id'::text),
    {schema}._bigint(raw -> 'internal_id'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._boolean(raw -> 'taxable'::text),
    {schema}._text(raw -> 'type'::text),
    {schema}._numeric(raw -> 'unit_cost'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'items' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.items_with_deleted IS 'The rows of items, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.items_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.items_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.items_with_deleted.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.items_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.items_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.items_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.items_with_deleted."archived" IS 'Whether it is archived: no longer offered, but still used where referenced.';
COMMENT ON COLUMN {schema}.items_with_deleted."avalara_location_code" IS 'Avalara location code.';
COMMENT ON COLUMN {schema}.items_with_deleted."avalara_tax_code" IS 'Avalara tax code.';
COMMENT ON COLUMN {schema}.items_with_deleted."created_at" IS 'When the item was created.';
COMMENT ON COLUMN {schema}.items_with_deleted."currency" IS 'ISO 4217 code, lower case; NULL where the item has none.';
COMMENT ON COLUMN {schema}.items_with_deleted."description" IS 'Description shown on documents.';
COMMENT ON COLUMN {schema}.items_with_deleted."discountable" IS 'Whether discounts on the document apply to it.';
COMMENT ON COLUMN {schema}.items_with_deleted."gl_account" IS 'Code of the general ledger account (gl_accounts.code).';
COMMENT ON COLUMN {schema}.items_with_deleted."id" IS 'Id that users gave the item; an archived item may share it.';
COMMENT ON COLUMN {schema}.items_with_deleted."internal_id" IS 'Internal number of the item at Invoiced, never reused, unlike id.';
COMMENT ON COLUMN {schema}.items_with_deleted."name" IS 'Name of the item.';
COMMENT ON COLUMN {schema}.items_with_deleted."object" IS 'Kind of the object: always item.';
COMMENT ON COLUMN {schema}.items_with_deleted."taxable" IS 'Whether taxes apply.';
COMMENT ON COLUMN {schema}.items_with_deleted."type" IS 'Kind of the item, such as product or service; an open set.';
COMMENT ON COLUMN {schema}.items_with_deleted."unit_cost" IS 'Price of one unit, in major units of currency; up to ten or so decimals.';
COMMENT ON COLUMN {schema}.items_with_deleted."updated_at" IS 'When the item was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.plans (
    key text PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "archived" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'archived'::text)) STORED,
    "catalog_item" text GENERATED ALWAYS AS ({schema}._text(raw -> 'catalog_item'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "description" text GENERATED ALWAYS AS ({schema}._text(raw -> 'description'::text)) STORED,
    "id" text GENERATED ALWAYS AS ({schema}._text(raw -> 'id'::text)) STORED,
    "internal_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'internal_id'::text)) STORED,
    "interval" text GENERATED ALWAYS AS ({schema}._text(raw -> 'interval'::text)) STORED,
    "interval_count" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'interval_count'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "notes" text GENERATED ALWAYS AS ({schema}._text(raw -> 'notes'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "pricing_mode" text GENERATED ALWAYS AS ({schema}._text(raw -> 'pricing_mode'::text)) STORED,
    "quantity_type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'quantity_type'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX plans_catalog_item_idx ON {schema}.plans USING spgist ("catalog_item");

CREATE INDEX plans_id_idx ON {schema}.plans USING spgist ("id");

CREATE INDEX plans_updated_at_idx ON {schema}.plans ("updated_at");
COMMENT ON TABLE {schema}.plans IS 'Plans that subscriptions are made of, from GET /plans, active and archived. Deleting in Invoiced archives; a new plan can reuse the id.';
COMMENT ON COLUMN {schema}.plans.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.plans.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.plans.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.plans.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.plans.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.plans."amount" IS 'Price for one unit and interval, in major units of currency; with tiers see raw.';
COMMENT ON COLUMN {schema}.plans."archived" IS 'Whether it is archived: no longer offered, but still used where referenced.';
COMMENT ON COLUMN {schema}.plans."catalog_item" IS 'Id of the catalogue item that invoices show (items.id).';
COMMENT ON COLUMN {schema}.plans."created_at" IS 'When the plan was created.';
COMMENT ON COLUMN {schema}.plans."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.plans."description" IS 'Description shown on documents.';
COMMENT ON COLUMN {schema}.plans."id" IS 'Id that users gave the plan; an archived plan may share it.';
COMMENT ON COLUMN {schema}.plans."internal_id" IS 'Internal number of the plan at Invoiced, never reused, unlike id.';
COMMENT ON COLUMN {schema}.plans."interval" IS 'Unit of the billing interval; interval_count says how many. Known values: day, week, month, year.';
COMMENT ON COLUMN {schema}.plans."interval_count" IS 'How many intervals lie between two bills.';
COMMENT ON COLUMN {schema}.plans."name" IS 'Name of the plan.';
COMMENT ON COLUMN {schema}.plans."notes" IS 'Internal notes on the plan.';
COMMENT ON COLUMN {schema}.plans."object" IS 'Kind of the object: always plan.';
COMMENT ON COLUMN {schema}.plans."pricing_mode" IS 'How the price follows from the quantity; tiers are in raw. Known values: per_unit, tiered, volume, custom.';
COMMENT ON COLUMN {schema}.plans."quantity_type" IS 'Whether the quantity is fixed or metered. Known values: constant, usage.';
COMMENT ON COLUMN {schema}.plans."updated_at" IS 'When the plan was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.plans_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, key, raw, read_at, synced_at, "amount", "archived", "catalog_item", "created_at", "currency", "description", "id", "internal_id", "interval", "interval_count", "name", "notes", "object", "pricing_mode", "quantity_type", "updated_at"
FROM {schema}.plans
UNION ALL
(SELECT deleted_at, evidence, key, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'::text),
    {schema}._boolean(raw -> 'archived'::text),
    {schema}._text(raw -> 'catalog_item'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._text(raw -> 'description'::text),
    {schema}._text(raw -> 'id'::text),
    {schema}._bigint(raw -> 'internal_id'::text),
    {schema}._text(raw -> 'interval'::text),
    {schema}._bigint(raw -> 'interval_count'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._text(raw -> 'notes'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._text(raw -> 'pricing_mode'::text),
    {schema}._text(raw -> 'quantity_type'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'plans' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.plans_with_deleted IS 'The rows of plans, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.plans_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.plans_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.plans_with_deleted.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.plans_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.plans_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.plans_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.plans_with_deleted."amount" IS 'Price for one unit and interval, in major units of currency; with tiers see raw.';
COMMENT ON COLUMN {schema}.plans_with_deleted."archived" IS 'Whether it is archived: no longer offered, but still used where referenced.';
COMMENT ON COLUMN {schema}.plans_with_deleted."catalog_item" IS 'Id of the catalogue item that invoices show (items.id).';
COMMENT ON COLUMN {schema}.plans_with_deleted."created_at" IS 'When the plan was created.';
COMMENT ON COLUMN {schema}.plans_with_deleted."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.plans_with_deleted."description" IS 'Description shown on documents.';
COMMENT ON COLUMN {schema}.plans_with_deleted."id" IS 'Id that users gave the plan; an archived plan may share it.';
COMMENT ON COLUMN {schema}.plans_with_deleted."internal_id" IS 'Internal number of the plan at Invoiced, never reused, unlike id.';
COMMENT ON COLUMN {schema}.plans_with_deleted."interval" IS 'Unit of the billing interval; interval_count says how many. Known values: day, week, month, year.';
COMMENT ON COLUMN {schema}.plans_with_deleted."interval_count" IS 'How many intervals lie between two bills.';
COMMENT ON COLUMN {schema}.plans_with_deleted."name" IS 'Name of the plan.';
COMMENT ON COLUMN {schema}.plans_with_deleted."notes" IS 'Internal notes on the plan.';
COMMENT ON COLUMN {schema}.plans_with_deleted."object" IS 'Kind of the object: always plan.';
COMMENT ON COLUMN {schema}.plans_with_deleted."pricing_mode" IS 'How the price follows from the quantity; tiers are in raw. Known values: per_unit, tiered, volume, custom.';
COMMENT ON COLUMN {schema}.plans_with_deleted."quantity_type" IS 'Whether the quantity is fixed or metered. Known values: constant, usage.';
COMMENT ON COLUMN {schema}.plans_with_deleted."updated_at" IS 'When the plan was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.tax_rates (
    key text PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "archived" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'archived'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "id" text GENERATED ALWAYS AS ({schema}._text(raw -> 'id'::text)) STORED,
    "inclusive" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'inclusive'::text)) STORED,
    "internal_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'internal_id'::text)) STORED,
    "is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'is_percent'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    "value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'value'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX tax_rates_id_idx ON {schema}.tax_rates USING spgist ("id");

CREATE INDEX tax_rates_updated_at_idx ON {schema}.tax_rates ("updated_at");
COMMENT ON TABLE {schema}.tax_rates IS 'Tax rates, from GET /tax_rates, active and archived. Deleting in Invoiced archives; a new tax rate can reuse the id.';
COMMENT ON COLUMN {schema}.tax_rates.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.tax_rates.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.tax_rates.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.tax_rates.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.tax_rates.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.tax_rates."archived" IS 'Whether it is archived: no longer offered, but still used where referenced.';
COMMENT ON COLUMN {schema}.tax_rates."created_at" IS 'When the tax rate was created.';
COMMENT ON COLUMN {schema}.tax_rates."currency" IS 'Currency of value where that is an amount, ISO 4217 code in lower case.';
COMMENT ON COLUMN {schema}.tax_rates."id" IS 'Id that users gave the tax rate; an archived one may share it.';
COMMENT ON COLUMN {schema}.tax_rates."inclusive" IS 'Whether prices already contain this tax.';
COMMENT ON COLUMN {schema}.tax_rates."internal_id" IS 'Internal number of the tax rate at Invoiced, never reused, unlike id.';
COMMENT ON COLUMN {schema}.tax_rates."is_percent" IS 'Whether value is a percentage, not an amount of money.';
COMMENT ON COLUMN {schema}.tax_rates."name" IS 'Name of the tax rate.';
COMMENT ON COLUMN {schema}.tax_rates."object" IS 'Kind of the object: always tax_rate.';
COMMENT ON COLUMN {schema}.tax_rates."updated_at" IS 'When the tax rate was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.tax_rates."value" IS 'Percent or amount of money, as is_percent says.';

CREATE VIEW {schema}.tax_rates_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, key, raw, read_at, synced_at, "archived", "created_at", "currency", "id", "inclusive", "internal_id", "is_percent", "name", "object", "updated_at", "value"
FROM {schema}.tax_rates
UNION ALL
(SELECT deleted_at, evidence, key, raw, read_at, deleted_at,
    {schema}._boolean(raw -> 'archived'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._text(raw -> 'id'::text),
    {schema}._boolean(raw -> 'inclusive'::text),
    {schema}._bigint(raw -> 'internal_id'::text),
    {schema}._boolean(raw -> 'is_percent'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._timestamp(raw -> 'updated_at'::text),
    {schema}._numeric(raw -> 'value'::text)
FROM {schema}._deleted
WHERE resource = 'tax_rates' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.tax_rates_with_deleted IS 'The rows of tax_rates, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted."archived" IS 'Whether it is archived: no longer offered, but still used where referenced.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted."created_at" IS 'When the tax rate was created.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted."currency" IS 'Currency of value where that is an amount, ISO 4217 code in lower case.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted."id" IS 'Id that users gave the tax rate; an archived one may share it.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted."inclusive" IS 'Whether prices already contain this tax.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted."internal_id" IS 'Internal number of the tax rate at Invoiced, never reused, unlike id.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted."is_percent" IS 'Whether value is a percentage, not an amount of money.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted."name" IS 'Name of the tax rate.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted."object" IS 'Kind of the object: always tax_rate.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted."updated_at" IS 'When the tax rate was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.tax_rates_with_deleted."value" IS 'Percent or amount of money, as is_percent says.';

CREATE TABLE {schema}.coupons (
    key text PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "archived" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'archived'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "duration" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'duration'::text)) STORED,
    "exclusive" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'exclusive'::text)) STORED,
    "expiration_date" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'expiration_date'::text)) STORED,
    "id" text GENERATED ALWAYS AS ({schema}._text(raw -> 'id'::text)) STORED,
    "internal_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'internal_id'::text)) STORED,
    "is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'is_percent'::text)) STORED,
    "max_redemptions" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'max_redemptions'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    "value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'value'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX coupons_id_idx ON {schema}.coupons USING spgist ("id");

CREATE INDEX coupons_updated_at_idx ON {schema}.coupons ("updated_at");
COMMENT ON TABLE {schema}.coupons IS 'Coupons, from GET /coupons, active and archived. Deleting in Invoiced archives; a new coupon can reuse the id.';
COMMENT ON COLUMN {schema}.coupons.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.coupons.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.coupons.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.coupons.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.coupons.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.coupons."archived" IS 'Whether it is archived: no longer offered, but still used where referenced.';
COMMENT ON COLUMN {schema}.coupons."created_at" IS 'When the coupon was created.';
COMMENT ON COLUMN {schema}.coupons."currency" IS 'Currency of value where that is an amount, ISO 4217 code in lower case.';
COMMENT ON COLUMN {schema}.coupons."duration" IS 'How long a discount lasts once it was given; 0: without limit.';
COMMENT ON COLUMN {schema}.coupons."exclusive" IS 'Whether it cannot be combined with other coupons.';
COMMENT ON COLUMN {schema}.coupons."expiration_date" IS 'When the coupon can last be used; NULL: no end.';
COMMENT ON COLUMN {schema}.coupons."id" IS 'Id that users gave the coupon; an archived one may share it.';
COMMENT ON COLUMN {schema}.coupons."internal_id" IS 'Internal number of the coupon at Invoiced, never reused, unlike id.';
COMMENT ON COLUMN {schema}.coupons."is_percent" IS 'Whether value is a percentage, not an amount of money.';
COMMENT ON COLUMN {schema}.coupons."max_redemptions" IS 'How often it can be used; 0: without limit.';
COMMENT ON COLUMN {schema}.coupons."name" IS 'Name of the coupon.';
COMMENT ON COLUMN {schema}.coupons."object" IS 'Kind of the object: always coupon.';
COMMENT ON COLUMN {schema}.coupons."updated_at" IS 'When the coupon was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.coupons."value" IS 'Percent or amount of money, as is_percent says.';

CREATE VIEW {schema}.coupons_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, key, raw, read_at, synced_at, "archived", "created_at", "currency", "duration", "exclusive", "expiration_date", "id", "internal_id", "is_percent", "max_redemptions", "name", "object", "updated_at", "value"
FROM {schema}.coupons
UNION ALL
(SELECT deleted_at, evidence, key, raw, read_at, deleted_at,
    {schema}._boolean(raw -> 'archived'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._bigint(raw -> 'duration'::text),
    {schema}._boolean(raw -> 'exclusive'::text),
    {schema}._timestamp(raw -> 'expiration_date'::text),
    {schema}._text(raw -> 'id'::text),
    {schema}._bigint(raw -> 'internal_id'::text),
    {schema}._boolean(raw -> 'is_percent'::text),
    {schema}._bigint(raw -> 'max_redemptions'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._timestamp(raw -> 'updated_at'::text),
    {schema}._numeric(raw -> 'value'::text)
FROM {schema}._deleted
WHERE resource = 'coupons' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.coupons_with_deleted IS 'The rows of coupons, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.coupons_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.coupons_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.coupons_with_deleted."archived" IS 'Whether it is archived: no longer offered, but still used where referenced.';
COMMENT ON COLUMN {schema}.coupons_with_deleted."created_at" IS 'When the coupon was created.';
COMMENT ON COLUMN {schema}.coupons_with_deleted."currency" IS 'Currency of value where that is an amount, ISO 4217 code in lower case.';
COMMENT ON COLUMN {schema}.coupons_with_deleted."duration" IS 'How long a discount lasts once it was given; 0: without limit.';
COMMENT ON COLUMN {schema}.coupons_with_deleted."exclusive" IS 'Whether it cannot be combined with other coupons.';
COMMENT ON COLUMN {schema}.coupons_with_deleted."expiration_date" IS 'When the coupon can last be used; NULL: no end.';
COMMENT ON COLUMN {schema}.coupons_with_deleted."id" IS 'Id that users gave the coupon; an archived one may share it.';
COMMENT ON COLUMN {schema}.coupons_with_deleted."internal_id" IS 'Internal number of the coupon at Invoiced, never reused, unlike id.';
COMMENT ON COLUMN {schema}.coupons_with_deleted."is_percent" IS 'Whether value is a percentage, not an amount of money.';
COMMENT ON COLUMN {schema}.coupons_with_deleted."max_redemptions" IS 'How often it can be used; 0: without limit.';
COMMENT ON COLUMN {schema}.coupons_with_deleted."name" IS 'Name of the coupon.';
COMMENT ON COLUMN {schema}.coupons_with_deleted."object" IS 'Kind of the object: always coupon.';
COMMENT ON COLUMN {schema}.coupons_with_deleted."updated_at" IS 'When the coupon was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.coupons_with_deleted."value" IS 'Percent or amount of money, as is_percent says.';

CREATE TABLE {schema}.payment_plans (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "status" text GENERATED ALWAYS AS ({schema}._text(raw -> 'status'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    parent_id bigint
) WITH (toast_tuple_target = 4080);

CREATE INDEX payment_plans_status_idx ON {schema}.payment_plans USING spgist ("status");

CREATE INDEX payment_plans_updated_at_idx ON {schema}.payment_plans ("updated_at");

CREATE INDEX payment_plans_parent_id_idx ON {schema}.payment_plans (parent_id);
COMMENT ON TABLE {schema}.payment_plans IS 'Payment plans of invoices, from GET /invoices/:id/payment_plan; invoices.payment_plan says whose it is. A canceled plan leaves its invoice and this table.';
COMMENT ON COLUMN {schema}.payment_plans.id IS 'Invoiced id of the payment plan.';
COMMENT ON COLUMN {schema}.payment_plans.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_plans.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.payment_plans.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.payment_plans.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.payment_plans."created_at" IS 'When the payment plan was created.';
COMMENT ON COLUMN {schema}.payment_plans."object" IS 'Kind of the object: always payment_plan.';
COMMENT ON COLUMN {schema}.payment_plans."status" IS 'State of the payment plan. Known values: pending_signup, active, finished, canceled.';
COMMENT ON COLUMN {schema}.payment_plans."updated_at" IS 'When the payment plan was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.payment_plans.parent_id IS 'Invoiced id of the invoice whose plan it is.';

CREATE VIEW {schema}.payment_plans_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "created_at", "object", "status", "updated_at"
FROM {schema}.payment_plans
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._text(raw -> 'status'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'payment_plans' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.payment_plans_with_deleted IS 'The rows of payment_plans, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.id IS 'Invoiced id of the payment plan.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted."created_at" IS 'When the payment plan was created.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted."object" IS 'Kind of the object: always payment_plan.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted."status" IS 'State of the payment plan. Known values: pending_signup, active, finished, canceled.';
COMMENT ON COLUMN {schema}.payment_plans_with_deleted."updated_at" IS 'When the payment plan was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.pending_line_items (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "catalog_item" text GENERATED ALWAYS AS ({schema}._text(raw -> 'catalog_item'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer'::text)) STORED,
    "description" text GENERATED ALWAYS AS ({schema}._text(raw -> 'description'::text)) STORED,
    "discountable" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'discountable'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "period_end" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'period_end'::text)) STORED,
    "period_start" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'period_start'::text)) STORED,
    "plan" text GENERATED ALWAYS AS ({schema}._text(raw -> 'plan'::text)) STORED,
    "prorated" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'prorated'::text)) STORED,
    "quantity" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'quantity'::text)) STORED,
    "subscription" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'subscription'::text)) STORED,
    "taxable" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'taxable'::text)) STORED,
    "type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'type'::text)) STORED,
    "unit_cost" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'unit_cost'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    parent_id bigint
) WITH (toast_tuple_target = 4080);

CREATE INDEX pending_line_items_catalog_item_idx ON {schema}.pending_line_items USING spgist ("catalog_item");

CREATE INDEX pending_line_items_customer_idx ON {schema}.pending_line_items ("customer");

CREATE INDEX pending_line_items_plan_idx ON {schema}.pending_line_items USING spgist ("plan");

CREATE INDEX pending_line_items_subscription_idx ON {schema}.pending_line_items ("subscription");

CREATE INDEX pending_line_items_updated_at_idx ON {schema}.pending_line_items ("updated_at");

CREATE INDEX pending_line_items_parent_id_idx ON {schema}.pending_line_items (parent_id);
COMMENT ON TABLE {schema}.pending_line_items IS 'Line items that wait for the next invoice of their customer, from the list of each customer. A billed item moves from here to its invoice.';
COMMENT ON COLUMN {schema}.pending_line_items.id IS 'Invoiced id of the line item.';
COMMENT ON COLUMN {schema}.pending_line_items.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.pending_line_items.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.pending_line_items.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.pending_line_items.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.pending_line_items."amount" IS 'Amount of the line, in major units of the currency of the customer.';
COMMENT ON COLUMN {schema}.pending_line_items."catalog_item" IS 'Id of the catalogue item (items.id); an id can stand for several archived items.';
COMMENT ON COLUMN {schema}.pending_line_items."created_at" IS 'When the line item was created.';
COMMENT ON COLUMN {schema}.pending_line_items."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.pending_line_items."description" IS 'Description shown on the line.';
COMMENT ON COLUMN {schema}.pending_line_items."discountable" IS 'Whether discounts on the document apply to it.';
COMMENT ON COLUMN {schema}.pending_line_items."name" IS 'Name shown on the line.';
COMMENT ON COLUMN {schema}.pending_line_items."object" IS 'Kind of the object: always line_item.';
COMMENT ON COLUMN {schema}.pending_line_items."period_end" IS 'End of the period that the line covers; only on lines of a subscription.';
COMMENT ON COLUMN {schema}.pending_line_items."period_start" IS 'Start of the period that the line covers; only on lines of a subscription.';
COMMENT ON COLUMN {schema}.pending_line_items."plan" IS 'Id of the plan (plans.id) where the line comes from one.';
COMMENT ON COLUMN {schema}.pending_line_items."prorated" IS 'Whether the line covers part of a billing period; only on lines of a subscription.';
COMMENT ON COLUMN {schema}.pending_line_items."quantity" IS 'How many; may be a fraction.';
COMMENT ON COLUMN {schema}.pending_line_items."subscription" IS 'Invoiced id of the subscription that the line belongs to; NULL: none.';
COMMENT ON COLUMN {schema}.pending_line_items."taxable" IS 'Whether taxes on the document apply to it.';
COMMENT ON COLUMN {schema}.pending_line_items."type" IS 'Kind of the line, such as product or service; an open set.';
COMMENT ON COLUMN {schema}.pending_line_items."unit_cost" IS 'Price of one unit, in major units of the currency of the customer; up to ten or so decimals.';
COMMENT ON COLUMN {schema}.pending_line_items."updated_at" IS 'When the line item was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.pending_line_items.parent_id IS 'Invoiced id of the customer in whose list the row was found.';

CREATE VIEW {schema}.pending_line_items_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "amount", "catalog_item", "created_at", "customer", "description", "discountable", "name", "object", "period_end", "period_start", "plan", "prorated", "quantity", "subscription", "taxable", "type", "unit_cost", "updated_at"
FROM {schema}.pending_line_items
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'::text),
    {schema}._text(raw -> 'catalog_item'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._bigint(raw -> 'customer'::text),
    {schema}._text(raw -> 'description'::text),
    {schema}._boolean(raw -> 'discountable'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._timestamp(raw -> 'period_end'::text),
    {schema}._timestamp(raw -> 'period_start'::text),
    {schema}._text(raw -> 'plan'::text),
    {schema}._boolean(raw -> 'prorated'::text),
    {schema}._numeric(raw -> 'quantity'::text),
    {schema}._bigint(raw -> 'subscription'::text),
    {schema}._boolean(raw -> 'taxable'::text),
    {schema}._text(raw -> 'type'::text),
    {schema}._numeric(raw -> 'unit_cost'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'pending_line_items' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.pending_line_items_with_deleted IS 'The rows of pending_line_items, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.id IS 'Invoiced id of the line item.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."amount" IS 'Amount of the line, in major units of the currency of the customer.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."catalog_item" IS 'Id of the catalogue item (items.id); an id can stand for several archived items.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."created_at" IS 'When the line item was created.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."customer" IS 'Invoiced id of the customer.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."description" IS 'Description shown on the line.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."discountable" IS 'Whether discounts on the document apply to it.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."name" IS 'Name shown on the line.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."object" IS 'Kind of the object: always line_item.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."period_end" IS 'End of the period that the line covers; only on lines of a subscription.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."period_start" IS 'Start of the period that the line covers; only on lines of a subscription.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."plan" IS 'Id of the plan (plans.id) where the line comes from one.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."prorated" IS 'Whether the line covers part of a billing period; only on lines of a subscription.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."quantity" IS 'How many; may be a fraction.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."subscription" IS 'Invoiced id of the subscription that the line belongs to; NULL: none.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."taxable" IS 'Whether taxes on the document apply to it.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."type" IS 'Kind of the line, such as product or service; an open set.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."unit_cost" IS 'Price of one unit, in major units of the currency of the customer; up to ten or so decimals.';
COMMENT ON COLUMN {schema}.pending_line_items_with_deleted."updated_at" IS 'When the line item was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.events (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "timestamp" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'timestamp'::text)) STORED,
    "type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'type'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX events_timestamp_idx ON {schema}.events ("timestamp");

CREATE INDEX events_type_idx ON {schema}.events USING spgist ("type");
COMMENT ON TABLE {schema}.events IS 'What happened in the account, from GET /events; raw has the object as it was then. The source drops events after 7 years, this table keeps them.';
COMMENT ON COLUMN {schema}.events.id IS 'Invoiced id of the event; not exactly in the order in which events appear.';
COMMENT ON COLUMN {schema}.events.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.events.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.events.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.events.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.events."timestamp" IS 'When the event was written, shortly after what it reports.';
COMMENT ON COLUMN {schema}.events."type" IS 'What happened, such as invoice.paid; an open set.';

CREATE VIEW {schema}.events_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "timestamp", "type"
FROM {schema}.events
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'timestamp'::text),
    {schema}._text(raw -> 'type'::text)
FROM {schema}._deleted
WHERE resource = 'events' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.events_with_deleted IS 'The rows of events, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.events_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.events_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.events_with_deleted.id IS 'Invoiced id of the event; not exactly in the order in which events appear.';
COMMENT ON COLUMN {schema}.events_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.events_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.events_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.events_with_deleted."timestamp" IS 'When the event was written, shortly after what it reports.';
COMMENT ON COLUMN {schema}.events_with_deleted."type" IS 'What happened, such as invoice.paid; an open set.';

CREATE TABLE {schema}.payment_links (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "after_completion_url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'after_completion_url'::text)) STORED,
    "collect_billing_address" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'collect_billing_address'::text)) STORED,
    "collect_phone_number" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'collect_phone_number'::text)) STORED,
    "collect_shipping_address" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'collect_shipping_address'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "customer" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer'::text)) STORED,
    "customer_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'customer_id'::text)) STORED,
    "deleted" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'deleted'::text)) STORED,
    "deleted_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'deleted_at'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "reusable" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'reusable'::text)) STORED,
    "status" text GENERATED ALWAYS AS ({schema}._text(raw -> 'status'::text)) STORED,
    "terms_of_service_url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'terms_of_service_url'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    "url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'url'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX payment_links_customer_idx ON {schema}.payment_links ("customer");

CREATE INDEX payment_links_status_idx ON {schema}.payment_links USING spgist ("status");

CREATE INDEX payment_links_updated_at_idx ON {schema}.payment_links ("updated_at");
COMMENT ON TABLE {schema}.payment_links IS 'Payment links, from GET /payment_links. A deleted link stays, with deleted = true.';
COMMENT ON COLUMN {schema}.payment_links.id IS 'Invoiced id of the payment link.';
COMMENT ON COLUMN {schema}.payment_links.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_links.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.payment_links.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.payment_links.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.payment_links."after_completion_url" IS 'Where the payer is sent after paying.';
COMMENT ON COLUMN {schema}.payment_links."collect_billing_address" IS 'Whether the payer is asked for a billing address.';
COMMENT ON COLUMN {schema}.payment_links."collect_phone_number" IS 'Whether the payer is asked for a phone number.';
COMMENT ON COLUMN {schema}.payment_links."collect_shipping_address" IS 'Whether the payer is asked for a shipping address.';
COMMENT ON COLUMN {schema}.payment_links."created_at" IS 'When the payment link was created.';
COMMENT ON COLUMN {schema}.payment_links."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.payment_links."customer" IS 'Invoiced id of the customer it is for; NULL: anyone.';
COMMENT ON COLUMN {schema}.payment_links."customer_id" IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.payment_links."deleted" IS 'Whether it was deleted; such links stay listed.';
COMMENT ON COLUMN {schema}.payment_links."deleted_at" IS 'When it was deleted; NULL while it is not.';
COMMENT ON COLUMN {schema}.payment_links."name" IS 'Name of the payment link.';
COMMENT ON COLUMN {schema}.payment_links."object" IS 'Kind of the object: always payment_link.';
COMMENT ON COLUMN {schema}.payment_links."reusable" IS 'Whether it can be paid more than once.';
COMMENT ON COLUMN {schema}.payment_links."status" IS 'State of the payment link. Known values: active, completed, deleted.';
COMMENT ON COLUMN {schema}.payment_links."terms_of_service_url" IS 'Terms of service that the payer is shown.';
COMMENT ON COLUMN {schema}.payment_links."updated_at" IS 'When the payment link was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.payment_links."url" IS 'Address of the page where it can be paid.';

CREATE VIEW {schema}.payment_links_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "after_completion_url", "collect_billing_address", "collect_phone_number", "collect_shipping_address", "created_at", "currency", "customer", "customer_id", "deleted", "deleted_at" AS "deleted_at_source", "name", "object", "reusable", "status", "terms_of_service_url", "updated_at", "url"
FROM {schema}.payment_links
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'after_completion_url'::text),
    {schema}._boolean(raw -> 'collect_billing_address'::text),
    {schema}._boolean(raw -> 'collect_phone_number'::text),
    {schema}._boolean(raw -> 'collect_shipping_address'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._bigint(raw -> 'customer'::text),
    {schema}._bigint(raw -> 'customer_id'::text),
    {schema}._boolean(raw -> 'deleted'::text),
    {schema}._timestamp(raw -> 'deleted_at'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._boolean(raw -> 'reusable'::text),
    {schema}._text(raw -> 'status'::text),
    {schema}._text(raw -> 'terms_of_service_url'::text),
    {schema}._timestamp(raw -> 'updated_at'::text),
    {schema}._text(raw -> 'url'::text)
FROM {schema}._deleted
WHERE resource = 'payment_links' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.payment_links_with_deleted IS 'The rows of payment_links, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.id IS 'Invoiced id of the payment link.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."after_completion_url" IS 'Where the payer is sent after paying.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."collect_billing_address" IS 'Whether the payer is asked for a billing address.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."collect_phone_number" IS 'Whether the payer is asked for a phone number.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."collect_shipping_address" IS 'Whether the payer is asked for a shipping address.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."created_at" IS 'When the payment link was created.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."customer" IS 'Invoiced id of the customer it is for; NULL: anyone.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."customer_id" IS 'The same id as customer, under its other name.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."deleted" IS 'Whether it was deleted; such links stay listed.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."deleted_at_source" IS 'When it was deleted; NULL while it is not.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."name" IS 'Name of the payment link.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."object" IS 'Kind of the object: always payment_link.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."reusable" IS 'Whether it can be paid more than once.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."status" IS 'State of the payment link. Known values: active, completed, deleted.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."terms_of_service_url" IS 'Terms of service that the payer is shown.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."updated_at" IS 'When the payment link was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.payment_links_with_deleted."url" IS 'Address of the page where it can be paid.';

CREATE TABLE {schema}.disputes (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "charge" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'charge'::text)) STORED,
    "charge_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'charge_id'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "defense_reason" text GENERATED ALWAYS AS ({schema}._text(raw -> 'defense_reason'::text)) STORED,
    "gateway" text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway'::text)) STORED,
    "gateway_id" text GENERATED ALWAYS AS ({schema}._text(raw -> 'gateway_id'::text)) STORED,
    "merchant_account_transaction" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account_transaction'::text)) STORED,
    "merchant_account_transaction_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account_transaction_id'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "reason" text GENERATED ALWAYS AS ({schema}._text(raw -> 'reason'::text)) STORED,
    "status" text GENERATED ALWAYS AS ({schema}._text(raw -> 'status'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX disputes_charge_idx ON {schema}.disputes ("charge");

CREATE INDEX disputes_status_idx ON {schema}.disputes USING spgist ("status");

CREATE INDEX disputes_updated_at_idx ON {schema}.disputes ("updated_at");
COMMENT ON TABLE {schema}.disputes IS 'Disputed charges, from GET /disputes. They are never deleted.';
COMMENT ON COLUMN {schema}.disputes.id IS 'Invoiced id of the dispute.';
COMMENT ON COLUMN {schema}.disputes.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.disputes.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.disputes.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.disputes.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.disputes."amount" IS 'Amount in dispute, in major units of currency.';
COMMENT ON COLUMN {schema}.disputes."charge" IS 'Invoiced id of the charge in dispute.';
COMMENT ON COLUMN {schema}.disputes."charge_id" IS 'The same id as charge, under its other name.';
COMMENT ON COLUMN {schema}.disputes."created_at" IS 'When the dispute was created.';
COMMENT ON COLUMN {schema}.disputes."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.disputes."defense_reason" IS 'Reason given when the dispute was defended.';
COMMENT ON COLUMN {schema}.disputes."gateway" IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.disputes."gateway_id" IS 'Id of the dispute at the gateway.';
COMMENT ON COLUMN {schema}.disputes."merchant_account_transaction" IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.disputes."merchant_account_transaction_id" IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.disputes."object" IS 'Kind of the object: always dispute.';
COMMENT ON COLUMN {schema}.disputes."reason" IS 'Why the payer disputes the charge.';
COMMENT ON COLUMN {schema}.disputes."status" IS 'State of the dispute. Known values: Accepted, Expired, Lost, Pending, Responded, Undefended, Unresponded, Won.';
COMMENT ON COLUMN {schema}.disputes."updated_at" IS 'When the dispute was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.disputes_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "amount", "charge", "charge_id", "created_at", "currency", "defense_reason", "gateway", "gateway_id", "merchant_account_transaction", "merchant_account_transaction_id", "object", "reason", "status", "updated_at"
FROM {schema}.disputes
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'::text),
    {schema}._bigint(raw -> 'charge'::text),
    {schema}._bigint(raw -> 'charge_id'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._text(raw -> 'defense_reason'::text),
    {schema}._text(raw -> 'gateway'::text),
    {schema}._text(raw -> 'gateway_id'::text),
    {schema}._bigint(raw -> 'merchant_account_transaction'::text),
    {schema}._bigint(raw -> 'merchant_account_transaction_id'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._text(raw -> 'reason'::text),
    {schema}._text(raw -> 'status'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'disputes' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.disputes_with_deleted IS 'The rows of disputes, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.disputes_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.disputes_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.disputes_with_deleted.id IS 'Invoiced id of the dispute.';
COMMENT ON COLUMN {schema}.disputes_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.disputes_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.disputes_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.disputes_with_deleted."amount" IS 'Amount in dispute, in major units of currency.';
COMMENT ON COLUMN {schema}.disputes_with_deleted."charge" IS 'Invoiced id of the charge in dispute.';
COMMENT ON COLUMN {schema}.disputes_with_deleted."charge_id" IS 'The same id as charge, under its other name.';
COMMENT ON COLUMN {schema}.disputes_with_deleted."created_at" IS 'When the dispute was created.';
COMMENT ON COLUMN {schema}.disputes_with_deleted."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.disputes_with_deleted."defense_reason" IS 'Reason given when the dispute was defended.';
COMMENT ON COLUMN {schema}.disputes_with_deleted."gateway" IS 'Payment gateway, such as stripe.';
COMMENT ON COLUMN {schema}.disputes_with_deleted."gateway_id" IS 'Id of the dispute at the gateway.';
COMMENT ON COLUMN {schema}.disputes_with_deleted."merchant_account_transaction" IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.disputes_with_deleted."merchant_account_transaction_id" IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.disputes_with_deleted."object" IS 'Kind of the object: always dispute.';
COMMENT ON COLUMN {schema}.disputes_with_deleted."reason" IS 'Why the payer disputes the charge.';
COMMENT ON COLUMN {schema}.disputes_with_deleted."status" IS 'State of the dispute. Known values: Accepted, Expired, Lost, Pending, Responded, Undefended, Unresponded, Won.';
COMMENT ON COLUMN {schema}.disputes_with_deleted."updated_at" IS 'When the dispute was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.payouts (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "arrival_date" text GENERATED ALWAYS AS ({schema}._text(raw -> 'arrival_date'::text)) STORED,
    "bank_account_name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'bank_account_name'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "description" text GENERATED ALWAYS AS ({schema}._text(raw -> 'description'::text)) STORED,
    "failure_message" text GENERATED ALWAYS AS ({schema}._text(raw -> 'failure_message'::text)) STORED,
    "gross_amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'gross_amount'::text)) STORED,
    "initiated_at" text GENERATED ALWAYS AS ({schema}._text(raw -> 'initiated_at'::text)) STORED,
    "merchant_account" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account'::text)) STORED,
    "merchant_account_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account_id'::text)) STORED,
    "merchant_account_transaction" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account_transaction'::text)) STORED,
    "merchant_account_transaction_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'merchant_account_transaction_id'::text)) STORED,
    "modification_reference" text GENERATED ALWAYS AS ({schema}._text(raw -> 'modification_reference'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "pending_amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'pending_amount'::text)) STORED,
    "reference" text GENERATED ALWAYS AS ({schema}._text(raw -> 'reference'::text)) STORED,
    "statement_descriptor" text GENERATED ALWAYS AS ({schema}._text(raw -> 'statement_descriptor'::text)) STORED,
    "status" text GENERATED ALWAYS AS ({schema}._text(raw -> 'status'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX payouts_status_idx ON {schema}.payouts USING spgist ("status");

CREATE INDEX payouts_updated_at_idx ON {schema}.payouts ("updated_at");
COMMENT ON TABLE {schema}.payouts IS 'Transfers from merchant accounts to the company''s bank, from GET /payouts. They are never deleted.';
COMMENT ON COLUMN {schema}.payouts.id IS 'Invoiced id of the payout.';
COMMENT ON COLUMN {schema}.payouts.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payouts.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.payouts.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.payouts.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.payouts."amount" IS 'Amount paid out, in major units of currency.';
COMMENT ON COLUMN {schema}.payouts."arrival_date" IS 'Day on which it reaches the bank, as YYYY-MM-DD.';
COMMENT ON COLUMN {schema}.payouts."bank_account_name" IS 'Bank account that receives the payout.';
COMMENT ON COLUMN {schema}.payouts."created_at" IS 'When the payout was created.';
COMMENT ON COLUMN {schema}.payouts."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.payouts."description" IS 'Description of the payout.';
COMMENT ON COLUMN {schema}.payouts."failure_message" IS 'Error message; NULL unless it failed.';
COMMENT ON COLUMN {schema}.payouts."gross_amount" IS 'Amount before fees and other deductions, in major units of currency.';
COMMENT ON COLUMN {schema}.payouts."initiated_at" IS 'When the payout began, as ISO 8601 text.';
COMMENT ON COLUMN {schema}.payouts."merchant_account" IS 'Invoiced id of the merchant account it is paid from (not mirrored).';
COMMENT ON COLUMN {schema}.payouts."merchant_account_id" IS 'The same id as merchant_account, under its other name.';
COMMENT ON COLUMN {schema}.payouts."merchant_account_transaction" IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.payouts."merchant_account_transaction_id" IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.payouts."modification_reference" IS 'Reference of a later change of the payout.';
COMMENT ON COLUMN {schema}.payouts."object" IS 'Kind of the object: always payout.';
COMMENT ON COLUMN {schema}.payouts."pending_amount" IS 'Part that is still pending, in major units of currency.';
COMMENT ON COLUMN {schema}.payouts."reference" IS 'Reference of the payout at the gateway.';
COMMENT ON COLUMN {schema}.payouts."statement_descriptor" IS 'Text shown on the bank statement.';
COMMENT ON COLUMN {schema}.payouts."status" IS 'State of the payout. Known values: canceled, completed, failed, pending.';
COMMENT ON COLUMN {schema}.payouts."updated_at" IS 'When the payout was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.payouts_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "amount", "arrival_date", "bank_account_name", "created_at", "currency", "description", "failure_message", "gross_amount", "initiated_at", "merchant_account", "merchant_account_id", "merchant_account_transaction", "merchant_account_transaction_id", "modification_reference", "object", "pending_amount", "reference", "statement_descriptor", "status", "updated_at"
FROM {schema}.payouts
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'::text),
    {schema}._text(raw -> 'arrival_date'::text),
    {schema}._text(raw -> 'bank_account_name'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._text(raw -> 'description'::text),
    {schema}._text(raw -> 'failure_message'::text),
    {schema}._numeric(raw -> 'gross_amount'::text),
    {schema}._text(raw -> 'initiated_at'::text),
    {schema}._bigint(raw -> 'merchant_account'::text),
    {schema}._bigint(raw -> 'merchant_account_id'::text),
    {schema}._bigint(raw -> 'merchant_account_transaction'::text),
    {schema}._bigint(raw -> 'merchant_account_transaction_id'::text),
    {schema}._text(raw -> 'modification_reference'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._numeric(raw -> 'pending_amount'::text),
    {schema}._text(raw -> 'reference'::text),
    {schema}._text(raw -> 'statement_descriptor'::text),
    {schema}._text(raw -> 'status'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'payouts' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.payouts_with_deleted IS 'The rows of payouts, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.payouts_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.id IS 'Invoiced id of the payout.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.payouts_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."amount" IS 'Amount paid out, in major units of currency.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."arrival_date" IS 'Day on which it reaches the bank, as YYYY-MM-DD.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."bank_account_name" IS 'Bank account that receives the payout.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."created_at" IS 'When the payout was created.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."description" IS 'Description of the payout.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."failure_message" IS 'Error message; NULL unless it failed.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."gross_amount" IS 'Amount before fees and other deductions, in major units of currency.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."initiated_at" IS 'When the payout began, as ISO 8601 text.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."merchant_account" IS 'Invoiced id of the merchant account it is paid from (not mirrored).';
COMMENT ON COLUMN {schema}.payouts_with_deleted."merchant_account_id" IS 'The same id as merchant_account, under its other name.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."merchant_account_transaction" IS 'Invoiced id of the entry in the merchant account''s ledger (not mirrored).';
COMMENT ON COLUMN {schema}.payouts_with_deleted."merchant_account_transaction_id" IS 'The same id as merchant_account_transaction, under its other name.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."modification_reference" IS 'Reference of a later change of the payout.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."object" IS 'Kind of the object: always payout.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."pending_amount" IS 'Part that is still pending, in major units of currency.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."reference" IS 'Reference of the payout at the gateway.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."statement_descriptor" IS 'Text shown on the bank statement.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."status" IS 'State of the payout. Known values: canceled, completed, failed, pending.';
COMMENT ON COLUMN {schema}.payouts_with_deleted."updated_at" IS 'When the payout was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.bundles (
    key text PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "id" text GENERATED ALWAYS AS ({schema}._text(raw -> 'id'::text)) STORED,
    "internal_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'internal_id'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX bundles_id_idx ON {schema}.bundles USING spgist ("id");

CREATE INDEX bundles_updated_at_idx ON {schema}.bundles ("updated_at");
COMMENT ON TABLE {schema}.bundles IS 'Bundles of catalogue items, from GET /bundles. A deleted bundle leaves this table.';
COMMENT ON COLUMN {schema}.bundles.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.bundles.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.bundles.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.bundles.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.bundles.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.bundles."created_at" IS 'When the bundle was created.';
COMMENT ON COLUMN {schema}.bundles."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.bundles."id" IS 'Id that users gave the bundle.';
COMMENT ON COLUMN {schema}.bundles."internal_id" IS 'Internal number of the bundle at Invoiced, never reused, unlike id.';
COMMENT ON COLUMN {schema}.bundles."name" IS 'Name of the bundle.';
COMMENT ON COLUMN {schema}.bundles."updated_at" IS 'When the bundle was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.bundles_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, key, raw, read_at, synced_at, "created_at", "currency", "id", "internal_id", "name", "updated_at"
FROM {schema}.bundles
UNION ALL
(SELECT deleted_at, evidence, key, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._text(raw -> 'id'::text),
    {schema}._bigint(raw -> 'internal_id'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'bundles' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.bundles_with_deleted IS 'The rows of bundles, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.bundles_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.bundles_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.bundles_with_deleted."created_at" IS 'When the bundle was created.';
COMMENT ON COLUMN {schema}.bundles_with_deleted."currency" IS 'ISO 4217 code, lower case.';
COMMENT ON COLUMN {schema}.bundles_with_deleted."id" IS 'Id that users gave the bundle.';
COMMENT ON COLUMN {schema}.bundles_with_deleted."internal_id" IS 'Internal number of the bundle at Invoiced, never reused, unlike id.';
COMMENT ON COLUMN {schema}.bundles_with_deleted."name" IS 'Name of the bundle.';
COMMENT ON COLUMN {schema}.bundles_with_deleted."updated_at" IS 'When the bundle was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.gl_accounts (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "code" text GENERATED ALWAYS AS ({schema}._text(raw -> 'code'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "parent_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'parent_id'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX gl_accounts_parent_id_idx ON {schema}.gl_accounts ("parent_id");

CREATE INDEX gl_accounts_updated_at_idx ON {schema}.gl_accounts ("updated_at");
COMMENT ON TABLE {schema}.gl_accounts IS 'General ledger accounts, from GET /gl_accounts. A deleted one leaves this table.';
COMMENT ON COLUMN {schema}.gl_accounts.id IS 'Invoiced id of the account; documents use its code.';
COMMENT ON COLUMN {schema}.gl_accounts.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.gl_accounts.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.gl_accounts.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.gl_accounts.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.gl_accounts."code" IS 'Code of the account in the general ledger.';
COMMENT ON COLUMN {schema}.gl_accounts."created_at" IS 'When the account was created.';
COMMENT ON COLUMN {schema}.gl_accounts."name" IS 'Name of the account.';
COMMENT ON COLUMN {schema}.gl_accounts."parent_id" IS 'Invoiced id of the parent account; NULL: none.';
COMMENT ON COLUMN {schema}.gl_accounts."updated_at" IS 'When the account was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.gl_accounts_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "code", "created_at", "name", "parent_id", "updated_at"
FROM {schema}.gl_accounts
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'code'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._bigint(raw -> 'parent_id'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'gl_accounts' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.gl_accounts_with_deleted IS 'The rows of gl_accounts, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.id IS 'Invoiced id of the account; documents use its code.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted."code" IS 'Code of the account in the general ledger.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted."created_at" IS 'When the account was created.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted."name" IS 'Name of the account.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted."parent_id" IS 'Invoiced id of the parent account; NULL: none.';
COMMENT ON COLUMN {schema}.gl_accounts_with_deleted."updated_at" IS 'When the account was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.payment_terms (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "active" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'active'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "discount_expires_in_days" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'discount_expires_in_days'::text)) STORED,
    "discount_is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'discount_is_percent'::text)) STORED,
    "discount_value" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'discount_value'::text)) STORED,
    "due_in_days" text GENERATED ALWAYS AS (CASE WHEN pg_catalog.jsonb_typeof(raw -> 'due_in_days'::text) IN ('string', 'number') THEN (raw -> 'due_in_days'::text) #>> '{}'::text[] END) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX payment_terms_updated_at_idx ON {schema}.payment_terms ("updated_at");
COMMENT ON TABLE {schema}.payment_terms IS 'Payment terms offered, from GET /payment_terms. A deleted one leaves this table; documents have the name of their terms as text.';
COMMENT ON COLUMN {schema}.payment_terms.id IS 'Invoiced id of the terms.';
COMMENT ON COLUMN {schema}.payment_terms.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_terms.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.payment_terms.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.payment_terms.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.payment_terms."active" IS 'Whether the terms are offered.';
COMMENT ON COLUMN {schema}.payment_terms."created_at" IS 'When the terms were created.';
COMMENT ON COLUMN {schema}.payment_terms."discount_expires_in_days" IS 'Days within which the early payment discount holds.';
COMMENT ON COLUMN {schema}.payment_terms."discount_is_percent" IS 'Whether discount_value is a percentage, not an amount.';
COMMENT ON COLUMN {schema}.payment_terms."discount_value" IS 'Early payment discount: percent or an amount of money, as discount_is_percent says.';
COMMENT ON COLUMN {schema}.payment_terms."due_in_days" IS 'Days until an invoice is due, as text; NULL where the terms give none.';
COMMENT ON COLUMN {schema}.payment_terms."name" IS 'Name of the terms, which documents have as text.';
COMMENT ON COLUMN {schema}.payment_terms."object" IS 'Kind of the object: always payment_terms.';
COMMENT ON COLUMN {schema}.payment_terms."updated_at" IS 'When the terms were last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.payment_terms_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "active", "created_at", "discount_expires_in_days", "discount_is_percent", "discount_value", "due_in_days", "name", "object", "updated_at"
FROM {schema}.payment_terms
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._boolean(raw -> 'active'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._bigint(raw -> 'discount_expires_in_days'::text),
    {schema}._boolean(raw -> 'discount_is_percent'::text),
    {schema}._numeric(raw -> 'discount_value'::text),
    CASE WHEN pg_catalog.jsonb_typeof(raw -> 'due_in_days'::text) IN ('string', 'number') THEN (raw -> 'due_in_days'::text) #>> '{}'::text[] END,
    {schema}._text(raw -> 'name'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'payment_terms' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.payment_terms_with_deleted IS 'The rows of payment_terms, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.id IS 'Invoiced id of the terms.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted."active" IS 'Whether the terms are offered.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted."created_at" IS 'When the terms were created.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted."discount_expires_in_days" IS 'Days within which the early payment discount holds.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted."discount_is_percent" IS 'Whether discount_value is a percentage, not an amount.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted."discount_value" IS 'Early payment discount: percent or an amount of money, as discount_is_percent says.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted."due_in_days" IS 'Days until an invoice is due, as text; NULL where the terms give none.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted."name" IS 'Name of the terms, which documents have as text.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted."object" IS 'Kind of the object: always payment_terms.';
COMMENT ON COLUMN {schema}.payment_terms_with_deleted."updated_at" IS 'When the terms were last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.late_fee_schedules (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "amount" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'amount'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "default" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'default'::text)) STORED,
    "enabled" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'enabled'::text)) STORED,
    "grace_period" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'grace_period'::text)) STORED,
    "is_percent" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'is_percent'::text)) STORED,
    "last_run" text GENERATED ALWAYS AS ({schema}._text(raw -> 'last_run'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "recurring_days" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'recurring_days'::text)) STORED,
    "start_date" text GENERATED ALWAYS AS ({schema}._text(raw -> 'start_date'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX late_fee_schedules_updated_at_idx ON {schema}.late_fee_schedules ("updated_at");
COMMENT ON TABLE {schema}.late_fee_schedules IS 'Rules for late fees, from GET /late_fee_schedules. A deleted one leaves this table.';
COMMENT ON COLUMN {schema}.late_fee_schedules.id IS 'Invoiced id of the schedule.';
COMMENT ON COLUMN {schema}.late_fee_schedules.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.late_fee_schedules.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.late_fee_schedules.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.late_fee_schedules.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.late_fee_schedules."amount" IS 'Fee: percent of what is owed, or an amount of money, as is_percent says.';
COMMENT ON COLUMN {schema}.late_fee_schedules."created_at" IS 'When the schedule was created.';
COMMENT ON COLUMN {schema}.late_fee_schedules."default" IS 'Whether new customers get this schedule.';
COMMENT ON COLUMN {schema}.late_fee_schedules."enabled" IS 'Whether the schedule is in force.';
COMMENT ON COLUMN {schema}.late_fee_schedules."grace_period" IS 'Days past due before the first fee.';
COMMENT ON COLUMN {schema}.late_fee_schedules."is_percent" IS 'Whether amount is a percentage, not an amount of money.';
COMMENT ON COLUMN {schema}.late_fee_schedules."last_run" IS 'When fees were last charged, as ISO 8601 text.';
COMMENT ON COLUMN {schema}.late_fee_schedules."name" IS 'Name of the schedule.';
COMMENT ON COLUMN {schema}.late_fee_schedules."recurring_days" IS 'Days between two fees on the same invoice; 0: one fee only.';
COMMENT ON COLUMN {schema}.late_fee_schedules."start_date" IS 'First day on which fees are charged, as YYYY-MM-DD.';
COMMENT ON COLUMN {schema}.late_fee_schedules."updated_at" IS 'When the schedule was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.late_fee_schedules_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "amount", "created_at", "default", "enabled", "grace_period", "is_percent", "last_run", "name", "recurring_days", "start_date", "updated_at"
FROM {schema}.late_fee_schedules
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._numeric(raw -> 'amount'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._boolean(raw -> 'default'::text),
    {schema}._boolean(raw -> 'enabled'::text),
    {schema}._bigint(raw -> 'grace_period'::text),
    {schema}._boolean(raw -> 'is_percent'::text),
    {schema}._text(raw -> 'last_run'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._bigint(raw -> 'recurring_days'::text),
    {schema}._text(raw -> 'start_date'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'late_fee_schedules' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.late_fee_schedules_with_deleted IS 'The rows of late_fee_schedules, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.id IS 'Invoiced id of the schedule.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted."amount" IS 'Fee: percent of what is owed, or an amount of money, as is_percent says.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted."created_at" IS 'When the schedule was created.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted."default" IS 'Whether new customers get this schedule.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted."enabled" IS 'Whether the schedule is in force.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted."grace_period" IS 'Days past due before the first fee.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted."is_percent" IS 'Whether amount is a percentage, not an amount of money.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted."last_run" IS 'When fees were last charged, as ISO 8601 text.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted."name" IS 'Name of the schedule.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted."recurring_days" IS 'Days between two fees on the same invoice; 0: one fee only.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted."start_date" IS 'First day on which fees are charged, as YYYY-MM-DD.';
COMMENT ON COLUMN {schema}.late_fee_schedules_with_deleted."updated_at" IS 'When the schedule was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.custom_fields (
    key text PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "external" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'external'::text)) STORED,
    "id" text GENERATED ALWAYS AS ({schema}._text(raw -> 'id'::text)) STORED,
    "internal_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'internal_id'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'type'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX custom_fields_id_idx ON {schema}.custom_fields USING spgist ("id");

CREATE INDEX custom_fields_updated_at_idx ON {schema}.custom_fields ("updated_at");
COMMENT ON TABLE {schema}.custom_fields IS 'Definitions of custom fields, whose values are in the metadata of objects, from GET /custom_fields. A deleted one leaves this table.';
COMMENT ON COLUMN {schema}.custom_fields.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.custom_fields.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.custom_fields.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.custom_fields.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.custom_fields.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.custom_fields."created_at" IS 'When the custom field was created.';
COMMENT ON COLUMN {schema}.custom_fields."external" IS 'Whether customers see the field.';
COMMENT ON COLUMN {schema}.custom_fields."id" IS 'Key of the values in metadata; several kinds of objects can share an id.';
COMMENT ON COLUMN {schema}.custom_fields."internal_id" IS 'Internal number of the custom field at Invoiced.';
COMMENT ON COLUMN {schema}.custom_fields."name" IS 'Name that people see.';
COMMENT ON COLUMN {schema}.custom_fields."object" IS 'Kind of the objects that have this field. Known values: credit_note, customer, estimate, invoice, item, line_item, payment, plan, subscription, transaction.';
COMMENT ON COLUMN {schema}.custom_fields."type" IS 'Type of the values. Known values: string, boolean, double, integer, enum, date, money.';
COMMENT ON COLUMN {schema}.custom_fields."updated_at" IS 'When the custom field was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.custom_fields_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, key, raw, read_at, synced_at, "created_at", "external", "id", "internal_id", "name", "object", "type", "updated_at"
FROM {schema}.custom_fields
UNION ALL
(SELECT deleted_at, evidence, key, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._boolean(raw -> 'external'::text),
    {schema}._text(raw -> 'id'::text),
    {schema}._bigint(raw -> 'internal_id'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._text(raw -> 'type'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'custom_fields' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.custom_fields_with_deleted IS 'The rows of custom_fields, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.key IS 'internal_id where the server gives it, else id.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted."created_at" IS 'When the custom field was created.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted."external" IS 'Whether customers see the field.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted."id" IS 'Key of the values in metadata; several kinds of objects can share an id.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted."internal_id" IS 'Internal number of the custom field at Invoiced.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted."name" IS 'Name that people see.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted."object" IS 'Kind of the objects that have this field. Known values: credit_note, customer, estimate, invoice, item, line_item, payment, plan, subscription, transaction.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted."type" IS 'Type of the values. Known values: string, boolean, double, integer, enum, date, money.';
COMMENT ON COLUMN {schema}.custom_fields_with_deleted."updated_at" IS 'When the custom field was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.members (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "email_update_frequency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'email_update_frequency'::text)) STORED,
    "last_accessed" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'last_accessed'::text)) STORED,
    "notification_viewed" text GENERATED ALWAYS AS ({schema}._text(raw -> 'notification_viewed'::text)) STORED,
    "notifications" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'notifications'::text)) STORED,
    "restriction_mode" text GENERATED ALWAYS AS ({schema}._text(raw -> 'restriction_mode'::text)) STORED,
    "role" text GENERATED ALWAYS AS ({schema}._text(raw -> 'role'::text)) STORED,
    "subscribe_all" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'subscribe_all'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX members_updated_at_idx ON {schema}.members ("updated_at");
COMMENT ON TABLE {schema}.members IS 'Users of the Invoiced account, from GET /members. Members with expiring access are not listed; those who lose access leave this table.';
COMMENT ON COLUMN {schema}.members.id IS 'Invoiced id of the membership; the user, with its own id, is in raw.';
COMMENT ON COLUMN {schema}.members.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.members.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.members.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.members.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.members."created_at" IS 'When the member was created.';
COMMENT ON COLUMN {schema}.members."email_update_frequency" IS 'How often the member is sent a summary by e-mail.';
COMMENT ON COLUMN {schema}.members."last_accessed" IS 'When the member was last seen.';
COMMENT ON COLUMN {schema}.members."notification_viewed" IS 'When the member last looked at notifications, as ISO 8601 text.';
COMMENT ON COLUMN {schema}.members."notifications" IS 'Whether the member gets notifications.';
COMMENT ON COLUMN {schema}.members."restriction_mode" IS 'What limits the customers that the member can see. Known values: none, custom_field, owner.';
COMMENT ON COLUMN {schema}.members."role" IS 'Id of the role that sets what the member may do (roles are not mirrored).';
COMMENT ON COLUMN {schema}.members."subscribe_all" IS 'Whether the member follows all customers.';
COMMENT ON COLUMN {schema}.members."updated_at" IS 'When the member was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.members_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "created_at", "email_update_frequency", "last_accessed", "notification_viewed", "notifications", "restriction_mode", "role", "subscribe_all", "updated_at"
FROM {schema}.members
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'email_update_frequency'::text),
    {schema}._timestamp(raw -> 'last_accessed'::text),
    {schema}._text(raw -> 'notification_viewed'::text),
    {schema}._boolean(raw -> 'notifications'::text),
    {schema}._text(raw -> 'restriction_mode'::text),
    {schema}._text(raw -> 'role'::text),
    {schema}._boolean(raw -> 'subscribe_all'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'members' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.members_with_deleted IS 'The rows of members, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.members_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.members_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.members_with_deleted.id IS 'Invoiced id of the membership; the user, with its own id, is in raw.';
COMMENT ON COLUMN {schema}.members_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.members_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.members_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.members_with_deleted."created_at" IS 'When the member was created.';
COMMENT ON COLUMN {schema}.members_with_deleted."email_update_frequency" IS 'How often the member is sent a summary by e-mail.';
COMMENT ON COLUMN {schema}.members_with_deleted."last_accessed" IS 'When the member was last seen.';
COMMENT ON COLUMN {schema}.members_with_deleted."notification_viewed" IS 'When the member last looked at notifications, as ISO 8601 text.';
COMMENT ON COLUMN {schema}.members_with_deleted."notifications" IS 'Whether the member gets notifications.';
COMMENT ON COLUMN {schema}.members_with_deleted."restriction_mode" IS 'What limits the customers that the member can see. Known values: none, custom_field, owner.';
COMMENT ON COLUMN {schema}.members_with_deleted."role" IS 'Id of the role that sets what the member may do (roles are not mirrored).';
COMMENT ON COLUMN {schema}.members_with_deleted."subscribe_all" IS 'Whether the member follows all customers.';
COMMENT ON COLUMN {schema}.members_with_deleted."updated_at" IS 'When the member was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.chasing_cadences (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "assignment_conditions" text GENERATED ALWAYS AS ({schema}._text(raw -> 'assignment_conditions'::text)) STORED,
    "assignment_mode" text GENERATED ALWAYS AS ({schema}._text(raw -> 'assignment_mode'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "frequency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'frequency'::text)) STORED,
    "last_run" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'last_run'::text)) STORED,
    "min_balance" numeric GENERATED ALWAYS AS ({schema}._numeric(raw -> 'min_balance'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "next_run" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'next_run'::text)) STORED,
    "object" text GENERATED ALWAYS AS ({schema}._text(raw -> 'object'::text)) STORED,
    "paused" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'paused'::text)) STORED,
    "run_date" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'run_date'::text)) STORED,
    "run_days" text GENERATED ALWAYS AS ({schema}._text(raw -> 'run_days'::text)) STORED,
    "time_of_day" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'time_of_day'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED
) WITH (toast_tuple_target = 4080);

CREATE INDEX chasing_cadences_updated_at_idx ON {schema}.chasing_cadences ("updated_at");
COMMENT ON TABLE {schema}.chasing_cadences IS 'Schedules of reminders to customers, from GET /chasing_cadences. A deleted one leaves this table.';
COMMENT ON COLUMN {schema}.chasing_cadences.id IS 'Invoiced id of the cadence.';
COMMENT ON COLUMN {schema}.chasing_cadences.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.chasing_cadences.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.chasing_cadences.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.chasing_cadences.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.chasing_cadences."assignment_conditions" IS 'Expression that picks the customers when assignment_mode is conditions.';
COMMENT ON COLUMN {schema}.chasing_cadences."assignment_mode" IS 'How customers are assigned to this cadence. Known values: none, default, conditions.';
COMMENT ON COLUMN {schema}.chasing_cadences."created_at" IS 'When the cadence was created.';
COMMENT ON COLUMN {schema}.chasing_cadences."frequency" IS 'How often the cadence runs. Known values: daily, day_of_week, day_of_month.';
COMMENT ON COLUMN {schema}.chasing_cadences."last_run" IS 'When it last ran; 1970-01-01: never.';
COMMENT ON COLUMN {schema}.chasing_cadences."min_balance" IS 'Least open balance for which a customer is chased.';
COMMENT ON COLUMN {schema}.chasing_cadences."name" IS 'Name of the cadence.';
COMMENT ON COLUMN {schema}.chasing_cadences."next_run" IS 'When it runs next.';
COMMENT ON COLUMN {schema}.chasing_cadences."object" IS 'Kind of the object: always chasing_cadence.';
COMMENT ON COLUMN {schema}.chasing_cadences."paused" IS 'Whether it is paused.';
COMMENT ON COLUMN {schema}.chasing_cadences."run_date" IS 'Day on which it runs: of the week (1 to 7) or of the month (1 to 31), as frequency says.';
COMMENT ON COLUMN {schema}.chasing_cadences."run_days" IS 'Days of the week on which it runs, 1 to 7, separated by commas; they override run_date.';
COMMENT ON COLUMN {schema}.chasing_cadences."time_of_day" IS 'Hour of the day at which it runs.';
COMMENT ON COLUMN {schema}.chasing_cadences."updated_at" IS 'When the cadence was last changed; some bulk changes at the source do not move it.';

CREATE VIEW {schema}.chasing_cadences_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "assignment_conditions", "assignment_mode", "created_at", "frequency", "last_run", "min_balance", "name", "next_run", "object", "paused", "run_date", "run_days", "time_of_day", "updated_at"
FROM {schema}.chasing_cadences
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'assignment_conditions'::text),
    {schema}._text(raw -> 'assignment_mode'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._text(raw -> 'frequency'::text),
    {schema}._timestamp(raw -> 'last_run'::text),
    {schema}._numeric(raw -> 'min_balance'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._timestamp(raw -> 'next_run'::text),
    {schema}._text(raw -> 'object'::text),
    {schema}._boolean(raw -> 'paused'::text),
    {schema}._bigint(raw -> 'run_date'::text),
    {schema}._text(raw -> 'run_days'::text),
    {schema}._bigint(raw -> 'time_of_day'::text),
    {schema}._timestamp(raw -> 'updated_at'::text)
FROM {schema}._deleted
WHERE resource = 'chasing_cadences' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.chasing_cadences_with_deleted IS 'The rows of chasing_cadences, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.id IS 'Invoiced id of the cadence.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted."assignment_conditions" IS 'Expression that picks the customers when assignment_mode is conditions.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted."assignment_mode" IS 'How customers are assigned to this cadence. Known values: none, default, conditions.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted."created_at" IS 'When the cadence was created.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted."frequency" IS 'How often the cadence runs. Known values: daily, day_of_week, day_of_month.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted."last_run" IS 'When it last ran; 1970-01-01: never.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted."min_balance" IS 'Least open balance for which a customer is chased.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted."name" IS 'Name of the cadence.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted."next_run" IS 'When it runs next.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted."object" IS 'Kind of the object: always chasing_cadence.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted."paused" IS 'Whether it is paused.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted."run_date" IS 'Day on which it runs: of the week (1 to 7) or of the month (1 to 31), as frequency says.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted."run_days" IS 'Days of the week on which it runs, 1 to 7, separated by commas; they override run_date.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted."time_of_day" IS 'Hour of the day at which it runs.';
COMMENT ON COLUMN {schema}.chasing_cadences_with_deleted."updated_at" IS 'When the cadence was last changed; some bulk changes at the source do not move it.';

CREATE TABLE {schema}.company (
    id bigint PRIMARY KEY,
    raw jsonb NOT NULL,
    hash bytea NOT NULL,
    read_at timestamptz NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    "address1" text GENERATED ALWAYS AS ({schema}._text(raw -> 'address1'::text)) STORED,
    "address2" text GENERATED ALWAYS AS ({schema}._text(raw -> 'address2'::text)) STORED,
    "address_extra" text GENERATED ALWAYS AS ({schema}._text(raw -> 'address_extra'::text)) STORED,
    "canceled" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'canceled'::text)) STORED,
    "city" text GENERATED ALWAYS AS ({schema}._text(raw -> 'city'::text)) STORED,
    "country" text GENERATED ALWAYS AS ({schema}._text(raw -> 'country'::text)) STORED,
    "created_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'created_at'::text)) STORED,
    "creator_id" bigint GENERATED ALWAYS AS ({schema}._bigint(raw -> 'creator_id'::text)) STORED,
    "currency" text GENERATED ALWAYS AS ({schema}._text(raw -> 'currency'::text)) STORED,
    "date_format" text GENERATED ALWAYS AS ({schema}._text(raw -> 'date_format'::text)) STORED,
    "email" text GENERATED ALWAYS AS ({schema}._text(raw -> 'email'::text)) STORED,
    "highlight_color" text GENERATED ALWAYS AS ({schema}._text(raw -> 'highlight_color'::text)) STORED,
    "industry" text GENERATED ALWAYS AS ({schema}._text(raw -> 'industry'::text)) STORED,
    "language" text GENERATED ALWAYS AS ({schema}._text(raw -> 'language'::text)) STORED,
    "logo" text GENERATED ALWAYS AS ({schema}._text(raw -> 'logo'::text)) STORED,
    "name" text GENERATED ALWAYS AS ({schema}._text(raw -> 'name'::text)) STORED,
    "nickname" text GENERATED ALWAYS AS ({schema}._text(raw -> 'nickname'::text)) STORED,
    "phone" text GENERATED ALWAYS AS ({schema}._text(raw -> 'phone'::text)) STORED,
    "postal_code" text GENERATED ALWAYS AS ({schema}._text(raw -> 'postal_code'::text)) STORED,
    "show_currency_code" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'show_currency_code'::text)) STORED,
    "state" text GENERATED ALWAYS AS ({schema}._text(raw -> 'state'::text)) STORED,
    "tax_id" text GENERATED ALWAYS AS ({schema}._text(raw -> 'tax_id'::text)) STORED,
    "test_mode" boolean GENERATED ALWAYS AS ({schema}._boolean(raw -> 'test_mode'::text)) STORED,
    "time_zone" text GENERATED ALWAYS AS ({schema}._text(raw -> 'time_zone'::text)) STORED,
    "trial_ends" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'trial_ends'::text)) STORED,
    "type" text GENERATED ALWAYS AS ({schema}._text(raw -> 'type'::text)) STORED,
    "updated_at" timestamptz GENERATED ALWAYS AS ({schema}._timestamp(raw -> 'updated_at'::text)) STORED,
    "url" text GENERATED ALWAYS AS ({schema}._text(raw -> 'url'::text)) STORED,
    "username" text GENERATED ALWAYS AS ({schema}._text(raw -> 'username'::text)) STORED,
    "website" text GENERATED ALWAYS AS ({schema}._text(raw -> 'website'::text)) STORED
) WITH (toast_tuple_target = 4080);
COMMENT ON TABLE {schema}.company IS 'The company that the account belongs to, from GET /companies/current. One row.';
COMMENT ON COLUMN {schema}.company.id IS 'Invoiced id of the company: which account this is.';
COMMENT ON COLUMN {schema}.company.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.company.hash IS 'BLAKE2b of the bytes received, 16 bytes long.';
COMMENT ON COLUMN {schema}.company.read_at IS 'When the request was sent that returned this row (by the database''s clock).';
COMMENT ON COLUMN {schema}.company.synced_at IS 'When this row was last written.';
COMMENT ON COLUMN {schema}.company."address1" IS 'First line of the postal address.';
COMMENT ON COLUMN {schema}.company."address2" IS 'Second line of the postal address.';
COMMENT ON COLUMN {schema}.company."address_extra" IS 'Further lines of the postal address.';
COMMENT ON COLUMN {schema}.company."canceled" IS 'Whether the account at Invoiced was canceled.';
COMMENT ON COLUMN {schema}.company."city" IS 'City of the postal address.';
COMMENT ON COLUMN {schema}.company."country" IS 'Country, as a two-letter ISO 3166 code.';
COMMENT ON COLUMN {schema}.company."created_at" IS 'When the company was created.';
COMMENT ON COLUMN {schema}.company."creator_id" IS 'Invoiced id of the user who created the company.';
COMMENT ON COLUMN {schema}.company."currency" IS 'Default currency, ISO 4217 code in lower case.';
COMMENT ON COLUMN {schema}.company."date_format" IS 'How the company writes dates, in the notation of PHP.';
COMMENT ON COLUMN {schema}.company."email" IS 'E-mail address of the company.';
COMMENT ON COLUMN {schema}.company."highlight_color" IS 'Colour of the brand, in hexadecimal notation.';
COMMENT ON COLUMN {schema}.company."industry" IS 'Industry of the company.';
COMMENT ON COLUMN {schema}.company."language" IS 'Default language, as a two-letter ISO 639 code.';
COMMENT ON COLUMN {schema}.company."logo" IS 'Address of the company''s logo.';
COMMENT ON COLUMN {schema}.company."name" IS 'Name of the company.';
COMMENT ON COLUMN {schema}.company."nickname" IS 'Short name of the company.';
COMMENT ON COLUMN {schema}.company."phone" IS 'Phone number.';
COMMENT ON COLUMN {schema}.company."postal_code" IS 'Postal code of the address.';
COMMENT ON COLUMN {schema}.company."show_currency_code" IS 'Whether documents show the currency code.';
COMMENT ON COLUMN {schema}.company."state" IS 'State or province of the postal address.';
COMMENT ON COLUMN {schema}.company."tax_id" IS 'Tax number of the company.';
COMMENT ON COLUMN {schema}.company."test_mode" IS 'Whether the account is for testing.';
COMMENT ON COLUMN {schema}.company."time_zone" IS 'Time zone of the days of dates, such as America/Chicago.';
COMMENT ON COLUMN {schema}.company."trial_ends" IS 'When the trial of the company ends or ended.';
COMMENT ON COLUMN {schema}.company."type" IS 'Legal kind of the company. Known values: company, government, non_profit, person.';
COMMENT ON COLUMN {schema}.company."updated_at" IS 'When the company was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.company."url" IS 'Address of the billing portal of the company.';
COMMENT ON COLUMN {schema}.company."username" IS 'Name of the company in the addresses of its portal.';
COMMENT ON COLUMN {schema}.company."website" IS 'Website of the company.';

CREATE VIEW {schema}.company_with_deleted AS
SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, id, raw, read_at, synced_at, "address1", "address2", "address_extra", "canceled", "city", "country", "created_at", "creator_id", "currency", "date_format", "email", "highlight_color", "industry", "language", "logo", "name", "nickname", "phone", "postal_code", "show_currency_code", "state", "tax_id", "test_mode", "time_zone", "trial_ends", "type", "updated_at", "url", "username", "website"
FROM {schema}.company
UNION ALL
(SELECT deleted_at, evidence, key::bigint, raw, read_at, deleted_at,
    {schema}._text(raw -> 'address1'::text),
    {schema}._text(raw -> 'address2'::text),
    {schema}._text(raw -> 'address_extra'::text),
    {schema}._boolean(raw -> 'canceled'::text),
    {schema}._text(raw -> 'city'::text),
    {schema}._text(raw -> 'country'::text),
    {schema}._timestamp(raw -> 'created_at'::text),
    {schema}._bigint(raw -> 'creator_id'::text),
    {schema}._text(raw -> 'currency'::text),
    {schema}._text(raw -> 'date_format'::text),
    {schema}._text(raw -> 'email'::text),
    {schema}._text(raw -> 'highlight_color'::text),
    {schema}._text(raw -> 'industry'::text),
    {schema}._text(raw -> 'language'::text),
    {schema}._text(raw -> 'logo'::text),
    {schema}._text(raw -> 'name'::text),
    {schema}._text(raw -> 'nickname'::text),
    {schema}._text(raw -> 'phone'::text),
    {schema}._text(raw -> 'postal_code'::text),
    {schema}._boolean(raw -> 'show_currency_code'::text),
    {schema}._text(raw -> 'state'::text),
    {schema}._text(raw -> 'tax_id'::text),
    {schema}._boolean(raw -> 'test_mode'::text),
    {schema}._text(raw -> 'time_zone'::text),
    {schema}._timestamp(raw -> 'trial_ends'::text),
    {schema}._text(raw -> 'type'::text),
    {schema}._timestamp(raw -> 'updated_at'::text),
    {schema}._text(raw -> 'url'::text),
    {schema}._text(raw -> 'username'::text),
    {schema}._text(raw -> 'website'::text)
FROM {schema}._deleted
WHERE resource = 'company' AND returned_at IS NULL OFFSET 0);
COMMENT ON VIEW {schema}.company_with_deleted IS 'The rows of company, and below them those deleted at the source, as they last were (deleted_at is set).';
COMMENT ON COLUMN {schema}.company_with_deleted.deleted_at IS 'When the row was moved to the tombstones; NULL: it is still there.';
COMMENT ON COLUMN {schema}.company_with_deleted.deleted_evidence IS 'Evidence for the deletion; NULL: it is still there.';
COMMENT ON COLUMN {schema}.company_with_deleted.id IS 'Invoiced id of the company: which account this is.';
COMMENT ON COLUMN {schema}.company_with_deleted.raw IS 'The record as the list served it.';
COMMENT ON COLUMN {schema}.company_with_deleted.read_at IS 'When the request was sent that returned this row (by the database''s clock); of a deleted one, the request that confirmed the deletion.';
COMMENT ON COLUMN {schema}.company_with_deleted.synced_at IS 'When this row was last written; of a deleted one, when it was moved to the tombstones.';
COMMENT ON COLUMN {schema}.company_with_deleted."address1" IS 'First line of the postal address.';
COMMENT ON COLUMN {schema}.company_with_deleted."address2" IS 'Second line of the postal address.';
COMMENT ON COLUMN {schema}.company_with_deleted."address_extra" IS 'Further lines of the postal address.';
COMMENT ON COLUMN {schema}.company_with_deleted."canceled" IS 'Whether the account at Invoiced was canceled.';
COMMENT ON COLUMN {schema}.company_with_deleted."city" IS 'City of the postal address.';
COMMENT ON COLUMN {schema}.company_with_deleted."country" IS 'Country, as a two-letter ISO 3166 code.';
COMMENT ON COLUMN {schema}.company_with_deleted."created_at" IS 'When the company was created.';
COMMENT ON COLUMN {schema}.company_with_deleted."creator_id" IS 'Invoiced id of the user who created the company.';
COMMENT ON COLUMN {schema}.company_with_deleted."currency" IS 'Default currency, ISO 4217 code in lower case.';
COMMENT ON COLUMN {schema}.company_with_deleted."date_format" IS 'How the company writes dates, in the notation of PHP.';
COMMENT ON COLUMN {schema}.company_with_deleted."email" IS 'E-mail address of the company.';
COMMENT ON COLUMN {schema}.company_with_deleted."highlight_color" IS 'Colour of the brand, in hexadecimal notation.';
COMMENT ON COLUMN {schema}.company_with_deleted."industry" IS 'Industry of the company.';
COMMENT ON COLUMN {schema}.company_with_deleted."language" IS 'Default language, as a two-letter ISO 639 code.';
COMMENT ON COLUMN {schema}.company_with_deleted."logo" IS 'Address of the company''s logo.';
COMMENT ON COLUMN {schema}.company_with_deleted."name" IS 'Name of the company.';
COMMENT ON COLUMN {schema}.company_with_deleted."nickname" IS 'Short name of the company.';
COMMENT ON COLUMN {schema}.company_with_deleted."phone" IS 'Phone number.';
COMMENT ON COLUMN {schema}.company_with_deleted."postal_code" IS 'Postal code of the address.';
COMMENT ON COLUMN {schema}.company_with_deleted."show_currency_code" IS 'Whether documents show the currency code.';
COMMENT ON COLUMN {schema}.company_with_deleted."state" IS 'State or province of the postal address.';
COMMENT ON COLUMN {schema}.company_with_deleted."tax_id" IS 'Tax number of the company.';
COMMENT ON COLUMN {schema}.company_with_deleted."test_mode" IS 'Whether the account is for testing.';
COMMENT ON COLUMN {schema}.company_with_deleted."time_zone" IS 'Time zone of the days of dates, such as America/Chicago.';
COMMENT ON COLUMN {schema}.company_with_deleted."trial_ends" IS 'When the trial of the company ends or ended.';
COMMENT ON COLUMN {schema}.company_with_deleted."type" IS 'Legal kind of the company. Known values: company, government, non_profit, person.';
COMMENT ON COLUMN {schema}.company_with_deleted."updated_at" IS 'When the company was last changed; some bulk changes at the source do not move it.';
COMMENT ON COLUMN {schema}.company_with_deleted."url" IS 'Address of the billing portal of the company.';
COMMENT ON COLUMN {schema}.company_with_deleted."username" IS 'Name of the company in the addresses of its portal.';
COMMENT ON COLUMN {schema}.company_with_deleted."website" IS 'Website of the company.';
