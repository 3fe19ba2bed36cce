"""Verifies that the mirror equals the account: reads every resource whole and compares ids, then contents.

Only the differences are held in memory, and no row of the mirror is written unless it is to be repaired. A difference
counts only if a second reading confirms it. Rows that changed at the source since the mirror last read a list are left
out, and reported, as are rows that can't be settled now: only what was compared is called equal.
"""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import datetime

from sync_daemon.apply.absence import has_retrieve
from sync_daemon.apply.context import TOLERATED, SyncContext
from sync_daemon.apply.deletes import Existence, existences_of
from sync_daemon.concurrency import run_all
from sync_daemon.errors import RetryLater
from sync_daemon.model.cursor import LostRace
from sync_daemon.model.records import Record, digest
from sync_daemon.model.resources import Resource, Way
from sync_daemon.sync.attempt import RACES
from sync_daemon.sync.event_feed import EVENTS, open_feed, read_feed
from sync_daemon.sync.full_sweep import read_whole
from sync_daemon.sync.incremental import catch_up
from sync_daemon.sync.readings import Key, Reading, first_event, readings_of
from sync_daemon.sync.refetch import refetch
from sync_daemon.sync.schedule import Schedule

MOST = 100_000
"""Most differences that are looked at twice; of more, only the number is reported."""
ASKED = 1_000
"""Most absent rows that are asked for by their ids."""
ALTERED = b"altered"
"""In place of a hash: someone else changed the row in the mirror."""


@dataclass(slots=True)
class Findings:
    """Differences of one resource, by kind, each with its keys; `rows` is how many rows of the source were compared."""

    resource: str
    rows: int = 0
    missing: set[Key] = field(default_factory=set)
    extra: set[Key] = field(default_factory=set)
    different: set[Key] = field(default_factory=set)
    altered: set[Key] = field(default_factory=set)
    """Those different rows that someone else changed in the mirror, behind their hash."""
    rejected: set[bytes] = field(default_factory=set)
    """Records of the source that can't be read: the table lacks them, or has an older version."""
    unsettled: set[Key] = field(default_factory=set)
    """Rows that the list lacks and that may or may not be deleted."""
    unread: int = 0
    newer: int = 0
    """Rows that changed at the source since the mirror last read the list; left out."""
    mended: int = 0
    state: str = "compared"
    why: str = ""

    @property
    def differences(self) -> int:
        return len(self.missing) + len(self.extra) + len(self.different)

    @property
    def count(self) -> int:
        """How many rows are wrong; `_rejected` has the rejected ones."""
        return self.differences + len(self.rejected)

    @property
    def open(self) -> int:
        """How many rows are not settled."""
        return len(self.unsettled) + self.unread

    @property
    def green(self) -> bool:
        return self.state in {"compared", "unavailable"} and not (self.count or self.open)

    def kinds(self) -> list[tuple[str, set[Key]]]:
        return [("missing", self.missing), ("extra", self.extra), ("different", self.different),
                ("unsettled", self.unsettled)]

    def both(self, other: Findings) -> Findings:
        """The differences found in both readings."""
        return Findings(self.resource, other.rows, self.missing & other.missing, self.extra & other.extra,
                        self.different & other.different, self.altered & other.altered,
                        self.rejected & other.rejected, unread=other.unread)


async def verify(context: SyncContext, schedule: Schedule, resource: Resource, *, repair: bool = False,
                 force: bool = False) -> Findings:
    """Compares one resource; with `repair`, repairs it and compares again. Raises Unavailable, SyncError.

    `force` lets a repair tombstone more rows than the daily limit.
    """
    row = await context.store.state.of(resource.name)
    if row is None or row["loaded_at"] is None:
        if row is not None and row["unavailable_at"] is not None:
            return Findings(resource.name, state="unavailable", why=row["unavailable_why"] or "")
        return Findings(resource.name, state="not loaded")
    found = await _standing(context, schedule, resource, write=repair)
    if not ((found.count or found.open) and repair):
        return found
    if found.altered:  # otherwise their hashes would make them look unchanged
        await context.store.tables.forget_hashes(resource, list(found.altered))
    await _mend(context, schedule, resource, force=force, empty=bool(found.unsettled))
    left = await _standing(context, schedule, resource, write=True)
    left.mended = max(0, found.count + found.open - left.count - left.open)
    return left


async def _standing(context: SyncContext, schedule: Schedule, resource: Resource, *, write: bool) -> Findings:
    """The differences found in two readings; between them the mirror catches up, if it may be written."""
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
        # rows stamped within the overlap before may have become visible since
        settled = -math.inf if upto is None else upto - context.reader.overlap
        # a stamp in the future does not show when the row changed
        now = max(context.store.clock.now().timestamp(), context.reader.api.server_time or 0) + TOLERATED
        left_out = {key for key in (found.missing | found.different) - found.altered
                    if settled <= newer.get(key, 0) <= now}
        found.missing -= left_out
        found.different -= left_out
        found.newer = len(left_out)
    await _settle_extra(context, resource, found)
    return found


async def _read_upto(context: SyncContext, resource: Resource, *, fresh: bool) -> float | None:
    """The second up to which the mirror claims to have read a list; it may lack later changes."""
    if fresh:
        return None
    told = await context.store.runs.watermarks()
    row = await context.store.state.of(resource.name)
    moments: list[float] = [told[resource.name]] if resource.name in told else []
    if row is not None:
        moments += [at.timestamp() for at in (row["succeeded_at"], row["swept_at"]) if isinstance(at, datetime)]
    return max(moments, default=None)


async def _settle_extra(context: SyncContext, resource: Resource, found: Findings) -> None:
    """Asks for rows that the list lacks; one that exists all the same, or can't be asked for, is not settled."""
    if not found.extra:
        return
    if has_retrieve(resource) and resource.way is not Way.CHILD:
        asked = await existences_of(context, resource, sorted(found.extra)[:ASKED])
        found.unsettled |= {key for key, (existence, _) in asked.items()
                            if existence in {Existence.ALIVE, Existence.LATER}}
    elif found.rows == 0:  # an empty list is evidence only twice, minutes apart
        found.unsettled |= found.extra
    found.extra -= found.unsettled


async def _mend(context: SyncContext, schedule: Schedule, resource: Resource, *, force: bool, empty: bool) -> None:
    if resource is EVENTS:
        await read_feed(context, await open_feed(context), since=await first_event(context))
    else:
        await _sweep_afresh(context, schedule, resource)
    await refetch(context, resource, force=force, at_once=True)
    if await context.store.queue.due(resource.name, 1, at_once=True, now=await context.store.now()):
        # objects without a retrieve need two listings some time apart
        await context.rest(context.tuning.empty_apart if empty else context.tuning.listings_apart)
        await refetch(context, resource, force=force, at_once=True)


async def _sweep_afresh(context: SyncContext, schedule: Schedule, resource: Resource) -> None:
    """A whole pass that begins now; if another process moves its cursor, it resumes from there."""
    now = await context.store.now()
    for _ in range(RACES):
        with suppress(LostRace):
            await read_whole(context, schedule, resource, since=now)
            return
    raise RetryLater(f"{resource.name}: another process keeps moving the cursor")


async def _compare(context: SyncContext, resource: Resource, newer: dict[Key, int]) -> Findings:
    """Reads the whole list once; `newer` gets the `updated_at` of each row that differs."""
    found = Findings(resource.name)
    await run_all(_tally(context, resource, readings, found, newer)
                  for readings in await readings_of(context, resource))
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
    """The mirror's hashes; ALTERED where a row does not match its hash, or is not in its parent's list."""
    rows = await context.store.tables.stored_hashes(resource, list(records))
    stored = {row["key"]: row["hash"] if row.get("parent") == records[row["key"]].parent else ALTERED for row in rows}
    same = [record for key, record in records.items() if stored.get(key) == record.hash]
    altered = await context.store.tables.altered(resource, [one.key for one in same], [one.text for one in same],
                                                 [one.hash for one in same])
    return stored | dict.fromkeys(altered, ALTERED)


