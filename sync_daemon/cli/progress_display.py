"""Progress of a run for people: the display of a first load on stderr, and its summary on stdout.

A timer of the event loop draws the display, so that it never reads numbers while they change. Without a terminal,
log lines show the progress.
"""

from __future__ import annotations

import logging
import os
import re
import shlex
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sync_daemon.concurrency import run_all
from sync_daemon.errors import SyncError
from sync_daemon.humanize import STYLES, number, print_table, say, say_json, span, sql_name
from sync_daemon.humanize import count as many_of
from sync_daemon.log import door
from sync_daemon.model.resources import BY_NAME, Resource, Way
from sync_daemon.monitoring.held_rows import rows_held
from sync_daemon.monitoring.load_progress import Pace, at_intervals, told_in_the_log, whole
from sync_daemon.monitoring.problems import BUSY, UNAVAILABLE, Kind
from sync_daemon.monitoring.resource_status import read_statuses
from sync_daemon.progress import Speed, State, Tally
from sync_daemon.settings.fields import Settings, names_a_database
from sync_daemon.source.capabilities import count
from sync_daemon.sync.session import SyncSession
from sync_daemon.terminal import visible

FRAME: Final = 0.25
"""Seconds between frames."""
NUMBERS: Final = 66
"""Columns that the display needs besides its bars."""



# The display.


@dataclass(slots=True)
class Board:
    """Everything that the display shows. Lists being read have a line each; done or waiting ones are only counted."""

    session: SyncSession
    pace: Pace
    rows: Speed = field(default_factory=Speed)
    speeds: dict[str, Speed] = field(default_factory=dict)
    begun: float = field(default_factory=time.monotonic)

    def picture(self, width: int, height: int, now: float) -> RenderableType:
        """The display as it is now, in at most `height` lines."""
        tallies = {resource.name: self.session.context.progress.of(resource.name)
                   for resource in self.session.schedule.resources}
        self.rows.note(sum(tally.seen for tally in tallies.values()), now)
        reading = [(name, tally) for name, tally in tallies.items() if tally.state is State.READING]
        for name, tally in reading:
            self.speeds.setdefault(name, Speed()).note(_moved(name, tally), now)
        waiting = [(name, tally) for name, tally in tallies.items() if tally.state is State.WAITING]
        wrong = [(name, tally) for name, tally in tallies.items() if tally.state is State.FAILED]
        room = max(3, height - 4)
        retrying = self._retrying(tallies)
        told = dict(list(retrying.items())[:room])
        shown = [line for line in (*wrong, *reading, *waiting) if line[0] not in retrying][:room - len(told)]
        grid = Table.grid(padding=(0, 1), expand=False)
        grid.add_column(no_wrap=True, min_width=26)
        grid.add_column(width=min(30, max(6, width - NUMBERS)))
        for least in (19, 4, 10):
            grid.add_column(justify="right", no_wrap=True, min_width=least)
        for name, tally in shown:
            grid.add_row(*self._line(name, tally))
        return Group(self._header(now), *told.values(), grid, self._footer(tallies, {*told, *dict(shown)}, now))

    def _retrying(self, tallies: Mapping[str, Tally]) -> dict[str, Text]:
        """Retried requests, since when and why; each is a line that may need all columns."""
        lines = {}
        for name, tally in tallies.items():
            if failing := tally.failing_for(self.session.context.tuning.retrying_shown):
                since = span(time.monotonic() - failing.since)
                lines[name] = Text(f"{name:<26} retrying for {since}: {visible(failing.brief)}", STYLES["retrying"],
                                   no_wrap=True, overflow="ellipsis")
        return lines

    def _header(self, now: float) -> Text:
        api = self.session.context.reader.api
        head = Text(no_wrap=True, overflow="ellipsis")
        head.append(visible(self.session.account.name or "Loading"), "bold")
        limit = many_of(int(api.limiter.limit), "request")
        head.append(f"  {api.limiter.in_flight} of {limit} in flight · {api.requests:,} made · "
                    f"{self.rows.per_second:,.0f} rows/s · {span(now - self.begun)}")
        return head

    def _line(self, name: str, tally: Tally) -> tuple[RenderableType, ...]:
        if tally.state is State.FAILED:
            return Text(name, STYLES["failed"]), Text("failed", STYLES["failed"]), "", "", ""
        if tally.state is State.WAITING:
            return Text(name, "dim"), Text("waiting", "dim"), "", "", ""
        if not tally.total:
            return name, Text("reading"), f"{tally.done or tally.seen:,}", "", ""
        done = min(tally.done, tally.total)
        bar = ProgressBar(total=tally.total, completed=done)
        # no time left for a single list, since all share the requests in flight; the whole load has one
        speed = self.speeds[name].per_second
        return (name, bar, f"{done:,} / {tally.total:,}", f"{100 * done // tally.total}%",
                "finishing" if done >= tally.total else f"{speed:,.0f}/s" if speed >= 1 else "")

    def _footer(self, tallies: Mapping[str, Tally], shown: Collection[str], now: float) -> Text:
        states = [tally.state for tally in tallies.values()]
        foot = Text(no_wrap=True, overflow="ellipsis")
        all_of_it = whole(self.session.context.progress, self.session.schedule.resources)
        left = self.pace.seconds_left(all_of_it, now)
        if {State.READING, State.WAITING} & set(states):
            foot.append(f"{all_of_it.percent}%" + (f", {span(left)} left" if left is not None else ""), "bold")
            foot.append(" · ")
        foot.append(f"{all_of_it.complete} of {len(states) - all_of_it.unavailable} done", "bold")
        hidden = sum(tally.state not in {State.DONE, State.UNAVAILABLE} and name not in shown
                     for name, tally in tallies.items())
        for number_of, what in ((hidden, "more to come"), (states.count(State.UNAVAILABLE), "unavailable"),
                                (sum(tally.rejected for tally in tallies.values()), "rejected")):
            if number_of:
                foot.append(f" · {number_of:,} {what}")
        if not {State.READING, State.WAITING} & set(states):
            foot.append(" · now reading what changed meanwhile")
        if self.session.context.stop.is_set():
            foot.append(" · stopping: the current pages are being stored", STYLES["note"])
        return foot


def _moved(name: str, tally: Tally) -> int:
    """For per-parent lists the parents read; for others the rows of this process, without those of an earlier start."""
    return tally.done if BY_NAME[name].way is Way.CHILD else tally.seen


@contextmanager
def load_display(session: SyncSession) -> Iterator[None]:
    """Shows the progress of a first load on stderr: a display on a terminal, log lines elsewhere."""
    console = Console(stderr=True, highlight=False)
    live = console.is_terminal and not console.is_dumb_terminal
    with _on_terminal(session, console) if live else told_in_the_log(
            session.context.progress, session.schedule.resources, session.context.tuning.backfill_told):
        yield


@contextmanager
def _on_terminal(session: SyncSession, console: Console) -> Iterator[None]:
    board = Board(session, Pace(session.context.progress))
    quiet = {"info": "warning"}.get(session.settings.sync_log_level, session.settings.sync_log_level)
    with (Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False) as live,
          logging_to_stderr(quiet),
          at_intervals(FRAME, lambda: live.update(board.picture(*console.size, time.monotonic()), refresh=True))):
        yield


@contextmanager
def logging_to_stderr(level: str) -> Iterator[None]:
    """Logs from `level` on, to the current sys.stderr: a display prints the lines above itself."""
    before = structlog.get_config()
    levels = logging.getLevelNamesMapping()
    structlog.configure(**before | {"logger_factory": door(),
                                    "wrapper_class": structlog.make_filtering_bound_logger(levels[level.upper()])})
    try:
        yield
    finally:
        structlog.configure(**before)


# The summary.


def told_of_one(session: SyncSession, resource: str, ident: int, found: str | None, *, as_json: bool) -> None:
    """Prints the result for one object on stdout."""
    why = session.context.progress.of(resource).why or ""
    if as_json:
        say_json({"resource": resource, "id": ident, "found": found, "why": why or None})
        return
    name = f"{resource} {ident}"
    otherwise = f"{name}: {why or 'it is not known for sure whether it is gone; try again in a minute.'}"
    say({"read": f"{name} was read again.", "deleted": f"{name} is gone, and was deleted here too.",
         "unknown": f"There is no {name}, neither at the source nor here.",
         "held": f"{name} is gone, but so many were deleted today that a person must decide: "
                 f"`invoiced-sync verify {resource} --repair --force`."}.get(found or "", otherwise))


async def summary(session: SyncSession, *, as_json: bool, only: str | None = None) -> None:
    """Prints what a run read on stdout: failures first, then what could be read, and what to do next."""
    context = session.context
    chosen = [resource for resource in session.schedule.resources if only in (None, resource.name)]
    cursors = await context.store.state.all()
    rejected = await context.store.state.rejected_counts()
    held = await rows_held(context.store, chosen)
    at_source = dict(zip(held, await run_all(_at_source(session, resource) for resource in chosen), strict=True))
    now = context.store.clock.now().timestamp()
    problems = {one.resource: [problem for problem in one.problems(now) if problem.kind not in UNSAID]
                for one in await read_statuses(context.store, session.settings, context.tuning)}
    lines = []
    for resource in chosen:
        name, tally = resource.name, context.progress.of(resource.name)
        row = cursors.get(name)
        lacking = (row["missing"] if row else 0) or 0
        state = tally.state.value
        if tally.state is State.WAITING and row is not None and row["loaded_at"] is not None:
            state = "not due"
        if lacking and state in {"done", "not due"}:
            state = "incomplete"
        wrong, why, remedy = problems.get(name, []), tally.why, _remedy(state)
        if state in FINE and wrong:  # never "done" if something is wrong
            state, why = wrong[0].kind.value, "; ".join(problem.sentence for problem in wrong)
            remedy = wrong[0].remedy.replace("NAMES", name)
        rows, exact = held[name]
        lines.append({"resource": name, "source": at_source[name], "mirror": rows, "exact": exact,
                      "changed": tally.stored, "deleted": tally.deleted, "rejected": rejected.get(name, 0),
                      "missing": lacking, "state": state, "why": why, "remedy": remedy})
    following = next_command(session.settings, bad=any(line["state"] not in FINE and line["state"] != "unavailable"
                                               for line in lines))
    if as_json:
        say_json({"account": session.account.name, "company": session.account.company_id,
                        "schema": session.settings.sync_schema, "resources": lines, "next": following})
        return
    print_summary(lines, following)


BAD: Final = ("failed", "incomplete")
FINE: Final = ("done", "not due")
UNSAID: Final = {*BUSY, Kind.LATE}
"""Kinds that the run itself reports, or repairs."""


def print_summary(lines: list[dict[str, Any]], following: str) -> None:
    order = {state: place for place, state in enumerate((*BAD, "reading", "waiting", "unavailable"))}
    lines = sorted(lines, key=lambda line: (order.get(line["state"], 9), not line["rejected"]))
    print_table(
        ("resource", "at source", "in mirror", "changed", "deleted", "rejected", "state"),
        [(line["resource"], number(line["source"]), number(line["mirror"], exact=line["exact"]),
          number(line["changed"]), number(line["deleted"] or None), number(line["rejected"] or None), line["state"])
         for line in lines])
    said: dict[tuple[str, str, str], list[str]] = {}
    for line in lines:
        if line["remedy"] or line["why"]:  # once for all affected; the path adds nothing to the name
            why = re.sub(r"GET \S+: ", "", line["why"] or "")
            said.setdefault((line["state"], why, line["remedy"] or ""), []).append(line["resource"])
    for (state, why, remedy), names in said.items():
        say(f"{', '.join(names)}: {state}{': ' + why if why else ''}", STYLES.get(state, STYLES["failed"]))
        if remedy:
            say(remedy, indent=2)
    counts = Counter(line["state"] for line in lines)
    say(f"{many_of(sum(line['mirror'] for line in lines), 'row')} in the mirror. Resources: "
        f"{', '.join(f'{many} {state}' for state, many in counts.most_common())}.", "bold")
    say(following)


def _remedy(state: str) -> str | None:
    match state:
        case "failed":
            return "Run the same command again: it resumes where it was."
        case "incomplete":
            return "Run `invoiced-sync resync` for it: the mirror has fewer rows than the list counts."
        case "unavailable":
            return UNAVAILABLE
    return None


def next_command(settings: Settings, *, bad: bool) -> str:
    if bad:
        return "Next: fix the above; `invoiced-sync status` shows what is wrong."
    table = next((name for name in ("invoices", "customers") if BY_NAME[name] in settings.resources),
                 settings.resources[0].name)
    if not names_a_database(settings, os.environ):
        where = "`invoiced-sync db` opens the database for psql"
    else:
        psql = 'psql "$DATABASE_URL"' if settings.database_url else "psql"
        sql = f"SELECT * FROM {sql_name(settings.sync_schema)}.{table} LIMIT 10"  # noqa: S608 - shown, not run
        where = f"{psql} -c {shlex.quote(sql)}"
    return f"Next: `invoiced-sync run` keeps it fresh. Look around: {where}"


async def _at_source(session: SyncSession, resource: Resource) -> int | None:
    """Rows of the source by its own count, asked for unless this run did; None where it doesn't count."""
    tally = session.context.progress.of(resource.name)
    if resource.way is Way.SINGLE:
        return 1
    if resource.way not in {Way.VALUE, Way.ID} or tally.state not in {State.DONE, State.WAITING}:
        return None if resource.way is Way.CHILD else tally.total
    try:
        return tally.total if tally.total is not None else await count(session.context.reader, resource)
    except SyncError:
        return None
