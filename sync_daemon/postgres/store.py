"""The only writer. A page's rows and the cursor that covers them are committed in one transaction.

    1. read the stored hashes of the page's keys; rows whose bytes did not change are skipped
    2. in one transaction: the changed rows in key order, rejected records, the requests of events, the cursor
    3. the cursor moves by compare-and-set; a process that finds it moved drops its page and reads the cursor again

So a crash at any moment costs a repeat of the current page, and two processes on one schema do no harm. After a lost
connection it is unknown whether the commit succeeded: the transaction is retried, and the compare-and-set fails if it
had succeeded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from sync_daemon.model.cursor import Cursor, Lane, LostRace
from sync_daemon.model.records import Record, Reject, digest, new_fields
from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.model.resources import Resource
from sync_daemon.postgres.checkpoints import Checkpoints, id_of
from sync_daemon.postgres.columns import table
from sync_daemon.postgres.connection import BAD_RECORD, Clock
from sync_daemon.postgres.executor import PATIENCE, Executor
from sync_daemon.postgres.mirror_tables import MirrorTables
from sync_daemon.postgres.refetch_queue import RefetchQueue
from sync_daemon.postgres.run_log import RunLog
from sync_daemon.postgres.server_facts import ServerFacts
from sync_daemon.postgres.statements import Queries
from sync_daemon.postgres.sync_state import SyncState

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Connection, Pool

T = TypeVar("T")
MOST_SHARE = 0.2
"""Of a table: a day deletes no larger share of it without a person."""
MOST_NEW_FIELDS = 500
"""Most field names that one process records; a list that invents fields must not fill the bookkeeping."""


@dataclass(slots=True)
class Batch:
    """The result of one request (or several, for per-parent lists); `asked_at` is when the first was sent."""

    resource: Resource
    asked_at: datetime
    records: Sequence[Record]
    rejects: Sequence[Reject] = ()
    requests: int = 1


@dataclass(frozen=True, slots=True)
class Stored:
    """The outcome of a batch: the keys that were new or had changed, and how many rows of each kind.

    A record counts as `rejected` once, however often it is seen.
    """

    keys: frozenset[int | str]
    seen: int
    rejected: int
    new_fields: frozenset[str] = frozenset()


class Store(Executor):
    """One mirror: writes its pages, and gives access to its bookkeeping tables."""

    def __init__(self, pool: Pool, queries: Queries, clock: Clock, stop: asyncio.Event, *,
                 patience: float = PATIENCE) -> None:
        super().__init__(pool, queries, clock, stop, patience=patience)
        self.checkpoints = Checkpoints(self)
        self.queue = RefetchQueue(self)
        self.state = SyncState(self)
        self.runs = RunLog(self)
        self.tables = MirrorTables(self)
        self.server = ServerFacts(self)
        self._fields_noted: set[tuple[str, str]] = set()

    # Pages.

    async def commit(self, batch: Batch, lane: Lane | None = None, cursor: Cursor | None = None, *, done: bool = False,
                     requests: Callable[[frozenset[int | str]], Iterable[RefetchRequest]] | None = None,
                     note: Sequence[RefetchRequest] = (), lazy: bool = False,
                     server: datetime | None = None) -> tuple[Stored, Lane | None]:
        """Stores a batch, and moves the lane to `cursor` if one is given. Raises LostRace.

        Where the cursor covers batches that were stored without one, it moves only if the database is still `server`.

        `requests` is called with the keys that were new or had changed, and returns refetch requests; with those of
        `note` they are part of the transaction. A `lazy` cursor moves only along with something else. If nothing
        changed and no cursor moves, nothing is written.
        """
        by_question = sorted(batch.records, key=lambda record: record.read_at)  # of one key, the later request wins
        records = list({record.key: record for record in by_question}.values())
        must_write = bool(batch.rejects or note or (cursor is not None and not lazy))

        async def once(*, careful: bool) -> tuple[Stored, Lane | None]:
            # The hashes are read on the connection that writes, and again with each try: after a failover the
            # database may have lost rows that it had before.
            async with self.pool.acquire() as connection:
                changed = await self._changed(connection, batch.resource, records)
                if not (changed or must_write):
                    return Stored(frozenset(), len(batch.records), 0), lane
                fields = self._unknown_fields(batch.resource, changed)
                async with connection.transaction():
                    keys, refused = await self._write(connection, batch, changed, careful=careful)
                    if fields:
                        await connection.execute(self.queries["note_new_fields"], batch.resource.name, sorted(fields))
                    told = requests(keys) if keys and requests is not None else ()
                    await self.queue.note_within(connection, [*note, *told])
                    if keys and (spread := self.queries.own(batch.resource, "spread")) is not None:
                        await connection.execute(spread, sorted(keys))
                    stored = Stored(keys, len(batch.records) + len(batch.rejects), refused, fields)
                    moved = None
                    if lane and cursor:
                        if server is not None and await self.server_of(connection) != server:
                            raise LostRace
                        moved = await self._move(connection, lane, cursor, done, batch.requests, stored)
                return stored, moved or lane

        try:
            stored, moved = await self.patiently(lambda: once(careful=False), of_records=True)
        except BAD_RECORD:  # Postgres refuses something in the page: store its rows one by one, set aside what fails
            stored, moved = await self.patiently(lambda: once(careful=True))
        self._fields_noted.update((batch.resource.name, name) for name in stored.new_fields)
        return stored, moved

    async def tombstone(self, resource: Resource, gone: Mapping[int | str, datetime], evidence: str,
                   requests: Iterable[RefetchRequest] = (), *, most: int,
                   forced: bool = False) -> list[int | str] | None:
        """Moves rows that are confirmed as deleted to `_deleted`; `gone` has when each confirming request was sent.

        None if the day's deletions, including those that already wait for a person, would become more than `most` and
        more than a fifth of the table, unless `forced`. They are counted under the lock that keeps others from
        deleting meanwhile.
        """
        keys = sorted(gone)

        async def work(connection: Connection) -> list[int | str] | None:
            await connection.execute(self.queries["lock_exclusive"], self.queries.schema, resource.name)
            if not forced and await self._too_many(connection, resource, keys, most):
                return None
            rows = await connection.fetch(self.queries.rows(resource, "tombstone"), keys, [gone[key] for key in keys],
                                          evidence,
                                          resource.name, forced)
            await self.queue.note_within(connection, requests)
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
        """Whether these deletions, with the day's deleted and held ones, need a person: see `tombstone`."""
        if not keys:
            return False
        return await self.transact(lambda connection: self._too_many(connection, resource, keys, most))

    async def _changed(self, connection: Connection, resource: Resource, records: Sequence[Record]) -> list[Record]:
        """The records whose bytes the mirror does not have, in key order, so that two writers never deadlock."""
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
        keys = {row["key"] for row in rows}
        if keys and (nest := self.queries.own(resource, "nest")) is not None:
            # a statement of its own: it must see what a transaction committed for whose row locks the upsert waited
            await connection.execute(nest, sorted(keys), resource.name)
        return keys

    async def _one_by_one(self, connection: Connection, resource: Resource, records: Sequence[Record],
                          rejects: list[Reject]) -> set[int | str]:
        keys: set[int | str] = set()
        for record in records:
            try:
                async with connection.transaction():
                    keys |= await self._upsert(connection, resource, [record])
            except BAD_RECORD as error:
                reason = str(error).strip().splitlines()[0][:500]
                # no index takes a longer key, which may be the reason of the refusal
                rejects.append(Reject(record.raw, f"Postgres refuses it: {reason}", str(record.key)[:500]))
        return keys

    async def _move(self, connection: Connection, lane: Lane, cursor: Cursor, done: bool, requests: int,
                    stored: Stored) -> Lane:
        version = await connection.fetchval(
            self.queries["move_lane"], lane.resource, lane.variant, lane.lane, lane.version, cursor.u, id_of(cursor),
            cursor.o, done, requests, stored.seen, len(stored.keys), stored.rejected, lane.cursor.u,
            id_of(lane.cursor), lane.hi)
        if version is None:
            raise LostRace
        return replace(lane, cursor=cursor, done=done, version=version, seen=lane.seen + stored.seen,
                       stored=lane.stored + len(stored.keys))

    def _unknown_fields(self, resource: Resource, changed: Sequence[Record]) -> frozenset[str]:
        known = table(resource).fields
        found = {name for record in changed for name in new_fields(known, record.text)}
        fresh = sorted(name for name in found if (resource.name, name) not in self._fields_noted)
        return frozenset(fresh[: max(0, MOST_NEW_FIELDS - len(self._fields_noted))])
