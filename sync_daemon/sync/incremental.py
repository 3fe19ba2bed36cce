"""Polled lists: opens their lanes, walks those of the first load, and catches up with the tail."""

from __future__ import annotations

from datetime import UTC, datetime

from sync_daemon.apply.absence import read_in_id_order
from sync_daemon.apply.context import SyncContext, poll
from sync_daemon.apply.scan import open_lanes, walk_lanes
from sync_daemon.errors import Disorder
from sync_daemon.model.cursor import BEFORE_ALL, TAIL, Cursor, Lane, LostRace
from sync_daemon.model.resources import Resource, Way
from sync_daemon.progress import State
from sync_daemon.source.capabilities import does_not_sort, sorts, variants_of
from sync_daemon.sync.attempt import advance_watermark
from sync_daemon.sync.schedule import Schedule

TRIES = 5
"""How often a tail that another process moved is resumed before the whole work restarts."""


async def load_by_value(context: SyncContext, resource: Resource, variant: str) -> None:
    sorted_too = await sorts(context.reader, resource, variant)
    lanes = await open_lanes(context, resource, variant)
    context.progress.of(resource.name).done += sum(lane.seen for lane in lanes)
    if sorted_too:
        try:
            await walk_lanes(context, resource, lanes)
            return
        except Disorder as error:
            does_not_sort(context.reader, resource, variant, error)
    if not all(lane.done for lane in lanes):
        server = await read_in_id_order(context, resource, variant)
        for lane in await open_lanes(context, resource, variant):
            await context.store.checkpoints.finish(lane, server)


async def catch_up(context: SyncContext, schedule: Schedule, resource: Resource) -> None:
    """One pass over the tails of a resource that can be polled."""
    if resource.way is not Way.VALUE:
        return
    tally = context.progress.of(resource.name)
    now, stored = context.reader.api.server_time, tally.stored
    for variant in await variants_of(context.reader, resource):
        await _catch_up_variant(context, resource, variant)
    advance_watermark(context, schedule, resource, now)
    if tally.stored != stored:
        await context.store.state.note_success(resource.name, _moment(now), None)


async def _catch_up_variant(context: SyncContext, resource: Resource, variant: str) -> None:
    """Polls from the current tail: a first load, cycles and other processes share it. Raises LostRace."""
    for tries in range(TRIES):
        lanes = await context.store.checkpoints.lanes(resource)
        tail = next((lane for lane in lanes if (lane.variant, lane.lane) == (variant, TAIL)), None)
        try:
            if tail is not None:
                await _poll_variant(context, resource, tail)
            elif context.progress.of(resource.name).state is not State.READING:
                await load_by_value(context, resource, variant)  # the list is read in other variants than before
        except LostRace:
            if tries + 1 == TRIES:
                raise
            continue
        return


async def _poll_variant(context: SyncContext, resource: Resource, tail: Lane) -> None:
    if await sorts(context.reader, resource, tail.variant):
        try:
            await poll(context, resource, tail)
            return
        except Disorder as error:
            does_not_sort(context.reader, resource, tail.variant, error)
    settled_until = context.reader.settled_until
    server = await read_in_id_order(context, resource, tail.variant, bound=max(0, tail.cursor.u))
    if settled_until > max(tail.cursor.u, BEFORE_ALL):
        await context.commit(resource, [], [], tail, Cursor(settled_until), server=server)


def _moment(second: int | None) -> datetime | None:
    return None if second is None else datetime.fromtimestamp(second, UTC)
