"""What is not settled is never called equal: emptied lists, rows of the future, records that can't be read, merges,
the repeated hour, fields that don't fit."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME
from sync_daemon.monitoring.problems import Kind
from sync_daemon.monitoring.resource_status import read_statuses
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.sync import cycle
from sync_daemon.sync.full_sweep import sweep
from sync_daemon.sync.refetch import refetch
from sync_daemon.sync.row_count import missing
from sync_daemon.tuning import Patience, Tuning
from tests.conftest import IMPATIENT, Open, Simulate, Sql
from tests.support.comparing import differences, in_mirror
from tests.support.state import kinds, verified

SHORT = Tuning(patience=Patience(2, 0.0), longest_wait=0.01, refusals_apart=0.0, listings_apart=0.0, empty_apart=0.0)
CHOSEN = "customers,contacts,payment_sources,pending_line_items,notes,tasks,invoices,items,bundles,charges,events"


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=60, sizes={"notes": 30, "tasks": 20, "customers": 12, "contacts": 20, "items": 9},
                        event_delay=0.0, dense={}) as sim:
        yield sim


@pytest.fixture
def tuning() -> Tuning:
    return IMPATIENT


def empty(sim: Simulator, name: str) -> None:
    for row in list(sim.account.tables[name].by_id):
        sim.account.tables[name].remove(row)


# Emptied lists.


@pytest.mark.parametrize("name", ["notes", "tasks", "items", "bundles"])
async def test_when_the_last_rows_of_a_list_go_the_mirror_follows(name: str, sim: Simulator, open_session: Open,
                                                                 mirror_database: str, sql: Sql) -> None:
    resource = BY_NAME[name]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        await sql(f"UPDATE {name} SET read_at = read_at - interval '1 hour'")
        empty(sim, name)
        code, found = await verified(session)
        assert code is Exit.PARTLY
        assert found[name].extra | found[name].unsettled, "they are seen"
        await sweep(session.context, session.schedule, resource, low_priority=True)
        for _ in range(3):
            await refetch(session.context, resource, at_once=True)
        assert await in_mirror(mirror_database, resource) == {}
        code, found = await verified(session)
        assert (code, found[name].state) == (Exit.OK, "compared")


async def test_an_empty_listing_alone_is_not_settled_and_buries_nothing(sim: Simulator, open_session: Open, sql: Sql,
                                                                        mirror_database: str) -> None:
    async with open_session(sim, tuning=Tuning(patience=Patience(2, 0.0)), sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        before = await in_mirror(mirror_database, BY_NAME["items"])
        await sql("UPDATE items SET read_at = read_at - interval '1 hour'")
        sim.faults.add("empty", "^/items$")
        code, found = await verified(session)
        assert code is Exit.PARTLY
        assert len(found["items"].unsettled) == len(before)
        assert Kind.UNSETTLED in await kinds(session, "items")
        await sweep(session.context, session.schedule, BY_NAME["items"], low_priority=True)
        await refetch(session.context, BY_NAME["items"], at_once=True)
        sim.faults.clear()
        await refetch(session.context, BY_NAME["items"], at_once=True)
        assert await in_mirror(mirror_database, BY_NAME["items"]) == before
        assert await sql("SELECT FROM _refetch_queue") == []
        assert (await verified(session))[0] is Exit.OK


@pytest.mark.parametrize("years", [1, 30])
async def test_a_row_stamped_years_ahead_that_is_gone_is_seen_by_sweep_and_verify(
        years: int, sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    [key] = sim.account.create("notes", updated_at=sim.account.now() + years * 365 * 86400, silent=True)
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.account.delete("notes", key, silent=True)
        code, found = await verified(session)
        assert (code, found["notes"].extra) == (Exit.PARTLY, {key})
        await sweep(session.context, session.schedule, BY_NAME["notes"], low_priority=True)
        await cycle.cycle(session.context, session.schedule)
        assert [row["key"] for row in await sql("SELECT key FROM _deleted")] == [str(key)]
        assert (await verified(session))[0] is Exit.OK


# What verify says.


async def test_verify_of_what_was_never_loaded_says_so_and_writes_nothing(sim: Simulator, open_session: Open,
                                                                         sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        code, found = await verified(session)
        assert code is Exit.PARTLY
        assert {one.state for one in found.values()} == {"not loaded"}
        for name in ("customers", "notes", "events"):
            assert await sql(f"SELECT FROM {name}") == []


async def test_verify_without_repair_writes_no_row_of_the_mirror(sim: Simulator, open_session: Open, sql: Sql,
                                                                 mirror_database: str) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.account.touch(3, "notes")
        sim.account.create("tasks", 2)
        empty(sim, "bundles")
        before = {one.name: await in_mirror(mirror_database, one) for one in session.schedule.resources}
        [lsn] = await sql("SELECT pg_current_wal_insert_lsn() AS lsn")
        await verified(session)
        [after] = await sql("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1) AS bytes", lsn["lsn"])
        assert {one.name: await in_mirror(mirror_database, one) for one in session.schedule.resources} == before
        assert await sql("SELECT FROM _refetch_queue") == []
        assert after["bytes"] < 60_000  # the bookkeeping of the verification


async def test_what_changed_since_the_mirror_read_it_is_left_out_and_told(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.set_clock(advance=10)
        sim.account.touch(5, "notes")
        code, found = await verified(session)
        assert code is Exit.OK
        assert (found["notes"].count, found["notes"].newer > 0) == (0, True)


async def test_a_record_that_can_not_be_read_is_counted_and_never_equal(sim: Simulator, open_session: Open, sql: Sql,
                                                                        mirror_database: str) -> None:
    key = 9_999_999
    sim.account.raw("notes", "{}", key=key, updated_at=1_700_000_000)
    sim.account.tables["notes"].found[key].raw = f'{{"id": {key}, "updated_at": 1700000000, "x": NaN}}'.encode()
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.PARTLY
        assert [row["key"] for row in await sql("SELECT key FROM _rejected")] == [str(key)]
        code, found = await verified(session)
        assert (code, len(found["notes"].rejected)) == (Exit.PARTLY, 1)
        # mended at the source it is rejected no more, as soon as it is polled
        sim.account.raw("notes", f'{{"id": {key}, "updated_at": {sim.account.now()}}}', key=key, replace=True)
        await cycle.cycle(session.context, session.schedule)
        assert await kinds(session, "notes") == set()
        assert str(key) in await in_mirror(mirror_database, BY_NAME["notes"])


async def test_a_rejected_record_hides_no_missing_row(sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        stored, lost = sim.account.ids("charges")[:2]
        await sql("INSERT INTO _rejected (resource, hash, key, reason, body, read_at) "
                  "VALUES ('charges', 'x', $1, '', '', now())", str(stored))  # a later version of a row that is here
        await sql("DELETE FROM charges WHERE id = $1", lost)
        sim.faults.add("ignore_param", "^/charges$", name="advanced_filter")
        assert await missing(session.context, session.schedule, BY_NAME["charges"]) == 0, "it was looked for, and read"
        assert await sql("SELECT FROM charges WHERE id = $1", lost) != []


# Fields that don't fit.


async def test_a_field_that_does_not_fit_its_column_is_counted_named_and_goes_when_it_fits_again(
        sim: Simulator, open_session: Open, sql: Sql) -> None:
    keys = sim.account.ids("invoices")[:3]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await sql("SELECT FROM _misfit") == []
        for key in keys:
            sim.account.update("invoices", key, {"total": "1021.00"})
        sim.account.update("invoices", keys[0], {"number": {"id": 5}, "notes": None})
        await cycle.cycle(session.context, session.schedule)
        assert await kinds(session, "invoices") == {Kind.MISFITS}
        [one] = [one for one in await read_statuses(session.context.store, session.settings)
                 if one.resource == "invoices"]
        assert list(one.misfits) == [("number:object", 1), ("total:string", 3)]
        said = [problem.sentence for problem in one.problems(0.0)]
        assert "invoices.total: came as text, 3 rows" in said
        for key in keys:
            sim.account.update("invoices", key, {"total": 1021})
        sim.account.update("invoices", keys[0], {"number": "INV-5"})
        await cycle.cycle(session.context, session.schedule)
        assert await kinds(session, "invoices") == set()


async def test_what_means_none_or_comes_as_either_of_two_kinds_fits(sim: Simulator, open_session: Open,
                                                                    sql: Sql) -> None:
    """The source's zero date 0000-00-00 is far before the year 1; days until due come as number or text."""
    invoice, terms = sim.account.ids("invoices")[0], sim.account.ids("payment_terms")[0]
    chosen = f"{CHOSEN},payment_terms"
    async with open_session(sim, tuning=SHORT, sync_resources=chosen) as session:
        assert await jobs.backfill(session) is Exit.OK
        sim.account.update("invoices", invoice, {"due_date": -62169984000, "number": "9" * 3000})
        sim.account.update("payment_terms", terms, {"due_in_days": 30})
        await cycle.cycle(session.context, session.schedule)
        assert await kinds(session, "invoices") == set()
        [row] = await sql("SELECT due_date, number FROM invoices WHERE id = $1", invoice)
        assert (row["due_date"], row["number"]) == (None, "9" * 3000)
        sim.account.update("invoices", invoice, {"due_date": "0000-00-00"})
        await cycle.cycle(session.context, session.schedule)
        assert await kinds(session, "invoices") == {Kind.MISFITS}


# Merges.


@pytest.mark.parametrize("broken", [False, True], ids=["all answer", "the last one's list fails for a while"])
async def test_chained_merges_tombstone_nothing_that_only_moved(
        broken: bool, sim: Simulator, open_session: Open, sql: Sql, mirror_database: str) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        first, second, third = sim.account.create("customers", 3)
        moved = {}
        for name in ("contacts", "payment_sources", "pending_line_items"):
            moved[name] = sim.account.create(name, 3, parent=first)
        await jobs.backfill(session)
        await sql("CREATE TABLE public.tombs AS SELECT * FROM _deleted")
        await sql("CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS "
                  "$$ BEGIN INSERT INTO public.tombs SELECT NEW.*; RETURN NULL; END $$")
        await sql("CREATE TRIGGER note AFTER INSERT ON _deleted FOR EACH ROW EXECUTE FUNCTION public.note()")
        sim.account.merge(second, first)
        sim.account.merge(third, second)
        if broken:
            sim.faults.add("status", f"^/customers/{third}/", status=500)
        for _ in range(3):
            await cycle.cycle(session.context, session.schedule)
            await sql("UPDATE _refetch_queue SET next_attempt_at = now()")
        sim.faults.clear()
        for _ in range(3):
            await cycle.cycle(session.context, session.schedule)
            await sql("UPDATE _refetch_queue SET next_attempt_at = now()")
        for name in moved:
            assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME[name],)) == {}, name
        tombstoned = await sql("SELECT resource, key FROM public.tombs")
        assert {tuple(row) for row in tombstoned} == {("customers", str(first)), ("customers", str(second))}


async def test_a_merge_of_which_no_event_tells_buries_nothing_before_all_lists_were_searched(
        sim: Simulator, open_session: Open, sql: Sql, mirror_database: str) -> None:
    contacts = BY_NAME["contacts"]
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        kept, gone = sim.account.create("customers", 2)
        sim.account.create("contacts", 4, parent=gone)
        await jobs.backfill(session)
        known = set(sim.account.ids("events"))
        sim.account.merge(kept, gone)
        for row in [row for row in sim.account.tables["events"].by_id if row.id not in known]:
            sim.account.tables["events"].remove(row)  # lost, as events may be
        await sweep(session.context, session.schedule, BY_NAME["customers"], low_priority=True)
        await cycle.cycle(session.context, session.schedule)
        await refetch(session.context, contacts, at_once=True)
        assert await sql("SELECT FROM _deleted WHERE resource = 'contacts'") == []
        for _ in range(2):
            await sweep(session.context, session.schedule, contacts, low_priority=True)
            await refetch(session.context, contacts, at_once=True)
        assert await sql("SELECT FROM _deleted WHERE resource = 'contacts'") == []
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(contacts,)) == {}


# What an event tells is right within one cycle.


@pytest.mark.parametrize("filters", [True, False], ids=["by the filter on the id", "by value"])
async def test_rows_stamped_an_hour_early_are_right_after_one_cycle_if_an_event_tells_of_them(
        filters: bool, sim: Simulator, open_session: Open, mirror_database: str) -> None:
    if not filters:
        sim.faults.add("refuse", {"path": "^/notes$", "query": "advanced_filter"}, status=400, name="Invalid filter")
    async with open_session(sim, tuning=SHORT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        for key in sim.account.ids("notes")[:4]:
            sim.account.update("notes", key, {"notes": "the hour repeats itself"},
                               updated_at=sim.account.now() - 3600 - key % 7)
        await cycle.cycle(session.context, session.schedule)
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME["notes"],)) == {}


async def test_what_a_poll_has_shown_is_not_asked_for_again(sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources="customers,invoices,events") as session:
        await jobs.backfill(session)
        sim.stats.reset()
        sim.account.touch(40, "invoices")
        await cycle.cycle(session.context, session.schedule)
        assert sim.stats.requests <= 4
        sim.set_delays(event=0.0)
        await cycle.cycle(session.context, session.schedule)
        assert sim.stats.requests <= 8
        assert await sql("SELECT FROM _refetch_queue") == []


async def test_an_event_that_comes_after_the_poll_costs_nothing(sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, tuning=SHORT, sync_resources="customers,invoices,events") as session:
        await jobs.backfill(session)
        sim.set_delays(event=3600.0)
        sim.account.touch(10, "invoices")
        await cycle.cycle(session.context, session.schedule)
        sim.account.flush()
        sim.stats.reset()
        await cycle.cycle(session.context, session.schedule)
        assert sim.stats.requests == 3
        assert await sql("SELECT FROM _refetch_queue") == []


async def test_sixty_charges_of_a_long_list_are_asked_for_one_by_one(simulate: Simulate, open_session: Open,
                                                                     mirror_database: str) -> None:
    async with simulate(objects=60, sizes={"charges": 9_000, "customers": 5}, event_delay=0.0, dense={}) as sim, \
            open_session(sim, tuning=SHORT, sync_resources="charges,events") as session:
        await jobs.backfill(session)
        sim.account.create("charges", 60)
        sim.stats.reset()
        await cycle.cycle(session.context, session.schedule)
        assert sim.stats.requests <= 70
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME["charges"],)) == {}


async def test_a_server_without_a_clock_is_told_and_costs_a_request_a_list(
        simulate: Simulate, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with simulate(objects=60, sizes={"invoices": 700, "customers": 5}, dense={}) as sim:
        sim.faults.add("no_date")
        async with open_session(sim, tuning=SHORT, sync_resources="customers,invoices") as session:
            await jobs.backfill(session)
            await cycle.cycle(session.context, session.schedule)
            sim.account.touch(5, "invoices")
            sim.stats.reset()
            await cycle.cycle(session.context, session.schedule)
            assert sim.stats.requests <= 4
            assert await differences(sim.url, sim.api_key, mirror_database,
                                     resources=session.settings.resources) == {}
            [problem] = await sql("SELECT resource, activity FROM _problem")
            assert tuple(problem) == ("*", "clock")
            sim.faults.clear()
            await cycle.cycle(session.context, session.schedule)
            await cycle.cycle(session.context, session.schedule)
            assert await sql("SELECT FROM _problem") == []
