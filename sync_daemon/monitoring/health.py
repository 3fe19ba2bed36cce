"""Takes snapshots of a running daemon, from its numbers in memory and its recent bookkeeping.

Nothing here asks the API, and nobody waits long: health, metrics and the status page must answer when everything else
is stuck. A separate task reads the bookkeeping, at most every few seconds and only when someone looks.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sync_daemon import __version__
from sync_daemon.concurrency import wait
from sync_daemon.errors import Fatal, SyncError
from sync_daemon.log import log
from sync_daemon.model.resources import Resource, Way
from sync_daemon.monitoring.headline import Headline
from sync_daemon.monitoring.held_rows import READ, rows_held
from sync_daemon.monitoring.load_progress import Pace, whole
from sync_daemon.monitoring.problems import Failure, Problem
from sync_daemon.monitoring.resource_status import ResourceStatus, limit, read_daemon, read_runs, read_statuses
from sync_daemon.monitoring.snapshot import ResourceSnapshot, Snapshot, Work
from sync_daemon.postgres.store import Store
from sync_daemon.progress import Speed, State, Tally
from sync_daemon.sync.session import SyncSession

FRESH: Final = 5.0
"""Seconds for which the bookkeeping is cached."""
COUNTED: Final = 30.0
"""Seconds for which row counts, which take longer, are cached."""
FEW: Final = 20_000
"""Rows above which the page shows Postgres's estimate."""
MINUTE: Final = 60.0
PATIENCE: Final = 2.0
"""Most seconds that a reader waits for the database."""
RUNS: Final = 8
OUTCOMES: Final = ("stored", "unchanged", "deleted", "rejected")
LEAST_SILENCE: Final = 120.0
"""Seconds without a good answer after which the API counts as down; two intervals, if that is more."""


@dataclass(slots=True)
class Book:
    """The bookkeeping as read from the database, and when, by our monotonic clock."""

    statuses: dict[str, ResourceStatus] = field(default_factory=dict)
    runs: list[dict[str, Any]] = field(default_factory=list)
    daemon: list[Problem] = field(default_factory=list)
    rows: dict[str, tuple[int, bool]] = field(default_factory=dict)
    read_at: float = float("-inf")
    counted_at: float = float("-inf")


class HealthMonitor:
    """Watches a mirror. `keep_reading` must run in the background; `ending` is set when the daemon is giving up."""

    def __init__(self, session: SyncSession) -> None:
        self.session = session
        self.started_at = session.context.store.clock.now().timestamp()
        self.ending: Fatal | None = None
        self.database_up = True
        store = session.context.store
        self._store = Store(store.pool, store.queries, store.clock, session.context.stop, patience=0.0)
        self._book = Book()
        self._wanted, self._read = asyncio.Event(), asyncio.Event()
        self._count_too = False
        self._speed = Speed()
        self._pace = Pace(session.context.progress)
        self._speeds: dict[str, Speed] = {}

    async def keep_reading(self) -> None:
        """For ever: reads the bookkeeping when someone looks, and each minute for the headline."""
        while True:
            await wait(self._wanted, MINUTE)
            self._wanted.clear()
            try:
                await self.read_book()
                self.database_up = True
            except SyncError:
                self.database_up = False
            except Exception as error:  # noqa: BLE001 - monitoring must not end the daemon
                log().error("watch.failed", exc_info=error, hint="This is a bug: please report it with this line.")
            self._read.set()

    async def read_book(self) -> None:
        """Reads the bookkeeping from the database. Raises SyncError."""
        book, settings = self._book, self.session.settings
        statuses = await read_statuses(self._store, settings, self.session.context.tuning)
        book.statuses = {status.resource: status for status in statuses}
        book.runs = await read_runs(self._store, settings, RUNS)
        book.daemon = await read_daemon(self._store, settings)
        if self._count_too and time.monotonic() - book.counted_at > COUNTED:
            book.rows = await rows_held(self._store, list(settings.resources), FEW)
            book.counted_at = time.monotonic()
        self._count_too = False
        book.read_at = time.monotonic()

    async def look(self, *, rows: bool = False, fresh: float = FRESH) -> Snapshot:
        """The current snapshot; with `rows`, also how many rows each table has."""
        self._count_too |= rows
        counted = not rows or self._book.counted_at > float("-inf")
        if time.monotonic() - self._book.read_at > fresh or not counted:
            self._read.clear()
            self._wanted.set()
            if not await wait(self._read, PATIENCE):
                self.database_up = False
        return self.view()

    def headline(self) -> str:
        """The health in a sentence, without asking the database."""
        return self.view().headline

    def view(self) -> Snapshot:
        """A snapshot, without asking the database."""
        context = self.session.context
        self._speed.note(context.progress.sum("seen"))
        load = whole(context.progress, self.session.schedule.resources)
        left = self._pace.seconds_left(load)
        seen = [self._seen(resource) for resource in self.session.schedule.resources]
        headline = Headline(seen, self._book.daemon, self.ending, load, left,
                             database_up=self.database_up and not context.store.away, api_up=self._api_up(),
                             stopping=context.stop.is_set())
        tone, sentence, advice = headline.sentence()
        settings = self.session.settings
        return Snapshot(
            account=settings.account, company=self.session.account.name or settings.account,
            schema=settings.sync_schema, version=__version__, started_at=self.started_at, now=self._now(), tone=tone,
            headline=sentence, advice=advice, troubles=tuple(headline.troubles()), database_up=headline.database_up,
            api_up=headline.api_up, ending=self.ending, resources=tuple(seen), runs=tuple(self._book.runs),
            per_second=self._speed.per_second, load=load, seconds_left=left, stopping=headline.stopping,
            work=self._work())

    def _work(self) -> Work:
        session, context = self.session, self.session.context
        api, pool = context.reader.api, context.store.pool
        return Work(
            moved_at=self._unix(session.moved_at), cycles=session.cycles,
            cycled_at=None if session.cycled_at is None else self._unix(session.cycled_at),
            cycle_seconds=session.last_cycle["seconds"] if session.last_cycle else None, other_daemons=session.others,
            requests=api.requests, retries=api.retries, statuses=dict(api.statuses), in_flight=api.limiter.in_flight,
            limit=int(api.limiter.limit), ceiling=api.limiter.ceiling, slowdowns=api.limiter.slowed,
            lanes=context.lanes.in_flight, connections=pool.get_size(), idle_connections=pool.get_idle_size(),
            most_connections=pool.get_max_size(), outages=context.store.outages)

    def _unix(self, moment: float) -> float:
        """A moment of our monotonic clock, as unix time of the database's."""
        return self._now() - (time.monotonic() - moment)

    def _now(self) -> float:
        """Unix time by the database's clock, which `status` uses as well."""
        return self.session.context.store.clock.now().timestamp()

    def _api_up(self) -> bool:
        at = self.session.context.reader.api.answered_at
        most = max(LEAST_SILENCE, 2 * self.session.settings.sync_interval)
        return at is not None and time.monotonic() - at < most

    def _seen(self, resource: Resource) -> ResourceSnapshot:
        name, settings, now = resource.name, self.session.settings, self._now()
        tally = self.session.context.progress.of(name)
        tuning = self.session.context.tuning
        book = self._book.statuses.get(name) or ResourceStatus(resource=name, read=READ[resource.way],
                                                          limit=limit(resource, settings, tuning))
        speed = self._speeds.setdefault(name, Speed())
        speed.note(tally.done if resource.way is Way.CHILD else tally.seen)
        loading = tally.state is State.READING
        # a list is polled from the start of its first load, which says nothing until the load is complete
        loaded = not loading and (book.loaded or tally.state is State.DONE)
        moments = (self.session.schedule.watermarks.get(name), book.watermark) if loaded else ()
        watermark = max((at for at in moments if at), default=None)
        behind = None if watermark is None or book.unavailable else max(0, round(now - watermark))
        facts = replace(book, behind=behind, loaded=loaded, load_started=book.load_started or loading,
                        failures=self._failures(tally, book, now))
        rows, exact = self._book.rows.get(name, (None, True))
        return ResourceSnapshot(
            resource=name, read=book.read, problems=tuple(facts.problems(now)), unavailable=bool(book.unavailable),
            rows=rows, exact=exact, behind=behind, limit=book.limit, watermark=watermark,
            percent=100.0 if loaded else _percent(tally, book), done=tally.done or tally.seen, total=tally.total,
            per_second=speed.per_second, next_sweep=book.next_sweep, verified_at=book.verified_at,
            differences=book.differences, rejected=book.rejected, deleted=book.deleted, missing=book.missing,
            held=book.held, misfits=tuple(book.misfits), unread=book.unread, unsettled=book.unsettled,
            outcomes={outcome: getattr(tally, outcome) for outcome in OUTCOMES})

    def _failures(self, tally: Tally, book: ResourceStatus, now: float) -> list[Failure]:
        """Failures: the noted ones; for retried requests and the present, what this process knows."""
        found = [failure for failure in book.failures if failure.activity != "request"]
        failing = tally.failing_for(self.session.context.tuning.retrying_shown)
        if failing is not None:
            found.append(Failure("request", now - (time.monotonic() - failing.since), failing.why, failing.brief))
        if tally.state is State.FAILED and not (found or book.refused):
            found.append(Failure("work", now, tally.why or "", tally.brief or "the log says why"))
        return found


def _percent(tally: Tally, book: ResourceStatus) -> float:
    """Percent of a first load that is done, by this run's own count, else by what is committed."""
    return min(100.0, 100.0 * tally.done / tally.total) if tally.total else float(book.percent or 0)
