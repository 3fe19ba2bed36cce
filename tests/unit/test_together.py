"""Things side by side: results in order, one failure raised by itself, a stop that cuts nobody off."""

from __future__ import annotations

import asyncio

import pytest

from sync_daemon.errors import Exit, Fatal, RetryLater, Stopped
from sync_daemon.together import together


async def give(value: int, turns: int = 0) -> int:
    for _ in range(turns):
        await asyncio.sleep(0)
    return value


async def fail(error: BaseException, turns: int = 0) -> int:
    await give(0, turns)
    raise error


async def test_results_come_in_the_order_of_the_works() -> None:
    assert await together([give(1, 5), give(2), give(3, 2)]) == [1, 2, 3]
    assert await together([]) == []


async def test_a_failure_is_raised_by_itself_and_ends_the_rest() -> None:
    ended: list[str] = []

    async def long() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")
        return 0

    with pytest.raises(RetryLater, match="away"):
        await together([long(), fail(RetryLater("away"), 2), long()])
    assert ended == ["cancelled", "cancelled"]


async def test_of_several_failures_the_fatal_one_matters() -> None:
    fatal = Fatal("closed", hint="", exit_code=Exit.REFUSED)

    async def fail_when_cancelled() -> int:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise fatal from None
        return 0

    with pytest.raises(Fatal, match="closed"):
        await together([fail_when_cancelled(), fail(RetryLater("away"), 2)])
    with pytest.raises(Fatal, match="closed"):
        await together([together([fail(ValueError("x")), fail(fatal)]), give(1, 5)])


async def test_a_stop_lets_the_others_finish_and_is_raised_in_the_end() -> None:
    finished: list[int] = []

    async def page(number: int) -> int:
        await give(0, 5)
        finished.append(number)
        return number

    with pytest.raises(Stopped):
        await together([fail(Stopped()), page(1), page(2)])
    assert finished == [1, 2]


async def test_a_failure_beside_a_stop_is_raised() -> None:
    with pytest.raises(RetryLater):
        await together([fail(Stopped()), fail(RetryLater("away"), 3)])


async def test_cancelled_from_outside_it_ends_as_cancelled() -> None:
    task = asyncio.create_task(together(give(0, 10**6) for _ in range(3)))
    await give(0, 3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
