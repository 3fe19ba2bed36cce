"""Requests that the server saw: counts, for tests of politeness, and the last ones individually."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Seen:
    at: float
    method: str
    path: str
    query: str
    status: int
    authorized: bool
    user_agent: str
    in_flight: int


@dataclass(slots=True)
class Stats:
    log: deque[Seen]
    requests: int = 0
    writes: int = 0
    rate_limited: int = 0
    in_flight: int = 0
    max_in_flight: int = 0
    by_path: Counter[str] = field(default_factory=Counter)
    by_status: Counter[int] = field(default_factory=Counter)

    def begin(self, method: str, template: str) -> None:
        self.requests += 1
        self.writes += method not in ("GET", "HEAD")
        self.by_path[template] += 1

    def end(self, seen: Seen) -> None:
        self.by_status[seen.status] += 1
        self.rate_limited += seen.status == 429
        self.log.append(seen)

    def reset(self) -> None:
        self.requests = self.writes = self.rate_limited = 0
        self.max_in_flight = self.in_flight
        self.by_path.clear()
        self.by_status.clear()
        self.log.clear()

    def shown(self) -> dict[str, Any]:
        return {
            "requests": self.requests, "writes": self.writes, "rate_limited": self.rate_limited,
            "in_flight": self.in_flight, "max_in_flight": self.max_in_flight, "by_path": dict(self.by_path),
            "by_status": {str(status): count for status, count in self.by_status.items()},
        }

    def shown_log(self, last: int) -> list[dict[str, Any]]:
        return [asdict(seen) for seen in list(self.log)[-last:]]
