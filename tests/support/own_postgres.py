"""A separate Postgres for a run, which it may stop, crash and restart freely."""

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
        """A new database. With `may_forget`, a crash loses the last commits."""
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
