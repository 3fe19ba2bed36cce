"""Reads and stores per-parent lists, a batch of parents at a time.

Parents come from the mirror, in id order; the lists of a batch are committed together with the cursor, which is the
last parent's id. A parent whose list can't be read is noted, and asked for again in a minute. A row that a list no
longer shows is only a candidate for deletion.
"""

from __future__ import annotations

from datetime import datetime

from sync_daemon.apply.context import SyncContext
from sync_daemon.model.cursor import BEFORE_IDS, LOAD, Cursor, needs_restart
from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.model.resources import Resource
from sync_daemon.source.child_lists import Children, read_lists

BATCH = 40
"""Parents per transaction: two rounds of the most requests in flight."""
MOST_PARENTLESS = 1000
"""Most rows per sweep of parents that are no longer asked for."""


async def scan_children(context: SyncContext, resource: Resource, *, since: datetime | None = None) -> datetime:
    """Reads the list of every parent and returns when the pass began. Raises LostRace, Unavailable.

    An unfinished pass resumes after the last committed parent.
    """
    began = await context.store.now()
    lane = await context.store.checkpoints.lane(resource, "", LOAD, cursor=BEFORE_IDS)
    if needs_restart([lane], since):
        lane = await context.store.checkpoints.restart(lane, BEFORE_IDS, began)
    tally = context.progress.of(resource.name)
    tally.done, tally.total = await context.store.tables.parents_asked(resource, lane.cursor.id)
    while not lane.done:
        context.raise_if_stopped()
        parents = await context.store.tables.parents(resource, lane.cursor.id, BATCH)
        lists, failed = await read_lists(context.reader, resource, parents)
        await context.note_proven()
        done = len(parents) < BATCH
        cursor = Cursor(0, parents[-1] if parents else lane.cursor.id)
        note = [RefetchRequest("children", resource.name, str(parent)) for parent in failed]
        note += await _bereft(context, resource, lists)
        if done:
            note += await _parentless(context, resource)
        records = [record for one in lists.values() for record in one.records]
        answers = [answer for one in lists.values() for answer in one.answers]
        _, moved = await context.commit(resource, records, answers, lane, cursor, done=done, note=note)
        assert moved is not None
        lane = moved
        for parent, error in failed.items():
            await context.store.queue.postpone("children", resource.name, [str(parent)], context.tuning.try_again,
                                        counts=False, why=str(error))
        tally.done += len(parents)
    return lane.began_at


async def _bereft(context: SyncContext, resource: Resource, lists: dict[int, Children]) -> list[RefetchRequest]:
    """Requests for the parents whose list lacks a row that the mirror has."""
    had = await context.store.tables.children_of(resource, list(lists))
    keys = {record.key for one in lists.values() for record in one.records}
    found = {parent for key, parent in had.items() if key not in keys}
    return [RefetchRequest("children", resource.name, str(parent)) for parent in sorted(found)]


async def _parentless(context: SyncContext, resource: Resource) -> list[RefetchRequest]:
    """Requests for rows that no list will show: their parent is deleted, or no longer has such a list."""
    rows = await context.store.tables.parentless(resource, MOST_PARENTLESS)
    parents = {parent for parent in rows.values() if parent is not None}
    return [*(RefetchRequest("children", resource.name, str(parent)) for parent in sorted(parents)),
            *(RefetchRequest("absent", resource.name, str(key)) for key, parent in rows.items() if parent is None)]
