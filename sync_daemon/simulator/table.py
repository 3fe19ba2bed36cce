"""One list's rows, kept in the two orders that readers ask for: by id, and by `updated_at`."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sync_daemon.simulator.world import Row

NULL_STAMP = -(10**18)
_VIEWS = 64


def id_key(row: Row) -> tuple[int, int]:
    return row.id, row.serial


def stamp_key(row: Row) -> tuple[int, int, int]:
    """Rows without `updated_at` sort first, as NULL does."""
    return NULL_STAMP if row.stamp is None else row.stamp, row.id, row.serial


def stamp_of(row: Row) -> int:
    return NULL_STAMP if row.stamp is None else row.stamp


def id_of(row: Row) -> int:
    return row.id


@dataclass(slots=True)
class Table:
    """`views` are filtered or sorted lists, valid until `version` changes."""

    by_id: list[Row] = field(default_factory=list)
    by_stamp: list[Row] = field(default_factory=list)
    owned: dict[int, list[Row]] = field(default_factory=dict)
    found: dict[int, Row] = field(default_factory=dict)
    version: int = 0
    views: dict[Any, tuple[int, list[Row]]] = field(default_factory=dict)
    serial: int = 0

    def load(self, rows: Iterable[Row]) -> None:
        self.by_id = sorted(rows, key=id_key)
        self.by_stamp = sorted(self.by_id, key=stamp_key)
        self.found = {row.id: row for row in self.by_id}
        for row in self.by_id:
            if row.owner is not None:
                self.owned.setdefault(row.owner, []).append(row)
        self.version += 1

    def add(self, row: Row) -> None:
        """Adds a row. A second one with a known id is kept too: lists show both, a retrieve finds the first."""
        if row.id in self.found:
            self.serial += 1
            row.serial = self.serial
        self.found.setdefault(row.id, row)
        insort(self.by_id, row, key=id_key)
        insort(self.by_stamp, row, key=stamp_key)
        if row.owner is not None:
            insort(self.owned.setdefault(row.owner, []), row, key=id_key)
        self.version += 1

    def holds(self, row: Row) -> bool:
        place = bisect_left(self.by_id, id_key(row), key=id_key)
        return place < len(self.by_id) and self.by_id[place] is row

    def remove(self, row: Row) -> None:
        del self.by_id[bisect_left(self.by_id, id_key(row), key=id_key)]
        del self.by_stamp[bisect_left(self.by_stamp, stamp_key(row), key=stamp_key)]
        if row.owner is not None:
            self.owned[row.owner].remove(row)
        if self.found.get(row.id) is row:
            del self.found[row.id]
        self.version += 1

    def change(self, row: Row, own: dict[str, object], stamp: int | None, owner: int | None) -> None:
        """Replaces the content; `own` is never changed in place, so older references to it stay valid."""
        if stamp != row.stamp:
            del self.by_stamp[bisect_left(self.by_stamp, stamp_key(row), key=stamp_key)]
            row.stamp = stamp
            insort(self.by_stamp, row, key=stamp_key)
        if owner != row.owner:
            if row.owner is not None:
                self.owned[row.owner].remove(row)
            row.owner = owner
            if owner is not None:
                insort(self.owned.setdefault(owner, []), row, key=id_key)
        row.own, row.raw, row.body = own, None, None
        self.version += 1

    def view(self, key: object) -> list[Row] | None:
        kept = self.views.get(key)
        return kept[1] if kept is not None and kept[0] == self.version else None

    def keep(self, key: object, rows: list[Row]) -> list[Row]:
        if len(self.views) >= _VIEWS:
            self.views.clear()
        self.views[key] = (self.version, rows)
        return rows
