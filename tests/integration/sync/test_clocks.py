"""Clocks that are wrong for a while cost requests, and hide nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, MutableMapping
from datetime import timedelta
from typing import Any

import pytest

from sync_daemon.model.resources import BY_NAME
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.sync import cycle
from sync_daemon.sync.full_sweep import sweep
from tests.conftest import Open, Simulate, Sql
from tests.support.comparing import differences
from tests.support.due import due_sweeps

NAMES = ("customers", "invoices", "notes")
CHOSEN = ",".join((*NAMES, "events"))
LISTS = tuple(BY_NAME[name] for name in NAMES)
DAY = 86400


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=300, event_delay=0.0) as sim:
        yield sim


def change(sim: Simulator) -> None:
    sim.account.update("invoices", sim.account.ids("invoices")[3], {"notes": "changed"})
    sim.account.create("customers", 2)
    sim.account.delete("notes", sim.account.ids("notes")[-1])


@pytest.mark.parametrize("ahead", [DAY, -DAY])
async def test_a_date_of_the_server_that_is_a_day_off_for_a_moment_hides_no_change(
        ahead: int, sim: Simulator, open_session: Open, mirror_database: str) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        for _ in range(2):
            sim.set_clock(date_offset=ahead)
            change(sim)
            await cycle.one_cycle(session)
            sim.set_clock(date_offset=0)
            change(sim)
            await cycle.one_cycle(session)
        assert await differences(sim.url, sim.api_key, mirror_database, resources=LISTS) == {}
        assert all(second <= session.context.store.clock.now().timestamp()
                   for second in session.schedule.watermarks.values()), \
            "nothing is vouched for beyond now"


async def test_a_cursor_that_stands_in_the_future_is_set_back_and_sees_what_changed(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql,
        logged: list[MutableMapping[str, Any]]) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        await sql(f"UPDATE _checkpoint SET cursor_u = cursor_u + {DAY} WHERE lane = 0")
        change(sim)
        await cycle.one_cycle(session)
        assert await differences(sim.url, sim.api_key, mirror_database, resources=LISTS) == {}
        assert {line["resource"] for line in logged if line["event"] == "cursor.ahead"} == {*NAMES, "events"}
        logged.clear()
        await cycle.one_cycle(session)
        assert [line for line in logged if line["event"] == "cursor.ahead"] == [], "once is enough"


async def test_rows_read_while_the_databases_clock_was_ahead_are_replaced_tombstoned_and_come_back(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        gone = sim.account.ids("notes")[0]
        sim.account.delete("notes", gone)
        await cycle.one_cycle(session)
        for name in (*NAMES, "_deleted"):
            await sql(f"UPDATE {name} SET read_at = now() + interval '1 day'")
        change(sim)
        sim.account.create("notes", fields={"id": gone})
        await cycle.one_cycle(session)
        assert await differences(sim.url, sim.api_key, mirror_database, resources=LISTS) == {}


async def test_a_machine_that_slept_takes_its_reads_for_no_older_than_those_of_others(
        sim: Simulator, open_session: Open, mirror_database: str, logged: list[MutableMapping[str, Any]]) -> None:
    ident = sim.account.ids("invoices")[3]
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        session.context.store.clock.base -= timedelta(hours=1)
        sim.account.update("invoices", ident, {"notes": "seen by another process"})
        async with open_session(sim, sync_resources=CHOSEN) as other:
            await cycle.one_cycle(other)
        sim.account.update("invoices", ident, {"notes": "seen by the one that slept"})
        logged.clear()
        await cycle.one_cycle(session)
        assert [round(line["seconds"]) for line in logged if line["event"] == "clock.set"] == [3600]
        assert await differences(sim.url, sim.api_key, mirror_database, resources=LISTS) == {}


async def test_when_the_databases_clock_is_put_right_ages_are_right_and_what_was_swept_tomorrow_is_swept_again(
        sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        session.context.store.clock.base += timedelta(days=1)
        await jobs.backfill(session)
        await sql("UPDATE _resource_state SET swept_at = now() + interval '1 day'")
        await cycle.one_cycle(session)
        [row] = await sql("SELECT clock_timestamp() AS now")
        assert abs(session.context.store.clock.now() - row["now"]) < timedelta(seconds=2)
        due = await due_sweeps(session)
        assert {resource.name for resource in due} == set(NAMES)
        for resource in due:
            await sweep(session.context, session.schedule, resource, low_priority=True)
        assert await due_sweeps(session) == []
