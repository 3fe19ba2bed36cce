"""`status`: what is mirrored, how fresh, what failed, recent runs. From the database alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sync_daemon.errors import Exit
from sync_daemon.humanize import STYLES, count, few, number, print_table, say, say_json, span
from sync_daemon.monitoring.held_rows import rows_held
from sync_daemon.monitoring.problems import BUSY, UNAVAILABLE, Problem
from sync_daemon.monitoring.resource_status import ResourceStatus, read_daemon, read_runs, read_statuses
from sync_daemon.runtime.database import open_store
from sync_daemon.settings.fields import Settings
from sync_daemon.tuning import AS_IT_IS, Tuning

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Row

RUNS: Final = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One resource as shown; `next_sweep` is seconds from now."""

    status: ResourceStatus
    problems: Sequence[Problem]
    rows: int
    exact: bool
    next_sweep: int | None

    @property
    def state(self) -> str:
        """Its state, in a word: never `ok` if something is wrong."""
        return self.problems[0].kind.value if self.problems else "unavailable" if self.status.unavailable else "ok"

    def told(self) -> dict[str, Any]:
        told = asdict(self.status) | {"rows": self.rows, "exact": self.exact, "state": self.state,
                                        "problems": [_problem(problem) for problem in self.problems]}
        return told | {name: _iso(told[name]) for name in ("watermark", "next_sweep", "verified_at")}


async def show_status(settings: Settings, tuning: Tuning = AS_IT_IS, *, as_json: bool) -> Exit:
    """Prints the status; PARTLY unless all is green. Raises Fatal (78) if there is no mirror."""
    async with open_store(settings) as store:
        now = store.clock.now()
        statuses = await read_statuses(store, settings, tuning)
        daemon = await read_daemon(store, settings)
        held = await rows_held(store, list(settings.resources))
        told = await read_runs(store, settings, RUNS)
        account = await store.state.account()
        version = len(store.queries.migrations())
    lines = [Line(one, one.problems(now.timestamp()), *held[one.resource],
                  None if one.next_sweep is None else round(one.next_sweep - now.timestamp())) for one in statuses]
    green = not daemon and not any(line.problems for line in lines)
    if as_json:
        say_json({
            "account": None if account is None else {"company": account["company_id"], "name": account["company_name"],
                                                     "origin": account["origin"], "time_zone": account["time_zone"]},
            "schema": settings.sync_schema, "schema_version": version, "at": now.astimezone(UTC).isoformat(),
            "green": green, "problems": [_problem(problem) for problem in daemon],
            "resources": [line.told() for line in lines], "runs": told})
    else:
        _print(settings, account, version, lines, daemon, told, now)
    return Exit.OK if green else Exit.PARTLY


def _problem(problem: Problem) -> dict[str, str]:
    return {"kind": problem.kind.value, "sentence": problem.sentence, "remedy": problem.remedy}


def _print(settings: Settings, account: Row | None, version: int, lines: Sequence[Line], daemon: Sequence[Problem],
           runs: Sequence[Mapping[str, Any]], now: datetime) -> None:
    if account is None:
        say(f"The schema {settings.sync_schema} (version {version}) is ready, and mirrors no account yet.", "bold")
    else:
        say(f"{account['company_name'] or 'The account'} ({account['company_id']}, {account['origin']}) in the schema "
            f"{settings.sync_schema}, version {version}", "bold")
    print_table(("resource", "read", "rows", "loaded", "behind", "next sweep", "deleted", "rejected", "state"),
                [_cells(line) for line in sorted(lines, key=lambda line: not line.problems)], left=("read", "state"),
                yielding=("next sweep", "read", "deleted", "rejected", "loaded"))
    _say_remarks(lines, daemon)
    if runs:
        say()
        print_table(("run", "verb", "started", "lasted", "state", "exit", "requests", "stored", "failure"),
                    [_run_cells(run, now) for run in runs], left=("verb", "state", "failure"))
        if cost := runs[0]["last_cycle"]:
            say(f"The last cycle: {count(cost['requests'], 'request')}, {cost['seconds']:g} s, "
                f"{count(cost['seen'], 'row')} seen, {number(cost['stored'])} stored.")
    say()
    say(*_verdict(lines, daemon, runs))


def _cells(line: Line) -> tuple[str, ...]:
    one = line.status
    sweep = "" if line.next_sweep is None else "due" if line.next_sweep <= 0 else f"in {span(line.next_sweep)}"
    return (one.resource, one.read, number(line.rows, exact=line.exact),
            "" if one.percent is None else f"{one.percent}%",
            "" if one.behind is None or one.unavailable else span(one.behind), sweep,
            number(one.deleted or None), number(one.rejected or None), line.state)


def _say_remarks(lines: Iterable[Line], daemon: Sequence[Problem]) -> None:
    """Remarks, each printed once for all its resources: in an outage they all fail for the same reason."""
    said: dict[tuple[str, str, str], list[tuple[str, float]]] = {}

    def note(name: str, sentence: str, remedy: str, style: str, seconds: float = 0.0) -> None:
        said.setdefault((sentence, remedy, STYLES[style]), []).append((name, seconds))

    for line in lines:
        name, one = line.status.resource, line.status
        for problem in line.problems:
            if problem.kind not in BUSY:  # the path adds nothing to the resource's name
                note(name, re.sub(r"GET \S+: ", "", problem.sentence), problem.remedy, problem.tone, problem.seconds)
        if one.unavailable and not line.problems:
            note(name, f"unavailable: {one.unavailable}", UNAVAILABLE, "unavailable")
        if one.new_fields:
            note(name, f"new at Invoiced, kept in raw: {', '.join(one.new_fields)}", "", "note")
        if one.left_out:
            note(name, f"hidden fields left out: {one.left_out}", "", "note")
    if said or daemon:
        say()
    for problem in daemon:
        say(f"{problem.sentence[0].upper()}{problem.sentence[1:]}.", STYLES[problem.tone])
        say(problem.remedy, indent=2)
    for (sentence, remedy, style), ones in said.items():
        names, seconds = [name for name, _ in ones], max(seconds for _, seconds in ones)
        say(f"{few(names)}: {sentence}" + (f" (for {span(seconds)})" if seconds else ""), style)
        if remedy:
            say(remedy.replace("NAMES", " ".join(names)), indent=2)


def _run_cells(run: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    started = datetime.fromisoformat(run["started_at"])
    last = datetime.fromisoformat(run["ended_at"] or run["beat_at"])
    return (str(run["run"]), run["verb"], f"{span((now - started).total_seconds())} ago",
            span((last - started).total_seconds()), run["state"],
            "" if run["exit_code"] is None else str(run["exit_code"]), number(run["requests"]),
            number(run["stored"]), run["failure"] or "")


def _verdict(lines: Sequence[Line], daemon: Sequence[Problem], runs: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """The last line: whether all is well, and if not, what to do."""
    idle = "" if any(run["state"] == "running" for run in runs) else \
        " Nothing runs now: `invoiced-sync run` keeps the mirror fresh."
    if runs and runs[0]["failure"]:
        idle = f" The last run ended with {runs[0]['exit_code']}: {runs[0]['failure'].rstrip('.')}.{idle}"
    wrong = [line.status.resource for line in lines if any(one.kind not in BUSY for one in line.problems)]
    loading = [line for line in lines if line.problems and line.status.resource not in wrong]
    if wrong:
        return f"Not in order: {few(wrong)}.{idle}", STYLES["failed"]
    if daemon:
        return f"Not in order: {daemon[0].brief}.{idle}", STYLES["failed"]
    if loading:
        return f"Not loaded yet: {len(loading)} of {count(len(lines), 'resource')}.{idle}", STYLES["note"]
    return f"All is green.{idle}", "" if idle else "green"


def _iso(second: float | None) -> str | None:
    return None if second is None else datetime.fromtimestamp(second, UTC).isoformat(timespec="seconds")
