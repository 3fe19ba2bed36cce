"""Connections to Postgres, and the translation of its errors.

No session state (no SET, no session lock, no LISTEN, no prepared statement that outlives its transaction), so that
a pooler in transaction mode works.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import asyncpg

from sync_daemon.errors import Exit, Fatal, RetryLater, SyncError, plainly
from sync_daemon.postgres.statements import Queries
from sync_daemon.settings import libpq, tls
from sync_daemon.settings.database_url import Unusable
from sync_daemon.settings.libpq import Host, Target

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Row = asyncpg.Record
    Pool = asyncpg.Pool[asyncpg.Record]
    Connection = PoolConnectionProxy[asyncpg.Record]

CONNECTIONS: Final = 5
CONNECT_SECONDS: Final = 10.0
HOST_SECONDS: Final = 5.0
"""Seconds that one of several hosts may take to answer before the next is tried."""
STATEMENT_SECONDS: Final = 60.0
IDLE_SECONDS: Final = 5.0
"""Seconds that an idle connection is kept: twenty idle daemons must not use up a server's connections. A new one takes
10 ms, with TLS 14 ms."""
LATE, AHEAD = timedelta(seconds=1), timedelta(minutes=1)
"""How far our copy of the database's clock may be off before it is corrected."""

ARRAYS: Final = {1001: ("_bytea", 17), 1016: ("_int8", 20), 1185: ("_timestamptz", 1184), 3807: ("_jsonb", 3802)}
"""Types in our statements for which asyncpg has no codec: array, name, element."""
OWN_FILES: Final = {"sslcert", "sslkey", "sslpassword", "ssl_min_protocol_version", "ssl_max_protocol_version"}
"""TLS parameters for asyncpg where it makes the context itself."""
TYPE_FIELDS: Final = ("basetype", "range_subtype", "attrtypoids", "attrnames", "elemtype_name", "basetype_name")

AWAY = (
    asyncpg.PostgresConnectionError, asyncpg.exceptions.OperatorInterventionError, asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError,
    OSError,
)
ENDED: Final = {"57014", "55P03", "25P04"}
"""SQLSTATEs of a cancelled statement: by statement_timeout or a person, by lock_timeout, by transaction_timeout."""
TRIES: Final = 5
"""How often a statement that the database cancels is tried; then the work that it belongs to fails."""
POOLER_REFUSES = ("authentication failed", "no such user", "no such database", "does not exist",
                  "unsupported startup parameter")
"""pgbouncer has the same code for these and for a server that is down."""
AGAIN = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
BAD_RECORD = (asyncpg.DataError, asyncpg.exceptions.DataError, asyncpg.ProgramLimitExceededError,
              asyncpg.StatementTooComplexError, UnicodeEncodeError)


STANDBY: Final = "Point DATABASE_URL at the primary, or add target_session_attrs=primary and all hosts to it."
TAKES_NO_WRITES: Final = ("Hosts do that when the disk is nearly full: free some space, or add some. SHOW "
                          "default_transaction_read_only shows it; ALTER DATABASE or ALTER ROLE with RESET reverts it.")
ANOTHER_ENCODING: Final = "Make a database with another one: createdb -E UTF8 -T template0 NAME, and name that instead."


class Clock:
    """The database's clock, extrapolated by our monotonic one, so that all processes order their reads alike.

    Ours stops while the machine sleeps, and the database's may be set, so they are compared from time to time.
    """

    def __init__(self, database_now: datetime, at: float) -> None:
        self.base = database_now
        self.at = at

    def now(self, at: float | None = None) -> datetime:
        """The database's time now, or at another moment of our monotonic clock."""
        return self.base + timedelta(seconds=(time.monotonic() if at is None else at) - self.at)

    def compare(self, asked: float, database_now: datetime, answered: float) -> float:
        """Corrects it by what the database answered between two moments of ours; returns by how many seconds.

        It is set forward when it is surely a second late. It is set back only when it is surely a minute ahead, from
        where `rows.sql` no longer trusts `read_at`: a smaller step back would make rows just read refuse the next read.
        """
        late, ahead = database_now - self.now(answered), self.now(asked) - database_now
        if late > LATE:
            self.base, self.at = database_now, answered
            return late.total_seconds()
        if ahead > AHEAD:
            self.base, self.at = database_now, asked
            return -ahead.total_seconds()
        return 0.0


class KnowsItsTypes(asyncpg.Connection):
    """A connection that does not look up types: those of our statements have the same OIDs everywhere.

    asyncpg's look-up uses functions and operators that others may have planted in public, turns `jit` off for the
    session, which a pooler then gives to somebody else, and takes 11 ms on each connection.
    """

    async def _introspect_types(self, oids: Iterable[int], _timeout: object) -> tuple[list[dict[str, Any]], Any]:
        if unknown := set(oids) - ARRAYS.keys():
            raise NotImplementedError(f"a statement has values of types that database.py does not know: {unknown}")
        types = [dict.fromkeys(TYPE_FIELDS) | {"oid": oid, "ns": "pg_catalog", "name": ARRAYS[oid][0], "kind": b"b",
                                               "elemtype": ARRAYS[oid][1], "elemdelim": ","} for oid in oids]
        return types, SimpleNamespace(name="no statement was needed")


@asynccontextmanager
async def connect(dsn: str | None, connections: int = CONNECTIONS,
                  environ: Mapping[str, str] = MappingProxyType({})) -> AsyncIterator[Pool]:
    """A pool of connections; with `dsn` None, to where libpq's variables in `environ` say. Raises Fatal."""
    pool = await asyncpg.create_pool(
        min_size=0, max_size=connections, statement_cache_size=0, reset=_nothing_to_reset, timeout=CONNECT_SECONDS,
        command_timeout=STATEMENT_SECONDS, max_inactive_connection_lifetime=IDLE_SECONDS,
        connection_class=KnowsItsTypes, connect=_Hosts(dsn, environ).connect)
    try:
        await _try(pool)
        yield pool
    finally:
        await _close(pool)


async def _try(pool: Pool) -> None:
    """Makes the first connection: a database that is down fails the start at once."""
    try:
        async with pool.acquire():
            pass
    except (asyncpg.PostgresError, *AWAY) as error:
        raise translate_error(error, connecting=True) from None


class _Hosts:
    """The hosts of a target, each with its own timeout: one that is switched off must not use up that of the others.

    The one that answered last is tried first. The target is read again for each connection: files of passwords and
    certificates may be replaced while a daemon runs.
    """

    def __init__(self, dsn: str | None, environ: Mapping[str, str]) -> None:
        self._told = dsn, environ
        self._last: Host | None = None

    async def connect(self, *_dsn: Any, **options: Any) -> asyncpg.Connection[asyncpg.Record]:  # noqa: ANN401 - asyncpg's
        target = libpq.target(*self._told)
        seconds = target.timeout or (CONNECT_SECONDS if len(target.hosts) == 1 else HOST_SECONDS)
        failures: list[Exception] = []
        for host in sorted(target.hosts, key=lambda host: host != self._last):
            try:
                found: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
                    **options | _arguments(target, host) | {"timeout": seconds})
            except AWAY as error:
                failures.append(error)
            except ValueError:  # its text is left out: it may quote the password
                failures.append(Unusable("What is set for the database can't be used.", "Check DATABASE_URL."))
            else:
                self._last = host
                return found
        raise next((error for error in failures if isinstance(translate_error(error), Fatal)), failures[-1])


def _arguments(target: Target, host: Host) -> dict[str, Any]:
    """Arguments for asyncpg, all of them explicit: its own defaults differ from libpq's."""
    how: bool | str | ssl.SSLContext = False
    files = {}
    if target.sslmode != "disable" and not host.is_socket:
        how = tls.context(target.sslmode, target.tls, target.home)
        if target.sslmode not in tls.CHECKED:  # asyncpg decides whether to go on without TLS, with its own context
            how, files = target.sslmode, {name: target.tls[name] for name in OWN_FILES & target.tls.keys()}
    return {
        "dsn": f"postgresql:///?{urlencode(files)}" if files else None, "host": host.name, "port": host.port,
        "user": target.user, "password": host.password, "database": target.database, "ssl": how,
        "direct_tls": target.direct_tls, "server_settings": dict(target.server) or None,
        "target_session_attrs": target.session, "krbsrvname": target.krbsrvname, "gsslib": target.gsslib}


async def require_usable(pool: Pool, queries: Queries) -> None:
    """Raises Fatal unless the database can hold a mirror and takes writes now."""
    try:
        found = await pool.fetchrow(queries["usable"])
    except (asyncpg.PostgresError, *AWAY) as error:
        raise translate_error(error, connecting=True) from None
    assert found is not None, "the statement always gives one"
    if found["encoding"] != "UTF8":
        raise Fatal(f"The database has the encoding {found['encoding']}, which not every record fits into.",
                    hint=ANOTHER_ENCODING, exit_code=Exit.CONFIG)
    if found["standby"]:
        raise Fatal("The database is a standby, which is read-only.", hint=STANDBY, exit_code=Exit.CONFIG)
    if found["read_only"]:
        raise Fatal("The database takes no writes now (default_transaction_read_only is on, and it is no standby).",
                    hint=TAKES_NO_WRITES, exit_code=Exit.TEMPORARY)


async def read_clock(pool: Pool) -> Clock:
    try:
        asked, now, answered = await ask_clock(pool)
    except (asyncpg.PostgresError, *AWAY) as error:
        raise translate_error(error, connecting=True) from None
    return Clock(now, (asked + answered) / 2)


async def ask_clock(pool: Pool) -> tuple[float, datetime, float]:
    """Our clock before, the database's clock, our clock after. Raises asyncpg's errors."""
    asked = time.monotonic()
    now: datetime = await pool.fetchval("SELECT pg_catalog.clock_timestamp()")
    return asked, now, time.monotonic()


async def _nothing_to_reset(_connection: object) -> None:
    """We leave no state in a session."""


async def _close(pool: Pool) -> None:
    try:
        async with asyncio.timeout(1):
            await pool.close()
    except (TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        pool.terminate()


def translate_error(error: Exception, *, connecting: bool = False) -> SyncError:
    """Turns an error of Postgres into one of ours. Its text contains no secret of the URL."""
    said = plainly(error)
    if connecting and isinstance(error, Unusable):
        return Fatal(said, hint=error.hint, exit_code=Exit.CONFIG)
    if getattr(error, "sqlstate", None) in ENDED:
        return RetryLater(f"The database ended a statement before it was done: {said}.", tries=TRIES, hint="Check "
                          "statement_timeout, lock_timeout and transaction_timeout of this role and database (a minute "
                          "is enough), and whether somebody cancels statements.")
    if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
        return RetryLater(f"The database takes no writes now: {said}.", hint=TAKES_NO_WRITES)
    fatal = _refused(error, said)
    if fatal is not None:
        return fatal
    if isinstance(error, AWAY):
        what = "no answer in time" if isinstance(error, TimeoutError) else \
            "none of its hosts is as target_session_attrs asks" \
            if isinstance(error, asyncpg.TargetServerAttributeNotMatched) else said
        if connecting:
            return Fatal(f"The database can't be reached: {what}.", exit_code=Exit.TEMPORARY, hint="See that Postgres "
                         "is up and can be reached from here; check host and port in DATABASE_URL.")
        return RetryLater(f"The database is away: {what}.")
    if isinstance(error, AGAIN):
        return RetryLater(f"The database asks for another try: {said}.")
    return Fatal(f"The database refuses: {said}.", exit_code=Exit.CONFIG if connecting else Exit.BUG,
                 hint="Check DATABASE_URL." if connecting else "Please report this with the log.")


def _refused(error: Exception, said: str) -> Fatal | None:
    def fatal(message: str, hint: str, code: Exit = Exit.CONFIG) -> Fatal:
        return Fatal(f"{message} ({said.rstrip('.')}).", hint=hint, exit_code=code)

    match error:
        case ssl.SSLCertVerificationError():
            said = error.verify_message
            return fatal("The database's certificate is not the one expected", "Name the host as its certificate does, "
                         "and let sslrootcert be the certificate of the authority that signed it.")
        case ConnectionError() if "rejected SSL upgrade" in said:
            return fatal("The database offers no TLS, and nothing was sent in the clear", "Turn ssl on at the server "
                         "(or the pooler), or choose another sslmode.")
        case asyncpg.ProtocolViolationError() if any(words in said for words in POOLER_REFUSES):
            return fatal("The pooler refuses this", "Check user, password and database in DATABASE_URL and in the "
                         "pooler's own settings, and leave out of the URL what it does not pass on.")
        case asyncpg.PostgresError() if "replica identity" in f"{error} {error.detail}".lower():
            return fatal("A publication keeps rows from being changed", "As the owner of the table: ALTER TABLE … "
                         "REPLICA IDENTITY DEFAULT; or let the publication have publish_generated_columns = stored.")
        case asyncpg.InvalidAuthorizationSpecificationError() | asyncpg.InvalidPasswordError():
            return fatal("The database refuses this user", "Check user and password in DATABASE_URL, and pg_hba.conf.")
        case asyncpg.InvalidCatalogNameError():
            return fatal("There is no such database", "Create it (createdb), or correct DATABASE_URL.")
        case asyncpg.InsufficientPrivilegeError():
            return fatal("The database user lacks a right", "Grant it: sql/roles.sql does, and `invoiced-sync check` "
                         "names what is missing. Migrations are for the owner of the schema.")
        case asyncpg.DiskFullError() | asyncpg.OutOfMemoryError():
            return fatal("The database is out of room", "Make room for it, then start again.", Exit.TEMPORARY)
        case asyncpg.UndefinedTableError() | asyncpg.UndefinedColumnError() | asyncpg.InvalidSchemaNameError() | \
                asyncpg.UndefinedFunctionError():
            return fatal("The schema is not as this version knows it", "Run `invoiced-sync migrate`. If that "
                         "changes nothing, someone dropped or changed a part of it: restore it from a backup, or "
                         "drop the schema and run `invoiced-sync backfill`.")
    return None
