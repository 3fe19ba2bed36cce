"""Decides what to ask next, and what an answer proves. Pure: no I/O, no clock.

One planner reads every list; rows are in the order (u, id) of their cursors.

A walk *by value* never counts pages from the start of a list that changes meanwhile. The bound is `updated_after`, one
second before the cursor, and each answer must contain the row at which the last one ended (the anchor), or one before
it: this proves that nothing is skipped. Rows that are touched or deleted between two requests can move the window, but
not the anchor. In ordinary history every request is page 1. Inside a second with more than a page of rows the window
moves by page numbers, with page sizes chosen so that windows overlap.

    MORE    continue at the new cursor
    END     nothing is left after the cursor
    BACK    the window is beyond the anchor (rows before it disappeared): look further back, nothing was stored
    STILL   rows appeared before the anchor: look further on
    DOUBT   fewer rows than asked for while the count says more: ask again
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

from sync_daemon.errors import Disorder
from sync_daemon.model.cursor import Cursor, Key

PAGE = 100
"""Rows per page: the API's maximum."""

class Kind(Enum):
    MORE = "more"
    END = "end"
    BACK = "back"
    STILL = "still"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: the bound, the page size and the page number."""

    after: int
    size: int
    page: int

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size


@dataclass(frozen=True, slots=True)
class Step:
    """What an answer proved: the new cursor, and which of the rows (from `first` on) it newly covers.

    Every row of an answer may be stored; only those after the old cursor are *covered* by the new one.
    """

    kind: Kind
    cursor: Cursor
    first: int = 0


def ask(cursor: Cursor, most: int = PAGE) -> Ask:
    """The next request of a walk; `most` is the largest page that the server gives."""
    size, page = window(cursor.o, most)
    return Ask(cursor.bound, size, page)


def window(o: int, most: int = PAGE) -> tuple[int, int]:
    """Page size and number of the window that starts before the row number `o` and reaches furthest beyond it.

    Sizes vary because pages of one size never overlap, so that none would show the anchor again.
    """
    if o < most:
        return most, 1
    best = max(range(max(1, most // 2), most + 1), key=lambda q: (q * ((o - 1) // q) + q, q))
    return best, (o - 1) // best + 1


def take(cursor: Cursor, asked: Ask, keys: Sequence[Key], total: int | None) -> Step:
    """Judges an answer. `keys` are its rows' keys in the order received, `total` its X-Total-Count, if any.

    Raises Disorder if the answer breaks an assumption of the walk.
    """
    check(asked, keys)
    n, w = len(keys), asked.offset
    if asked.page > 1 and (not keys or keys[0] > cursor.key):
        # half a page further back: the anchor is an unknown distance before the window
        return Step(Kind.BACK, replace(cursor, o=max(1, w - asked.size // 2)), n)
    if n < asked.size:  # an end is trusted on page 1 only, except where no bound can be sent
        if asked.page == 1:
            if total is not None and total > n:
                return Step(Kind.DOUBT, cursor, n)
            return Step(Kind.END, _end(cursor, keys), _first(cursor, keys))
        end = Cursor(max(keys[-1][0], cursor.u))
        return Step(Kind.END if end.u <= 0 else Kind.MORE, end, _first(cursor, keys))
    last = keys[-1]
    if last <= cursor.key:
        return Step(Kind.STILL, replace(cursor, o=w + n), n)
    bound = max(0, last[0] - 1)
    o = w + n if bound == asked.after else sum(1 for key in keys if key[0] > bound)
    return Step(Kind.MORE, Cursor(last[0], last[1], o), _first(cursor, keys))


def check(asked: Ask, keys: Sequence[Key]) -> None:
    """Raises Disorder unless the rows rise, are beyond the bound and are no more than were asked for.

    The same row twice in succession is a fault of the list, but no gap.
    """
    if len(keys) > asked.size:
        raise Disorder(f"{len(keys)} rows came where {asked.size} were asked for")
    for before, after in pairwise(keys):
        if after < before:
            raise Disorder(f"the row {after} follows {before}: the list is not sorted as asked")
    if asked.after and keys and keys[0][0] <= asked.after:
        raise Disorder(f"the row {keys[0]} is not beyond the bound {asked.after}: updated_after is ignored")


def settle(walked: Step, settled_until: int, seen_settled: bool) -> Cursor | None:
    """The cursor to commit for the tail after a step of its walk, or None to leave it.

    While the walk stays below `settled_until` the cursor follows it. At the first answer that ends the walk, or leads
    beyond `settled_until`, it becomes `settled_until`; the caller then does not move it again in this cycle. It is left
    when no settled row was seen: moving it would gain nothing and cost a write in every quiet cycle.
    """
    if walked.kind is not Kind.END and walked.cursor.u <= settled_until:
        return walked.cursor
    return Cursor(settled_until) if seen_settled else None


def _end(cursor: Cursor, keys: Sequence[Key]) -> Cursor:
    if not keys or keys[-1] <= cursor.key:
        return cursor
    last = keys[-1]
    return Cursor(last[0], last[1], sum(1 for key in keys if key[0] > max(0, last[0] - 1)))


def _first(cursor: Cursor, keys: Sequence[Key]) -> int:
    for index, key in enumerate(keys):
        if key > cursor.key:
            return index
    return len(keys)
