"""Cousins of what once said "fine" when it was not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME
from sync_daemon.monitoring.problems import Kind
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.simulator.catalog import RESOURCES
from sync_daemon.sync.cycle import cycle, one_cycle
from sync_daemon.sync.full_sweep import sweep
from sync_daemon.sync.refetch import refetch
from sync_daemon.sync.row_count import recount
from sync_daemon.tuning import Patience, Tuning
from tests.conftest import IMPATIENT, Open, Simulate, Sql
from tests.support.comparing import differences, in_mirror
from tests.support.due import due_sweeps
from tests.support.state import kinds, verified

SHORT = Tuning(patience=Patience(2, 0.0), longest_wait=0.01, refusals_apart=0.0, listings_apart=0.0, empty_apart=0.0)
CHOSEN = "customers,contacts,payment_sources,notes,tasks,invoices,subscriptions,items,events"


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=60, sizes={"notes": 30, "tasks": 20, "customers": 12, "contacts": 20, "items": 9,
                                           "payment_sources": 20, "subscriptions": 12},
                        event_delay=0.0, dense={}) as sim:
        yield sim


@pytest.fixture
def tuning() -> Tuning:
    return IMPATIENT


async def test_verify_of_a_list_that_has_rows_and_is_not_available_any_more_is_not_equal(
        sim: Simulator, open_session: Open) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.forbid(["tasks"])
        for _ in range(3):
            await sweep(session.context, session.schedule, BY_NAME["tasks"], low_priority=True)
        assert await kinds(session, "tasks") == {Kind.UNAVAILABLE}
        code, _ = await verified(session)
        assert code is Exit.PARTLY


async def test_lists_below_a_row_that_a_repair_brings_back_are_repaired_as_well(
        sim: Simulator, open_session: Open, sql: Sql, mirror_database: str) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        sim.account.create("contacts", 4, parent=sim.account.ids("customers")[0])
        await jobs.backfill(session)
        lost = sim.account.ids("customers")[0]
        await sql("DELETE FROM contacts WHERE parent_id = $1", lost)
        await sql("DELETE FROM customers WHERE id = $1", lost)
        code, _ = await verified(session, repair=True)
        assert code is Exit.OK
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME["contacts"],)) == {}


async def test_per_parent_lists_that_all_come_back_empty_are_not_green(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    sources = BY_NAME["payment_sources"]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        before = await in_mirror(mirror_database, sources)
        assert len(before) > 2
        sim.faults.add("empty", r"^/customers/\d+/payment_sources$")
        for _ in range(4):
            await sweep(session.context, session.schedule, sources, low_priority=True)
            await refetch(session.context, sources, at_once=True)
        assert await in_mirror(mirror_database, sources) == before
        assert await kinds(session, "payment_sources") != set()
        sim.faults.clear()
        await refetch(session.context, sources, at_once=True)
        assert await kinds(session, "payment_sources") == set()


async def test_lists_that_show_less_than_they_did_are_neither_equal_nor_green(
        sim: Simulator, open_session: Open, sql: Sql) -> None:
    sources = BY_NAME["payment_sources"]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        [key] = sim.account.ids("payment_sources")[:1]
        sim.faults.add("refuse", {"path": r"^/customers/\d+/payment_sources$", "query": "include_hidden"}, status=400,
                       name="Invalid parameter: include_hidden")
        sim.account.delete("payment_sources", key, silent=True)
        await sweep(session.context, session.schedule, sources, low_priority=True)
        await refetch(session.context, sources, at_once=True)
        code, found = await verified(session)
        assert code is Exit.PARTLY, found["payment_sources"]
        assert await kinds(session, "payment_sources") != set()


@pytest.mark.parametrize(("name", "path"), [("notes", "^/notes$"), ("tasks", "^/tasks$"),
                                            ("contacts", r"^/customers/\d+/contacts$")])
async def test_a_list_that_lacks_rows_which_answer_by_their_id_is_not_green(
        name: str, path: str, sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        await sql(f"UPDATE {name} SET read_at = read_at - interval '1 hour'")
        sim.faults.add("empty", path)
        await sweep(session.context, session.schedule, BY_NAME[name], low_priority=True)
        await refetch(session.context, BY_NAME[name], at_once=True)
        assert await kinds(session, name) != set()
        sim.faults.clear()
        await refetch(session.context, BY_NAME[name], at_once=True)
        assert await kinds(session, name) == set()


async def test_a_backfill_buries_what_its_own_sweeps_find_to_be_gone(
        sim: Simulator, open_session: Open, sql: Sql, mirror_database: str) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        for name in ("customers", "notes", "tasks", "items"):
            await sql(f"UPDATE {name} SET read_at = read_at - interval '1 hour'")
        for name in ("notes", "tasks", "items"):
            sim.account.delete(name, sim.account.ids(name)[0], silent=True)
        code = await jobs.backfill(session, at_once=True)
        assert code is Exit.OK
        for name in ("notes", "tasks", "items"):
            assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME[name],)) == {}, name


async def test_a_list_that_counts_no_more_takes_back_nothing(sim: Simulator, open_session: Open) -> None:
    notes = BY_NAME["notes"]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.faults.add("wrong_total", "^/notes$", total=33)
        await recount(session.context, session.schedule, notes)
        assert await kinds(session, "notes") == {Kind.INCOMPLETE}
        sim.faults.clear()
        sim.faults.add("no_total", "^/notes$")
        await sweep(session.context, session.schedule, notes, low_priority=True)
        assert await kinds(session, "notes") == {Kind.INCOMPLETE}


async def test_a_refused_probe_has_another_way(sim: Simulator, open_session: Open, mirror_database: str) -> None:
    sim.faults.add("refuse", {"path": "^/subscriptions$", "query": "all=1"}, status=400, name="Invalid parameter: all")
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME["subscriptions"],)) == {}


async def test_another_process_with_fewer_resources_takes_no_requests_away(
        sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        await sql("INSERT INTO _refetch_queue (kind, resource, key, held) VALUES ('gone', 'notes', '1', true)")
        assert await kinds(session, "notes") == {Kind.HELD}
        async with open_session(sim, tuning=SHORT, sync_resources="customers"):
            pass
        assert await kinds(session, "notes") == {Kind.HELD}


async def test_a_row_stamped_years_ahead_is_left_out_of_no_verification(
        sim: Simulator, open_session: Open, sql: Sql) -> None:
    [key] = sim.account.create("notes", updated_at=sim.account.now() + 30 * 365 * 86400, silent=True)
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        await sql("DELETE FROM notes WHERE id = $1", key)
        code, found = await verified(session)
        assert (code, found["notes"].missing) == (Exit.PARTLY, {key})


async def test_a_moment_of_tomorrow_vouches_for_nothing(sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await sql("UPDATE _run SET watermarks = '{}', beat_at = beat_at + interval '5 hours'")
        await sql("UPDATE _resource_state SET succeeded_at = now() + interval '5 hours', "
                  "swept_at = now() + interval '5 hours', loaded_at = loaded_at - interval '2 days'")
        assert await kinds(session, "notes") == {Kind.LATE}
        assert await kinds(session, "tasks") == {Kind.LATE}


async def test_a_request_put_off_while_the_clock_was_ahead_is_followed(sim: Simulator, open_session: Open,
                                                                    sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        key = sim.account.ids("notes")[0]
        sim.account.delete("notes", key, silent=True)
        await sql("INSERT INTO _refetch_queue (kind, resource, key, next_attempt_at) VALUES ('gone', 'notes', $1, "
                  "now() + interval '5 hours')", str(key))
        await cycle(session.context, session.schedule)
        assert await sql("SELECT FROM notes WHERE id = $1", key) == []


async def test_a_server_whose_date_stays_ahead_while_its_stamps_are_right_hides_no_change(
        sim: Simulator, open_session: Open, mirror_database: str) -> None:
    notes = BY_NAME["notes"]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.set_clock(date_offset=2 * 3600)
        for _ in range(3):
            sim.account.touch(2, "notes")
            sim.account.delete("notes", sim.account.ids("notes")[0])
            await cycle(session.context, session.schedule)
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(notes,)) == {}


@pytest.mark.parametrize("what", ["raw = raw || '{\"notes\": \"changed by hand\"}'", "parent_id = 1"])
async def test_a_row_that_was_changed_by_hand_is_found_and_mended(
        what: str, sim: Simulator, open_session: Open, sql: Sql, mirror_database: str) -> None:
    resource = BY_NAME["contacts"]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        before = await sql("SELECT id, raw, parent_id FROM contacts ORDER BY id")
        key = before[0]["id"]
        await sql(f"UPDATE contacts SET {what} WHERE id = $1", key)
        code, found = await verified(session)
        assert (code, key in found["contacts"].different | found["contacts"].extra) == (Exit.PARTLY, True)
        code, found = await verified(session, repair=True)
        assert (code, found["contacts"].mended > 0) == (Exit.OK, True)
        assert await sql("SELECT id, raw, parent_id FROM contacts ORDER BY id") == before
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(resource,)) == {}


async def test_what_was_noted_while_the_clock_was_ahead_goes_with_the_next_success(
        sim: Simulator, open_session: Open, sql: Sql) -> None:
    notes = BY_NAME["notes"]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        await sql("INSERT INTO _problem (resource, activity, why, brief, last_at) "
                  "VALUES ('notes', 'sweep', 'x', 'x', now() + interval '5 hours')")
        await sql("UPDATE _resource_state SET sweep_wanted_at = now() + interval '5 hours' WHERE resource = 'notes'")
        for _ in range(2):
            assert notes in await due_sweeps(session)
            await sweep(session.context, session.schedule, notes, low_priority=True)
        assert await due_sweeps(session) == [], "and a sweep asks for no other"
        assert await kinds(session, "notes") == set()


async def test_payment_sources_of_two_customers_that_go_at_once_are_tombstoned_while_others_still_show_theirs(
        sim: Simulator, open_session: Open, sql: Sql, mirror_database: str) -> None:
    sources = BY_NAME["payment_sources"]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        rows = await sql("SELECT DISTINCT parent_id FROM payment_sources ORDER BY 1")
        assert len(rows) > 2
        gone = {row["parent_id"] for row in rows[:2]}
        await sql("UPDATE payment_sources SET read_at = now() WHERE parent_id = ANY($1::bigint[])", list(gone))
        for row in list(sim.account.tables["payment_sources"].by_id):
            if row.owner in gone:
                sim.account.tables["payment_sources"].remove(row)
        await sweep(session.context, session.schedule, sources, low_priority=True)
        for _ in range(4):
            await refetch(session.context, sources, at_once=True)
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(sources,)) == {}
        assert await kinds(session, "payment_sources") == set()


async def test_a_feed_that_ignores_all_and_gives_the_oldest_first_is_not_taken_for_read(
        sim: Simulator, open_session: Open) -> None:
    spec = RESOURCES["events"]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        object.__setattr__(spec, "sort", "id asc")
        try:
            for name in ("start_date", "sort"):
                sim.faults.add("ignore_param", "^/events$", name=name)
            sim.account.touch(3, "invoices")
            await cycle(session.context, session.schedule)
        finally:
            object.__setattr__(spec, "sort", "id desc")
        assert await kinds(session, "events") != set()


async def test_a_backfill_finds_the_rows_of_a_customer_that_was_merged_without_an_event(
        sim: Simulator, open_session: Open, sql: Sql, mirror_database: str) -> None:
    contacts = BY_NAME["contacts"]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        kept, gone, lost = sim.account.create("customers", 3)
        for parent in (gone, lost):
            sim.account.create("contacts", 4, parent=parent)
        await jobs.backfill(session)
        await sql("UPDATE customers SET read_at = read_at - interval '1 hour'")
        known = set(sim.account.ids("events"))
        sim.account.merge(kept, gone)
        sim.account.delete("customers", lost, silent=True)
        for row in [row for row in sim.account.tables["events"].by_id if row.id not in known]:
            sim.account.tables["events"].remove(row)
        assert await jobs.backfill(session, at_once=True) is Exit.OK
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(contacts,)) == {}


async def test_a_parameter_that_worked_and_is_refused_by_now_has_another_way(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.faults.add("refuse", {"path": "^/subscriptions$", "query": "all=1"}, status=400, name="Invalid parameter")
        for _ in range(2):
            sim.account.touch(2, "subscriptions")
            await cycle(session.context, session.schedule)
            await sql("UPDATE _refetch_queue SET next_attempt_at = now()")
        await cycle(session.context, session.schedule)
        assert await kinds(session, "subscriptions") == set()
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME["subscriptions"],)) == {}


@pytest.mark.parametrize("told", [True, False], ids=["told", "silently"])
async def test_payment_sources_that_all_go_at_once_are_tombstoned_if_events_tell_of_each_and_else_wait_for_a_person(
        told: bool, sim: Simulator, open_session: Open, mirror_database: str) -> None:
    """They have no path of their own, and no list shows any: only the account's own word tells."""
    sources = BY_NAME["payment_sources"]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        for key in sim.account.ids("payment_sources"):
            sim.account.delete("payment_sources", key, silent=not told, hard=True)
        sim.account.flush()
        await one_cycle(session)
        await sweep(session.context, session.schedule, sources, low_priority=True)
        for _ in range(4):
            await refetch(session.context, sources, at_once=True)
        equal = await differences(sim.url, sim.api_key, mirror_database, resources=(sources,)) == {}
        assert equal is told
        assert (await kinds(session, "payment_sources") == set()) is told
