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
    proven text[] NOT NULL DEFAULT '{}',
    included text[],
    left_out text
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
COMMENT ON COLUMN {schema}._resource_state.included IS 'Hidden fields that the list is asked for with include; NULL: not decided yet.';
COMMENT ON COLUMN {schema}._resource_state.left_out IS 'Hidden fields that it is not asked for, and why; NULL: none.';

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
    log_id text,
    limits jsonb NOT NULL DEFAULT '{}'
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
COMMENT ON COLUMN {schema}._run.limits IS 'For each resource, how many seconds it may be behind before it counts as late.';

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

CREATE TABLE {schema}._nested_fill (
    resource text PRIMARY KEY,
    filled_to text
);
COMMENT ON TABLE {schema}._nested_fill IS 'Resources whose nested tables came to a mirror with rows and are being filled from raw. Empty is right: a row goes when its resource is done.';
COMMENT ON COLUMN {schema}._nested_fill.resource IS 'Name of the resource.';
COMMENT ON COLUMN {schema}._nested_fill.filled_to IS 'Key up to which the nested rows are there; NULL: not begun.';
