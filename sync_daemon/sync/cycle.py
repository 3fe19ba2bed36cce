"""One cycle: the feed first, then all polls, then the feed's refetch requests, each resource by itself.

In the daemon a slow list (it fails and is retried, or an import is being read) holds up no other: the next cycles run
without it until it is done. Refetches of a polled list come after its poll, which usually serves them.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import Final

from sync_daemon.apply.context import SyncContext
from sync_daemon.concurrency import run_all
from sync_daemon.log import log
from sync_daemon.model.resources import Resource, Way
from sync_daemon.progress import Counts, State
from sync_daemon.sync.attempt import advance_watermark, attempt, cursors, is_ready
from sync_daemon.sync.event_feed import EVENTS, open_feed, read_feed
from sync_daemon.sync.hidden_fields import decide
from sync_daemon.sync.incremental import catch_up
from sync_daemon.sync.refetch import refetch, resources_due
from sync_daemon.sync.schedule import Activity, Schedule
from sync_daemon.sync.session import COUNTS, SyncSession, beat

Works = dict[str, Callable[[], Coroutine[None, None, None]]]
"""Works to run concurrently, by name; a name that is still running is not started again."""
Begin = Callable[[Works], Awaitable[None]]
POLLED: Final = (Way.VALUE, Way.FEED)
ALL = "*"
"""Name in `_problem` for what concerns all resources."""


async def to_their_end(works: Works) -> None:
    """Runs all concurrently, to their end."""
    await run_all(work() for work in works.values())


async def cycle(context: SyncContext, schedule: Schedule, do: Begin = to_their_end) -> None:
    """Reads the feed, then polls what can be polled and serves refetch requests."""
    rows = await cursors(context)
    ready = [resource for resource in schedule.resources
             if is_ready(context, resource, rows.get(resource.name), schedule)]
    if EVENTS in ready:
        await do({EVENTS.name: partial(_poll_feed, context, schedule)})
    polled = [resource for resource in ready if resource.way is Way.VALUE] if _is_time(context, schedule) else []
    await do({resource.name: partial(_poll, context, schedule, resource) for resource in polled})
    for _ in range(2):  # twice: a tombstoned customer, say, adds requests for its child lists
        await do({f"refetches of {resource.name}": partial(_refetch, context, resource)
                  for resource in await resources_due(context, ready)})
    await _see_to_the_clock(context)


def _is_time(context: SyncContext, schedule: Schedule) -> bool:
    """Whether lists are polled in this cycle. A change may become visible later than its event."""
    now = time.monotonic()
    if now - context.polled_at < schedule.poll and now - context.news_at > context.reader.overlap:
        return False
    context.polled_at = now
    return True


async def _poll_feed(context: SyncContext, schedule: Schedule) -> None:
    async def read() -> None:
        lane = await open_feed(context)
        before = context.reader.api.server_time
        await read_feed(context, lane)
        advance_watermark(context, schedule, EVENTS, before)

    await attempt(context, EVENTS, Activity.POLL, read)


async def _poll(context: SyncContext, schedule: Schedule, resource: Resource) -> None:
    loading = context.progress.of(resource.name).state is State.READING

    async def read() -> None:
        await decide(context, resource)
        await catch_up(context, schedule, resource)

    await attempt(context, resource, Activity.POLL, read, in_background=loading)


async def _refetch(context: SyncContext, resource: Resource) -> None:
    await attempt(context, resource, Activity.REFETCH, lambda: refetch(context, resource), in_background=True)


async def _see_to_the_clock(context: SyncContext) -> None:
    """Notes when the answers have no `Date`, and when they have one again."""
    without = not context.reader.api.shows_time
    if without is context.timeless:
        return
    context.timeless = without
    if without:
        await context.store.state.note_problem(
            ALL, "clock", "the API's answers have no Date, so nothing counts as settled: lists "
            "are read from their newest row on, and whole only by the sweeps", "the API's answers have no Date")
    else:
        await context.store.state.clear_problems(ALL, ["clock"], context.store.clock.now())


async def one_cycle(session: SyncSession) -> None:
    """Runs a cycle to its end."""
    with session.context.progress.counting() as counts:
        await whole_cycle(session, counts)


async def whole_cycle(session: SyncSession, counts: dict[str, Counts], do: Begin = to_their_end) -> None:
    """A cycle, its heartbeat, and its log lines: one for each resource in which something happened.

    `counts` has what happened since the last cycle, and is emptied.
    """
    context, begun = session.context, time.monotonic()
    await context.store.compare_clocks()
    await cycle(context, session.schedule, do)
    told = dict(counts)
    counts.clear()
    session.cycles += 1
    session.cycled_at = time.monotonic()
    total = Counts(seconds=session.cycled_at - begun)
    for one in told.values():
        for name in (*COUNTS, "requests"):
            total.add(name, getattr(one, name))
    session.last_cycle = total.line()
    await beat(session)
    tell(session, "cycle", told)
    behind = max((_behind(session, one.name) or 0 for one in session.schedule.resources if one.way in POLLED),
                 default=0)
    log().info("cycle.done", **session.last_cycle, behind=behind)


def tell(session: SyncSession, what: str, counts: Mapping[str, Counts]) -> None:
    """Logs one line for each resource; at debug if nothing happened to it, except in its first cycle."""
    for name, one in counts.items():
        quiet = False
        if what == "cycle":
            quiet = name in session.told and not (one.stored or one.deleted or one.rejected)
            session.told.add(name)
        note = log().debug if quiet else log().info
        note("resource.done", work=what, resource=name, **one.line(), behind=_behind(session, name))


def _behind(session: SyncSession, name: str) -> int | None:
    """Seconds since this run's watermark of a resource."""
    fresh = session.schedule.watermarks.get(name)
    return None if fresh is None else max(0, round(session.context.store.clock.now().timestamp() - fresh))
