"""Fills nested tables that come to a mirror with rows: from `raw`, in batches, without a request to the API.

A batch and its bookmark are one transaction, so that whoever is killed resumes at the last batch.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import asyncpg

from sync_daemon.log import log
from sync_daemon.model.resources import BY_NAME, Resource
from sync_daemon.postgres.connection import AWAY, translate_error
from sync_daemon.postgres.statements import Queries

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Pool

BATCH: Final = 1000
"""Records: some 10,000 rows, a second or so, in which pages of this resource wait."""
TELL_EVERY: Final = 10.0
"""Seconds."""


async def unfilled(pool: Pool, queries: Queries) -> list[Resource]:
    """The resources whose nested tables are still to be filled. The schema must be up to date. Raises SyncError."""
    try:
        return [BY_NAME[row["resource"]] for row in await pool.fetch(queries["unfilled"]) if row["resource"] in BY_NAME]
    except (asyncpg.PostgresError, *AWAY) as error:
        raise translate_error(error) from None


async def fill(pool: Pool, queries: Queries) -> list[str]:
    """Fills them, and says so for each: `invoices: 12,000 rows`. Raises SyncError; the next call resumes."""
    told = []
    for resource in await unfilled(pool, queries):
        rows, said_at = 0, time.monotonic()
        try:
            while (count := await fill_next(pool, queries, resource, BATCH)) is not None:
                rows += count
                if time.monotonic() - said_at >= TELL_EVERY:
                    said_at = time.monotonic()
                    log().info("schema.filling", resource=resource.name, rows=rows)
        except (asyncpg.PostgresError, *AWAY) as error:
            raise translate_error(error) from None
        told.append(f"{resource.name}: {rows:,} rows")
    return told


async def fill_next(pool: Pool, queries: Queries, resource: Resource, most: int) -> int | None:
    """Fills for the next records, `most` of them, and moves the bookmark. Returns how many; None when all are done."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(queries["lock_exclusive"], queries.schema, resource.name)
        bookmark = await connection.fetchrow(queries["filled_to"], resource.name)
        if bookmark is None:  # another process was done first
            return None
        after = bookmark["filled_to"]
        key = int(after) if after is not None and resource.key_type == "bigint" else after
        row = await connection.fetchrow(queries.rows(resource, "nest_next"), resource.name, key, most)
        if row is None or not row["rows"]:
            await connection.execute(queries["filled"], resource.name)
            return None
        await connection.execute(queries["filled_up_to"], resource.name, str(row["last"]))
        return int(row["rows"])
