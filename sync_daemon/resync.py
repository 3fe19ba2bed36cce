"""Reading again in place: one resource, one object, or what changed since a day. No table is ever empty meanwhile."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from sync_daemon.api import Answer, json_head
from sync_daemon.attempt import Work
from sync_daemon.compare import read_in_id_order
from sync_daemon.deletions import Fate, confirm
from sync_daemon.engine import Engine
from sync_daemon.errors import Exit, Fatal, Refusal
from sync_daemon.feed import EVENTS, open_feed, read_feed
from sync_daemon.hints import read_one
from sync_daemon.plan import NO_SECOND, Cursor, Disorder, Kind
from sync_daemon.polling import catch_up
from sync_daemon.probes import has_keyset, parts_of, sorts
from sync_daemon.records import second_of
from sync_daemon.recount import recount
from sync_daemon.resources import Resource, Way
from sync_daemon.sweeping import read_whole

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
    if await has_keyset(engine.reader, resource, "") and await read_one(engine, resource, ident):
        return "read"

    def parse(answer: Answer) -> object:
        return json_head(answer).updated_at

    try:
        touched = await engine.reader.api.get(resource.retrieve.replace("{id}", str(ident)), parse=parse)
    except Refusal as error:
        if error.status != 404 or error.of_route:
            raise
        known = [row["key"] for row in await engine.store.table_rows(resource, "known", [ident])]
        fates = await confirm(engine, resource, known, "resync: 404")
        return "unknown" if not known else "deleted" if Fate.GONE in fates.values() else "not confirmed as gone"
    if resource.way is Way.VALUE and second_of(touched) > NO_SECOND:
        with suppress(Disorder):  # then it is read the other way below
            if any([await _walk_to(engine, resource, part, (second_of(touched), ident))
                    for part in await parts_of(engine.reader, resource)]):
                return "read"
    for part in await parts_of(engine.reader, resource):
        await read_in_id_order(engine, resource, part)
    return "read"


async def _walk_to(engine: Engine, resource: Resource, part: str, key: tuple[int, int]) -> bool:
    """Reads the list by value from the second before a row on, to that row; False if it does not show there."""
    at = Cursor(key[0] - 1)
    while True:
        engine.going_on()
        fetched, step = await engine.reader.advance(resource, part, at)
        mine = [record for record in fetched.page.records if record.key == key[1]]
        await engine.commit(resource, mine, fetched)
        if mine or step.kind is Kind.END or step.cursor.key > key:
            return bool(mine)
        at = step.cursor


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

