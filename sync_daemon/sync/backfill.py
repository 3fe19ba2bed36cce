"""First loads: all concurrently, children after their parents; complete only when the counts agree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sync_daemon.apply.context import SyncContext, mark
from sync_daemon.concurrency import run_all
from sync_daemon.errors import SyncError
from sync_daemon.log import log
from sync_daemon.model.cursor import LOAD, LostRace
from sync_daemon.model.resources import BY_NAME, Resource, Way
from sync_daemon.progress import State
from sync_daemon.source.capabilities import count, sorts, variants_of
from sync_daemon.sync.attempt import (
    advance_watermark,
    attempt,
    cursors,
    note_unavailable_with,
)
from sync_daemon.sync.event_feed import EVENTS, open_feed, read_feed
from sync_daemon.sync.full_sweep import read_whole
from sync_daemon.sync.hidden_fields import decide
from sync_daemon.sync.incremental import catch_up, load_by_value
from sync_daemon.sync.row_count import missing
from sync_daemon.sync.schedule import Activity, Schedule, refused_lately


async def unloaded(context: SyncContext, resources: Iterable[Resource], *, refused_too: bool) -> list[Resource]:
    """The resources whose first load is not complete; recently refused ones only if `refused_too`.

    Children are left out if their parent is neither loaded nor among them.
    """
    rows, now = await cursors(context), context.store.clock.now()
    found = {resource.name: resource for resource in resources
             if (row := rows.get(resource.name)) is None
             or (row["loaded_at"] is None and (refused_too or not refused_lately(row, now)))}
    loaded = {name for name, row in rows.items() if row["loaded_at"] is not None}
    return [one for one in found.values() if one.parent is None or one.parent in loaded | found.keys()]


async def first_load(context: SyncContext, schedule: Schedule, todo: Sequence[Resource], *,
                     wait_for_refused: bool = False) -> None:
    """Loads concurrently what is not loaded yet; child lists wait for those of their parents.

    Loads that a failover lost are repeated, together with their children. With `wait_for_refused`, resources that were
    refused once are asked again until it is clear whether they are unavailable.
    """
    wanted = list(todo)
    while todo:
        began = context.store.clock.now()
        await _load_all(context, schedule, todo)
        left = await unloaded(context, wanted, refused_too=True)
        undone = {resource.name for resource in left if context.progress.of(resource.name).state is State.DONE}
        if wait_for_refused:
            undone |= await _asked_again(context, left, {resource.name for resource in todo}, began)
        todo = [resource for resource in left if not undone.isdisjoint({resource.name, resource.parent})]


async def _asked_again(context: SyncContext, left: Iterable[Resource], asked: Collection[str],
                       began: datetime) -> set[str]:
    """Waits, and returns the resources that were refused once, when it is time to ask them again. Raises Stopped.

    A resource that was `asked` when due, and neither answered nor refused since `began`, has failed in another way.
    """
    rows = await cursors(context)
    doubted = [row for resource in left if (row := rows.get(resource.name)) is not None
               and row["refused_at"] is not None and row["unavailable_at"] is None
               and (resource.name not in asked or row["ask_at"] > began)]
    if not doubted:
        return set()
    seconds = (min(row["ask_at"] for row in doubted) - context.store.clock.now()).total_seconds()
    log().info("load.waits", resources=sorted(row["resource"] for row in doubted), seconds=round(max(0.0, seconds)),
               hint="These were refused once, and are asked again to be sure; all else is loaded.")
    await context.rest(max(0.0, seconds) + 0.01)
    return {row["resource"] for row in doubted if row["ask_at"] <= context.store.clock.now()}


async def _load_all(context: SyncContext, schedule: Schedule, todo: Sequence[Resource]) -> None:
    """Loads all; the feed's position is fixed before anything else is read."""
    if EVENTS in todo:
        await attempt(context, EVENTS, Activity.LOAD, lambda: _load_events(context, schedule))
    parents = [resource for resource in todo if resource.way is not Way.CHILD and resource is not EVENTS]
    children = [resource for resource in todo if resource.way is Way.CHILD]
    await run_all(_load_family(context, schedule, parent, [child for child in children if child.parent == parent.name])
                   for parent in parents)
    orphans = [child for child in children if BY_NAME[child.parent or ""] not in parents]
    await run_all(load(context, schedule, child) for child in orphans)


async def _load_family(context: SyncContext, schedule: Schedule, parent: Resource,
                       children: Sequence[Resource]) -> None:
    if await load(context, schedule, parent):
        await run_all(load(context, schedule, child) for child in children)
    else:
        state = context.progress.of(parent.name).state
        for child in children:
            if state is State.UNAVAILABLE:
                await note_unavailable_with(context, child, parent)
            mark(context, child, state, f"waits for {parent.name}", f"waits for {parent.name}")


async def load(context: SyncContext, schedule: Schedule, resource: Resource) -> bool:
    mark(context, resource, State.READING)
    with context.progress.counting() as counts:
        done = await attempt(context, resource, Activity.LOAD, lambda: _load_once(context, schedule, resource))
    if done:
        log().info("load.done", resource=resource.name, **counts[resource.name].line())
    return done


async def _load_once(context: SyncContext, schedule: Schedule, resource: Resource) -> None:
    parents_loaded = await _parents_loaded(context, resource)
    await context.store.state.begin_load(resource.name)
    await decide(context, resource, anew=True)
    tally = context.progress.of(resource.name)
    by_value = resource.way is Way.VALUE
    variants = await variants_of(context.reader, resource) if by_value else resource.variants
    asked = [count(context.reader, resource)]
    if by_value:
        asked += [sorts(context.reader, resource, variant) for variant in variants]
    total = (await run_all(asked))[0]
    if total is not None:
        tally.total = total
        await context.store.state.note_count(resource.name, total)
    if by_value:
        for variant in variants:
            await load_by_value(context, resource, variant)
        await catch_up(context, schedule, resource)
        server = None
    else:
        server = await read_whole(context, schedule, resource)
    moves = sum(lane.version for lane in await context.store.checkpoints.lanes(resource)
                if lane.lane >= LOAD and lane.variant in variants)
    lacking = await missing(context, schedule, resource)
    if not await context.store.state.note_loaded(resource.name, lacking or 0, moves, variants, resource.parent,
                                                 parents_loaded, server):
        raise LostRace  # a failover lost what was read, or the parents


async def _parents_loaded(context: SyncContext, resource: Resource) -> datetime | None:
    """When the parents' first load was complete; None without parents. Raises SyncError if it is not complete."""
    if resource.parent is None:
        return None
    row = await context.store.state.of(resource.parent)
    at: datetime | None = None if row is None else row["loaded_at"]
    if at is None:
        raise SyncError(f"{resource.parent} are not complete any more: the database went back to an earlier state",
                        brief=f"{resource.parent} are not complete")
    return at


async def _load_events(context: SyncContext, schedule: Schedule) -> None:
    await context.store.state.begin_load(EVENTS.name)
    advance_watermark(context, schedule, EVENTS, context.reader.api.server_time)
    await read_feed(context, await open_feed(context))
    if not await context.store.state.note_loaded(EVENTS.name, 0, 0):
        raise LostRace
