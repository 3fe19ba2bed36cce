"""The activities of a resource, and when they are due. Pure: `row` is its row of `_resource_state`, None without one.

An activity recorded in the future, by a clock that was ahead, is due again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sync_daemon.apply.context import TOLERATED
from sync_daemon.model.resources import CHILD_SWEEPS, Resource, Way

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Row

DAY: Final = 86_400.0


class Activity(StrEnum):
    """Activities for a resource, by their names in `_problem`."""

    LOAD = "load"
    POLL = "poll"
    SWEEP = "sweep"
    NIGHTLY = "nightly"
    VERIFY = "verify"
    REFETCH = "refetch"
    REQUEST = "request"
    """One request that fails again and again."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is mirrored, and the intervals in seconds of complete reads (`sweep`), polls of a quiet account (`poll`) and
    verifications (`verify`). `deep` is how far back the nightly pass goes; `watermarks` has the second up to which
    each resource is complete.
    """

    resources: Sequence[Resource]
    sweep: float
    deep: float
    watermarks: dict[str, int]
    poll: float = 0.0
    verify: float = 30 * DAY


def due(activity: Activity, schedule: Schedule, rows: Mapping[str, Row], now: datetime, *,
        at_once: bool = False) -> list[Resource]:
    """The resources for which an activity is due, or with `at_once` all loaded ones; the longest waiting come first."""
    found = [(_last(activity, row), resource) for resource in schedule.resources
             if (row := rows.get(resource.name)) is not None and (is_due(activity, resource, row, schedule, now) or (
                 at_once and row["loaded_at"] is not None and resource.way is not Way.FEED))]
    return [resource for _, resource in sorted(found, key=lambda pair: pair[0])]


def is_due(activity: Activity, resource: Resource, row: Row | None, schedule: Schedule, now: datetime) -> bool:
    """Whether an activity is due for a resource; never while it waits to be asked again after a refusal.

    A first load is due until it is complete, and a poll once it is; the cycle decides how often lists are polled.
    """
    if row is None or refused_lately(row, now):
        return row is None and activity is Activity.LOAD
    loaded = row["loaded_at"] is not None
    if activity is Activity.LOAD:
        return not loaded
    if not loaded:
        return False
    if activity is Activity.SWEEP:
        return resource.way is not Way.FEED and (
            _is_wanted(row) or _is_asked_again(resource, row)
            or _is_over(row["swept_at"], sweep_period(resource, schedule.sweep), now))
    if activity is Activity.NIGHTLY:
        return resource.way is Way.VALUE and _is_over(row["deep_at"], DAY, now)
    if activity is Activity.VERIFY:
        last: datetime = row["verified_at"] or row["loaded_at"]
        return last <= now - timedelta(seconds=schedule.verify)
    return True


def refused_lately(row: Row, now: datetime) -> bool:
    """Whether it was refused, and it is too early to ask again."""
    at: datetime | None = row["ask_at"]
    return at is not None and at > now


def sweep_period(resource: Resource, sweep: float) -> float:
    """Seconds between complete reads of a list; longer for per-parent lists, which cost a request for each parent."""
    return sweep * (CHILD_SWEEPS if resource.way is Way.CHILD else 1)


def _is_wanted(row: Row) -> bool:
    """Whether a complete read was requested and none has begun since."""
    wanted: datetime | None = row["sweep_wanted_at"]
    swept: datetime | None = row["swept_at"]
    return wanted is not None and (swept is None or swept <= wanted)


def _is_asked_again(resource: Resource, row: Row) -> bool:
    """Whether the list was refused and only a sweep can show that it may be read again; polled lists show it by a poll.
    """
    return row["refused_at"] is not None and resource.way is not Way.VALUE


def _is_over(at: datetime | None, seconds: float, now: datetime) -> bool:
    return at is None or not now - timedelta(seconds=seconds) < at <= now + timedelta(seconds=TOLERATED)


def _last(activity: Activity, row: Row) -> datetime:
    column = {Activity.SWEEP: "swept_at", Activity.NIGHTLY: "deep_at", Activity.VERIFY: "verified_at"}.get(activity)
    last: datetime | None = row[column] if column is not None else None
    if last is None and activity is Activity.VERIFY:
        last = row["loaded_at"]
    return last or datetime.min.replace(tzinfo=UTC)
