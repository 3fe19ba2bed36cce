"""The sweep: reads a list whole, stores silent changes by the same upsert, and enqueues the rows that the mirror has
but the list lacks. One pass finds both silent changes and absences.

An absent row is only a candidate for deletion: it may have been touched a moment ago. `refetch` asks for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sync_daemon.apply.context import SyncContext
from sync_daemon.apply.deletes import SAMPLE, Existence, existences_of, spread
from sync_daemon.apply.scan import cut, store_scan_pages, walk, walk_lanes
from sync_daemon.errors import Disorder, SyncError
from sync_daemon.humanize import count as counted
from sync_daemon.model.cursor import BEFORE_IDS, LAST, LOAD, NO_SECOND, SWEEP, Cursor, Key, needs_restart
from sync_daemon.model.records import LATEST
from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.model.resources import Resource, Way
from sync_daemon.source.capabilities import count, does_not_sort, sorts, variants_of
from sync_daemon.source.full_scan import ScanPage, by_id, by_value

TOP_ID = LAST - 1
MANY = 50
"""Rows absent from a page: if more, some are asked for by id before the page is trusted."""
LAST_SECOND = 253_402_300_799
"""The end of the year 9999, the latest that a column shows."""


async def sweep_list(context: SyncContext, resource: Resource, *, since: datetime | None = None) -> datetime:
    """Sweeps one resource and returns when the pass began, by the database's clock. Raises LostRace.

    An unfinished pass resumes from its committed cursors, unless it began before `since`.
    """
    if is_composed(resource):
        return await _sweep_composed(context, resource)
    variants = await variants_of(context.reader, resource)
    return min([await _sweep_part(context, resource, variant, since=since) for variant in variants])


async def sweep_recent(context: SyncContext, resource: Resource, seconds: float) -> None:
    """The deep pass: compares recent changes of a polled list, which repairs the effects of a wrong clock or zone."""
    for variant in await variants_of(context.reader, resource):
        if await sorts(context.reader, resource, variant):
            hi = context.reader.settled_until
            scan_pages = by_value(context.reader, resource, variant, Cursor(hi - round(seconds)), hi)
            await walk(context, resource, scan_pages, None, partial(_missed, context, resource, variant))


async def list_keys(context: SyncContext, resource: Resource) -> frozenset[int | str] | None:
    """All keys that a list has now; stores its rows on the way. None if the keys are not certain.

    A row that can't be read may be any row; a list that shows no rows must also count none.
    """
    while True:
        server = await context.store.server_start()
        keys: set[int | str] = set()
        for variant in await variants_of(context.reader, resource):
            async for scan_page in by_id(context.reader, resource, variant):
                await store_scan_pages(context, resource, [scan_page])
                if scan_page.fetched.page.rejects:
                    return None
                keys |= scan_page.keys
        if not keys and await count(context.reader, resource):
            return None
        if server == await context.store.server_start():  # no cursor was committed here either
            return frozenset(keys)


async def read_in_id_order(context: SyncContext, resource: Resource, variant: str, bound: int = 0) -> datetime:
    """Reads a list in id order from its beginning, or from `bound`; commits no cursor. Returns the start time of the
    server that has it.

    Without a cursor, a database that comes back may lack what was stored before: the list is then read again.
    """
    while True:
        server = await context.store.server_start()
        await walk(context, resource, by_id(context.reader, resource, variant, bound=bound), None)
        if server == await context.store.server_start():
            return server


def is_composed(resource: Resource) -> bool:
    """Whether a table's rows can't be compared by intervals of one list: its key is not the number that the list is
    sorted by, or several lists share it. Such lists (the catalogue, custom fields) are short: all keys are compared.
    """
    return resource.way is not Way.VALUE and (resource.key != "id" or len(resource.variants) > 1)


async def _sweep_composed(context: SyncContext, resource: Resource) -> datetime:
    began = await context.store.now()
    keys = await list_keys(context, resource)
    if keys is not None:
        since = context.store.clock.now() - timedelta(seconds=context.reader.overlap)
        absent_keys = await context.store.tables.absent_whole(resource, since, keys)
        await context.store.queue.note(_candidates(resource, absent_keys))
    return began


async def _sweep_part(context: SyncContext, resource: Resource, variant: str, *, since: datetime | None) -> datetime:
    if resource.way is Way.VALUE and await sorts(context.reader, resource, variant):
        try:
            return await _sweep_by_value(context, resource, variant, since=since)
        except Disorder as error:
            does_not_sort(context.reader, resource, variant, error)
    missed = partial(_missed, context, resource, variant)
    began = await context.store.now()
    if resource.way is Way.VALUE:  # its lanes are for the walk by value: a pass in id order restarts after a kill
        await walk(context, resource, by_id(context.reader, resource, variant), None, missed)
        return began
    lane = await context.store.checkpoints.lane(resource, variant, LOAD, cursor=BEFORE_IDS)
    if needs_restart([lane], since):
        lane = await context.store.checkpoints.restart(lane, BEFORE_IDS, began)
    context.progress.of(resource.name).done += lane.seen
    await walk(context, resource, by_id(context.reader, resource, variant, lane.cursor), lane, missed)
    return lane.began_at


async def _sweep_by_value(context: SyncContext, resource: Resource, variant: str, *,
                          since: datetime | None) -> datetime:
    """Sweeps in lanes that are cut for each pass."""
    began = await context.store.now()
    lanes = [lane for lane in await context.store.checkpoints.lanes(resource)
            if lane.variant == variant and lane.lane <= SWEEP]
    if needs_restart(lanes, since):
        ranges = await cut(context, resource, variant, context.at_once())
        lanes = await context.store.checkpoints.renew_lanes(resource, variant, lanes, ranges, began)
    context.progress.of(resource.name).done += sum(lane.seen for lane in lanes)
    missed = partial(_missed, context, resource, variant)
    await walk_lanes(context, resource, lanes, missed)
    # rows younger than `settled_until`, or stamped in the future, come after the lanes
    ahead = Cursor(max(lane.hi or 0 for lane in lanes))
    await walk(context, resource, by_value(context.reader, resource, variant, ahead, LATEST), None, missed)
    return lanes[0].began_at


async def _missed(context: SyncContext, resource: Resource, variant: str,
                  batch: Sequence[ScanPage]) -> list[RefetchRequest]:
    """The rows absent from a batch of pages, as candidates. Raises SyncError if many of them still exist."""
    keys = await absent(context, resource, variant, batch)
    if len(keys) > MANY and has_retrieve(resource):
        held = await context.store.queue.held(resource.name, keys)
        doubtful = [key for key in keys if str(key) not in held]  # the others were asked for before
        if len(doubtful) <= MANY:
            return _candidates(resource, keys)
        existences = [existence for existence,
                      _ in (await existences_of(context, resource, spread(doubtful, SAMPLE))).values()]
        if existences.count(Existence.GONE) * 2 <= len(existences):
            raise SyncError(f"{resource.name}: a page left out {counted(len(keys), 'row')}, mostly there",
                            brief="a page left out rows that are there")
    return _candidates(resource, keys)


def _candidates(resource: Resource, keys: Iterable[int | str]) -> list[RefetchRequest]:
    """Rows with a retrieve are asked for by id; the others need a second listing."""
    kind = "gone" if has_retrieve(resource) else "absent"
    return [RefetchRequest(kind, resource.name, str(key)) for key in keys]


def has_retrieve(resource: Resource) -> bool:
    """Whether one object can be asked for by the key of its row."""
    return resource.retrieve is not None and resource.key == "id"


async def absent(context: SyncContext, resource: Resource, variant: str, batch: Sequence[ScanPage], *,
                 late: float | None = None) -> list[int | str]:
    """Rows of the mirror that the pages cover and lack.

    A page with a row whose key can't be read proves nothing, unless each candidate is asked for by its id. In id order
    rows appear late: those read within `late` seconds (the overlap) before the request are left out.
    """
    if any(scan_page.fetched.page.rejects for scan_page in batch) and not has_retrieve(resource):
        return []
    late = context.reader.overlap if late is None else late
    found: list[int | str] = []
    for run in _runs(batch):
        found += await _absent_of(context, resource, variant, *run, late=late)
    return found


Run = tuple[Key, Key, frozenset[int | str], datetime, bool]
"""An interval, the keys that the source has there, when it was first asked, and whether it is by `updated_at`."""


def _runs(batch: Sequence[ScanPage]) -> list[Run]:
    """Joins adjacent pages into runs: a statement for each page would cost more."""
    runs: list[Run] = []
    for scan_page in batch:
        if scan_page.interval is None:
            continue
        (lo, hi), keys, asked_at = scan_page.interval, scan_page.keys, scan_page.fetched.answer.asked_at
        if runs and runs[-1][1] == lo:
            lo, _, before, asked_before, _ = runs.pop()
            keys, asked_at = keys | before, min(asked_at, asked_before)
        runs.append((lo, hi, keys, asked_at, scan_page.dated))
    return runs


async def _absent_of(context: SyncContext, resource: Resource, variant: str, lo: Key, hi: Key,
                     held: frozenset[int | str],
                     asked_at: datetime, dated: bool, *, late: float) -> list[int | str]:
    (lo_u, lo_id), (hi_u, hi_id), keys = lo, hi, list(held)
    if not dated:
        since = asked_at - timedelta(seconds=late)
        return await context.store.tables.absent_by_id(resource, since, lo_id, min(hi_id, TOP_ID), keys)
    must, must_not = resource.shown_by(variant)
    found: list[int | str] = []
    if lo_u <= NO_SECOND:
        upto = hi_id if hi_u == NO_SECOND else TOP_ID
        since_id = lo_id if lo_u == NO_SECOND else -1
        found += await context.store.tables.absent_undated(resource, asked_at, since_id, min(upto, TOP_ID), keys,
                                                           must, must_not)
    if hi_u > NO_SECOND:
        after = None if lo_u <= NO_SECOND else lo_u
        found += await context.store.tables.absent_by_value(
            resource, asked_at, (after, min(lo_id, TOP_ID)), (min(hi_u, LAST_SECOND), min(hi_id, TOP_ID)), keys,
            must, must_not)
    return found
