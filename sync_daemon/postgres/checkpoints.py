"""The committed cursors: one row of `_checkpoint` for each lane, moved by compare-and-set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sync_daemon.model.cursor import LAST, Cursor, Lane, LostRace, Range
from sync_daemon.model.resources import Resource
from sync_daemon.postgres.executor import Executor

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Connection, Row


class Checkpoints:
    """The committed lanes of each resource."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def lanes(self, resource: Resource) -> list[Lane]:
        """All lanes of a resource, by variant and number."""
        return [_lane_of(row) for row in await self._db.rows("lanes", resource.name)]

    async def lane(self, resource: Resource, variant: str, number: int, *, lo: int | None = None,
                   cursor: Cursor) -> Lane:
        """The lane as committed; opened at `cursor` if it is new. Raises LostRace if a failover lost it."""
        await self._db.value("open_lane", resource.name, variant, number, lo, cursor.u, id_of(cursor))
        found = [lane for lane in await self.lanes(resource) if (lane.variant, lane.lane) == (variant, number)]
        if not found:
            raise LostRace
        return found[0]

    async def open_lanes(self, resource: Resource, variant: str, ranges: Sequence[Range]) -> None:
        """Opens the lanes of a first load, and the tail at their end; does nothing if another process did so before."""
        await self._db.value("open_lanes", resource.name, variant, *_columns(ranges), max(one.hi for one in ranges))

    async def renew_lanes(self, resource: Resource, variant: str, old: Sequence[Lane], ranges: Sequence[Range],
                          began_at: datetime) -> list[Lane]:
        """Begins another sweep, in newly cut lanes. Raises LostRace if the old ones changed since they were read."""

        async def work(connection: Connection) -> bool:
            await connection.execute(self._db.queries["lock_exclusive"], self._db.queries.schema, resource.name)
            found = await connection.fetch(self._db.queries["drop_sweep"], resource.name, variant)
            if {row["lane"]: row["version"] for row in found} != {lane.lane: lane.version for lane in old}:
                raise LostRace
            version = max((lane.version for lane in old), default=0) + 1
            await connection.execute(self._db.queries["open_sweep"], resource.name, variant, *_columns(ranges),
                                     began_at,
                                     version)
            return True

        await self._db.transact(work)
        lanes = [lane for lane in await self.lanes(resource) if lane.variant == variant and lane.lane < 0]
        if not lanes:
            raise LostRace  # a failover lost them at once
        return lanes

    async def restart(self, lane: Lane, cursor: Cursor, began_at: datetime) -> Lane:
        """Begins another pass over a list in id order. Raises LostRace."""
        version = await self._db.value("restart_lane", lane.resource, lane.variant, lane.lane, lane.version, cursor.u,
                                   id_of(cursor), began_at)
        if version is None:
            raise LostRace
        return replace(lane, cursor=cursor, done=False, version=version, began_at=began_at, seen=0, stored=0)

    async def finish(self, lane: Lane, server: datetime) -> None:
        """Marks a pass as done whose pages are committed on this server without a cursor. Raises LostRace."""
        version = await self._db.value_on(
            server, "move_lane", lane.resource, lane.variant, lane.lane, lane.version, lane.cursor.u,
            id_of(lane.cursor), lane.cursor.o, True, 0, 0, 0, 0, lane.cursor.u, id_of(lane.cursor), lane.hi)
        if version is None:
            raise LostRace


def id_of(cursor: Cursor) -> int | None:
    return None if cursor.id >= LAST else cursor.id


def _columns(ranges: Sequence[Range]) -> tuple[list[int | None], list[int], list[int]]:
    """Columns for new lanes: lo, hi and cursor_u; all begin after a whole second."""
    return [one.lo for one in ranges], [one.hi for one in ranges], [one.cursor.u for one in ranges]


def _lane_of(row: Row) -> Lane:
    ident = LAST if row["cursor_id"] is None else row["cursor_id"]
    return Lane(row["resource"], row["variant"], row["lane"], row["lo"], row["hi"],
                Cursor(row["cursor_u"], ident, row["cursor_o"]), row["done"], row["version"], row["began_at"],
                row["seen"], row["stored"])
