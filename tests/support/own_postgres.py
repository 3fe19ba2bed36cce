"""A Postgres of a run's own, which it may stop, crash and start again as it likes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from tests.support.servers import Postgres, folder_for, running


@dataclass(slots=True)
class OwnPostgres(Postgres):
    restarts: int = 0

    async def create(self, name: str, *, may_forget: bool) -> str:
        """A new database. One that `may_forget` loses the last commits when it crashes."""
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(f"CREATE DATABASE {name}")
            if may_forget:
                await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        finally:
            await connection.close()
        return self.url(name)


@asynccontextmanager
async def own_postgres(*options: str) -> AsyncIterator[OwnPostgres]:
    with folder_for("history") as folder:
        postgres = OwnPostgres(folder, options)
        await postgres.initialize()
        async with running(postgres):
            yield postgres
