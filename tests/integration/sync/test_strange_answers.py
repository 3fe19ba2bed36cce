"""One strange answer makes nothing unavailable, ends nothing for good, and deletes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME
from sync_daemon.monitoring.problems import Kind
from sync_daemon.progress import State
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.sync.attempt import refused
from sync_daemon.sync.backfill import first_load
from sync_daemon.sync.cycle import cycle
from sync_daemon.sync.full_sweep import sweep
from sync_daemon.sync.refetch import refetch
from sync_daemon.tuning import Patience, Tuning
from tests.conftest import IMPATIENT, Open, Simulate, Sql
from tests.support.comparing import differences, in_mirror
from tests.support.due import due_sweeps
from tests.support.state import kinds, status_of

CHOSEN = "customers,contacts,payment_sources,notes,tasks,invoices,events"
SHORT = Tuning(patience=Patience(2, 0.0), longest_wait=0.01, listings_apart=0.0, empty_apart=0.0)
Lines = list[MutableMapping[str, Any]]


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=60, sizes={"notes": 120, "tasks": 60, "customers": 40, "payment_sources": 90},
                        event_delay=0.0, dense={}) as sim:
        yield sim


@pytest.fixture
def tuning() -> Tuning:
    return IMPATIENT


STRANGE = [{"kind": "stranger", "status": 403}, {"kind": "stranger", "status": 403, "name": "json"},
           {"kind": "stranger", "status": 404}, {"kind": "stranger", "status": 400}, {"kind": "redirect"},
           {"kind": "refuse", "status": 403, "name": "You do not have permission to perform this action."},
           {"kind": "refuse", "status": 400, "name": "Your account does not have access to this feature: x"},
           {"kind": "refuse", "status": 401, "name": "We could not authenticate you."},
           {"kind": "stranger", "status": 401}, {"kind": "bomb", "total": 64}]
named = pytest.mark.parametrize("fault", STRANGE, ids=lambda fault: "-".join(map(str, fault.values()))[:30])


@named
async def test_a_list_that_is_answered_strangely_is_shown_at_once_and_read_again_within_minutes(
        fault: dict[str, Any], sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.faults.add(match="^/notes$", **fault)
        sim.account.touch(5, "notes")
        await cycle(session.context, session.schedule)
        assert await kinds(session, "notes") & {Kind.FAILED, Kind.REFUSED}, "it is not green"
        assert await kinds(session, "tasks") == set(), "and the others go on"
        sim.faults.clear()
        await sql("UPDATE _resource_state SET ask_at = now() WHERE ask_at IS NOT NULL")
        await sql("UPDATE _refetch_queue SET next_attempt_at = now()")
        await cycle(session.context, session.schedule)
        assert await kinds(session, "notes") == set()
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME["notes"],)) == {}


@named
async def test_a_first_load_that_is_answered_strangely_is_not_done(
        fault: dict[str, Any], sim: Simulator, open_session: Open, mirror_database: str) -> None:
    async with open_session(sim, tuning=Tuning(patience=Patience(2, 0.0), refusals_apart=0.0),
                           sync_resources=CHOSEN) as session:
        sim.faults.add(match={"path": "^/notes$", "query": "per_page=100"}, count=1, **fault)
        code = await jobs.backfill(session)
        if code is Exit.OK:  # asked again, it was there
            assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME["notes"],)) == {}
        else:
            assert code is Exit.PARTLY
            assert await kinds(session, "notes")


async def test_two_refusals_in_the_api_s_own_words_minutes_apart_make_unavailable_and_it_is_asked_again(
        sim: Simulator, open_session: Open, logged: Lines) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.forbid(["tasks"])
        store, tasks = session.context.store, BY_NAME["tasks"]
        await sweep(session.context, session.schedule, tasks, low_priority=True)
        assert await kinds(session, "tasks") == {Kind.REFUSED}
        await sweep(session.context, session.schedule, tasks, low_priority=True)
        assert await kinds(session, "tasks") == {Kind.REFUSED}, "at once again is not minutes apart"
        await store.pool.execute("UPDATE invoiced._resource_state SET ask_at = now(), "
                                 "refused_at = now() - interval '3 min' WHERE resource = 'tasks'")
        await sweep(session.context, session.schedule, tasks, low_priority=True)
        assert await kinds(session, "tasks") == {Kind.UNAVAILABLE}, "a list that has rows is not green without it"
        row = await store.state.of("tasks")
        assert row is not None
        assert 200 < (row["ask_at"] - store.clock.now()).total_seconds() < 300, "soon at first"
        assert [line["log_level"] for line in logged if line["event"] == "resource.unavailable"] == ["error"]
        sim.forbid([])
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:  # each start asks at once
        await jobs.backfill(session, at_once=True)
        assert await kinds(session, "tasks") == set()


async def test_what_was_never_there_and_is_refused_twice_is_unavailable_and_green(
        sim: Simulator, open_session: Open) -> None:
    sim.forbid(["tasks"])
    async with open_session(sim, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert session.context.progress.of("tasks").state is State.UNAVAILABLE
        assert await kinds(session, "tasks") == set()
        assert (await status_of(session, "tasks")).unavailable


async def test_lists_that_are_refused_at_different_times_of_a_backfill_are_each_asked_again(
        sim: Simulator, open_session: Open) -> None:
    sim.forbid(["notes"])
    sim.features(disable=["metered_billing"])
    sim.faults.add("slow", "^/customers$", seconds=0.7)  # so their line items are refused long after the notes
    chosen = f"{CHOSEN},pending_line_items"
    async with open_session(sim, tuning=Tuning(refusals_apart=0.5), sync_resources=chosen) as session:
        assert await jobs.backfill(session) is Exit.OK
        for name in ("notes", "pending_line_items"):
            assert session.context.progress.of(name).state is State.UNAVAILABLE


async def test_a_backfill_does_not_wait_for_a_refused_list_that_then_fails_in_another_way(
        sim: Simulator, open_session: Open) -> None:
    sim.forbid(["notes"])
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await first_load(session.context, session.schedule, list(session.schedule.resources))
        assert await kinds(session, "notes") == {Kind.REFUSED, Kind.LOADING}
        sim.forbid([])
        sim.faults.add("status", "^/notes$", status=400)
        async with asyncio.timeout(30):
            assert await jobs.backfill(session) is Exit.PARTLY
        assert Kind.FAILED in await kinds(session, "notes")


@pytest.mark.parametrize("fault", [
    {"kind": "refuse", "status": 403, "name": "You do not have access."}, {"kind": "status", "status": 500},
], ids=lambda fault: fault["kind"])
async def test_a_sweep_whose_count_was_answered_strangely_is_due_again_though_all_pages_were_read(
        fault: dict[str, Any], sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        tasks = BY_NAME["tasks"]
        sim.faults.add(match={"path": "^/tasks$", "query": r"^(.*&)?per_page=1(&|$)"}, **fault)
        await sweep(session.context, session.schedule, tasks, low_priority=True)
        assert await kinds(session, "tasks") & {Kind.FAILED, Kind.REFUSED}
        sim.faults.clear()
        await sql("UPDATE _resource_state SET ask_at = now() WHERE ask_at IS NOT NULL")
        assert tasks in await due_sweeps(session)
        await sweep(session.context, session.schedule, tasks, low_priority=True)
        assert await kinds(session, "tasks") == set()
        assert tasks not in await due_sweeps(session)


async def test_a_list_that_can_be_verified_again_is_no_longer_refused(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.forbid(["tasks"])
        for _ in range(2):
            await sweep(session.context, session.schedule, BY_NAME["tasks"], low_priority=True)
        assert await kinds(session, "tasks") == {Kind.UNAVAILABLE}
        sim.forbid([])
        assert await jobs.verify_now(session, repair=False, force=False, found=[]) is Exit.OK
        assert await kinds(session, "tasks") == set()


async def test_a_request_of_a_list_that_is_refused_is_kept(sim: Simulator, open_session: Open, mirror_database: str,
                                                        sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        key = sim.account.ids("tasks")[3]
        sim.account.update("tasks", key, {"name": "changed"})
        sim.forbid(["tasks"])
        await cycle(session.context, session.schedule)
        queued = await sql("SELECT key FROM _refetch_queue WHERE resource = 'tasks'")
        assert [row["key"] for row in queued] == [str(key)]
        sim.forbid([])
        await sql("UPDATE _refetch_queue SET next_attempt_at = now()")
        await sql("UPDATE _resource_state SET ask_at = now() WHERE ask_at IS NOT NULL")
        await cycle(session.context, session.schedule)
        assert (await in_mirror(mirror_database, BY_NAME["tasks"]))[str(key)]["name"] == "changed"


def test_it_is_asked_again_soon_at_first_and_daily_in_the_end() -> None:
    now, since, ask_at, waits = datetime(2026, 1, 1, tzinfo=UTC), None, None, []
    times = 0
    for _ in range(14):
        found = refused(since, times, ask_at, now, 120.0)
        assert found.believed is (times >= 1)
        waits.append((found.ask_at - now).total_seconds())
        since, times, ask_at, now = found.since, found.times, found.ask_at, found.ask_at
    assert waits[:3] == [120, 240, 480]
    assert waits == sorted(waits)
    assert waits[-1] == 86400
    early = refused(datetime(2026, 1, 1, tzinfo=UTC), 1, datetime(2026, 1, 1, 0, 2, tzinfo=UTC),
                    datetime(2026, 1, 1, 0, 1, tzinfo=UTC), 120.0)
    assert not early.believed, "asked too early it does not count"
    assert early.ask_at - early.since == timedelta(minutes=2)


def test_starts_that_ask_at_once_do_not_put_the_next_question_off() -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    times, ask_at = 2, since
    for second in range(121, 151):  # a restart each second
        found = refused(since, times, ask_at, since + timedelta(seconds=second), 120.0)
        times, ask_at = found.times, found.ask_at
    assert ask_at - since <= timedelta(seconds=2 * 150 + 120)


@pytest.mark.parametrize("fault", [{"kind": "redirect"}, {"kind": "stranger", "status": 403},
                                   {"kind": "refuse", "status": 404, "name": "Company was not found."}],
                         ids=["redirect", "proxy", "404"])
async def test_a_strange_answer_to_whose_key_it_is_holds_deletions_and_ends_nothing(
        fault: dict[str, Any], sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        gone = sim.account.ids("notes")[3]
        sim.account.delete("notes", gone)
        sim.faults.add(match="/companies/current", **fault)
        await cycle(session.context, session.schedule)
        assert await sql("SELECT FROM _deleted") == []
        sim.faults.clear()
        await sql("UPDATE _refetch_queue SET next_attempt_at = now()")
        await cycle(session.context, session.schedule)
        assert [row["key"] for row in await sql("SELECT key FROM _deleted")] == [str(gone)]


# Deletions.


async def test_lists_of_parents_that_all_come_back_empty_delete_nothing(sim: Simulator, open_session: Open,
                                                                        mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        before = await in_mirror(mirror_database, BY_NAME["payment_sources"])
        sim.faults.add("empty", "^/customers/[0-9]+/(payment_sources|contacts)$")
        for name in ("payment_sources", "contacts"):
            for _ in range(3):
                await sweep(session.context, session.schedule, BY_NAME[name], low_priority=True)
                await refetch(session.context, BY_NAME[name], at_once=True)
        assert await sql("SELECT FROM _deleted") == []
        assert await in_mirror(mirror_database, BY_NAME["payment_sources"]) == before
        sim.faults.clear()
        for name in ("payment_sources", "contacts"):
            await sweep(session.context, session.schedule, BY_NAME[name], low_priority=True)
            await refetch(session.context, BY_NAME[name], at_once=True)
        assert await sql("SELECT FROM _refetch_queue WHERE kind = 'children'") == []


async def test_one_refused_parameter_does_not_hide_rows_for_ever(sim: Simulator, open_session: Open,
                                                                 mirror_database: str, sql: Sql) -> None:
    sources = BY_NAME["payment_sources"]
    hidden = sim.account.tables["payment_sources"].by_id[5].id
    sim.account.delete("payment_sources", hidden)
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        before = await in_mirror(mirror_database, sources)
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:  # another process knows it as well
        sim.faults.add("refuse", {"path": "^/customers/.*/payment_sources", "query": "include_hidden"}, status=400,
                       name="The property 'include_hidden' does not exist.")
        for _ in range(3):
            await sweep(session.context, session.schedule, sources, low_priority=True)
            await refetch(session.context, sources, at_once=True)
        assert await in_mirror(mirror_database, sources) == before
        assert await sql("SELECT FROM _deleted") == []


async def test_deletions_of_a_day_are_counted_together_however_they_were_found(
        simulate: Simulate, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with simulate(objects=60, sizes={"notes": 300, "customers": 5}, event_delay=0.0, dense={}) as sim, \
            open_session(sim, tuning=SHORT, sync_resources="customers,notes,events") as session:
        await jobs.backfill(session)
        for bite in range(8):  # some told by events, some found by sweeps, 20 at a time
            for key in sim.account.ids("notes")[:20]:
                sim.account.delete("notes", key, silent=bite % 2 == 0)
            await sweep(session.context, session.schedule, BY_NAME["notes"], low_priority=True)
            await cycle(session.context, session.schedule)
        gone = len(await sql("SELECT FROM _deleted"))
        assert 50 <= gone <= 60, "a fifth of the table"
        assert (await status_of(session, "notes")).held == 160 - gone
        sim.stats.reset()
        await cycle(session.context, session.schedule)
        assert not any(path.endswith("/:id") for path in sim.stats.by_path), "what is held is not asked for again"
        assert await jobs.verify_now(session, repair=True, force=True, found=[]) is Exit.OK
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME["notes"],)) == {}
        # what a person forced does not count against the day
        sim.account.delete("notes", sim.account.ids("notes")[0])
        await cycle(session.context, session.schedule)
        assert len(await sql("SELECT FROM _deleted")) in {161, 160}


async def test_held_deletions_are_not_asked_for_again_by_sweeps_and_cycles(
        simulate: Simulate, open_session: Open, sql: Sql) -> None:
    async with simulate(objects=60, sizes={"notes": 400, "customers": 20}, dense={}) as sim, \
            open_session(sim, tuning=replace(SHORT, requests_at_once=130), sync_resources="customers,notes") as session:
        await jobs.backfill(session)
        await sql("UPDATE notes SET read_at = read_at - interval '1 hour'")
        for row in [sim.account.tables["notes"].by_id[index] for index in range(200)]:
            sim.account.tables["notes"].remove(row)
        for _ in range(4):
            sim.stats.reset()
            await sweep(session.context, session.schedule, BY_NAME["notes"], low_priority=True)
            await cycle(session.context, session.schedule)
            await sql("UPDATE _refetch_queue SET next_attempt_at = now()")
        assert (await status_of(session, "notes")).held == 200
        assert [path for path in sim.stats.by_path if path.startswith("/notes/")] == []
        assert sim.stats.requests <= 12
        assert await sql("SELECT FROM _deleted") == []


async def test_what_is_followed_in_several_batches_waits_for_one_person_and_goes_with_one_word(
        simulate: Simulate, open_session: Open, sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulate(objects=60, sizes={"notes": 400, "customers": 20}, dense={}) as sim, \
            open_session(sim, tuning=replace(SHORT, requests_at_once=130), sync_resources="customers,notes") as session:
        await jobs.backfill(session)
        await sql("UPDATE notes SET read_at = read_at - interval '1 hour'")
        for row in [sim.account.tables["notes"].by_id[index] for index in range(200)]:
            sim.account.tables["notes"].remove(row)
        await sweep(session.context, session.schedule, BY_NAME["notes"], low_priority=True)
        await cycle(session.context, session.schedule)
        assert await sql("SELECT FROM _deleted") == [], "the last batch alone is less than a fifth of the table"
        assert (await status_of(session, "notes")).held == 200
        session.context.tuning = replace(SHORT, requests_at_once=40)
        assert await jobs.verify_now(session, repair=True, force=True, found=[]) is Exit.OK
        assert len(await sql("SELECT FROM _deleted")) == 200
        assert (await status_of(session, "notes")).held == 0


async def test_held_deletions_of_rows_that_are_there_again_are_let_go(sim: Simulator, open_session: Open,
                                                                      mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        rows = [sim.account.tables["notes"].by_id[index] for index in range(70)]
        for row in rows:
            sim.account.tables["notes"].remove(row)
        await sweep(session.context, session.schedule, BY_NAME["notes"], low_priority=True)
        await cycle(session.context, session.schedule)
        assert (await status_of(session, "notes")).held == 70
        for row in rows:
            sim.account.tables["notes"].add(row)
        await sweep(session.context, session.schedule, BY_NAME["notes"], low_priority=True)
        assert (await status_of(session, "notes")).held == 0
        assert await sql("SELECT FROM _deleted") == []


async def test_what_the_list_of_a_parent_shows_again_is_held_no_longer(sim: Simulator, open_session: Open,
                                                                       sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        await sql("INSERT INTO _refetch_queue (kind, resource, key, held, noted_at, last_at) "
                  "VALUES ('children', 'contacts', $1, true, now() - interval '1 h', now() - interval '1 h')",
                  str(sim.account.ids("customers")[0]))
        assert (await status_of(session, "contacts")).held == 1
        await sweep(session.context, session.schedule, BY_NAME["contacts"], low_priority=True)
        assert (await status_of(session, "contacts")).held == 0


async def test_a_page_that_is_empty_once_costs_few_requests_and_deletes_nothing(
        simulate: Simulate, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with simulate(objects=60, sizes={"notes": 2000, "customers": 20}, dense={}) as sim, \
            open_session(sim, tuning=replace(SHORT, requests_at_once=130), sync_resources="customers,notes") as session:
        await jobs.backfill(session)
        await sql("UPDATE notes SET read_at = read_at - interval '1 hour'")
        sim.stats.reset()
        sim.faults.add("empty", {"path": "^/notes$", "query": "per_page=100"}, count=1)
        await sweep(session.context, session.schedule, BY_NAME["notes"], low_priority=False)
        assert await kinds(session, "notes") == {Kind.FAILED}
        await sweep(session.context, session.schedule, BY_NAME["notes"], low_priority=False)
        assert await kinds(session, "notes") == set()
        await cycle(session.context, session.schedule)
        assert sim.stats.requests < 100
        assert await sql("SELECT FROM _deleted") == []


async def test_a_plan_is_gone_only_when_its_invoice_says_so(simulate: Simulate, open_session: Open,
                                                            mirror_database: str,
                                                            sql: Sql) -> None:
    plans = BY_NAME["payment_plans"]
    async with simulate(objects=60, sizes={"payment_plans": 12}, dense={}) as sim, \
            open_session(sim, tuning=SHORT, sync_resources="customers,invoices,payment_plans,events") as session:
        await jobs.backfill(session)
        before = await in_mirror(mirror_database, plans)
        for status, words in ((400, "Something is wrong with your request."), (404, "Invoice was not found: 5")):
            sim.faults.set([{"kind": "refuse", "match": "^/invoices/[0-9]+/payment_plan", "status": status,
                             "name": words}])
            for _ in range(3):
                await sweep(session.context, session.schedule, plans, low_priority=True)
                await refetch(session.context, plans, at_once=True)
        assert await in_mirror(mirror_database, plans) == before
        assert await sql("SELECT FROM _deleted") == []


async def test_a_plan_that_another_one_replaced_is_gone(simulate: Simulate, open_session: Open,
                                                        mirror_database: str) -> None:
    plans = BY_NAME["payment_plans"]
    async with simulate(objects=60, sizes={"payment_plans": 12}, dense={}) as sim, \
            open_session(sim, tuning=SHORT, sync_resources="customers,invoices,payment_plans,events") as session:
        await jobs.backfill(session)
        old = sim.account.tables["payment_plans"].by_id[0]
        sim.account.delete("payment_plans", old.id, silent=True)
        new = sim.account.create("payment_plans", parent=old.owner, silent=True)[0]
        sim.account.update("invoices", old.owner or 0, {"payment_plan": new, "payment_plan_id": new}, silent=True)
        for _ in range(3):
            await sweep(session.context, session.schedule, plans, low_priority=True)
            await refetch(session.context, plans, at_once=True)
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(plans,)) == {}
