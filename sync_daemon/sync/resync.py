"""Reading again in place: one resource, one object, or what changed since a day. No table is ever empty meanwhile."""

from __future__ import annotations

from datetime import datetime

from sync_daemon.apply.absence import read_in_id_order
from sync_daemon.apply.context import Engine
from sync_daemon.apply.deletes import Fate, confirm, fate_of
from sync_daemon.apply.single_object import read_one
from sync_daemon.errors import Exit, Fatal
from sync_daemon.model.cursor import Cursor
from sync_daemon.model.resources import Resource, Way
from sync_daemon.source.capabilities import parts_of, sorts
from sync_daemon.source.pagination import Kind
from sync_daemon.sync.attempt import Work
from sync_daemon.sync.event_feed import EVENTS, open_feed, read_feed
from sync_daemon.sync.full_sweep import read_whole
from sync_daemon.sync.incremental import catch_up
from sync_daemon.sync.row_count import recount

BEGINNING = 1


async def resync(engine: Engine, work: Work, resource: Resource, since: datetime) -> None:
    """Reads a resource again from its start; of the events that is all the history that the API still has.

    `since` is when that was asked for: a pass begun later will do.
    """
    if resource is EVENTS:
        await read_feed(engine, await open_feed(engine), since=BEGINNING)
    else:
        await read_whole(engine, work, resource, since=since)
        await catch_up(engine, work, resource)
        await recount(engine, work, resource)


async def resync_one(engine: Engine, resource: Resource, ident: int) -> str:
    """Reads one object again from its list, or buries it if it is confirmed as gone; says which it was.

    Raises Fatal for a resource of which single objects can't be asked for.
    """
    if resource.retrieve is None or resource.way not in {Way.VALUE, Way.ID}:
        raise Fatal(f"Of {resource.name} single objects can't be read again.", exit_code=Exit.USAGE,
                    hint=f"Leave --id out: `invoiced-sync resync {resource.name}`.")
    found = await read_one(engine, resource, ident)
    if found:
        return "read"
    known = [row["key"] for row in await engine.store.table_rows(resource, "known", [ident])]
    if found is False or not known:
        fate, _ = await fate_of(engine, resource, ident)
        if fate is Fate.GONE and not known:
            return "unknown"
    if found is None:
        for part in await parts_of(engine.reader, resource):
            await read_in_id_order(engine, resource, part)
    fates = await confirm(engine, resource, known, "resync: 404")
    return {Fate.ALIVE: "read", Fate.GONE: "deleted", Fate.HELD: "held"}.get(
        fates.get(ident, Fate.ALIVE), "not confirmed as gone")


async def reread_since(engine: Engine, work: Work, resource: Resource, second: int) -> None:
    """Reads again what changed since a second, and moves no cursor; lists that don't tell are read whole."""
    if resource is EVENTS:
        await read_feed(engine, await open_feed(engine), since=second)
    elif resource.way is not Way.VALUE:
        await read_whole(engine, work, resource)
    else:
        for part in await parts_of(engine.reader, resource):
            at = Cursor(second - 1)
            if not await sorts(engine.reader, resource, part):
                await read_in_id_order(engine, resource, part, bound=second - 1)
                continue
            while True:
                engine.going_on()
                fetched, step = await engine.reader.advance(resource, part, at)
                await engine.commit(resource, fetched.page.records, fetched)
                engine.progress.of(resource.name).done += len(fetched.page.order) - step.first
                if step.kind is Kind.END:
                    break
                at = step.cursor

