"""One object, read from its own list, whatever that list can do."""

from __future__ import annotations

from sync_daemon.apply.context import Engine
from sync_daemon.errors import Disorder, Refusal
from sync_daemon.model.cursor import NO_SECOND, Cursor
from sync_daemon.model.records import second_of
from sync_daemon.model.resources import Resource, Way
from sync_daemon.source.capabilities import by_id, has_keyset, id_sort, parts_of, sorts
from sync_daemon.source.client import Answer, json_head
from sync_daemon.source.pagination import Ask, Kind
from sync_daemon.tuning import SOON

EQUALS = "id ="


async def read_one(engine: Engine, resource: Resource, key: int) -> bool | None:
    """Reads one object from its list: by the probed filter on the id, else by value from its `updated_at` on.

    False if the list lacks it; None where the list has neither way, and must be read whole. Raises SyncError.
    """
    parts = await parts_of(engine.reader, resource)
    if (found := await _by_filter(engine, resource, parts, key)) is not None:
        return found
    if resource.way is Way.VALUE and resource.retrieve is not None:
        return await _by_value(engine, resource, parts, key)
    return None


async def _by_filter(engine: Engine, resource: Resource, parts: tuple[str, ...], key: int) -> bool | None:
    for part in parts:
        if not await has_keyset(engine.reader, resource, part) or engine.reader.can(resource, EQUALS) is False:
            return None
        try:
            fetched = await engine.reader.fetch(resource, part, Ask(0, 2, 1), by_id("=", key), sort=id_sort(resource))
        except Refusal as error:
            if error.status != 400:
                raise
            engine.reader.learn(resource, EQUALS, False)
            return None
        mine = [record for record in fetched.page.records if record.key == key]
        if mine:
            await engine.commit(resource, mine, fetched)
            return True
        if fetched.page.rejects:  # it is there, and can't be stored
            await engine.commit(resource, [], fetched)
            return True
        if fetched.page.order:  # rows that were not asked for: the filter is ignored
            engine.reader.learn(resource, EQUALS, False)
            return None
    return False


async def _by_value(engine: Engine, resource: Resource, parts: tuple[str, ...], key: int) -> bool | None:
    def parse(answer: Answer) -> object:
        return json_head(answer).updated_at

    assert resource.retrieve is not None
    engine.progress.count(resource.name, requests=1)
    try:
        touched = second_of(await engine.reader.api.get(resource.retrieve.replace("{id}", str(key)), parse=parse,
                                                        patience=SOON))
    except Refusal as error:
        if error.status != 404:
            raise
        return None if error.of_route else False
    if touched <= NO_SECOND or not all([await sorts(engine.reader, resource, part) for part in parts]):
        return None
    try:
        found = [await _walk_to(engine, resource, part, (touched, key)) for part in parts]
    except Disorder:
        return None
    return any(found) or None


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
