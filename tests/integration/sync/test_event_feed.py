"""Events are hints: which object to look at again, which may be gone. Never content, never proof."""

from __future__ import annotations

from asyncio import TaskGroup
from collections.abc import AsyncIterator, MutableMapping
from dataclasses import replace
from typing import Any

import pytest

from sync_daemon.errors import Disorder, Exit
from sync_daemon.model.resources import BY_NAME
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.source import full_scan
from sync_daemon.sync.cycle import cycle
from sync_daemon.sync.event_feed import open_feed, read_feed
from sync_daemon.sync.full_sweep import sweep
from sync_daemon.sync.session import SyncSession
from sync_daemon.tuning import Patience
from tests.conftest import AT_ONCE, Open, Simulate, Sql
from tests.support.comparing import differences, in_mirror

EVENTS = BY_NAME["events"]
WITH_EVENTS = ("customers,contacts,payment_sources,notes,tasks,invoices,payment_plans,payments,charges,refunds,"
               "transactions,credit_balance_adjustments,subscriptions,pending_line_items,payment_links,disputes,events")


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=120, event_delay=0.0, dense={}) as sim:
        yield sim


async def one_cycle(session: SyncSession) -> None:
    await cycle(session.context, session.schedule)


async def left(session: SyncSession, sim: Simulator, dsn: str) -> dict[str, Any]:
    """What differs but for the events before the first run."""
    resources = tuple(one for one in session.schedule.resources if one is not EVENTS)
    return await differences(sim.url, sim.api_key, dsn, resources=resources)


async def due_now(sql: Sql) -> None:
    """What was put off for a minute is due at once."""
    await sql("UPDATE _refetch_queue SET next_attempt_at = now()")


async def requests(sql: Sql) -> list[tuple[str, str, str]]:
    return [(row["kind"], row["resource"],
             row["key"]) for row in await sql("SELECT * FROM _refetch_queue ORDER BY 1, 2, 3")]


CREATED = ["contacts", "payment_sources", "tasks", "charges", "refunds", "transactions", "credit_balance_adjustments",
           "pending_line_items", "payment_links", "disputes", "notes", "payments"]


async def test_what_is_created_or_updated_is_in_the_mirror_after_one_cycle(sim: Simulator, open_session: Open,
                                                                          mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=WITH_EVENTS) as session:
        await jobs.backfill(session)
        for name in CREATED:
            sim.account.create(name, 2)
        for name, field in (("contacts", "title"), ("tasks", "name"), ("payment_links", "name")):
            sim.account.update(name, sim.account.ids(name)[0], {field: "changed"})
        await one_cycle(session)
        assert await left(session, sim, mirror_database) == {}
        assert await requests(sql) == []


@pytest.mark.parametrize("resource", ["customers", "contacts", "notes", "tasks", "invoices", "transactions",
                                      "credit_balance_adjustments", "pending_line_items"])
async def test_a_delete_told_by_an_event_is_out_of_the_mirror_after_one_cycle(
        resource: str, sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=WITH_EVENTS) as session:
        sim.account.create(resource, 2, {"payment": None} if resource == "transactions" else None)
        await jobs.backfill(session)
        gone = sim.account.ids(resource)[-1]
        sim.account.delete(resource, gone)
        await one_cycle(session)
        assert str(gone) not in await in_mirror(mirror_database, BY_NAME[resource])
        await due_now(sql)
        await one_cycle(session)
        assert await left(session, sim, mirror_database) == {}
        rows = await sql("SELECT resource, key, evidence FROM _deleted WHERE resource = $1", resource)
        assert [(row["resource"], row["key"]) for row in rows] == [(resource, str(gone))]
        assert "event" in rows[0]["evidence"]


async def test_a_page_that_is_stored_after_its_row_was_told_to_be_deleted_leaves_no_ghost(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=WITH_EVENTS) as session, TaskGroup() as group:
        await jobs.backfill(session)
        late = sim.account.create("tasks", silent=True)[0]
        sim.faults.hold("^/tasks")
        sweeping = group.create_task(sweep(session.context, session.schedule, BY_NAME["tasks"], low_priority=True))
        await sim.faults.until_held()
        sim.account.delete("tasks", late)
        await one_cycle(session)
        assert await requests(sql) == [("gone", "tasks", str(late))]
        sim.faults.release()
        await sweeping
        assert str(late) in await in_mirror(mirror_database, BY_NAME["tasks"])
        [wait] = await sql("SELECT extract(epoch FROM next_attempt_at - now()) AS seconds FROM _refetch_queue")
        assert wait["seconds"] <= 1
        await due_now(sql)
        await one_cycle(session)
        assert await left(session, sim, mirror_database) == {}
        assert [row["key"] for row in await sql("SELECT key FROM _deleted")] == [str(late)]
        assert await requests(sql) == []


@pytest.mark.parametrize("resource", ["payments", "subscriptions", "payment_links", "payment_sources"])
async def test_deleted_that_means_voided_canceled_or_hidden_deletes_nothing_and_is_shown(
        resource: str, sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=WITH_EVENTS) as session:
        [key] = sim.account.create(resource)
        await jobs.backfill(session)
        sim.account.delete(resource, key)
        await one_cycle(session)
        assert await left(session, sim, mirror_database) == {}
        assert await sql("SELECT FROM _deleted") == []


async def test_a_payment_plan_that_was_taken_off_its_invoice_is_gone(sim: Simulator, open_session: Open,
                                                                    mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=WITH_EVENTS) as session:
        await jobs.backfill(session)
        gone = sim.account.ids("payment_plans")[0]
        assert str(gone) in await in_mirror(mirror_database, BY_NAME["payment_plans"])
        sim.account.delete("payment_plans", gone)
        for _ in range(2):  # absence counts when two listings a minute apart agree
            await one_cycle(session)
            await due_now(sql)
        await one_cycle(session)
        assert await left(session, sim, mirror_database) == {}
        assert [row["key"] for row in await sql("SELECT key FROM _deleted")] == [str(gone)]


async def test_the_payment_plan_of_a_deleted_invoice_is_gone(sim: Simulator, open_session: Open, mirror_database: str,
                                                            sql: Sql) -> None:
    async with open_session(sim, sync_resources=WITH_EVENTS) as session:
        await jobs.backfill(session)
        plan = sim.account.tables["payment_plans"].by_id[0]
        sim.account.delete("payment_plans", plan.id, hard=True, silent=True)
        sim.account.delete("invoices", plan.owner or 0)
        for _ in range(2):
            await one_cycle(session)
            await due_now(sql)
        await one_cycle(session)
        assert str(plan.id) not in await in_mirror(mirror_database, BY_NAME["payment_plans"])


async def test_a_merge_moves_the_children_and_takes_the_loser_out(sim: Simulator, open_session: Open,
                                                                 mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=WITH_EVENTS) as session:
        winner, loser = sim.account.create("customers", 2)
        for name in ("contacts", "payment_sources", "pending_line_items"):
            sim.account.create(name, 3, parent=loser)
            sim.account.create(name, 1, parent=winner)
        await jobs.backfill(session)
        sim.account.merge(winner, loser)
        await one_cycle(session)
        await due_now(sql)
        await one_cycle(session)
        children = {name: found for name, found in (await left(session, sim, mirror_database)).items()
                    if name in {"customers", "contacts", "payment_sources", "pending_line_items"}}
        assert children == {}
        assert [row["key"] for row in await sql("SELECT key FROM _deleted WHERE returned_at IS NULL")] == [str(loser)]


async def test_a_customer_that_is_deleted_takes_its_children_along(sim: Simulator, open_session: Open,
                                                                  mirror_database: str, sql: Sql) -> None:
    """They go without events of their own."""
    async with open_session(sim, sync_resources=WITH_EVENTS.replace(",notes,tasks", "")) as session:
        [customer] = sim.account.create("customers")
        for name in ("contacts", "payment_sources", "pending_line_items"):
            sim.account.create(name, 2, parent=customer)
        await jobs.backfill(session)
        sim.account.delete("customers", customer)
        for _ in range(2):
            await one_cycle(session)
            await due_now(sql)
        await one_cycle(session)
        assert await left(session, sim, mirror_database) == {}
        assert len(await sql("SELECT FROM _deleted")) == 7


async def test_a_late_snapshot_is_filled_in_and_then_asks(sim: Simulator, open_session: Open, mirror_database: str,
                                                          sql: Sql) -> None:
    async with open_session(sim, sync_resources=WITH_EVENTS) as session:
        await jobs.backfill(session)
        sim.set_delays(event=0.0, snapshot=3600)
        gone = sim.account.ids("tasks")[0]
        sim.account.delete("tasks", gone)
        event = sim.account.ids("events")[-1]
        await one_cycle(session)
        assert (await in_mirror(mirror_database, EVENTS))[str(event)]["data"]["object"] == {}
        assert str(gone) in await in_mirror(mirror_database, BY_NAME["tasks"])
        sim.account.flush()
        await one_cycle(session)
        assert (await in_mirror(mirror_database, EVENTS))[str(event)]["data"]["object"]["id"] == gone
        assert await left(session, sim, mirror_database) == {}


async def test_requests_survive_a_death_between_the_feed_and_the_follow_up(sim: Simulator, open_session: Open,
                                                                       mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=WITH_EVENTS) as session:
        await jobs.backfill(session)
        gone = sim.account.ids("tasks")[0]
        sim.account.delete("tasks", gone)
        await read_feed(session.context, await open_feed(session.context))
        assert ("gone", "tasks", str(gone)) in await requests(sql)
    async with open_session(sim, sync_resources=WITH_EVENTS) as session:
        await one_cycle(session)
        assert await left(session, sim, mirror_database) == {}
        assert await requests(sql) == []


async def test_a_request_that_can_not_be_followed_now_is_kept(sim: Simulator, open_session: Open, mirror_database: str,
                                                         sql: Sql, logged: list[MutableMapping[str, Any]]) -> None:
    async with open_session(sim, sync_resources=WITH_EVENTS) as session:
        await jobs.backfill(session)
        session.context.reader.api.patience = Patience(1, 0.0)
        gone, other = sim.account.ids("tasks")[0], sim.account.ids("contacts")[0]
        sim.account.delete("tasks", gone)
        sim.account.update("contacts", other, {"title": "Boss"})
        sim.faults.add("status", f"/tasks/{gone}")
        await one_cycle(session)
        assert {line["resource"] for line in logged if line["event"] == "refetch.postponed"} == {"tasks"}
        assert ("gone", "tasks", str(gone)) in await requests(sql)
        assert (await in_mirror(mirror_database, BY_NAME["contacts"]))[str(other)]["title"] == "Boss"
        sim.faults.clear()
        await due_now(sql)
        await one_cycle(session)
        assert await left(session, sim, mirror_database) == {}


async def test_a_request_that_no_list_can_answer_does_not_end_the_daemon(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list without keyset and order that changes between any two passes: only this hint waits."""
    async with open_session(sim, tuning=replace(AT_ONCE, passes=1), sync_resources=WITH_EVENTS) as session:
        sim.account.create("tasks", 130)
        await jobs.backfill(session)
        session.context.reader.learn(BY_NAME["tasks"], "keyset ", False)
        sim.account.update("tasks", sim.account.ids("tasks")[0], {"name": "changed"})

        def never(*_args: object) -> None:
            raise Disorder("never in order")

        monkeypatch.setattr(full_scan, "check", never)
        await one_cycle(session)
        assert ("reread", "tasks", str(sim.account.ids("tasks")[0])) in await requests(sql)
        monkeypatch.undo()
        await due_now(sql)
        await one_cycle(session)
        assert await left(session, sim, mirror_database) == {}


async def test_a_quiet_feed_writes_nothing(sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, sync_resources=WITH_EVENTS) as session:
        await jobs.backfill(session)
        await one_cycle(session)
        [before] = await sql("SELECT pg_current_wal_insert_lsn() AS lsn")
        requests = session.context.reader.api.requests
        await one_cycle(session)
        [after] = await sql("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1) AS bytes", before["lsn"])
        assert after["bytes"] < 1000
        assert session.context.reader.api.requests - requests <= 9  # one for each polled list, and the feed


async def test_the_feed_s_cursor_moves_up_behind_the_overlap(sim: Simulator, open_session: Open, mirror_database: str,
                                                            sql: Sql) -> None:
    async with open_session(sim, sync_resources=WITH_EVENTS, sync_overlap=2) as session:
        await jobs.backfill(session)
        [start] = await sql("SELECT cursor_u FROM _checkpoint WHERE resource = 'events'")
        sim.account.touch(5, "customers")
        await one_cycle(session)
        sim.set_clock(advance=60)
        await one_cycle(session)
        await one_cycle(session)
        [end] = await sql("SELECT cursor_u FROM _checkpoint WHERE resource = 'events'")
        assert start["cursor_u"] < end["cursor_u"] <= sim.account.now() - 2


async def test_resync_of_the_events_reads_all_history(sim: Simulator, open_session: Open, mirror_database: str) -> None:
    async with open_session(sim, sync_resources="events") as session:
        await jobs.backfill(session)
        assert len(await in_mirror(mirror_database, EVENTS)) < sim.account.count("events")
        assert await jobs.resync_now(session, EVENTS) is Exit.OK
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(EVENTS,)) == {}


async def test_a_source_whose_clock_is_late_has_no_change_taken_for_read(sim: Simulator, open_session: Open,
                                                                       mirror_database: str) -> None:
    """By its clock the row was read long after the event; by ours, before."""
    sim.set_clock(offset=-200)
    async with open_session(sim, sync_resources=WITH_EVENTS, sync_overlap=1) as session:
        await jobs.backfill(session)
        sim.account.update("customers", sim.account.ids("customers")[0], {"notes": "changed"},
                           updated_at=1_600_000_000)  # no poll shows it
        sim.account.flush()
        await one_cycle(session)
        assert await left(session, sim, mirror_database) == {}
