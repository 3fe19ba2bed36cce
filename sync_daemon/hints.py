"""Following up hints: each is looked at in the resource's own list, and removed when that has been committed."""

from __future__ import annotations

from collections.abc import Iterable

from sync_daemon.deletions import LISTINGS_APART, confirm, reread_children
from sync_daemon.engine import Engine
from sync_daemon.errors import Fatal, SyncError, Unavailable
from sync_daemon.plan import Ask, Disorder
from sync_daemon.probes import by_id, has_keyset, id_order, id_sort
from sync_daemon.reader import log
from sync_daemon.resources import BY_NAME, Resource
from sync_daemon.scan import read_in_id_order
from sync_daemon.store import Hint

AT_ONCE = 200
TRY_AGAIN = 60.0


async def follow(engine: Engine, chosen: Iterable[Resource]) -> None:
    """Follows all hints that are due. One that can't be followed now is tried again in a minute."""
    names = {resource.name for resource in chosen}
    while hints := [_hint(row) for row in await engine.store.rows("due_hints", AT_ONCE)]:
        groups: dict[tuple[str, str], list[Hint]] = {}
        for hint in hints:
            groups.setdefault((hint.resource, hint.kind), []).append(hint)
        for (name, kind), group in groups.items():
            engine.going_on()
            if name in names:
                await _follow_group(engine, BY_NAME[name], kind, group)
            else:
                await _drop(engine, group)


async def _follow_group(engine: Engine, resource: Resource, kind: str, hints: list[Hint]) -> None:
    try:
        if kind == "gone":
            await _confirm_gone(engine, resource, hints)
        elif kind == "reread":
            await _reread(engine, resource, hints)
        else:
            await _children(engine, resource, hints)
    except Unavailable:
        await _drop(engine, hints)
    except Fatal:
        raise
    except (SyncError, Disorder) as error:
        log().warning("hint.postponed", resource=resource.name, hints=len(hints), reason=str(error))
        await _postpone(engine, hints, TRY_AGAIN)


async def _confirm_gone(engine: Engine, resource: Resource, hints: list[Hint]) -> None:
    known = {row["key"] for row in await engine.store.table_rows(resource, "known", [int(hint.key) for hint in hints])}
    await confirm(engine, resource, sorted(known), "event: deleted, then 404")
    # a page in flight may still bring a row that the mirror did not have yet: look once more
    later = [hint for hint in hints if int(hint.key) not in known and hint.tries == 0]
    await _postpone(engine, later, TRY_AGAIN)
    await _drop(engine, [hint for hint in hints if hint not in later])


async def _reread(engine: Engine, resource: Resource, hints: list[Hint]) -> None:
    if await has_keyset(engine.reader, resource, ""):
        for hint in hints:
            engine.going_on()
            if not await read_one(engine, resource, int(hint.key)):
                known = await engine.store.table_rows(resource, "known", [int(hint.key)])
                await confirm(engine, resource, [row["key"] for row in known], "event: gone from its list, then 404")
    else:
        for part in resource.parts:
            await read_in_id_order(engine, resource, part)
    await _drop(engine, hints)


async def read_one(engine: Engine, resource: Resource, key: int) -> bool:
    """Reads one object from its list by the probed filter on the id; False if the list does not have it."""
    fetched = await engine.reader.fetch(resource, "", Ask(0, 2, 1), by_id("=", key), sort=id_sort(resource))
    found = (0, key) in id_order(fetched.page)
    if found:
        mine = [record for record in fetched.page.records if record.key == key]
        await engine.commit(resource, mine, fetched)
    return found


async def _children(engine: Engine, resource: Resource, hints: list[Hint]) -> None:
    for hint in hints:
        engine.going_on()
        if await reread_children(engine, resource, int(hint.key), absent_before=hint.tries > 0):
            await _drop(engine, [hint])
        else:
            await _postpone(engine, [hint], LISTINGS_APART)


async def _drop(engine: Engine, hints: Iterable[Hint]) -> None:
    for hint in hints:
        await engine.store.value("drop_hint", hint.kind, hint.resource, hint.key, hint.event_id)


async def _postpone(engine: Engine, hints: Iterable[Hint], seconds: float) -> None:
    for hint in hints:
        await engine.store.value("postpone_hint", hint.kind, hint.resource, hint.key, seconds)


def _hint(row: object) -> Hint:
    fields = dict(row)  # type: ignore[call-overload]
    return Hint(fields["kind"], fields["resource"], fields["key"], fields["event_id"], fields["tries"])
