"""Opens the mirror's database, the user's own or the embedded one, with the schema of this version."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from sync_daemon.concurrency import in_background
from sync_daemon.errors import Exit, Fatal
from sync_daemon.local_postgres.embedded import default_data_dir, embedded_postgres, started_by_systemd
from sync_daemon.log import log
from sync_daemon.postgres import connection, migrations, nested_fill
from sync_daemon.postgres.statements import Queries
from sync_daemon.postgres.store import Store
from sync_daemon.runtime.systemd import Notify, keep_extending, silent
from sync_daemon.settings.fields import Settings, names_a_database


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[connection.Pool]:
    """A pool for the user's own database, or for the embedded one if none is named."""
    async with AsyncExitStack() as stack:
        dsn = settings.database_url.get_secret_value() if settings.database_url else None
        if not names_a_database(settings, os.environ):
            if started_by_systemd(os.environ):
                raise Fatal("No database is set, and a service does not use the embedded one.", exit_code=Exit.CONFIG,
                            hint="Set DATABASE_URL to postgresql://USER:PASSWORD@HOST:PORT/DATABASE.")
            server = await stack.enter_async_context(embedded_postgres(default_data_dir(os.environ)))
            yield await stack.enter_async_context(connection.connect(server.dsn))
        else:
            yield await stack.enter_async_context(connection.connect(dsn, environ=os.environ))


async def prepare_schema(pool: connection.Pool, queries: Queries, *, allowed: bool, notify: Notify = silent) -> None:
    """Migrates if `allowed`, however long it takes.

    Raises Fatal if the schema is newer, or older and must not be migrated, or the database can't hold a mirror.
    """
    await connection.require_usable(pool, queries)
    pending = await migrations.pending(pool, queries)
    if not pending and not await nested_fill.unfilled(pool, queries):
        return
    if not allowed:
        lacks = f"{len(pending)} to apply" if pending else "its nested tables are not filled"
        raise Fatal(f"The schema {queries.schema} is not up to date ({lacks}).", exit_code=Exit.CONFIG,
                    hint="Run `invoiced-sync migrate`, or leave SYNC_AUTO_MIGRATE at true.")
    async with in_background(keep_extending(notify, f"Migrating the schema {queries.schema}.")):
        for name in await migrations.migrate(pool, queries):
            log().info("schema.migrated", migration=name)
        for name in await nested_fill.fill(pool, queries):
            log().info("schema.filled", nested=name)


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """Only the store, for work without the API. Raises Fatal if there is no mirror of this version."""
    queries = Queries(settings.sync_schema)
    async with open_database(settings) as pool:
        if await migrations.pending(pool, queries):
            raise Fatal(f"There is no up-to-date mirror in the schema {settings.sync_schema}.", exit_code=Exit.CONFIG,
                        hint="Run `invoiced-sync backfill`, or `invoiced-sync migrate` if there is an older one.")
        yield Store(pool, queries, await connection.read_clock(pool), asyncio.Event(), patience=0.0)
