"""Reads one object from its own list, whatever the list's capabilities."""

from __future__ import annotations

from sync_daemon.apply.context import SyncContext
from sync_daemon.errors import Disorder, Refusal
from sync_daemon.model.cursor import NO_SECOND, Cursor
from sync_daemon.model.records import second_of
from sync_daemon.model.resources import Resource, Way
from sync_daemon.source.answer import Answer, json_head
from sync_daemon.source.capabilities import by_id, has_keyset, id_sort, sorts, variants_of
from sync_daemon.source.pagination import Ask, Kind
from sync_daemon.tuning import SOON

EQUALS = "id ="


async def read_one(context: SyncContext, resource: Resource, key: int) -> bool | None:
    """Reads one object from its list: by the probed filter on the id, else by value from its `updated_at` on.

    False if the list lacks it; None where neither is possible, and the list must be read whole. Raises SyncError.
    """
    variants = await variants_of(context.reader, resource)
    if (found := await _by_filter(context, resource, variants, key)) is not None:
        return found
    if resource.way is Way.VALUE and resource.retrieve is not None:
        return await _by_value(context, resource, variants, key)
    return None


async def _by_filter(context: SyncContext, resource: Resource, variants: tuple[str, ...], key: int) -> bool | None:
    for variant in variants:
        if not await has_keyset(context.reader, resource, variant) or context.reader.can(resource, EQUALS) is False:
            return None
        try:
            fetched = await context.reader.fetch(resource, variant, Ask(0, 2, 1), by_id("=", key),
                                                 sort=id_sort(resource))
        except Refusal as error:
            if error.status != 400:
                raise
            context.reader.learn(resource, EQUALS, False)
            return None
        mine = [record for record in fetched.page.records if record.key == key]
        if mine:
            await context.commit(resource, mine, fetched)
            return True
        if fetched.page.rejects:  # it exists, but can't be stored
            await context.commit(resource, [], fetched)
            return True
        if fetched.page.order:  # rows that were not asked for: the server ignores the filter
            context.reader.learn(resource, EQUALS, False)
            return None
    return False


async def _by_value(context: SyncContext, resource: Resource, variants: tuple[str, ...], key: int) -> bool | None:
    def parse(answer: Answer) -> object:
        return json_head(answer).updated_at

    assert resource.retrieve is not None
    context.progress.count(resource.name, requests=1)
    try:
        touched = second_of(await context.reader.api.get(resource.retrieve.replace("{id}", str(key)), parse=parse,
                                                        patience=SOON))
    except Refusal as error:
        if error.status != 404:
            raise
        return None if error.of_route else False
    if touched <= NO_SECOND or not all([await sorts(context.reader, resource, variant) for variant in variants]):
        return None
    try:
        found = [await _walk_to(context, resource, variant, (touched, key)) for variant in variants]
    except Disorder:
        return None
    return any(found) or None


async def _walk_to(context: SyncContext, resource: Resource, variant: str, key: tuple[int, int]) -> bool:
    """Reads the list by value, from the second before a row up to the row; False if it does not show there."""
    at = Cursor(key[0] - 1)
    while True:
        context.raise_if_stopped()
        fetched, step = await context.reader.advance(resource, variant, at)
        mine = [record for record in fetched.page.records if record.key == key[1]]
        await context.commit(resource, mine, fetched)
        if mine or step.kind is Kind.END or step.cursor.key > key:
            return bool(mine)
        at = step.cursor
