"""The only writer, against real Postgres: one transaction a page, compare-and-set, the later question wins."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync_daemon.errors import Exit, RetryLater, Stopped
from sync_daemon.model.cursor import Cursor, LostRace
from sync_daemon.model.records import Record, Reject, read
from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.model.resources import BY_NAME
from sync_daemon.postgres.store import Batch, Store
from sync_daemon.runtime import jobs, lifecycle
from sync_daemon.simulator import Simulator
from sync_daemon.sync.event_feed import LONG_AGO
from tests.conftest import Sql, on_both_postgres, settings_for
from tests.support.opened import opened
from tests.support.program import until

pytestmark = on_both_postgres

INVOICES, EVENTS = BY_NAME["invoices"], BY_NAME["events"]
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def row(key: int, second: float = 0, **fields: object) -> Record:
    return read(INVOICES, json.dumps({"id": key, "updated_at": 5} | fields).encode(), at(second))


def batch(*records: Record, second: float | None = None, rejects: Sequence[Reject] = ()) -> Batch:
    return Batch(INVOICES, records[0].read_at if second is None else at(second), records, rejects)


@pytest.fixture
async def store(mirror_database: str) -> AsyncIterator[Store]:
    async with opened(mirror_database) as store:
        yield store


async def held(sql: Sql) -> dict[int, Any]:
    return {one["id"]: json.loads(one["raw"]) for one in await sql("SELECT id, raw FROM invoices")}


async def tombstones(sql: Sql) -> list[tuple[str, bool]]:
    rows = await sql("SELECT key, returned_at IS NULL AS gone FROM _deleted ORDER BY id")
    return [(one["key"], one["gone"]) for one in rows]


# -- rows and cursor


async def test_rows_and_cursor_are_committed_together(store: Store, sql: Sql) -> None:
    lane = await store.checkpoints.lane(INVOICES, "", 1, cursor=Cursor(-1))
    stored, moved = await store.commit(batch(row(1), row(2)), lane, Cursor(5, 2, 2))
    assert moved is not None
    assert (set(stored.keys), stored.seen) == ({1, 2}, 2)
    assert (moved.cursor, moved.version) == (Cursor(5, 2, 2), lane.version + 1)
    assert await store.checkpoints.lanes(INVOICES) == [replace(moved, began_at=lane.began_at)]


async def test_a_page_whose_cursor_can_not_move_leaves_nothing_behind(store: Store, sql: Sql) -> None:
    lane = await store.checkpoints.lane(INVOICES, "", 1, cursor=Cursor(-1))
    await store.commit(batch(row(1)), lane, Cursor(5, 1, 1))
    page = batch(row(1, 9, total=7), row(2, 9), second=9, rejects=[Reject(b"{", "broken")])
    with pytest.raises(LostRace):
        await store.commit(page, lane, Cursor(5, 2, 2), requests=lambda keys: [RefetchRequest("gone", "tasks", "1")])
    assert await held(sql) == {1: {"id": 1, "updated_at": 5}}
    assert await sql("SELECT FROM _rejected") == await sql("SELECT FROM _refetch_queue") == []


async def test_of_two_processes_on_one_lane_one_wins_each_step(mirror_database: str, store: Store, sql: Sql) -> None:
    lane = await store.checkpoints.lane(INVOICES, "", 1, cursor=Cursor(-1))
    async with opened(mirror_database) as other:
        outcomes = await asyncio.gather(*(one.commit(batch(row(number)), lane, Cursor(5, number, 1))
                                          for number, one in enumerate((store, other, store, other), 1)),
                                        return_exceptions=True)
    lost = [one for one in outcomes if isinstance(one, LostRace)]
    assert len(lost) == 3
    assert len(await held(sql)) == 1


async def test_a_restarted_lane_throws_the_old_walker_out(store: Store) -> None:
    lane = await store.checkpoints.lane(INVOICES, "", 1, cursor=Cursor(-1))
    again = await store.checkpoints.restart(lane, Cursor(-2), at(0))
    assert (again.done, again.cursor) == (False, Cursor(-2))
    for act in (store.commit(batch(row(1)), lane, Cursor(5)), store.checkpoints.restart(lane, Cursor(1), at(0)),
                store.checkpoints.finish(lane, await store.server_start())):
        with pytest.raises(LostRace):
            await act


# -- unchanged rows


async def test_unchanged_rows_are_not_touched_locked_or_logged(store: Store, sql: Sql) -> None:
    rows = [row(key, notes="n" * 500) for key in range(1, 101)]
    await store.commit(batch(*rows))
    before = await sql("SELECT id, ctid::text, xmin::text, xmax::text, read_at FROM invoices ORDER BY id")
    [start] = await sql("SELECT pg_current_wal_insert_lsn() AS lsn, pg_current_xact_id()::text AS xid")
    stored, _ = await store.commit(batch(*(replace(one, read_at=at(60)) for one in rows)))
    [end] = await sql("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1) AS bytes, "
                      "pg_current_xact_id()::text::bigint AS xid", start["lsn"])
    assert (stored.keys, stored.seen) == (frozenset(), 100)
    assert await sql("SELECT id, ctid::text, xmin::text, xmax::text, read_at FROM invoices ORDER BY id") == before
    assert end["bytes"] < 1000
    assert end["xid"] == int(start["xid"]) + 1  # that was our own question


async def test_one_changed_row_leaves_its_neighbours_alone(store: Store, sql: Sql) -> None:
    await store.commit(batch(*(row(key) for key in range(1, 101))))
    before = {one["id"]: one for one in await sql("SELECT id, ctid::text, xmax::text FROM invoices")}
    page = [row(key, 60, **({"total": 5} if key == 50 else {})) for key in range(1, 101)]
    stored, _ = await store.commit(batch(*page))
    assert stored.keys == {50}
    after = {one["id"]: one for one in await sql("SELECT id, ctid::text, xmax::text FROM invoices")}
    assert [key for key in before if before[key] != after[key]] == [50]


# -- which copy wins


async def test_an_earlier_question_never_replaces_a_later_one(store: Store, sql: Sql) -> None:
    await store.commit(batch(row(1, 10, v="new")))
    stored, _ = await store.commit(batch(row(1, 9, v="old", updated_at=99)))
    assert (await held(sql))[1]["v"] == "new"
    assert stored.keys == frozenset()
    await store.commit(batch(row(1, 10, v="newcomer")))
    await store.commit(batch(row(1, 11, v="newest", updated_at=1)))  # updated_at may go back
    assert (await held(sql))[1]["v"] == "newest"


async def test_one_key_twice_in_a_batch_ends_as_the_later_question_says(store: Store, sql: Sql) -> None:
    await store.commit(batch(row(1, 5, v="a"), row(1, 5, v="b")))
    assert (await held(sql))[1]["v"] == "b"
    # lists of two parents, asked side by side: what was asked later is true, wherever it stands in the batch
    await store.commit(Batch(INVOICES, at(6), [row(1, 8, v="later"), row(1, 6, v="earlier")]))
    assert (await held(sql))[1]["v"] == "later"


async def test_an_older_page_brings_no_ghost_back_and_a_later_one_brings_the_row(store: Store, sql: Sql) -> None:
    await store.commit(batch(row(1, 1), row(2, 1)))
    assert await store.tombstone(INVOICES, {1: at(10), 7: at(10)}, "404", most=50) == [1]
    await store.commit(batch(row(1, 9, v="ghost"), row(2, 9, v=2)))
    assert (await held(sql)).keys() == {2}
    assert await tombstones(sql) == [("1", True)]
    await store.commit(batch(row(1, 11, v="back")))
    assert (await held(sql))[1]["v"] == "back"
    assert await tombstones(sql) == [("1", False)]
    assert await store.tombstone(INVOICES, {1: at(12)}, "404 again", most=50) == [1]
    assert await tombstones(sql) == [("1", False), ("1", True)]


async def test_a_row_read_after_the_404_is_not_tombstoned(store: Store, sql: Sql) -> None:
    await store.commit(batch(row(1, 20)))
    assert await store.tombstone(INVOICES, {1: at(10)}, "404", most=50) == []
    assert (await held(sql)).keys() == {1}
    assert await tombstones(sql) == []


async def test_a_view_shows_the_tombstoned_rows_with_a_mark(store: Store, sql: Sql) -> None:
    await store.commit(batch(row(1, 1, number="INV-1"), row(2, 1, number="INV-2")))
    await store.tombstone(INVOICES, {1: at(10)}, "404", most=50)
    rows = await sql("SELECT id, number, deleted_evidence FROM invoices_with_deleted ORDER BY id")
    assert [tuple(one) for one in rows] == [(1, "INV-1", "404"), (2, "INV-2", None)]


Op = tuple[str, int]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Op], list[Op]]:
    """What happens at the source, second by second, and the questions with the order in which answers are committed.

    A source: versions come, and the row may go and come again. A question sees what there is in its second.
    """
    source = draw(st.lists(st.sampled_from(["write", "write", "delete"]), min_size=1, max_size=4))
    questions = draw(st.lists(st.tuples(st.sampled_from(["read", "read", "confirm"]), st.integers(0, len(source))),
                              min_size=1, max_size=4))
    return [(what, second) for second, what in enumerate(source)], draw(st.permutations(questions))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
async def test_any_interleaving_of_reads_and_deletes_ends_in_the_newest_state(
        store: Store, case: tuple[list[Op], list[Op]]) -> None:
    """The state of the latest question, whatever came first; nothing before the row was first seen counts."""
    source, answers = case
    states: list[int | None] = [None]
    for what, second in source:
        states.append(second + 1 if what == "write" else None)
    first = next((second for second, state in enumerate(states) if state is not None), None)
    if first is None:
        return
    await store.pool.execute("TRUNCATE invoiced.invoices, invoiced._deleted")
    await store.commit(batch(row(1, first * 10 - 5, v=0)))
    latest: int = -1
    newest: int | None = 0
    for what, second in answers:
        moment, state = second * 10 + (what == "confirm"), states[second]
        if second < first or (what == "read") != (state is not None):
            continue  # a read shows what is there, only an absent row gives a 404
        if what == "read":
            await store.commit(batch(row(1, moment, v=state)))
        else:
            await store.tombstone(INVOICES, {1: at(moment)}, "404", most=50)
        if moment >= latest:
            latest, newest = moment, state
    found = await store.pool.fetchval("SELECT raw ->> 'v' FROM invoiced.invoices")
    assert (None if found is None else int(found)) == newest


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(["empty", "full", "late"]))
async def test_an_empty_snapshot_never_replaces_a_full_one(store: Store, order: list[str]) -> None:
    full = read(EVENTS, b'{"id":1,"timestamp":5,"data":{"object":{"id":9}}}', at(5))
    empty = replace(read(EVENTS, b'{"id":1,"timestamp":5,"data":{"object":{}}}', at(9)), read_at=LONG_AGO)
    late = replace(read(EVENTS, b'{"id":1,"timestamp":5,"data":{"object":[]}}', at(7)), read_at=LONG_AGO)
    await store.pool.execute("TRUNCATE invoiced.events")
    for name in order:
        record = {"empty": empty, "full": full, "late": late}[name]
        await store.commit(Batch(EVENTS, record.read_at, [record]))
    assert json.loads(await store.pool.fetchval("SELECT raw FROM invoiced.events")) == json.loads(full.text)


# -- what Postgres refuses


async def test_a_refused_record_goes_aside_whole_and_its_neighbours_are_stored(store: Store, sql: Sql) -> None:
    bad = row(2, 1)
    bad = replace(bad, text=bad.text[:-1] + b',"x":1e999999}', raw=b"as received \x00\xff", hash=b"h" * 16)
    lane = await store.checkpoints.lane(INVOICES, "", 1, cursor=Cursor(-1))
    stored, moved = await store.commit(batch(row(1, 1), bad, row(3, 1)), lane, Cursor(5, 3, 3))
    assert (await held(sql)).keys() == {1, 3}
    assert (set(stored.keys), stored.rejected) == ({1, 3}, 1)
    assert moved is not None
    assert moved.cursor == Cursor(5, 3, 3)
    [one] = await sql("SELECT * FROM _rejected")
    assert (one["resource"], one["key"], one["body"], one["times"]) == ("invoices", "2", b"as received \x00\xff", 1)
    assert "overflow" in one["reason"]
    await store.commit(batch(bad))
    assert [tuple(one) for one in await sql("SELECT times FROM _rejected")] == [(2,)]


async def test_what_was_rejected_leaves_when_it_is_stored_later(store: Store, sql: Sql) -> None:
    bad = replace(row(2, 5), text='{"id":2,"x":1e999999}')
    await store.commit(batch(bad))
    await store.commit(batch(row(2, 4)))  # an older version proves nothing
    assert len(await sql("SELECT FROM _rejected")) == 1
    await store.commit(batch(row(2, 6, total=1)))
    assert await sql("SELECT FROM _rejected") == []


async def test_of_refused_records_so_many_are_kept_whole_and_all_are_counted(store: Store, sql: Sql) -> None:
    """A list that is broken, or hostile, can't fill the disk."""
    whole = "SELECT body FROM _rejected WHERE resource = 'invoices' AND body <> '' ORDER BY last_at DESC, body"
    for page in range(11):
        refused = [Reject(b"%d of page %02d" % (number, page), "odd", None) for number in range(100)]
        await store.commit(batch(row(1), rejects=refused))
    kept = {bytes(one["body"]) for one in await sql(whole)}
    assert len(kept) == 1000
    assert {body[-2:] for body in kept} == {b"%02d" % page for page in range(1, 11)}, "the latest"
    counted = await store.state.rejected_counts()
    assert counted == {"invoices": 1100}
    await store.commit(batch(row(1), rejects=[Reject(b"0 of page 00", "odd", None)]))
    assert bytes((await sql(whole))[0]["body"]) == b"0 of page 00", "what comes again is kept whole again"
    assert len(await sql(whole)) == 1000
    for letter in b"abcd":
        await store.commit(batch(row(1), rejects=[Reject(bytes([letter]) * 6_000_000, "large", None)]))
    assert [bytes(one["body"][:1]) for one in await sql(whole)] == [b"d", b"c"]
    await store.commit(batch(row(1), rejects=[Reject(b"e" * 20_000_000, "huge", None)]))
    assert [bytes(one["body"][:1]) for one in await sql(whole)] == [b"e"]


async def test_a_key_that_fits_no_index_is_rejected_too(store: Store, sql: Sql) -> None:
    sources = BY_NAME["payment_sources"]
    name = "".join(chr(0x4e00 + i * 37 % 20_000) for i in range(9_000))
    bad = read(sources, json.dumps({"object": name, "id": 1}).encode(), at(1))
    good = read(sources, b'{"object":"card","id":1}', at(1))
    stored, _ = await store.commit(Batch(sources, at(1), [bad, good]))
    assert (set(stored.keys), stored.rejected) == ({"card:1"}, 1)


# -- several writers


async def test_a_deadlock_is_repeated(mirror_database: str, store: Store, sql: Sql) -> None:
    """Another transaction takes the rows in the other order, as no writer of ours does."""
    await store.commit(batch(row(1), row(2)))
    other = await asyncpg.connect(mirror_database)
    try:
        async with other.transaction():
            await other.execute("SET LOCAL deadlock_timeout = '10s'")  # ours is the one to notice
            await other.execute("SELECT FROM invoiced.invoices WHERE id = 2 FOR UPDATE")
            writing = asyncio.create_task(store.commit(batch(row(1, 9, v=1), row(2, 9, v=2))))
            await until_waiting(sql)
            await other.execute("SELECT FROM invoiced.invoices WHERE id = 1 FOR UPDATE")
        await writing
    finally:
        await other.close()
    assert {key: one["v"] for key, one in (await held(sql)).items()} == {1: 1, 2: 2}


async def until_waiting(sql: Sql, backends: int = 1) -> None:
    """Until so many of the database's connections wait for a lock."""
    async with asyncio.timeout(20):
        while True:
            [one] = await sql("SELECT count(*) AS n FROM pg_stat_activity "
                              "WHERE wait_event_type = 'Lock' AND datname = current_database()")
            if one["n"] >= backends:
                return
            await asyncio.sleep(0.02)


async def test_a_page_in_flight_and_a_burial_leave_no_ghost(mirror_database: str, store: Store, sql: Sql) -> None:
    """The older page is on its way when the row is buried: whoever comes second sees what the first one did."""
    async with opened(mirror_database) as other:
        for number in range(1, 13):
            await store.commit(batch(row(number, 1)))
            late = row(number, 5, v="older than the 404")
            await asyncio.gather(other.commit(batch(late)), store.tombstone(INVOICES, {number: at(10)}, "404", most=50))
    assert await held(sql) == {}
    assert len(await tombstones(sql)) == 12


async def test_a_burial_waits_for_the_page_that_came_first(mirror_database: str, store: Store, sql: Sql) -> None:
    await store.commit(batch(row(1, 1)))
    async with opened(mirror_database) as other:
        blocker = await asyncpg.connect(mirror_database)
        try:
            async with blocker.transaction():
                await blocker.execute("SELECT FROM invoiced.invoices WHERE id = 1 FOR UPDATE")
                page = asyncio.create_task(other.commit(batch(row(1, 5, v=5))))
                await until_waiting(sql)
                burial = asyncio.create_task(store.tombstone(INVOICES, {1: at(10)}, "404", most=50))
                await until_waiting(sql, 2)
            await page
            assert await burial == [1]
        finally:
            await blocker.close()
    [one] = await sql("SELECT raw FROM _deleted")
    assert json.loads(one["raw"])["v"] == 5


async def test_two_writers_of_the_same_rows_in_any_order_never_fail(mirror_database: str, store: Store,
                                                                    sql: Sql) -> None:
    async with opened(mirror_database) as other:
        for turn in range(10):
            pages = [batch(*(row(key, turn * 2 + number, v=(turn, number)) for key in keys))
                     for number, keys in enumerate((range(1, 60), range(59, 0, -1)))]
            await asyncio.gather(store.commit(pages[0]), other.commit(pages[1]))
            assert {tuple(one["v"]) for one in (await held(sql)).values()} == {(turn, 1)}


async def test_a_cut_connection_costs_nothing_and_a_stop_wakes_the_wait(mirror_database: str, sql: Sql) -> None:
    stop = asyncio.Event()
    async with opened(mirror_database, stop) as store:
        lane = await store.checkpoints.lane(INVOICES, "", 1, cursor=Cursor(-1))
        await sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                  "WHERE datname = current_database() AND pid <> pg_backend_pid()")
        _, moved = await store.commit(batch(row(1)), lane, Cursor(5, 1, 1))
        assert moved is not None
        assert (await held(sql)).keys() == {1}
        tries = 0

        async def away(_connection: object) -> None:
            nonlocal tries
            tries += 1
            if tries == 3:
                stop.set()
            raise asyncpg.ConnectionDoesNotExistError("gone")

        with pytest.raises(Stopped):
            await store.transact(away)


async def test_a_database_that_stays_away_is_told_in_one_sentence(store: Store) -> None:
    store.patience = 0.0

    async def away(_connection: object) -> None:
        raise asyncpg.CannotConnectNowError("the database system is starting up")

    with pytest.raises(RetryLater, match=r"The database is away: the database system is starting up\."):
        await store.transact(away)


@pytest.mark.parametrize(("how", "said"), [
    ("statement_timeout", "due to statement timeout"), ("lock_timeout", "due to lock timeout"),
    ("pg_cancel_backend", "due to user request")])
async def test_a_statement_that_is_always_ended_fails_by_name_and_is_no_outage(
        how: str, said: str, mirror_database: str, sql: Sql, logged: list[Any]) -> None:
    timeout = "" if how == "pg_cancel_backend" else f"&options=-c%20{how}%3D200"
    holder = await asyncpg.connect(mirror_database)

    async def cancel() -> None:
        while True:
            await sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                      "AND datname = current_database()")
            await asyncio.sleep(0.01)

    async with opened(mirror_database + timeout) as store:
        async with holder.transaction():
            await holder.execute("LOCK TABLE invoiced.invoices IN EXCLUSIVE MODE")
            cancelling = asyncio.create_task(cancel() if how == "pg_cancel_backend" else asyncio.sleep(0))
            with pytest.raises(RetryLater, match=f"ended a statement before .* {said}") as caught:
                await store.commit(batch(row(1)))
            cancelling.cancel()
        assert "statement_timeout" in caught.value.hint
        assert (store.outages, store.away) == (0, False)
        assert not [line for line in logged if line["event"] == "database.unavailable"]
        await store.commit(batch(row(1)))
    await holder.close()
    assert (await held(sql)).keys() == {1}


async def test_a_statement_that_is_ended_once_is_simply_given_again(mirror_database: str, sql: Sql) -> None:
    holder = await asyncpg.connect(mirror_database)
    waiting = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    async with opened(mirror_database) as store:
        await holder.execute("BEGIN; LOCK TABLE invoiced.invoices IN EXCLUSIVE MODE")
        committing = asyncio.create_task(store.commit(batch(row(1))))
        (once,) = await until(lambda: sql(f"SELECT query_start, pg_cancel_backend(pid) {waiting}"), "it is ended once")
        await until(lambda: sql(f"SELECT {waiting} AND query_start > $1", once[0]), "it is given again")
        await holder.execute("ROLLBACK")
        await committing
    await holder.close()
    assert (await held(sql)).keys() == {1}


async def test_a_resource_whose_statements_are_always_ended_fails_and_the_others_go_on(
        mirror_database: str, sim: Simulator, logged: list[Any]) -> None:
    holder = await asyncpg.connect(mirror_database)
    settings = settings_for(sim, mirror_database + "&options=-c%20lock_timeout%3D100", sync_resources="notes,items")
    async with holder.transaction():
        await holder.execute("LOCK TABLE invoiced.notes IN EXCLUSIVE MODE")
        assert await lifecycle.supervise(settings, "backfill", jobs.backfill) is Exit.PARTLY
    await holder.close()
    (failed,) = {(line["resource"], line["why"]) for line in logged if line["event"] == "resource.failed"}
    assert failed[0] == "notes"
    assert "lock timeout" in failed[1]
    assert not [line for line in logged if line["event"] == "database.unavailable"]
    assert await lifecycle.supervise(settings, "backfill", jobs.backfill) is Exit.OK
