"""`kill -9` costs a repeat of the page in hand, and nothing else."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from urllib.parse import parse_qs

import asyncpg
import pytest

from sync_daemon.apply.child_scan import BATCH
from sync_daemon.model.resources import BY_NAME
from sync_daemon.simulator import Simulator
from tests.conftest import Simulate
from tests.support.comparing import differences
from tests.support.mirror import is_loaded, query, settings
from tests.support.program import Programs, until

SIZES = {"invoices": 1000, "payments": 800, "charges": 800, "customers": 200}
KILLS = 4
CHILDREN = ("contacts", "payment_sources", "pending_line_items")


def pages(sim: Simulator) -> Counter[str]:
    """Full pages asked for so far, by path; probes ask for one or two rows."""
    return Counter(seen.path for seen in sim.stats.log if parse_qs(seen.query).get("per_page") == ["100"])


def of_parents(found: Counter[str], child: str) -> int:
    ending = BY_NAME[child].path.rsplit("/", 1)[1]
    return sum(times for path, times in found.items() if path.startswith("/customers/") and path.endswith(ending))


async def walked(dsn: str) -> dict[tuple[str, str], tuple[int, int, bool]]:
    """The committed cursors of lists that can go on at one, and whether the pass is done."""
    if not await query(dsn, "SELECT WHERE to_regclass('invoiced._checkpoint') IS NOT NULL"):
        return {}
    lanes: list[asyncpg.Record] = await query(
        dsn, "SELECT resource, variant, cursor_u, coalesce(cursor_id, 9223372036854775807) AS cursor_id, done "
             "FROM invoiced._checkpoint WHERE lane = 1 AND resource = ANY($1)", [*SIZES, *CHILDREN])
    return {(lane["resource"], lane["variant"]): (lane["cursor_u"], lane["cursor_id"], lane["done"]) for lane in lanes}


@pytest.mark.parametrize("verb", ["backfill", "run"])
async def test_a_first_load_that_is_killed_again_and_again_goes_on_where_it_was(
        verb: str, programs: Programs, simulate: Simulate, database: str) -> None:
    begun, dice = time.time(), random.Random(verb)
    async with simulate(objects=400, sizes=SIZES, latency=0.01, slots=1000, log_size=100_000) as sim:
        before: dict[tuple[str, str], tuple[int, int, bool]] = {}
        for number in range(KILLS):
            goal = sim.stats.requests + dice.randrange(60 if number else 1, 200)
            program = await programs.start(verb, **settings(sim, database))
            await until(lambda goal=goal: sim.stats.requests >= goal, "some of the work is done")  # type: ignore[misc]
            await program.kill()
            after = await walked(database)
            for lane, (*cursor, done) in before.items():  # one that was done, but not yet counted, begins again
                assert done or [*after[lane][:2]] >= cursor, f"{lane} began again"
            before = after
        assert not await is_loaded(database)
        sim.faults.clear()
        program = await programs.start(verb, **settings(sim, database, SYNC_INTERVAL="1h"))
        if verb == "backfill":
            assert await program.ended() == 0, program.stderr
        else:
            await until(lambda: is_loaded(database), "the first load is complete")
            assert await program.terminated() == 0
        assert await differences(sim.url, sim.api_key, database, since_event=begun - 60) == {}

        asked, starts = pages(sim), KILLS + 1
        for name in ("invoices", "payments", "charges"):  # the pages; two more for each start, and what tails ask
            # a list that is read by id and was done, but not yet counted when the kill came, is read once more
            times = 2 if name == "charges" else 1
            assert asked[f"/{name}"] <= times * (SIZES[name] // 99) + 5 * starts, name
        for child in CHILDREN:  # the batch in hand may be asked again
            assert of_parents(asked, child) <= SIZES["customers"] + KILLS * BATCH, child


async def test_a_killed_walk_asks_first_for_what_follows_its_committed_cursor(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=200, sizes={"invoices": 1000}, dense={}, latency=0.02) as sim:
        program = await programs.start("run", **settings(sim, database))
        lane = ("SELECT cursor_u, seen FROM invoiced._checkpoint "
                "WHERE resource = 'invoices' AND lane = 1 AND seen >= 300")

        async def far() -> list[asyncpg.Record]:
            there = await query(database, "SELECT WHERE to_regclass('invoiced._checkpoint') IS NOT NULL")
            return await query(database, lane) if there else []

        await until(far, "three pages are committed")
        await program.kill()
        (committed,) = await far()
        sim.stats.reset()
        await programs.start("run", **settings(sim, database))
        walk: list[str] = await until(lambda: [
            seen.query for seen in sim.stats.log
            if seen.path == "/invoices" and re.search("sort=.*per_page=100", seen.query)], "it asks for the next page")
        assert int(parse_qs(walk[0])["updated_after"][0]) >= committed["cursor_u"] - 1


async def test_a_list_that_was_loaded_is_not_loaded_again_after_a_kill(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=300, log_size=100_000) as sim:
        sim.faults.hold("/invoices")  # this one list can't go on
        program = await programs.start("run", **settings(sim, database, SYNC_INTERVAL="1h"))
        done = "SELECT resource FROM invoiced._resource_state WHERE loaded_at IS NOT NULL"

        async def most() -> bool:
            there = await query(database, "SELECT WHERE to_regclass('invoiced._resource_state') IS NOT NULL")
            return bool(there) and len(await query(database, done)) >= 30

        await until(most, "all but the invoices and their payment plans are loaded")
        await program.kill()
        loaded = {row["resource"] for row in await query(database, done)}
        assert "invoices" not in loaded
        sim.faults.release()
        sim.stats.reset()
        program = await programs.start("backfill", **settings(sim, database))
        assert await program.ended() == 0, program.stderr
        begun_again = {line["resource"] for line in program.logged("load.done")}
        assert begun_again == {"invoices", "payment_plans"}
        assert of_parents(pages(sim), "contacts") == 0


async def test_a_daemon_killed_between_cycles_catches_up(
        programs: Programs, simulate: Simulate, database: str) -> None:
    begun = time.time()
    async with simulate(objects=300, event_delay=0.0) as sim:
        program = await programs.start("run", **settings(sim, database, SYNC_INTERVAL="1"))
        await until(lambda: is_loaded(database), "the first load is complete")
        await program.kill()
        sim.account.touch(30)
        sim.account.create("payments", count=120)
        sim.account.delete("contacts", sim.account.tables["contacts"].by_id[0].id)
        program = await programs.start("backfill", **settings(sim, database))
        assert await program.ended() == 0, program.stderr
        assert await differences(sim.url, sim.api_key, database, since_event=begun - 60) == {}
