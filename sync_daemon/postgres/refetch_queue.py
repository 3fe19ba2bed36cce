"""The refetch requests, in `_refetch_queue`: enqueued together with their event, dropped when served."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.postgres.executor import Executor

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Connection, Row


class RefetchQueue:
    """Refetch requests, for the mirrored resources."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def note(self, requests: Sequence[RefetchRequest]) -> None:
        """Enqueues requests."""
        if requests:
            await self._db.transact(lambda connection: self.note_within(connection, requests))

    async def drop(self, requests: Sequence[RefetchRequest]) -> None:
        """Drops served requests of one kind, except those that another event has renewed meanwhile.

        All stay if the database is no longer the server that they were read from: it may lack what served them.
        """
        if requests:
            server = min((request.server_start for request in requests if request.server_start), default=None)
            await self._db.value_on(server, "drop_requests", requests[0].kind, requests[0].resource,
                                    [request.key for request in requests], [request.event_id for request in requests])

    async def postpone(self, kind: str, resource: str, keys: Sequence[str], seconds: float, *, held: bool = False,
                       counts: bool = True, lacking: bool = False, why: str | None = None) -> None:
        """Postpones requests: `held` for a person; the look `counts` as an attempt; it was `lacking` the row."""
        if keys:
            await self._db.value("postpone_requests", kind, resource, keys, seconds, held, counts, lacking, why,
                                 self._db.clock.now())

    async def note_within(self, connection: Connection, requests: Iterable[RefetchRequest]) -> None:
        """The same, as a part of a transaction."""
        latest = {(request.kind, request.resource, request.key): request for request in requests}
        if latest:
            await connection.execute(
                self._db.queries["enqueue_requests"], [request.kind for request in latest.values()],
                [request.resource for request in latest.values()], [request.key for request in latest.values()],
                [request.event_id for request in latest.values()], [request.told_at for request in latest.values()],
                [request.told_stamp for request in latest.values()], self._db.clock.now())

    async def resources_due(self) -> set[str]:
        """Names of the resources with requests that are due."""
        return {row["resource"] for row in await self._db.rows("resources_due")}

    async def due(self, resource: str, most: int, *, at_once: bool, now: datetime,
                  behind: tuple[str, str] = ("", "")) -> list[RefetchRequest]:
        """What is due by `now`, by kind and key from `behind` on; `at_once` also what is not due yet or is held."""
        server = await self._db.server_start()
        rows = await self._db.rows("due_requests", resource, most, at_once, now, *behind)
        return [RefetchRequest(row["kind"], row["resource"], row["key"], row["event_id"], row["attempts"],
                               row["told_at"], row["told_stamp"], row["absent_since"], server)
                for row in rows]

    async def drop_seen(self, resource: str, began: datetime) -> None:
        """Drops absences that a complete pass, begun then, no longer found."""
        await self._db.value("drop_seen", resource, began)

    async def failing(self) -> list[Row]:
        """What could not be read so far: resource, kind, many, since, key (one of them), why."""
        return await self._db.rows("failing_requests")

    async def oldest(self) -> dict[str, datetime]:
        """Since when each resource has requests waiting, other than for a person."""
        return {row["resource"]: row["since"] for row in await self._db.rows("oldest_requests")}

    async def waiting_absences(self) -> dict[str, datetime]:
        """When to look again at unsettled absences."""
        return {row["resource"]: row["next_attempt_at"] for row in await self._db.rows("waiting_absences")}

    async def held(self, resource: str, keys: Iterable[int | str]) -> set[str]:
        """Which of these keys wait for a person."""
        return {row["key"] for row in await self._db.rows("held", resource, [str(key) for key in keys])}

    async def held_counts(self) -> dict[str, int]:
        """How many deletions of each resource wait for a person."""
        return {row["resource"]: row["rows"] for row in await self._db.rows("held_counts")}
