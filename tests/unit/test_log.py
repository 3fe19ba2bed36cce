"""The log: what a line holds, what is not said again, and what must never stand in it."""

from __future__ import annotations

import ast
import asyncio
import io
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from sync_daemon import log

SOURCES = sorted((Path(__file__).parents[2] / "sync_daemon").rglob("*.py"))


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """Where the log goes, as JSON."""
    before, stream = structlog.get_config(), io.StringIO()
    handlers = logging.getLogger().handlers[:]
    try:
        yield stream
    finally:
        structlog.configure(**before)
        structlog.contextvars.clear_contextvars()
        logging.getLogger().handlers[:] = handlers


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_every_line_bears_what_was_bound(out: io.StringIO) -> None:
    log.configure("info", "json", out)
    log.bind(run="5f3a9c01", account="acme")
    log.log().info("cycle.done", stored=2)
    (line,) = lines(out)
    assert line.items() >= {"event": "cycle.done", "level": "info", "run": "5f3a9c01", "account": "acme",
                            "stored": 2}.items()


def test_the_same_failure_is_said_once_and_then_how_often_it_came(
        out: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    log.configure("info", "json", out)
    now = 0.0
    monkeypatch.setattr("sync_daemon.log.time.monotonic", lambda: now)
    for second in range(3602):
        now = float(second)
        log.log().error("resource.failed", resource="payments", why="no", hint="wait")
        log.log().info("cycle.done")
    failed = [line for line in lines(out) if line["event"] == "resource.failed"]
    assert [line.get("again") for line in failed] == [None, 3599]
    assert sum(line["event"] == "cycle.done" for line in lines(out)) == 3602, "only failures are held back"


def test_another_reason_or_another_resource_is_said_at_once(out: io.StringIO) -> None:
    log.configure("info", "json", out)
    for resource, why in (("payments", "no"), ("invoices", "no"), ("payments", "never")):
        log.log().warning("resource.failed", resource=resource, why=why, hint="wait")
    assert len(lines(out)) == 3


def test_inventing_failures_does_not_fill_the_memory(out: io.StringIO) -> None:
    quieten = log.Quieten()
    for number in range(5 * log.REMEMBERED):
        quieten(None, "", {"event": "x", "level": "error", "why": str(number)})
    assert len(quieten.said) <= log.REMEMBERED


def broken(number: int) -> None:
    raise OSError(24, f"too many open files on fd {number}")


def test_a_traceback_is_said_once_an_hour_with_a_count_and_another_one_at_once(
        out: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    log.configure("info", "json", out)
    now = 0.0
    monkeypatch.setattr("sync_daemon.log.time.monotonic", lambda: now)
    for second in range(3602):
        now = float(second)
        try:
            broken(second)
        except OSError:
            logging.getLogger("asyncio").exception("socket.accept() out of system resource\nsocket: <fd=%d>", second)
    said = lines(out)
    assert [line.get("again") for line in said] == [None, 3599]
    assert all(line["exception"] for line in said)
    for wrong in (KeyError("a"), KeyError("b"), TypeError("a")):
        try:
            raise wrong
        except (KeyError, TypeError):
            log.log().error("watch.failed", exc_info=True, hint="report it")
    assert len(lines(out)) == 5, "each bug of ours is told"


def test_what_libraries_say_again_and_again_of_other_tasks_is_said_once(out: io.StringIO) -> None:
    log.configure("info", "json", out)
    for number in range(50):
        logging.getLogger("asyncio").error("Task was destroyed but it is pending!\ntask: <Task name='Task-%d'>", number)
        logging.getLogger("aiohttp").error("Unclosed connection <object at 0x7f%04x>", number)
    assert len(lines(out)) == 2


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_no_local_variable(form: Any, out: io.StringIO) -> None:
    log.configure("info", form, out)
    try:
        api_key = "sk_planted_secret"
        raise RuntimeError("it broke" if api_key else "")
    except RuntimeError:
        log.log().critical("program.crashed", hint="report it", exc_info=True)
    assert "it broke" in out.getvalue()
    assert "RuntimeError" in out.getvalue()
    assert "test_log.py" in out.getvalue()
    assert "sk_planted_secret" not in out.getvalue()


async def test_what_libraries_say_comes_as_lines_of_ours(out: io.StringIO) -> None:
    log.configure("info", "json", out)
    asyncio.get_running_loop().call_exception_handler({"message": "Task exception was never retrieved"})
    logging.getLogger("aiohttp.client").info("chatter")
    (line,) = lines(out)
    assert (line["event"], line["level"]) == ("library.asyncio", "error")
    assert "never retrieved" in line["why"]


def test_journald_gets_the_level_before_each_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                  out: io.StringIO) -> None:
    with (tmp_path / "journal").open("w+") as journal:
        to = os.fstat(journal.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{to.st_dev}:{to.st_ino}")
        log.configure("debug", "json", journal)
        for level in ("debug", "info", "warning", "error", "critical"):
            getattr(log.log(), level)("x", hint="h")
        journal.seek(0)
        assert [line[:4] for line in journal] == ["<7>{", "<6>{", "<4>{", "<3>{", "<2>{"]


def test_a_file_that_is_not_the_journal_gets_plain_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNAL_STREAM", "1:2")
    with (tmp_path / "file").open("w") as file:
        assert not log.is_journal(file, os.environ)
    assert not log.is_journal(io.StringIO(), os.environ)


STEERING = "Evil\x1b]0;title\x07\r\x9b31m\u202e\u2028\x7f\n15:00:00 forged.line"


@pytest.mark.parametrize("form", ["json", "console"])
def test_nothing_that_a_server_says_steers_the_terminal_or_forges_a_line(form: Any, out: io.StringIO) -> None:
    log.configure("info", form, out)
    log.log().warning("resource.failed", resource=STEERING, why=STEERING, keys=[STEERING], hint="wait")
    try:
        raise RuntimeError(STEERING)
    except RuntimeError:
        log.log().error("watch.failed", exc_info=True, hint="report it")
    text = out.getvalue()
    assert not {char for char in text if not char.isprintable()} - {"\n"}
    assert not [line for line in text.splitlines() if line.startswith("15:00:00 forged")]
    assert "Evil" in text


CYCLE = {"seen": 12_345, "stored": 1_234, "unchanged": 11_111, "deleted": 12, "rejected": 3, "requests": 1_234,
         "seconds": 123.45, "behind": 12}


@pytest.mark.parametrize(("event", "fields"), [
    ("cycle.done", CYCLE), ("run.ended", {"code": 75, "why": "stopped before its end", **CYCLE}),
    ("resource.done", {"work": "nightly pass", "resource": "credit_balance_adjustments", **CYCLE}),
    ("resource.done", {"work": "cycle", "resource": "invoices", **dict.fromkeys(CYCLE, 0), "behind": None})])
def test_on_a_terminal_what_a_cycle_did_fits_on_a_line(event: str, fields: dict[str, Any], out: io.StringIO) -> None:
    log.configure("info", "console", out)
    log.bind(run="5f3a9c01", account="acme")
    log.log().info(event, **fields)
    (line,) = out.getvalue().splitlines()
    assert len(line) <= 80
    assert event in line
    assert "acme" not in line
    assert ("3 rejected" in line) is (fields["rejected"] == 3)


class Full(io.StringIO):
    """A disk that is full for a time."""

    full = True

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_logging_never_fails_and_tells_afterwards_how_many_lines_are_lost(out: io.StringIO) -> None:
    disk = Full()
    log.configure("info", "json", disk)
    for _ in range(3):
        log.log().info("cycle.done")
    disk.full = False
    log.log().info("cycle.done")
    assert [(line["event"], line.get("lines")) for line in lines(disk)] == [("cycle.done", None), ("log.lost", 3)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_warning_and_error_names_a_remedy(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) \
                and node.func.attr in {"warning", "error", "critical"} and isinstance(node.func.value, ast.Call) \
                and getattr(node.func.value.func, "id", getattr(node.func.value.func, "attr", "")) == "log":
            assert "hint" in [keyword.arg for keyword in node.keywords], f"{path.name}:{node.lineno}"
