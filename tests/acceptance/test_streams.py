"""Whatever stdin, stdout and stderr are: no traceback, no exit code 1, and no daemon that dies of its log."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from sync_daemon.simulator import Simulator
from tests.support.mirror import query, settings
from tests.support.program import Ended, Programs, until

FULL = Path("/dev/full")
PROGRAM = f"'{sys.executable}' -m sync_daemon"
NAME = "Größe € 株式会社"

needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")


class Shell:
    """Runs the program from a shell, for its redirections; `$P` is the program."""

    def __init__(self, programs: Programs, told: dict[str, str]) -> None:
        self.environment = programs.environment(told) | {"P": PROGRAM}

    async def __call__(self, command: str, **more: str) -> Ended:
        process = await asyncio.create_subprocess_exec(
            "bash", "-o", "pipefail", "-c", command.replace("$P", PROGRAM), env=self.environment | more,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        async with asyncio.timeout(60):
            out, err = await process.communicate()
        ended = Ended(process.returncode or 0, out.decode(errors="replace"), err.decode(errors="replace"))
        for word in ("Traceback", "Exception ignored", "Errno", "Aborted"):
            assert word not in ended.stderr + ended.stdout, (command, ended)
        return ended


@pytest.fixture
async def shell(programs: Programs, sim: Simulator, database: str) -> Shell:
    """With a small mirror that is in order."""
    sim.account.company["name"] = NAME
    told = settings(sim, database, SYNC_RESOURCES="customers,items", LANG="C.UTF-8")
    ended = await programs.call("backfill", **told)
    assert ended.code == 0, ended.stderr
    return Shell(programs, told)


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
async def test_a_closed_stream_changes_nothing(closed: str, shell: Shell) -> None:
    for verb in ("status", "backfill --json", "nonsense"):
        assert (await shell(f"$P {verb} {closed}")).code == (2 if verb == "nonsense" else 0), verb


async def test_no_connection_comes_to_lie_where_a_stream_was_closed(shell: Shell) -> None:
    ended = await shell("$P status --json <&- 2>&-")
    assert json.loads(ended.stdout)["account"]["name"] == NAME


@pytest.mark.slow
@pytest.mark.parametrize("pipe", ["| head -1", "2>&1 | head -1", "2>&1 | true", "2>&1 >/dev/null | true"])
async def test_a_reader_that_goes_away_is_no_failure(pipe: str, shell: Shell) -> None:
    for verb in ("status", "check --json", "--help"):
        ended = await shell(f"$P {verb} {pipe}")
        assert (ended.code, ended.stderr.count("invoiced-sync:")) == (0, 0), (verb, ended)


async def test_a_failure_stays_one_where_nobody_reads_why(shell: Shell) -> None:
    for pipe in ("2>&1 | true", "2>&-", "2>/dev/full"):
        assert (await shell(f"$P status {pipe}", SYNC_SCHEMA="elsewhere")).code == 78


@needs_full
async def test_a_result_that_could_not_be_written_is_75_and_told(shell: Shell) -> None:
    for verb in ("status", "verify --json", "--help"):
        ended = await shell(f"$P {verb} > /dev/full")
        assert ended.code == 75, verb
        assert ended.says("result could not be written", "No space left on device"), verb


@needs_full
async def test_a_log_that_can_not_be_written_stops_no_load(shell: Shell) -> None:
    ended = await shell("$P backfill --json 2> /dev/full")
    assert ended.code == 0
    assert json.loads(ended.stdout)["resources"]


@pytest.mark.slow
@pytest.mark.parametrize("more", [{"LANG": "C", "PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"},
                                  {"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}])
async def test_a_poor_encoding_loses_no_more_than_looks(more: dict[str, str], shell: Shell) -> None:
    for verb in ("status", "check --json", "backfill --dry-run"):
        ended = await shell(f"$P {verb}", **more)
        assert ended.code == 0, ended


@needs_full
@pytest.mark.parametrize("log", ["full", "gone"])
async def test_a_daemon_outlives_its_log(log: str, programs: Programs, sim: Simulator, database: str) -> None:
    reader, writer = os.pipe()
    programs.terminal = os.open(FULL, os.O_WRONLY) if log == "full" else writer
    os.close(reader)
    program = await programs.start("run", **settings(sim, database, SYNC_RESOURCES="customers", SYNC_INTERVAL="1"))
    programs.terminal = None

    async def worked() -> bool:
        there = await query(database, "SELECT WHERE to_regclass('invoiced._run') IS NOT NULL")
        return bool(there and await query(database, "SELECT FROM invoiced._run WHERE cycles > 2"))

    await until(worked, "three cycles")
    assert program.running
    assert await program.terminated() == 0
