"""How each resource stands, by the bookkeeping alone: its state, how far behind it is, when it is read whole again."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sync_daemon.counts import READ
from sync_daemon.resources import CHILD_SWEEPS, Resource, Way
from sync_daemon.settings import Settings
from sync_daemon.store import LOAD, Lane, Store

if TYPE_CHECKING:
    from sync_daemon.database import Row

NOT_GREEN: Final = ("failed", "incomplete", "loading", "waiting")
UNAVAILABLE: Final = ("It is tried again daily. Have the feature or permission added at Invoiced, or leave it out with "
                      "SYNC_RESOURCES.")
SILENCE: Final = timedelta(seconds=90)
"""A run that showed no sign of life for so long, and for three intervals, is taken for killed."""
LEAST_LIMIT: Final = 900.0
"""Seconds that anything may be behind before it is worth a word: a request has five minutes to succeed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One resource. Times are unix seconds; `limit` is how many seconds it may be behind."""

    resource: str
    read: str
    limit: float
    state: str = "waiting"
    why: str | None = None
    percent: int | None = None
    """How far its first load is."""
    vouched: float | None = None
    """Up to when a complete read vouches for it."""
    next_sweep: float | None = None
    deleted: int = 0
    rejected: int = 0
    held: int = 0
    """Deletions that are confirmed, but so many at once that they wait for a person."""
    missing: int = 0
    differences: int | None = None
    verified_at: float | None = None
    new_fields: tuple[str, ...] = ()

    def behind(self, now: datetime) -> int | None:
        """Seconds since the last moment for which a complete read vouches."""
        return None if self.vouched is None else max(0, round(now.timestamp() - self.vouched))

    @property
    def green(self) -> bool:
        return self.state not in NOT_GREEN and not (self.rejected or self.held or self.differences)


async def read_standings(store: Store, settings: Settings) -> list[Standing]:
    """What the bookkeeping says of each chosen resource."""
    cursors = {row["resource"]: row for row in await store.rows("cursors")}
    fresh = {row["resource"]: row["second"] for row in await store.rows("freshness")}
    counts = {name: {row["resource"]: row["rows"] for row in await store.rows(name)}
              for name in ("rejected_counts", "deleted_counts", "held_counts")}
    found = []
    for resource in settings.resources:
        name = resource.name
        standing = Standing(name, READ[resource.way], limit(resource, settings), **{
            outcome: counts[f"{outcome}_counts"].get(name, 0) for outcome in ("rejected", "deleted", "held")})
        row = cursors.get(name)
        found.append(standing if row is None else replace(
            standing, **await _of_cursor(store, settings, resource, row, fresh.get(name))))
    return found


async def _of_cursor(store: Store, settings: Settings, resource: Resource, row: Row,
                     fresh: int | None) -> dict[str, Any]:
    state, why = _state(row)
    return {"state": state, "why": why, "percent": None if row["loaded_at"] else await _percent(store, resource, row),
            "vouched": _vouched(row, fresh), "next_sweep": _next_sweep(resource, row, settings, store.clock.now()),
            "missing": row["missing"] or 0, "differences": row["differences"], "new_fields": tuple(row["new_fields"]),
            "verified_at": _unix(row["verified_at"])}


def period(resource: Resource, settings: Settings) -> float | None:
    """Seconds from one complete read of the whole list to the next; None for the feed, which has no sweep."""
    if resource.way is Way.FEED:
        return None
    return settings.sync_sweep * (CHILD_SWEEPS if resource.way is Way.CHILD else 1)


def limit(resource: Resource, settings: Settings) -> float:
    """Seconds that a resource may be behind: ten cycles, three polls, or two sweeps."""
    if resource.way in {Way.VALUE, Way.FEED}:
        return max(LEAST_LIMIT, 10 * settings.sync_interval, 3 * settings.sync_poll_every)
    return max(LEAST_LIMIT, 2 * (period(resource, settings) or 0.0))


def _state(row: Row) -> tuple[str, str | None]:
    """One word for a resource, and what the program or the server said about it."""
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


def _vouched(row: Row, second: int | None) -> float | None:
    if row["loaded_at"] is None:
        return None
    moments = [_unix(row[name]) for name in ("succeeded_at", "swept_at")] + [second]
    return max((float(moment) for moment in moments if moment), default=None)


def _next_sweep(resource: Resource, row: Row, settings: Settings, now: datetime) -> float | None:
    every = period(resource, settings)
    if every is None or row["loaded_at"] is None or row["unavailable_at"] is not None:
        return None
    due: datetime = now if row["swept_at"] is None else row["swept_at"] + timedelta(seconds=every)
    return max(due, now).timestamp()


def _unix(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


async def read_runs(store: Store, settings: Settings, number: int) -> list[dict[str, Any]]:
    """The last runs as numbers and words, the newest first."""
    now, silence = store.clock.now(), max(SILENCE, timedelta(seconds=3 * settings.sync_interval))
    return [_run(run, alive=now - run["beat_at"] < silence) for run in await store.rows("recent_runs", number)]


def _run(run: Row, *, alive: bool) -> dict[str, Any]:
    """One that neither ended nor shows signs of life was killed."""
    state = "ended" if run["ended_at"] else "running" if alive else "was killed"
    return {"run": run["id"], "log_id": run["log_id"], "verb": run["verb"], "version": run["program_version"],
            "state": state, "started_at": _iso(run["started_at"]), "ended_at": _iso(run["ended_at"]),
            "beat_at": _iso(run["beat_at"]), "exit_code": run["exit_code"], "failure": run["failure"],
            "cycles": run["cycles"], "requests": run["requests"], "seen": run["seen"], "stored": run["stored"],
            "deleted": run["deleted"], "rejected": run["rejected"],
            "last_cycle": json.loads(run["last_cycle"]) if run["last_cycle"] else None}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")
