"""Compares the mirror's rows with the list's own count, after a first load, each sweep and each verification.

Rows that a list counts but never shows under a bound are found by reading it in id order; rows still missing are
reported, until a later count agrees.
"""

from __future__ import annotations

from sync_daemon.apply.absence import read_in_id_order
from sync_daemon.apply.context import SyncContext
from sync_daemon.log import log
from sync_daemon.model.resources import Resource, Way
from sync_daemon.source.capabilities import count, variants_of
from sync_daemon.sync.incremental import catch_up
from sync_daemon.sync.schedule import Schedule


async def recount(context: SyncContext, schedule: Schedule, resource: Resource) -> None:
    """Notes how many rows the mirror lacks against the list's own count, after trying to read them."""
    lacking = await missing(context, schedule, resource)
    if lacking is not None:  # a list that does not count (any more) clears nothing
        await context.store.state.note_missing(resource.name, lacking)


async def count_again(context: SyncContext, resource: Resource) -> None:
    """Clears missing rows if the list counts no more than the mirror has; reads and writes no row."""
    if resource.way in {Way.VALUE, Way.ID}:
        total = await count(context.reader, resource)
        if total is None or total <= await _here(context, resource):
            await context.store.state.note_missing(resource.name, 0)


async def missing(context: SyncContext, schedule: Schedule, resource: Resource) -> int | None:
    """How many rows the mirror lacks against the list's own count, after trying to read them; None where the list does
    not count.

    The list is counted before it is caught up with, so that rows created meanwhile don't matter.
    """
    if resource.way not in {Way.VALUE, Way.ID}:
        return 0
    lacking = 0
    for mend in (catch_up, _read_all_parts):
        total = await count(context.reader, resource)
        if total is None:
            return None
        await mend(context, schedule, resource)
        lacking = total - await _here(context, resource)
        if lacking <= 0:
            return 0
    log().error("load.incomplete", resource=resource.name, missing=lacking,
                hint=f"The list counts more than it shows; try `invoiced-sync verify {resource.name} --repair`.")
    return lacking


async def _here(context: SyncContext, resource: Resource) -> int:
    """Rows that the mirror has: stored, or rejected; a row that is both counts once."""
    stored = await context.store.tables.count(resource)
    rejected = await context.store.state.rejected_counts()
    if not rejected.get(resource.name):
        return stored
    apart = await context.store.tables.rejected_apart(resource)
    return stored + apart


async def _read_all_parts(context: SyncContext, _schedule: Schedule, resource: Resource) -> None:
    log().info("load.compare", resource=resource.name, why="the mirror has fewer rows than the list counts")
    for variant in await variants_of(context.reader, resource):
        await read_in_id_order(context, resource, variant)
