"""`status`: what is mirrored, how fresh, what failed, recent runs. From the database alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sync_daemon.counts import rows_held
from sync_daemon.errors import Exit
from sync_daemon.opening import open_store
from sync_daemon.output import STYLES, few, number, print_table, say, say_json, span
from sync_daemon.settings import Settings
from sync_daemon.standing import UNAVAILABLE, Standing, read_runs, read_standings

if TYPE_CHECKING:
    from sync_daemon.database import Row

RUNS: Final = 5
REMEDIES: Final = {
    "failed": "It is tried again in each cycle of `invoiced-sync run`; `invoiced-sync check` tells what answers now.",
    "incomplete": "`invoiced-sync verify NAMES --repair` reads it again and says whether that mends it.",
    "unavailable": UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One resource as it is shown; `behind` and `next_sweep` are seconds from now."""

    standing: Standing
    rows: int
    exact: bool
    behind: int | None
    next_sweep: int | None
    watched: bool
    """Whether a daemon keeps the mirror fresh, or should: only then may it not be behind."""

    @property
    def late(self) -> bool:
        return self.behind is not None and self.behind > self.standing.limit and self.standing.state != "unavailable"

    @property
    def green(self) -> bool:
        return self.standing.green and not (self.watched and self.late)

    def told(self) -> dict[str, Any]:
        told = asdict(self.standing) | {"rows": self.rows, "exact": self.exact, "behind": self.behind}
        return told | {name: _iso(told[name]) for name in ("vouched", "next_sweep", "verified_at")}


async def show_status(settings: Settings, *, as_json: bool) -> Exit:
    """Prints how things stand; PARTLY unless all is green. Raises Fatal (78) where there is no mirror."""
    async with open_store(settings) as store:
        now = store.clock.now()
        standings = await read_standings(store, settings)
        held = await rows_held(store, list(settings.resources))
        told = await read_runs(store, settings, RUNS)
        account = await store.row("account")
        version = len(store.queries.migrations())
    watched = any(run["verb"] == "run" for run in told)
    lines = [Line(one, *held[one.resource], one.behind(now),
                  None if one.next_sweep is None else round(one.next_sweep - now.timestamp()), watched)
             for one in standings]
    if as_json:
        say_json({
            "account": None if account is None else {"company": account["company_id"], "name": account["company_name"],
                                                     "origin": account["origin"], "time_zone": account["time_zone"]},
            "schema": settings.sync_schema, "schema_version": version, "at": now.astimezone(UTC).isoformat(),
            "green": all(line.green for line in lines), "resources": [line.told() for line in lines],
            "runs": told})
    else:
        _print(settings, account, version, lines, told, now)
    return Exit.OK if all(line.green for line in lines) else Exit.PARTLY


def _print(settings: Settings, account: Row | None, version: int, lines: Sequence[Line],
           runs: Sequence[Mapping[str, Any]], now: datetime) -> None:
    if account is None:
        say(f"The schema {settings.sync_schema} (version {version}) is ready, and mirrors no account yet.", "bold")
    else:
        say(f"{account['company_name'] or 'The account'} ({account['company_id']}, {account['origin']}) in the schema "
            f"{settings.sync_schema}, version {version}", "bold")
    print_table(("resource", "read", "rows", "loaded", "behind", "next sweep", "deleted", "rejected", "state"),
                [_cells(line) for line in sorted(lines, key=lambda line: line.green)], left=("read", "state"))
    _say_remarks(lines)
    if runs:
        say()
        print_table(("run", "verb", "started", "lasted", "state", "exit", "requests", "stored", "failure"),
                    [_run_cells(run, now) for run in runs], left=("verb", "state", "failure"))
        if cost := runs[0]["last_cycle"]:
            say(f"The last cycle: {number(cost['requests'])} requests, {cost['seconds']:g} s, "
                f"{number(cost['seen'])} rows seen, {number(cost['stored'])} stored.")
    say()
    say(*_verdict(lines, runs))


def _cells(line: Line) -> tuple[str, ...]:
    one = line.standing
    sweep = "" if line.next_sweep is None else "due" if line.next_sweep <= 0 else f"in {span(line.next_sweep)}"
    return (one.resource, one.read, number(line.rows, exact=line.exact),
            "" if one.percent is None else f"{one.percent}%", "" if line.behind is None else span(line.behind), sweep,
            number(one.deleted or None), number(one.rejected or None), one.state)


@dataclass(frozen=True, slots=True)
class Remark:
    """What there is to say of a resource besides its numbers; in `remedy` NAMES stands for all it is said of."""

    sentence: str
    style: str
    remedy: str = ""


def _say_remarks(lines: Iterable[Line]) -> None:
    """What is true of several resources is said once: in an outage each of them fails for the same reason."""
    said: dict[Remark, list[Standing]] = {}
    for line in lines:
        for remark in _remarks(line):
            said.setdefault(remark, []).append(line.standing)
    if said:
        say()
    for remark, ones in said.items():
        names = [one.resource for one in ones]
        say(f"{few(names)}: {remark.sentence}", remark.style)
        if remark.remedy:
            say(remark.remedy.replace("NAMES", " ".join(names)), indent=2)


def _remarks(line: Line) -> Iterator[Remark]:
    one = line.standing
    if one.why:
        why = re.sub(r"^GET \S+: ", "", one.why)  # the path says no more than the resource's name
        yield Remark(f"{one.state}: {why}", STYLES.get(one.state, ""), REMEDIES.get(one.state, ""))
    if line.late:
        yield Remark(f"more than {span(one.limit)} behind", STYLES["note"])
    if one.rejected:
        yield Remark(f"{one.rejected:,} rejected; _rejected has them and why", STYLES["failed"])
    if one.held:
        yield Remark(f"{one.held:,} confirmed deletions wait for a person: `invoiced-sync verify {one.resource} "
                     "--repair --force`", STYLES["note"])
    if one.differences:
        yield Remark(f"{one.differences:,} differences stood after the last verification", STYLES["failed"],
                     "`invoiced-sync verify NAMES` says which; with --repair it mends them.")
    if one.new_fields:
        yield Remark(f"new at Invoiced, kept in raw: {', '.join(one.new_fields)}", STYLES["note"])


def _run_cells(run: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    started = datetime.fromisoformat(run["started_at"])
    last = datetime.fromisoformat(run["ended_at"] or run["beat_at"])
    return (str(run["run"]), run["verb"], f"{span((now - started).total_seconds())} ago",
            span((last - started).total_seconds()), run["state"],
            "" if run["exit_code"] is None else str(run["exit_code"]), number(run["requests"]),
            number(run["stored"]), run["failure"] or "")


def _verdict(lines: Sequence[Line], runs: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """The last line: is all well, and if not, what to do."""
    idle = "" if any(run["state"] == "running" for run in runs) else \
        " Nothing runs now: `invoiced-sync run` keeps the mirror fresh."
    if runs and runs[0]["failure"]:
        idle = f" The last run ended with {runs[0]['exit_code']}: {runs[0]['failure']}{idle}"
    bad = [line for line in lines if not line.green]
    if not bad:
        return f"All is green.{idle}", "" if idle else "green"
    loading = [line for line in bad if line.standing.state in {"loading", "waiting"}]
    if len(loading) < len(bad):
        names = few([line.standing.resource for line in bad if line not in loading])
        return f"Not in order: {names}.{idle}", STYLES["failed"]
    return f"Not loaded yet: {len(bad)} of {len(lines)} resources.{idle}", STYLES["note"]


def _iso(second: float | None) -> str | None:
    return None if second is None else datetime.fromtimestamp(second, UTC).isoformat(timespec="seconds")
