"""`run` keeps the mirror fresh, and ends well whenever it is asked to."""

from __future__ import annotations

import signal
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

import pytest

from sync_daemon.model.resources import BY_NAME, RESOURCES, Resource, Way
from sync_daemon.runtime.lifecycle import GRACE
from sync_daemon.simulator import Simulator
from tests.acceptance.conftest import Roads
from tests.conftest import Simulate
from tests.support.comparing import differences, in_mirror
from tests.support.mirror import cycles, is_loaded, query, settings
from tests.support.program import Program, Programs, until

POLLED = tuple(resource for resource in RESOURCES if resource.way is Way.VALUE)


async def following(programs: Programs, sim: Simulator, dsn: str, **more: str) -> Program:
    """A daemon that has finished its first load and completed a cycle after it, one second a cycle."""
    program = await programs.start("run", **settings(sim, dsn, SYNC_INTERVAL="1", **more))
    await until(lambda: is_loaded(dsn), "the first load is complete")
    await cycle_over(dsn)
    return program


async def cycle_over(dsn: str, intervals: int = 1) -> None:
    """Waits until so many whole cycles have begun and ended since now; the one under way does not count."""
    goal = await cycles(dsn) + 1 + intervals

    async def reached() -> bool:
        return await cycles(dsn) >= goal

    await until(reached, f"{intervals} whole cycles")


async def equal(sim: Simulator, dsn: str, resources: Iterable[Resource] = RESOURCES, since: float = 0) -> bool:
    return not await differences(sim.url, sim.api_key, dsn, resources=tuple(resources), since_event=since)


async def deleted(dsn: str) -> set[tuple[str, str]]:
    rows = await query(dsn, "SELECT resource, key FROM invoiced._deleted WHERE returned_at IS NULL")
    return {(row["resource"], row["key"]) for row in rows}


async def test_inserts_and_updates_are_in_the_mirror_within_one_interval(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=300, event_delay=0.0) as sim:
        await following(programs, sim, database)
        for resource in POLLED:  # silent: the polling alone must find them
            sim.account.create(resource.name, count=3, silent=True)
            ids = [row.id for row in sim.account.tables[resource.name].by_id[:3]]
            changed = "description" if resource.name == "subscriptions" else "notes"
            sim.account.update(resource.name, ids, {changed: "changed behind the daemon's back"}, silent=True)
        await cycle_over(database)
        assert await differences(sim.url, sim.api_key, database, resources=POLLED) == {}


async def test_deletes_told_by_events_are_in_the_mirror_within_two_intervals(
        programs: Programs, simulate: Simulate, database: str) -> None:
    begun = time.time()
    async with simulate(objects=600, event_delay=0.0) as sim:
        sim.account.create("transactions", fields={"payment": None, "payment_id": None})
        sim.account.create("customers")  # the last one, which has nothing that would go with it
        await following(programs, sim, database)
        names = ("customers", "invoices", "estimates", "credit_notes", "transactions", "notes", "tasks", "contacts")
        gone = set()
        for name in names:
            rows = [row for row in sim.account.tables[name].by_id if not sim.account.content(row).get("payment")]
            sim.account.delete(name, rows[-1].id, hard=True)  # what belongs to a payment goes without an event
            gone.add((name, str(rows[-1].id)))
        await cycle_over(database, intervals=2)
        assert await deleted(database) >= gone
        for name, key in gone:
            assert key not in await in_mirror(database, BY_NAME[name]), name
        assert await differences(sim.url, sim.api_key, database, since_event=begun - 60,
                                 resources=tuple(BY_NAME[name] for name in (*names, "events"))) == {}


async def test_what_an_event_only_seems_to_delete_stays(programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=300, event_delay=0.0) as sim:
        await following(programs, sim, database)
        for name in ("payments", "subscriptions"):  # voided, canceled
            sim.account.delete(name, sim.account.tables[name].by_id[-1].id)
        await cycle_over(database, intervals=2)
        assert await deleted(database) == set()
        assert await equal(sim, database, [BY_NAME["payments"], BY_NAME["subscriptions"]])


async def test_changes_that_only_the_event_feed_tells_are_in_the_mirror_within_two_intervals(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=600, event_delay=0.0) as sim:
        await following(programs, sim, database, SYNC_SWEEP="6h")
        account = sim.account
        contact, task, charge = (account.tables[name].by_id[0].id for name in ("contacts", "tasks", "charges"))
        account.update("contacts", contact, {"name": "Another Name"})
        account.update("tasks", task, {"name": "Another task"})
        account.update("charges", charge, {"amount_refunded": 12.34}, silent=True)
        account.create("refunds", fields={"charge": charge, "amount": 12.34})
        account.create("contacts")
        account.create("tasks")
        account.create("charges")
        account.create("payment_sources")
        await cycle_over(database, intervals=2)
        told = [BY_NAME[name] for name in ("contacts", "tasks", "charges", "refunds", "payment_sources")]
        assert await differences(sim.url, sim.api_key, database, resources=tuple(told)) == {}


async def test_a_quiet_cycle_writes_no_mirror_table(programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=200) as sim:
        await following(programs, sim, database)
        written = "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables ORDER BY relname"

        async def statistics() -> dict[str, tuple[int, ...]]:
            return {row[0]: tuple(row)[1:] for row in await query(database, written) if row[0] != "_run"}

        async def nothing_written() -> bool:
            before = await statistics()
            await cycle_over(database, intervals=2)
            return await statistics() == before

        await until(nothing_written, "two quiet cycles write nothing but the heartbeat")  # counts come late


async def page_meets(sim: Simulator, cut: Callable[[], Awaitable[None]]) -> None:
    """A page of changed invoices arrives just when the database goes away."""
    sim.faults.hold("/invoices")
    sim.account.touch(20, "invoices")
    await until(lambda: sim.faults.waiting, "a page is held back")
    await cut()
    sim.faults.release()
    await until(lambda: not sim.faults.waiting, "the page is on its way")


# Ending.


async def test_sigterm_between_two_cycles_ends_it_with_0(programs: Programs, sim: Simulator, database: str) -> None:
    program = await programs.start("run", **settings(sim, database, SYNC_INTERVAL="1h"))
    await until(lambda: is_loaded(database), "the first load is complete")
    await until(lambda: program.logged("cycle.done"), "a cycle is done")
    assert await program.terminated() == 0
    runs = await query(database, "SELECT verb, exit_code, ended_at, failure FROM invoiced._run")
    assert [(run["verb"], run["exit_code"], run["failure"]) for run in runs] == [("run", 0, None)]
    assert runs[0]["ended_at"] is not None


async def test_sigterm_commits_the_page_in_hand_and_asks_for_no_other(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=300, sizes={"invoices": 400}) as sim:
        sim.faults.hold({"path": "/invoices", "query": "^.*sort=.*per_page=100"})
        program = await programs.start("run", **settings(sim, database))
        await until(lambda: sim.faults.waiting, "a page is held back")
        program.terminate()
        await program.signal_arrived()
        held = sim.stats.by_path["/invoices"]
        sim.faults.release()
        assert await program.ended(10) == 0
        assert sim.stats.by_path["/invoices"] == held
        lanes = await query(database, "SELECT cursor_id, done, seen FROM invoiced._checkpoint "
                                      "WHERE resource = 'invoices' AND lane > 0")
        assert [(lane["done"], lane["seen"]) for lane in lanes] == [(False, 100)]
        assert lanes[0]["cursor_id"] is not None
        assert len(await in_mirror(database, BY_NAME["invoices"])) == 100


async def test_sigterm_while_a_first_load_runs_ends_it_with_0(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=2000, latency=0.05) as sim:
        program = await programs.start("run", **settings(sim, database))
        await until(lambda: sim.stats.requests > 60, "the first load is under way")
        assert await program.terminated() == 0
        assert not await is_loaded(database)


async def test_sigterm_while_a_request_hangs_ends_it_within_ten_seconds(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=200) as sim:
        sim.faults.add("hang", "/invoices")
        program = await programs.start("run", **settings(sim, database))
        await until(lambda: sim.stats.by_path["/invoices"], "the request hangs")
        assert await program.terminated() == 0


async def test_a_second_sigterm_does_not_wait_for_the_page_in_hand(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=200) as sim:
        sim.faults.hold("/invoices")
        program = await programs.start("run", **settings(sim, database))
        await until(lambda: sim.faults.waiting, "a page is held back")
        program.terminate()
        await program.signal_arrived()
        assert await program.terminated() == 0
        last, end = program.logged("run.stopping")[-1], program.logged("run.ended")[0]
        assert last["again"]
        waited = datetime.fromisoformat(end["timestamp"]) - datetime.fromisoformat(last["timestamp"])
        assert waited < timedelta(seconds=GRACE)


@pytest.mark.parametrize("path", ["/", "/invoices"])
async def test_sigterm_while_the_api_answers_429_for_ever_ends_it_with_0(
        path: str, programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=200) as sim:
        sim.faults.add("retry_after", path, status=429, seconds=300)
        program = await programs.start("run", **settings(sim, database))
        await until(lambda: sim.stats.by_status[429] and sim.faults.rules[0].struck, "429 came")
        assert await program.terminated(5) == 0  # the wait of five minutes is broken off, not sat out


@pytest.mark.parametrize("how", ["refuse", "stall"])
async def test_sigterm_while_the_database_is_away_ends_it_within_ten_seconds(
        how: str, programs: Programs, sim: Simulator, database: str, road_to: Roads) -> None:
    async with road_to() as road:
        program = await programs.start("run", **settings(sim, road.dsn, SYNC_INTERVAL="1"))
        await until(lambda: is_loaded(database), "the first load is complete")
        await page_meets(sim, road.refuse if how == "refuse" else road.stall)
        assert await program.terminated() == 0


async def test_sigterm_while_it_waits_for_its_first_connection_ends_it_within_ten_seconds(
        programs: Programs, sim: Simulator, road_to: Roads) -> None:
    async with road_to() as road:
        await road.stall()
        program = await programs.start("run", **settings(sim, road.dsn))
        await until(lambda: road.lines, "it waits for the database")
        assert await program.terminated() == 0


async def test_it_goes_on_when_the_database_comes_back(
        programs: Programs, sim: Simulator, database: str, road_to: Roads) -> None:
    begun = time.time()
    async with road_to() as road:
        program = await programs.start("run", **settings(sim, road.dsn, SYNC_INTERVAL="1"))
        await until(lambda: is_loaded(database), "the first load is complete")
        await page_meets(sim, road.refuse)
        await road.open()

        async def is_equal() -> bool:  # each list comes with a commit of its own
            return not await differences(sim.url, sim.api_key, database, since_event=begun - 60)

        await until(is_equal, "the mirror has the changes")
        assert program.running


@pytest.mark.slow
async def test_it_goes_on_when_the_api_comes_back(programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=200) as sim:
        program = await following(programs, sim, database)
        sim.faults.set([{"kind": "status", "status": 502, "probability": 0.5, "count": 10},
                        {"kind": "reset", "probability": 0.2, "count": 5},
                        {"kind": "cut_body", "probability": 0.2, "count": 5}])
        sim.account.touch(20, "payments")
        await until(lambda: equal(sim, database, [BY_NAME["payments"]]), "the mirror has the changes")
        assert program.running
        assert program.logged("resource.failed") == []


@pytest.mark.slow
async def test_two_daemons_on_one_schema_do_no_harm(programs: Programs, simulate: Simulate, database: str) -> None:
    begun = time.time()
    async with simulate(objects=600, slots=40) as sim:
        two = [await programs.start("run", **settings(sim, database, SYNC_INTERVAL="1")) for _ in range(2)]
        await until(lambda: is_loaded(database), "the first load is complete")
        sim.account.touch(50)
        sim.account.create("invoices", count=150)
        sim.account.delete("notes", sim.account.tables["notes"].by_id[0].id)
        told = [BY_NAME[name] for name in ("events", "notes", "invoices", "customers", "contacts", "payments")]
        await until(lambda: equal(sim, database, told, begun - 60), "the mirror is equal again")
        assert await differences(sim.url, sim.api_key, database, since_event=begun - 60) == {}
        assert await query(database, "SELECT resource, activity, why FROM invoiced._problem") == []
        for program in two:
            assert program.running
            assert program.logged("resource.failed") == []
            assert await program.terminated() == 0


async def test_a_terminal_that_closes_ends_it_in_order(
        programs: Programs, sim: Simulator, database: str) -> None:
    program = await programs.start("run", **settings(sim, database, SYNC_RESOURCES="customers", SYNC_INTERVAL="1"))
    await until(lambda: program.logged("cycle.done"), "a cycle is over")
    program.process.send_signal(signal.SIGHUP)
    assert await program.ended() == 0
    [run] = await query(database, "SELECT exit_code FROM invoiced._run WHERE ended_at IS NOT NULL")
    assert run["exit_code"] == 0
