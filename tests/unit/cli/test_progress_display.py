"""The picture of a first load: what stands in it, and that it fits."""

from __future__ import annotations

import asyncio
import io
import shlex
import time
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr
from rich.console import Console

from sync_daemon import humanize
from sync_daemon.cli import progress_display
from sync_daemon.cli.progress_display import Board
from sync_daemon.humanize import span
from sync_daemon.model.resources import RESOURCES
from sync_daemon.monitoring.headline import agreeing
from sync_daemon.monitoring.load_progress import Pace, Whole
from sync_daemon.progress import Failing, Progress, State, Tally
from sync_daemon.settings.fields import Settings
from sync_daemon.tuning import Tuning


def a_mirror(tallies: dict[str, Tally], **more: Any) -> Any:
    """As much of a mirror as the display looks at."""
    api = SimpleNamespace(limiter=SimpleNamespace(in_flight=7, limit=11.6), requests=1234)
    context = SimpleNamespace(reader=SimpleNamespace(api=api), stop=asyncio.Event(), progress=Progress(tallies),
                             tuning=Tuning())
    return SimpleNamespace(context=context, schedule=SimpleNamespace(resources=RESOURCES),
                           account=SimpleNamespace(name=more.get("name", "Northpine")))


def board_of(session: Any) -> Board:
    return Board(session, Pace(session.context.progress))


def drawn(board: Board, now: float = 1.0, width: int = 80, height: int = 24) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=height, color_system=None)
    with console.capture() as capture:
        console.print(board.picture(width, height, now))
    return capture.get().splitlines()


def of_all(**fields: Any) -> dict[str, Tally]:
    return {resource.name: Tally(**fields) for resource in RESOURCES}


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 10)])
@pytest.mark.parametrize("state", list(State))
def test_it_fits_on_the_screen_whatever_is_going_on(state: State, size: tuple[int, int]) -> None:
    lines = drawn(board_of(a_mirror(of_all(state=state, total=12_345_678, done=1_234_567, seen=9))), 1.0, *size)
    assert len(lines) < size[1]
    assert max(map(len, lines)) <= size[0]


def test_names_and_numbers_are_whole_on_80_columns() -> None:
    board = board_of(a_mirror(of_all(state=State.READING, total=1_345_678, done=0, seen=0)))
    drawn(board, 0.0)
    board.session.context.progress.of("credit_balance_adjustments").done = 234_567
    board.session.context.progress.of("credit_balance_adjustments").seen = 234_567
    line = next(line for line in drawn(board, 10.0, height=40) if "credit_balance_adjustments" in line)
    assert "234,567 / 1,345,678  17%" in line
    assert line.rstrip().endswith("23,457/s")


def test_what_is_done_is_only_counted() -> None:
    tallies = of_all(state=State.DONE)
    tallies["invoices"] = Tally(State.READING, total=200, done=50)
    tallies["payouts"] = Tally(State.FAILED, why="no")
    tallies["notes"] = Tally(State.UNAVAILABLE)
    head, *lines, foot = drawn(board_of(a_mirror(tallies)))
    assert head.startswith("Northpine  7 of 11 requests in flight · 1,234 made")
    assert [line.split()[0] for line in lines] == ["payouts", "invoices"], "what failed stands first"
    assert foot.strip() == "92% · 29 of 31 done · 1 unavailable"


@pytest.mark.parametrize("state", [State.READING, State.DONE])
def test_what_is_asked_for_again_and_again_stands_first_with_since_and_why(state: State) -> None:
    failing = {1: Failing(time.monotonic() - 45, "GET /notes: the API answered 500", "the API answered 500")}
    tallies = of_all(state=State.READING, total=200) | {"notes": Tally(state=state, total=200, failing=failing)}
    _, first, *others, _ = drawn(board_of(a_mirror(tallies)), height=50)
    assert " ".join(first.split()) == "notes retrying for 45 s: the API answered 500"
    assert not any(line.startswith("notes ") for line in others)


def test_what_fails_but_for_a_moment_is_not_shown_as_such() -> None:
    failing = {1: Failing(time.monotonic() - 5, "GET /notes: the API answered 500", "the API answered 500")}
    assert "retrying" not in "\n".join(drawn(board_of(a_mirror(of_all(state=State.READING, failing=failing)))))


def test_more_rows_than_were_counted_are_not_more_than_all() -> None:
    tallies = of_all(state=State.DONE) | {"invoices": Tally(State.READING, total=100, done=130)}
    line = drawn(board_of(a_mirror(tallies)))[1]
    assert "100 / 100 100%" in line
    assert "finishing" in line


def test_rows_of_an_earlier_start_are_progress_but_no_speed() -> None:
    tallies = of_all(state=State.DONE) | {"invoices": Tally(State.READING, total=2000)}
    board = board_of(a_mirror(tallies))
    drawn(board, 0.0)
    tallies["invoices"].done, tallies["invoices"].seen = 1100, 100  # it went on at the row 1,000
    line = drawn(board, 10.0)[1]
    assert "55%" in line
    assert "10/s" in line


def test_a_request_to_stop_is_acknowledged() -> None:
    session = a_mirror(of_all(state=State.READING))
    session.context.stop.set()
    assert "stopping" in drawn(board_of(session))[-1]


@pytest.mark.parametrize(("seconds", "said"), [(0, "0 s"), (-3, "0 s"), (59, "59 s"), (61, "1 min"), (3600, "60 min"),
                                               (7199.6, "2 h"), (86400, "24 h"), (3 * 86400, "3 d")])
def test_times_are_told_in_one_unit(seconds: float, said: str) -> None:
    assert span(seconds) == said


@pytest.mark.parametrize("schema", ["invoiced", "it's; $(reboot)", 'Books 2"x'])
def test_the_command_that_is_shown_is_one_that_a_shell_reads_as_meant(
        schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(invoiced_api_key=SecretStr("k"), database_url=SecretStr("postgresql:///d"), sync_schema=schema)
    command = progress_display.next_command(settings, bad=False).partition("Look around: ")[2]
    assert shlex.split(command) == [
        "psql", "$DATABASE_URL", "-c", f"SELECT * FROM {progress_display.sql_name(schema)}.invoices LIMIT 10"]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_narrow_terminal_keeps_the_state_and_lets_other_columns_go(
        width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(humanize, "_stdout", lambda: Console(file=terminal, width=width, force_terminal=True,
                                                           color_system=None))
    heads = ("resource", "read", "rows", "loaded", "behind", "next sweep", "deleted", "rejected", "state")
    row = ("credit_balances", "polled", "1,234,567", "99%", "12 min", "in 24 h", "12,345", "12,345", "unavailable")
    humanize.print_table(heads, [row], left=("read", "state"), yielding=("next sweep", "read"))
    head, line = terminal.getvalue().splitlines()
    assert line.startswith("credit_balances ")
    assert line.rstrip().endswith("unavailable")
    assert max(len(head.rstrip()), len(line.rstrip())) <= width
    assert ("next sweep" in head) is (width == 120)


@pytest.mark.parametrize(("number", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1200, "1,200 rows")])
def test_one_is_no_plural(number: int, said: str) -> None:
    assert humanize.count(number, "row") == said
    whole = Whole(0, 0, open=False, complete=0, unavailable=0, resources=number)
    assert ("1 resource is" in str(whole)) is (number == 1)


def test_of_one_resource_it_is_said_that_it_fails() -> None:
    assert [agreeing(verb, ["items"]) for verb in ("fail", "are not available any more", "are behind their limit")] \
        == ["fails", "is not available any more", "is behind its limit"]
    assert agreeing("fail", ["items", "notes"]) == "fail"


STEERING = "Evil\x1b]0;title\x07\r\x9b31m\u202eliam\u2028\x7f\nforged line \ud800"


@pytest.mark.parametrize("terminal", [True, False])
def test_no_value_steers_a_terminal_or_forges_a_line(terminal: bool, monkeypatch: pytest.MonkeyPatch,
                                                     capsys: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    monkeypatch.setattr(humanize, "_stdout", lambda: Console(file=out, width=300, force_terminal=terminal,
                                                           color_system=None))
    humanize.say(STEERING, indent=2)
    humanize.print_table(("name", "state"), [(STEERING, STEERING)], title=STEERING)
    humanize.say_lines(STEERING, STEERING)
    humanize.say_json({STEERING: [STEERING]})
    text = out.getvalue() + capsys.readouterr().out
    assert not {char for char in text if not char.isprintable()} - {"\n"}
    assert not [line for line in text.splitlines() if line.startswith("forged")]
    assert "\\x1b]0;title" in text
    board = board_of(a_mirror(of_all(state=State.READING), name=STEERING))
    assert not {char for line in drawn(board, width=300) for char in line if not char.isprintable()}
