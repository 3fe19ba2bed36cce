"""A database that goes away, comes back, comes back older, fills up or says no: the daemon waits, reads its cursors
again and goes on; or it ends with one clear line. Either way nothing is half done, and it ends equal.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from sync_daemon.postgres import connection as connections
from sync_daemon.postgres import migrations
from sync_daemon.postgres.statements import Queries
from sync_daemon.simulator import Simulator
from tests.conftest import Simulate
from tests.support.comparing import differences
from tests.support.mirror import is_loaded, query, settings
from tests.support.program import Program, Programs, until
from tests.support.proxy import BadRoad
from tests.support.servers import DEBIAN, USER, Postgres, folder_for, running

pytestmark = pytest.mark.slow

FAST = {"SYNC_INTERVAL": "1", "SYNC_OVERLAP": "2"}


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=250, sizes={"tasks": 40}, dense={}, event_delay=0.0, slots=1000) as sim:
        yield sim


def change(sim: Simulator, dice: random.Random) -> None:
    """Something happens in the account."""
    sim.account.touch(3)
    sim.account.create(dice.choice(["payments", "invoices", "tasks", "contacts"]))
    if len(sim.account.ids("tasks")) > 5:
        sim.account.delete("tasks", dice.choice(sim.account.ids("tasks")))


async def becomes_equal(sim: Simulator, dsn: str, begun: float, **more: Any) -> None:
    found: dict[str, object] = {}

    async def equal() -> bool:
        found.clear()
        found.update(await differences(sim.url, sim.api_key, dsn, since_event=begun + 1, **more))
        return not found

    try:
        await until(equal, "the mirror is equal to the account")
    except AssertionError as error:
        raise AssertionError(f"{error}; these differ: {found}") from None


async def deleted(dsn: str) -> int:
    return int((await query(dsn, "SELECT count(*) AS n FROM invoiced._deleted WHERE returned_at IS NULL"))[0]["n"])


# A bad way.


@pytest.mark.slow
async def test_over_a_way_that_cuts_delays_and_loses_the_mirror_becomes_equal(
        programs: Programs, sim: Simulator, mirror_database: str) -> None:
    begun, seed = time.time(), random.randrange(10**6)
    print(f"seed {seed}")
    dice, road, starts = random.Random(seed), BadRoad(mirror_database, seed), 1
    await road.open()
    try:
        program = await programs.start("run", **settings(sim, road.dsn, **FAST))
        while road.mishaps.happened < 40 or not await is_loaded(mirror_database):
            if not program.running:
                assert await program.ended() == 75, program.stderr[-3000:]
                starts += 1
                program = await programs.start("run", **settings(sim, road.dsn, **FAST))
            if await query(mirror_database, "SELECT FROM invoiced._checkpoint WHERE resource = 'events'"):
                change(sim, dice)  # the feed is read from the first run on, however long that took to begin
            goal = sim.stats.requests + 15

            async def goes_on(goal: int = goal, program: Program = program) -> bool:
                return sim.stats.requests >= goal or not program.running

            await until(goes_on, "it works on")
        road.mend()
        change(sim, dice)
        if not program.running:
            program = await programs.start("run", **settings(sim, road.dsn, **FAST))
        await becomes_equal(sim, mirror_database, begun)
        assert await program.terminated() == 0
        assert starts < 15
    finally:
        await road.refuse()


# A server of one's own.


@dataclass(slots=True)
class Server(Postgres):
    """A Postgres that can be set back to an older copy of its data."""

    @property
    def dsn(self) -> str:
        return self.url()

    async def keep_copy(self) -> None:
        """A standby that from here on hears nothing any more."""
        await self.stop()
        await self.do(shutil.which("cp") or "cp", "-a", str(self.folder / "data"), str(self.folder / "copy"))
        await self.start()

    async def fail_over(self) -> None:
        """The primary dies; the standby takes over, without what it never heard of."""
        await self.stop("immediate")
        shutil.rmtree(self.folder / "data")
        (self.folder / "copy").rename(self.folder / "data")
        await self.start()


@pytest.fixture
async def own_server() -> AsyncIterator[Server]:
    if not DEBIAN.is_dir():
        pytest.skip("Debian's Postgres 15 is not installed (apt-get install postgresql-15)")
    with folder_for("own") as folder:
        server = Server(folder, ("shared_buffers=16MB",))
        await server.initialize()
        async with running(server):
            yield server


async def test_postgres_is_restarted_and_the_daemon_waits_and_goes_on(
        programs: Programs, sim: Simulator, own_server: Server) -> None:
    begun = time.time()
    program = await programs.start("run", **settings(sim, own_server.dsn, **FAST))
    await until(lambda: sim.stats.requests > 60, "the first load is under way")
    for mode in ("fast", "immediate"):
        await own_server.stop(mode)
        change(sim, random.Random(mode))
        await until(lambda: program.logged("database.unavailable"), "it notices")
        await own_server.start()
        assert program.running
        await until(lambda: program.logged("database.back"), "it goes on")
    await until(lambda: is_loaded(own_server.dsn), "the first load is complete")
    await own_server.stop("immediate")
    change(sim, random.Random(1))
    await own_server.start()
    await becomes_equal(sim, own_server.dsn, begun)
    assert await program.terminated() == 0
    assert not program.logged("resource.failed")


async def test_a_standby_that_lost_the_last_commits_takes_over(
        programs: Programs, sim: Simulator, own_server: Server) -> None:
    begun, dice = time.time(), random.Random(5)
    program = await programs.start("run", **settings(sim, own_server.dsn, **FAST))
    await until(lambda: is_loaded(own_server.dsn), "the first load is complete")
    await own_server.keep_copy()
    for _ in range(5):
        change(sim, dice)
    await becomes_equal(sim, own_server.dsn, begun)
    lost = await deleted(own_server.dsn)
    await own_server.fail_over()
    assert await deleted(own_server.dsn) < lost
    await becomes_equal(sim, own_server.dsn, begun)
    assert await deleted(own_server.dsn) == lost
    assert await program.terminated() == 0


async def test_a_standby_takes_over_in_the_middle_of_a_first_load(
        programs: Programs, simulate: Simulate, own_server: Server) -> None:
    async with simulate(objects=400, sizes={"invoices": 900, "charges": 900, "gl_accounts": 400}, latency=0.02,
                        dense={}) as sim:
        begun = time.time()
        program = await programs.start("run", **settings(sim, own_server.dsn, **FAST))
        rows = "SELECT FROM invoiced._checkpoint WHERE resource = 'invoices' AND lane = 1 AND seen >= $1"

        async def has_read(number: int) -> bool:
            there = await query(own_server.dsn, "SELECT WHERE to_regclass('invoiced._checkpoint') IS NOT NULL")
            return bool(there and await query(own_server.dsn, rows, number))

        await until(lambda: has_read(200), "some pages are committed")
        await own_server.keep_copy()
        await until(lambda: has_read(500), "more pages are committed")
        await own_server.fail_over()
        await until(lambda: is_loaded(own_server.dsn), "the first load is complete")
        await becomes_equal(sim, own_server.dsn, begun)
        assert await program.terminated() == 0


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["run", "backfill"])
async def test_parents_that_a_failover_took_back_are_loaded_again_and_their_children_with_them(
        verb: str, programs: Programs, simulate: Simulate, own_server: Server) -> None:
    async with simulate(objects=150, sizes={"customers": 250, "contacts": 300}, dense={}, slots=1000) as sim:
        begun = time.time()
        sim.set_clock(advance=1000)  # all customers are of the first load's lanes
        program = await programs.start("migrate", **settings(sim, own_server.dsn))
        assert await program.ended() == 0
        await own_server.keep_copy()
        sim.faults.hold({"path": "^/customers/[0-9]+/contacts", "query": ""}, count=1000)
        program = await programs.start(verb, **settings(sim, own_server.dsn, **FAST))
        await until(lambda: sim.faults.waiting, "all customers are stored, and their contacts are asked for")
        await own_server.fail_over()
        assert await query(own_server.dsn, "SELECT FROM invoiced.customers") == []
        sim.faults.release()
        await until(lambda: is_loaded(own_server.dsn), "the first load is complete")
        there = await query(own_server.dsn, "SELECT FROM invoiced.contacts")
        assert len(there) == 300
        if verb == "backfill":
            assert await program.ended() == 0, program.stdout + program.stderr
        else:
            await becomes_equal(sim, own_server.dsn, begun)
            assert await program.terminated() == 0


@pytest.fixture
def tiny() -> Iterator[Path]:
    """A folder on a file system of two megabytes."""
    folder = Path(tempfile.mkdtemp(prefix="isync-tiny-", dir="/tmp"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], check=False,
                             capture_output=True).returncode == 0
    try:
        if not mounted:
            pytest.skip("only root can mount a small file system")
        yield folder
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


async def test_a_full_disk_is_75_and_with_room_it_goes_on(
        programs: Programs, simulate: Simulate, tiny: Path, own_server: Server) -> None:
    shutil.chown(tiny, USER)
    async with simulate(objects=150, sizes={"invoices": 1500}, dense={}) as sim:
        async with connections.connect(own_server.dsn, 1) as pool:
            await migrations.migrate(pool, Queries("invoiced"))
        await query(own_server.dsn, f"CREATE TABLESPACE tiny LOCATION '{tiny}'")
        await query(own_server.dsn, "ALTER TABLE invoiced.invoices SET TABLESPACE tiny")
        program = await programs.start("run", **settings(sim, own_server.dsn, **FAST))
        assert await program.ended() == 75
        assert ended_clearly(program, "out of room", "Make room")
        lane, rows = await query(own_server.dsn,
                                 "SELECT seen AS n FROM invoiced._checkpoint WHERE resource = 'invoices' AND "
                                 "lane = 1 UNION ALL SELECT count(*) FROM invoiced.invoices")
        assert 0 < lane["n"] <= rows["n"] + lane["n"] // 50, "no cursor is ahead of its rows"
        await query(own_server.dsn, "ALTER TABLE invoiced.invoices SET TABLESPACE pg_default")
        await query(own_server.dsn, "DROP TABLESPACE tiny")
        ended = await programs.call("backfill", **settings(sim, own_server.dsn))
        assert ended.code == 0, ended.stderr
        assert await differences(sim.url, sim.api_key, own_server.dsn, since_event=time.time()) == {}


# A database that says no.


def ended_clearly(program: Program, *words: str) -> bool:
    """One sentence, one remedy, no more."""
    lines = [line for line in program.stderr.splitlines() if line and not line.startswith("{")]
    said = len(lines) == 2 and lines[0].startswith("invoiced-sync: ") and lines[1].startswith("  ")
    return said and all(word.lower() in program.stderr.lower() for word in words)


@asynccontextmanager
async def refusing(how: str, dsn: str) -> AsyncIterator[None]:
    """Postgres refuses what the program wants, from now on until the end."""
    do, undo = {
        "rights": ("REVOKE UPDATE ON ALL TABLES IN SCHEMA invoiced FROM limited",
                   "GRANT UPDATE ON ALL TABLES IN SCHEMA invoiced TO limited"),
        "one right": ("REVOKE INSERT ON invoiced.invoices FROM limited",
                      "GRANT INSERT ON invoiced.invoices TO limited"),
    }[how]
    await query(dsn, do)
    await query(dsn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
                     "pid <> pg_backend_pid()")
    yield
    await query(dsn, undo)


@pytest.mark.parametrize(("how", "words"), [
    ("rights", ("lacks a right", "Grant")), ("one right", ("lacks a right", "Grant"))])
async def test_a_database_that_says_no_while_the_daemon_runs_is_78(
        how: str, words: tuple[str, ...], programs: Programs, sim: Simulator, mirror_database: str) -> None:
    begun = time.time()
    if not await query(mirror_database, "SELECT FROM pg_roles WHERE rolname = 'limited'"):
        await query(mirror_database, "CREATE ROLE limited LOGIN")
    await query(mirror_database, "GRANT USAGE ON SCHEMA invoiced TO limited")
    await query(mirror_database, "GRANT ALL ON ALL TABLES IN SCHEMA invoiced TO limited")
    dsn = mirror_database.replace("//postgres@", "//limited@")
    program = await programs.start("run", **settings(sim, dsn, **FAST))
    await until(lambda: is_loaded(mirror_database), "the first load is complete")
    async with refusing(how, mirror_database):
        before = await query(mirror_database, "SELECT * FROM invoiced._checkpoint ORDER BY 1, 2, 3")
        sim.account.create("invoices", 3)
        assert await program.ended() == 78
        assert ended_clearly(program, *words), program.stderr[-3000:]
        after = await query(mirror_database, "SELECT * FROM invoiced._checkpoint ORDER BY 1, 2, 3")
        assert how == "one right" or after == before
    ended = await programs.call("backfill", **settings(sim, dsn))
    assert ended.code == 0, ended.stderr
    assert await differences(sim.url, sim.api_key, mirror_database, since_event=begun + 1) == {}


async def test_a_daemon_waits_while_its_primary_takes_no_writes(
        programs: Programs, sim: Simulator, mirror_database: str) -> None:
    """Hosts do that at 95 % of the disk, and take it back when there is room."""
    begun, name = time.time(), urlsplit(mirror_database).path[1:]
    told = settings(sim, mirror_database, **FAST)

    async def take_writes(*, end_sessions: bool, how: str) -> None:
        connection = await asyncpg.connect(mirror_database, server_settings={"default_transaction_read_only": "off"})
        await connection.execute(f"ALTER DATABASE {name} {how}")
        if end_sessions:
            await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                                     "datname = current_database() AND pid <> pg_backend_pid()")
        await connection.close()

    program = await programs.start("run", **told)
    await until(lambda: is_loaded(mirror_database), "the first load is complete")
    await take_writes(how="SET default_transaction_read_only = on", end_sessions=True)
    sim.account.create("invoices", 3)
    await until(lambda: [line for line in program.logged("database.unavailable")
                         if "read-only" in line["why"]], "it waits")
    (line,) = [line for line in program.logged("database.unavailable") if "read-only" in line["why"]]
    assert "SHOW default_transaction_read_only" in line["hint"]
    for verb in ("run", "backfill"):
        ended = await programs.call(verb, **told)
        assert ended.code == 75, ended.stderr
        assert ended.says("takes no writes", "disk", "SHOW default_transaction_read_only")
    assert (await programs.call("status", **told)).code in {0, 3}
    assert program.running
    await take_writes(how="RESET default_transaction_read_only", end_sessions=False)
    await becomes_equal(sim, mirror_database, begun)
    assert not program.logged("resource.failed")
    assert await program.terminated() == 0
