"""Runs statements, and retries them while the database is down: all waiting for the database happens here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from sync_daemon.concurrency import wait
from sync_daemon.errors import RetryLater, Stopped, SyncError
from sync_daemon.log import log
from sync_daemon.model.resources import Resource
from sync_daemon.postgres.connection import AGAIN, AWAY, BAD_RECORD, Clock, ask_clock, translate_error
from sync_daemon.postgres.statements import Queries

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Connection, Pool

T = TypeVar("T")
PATIENCE = 300.0
"""Seconds for which a database that is down is retried."""


class Executor:
    """A pool of connections, the statements for one schema, and how long to wait for the database."""

    def __init__(self, pool: Pool, queries: Queries, clock: Clock, stop: asyncio.Event, *,
                 patience: float = PATIENCE) -> None:
        self.pool = pool
        self.queries = queries
        self.clock = clock
        self._stop = stop
        self.patience = patience
        self.outages = 0
        """How often the database went down; what was read from it before may be lost since."""
        self.away = False
        """Whether the database is down and being retried."""
        self.moved_at = time.monotonic()
        """When a statement last ended, whatever its outcome, except by a timeout."""

    # One statement.

    async def now(self) -> datetime:
        """The database's own time, for comparison with moments that the database itself recorded."""
        moment: datetime = await self.value("clock")
        return moment

    async def server_start(self) -> datetime:
        """Start time of the server that is the database now. Another one, or the same after a crash, may lack what this
        one committed: a failover loses what had not reached the standby, a crash what was not flushed.
        """
        moment: datetime = await self.patiently(lambda: self.server_of(self.pool))
        return moment

    async def server_of(self, connection: Connection | Pool) -> datetime:
        """The same, for the server of this connection."""
        moment: datetime = await connection.fetchval(self.queries["server_start"])
        return moment

    async def rows(self, name: str, *args: object) -> list[asyncpg.Record]:
        return await self.patiently(lambda: self.pool.fetch(self.queries[name], *args))

    async def row(self, name: str, *args: object) -> asyncpg.Record | None:
        return await self.patiently(lambda: self.pool.fetchrow(self.queries[name], *args))

    async def value(self, name: str, *args: object) -> Any:  # noqa: ANN401 - whatever the statement selects
        return await self.patiently(lambda: self.pool.fetchval(self.queries[name], *args))

    async def value_on(self, server: datetime | None, name: str, *args: object) -> Any:  # noqa: ANN401 - as above
        """The same, but does nothing and returns None if the database is no longer `server` (None: any server).

        The check is a separate statement, because distributed engines would run it on one of their workers.
        """

        if server is None:
            return await self.value(name, *args)

        async def work(connection: Connection) -> Any:  # noqa: ANN401 - as above
            if await self.server_of(connection) != server:
                return None
            return await connection.fetchval(self.queries[name], *args)

        return await self.transact(work)

    async def compare_clocks(self) -> None:
        """Corrects our copy of the database's clock, and logs it."""
        if moved := self.clock.compare(*await self.patiently(lambda: ask_clock(self.pool))):
            log().info("clock.set", seconds=round(moved, 1))

    async def table_rows(self, resource: Resource, name: str, *args: object) -> list[asyncpg.Record]:
        return await self.patiently(lambda: self.pool.fetch(self.queries.rows(resource, name), *args))

    async def table_rows_without_jit(self, resource: Resource, name: str, *args: object) -> list[asyncpg.Record]:
        """The same, of a statement that reads arrays in records: see `lock_shared`."""

        async def work(connection: Connection) -> list[asyncpg.Record]:
            await connection.execute(self.queries["without_jit"])
            return await connection.fetch(self.queries.rows(resource, name), *args)

        return await self.transact(work)

    async def table_value(self, resource: Resource, name: str, *args: object) -> Any:  # noqa: ANN401 - as above
        return await self.patiently(lambda: self.pool.fetchval(self.queries.rows(resource, name), *args))

    async def transact(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Runs `work` in a transaction; retries after a deadlock, and once the database is back."""

        async def once() -> T:
            async with self.pool.acquire() as connection, connection.transaction():
                return await work(connection)

        return await self.patiently(once)

    async def patiently(self, once: Callable[[], Awaitable[T]], *, of_records: bool = False,
                         moves: bool = True) -> T:
        """Does something with the database; retries while it is down. Raises SyncError, Stopped.

        With `of_records`, errors about data that Postgres can't store are raised untranslated, for the caller.
        """
        cancelled = _cancellations()

        async def attempt() -> T:
            try:
                result = await once()
            except (asyncpg.PostgresError, *BAD_RECORD, *AWAY) as error:
                if moves and not isinstance(error, TimeoutError):
                    self.moved_at = time.monotonic()
                if of_records and isinstance(error, BAD_RECORD):
                    raise
                if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
                    await self.pool.expire_connections()  # a session keeps the default it began with
                if _cancellations() > cancelled:
                    raise asyncio.CancelledError from None  # asyncpg raises the lost connection instead
                told = translate_error(error)
                away = isinstance(told, RetryLater) and told.tries is None and not isinstance(error, AGAIN)
                raise self._told(told, away=away) from None
            if moves:
                self.moved_at = time.monotonic()
            if self.away:
                self.away = False
                log().info("database.back")
            return result

        retrying = AsyncRetrying(
            retry=retry_if_exception_type(RetryLater), wait=wait_random_exponential(0.1, max=5), reraise=True,
            stop=self._gives_up, sleep=self._sleep)
        return await retrying(attempt)

    def _told(self, error: SyncError, *, away: bool) -> SyncError:
        """Logs once that the database went down, if it is retried; many tries follow."""
        if away and not self.away and self.patience > 0:
            self.away = True
            self.outages += 1
            log().warning("database.unavailable", why=str(error),
                          hint=error.hint or "It is tried again, by `run` until it is "
                          "back. See that Postgres is up and can be reached from here.")
        return error

    def _gives_up(self, state: RetryCallState) -> bool:
        error = state.outcome and state.outcome.exception()
        if isinstance(error, RetryLater) and error.tries is not None and state.attempt_number >= error.tries:
            return True
        return (state.seconds_since_start or 0.0) >= self.patience

    async def _sleep(self, delay: float) -> None:
        if await wait(self._stop, delay):
            raise Stopped


def _cancellations() -> int:
    """How often the current task was cancelled; its cleanup on the way out still runs."""
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0
