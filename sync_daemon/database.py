"""Connections to Postgres, and what its errors mean to us.

No session state (no SET, no session lock, no LISTEN, no prepared statement that outlives its transaction), so that a
pooler in transaction mode may stand in between.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import asyncpg

from sync_daemon.errors import Exit, Fatal, RetryLater, SyncError

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Row = asyncpg.Record
    Pool = asyncpg.Pool[asyncpg.Record]
    Connection = PoolConnectionProxy[asyncpg.Record]

CONNECTIONS: Final = 5
CONNECT_SECONDS: Final = 10.0
STATEMENT_SECONDS: Final = 60.0

AWAY = (
    asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError, asyncpg.TooManyConnectionsError, asyncpg.InterfaceError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.QueryCanceledError, asyncpg.InternalClientError, TimeoutError, OSError,
)
AGAIN = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
BAD_RECORD = (asyncpg.DataError, asyncpg.exceptions.DataError, asyncpg.ProgramLimitExceededError,
              asyncpg.StatementTooComplexError, UnicodeEncodeError)


class Clock:
    """The database's clock, kept going by our monotonic one, so that all processes order their reads alike."""

    def __init__(self, database_now: datetime, at: float) -> None:
        self._base = database_now
        self._at = at

    def now(self) -> datetime:
        return self._base + timedelta(seconds=time.monotonic() - self._at)


@asynccontextmanager
async def connect(dsn: str | None, connections: int = CONNECTIONS) -> AsyncIterator[Pool]:
    """A pool of connections; `dsn` None means that libpq's PG* variables say where. Raises RetryLater or Fatal."""
    try:
        pool = await asyncpg.create_pool(
            dsn, min_size=0, max_size=connections, statement_cache_size=0, reset=_nothing_to_reset,
            timeout=CONNECT_SECONDS, command_timeout=STATEMENT_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError, TimeoutError, OSError) as error:
        raise meaning(error, connecting=True) from None
    try:
        await _try(pool)
        yield pool
    finally:
        await _close(pool)


async def _try(pool: Pool) -> None:
    """The first connection: that a database is away at the start is said at once."""
    try:
        async with pool.acquire():
            pass
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError, TimeoutError, OSError) as error:
        raise meaning(error, connecting=True) from None


async def read_clock(pool: Pool) -> Clock:
    before = time.monotonic()
    try:
        now: datetime = await pool.fetchval("SELECT clock_timestamp()")
    except (asyncpg.PostgresError, *AWAY) as error:
        raise meaning(error, connecting=True) from None
    return Clock(now, (before + time.monotonic()) / 2)


async def _nothing_to_reset(_connection: object) -> None:
    """We leave no state in a session."""


async def _close(pool: Pool) -> None:
    try:
        async with asyncio.timeout(1):
            await pool.close()
    except (TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        pool.terminate()


def meaning(error: Exception, *, connecting: bool = False) -> SyncError:
    """An error of Postgres, sorted by what the caller must do. No secret of the URL is in its text."""
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    fatal = _fatal(error, said)
    if fatal is not None:
        return fatal
    if isinstance(error, AWAY):
        what = "no answer in time" if isinstance(error, TimeoutError) else said
        if connecting:
            return Fatal(f"The database can't be reached: {what}.", exit_code=Exit.TEMPORARY, hint="See that Postgres "
                         "is up and can be reached from here; check host and port in DATABASE_URL.")
        return RetryLater(f"The database is away: {what}.")
    if isinstance(error, AGAIN):
        return RetryLater(f"The database asks for another try: {said}.")
    return Fatal(f"The database refuses: {said}.", exit_code=Exit.CONFIG if connecting else Exit.BUG,
                 hint="Check DATABASE_URL." if connecting else "Please report this with the log.")


def _fatal(error: Exception, said: str) -> Fatal | None:
    def fatal(message: str, hint: str, code: Exit = Exit.CONFIG) -> Fatal:
        return Fatal(f"{message} ({said}).", hint=hint, exit_code=code)

    match error:
        case asyncpg.ReadOnlySQLTransactionError():
            return fatal("The database is read-only", "Point DATABASE_URL at the primary, or add "
                         "target_session_attrs=primary and all hosts to it.")
        case asyncpg.InvalidAuthorizationSpecificationError() | asyncpg.InvalidPasswordError():
            return fatal("The database refuses this user", "Check user and password in DATABASE_URL, and pg_hba.conf.")
        case asyncpg.InvalidCatalogNameError():
            return fatal("There is no such database", "Create it (createdb), or correct DATABASE_URL.")
        case asyncpg.InsufficientPrivilegeError():
            return fatal("The database user lacks a right", "Grant it: USAGE on the schema, and SELECT, INSERT, UPDATE "
                         "and DELETE on its tables; migrations are for the owner of the schema.")
        case asyncpg.DiskFullError() | asyncpg.OutOfMemoryError():
            return fatal("The database is out of room", "Make room for it, then start again.", Exit.TEMPORARY)
        case asyncpg.UndefinedTableError() | asyncpg.UndefinedColumnError() | asyncpg.InvalidSchemaNameError() | \
                asyncpg.UndefinedFunctionError():
            return fatal("The schema is not as this version knows it", "Run `invoiced-sync migrate`.")
        case asyncpg.ClientConfigurationError() | ValueError():
            # what was wrong with it is left out: it may quote the password
            return Fatal("The database URL can't be used.", exit_code=Exit.CONFIG, hint="Set DATABASE_URL to "
                         "postgresql://USER:PASSWORD@HOST:PORT/DATABASE; characters such as / # @ in a password are "
                         "written %2F %23 %40.")
    return None
