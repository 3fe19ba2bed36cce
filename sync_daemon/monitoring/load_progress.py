"""Progress of all first loads together, and the time that they still take.

It is counted in requests, which is what a load costs: one for each page of a list, one for each parent of a per-parent
list. The total is open while a list is not counted yet. The speed is that of the last seconds, over all lists.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sync_daemon.humanize import count
from sync_daemon.log import log
from sync_daemon.model.resources import BY_NAME, Resource, Way
from sync_daemon.progress import Progress, Speed, State, Tally
from sync_daemon.source.pagination import PAGE

FEW = 1.0


@dataclass(frozen=True, slots=True)
class Whole:
    """All first loads together: requests done and in all, and resources by their state.

    `open` is true while some list has not been counted yet.
    """

    done: float
    total: float
    open: bool
    complete: int
    unavailable: int
    resources: int

    @property
    def is_under_way(self) -> bool:
        return self.complete + self.unavailable < self.resources

    @property
    def percent(self) -> int:
        """Percent of the requests; never 100 before the end."""
        return min(99, int(100 * self.done / self.total)) if self.total > 0 else 0

    def seconds_left(self, per_second: float) -> float | None:
        """At this speed in requests; None if unknown."""
        left = self.total - self.done
        return None if self.open or per_second <= 0 else left / per_second

    def __str__(self) -> str:
        of = self.resources - self.unavailable
        apart = f", {self.unavailable} unavailable" if self.unavailable else ""
        return f"{self.complete} of {count(of, 'resource')} {'is' if of == 1 else 'are'} complete{apart}"


def whole(progress: Progress, resources: Iterable[Resource]) -> Whole:
    """Sums up the tallies."""
    chosen = list(resources)
    done = total = 0.0
    is_open, complete, unavailable = False, 0, 0
    for resource in chosen:
        tally = progress.of(resource.name)
        complete += tally.state is State.DONE
        unavailable += tally.state is State.UNAVAILABLE
        if tally.state in {State.UNAVAILABLE, State.FAILED}:
            continue
        mine, all_of_it = _requests(resource, tally, progress)
        done += min(mine, all_of_it)
        total += all_of_it
        is_open = is_open or (all_of_it == 0 and tally.state in {State.READING, State.WAITING})
    return Whole(done, total, is_open, complete, unavailable, len(chosen))


def _requests(resource: Resource, tally: Tally, progress: Progress) -> tuple[float, float]:
    """Requests done, and in all as far as known."""
    if resource.way in {Way.SINGLE, Way.FEED}:
        return (FEW if tally.state is State.DONE else 0.0), FEW
    each = 1 if resource.way is Way.CHILD else PAGE
    counted = tally.total
    if counted is None and resource.way is Way.CHILD and resource.name != "payment_plans":
        counted = progress.of(BY_NAME[resource.parent or ""].name).total  # a list for each of them
    if counted is None:
        return (FEW, FEW) if tally.state is State.DONE else (tally.done / each, 0.0)
    all_of_it = counted / each + FEW
    return (all_of_it if tally.state is State.DONE else tally.done / each), all_of_it


@dataclass(slots=True)
class Pace:
    """The speed of a load, in requests per second."""

    progress: Progress
    speed: Speed = field(default_factory=Speed)

    def seconds_left(self, all_of_it: Whole, now: float | None = None) -> float | None:
        self.speed.note(self.progress.sum("requests"), now)
        return all_of_it.seconds_left(self.speed.per_second)


@contextmanager
def told_in_the_log(progress: Progress, resources: Iterable[Resource], every: float) -> Iterator[None]:
    """While the block lasts, logs the overall progress every `every` seconds."""
    chosen, pace = list(resources), Pace(progress)
    pace.speed.note(progress.sum("requests"))

    def line() -> None:
        all_of_it = whole(progress, chosen)
        left = pace.seconds_left(all_of_it)
        reading = [one.name for one in chosen if progress.of(one.name).state is State.READING]
        if reading:
            log().info("load.progress", percent=all_of_it.percent, seconds_left=None if left is None else round(left),
                       complete=all_of_it.complete, of=all_of_it.resources - all_of_it.unavailable, reading=reading)

    with at_intervals(every, line):
        yield


@contextmanager
def at_intervals(seconds: float, act: Callable[[], None]) -> Iterator[None]:
    """Calls `act` every `seconds` from the event loop while the block lasts."""
    loop = asyncio.get_running_loop()
    timer: asyncio.TimerHandle

    def tick() -> None:
        nonlocal timer
        act()
        timer = loop.call_later(seconds, tick)

    timer = loop.call_later(seconds, tick)
    try:
        yield
    finally:
        timer.cancel()
