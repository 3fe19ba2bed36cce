"""Which work, in what order: first loads, cycles, sweeps. Each resource fails alone; the others go on."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sync_daemon.children import read_single, scan_children
from sync_daemon.compare import read_in_id_order, sweep_list, sweep_recent
from sync_daemon.engine import TAIL, Engine, load_lane, mark, open_lanes, poll
from sync_daemon.errors import Fatal, Stopped, SyncError, Unavailable
from sync_daemon.feed import EVENTS, open_feed, read_feed
from sync_daemon.hints import follow
from sync_daemon.plan import BEFORE_ALL, Cursor, Disorder
from sync_daemon.probes import count, parts_of, sorts
from sync_daemon.progress import State
from sync_daemon.reader import log
from sync_daemon.resources import BY_NAME, Resource, Way
from sync_daemon.store import Lane, LostRace
from sync_daemon.together import together

if TYPE_CHECKING:
    from sync_daemon.database import Row

RACES = 20
"""How often a resource is begun again from the committed cursor because another process moved it."""
DAY = timedelta(days=1)
UNAVAILABLE_FOR = DAY
CHILD_SWEEPS = 4
"""Per-parent lists cost a request for each parent: they are swept at a quarter of the pace."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is mirrored and at which rhythm; `fresh` collects up to which second each resource is vouched for."""

    resources: Sequence[Resource]
    sweep: float
    deep: float
    fresh: dict[str, int]


async def attempt(engine: Engine, resource: Resource, work: Callable[[], Awaitable[None]], *,
                  beside: bool = False) -> bool:
    """Does something for one resource; notes and logs a failure, once, and returns whether it was done.

    `beside` tells that a first load is under way besides, which alone says when the resource is done.
    """
    before = engine.progress.of(resource.name).state
    try:
        for _ in range(RACES):
            try:
                await work()
                break
            except LostRace:
                log().info("race.lost", resource=resource.name,
                           hint="Another process moved the cursor; going on from there.")
        else:
            raise SyncError("another process keeps moving the cursor")
    except Unavailable as error:
        if before is not State.UNAVAILABLE:
            log().warning("resource.unavailable", resource=resource.name, why=str(error),
                          hint="It is tried again daily; SYNC_RESOURCES can leave it out.")
        await engine.store.value("note_unavailable", resource.name, str(error))
        engine.troubled.add(resource.name)
        mark(engine, resource, State.UNAVAILABLE, str(error))
        return False
    except (Fatal, Stopped):
        raise
    except (SyncError, Disorder) as error:
        log().error("resource.failed", resource=resource.name, why=str(error),
                    hint="It is tried again in the next cycle.")
        await engine.store.value("note_failure", resource.name, str(error))
        engine.troubled.add(resource.name)
        mark(engine, resource, State.FAILED, str(error))
        return False
    if resource.name in engine.troubled:
        await engine.store.value("clear_trouble", resource.name)
        engine.troubled.discard(resource.name)
    if not beside:
        mark(engine, resource, State.DONE)
    return True


# First loads.


async def unloaded(engine: Engine, resources: Iterable[Resource], *, refused_too: bool) -> list[Resource]:
    """The resources whose first load is not complete; those refused within a day only if `refused_too`."""
    rows = await _cursors(engine)
    return [resource for resource in resources
            if (row := rows.get(resource.name)) is None
            or (row["loaded_at"] is None and (refused_too or not _refused_lately(engine, row)))]


async def first_load(engine: Engine, work: Work, todo: Sequence[Resource]) -> None:
    """Loads side by side what is not loaded yet; lists of children wait for those of their parents.

    The feed's position is fixed before anything else is asked.
    """
    if EVENTS in todo:
        await attempt(engine, EVENTS, lambda: _load_events(engine, work))
    parents = [resource for resource in todo if resource.way is not Way.CHILD and resource is not EVENTS]
    children = [resource for resource in todo if resource.way is Way.CHILD]
    await together(_load_family(engine, work, parent, [child for child in children if child.parent == parent.name])
                   for parent in parents)
    orphans = [child for child in children if BY_NAME[child.parent or ""] not in parents]
    await together(load(engine, work, child) for child in orphans)


async def _load_family(engine: Engine, work: Work, parent: Resource, children: Sequence[Resource]) -> None:
    if await load(engine, work, parent):
        await together(load(engine, work, child) for child in children)
    else:
        state = engine.progress.of(parent.name).state
        for child in children:
            if state is State.UNAVAILABLE:
                await engine.store.value("note_unavailable", child.name, f"{parent.name} are not available")
            mark(engine, child, state, f"waits for {parent.name}")


async def load(engine: Engine, work: Work, resource: Resource) -> bool:
    mark(engine, resource, State.READING)
    begun = time.monotonic()
    done = await attempt(engine, resource, lambda: _load_once(engine, work, resource))
    if done:
        tally = engine.progress.of(resource.name)
        log().info("load.done", resource=resource.name, seen=tally.seen, stored=tally.stored, rejected=tally.rejected,
                   requests=tally.requests, seconds=round(time.monotonic() - begun, 1))
    return done


async def _load_once(engine: Engine, work: Work, resource: Resource) -> None:
    await engine.store.value("begin_load", resource.name)
    tally = engine.progress.of(resource.name)
    total = await count(engine.reader, resource)
    if total is not None:
        tally.total = total
        await engine.store.value("note_count", resource.name, total)
    if resource.way is Way.VALUE:
        for part in await parts_of(engine.reader, resource):
            await _load_by_value(engine, resource, part)
        await catch_up(engine, work, resource)
    else:
        await read_whole(engine, work, resource)
    await engine.store.value("note_loaded", resource.name, await missing(engine, work, resource))


async def _load_events(engine: Engine, work: Work) -> None:
    await engine.store.value("begin_load", EVENTS.name)
    work.fresh[EVENTS.name] = engine.reader.api.server_time or 0
    await read_feed(engine, await open_feed(engine))
    await engine.store.value("note_loaded", EVENTS.name, 0)


async def _load_by_value(engine: Engine, resource: Resource, part: str) -> None:
    lane, _ = await open_lanes(engine, resource, part)
    engine.progress.of(resource.name).done += lane.seen
    if await sorts(engine.reader, resource, part):
        try:
            await load_lane(engine, resource, lane)
            return
        except Disorder as error:
            _read_another_way(engine, resource, part, error)
    if not lane.done:
        await read_in_id_order(engine, resource, part)
        lanes = {(one.part, one.lane): one for one in await engine.store.lanes(resource)}
        await engine.store.finish(lanes[lane.part, lane.lane])


def _read_another_way(engine: Engine, resource: Resource, part: str, error: Disorder) -> None:
    log().warning("list.unsorted", resource=resource.name, part=part or None, why=str(error),
                  hint="The list is read in id order instead.")
    engine.reader.abilities[resource.name, f"sort {part}"] = False


async def missing(engine: Engine, work: Work, resource: Resource) -> int:
    """How many rows the mirror lacks against the list's own count, after doing what can be done about it.

    Rows that never show under a bound are found by reading the list in id order.
    """
    if resource.way not in {Way.VALUE, Way.ID}:
        return 0
    for mend in (None, catch_up, _read_all_parts):
        if mend is not None:
            await mend(engine, work, resource)
        lacking = await _lacking(engine, resource)
        if not lacking:
            return 0
    log().error("load.incomplete", resource=resource.name, missing=lacking,
                hint="The list's own count is higher than what it shows.")
    return lacking


async def _lacking(engine: Engine, resource: Resource) -> int:
    total = await count(engine.reader, resource)
    if total is None:
        return 0
    rejected: dict[str, int] = {row["resource"]: row["rows"] for row in await engine.store.rows("rejected_counts")}
    here: int = await engine.store.table_value(resource, "count")
    return max(0, total - here - rejected.get(resource.name, 0))


async def _read_all_parts(engine: Engine, _work: Work, resource: Resource) -> None:
    log().info("load.compare", resource=resource.name, why="the mirror has fewer rows than the list counts")
    for part in await parts_of(engine.reader, resource):
        await read_in_id_order(engine, resource, part)


# Cycles.


async def cycle(engine: Engine, work: Work) -> None:
    """Reads the feed, then polls what can be polled and follows the feed's hints, side by side."""
    rows = await _cursors(engine)
    ready = [resource for resource in work.resources if _is_ready(engine, rows.get(resource.name))]
    if EVENTS in ready:
        await attempt(engine, EVENTS, lambda: _poll_feed(engine, work))
    await together([*(_poll(engine, work, resource) for resource in ready if resource.way is Way.VALUE),
                    follow(engine, ready)])


def _is_ready(engine: Engine, row: Row | None) -> bool:
    """Loaded, or being loaded: the tail is polled from the beginning of a first load on."""
    if row is None or _refused_lately(engine, row):
        return False
    return row["loaded_at"] is not None or engine.progress.of(row["resource"]).state is State.READING


def _refused_lately(engine: Engine, row: Row) -> bool:
    at: datetime | None = row["unavailable_at"]
    return at is not None and at > engine.store.clock.now() - UNAVAILABLE_FOR


async def _poll_feed(engine: Engine, work: Work) -> None:
    lane = await open_feed(engine)
    await read_feed(engine, lane)
    work.fresh[EVENTS.name] = engine.reader.api.server_time or 0


async def _poll(engine: Engine, work: Work, resource: Resource) -> None:
    loading = engine.progress.of(resource.name).state is State.READING
    await attempt(engine, resource, lambda: catch_up(engine, work, resource), beside=loading)


async def catch_up(engine: Engine, work: Work, resource: Resource) -> None:
    """One pass over the tails of a resource that can be polled."""
    if resource.way is not Way.VALUE:
        return
    tally = engine.progress.of(resource.name)
    now, stored = engine.reader.api.server_time, tally.stored
    lanes = {(lane.part, lane.lane): lane for lane in await engine.store.lanes(resource)}
    for part in await parts_of(engine.reader, resource):
        tail = lanes.get((part, TAIL))
        if tail is not None:
            await _poll_part(engine, resource, tail)
        elif tally.state is not State.READING:
            await _load_by_value(engine, resource, part)  # the list is read in other parts than before
    if now is not None:
        work.fresh[resource.name] = now
    if tally.stored != stored:
        await engine.store.value("note_success", resource.name, _moment(now), None)


async def _poll_part(engine: Engine, resource: Resource, tail: Lane) -> None:
    if await sorts(engine.reader, resource, tail.part):
        try:
            await poll(engine, resource, tail)
            return
        except Disorder as error:
            _read_another_way(engine, resource, tail.part, error)
    horizon = engine.reader.horizon
    await read_in_id_order(engine, resource, tail.part, bound=max(0, tail.cursor.u))
    if horizon > max(tail.cursor.u, BEFORE_ALL):
        await engine.commit(resource, [], [], tail, Cursor(horizon))


# Sweeps.


async def due_sweeps(engine: Engine, work: Work, *, at_once: bool = False) -> list[Resource]:
    """The lists whose turn it is to be read whole (or all, `at_once`), the longest unread first."""
    rows = await _cursors(engine)
    due = []
    for resource in work.resources:
        row = rows.get(resource.name)
        if resource is EVENTS or row is None or row["loaded_at"] is None or _refused_lately(engine, row):
            continue
        period = timedelta(seconds=work.sweep * (CHILD_SWEEPS if resource.way is Way.CHILD else 1))
        if at_once or _is_over(engine, row, "swept_at", period):
            due.append((row["swept_at"] or datetime.min.replace(tzinfo=UTC), resource))
    return [resource for _, resource in sorted(due, key=lambda pair: pair[0])]


async def sweep(engine: Engine, work: Work, resource: Resource, *, gently: bool) -> None:
    """Reads one list whole; `gently` within a quarter of the requests in flight."""
    await attempt(engine, resource, lambda: read_whole(engine, work, resource, gently=gently))


async def due_verifications(engine: Engine, work: Work, seconds: float) -> list[Resource]:
    """The resources that were last verified, or first loaded, so long ago; one at a time, which spreads them out."""
    rows = await _cursors(engine)
    due = [(row["verified_at"] or row["loaded_at"], resource) for resource in work.resources
           if (row := rows.get(resource.name)) is not None and row["loaded_at"] is not None
           and not _refused_lately(engine, row)]
    last = engine.store.clock.now() - timedelta(seconds=seconds)
    return [resource for at, resource in sorted(due, key=lambda pair: pair[0]) if at <= last][:1]


async def deepen(engine: Engine, work: Work) -> None:
    """The nightly pass over what polled lists changed lately, each once a day; a sweep does as well."""
    rows = await _cursors(engine)
    for resource in work.resources:
        row = rows.get(resource.name)
        if resource.way is Way.VALUE and _is_ready(engine, row) and _is_over(engine, row, "deep_at", DAY):
            await attempt(engine, resource, partial(_deepen_one, engine, work, resource), beside=True)


async def _deepen_one(engine: Engine, work: Work, resource: Resource) -> None:
    began = engine.store.clock.now()
    await sweep_recent(engine, resource, work.deep)
    await engine.store.value("note_deep", resource.name, began)


async def read_whole(engine: Engine, work: Work, resource: Resource, *, gently: bool = False,
                     resume: bool = True) -> None:
    """Reads a list whole, and notes when the pass began; an unfinished pass goes on if `resume`."""
    now = engine.reader.api.server_time
    if resource.way is Way.CHILD:
        gate = engine.sweeps if gently else None
        began = await scan_children(engine, resource, resume=resume, gate=gate)
    elif resource.way is Way.SINGLE:
        fetched = await read_single(engine, resource)
        await engine.commit(resource, fetched.page.records, fetched)
        began = fetched.answer.asked_at
    else:
        began = await sweep_list(engine, resource, resume=resume)
    if now is not None and resource.way is not Way.VALUE:
        work.fresh[resource.name] = now
    await engine.store.value("clear_rejected", resource.name, began)  # what the source no longer shows
    await engine.store.value("note_success", resource.name, began, began)


async def _cursors(engine: Engine) -> dict[str, Row]:
    return {row["resource"]: row for row in await engine.store.rows("cursors")}


def _is_over(engine: Engine, row: Row | None, column: str, period: timedelta) -> bool:
    """Whether what a column says was last done so long ago."""
    at: datetime | None = None if row is None else row[column]
    return at is None or at + period <= engine.store.clock.now()


def _moment(second: int | None) -> datetime | None:
    return None if second is None else datetime.fromtimestamp(second, UTC)
