"""The runs of the program: `_run`, one row each, with a heartbeat."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sync_daemon.postgres.executor import Executor

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Row


class RunLog:
    """The runs, how they ended, and up to when each resource was complete."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def begin(self, verb: str, version: str, log_id: str | None, limits: Mapping[str, float]) -> int:
        """Records that a run begins; returns its number. `limits`: how many seconds each resource may be behind."""
        number: int = await self._db.value("begin_run", verb, version, log_id, json.dumps(limits))
        return number

    async def beat(self, run: int, cycles: int, requests: int, seen: int, stored: int, deleted: int, rejected: int,
                   watermarks: str, last_cycle: str | None, silence: float) -> int:
        """Writes the heartbeat, which says nothing about progress; returns how many other daemons have one.

        `watermarks` and `last_cycle` are JSON; after `silence` seconds without a heartbeat a run counts as dead.
        """
        others: int | None = await self._db.patiently(
            lambda: self._db.pool.fetchval(self._db.queries["beat"], run, cycles, requests, seen, stored, deleted,
                                           rejected, watermarks, last_cycle, silence), moves=False)
        return others or 0

    async def end(self, run: int, code: int, why: str | None) -> None:
        """Notes how a run ended."""
        await self._db.value("end_run", run, code, why)

    async def recent(self, number: int) -> list[Row]:
        """The last runs, the newest first."""
        return await self._db.rows("recent_runs", number)

    async def living(self, silence: float) -> list[Row]:
        """Runs that did not end and had a heartbeat within `silence` seconds, the newest first."""
        return await self._db.rows("living_runs", silence)

    async def last_daemon(self) -> Row | None:
        """The latest run of a daemon."""
        return await self._db.row("last_daemon")

    async def watermarks(self) -> dict[str, int]:
        """The latest watermark (unix seconds) of each resource, over all runs."""
        return {row["resource"]: row["second"] for row in await self._db.rows("watermarks")}
