"""Status of each resource, from the bookkeeping alone: its problems, how far behind it is, when it is read again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sync_daemon.apply.context import TOLERATED
from sync_daemon.humanize import span
from sync_daemon.model.cursor import LOAD
from sync_daemon.model.resources import Resource, Way
from sync_daemon.monitoring.held_rows import READ
from sync_daemon.monitoring.problems import Facts, Failure, Kind, Problem, problems_of
from sync_daemon.postgres.store import Store
from sync_daemon.settings.fields import Settings
from sync_daemon.sync.schedule import sweep_period
from sync_daemon.sync.session import SILENCE
from sync_daemon.tuning import AS_IT_IS, Tuning

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceStatus(Facts):
    """One resource, with what is shown besides its problems."""

    read: str
    percent: int | None = None
    """Percent of its first load that is done."""
    watermark: float | None = None
    """Complete up to this time, in unix seconds."""
    next_sweep: float | None = None
    deleted: int = 0
    verified_at: float | None = None
    new_fields: tuple[str, ...] = ()
    left_out: str = ""
    """Hidden fields that the list is not asked for, and why."""

    def problems(self, now: float) -> list[Problem]:
        return problems_of(self, now)


async def read_statuses(store: Store, settings: Settings, tuning: Tuning = AS_IT_IS) -> list[ResourceStatus]:
    """The status of each chosen resource."""
    cursors = await store.state.all()
    fresh = await store.runs.watermarks()
    known: dict[str, dict[str, Any]] = {resource.name: {} for resource in settings.resources}
    counts = {"rejected": await store.state.rejected_counts(), "deleted": await store.state.deleted_counts(),
              "held": await store.queue.held_counts()}
    for outcome, rows in counts.items():
        for name, number in rows.items():
            known.setdefault(name, {})[outcome] = number
    for row in await store.state.problems():
        known.setdefault(row["resource"], {}).setdefault("failures", []).append(
            Failure(row["activity"], row["first_at"].timestamp(), row["why"], row["brief"]))
    for name, misfit, number in await store.state.misfit_counts():
        known.setdefault(name, {}).setdefault("misfits", []).append((misfit, number))
    for row in await store.queue.failing():
        mine = known.setdefault(row["resource"], {})
        mine["unread"] = mine.get("unread", 0) + row["many"]
        mine["unread_key"], mine["unread_why"] = row["key"], row["why"]
    for name, since in (await store.queue.oldest()).items():
        known.setdefault(name, {})["unfollowed"] = (store.clock.now() - since).total_seconds()
    return [await _standing(store, settings, tuning, resource, cursors.get(resource.name), fresh.get(resource.name),
                            known[resource.name]) for resource in settings.resources]


async def _standing(store: Store, settings: Settings, tuning: Tuning, resource: Resource, row: Row | None,
                    fresh: int | None, known: dict[str, Any]) -> ResourceStatus:
    facts = {"resource": resource.name, "read": READ[resource.way], "limit": limit(resource, settings, tuning),
             "unfollowed_limit": max(tuning.least_late, 10 * settings.sync_interval),
             **known}
    if row is None:
        return ResourceStatus(**facts)
    now = store.clock.now()
    watermark = _watermark(row, fresh, now.timestamp())
    return ResourceStatus(
        **facts, loaded=row["loaded_at"] is not None, load_started=row["load_started_at"] is not None,
        refused=(row["unavailable_why"] or "") if row["refused_at"] else "",
        unavailable=(row["unavailable_why"] or "it is refused") if row["unavailable_at"] else "",
        had_rows=bool(row["had_rows"]), missing=row["missing"] or 0, differences=row["differences"],
        unsettled=row["unsettled"] or 0, watermark=watermark,
        behind=None if watermark is None else max(0, round(now.timestamp() - watermark)),
        unswept=_unswept(row, now), unswept_limit=_unswept_limit(resource, settings, tuning),
        percent=None if row["loaded_at"] else await _percent(store, resource, row),
        next_sweep=_next_sweep(resource, row, settings, now), new_fields=tuple(row["new_fields"]),
        left_out=row["left_out"] or "", verified_at=_unix(row["verified_at"]))


def period(resource: Resource, settings: Settings) -> float | None:
    """Seconds from one complete read of the whole list to the next; None for the feed, which has no sweep."""
    if resource.way is Way.FEED:
        return None
    return sweep_period(resource, settings.sync_sweep)


def limit(resource: Resource, settings: Settings, tuning: Tuning) -> float:
    """Seconds that a resource may be behind: ten cycles, three polls, or two sweeps."""
    if resource.way in {Way.VALUE, Way.FEED}:
        return max(tuning.least_late, 10 * settings.sync_interval, 3 * settings.sync_poll_every)
    return max(tuning.least_late, 2 * (period(resource, settings) or 0.0))


async def _percent(store: Store, resource: Resource, row: Row) -> int | None:
    """Percent of a first load, by what is committed; None for lists whose pages are committed without a cursor."""
    lanes = [lane for lane in await store.checkpoints.lanes(resource) if lane.lane >= LOAD]
    if resource.way is Way.CHILD and lanes:
        done, whole = await store.tables.parents_asked(resource, lanes[0].cursor.id)
    else:
        done, whole = sum(lane.seen for lane in lanes), int(row["source_count"] or 0)
    return min(100, 100 * done // whole) if done and whole > 0 else None


def _watermark(row: Row, second: int | None, now: float) -> float | None:
    """The watermark; moments in the future, noted while a clock was ahead, are ignored."""
    if row["loaded_at"] is None:
        return None
    moments = [_unix(row["succeeded_at"]), _unix(row["swept_at"]), second]
    return max((float(moment) for moment in moments if moment and moment <= now + TOLERATED),
               default=min(now, row["loaded_at"].timestamp()))


def _unswept(row: Row, now: datetime) -> int | None:
    """Seconds since the last complete reading of the whole list."""
    latest = now + timedelta(seconds=TOLERATED)
    moments = [at for at in (row["swept_at"], row["verified_at"]) if at is not None and at <= latest]
    return max(0, round((now - max(moments)).total_seconds())) if moments else None


def _unswept_limit(resource: Resource, settings: Settings, tuning: Tuning) -> float | None:
    """Only for polled lists: `limit` already covers the sweeps of the others."""
    every = period(resource, settings) if resource.way is Way.VALUE else None
    return None if every is None else max(tuning.least_late, 2 * every)


def _next_sweep(resource: Resource, row: Row, settings: Settings, now: datetime) -> float | None:
    every = period(resource, settings)
    if every is None or row["loaded_at"] is None or row["unavailable_at"] is not None:
        return None
    due: datetime = now if row["swept_at"] is None else row["swept_at"] + timedelta(seconds=every)
    return max(due, now).timestamp()


def _unix(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


async def read_runs(store: Store, settings: Settings, number: int) -> list[dict[str, Any]]:
    """The last runs, the newest first, and all with a heartbeat, as JSON-like values."""
    living = await store.runs.living(silence(settings))
    alive = {run["id"] for run in living}
    recent = await store.runs.recent(number)
    shown = {run["id"]: run for run in [*living, *recent]}
    return [_run(run, alive=ident in alive) for ident, run in sorted(shown.items(), reverse=True)]


def silence(settings: Settings) -> float:
    """Seconds without a heartbeat after which a run counts as killed."""
    return max(SILENCE, 3 * settings.sync_interval)


async def read_daemon(store: Store, settings: Settings) -> list[Problem]:
    """Problems of the daemon, and of the server's clock."""
    found = [Problem(Kind.CLOCK, row["why"], row["brief"], "Find out what removes it between here and the API.")
             for row in await store.state.problems() if row["resource"] == "*"]
    living = [run for run in await store.runs.living(silence(settings)) if run["verb"] == "run"]
    # one that was just killed has no heartbeat after the start of the next
    daemons = [run for run in living if run is living[0] or run["beat_at"] > living[0]["started_at"]]
    if len(daemons) > 1:
        many = f"{len(daemons)} daemons run on this schema"
        found.append(Problem(Kind.DAEMON, f"{many}: runs {', '.join(str(run['id']) for run in daemons)}", many,
                             "They do no harm, but ask for everything twice: stop all but one."))
    last = await store.runs.last_daemon()
    if not daemons and last is not None:
        found += _dead(last, span((store.clock.now() - last["beat_at"]).total_seconds()))
    return found


def _dead(run: Row, ago: str) -> list[Problem]:
    """The problem of a daemon that ended; none if it was stopped in order."""
    start = "Start it again: `invoiced-sync run`, or `systemctl start invoiced-sync`."
    if run["ended_at"] is None:
        return [Problem(Kind.DAEMON, f"the daemon (run {run['id']}) was killed; its last sign of life was {ago} ago",
                        "the daemon was killed", start)]
    if run["exit_code"]:
        why = f": {run['failure']}" if run["failure"] else ""
        return [Problem(
            Kind.DAEMON, f"the daemon (run {run['id']}) ended {ago} ago with exit code {run['exit_code']}{why}",
            "the daemon ended by itself", f"Fix that. {start}")]
    return []


def _run(run: Row, *, alive: bool) -> dict[str, Any]:
    """A run as values; one that neither ended nor has a heartbeat was killed."""
    state = "ended" if run["ended_at"] else "running" if alive else "was killed"
    return {"run": run["id"], "log_id": run["log_id"], "verb": run["verb"], "version": run["program_version"],
            "state": state, "started_at": _iso(run["started_at"]), "ended_at": _iso(run["ended_at"]),
            "beat_at": _iso(run["beat_at"]), "exit_code": run["exit_code"], "failure": run["failure"],
            "cycles": run["cycles"], "requests": run["requests"], "seen": run["seen"], "stored": run["stored"],
            "deleted": run["deleted"], "rejected": run["rejected"],
            "last_cycle": json.loads(run["last_cycle"]) if run["last_cycle"] else None}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")
