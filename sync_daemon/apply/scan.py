"""Walks over the pages of a list: lanes run concurrently, and each reads ahead while it stores.

There is no queue: what a lane reads while one batch is being stored is its next batch, a few pages at most. So with a
slow network a batch is one page and a request is always in flight, and with a slow Postgres batches grow. The cursor
moves in the order of the pages, so reading ahead does not change what it proves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing

from sync_daemon.apply.context import SyncContext
from sync_daemon.concurrency import run_all
from sync_daemon.errors import Stopped, SyncError
from sync_daemon.log import log
from sync_daemon.model.cursor import LOAD, START, Cursor, Lane, LostRace, Range
from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.model.resources import Resource
from sync_daemon.source.capabilities import borders
from sync_daemon.source.full_scan import ScanPage, ScanPages, by_value

AHEAD = 4
"""Most pages that a lane reads ahead while others are being stored."""
COMMIT_EVERY = 20
"""Pages between two commits of a cursor while nothing changes: a crash repeats so many at most."""
LANES_A_PLACE = 2
"""Lanes of a long history per lane walked at once: with more, shorter lanes all end at about the same time."""

Absent = Callable[[Sequence[ScanPage]], Awaitable[list[RefetchRequest]]]


async def in_batches(scan_pages: ScanPages, take: Callable[[list[ScanPage]], Awaitable[None]]) -> None:
    """Passes the pages to `take` in order; pages read while one batch is being taken form the next batch.

    A failure while reading ahead is raised when all pages before it have been taken.
    """
    async def read(taken: asyncio.Event) -> tuple[list[ScanPage], Exception | None]:
        batch: list[ScanPage] = []
        try:
            while not batch or (len(batch) < AHEAD and not taken.is_set()):
                batch.append(await anext(scan_pages))
        except StopAsyncIteration:
            return batch, None
        except (SyncError, Stopped) as error:
            return batch, error
        return batch, None

    async def take_all(batch: list[ScanPage], taken: asyncio.Event) -> tuple[list[ScanPage], Exception | None]:
        await take(batch)
        taken.set()
        return [], None

    async with aclosing(scan_pages):
        taken = asyncio.Event()
        taken.set()
        batch, failure = await read(taken)
        while batch and failure is None:
            taken = asyncio.Event()
            (batch, failure), _ = await run_all([read(taken), take_all(batch, taken)])
        if failure is not None:
            if batch:
                await take(batch)
            raise failure


async def store_scan_pages(context: SyncContext, resource: Resource, scan_pages: Sequence[ScanPage],
                          lane: Lane | None = None, *,
                          note: Sequence[RefetchRequest] = (), lazy: bool = False) -> Lane | None:
    """Commits pages together with the lane's cursor, and counts the rows newly covered. Raises LostRace."""
    last = scan_pages[-1]
    cursor = None if lane is None else last.cursor or lane.cursor
    records = [record for one in scan_pages for record in one.records]
    _, lane = await context.commit(resource, records, [one.fetched for one in scan_pages], lane, cursor, done=last.done,
                                  note=note, lazy=lazy)
    context.progress.of(resource.name).done += sum(one.rows for one in scan_pages)
    return lane


async def walk(context: SyncContext, resource: Resource, scan_pages: ScanPages, lane: Lane | None = None,
               absent: Absent | None = None) -> None:
    """Walks to the end of the pages and commits them in order, with the lane's cursor if there is one.

    `absent` returns the requests to note for each batch. Raises LostRace.
    """
    pages = 0

    async def take(batch: list[ScanPage]) -> None:
        nonlocal lane, pages
        before, pages = pages, pages + len(batch)
        lazy = not batch[-1].done and (batch[-1].cursor is None or before // COMMIT_EVERY == pages // COMMIT_EVERY)
        note = [] if absent is None else await absent(batch)
        lane = await store_scan_pages(context, resource, batch, lane, note=note, lazy=lazy) or lane

    await in_batches(scan_pages, take)


async def walk_lanes(context: SyncContext, resource: Resource, lanes: Sequence[Lane],
                     absent: Absent | None = None) -> None:
    """Walks all lanes of a list by value concurrently: as many as requests may be in flight, long ones first; at low
    priority only a few. Raises Disorder, LostRace.
    """
    rank = -(context.progress.of(resource.name).total or 0) / len(lanes)
    few = asyncio.Semaphore(context.at_once())

    async def one(lane: Lane) -> None:
        async with few if context.is_low_priority else context.lanes.turn(rank):
            while not lane.done:
                assert lane.hi is not None, "only the tail has no end"
                scan_pages = by_value(context.reader, resource, lane.variant, lane.cursor, lane.hi)
                try:
                    await walk(context, resource, scan_pages, lane, absent)
                    return
                except LostRace:
                    lane = await _again(context, resource, lane)

    await run_all(one(lane) for lane in lanes if not lane.done)
    ended = {(lane.variant, lane.lane) for lane in await context.store.checkpoints.lanes(resource) if lane.done}
    if not all((lane.variant, lane.lane) in ended for lane in lanes):
        raise LostRace  # a failover lost commits: read the cursors again


async def _again(context: SyncContext, resource: Resource, lane: Lane) -> Lane:
    """The lane as another process left it. Raises LostRace if the whole pass was restarted."""
    for found in await context.store.checkpoints.lanes(resource):
        if (found.variant, found.lane, found.hi, found.began_at) == (lane.variant, lane.lane, lane.hi, lane.began_at):
            log().info("checkpoint.conflict", resource=resource.name, lane=lane.lane,
                       hint="Another process moved the cursor; going on from there.")
            return found
    raise LostRace


async def open_lanes(context: SyncContext, resource: Resource, variant: str) -> list[Lane]:
    """The lanes of a first load, as committed; the first call cuts all that has settled into lanes.

    The tail begins where they end. All are opened by one statement, so that a kill leaves no gap. Raises LostRace.
    """
    async def opened() -> list[Lane]:
        return [lane for lane in await context.store.checkpoints.lanes(resource)
            if lane.variant == variant and lane.lane >= LOAD]

    if not (lanes := await opened()):
        ranges = await cut(context, resource, variant, context.at_once())
        await context.store.checkpoints.open_lanes(resource, variant, ranges)
        if not (lanes := await opened()):
            raise LostRace  # a failover lost them at once
    return lanes


async def cut(context: SyncContext, resource: Resource, variant: str, at_once: int) -> list[Range]:
    """Cuts a list from its beginning to `settled_until` into ranges of about equal size, for `at_once` lanes."""
    if context.reader.api.server_time is None:
        await context.reader.know_the_time(resource, variant)
    hi = context.reader.settled_until
    found = await borders(context.reader, resource, variant, hi, at_once * LANES_A_PLACE)
    inner = [second for second in found if second < hi]  # the tail begins at `hi`, whatever the counts say
    ends = [*inner, hi]
    return [Range(None, ends[0], START), *(Range(lo, end, Cursor(lo)) for lo, end in zip(inner, ends[1:], strict=True))]
