"""Walking over the stretches of a list: one page ahead is read while one is stored, and lanes go side by side.

There is no queue: a lane holds the page in hand and the one ahead, never more, which is all the back-pressure that is
needed. The cursor moves in the order of the pages, so that reading ahead changes nothing about what it proves.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from functools import partial

from sync_daemon.engine import LOAD, Engine
from sync_daemon.errors import Stopped, SyncError
from sync_daemon.plan import START, Cursor, Disorder
from sync_daemon.probes import borders
from sync_daemon.reader import log
from sync_daemon.resources import Resource
from sync_daemon.store import Hint, Lane, LostRace, Range
from sync_daemon.together import together
from sync_daemon.whole import Stretch, by_value

COMMIT_EVERY = 20
"""Pages between two commits of a cursor where nothing changed: a crash repeats so many at most."""
LANES_A_PLACE = 2
"""Lanes that a long history is cut into for each of those that go at once: they end less unevenly."""

Absent = Callable[[Stretch], Awaitable[list[Hint]]]
Gate = Callable[[], AbstractAsyncContextManager[None]]


async def one_ahead(stretches: AsyncGenerator[Stretch, None], take: Callable[[Stretch], Awaitable[None]]) -> None:
    """Takes each stretch while the next is being read. What goes wrong ahead is raised when this one was taken."""

    async def following() -> tuple[Stretch | None, Exception | None]:
        try:
            return await anext(stretches, None), None
        except (SyncError, Disorder, Stopped) as error:
            return None, error

    async def taken(stretch: Stretch) -> tuple[Stretch | None, Exception | None]:
        await take(stretch)
        return None, None

    async with aclosing(stretches):
        stretch, failure = await following()
        while stretch is not None:
            (stretch, failure), _ = await together([following(), taken(stretch)])
        if failure is not None:
            raise failure


async def store_stretch(engine: Engine, resource: Resource, stretch: Stretch, lane: Lane | None = None, *,
                        note: Sequence[Hint] = (), lazy: bool = False) -> Lane | None:
    """Commits a stretch, and the lane's cursor with it, and counts what is new ground. Raises LostRace."""
    cursor = None if lane is None else stretch.cursor or lane.cursor
    _, lane = await engine.commit(resource, stretch.records, stretch.fetched, lane, cursor, done=stretch.done,
                                  note=note, lazy=lazy)
    engine.progress.of(resource.name).done += stretch.rows
    return lane


async def walk(engine: Engine, resource: Resource, stretches: AsyncGenerator[Stretch, None], lane: Lane | None = None,
               absent: Absent | None = None) -> None:
    """Walks to the end of the stretches and commits them one after the other, with the lane's cursor if there is one.

    `absent` says what to note of each stretch. Raises LostRace.
    """
    number = 0

    async def take(stretch: Stretch) -> None:
        nonlocal lane, number
        number += 1
        lazy = not stretch.done and (stretch.cursor is None or number % COMMIT_EVERY != 0)
        note = [] if absent is None else await absent(stretch)
        lane = await store_stretch(engine, resource, stretch, lane, note=note, lazy=lazy) or lane

    await one_ahead(stretches, take)


async def walk_lanes(engine: Engine, resource: Resource, lanes: Sequence[Lane], gate: Gate | None = None,
                     absent: Absent | None = None) -> None:
    """Walks all lanes of a list by value side by side, each behind the gate: by default so many as may be in flight,
    long ones first. Raises Disorder, LostRace.
    """
    rank = -(engine.progress.of(resource.name).total or 0) / len(lanes)
    gate = gate or partial(engine.lanes.turn, rank)

    async def one(lane: Lane) -> None:
        async with gate():
            while not lane.done:
                assert lane.hi is not None, "only the tail has no end"
                stretches = by_value(engine, resource, lane.part, lane.cursor, lane.hi)
                try:
                    await walk(engine, resource, stretches, lane, absent)
                    return
                except LostRace:
                    lane = await _again(engine, resource, lane)

    await together(one(lane) for lane in lanes if not lane.done)


async def _again(engine: Engine, resource: Resource, lane: Lane) -> Lane:
    """The lane as another process left it. Raises LostRace if the whole pass was begun anew."""
    for found in await engine.store.lanes(resource):
        if (found.part, found.lane, found.hi, found.began_at) == (lane.part, lane.lane, lane.hi, lane.began_at):
            log().info("race.lost", resource=resource.name, lane=lane.lane,
                       hint="Another process moved the cursor; going on from there.")
            return found
    raise LostRace


async def open_lanes(engine: Engine, resource: Resource, part: str) -> list[Lane]:
    """The lanes of a first load, as committed; at the first time all that has settled is cut into lanes.

    The tail begins where they end. All are opened by one statement, so that a death leaves no gap.
    """
    async def opened() -> list[Lane]:
        return [lane for lane in await engine.store.lanes(resource) if lane.part == part and lane.lane >= LOAD]

    if not (lanes := await opened()):
        await engine.store.open_lanes(resource, part, await cut(engine, resource, part, int(engine.lanes.limit)))
        lanes = await opened()
    return lanes


async def cut(engine: Engine, resource: Resource, part: str, at_once: int) -> list[Range]:
    """Cuts a list from its beginning to the horizon into ranges of about equal size, for so many lanes at once."""
    if engine.reader.api.server_time is None:
        await engine.reader.know_the_time(resource, part)
    hi = engine.reader.horizon
    inner = await borders(engine.reader, resource, part, hi, at_once * LANES_A_PLACE)
    ends = [*inner, hi]
    return [Range(None, ends[0], START), *(Range(lo, end, Cursor(lo)) for lo, end in zip(inner, ends[1:], strict=True))]
