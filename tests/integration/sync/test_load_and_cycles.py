"""A first load ends equal to the account, and cycles keep it so."""

from __future__ import annotations

import time

from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME, RESOURCES, Way
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.source.capabilities import variants_of
from sync_daemon.sync import cycle
from sync_daemon.sync.session import SyncSession
from tests.conftest import Open
from tests.support.comparing import differences


async def test_a_backfill_makes_every_table_equal_to_the_account(sim: Simulator, open_session: Open,
                                                                mirror_database: str) -> None:
    begun = time.time()
    async with open_session(sim) as session:
        assert await jobs.backfill(session) is Exit.OK
    assert await differences(sim.url, sim.api_key, mirror_database, since_event=begun - 60) == {}


async def test_a_quiet_cycle_writes_one_heartbeat_row_and_nothing_else(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
        await cycle.one_cycle(session)
        before = await _versions(session)
        await cycle.one_cycle(session)
        after = await _versions(session)
    assert {name for name in before if before[name] != after[name]} == {"_run"}


async def test_a_quiet_cycle_asks_the_feed_once_and_each_polled_list_once(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
        await cycle.one_cycle(session)
        variants = await variants_of(session.context.reader, BY_NAME["subscriptions"])
        before = session.context.reader.api.requests
        await cycle.one_cycle(session)
        asked = session.context.reader.api.requests - before
    polled = [resource for resource in RESOURCES if resource.way in {Way.VALUE, Way.FEED}]
    assert asked == len(polled) + len(variants) - 1 == 9


async def test_a_full_read_of_an_unchanged_list_touches_no_row_of_its_table(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
        before = await _versions(session)
        for name in ("invoices", "items", "tasks", "contacts", "payment_plans", "company"):
            assert await jobs.resync_now(session, BY_NAME[name]) is Exit.OK
        after = await _versions(session)
    assert {name for name in before if before[name] != after[name]} <= {"_run", "_resource_state", "_checkpoint"}


async def _versions(session: SyncSession) -> dict[str, set[tuple[object, ...]]]:
    """Where each row version of each table lies: a write of any kind shows."""
    pool, schema = session.context.store.pool, session.settings.sync_schema
    tables = await pool.fetch("SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'",
                              schema)
    found = {}
    for (table,) in tables:
        rows = await pool.fetch(f"SELECT ctid::text, xmin::text, xmax::text FROM {schema}.{table}")
        found[table] = {tuple(row) for row in rows}
    return found
