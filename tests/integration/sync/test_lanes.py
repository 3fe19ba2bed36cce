"""A long list is read in lanes side by side: none leaves a gap, whoever is killed, wherever it is cut, and however
wrongly the server counts. Lanes are short here, so that some hundred rows have many."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from sync_daemon.apply import scan
from sync_daemon.apply.child_scan import scan_children
from sync_daemon.apply.context import SyncContext
from sync_daemon.apply.scan import cut, open_lanes, walk_lanes
from sync_daemon.errors import Exit
from sync_daemon.model.cursor import START, Cursor, Lane, LostRace, Range
from sync_daemon.model.resources import BY_NAME, Resource
from sync_daemon.progress import State
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.sync import cycle
from sync_daemon.sync.full_sweep import sweep
from sync_daemon.sync.incremental import catch_up
from sync_daemon.sync.session import SyncSession
from sync_daemon.sync.verify import Findings
from sync_daemon.tuning import Tuning
from tests.conftest import AT_ONCE, Open, Simulate, Sql
from tests.support.comparing import differences
from tests.support.life import Life, stamps
from tests.support.program import until

INVOICES = BY_NAME["invoices"]
CHOSEN = "customers,invoices,events"
ROWS = 1500
SHORT = 100
SIZES = {"customers": 10, "invoices": ROWS}
LANES = 15
A_COUNT = "^.*updated_after=[0-9]+&per_page=1&"


@pytest.fixture
def tuning() -> Tuning:
    return replace(AT_ONCE, shortest_lane=SHORT)


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=60, sizes=SIZES, dense={}, slots=1000) as sim:
        sim.set_clock(advance=1000)  # all that is there has settled
        yield sim


class Killed(BaseException):
    """As sudden as a kill: nothing is tidied up."""


def die(session: SyncSession) -> None:
    """From now on no request is answered."""

    async def dead(*_args: Any, **_kwargs: Any) -> None:
        raise Killed

    session.context.reader.api.get = dead  # type: ignore[method-assign, assignment]


async def equal(sim: Simulator, dsn: str) -> bool:
    found = await differences(sim.url, sim.api_key, dsn, resources=(INVOICES,))
    assert found == {}
    return True


async def lanes_of(session: SyncSession, *, sweeping: bool = False) -> list[Lane]:
    """The lanes of the first load, or of the latest sweep, in the order of time."""
    sign = -1 if sweeping else 1
    lanes = [lane for lane in await session.context.store.checkpoints.lanes(INVOICES) if sign * lane.lane > 0]
    return sorted(lanes, key=lambda lane: sign * lane.lane)


async def tail_of(session: SyncSession) -> Lane:
    [tail] = [lane for lane in await session.context.store.checkpoints.lanes(INVOICES) if lane.lane == 0]
    return tail


def ranges(lanes: list[Lane]) -> list[tuple[int | None, int | None]]:
    return [(lane.lo, lane.hi) for lane in lanes]


def touch(lanes: list[Lane]) -> bool:
    """Whether they cover everything up to the end of the last, without a gap and without going back."""
    each = ranges(lanes)
    return each[0][0] is None and all(
        before[1] == after[0] and (after[1] or 0) > (after[0] or 0) for before, after in pairwise(each))


def silently(sim: Simulator, positions: list[int]) -> None:
    """Rewrites rows without moving their stamps: no poll can tell."""
    keys = sim.account.ids("invoices")
    sim.account.update("invoices", [int(keys[position]) for position in positions], {"notes": "silently"}, silent=True,
                       stamp=False)


def pages_asked(sim: Simulator) -> int:
    """Pages of invoices in the order of a walk, since the log was last cleared."""
    return sum(1 for seen in sim.stats.log
               if seen.path == "/invoices" and "sort=updated_at" in seen.query and "per_page=1&" not in seen.query)


# First loads.


async def test_a_long_list_is_cut_into_lanes_that_touch_and_end_where_the_tail_begins(
        sim: Simulator, open_session: Open, mirror_database: str) -> None:
    young = len(sim.account.create("invoices", 7, silent=True))
    async with open_session(sim, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        lanes, tail = await lanes_of(session), await tail_of(session)
    assert len(lanes) == LANES
    assert touch(lanes)
    assert (tail.lo, tail.hi) == (lanes[-1].hi, None)
    assert all(lane.done for lane in lanes)
    assert sum(lane.stored for lane in lanes) == ROWS, "each row is stored by one lane only"
    assert young == sum(1 for stamp in stamps(sim).values() if (stamp or 0) > (tail.lo or 0))
    assert max(lane.stored for lane in lanes) <= 2 * ROWS / LANES
    assert await equal(sim, mirror_database)


async def test_lanes_go_side_by_side(sim: Simulator, open_session: Open, mirror_database: str) -> None:
    sim.faults.hold({"path": "/invoices", "query": "^(?=.*sort=updated_at).*per_page=100&"}, count=100)
    async with open_session(sim, sync_resources=CHOSEN, invoiced_max_concurrency=6) as session:
        loading = asyncio.create_task(jobs.backfill(session))
        async with asyncio.timeout(20):
            await sim.faults.until_held(6)  # comes true only if six lanes ask at once
        assert session.context.lanes.highest == 6
        sim.faults.release()
        assert await loading is Exit.OK
        assert len(await lanes_of(session)) == 2 * 6
    assert sim.stats.max_in_flight <= 6
    assert await equal(sim, mirror_database)


async def test_a_short_list_is_one_lane(sim: Simulator, open_session: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_session(sim, tuning=replace(AT_ONCE, shortest_lane=ROWS), sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert len(await lanes_of(session)) == 1


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_to_rows_during_the_load_ends_up_right(
        seed: int, sim: Simulator, open_session: Open, mirror_database: str) -> None:
    dice, account, done = random.Random(seed), sim.account, Counter[str]()

    def act(page: int, query: str) -> None:
        if page > 2 * LANES:
            return  # an account that always grows by more than a page for each page is never caught up with
        keys = account.ids("invoices")
        what = dice.choice(["update", "delete", "create", "import", "rewrite"])
        done[what] += 1
        match what:
            case "update":
                account.update("invoices", dice.sample(keys, 20), {"notes": f"page {page}"}, silent=True,
                               visible_in=dice.choice([0.0, 0.05]))
            case "delete":
                account.delete("invoices", dice.choice(keys), hard=True)
            case "create":
                account.create("invoices", 3, silent=True)
            case "import":
                account.import_rows("invoices", 120)
            case "rewrite":
                account.import_rows("invoices", 60, update=True)

    life = sim.faults = Life(act)
    async with open_session(sim, sync_resources=CHOSEN, sync_overlap=2) as session:
        await jobs.backfill(session)
        assert len(done) == 5
        assert len(await lanes_of(session)) >= LANES
        life.act = None
        account.flush()
        sim.set_clock(advance=5)
        for _ in range(2):
            await cycle.cycle(session.context, session.schedule)
        await session.context.store.pool.execute("UPDATE invoiced._refetch_queue SET next_attempt_at = now()")
        await cycle.cycle(session.context, session.schedule)
    assert await equal(sim, mirror_database)


async def test_a_killed_load_goes_on_in_the_same_lanes(sim: Simulator, open_session: Open,
                                                       mirror_database: str) -> None:
    def act(page: int, query: str) -> None:
        if page == 13:
            die(session)

    life = sim.faults = Life(act)
    with pytest.raises((Killed, BaseExceptionGroup)):
        async with open_session(sim, sync_resources=CHOSEN, invoiced_max_concurrency=3) as session:
            await jobs.backfill(session)
    asked: list[str] = []
    life.act = lambda _, query: asked.append(query)
    async with open_session(sim, sync_resources=CHOSEN, invoiced_max_concurrency=20) as session:
        before = await lanes_of(session)
        assert 0 < sum(lane.done for lane in before) < len(before) == 6
        assert await jobs.backfill(session) is Exit.OK
        after = await lanes_of(session)
    assert ranges(after) == ranges(before), "they are not cut anew, though more could go at once now"
    assert all(lane.done for lane in after)
    was_done = {lane.lane for lane in before if lane.done}
    assert {lane.version for lane in before if lane.lane in was_done} == {
        lane.version for lane in after if lane.lane in was_done}
    assert len(asked) < ROWS / 100 + len(before), "what was committed is not read again"
    assert await equal(sim, mirror_database)


async def test_lanes_that_a_killed_start_left_of_other_variants_do_not_keep_a_load_from_its_end(
        sim: Simulator, open_session: Open, sql: Sql) -> None:
    """It read the list by the undocumented query that shows all, which no hidden row proves any more."""
    async with open_session(sim, sync_resources="subscriptions,events") as session:
        await session.context.store.state.begin_load("subscriptions")
        await open_lanes(session.context, BY_NAME["subscriptions"], "all=1")
        assert await jobs.backfill(session) is Exit.OK
    left = await sql("SELECT variant, bool_and(done) AS done FROM invoiced._checkpoint WHERE resource = 'subscriptions'"
                     " AND lane >= 1 GROUP BY variant")
    assert {row["variant"]: row["done"] for row in left} == {
        "": True, "canceled=1": True, "finished=1": True, "all=1": False}


async def test_two_loads_at_once_open_one_set_of_lanes_and_both_finish(sim: Simulator, open_session: Open,
                                                                       mirror_database: str) -> None:
    sim.faults.hold({"path": "/invoices", "query": "updated_after=1&per_page=1&"}, count=2)
    async with (open_session(sim, sync_resources=CHOSEN) as one,
                open_session(sim, sync_resources=CHOSEN, invoiced_max_concurrency=4) as other, asyncio.timeout(60)):
        first = asyncio.create_task(jobs.backfill(one))
        await sim.faults.until_held(1)
        sim.set_clock(advance=100)  # the other has another horizon, and other borders
        second = asyncio.create_task(jobs.backfill(other))
        await sim.faults.until_held(2)
        sim.faults.release()
        assert [await first, await second] == [Exit.OK, Exit.OK]
        lanes = await lanes_of(one)
        assert len(lanes) in {LANES, 2 * 4}
        assert touch(lanes)
        assert all(lane.done for lane in lanes)
        assert (await tail_of(one)).lo == lanes[-1].hi
    assert await equal(sim, mirror_database)


# Counts that can't be relied on.


async def test_a_server_that_does_not_count_gives_one_lane_and_the_same_rows(sim: Simulator, open_session: Open,
                                                                            mirror_database: str) -> None:
    sim.faults.add("no_total", "/invoices")
    async with open_session(sim, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert len(await lanes_of(session)) == 1
    assert await equal(sim, mirror_database)


@pytest.mark.parametrize("totals", [[0], [700], [10**9], [10**9, 0, 7, 900, 40_000]], ids=str)
async def test_wrong_counts_give_uneven_lanes_and_the_same_rows(totals: list[int], sim: Simulator, open_session: Open,
                                                               mirror_database: str) -> None:
    for total in totals:
        sim.faults.add("wrong_total", {"path": "/invoices", "query": A_COUNT}, total=total,
                       probability=1.0 if len(totals) == 1 else 0.4)
    async with open_session(sim, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        lanes, tail = await lanes_of(session), await tail_of(session)
    assert sum(rule.struck for rule in sim.faults.rules) > 0
    assert touch(lanes)
    assert tail.lo == lanes[-1].hi
    assert await equal(sim, mirror_database)


async def test_counts_that_fall_while_they_are_asked_for_lose_nothing(sim: Simulator, open_session: Open,
                                                                     mirror_database: str) -> None:
    account = sim.account
    asked: list[str] = []

    class Busy(Life):
        def striking(self, path: str, query: str) -> list[Any]:
            if path == "/invoices" and "updated_after" in query and "per_page=1&" in query:
                asked.append(query)
                account.update("invoices", account.ids("invoices")[:150], {"notes": str(len(asked))}, silent=True)
            return super().striking(path, query)

    sim.faults = Busy(lambda page, query: None)
    async with open_session(sim, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert len(asked) > LANES // 2
        assert touch(await lanes_of(session))
    assert await equal(sim, mirror_database)


async def test_a_border_on_a_dense_second_loses_nothing(simulate: Simulate, open_session: Open, mirror_database: str,
                                                        tuning: Tuning) -> None:
    async with simulate(objects=60, sizes=SIZES, dense={"invoices": (600,)}, slots=1000) as sim:
        [(second, _)] = Counter(stamps(sim).values()).most_common(1)
        assert second is not None
        dense = [key for key, stamp in stamps(sim).items() if stamp == second]

        def act(page: int, query: str) -> None:
            if page % 4 == 0:  # rows leave it meanwhile
                sim.account.update("invoices", dense[page * 5 : page * 5 + 20], {"notes": f"{page}"}, silent=True)

        sim.faults = Life(act)
        async with open_session(sim, tuning=replace(tuning, lane_rounds=30), sync_resources=CHOSEN) as session:
            assert await jobs.backfill(session) is Exit.OK
            lanes = await lanes_of(session)
            assert {lane.hi for lane in lanes} & {second - 1, second}, "a lane ends with it or right before it"
            assert len(lanes) > 3
            assert touch(lanes)
            sim.faults = Life(lambda page, query: None)
            await cycle.one_cycle(session)  # what left it during the last pages
        assert await equal(sim, mirror_database)


# Sweeps.


async def test_a_sweep_in_lanes_covers_all_and_finds_what_changed_silently_in_each(
        sim: Simulator, open_session: Open, mirror_database: str) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        loaded = await lanes_of(session)
        await session.context.store.pool.execute("UPDATE invoiced.invoices SET read_at = read_at - interval '1 hour'")
        silently(sim, [0, 400, 800, 1200, ROWS - 1])
        gone = [int(sim.account.ids("invoices")[position]) for position in (100, 900, ROWS - 2)]
        for key in gone:
            sim.account.delete("invoices", key, silent=True, hard=True)
        await sweep(session.context, session.schedule, INVOICES, low_priority=False)
        lanes = await lanes_of(session, sweeping=True)
        assert len(lanes) == LANES - 1
        assert touch(lanes)
        assert all(lane.done for lane in lanes)
        assert sum(lane.stored for lane in lanes) == 5
        assert await lanes_of(session) == loaded, "those of the first load are left alone"
        await cycle.one_cycle(session)
        assert session.context.progress.of("invoices").deleted == 3
    assert await equal(sim, mirror_database)


async def test_a_low_priority_sweep_leaves_a_place_in_its_quarter_of_the_requests_in_flight_to_others(
        sim: Simulator, open_session: Open) -> None:
    async with open_session(sim, sync_resources=CHOSEN, invoiced_max_concurrency=12) as session:
        await jobs.backfill(session)
        sim.stats.reset()
        sim.faults.hold({"path": "/invoices", "query": "per_page=100&"}, count=100)
        sweeping = asyncio.create_task(sweep(session.context, session.schedule, INVOICES, low_priority=True))
        async with asyncio.timeout(20):
            await sim.faults.until_held(2)
        await catch_up(session.context, session.schedule, BY_NAME["customers"])  # time enough for others to come
        assert sim.faults.waiting == 2
        sim.faults.release()
        await sweeping
        assert len(await lanes_of(session, sweeping=True)) == 2 * 3


async def test_an_interrupted_sweep_goes_on_where_it_was(sim: Simulator, open_session: Open,
                                                         mirror_database: str) -> None:
    def act(page: int, query: str) -> None:
        if page == 16:
            die(session)

    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
    silently(sim, [0, 500, 1000, ROWS - 1])
    life = sim.faults = Life(act)
    with pytest.raises((Killed, BaseExceptionGroup)):
        async with open_session(sim, sync_resources=CHOSEN, invoiced_max_concurrency=3) as session:
            await sweep(session.context, session.schedule, INVOICES, low_priority=False)
    life.act = None
    async with open_session(sim, sync_resources=CHOSEN) as session:
        before = await lanes_of(session, sweeping=True)
        assert 0 < sum(lane.done for lane in before) < len(before)
        sim.stats.reset()
        await sweep(session.context, session.schedule, INVOICES, low_priority=True)
        after = await lanes_of(session, sweeping=True)
        assert [(lane.lo, lane.hi, lane.began_at) for lane in after] == [
            (lane.lo, lane.hi, lane.began_at) for lane in before], "the same pass"
        assert all(lane.done for lane in after)
        assert pages_asked(sim) < ROWS / 100
        cursor = await session.context.store.state.of("invoices")
        assert cursor is not None
        assert cursor["swept_at"] == before[0].began_at, "it vouches for no later moment than its first page"
    assert await equal(sim, mirror_database)


async def test_a_sweep_begun_anew_throws_old_walkers_out_before_they_can_move_anything(
        sim: Simulator, open_session: Open) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        context = session.context
        await jobs.backfill(session)
        await sweep(context, session.schedule, INVOICES, low_priority=False)
        done = await lanes_of(session, sweeping=True)
        whole = ranges(done)

        async def renewed(old: list[Lane]) -> list[Lane]:
            anew = [Range(lo, hi or 0, START if lo is None else Cursor(lo)) for lo, hi in whole]
            return await context.store.checkpoints.renew_lanes(INVOICES, "", old, anew, context.store.clock.now())

        first = await renewed(done)
        second = await renewed(first)
        with pytest.raises(LostRace):
            await walk_lanes(context, INVOICES, first)
        assert await lanes_of(session, sweeping=True) == sorted(second, key=lambda lane: -lane.lane), "as they were"
        with pytest.raises(LostRace):
            await renewed(first)
        await walk_lanes(context, INVOICES, second)
        assert all(lane.done for lane in await lanes_of(session, sweeping=True))


async def test_two_processes_that_sweep_the_same_list_lose_nothing(sim: Simulator, open_session: Open,
                                                                   mirror_database: str) -> None:
    async with (open_session(sim, sync_resources=CHOSEN) as one, open_session(sim, sync_resources=CHOSEN) as other,
                asyncio.timeout(60)):
        await jobs.backfill(one)
        silently(sim, [0, 300, 600, 900, ROWS - 1])
        sim.faults.hold({"path": "/invoices", "query": "per_page=100&"}, count=3)
        sweeping = asyncio.create_task(sweep(one.context, one.schedule, INVOICES, low_priority=True))
        await sim.faults.until_held(2)
        old = await lanes_of(one, sweeping=True)
        anew = asyncio.create_task(jobs.resync_now(other, INVOICES))
        await sim.faults.until_held(3)
        lanes = await lanes_of(one, sweeping=True)
        assert lanes[0].began_at > old[0].began_at, "begun anew while the first walks"
        sim.faults.release()
        await sweeping
        assert await anew is Exit.OK
        assert one.context.progress.of("invoices").state is State.DONE
        lanes = await lanes_of(one, sweeping=True)
        assert touch(lanes)
        assert all(lane.done for lane in lanes)
    assert await equal(sim, mirror_database)


# Verification.


async def test_verify_in_lanes_is_equal_and_finds_what_differs_in_any_of_them(
        sim: Simulator, open_session: Open, mirror_database: str) -> None:
    async with open_session(sim, sync_resources="customers,invoices") as session:
        await jobs.backfill(session)
        sim.stats.reset()
        found: list[Findings] = []
        assert await jobs.verify_now(session, repair=False, force=False, found=found) is Exit.OK
        assert {one.resource: (one.rows, one.count) for one in found} == {"customers": (10, 0), "invoices": (ROWS, 0)}
        counted = [seen for seen in sim.stats.log if seen.path == "/invoices" and "per_page=1&" in seen.query]
        assert len(counted) >= LANES // 2, "it was cut"
        pool, keys = session.context.store.pool, [int(key) for key in sim.account.ids("invoices")]
        missing, different, extra = {keys[0], keys[700]}, {keys[300], keys[1100]}, {keys[500], keys[ROWS - 1]}
        await pool.execute("UPDATE invoiced.invoices SET read_at = read_at - interval '1 hour'")
        await pool.execute("DELETE FROM invoiced.invoices WHERE id = ANY($1)", missing)
        await pool.execute("UPDATE invoiced.invoices SET hash = 'x' WHERE id = ANY($1)", different)
        for key in extra:
            sim.account.delete("invoices", key, silent=True, hard=True)
        found.clear()
        assert await jobs.verify_now(session, repair=False, force=False, found=found) is Exit.PARTLY
        [one] = [one for one in found if one.count]
        assert (one.missing, one.different, one.extra) == (missing, different, extra)
        found.clear()
        assert await jobs.verify_now(session, repair=True, force=False, found=found) is Exit.OK
    assert await equal(sim, mirror_database)


async def test_a_lane_whose_end_a_failover_took_back_is_walked_again(sim: Simulator, open_session: Open,
                                                                    mirror_database: str, sql: Sql,
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        walk, taken_back = scan.walk, []

        async def failing_over(context: SyncContext, resource: Resource, scan_pages: Any, lane: Any = None,
                               absent: Any = None) -> None:
            await walk(context, resource, scan_pages, lane, absent)
            if resource is INVOICES and lane is not None and lane.lane == 2 and not taken_back:
                taken_back.append(lane)
                await sql("UPDATE _checkpoint SET done = false, version = $1, cursor_u = $2, cursor_id = NULL "
                          "WHERE resource = 'invoices' AND lane = 2", lane.version, lane.cursor.u)
                await sql("DELETE FROM invoices WHERE updated_at > to_timestamp($1) AND updated_at <= to_timestamp($2)",
                          lane.cursor.u, lane.hi)

        monkeypatch.setattr(scan, "walk", failing_over)
        assert await jobs.backfill(session) is Exit.OK
        assert taken_back
        assert all(lane.done for lane in await lanes_of(session))
    await equal(sim, mirror_database)


async def test_two_resyncs_at_once_both_finish(sim: Simulator, open_session: Open) -> None:
    sim.set_latency(0.05)
    async with (open_session(sim, sync_resources=CHOSEN, invoiced_max_concurrency=2) as one,
                open_session(sim, sync_resources=CHOSEN, invoiced_max_concurrency=2) as other):
        await jobs.backfill(one)
        sim.stats.reset()
        codes = await asyncio.gather(*(jobs.resync_now(session, INVOICES) for session in (one, other)))
        assert codes == [Exit.OK, Exit.OK]
        assert sim.stats.requests < 200, "neither throws the other out again and again"


async def test_a_lane_never_reaches_beyond_what_has_settled(simulate: Simulate, open_session: Open) -> None:
    """All rows are younger than `settled_until`, and the counts are wrong: the tail must not begin later for that."""
    async with simulate(objects=60, sizes={"customers": 10, "invoices": 20}, dense={}, slots=1000) as sim:
        for key in list(sim.account.ids("invoices")):
            sim.account.delete("invoices", key, hard=True, silent=True)
        sim.account.import_rows("invoices", 600)
        sim.faults.add("wrong_total", {"path": "/invoices", "query": "^.*updated_after=[0-9]{2,}&"}, total=700)
        async with open_session(sim, sync_resources=CHOSEN) as session:
            await session.context.reader.know_the_time(INVOICES, "")
            [one] = await cut(session.context, INVOICES, "", 20)
            assert (one.lo, one.hi) == (None, session.context.reader.settled_until)


# Who goes first where few requests may be in flight.


@pytest.mark.parametrize("what", ["poll", "lanes"])
async def test_lists_of_parents_hold_up_neither_polls_nor_lanes(what: str, simulate: Simulate,
                                                               open_session: Open) -> None:
    most = 2
    loaded = "customers,invoices" if what == "poll" else "customers"
    async with simulate(objects=60, sizes={"customers": 60, "invoices": 600, "contacts": 80}, dense={}) as sim:
        async with open_session(sim, sync_resources=loaded) as session:
            assert await jobs.backfill(session) is Exit.OK
        async with open_session(sim, sync_resources="customers,invoices,contacts",
                               invoiced_max_concurrency=most) as session, asyncio.timeout(30):
            context = session.context
            limiter = context.reader.api.limiter
            if what == "lanes":
                lanes = await open_lanes(context, INVOICES, "")
                assert len(lanes) > most
            sim.stats.reset()
            sim.faults.hold({"path": "^/customers/[0-9]+/contacts"}, count=most)
            scanning = asyncio.create_task(scan_children(context, BY_NAME["contacts"]))
            await sim.faults.until_held(most)
            others = len(limiter.waiting)
            assert others > 20
            asked = asyncio.create_task(walk_lanes(context, INVOICES, lanes) if what == "lanes"
                                        else catch_up(context, session.schedule, INVOICES))
            more = most if what == "lanes" else 1
            await until(lambda: len(limiter.waiting) >= others + more, "its requests wait as well")
            sim.faults.release()
            await asked
            await scanning
        order = ["contacts" if seen.path.endswith("contacts") else "invoices" for seen in sim.stats.log]
        assert order.count("contacts") == 60
        assert order.index("invoices") <= most, "it goes as soon as one of those in flight is answered"
        if what == "lanes":
            assert order[:2 * most].count("invoices") == most
