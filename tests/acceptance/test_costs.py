"""What the work costs, in counts and never in times: requests for rows, statements for pages, WAL for nothing new,
memory. Bounds stand a little above what is needed today, so that a change that costs more shows at once.
"""

from __future__ import annotations

import socket
import sys
from asyncio import StreamReader, StreamWriter
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from sync_daemon.model.resources import BY_NAME, RESOURCES, Way
from sync_daemon.simulator import Simulator
from tests.conftest import Simulate
from tests.support.comparing import differences
from tests.support.mirror import cycles, query, settings
from tests.support.program import Programs, until
from tests.support.road import Road

INVOICES = BY_NAME["invoices"]
POLLED = [resource for resource in RESOURCES if resource.way is Way.VALUE]
ROWS = 4000
PAGES = ROWS // 100
A_RUN = 20
"""Statements of a run besides its pages: locks, bookkeeping, signs of life."""
WRAPPER = """#!{python}
import pathlib, resource, subprocess, sys
code = subprocess.call([sys.executable, *sys.argv[1:]])
pathlib.Path(__file__).with_name("peak").write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


def account(rows: int = ROWS) -> dict[str, object]:
    return {"objects": 100, "sizes": {"customers": 20, "invoices": rows}, "dense": {}}


async def lanes(dsn: str, which: str = "lane > 0") -> int:
    rows = await query(dsn, f"SELECT count(*) AS n FROM invoiced._checkpoint WHERE resource = 'invoices' AND {which}")
    return int(rows[0]["n"])


async def is_equal(sim: Simulator, dsn: str) -> bool:
    return await differences(sim.url, sim.api_key, dsn, resources=(INVOICES,)) == {}


def walked(sim: Simulator) -> int:
    """Requests for pages; the others ask for one row, mostly to count."""
    return sum(1 for seen in sim.stats.log if seen.path == "/invoices" and "per_page=1&" not in seen.query)


@pytest.mark.slow
async def test_a_first_load_costs_a_request_for_a_page_and_few_for_each_lane(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(**account(), slots=12, latency=0.01) as sim:
        sim.set_clock(advance=1000)
        ended = await programs.call("backfill", "invoices", **settings(sim, database))
        assert ended.code == 0, ended.stderr
        cut = await lanes(database)
        assert cut == 8
        assert PAGES <= walked(sim) <= PAGES + cut + 2
        assert sim.stats.requests <= 1.25 * PAGES + 2 * cut
        assert sim.stats.rate_limited == 0
        assert 8 <= sim.stats.max_in_flight <= 12, "side by side, but never more than allowed"
        assert await is_equal(sim, database)


@pytest.mark.parametrize("most", [1, 5])
@pytest.mark.slow
async def test_never_more_requests_are_in_flight_than_allowed(most: int, programs: Programs, simulate: Simulate,
                                                             database: str) -> None:
    async with simulate(**account(1200), slots=20, latency=0.002) as sim:
        for verb in (("backfill",), ("resync", "invoices"), ("verify",)):
            ended = await programs.call(*verb, **settings(sim, database, INVOICED_MAX_CONCURRENCY=str(most)))
            assert ended.code == 0, ended.stderr
        assert sim.stats.max_in_flight == most
        assert sim.stats.rate_limited == 0


class Line(Road):
    """A way to the database that counts the statements on it."""

    statements = 0

    async def _pass_on(self, reader: StreamReader, writer: StreamWriter) -> None:
        to_server = writer.get_extra_info("socket").family == socket.AF_UNIX
        unread, started = b"", False
        while data := await reader.read(65536):
            if to_server:
                unread += data
                while len(unread) >= 8:
                    # until the startup message messages have no type; only their length and a version
                    size = int.from_bytes(unread[1:5] if started else unread[:4], "big") + started
                    if len(unread) < size:
                        break
                    self.statements += started and unread[:1] in (b"E", b"Q")
                    started = started or unread[4:8] == (3 << 16).to_bytes(4, "big")
                    unread = unread[size:]
            writer.write(data)
            await writer.drain()
        writer.write_eof()


async def test_a_stored_page_costs_few_statements_and_an_unchanged_one_fewer(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(**account(), latency=0.1) as sim:  # slow, so that what is stored at once is one page
        sim.set_clock(advance=1000)
        assert (await programs.call("migrate", DATABASE_URL=database)).code == 0
        line = Line(database)
        await line.open()
        try:
            way = settings(sim, line.dsn, INVOICED_MAX_CONCURRENCY="2")
            costs = []
            for verb in (("backfill", "invoices"), ("resync", "invoices")):
                before = line.statements
                ended = await programs.call(*verb, **way)
                assert ended.code == 0, ended.stderr
                costs.append(line.statements - before)
        finally:
            await line.refuse()
        assert await is_equal(sim, database)
    stored, unchanged = costs
    assert PAGES < unchanged < stored, "the statements were counted"
    assert stored <= 10 * PAGES + A_RUN  # one of them for the nested tables
    assert unchanged <= 4 * PAGES + A_RUN


async def test_reading_again_what_did_not_change_writes_next_to_nothing(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async def written(*arguments: str) -> int:
        await query(database, "VACUUM (FREEZE, ANALYZE)")  # what the first read of a row would write is written now
        [before] = await query(database, "SELECT pg_current_wal_insert_lsn() AS lsn")
        ended = await programs.call(*arguments, **way)
        assert ended.code == 0, ended.stderr
        [after] = await query(database, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1) AS bytes",
                              before["lsn"])
        return int(after["bytes"])

    async with simulate(**account()) as sim:
        sim.set_clock(advance=1000)
        way = settings(sim, database)
        await query(database, "ALTER SYSTEM SET autovacuum = off")
        await query(database, "SELECT pg_reload_conf()")
        try:
            assert (await programs.call("backfill", "invoices", **way)).code == 0
            nothing = await written("resync", "invoices")
            sim.account.update("invoices", sim.account.ids("invoices")[:ROWS // 2], {"notes": "new"}, silent=True,
                               stamp=False)
            something = await written("resync", "invoices")
        finally:
            await query(database, "ALTER SYSTEM RESET autovacuum")
            await query(database, "SELECT pg_reload_conf()")
        assert await is_equal(sim, database)
    assert nothing < 100_000
    assert something > 10 * nothing, "what changed is seen in the measure"


async def test_an_idle_cycle_asks_once_for_the_feed_and_each_polled_list_and_writes_one_row(
        programs: Programs, simulate: Simulate, database: str) -> None:
    statistics = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del AS n FROM pg_stat_user_tables"

    async def writes() -> Counter[str]:
        return Counter({row["relname"]: row["n"] for row in await query(database, statistics)})

    async with simulate(objects=300, dense={}) as sim:
        sim.set_clock(advance=1000)
        ended = await programs.call("backfill", **settings(sim, database))
        assert ended.code == 0, ended.stderr
        before = await writes()
        sim.stats.reset()
        program = await programs.start("run", **settings(sim, database, SYNC_INTERVAL="1"))

        def feeds() -> list[int]:
            return [place for place, seen in enumerate(sim.stats.log) if seen.path == "/events"]

        await until(lambda: len(feeds()) >= 5, "some cycles")
        assert await program.terminated() == 0
        done = await cycles(database)
        after = await writes()
        log, starts = [seen.path for seen in sim.stats.log], feeds()
        for begin, end in pairwise(starts[1:-1]):
            assert sorted(log[begin:end]) == sorted(["/events", *(resource.path for resource in POLLED)])
        assert {name: n for name, n in (after - before).items() if name != "_run"} == {}
        assert after["_run"] - before["_run"] == 1 + done + 2, "the start, each cycle, the last beat and the end"


@pytest.mark.slow
async def test_memory_is_bounded_and_does_not_grow_with_the_account(programs: Programs, simulate: Simulate,
                                                                    database: str, tmp_path: Path) -> None:
    """The peak of a process counts from its start only where its parent is small, hence the wrapper.

    Both accounts are larger than all that may be in hand (8 lanes that store four pages each and read four ahead: some
    15 MB, which a slow moment of the database fills). The difference between them is 42 MB of rows.
    """
    wrapper = tmp_path / "small"
    wrapper.write_text(WRAPPER.format(python=sys.executable))
    wrapper.chmod(0o755)
    programs.python = str(wrapper)
    peaks = []
    for schema, rows in (("small", 7000), ("large", 28_000)):
        async with simulate(**account(rows)) as sim:
            ended = await programs.call("backfill", "invoices", **settings(sim, database, SYNC_SCHEMA=schema))
            assert ended.code == 0, ended.stderr
            assert sim.stats.requests > rows / 100
        peaks.append(int((tmp_path / "peak").read_text()) / 1024)
    small, large = peaks
    assert 20 < small < 120
    assert large < 120
    assert large <= 1.4 * small
