"""What is being done, as numbers in memory: for the progress display, the heartbeat, the log and the metrics."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class State(Enum):
    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"
    UNAVAILABLE = "unavailable"


@dataclass(slots=True)
class Tally:
    """Counts of one resource since the start of the process; `total` is what the source says there is to read."""

    state: State = State.WAITING
    total: int | None = None
    done: int = 0
    """Rows (or parents) of the current pass that are behind us, of `total`."""
    seen: int = 0
    stored: int = 0
    deleted: int = 0
    rejected: int = 0
    requests: int = 0
    why: str | None = None


@dataclass(slots=True)
class Progress:
    """The tallies of all resources."""

    tallies: dict[str, Tally] = field(default_factory=dict)

    def of(self, resource: str) -> Tally:
        return self.tallies.setdefault(resource, Tally())

    def sum(self, name: str) -> int:
        return sum(getattr(tally, name) for tally in self.tallies.values())
