"""Is the mirror equal to the account? Every resource is read whole and compared, ids first, then contents.

Nothing is held in memory but the differences, and nothing of the mirror is written unless it is to be repaired. A
difference counts only if it stands on a second reading. What changed at the source since the mirror last read a list is
left out, and told; what can't be settled now is told as well: only what was compared is called equal.
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
"""Differences that are looked at twice; of more than that only the number is told."""
ASKED = 1_000
"""Rows that are asked for by their ids, where a list lacks them."""
ALTERED = b"altered"
"""In place of a hash: the row was changed here by someone else."""


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
    """The hashes of what the mirror has; ALTERED where a row is not what its hash says, or in whose list it stands."""
    rows = await context.store.tables.stored_hashes(resource, list(records))
    stored = {row["key"]: row["hash"] if row.get("parent") == records[row["key"]].parent else ALTERED for row in rows}
    same = [record for key, record in records.items() if stored.get(key) == record.hash]
    altered = await context.store.tables.altered(resource, [one.key for one in same], [one.text for one in same],
                                                 [one.hash for one in same])
    return stored | dict.fromkeys(altered, ALTERED)


