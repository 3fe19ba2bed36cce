"""How many requests may be in flight: one adaptive limit that all lanes share.

It starts low, rises by one for each limit's worth of good answers, and halves when the server says "too many
requests", once for all that were under way then. It leaves room for other users of the key by itself: their requests
count against the same cap, and the 429s that follow lower ours.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

START = 4


@dataclass(slots=True)
class Slot:
    """A place in the limit, held for one request. `epoch` tells which slow-down it began after."""

    epoch: int
    keep_for: float = 0.0
    """Seconds that the place stays taken after the request: the server's own slot may outlive a timed-out one."""


class Pace:
    """The limit on requests in flight; never above `ceiling`, never below one."""

    def __init__(self, ceiling: int) -> None:
        self.ceiling = ceiling
        self.limit = float(min(START, ceiling))
        self.in_flight = 0
        self.highest = 0
        self.slowed = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._kept: set[asyncio.TimerHandle] = set()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[Slot]:
        """Waits for a place and holds it; first come, first served."""
        await self._enter()
        slot = Slot(self.slowed)
        try:
            yield slot
        finally:
            if slot.keep_for > 0:
                self._keep(slot.keep_for)
            else:
                self._leave()

    def good(self) -> None:
        """A good answer: the limit may rise."""
        self.limit = min(float(self.ceiling), self.limit + 1 / self.limit)
        self._wake()

    def too_many(self, slot: Slot) -> None:
        """The server had too many requests: halve, unless that was done since this request began."""
        if slot.epoch == self.slowed:
            self.slowed += 1
            self.limit = max(1.0, self.limit / 2)

    def close(self) -> None:
        """Gives back the places that are kept for timed-out requests; the process is about to end."""
        for handle in self._kept:
            handle.cancel()
        self._kept.clear()

    async def _enter(self) -> None:
        if self.in_flight < int(self.limit) and not self._waiting:
            self._count(1)
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()  # the place was given just as we were cancelled
            elif turn in self._waiting:  # not if a place that came free was about to be offered to it
                self._waiting.remove(turn)
            raise

    def _keep(self, seconds: float) -> None:
        def give_back() -> None:
            self._kept.discard(handle)
            self._leave()

        handle = asyncio.get_running_loop().call_later(seconds, give_back)
        self._kept.add(handle)

    def _leave(self) -> None:
        self._count(-1)
        self._wake()

    def _wake(self) -> None:
        while self._waiting and self.in_flight < int(self.limit):
            turn = self._waiting.popleft()
            if not turn.done():
                self._count(1)
                turn.set_result(None)

    def _count(self, change: int) -> None:
        self.in_flight += change
        self.highest = max(self.highest, self.in_flight)
