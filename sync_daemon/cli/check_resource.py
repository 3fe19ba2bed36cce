"""`check` of one resource: whether it may be read, how many rows it has, and its capabilities."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from sync_daemon.errors import Fatal, Refusal, SyncError, Unavailable
from sync_daemon.model.records import Record
from sync_daemon.model.resources import BY_NAME, Resource, Way
from sync_daemon.source.capabilities import count, has_keyset, sorts, variants_of
from sync_daemon.source.hidden_fields import choose
from sync_daemon.source.list_reader import Reader
from sync_daemon.source.pagination import PAGE, Ask

SORT, ID_FILTER, HIDDEN = "sort", "id filter", "hidden fields"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found about a resource. A capability is None where the list is too short to tell."""

    resource: str
    state: str
    rows: int | None = None
    capabilities: dict[str, bool | None] = field(default_factory=dict)
    why: str = ""
    remedy: str = ""


async def look(reader: Reader, resource: Resource) -> Found:
    """Ready, unavailable or failing. Raises Fatal if the key is refused meanwhile."""
    try:
        capabilities, rows = await _asked(reader, resource)
    except Unavailable as error:
        return Found(resource.name, "unavailable", why=str(error),
                     remedy="Have the feature or permission added at Invoiced, or leave it out with SYNC_RESOURCES.")
    except Fatal:
        raise
    except SyncError as error:
        return Found(resource.name, "failing", why=str(error),
                     remedy="Try again later; if it stays, ask Invoiced, or leave it out with SYNC_RESOURCES.")
    return Found(resource.name, "ready", rows, capabilities)


async def _asked(reader: Reader, resource: Resource) -> tuple[dict[str, bool | None], int | None]:
    if resource.way is Way.CHILD:
        return await _child(reader, resource), None
    if resource.way is Way.SINGLE:
        await reader.ask(resource, resource.path, resource.query, lambda answer: answer)
        return {}, 1
    if resource.way is Way.FEED:
        await reader.fetch(resource, "", Ask(max(0, reader.settled_until), 1, 1))
        return {}, None
    capabilities: dict[str, bool | None] = {}
    variants = await variants_of(reader, resource)
    if resource.way is Way.VALUE:
        capabilities[SORT] = all([await sorts(reader, resource, variant) for variant in variants])
    if resource.keyset:
        known = [await has_keyset(reader, resource, variant) or reader.can(resource, f"keyset {variant}")
                 for variant in variants]
        capabilities[ID_FILTER] = False if False in known else True if True in known else None
    if resource.hidden:
        left_out = (await choose(reader, resource)).left_out
        capabilities |= dict.fromkeys(left_out, False) or {HIDDEN: True}
    if resource.whole:
        capabilities[resource.whole] = variants == (resource.whole,)
    return capabilities, await count(reader, resource)


async def _child(reader: Reader, resource: Resource) -> dict[str, bool | None]:
    """Asks for the list of one parent; without a parent there is nothing to ask."""
    parent = await _a_parent(reader, resource)
    if parent is None:
        return {}
    if resource.path.endswith("payment_plan"):
        try:
            await reader.ask(resource, resource.path.replace("{parent}", str(parent)), (), lambda answer: answer)
        except Refusal as error:
            if error.status not in {400, 404}:
                raise  # the others only mean that this invoice has none
        return {}
    if not resource.optional:
        await reader.fetch(resource, "", Ask(0, 1, 1), parent=parent)
        return {}
    name = resource.optional[0][0]
    try:
        await reader.fetch(resource, "", Ask(0, 1, 1), resource.optional, parent=parent)
    except Refusal:
        await reader.fetch(resource, "", Ask(0, 1, 1), parent=parent)
        return {name: False}
    return {name: True}


async def _a_parent(reader: Reader, resource: Resource) -> int | None:
    """Some row of the parent's list; for payment plans preferably an invoice with a plan."""
    parents = BY_NAME[resource.parent or ""]
    rows = (await reader.fetch(parents, "", Ask(0, PAGE, 1), sort="")).page.records
    return next((int(row.key) for row in rows if _has_plan(row)), int(rows[0].key) if rows else None)


def _has_plan(row: Record) -> bool:
    return msgspec.json.decode(row.raw, type=dict[str, object]).get("payment_plan") is not None
