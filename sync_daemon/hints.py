"""Following up hints: each is looked at in the resource's own list, and removed when that has been committed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sync_daemon.compare import list_keys, read_in_id_order
from sync_daemon.deletions import LISTINGS_APART, Fate, bury_absent, confirm, reread_children
from sync_daemon.engine import Engine
from sync_daemon.errors import Fatal, Refusal, SyncError, Unavailable
from sync_daemon.log import log
from sync_daemon.plan import START, Ask, Disorder, Kind
from sync_daemon.probes import by_id, has_keyset, id_sort, parts_of
from sync_daemon.resources import Resource
from sync_daemon.store import Hint

if TYPE_CHECKING:
    from sync_daemon.database import Row

AT_ONCE = 10_000
TRY_AGAIN = 60.0
LOOK_AGAIN = (1.0, 10.0, 60.0)
"""Seconds until the next looks for a row that is told to be gone and that the mirror does not have (yet)."""
HELD_FOR = 3600.0
FEW = 50
"""More objects than this are not asked for one by one: their list is read."""


async def hinted(engine: Engine, chosen: Iterable[Resource]) -> list[Resource]:
    """Those resources of which hints are due."""
    names = {row["resource"] for row in await engine.store.rows("hinted")}
    return [resource for resource in chosen if resource.name in names]


async def follow(engine: Engine, resource: Resource, *, force: bool = False, at_once: bool = False) -> None:
    """Follows the hints of a resource that are due. One that can't be followed now is tried again in a minute.

    `at_once` follows those too that are not due yet; `force` lets any number of rows be buried at once.
    """
    while hints := [_hint(row) for row in await engine.store.rows("due_hints", resource.name, AT_ONCE, at_once)]:
        for kind in dict.fromkeys(hint.kind for hint in hints):
            engine.going_on()
            await _follow_kind(engine, resource, kind, [hint for hint in hints if hint.kind == kind], force=force)
        if at_once:
            return


async def _follow_kind(engine: Engine, resource: Resource, kind: str, hints: list[Hint], *, force: bool) -> None:
    try:
        match kind:
            case "gone":
                await _gone(engine, resource, hints, force=force)
            case "absent":
                await _absent(engine, resource, hints, force=force)
            case "reread":
                await _reread(engine, resource, hints)
            case "children":
                await _children(engine, resource, hints, force=force)
            case "owned":
                await _owned(engine, resource, hints)
            case "sweep":
                await engine.store.value("sweep_soon", resource.name)
                await _drop(engine, hints)
    except Unavailable:
        await _drop(engine, hints)
    except Fatal:
        raise
    except (SyncError, Disorder) as error:
        log().warning("hint.postponed", resource=resource.name, hints=len(hints), why=str(error),
                      hint="Nothing to do: it is looked at again in a minute.")
        await _postpone(engine, hints, TRY_AGAIN, counts=False)  # no look was taken that could count as one of two


async def _gone(engine: Engine, resource: Resource, hints: list[Hint], *, force: bool) -> None:
    """Told by events, or missed by a sweep: each is asked for by its id."""
    known = {row["key"] for row in await engine.store.table_rows(resource, "known", [int(hint.key) for hint in hints])}
    missed = {int(hint.key) for hint in hints if hint.event_id is None}
    fates = await confirm(engine, resource, sorted(known - missed), "event: deleted, then 404", force=force)
    fates |= await confirm(engine, resource, sorted(known & missed), "sweep: missing, then 404", force=force)
    for key in sorted(key for key, fate in fates.items() if fate is Fate.ALIVE and key in missed):
        await read_one(engine, resource, int(key))  # touched while the sweep went by, or stamped back
    held = [hint for hint in hints if fates.get(int(hint.key)) is Fate.HELD]
    # a page asked for before the delete may be stored only now, after a wait for the database: look again
    unknown = [hint for hint in hints if int(hint.key) not in known and hint.tries < len(LOOK_AGAIN)]
    later = [hint for hint in hints if fates.get(int(hint.key)) is Fate.LATER]
    unsure = [hint for hint in hints if fates.get(int(hint.key)) is Fate.UNKNOWN]
    await engine.store.note([Hint("absent", resource.name, hint.key) for hint in unsure])
    await _postpone(engine, held, HELD_FOR, held=True)
    await _postpone(engine, later, TRY_AGAIN)
    for tries, seconds in enumerate(LOOK_AGAIN):
        await _postpone(engine, [hint for hint in unknown if hint.tries == tries], seconds)
    await _drop(engine, [hint for hint in hints if hint not in [*held, *later, *unknown]])


async def _absent(engine: Engine, resource: Resource, hints: list[Hint], *, force: bool) -> None:
    """No path of their own: what a second complete listing, a minute after the first, lacks as well is gone."""
    began = engine.store.clock.now()
    keys = await list_keys(engine, resource)
    wanted = {hint.key: hint for hint in hints}
    absent = [key for key in await _known_keys(engine, resource, wanted) if keys and key not in keys]
    first = [hint for hint in hints if hint.tries == 0 and hint.key in {str(key) for key in absent}]
    twice = {key: began for key in absent if wanted[str(key)].tries > 0}
    fates = await bury_absent(engine, resource, twice, force=force)
    held = [wanted[str(key)] for key, fate in fates.items() if fate is Fate.HELD]
    later = [wanted[str(key)] for key, fate in fates.items() if fate is Fate.LATER]
    await _postpone(engine, first, LISTINGS_APART)
    await _postpone(engine, held, HELD_FOR, held=True)
    await _postpone(engine, later, TRY_AGAIN)
    await _drop(engine, [hint for hint in hints if hint not in [*first, *held, *later]])


async def _known_keys(engine: Engine, resource: Resource, wanted: Iterable[str]) -> list[int | str]:
    keys = [int(key) if resource.key == "id" else key for key in wanted]
    return [row["key"] for row in await engine.store.table_rows(resource, "known", keys)]


async def _reread(engine: Engine, resource: Resource, hints: list[Hint]) -> None:
    later: list[Hint] = []
    if len(hints) <= FEW and await has_keyset(engine.reader, resource, ""):
        for hint in hints:
            engine.going_on()
            if not await read_one(engine, resource, int(hint.key)):
                known = await engine.store.table_rows(resource, "known", [int(hint.key)])
                fates = await confirm(engine, resource, [row["key"] for row in known],
                                      f"{_source(hint)}: missing, then 404")
                later += [hint] * (Fate.LATER in fates.values())
    else:
        for part in resource.parts:
            await read_in_id_order(engine, resource, part)
    await _postpone(engine, later, TRY_AGAIN)
    await _drop(engine, [hint for hint in hints if hint not in later])


async def read_one(engine: Engine, resource: Resource, key: int) -> bool:
    """Reads one object from its list by the probed filter on the id; False if the list lacks it, or has no filter."""
    for part in await parts_of(engine.reader, resource):
        if not await has_keyset(engine.reader, resource, part):
            continue
        fetched = await engine.reader.fetch(resource, part, Ask(0, 2, 1), by_id("=", key), sort=id_sort(resource))
        mine = [record for record in fetched.page.records if record.key == key]
        if mine:
            await engine.commit(resource, mine, fetched)
            return True
    return False


async def _children(engine: Engine, resource: Resource, hints: list[Hint], *, force: bool) -> None:
    for hint in hints:
        engine.going_on()
        how = f"{_source(hint)}: gone from its parent's list"
        if await reread_children(engine, resource, int(hint.key), how, absent_before=hint.tries > 0, force=force):
            await _drop(engine, [hint])
        else:
            await _postpone(engine, [hint], LISTINGS_APART)


async def _owned(engine: Engine, resource: Resource, hints: list[Hint]) -> None:
    """A merge gave a customer the rows of another, without an event and without moving updated_at."""
    for hint in hints:
        mine = [("filter[customer]", hint.key)]
        try:
            for part in await parts_of(engine.reader, resource):
                at, done = START, False
                while not done:
                    engine.going_on()
                    fetched, step = await engine.reader.advance(resource, part, at, mine)
                    await engine.commit(resource, fetched.page.records, fetched)
                    at, done = step.cursor, step.kind is Kind.END
        except (Refusal, Disorder):
            await engine.store.value("sweep_soon", resource.name)  # the list has no such filter
        await _drop(engine, [hint])


def _source(hint: Hint) -> str:
    return "sweep" if hint.event_id is None else "event"


async def _drop(engine: Engine, hints: list[Hint]) -> None:
    if hints:
        await engine.store.value("drop_hints", hints[0].kind, hints[0].resource, [hint.key for hint in hints],
                                 [hint.event_id for hint in hints])


async def _postpone(engine: Engine, hints: list[Hint], seconds: float, *, held: bool = False,
                    counts: bool = True) -> None:
    if hints:
        await engine.store.value("postpone_hints", hints[0].kind, hints[0].resource, [hint.key for hint in hints],
                                 seconds, held, counts)


def _hint(row: Row) -> Hint:
    return Hint(row["kind"], row["resource"], row["key"], row["event_id"], row["tries"])
