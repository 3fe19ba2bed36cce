"""Things done side by side, and the one failure that matters when they end."""

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
    """Runs all side by side and returns what they returned, in order.

    A failure cancels the rest and is raised by itself. Not so a stop: who sees it first must not cut off the others
    in the middle of a page, so Stopped is raised when all have ended.
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
    """Yields what does works side by side, again and again, and waits no longer than `patience` seconds for them.

    A work that takes longer goes on meanwhile, and is not begun a second time until it is done. `within` is entered
    while it goes on. At the end all are waited for; a failure of one ends all, and is raised by itself.
    """
    going: set[str] = set()
    stopped = False

    async def do(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            with within(), suppress(Stopped):  # it must not cut off the others; who waits for the next round sees it
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
    """Lets works that have no end of their own go on beside what is done within; a failure of one ends all."""
    async with _group() as group:
        tasks = [group.create_task(work) for work in works]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


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


@asynccontextmanager
async def _group() -> AsyncIterator[asyncio.TaskGroup]:
    """A group of tasks that ends with the first failure, raised by itself.

    Up to Python 3.12 a group whose task fails while the others are waited for cancels its parent and never takes that
    back: in Python 3.11.2 (Debian 12) each later `asyncio.timeout` of the parent then ends as a cancellation.
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
