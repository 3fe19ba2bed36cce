"""A mirror that is open: what a run needs, connected and checked, and its heartbeat."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from sync_daemon.account import Account
from sync_daemon.attempt import Work
from sync_daemon.engine import Engine
from sync_daemon.settings import Settings

COUNTS: Final = ("seen", "stored", "deleted", "rejected")


@dataclass(slots=True)
class Mirror:
    """Everything a run needs. Moments are of our monotonic clock."""

    settings: Settings
    engine: Engine
    work: Work
    run_id: int
    account: Account
    cycles: int = 0
    last_cycle: dict[str, float] | None = None
    cycled_at: float | None = None
    beaten_at: float = field(default_factory=time.monotonic)
    told: set[str] = field(default_factory=set)
    """Resources whose first cycle the log has told of."""
    at_work: int = 0
    """How many of the daemon's rhythms are at work; at none it rests until the next is due."""

    @contextmanager
    def working(self) -> Iterator[None]:
        self.at_work += 1
        try:
            yield
        finally:
            self.at_work -= 1

    @property
    def moved_at(self) -> float:
        """The last sign that the work goes on: an answer, a finished statement, or a planned rest.

        What ended because its time was up is no sign: that happens as well when nothing goes on any more.
        """
        if not self.at_work:
            return time.monotonic()
        return max(self.engine.reader.api.moved_at, self.engine.store.moved_at)


async def beat(mirror: Mirror) -> None:
    """The heartbeat row: the only one that a quiet cycle writes."""
    engine = mirror.engine
    await engine.store.heartbeat(mirror.run_id, mirror.cycles, engine.reader.api.requests,
                                 *(engine.progress.sum(name) for name in COUNTS), json.dumps(mirror.work.fresh),
                                 mirror.last_cycle and json.dumps(mirror.last_cycle))
    mirror.beaten_at = time.monotonic()
