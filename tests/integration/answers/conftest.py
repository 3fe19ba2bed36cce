"""A mirror that holds the hand-made ledger, made once for all questions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from tests.support.ledger import ledger, store_ledger
from tests.support.opened import opened

Ask = Callable[..., Awaitable[list[asyncpg.Record]]]


@pytest.fixture(scope="session")
def books() -> dict[str, Any]:
    """The ledger: `now`, `time_zone`, `resources`, `expected`."""
    return ledger()


@pytest.fixture
async def ask(mirror_database: str, books: dict[str, Any]) -> AsyncIterator[Ask]:
    """Asks the mirror of the ledger, on the day on which it was written."""
    async with opened(mirror_database) as store:
        await store_ledger(store, books["resources"])
    today = datetime.fromtimestamp(books["now"], UTC).astimezone(ZoneInfo(books["time_zone"])).date()
    connection = await asyncpg.connect(mirror_database, server_settings={
        "search_path": "invoiced", "invoiced_sync.today": today.isoformat(), "TimeZone": "Asia/Tokyo"})
    try:
        yield connection.fetch
    finally:
        await connection.close()
