"""The core loop: load the cursor, plan, fetch, commit, repeat.

Whatever finds a change (first load, poll, event, sweep), it becomes a page of one resource's own list, on one path:
`pagination` says what to ask, `client` fetches bytes, this module judges and passes on, `store` commits rows and
cursor together. A lane reads a few pages ahead while others are committed; there is no queue in between.

A list that honours `updated_after` has two kinds of lane. The lanes of the first load cover (beginning, H], where H is
the server's time, from a `Date` received before the first request, less the overlap. The tail continues from H for
ever. Its cursor never passes `settled_until`: rows younger than the overlap are stored at once, but count as read only
when they have settled, because until then a version that was stamped earlier may still become visible.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sync_daemon.concurrency import wait
from sync_daemon.log import log
from sync_daemon.model.cursor import BEFORE_ALL, Cursor, Lane
from sync_daemon.model.records import Record
from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.model.resources import Resource
from sync_daemon.postgres.store import Batch, Store, Stored
from sync_daemon.progress import Progress, State
from sync_daemon.source import pagination
from sync_daemon.source.limiter import Gate, PrioritySemaphore
from sync_daemon.source.list_reader import ListPage, Reader
from sync_daemon.source.pagination import Kind
from sync_daemon.tuning import AS_IT_IS, Tuning

TOLERATED, SET_BACK = 60, 26 * 3600
"""Seconds that a cursor may be ahead of the clocks, and how far behind them it is set if it is further ahead."""
JUMP = 10
"""Seconds before the newest row seen at which the tail resumes once it has passed `settled_until`."""



@dataclass(slots=True)
class SyncContext:
    """What all work needs, built once and passed on. Everything it remembers may be forgotten without harm."""

    reader: Reader
    store: Store
    stop: asyncio.Event
    progress: Progress
    lanes: PrioritySemaphore
    """Limits lanes to as many at once as requests may be in flight, long ones first."""
    sweeps: Gate
    """How many requests the sweeps may have in flight."""
    tuning: Tuning = AS_IT_IS
    troubled: set[tuple[str, str]] = field(default_factory=set)
    """Resources and their failing activities, in any process; the next success clears them."""
    refused: set[str] = field(default_factory=set)
    """Resources that were refused when the bookkeeping was last read."""
    keyless: set[str] = field(default_factory=set)
    """Resources with a rejected record whose key is unknown."""
    proven: set[tuple[str, str]] = field(default_factory=set)
    """Undocumented capabilities of lists that are recorded as having worked once."""
    fronts: dict[tuple[str, str, int], int] = field(default_factory=dict)
    """Newest `updated_at` seen in the tail of a list since the last outage of the database."""

    timeless: bool | None = None
    """Whether a missing `Date` of the server is the last thing noted."""
    news_at: float = -math.inf
    """When the feed last had something new, by our monotonic clock."""
    polled_at: float = -math.inf
    """When the lists were last polled, by the same clock."""

    def low_priority(self) -> SyncContext:
        """The same context, but with only a share of the requests in flight."""
        return replace(self, reader=replace(self.reader, gate=self.sweeps))

    @property
    def is_low_priority(self) -> bool:
        return self.reader.gate is not None

    def at_once(self) -> int:
        """How many lanes of one list are walked concurrently."""
        lanes = int(self.lanes.limit)
        return max(1, lanes // 4) if self.is_low_priority else lanes

    async def rest(self, seconds: float) -> None:
        """Sleeps, at most until a stop. Raises Stopped."""
        await wait(self.stop, seconds)
        self.raise_if_stopped()

    def raise_if_stopped(self) -> None:
        """Raises Stopped between two pages when the process was asked to end."""
        self.reader.raise_if_stopped()

    async def note_proven(self) -> None:
        """Records capabilities that were seen to work, so that a single answer can't revoke them."""
        for resource, ability in self.reader.proven - self.proven:
            await self.store.state.note_proven(resource, ability)
            self.proven.add((resource, ability))

    # One page.

    async def commit(self, resource: Resource, records: Iterable[Record], fetched: ListPage | Sequence[ListPage],
                     lane: Lane | None = None, cursor: Cursor | None = None, *, done: bool = False,
                     requests: Callable[[frozenset[int | str]], Iterable[RefetchRequest]] | None = None,
                     note: Sequence[RefetchRequest] = (), lazy: bool = False,
                     server: datetime | None = None) -> tuple[Stored, Lane | None]:
        """Stores records, and the cursor that covers them, in one transaction, and counts them. Raises LostRace."""
        answers = [fetched] if isinstance(fetched, ListPage) else list(fetched)
        asked_at = min((one.answer.asked_at for one in answers), default=self.store.clock.now())
        batch = Batch(resource, asked_at, list(records),
                      [reject for one in answers for reject in one.page.rejects], len(answers))
        stored, lane = await self.store.commit(batch, lane, cursor, done=done, requests=requests, note=note,
                                               lazy=lazy, server=server)
        self.progress.count(resource.name, seen=stored.seen, stored=len(stored.keys), rejected=stored.rejected)
        if stored.rejected:
            log().warning("record.rejected", resource=resource.name, records=stored.rejected,
                          hint=f"The table {self.store.queries.schema}._rejected has them, and why.")
        if stored.new_fields:
            log().info("field.new", resource=resource.name, fields=sorted(stored.new_fields))
        return stored, lane


# The tail.


async def poll(context: SyncContext, resource: Resource, lane: Lane) -> None:
    """One pass of the tail: reads all after its cursor, and moves it up to `settled_until`. Raises LostRace, Disorder.

    Once the walk has passed `settled_until` the cursor stays for this cycle, and the walk jumps to the newest row seen
    in an earlier one: the rows between are read once more when they settle, not in every cycle.
    """
    lane = await not_in_the_future(context, lane)
    at, frozen = lane.cursor, False
    settled = lane.cursor.o > 0  # a cursor within a second is moved once more, so that the next request finds nothing
    tail = (resource.name, lane.variant, context.store.outages)
    front = newest = context.fronts.get(tail, BEFORE_ALL)
    here = context.store.clock.now().timestamp()  # without the server's time, ours says what is in the future
    if not context.reader.api.shows_time:  # nothing settles: rows that are not new are left to the sweeps
        at = max(at, Cursor(front - JUMP), key=lambda cursor: cursor.key)
    while True:
        context.raise_if_stopped()
        fetched, step = await context.reader.advance(resource, lane.variant, at)
        keys = fetched.page.order
        newest = max([newest, *(u for u, _ in keys if u <= (context.reader.api.server_time or here))])
        settled = settled or any(lane.cursor.key < key and key[0] <= fetched.settled_until for key in keys)
        target: Cursor | None = None
        passed = step.kind is Kind.END or step.cursor.u > fetched.settled_until
        if not frozen:
            target = pagination.settle(step, fetched.settled_until, settled)
            if target is not None and target.key <= lane.cursor.key:
                target = None  # the server's clock stopped or went back; the cursor never goes back
        _, moved = await context.commit(resource, fetched.page.records, fetched, lane, target)
        lane = moved or lane
        if step.kind is Kind.END:
            break
        at = step.cursor
        if passed and not frozen:
            frozen = True
            at = max(at, Cursor(front - JUMP), key=lambda cursor: cursor.key)
    context.fronts[tail] = newest


async def not_in_the_future(context: SyncContext, lane: Lane) -> Lane:
    """The lane, set back if its cursor is in the future: clocks were ahead when it moved, and it would miss changes.

    Raises LostRace.
    """
    now = context.reader.api.server_time
    if now is None or lane.cursor.u <= now + TOLERATED:
        return lane
    log().warning("cursor.ahead", resource=lane.resource,
                  hint="Nothing to do: a clock was ahead; what changed within the last 26 hours is read again.")
    return await context.store.checkpoints.restart(lane, Cursor(now - SET_BACK), context.store.clock.now())


def mark(context: SyncContext, resource: Resource, state: State, why: str | None = None, brief: str = "") -> None:
    tally = context.progress.of(resource.name)
    tally.state, tally.why, tally.brief = state, why, brief
