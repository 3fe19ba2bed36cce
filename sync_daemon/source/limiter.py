"""How many requests may be in flight: one adaptive limit that all lanes share.

It starts low and rises by one for each good answer until the server first says "too many requests". Then it halves,
once for all requests in flight, and rises by one for each limit's worth of good answers (AIMD). Other users of the key
get room: their requests count against the same cap, and the 429s that follow lower our limit. Per-parent lists have
the lowest priority.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

START = 4
FIRST, GAPS = 0.0, 1.0
"""Ranks of requests: the last one goes only when nothing else waits."""


@dataclass(slots=True)
class Slot:
    """A place in the limit, held for one request. `epoch` says after which slow-down it began."""

    epoch: int
    keep_for: float = 0.0
    """Seconds that the place stays taken after the request: the server's slot may outlive a timed-out request."""


class PrioritySemaphore:
    """A semaphore that lets waiters in by rank, the lowest first, and within a rank in order of arrival."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.in_flight = 0
        self.highest = 0
        self.waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = count()

    @asynccontextmanager
    async def turn(self, rank: float = FIRST) -> AsyncIterator[None]:
        await self.enter(rank)
        try:
            yield
        finally:
            self.leave()

    async def enter(self, rank: float = FIRST) -> None:
        """Waits for a place and takes it."""
        turn = asyncio.get_running_loop().create_future()
        heappush(self.waiting, (rank, next(self._number), turn))
        self.wake()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()  # the place was granted just as we were cancelled
            raise

    def leave(self) -> None:
        self.in_flight -= 1
        self.wake()

    def wake(self) -> None:
        """Lets in waiters while there is room; skips cancelled ones."""
        while self.waiting and self.in_flight < int(self.limit):
            _, _, turn = heappop(self.waiting)
            if not turn.done():
                self.in_flight += 1
                self.highest = max(self.highest, self.in_flight)
                turn.set_result(None)


class AdaptiveLimiter(PrioritySemaphore):
    """The limit on requests in flight; never above `ceiling`, never below one."""

    def __init__(self, ceiling: int) -> None:
        super().__init__(min(START, ceiling))
        self.ceiling = ceiling
        self.slowed = 0
        self.kept: set[asyncio.TimerHandle] = set()

    @asynccontextmanager
    async def slot(self, rank: float = FIRST) -> AsyncIterator[Slot]:
        """Waits for a place and holds it."""
        await self.enter(rank)
        slot = Slot(self.slowed)
        try:
            yield slot
        finally:
            if slot.keep_for > 0:
                self._keep(slot.keep_for)
            else:
                self.leave()

    def good(self) -> None:
        """A good answer: the limit may rise, fast until the first slow-down."""
        self.limit = min(float(self.ceiling), self.limit + (1 / self.limit if self.slowed else 1))
        self.wake()

    def too_many(self, slot: Slot) -> None:
        """The server had too many requests: halves the limit, unless that was done since this request began."""
        if slot.epoch == self.slowed:
            self.slowed += 1
            self.limit = max(1.0, self.limit / 2)

    def close(self) -> None:
        """Gives back the places that are kept for timed-out requests; the process is about to end."""
        for handle in self.kept:
            handle.cancel()
        self.kept.clear()

    def _keep(self, seconds: float) -> None:
        def give_back() -> None:
            self.kept.discard(handle)
            self.leave()

        handle = asyncio.get_running_loop().call_later(seconds, give_back)
        self.kept.add(handle)


class Gate:
    """A share of the limit, for low-priority work. No list gets all of it: one that hangs would hold up the rest."""

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._share = max(1, places - 1)
        self._of_each: dict[str, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def place(self, name: str) -> AsyncIterator[None]:
        """Waits for a place of the list `name`, and holds it."""
        async with self._of_each.setdefault(name, asyncio.Semaphore(self._share)), self._places:
            yield
