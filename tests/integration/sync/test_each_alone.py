"""One resource's bug, one parent's failure, one long sweep: the others go on, and what happened is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import pytest

from sync_daemon.apply.context import SyncContext
from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME, Resource
from sync_daemon.monitoring.problems import Kind
from sync_daemon.runtime import jobs, lifecycle, scheduler
from sync_daemon.simulator import Simulator
from sync_daemon.sync import full_sweep, incremental
from sync_daemon.sync.cycle import cycle
from sync_daemon.sync.full_sweep import sweep
from sync_daemon.sync.refetch import refetch
from sync_daemon.sync.session import SyncSession
from sync_daemon.tuning import Patience, Tuning
from tests.conftest import IMPATIENT, Open, Simulate, Sql, settings_for
from tests.support.comparing import differences, in_mirror
from tests.support.due import due_sweeps
from tests.support.state import kinds, status_of

CHOSEN = "customers,contacts,payment_sources,notes,tasks,invoices,payment_plans,events"
SHORT = Tuning(patience=Patience(2, 0.0), longest_wait=0.01, refusals_apart=0.0, listings_apart=0.0, empty_apart=0.0)
Lines = list[MutableMapping[str, Any]]


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=60, sizes={"customers": 120, "contacts": 200, "payment_plans": 10},
                        event_delay=0.0, dense={}) as sim:
        yield sim


@pytest.fixture
def tuning() -> Tuning:
    return IMPATIENT


async def test_plans_whose_invoices_have_none_any_more_crash_no_sweep(sim: Simulator, open_session: Open,
                                                                      mirror_database: str, sql: Sql) -> None:
    """The last batch of parents is empty, and the mirror has plans that no invoice names."""
    plans = BY_NAME["payment_plans"]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        for row in list(sim.account.tables["payment_plans"].by_id):
            sim.account.delete("payment_plans", row.id, silent=True)
        await cycle(session.context, session.schedule)
        for _ in range(3):
            await sweep(session.context, session.schedule, plans, low_priority=True)
            await refetch(session.context, plans, at_once=True)
        assert await kinds(session, "payment_plans") == set()
        assert await in_mirror(mirror_database, plans) == {}
        assert len(await sql("SELECT FROM _deleted")) == 10


async def test_a_bug_in_the_work_for_one_resource_fails_it_alone_and_is_told_once(
        sim: Simulator, open_session: Open, mirror_database: str, logged: Lines,
        monkeypatch: pytest.MonkeyPatch) -> None:
    count = full_sweep.recount

    async def buggy(context: SyncContext, work: Any, resource: Resource) -> None:
        if resource.name == "tasks":
            raise IndexError("list index out of range")
        await count(context, work, resource)

    monkeypatch.setattr(full_sweep, "recount", buggy)
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await jobs.backfill(session, at_once=True) is Exit.PARTLY
        assert await kinds(session, "tasks") == {Kind.FAILED}
        assert all([await kinds(session,
                                one.name) == set() for one in session.schedule.resources if one.name != "tasks"])
        crashes = [line for line in logged if line["event"] == "resource.crashed"]
        assert [line["resource"] for line in crashes] == ["tasks"]
        assert isinstance(crashes[0]["exc_info"], IndexError)
        monkeypatch.undo()
        assert await jobs.backfill(session, at_once=True) is Exit.OK
        assert await kinds(session, "tasks") == set()


async def test_a_bug_in_serving_requests_and_in_polls_ends_no_cycle(sim: Simulator, open_session: Open, sql: Sql,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    async def buggy(*_args: object, **_more: object) -> None:
        raise KeyError("x")

    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.account.update("tasks", sim.account.ids("tasks")[0], {"name": "changed"})
        monkeypatch.setattr("sync_daemon.sync.refetch.read_one", buggy)
        monkeypatch.setattr(incremental, "poll", buggy)
        await cycle(session.context, session.schedule)
        assert Kind.FAILED in await kinds(session, "tasks")
        assert Kind.FAILED in await kinds(session, "customers")
        [hint] = await sql("SELECT why, next_attempt_at > now() AS later FROM _refetch_queue WHERE resource = 'tasks'")
        assert "KeyError" in hint["why"]
        assert hint["later"], "it is not tried again at once"
        monkeypatch.undo()
        await sql("UPDATE _refetch_queue SET next_attempt_at = now()")
        await cycle(session.context, session.schedule)
        assert await kinds(session, "tasks") == await kinds(session, "customers") == set()


async def test_what_ends_a_run_by_a_bug_is_recorded_as_one(sim: Simulator, mirror_database: str, sql: Sql) -> None:
    async def buggy(_mirror: SyncSession) -> Exit:
        raise ZeroDivisionError("division by zero")

    with pytest.raises(ZeroDivisionError):
        await lifecycle.supervise(settings_for(sim, mirror_database), "backfill", buggy)
    [run] = await sql("SELECT exit_code, failure FROM _run")
    assert run["exit_code"] == Exit.BUG
    assert "ZeroDivisionError" in run["failure"]


async def test_one_parent_whose_list_fails_holds_up_no_other_and_is_named_until_it_answers(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    broken = sim.account.ids("customers")[50]
    sim.account.create("contacts", 2, parent=broken)
    sim.faults.add("status", f"^/customers/{broken}/contacts", status=500)
    contacts = BY_NAME["contacts"]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.PARTLY
        here = await in_mirror(mirror_database, contacts)
        assert len(here) == len({row["id"] for row in sim.account.rows("contacts") if row["customer"] != broken})
        assert await kinds(session, "contacts") == {Kind.PARTLY_READ}
        one = await status_of(session, "contacts")
        assert (one.unread, one.unread_key) == (1, str(broken))
        assert "500" in one.unread_why
        sim.faults.clear()
        await sql("UPDATE _refetch_queue SET next_attempt_at = now()")
        await cycle(session.context, session.schedule)
        assert await kinds(session, "contacts") == set()
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(contacts,)) == {}


async def test_a_parent_that_fails_in_a_sweep_deletes_nothing_of_it(sim: Simulator, open_session: Open,
                                                                    mirror_database: str, sql: Sql) -> None:
    contacts = BY_NAME["contacts"]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        before = await in_mirror(mirror_database, contacts)
        sim.faults.add("status", f"^/customers/{sim.account.ids('customers')[7]}/contacts", status=503)
        for _ in range(2):
            await sweep(session.context, session.schedule, contacts, low_priority=True)
            await refetch(session.context, contacts, at_once=True)
        assert await in_mirror(mirror_database, contacts) == before
        assert await sql("SELECT FROM _deleted") == []


async def test_what_one_process_noted_is_cleared_by_another_s_success(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as daily, \
            open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as other:
        await jobs.backfill(daily)
        sim.faults.add("status", "^/notes$", status=500)
        assert await jobs.resync_now(other, BY_NAME["notes"]) is Exit.PARTLY
        sim.faults.clear()
        assert Kind.FAILED in await kinds(daily, "notes")
        await cycle(daily.context, daily.schedule)
        due = await due_sweeps(daily)
        assert [one.name for one in due] == ["notes"], "a daemon goes on with it"
        await sweep(daily.context, daily.schedule, BY_NAME["notes"], low_priority=True)
        assert await kinds(daily, "notes") == set()


async def test_what_is_noted_of_a_list_whose_bookkeeping_a_failover_took_back_goes_with_the_next_load(
        sim: Simulator, open_session: Open) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await session.context.store.state.note_problem("contacts", "load", "customers are not complete any more", "")
        assert await jobs.backfill(session) is Exit.OK
        assert await kinds(session, "contacts") == set()


async def test_a_poll_that_succeeds_does_not_hide_a_sweep_that_fails(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.faults.add("status", {"path": "^/notes$", "query": "updated_after=1&"}, status=500)
        await sweep(session.context, session.schedule, BY_NAME["notes"], low_priority=True)
        assert await kinds(session, "notes") == {Kind.FAILED}
        await cycle(session.context, session.schedule)
        assert await kinds(session, "notes") == {Kind.FAILED}


@pytest.mark.parametrize("how", ["import", "merge"])
async def test_a_wish_for_a_sweep_that_comes_during_one_is_not_lost(how: str, sim: Simulator, open_session: Open,
                                                                    sql: Sql, mirror_database: str) -> None:
    tasks = BY_NAME["tasks"]
    kept, gone = list(sim.account.tables["customers"].by_id)[:2]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session, asyncio.TaskGroup() as group:
        await jobs.backfill(session)
        sim.faults.hold("^/tasks$")
        sweeping_now = group.create_task(sweep(session.context, session.schedule, tasks, low_priority=True))
        await sim.faults.until_held()
        if how == "import":
            sim.account.import_rows("tasks", 20)
        else:
            sim.account.merge(kept.id, gone.id)
        sim.account.flush()
        await cycle(session.context, session.schedule)  # tells of it
        sim.faults.release()
        await sweeping_now
        assert tasks in await due_sweeps(session)
        await sweep(session.context, session.schedule, tasks, low_priority=True)
        assert tasks not in await due_sweeps(session)
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(tasks,)) == {}


async def test_a_long_sweep_of_one_list_holds_up_no_other(sim: Simulator, open_session: Open, mirror_database: str,
                                                          sql: Sql) -> None:
    stop = asyncio.Event()
    async with open_session(sim, stop, tuning=SHORT, sync_resources=CHOSEN, sync_interval=1) as session, \
            asyncio.TaskGroup() as group:
        await jobs.backfill(session)
        sim.faults.hold("^/customers/[0-9]+/contacts$", count=1000)
        await sql("UPDATE _resource_state SET sweep_wanted_at = now()")
        running = group.create_task(scheduler.run(session))
        async with asyncio.timeout(30):
            while True:
                rows = await sql("SELECT resource FROM _resource_state WHERE swept_at < sweep_wanted_at")
                if {row["resource"] for row in rows} <= {"contacts", "events"}:
                    break
                await asyncio.sleep(0.05)
        stop.set()
        sim.faults.release()
        await asyncio.wait([running])
