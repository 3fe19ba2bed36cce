"""Is the mirror equal to the account? Every resource is read whole and compared, ids first, then contents.

Nothing is held in memory but the differences, and nothing of the mirror is written unless it is to be repaired. A
difference counts only if it stands on a second reading. What changed at the source since the mirror last read a list is
left out, and told; what can't be settled now is told as well: only what was compared is called equal.
"""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from sync_daemon.apply.absence import absent, has_retrieve, is_composed
from sync_daemon.apply.child_scan import BATCH
from sync_daemon.apply.context import TOLERATED, SyncContext
from sync_daemon.apply.deletes import Existence, existences_of
from sync_daemon.apply.scan import cut
from sync_daemon.concurrency import run_all
from sync_daemon.errors import RetryLater
from sync_daemon.model.cursor import Cursor, LostRace
from sync_daemon.model.records import LATEST, Record, Reject, digest
from sync_daemon.model.resources import Resource, Way
from sync_daemon.source.capabilities import sorts, variants_of
from sync_daemon.source.child_lists import read_lists, read_single
from sync_daemon.source.full_scan import ScanPages, by_id, by_value
from sync_daemon.sync.attempt import RACES
from sync_daemon.sync.event_feed import EVENTS, events_since, open_feed, read_feed
from sync_daemon.sync.event_rules import second
from sync_daemon.sync.full_sweep import read_whole
from sync_daemon.sync.incremental import catch_up
from sync_daemon.sync.refetch import refetch
from sync_daemon.sync.schedule import Schedule

Key = int | str
MOST = 100_000
"""Differences that are looked at twice; of more than that only the number is told."""
ASKED = 1_000
"""Rows that are asked for by their ids, where a list lacks them."""
PARENTLESS = 1_000
ALTERED = b"altered"
"""In place of a hash: the row was changed here by someone else."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Records of the source, how many of them are new ground, and keys that the mirror has in their place."""

    records: list[Record]
    rows: int
    gone: list[Key]
    rejects: list[Reject] = field(default_factory=list)
    unread: int = 0
    """Rows of the mirror that could not be compared."""


@dataclass(slots=True)
class Findings:
    """What differs in one resource, by kind, each with its keys; `rows` is how many of the source were compared."""

    resource: str
    rows: int = 0
    missing: set[Key] = field(default_factory=set)
    extra: set[Key] = field(default_factory=set)
    different: set[Key] = field(default_factory=set)
    altered: set[Key] = field(default_factory=set)
    """Those of the different ones that were changed in the mirror by someone else, behind their hash."""
    rejected: set[bytes] = field(default_factory=set)
    """Records of the source that can't be read: they are not in the table, or not as they are now."""
    unsettled: set[Key] = field(default_factory=set)
    """Rows that the list lacks, of which it is not known whether they are gone."""
    unread: int = 0
    newer: int = 0
    """Rows that changed at the source since the mirror last read the list: left out."""
    mended: int = 0
    state: str = "compared"
    why: str = ""

    @property
    def differences(self) -> int:
        return len(self.missing) + len(self.extra) + len(self.different)

    @property
    def count(self) -> int:
        """What is wrong; of rejected records `_rejected` tells as well."""
        return self.differences + len(self.rejected)

    @property
    def open(self) -> int:
        """Rows of which nothing is known for sure."""
        return len(self.unsettled) + self.unread

    @property
    def green(self) -> bool:
        return self.state in {"compared", "unavailable"} and not (self.count or self.open)

    def kinds(self) -> list[tuple[str, set[Key]]]:
        return [("missing", self.missing), ("extra", self.extra), ("different", self.different),
                ("unsettled", self.unsettled)]

    def both(self, other: Findings) -> Findings:
        """What stands in both readings."""
        return Findings(self.resource, other.rows, self.missing & other.missing, self.extra & other.extra,
                        self.different & other.different, self.altered & other.altered,
                        self.rejected & other.rejected, unread=other.unread)


async def verify(context: SyncContext, schedule: Schedule, resource: Resource, *, repair: bool = False,
                 force: bool = False) -> Findings:
    """Compares one resource; with `repair`, mends it and compares again. Raises Unavailable, SyncError.

    `force` lets a repair tombstone more rows than a day deletes without a person.
    """
    row = await context.store.state.of(resource.name)
    if row is None or row["loaded_at"] is None:
        if row is not None and row["unavailable_at"] is not None:
            return Findings(resource.name, state="unavailable", why=row["unavailable_why"] or "")
        return Findings(resource.name, state="not loaded")
    found = await _standing(context, schedule, resource, write=repair)
    if not ((found.count or found.open) and repair):
        return found
    if found.altered:  # else they would be taken for unchanged
        await context.store.tables.forget_hashes(resource, list(found.altered))
    await _mend(context, schedule, resource, force=force, empty=bool(found.unsettled))
    left = await _standing(context, schedule, resource, write=True)
    left.mended = max(0, found.count + found.open - left.count - left.open)
    return left


async def _standing(context: SyncContext, schedule: Schedule, resource: Resource, *, write: bool) -> Findings:
    """What stands on two readings; between them the mirror catches up, if it may be written."""
    if write:
        await catch_up(context, schedule, resource)
    upto = await _read_upto(context, resource, fresh=write)
    newer: dict[Key, int] = {}
    found = await _compare(context, resource, newer)
    if found.count:
        if write:
            await catch_up(context, schedule, resource)
        found = found.both(await _compare(context, resource, newer))
    if not write:
        # what was stamped within the overlap before may have become visible since
        settled = -math.inf if upto is None else upto - context.reader.overlap
        # what is stamped in the future says nothing about when it changed
        now = max(context.store.clock.now().timestamp(), context.reader.api.server_time or 0) + TOLERATED
        left_out = {key for key in (found.missing | found.different) - found.altered
                    if settled <= newer.get(key, 0) <= now}
        found.missing -= left_out
        found.different -= left_out
        found.newer = len(left_out)
    await _settle_extra(context, resource, found)
    return found


async def _read_upto(context: SyncContext, resource: Resource, *, fresh: bool) -> float | None:
    """The second up to which the mirror claims to have read a list: what changed later it need not have yet."""
    if fresh:
        return None
    told = await context.store.runs.watermarks()
    row = await context.store.state.of(resource.name)
    moments: list[float] = [told[resource.name]] if resource.name in told else []
    if row is not None:
        moments += [at.timestamp() for at in (row["succeeded_at"], row["swept_at"]) if isinstance(at, datetime)]
    return max(moments, default=None)


async def _settle_extra(context: SyncContext, resource: Resource, found: Findings) -> None:
    """Asks for rows that the list lacks; one that is there all the same, or can't be asked for, is not settled."""
    if not found.extra:
        return
    if has_retrieve(resource) and resource.way is not Way.CHILD:
        asked = await existences_of(context, resource, sorted(found.extra)[:ASKED])
        found.unsettled |= {key for key, (existence, _) in asked.items()
                            if existence in {Existence.ALIVE, Existence.LATER}}
    elif found.rows == 0:  # an empty list is evidence only when it comes twice, minutes apart
        found.unsettled |= found.extra
    found.extra -= found.unsettled


async def _mend(context: SyncContext, schedule: Schedule, resource: Resource, *, force: bool, empty: bool) -> None:
    if resource is EVENTS:
        await read_feed(context, await open_feed(context), since=await first_event(context))
    else:
        await _sweep_afresh(context, schedule, resource)
    await refetch(context, resource, force=force, at_once=True)
    if await context.store.queue.due(resource.name, 1, at_once=True, now=await context.store.now()):
        # objects without a path of their own take two listings, apart
        await context.rest(context.tuning.empty_apart if empty else context.tuning.listings_apart)
        await refetch(context, resource, force=force, at_once=True)


async def _sweep_afresh(context: SyncContext, schedule: Schedule, resource: Resource) -> None:
    """A whole pass that begins now; if another process moves it, on from there."""
    now = await context.store.now()
    for _ in range(RACES):
        with suppress(LostRace):
            await read_whole(context, schedule, resource, since=now)
            return
    raise RetryLater(f"{resource.name}: another process keeps moving the cursor")


async def _compare(context: SyncContext, resource: Resource, newer: dict[Key, int]) -> Findings:
    """One reading of the whole list; `newer` gets the `updated_at` of each row that differs."""
    found = Findings(resource.name)
    await run_all(_tally(context, resource, readings, found, newer) for readings in await _readings(context, resource))
    return found


async def _tally(context: SyncContext, resource: Resource, readings: AsyncGenerator[Reading, None], found: Findings,
                 newer: dict[Key, int]) -> None:
    async with aclosing(readings):
        async for reading in readings:
            records = {record.key: record for record in reading.records}
            stored = await _stored(context, resource, records)
            found.rows += reading.rows
            found.unread += reading.unread
            found.rejected |= {digest(reject.raw) for reject in reading.rejects}
            found.missing |= records.keys() - stored.keys()
            found.different |= {key for key, record in records.items() if stored.get(key, record.hash) != record.hash}
            found.altered |= {key for key in records if stored.get(key) == ALTERED}
            found.extra |= set(reading.gone)
            newer |= {key: record.order[0] for key, record in records.items() if stored.get(key) != record.hash}
            if found.count > MOST:
                break


async def _stored(context: SyncContext, resource: Resource, records: dict[Key, Record]) -> dict[Key, bytes]:
    """The hashes of what the mirror has; ALTERED where a row is not what its hash says, or in whose list it stands."""
    rows = await context.store.tables.stored_hashes(resource, list(records))
    stored = {row["key"]: row["hash"] if row.get("parent") == records[row["key"]].parent else ALTERED for row in rows}
    same = [record for key, record in records.items() if stored.get(key) == record.hash]
    altered = await context.store.tables.altered(resource, [one.key for one in same], [one.text for one in same],
                                                 [one.hash for one in same])
    return stored | dict.fromkeys(altered, ALTERED)


async def _readings(context: SyncContext, resource: Resource) -> list[AsyncGenerator[Reading, None]]:
    """What to read side by side so that all of the source is read once."""
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
            # what has not settled yet, or is stamped in the future, stands behind the lanes
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
    """Pages of the source, each with what the mirror has in its place but the source does not."""
    async with aclosing(scan_pages):
        async for scan_page in scan_pages:
            gone = await absent(context, resource, variant, [scan_page], late=0.0)
            yield Reading(list(scan_page.records), scan_page.rows, gone, scan_page.fetched.page.rejects)


async def _of_events(context: SyncContext) -> AsyncGenerator[Reading, None]:
    """The mirror has events from its first run on, and keeps those that the source drops."""
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
    """From which second on the mirror has events: its first run, or earlier if older ones were fetched since."""
    feed = await open_feed(context)
    oldest = await context.store.tables.first_event()
    return max(1, min(second for second in (feed.lo, oldest, feed.cursor.u) if second is not None))
