"""What a person sees while a load runs and when it is over."""

from __future__ import annotations

import asyncio
import codecs
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import replace
from typing import Any

import pytest
import structlog

from sync_daemon import log
from sync_daemon.cli import progress_display
from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.source import list_reader
from tests.conftest import AT_ONCE, Open, Sql

Lines = list[MutableMapping[str, Any]]


class Terminal:
    """A terminal of 80 by 24, and everything that was written to it."""

    def __init__(self) -> None:
        self._master, slave = os.openpty()
        self.file = os.fdopen(slave, "w", buffering=1)
        self.written = ""
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while piece := os.read(self._master, 65536):
                self.written += decoder.decode(piece)
        except OSError:
            return  # the other end is closed

    def close(self) -> None:
        self.file.close()
        self._thread.join()
        os.close(self._master)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    terminal = Terminal()
    yield terminal
    structlog.reset_defaults()
    terminal.close()


def plug_in(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes it stderr; within the test, because pytest puts its own there before."""
    monkeypatch.setattr(sys, "stderr", terminal.file)
    log.configure("info", "console")


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - what is waited for happens in a thread or behind a socket
            await asyncio.sleep(0.01)


async def test_a_terminal_shows_a_live_display_with_the_log_above_it(sim: Simulator, open_session: Open,
                                                                     terminal: Terminal,
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(terminal, monkeypatch)
    sim.faults.hold("^/invoices$", 1)
    async with open_session(sim) as session:
        with progress_display.load_display(session):
            load = asyncio.create_task(jobs.backfill(session))
            await until(lambda: "of 32 done" in terminal.written and "requests in flight" in terminal.written)
            list_reader.log().warning("a.warning")
            list_reader.log().info("an.info")
            sim.faults.release()
            assert await load is Exit.OK
        list_reader.log().info("it.is.over")
    await until(lambda: "it.is.over" in terminal.written)
    shown = terminal.written
    assert "invoices" in shown
    assert shown.index("a.warning") < shown.rindex("of 32 done"), "the display is drawn again below the line"
    assert "an.info" not in shown, "the display says more than these lines"
    assert "load.done" not in shown
    assert shown.rindex("of 32 done") < shown.index("it.is.over")


@pytest.mark.parametrize("kind", ["dumb", "pipe"])
async def test_without_a_terminal_the_log_tells_how_far_it_is(
        kind: str, sim: Simulator, open_session: Open, logged: Lines, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    if kind == "dumb":
        monkeypatch.setenv("TERM", "dumb")
        monkeypatch.setenv("FORCE_COLOR", "1")
    sim.faults.hold({"path": "^/invoices$", "query": "^.*updated_after=.*per_page=100"}, 1)
    async with open_session(sim, tuning=replace(AT_ONCE, backfill_told=0.02)) as session:
        with progress_display.load_display(session):
            load = asyncio.create_task(jobs.backfill(session))
            await until(lambda: any(line["event"] == "load.progress" and "invoices" in line["reading"]
                                    and 0 < line["percent"] < 100 for line in logged))
            sim.faults.release()
            await load
    out, err = capsys.readouterr()
    assert out + err == ""


async def test_the_summary_compares_the_source_with_the_mirror(sim: Simulator, open_session: Open, logged: Lines,
                                                               capsys: pytest.CaptureFixture[str]) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
        await progress_display.summary(session, as_json=True)
        told = json.loads(capsys.readouterr().out)
    lines = {line["resource"]: line for line in told["resources"]}
    assert len(lines) == 32
    assert told["company"] == sim.account.world.company_id
    for name in ("invoices", "subscriptions", "items", "charges"):
        assert lines[name]["source"] == lines[name]["mirror"] == lines[name]["changed"] == sim.account.count(name)
        assert lines[name]["state"] == "done"
    assert lines["contacts"]["source"] is None, "customers were counted, not contacts"
    assert lines["contacts"]["mirror"] == sim.account.count("contacts")
    assert "invoiced-sync run" in told["next"]


async def test_a_second_backfill_compares_with_what_the_source_has_now(
        sim: Simulator, open_session: Open, logged: Lines, capsys: pytest.CaptureFixture[str]) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
    sim.account.create("customers")
    sim.forget()
    async with open_session(sim) as session:
        await jobs.backfill(session)
        await progress_display.summary(session, as_json=True)
    lines = {line["resource"]: line for line in json.loads(capsys.readouterr().out)["resources"]}
    assert lines["customers"]["source"] == lines["customers"]["mirror"] == sim.account.count("customers")
    assert lines["customers"]["changed"] == 1
    assert lines["charges"]["state"] == "not due", "it is read whole, and was just now"
    assert lines["charges"]["source"] == lines["charges"]["mirror"]


async def test_a_record_rejected_by_an_earlier_run_still_counts(sim: Simulator, open_session: Open, logged: Lines,
                                                                capsys: pytest.CaptureFixture[str]) -> None:
    sim.account.raw("tasks", '{"id": 99999999, "name": oops}', key=99999999)
    for _ in range(2):
        async with open_session(sim, sync_resources="tasks") as session:
            assert await jobs.backfill(session) is Exit.PARTLY
            await progress_display.summary(session, as_json=True)
        told = json.loads(capsys.readouterr().out)
        assert told["resources"][0]["rejected"] == 1
        assert "fix the above" in told["next"]


async def test_failures_come_first_with_reason_and_remedy(sim: Simulator, open_session: Open, logged: Lines,
                                                          capsys: pytest.CaptureFixture[str]) -> None:
    sim.features(disable=["metered_billing"])
    sim.faults.add("status", "/payouts", status=400)
    sim.account.raw("tasks", '{"id": 99999999, "name": oops}', key=99999999)
    async with open_session(sim) as session:
        assert await jobs.backfill(session) is Exit.PARTLY
        await progress_display.summary(session, as_json=False)
    said = capsys.readouterr().out
    assert "\x1b" not in said, "plain where it is not a terminal"
    lines = said.splitlines()
    assert lines[1].split()[0] == "payouts"
    assert lines[2].split()[0] == "pending_line_items"
    assert lines[3].split()[0] == "tasks"
    assert "payouts: failed: Simulated fault." in lines
    assert any(line.startswith("pending_line_items: unavailable: ") and "metered_billing" in line for line in lines)
    assert "tasks: rejects: 1 record rejected" in lines
    assert "invoiced-sync status" in lines[-1]


async def test_only_one_resource_is_told_after_a_resync(sim: Simulator, open_session: Open, logged: Lines,
                                                        capsys: pytest.CaptureFixture[str]) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
        await jobs.resync_now(session, BY_NAME["notes"])
        await progress_display.summary(session, as_json=True, only="notes")
    told = json.loads(capsys.readouterr().out)["resources"]
    assert [line["resource"] for line in told] == ["notes"]
    assert told[0]["source"] == told[0]["mirror"]


async def test_lists_that_are_unavailable_for_one_reason_are_told_once(
        sim: Simulator, open_session: Open, logged: Lines, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["charges", "items", "notes", "tasks", "plans", "coupons", "estimates", "credit_notes", "payments"]
    sim.forbid(names)
    async with open_session(sim, sync_resources=",".join(["customers", *names])) as session:
        await jobs.backfill(session)
        await progress_display.summary(session, as_json=False)
    told = [line for line in capsys.readouterr().out.splitlines() if ": unavailable" in line]
    assert len(told) == 1, told
    assert all(name in told[0] for name in names)


async def test_no_resource_is_done_beside_something_that_is_not_in_order(
        sim: Simulator, open_session: Open, logged: Lines, capsys: pytest.CaptureFixture[str], sql: Sql) -> None:
    async with open_session(sim, sync_resources="customers,items") as session:
        await jobs.backfill(session)
        await sql("UPDATE _resource_state SET differences = 1 WHERE resource = 'items'")
        await progress_display.summary(session, as_json=True)
        told = json.loads(capsys.readouterr().out)
        await progress_display.summary(session, as_json=False)
    assert {line["resource"]: line["state"] for line in told["resources"]} == {"customers": "done", "items": "differs"}
    assert "fix the above" in told["next"]
    assert "items: differs: 1 difference remained after the last verification" in capsys.readouterr().out
