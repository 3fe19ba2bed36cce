"""How many rows the tables hold, and in a word how they are read."""

from __future__ import annotations

from typing import Final

from sync_daemon.concurrency import run_all
from sync_daemon.model.resources import Resource, Way
from sync_daemon.postgres.store import Store

READ: Final = {Way.VALUE: "polled", Way.ID: "swept", Way.SINGLE: "swept", Way.CHILD: "per parent", Way.FEED: "feed"}
"""How a resource is read, in a word."""
MANY: Final = 1_000_000
"""Rows above which the count of a table is taken from Postgres's statistics."""


async def rows_held(store: Store, resources: list[Resource], many: int = MANY) -> dict[str, tuple[int, bool]]:
    """Rows of each mirror table, and whether they were counted; above `many`, the statistics are used."""
    estimates = await store.tables.estimates()

    async def one(resource: Resource) -> tuple[int, bool]:
        estimate = estimates.get(resource.name, 0)
        return (estimate, False) if estimate > many else (await store.tables.count(resource), True)

    return dict(zip((resource.name for resource in resources), await run_all(map(one, resources)), strict=True))
