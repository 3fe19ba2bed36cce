"""Queries of the mirror tables: what they hold, what an answer lacked, which parents to ask. Only two write:
`forget_hashes` and `drop_served_requests`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sync_daemon.model.resources import Resource
from sync_daemon.postgres.executor import Executor
from sync_daemon.postgres.nested_tables import nested_of

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Row

Key = int | str


class MirrorTables:
    """The mirror tables, one for each resource. Keys have the type of the resource's key."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    # Rows.

    async def count(self, resource: Resource) -> int:
        rows: int = await self._db.table_value(resource, "count")
        return rows

    async def estimates(self) -> dict[str, int]:
        """Rows of each table by the statistics; -1 for one that was never analyzed."""
        return {row["resource"]: row["rows"] for row in await self._db.rows("estimates", self._db.queries.schema)}

    async def has_rows(self, resource: Resource) -> bool:
        return bool(await self._db.table_value(resource, "has_rows"))

    async def known(self, resource: Resource, keys: Sequence[Key]) -> list[Key]:
        """Which of these keys the mirror has."""
        return [row["key"] for row in await self._db.table_rows(resource, "known", keys)]

    async def others(self, resource: Resource, but: Sequence[Key] = ()) -> list[Key]:
        """A few other rows, the newest and the oldest, to ask for as controls."""
        return [row["key"] for row in await self._db.table_rows(resource, "another", list(but))]

    async def stamp(self, resource: Resource, key: Key) -> float | None:
        """The `updated_at` of a row, as unix second."""
        stamp: float | None = await self._db.table_value(resource, "stamp", key)
        return stamp

    async def stored_hashes(self, resource: Resource, keys: Sequence[Key]) -> list[Row]:
        """key, hash, read_at (and parent, for per-parent lists) of those of these rows that the mirror has."""
        return await self._db.table_rows(resource, "stored_hashes", keys)

    async def altered(self, resource: Resource, keys: Sequence[Key], texts: Sequence[bytes],
                      hashes: Sequence[bytes]) -> list[Key]:
        """Which of these rows have another text in the mirror behind the same hash, or nested rows of another text."""
        rows = await self._db.table_rows(resource, "altered", keys, texts, hashes)
        if nested_of(resource):
            rows += await self._db.table_rows_without_jit(resource, "wrongly_nested", keys)
        return [row["key"] for row in rows]

    async def forget_hashes(self, resource: Resource, keys: Sequence[Key]) -> None:
        """Makes the next read write these rows again, whatever their hash."""
        await self._db.table_value(resource, "forget_hashes", keys)

    async def rejected_apart(self, resource: Resource) -> int:
        """Rejected records without a row in the mirror: each counts as a row of the source that is set aside."""
        rows: int = await self._db.table_value(resource, "rejected_apart", resource.name)
        return rows

    async def drop_served_requests(self, resource: Resource, overlap: float, *, by_stamp: bool) -> set[str]:
        """Drops requests to read a row again that a later read has served; returns their keys."""
        rows = await self._db.table_rows(resource, "served_requests", resource.name, overlap, by_stamp)
        return {row["key"] for row in rows}

    # What an answer lacked.

    async def absent_whole(self, resource: Resource, asked_at: datetime, keys: Collection[Key]) -> list[Key]:
        """Of a list whose keys are all known."""
        return [row["key"] for row in await self._db.table_rows(resource, "absent_whole", asked_at, list(keys))]

    async def absent_by_id(self, resource: Resource, asked_at: datetime, after: int, upto: int,
                           keys: Sequence[Key]) -> list[Key]:
        """Of a list in id order, after an id, up to another."""
        rows = await self._db.table_rows(resource, "absent_by_id", asked_at, after, upto, keys)
        return [row["key"] for row in rows]

    async def absent_undated(self, resource: Resource, asked_at: datetime, after: int, upto: int,
                             keys: Sequence[Key], must: str | None, must_not: Sequence[str]) -> list[Key]:
        """The same for rows without `updated_at`; `must` and `must_not` (JSON) say which variant shows them."""
        rows = await self._db.table_rows(resource, "absent_undated", asked_at, after, upto, keys, must, must_not)
        return [row["key"] for row in rows]

    async def absent_by_value(self, resource: Resource, asked_at: datetime, after: tuple[int | None, int],
                              upto: tuple[int | None, int], keys: Sequence[Key], must: str | None,
                              must_not: Sequence[str]) -> list[Key]:
        """Between two places (unix second of `updated_at`, id); a second of None is before all others."""
        rows = await self._db.table_rows(resource, "absent_by_value", asked_at, *after, *upto, keys, must, must_not)
        return [row["key"] for row in rows]

    # Per-parent lists.

    async def parents(self, resource: Resource, after: int, most: int) -> list[int]:
        """The next parents to ask for their lists, in id order."""
        return [row["id"] for row in await self._db.table_rows(resource, "parents", after, most)]

    async def parents_asked(self, resource: Resource, last: int) -> tuple[int, int]:
        """How many parents' lists were read, up to the parent `last`, and how many parents there are."""
        [row] = await self._db.table_rows(resource, "asked", last)
        return int(row["asked"]), int(row["parents"])

    async def children_of(self, resource: Resource, parents: Sequence[int]) -> dict[Key, int]:
        """The rows that the mirror has of these parents: the parent of each key."""
        return {row["key"]: row["parent"] for row in await self._db.table_rows(resource, "of", parents)}

    async def parentless(self, resource: Resource, most: int) -> dict[Key, int | None]:
        """Rows that no list of a pass will show, with the parent that they had, if known."""
        return {row["key"]: row["parent"] for row in await self._db.table_rows(resource, "parentless", most)}

    async def other_parents_children(self, resource: Resource, parent: int) -> dict[Key, int]:
        """Some rows of one other parent, as controls: its list must still show one of them."""
        rows = await self._db.table_rows(resource, "other_parent", parent, resource.name)
        return {row["key"]: row["parent"] for row in rows}

    # Events.

    async def merged_into(self, customer: int) -> int | None:
        """The customer into which this one was merged, according to the events."""
        survivor: int | None = await self._db.value("merged_into", customer)
        return survivor

    async def told_deleted(self, event_type: str, objects: Sequence[tuple[int, str | None]]) -> bool:
        """Whether there is a deletion event for each of these objects, by id and kind (None: any)."""
        return bool(await self._db.value("told_deleted", event_type, [ident for ident, _ in objects],
                                         [kind for _, kind in objects]))

    async def first_event(self) -> int | None:
        """Unix second of the oldest event in the mirror."""
        second: int | None = await self._db.value("first_event")
        return second
