"""Deleting safely: a 404 on the object itself while others answer, never absence, never many at once by themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, MutableMapping
from dataclasses import replace
from typing import Any

import pytest

from sync_daemon.apply.deletes import Existence, confirm
from sync_daemon.errors import Exit, Fatal
from sync_daemon.model.resources import BY_NAME
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.sync import refetch as refetching
from sync_daemon.sync.cycle import cycle
from sync_daemon.sync.full_sweep import sweep
from sync_daemon.sync.session import SyncSession
from tests.conftest import AT_ONCE, Open, Simulate, Sql
from tests.support.comparing import differences, in_mirror

CUSTOMERS, TASKS, NOTES = BY_NAME["customers"], BY_NAME["tasks"], BY_NAME["notes"]
CHOSEN = "customers,notes,tasks,events"


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=60, sizes={"customers": 20, "notes": 120, "tasks": 400}, event_delay=0.0) as sim:
        yield sim


async def one_cycle(session: SyncSession) -> None:
    await cycle(session.context, session.schedule)


async def is_equal(session: SyncSession, sim: Simulator, dsn: str) -> bool:
    lists = tuple(one for one in session.schedule.resources if one.name != "events")
    return await differences(sim.url, sim.api_key, dsn, resources=lists) == {}


async def test_confirmed_rows_are_kept_as_tombstones_and_come_back_when_they_are_seen(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        key = sim.account.ids("notes")[5]
        last = (await in_mirror(mirror_database, NOTES))[str(key)]
        sim.account.delete("notes", key)
        await one_cycle(session)
        assert await is_equal(session, sim, mirror_database)
        [stone] = await sql("SELECT key, raw ->> 'id' AS id, read_at <= deleted_at AS told FROM _deleted")
        assert tuple(stone) == (str(key), str(last["id"]), True)
        sim.account.create("notes", fields={"id": key})
        await one_cycle(session)
        assert await is_equal(session, sim, mirror_database)
        assert [row["back"] for row in await sql("SELECT returned_at IS NOT NULL AS back FROM _deleted")] == [True]


async def test_a_row_that_still_answers_is_alive_whatever_told_of_its_end(sim: Simulator, open_session: Open,
                                                                         sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        keys = sim.account.ids("notes")[:3]
        assert set((await confirm(session.context, NOTES, keys, "test")).values()) == {Existence.ALIVE}
        assert await sql("SELECT FROM _deleted") == []


@pytest.mark.parametrize("status", [400, 403, 405])
async def test_no_other_refusal_than_a_404_means_gone(status: int, sim: Simulator, open_session: Open,
                                                      sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        key = sim.account.ids("notes")[0]
        sim.account.delete("notes", key)
        sim.faults.add("status", f"/notes/{key}", status=status)
        assert Existence.GONE not in (await confirm(session.context, NOTES, [key], "test")).values()
        assert await sql("SELECT FROM _deleted") == []


async def test_an_object_with_odd_letters_is_alive_as_well(sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.account.raw("notes", r'{"id":77000001,"notes":"a lone \ud800, a \u0000 and 1e400:","n":1e400}')
        assert await confirm(session.context, NOTES, [77000001], "test") == {77000001: Existence.ALIVE}


async def test_an_object_that_can_not_be_asked_for_holds_up_no_other(
        sim: Simulator, open_session: Open, sql: Sql, logged: list[MutableMapping[str, Any]]) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        broken, other = sim.account.ids("notes")[:2]
        for key in (broken, other):
            sim.account.delete("notes", key)
        sim.faults.add("status", f"/notes/{broken}", status=500)
        await one_cycle(session)
        assert [row["key"] for row in await sql("SELECT key FROM _deleted")] == [str(other)]
        later = "SELECT key FROM _refetch_queue WHERE kind = 'gone' AND next_attempt_at > now()"
        assert [row["key"] for row in await sql(later)] == [str(broken)]
        assert any("500" in line["why"] for line in logged if line["event"] == "refetch.postponed")
        sim.faults.clear()
        await refetching.refetch(session.context, NOTES, at_once=True)
        assert {row["key"] for row in await sql("SELECT key FROM _deleted")} == {str(broken), str(other)}


async def test_a_404_for_everything_deletes_nothing(sim: Simulator, open_session: Open, sql: Sql,
                                                    logged: list[MutableMapping[str, Any]]) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.account.delete("notes", sim.account.ids("notes")[0])
        sim.faults.add("status", "^/notes/", status=404)
        await one_cycle(session)
        assert await sql("SELECT FROM _deleted") == []
        assert [line["resource"] for line in logged if line["event"] == "deletion.held"] == ["notes"]


async def test_what_was_held_because_nothing_answered_is_tombstoned_when_the_rest_answers_again(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.account.delete("notes", sim.account.ids("notes")[0])
        sim.faults.add("status", "^/notes/", status=404)
        await one_cycle(session)
        sim.faults.clear()
        await sql("UPDATE _refetch_queue SET next_attempt_at = now()")
        await one_cycle(session)
        assert await is_equal(session, sim, mirror_database)


async def test_a_silent_ghost_as_the_newest_row_holds_back_no_other_deletion(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        newest, other = sim.account.ids("notes")[-1], sim.account.ids("notes")[0]
        sim.account.delete("notes", newest, silent=True)
        sim.account.delete("notes", other)
        await one_cycle(session)
        assert str(other) not in await in_mirror(mirror_database, NOTES)


async def test_more_deletes_than_one_look_takes_are_all_seen(sim: Simulator, open_session: Open, mirror_database: str,
                                                            sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second batch holds the newest rows, which are gone too."""
    async with open_session(sim, tuning=replace(AT_ONCE, requests_at_once=10), sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        for key in sim.account.ids("tasks")[-25:]:
            sim.account.delete("tasks", key)
        await one_cycle(session)
        assert await is_equal(session, sim, mirror_database)
        assert len(await sql("SELECT FROM _deleted")) == 25


async def test_the_last_row_of_a_list_can_be_deleted(simulate: Simulate, open_session: Open, mirror_database: str,
                                                    sql: Sql) -> None:
    async with simulate(objects=60, sizes={"notes": 0, "customers": 5}, event_delay=0.0) as sim:
        [key] = sim.account.create("notes")
        async with open_session(sim, sync_resources=CHOSEN) as session:
            await jobs.backfill(session)
            sim.account.delete("notes", key)
            await one_cycle(session)
            assert await is_equal(session, sim, mirror_database)


@pytest.mark.parametrize("left", [0, 3], ids=["the list is empty", "some rows in the middle are left"])
async def test_rows_whose_controls_are_gone_as_well_are_tombstoned_whoever_told_of_them(
        left: int, simulate: Simulate, open_session: Open, mirror_database: str, sql: Sql) -> None:
    """Events tell of some, a sweep finds the others: each of the two would take the others for what must answer."""
    async with simulate(objects=60, sizes={"notes": 15, "customers": 5}, event_delay=0.0) as sim, \
            open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        keys = sim.account.ids("notes")
        kept = keys[6:6 + left]
        await sql("UPDATE notes SET read_at = read_at - interval '1 hour'")
        for index, key in enumerate(key for key in keys if key not in kept):
            sim.account.delete("notes", key, silent=index % 2 == 0)
        await sweep(session.context, session.schedule, NOTES, low_priority=True)
        await one_cycle(session)
        assert await is_equal(session, sim, mirror_database)
        assert len(await sql("SELECT FROM _deleted")) == 15 - left


async def test_many_at_once_need_a_person(sim: Simulator, open_session: Open, mirror_database: str, sql: Sql,
                                          logged: list[MutableMapping[str, Any]]) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        gone = sim.account.ids("notes")[:60]  # of 120
        for key in gone:
            sim.account.delete("notes", key)
        await one_cycle(session)
        assert await sql("SELECT FROM _deleted") == []
        assert len(await in_mirror(mirror_database, NOTES)) == 120
        assert [line["rows"] for line in logged if line["event"] == "deletion.held"] == [60]
        assert set((await confirm(session.context, NOTES, gone, "by a person",
                                  force=True)).values()) == {Existence.GONE}
        assert await is_equal(session, sim, mirror_database)


async def test_many_of_a_large_table_are_no_mass(sim: Simulator, open_session: Open, mirror_database: str,
                                                 sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        for key in sim.account.ids("tasks")[:60]:  # of 400
            sim.account.delete("tasks", key)
        await one_cycle(session)
        assert await is_equal(session, sim, mirror_database)


async def test_a_key_of_another_account_deletes_nothing_and_ends_the_run(sim: Simulator, open_session: Open,
                                                                        mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        before = await in_mirror(mirror_database, CUSTOMERS)
        keys = sim.account.ids("customers")[:3]
        sim.swap_account(seed=99, objects=0)
        with pytest.raises(Fatal) as caught:
            await confirm(session.context, CUSTOMERS, keys, "test")
        assert caught.value.exit_code is Exit.TEMPORARY  # the next start says whether it stands
        assert await in_mirror(mirror_database, CUSTOMERS) == before
        assert await sql("SELECT FROM _deleted") == []


async def test_an_empty_or_unavailable_list_deletes_nothing(sim: Simulator, open_session: Open, mirror_database: str,
                                                           sql: Sql) -> None:
    async with open_session(sim, sync_resources="customers,contacts,tasks,coupons,events") as session:
        await jobs.backfill(session)
        before = {one.name: await in_mirror(mirror_database, one) for one in session.schedule.resources}
        sim.forbid(["tasks", "contacts"])
        for row in list(sim.account.tables["coupons"].by_id):
            sim.account.tables["coupons"].remove(row)
        await jobs.resync_now(session, BY_NAME["coupons"])
        await jobs.resync_now(session, TASKS)
        await jobs.resync_now(session, BY_NAME["contacts"])
        assert {one.name: await in_mirror(mirror_database, one) for one in session.schedule.resources} == before
        assert await sql("SELECT FROM _deleted") == []
