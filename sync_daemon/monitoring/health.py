"""What an onlooker may know of a running daemon: its numbers in memory, and the bookkeeping of a moment ago.

Nothing here asks the API, and nobody waits long: health, metrics and the status page must answer when all else is
stuck. The bookkeeping is read by a task of its own, at most every few seconds and only when someone looks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any, Final

from sync_daemon import __version__
from sync_daemon.concurrency import wait
from sync_daemon.errors import Fatal, SyncError
from sync_daemon.humanize import count, few, span
from sync_daemon.log import log
from sync_daemon.model.resources import Resource, Way
from sync_daemon.monitoring.held_rows import READ, rows_held
from sync_daemon.monitoring.load_progress import Pace, Whole, whole
from sync_daemon.monitoring.problems import BUSY, Failure, Kind, Problem, headlines
from sync_daemon.monitoring.resource_status import ResourceStatus, limit, read_daemon, read_runs, read_statuses
from sync_daemon.postgres.store import Store
from sync_daemon.progress import Speed, State, Tally
from sync_daemon.sync.session import SyncSession

FRESH: Final = 5.0
"""Seconds for which the bookkeeping is not read again."""
COUNTED: Final = 30.0
"""Seconds for which rows are not counted again, which takes longer."""
FEW: Final = 20_000
"""Rows above which a page shows Postgres's estimate."""
MINUTE: Final = 60.0
PATIENCE: Final = 2.0
"""Seconds that someone who looks waits for the database."""
RUNS: Final = 8
LEAST_SILENCE: Final = 120.0
"""Seconds without a good answer after which the API is called away; two intervals, if that is more."""
SEE_TO_DATABASE: Final = "It is tried again. See that Postgres is up and can be reached from here."
SEE_TO_API: Final = "It is tried again. See whether Invoiced reports an outage, and this machine's network."
SEE_LOG: Final = "It is tried again in each cycle; the log says why."
SEE_STATUS: Final = "`invoiced-sync status` says what it is."


@dataclass(frozen=True, slots=True)
class Seen:
    """One resource: what is wrong with it, and its numbers. Times are unix seconds, spans seconds, `percent` that of
    its first load.
    """

    resource: str
    read: str
    problems: tuple[Problem, ...]
    unavailable: bool
    rows: int | None
    exact: bool
    behind: int | None
    limit: float
    watermark: float | None
    percent: float | None
    done: int
    total: int | None
    per_second: float
    next_sweep: float | None
    verified_at: float | None
    differences: int | None
    rejected: int
    deleted: int
    missing: int
    held: int
    misfits: tuple[tuple[str, int], ...]
    unread: int
    unsettled: int
    tally: Tally

    @property
    def state(self) -> str:
        """How it is, in a word."""
        return self.problems[0].kind.value if self.problems else "unavailable" if self.unavailable else "ok"

    @property
    def tone(self) -> str:
        """good, busy, look or bad."""
        return self.problems[0].tone if self.problems else "good"

    def has(self, *kinds: Kind) -> bool:
        return any(problem.kind in kinds for problem in self.problems)


@dataclass(frozen=True, slots=True)
class View:
    """All there is to see at one moment. `tone` is good, busy or bad; `troubles` says why it is not ready, that is why
    mirror and account may differ for longer than promised.
    """

    session: SyncSession
    version: str
    started_at: float
    now: float
    tone: str
    headline: str
    advice: str
    troubles: list[str]
    database_up: bool
    api_up: bool
    ending: Fatal | None
    resources: list[Seen]
    runs: list[dict[str, Any]]
    per_second: float
    load: Whole
    seconds_left: float | None
    """Until all first loads are complete, where that can be said."""


@dataclass(slots=True)
class Book:
    """What the database said, and when, by our monotonic clock."""

    statuses: dict[str, ResourceStatus] = field(default_factory=dict)
    runs: list[dict[str, Any]] = field(default_factory=list)
    daemon: list[Problem] = field(default_factory=list)
    rows: dict[str, tuple[int, bool]] = field(default_factory=dict)
    read_at: float = float("-inf")
    counted_at: float = float("-inf")


class HealthMonitor:
    """Looks at a mirror. `keep_reading` must run beside it; `ending` is set when the daemon is about to give up."""

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
        """For ever: reads the bookkeeping when someone wants to see it, and each minute for the headline."""
        while True:
            await wait(self._wanted, MINUTE)
            self._wanted.clear()
            try:
                await self.read_book()
                self.database_up = True
            except SyncError:
                self.database_up = False
            except Exception as error:  # noqa: BLE001 - who looks must not end what is looked at
                log().error("watch.failed", exc_info=error, hint="This is a bug: please report it with this line.")
            self._read.set()

    async def read_book(self) -> None:
        """Asks the database. Raises SyncError."""
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

    async def look(self, *, rows: bool = False, fresh: float = FRESH) -> View:
        """How things are now; with `rows`, also how many there are in each table."""
        self._count_too |= rows
        counted = not rows or self._book.counted_at > float("-inf")
        if time.monotonic() - self._book.read_at > fresh or not counted:
            self._read.clear()
            self._wanted.set()
            if not await wait(self._read, PATIENCE):
                self.database_up = False
        return self.view()

    def headline(self) -> str:
        """How things are, in a sentence, by what is known without asking."""
        return self.view().headline

    def view(self) -> View:
        """How things are, by what is known without asking."""
        context = self.session.context
        self._speed.note(context.progress.sum("seen"))
        load = whole(context.progress, self.session.schedule.resources)
        left = self._pace.seconds_left(load)
        seen = [self._seen(resource) for resource in self.session.schedule.resources]
        headline = _Headline(seen, self._book.daemon, self.ending, load, left,
                             database_up=self.database_up and not context.store.away, api_up=self._api_up(),
                             stopping=context.stop.is_set())
        tone, sentence, advice = headline.sentence()
        return View(self.session, __version__, self.started_at, self._now(), tone, sentence, advice,
                    headline.troubles(),
                    headline.database_up, headline.api_up, self.ending, seen, self._book.runs, self._speed.per_second,
                    load, left)

    def _now(self) -> float:
        """By the database's clock, by which `status` counts as well."""
        return self.session.context.store.clock.now().timestamp()

    def _api_up(self) -> bool:
        at = self.session.context.reader.api.answered_at
        most = max(LEAST_SILENCE, 2 * self.session.settings.sync_interval)
        return at is not None and time.monotonic() - at < most

    def _seen(self, resource: Resource) -> Seen:
        name, settings, now = resource.name, self.session.settings, self._now()
        tally = self.session.context.progress.of(name)
        tuning = self.session.context.tuning
        book = self._book.statuses.get(name) or ResourceStatus(resource=name, read=READ[resource.way],
                                                          limit=limit(resource, settings, tuning))
        speed = self._speeds.setdefault(name, Speed())
        speed.note(tally.done if resource.way is Way.CHILD else tally.seen)
        loading = tally.state is State.READING
        # a list is polled from the beginning of its first load on, which says nothing until that is complete
        loaded = not loading and (book.loaded or tally.state is State.DONE)
        moments = (self.session.schedule.watermarks.get(name), book.watermark) if loaded else ()
        watermark = max((at for at in moments if at), default=None)
        behind = None if watermark is None or book.unavailable else max(0, round(now - watermark))
        facts = replace(book, behind=behind, loaded=loaded, load_started=book.load_started or loading,
                        failures=self._failures(tally, book, now))
        rows, exact = self._book.rows.get(name, (None, True))
        return Seen(
            resource=name, read=book.read, problems=tuple(facts.problems(now)), unavailable=bool(book.unavailable),
            rows=rows, exact=exact, behind=behind, limit=book.limit, watermark=watermark,
            percent=100.0 if loaded else _percent(tally, book), done=tally.done or tally.seen, total=tally.total,
            per_second=speed.per_second, next_sweep=book.next_sweep, verified_at=book.verified_at,
            differences=book.differences, rejected=book.rejected, deleted=book.deleted, missing=book.missing,
            held=book.held, misfits=tuple(book.misfits), unread=book.unread, unsettled=book.unsettled, tally=tally)

    def _failures(self, tally: Tally, book: ResourceStatus, now: float) -> list[Failure]:
        """What fails: as noted, but of requests that are tried again, and of this moment, what this process knows."""
        found = [failure for failure in book.failures if failure.activity != "request"]
        failing = tally.failing_for(self.session.context.tuning.retrying_shown)
        if failing is not None:
            found.append(Failure("request", now - (time.monotonic() - failing.since), failing.why, failing.brief))
        if tally.state is State.FAILED and not (found or book.refused):
            found.append(Failure("work", now, tally.why or "", tally.brief or "the log says why"))
        return found


def _percent(tally: Tally, book: ResourceStatus) -> float:
    """How far a first load is, by this run's own count, else by what is committed."""
    return min(100.0, 100.0 * tally.done / tally.total) if tally.total else float(book.percent or 0)


def _agreeing(verb: str, names: Sequence[str]) -> str:
    """Of one it fails, is, was; of several they fail, are, were."""
    first, _, rest = verb.partition(" ")
    return verb if len(names) > 1 else " ".join(
        part for part in ({"fail": "fails", "are": "is", "were": "was"}.get(first, first), rest) if part).replace(
            "their", "its")


@dataclass(frozen=True, slots=True)
class _Headline:
    """How things are in a sentence, and why they are not ready."""

    seen: Sequence[Seen]
    daemon: Sequence[Problem]
    ending: Fatal | None
    load: Whole
    seconds_left: float | None
    _: KW_ONLY
    database_up: bool
    api_up: bool
    stopping: bool

    def troubles(self) -> list[str]:
        """Why it is not ready, a clause each; nothing if it is."""
        found = [self.ending.brief] if self.ending else []
        if not self.database_up:
            found.append("the database does not answer")
        elif not self.api_up:
            found.append("the API does not answer")
        found += [problem.brief for problem in self.daemon]
        if self._of(BUSY):
            found.append(f"not loaded yet: {self.load}")
        found += headlines((one.resource, [problem for problem in one.problems if problem.kind not in BUSY])
                           for one in self.seen)
        return [*found, "it is stopping"] if self.stopping else found

    def sentence(self) -> tuple[str, str, str]:
        """The tone, how things are, and what to do if anything; the worst comes first."""
        polled = max((one.behind or 0 for one in self.seen if one.read in {"polled", "feed"}), default=0)
        behind = f"at most {span(polled)} behind"
        of = f"of {count(len(self.seen), 'resource')}"
        if self.stopping:
            return "busy", "Stopping: the pages in hand are being stored.", ""
        if self.ending is not None:
            return "bad", f"It ends: {self.ending.brief}.", self.ending.hint
        if not self.database_up:
            return "bad", "The database does not answer.", SEE_TO_DATABASE
        busy = self._of(BUSY)
        if not self.api_up and len(busy) < len(self.seen):
            return "bad", f"The API does not answer; {behind}.", SEE_TO_API
        for kind, verb in ((Kind.FAILED, "fail"), (Kind.UNAVAILABLE, "are not available any more"),
                           (Kind.REFUSED, "were refused once"), (Kind.RETRYING, "are asked again and again")):
            if names := self._of({kind}):
                return "bad", f"{len(names)} {of} {_agreeing(verb, names)}: {few(names)}.", SEE_LOG
        if self.daemon:
            return "bad", f"Attention: {self.daemon[0].brief}.", self.daemon[0].remedy
        if busy:
            left = "" if self.seconds_left is None else f", {span(self.seconds_left)} left"
            return "busy", f"First load: {self.load.percent}%{left}; {self.load}.", ""
        for kind, verb in ((Kind.LATE, "are behind their limit"), (Kind.INCOMPLETE, "are incomplete"),
                           (Kind.PARTLY_READ, "could be read but in part")):
            if names := self._of({kind}):
                return "bad", f"{len(names)} {of} {_agreeing(verb, names)}: {few(names)}.", SEE_LOG
        if names := [one.resource for one in self.seen if one.problems]:
            return "bad", f"Fresh, {behind}; a person should look at {few(names)}.", SEE_STATUS
        return "good", f"Fresh: {behind}.", ""

    def _of(self, kinds: Collection[Kind]) -> list[str]:
        return [one.resource for one in self.seen if one.has(*kinds)]
