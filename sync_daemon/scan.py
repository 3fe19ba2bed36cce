"""Lists in id order, read whole: those without `updated_after`, and any other that turned out not to sort.

How a list is read depends on what it can do, best first:

    keyset      `id > last` on page 1, where the probe showed that it works: immune to everything; the last id is the
                committed cursor, so that a pass goes on after a kill
    windows     the walk's anchored windows over page numbers, up to offset 9,000: each answer must hold the row at
                which the last one ended
    pages       page after page beyond that, where the server's own cursor is needed; begun again when the server lost
                it, when ids fall, or when four minutes lie between two pages
    passes      a list in no order: read until two passes agree

A page number is never committed: windows, pages and passes begin again after a kill.
"""

from __future__ import annotations

import time
from datetime import datetime

from sync_daemon.engine import LOAD, Engine
from sync_daemon.errors import Refusal, SyncError
from sync_daemon.plan import PAGE, Ask, Cursor, Disorder, Kind, check
from sync_daemon.probes import has_keyset, id_order, id_sort, keyset
from sync_daemon.reader import Fetched, log
from sync_daemon.resources import Resource, Way
from sync_daemon.store import Lane

BEFORE_IDS = Cursor(0, -1)
DEEPEST_WINDOW = 9_000
"""From offset 10,000 on the server needs its own cursor; a thousand rows are left to grow."""
CURSOR_SECONDS = 240.0
"""The server forgets a page's cursor after five minutes."""
TRIES = 5


async def scan(engine: Engine, resource: Resource, part: str, *, resume: bool = True) -> datetime:
    """Reads one list whole into the mirror and returns when the pass began. Raises LostRace.

    A pass that was left unfinished goes on where its last id was committed, if `resume` and the list has a keyset.
    """
    began = engine.store.clock.now()
    lane = await engine.store.lane(resource, part, LOAD, cursor=BEFORE_IDS)
    with_keyset = await has_keyset(engine.reader, resource, part)
    if lane.done or not with_keyset or not resume:
        lane = await engine.store.restart(lane, BEFORE_IDS, began)
    if with_keyset:
        try:
            await _by_keyset(engine, resource, lane)
        except Disorder as error:
            log().warning("keyset.unavailable", resource=resource.name, reason=str(error))
            engine.reader.abilities[resource.name, f"keyset {part}"] = False
            return await scan(engine, resource, part, resume=False)
        return lane.began_at
    await read_in_id_order(engine, resource, part)
    await engine.store.finish(lane)
    return lane.began_at


async def read_in_id_order(engine: Engine, resource: Resource, part: str, bound: int = 0) -> None:
    """Reads a list whole from its first page, without a committed cursor, or what of it lies beyond `bound`."""
    first = await engine.reader.fetch(resource, part, Ask(bound, PAGE, 1), sort=id_sort(resource))
    rows = len(first.page.order)
    if rows < PAGE and not (first.total or 0) > rows:
        await _store(engine, resource, first)  # one page is the whole list, in whatever order
        return
    try:
        check(Ask(0, PAGE, 1), id_order(first.page))
        if any(place == 0 for _, place in first.page.order):
            raise Disorder("the rows do not show the number they are sorted by")
        if first.total is not None and first.total <= DEEPEST_WINDOW:
            await _by_windows(engine, resource, part, bound)
        else:
            await _by_pages(engine, resource, part, bound)
    except Disorder as error:
        log().warning("list.unordered", resource=resource.name, part=part or None, reason=str(error))
        await _by_passes(engine, resource, part, bound)


async def _by_keyset(engine: Engine, resource: Resource, lane: Lane) -> None:
    while not lane.done:
        engine.going_on()
        last = lane.cursor.id
        asked = Ask(0, PAGE, 1)
        fetched = await engine.reader.fetch(resource, lane.part, asked, keyset(last), sort=id_sort(resource))
        rows = id_order(fetched.page)
        check(asked, rows)
        if rows and rows[0][1] <= last:
            raise Disorder(f"the filter id > {last} gave row {rows[0][1]}")
        done = len(rows) < PAGE and not (rows and (fetched.total or 0) > len(rows))
        cursor = Cursor(0, rows[-1][1] if rows else last)
        if engine.progress.of(resource.name).total is None:
            engine.progress.of(resource.name).total = fetched.total
        lane = await _store(engine, resource, fetched, lane, cursor, done=done) or lane


async def _by_windows(engine: Engine, resource: Resource, part: str, bound: int) -> None:
    cursor = BEFORE_IDS
    while True:
        engine.going_on()
        fetched, step = await engine.reader.advance(resource, part, cursor, _bounded(resource, bound), keys=id_order,
                                             sort=id_sort(resource))
        await _store(engine, resource, fetched)
        if step.kind is Kind.END:
            return
        cursor = step.cursor


async def _by_pages(engine: Engine, resource: Resource, part: str, bound: int) -> None:
    for _ in range(TRIES):
        if await _pages_once(engine, resource, part, bound):
            return
        log().info("scan.again", resource=resource.name, part=part or None)
    raise SyncError(f"{resource.name}: the list could not be read in one go in {TRIES} tries")


async def _pages_once(engine: Engine, resource: Resource, part: str, bound: int) -> bool:
    """One pass by page numbers; False if it must begin again."""
    number, last, size = 1, BEFORE_IDS.key, PAGE
    while True:
        engine.going_on()
        asked_at = time.monotonic()
        try:
            fetched = await engine.reader.fetch(resource, part, Ask(bound, size, number), sort=id_sort(resource))
        except Refusal as error:
            if error.status == 400 and number > 1:
                return False  # the server lost its cursor
            raise
        rows = id_order(fetched.page)
        check(Ask(0, size, number), rows)
        if rows and rows[0] <= last:
            return False
        await _store(engine, resource, fetched)
        if number == 1 and 1 < len(rows) < size and (fetched.total or 0) > len(rows):
            size = len(rows)  # the server gives smaller pages
        elif len(rows) < size:
            return True
        number, last = number + 1, rows[-1]
        if time.monotonic() - asked_at > CURSOR_SECONDS:
            return False


async def _by_passes(engine: Engine, resource: Resource, part: str, bound: int) -> None:
    """A list in no order: page edges can move under us, so it is read until two passes show the same rows.

    The hashes of one pass are held in memory: such lists are short (accounts of the ledger, templates, members).
    """
    before: set[bytes] | None = None
    for _ in range(TRIES):
        seen: set[bytes] = set()
        number = 1
        while True:
            engine.going_on()
            fetched = await engine.reader.fetch(resource, part, Ask(bound, PAGE, number), sort=id_sort(resource))
            seen.update(record.hash for record in fetched.page.records)
            await _store(engine, resource, fetched)
            if len(fetched.page.order) < PAGE:
                break
            number += 1
        if before == seen:
            return
        before = seen
    raise SyncError(f"{resource.name}: the list comes in no order, and no two of {TRIES} passes agreed")


async def _store(engine: Engine, resource: Resource, fetched: Fetched, lane: Lane | None = None,
                 cursor: Cursor | None = None, *, done: bool = False) -> Lane | None:
    _, lane = await engine.commit(resource, fetched.page.records, fetched, lane, cursor, done=done)
    engine.progress.of(resource.name).done += len(fetched.page.order)
    return lane


def _bounded(resource: Resource, bound: int) -> list[tuple[str, str]]:
    return [("start_date" if resource.way is Way.FEED else "updated_after", str(bound))] if bound else []
