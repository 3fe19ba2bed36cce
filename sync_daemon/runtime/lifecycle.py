"""Lifecycle: builds everything, runs it in one scope, and ends it in two stages.

On SIGTERM or Ctrl-C nothing new is begun, and the current page is committed; what has not ended after the grace time
is cancelled. A second signal cancels at once. Either way the next start resumes from the committed cursors.
"""

from __future__ import annotations

import asyncio
import math
import secrets
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager, suppress

from sync_daemon import __version__
from sync_daemon.apply import account_guard
from sync_daemon.apply.context import SyncContext
from sync_daemon.concurrency import in_background
from sync_daemon.errors import Exit, NothingLoaded, Stopped, SyncError, exit_of
from sync_daemon.log import bind, log
from sync_daemon.monitoring.problems import STOPPED
from sync_daemon.monitoring.resource_status import limit
from sync_daemon.postgres import connection, migrations, nested_fill
from sync_daemon.postgres.executor import PATIENCE
from sync_daemon.postgres.statements import Queries
from sync_daemon.postgres.store import Store
from sync_daemon.progress import Progress, Tally
from sync_daemon.runtime.database import open_database, prepare_schema
from sync_daemon.runtime.systemd import Notify, silent
from sync_daemon.settings.fields import Settings
from sync_daemon.source import client, company
from sync_daemon.source.limiter import Gate, PrioritySemaphore
from sync_daemon.source.list_reader import Reader
from sync_daemon.sync.attempt import cursors
from sync_daemon.sync.schedule import Schedule
from sync_daemon.sync.session import COUNTS, SyncSession, beat, tell_retrying
from sync_daemon.tuning import AS_IT_IS, Tuning

GRACE = 3.0
"""Seconds for the current page: a restart, for a new key say, must take less than five."""
LAST_WORDS = 0.7
"""Seconds for cancelled work to end in order, before the database connections are cut."""


WITHOUT_A_MIRROR = ("verify",)
"""Verbs that don't create a mirror."""

Cut = list[Callable[[], None]]
"""What to cut off when the grace time is over: then no statement may hold us up, not even a ROLLBACK on a dead
connection."""


@contextmanager
def stoppable(notify: Notify = silent) -> Iterator[tuple[asyncio.Event, asyncio.Timeout, Cut]]:
    """Yields a stop event that signals set, a deadline that they bring near, and a list of what to cut off then."""
    stop, deadline, cut = asyncio.Event(), asyncio.timeout(None), Cut()
    loop = asyncio.get_running_loop()

    def cut_off() -> None:
        for line in cut:
            line()

    def ask_to_stop(number: signal.Signals) -> None:
        notify("STOPPING=1", "STATUS=Stopping: the current pages are being stored.")
        log().info("run.stopping", signal=number.name, again=stop.is_set())
        at = loop.time() + (0 if stop.is_set() else GRACE)
        deadline.reschedule(at)
        loop.call_at(at + LAST_WORDS, cut_off)
        stop.set()

    # a terminal that closes sends SIGHUP; nohup makes it ignored
    heard = [number for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
             if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN]
    for number in heard:
        loop.add_signal_handler(number, ask_to_stop, number)
    try:
        yield stop, deadline, cut
    finally:
        for number in heard:
            loop.remove_signal_handler(number)


@asynccontextmanager
async def open_session(settings: Settings, verb: str, stop: asyncio.Event, cut: Cut | None = None, *,
                      log_id: str | None = None, notify: Notify = silent,
                      tuning: Tuning = AS_IT_IS) -> AsyncIterator[SyncSession]:
    """Connects and checks everything, in the order in which a person would fix it: database, schema, key, account.

    If there is no mirror yet the key comes first, so that a refused one leaves nothing behind.
    """
    queries = Queries(settings.sync_schema)
    progress = Progress({resource.name: Tally() for resource in settings.resources})
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(open_database(settings))
        if cut is not None:
            cut.append(pool.terminate)
        await connection.require_usable(pool, queries)
        fresh = len(await migrations.pending(pool, queries)) == len(queries.migrations())
        if not fresh:
            await prepare_schema(pool, queries, allowed=settings.sync_auto_migrate, notify=notify)
        patience = math.inf if verb == "run" else PATIENCE  # a daemon waits as long as it takes, with its page up
        store = Store(pool, queries, await connection.read_clock(pool), stop, patience=patience)
        api = await stack.enter_async_context(client.connect(settings, store.clock.now, stop, tuning))
        if fresh:
            known = await company.at_start(api)
            if verb in WITHOUT_A_MIRROR:
                raise NothingLoaded(settings.sync_schema)
            await prepare_schema(pool, queries, allowed=settings.sync_auto_migrate, notify=notify)
            who = await account_guard.pin(api, store, settings.origin, known)
        else:
            who = await account_guard.pin(api, store, settings.origin)
        await store.state.retry_rejected(__version__)
        limits = {one.name: limit(one, settings, tuning) for one in settings.resources}
        run_id = await store.runs.begin(verb, __version__, log_id, limits)
        quarter = Gate(max(1, settings.invoiced_max_concurrency // 4))
        reader = Reader(api, round(settings.sync_overlap), progress)
        await store.state.ask_now()
        lanes = PrioritySemaphore(settings.invoiced_max_concurrency)
        context = SyncContext(reader, store, stop, progress, lanes, quarter, tuning)
        await cursors(context)
        schedule = Schedule(settings.resources, settings.sync_sweep, settings.sync_deep_overlap, {},
                            settings.sync_poll_every, settings.sync_verify_every)
        yield SyncSession(settings, context, schedule, run_id, who)


Around = Callable[[SyncSession], AbstractAsyncContextManager[object]]


@asynccontextmanager
async def _unwatched(_mirror: SyncSession) -> AsyncIterator[None]:
    yield


async def supervise(settings: Settings, verb: str, work: Callable[[SyncSession], Awaitable[Exit]],
                    around: Around = _unwatched, notify: Notify = silent, tuning: Tuning = AS_IT_IS) -> Exit:
    """Runs `work` on an open mirror to its end or until a signal, and returns the exit code. Raises SyncError.

    `around` wraps the work, to show its progress.
    """
    log_id = secrets.token_hex(4)
    bind(run=log_id, account=settings.account)
    with stoppable(notify) as (stop, deadline, cut):
        stopped = Exit.OK if verb == "run" else Exit.TEMPORARY
        try:
            async with (deadline, open_session(settings, verb, stop, cut, log_id=log_id, notify=notify,
                                             tuning=tuning) as session,
                        around(session)):
                return await _recorded(session, verb, work, stopped)
        except (Stopped, TimeoutError):
            if not stop.is_set():
                raise
            return stopped


async def _recorded(session: SyncSession, verb: str, work: Callable[[SyncSession], Awaitable[Exit]],
                    stopped: Exit) -> Exit:
    """Records in `_run` and in the log how the work ended."""
    begun, code, why = time.monotonic(), stopped, None
    log().info("run.started", verb=verb, number=session.run_id, company=session.account.company_id,
               name=session.account.name, schema=session.settings.sync_schema,
               resources=len(session.schedule.resources),
               version=__version__)
    try:
        async with in_background(signs_of_life(session)):
            code = await work(session)
    except SyncError as error:
        code, why = exit_of(error), str(error)
        raise
    except (Stopped, asyncio.CancelledError):
        why = STOPPED if session.context.stop.is_set() and stopped is not Exit.OK else None
        raise
    except Exception as error:
        code, why = Exit.BUG, f"a bug in this program: {error!r:.300}"
        raise
    finally:
        progress = session.context.progress
        log().info("run.ended", code=int(code), **({} if why is None else {"why": why}),
                   seconds=round(time.monotonic() - begun, 1),
                   requests=session.context.reader.api.requests, **{name: progress.sum(name) for name in COUNTS})
        with suppress(SyncError, Stopped, TimeoutError):
            async with asyncio.timeout(1):
                await beat(session)
                await session.context.store.runs.end(session.run_id, int(code), why)
    return code


async def pending_sql(settings: Settings) -> str:
    """The SQL of the pending migrations."""
    queries = Queries(settings.sync_schema)
    async with open_database(settings) as pool:
        count = len(await migrations.pending(pool, queries))
    sql = "".join(migration.sql for migration in queries.migrations()[len(queries.migrations()) - count:])
    return sql and f"{migrations.SEARCH_PATH};\n{sql}"


async def migrate_only(settings: Settings) -> list[str]:
    """Migrates, fills new nested tables, and returns what was done, one line each."""
    queries = Queries(settings.sync_schema)
    async with open_database(settings) as pool:
        applied = [f"applied {name}" for name in await migrations.migrate(pool, queries)]
        return applied + [f"filled the nested tables of {what}" for what in await nested_fill.fill(pool, queries)]


async def signs_of_life(session: SyncSession) -> None:
    """Writes the heartbeat during work that has none of its own, as the end of a cycle has; also reports requests that
    keep failing.
    """
    tuning = session.context.tuning
    while True:
        await asyncio.sleep(tuning.beat)
        await tell_retrying(session)
        if session.cycles == 0 or (session.at_work and time.monotonic() - session.beaten_at > tuning.beat_late):
            await beat(session)
