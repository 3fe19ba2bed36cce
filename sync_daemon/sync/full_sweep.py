"""Reading lists whole at their own rhythm: sweeps, the nightly deep pass, and whose turn it is to be verified."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sync_daemon.apply.absence import sweep_list, sweep_recent
from sync_daemon.apply.child_scan import scan_children
from sync_daemon.apply.context import TOLERATED, SyncContext
from sync_daemon.model.cursor import TAIL
from sync_daemon.model.resources import CHILD_SWEEPS, Resource, Way
from sync_daemon.source.capabilities import variants_of
from sync_daemon.source.child_lists import read_single
from sync_daemon.sync.attempt import Activity, Schedule, advance_watermark, attempt, cursors, is_ready, refused_lately
from sync_daemon.sync.event_feed import EVENTS
from sync_daemon.sync.row_count import recount

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Row

DAY = timedelta(days=1)


async def due_sweeps(context: SyncContext, schedule: Schedule, *, at_once: bool = False) -> list[Resource]:
    """The lists whose turn it is to be read whole (or all, `at_once`), the longest unread first."""
    rows = await cursors(context)
    due = []
    for resource in schedule.resources:
        row = rows.get(resource.name)
        if resource is EVENTS or row is None or row["loaded_at"] is None:
            continue
        if refused_lately(context, row) and not at_once:
            continue
        period = timedelta(seconds=schedule.sweep * (CHILD_SWEEPS if resource.way is Way.CHILD else 1))
        if at_once or is_wanted(row) or is_over(context, row, "swept_at", period):
            due.append((row["swept_at"] or datetime.min.replace(tzinfo=UTC), resource))
    return [resource for _, resource in sorted(due, key=lambda pair: pair[0])]


def is_wanted(row: Row) -> bool:
    """Whether something asked for a complete read which none has served that began later."""
    wanted: datetime | None = row["sweep_wanted_at"]
    swept: datetime | None = row["swept_at"]
    return wanted is not None and (swept is None or swept <= wanted)


async def sweep(context: SyncContext, schedule: Schedule, resource: Resource, *, low_priority: bool) -> None:
    """Reads one list whole; at `low_priority` within a quarter of the requests in flight."""
    reading = context.low_priority() if low_priority else context

    async def read_and_count() -> None:
        await read_whole(reading, schedule, resource)
        await recount(reading, schedule, resource)

    await attempt(context, resource, Activity.SWEEP, read_and_count, in_background=resource.way is Way.VALUE)


async def read_whole(context: SyncContext, schedule: Schedule, resource: Resource, *,
                     since: datetime | None = None) -> datetime:
    """Reads a list whole, and notes when the pass began, by the database's clock; an unfinished pass goes on unless it
    began before `since`. Returns which server has it.

    A database that came back meanwhile may lack what was stored: where no cursor tells, the list is read once more.
    """
    while True:
        server, now = await context.store.server_start(), context.reader.api.server_time
        began = await _pass(context, resource, since)
        if server != (server := await context.store.server_start()) and not await _is_committed(
                context, resource, began):
            continue
        if await context.store.state.note_success(resource.name, began, began, server):
            break
    if resource.way is not Way.VALUE:
        advance_watermark(context, schedule, resource, now)
    await context.store.state.clear_rejected(resource.name, began)  # what the source no longer shows
    await context.store.queue.drop_seen(resource.name, began)
    return server


async def _pass(context: SyncContext, resource: Resource, since: datetime | None) -> datetime:
    if resource.way is Way.CHILD:
        return await scan_children(context, resource, since=since)
    if resource.way is Way.SINGLE:
        began = await context.store.now()
        fetched = await read_single(context.reader, resource)
        await context.commit(resource, fetched.page.records, fetched)
        return began
    return await sweep_list(context, resource, since=since)


async def _is_committed(context: SyncContext, resource: Resource, began: datetime) -> bool:
    """Whether the database has a pass that began then: all of its lanes are done, of each variant."""
    lanes = [lane for lane in await context.store.checkpoints.lanes(resource)
             if lane.lane != TAIL and lane.began_at >= began]
    variants = {""} if resource.way is Way.CHILD else set(await variants_of(context.reader, resource))
    return {lane.variant for lane in lanes} >= variants and all(lane.done for lane in lanes)


async def due_nightly(context: SyncContext, schedule: Schedule) -> list[Resource]:
    """The polled lists of which the changes of the last day were not compared for a day; a sweep does as well."""
    rows = await cursors(context)
    return [resource for resource in schedule.resources if resource.way is Way.VALUE
            and is_ready(context, rows.get(resource.name))
            and is_over(context, rows.get(resource.name), "deep_at", DAY)]


async def deepen(context: SyncContext, schedule: Schedule, resource: Resource) -> None:
    """The nightly pass over what a polled list changed lately."""
    async def compare() -> None:
        noted = False
        while not noted:  # no cursor tells what a database that came back has of it
            began, server = context.store.clock.now(), await context.store.server_start()
            await sweep_recent(context.low_priority(), resource, schedule.deep)
            noted = await context.store.state.note_deep(resource.name, began, server)

    await attempt(context, resource, Activity.NIGHTLY, compare, in_background=True)


async def due_verifications(context: SyncContext, schedule: Schedule, seconds: float) -> list[Resource]:
    """The resources that were last verified, or first loaded, so long ago; one at a time, which spreads them out."""
    rows = await cursors(context)
    due = [(row["verified_at"] or row["loaded_at"], resource) for resource in schedule.resources
           if (row := rows.get(resource.name)) is not None and row["loaded_at"] is not None
           and not refused_lately(context, row)]
    last = context.store.clock.now() - timedelta(seconds=seconds)
    return [resource for at, resource in sorted(due, key=lambda pair: pair[0]) if at <= last][:1]


def is_over(context: SyncContext, row: Row | None, column: str, period: timedelta) -> bool:
    """Whether what a column says was last done so long ago; what was done tomorrow, by a clock ahead, is done again."""
    at: datetime | None = None if row is None else row[column]
    now = context.store.clock.now()
    return at is None or not now - period < at <= now + timedelta(seconds=TOLERATED)
