"""Migrates a schema: one transaction per migration, under a transaction lock, forward only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from sync_daemon.errors import Exit, Fatal
from sync_daemon.postgres.connection import AWAY, require_usable, translate_error
from sync_daemon.postgres.statements import Queries, quote

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Connection, Pool

LOCK = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('invoiced-sync migrate'), pg_catalog.hashtext($1))"
HOLDS_SOMETHING = ("SELECT EXISTS (SELECT FROM pg_catalog.pg_class "
                   "WHERE relnamespace = pg_catalog.to_regnamespace($1)::oid)")
STANDING = ("SELECT coalesce(pg_catalog.max(version), 0) AS version, "
            "pg_catalog.max(name) FILTER (WHERE version = 1) AS first")
HOURS = 6 * 3600.0
"""A migration may rewrite large tables."""
LOCK_TIMEOUT = "10s"
"""How long a migration waits for readers before it gives up: a waiting ALTER blocks everyone who comes after it."""
SEARCH_PATH = "SET LOCAL search_path = pg_catalog"
"""Where a migration looks up names: in public, others may have planted functions and operators that match better."""


async def version(pool: Pool | Connection, schema: str) -> int:
    """Version of the schema; 0 if it holds nothing of ours."""
    return (await _applied(pool, schema))[0]


async def _applied(pool: Pool | Connection, schema: str) -> tuple[int, str | None]:
    """Version of the schema, and the name of its first migration; 0 and None if it holds nothing of ours."""
    if await pool.fetchval("SELECT pg_catalog.to_regclass($1)", f"{quote(schema)}._migration") is None:
        return 0, None
    row = await pool.fetchrow(f"{STANDING} FROM {quote(schema)}._migration")
    return (0, None) if row is None else (row["version"], row["first"])


async def pending(pool: Pool, queries: Queries) -> list[str]:
    """Names of the pending migrations. Raises Fatal if the schema is not of this program, or newer than this version.
    """
    known = queries.migrations()
    try:
        have, first = await _applied(pool, queries.schema)
    except (asyncpg.PostgresError, *AWAY) as error:
        raise translate_error(error) from None
    if have and first != known[0].name:
        raise Fatal(f"The schema {queries.schema} was made before the first release: its tables have other names.",
                    hint=f"Drop it (DROP SCHEMA {quote(queries.schema)} CASCADE) and run `invoiced-sync backfill`: "
                         "what it holds is read again.", exit_code=Exit.CONFIG)
    if have > len(known):
        raise Fatal(f"The schema {queries.schema} has version {have}; this program knows {len(known)}.",
                    hint="Upgrade invoiced-sync; an older one could do damage.", exit_code=Exit.CONFIG)
    return [f"{migration.version:04} {migration.name}" for migration in known[have:]]


async def migrate(pool: Pool, queries: Queries, *, lock_timeout: str = LOCK_TIMEOUT) -> list[str]:
    """Applies what is pending and returns the names. Of two processes at once, the second finds nothing to do."""
    applied: list[str] = []
    if not await pending(pool, queries):
        return applied
    await require_usable(pool, queries)
    try:
        for migration in queries.migrations():
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute(SEARCH_PATH)
                await connection.execute(LOCK, queries.schema)
                if await version(connection, queries.schema) >= migration.version:
                    continue
                if migration.version == 1:
                    await _own_schema(connection, queries.schema)
                await connection.execute(f"SET LOCAL lock_timeout = '{lock_timeout}'")
                for statement in migration.statements:
                    await connection.execute(statement, timeout=HOURS)
                await connection.execute(
                    f"INSERT INTO {quote(queries.schema)}._migration (version, name) VALUES ($1, $2)",  # noqa: S608 - quoted
                    migration.version, migration.name)
                applied.append(f"{migration.version:04} {migration.name}")
    except asyncpg.LockNotAvailableError:
        raise Fatal("The migration waited too long for other users of the tables.", exit_code=Exit.TEMPORARY,
                    hint="Run `invoiced-sync migrate` again when long queries have ended.") from None
    except (asyncpg.PostgresError, *AWAY) as error:
        raise translate_error(error) from None
    return applied


async def _own_schema(connection: Connection, schema: str) -> None:
    """Creates the schema only if it is missing, so that an owner may have prepared it."""
    if await connection.fetchval("SELECT pg_catalog.to_regnamespace($1)", quote(schema)) is None:
        await connection.execute(f"CREATE SCHEMA {quote(schema)}")
    elif await connection.fetchval(HOLDS_SOMETHING, quote(schema)):
        raise Fatal(f"The schema {schema} holds tables that are not of this program.", exit_code=Exit.CONFIG,
                    hint="Set SYNC_SCHEMA to a schema of its own.")
