"""Reads lists whole: sweeps, and the nightly deep pass. `schedule` says when they are due."""

from __future__ import annotations

from datetime import datetime

from sync_daemon.apply.absence import sweep_list, sweep_recent
from sync_daemon.apply.child_scan import scan_children
from sync_daemon.apply.context import SyncContext
from sync_daemon.errors import Fatal, Stopped, SyncError, Unavailable
from sync_daemon.model.cursor import TAIL
from sync_daemon.model.resources import Resource, Way
from sync_daemon.source.capabilities import variants_of
from sync_daemon.source.child_lists import read_single
from sync_daemon.sync.attempt import advance_watermark, attempt
from sync_daemon.sync.row_count import recount
from sync_daemon.sync.schedule import Activity, Schedule


async def sweep(context: SyncContext, schedule: Schedule, resource: Resource, *, low_priority: bool) -> None:
    """Reads one list whole; at `low_priority` within a quarter of the requests in flight."""
    reading = context.low_priority() if low_priority else context

    async def read_and_count() -> None:
        await read_whole(reading, schedule, resource)
        try:
            await recount(reading, schedule, resource)
        except (Fatal, Stopped, Unavailable):
            raise
        except SyncError:  # the pass is noted: without a wish the next would come hours later
            await context.store.state.want_sweep(resource.name)
            raise

    await attempt(context, resource, Activity.SWEEP, read_and_count, in_background=resource.way is Way.VALUE)


async def read_whole(context: SyncContext, schedule: Schedule, resource: Resource, *,
                     since: datetime | None = None) -> datetime:
    """Reads a list whole, and notes when the pass began, by the database's clock; an unfinished pass resumes unless it
    began before `since`. Returns the start time of the server that has it.

    A database that came back meanwhile may lack what was stored: without a cursor to show it, the list is read again.
    """
    while True:
        server, now = await context.store.server_start(), context.reader.api.server_time
        began = await _pass(context, resource, since)
        here = await context.store.server_start()
        stands = here == server or await _is_committed(context, resource, began)
        if stands and await context.store.state.note_success(resource.name, began, began, here):
            break
    if resource.way is not Way.VALUE:
        advance_watermark(context, schedule, resource, now)
    await context.store.state.clear_rejected(resource.name, began)  # what the source no longer shows
    await context.store.queue.drop_seen(resource.name, began)
    return here


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
    """Whether the database has a complete pass that began then: all lanes of each variant are done."""
    lanes = [lane for lane in await context.store.checkpoints.lanes(resource)
             if lane.lane != TAIL and lane.began_at >= began]
    variants = {""} if resource.way is Way.CHILD else set(await variants_of(context.reader, resource))
    return {lane.variant for lane in lanes} >= variants and all(lane.done for lane in lanes)


async def deepen(context: SyncContext, schedule: Schedule, resource: Resource) -> None:
    """The nightly pass over recent changes of a polled list."""
    async def compare() -> None:
        noted = False
        while not noted:  # no cursor shows what a database that came back has of it
            began, server = context.store.clock.now(), await context.store.server_start()
            await sweep_recent(context.low_priority(), resource, schedule.deep)
            noted = await context.store.state.note_deep(resource.name, began, server)

    await attempt(context, resource, Activity.NIGHTLY, compare, in_background=True)
