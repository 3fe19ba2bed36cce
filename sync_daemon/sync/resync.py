"""Rereads in place: one resource, one object, or what changed since a day. No table is ever empty meanwhile."""

from __future__ import annotations

from datetime import datetime

from sync_daemon.apply.absence import read_in_id_order
from sync_daemon.apply.context import SyncContext
from sync_daemon.apply.deletes import Existence, confirm, existence_of
from sync_daemon.apply.single_object import read_one
from sync_daemon.errors import Exit, Fatal
from sync_daemon.model.cursor import Cursor
from sync_daemon.model.resources import Resource, Way
from sync_daemon.source.capabilities import sorts, variants_of
from sync_daemon.source.pagination import Kind
from sync_daemon.sync.event_feed import EVENTS, open_feed, read_feed
from sync_daemon.sync.full_sweep import read_whole
from sync_daemon.sync.incremental import catch_up
from sync_daemon.sync.row_count import recount
from sync_daemon.sync.schedule import Schedule

BEGINNING = 1


async def resync(context: SyncContext, schedule: Schedule, resource: Resource, since: datetime) -> None:
    """Reads a resource again from its start; for events, all the history that the API still has.

    `since` is when that was requested: any pass begun later is enough.
    """
    if resource is EVENTS:
        await read_feed(context, await open_feed(context), since=BEGINNING)
    else:
        await read_whole(context, schedule, resource, since=since)
        await catch_up(context, schedule, resource)
        await recount(context, schedule, resource)


async def resync_one(context: SyncContext, resource: Resource, ident: int) -> str:
    """Reads one object again from its list, or tombstones it if its deletion is confirmed; says which.

    Raises Fatal for a resource whose single objects can't be asked for.
    """
    if resource.retrieve is None or resource.way not in {Way.VALUE, Way.ID}:
        raise Fatal(f"Of {resource.name} single objects can't be read again.", exit_code=Exit.USAGE,
                    hint=f"Leave --id out: `invoiced-sync resync {resource.name}`.")
    found = await read_one(context, resource, ident)
    if found:
        return "read"
    known = await context.store.tables.known(resource, [ident])
    if found is False or not known:
        existence, _ = await existence_of(context, resource, ident)
        if existence is Existence.GONE and not known:
            return "unknown"
    if found is None:
        for variant in await variants_of(context.reader, resource):
            await read_in_id_order(context, resource, variant)
    existences = await confirm(context, resource, known, "resync: 404")
    return {Existence.ALIVE: "read", Existence.GONE: "deleted", Existence.HELD: "held"}.get(
        existences.get(ident, Existence.ALIVE), "not confirmed as gone")


async def reread_since(context: SyncContext, schedule: Schedule, resource: Resource, second: int) -> None:
    """Reads again what changed since a second, and moves no cursor; lists without `updated_after` are read whole."""
    if resource is EVENTS:
        await read_feed(context, await open_feed(context), since=second)
    elif resource.way is not Way.VALUE:
        await read_whole(context, schedule, resource)
    else:
        for variant in await variants_of(context.reader, resource):
            at = Cursor(second - 1)
            if not await sorts(context.reader, resource, variant):
                await read_in_id_order(context, resource, variant, bound=second - 1)
                continue
            while True:
                context.raise_if_stopped()
                fetched, step = await context.reader.advance(resource, variant, at)
                await context.commit(resource, fetched.page.records, fetched)
                context.progress.of(resource.name).done += len(fetched.page.order) - step.first
                if step.kind is Kind.END:
                    break
                at = step.cursor

