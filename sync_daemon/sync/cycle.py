"""One cycle: the feed first, then all polls, then the feed's hints, each resource by itself.

In the daemon a list that takes long (it fails and is tried again, or an import is being read) holds up no other: the
next cycles go on without it until it is done. Hints of a polled list come after its poll, which mostly serves them.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import Final

from sync_daemon.apply.context import Engine
from sync_daemon.concurrency import together
from sync_daemon.log import log
from sync_daemon.model.resources import Resource, Way
from sync_daemon.progress import Counts, State
from sync_daemon.sync.attempt import Activity, Work, attempt, cursors, is_ready, vouch
from sync_daemon.sync.event_feed import EVENTS, open_feed, read_feed
from sync_daemon.sync.incremental import catch_up
from sync_daemon.sync.refetch import follow, hinted
from sync_daemon.sync.session import COUNTS, Mirror, beat

Works = dict[str, Callable[[], Coroutine[None, None, None]]]
"""What is to be done side by side, by a name that tells whether it still is under way."""
Begin = Callable[[Works], Awaitable[None]]
POLLED: Final = (Way.VALUE, Way.FEED)
ALL = "*"
"""In `_problem`: what concerns all resources."""


async def to_their_end(works: Works) -> None:
    """Does all side by side, to the last."""
    await together(work() for work in works.values())


async def cycle(engine: Engine, work: Work, do: Begin = to_their_end) -> None:
    """Reads the feed, then polls what can be polled and follows the feed's hints."""
    rows = await cursors(engine)
    ready = [resource for resource in work.resources if is_ready(engine, rows.get(resource.name))]
    if EVENTS in ready:
        await do({EVENTS.name: partial(_poll_feed, engine, work)})
    polled = [resource for resource in ready if resource.way is Way.VALUE] if _is_time(engine, work) else []
    await do({resource.name: partial(_poll, engine, work, resource) for resource in polled})
    for _ in range(2):  # of a customer that was buried, say: the lists below it
        await do({f"hints of {resource.name}": partial(_follow, engine, resource)
                  for resource in await hinted(engine, ready)})
    await _see_to_the_clock(engine)


def _is_time(engine: Engine, work: Work) -> bool:
    """Whether lists are polled in this cycle. What an event tells may become visible later than the event."""
    now = time.monotonic()
    if now - engine.polled_at < work.poll and now - engine.news_at > engine.reader.overlap:
        return False
    engine.polled_at = now
    return True


async def _poll_feed(engine: Engine, work: Work) -> None:
    async def read() -> None:
        lane = await open_feed(engine)
        before = engine.reader.api.server_time
        await read_feed(engine, lane)
        vouch(engine, work, EVENTS, before)

    await attempt(engine, EVENTS, Activity.POLL, read)


async def _poll(engine: Engine, work: Work, resource: Resource) -> None:
    loading = engine.progress.of(resource.name).state is State.READING
    await attempt(engine, resource, Activity.POLL, lambda: catch_up(engine, work, resource), beside=loading)


async def _follow(engine: Engine, resource: Resource) -> None:
    await attempt(engine, resource, Activity.REFETCH, lambda: follow(engine, resource), beside=True)


async def _see_to_the_clock(engine: Engine) -> None:
    """Says when the answers show no time, and when they do again."""
    without = not engine.reader.api.shows_time
    if without is engine.timeless:
        return
    engine.timeless = without
    if without:
        await engine.store.value(
            "note_problem", ALL, "clock", "the API's answers bear no Date, so that nothing counts as settled: lists "
            "are read from what was newest on, and whole by the sweeps alone", "the API's answers bear no Date")
    else:
        await engine.store.value("clear_problems", ALL, ["clock"], engine.store.clock.now())


async def one_cycle(mirror: Mirror) -> None:
    """A cycle, waited for to its end."""
    with mirror.engine.progress.counting() as counts:
        await whole_cycle(mirror, counts)


async def whole_cycle(mirror: Mirror, counts: dict[str, Counts], do: Begin = to_their_end) -> None:
    """A cycle, its heartbeat, and its lines in the log: one for each resource in which something happened.

    `counts` has what happened since the last one, and is emptied.
    """
    engine, begun = mirror.engine, time.monotonic()
    await engine.store.compare_clocks()
    await cycle(engine, mirror.work, do)
    told = dict(counts)
    counts.clear()
    mirror.cycles += 1
    mirror.cycled_at = time.monotonic()
    total = Counts(seconds=mirror.cycled_at - begun)
    for one in told.values():
        for name in (*COUNTS, "requests"):
            total.add(name, getattr(one, name))
    mirror.last_cycle = total.line()
    await beat(mirror)
    tell(mirror, "cycle", told)
    behind = max((_behind(mirror, one.name) or 0 for one in mirror.work.resources if one.way in POLLED), default=0)
    log().info("cycle.done", **mirror.last_cycle, behind=behind)


def tell(mirror: Mirror, what: str, counts: Mapping[str, Counts]) -> None:
    """One line for each resource; a cycle in which nothing happened to it only at debug, but for its first."""
    for name, one in counts.items():
        quiet = False
        if what == "cycle":
            quiet = name in mirror.told and not (one.stored or one.deleted or one.rejected)
            mirror.told.add(name)
        note = log().debug if quiet else log().info
        note("resource.done", work=what, resource=name, **one.line(), behind=_behind(mirror, name))


def _behind(mirror: Mirror, name: str) -> int | None:
    """Seconds since the moment up to which this run vouches for a resource."""
    fresh = mirror.work.fresh.get(name)
    return None if fresh is None else max(0, round(mirror.engine.store.clock.now().timestamp() - fresh))
