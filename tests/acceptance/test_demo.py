"""The demo shows the whole program, ends by itself, and leaves nothing behind; `db` keeps the embedded Postgres up."""

# A test has nothing else to do while it waits.
# ruff: noqa: ASYNC221, ASYNC240

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from sync_daemon.cli.demo_show import Account, Show
from sync_daemon.errors import Exit
from sync_daemon.local_postgres.embedded import EmbeddedServer
from sync_daemon.model.resources import RESOURCES
from sync_daemon.simulator import Simulator
from tests.conftest import Open
from tests.support.mirror import query
from tests.support.program import Program, Programs, until

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")


@pytest.fixture
def scratch() -> Iterator[Path]:
    """The folder for temporary files. Its name tells the processes of one demo from all others."""
    folder = Path(tempfile.mkdtemp(prefix="isync-demo-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def alive(folder: Path) -> list[str]:
    """The command lines of the processes that have to do with a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes()
            if os.fsencode(folder) in command + (process / "environ").read_bytes():
                found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found


async def ended(folder: Path) -> None:
    """Waits until nothing is left of it: the supervisor lets go of its users just before it ends itself."""
    await until(lambda: not alive(folder), "all that it started has ended")


async def is_up(demo: Program, word: str) -> str:
    """Waits for a line with this word on stdout and returns it."""

    def line() -> str:
        assert demo.running, demo.stderr
        return next((line for line in demo.stdout.splitlines(True) if word in line and line.endswith("\n")), "")

    return await until(line, f"it says {word}")


def sql(psql: str, statement: str) -> str:
    """What psql prints: the line that a person is given, as it stands."""
    return subprocess.run([*("sh", "-c"), f'{psql} -XAt -c "$0"', statement], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


@pytest.mark.slow
async def test_the_second_demo_is_as_good_as_the_first(programs: Programs, scratch: Path) -> None:
    for _ in range(2):
        demo = await programs.call("demo", "--objects", "400", TMPDIR=str(scratch))
        assert demo.code == 0, demo.stdout + demo.stderr
        table = {cells[0]: cells[1:] for line in demo.stdout.splitlines() if len(cells := line.split()) == 4}
        for resource in RESOURCES:
            at_source, in_mirror, behind = table[resource.name]
            assert at_source == in_mirror
            assert behind.isdecimal()
        assert "3 customers created" in demo.stdout
        assert "1 credit note deleted" in demo.stdout
        assert f"All {len(RESOURCES)} tables are equal" in demo.stdout
        answers = demo.stdout.split("tables are equal")[1]
        heads = [line.split() for line in answers.splitlines()]
        assert ["past", "due", "usd", "eur", "jpy"] in heads
        assert {cells[0] for cells in heads if len(cells) >= 4} >= {"current", "1-30", "91+", "credits"}
        assert answers.index("by age") < answers.index("DSO") < answers.index("Whom to call first") < answers.index(
            "invoiced-sync report --list")
        await ended(scratch)
        assert not list(scratch.iterdir())


async def test_settings_of_real_use_neither_disturb_the_demo_nor_are_they_used(programs: Programs, scratch: Path,
                                                                             database: str) -> None:
    demo = await programs.call("demo", "--objects", "200", TMPDIR=str(scratch), DATABASE_URL=database,
                               INVOICED_BASE_URL="https://invoiced.invalid", SYNC_RESOURCES="nonsense",
                               SYNC_SCHEMA="other")
    assert demo.code == 0, demo.stdout + demo.stderr
    assert await query(database, "SELECT FROM pg_namespace WHERE nspname IN ('invoiced', 'other')") == []


async def test_a_demo_that_is_kept_can_be_looked_at_until_ctrl_c(programs: Programs, scratch: Path) -> None:
    demo = await programs.start("demo", "--keep", "--objects", "200", TMPDIR=str(scratch))
    psql = (await is_up(demo, "/psql")).strip()
    report = (await is_up(demo, "report aging")).strip()
    curl = (await is_up(demo, "curl")).strip()
    await is_up(demo, "invoiced-sync run")
    here = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    asked = subprocess.run(report, shell=True, check=True, stdout=subprocess.PIPE, text=True, env=here)
    assert "What is owed by customer" in asked.stdout
    before = int(sql(psql, "SELECT count(*) FROM invoiced.customers"))
    subprocess.run(curl.replace("curl", "curl -sSf --noproxy '*'"), shell=True, check=True, stdout=subprocess.PIPE)
    await until(lambda: int(sql(psql, "SELECT count(*) FROM invoiced.customers")) == before + 3, "the mirror follows")
    demo.process.send_signal(signal.SIGINT)
    assert await demo.ended() == 0
    await ended(scratch)
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("word", ["", "are up", "The daemon runs"], ids=["at the start", "while it loads", "later"])
async def test_a_demo_that_is_stopped_early_tidies_up_and_says_so(programs: Programs, scratch: Path, word: str) -> None:
    demo = await programs.start("demo", "--objects", "2000", TMPDIR=str(scratch))
    if word:
        await is_up(demo, word)
    else:
        await until(lambda: list(scratch.glob("*/postgres.lock")), "it starts Postgres")
    assert await demo.terminated() == Exit.TEMPORARY
    await ended(scratch)
    assert not list(scratch.iterdir())


async def test_a_killed_demo_leaves_nothing_running(programs: Programs, scratch: Path) -> None:
    demo = await programs.start("demo", "--objects", "2000", TMPDIR=str(scratch))
    await is_up(demo, "The daemon runs")
    assert alive(scratch)
    await demo.kill()
    await ended(scratch)


async def test_a_difference_is_shown_and_ends_with_its_own_code(sim: Simulator, open_session: Open,
                                                                mirror_database: str,
                                                                capsys: pytest.CaptureFixture[str]) -> None:
    server = EmbeddedServer(mirror_database, Path(), Path(), "18")
    show = Show(Account(sim.url, sim.api_key), server, keep=False)
    async with open_session(sim, sync_interval=1) as session:
        assert await show.backfill(session) is Exit.OK
        assert await show.compare(session) is Exit.OK
        await query(mirror_database, "UPDATE invoiced.tasks SET raw = raw || '{\"name\": \"other\"}' WHERE id = "
                                     "(SELECT min(id) FROM invoiced.tasks)")
        assert await show.compare(session) is Exit.PARTLY
    assert f"1 of {len(RESOURCES)} tables differ" in capsys.readouterr().out


async def test_the_embedded_database_stays_up_until_it_is_told_to_end(programs: Programs, scratch: Path) -> None:
    if os.geteuid() == 0:
        refused = await programs.call("db", XDG_DATA_HOME=str(scratch))
        assert refused.code == Exit.CONFIG
        assert refused.says("root", "DATABASE_URL")
        pytest.skip("Postgres refuses root, and so do we")
    database = await programs.start("db", XDG_DATA_HOME=str(scratch))
    psql = (await is_up(database, "/psql")).removeprefix("psql").strip()
    dump = (await is_up(database, "/pg_dump")).removeprefix("pg_dump").strip()
    assert sql(psql, "SELECT current_database()") == "invoiced"
    subprocess.run(dump, shell=True, check=True, cwd=scratch)
    assert (scratch / "invoiced.dump").stat().st_size > 0
    assert await database.terminated(30) == 0
    assert not alive(scratch)


async def test_a_service_gets_no_embedded_database(programs: Programs, scratch: Path) -> None:
    refused = await programs.call("db", XDG_DATA_HOME=str(scratch), INVOCATION_ID="5d0c")
    assert refused.code == Exit.CONFIG
    assert refused.says("service", "DATABASE_URL")
