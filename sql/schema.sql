-- What the bookkeeping of one mirror looks like: helpers of the typed columns, and the tables that start with an
-- underscore. The mirror tables stand in tables/, their views in views/. How an older schema gets here is told in
-- migrations/; a test proves that both roads end in the same place.
--
-- {schema} is the quoted schema of the account. Nothing here needs an extension, a superuser or session state.

-- Helpers of the generated columns. Each yields NULL on an unexpected type or range, never an error: one odd field must
-- not keep a record out. CASE keeps the cast behind its check. A RETURN body is parsed once, here, so that a restored
-- dump (whose search_path is empty) finds everything.

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
        -- the years 1 to 9999: what clients of Postgres can show
        CASE WHEN j::numeric >= -62135596800::numeric
              AND j::numeric <= 253402300799::numeric
             -- microseconds are all that a timestamp holds, and 1e-400 would not fit a double
             THEN pg_catalog.to_timestamp(pg_catalog.round(j::numeric, 6)::double precision) END END;
COMMENT ON FUNCTION {schema}._timestamp(jsonb) IS 'Unix seconds as a point in time (years 1 to 9999); NULL for anything else.';

-- Bookkeeping.

CREATE TABLE {schema}._migration (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE {schema}._migration IS 'The migrations that brought this schema here.';
COMMENT ON COLUMN {schema}._migration.version IS 'Number of the migration; the highest one is the version of the schema.';
COMMENT ON COLUMN {schema}._migration.name IS 'Name of its file.';
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
COMMENT ON TABLE {schema}._resource_state IS 'One row for each resource: how far its first load is, when it last succeeded, why it failed.';
COMMENT ON COLUMN {schema}._resource_state.resource IS 'Name of the resource, which is also the name of its table.';
COMMENT ON COLUMN {schema}._resource_state.load_started_at IS 'When the first load began.';
COMMENT ON COLUMN {schema}._resource_state.loaded_at IS 'When the first load was complete; NULL until then.';
COMMENT ON COLUMN {schema}._resource_state.source_count IS 'Rows that the source last said it has; NULL where it does not count.';
COMMENT ON COLUMN {schema}._resource_state.missing IS 'Rows that the mirror lacked against source_count after the last complete read; 0 is right.';
COMMENT ON COLUMN {schema}._resource_state.succeeded_at IS 'Start of the last complete read that wrote something; _run.watermarks has the quiet ones.';
COMMENT ON COLUMN {schema}._resource_state.swept_at IS 'Start of the last complete read of the whole list.';
COMMENT ON COLUMN {schema}._resource_state.deep_at IS 'Start of the last pass that compared what a polled list changed lately.';
COMMENT ON COLUMN {schema}._resource_state.verified_at IS 'When the resource was last verified.';
COMMENT ON COLUMN {schema}._resource_state.differences IS 'Differences that stood after the last verification; 0 is right.';
COMMENT ON COLUMN {schema}._resource_state.unavailable_at IS 'When a second refusal, minutes after the first, made the resource unavailable; NULL while it is available.';
COMMENT ON COLUMN {schema}._resource_state.unavailable_why IS 'What the server said about it.';
COMMENT ON COLUMN {schema}._resource_state.new_fields IS 'Top-level fields seen that this version does not know; they are kept in raw.';
COMMENT ON COLUMN {schema}._resource_state.refused_at IS 'When the account was first refused this resource; NULL after the next success.';
COMMENT ON COLUMN {schema}._resource_state.refusals IS 'How often it was refused since.';
COMMENT ON COLUMN {schema}._resource_state.ask_at IS 'When it is asked for again; soon at first, daily in the end.';
COMMENT ON COLUMN {schema}._resource_state.had_rows IS 'Whether the mirror had rows of it when it became unavailable: those grow old.';
COMMENT ON COLUMN {schema}._resource_state.sweep_wanted_at IS 'When something last asked for a complete read of the whole list; one that began later serves it.';
COMMENT ON COLUMN {schema}._resource_state.unsettled IS 'Rows of which the last verification could not tell whether they are still there; 0 is right.';
COMMENT ON COLUMN {schema}._resource_state.proven IS 'Undocumented abilities of the list that were seen to work: what is read without them later proves no deletion.';

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
COMMENT ON COLUMN {schema}._checkpoint.variant IS 'Which of the resource''s lists: empty for the only one, or such as archived=1.';
COMMENT ON COLUMN {schema}._checkpoint.lane IS '0 is the tail, which goes on for ever; 1 and up are the lanes of the first load (or of a pass in id order), -1 and down those of a sweep.';
COMMENT ON COLUMN {schema}._checkpoint.lo IS 'The lane begins after this second of updated_at; NULL: at the beginning of the list.';
COMMENT ON COLUMN {schema}._checkpoint.hi IS 'The lane ends with this second of updated_at; NULL: it has no end.';
COMMENT ON COLUMN {schema}._checkpoint.cursor_u IS 'Second of updated_at up to which everything is read; -2^62 and below: rows without updated_at, which come first.';
COMMENT ON COLUMN {schema}._checkpoint.cursor_id IS 'Id within that second (or in the list, or of the parent) up to which everything is read; NULL: all of the second.';
COMMENT ON COLUMN {schema}._checkpoint.cursor_o IS 'How many rows stood between the bound and the cursor when last seen: a hint where to look, never truth.';
COMMENT ON COLUMN {schema}._checkpoint.done IS 'Whether the end of the lane was reached.';
COMMENT ON COLUMN {schema}._checkpoint.version IS 'Rises by one with each move; who finds another number has lost a race and reads again.';
COMMENT ON COLUMN {schema}._checkpoint.requests IS 'Requests that this lane has cost.';
COMMENT ON COLUMN {schema}._checkpoint.seen IS 'Rows that its answers held.';
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
COMMENT ON TABLE {schema}._refetch_queue IS 'What events told us to look at again; committed with the event, removed when looked at. Empty when all is quiet.';
COMMENT ON COLUMN {schema}._refetch_queue.kind IS 'reread: read this object from its list; children: read the list of this parent; gone: confirm that it is deleted; absent: see whether a second listing lacks it too; owned: read what belongs to this customer; sweep: read the whole list.';
COMMENT ON COLUMN {schema}._refetch_queue.resource IS 'Name of the resource to look at.';
COMMENT ON COLUMN {schema}._refetch_queue.key IS 'Id of the object, or of the parent.';
COMMENT ON COLUMN {schema}._refetch_queue.event_id IS 'The event that told it.';
COMMENT ON COLUMN {schema}._refetch_queue.noted_at IS 'When it was noted.';
COMMENT ON COLUMN {schema}._refetch_queue.next_attempt_at IS 'Not to be tried before this.';
COMMENT ON COLUMN {schema}._refetch_queue.attempts IS 'How often it was tried.';
COMMENT ON COLUMN {schema}._refetch_queue.held IS 'Whether a deletion is confirmed but held back for a person, since there are so many at once.';
COMMENT ON COLUMN {schema}._refetch_queue.told_at IS 'When the event was written that told it.';
COMMENT ON COLUMN {schema}._refetch_queue.told_stamp IS 'The updated_at that the event''s snapshot shows, as unix second: a row that shows it is as new as the event.';
COMMENT ON COLUMN {schema}._refetch_queue.last_at IS 'When it was last noted.';
COMMENT ON COLUMN {schema}._refetch_queue.absent_since IS 'When a complete listing first lacked the row, or an empty one was first seen.';
COMMENT ON COLUMN {schema}._refetch_queue.why IS 'Why it could not be followed so far.';

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
COMMENT ON TABLE {schema}._run IS 'One row for each run of the program; its heartbeat is all that a quiet cycle writes.';
COMMENT ON COLUMN {schema}._run.id IS 'Number of the run, also in each log line.';
COMMENT ON COLUMN {schema}._run.verb IS 'backfill, run or resync.';
COMMENT ON COLUMN {schema}._run.program_version IS 'Version of invoiced-sync.';
COMMENT ON COLUMN {schema}._run.started_at IS 'When it began.';
COMMENT ON COLUMN {schema}._run.beat_at IS 'Last sign of life.';
COMMENT ON COLUMN {schema}._run.ended_at IS 'When it ended in order; NULL while it runs, or when it was killed.';
COMMENT ON COLUMN {schema}._run.exit_code IS 'What it ended with.';
COMMENT ON COLUMN {schema}._run.cycles IS 'Cycles completed.';
COMMENT ON COLUMN {schema}._run.requests IS 'Requests made.';
COMMENT ON COLUMN {schema}._run.seen IS 'Rows that the answers held.';
COMMENT ON COLUMN {schema}._run.stored IS 'Rows that were new or had changed.';
COMMENT ON COLUMN {schema}._run.deleted IS 'Rows confirmed as deleted.';
COMMENT ON COLUMN {schema}._run.rejected IS 'Records that could not be stored.';
COMMENT ON COLUMN {schema}._run.watermarks IS 'For each resource, the unix second up to which the last complete read of this run makes it complete.';
COMMENT ON COLUMN {schema}._run.last_cycle IS 'What the last cycle cost: requests, rows by outcome, seconds.';
COMMENT ON COLUMN {schema}._run.failure IS 'Why it ended, if not as asked.';
COMMENT ON COLUMN {schema}._run.log_id IS 'What each line of its log bears as `run`.';

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
COMMENT ON COLUMN {schema}._rejected.body IS 'The record as it was received; empty once too many others followed.';
COMMENT ON COLUMN {schema}._rejected.read_at IS 'When the question was asked that it answered.';
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
COMMENT ON TABLE {schema}._deleted IS 'Tombstones: rows that are gone at the source, as they last were.';
COMMENT ON COLUMN {schema}._deleted.id IS 'Number of the tombstone.';
COMMENT ON COLUMN {schema}._deleted.resource IS 'Name of the resource.';
COMMENT ON COLUMN {schema}._deleted.key IS 'Key of the row in its table.';
COMMENT ON COLUMN {schema}._deleted.raw IS 'The row as it last was.';
COMMENT ON COLUMN {schema}._deleted.evidence IS 'How its end was learned and confirmed.';
COMMENT ON COLUMN {schema}._deleted.read_at IS 'When the question was asked whose answer confirmed it: an older page can''t bring the row back.';
COMMENT ON COLUMN {schema}._deleted.deleted_at IS 'When it was moved here.';
COMMENT ON COLUMN {schema}._deleted.returned_at IS 'When a later read found the row again, which closed this entry; NULL: it is gone.';
COMMENT ON COLUMN {schema}._deleted.forced IS 'Whether a person asked for it with --force; others are counted against the most that a day may delete.';

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
COMMENT ON TABLE {schema}._problem IS 'What goes wrong at the moment, by resource and activity. Empty is right: the next success of the activity takes its row away.';
COMMENT ON COLUMN {schema}._problem.resource IS 'Name of the resource; * for what concerns all.';
COMMENT ON COLUMN {schema}._problem.activity IS 'What fails: load, poll, sweep, nightly, verify, refetch, parents, or request (one that is asked again and again).';
COMMENT ON COLUMN {schema}._problem.first_at IS 'Since when it fails.';
COMMENT ON COLUMN {schema}._problem.last_at IS 'When it last failed.';
COMMENT ON COLUMN {schema}._problem.times IS 'How often it failed since.';
COMMENT ON COLUMN {schema}._problem.why IS 'Why, with the server''s words.';
COMMENT ON COLUMN {schema}._problem.brief IS 'Why, without the server''s words and without ids.';

CREATE TABLE {schema}._misfit (
    resource text NOT NULL,
    key text NOT NULL,
    fields text[] NOT NULL,
    PRIMARY KEY (resource, key)
);
COMMENT ON TABLE {schema}._misfit IS 'Rows with a field that is in raw and did not fit its column, which is NULL. Empty is right.';
COMMENT ON COLUMN {schema}._misfit.resource IS 'Name of the resource.';
COMMENT ON COLUMN {schema}._misfit.key IS 'Key of the row in its table.';
COMMENT ON COLUMN {schema}._misfit.fields IS 'Each such field and what it came as, such as amount:string.';
