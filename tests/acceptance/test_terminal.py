"""A hostile account, and every verb on a real terminal: nothing that the account holds reaches it raw."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from pathlib import Path

import pytest

from sync_daemon.simulator import Simulator
from tests.support.mirror import query, settings
from tests.support.program import Programs, until

EVIL = "Evil\x1b]0;owned\x07\r\x9b31m\u202egnp\u2066\u2028\x7f\n15:00:00 forged.line\n"
OWN = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
"""What rich and our own console send: colours, and moving the cursor."""


class Screen:
    """A terminal on which the program runs, all three streams of it."""

    def __init__(self, programs: Programs, told: dict[str, str]) -> None:
        self._programs, self._told = programs, programs.environment(told) | {"TERM": "xterm", "COLUMNS": "100"}

    async def show(self, *arguments: str, stop_at: bytes | None = None) -> tuple[int, bytes]:
        master, slave = os.openpty()
        os.set_blocking(master, False)
        process = await asyncio.create_subprocess_exec(
            self._programs.python, "-m", "sync_daemon", *arguments, env=self._told, cwd="/",
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)
        shown = b""

        def ended() -> bool:
            nonlocal shown
            over = process.returncode is not None
            try:
                while piece := os.read(master, 65536):
                    shown += piece
            except (BlockingIOError, OSError):
                pass
            return over or (stop_at is not None and stop_at in shown)

        try:
            await until(ended, f"{arguments} ended")
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
                await until(lambda: ended() and process.returncode is not None, "it ended")
            return process.returncode or 0, shown
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            os.close(master)


def harmless(shown: bytes) -> None:
    text = OWN.sub(b"", shown).decode()
    raw = {char for char in text if not char.isprintable()} - {"\r", "\n"}
    assert not raw, (raw, text)
    assert not re.search(r"(?m)^15:00:00 forged", text)


@pytest.mark.slow
async def test_nothing_that_an_account_holds_reaches_the_terminal_raw(
        programs: Programs, sim: Simulator, database: str) -> None:
    sim.account.company["name"] = EVIL
    sim.faults.set([{"kind": "refuse", "match": "/items", "status": 400, "name": EVIL}])
    told = settings(sim, database, SYNC_RESOURCES="customers,items,tasks", SYNC_WEB_LISTEN="127.0.0.1:0")
    screen = Screen(programs, told)
    codes = {}
    for verb in (["check"], ["backfill", "--dry-run"], ["backfill"], ["verify"], ["resync", "items"],
                 ["resync", "items", "--id", "1"], ["status"], ["status", "--json"]):
        codes[" ".join(verb)], shown = await screen.show(*verb)
        harmless(shown)
    assert codes["backfill"] == codes["status"] == 3
    await query(database, "UPDATE invoiced._problem SET why = $1, brief = $1", EVIL)
    await query(database, "UPDATE invoiced._run SET failure = $1, exit_code = 3", EVIL)
    await query(database, "UPDATE invoiced._account SET company_name = $1", EVIL)
    for verb in (["status"], ["status", "--json"], ["check", "--json"]):
        _, shown = await screen.show(*verb)
        harmless(shown)
        assert rb"\x1b]0;owned" in shown or rb"\u001b]0;owned" in shown
    code, shown = await screen.show("run", stop_at=b"cycle.done")
    harmless(shown)
    assert code == 0
    await query(database, "UPDATE invoiced._account SET company_id = 1")
    for verb in ("run", "backfill", "verify"):
        code, shown = await screen.show(verb)
        harmless(shown)
        assert code == 78


@pytest.mark.parametrize(
    "path", sorted(path for path in Path(__file__).parents[2].glob("sync_daemon/**/*.py")
                   if path.parent.name != "simulator"), ids=lambda path: path.name)
def test_text_leaves_by_the_doors_that_make_it_visible(path: Path) -> None:
    if path.name in {"humanize.py", "progress_display.py", "streams.py", "log.py", "ending.py", "main.py"}:
        return
    assert not re.search(r"\bprint\(|sys\.stdout\.write|sys\.stderr\.write|click\.echo|Console\(", path.read_text())
