"""Checks that nothing reports green while mirror and account have differed for longer than promised.

The onlooker compares both repeatedly, remembers since when each row differs, and as soon as one differs for longer
than promised, asks `/readyz` and `status`. If one of them says "fine" then, a promise is broken.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import aiohttp
import asyncpg

from sync_daemon.model.records import digest
from sync_daemon.model.resources import Resource
from sync_daemon.simulator import Simulator
from tests.support.comparing import key_of, value_of

Row = tuple[str, str]
"""Name of the resource, key."""
APART = 1.5
"""Seconds between two looks."""


@dataclass(slots=True)
class Seen:
    """Counts of the comparisons."""

    looks: int = 0
    fine: int = 0
    """Looks at which `/readyz` said that all is well."""
    overdue: int = 0
    """Looks at which some row differed for longer than promised; each was told as not fine, or is among the `wrong`."""
    wrong: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Onlooker:
    """`promised` gives the seconds for which a row of a resource may differ unreported; `pages` the URLs of living
    daemons; `status` runs that verb and gives its exit code.
    """

    sim: Simulator
    dsn: str
    resources: Sequence[Resource]
    promised: Callable[[Resource], float]
    pages: Callable[[], list[str]]
    status: Callable[[], Awaitable[int]]
    seen: Seen = field(default_factory=Seen)
    _first_event: float = math.inf
    """When the mirror began to read events, once that is known."""
    _since: dict[Row, tuple[bytes | None, float]] = field(default_factory=dict)
    _canonical: dict[tuple[str, bytes], bytes] = field(default_factory=dict)

    async def keep_looking(self, ended: asyncio.Event) -> None:
        while not ended.is_set():
            await self.look()
            try:
                await asyncio.wait_for(ended.wait(), APART)
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Compares, and asks if a difference is overdue."""
        self.seen.looks += 1
        overdue = await self._overdue()
        if overdue is None:
            return
        if not overdue:
            self.seen.fine += 200 in [await _asked(page) for page in self.pages()]
            return
        self.seen.overdue += 1
        said = {f"{page}/readyz": await _asked(page) == 200 for page in self.pages()}
        said["status"] = await self.status() == 0
        fine = [who for who, is_fine in said.items() if is_fine]
        still = await self._overdue()
        stood = sorted(row for row in overdue if still is not None and row in still)
        if fine and stood:
            now = time.monotonic()
            rows = ", ".join(f"{name} {key} for {now - self._since[name, key][1]:.0f} s" for name, key in stood[:5])
            self.seen.wrong.append(f"{' and '.join(fine)} said that all is well; {rows} differed all the while")

    async def _overdue(self) -> set[Row] | None:
        """The rows that differ for longer than promised; None while the database can't be asked."""
        there = {resource.name: await self._at_source(resource) for resource in self.resources}
        now = time.monotonic()
        try:
            here = await self._in_mirror()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError):
            return None
        since: dict[Row, tuple[bytes | None, float]] = {}
        for name, rows in there.items():
            mirrored = here.get(name)
            if mirrored is None:
                continue
            for key in rows.keys() | mirrored.keys():
                version = rows.get(key)
                if version != mirrored.get(key):
                    before = self._since.get((name, key))
                    since[name, key] = before if before is not None and before[0] == version else (version, now)
        self._since = since
        limits = {resource.name: self.promised(resource) for resource in self.resources}
        return {row for row, (_, at) in since.items() if now - at > limits[row[0]]}

    async def _at_source(self, resource: Resource) -> dict[str, bytes]:
        body, first_event = b"".join(self.sim.account.dump(resource.name, False)), self._first_event

        def digests() -> dict[str, bytes]:
            return {key_of(resource, row): _digest(row) for row in value_of(body)
                    if resource.name != "events" or row["timestamp"] >= first_event}

        return await asyncio.to_thread(digests)  # in the loop it would block the account's own answers for seconds

    async def _in_mirror(self) -> dict[str, dict[str, bytes]]:
        """Rows of resources whose first load is complete: before that nothing reports green."""
        connection = await asyncpg.connect(self.dsn, timeout=5, command_timeout=30)
        try:
            if not await connection.fetchval("SELECT to_regclass('invoiced._resource_state') IS NOT NULL"):
                return {}
            lo = await connection.fetchval("SELECT lo FROM invoiced._checkpoint WHERE resource = 'events'")
            self._first_event = math.inf if lo is None else lo
            loaded = {row["resource"] for row in await connection.fetch(
                "SELECT resource FROM invoiced._resource_state WHERE loaded_at IS NOT NULL")}
            return {resource.name: await self._table(connection, resource) for resource in self.resources
                    if resource.name in loaded}
        finally:
            await connection.close(timeout=5)

    async def _table(self, connection: asyncpg.Connection, resource: Resource) -> dict[str, bytes]:
        rows = await connection.fetch(f"SELECT {resource.key_column}::text AS key, hash FROM invoiced.{resource.name}")
        unknown = [row["key"] for row in rows if (resource.name, row["hash"]) not in self._canonical]
        if unknown:
            for row in await connection.fetch(
                    f"SELECT hash, raw::text FROM invoiced.{resource.name} WHERE {resource.key_column}::text = ANY($1)",
                    unknown):
                self._canonical[resource.name, row["hash"]] = await asyncio.to_thread(_digest_of, row["raw"])
        return {row["key"]: self._canonical.get((resource.name, row["hash"]), b"") for row in rows}


def _digest_of(text: str) -> bytes:
    return _digest(value_of(text))


def _digest(value: object) -> bytes:
    return digest(json.dumps(value, sort_keys=True, default=lambda number: f"{number.normalize():f}").encode())


async def _asked(page: str) -> int:
    """The status of `/readyz`; 0 if nobody answers, which does not count as fine."""
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session, \
                session.get(f"{page}/readyz") as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError, OSError):
        return 0

