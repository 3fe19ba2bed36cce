"""A first load ends equal to the account, and cycles keep it so."""

from __future__ import annotations

import time

from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME, RESOURCES, Way
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.source.capabilities import parts_of
from sync_daemon.sync import cycle
from sync_daemon.sync.session import Mirror
from tests.comparing import differences
from tests.conftest import Open


async def test_a_backfill_makes_every_table_equal_to_the_account(sim: Simulator, open_mirror: Open,
                                                                mirror_database: str) -> None:
    begun = time.time()
    async with open_mirror(sim) as mirror:
        assert await jobs.backfill(mirror) is Exit.OK
    assert await differences(sim.url, sim.api_key, mirror_database, since_event=begun - 60) == {}


async def test_a_quiet_cycle_writes_one_heartbeat_row_and_nothing_else(sim: Simulator, open_mirror: Open) -> None:
    async with open_mirror(sim) as mirror:
        await jobs.backfill(mirror)
        await cycle.one_cycle(mirror)
        before = await _versions(mirror)
        await cycle.one_cycle(mirror)
        after = await _versions(mirror)
    assert {name for name in before if before[name] != after[name]} == {"_run"}


async def test_a_quiet_cycle_asks_the_feed_once_and_each_polled_list_once(sim: Simulator, open_mirror: Open) -> None:
    async with open_mirror(sim) as mirror:
        await jobs.backfill(mirror)
        await cycle.one_cycle(mirror)
        parts = await parts_of(mirror.engine.reader, BY_NAME["subscriptions"])
        before = mirror.engine.reader.api.requests
        await cycle.one_cycle(mirror)
        asked = mirror.engine.reader.api.requests - before
    polled = [resource for resource in RESOURCES if resource.way in {Way.VALUE, Way.FEED}]
    assert asked == len(polled) + len(parts) - 1 == 9


async def test_a_full_read_of_an_unchanged_list_touches_no_row_of_its_table(sim: Simulator, open_mirror: Open) -> None:
    async with open_mirror(sim) as mirror:
        await jobs.backfill(mirror)
        before = await _versions(mirror)
        for name in ("invoices", "items", "tasks", "contacts", "payment_plans", "company"):
            assert await jobs.resync_now(mirror, BY_NAME[name]) is Exit.OK
        after = await _versions(mirror)
    assert {name for name in before if before[name] != after[name]} <= {"_run", "_cursor", "_lane"}


async def _versions(mirror: Mirror) -> dict[str, set[tuple[object, ...]]]:
    """Where each row version of each table lies: a write of any kind shows."""
    pool, schema = mirror.engine.store.pool, mirror.settings.sync_schema
    tables = await pool.fetch("SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'",
                              schema)
    found = {}
    for (table,) in tables:
        rows = await pool.fetch(f"SELECT ctid::text, xmin::text, xmax::text FROM {schema}.{table}")
        found[table] = {tuple(row) for row in rows}
    return found
