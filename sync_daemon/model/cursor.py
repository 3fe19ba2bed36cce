"""Cursors: how far a list has been read; and lanes, whose cursors are committed.

Rows are in the order (u, id): `u` is the second of `updated_at` (0 throughout for lists in plain id order).
The cursor (u, id, o) says: every row up to and including (u, id) has been read, and `o` rows were between the bound
and that row when last seen. Only (u, id) is exact; `o` is a hint where to look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

NO_SECOND = -(2**62)
"""`u` of a row whose `updated_at` is null or not a number: the server sorts it first."""

BEFORE_ALL = NO_SECOND - 1
LAST = 2**63
"""An id above all ids: the cursor (u, LAST) is after every row of the second u."""

Key = tuple[int, int]
TAIL, LOAD, SWEEP = 0, 1, -1
"""Lane numbers: the tail is 0, those of a first load count up from 1, those of a sweep down from -1."""


@dataclass(frozen=True, slots=True)
class Cursor:
    u: int
    id: int = LAST
    o: int = 0

    @property
    def key(self) -> Key:
        return (self.u, self.id)

    @property
    def bound(self) -> int:
        """The `updated_after` to send; 0 means that it is not sent."""
        return max(0, self.u - 1 if self.o else self.u)


START = Cursor(BEFORE_ALL)
"""Before the first row of any list, with or without `updated_at`."""
BEFORE_IDS = Cursor(0, -1)
"""Before the first row of a list in id order."""


class LostRace(Exception):
    """Another process moved this lane's cursor: drop the page, read the cursor again."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A committed cursor and the range it walks, (lo, hi]; lane 0 is the tail and has no end."""

    resource: str
    variant: str
    lane: int
    lo: int | None
    hi: int | None
    cursor: Cursor
    done: bool
    version: int
    began_at: datetime
    seen: int = 0
    stored: int = 0


def needs_restart(lanes: Sequence[Lane], since: datetime | None) -> bool:
    """Whether a pass over a list restarts: when the last one ended, or, with `since`, when it began before that.

    With `since`, a pass that any process began later is resumed instead.
    """
    if since is None:
        return all(lane.done for lane in lanes)
    return not lanes or any(lane.began_at < since for lane in lanes)


@dataclass(frozen=True, slots=True)
class Range:
    """The range (lo, hi] of a new lane, and the cursor at which it begins."""

    lo: int | None
    hi: int
    cursor: Cursor
