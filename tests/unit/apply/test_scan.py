"""Reading ahead while one batch is stored: every stretch once and in order, and nothing hidden when it goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_daemon.apply.scan import AHEAD, in_batches
from sync_daemon.errors import Disorder, RetryLater, Stopped, SyncError
from sync_daemon.model.cursor import LostRace
from sync_daemon.source.full_scan import ScanPage, ScanPages

Batches = list[list[int]]
EACH_ERROR = pytest.mark.parametrize("error", [SyncError("no"), RetryLater("later"), Disorder("unsorted"), Stopped()],
                                     ids=lambda error: type(error).__name__)


async def turns(number: int = 10) -> None:
    """Lets everything that can run do so."""
    for _ in range(number):
        await asyncio.sleep(0)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it did not come true")


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """No task may outlive what it belongs to."""
    before = asyncio.all_tasks()
    async with asyncio.timeout(20):
        yield
    assert asyncio.all_tasks() == before


class Pages:
    """So many stretches, numbered; `error` comes after them. `read` is how many were asked for, `closed` the end."""

    def __init__(self, number: int, error: Exception | None = None) -> None:
        self.number, self.error = number, error
        self.read = 0
        self.closed = False
        self.may_read = asyncio.Semaphore(10**6)

    async def each(self) -> AsyncIterator[int]:
        try:
            for number in range(self.number):
                await self.may_read.acquire()
                self.read += 1
                await asyncio.sleep(0)
                yield number
            if self.error is not None:
                raise self.error
        finally:
            self.closed = True

    @property
    def scan_pages(self) -> ScanPages:
        return cast("ScanPages", self.each())


def taking(batches: Batches, before: Callable[[list[int]], Awaitable[None]] | None = None,
           ) -> Callable[[list[ScanPage]], Awaitable[None]]:
    """Notes the batches, each after what `before` does with it."""

    async def take(batch: list[ScanPage]) -> None:
        numbers = cast("list[int]", list(batch))
        if before is not None:
            await before(numbers)
        batches.append(numbers)

    return take


def flat(batches: Batches) -> list[int]:
    return [number for batch in batches for number in batch]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 30), st.lists(st.integers(0, 12), max_size=30), st.lists(st.integers(0, 12), max_size=30))
def test_every_page_is_taken_once_and_in_order(number: int, reading: list[int], storing: list[int]) -> None:
    """Whichever side is slow, and whenever."""

    async def play() -> None:
        pages, batches = Pages(number), Batches()
        slow_reads = iter(reading)

        async def slowly() -> AsyncIterator[int]:
            async for page in pages.each():
                await turns(next(slow_reads, 0))
                yield page

        async def store(batch: list[int]) -> None:
            await turns(storing[len(batches)] if len(batches) < len(storing) else 0)

        async with nothing_left():
            await in_batches(cast("ScanPages", slowly()), taking(batches, store))
        assert flat(batches) == list(range(number))
        assert all(1 <= len(batch) <= AHEAD for batch in batches)

    asyncio.run(play())


async def test_batches_grow_to_the_most_while_storing_is_slow() -> None:
    pages, batches = Pages(1 + 3 * AHEAD), Batches()

    async def store(batch: list[int]) -> None:
        read = min(pages.number, batch[-1] + 1 + AHEAD)
        await until(lambda: pages.read >= read)
        await turns()
        assert pages.read == read, "no more is read ahead than that"

    async with nothing_left():
        await in_batches(pages.scan_pages, taking(batches, store))
    assert [len(batch) for batch in batches] == [1, AHEAD, AHEAD, AHEAD]


async def test_batches_are_one_page_each_while_reading_is_slow_and_a_request_is_always_under_way() -> None:
    pages, batches = Pages(6), Batches()
    pages.may_read = asyncio.Semaphore(1)

    async def store(batch: list[int]) -> None:
        assert pages.read == batch[-1] + 1

    async def answer_slowly() -> None:
        for number in range(1, pages.number):
            await until(lambda number=number: len(batches) >= number)  # type: ignore[misc]
            await turns()
            pages.may_read.release()

    async with nothing_left(), asyncio.TaskGroup() as group:
        group.create_task(answer_slowly())
        await in_batches(pages.scan_pages, taking(batches, store))
    assert [len(batch) for batch in batches] == [1] * 6


async def test_the_next_page_is_asked_for_while_one_is_stored() -> None:
    pages, batches = Pages(2), Batches()

    async def store(batch: list[int]) -> None:
        if batch == [0]:
            await until(lambda: pages.read == 2)

    async with nothing_left():
        await in_batches(pages.scan_pages, taking(batches, store))
    assert flat(batches) == [0, 1]


async def test_where_storing_is_done_first_the_page_under_way_is_the_next_batch() -> None:
    pages, batches = Pages(8), Batches()

    async def store(batch: list[int]) -> None:
        if batch == [0]:
            await until(lambda: pages.read == 3)

    async with nothing_left():
        await in_batches(pages.scan_pages, taking(batches, store))
    assert batches[:2] in ([[0], [1, 2]], [[0], [1, 2, 3]])
    assert flat(batches) == list(range(8))


@EACH_ERROR
@pytest.mark.parametrize("number", [0, 1, 2, AHEAD, AHEAD + 1, 3 * AHEAD])
@pytest.mark.parametrize("slow", [False, True], ids=["quick", "slow"])
async def test_what_goes_wrong_ahead_is_raised_when_all_before_it_was_taken(error: Exception, number: int,
                                                                            slow: bool) -> None:
    pages, batches = Pages(number, error), Batches()

    async def store(batch: list[int]) -> None:
        await turns(40 if slow else 0)

    async with nothing_left():
        with pytest.raises(type(error)) as raised:
            await in_batches(pages.scan_pages, taking(batches, store))
    assert raised.value is error
    assert flat(batches) == list(range(number))
    assert pages.closed


@pytest.mark.parametrize("error", [LostRace(), SyncError("full"), Stopped(), RuntimeError("a fault")],
                         ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("at", [0, 3])
async def test_what_goes_wrong_while_taking_ends_the_reading(error: Exception, at: int) -> None:
    pages, batches = Pages(50), Batches()

    async def store(batch: list[int]) -> None:
        await turns()
        if at in batch:
            raise error

    async with nothing_left():
        with pytest.raises(type(error)):
            await in_batches(pages.scan_pages, taking(batches, store))
    assert pages.closed
    assert at not in flat(batches), "nothing after it was taken"
    assert flat(batches) == list(range(len(flat(batches))))
    assert pages.read <= at + 1 + 2 * AHEAD


async def test_a_lost_race_does_not_wait_for_the_page_that_is_read_ahead() -> None:
    pages, batches = Pages(50), Batches()
    pages.may_read = asyncio.Semaphore(2)

    async def store(batch: list[int]) -> None:
        if batch != [0]:
            await turns()  # by now the third page is waited for, and will never come
            raise LostRace

    async with nothing_left():
        with pytest.raises(LostRace):
            await in_batches(pages.scan_pages, taking(batches, store))
    assert pages.closed
    assert batches == [[0]]


async def test_both_going_wrong_at_once_raises_what_went_wrong_while_taking() -> None:
    """What was read ahead may not be taken any more then: the cursor is not where it was thought to be."""
    pages, batches = Pages(2, Disorder("unsorted")), Batches()

    async def store(batch: list[int]) -> None:
        await turns(40)
        raise LostRace

    async with nothing_left():
        with pytest.raises(LostRace):
            await in_batches(pages.scan_pages, taking(batches, store))
    assert batches == []


async def test_cancelled_in_the_middle_it_closes_the_reading_and_leaves_nothing() -> None:
    pages, batches = Pages(50), Batches()
    held = asyncio.Event()

    async def store(batch: list[int]) -> None:
        if len(batches) == 2:
            held.set()
            await asyncio.Event().wait()

    async with nothing_left():
        task = asyncio.create_task(in_batches(pages.scan_pages, taking(batches, store)))
        await held.wait()
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert pages.closed
    assert len(batches) == 2


async def test_nothing_to_read_takes_nothing() -> None:
    pages, batches = Pages(0), Batches()
    async with nothing_left():
        await in_batches(pages.scan_pages, taking(batches))
    assert batches == []
    assert pages.closed
