"""Lists of parents: every parent is asked, in order, side by side; what may not be read is unavailable, never empty."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from sync_daemon.apply import child_scan
from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.sync import cycle
from sync_daemon.sync.full_sweep import sweep
from sync_daemon.sync.refetch import refetch
from sync_daemon.sync.session import SyncSession
from tests.conftest import Open, Simulate, Sql
from tests.support.comparing import at_source, differences, in_mirror

CHOSEN = "customers,contacts,payment_sources,pending_line_items,invoices,payment_plans"


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=60, sizes={"customers": 90, "invoices": 120, "payment_plans": 12, "contacts": 150,
                                           "payment_sources": 60, "pending_line_items": 40}, dense={}) as sim:
        yield sim


async def is_equal(session: SyncSession, sim: Simulator, dsn: str) -> bool:
    return await differences(sim.url, sim.api_key, dsn, resources=session.settings.resources) == {}


async def test_the_children_of_all_parents_are_read_and_only_invoices_with_a_plan_are_asked(
        sim: Simulator, open_session: Open, mirror_database: str) -> None:
    crowded = sim.account.ids("customers")[3]
    sim.account.create("contacts", 230, parent=crowded)
    sim.account.create("pending_line_items", 101, parent=crowded)
    async with open_session(sim, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await is_equal(session, sim, mirror_database)
    asked = [seen.path for seen in sim.stats.log if seen.path.endswith("payment_plan")]
    assert len(set(asked)) == 12


async def test_a_sweep_that_was_cut_short_goes_on_behind_the_last_parent(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    late, stop = sim.account.ids("customers")[60], asyncio.Event()
    sim.faults.hold(f"/customers/{late}/contacts")
    async with open_session(sim, stop, sync_resources="customers,contacts") as session, asyncio.TaskGroup() as group:
        loading = group.create_task(jobs.backfill(session))
        await sim.faults.until_held()
        loading.cancel()
    [lane] = await sql("SELECT * FROM _checkpoint WHERE resource = 'contacts'")
    assert lane["cursor_id"] == sim.account.ids("customers")[child_scan.BATCH - 1]
    sim.faults.release()
    sim.stats.reset()
    async with open_session(sim, sync_resources="customers,contacts") as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await is_equal(session, sim, mirror_database)
    first = sim.account.ids("customers")[0]
    assert f"/customers/{first}/contacts" not in [seen.path for seen in sim.stats.log]


async def test_hidden_payment_sources_are_read_where_the_server_shows_them(
        sim: Simulator, open_session: Open, mirror_database: str) -> None:
    hidden = sim.account.tables["payment_sources"].by_id[5].id
    sim.account.delete("payment_sources", hidden)
    async with open_session(sim, sync_resources="customers,payment_sources") as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await is_equal(session, sim, mirror_database)


async def test_where_the_server_refuses_to_show_hidden_ones_it_is_asked_without(
        sim: Simulator, open_session: Open, mirror_database: str) -> None:
    source = BY_NAME["payment_sources"]
    sim.faults.add("status", {"path": "^/customers/.*/payment_sources", "query": "include_hidden"}, status=400)
    async with open_session(sim, sync_resources="customers,payment_sources") as session:
        assert await jobs.backfill(session) is Exit.OK
    shown = {key for key, row in (await at_source(sim.url, sim.api_key, source)).items() if row["chargeable"]}
    assert (await in_mirror(mirror_database, source)).keys() == shown
    refused = [seen for seen in sim.stats.log if seen.status == 400]
    assert len(refused) <= child_scan.BATCH  # it is not asked again for each parent


async def test_a_feature_that_is_off_makes_unavailable_not_empty_and_stops_asking(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        before = await in_mirror(mirror_database, BY_NAME["pending_line_items"])
        assert before
        sim.features(disable=["metered_billing"])
        sim.stats.reset()
        for _ in range(2):  # one refusal alone is not believed
            assert await jobs.resync_now(session, BY_NAME["pending_line_items"]) is Exit.PARTLY
        assert await in_mirror(mirror_database, BY_NAME["pending_line_items"]) == before
        asked = [seen for seen in sim.stats.log if seen.path.endswith("/line_items")]
        assert len(asked) <= 2 * (child_scan.BATCH + 1)
        [cursor] = await sql("SELECT unavailable_why FROM _resource_state WHERE resource = 'pending_line_items'")
        assert "metered_billing" in cursor["unavailable_why"]
        assert await sql("SELECT FROM _deleted") == []


async def test_a_parent_that_goes_while_its_list_is_asked_has_no_children(sim: Simulator, open_session: Open,
                                                                         mirror_database: str) -> None:
    async with open_session(sim, sync_resources="customers,payment_sources") as session:
        await jobs.resync_now(session, BY_NAME["customers"])
        gone = sim.account.ids("customers")[4]
        sim.account.delete("customers", gone)
        assert await jobs.resync_now(session, BY_NAME["payment_sources"]) is Exit.OK
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME["payment_sources"],)) == {}


async def test_the_plan_of_a_changed_invoice_is_read_again(sim: Simulator, open_session: Open,
                                                          mirror_database: str) -> None:
    async with open_session(sim, sync_resources=CHOSEN + ",events") as session:
        await jobs.backfill(session)
        plan = sim.account.tables["payment_plans"].by_id[0]
        sim.account.update("payment_plans", plan.id, {"status": "finished"}, silent=True)
        sim.account.update("invoices", plan.owner or 0, {"notes": "paid a part"}, silent=True)
        await cycle.one_cycle(session)
        await cycle.one_cycle(session)
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME["payment_plans"],)) == {}


@pytest.mark.parametrize(("name", "key", "owner"), [
    ("contacts", "id", "customer_id"), ("payment_sources", "key", "customer_id"),
    ("pending_line_items", "id", "customer")])
async def test_rows_whose_parent_was_tombstoned_while_they_were_in_hand_go_with_the_next_sweep(
        name: str, key: str, owner: str, sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    resource = BY_NAME[name]
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        await sql(f"INSERT INTO {name} ({key}, raw, hash, read_at, parent_id) SELECT $1, jsonb_build_object('id', 77, "
                  f"'object', 'card', '{owner}', 99999999), '', now(), 99999999", 77 if key == "id" else "card:77")
        await sql("INSERT INTO _deleted (resource, key, raw, evidence, read_at) "
                  "VALUES ('customers', '99999999', '{}', '', now())")
        for _ in range(2):  # no event tells what became of them: a pass over all other parents does
            await sweep(session.context, session.schedule, resource, low_priority=True)
            await refetch(session.context, resource, at_once=True)
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(resource,)) == {}
        assert await sql("SELECT FROM _deleted WHERE resource = $1", name)
