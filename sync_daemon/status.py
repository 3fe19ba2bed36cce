"""`status`: what is mirrored, how fresh, what failed, recent runs. From the database alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sync_daemon.counts import READ, rows_held
from sync_daemon.errors import Exit
from sync_daemon.opening import open_store
from sync_daemon.output import STYLES, number, print_table, say, say_json, span
from sync_daemon.resources import Resource, Way
from sync_daemon.settings import Settings
from sync_daemon.store import LOAD, Lane, Store

if TYPE_CHECKING:
    from sync_daemon.database import Row

RUNS: Final = 5
SILENCE: Final = timedelta(seconds=90)
"""A run that showed no sign of life for so long, and for three intervals, is taken for killed."""
NOT_GREEN: Final = ("failed", "incomplete", "loading", "waiting")


@dataclass(frozen=True, slots=True)
class Line:
    """One resource. `percent` is how far its first load is; `behind` the age in seconds of what is vouched for."""

    resource: str
    read: str
    state: str
    rows: int
    exact: bool
    percent: int | None
    behind: int | None
    deleted: int
    rejected: int
    missing: int
    why: str | None
    new_fields: list[str]

    @property
    def green(self) -> bool:
        return self.state not in NOT_GREEN and not self.rejected


async def show_status(settings: Settings, *, as_json: bool) -> Exit:
    """Prints how things stand; PARTLY unless all is green. Raises Fatal (78) where there is no mirror."""
    async with open_store(settings) as store:
        now = store.clock.now()
        lines = await read_lines(store, settings.resources, now)
        runs = await store.rows("recent_runs", RUNS)
        account = await store.row("account")
        version = len(store.queries.migrations())
    told = [told_run(run, now, settings.sync_interval) for run in runs]
    if as_json:
        say_json({
            "account": None if account is None else {"company": account["company_id"], "name": account["company_name"],
                                                     "origin": account["origin"], "time_zone": account["time_zone"]},
            "schema": settings.sync_schema, "schema_version": version, "at": now.astimezone(UTC).isoformat(),
            "green": all(line.green for line in lines), "resources": [asdict(line) for line in lines],
            "runs": told})
    else:
        _print(settings, account, version, lines, told, now)
    return Exit.OK if all(line.green for line in lines) else Exit.PARTLY


async def read_lines(store: Store, resources: Sequence[Resource], now: datetime) -> list[Line]:
    """What the bookkeeping says of each resource."""
    cursors = {row["resource"]: row for row in await store.rows("cursors")}
    fresh = {row["resource"]: row["second"] for row in await store.rows("freshness")}
    rejected = {row["resource"]: row["rows"] for row in await store.rows("rejected_counts")}
    deleted = {row["resource"]: row["rows"] for row in await store.rows("deleted_counts")}
    held = await rows_held(store, list(resources))
    lines = []
    for resource in resources:
        row, name = cursors.get(resource.name), resource.name
        state, why = _state(row)
        percent = await _percent(store, resource, row) if row is not None and row["loaded_at"] is None else None
        lines.append(Line(name, READ[resource.way], state, *held[name], percent, _behind(row, fresh.get(name), now),
                          deleted.get(name, 0), rejected.get(name, 0), (row["missing"] if row else 0) or 0, why,
                          list(row["new_fields"]) if row else []))
    return lines


def _state(row: Row | None) -> tuple[str, str | None]:
    """One word for a resource, and what the program or the server said about it."""
    if row is None:
        return "waiting", None
    if row["failed_at"] is not None:
        return "failed", row["failed_why"]
    if row["unavailable_at"] is not None:
        return "unavailable", row["unavailable_why"]
    if row["loaded_at"] is None:
        return "loading" if row["load_started_at"] else "waiting", None
    if row["missing"]:
        return "incomplete", f"the mirror has {row['missing']:,} rows fewer than the list counts"
    return "ok", None


async def _percent(store: Store, resource: Resource, row: Row) -> int | None:
    """How far a first load is, by what is committed; None for lists whose pages are committed without a cursor."""
    lanes = [lane for lane in await store.lanes(resource) if lane.lane >= LOAD]
    if resource.way is Way.CHILD and lanes:
        done, whole = await _parents(store, resource, lanes[0])
    else:
        done, whole = sum(lane.seen for lane in lanes), int(row["source_count"] or 0)
    return min(100, 100 * done // whole) if done and whole > 0 else None


async def _parents(store: Store, resource: Resource, lane: Lane) -> tuple[int, int]:
    row = await store.row(f"{resource.parent}.asked", lane.cursor.id)
    assert row is not None, "an aggregate has one row"
    return int(row["asked"]), int(row["parents"])


def _behind(row: Row | None, second: int | None, now: datetime) -> int | None:
    """Seconds since the last moment for which a complete read vouches."""
    moments: list[datetime] = [row[name] for name in ("succeeded_at", "swept_at") if row[name]] if row else []
    if second:
        moments.append(datetime.fromtimestamp(second, UTC))
    if row is None or row["loaded_at"] is None or not moments:
        return None
    return max(0, round((now - max(moments)).total_seconds()))


def told_run(run: Row | Mapping[str, Any], now: datetime, interval: float) -> dict[str, Any]:
    """A run as numbers and words. One that neither ended nor shows signs of life was killed."""
    alive = now - run["beat_at"] < max(SILENCE, timedelta(seconds=3 * interval))
    state = "ended" if run["ended_at"] else "running" if alive else "was killed"
    return {"run": run["id"], "verb": run["verb"], "version": run["program_version"], "state": state,
            "started_at": _iso(run["started_at"]), "ended_at": _iso(run["ended_at"]), "beat_at": _iso(run["beat_at"]),
            "exit_code": run["exit_code"], "failure": run["failure"], "cycles": run["cycles"],
            "requests": run["requests"], "seen": run["seen"], "stored": run["stored"], "deleted": run["deleted"],
            "rejected": run["rejected"], "last_cycle": json.loads(run["last_cycle"]) if run["last_cycle"] else None}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def _print(settings: Settings, account: Row | None, version: int, lines: Sequence[Line],
           runs: Sequence[Mapping[str, Any]], now: datetime) -> None:
    if account is None:
        say(f"The schema {settings.sync_schema} (version {version}) is ready, and mirrors no account yet.", "bold")
    else:
        say(f"{account['company_name'] or 'The account'} ({account['company_id']}, {account['origin']}) in the schema "
            f"{settings.sync_schema}, version {version}", "bold")
    print_table(
        ("resource", "read", "rows", "loaded", "behind", "deleted", "rejected", "state"),
        [(line.resource, line.read, number(line.rows, exact=line.exact),
          "" if line.percent is None else f"{line.percent}%", "" if line.behind is None else span(line.behind),
          number(line.deleted or None), number(line.rejected or None), line.state)
         for line in sorted(lines, key=lambda line: line.green)], left=("read", "state"))
    for line in lines:
        if line.why:
            say(f"{line.resource}: {line.state}: {line.why}", STYLES.get(line.state, ""))
        if line.rejected:
            say(f"{line.resource}: {line.rejected:,} rejected; _rejected has them and why", STYLES["failed"])
        if line.new_fields:
            say(f"{line.resource}: new at Invoiced, kept in raw: {', '.join(line.new_fields)}", STYLES["note"])
    if runs:
        say()
        print_table(("run", "verb", "started", "lasted", "state", "exit", "requests", "stored", "failure"),
                    [_run_cells(run, now) for run in runs], left=("verb", "state", "failure"))
        if cost := runs[0]["last_cycle"]:
            say(f"The last cycle: {number(cost['requests'])} requests, {cost['seconds']:g} s, "
                f"{number(cost['seen'])} rows seen, {number(cost['stored'])} stored.")
    say()
    say(*_verdict(lines, runs))


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
    bad = [line for line in lines if not line.green]
    if not bad:
        return f"All is green.{idle}", "" if idle else "green"
    failed = [line.resource for line in bad if line.state in {"failed", "incomplete"} or line.rejected]
    if failed:
        return f"Not in order: {', '.join(failed)}.{idle}", STYLES["failed"]
    return f"Not loaded yet: {len(bad)} of {len(lines)} resources.{idle}", STYLES["note"]
