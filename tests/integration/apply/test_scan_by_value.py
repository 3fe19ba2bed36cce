"""The walk by value over sockets, while the account lives: dense seconds, odd stamps, rows that go between pages."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.sync.cycle import cycle
from sync_daemon.sync.incremental import catch_up
from tests.conftest import Open, Simulate, Sql
from tests.support.comparing import at_source, differences, in_mirror
from tests.support.life import Life, stamps

INVOICES = BY_NAME["invoices"]
CHOSEN = "customers,invoices"
SIZES = {"customers": 10, "invoices": 700}
DENSE = {"invoices": (250, 101, 99)}


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=60, sizes=SIZES, dense=DENSE, odd=9) as sim:
        yield sim


async def missing_or_stale(sim: Simulator, dsn: str) -> list[str]:
    there, here = await at_source(sim.url, sim.api_key, INVOICES), await in_mirror(dsn, INVOICES)
    return [key for key, row in there.items() if here.get(key) != row]


async def test_rows_with_null_zero_and_negative_stamps_are_read(simulate: Simulate, open_session: Open,
                                                               mirror_database: str) -> None:
    async with simulate(objects=60, sizes=SIZES, dense={}, odd=330) as sim:
        async with open_session(sim, sync_resources=CHOSEN) as session:
            assert await jobs.backfill(session) is Exit.OK
        assert {None, 0} <= set(stamps(sim).values())
        assert min(stamp or 0 for stamp in stamps(sim).values()) < 0
        assert await missing_or_stale(sim, mirror_database) == []


@pytest.mark.parametrize("sizes", [(99, 100, 101), (199, 200, 201), (650,)], ids=str)
async def test_seconds_of_any_size_are_read(sizes: tuple[int, ...], simulate: Simulate, open_session: Open,
                                            mirror_database: str) -> None:
    async with simulate(objects=60, sizes=SIZES, dense={"invoices": sizes}) as sim:
        async with open_session(sim, sync_resources=CHOSEN) as session:
            assert await jobs.backfill(session) is Exit.OK
        assert await missing_or_stale(sim, mirror_database) == []


@pytest.mark.parametrize("seed", range(3))
async def test_writes_between_any_two_pages_lose_nothing(seed: int, sim: Simulator, open_session: Open,
                                                        mirror_database: str, sql: Sql) -> None:
    dice = random.Random(seed)

    def act(page: int, query: str) -> None:
        account = sim.account
        for _ in range(dice.randrange(6)):
            keys = account.ids("invoices")
            dense = keys[:450]
            match dice.randrange(5):
                case 0 | 1:
                    account.update("invoices", dice.choice(dense), {"notes": f"n{page}"}, silent=True)
                case 2:
                    account.delete("invoices", dice.choice(dense), silent=True)
                case 3:
                    account.create("invoices", dice.randrange(1, 4), silent=True,
                                   visible_in=dice.choice([0.0, 0.05]))
                case 4:
                    account.update("invoices", dice.choice(keys), {"notes": f"n{page}"}, silent=True, visible_in=0.05)

    sim.faults = Life(act)
    async with open_session(sim, sync_resources=CHOSEN, sync_overlap=2) as session:
        await jobs.backfill(session)
        assert sim.faults.pages > 5
        sim.faults.act = None
        sim.account.flush()
        await cycle(session.context, session.schedule)
        sim.set_clock(advance=5)
        await cycle(session.context, session.schedule)
        assert await missing_or_stale(sim, mirror_database) == []
        lanes = await sql("SELECT cursor_u FROM _checkpoint WHERE resource = 'invoices' AND lane = 0")
        assert lanes[0]["cursor_u"] <= sim.account.now() - 2


async def test_a_whole_dense_second_touched_between_two_pages_costs_requests_and_no_row(
        simulate: Simulate, open_session: Open, mirror_database: str) -> None:
    async with simulate(objects=60, sizes={"customers": 5, "invoices": 1500}, dense={"invoices": (1400,)}) as sim:
        second = sim.account.ids("invoices")[:1400]

        def act(page: int, query: str) -> None:
            if page == 13:
                assert "page=1&" not in query + "&"  # deep within the second
                sim.account.update("invoices", second[:1390], {"notes": "bulk"}, silent=True)

        sim.faults = Life(act)
        async with open_session(sim, sync_resources=CHOSEN) as session:
            assert await jobs.backfill(session) is Exit.OK
            assert sim.faults.pages > 13
            assert await missing_or_stale(sim, mirror_database) == []


async def test_the_row_at_the_cursor_and_its_whole_window_may_go(sim: Simulator, open_session: Open,
                                                                mirror_database: str) -> None:
    keys = sim.account.ids("invoices")[:250]
    gone: list[int] = []

    def act(page: int, query: str) -> None:
        if page in {2, 3, 4}:
            for key in keys[page * 50 - 70:page * 50 + 20]:
                if key not in gone:
                    gone.append(key)
                    sim.account.delete("invoices", key, silent=True)

    sim.faults = Life(act)
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        assert gone
        assert await missing_or_stale(sim, mirror_database) == []


async def test_a_bulk_job_in_the_current_second_is_stored_at_once_and_read_as_settled_later(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN, sync_overlap=3) as session:
        await jobs.backfill(session)
        moment = sim.account.now()
        sim.account.import_rows("invoices", 230, updated_at=moment)
        await cycle(session.context, session.schedule)
        assert await missing_or_stale(sim, mirror_database) == []
        [lane] = await sql("SELECT cursor_u FROM _checkpoint WHERE resource = 'invoices' AND lane = 0")
        assert lane["cursor_u"] < moment
        sim.account.import_rows("invoices", 120, updated_at=moment)  # commits late, into the same second
        sim.set_clock(advance=10)
        await cycle(session.context, session.schedule)
        assert await missing_or_stale(sim, mirror_database) == []
        await cycle(session.context, session.schedule)  # knows by now that time went on at the server
        [lane] = await sql("SELECT cursor_u FROM _checkpoint WHERE resource = 'invoices' AND lane = 0")
        assert lane["cursor_u"] >= moment


async def test_a_row_of_the_future_blinds_nothing(sim: Simulator, open_session: Open, mirror_database: str) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        keys = sim.account.ids("invoices")
        sim.account.update("invoices", keys[0], {"notes": "tomorrow"}, updated_at=sim.account.now() + 86_400)
        await jobs.backfill(session)
        for number in range(3):
            sim.account.update("invoices", keys[number + 1], {"notes": "today"}, silent=True)
            await cycle(session.context, session.schedule)
        assert await missing_or_stale(sim, mirror_database) == []


async def test_a_killed_load_goes_on_where_it_was(sim: Simulator, open_session: Open, mirror_database: str,
                                                  sql: Sql) -> None:
    class Killed(BaseException):
        """As sudden as a kill: nothing is tidied up."""

    def act(page: int, query: str) -> None:
        if page >= 5 and reader.progress.of("invoices").stored:
            raise_in_reader()

    def raise_in_reader() -> None:
        async def dead(*_args: Any, **_kwargs: Any) -> None:
            raise Killed

        reader.api.get = dead  # type: ignore[method-assign, assignment]

    sim.faults = Life(act)
    with pytest.raises((Killed, BaseExceptionGroup)):  # noqa: PT012 - the death is inside
        async with open_session(sim, sync_resources=CHOSEN) as session:
            reader = session.context.reader
            await jobs.backfill(session)
    [lane] = await sql("SELECT * FROM _checkpoint WHERE resource = 'invoices' AND lane = 1")
    assert not lane["done"]
    assert lane["seen"] > 0
    asked: list[str] = []
    sim.faults.act = lambda _, query: asked.append(query)
    async with open_session(sim, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await missing_or_stale(sim, mirror_database) == []
        [after] = await sql("SELECT * FROM _checkpoint WHERE resource = 'invoices' AND lane = 1")
        assert after["done"]
        assert asked
        assert all("updated_after" in query for query in asked)  # not from the beginning


async def test_a_quiet_cycle_asks_once_a_list_and_writes_nothing(sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, sync_resources="customers,invoices,notes") as session:
        await jobs.backfill(session)
        await cycle(session.context, session.schedule)
        [before] = await sql("SELECT pg_current_wal_insert_lsn() AS lsn")
        asked = session.context.reader.api.requests
        await cycle(session.context, session.schedule)
        assert session.context.reader.api.requests - asked == 3
        [after] = await sql("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1) AS bytes", before["lsn"])
        assert after["bytes"] < 500


async def test_with_polls_further_apart_a_quiet_cycle_asks_the_feed_alone_and_an_event_wakes_the_polls(
        sim: Simulator, open_session: Open, mirror_database: str) -> None:
    chosen = "customers,invoices,notes,events"
    async with open_session(sim, sync_resources=chosen, sync_poll_every=3600, sync_overlap=1) as session:
        api = session.context.reader.api

        async def requests() -> int:
            before = api.requests
            await cycle(session.context, session.schedule)
            return api.requests - before

        await jobs.backfill(session)
        session.context.news_at = -math.inf
        assert await requests() == 1
        sim.account.create("notes", silent=True)
        assert await requests() == 1
        sim.account.create("invoices")
        sim.account.flush()
        assert await requests() >= 4
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME["notes"], INVOICES)) == {}
        session.context.news_at = -math.inf
        assert await requests() == 1
        session.context.polled_at -= 3600
        assert await requests() >= 4


async def test_who_polls_a_tail_that_another_moved_goes_on_from_there_in_each_part(sim: Simulator, open_session: Open,
                                                                                   sql: Sql) -> None:
    subscriptions = BY_NAME["subscriptions"]
    async with open_session(sim, sync_resources="subscriptions,customers") as session:
        await jobs.backfill(session)
        for key in sim.account.ids("subscriptions"):
            sim.account.update("subscriptions", key, {"notes": "changed"},
                               updated_at=sim.account.now() - 600)
        sim.account.flush()
        await sql("UPDATE _checkpoint SET cursor_u = cursor_u - 1000 WHERE resource = 'subscriptions' AND lane = 0")
        sim.faults.hold("^/subscriptions$")
        async with asyncio.TaskGroup() as both:
            slow = both.create_task(catch_up(session.context, session.schedule, subscriptions))
            await sim.faults.until_held()
            await catch_up(session.context, session.schedule, subscriptions)
            sim.faults.release()
        assert slow.done()  # on stale places it would have raised LostRace
