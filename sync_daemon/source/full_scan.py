"""Reads a list whole, page by page, whatever its capabilities. What becomes of the rows is up to the caller.

A *scan page* is a page together with what it proves: rows of the mirror with a place in (after, upto] that the page
lacks are deleted, or were touched a moment ago. How a list is read depends on its capabilities, best first:

    by value    the walk over (updated_at, id), up to `settled_until`
    keyset      `id > last` on page 1, where the probe showed that it works: immune to changes; the last id is a
                cursor that may be committed
    windows     the walk's anchored windows over page numbers, up to offset 9,000: each answer must hold the row at
                which the last one ended
    pages       page after page beyond that, where the server's own cursor is needed; restarted when the server lost
                it, when ids fall, or when four minutes pass between two pages
    passes      a list in no order: read until two passes agree; only the last page proves anything, about all rows

A page number is never committed: windows, pages and passes restart after a kill.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from sync_daemon.errors import Disorder, Refusal, SyncError
from sync_daemon.log import log
from sync_daemon.model.cursor import BEFORE_IDS, LAST, Cursor, Key
from sync_daemon.model.records import Record
from sync_daemon.model.resources import Resource
from sync_daemon.source.capabilities import bounded, has_keyset, has_no_keyset, id_order, id_sort, keyset
from sync_daemon.source.list_reader import ListPage, Reader
from sync_daemon.source.pagination import PAGE, Ask, Kind, check

CURSOR_SECONDS = 240.0
"""The server forgets a page's cursor after five minutes."""
ALL: tuple[Key, Key] = (BEFORE_IDS.key, (0, LAST))
"""The interval of a scan page that covers a whole list in id order."""


@dataclass(frozen=True, slots=True)
class ScanPage:
    """A page, the interval that it covers, and the cursor that may be committed with it.

    `keys` are all keys that the source has in the interval; usually those of the page. One may be missing if a row of
    the page was rejected.
    """

    fetched: ListPage
    records: Sequence[Record]
    keys: frozenset[int | str]
    interval: tuple[Key, Key] | None
    cursor: Cursor | None = None
    done: bool = False
    dated: bool = False
    """Whether the interval is one of (updated_at, id), and not of ids only."""

    @property
    def rows(self) -> int:
        """How many rows of the page no earlier page covered; pages overlap."""
        if self.interval is None:
            return len(self.records)
        before = self.interval[0]
        return sum(1 for record in self.records
                   if (record.order if self.dated else (0, record.order[1])) > before)


ScanPages = AsyncGenerator[ScanPage, None]


async def by_value(reader: Reader, resource: Resource, variant: str, at: Cursor, hi: int) -> ScanPages:
    """Walks from a cursor to the end of the second `hi`, which must have settled. Raises Disorder."""
    done = False
    while not done:
        reader.raise_if_stopped()
        fetched, step = await reader.advance(resource, variant, at)
        mine = [record for record in fetched.page.records if record.order[0] <= hi]
        done = step.kind is Kind.END or step.cursor.u > hi
        end = (hi, LAST) if done else step.cursor.key
        cursor = step.cursor if step.cursor.u <= hi else Cursor(hi)
        yield ScanPage(fetched, mine, _keys(fetched), (at.key, end), cursor, done, dated=True)
        at = step.cursor


async def by_id(reader: Reader, resource: Resource, variant: str, at: Cursor = BEFORE_IDS, bound: int = 0,
                parent: int | None = None) -> ScanPages:
    """Reads a list in id order, from the cursor if it has a keyset, else from its beginning.

    `bound` leaves out older rows, about which nothing is proven then. `parent` says whose list it is.
    """
    if not bound and parent is None and await has_keyset(reader, resource, variant):
        try:
            async for scan_page in _by_keyset(reader, resource, variant, at):
                yield scan_page
            return
        except (Disorder, Refusal) as error:  # it used to work, and is refused or ignored now
            has_no_keyset(reader, resource, variant, error)
    first = await reader.fetch(resource, variant, Ask(bound, PAGE, 1), sort=id_sort(resource), parent=parent)
    rows = len(first.page.order)
    if rows < PAGE and not (first.total or 0) > rows:  # one page is the whole list, in whatever order
        yield ScanPage(first, first.page.records, _keys(first), None if bound else ALL, done=True)
        return
    try:
        check(Ask(0, PAGE, 1), id_order(first.page))
        if any(place == 0 for _, place in first.page.order):
            raise Disorder("the rows do not show the number they are sorted by")
        read = _by_windows if first.total is not None and first.total <= reader.tuning.deepest_window else _by_pages
        async for scan_page in read(reader, resource, variant, bound, parent):
            yield scan_page
    except Disorder as error:
        log().warning("list.unordered", resource=resource.name, variant=variant or None, why=str(error),
                      hint="Nothing to do: the list is read again until two passes agree.")
        async for scan_page in _by_passes(reader, resource, variant, bound, parent):
            yield scan_page


async def _by_keyset(reader: Reader, resource: Resource, variant: str, at: Cursor) -> ScanPages:
    done = False
    while not done:
        reader.raise_if_stopped()
        asked = Ask(0, PAGE, 1)
        fetched = await reader.fetch(resource, variant, asked, keyset(at.id), sort=id_sort(resource))
        rows = id_order(fetched.page)
        check(asked, rows)
        if rows and rows[0][1] <= at.id:
            raise Disorder(f"the filter id > {at.id} gave row {rows[0][1]}")
        done = len(rows) < PAGE and not (rows and (fetched.total or 0) > len(rows))
        cursor = Cursor(0, rows[-1][1] if rows else at.id)
        end = (0, LAST) if done else cursor.key
        yield ScanPage(fetched, fetched.page.records, _keys(fetched), (at.key, end), cursor, done)
        at = cursor


async def _by_windows(reader: Reader, resource: Resource, variant: str, bound: int, parent: int | None) -> ScanPages:
    at, done = BEFORE_IDS, False
    while not done:
        reader.raise_if_stopped()
        fetched, step = await reader.advance(resource, variant, at, bounded(resource, bound), keys=id_order,
                                                    sort=id_sort(resource), parent=parent)
        done = step.kind is Kind.END
        covers = None if bound else (at.key, (0, LAST) if done else step.cursor.key)
        yield ScanPage(fetched, fetched.page.records, _keys(fetched), covers, done=done)
        at = step.cursor


async def _by_pages(reader: Reader, resource: Resource, variant: str, bound: int, parent: int | None) -> ScanPages:
    for _ in range(reader.tuning.passes):
        async for scan_page in _pages_once(reader, resource, variant, bound, parent):
            yield scan_page
            if scan_page.done:
                return
        log().info("scan.again", resource=resource.name, variant=variant or None)
    raise SyncError(f"{resource.name}: the list could not be read in one go in {reader.tuning.passes} tries")


async def _pages_once(reader: Reader, resource: Resource, variant: str, bound: int, parent: int | None) -> ScanPages:
    """One pass by page numbers; it ends without a `done` page if it must restart."""
    number, last, size = 1, BEFORE_IDS.key, PAGE
    while True:
        reader.raise_if_stopped()
        asked_at = time.monotonic()
        try:
            fetched = await reader.fetch(resource, variant, Ask(bound, size, number), sort=id_sort(resource),
                                                parent=parent)
        except Refusal as error:
            if error.status == 400 and number > 1:
                return  # the server lost its cursor
            raise
        rows = id_order(fetched.page)
        check(Ask(0, size, number), rows)
        if rows and rows[0] <= last:
            return
        shrunk = number == 1 and 1 < len(rows) < size and (fetched.total or 0) > len(rows)
        done = len(rows) < size and not shrunk
        end = (0, LAST) if done else rows[-1]
        yield ScanPage(fetched, fetched.page.records, _keys(fetched), None if bound else (last, end), done=done)
        if done or time.monotonic() - asked_at > CURSOR_SECONDS:
            return
        size = len(rows) if shrunk else size
        number, last = number + 1, rows[-1]


async def _by_passes(reader: Reader, resource: Resource, variant: str, bound: int, parent: int | None) -> ScanPages:
    """A list in no order: rows may move between pages, so it is read until two passes show the same rows.

    The keys and hashes of one pass are held in memory: such lists are short (ledger accounts, members).
    """
    before: set[bytes] | None = None
    for _ in range(reader.tuning.passes):
        seen: set[bytes] = set()
        keys: set[int | str] = set()
        number = 1
        while True:
            reader.raise_if_stopped()
            fetched = await reader.fetch(resource, variant, Ask(bound, PAGE, number), sort=id_sort(resource),
                                                parent=parent)
            seen.update(record.hash for record in fetched.page.records)
            keys.update(_keys(fetched))
            last = len(fetched.page.order) < PAGE
            if last and before == seen:
                yield ScanPage(fetched, fetched.page.records, frozenset(keys), None if bound else ALL, done=True)
                return
            yield ScanPage(fetched, fetched.page.records, _keys(fetched), None)
            if last:
                break
            number += 1
        before = seen
    raise SyncError(f"{resource.name}: the list comes in no order, and no two of {reader.tuning.passes} passes agreed")


def _keys(fetched: ListPage) -> frozenset[int | str]:
    return frozenset(record.key for record in fetched.page.records)
