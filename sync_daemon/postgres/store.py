"""The only writer. A page's rows and the cursor that covers them are committed in one transaction.

    1. ask the table for the hashes of the page's keys; rows whose bytes did not change go no further
    2. in one transaction: the changed rows in key order, what is refused, the hints of events, the cursor
    3. the cursor moves by compare-and-set; who finds it moved drops its page and reads the cursor again

So a crash at any moment costs a repeat of the page in hand, and two processes on one schema do no harm. After a lost
connection nobody knows whether the commit went through: the transaction is simply tried again, and if it had gone
through, the compare-and-set says so.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from sync_daemon.concurrency import wait
from sync_daemon.errors import RetryLater, Stopped, SyncError
from sync_daemon.log import log
from sync_daemon.model.cursor import LAST, Cursor, Lane, LostRace, Range
from sync_daemon.model.records import Record, Reject, digest, new_fields
from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.model.resources import Resource
from sync_daemon.postgres.connection import AGAIN, AWAY, BAD_RECORD, Clock, ask_clock, translate_error
from sync_daemon.postgres.statements import Queries, known_fields

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Connection, Pool

T = TypeVar("T")
PATIENCE = 300.0
"""Seconds for which a database that is away is tried again."""
MOST_SHARE = 0.2
"""Of a table: a day deletes no more of it without a person."""
MOST_NEW_FIELDS = 500
"""Names that one process notes; a list that invents fields must not fill the bookkeeping."""


@dataclass(slots=True)
class Batch:
    """What one question (or several, of per-parent lists) brought; `asked_at` is when the first was sent."""

    resource: Resource
    asked_at: datetime
    records: Sequence[Record]
    rejects: Sequence[Reject] = ()
    requests: int = 1


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: the keys that were new or had changed, and how many rows of each kind.

    A record is `rejected` once, however often it is seen.
    """

    keys: frozenset[int | str]
    seen: int
    rejected: int
    new_fields: frozenset[str] = frozenset()


class Store:
    """One mirror: a pool of connections and the statements for its schema."""

    def __init__(self, pool: Pool, queries: Queries, clock: Clock, stop: asyncio.Event, *,
                 patience: float = PATIENCE) -> None:
        self.pool = pool
        self.queries = queries
        self.clock = clock
        self._stop = stop
        self._patience = patience
        self.outages = 0
        """How often the database went away; what it told before may be lost since."""
        self._fields_noted: set[tuple[str, str]] = set()
        self.away = False
        """Whether the database is away and tried again."""
        self.moved_at = time.monotonic()
        """When a statement last ended, well or badly; one that timed out tells nothing."""

    # One statement.

    async def now(self) -> datetime:
        """The database's own clock: what is compared with moments that it noted itself must not come from ours."""
        moment: datetime = await self.value("clock")
        return moment

    async def rows(self, name: str, *args: object) -> list[asyncpg.Record]:
        return await self._patiently(lambda: self.pool.fetch(self.queries[name], *args))

    async def row(self, name: str, *args: object) -> asyncpg.Record | None:
        return await self._patiently(lambda: self.pool.fetchrow(self.queries[name], *args))

    async def value(self, name: str, *args: object) -> Any:  # noqa: ANN401 - whatever the statement selects
        return await self._patiently(lambda: self.pool.fetchval(self.queries[name], *args))

    async def heartbeat(self, *args: object) -> int:
        """A sign of life for others, which says nothing about whether the work goes on; how many others give one."""
        others: int | None = await self._patiently(lambda: self.pool.fetchval(self.queries["beat"], *args), moves=False)
        return others or 0

    async def compare_clocks(self) -> None:
        """Puts our idea of the database's clock right, and says so."""
        if moved := self.clock.compare(*await self._patiently(lambda: ask_clock(self.pool))):
            log().info("clock.set", seconds=round(moved, 1))

    async def table_rows(self, resource: Resource, name: str, *args: object) -> list[asyncpg.Record]:
        return await self._patiently(lambda: self.pool.fetch(self.queries.rows(resource, name), *args))

    async def table_value(self, resource: Resource, name: str, *args: object) -> Any:  # noqa: ANN401 - as above
        return await self._patiently(lambda: self.pool.fetchval(self.queries.rows(resource, name), *args))

    # Lanes.

    async def lanes(self, resource: Resource) -> list[Lane]:
        return [_lane_of(row) for row in await self.rows("lanes", resource.name)]

    async def lane(self, resource: Resource, variant: str, number: int, *, lo: int | None = None,
                   cursor: Cursor) -> Lane:
        """The lane as committed; opened at `cursor` if it is new. Raises LostRace if a failover took it."""
        await self.value("open_lane", resource.name, variant, number, lo, cursor.u, _id_of(cursor))
        found = [lane for lane in await self.lanes(resource) if (lane.variant, lane.lane) == (variant, number)]
        if not found:
            raise LostRace
        return found[0]

    async def open_lanes(self, resource: Resource, variant: str, ranges: Sequence[Range]) -> None:
        """Opens the lanes of a first load, and the tail where they end; nothing if someone else did so before."""
        await self.value("open_lanes", resource.name, variant, *_columns(ranges), max(one.hi for one in ranges))

    async def renew_lanes(self, resource: Resource, variant: str, old: Sequence[Lane], ranges: Sequence[Range],
                          began_at: datetime) -> list[Lane]:
        """Begins another sweep, in newly cut lanes. Raises LostRace if the old ones are not as they were read."""

        async def work(connection: Connection) -> bool:
            await connection.execute(self.queries["lock_exclusive"], self.queries.schema, resource.name)
            found = await connection.fetch(self.queries["drop_sweep"], resource.name, variant)
            if {row["lane"]: row["version"] for row in found} != {lane.lane: lane.version for lane in old}:
                raise LostRace
            version = max((lane.version for lane in old), default=0) + 1
            await connection.execute(self.queries["open_sweep"], resource.name, variant, *_columns(ranges), began_at,
                                     version)
            return True

        await self.transact(work)
        lanes = [lane for lane in await self.lanes(resource) if lane.variant == variant and lane.lane < 0]
        if not lanes:
            raise LostRace  # a failover took them away at once
        return lanes

    async def restart(self, lane: Lane, cursor: Cursor, began_at: datetime) -> Lane:
        """Begins another pass over a list in id order. Raises LostRace."""
        version = await self.value("restart_lane", lane.resource, lane.variant, lane.lane, lane.version, cursor.u,
                                   _id_of(cursor), began_at)
        if version is None:
            raise LostRace
        return replace(lane, cursor=cursor, done=False, version=version, began_at=began_at, seen=0, stored=0)

    async def finish(self, lane: Lane) -> None:
        """Notes that a pass reached its end whose pages were committed without a cursor. Raises LostRace."""
        version = await self.value("move_lane", lane.resource, lane.variant, lane.lane, lane.version, lane.cursor.u,
                                   _id_of(lane.cursor), lane.cursor.o, True, 0, 0, 0, 0, lane.cursor.u,
                                   _id_of(lane.cursor), lane.hi)
        if version is None:
            raise LostRace

    # Pages.

    async def commit(self, batch: Batch, lane: Lane | None = None, cursor: Cursor | None = None, *, done: bool = False,
                     requests: Callable[[frozenset[int | str]], Iterable[RefetchRequest]] | None = None,
                     note: Sequence[RefetchRequest] = (), lazy: bool = False) -> tuple[Stored, Lane | None]:
        """Stores a batch, and moves the lane to `cursor` if one is given. Raises LostRace.

        `requests` is told the keys that were new or had changed, and says what to look at again because of them; with
        those of `note` they are part of the transaction. A `lazy` cursor moves only along with something else. Where
        nothing changed and no cursor moves, nothing is written.
        """
        by_question = sorted(batch.records, key=lambda record: record.read_at)  # of one key, the later question wins
        records = list({record.key: record for record in by_question}.values())
        must_write = bool(batch.rejects or note or (cursor is not None and not lazy))

        async def once(*, careful: bool) -> tuple[Stored, Lane | None]:
            # The hashes are asked for on the connection that writes, and again with each try: a database that comes
            # back from a failover may have lost rows that it told of before.
            async with self.pool.acquire() as connection:
                changed = await self._changed(connection, batch.resource, records)
                if not (changed or must_write):
                    return Stored(frozenset(), len(batch.records), 0), lane
                fields = self._unknown_fields(batch.resource, changed)
                async with connection.transaction():
                    keys, refused = await self._write(connection, batch, changed, careful=careful)
                    if fields:
                        await connection.execute(self.queries["note_new_fields"], batch.resource.name, sorted(fields))
                    await self._note(connection, [*note, *(requests(keys) if keys and requests is not None else ())])
                    if keys and (spread := self.queries.own(batch.resource, "spread")) is not None:
                        await connection.execute(spread, sorted(keys))
                    stored = Stored(keys, len(batch.records) + len(batch.rejects), refused, fields)
                    moved = lane and cursor and await self._move(connection, lane, cursor, done, batch.requests, stored)
                return stored, moved or lane

        try:
            stored, moved = await self._patiently(lambda: once(careful=False), of_records=True)
        except BAD_RECORD:  # something in the page is refused: store its rows one by one, put aside what fails
            stored, moved = await self._patiently(lambda: once(careful=True))
        self._fields_noted.update((batch.resource.name, name) for name in stored.new_fields)
        return stored, moved

    async def tombstone(self, resource: Resource, gone: Mapping[int | str, datetime], evidence: str,
                   requests: Iterable[RefetchRequest] = (), *, most: int,
                   forced: bool = False) -> list[int | str] | None:
        """Moves rows into `_deleted` that are confirmed as gone; `gone` has when each confirming question was sent.

        None if the day's deletions, with those that wait for a person already, would become more than `most` and more
        than a fifth of the table, unless `forced`.
        They are counted under the lock that keeps others from deleting meanwhile.
        """
        keys = sorted(gone)

        async def work(connection: Connection) -> list[int | str] | None:
            await connection.execute(self.queries["lock_exclusive"], self.queries.schema, resource.name)
            if not forced and await self._too_many(connection, resource, keys, most):
                return None
            rows = await connection.fetch(self.queries.rows(resource, "tombstone"), keys, [gone[key] for key in keys],
                                          evidence,
                                          resource.name, forced)
            await self._note(connection, requests)
            return [row["key"] for row in rows]

        return await self.transact(work)

    async def _too_many(self, connection: Connection, resource: Resource, keys: Sequence[int | str], most: int) -> bool:
        deleted: int = await connection.fetchval(self.queries["deleted_lately"], resource.name)
        held: int = await connection.fetchval(self.queries["held_lately"], resource.name, [str(key) for key in keys])
        gone: int = await connection.fetchval(self.queries.rows(resource, "known_count"), keys)
        if deleted + held + gone <= most:
            return False
        rows: int = await connection.fetchval(self.queries.rows(resource, "count"))
        return deleted + held + gone > MOST_SHARE * (rows + deleted)

    async def too_many(self, resource: Resource, keys: Sequence[int | str], most: int) -> bool:
        """Whether these deletions, with what the day deleted and holds, would take a person: see `tombstone`."""
        if not keys:
            return False
        return await self.transact(lambda connection: self._too_many(connection, resource, keys, most))

    # Hints.

    async def note(self, requests: Sequence[RefetchRequest]) -> None:
        """Notes what to look at again."""
        if requests:
            await self.transact(lambda connection: self._note(connection, requests))

    async def drop(self, requests: Sequence[RefetchRequest]) -> None:
        """Lets hints of one kind go that were followed, but for those that an event told anew meanwhile."""
        if requests:
            await self.value("drop_requests", requests[0].kind, requests[0].resource,
                             [request.key for request in requests],
                             [request.event_id for request in requests])

    async def postpone(self, kind: str, resource: str, keys: Sequence[str], seconds: float, *, held: bool = False,
                       counts: bool = True, lacking: bool = False, why: str | None = None) -> None:
        """Puts hints off: they are `held` for a person; the look `counts` as one; it was `lacking` the row."""
        if keys:
            await self.value("postpone_requests", kind, resource, keys, seconds, held, counts, lacking, why)

    async def transact(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Runs `work` in a transaction, again after a deadlock, and again once the database is back."""

        async def once() -> T:
            async with self.pool.acquire() as connection, connection.transaction():
                return await work(connection)

        return await self._patiently(once)

    async def _patiently(self, once: Callable[[], Awaitable[T]], *, of_records: bool = False,
                         moves: bool = True) -> T:
        """Does something with the database, again while it is away. Raises SyncError, Stopped.

        Only where it is `of_records` does what Postgres can't take come out as it is, for the caller to sort out.
        """
        cancelled = _cancellations()

        async def attempt() -> T:
            try:
                result = await once()
            except (asyncpg.PostgresError, *BAD_RECORD, *AWAY) as error:
                if moves and not isinstance(error, TimeoutError):
                    self.moved_at = time.monotonic()
                if of_records and isinstance(error, BAD_RECORD):
                    raise
                if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
                    await self.pool.expire_connections()  # a session keeps the default with which it began
                if _cancellations() > cancelled:
                    raise asyncio.CancelledError from None  # asyncpg tells of the line that was lost instead
                told = translate_error(error)
                away = isinstance(told, RetryLater) and told.tries is None and not isinstance(error, AGAIN)
                raise self._told(told, away=away) from None
            if moves:
                self.moved_at = time.monotonic()
            if self.away:
                self.away = False
                log().info("database.back")
            return result

        retrying = AsyncRetrying(
            retry=retry_if_exception_type(RetryLater), wait=wait_random_exponential(0.1, max=5), reraise=True,
            stop=self._gives_up, sleep=self._sleep)
        return await retrying(attempt)

    def _told(self, error: SyncError, *, away: bool) -> SyncError:
        """Says once that the database went away, if it is tried again; the tries that follow are many."""
        if away and not self.away and self._patience > 0:
            self.away = True
            self.outages += 1
            log().warning("database.unavailable", why=str(error),
                          hint=error.hint or "It is tried again, by `run` until it is "
                          "back. See that Postgres is up and can be reached from here.")
        return error

    def _gives_up(self, state: RetryCallState) -> bool:
        error = state.outcome and state.outcome.exception()
        if isinstance(error, RetryLater) and error.tries is not None and state.attempt_number >= error.tries:
            return True
        return (state.seconds_since_start or 0.0) >= self._patience

    async def _sleep(self, delay: float) -> None:
        if await wait(self._stop, delay):
            raise Stopped

    async def _changed(self, connection: Connection, resource: Resource, records: Sequence[Record]) -> list[Record]:
        """Those records whose bytes the mirror does not have, in key order: two writers then never deadlock."""
        if not records:
            return []
        found = await connection.fetch(self.queries.rows(resource, "stored_hashes"), [record.key for record in records])
        stored = {row["key"]: (row["hash"], row.get("parent")) for row in found}
        changed = [record for record in records if stored.get(record.key) != (record.hash, record.parent)]
        return sorted(changed, key=lambda record: record.key)

    async def _write(self, connection: Connection, batch: Batch, changed: Sequence[Record], *,
                     careful: bool) -> tuple[frozenset[int | str], int]:
        if not (changed or batch.rejects):
            return frozenset(), 0
        await connection.execute(self.queries["lock_shared"], self.queries.schema, batch.resource.name)
        rejects = list(batch.rejects)
        if careful:
            keys = await self._one_by_one(connection, batch.resource, changed, rejects)
        else:
            keys = await self._upsert(connection, batch.resource, changed)
        fresh = 0
        for reject in rejects:
            fresh += await connection.fetchval(self.queries["reject"], batch.resource.name, digest(reject.raw),
                                               reject.key, reject.reason, reject.raw, batch.asked_at)
        if rejects:
            await connection.execute(self.queries["bound_rejected"], batch.resource.name)
        return frozenset(keys), fresh

    async def _upsert(self, connection: Connection, resource: Resource, records: Sequence[Record]) -> set[int | str]:
        if not records:
            return set()
        parents = [[record.parent for record in records]] if resource.parent is not None else []
        rows = await connection.fetch(
            self.queries.rows(resource, "upsert"), [record.key for record in records],
            [record.text for record in records], [record.hash for record in records],
            [record.read_at for record in records], resource.name, *parents)
        return {row["key"] for row in rows}

    async def _one_by_one(self, connection: Connection, resource: Resource, records: Sequence[Record],
                          rejects: list[Reject]) -> set[int | str]:
        keys: set[int | str] = set()
        for record in records:
            try:
                async with connection.transaction():
                    keys |= await self._upsert(connection, resource, [record])
            except BAD_RECORD as error:
                reason = str(error).strip().splitlines()[0][:500]
                # no index takes a longer key, which may be what was refused
                rejects.append(Reject(record.raw, f"Postgres refuses it: {reason}", str(record.key)[:500]))
        return keys

    async def _note(self, connection: Connection, requests: Iterable[RefetchRequest]) -> None:
        latest = {(request.kind, request.resource, request.key): request for request in requests}
        if latest:
            await connection.execute(
                self.queries["enqueue_requests"], [request.kind for request in latest.values()],
                [request.resource for request in latest.values()], [request.key for request in latest.values()],
                [request.event_id for request in latest.values()], [request.told_at for request in latest.values()],
                [request.told_stamp for request in latest.values()], self.clock.now())

    async def _move(self, connection: Connection, lane: Lane, cursor: Cursor, done: bool, requests: int,
                    stored: Stored) -> Lane:
        version = await connection.fetchval(
            self.queries["move_lane"], lane.resource, lane.variant, lane.lane, lane.version, cursor.u, _id_of(cursor),
            cursor.o, done, requests, stored.seen, len(stored.keys), stored.rejected, lane.cursor.u,
            _id_of(lane.cursor), lane.hi)
        if version is None:
            raise LostRace
        return replace(lane, cursor=cursor, done=done, version=version, seen=lane.seen + stored.seen,
                       stored=lane.stored + len(stored.keys))

    def _unknown_fields(self, resource: Resource, changed: Sequence[Record]) -> frozenset[str]:
        known = known_fields(resource)
        found = {name for record in changed for name in new_fields(resource, known, record.text)}
        fresh = sorted(name for name in found if (resource.name, name) not in self._fields_noted)
        return frozenset(fresh[: max(0, MOST_NEW_FIELDS - len(self._fields_noted))])


def _cancellations() -> int:
    """How often the task that runs was asked to end; what it does on its way out is done all the same."""
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0


def _id_of(cursor: Cursor) -> int | None:
    return None if cursor.id >= LAST else cursor.id


def _columns(ranges: Sequence[Range]) -> tuple[list[int | None], list[int], list[int]]:
    """Columns for new lanes: lo, hi and cursor_u; all begin behind a whole second."""
    return [one.lo for one in ranges], [one.hi for one in ranges], [one.cursor.u for one in ranges]


def _lane_of(row: asyncpg.Record) -> Lane:
    ident = LAST if row["cursor_id"] is None else row["cursor_id"]
    return Lane(row["resource"], row["variant"], row["lane"], row["lo"], row["hi"],
                Cursor(row["cursor_u"], ident, row["cursor_o"]), row["done"], row["version"], row["began_at"],
                row["seen"], row["stored"])
