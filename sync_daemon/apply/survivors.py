"""What became of the rows of a parent that is gone: taken along, or moved to another by a merge.

A customer that is merged into another takes nothing along: its contacts, payment sources and pending lines are the
other's from then on, without an event of theirs. Asked for under the one that is gone, each answers 404 all the same.
So where a parent is gone, that of its rows proves nothing until it is known where they would be now.
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
    """What is known of the rows of a parent that is gone."""

    TAKEN_ALONG = "they went with it"
    MOVED = "they were moved to another"
    UNKNOWN = "no event tells"
    LATER = "the other does not answer now"


@dataclass(frozen=True, slots=True)
class Heir:
    """Where the rows are now; `parent` is the one that has them, where they were moved."""

    whereabouts: Whereabouts
    parent: int | None = None


async def heir_of(context: SyncContext, resource: Resource, parent: int) -> Heir:
    """Follows merges, as the events tell them, to the customer that has the rows now, and reads its list."""
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
