"""`check` of the database: what it is, what its user may do, and what others may do to the mirror."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from typing import Any, Final

from sync_daemon.cli.findings import Findings, carefully, compare_clock
from sync_daemon.errors import Exit, SyncError
from sync_daemon.humanize import few
from sync_daemon.model.resources import BY_NAME
from sync_daemon.postgres import migrations
from sync_daemon.postgres.columns import SQL
from sync_daemon.postgres.connection import ANOTHER_ENCODING, STANDBY, TAKES_NO_WRITES, read_clock
from sync_daemon.postgres.nested_tables import nested_tables
from sync_daemon.postgres.statements import Queries
from sync_daemon.postgres.store import Store
from sync_daemon.runtime.database import open_database
from sync_daemon.settings import libpq
from sync_daemon.settings.database_url import Unusable
from sync_daemon.settings.fields import Settings, names_a_database

OLDEST: Final = 15
"""The oldest Postgres with the SQL function bodies that we use."""
LEAST: Final = 60_000
"""Milliseconds: a shorter timeout of the server may cancel work that is only slow."""
REMEDY: Final = "See that Postgres is up and can be reached from here, and check host and port in DATABASE_URL."


async def look_at_database(settings: Settings, findings: Findings) -> None:
    await carefully(findings, "database", "connection", REMEDY, lambda: _database(settings, findings),
                    where=_place(settings))


def _place(settings: Settings) -> str:
    """Where we connect to; an empty text if the settings are unusable."""
    if not names_a_database(settings, os.environ):
        return "the embedded Postgres"
    try:
        hosts = target_of(settings).hosts
    except Unusable:
        return ""
    return few([f"{host.name}:{host.port}" for host in hosts])


def target_of(settings: Settings) -> libpq.Target:
    """How to connect to the user's own database. Raises Unusable."""
    return libpq.target(settings.database_url.get_secret_value() if settings.database_url else None, os.environ)


async def _database(settings: Settings, findings: Findings) -> None:
    queries = Queries(settings.sync_schema)
    async with open_database(settings) as pool:
        store = Store(pool, queries, await read_clock(pool), asyncio.Event(), patience=0.0)
        server = dict(await store.server.about([*BY_NAME, *(one.name for one in nested_tables())]))
        _server(server, findings)
        _rights(server, settings, findings)
        await carefully(findings, "database", "schema", REMEDY, lambda: _schema(store, server, settings, findings))
        try:
            await _neighbours(store, server, findings)
        except SyncError as error:  # some hosts hide part of the catalogue
            findings.note("database", "neighbours", f"what others do here can't be seen: {error}")
        compare_clock(findings, "database", (store.clock.now() - datetime.now(UTC)).total_seconds())


def _server(server: dict[str, Any], findings: Findings) -> None:
    version = f"Postgres {server['version'].split()[0]}"
    if server["version_num"] < OLDEST * 10_000:
        findings.wrong("database", "version", f"{version} is too old", f"Use Postgres {OLDEST} or later.")
    else:
        findings.ok("database", "version", f"{version}, database {server['database']}, user {server['role']}")
    if server["encoding"] != "UTF8":
        findings.wrong("database", "encoding", f"the database has the encoding {server['encoding']}, which not every "
                       "record fits into", ANOTHER_ENCODING)
    if server["standby"]:
        findings.wrong("database", "writing", "the database is a standby, which is read-only", STANDBY)
    elif server["read_only"]:
        findings.wrong("database", "writing", "the database takes no writes now (default_transaction_read_only is on)",
                       TAKES_NO_WRITES, Exit.TEMPORARY)


async def _neighbours(store: Store, server: dict[str, Any], findings: Findings) -> None:
    row = await store.server.neighbours()
    short = [(name, int(value)) for name, _, value in (one.partition("=") for one in row["timeouts"])
             if 0 < int(value) < LEAST]
    for name, value in short:
        findings.note("database", name, f"is {value:,} ms for {server['quoted_role']}: slow statements are "
                      "cancelled, and fail", f"ALTER ROLE {server['quoted_role']} SET {name} = '1min', or more, or 0.")
    if row["creators"]:
        findings.note("database", "search_path", "others may plant functions where this database looks for names; this "
                      "program calls none of them, but other users' queries may",
                      "As the owner of the schema: " + "; ".join(f"REVOKE {one}" for one in row["creators"]) + ".")
    if row["subscriptions"]:
        findings.wrong("database", "subscription", f"tables of the mirror are written by logical replication "
                       f"({few(row['subscriptions'])})", "Point DATABASE_URL at its publisher; or, if this "
                       "database is to be written by us from now on, ALTER SUBSCRIPTION … DISABLE.")
    if row["unpublished"]:
        findings.wrong("database", "publication", f"every UPDATE of {few(row['unpublished'])} fails: its REPLICA "
                       "IDENTITY has columns that a publication does not publish", "As the owner: " + "; ".join(
                           f"ALTER TABLE {one} REPLICA IDENTITY DEFAULT" for one in row["unpublished"][:3]) + ".")


def _rights(server: dict[str, Any], settings: Settings, findings: Findings) -> None:
    schema, role, database = server["quoted_schema"], server["quoted_role"], server["quoted_database"]
    roles, lacking = f"Or run {SQL / 'roles.sql'}, which makes roles and grants what they need.", server["lacking"]
    if not server["has_schema"]:
        if server["may_make_schemas"]:
            findings.ok("database", "rights", f"{role} may make the schema {schema}")
        else:
            findings.wrong("database", "rights", f"{role} may not make the schema {schema}",
                           f"As the database's owner: GRANT CREATE ON DATABASE {database} TO "
                           f"{role}, or CREATE SCHEMA {schema} AUTHORIZATION {role}. {roles}")
    elif not server["may_use_schema"]:
        need = "USAGE, CREATE" if settings.sync_auto_migrate else "USAGE"
        findings.wrong("database", "rights", f"{role} may not use the schema {schema}",
                       f"As its owner: GRANT {need} ON SCHEMA {schema} TO {role}. {roles}")
    elif lacking:
        more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
        findings.wrong("database", "rights", f"{role} lacks {'; '.join(lacking[:3])}{more}",
                       "As their owner: " + "; ".join(f"GRANT {one} TO {role}" for one in lacking[:3]) +
                       f"{more and '; …'}. {roles}")
    elif server["may_migrate"]:
        findings.ok("database", "rights", f"{role} may read and write all tables in {schema}, and change them")
    elif settings.sync_auto_migrate:
        findings.note("database", "rights", f"{role} may read and write all tables in {schema}, but not change them",
                      "Let their owner run `invoiced-sync migrate`, and set SYNC_AUTO_MIGRATE=false here.")
    else:
        findings.ok("database", "rights", f"{role} may read and write all tables in {schema}; their owner migrates")


async def _schema(store: Store, server: dict[str, Any], settings: Settings, findings: Findings) -> None:
    pending = await migrations.pending(store.pool, store.queries)
    known = len(store.queries.migrations())
    have = known - len(pending)
    if have == 0 and server["has_tables"]:
        findings.wrong("database", "schema", f"{settings.sync_schema} holds tables that are not of this program",
                       "Set SYNC_SCHEMA to a schema of its own.")
    elif pending and not settings.sync_auto_migrate:
        findings.wrong("database", "schema", f"{settings.sync_schema} has version {have}, this program {known}",
                       "Run `invoiced-sync migrate`, or leave SYNC_AUTO_MIGRATE at true.")
    elif pending and server["may_migrate"] is False:
        findings.wrong("database", "schema", f"{settings.sync_schema} has version {have}, this program {known}, and "
                       "another role owns it", "Run `invoiced-sync migrate` as its owner.")
    elif have == 0:
        findings.ok("database", "schema", f"{settings.sync_schema} is not there yet; the first backfill makes it")
    elif pending:
        findings.ok("database", "schema", f"{settings.sync_schema} has version {have}; backfill and run bring it to "
                                          f"{known}")
    else:
        findings.ok("database", "schema", f"{settings.sync_schema} has version {have}, as this program")
    if have:
        pinned = await store.state.account()
        findings.pinned = dict(pinned) if pinned else None
