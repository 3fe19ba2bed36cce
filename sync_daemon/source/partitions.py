"""Cuts a long history into lanes of about equal size. Pure.

`X-Total-Count` with `updated_after=T` says how many rows follow the second T. A few such counts cut the history into
equal shares, whatever its distribution; each round refines only the pieces that are still too long. Borders are whole
seconds, so that every version of a row is in exactly one lane or in the tail. A stale or wrong count makes lanes
unequal, never incomplete. A second with a large part of all rows makes one long lane.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

TOO_LONG = 1.3
"""A piece of more shares than this is cut further."""


def worth(rows: int, most: int, shortest: int) -> int:
    """Number of lanes for so many rows: at `most`, none with fewer than `shortest`."""
    return max(1, min(most, rows // shortest))


def questions(counts: Mapping[int, int], lanes: int) -> list[int]:
    """The seconds to ask for next, given the rows after those asked for; none if no piece is too long."""
    share = _rows(counts) / lanes
    found = []
    for after, upto, rows in _pieces(counts):
        if rows > TOO_LONG * share:
            variants = min(-(-rows // max(1, int(share))), lanes, upto - after)
            found += [after + (upto - after) * number // variants for number in range(1, variants)]
    return found


def borders(counts: Mapping[int, int], lanes: int) -> list[int]:
    """The last seconds of all lanes but the last: at most `lanes` - 1, rising.

    Within a piece rows are assumed to be spread evenly; where they are not, lanes become a little uneven.
    """
    share = _rows(counts) / lanes
    found: list[int] = []
    behind, number = 0, 1
    for after, upto, rows in _pieces(counts):
        while number < lanes and behind + rows >= share * number and rows:
            found.append(after + round((upto - after) * (share * number - behind) / rows))
            number += 1
        behind += rows
    return sorted({second for second in found if min(counts) < second < max(counts)})


def _pieces(counts: Mapping[int, int]) -> Iterator[tuple[int, int, int]]:
    """Ranges of time between the seconds asked for, with their rows."""
    for after, upto in pairwise(sorted(counts)):
        yield after, upto, max(0, counts[after] - counts[upto])


def _rows(counts: Mapping[int, int]) -> int:
    return sum(rows for _, _, rows in _pieces(counts))
