"""Reads for a verification: a whole list once, in concurrent pieces, each with the rows that only the mirror has."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from sync_daemon.apply.absence import absent, is_composed
from sync_daemon.apply.child_scan import BATCH
from sync_daemon.apply.context import SyncContext
from sync_daemon.apply.scan import cut
from sync_daemon.model.cursor import Cursor
from sync_daemon.model.records import LATEST, Record, Reject
from sync_daemon.model.resources import Resource, Way
from sync_daemon.source.capabilities import sorts, variants_of
from sync_daemon.source.child_lists import read_lists, read_single
from sync_daemon.source.full_scan import ScanPages, by_id, by_value
from sync_daemon.sync.event_feed import EVENTS, events_since, open_feed
from sync_daemon.sync.event_rules import second

Key = int | str
PARENTLESS = 1_000


@dataclass(frozen=True, slots=True)
class Reading:
    """Records of the source, how many of them are newly covered, and the keys that only the mirror has there."""

    records: list[Record]
    rows: int
    gone: list[Key]
    rejects: list[Reject] = field(default_factory=list)
    unread: int = 0
    """Rows of the mirror that could not be compared."""


async def readings_of(context: SyncContext, resource: Resource) -> list[AsyncGenerator[Reading, None]]:
    """The readings, to be run concurrently, that together read all of the source once."""
    if resource is EVENTS:
        return [_of_events(context)]
    if resource.way is Way.CHILD:
        return [_of_children(context, resource)]
    if resource.way is Way.SINGLE:
        return [_of_one(context, resource)]
    variants = await variants_of(context.reader, resource)
    if is_composed(resource):
        return [_of_whole(context, resource, variants)]
    found = []
    for variant in variants:
        if resource.way is Way.VALUE and await sorts(context.reader, resource, variant):
            lanes = [(one.cursor, one.hi) for one in await cut(context, resource, variant, context.at_once())]
            # rows that have not settled, or are stamped in the future, come after the lanes
            ahead = (Cursor(max(hi for _, hi in lanes)), LATEST)
            found += [_of_lane(context, resource, variant, *lane) for lane in [*lanes, ahead]]
        else:
            found.append(_of_pages(context, resource, variant, by_id(context.reader, resource, variant)))
    return found


async def _of_one(context: SyncContext, resource: Resource) -> AsyncGenerator[Reading, None]:
    page = (await read_single(context.reader, resource)).page
    yield Reading(page.records, len(page.records), [], page.rejects)


async def _of_lane(context: SyncContext, resource: Resource, variant: str, at: Cursor,
                   hi: int) -> AsyncGenerator[Reading, None]:
    async with context.lanes.turn():
        pages = by_value(context.reader, resource, variant, at, hi)
        async for reading in _of_pages(context, resource, variant, pages):
            yield reading


async def _of_pages(context: SyncContext, resource: Resource, variant: str,
                        scan_pages: ScanPages) -> AsyncGenerator[Reading, None]:
    """Pages of the source, each with the rows that only the mirror has in its interval."""
    async with aclosing(scan_pages):
        async for scan_page in scan_pages:
            gone = await absent(context, resource, variant, [scan_page], late=0.0)
            yield Reading(list(scan_page.records), scan_page.rows, gone, scan_page.fetched.page.rejects)


async def _of_events(context: SyncContext) -> AsyncGenerator[Reading, None]:
    """The mirror has events since its first run, and keeps those that the source drops."""
    seen: set[Key] = set()
    async with aclosing(events_since(context, await first_event(context))) as pages:
        async for page in pages:
            records = [replace(record, order=(second(page.events[record.key]), record.order[1]))
                       for record in page.fetched.page.records if record.key not in seen]
            seen = {record.key for record in page.fetched.page.records}
            yield Reading(records, len(records), [], page.fetched.page.rejects)


async def _of_whole(context: SyncContext, resource: Resource, variants: Iterable[str]) -> AsyncGenerator[Reading, None]:
    keys: set[Key] = set()
    asked_at = context.store.clock.now()
    readable = True
    for variant in variants:
        async with aclosing(by_id(context.reader, resource, variant)) as scan_pages:
            async for scan_page in scan_pages:
                keys |= scan_page.keys
                readable = readable and not scan_page.fetched.page.rejects
                yield Reading(list(scan_page.records), scan_page.rows, [], scan_page.fetched.page.rejects)
    absent = await context.store.tables.absent_whole(resource, asked_at, keys)
    yield Reading([], 0, absent if readable else [], unread=0 if readable else len(absent))


async def _of_children(context: SyncContext, resource: Resource) -> AsyncGenerator[Reading, None]:
    last = -1
    while True:
        context.raise_if_stopped()
        parents = await context.store.tables.parents(resource, last, BATCH)
        if not parents:
            break
        lists, failed = await read_lists(context.reader, resource, parents)
        had = await context.store.tables.children_of(resource, parents)
        records = [record for one in lists.values() for record in one.records]
        keys = {record.key for record in records}
        gone = [key for key, parent in had.items() if key not in keys and parent in lists]
        partly = {parent for parent, one in lists.items() if not one.whole}
        yield Reading(records, len(records), sorted(key for key in gone if had[key] not in partly),
                      [reject for one in lists.values() for answer in one.answers for reject in answer.page.rejects],
                      sum(1 for parent in had.values() if parent in failed)
                      + sum(parent not in had.values() for parent in failed)
                      + sum(had[key] in partly for key in gone))
        last = parents[-1]
    yield Reading([], 0, list(await context.store.tables.parentless(resource, PARENTLESS)))


async def first_event(context: SyncContext) -> int:
    """The second from which the mirror has events: its first run, or earlier if older ones were fetched since."""
    feed = await open_feed(context)
    oldest = await context.store.tables.first_event()
    return max(1, min(second for second in (feed.lo, oldest, feed.cursor.u) if second is not None))
