"""Where the rows of a deleted parent are: deleted with it, or moved to another parent by a merge.

When a customer is merged into another, its contacts, payment sources and pending lines become the other's, without
events of their own. Asked for under the deleted customer, each answers 404 all the same. So if the parent is deleted,
a row's 404 proves nothing until it is known where the row would be now.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sync_daemon.apply.context import SyncContext
from sync_daemon.apply.deletes import Existence, existence_of
from sync_daemon.model.resources import BY_NAME, Resource
from sync_daemon.source.child_lists import read_list

LONGEST_CHAIN = 100


class Whereabouts(Enum):
    """What is known about the rows of a deleted parent."""

    TAKEN_ALONG = "they went with it"
    MOVED = "they were moved to another"
    UNKNOWN = "no event tells"
    LATER = "the other does not answer now"


@dataclass(frozen=True, slots=True)
class Heir:
    """Where the rows are now; `parent` is the new one, if they were moved."""

    whereabouts: Whereabouts
    parent: int | None = None


async def heir_of(context: SyncContext, resource: Resource, parent: int) -> Heir:
    """Follows merges, according to the events, to the customer that has the rows now, and reads its list."""
    parents = BY_NAME[resource.parent or ""]
    if parents.name != "customers":  # an invoice is never merged
        return Heir(Whereabouts.TAKEN_ALONG)
    seen = {parent}
    while len(seen) < LONGEST_CHAIN:
        survivor = await context.store.tables.merged_into(parent)
        if survivor is None:
            told = await context.store.tables.told_deleted("customer.deleted", [(parent, None)])
            return Heir(Whereabouts.TAKEN_ALONG if told else Whereabouts.UNKNOWN)
        if survivor in seen:
            return Heir(Whereabouts.UNKNOWN)
        seen.add(survivor)
        existence, _ = await existence_of(context, parents, survivor)
        if existence is Existence.ALIVE:
            children = await read_list(context.reader, resource, survivor)
            await context.commit(resource, children.records, children.answers)
            return Heir(Whereabouts.MOVED, survivor)
        if existence is not Existence.GONE:
            return Heir(Whereabouts.LATER)
        parent = survivor
    return Heir(Whereabouts.UNKNOWN)
