"""What an onlooker may know of a running daemon: its numbers in memory, and the bookkeeping of a moment ago.

Nothing here asks the API, and nobody waits long: health, metrics and the status page must answer when all else is
stuck. The bookkeeping is read by a task of its own, at most every few seconds and only when someone looks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sync_daemon import __version__
from sync_daemon.counts import READ, rows_held
from sync_daemon.errors import Fatal, SyncError
from sync_daemon.mirror import Mirror
from sync_daemon.output import few, span
from sync_daemon.progress import Speed, State, Tally
from sync_daemon.resources import Resource, Way
from sync_daemon.standing import Standing, limit, read_runs, read_standings
from sync_daemon.store import Store
from sync_daemon.together import wait

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
BUSY: Final = ("loading", "waiting")
AGELESS: Final = (*BUSY, "unavailable")
"""States in which it means nothing how far behind a resource is."""
SEE_TO_DATABASE: Final = "It is tried again. See that Postgres is up and can be reached from here."
SEE_TO_API: Final = "It is tried again. See whether Invoiced reports an outage, and this machine's network."
SEE_LOG: Final = "It is tried again in each cycle; the log says why."
SEE_STATUS: Final = "`invoiced-sync status` says what it is."


@dataclass(frozen=True, slots=True)
class Seen:
    """One resource. Times are unix seconds, spans seconds, `percent` that of its first load."""

    resource: str
    read: str
    state: str
    brief: str
    """Why it fails, without the server's words and without ids; empty if it doesn't."""
    rows: int | None
    exact: bool
    behind: int | None
    limit: float
    vouched: float | None
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
    tally: Tally

    @property
    def late(self) -> bool:
        return self.behind is not None and self.behind > self.limit


@dataclass(frozen=True, slots=True)
class View:
    """All there is to see at one moment. `tone` is good, busy or bad; `troubles` says why it is not ready."""

    mirror: Mirror
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


@dataclass(slots=True)
class Book:
    """What the database said, and when, by our monotonic clock."""

    standings: dict[str, Standing] = field(default_factory=dict)
    runs: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, tuple[int, bool]] = field(default_factory=dict)
    read_at: float = float("-inf")
    counted_at: float = float("-inf")


class Watch:
    """Looks at a mirror. `keep_reading` must run beside it; `ending` is set when the daemon is about to give up."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        self.started_at = mirror.engine.store.clock.now().timestamp()
        self.ending: Fatal | None = None
        self.database_up = True
        store = mirror.engine.store
        self._store = Store(store.pool, store.queries, store.clock, mirror.engine.stop, patience=0.0)
        self._book = Book()
        self._wanted, self._read = asyncio.Event(), asyncio.Event()
        self._count_too = False
        self._speed = Speed()
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
            self._read.set()

    async def read_book(self) -> None:
        """Asks the database. Raises SyncError."""
        book, settings = self._book, self.mirror.settings
        standings = await read_standings(self._store, settings)
        book.standings = {standing.resource: standing for standing in standings}
        book.runs = await read_runs(self._store, settings, RUNS)
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
        engine = self.mirror.engine
        self._speed.note(engine.progress.sum("seen"))
        seen = [self._seen(resource) for resource in self.mirror.work.resources]
        database_up, api_up = self.database_up and not engine.store.away, self._api_up()
        troubles = _troubles(seen, self.ending, database_up=database_up, api_up=api_up)
        tone, headline, advice = _sentence(seen, self.ending, database_up=database_up, api_up=api_up)
        if engine.stop.is_set():
            tone, headline, advice = "busy", "Stopping: the pages in hand are being stored.", ""
            troubles = [*troubles, "it is stopping"]
        return View(self.mirror, __version__, self.started_at, self._now(), tone, headline, advice, troubles,
                    database_up, api_up, self.ending, seen, self._book.runs, self._speed.per_second)

    def _now(self) -> float:
        """By the database's clock, by which `status` counts as well."""
        return self.mirror.engine.store.clock.now().timestamp()

    def _api_up(self) -> bool:
        at = self.mirror.engine.reader.api.answered_at
        most = max(LEAST_SILENCE, 2 * self.mirror.settings.sync_interval)
        return at is not None and time.monotonic() - at < most

    def _seen(self, resource: Resource) -> Seen:
        name, settings = resource.name, self.mirror.settings
        tally = self.mirror.engine.progress.of(name)
        book = self._book.standings.get(name) or Standing(name, READ[resource.way], limit(resource, settings))
        speed = self._speeds.setdefault(name, Speed())
        speed.note(tally.done if resource.way is Way.CHILD else tally.seen)
        state = _state(tally, book)
        # a list is polled from the beginning of its first load on, which vouches for nothing until that is complete
        loaded = state not in BUSY and (tally.state is State.DONE or book.vouched is not None)
        moments = (self.mirror.work.fresh.get(name), book.vouched) if loaded else ()
        vouched = max((at for at in moments if at), default=None)
        return Seen(
            resource=name, read=book.read, state=state,
            brief=(tally.brief or "the log says why") if state in {"failed", "unavailable"} else "",
            rows=self._book.rows.get(name, (None, True))[0], exact=self._book.rows.get(name, (None, True))[1],
            behind=None if vouched is None or state in AGELESS else max(0, round(self._now() - vouched)),
            limit=book.limit, vouched=vouched, percent=100.0 if loaded else _percent(tally, book),
            done=tally.done or tally.seen, total=tally.total, per_second=speed.per_second, next_sweep=book.next_sweep,
            verified_at=book.verified_at, differences=book.differences, rejected=book.rejected, deleted=book.deleted,
            missing=book.missing, held=book.held, tally=tally)


def _percent(tally: Tally, book: Standing) -> float:
    """How far a first load is, by this run's own count, else by what is committed."""
    return min(100.0, 100.0 * tally.done / tally.total) if tally.total else float(book.percent or 0)


def _state(tally: Tally, book: Standing) -> str:
    """What this run found out, else what the bookkeeping says."""
    if tally.state is State.READING:
        return "loading"
    if tally.state in {State.FAILED, State.UNAVAILABLE}:
        return str(tally.state.value)
    if tally.state is State.DONE:
        return "incomplete" if book.missing else "ok"
    return book.state


def _troubles(seen: Sequence[Seen], ending: Fatal | None, *, database_up: bool, api_up: bool) -> list[str]:
    """Why it is not ready, a clause each; nothing if it is."""
    troubles = [ending.brief] if ending else []
    if not database_up:
        troubles.append("the database does not answer")
    elif not api_up:
        troubles.append("the API does not answer")
    if busy := [one.resource for one in seen if one.state in BUSY]:
        troubles.append(f"not loaded yet: {len(busy)} of {len(seen)} resources")
    for what, names in (("failed", [one.resource for one in seen if one.state == "failed"]),
                        ("behind their limit", [one.resource for one in seen if one.late])):
        if names:
            troubles.append(f"{what}: {', '.join(names)}")
    return troubles


def _sentence(seen: Sequence[Seen], ending: Fatal | None, *, database_up: bool, api_up: bool) -> tuple[str, str, str]:
    """The tone, how things are, and what to do if anything; the worst comes first."""
    polled = max((one.behind or 0 for one in seen if one.read in {"polled", "feed"}), default=0)
    behind = f"at most {span(polled)} behind"
    of = f"of {len(seen)} resources"
    busy = [one.resource for one in seen if one.state in BUSY]
    failed = [one.resource for one in seen if one.state == "failed"]
    late = [one.resource for one in seen if one.late]
    wrong = [one.resource for one in seen if one.rejected or one.missing or one.differences or one.held]
    if ending is not None:
        return "bad", f"It ends: {ending.brief}.", ending.hint
    if not database_up:
        return "bad", "The database does not answer.", SEE_TO_DATABASE
    if not api_up and len(busy) < len(seen):
        return "bad", f"The API does not answer; {behind}.", SEE_TO_API
    if failed:
        return "bad", f"{len(failed)} {of} fail: {few(failed)}.", SEE_LOG
    if busy:
        return "busy", f"First load: {len(seen) - len(busy)} {of} are complete.", ""
    if late:
        return "bad", f"{len(late)} {of} are behind their limit: {few(late)}.", SEE_LOG
    if wrong:
        return "busy", f"Fresh, {behind}; a person should look at {few(wrong)}.", SEE_STATUS
    return "good", f"Fresh: {behind}.", ""
