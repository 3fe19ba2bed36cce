"""A store on a database that holds a mirror."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sync_daemon.postgres.connection import connect, read_clock
from sync_daemon.postgres.statements import Queries
from sync_daemon.postgres.store import Store


@asynccontextmanager
async def opened(dsn: str, stop: asyncio.Event | None = None) -> AsyncIterator[Store]:
    async with connect(dsn) as pool:
        yield Store(pool, Queries("invoiced"), await read_clock(pool), stop or asyncio.Event(), patience=20)
