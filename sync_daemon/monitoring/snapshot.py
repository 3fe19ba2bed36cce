"""Health snapshot for `/readyz`, metrics and the status page: plain values of one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync_daemon.errors import Fatal
from sync_daemon.monitoring.load_progress import Whole
from sync_daemon.monitoring.problems import Kind, Problem


@dataclass(frozen=True, slots=True)
class ResourceSnapshot:
    """One resource: its problems and numbers. Times are unix seconds, durations are seconds; `percent` is of its first
    load.
    """

    resource: str
    read: str
    problems: tuple[Problem, ...]
    unavailable: bool
    rows: int | None
    exact: bool
    behind: int | None
    limit: float
    watermark: float | None
    percent: float | None
    done: int
    total: int | None
    per_second: float
    next_sweep: float | None
    verified_at: float | None
    differences: int | None
    rejected: int
    deleted: int
    missing: int
    held: int
    misfits: tuple[tuple[str, int], ...]
    unread: int
    unsettled: int
    outcomes: Mapping[str, int]
    """Rows read, or found to be deleted, by outcome."""

    @property
    def state(self) -> str:
        """Its state, in a word."""
        return self.problems[0].kind.value if self.problems else "unavailable" if self.unavailable else "ok"

    @property
    def tone(self) -> str:
        """good, busy, look or bad."""
        return self.problems[0].tone if self.problems else "good"

    def has(self, *kinds: Kind) -> bool:
        return any(problem.kind in kinds for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All numbers of one moment. `tone` is good, busy or bad; `troubles` says why it is not ready, that is, why mirror
    and account may differ for longer than promised.
    """

    account: str
    company: str
    schema: str
    version: str
    started_at: float
    now: float
    tone: str
    headline: str
    advice: str
    troubles: tuple[str, ...]
    database_up: bool
    api_up: bool
    ending: Fatal | None
    resources: tuple[ResourceSnapshot, ...]
    runs: tuple[Mapping[str, Any], ...]
    per_second: float
    load: Whole
    seconds_left: float | None
    """Until all first loads are complete, if known."""
    stopping: bool
    work: Work


@dataclass(frozen=True, slots=True)
class Work:
    """Numbers of the process: requests, cycles, connections. Moments are unix seconds."""

    moved_at: float
    """Last answer, finished statement or planned rest."""
    cycles: int
    cycled_at: float | None
    """When the last cycle ended, and how many seconds it took."""
    cycle_seconds: float | None
    other_daemons: int
    requests: int
    retries: int
    statuses: Mapping[str, int]
    """Requests by status; timeout and broken had no answer."""
    in_flight: int
    limit: int
    ceiling: int
    slowdowns: int
    lanes: int
    connections: int
    idle_connections: int
    most_connections: int
    outages: int
