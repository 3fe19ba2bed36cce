"""Facts about this Postgres: its version, its user's rights, and what others do that affects the mirror."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sync_daemon.postgres.executor import Executor

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Row


class ServerFacts:
    """The server and its catalogue."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def about(self, tables: Sequence[str]) -> Row:
        """Version, encoding, role and rights; `lacking` is what must still be granted for these mirror tables."""
        row = await self._db.row("server", self._db.queries.schema, tables)
        assert row is not None, "the statement always gives one"
        return row

    async def neighbours(self) -> Row:
        """timeouts, creators, subscriptions, unpublished: see the statement."""
        row = await self._db.row("neighbours", self._db.queries.schema)
        assert row is not None, "the statement always gives one"
        return row
