"""Whatever the program is started in: a user without a name, no home, arguments and settings that can't be.

A sentence and the right exit code, never a traceback; and no image of its memory on a disk.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from sync_daemon.simulator import Simulator
from tests.support.mirror import settings
from tests.support.program import Programs, until

NAMELESS = 54321


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
async def test_a_user_without_a_name_and_a_home_gets_sentences(
        programs: Programs, ordinary: dict[str, str], sim: Simulator, database: str) -> None:
    told = settings(sim, database) | {"HOME": ""}
    for verb in ("check", "backfill", "run", "status", "migrate"):
        without_any = {name: value for name, value in told.items() if name != "DATABASE_URL"}
        ended = await programs.call(verb, user=NAMELESS, **without_any)
        assert ended.code == 78, ended.stderr
        assert "no home" in ended.stdout + ended.stderr
        ended = await programs.call(verb, user=NAMELESS, **told | {"DATABASE_URL": "postgresql://127.0.0.1:1/x"})
        assert ended.code == 78, ended.stderr
        assert f"no name for user {NAMELESS}" in ended.stdout + ended.stderr
        ended = await programs.call(verb, user=NAMELESS, **told | {"DATABASE_URL": "postgresql://u@127.0.0.1:1/x"})
        assert ended.code == 75, ended.stderr


async def test_no_core_is_ever_written(programs: Programs, sim: Simulator, database: str) -> None:
    program = await programs.start("run", **settings(sim, database, SYNC_RESOURCES="company"))
    await until(lambda: program.logged("cycle.done"), "a cycle is done")
    limits = await asyncio.to_thread(Path(f"/proc/{program.process.pid}/limits").read_text)
    (line,) = [line for line in limits.splitlines() if line.startswith("Max core file size")]
    assert line.split()[4:6] == ["0", "0"]
    assert await program.terminated() == 0


@pytest.mark.parametrize("arguments", [
    ["resync", "items", "--id", "9" * 30], ["resync", "items", "--id", "-1"], ["backfill", "--since", "9" * 5000],
    ["backfill", "--since", "0001-01-01T00:00+14:00"], ["backfill", "--since", "9999-12-31T23:59-14:00"],
    ["backfill", "--since", "inf"], ["backfill", "\u2603" * 300], ["simulate", "--port", "99999"]])
async def test_what_no_argument_can_be_is_wrong_usage(
        arguments: list[str], programs: Programs, sim: Simulator, database: str) -> None:
    ended = await programs.call(*arguments, **settings(sim, database))
    assert ended.code == 2, ended.stderr


@pytest.mark.parametrize("told", [
    {"INVOICED_BASE_URL": "https://a..b"}, {"INVOICED_BASE_URL": "https://x:0"}, {"INVOICED_BASE_URL": "https://x:99999"},
    {"INVOICED_BASE_URL": "https://x:abc"}, {"DATABASE_URL": "postgresql://u@h:99999/d"}, {"SYNC_SWEEP": "999999999d"},
    {"DATABASE_URL": f"postgresql://u@{'x' * 64}/d"}, {"SYNC_WEB_LISTEN": "127.0.0.1:99999"}, {"SYNC_OVERLAP": "inf"},
    {"CREDENTIALS_DIRECTORY": "/dev/null"}, {"INVOICED_BASE_URL": "https://xn--\u2603"}],
    ids=lambda told: " ".join(next(iter(told.items())))[:40])
async def test_a_setting_that_can_t_be_is_78_for_every_verb(
        told: dict[str, str], programs: Programs, sim: Simulator, database: str) -> None:
    for verb in ("check", "run"):
        ended = await programs.call(verb, **settings(sim, database) | told)
        assert ended.code == 78, ended.stderr
        assert next(iter(told.values()))[:20] in ended.stdout + ended.stderr or \
            next(iter(told)) in ended.stdout + ended.stderr
