"""Things done side by side, and the one failure that matters when they end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any, TypeVar

from sync_daemon.errors import Fatal, Stopped

T = TypeVar("T")


async def together(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Runs all side by side and returns what they returned, in order.

    A failure cancels the rest and is raised by itself. Not so a stop: who sees it first must not cut off the others
    in the middle of a page, so Stopped is raised when all have ended.
    """

    async def guarded(work: Coroutine[Any, Any, T]) -> tuple[T] | None:
        try:
            return (await work,)
        except Stopped:
            return None

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(guarded(work)) for work in works]
    except BaseExceptionGroup as failures:
        raise _first(failures) from None
    results = [task.result() for task in tasks]
    if None in results:
        raise Stopped
    return [result[0] for result in results if result is not None]


@asynccontextmanager
async def beside(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Lets works that have no end of their own go on beside what is done within; a failure of one ends all."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
    except BaseExceptionGroup as failures:
        raise _first(failures) from None


async def wait(event: asyncio.Event, seconds: float) -> bool:
    """Waits for an event, so long at most; whether it came."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await event.wait()
    except TimeoutError:
        return False
    return True


def batched(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """The things in lists of `size` at most."""
    iterator = iter(things)
    while some := list(islice(iterator, size)):
        yield some


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    flat = [_first(failure) if isinstance(failure, BaseExceptionGroup) else failure for failure in failures.exceptions]
    return min(flat, key=lambda failure: not isinstance(failure, Fatal))
