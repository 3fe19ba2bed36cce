"""Runs coroutines concurrently; the first failure ends the others and is raised by itself."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from itertools import islice
from typing import Any, TypeVar

from sync_daemon.errors import Fatal, Stopped

T = TypeVar("T")


async def run_all(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Runs all concurrently and returns their results, in order.

    A failure cancels the rest and is raised by itself. A stop must not cut off the others in the middle of a page:
    Stopped is raised only when all have ended.
    """

    async def guarded(work: Coroutine[Any, Any, T]) -> tuple[T] | None:
        try:
            return (await work,)
        except Stopped:
            return None

    async with _group() as group:
        tasks = [group.create_task(guarded(work)) for work in works]
    results = [task.result() for task in tasks]
    if None in results:
        raise Stopped
    return [result[0] for result in results if result is not None]


@asynccontextmanager
async def bounded_rounds(patience: float, within: Callable[[], AbstractContextManager[None]],
                 ) -> AsyncIterator[Callable[[Mapping[str, Callable[[], Coroutine[Any, Any, None]]]], Awaitable[None]]]:
    """Yields a function that runs named works concurrently and waits at most `patience` seconds for each round.

    A work that takes longer continues, and is not started again until it is done; each runs inside `within()`.
    At the end all are awaited; a failure of one ends all, and is raised by itself.
    """
    going: set[str] = set()
    stopped = False

    async def do(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            with within(), suppress(Stopped):  # a stop must not cut off the others; the caller's next wait raises it
                await work()
        finally:
            going.discard(name)

    async def one_round(works: Mapping[str, Callable[[], Coroutine[Any, Any, None]]]) -> None:
        new = {name: work for name, work in works.items() if name not in going}
        going.update(new)
        if tasks := [group.create_task(do(name, work)) for name, work in new.items()]:
            await asyncio.wait(tasks, timeout=patience)

    async with _group() as group:
        try:
            yield one_round
        except Stopped:
            stopped = True
    if stopped:
        raise Stopped


@asynccontextmanager
async def in_background(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Runs endless works while the block lasts, then cancels them; a failure of one ends all."""
    async with _group() as group:
        tasks = [group.create_task(work) for work in works]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


async def wait(event: asyncio.Event, seconds: float) -> bool:
    """Waits for an event, `seconds` at most; returns whether it was set."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await event.wait()
    except TimeoutError:
        return False
    return True


def batched(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Splits into lists of at most `size`."""
    iterator = iter(things)
    while some := list(islice(iterator, size)):
        yield some


@asynccontextmanager
async def _group() -> AsyncIterator[asyncio.TaskGroup]:
    """A group of tasks that ends with the first failure, raised by itself.

    Up to Python 3.12 a group whose task fails while it waits for the others cancels its parent and never calls
    `uncancel`: in Python 3.11.2 (Debian 12) each later `asyncio.timeout` of the parent then ends as a cancellation.
    """
    parent = asyncio.current_task()
    before = parent.cancelling() if parent else 0
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failures:
        if parent and parent.cancelling() > before and sys.version_info < (3, 13):
            parent.uncancel()
        raise _first(failures) from None


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    flat = [_first(failure) if isinstance(failure, BaseExceptionGroup) else failure for failure in failures.exceptions]
    return min(flat, key=lambda failure: not isinstance(failure, Fatal))
