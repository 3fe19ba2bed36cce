"""The simulator's own clock: it runs like ours, may start at another time, and tests can advance it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from email.utils import formatdate


@dataclass(slots=True)
class Clock:
    """`offset` shifts the stamps of rows and the `Date` header; `date_offset` only the header."""

    offset: float = 0.0
    date_offset: float = 0.0
    advanced: float = 0.0
    _start: float = field(default_factory=time.monotonic)
    _wall: float = field(default_factory=time.time)

    @classmethod
    def starting_at(cls, moment: float | None) -> Clock:
        clock = cls()
        if moment is not None:
            clock._wall = moment
        return clock

    def elapsed(self) -> float:
        """Seconds that have passed, for everything that expires; `advanced` adds to them."""
        return time.monotonic() - self._start + self.advanced

    def now(self) -> float:
        return self._wall + self.elapsed() + self.offset

    def date(self) -> str:
        return formatdate(self.now() + self.date_offset, usegmt=True)
