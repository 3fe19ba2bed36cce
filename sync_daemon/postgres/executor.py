"""Runs statements, and again while the database is away: every room above waits here, and nowhere else."""

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
"""Seconds for which a database that is away is tried again."""


class Executor:
    """A pool of connections, the statements for one schema, and the patience to wait for the database."""

    def __init__(self, pool: Pool, queries: Queries, clock: Clock, stop: asyncio.Event, *,
                 patience: float = PATIENCE) -> None:
        self.pool = pool
        self.queries = queries
        self.clock = clock
        self._stop = stop
        self.patience = patience
        self.outages = 0
        """How often the database went away; what it told before may be lost since."""
        self.away = False
        """Whether the database is away and tried again."""
        self.moved_at = time.monotonic()
        """When a statement last ended, well or badly; one that timed out tells nothing."""

    # One statement.

    async def now(self) -> datetime:
        """The database's own clock: what is compared with moments that it noted itself must not come from ours."""
        moment: datetime = await self.value("clock")
        return moment

    async def server_start(self) -> datetime:
        """When the server began that the database is now. Another one, or the same after a crash, may lack what this
        one committed: a failover takes back what had not reached the standby, a crash what was not flushed.
        """
        moment: datetime = await self.patiently(lambda: self.server_of(self.pool))
        return moment

    async def server_of(self, connection: Connection | Pool) -> datetime:
        """The same, of the server at the end of this connection."""
        moment: datetime = await connection.fetchval(self.queries["server_start"])
        return moment

    async def rows(self, name: str, *args: object) -> list[asyncpg.Record]:
        return await self.patiently(lambda: self.pool.fetch(self.queries[name], *args))

    async def row(self, name: str, *args: object) -> asyncpg.Record | None:
        return await self.patiently(lambda: self.pool.fetchrow(self.queries[name], *args))

    async def value(self, name: str, *args: object) -> Any:  # noqa: ANN401 - whatever the statement selects
        return await self.patiently(lambda: self.pool.fetchval(self.queries[name], *args))

    async def value_on(self, server: datetime | None, name: str, *args: object) -> Any:  # noqa: ANN401 - as above
        """The same, but None, and nothing done, if the database is not that server any more; None: any will do.

        It is asked in a statement of its own, because engines that spread a database would ask one of their workers.
        """

        if server is None:
            return await self.value(name, *args)

        async def work(connection: Connection) -> Any:  # noqa: ANN401 - as above
            if await self.server_of(connection) != server:
                return None
            return await connection.fetchval(self.queries[name], *args)

        return await self.transact(work)

    async def compare_clocks(self) -> None:
        """Puts our idea of the database's clock right, and says so."""
        if moved := self.clock.compare(*await self.patiently(lambda: ask_clock(self.pool))):
            log().info("clock.set", seconds=round(moved, 1))

    async def table_rows(self, resource: Resource, name: str, *args: object) -> list[asyncpg.Record]:
        return await self.patiently(lambda: self.pool.fetch(self.queries.rows(resource, name), *args))

    async def table_value(self, resource: Resource, name: str, *args: object) -> Any:  # noqa: ANN401 - as above
        return await self.patiently(lambda: self.pool.fetchval(self.queries.rows(resource, name), *args))

    async def transact(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Runs `work` in a transaction, again after a deadlock, and again once the database is back."""

        async def once() -> T:
            async with self.pool.acquire() as connection, connection.transaction():
                return await work(connection)

        return await self.patiently(once)

    async def patiently(self, once: Callable[[], Awaitable[T]], *, of_records: bool = False,
                         moves: bool = True) -> T:
        """Does something with the database, again while it is away. Raises SyncError, Stopped.

        Only where it is `of_records` does what Postgres can't take come out as it is, for the caller to sort out.
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
                    await self.pool.expire_connections()  # a session keeps the default with which it began
                if _cancellations() > cancelled:
                    raise asyncio.CancelledError from None  # asyncpg tells of the line that was lost instead
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
        """Says once that the database went away, if it is tried again; the tries that follow are many."""
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
    """How often the task that runs was asked to end; what it does on its way out is done all the same."""
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0
