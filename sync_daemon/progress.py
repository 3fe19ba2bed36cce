"""Progress as numbers in memory: for the progress display, the heartbeat, the log and the metrics."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

WINDOW: Final = 20.0
"""Seconds over which speed is measured."""


class State(Enum):
    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"
    UNAVAILABLE = "unavailable"


@dataclass(slots=True, kw_only=True)
class Counts:
    """Rows by outcome, requests, and seconds taken."""

    seen: int = 0
    stored: int = 0
    deleted: int = 0
    rejected: int = 0
    requests: int = 0
    seconds: float = 0.0

    @property
    def unchanged(self) -> int:
        """Rows that the mirror already had unchanged."""
        return self.seen - self.stored - self.rejected

    def add(self, name: str, more: float) -> None:
        setattr(self, name, getattr(self, name) + more)

    def line(self) -> dict[str, float]:
        """The counts as fields of a log line."""
        return {"seen": self.seen, "stored": self.stored, "unchanged": self.unchanged, "deleted": self.deleted,
                "rejected": self.rejected, "requests": self.requests, "seconds": round(self.seconds, 2)}


@dataclass(frozen=True, slots=True)
class Failing:
    """A request that fails and is retried: since when, by our monotonic clock, and why."""

    since: float
    why: str
    brief: str


@dataclass(slots=True)
class Tally(Counts):
    """Counts of one resource since the start of the process; `total` is what the source says there is to read."""

    state: State = State.WAITING
    total: int | None = None
    done: int = 0
    """Rows (or parents) of the current pass that are done, of `total`."""
    why: str | None = None
    brief: str = ""
    """`why`, without the server's words and without ids: for pages that others may see."""
    failing: dict[int, Failing] = field(default_factory=dict)
    """Requests that are being retried at this moment, by number."""

    def failing_for(self, seconds: float) -> Failing | None:
        """The request that has failed longest, if for at least `seconds`."""
        oldest = min(self.failing.values(), key=lambda one: one.since, default=None)
        return oldest if oldest is not None and time.monotonic() - oldest.since >= seconds else None


_scope: ContextVar[dict[str, Counts] | None] = ContextVar("counts", default=None)


@dataclass(slots=True)
class Progress:
    """The tallies of all resources."""

    tallies: dict[str, Tally] = field(default_factory=dict)

    def of(self, resource: str) -> Tally:
        return self.tallies.setdefault(resource, Tally())

    def count(self, resource: str, **counts: float) -> None:
        """Adds to the tally of a resource, and to the counts of the enclosing `counting` block."""
        scope = _scope.get()
        for name, more in counts.items():
            self.of(resource).add(name, more)
            if scope is not None:
                scope.setdefault(resource, Counts()).add(name, more)

    @contextmanager
    def counting(self) -> Iterator[dict[str, Counts]]:
        """Yields the counts, by resource, of what is done in the block, in this task and in those that it starts."""
        counts: dict[str, Counts] = {}
        token = _scope.set(counts)
        try:
            yield counts
        finally:
            _scope.reset(token)

    def sum(self, name: str) -> int:
        return sum(getattr(tally, name) for tally in self.tallies.values())


@dataclass(slots=True)
class Speed:
    """How fast a number grows, measured over the last seconds."""

    points: deque[tuple[float, int]] = field(default_factory=deque)

    def note(self, value: int, now: float | None = None) -> None:
        now = time.monotonic() if now is None else now
        self.points.append((now, value))
        while self.points[0][0] < now - WINDOW and len(self.points) > 2:
            self.points.popleft()

    @property
    def per_second(self) -> float:
        if not self.points:
            return 0.0
        (begun, first), (now, last) = self.points[0], self.points[-1]
        return (last - first) / (now - begun) if now > begun else 0.0
