"""The story of the project: load the cursor, plan, fetch, commit, repeat.

Whatever finds a change (first load, poll, event, sweep), it ends as a page of one resource's own list, and takes one
road: `pagination` says what to ask, `client` brings bytes, this module judges and hands on, `store` commits rows and
cursor together. A lane reads a few pages ahead while others are committed; there is no queue in between.

For a list that honours `updated_after` there are two kinds of lane. The lanes of the first load cover (beginning, H],
where H is the server's time, from a `Date` received before the first question, less the overlap. The tail goes on from
H for ever. Its cursor never passes `settled_until`: what is younger than the overlap is stored at once, but counts as
read only when it has settled, because until then a version may still become visible that was stamped earlier.
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
"""Seconds that a cursor may be ahead of the clocks, and how far behind them it is set if it is more: a day and more."""
JUMP = 10
"""Seconds before the newest row seen at which the tail goes on once it has passed `settled_until`."""



@dataclass(slots=True)
class SyncContext:
    """What every part of the work needs, built once and passed on. What it remembers, it may forget without harm."""

    reader: Reader
    store: Store
    stop: asyncio.Event
    progress: Progress
    lanes: PrioritySemaphore
    """Lets as many lanes walk at once as requests may be in flight, long ones first."""
    sweeps: Gate
    """How many requests the sweeps may have in flight."""
    tuning: Tuning = AS_IT_IS
    troubled: set[tuple[str, str]] = field(default_factory=set)
    """Resources and the activities in which they fail, by whichever process; the next success clears them."""
    refused: set[str] = field(default_factory=set)
    """Resources that were refused when the bookkeeping was last read."""
    keyless: set[str] = field(default_factory=set)
    """Resources of which something is rejected whose key nobody knows."""
    proven: set[tuple[str, str]] = field(default_factory=set)
    """Undocumented abilities of lists that are noted as once seen to work."""
    fronts: dict[tuple[str, str, int], int] = field(default_factory=dict)
    """Newest `updated_at` seen in the tail of a list since the last outage of the database."""

    timeless: bool | None = None
    """Whether it was last noted that the server shows no time."""
    news_at: float = -math.inf
    """When the feed last told something, by our monotonic clock."""
    polled_at: float = -math.inf
    """When the lists were last polled, by the same clock."""

    def low_priority(self) -> SyncContext:
        """The same, but most of the requests in flight are left to others."""
        return replace(self, reader=replace(self.reader, gate=self.sweeps))

    @property
    def is_low_priority(self) -> bool:
        return self.reader.gate is not None

    def at_once(self) -> int:
        """How many lanes of one list go side by side."""
        lanes = int(self.lanes.limit)
        return max(1, lanes // 4) if self.is_low_priority else lanes

    async def rest(self, seconds: float) -> None:
        """Waits, but not beyond a stop. Raises Stopped."""
        await wait(self.stop, seconds)
        self.raise_if_stopped()

    def raise_if_stopped(self) -> None:
        """Raises Stopped between two pages when the process was asked to end."""
        self.reader.raise_if_stopped()

    async def note_proven(self) -> None:
        """Keeps what lists were seen to be able to: one answer does not take it away."""
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
    """One pass of the tail: all after its cursor, and the cursor as far as `settled_until`. Raises LostRace, Disorder.

    Once the walk has passed `settled_until` the cursor stays for this cycle, and the walk jumps to the newest row seen
    in an earlier one: what lies between is read once more when it settles, not in every cycle.
    """
    lane = await not_in_the_future(context, lane)
    at, frozen = lane.cursor, False
    settled = lane.cursor.o > 0  # a cursor within a second is worth one move: the next question then finds nothing
    tail = (resource.name, lane.variant, context.store.outages)
    front = newest = context.fronts.get(tail, BEFORE_ALL)
    here = context.store.clock.now().timestamp()  # where the server shows no time, ours says what is of the future
    if not context.reader.api.shows_time:  # nothing settles: what is not new is left to the sweeps
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
                target = None  # the server's clock stood still or went back; the cursor never does
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
    """The lane, set back if its cursor stands in the future: clocks were ahead when it moved, and it would see nothing.

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
