"""A server that ignores a parameter, gives smaller pages, counts wrongly or shows no clock: read another way."""

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest

from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME
from sync_daemon.runtime import jobs
from sync_daemon.sync.session import SyncSession
from tests.conftest import Open, Simulate
from tests.support.comparing import differences

Lines = list[MutableMapping[str, Any]]
DENSE = {"invoices": (130, 101)}
SIZES = {"customers": 20, "invoices": 420, "tasks": 230, "notes": 10, "estimates": 110}
CHOSEN = "customers,invoices,tasks,estimates"


async def assert_equal(session: SyncSession, sim: Any, dsn: str) -> None:
    assert await differences(sim.url, sim.api_key, dsn, resources=session.settings.resources) == {}


def named(lines: Lines, event: str) -> set[str]:
    return {line["resource"] for line in lines if line["event"] == event}


@pytest.mark.parametrize(("name", "said"), [
    ("sort", "list.unsorted"), ("updated_after", "list.unsorted"), ("advanced_filter", "keyset.unavailable")])
async def test_an_ignored_parameter_is_noticed_and_said_and_the_mirror_ends_equal(
        name: str, said: str, simulate: Simulate, open_session: Open, mirror_database: str, logged: Lines) -> None:
    async with simulate(objects=60, sizes=SIZES, dense=DENSE) as sim:
        sim.faults.add("ignore_param", name=name)
        async with open_session(sim, sync_resources=CHOSEN) as session:
            assert await jobs.backfill(session) is Exit.OK
            await assert_equal(session, sim, mirror_database)
            assert named(logged, said) >= ({"tasks"} if name == "advanced_filter" else {"invoices", "estimates"})
            # and it stays equal: inserts, updates of old rows, rows of one second
            sim.account.touch(20, "invoices")
            sim.account.update("estimates", sim.account.ids("estimates")[0], {"notes": "late"})
            sim.account.create("invoices", 3)
            sim.account.import_rows("invoices", 120)
            await jobs.backfill(session)
            await assert_equal(session, sim, mirror_database)


async def test_an_ignored_sort_is_noticed_although_ids_and_dates_rise_together(
        simulate: Simulate, open_session: Open, mirror_database: str, logged: Lines) -> None:
    async with simulate(objects=60, sizes=SIZES) as sim:
        for place, row in enumerate(sim.account.rows("invoices")):
            sim.account.update("invoices", row["id"], {"notes": "x"}, updated_at=1_600_000_000 + place, silent=True)
        sim.faults.add("ignore_param", "/invoices", name="sort")
        async with open_session(sim, sync_resources="customers,invoices") as session:
            assert await jobs.backfill(session) is Exit.OK
            assert "invoices" in named(logged, "list.unsorted")
            sim.account.update("invoices", sim.account.ids("invoices")[0], {"notes": "y"}, silent=True)
            await jobs.backfill(session)
            await assert_equal(session, sim, mirror_database)


async def test_all_parameters_ignored_at_once(simulate: Simulate, open_session: Open, mirror_database: str) -> None:
    async with simulate(objects=60, sizes=SIZES, dense=DENSE) as sim:
        for name in ("sort", "updated_after", "advanced_filter", "per_page", "all", "include_hidden"):
            sim.faults.add("ignore_param", name=name)
        async with open_session(sim, sync_resources=CHOSEN + ",subscriptions") as session:
            assert await jobs.backfill(session) is Exit.OK
            await assert_equal(session, sim, mirror_database)


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("largest", [50, 25])
async def test_smaller_pages_than_asked_for_lose_nothing(
        largest: int, counts: bool, simulate: Simulate, open_session: Open, mirror_database: str, logged: Lines,
        monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulate(objects=60, sizes=SIZES, dense=DENSE, largest_page=largest) as sim, \
            open_session(sim, sync_resources=CHOSEN + ",items,contacts") as session:
        if not counts:
            sim.faults.add("no_total")
        assert await jobs.backfill(session) is Exit.OK
        await assert_equal(session, sim, mirror_database)
        assert "invoices" in named(logged, "list.page_size_reduced")


async def test_a_server_that_neither_counts_nor_pages_gives_all_at_once(
        simulate: Simulate, open_session: Open, mirror_database: str, logged: Lines) -> None:
    async with simulate(objects=60, sizes={"customers": 20, "invoices": 60, "charges": 30}) as sim:
        sim.faults.add("no_total")
        sim.faults.add("ignore_param", name="page")
        async with open_session(sim, sync_resources="customers,invoices,charges,items,contacts") as session:
            assert await jobs.backfill(session) is Exit.OK
            await assert_equal(session, sim, mirror_database)
            assert "list.page_size_reduced" not in {line["event"] for line in logged}


async def test_a_server_that_begins_to_give_smaller_pages_is_noticed_in_the_next_cycle(
        simulate: Simulate, open_session: Open, mirror_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulate(objects=60, sizes=SIZES, dense=DENSE) as sim, \
            open_session(sim, sync_resources="customers,invoices") as session:
        assert await jobs.backfill(session) is Exit.OK
        sim.account.options = replace(sim.account.options, largest_page=30)
        sim.account.import_rows("invoices", 130)
        await jobs.backfill(session)
        await assert_equal(session, sim, mirror_database)


@pytest.mark.parametrize(("total", "outcome"), [(0, Exit.OK), (3, Exit.OK), (100_000, Exit.PARTLY), (None, Exit.OK)])
async def test_a_wrong_or_missing_count_loses_nothing(
        total: int | None, outcome: Exit, simulate: Simulate, open_session: Open, mirror_database: str) -> None:
    async with simulate(objects=60, sizes=SIZES, dense=DENSE) as sim:
        if total is None:
            sim.faults.add("no_total")
        else:
            sim.faults.add("wrong_total", total=total)
        async with open_session(sim, sync_resources=CHOSEN) as session:
            assert await jobs.backfill(session) is outcome  # a count that is too high can't be told from a loss
            await assert_equal(session, sim, mirror_database)
            sim.account.touch(10, "invoices")
            sim.account.import_rows("invoices", 101)
            await jobs.backfill(session)
            await assert_equal(session, sim, mirror_database)


async def test_a_count_that_no_integer_holds_is_no_count(simulate: Simulate, open_session: Open,
                                                        mirror_database: str) -> None:
    async with simulate(objects=60, sizes=SIZES) as sim:
        sim.faults.add("wrong_total", "/tasks", total=10**30)
        async with open_session(sim, sync_resources="tasks") as session:
            session.context.store.patience = 0.5
            assert await jobs.backfill(session) is Exit.OK
            await assert_equal(session, sim, mirror_database)


async def test_without_a_date_everything_is_stored_and_nothing_counts_as_settled(
        simulate: Simulate, open_session: Open, mirror_database: str) -> None:
    async with simulate(objects=60, sizes=SIZES, dense=DENSE) as sim:
        sim.faults.add("no_date")
        async with open_session(sim, sync_resources=CHOSEN) as session:
            await jobs.backfill(session)
            await jobs.backfill(session)
            await assert_equal(session, sim, mirror_database)
            sim.account.touch(10, "invoices")
            await jobs.backfill(session)
            await assert_equal(session, sim, mirror_database)


@pytest.mark.parametrize("skew", [-400, 3600])
async def test_a_clock_far_from_ours_changes_nothing(skew: int, simulate: Simulate, open_session: Open,
                                                     mirror_database: str) -> None:
    async with simulate(objects=60, sizes=SIZES, dense=DENSE) as sim:
        sim.set_clock(offset=skew)
        async with open_session(sim, sync_resources=CHOSEN) as session:
            await jobs.backfill(session)
            sim.account.touch(10, "invoices")
            sim.set_clock(advance=400)
            await jobs.backfill(session)
            sim.account.touch(10, "invoices")
            await jobs.backfill(session)
            await assert_equal(session, sim, mirror_database)


async def test_every_resource_has_a_row_of_its_own_query(simulate: Simulate, open_session: Open) -> None:
    """The fixed query is what makes the canonical form: it goes with every request of the list."""
    async with simulate(objects=60) as sim:
        async with open_session(sim, sync_resources="payments,credit_balance_adjustments,items") as session:
            await jobs.backfill(session)
        asked = [seen for seen in sim.stats.log if seen.status == 200 and seen.path.count("/") == 1]
        for name in ("payments", "credit_balance_adjustments", "items"):
            for key, value in BY_NAME[name].query:
                queries = [seen.query for seen in asked if seen.path == f"/{name}"]
                assert queries
                assert all(f"{key}={value}" in query for query in queries)
