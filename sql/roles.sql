-- Three roles for one mirror, each with no more rights than it needs:
--
--   owner    owns the schema and everything in it, and runs `invoiced-sync migrate`
--   writer   runs the service, with SYNC_AUTO_MIGRATE=false: it reads and writes rows, and can change no table
--   reader   for analysts: it reads the mirror and its freshness, and can write nothing
--
-- Run it in psql, connected to the mirror's database as a role that may create roles (CREATEROLE) and schemas (CREATE
-- on the database, which its owner has); no superuser is needed:
--
--   psql -d books -f roles.sql
--   psql -d books -c '\password invoiced_owner'    also for invoiced_writer and invoiced_reader: they have none yet
--   DATABASE_URL=postgresql://invoiced_owner:…@host/books invoiced-sync migrate
--   psql -d books -f roles.sql
--
-- The second run revokes what writer and reader don't need. Before the first migration it can only set default
-- privileges, the same for all future tables: the writer may then write the owner's bookkeeping, and the reader read
-- all of it. Tables of later migrations get the same privileges. It may be run again at any time, also as the owner,
-- and changes nothing else.
--
-- Other names:  psql -v schema=books -v owner=dba -v writer=service -v reader=analysts -f roles.sql
-- Existing roles are used as they are. If one role owns and writes the mirror so far, name that role as the owner.
--
-- The roles created here look for names in pg_catalog only (search_path), the reader then in the mirror's schema, so
-- that `SELECT * FROM invoices` works. In a schema where others may create, such as public up to Postgres 14, someone
-- could plant a function or an operator that fits better than the built-in one, and it would run with the caller's
-- rights. For existing roles:  ALTER ROLE name SET search_path = pg_catalog;
-- and for all users of the database:  REVOKE CREATE ON SCHEMA public FROM PUBLIC;
--
-- To hide something from some readers, don't give them the reader role but one of your own; this script never changes
-- its grants.
--
--   CREATE ROLE clerks;
--   GRANT USAGE ON SCHEMA invoiced TO clerks;
--   GRANT SELECT ON invoiced.payments, invoiced.credit_notes TO clerks;
--   GRANT SELECT (id, number, name, email) ON invoiced.customers TO clerks;    (column by column, since raw has it all)
--
-- `payment_sources` has bank details; `events` and the views NAME_with_deleted have `raw` as well.

\set ON_ERROR_STOP on
\set QUIET on
\if :{?schema}
\else
  \set schema invoiced
\endif
\if :{?owner}
\else
  \set owner :schema _owner
\endif
\if :{?writer}
\else
  \set writer :schema _writer
\endif
\if :{?reader}
\else
  \set reader :schema _reader
\endif

BEGIN;

-- First, because a superuser may run this, and others may have planted functions in public.
SET LOCAL search_path = pg_catalog;

SELECT format('DO %L', format('BEGIN RAISE EXCEPTION USING MESSAGE = %L, HINT = %L; END',
    format('%s in the schema %s belongs to %s, not to %s.', o.what, :'schema', o.role, :'owner'),
    format('Run this with -v owner=''%s'', or let %s own all of it.', replace(o.role, '''', '''\'''''), :'owner')))
FROM (
    SELECT 'Everything' AS what, pg_get_userbyid(nspowner) AS role FROM pg_namespace WHERE nspname = :'schema'
    UNION ALL
    SELECT c.relname, pg_get_userbyid(c.relowner) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = :'schema' AND c.relkind IN ('r', 'v')
) AS o
WHERE o.role <> :'owner' LIMIT 1 \gexec

SELECT format('CREATE ROLE %I LOGIN', r.name), format('ALTER ROLE %I SET search_path = %s', r.name, r.path)
FROM (
    VALUES (:'owner', 'pg_catalog'), (:'writer', 'pg_catalog'), (:'reader', format('pg_catalog, %I', :'schema'))
) AS r (name, path)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r.name) \gexec

SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), r.name)
FROM unnest(ARRAY[:'owner', :'writer', :'reader']) AS r (name)
WHERE NOT has_database_privilege(r.name, current_database(), 'CONNECT') \gexec

-- Some engines copy roles to their nodes at commit, and need them there from here on.
COMMIT;
BEGIN;
SET LOCAL search_path = pg_catalog;

-- The owner grants its own objects. The creator of a role may become it; from Postgres 16 on only if granted.
SELECT NOT pg_has_role(:'owner', CASE WHEN current_setting('server_version_num')::integer < 160000 THEN 'MEMBER'
                                      ELSE 'SET' END) AS joins \gset
\if :joins
  GRANT :"owner" TO CURRENT_USER;
\endif

SELECT format('CREATE SCHEMA %I AUTHORIZATION %I', :'schema', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = :'schema') \gexec

SET LOCAL ROLE :"owner";

GRANT USAGE ON SCHEMA :"schema" TO :"writer", :"reader";

-- Future objects. Generated columns and views call the helpers with the rights of the writer or reader.

ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"writer";
ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema" GRANT SELECT ON TABLES TO :"reader";
ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema" GRANT EXECUTE ON FUNCTIONS TO :"writer", :"reader";

-- Existing objects. The views read tables and tombstones with the rights of their owner, but engines that inline views
-- use those of the reader, who may read all views of tombstones anyway.

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA :"schema" TO :"writer", :"reader";

WITH bookkeeping (name, writes, reads) AS (
    VALUES ('_migration', 'SELECT', NULL),
        ('_account', 'SELECT, INSERT', 'SELECT'),
        ('_run', 'SELECT, INSERT, UPDATE', 'SELECT'),
        ('_resource_state', 'SELECT, INSERT, UPDATE', 'SELECT'),
        ('_deleted', 'SELECT, INSERT, UPDATE', 'SELECT'),
        ('_checkpoint', 'SELECT, INSERT, UPDATE, DELETE', NULL),
        ('_refetch_queue', 'SELECT, INSERT, UPDATE, DELETE', NULL),
        ('_rejected', 'SELECT, INSERT, UPDATE, DELETE', NULL),
        ('_problem', 'SELECT, INSERT, UPDATE, DELETE', NULL),
        ('_misfit', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT'),
        ('_nested_fill', 'SELECT, UPDATE, DELETE', 'SELECT')
), relations AS (
    SELECT c.relname AS name, coalesce(b.reads, CASE WHEN b.name IS NULL THEN 'SELECT' END) AS reads,
        coalesce(b.writes, CASE WHEN c.relkind = 'r' THEN 'SELECT, INSERT, UPDATE, DELETE' END) AS writes
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace LEFT JOIN bookkeeping AS b ON b.name = c.relname
    WHERE n.nspname = :'schema' AND c.relkind IN ('r', 'v')
)
SELECT format('REVOKE ALL ON %I.%I FROM %I', :'schema', name, :'writer'),
    CASE WHEN writes IS NOT NULL THEN format('GRANT %s ON %I.%I TO %I', writes, :'schema', name, :'writer') END,
    format('REVOKE ALL ON %I.%I FROM %I', :'schema', name, :'reader'),
    CASE WHEN reads IS NOT NULL THEN format('GRANT %s ON %I.%I TO %I', reads, :'schema', name, :'reader') END
FROM relations ORDER BY name \gexec

RESET ROLE;
\if :joins
  REVOKE :"owner" FROM CURRENT_USER;
\endif

COMMIT;

\echo For the schema :schema there are the roles :owner (owner), :writer (writer) and :reader (reader).
