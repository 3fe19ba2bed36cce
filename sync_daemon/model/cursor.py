"""Where a walk over a list stands, and the lanes whose cursors are committed.

Rows stand in the order (u, id): `u` is the second of `updated_at` (for lists in plain id order it is 0 throughout).
The cursor (u, id, o) says: every row up to and including (u, id) has been read, and `o` rows stood between the bound
and that row when last seen. The first two are truth; `o` is only a hint where to look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

NO_SECOND = -(2**62)
"""`u` of a row whose `updated_at` is null or no number: the server sorts it first."""

BEFORE_ALL = NO_SECOND - 1
LAST = 2**63
"""An id above all ids: the cursor (u, LAST) stands behind the whole second u."""

Key = tuple[int, int]
TAIL, LOAD, SWEEP = 0, 1, -1
"""Numbers of lanes: the tail, the first of a first load (and upwards), the first of a sweep (and downwards)."""


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
    """Whether a pass over a list begins anew: when the last one was ended, or, with `since`, began before that.

    Who wants a fresh pass says since when, so that one begun meanwhile, by whomever, is as good and is gone on with.
    """
    if since is None:
        return all(lane.done for lane in lanes)
    return not lanes or any(lane.began_at < since for lane in lanes)


@dataclass(frozen=True, slots=True)
class Range:
    """What a new lane shall cover, (lo, hi], and where it begins."""

    lo: int | None
    hi: int
    cursor: Cursor
