"""Things side by side: results in order, one failure raised by itself, a stop that cuts nobody off."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest

from sync_daemon.concurrency import bounded_rounds, run_all, wait
from sync_daemon.errors import Exit, Fatal, RetryLater, Stopped


async def give(value: int, turns: int = 0) -> int:
    for _ in range(turns):
        await asyncio.sleep(0)
    return value


async def fail(error: BaseException, turns: int = 0) -> int:
    await give(0, turns)
    raise error


async def test_results_come_in_the_order_of_the_works() -> None:
    assert await run_all([give(1, 5), give(2), give(3, 2)]) == [1, 2, 3]
    assert await run_all([]) == []


async def test_a_failure_is_raised_by_itself_and_ends_the_rest() -> None:
    ended: list[str] = []

    async def long() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")
        return 0

    with pytest.raises(RetryLater, match="away"):
        await run_all([long(), fail(RetryLater("away"), 2), long()])
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
        await run_all([fail_when_cancelled(), fail(RetryLater("away"), 2)])
    with pytest.raises(Fatal, match="closed"):
        await run_all([run_all([fail(ValueError("x")), fail(fatal)]), give(1, 5)])


async def test_a_stop_lets_the_others_finish_and_is_raised_in_the_end() -> None:
    finished: list[int] = []

    async def page(number: int) -> int:
        await give(0, 5)
        finished.append(number)
        return number

    with pytest.raises(Stopped):
        await run_all([fail(Stopped()), page(1), page(2)])
    assert finished == [1, 2]


async def test_a_failure_beside_a_stop_is_raised() -> None:
    with pytest.raises(RetryLater):
        await run_all([fail(Stopped()), fail(RetryLater("away"), 3)])


async def test_cancelled_from_outside_it_ends_as_cancelled() -> None:
    running: asyncio.Task[list[int]] = asyncio.create_task(run_all([give(0, 10**6), give(1, 10**6)]))
    await give(0, 3)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_who_takes_long_in_a_round_is_neither_waited_for_nor_begun_twice() -> None:
    begun: list[str] = []
    going: list[int] = []
    release = asyncio.Event()

    async def quick() -> None:
        begun.append("quick")

    async def slow() -> None:
        begun.append("slow")
        await release.wait()

    @contextmanager
    def counted() -> Iterator[None]:
        going.append(1)
        yield
        going.pop()

    async with bounded_rounds(0.001, counted) as one_round:
        for _ in range(3):
            await one_round({"slow": slow, "quick": quick})
        assert begun == ["slow", "quick", "quick", "quick"]
        assert going == [1], "it is known that something still goes on"
        release.set()
        await give(0, 5)
        await one_round({"slow": slow})
        assert begun[4:] == ["slow"]
    assert going == []


async def test_a_round_waits_for_all_that_are_quick() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(await give(1, 50))

    async with bounded_rounds(60, nullcontext) as one_round:
        await one_round({"a": work, "b": work})
        assert done == [1, 1]
        await one_round({})


async def test_a_failure_of_one_that_is_no_longer_waited_for_ends_the_rounds() -> None:
    async def late() -> None:
        await fail(Fatal("closed", hint="", exit_code=Exit.REFUSED), 20)

    async def go_on() -> None:
        async with bounded_rounds(0.0, nullcontext) as one_round:
            await one_round({"late": late})
            await asyncio.Event().wait()

    with pytest.raises(Fatal, match="closed"):
        await go_on()


async def test_a_stop_lets_those_that_are_no_longer_waited_for_finish() -> None:
    finished: list[int] = []

    async def page() -> None:
        finished.append(await give(1, 20))

    async def stopped() -> None:
        raise Stopped

    async def go_on() -> None:
        async with bounded_rounds(0.0, nullcontext) as one_round:
            await one_round({"page": page, "stopped": stopped})
            raise Stopped

    with pytest.raises(Stopped):
        await go_on()
    assert finished == [1]


async def test_a_failure_beside_others_leaves_no_cancellation_behind() -> None:
    """Which in Python 3.11.2 would make each later timeout a cancellation."""
    for works in ([fail(RetryLater("x"), 2), give(0, 9)],
                  [fail(RetryLater("x"), 2), fail(RetryLater("y"), 2), give(0, 9)]):
        with pytest.raises(RetryLater):
            await run_all(works)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
        assert not await wait(asyncio.Event(), 0.001)
