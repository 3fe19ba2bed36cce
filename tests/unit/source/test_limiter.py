"""The limit on requests in flight: never above the ceiling, halved once for each "too many", given on in order."""

from __future__ import annotations

import asyncio
import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from sync_daemon.source.limiter import START, AdaptiveLimiter, Slot


async def bounded_rounds(number: int = 5) -> None:
    """Lets everything that can run do so."""
    for _ in range(number):
        await asyncio.sleep(0)


class Holder:
    """A request in flight that ends when told to."""

    def __init__(self, limiter: AdaptiveLimiter) -> None:
        self.entered = False
        self.done = asyncio.Event()
        self.slot = Slot(0)
        self.task = asyncio.create_task(self._run(limiter))

    async def _run(self, limiter: AdaptiveLimiter) -> None:
        async with limiter.slot() as self.slot:
            self.entered = True
            await self.done.wait()

    async def end(self) -> None:
        self.done.set()
        await self.task


async def test_it_starts_low_and_rises_fast_with_good_answers_to_the_ceiling() -> None:
    limiter = AdaptiveLimiter(12)
    assert limiter.limit == START
    limiter.good()
    assert limiter.limit == START + 1
    for _ in range(50):
        limiter.good()
    assert limiter.limit == 12


async def test_after_a_slow_down_it_rises_by_one_for_a_limit_s_worth_of_good_answers() -> None:
    limiter = AdaptiveLimiter(12)
    limiter.too_many(Slot(limiter.slowed))
    assert limiter.limit == START / 2
    for _ in range(START // 2 + 1):
        limiter.good()
    assert int(limiter.limit) == START // 2 + 1
    for _ in range(500):
        limiter.good()
    assert limiter.limit == 12


async def test_one_burst_of_refusals_halves_it_once() -> None:
    limiter = AdaptiveLimiter(16)
    limiter.limit = 16.0
    holders = [Holder(limiter) for _ in range(16)]
    await bounded_rounds()
    for holder in holders:
        limiter.too_many(holder.slot)
    assert limiter.limit == 8
    for holder in holders:
        await holder.end()
    late = Holder(limiter)
    await bounded_rounds()
    limiter.too_many(late.slot)
    assert limiter.limit == 4
    await late.end()


async def test_it_never_falls_below_one() -> None:
    limiter = AdaptiveLimiter(4)
    for _ in range(10):
        limiter.too_many(Slot(limiter.slowed))
    assert limiter.limit == 1
    holder = Holder(limiter)
    await bounded_rounds()
    assert holder.entered
    await holder.end()


async def test_first_come_first_served() -> None:
    limiter = AdaptiveLimiter(1)
    first, second, third = Holder(limiter), Holder(limiter), Holder(limiter)
    await bounded_rounds()
    assert (first.entered, second.entered, third.entered) == (True, False, False)
    await first.end()
    await bounded_rounds()
    assert (second.entered, third.entered) == (True, False)
    await second.end()
    await third.end()
    assert limiter.in_flight == 0


async def test_a_timed_out_request_keeps_its_place_for_a_while() -> None:
    limiter = AdaptiveLimiter(1)
    async with limiter.slot() as slot:
        slot.keep_for = 0.05
    assert limiter.in_flight == 1
    async with asyncio.timeout(10), limiter.slot():
        assert limiter.in_flight == 1
    assert limiter.in_flight == 0


async def test_closing_gives_the_kept_places_up() -> None:
    limiter = AdaptiveLimiter(1)
    async with limiter.slot() as slot:
        slot.keep_for = 3600
    limiter.close()
    assert not limiter.kept


async def test_who_is_cancelled_while_waiting_ends_as_cancelled_and_takes_no_place() -> None:
    limiter = AdaptiveLimiter(1)
    first, waiting, last = Holder(limiter), Holder(limiter), Holder(limiter)
    await bounded_rounds()
    waiting.task.cancel()
    await bounded_rounds()
    assert waiting.task.cancelled()
    await first.end()
    await bounded_rounds()
    assert last.entered
    await last.end()
    assert limiter.in_flight == 0


async def test_all_cancelled_at_once_end_as_cancelled() -> None:
    """Those in flight give their places on to those who wait, who are being cancelled too."""
    limiter = AdaptiveLimiter(2)
    holders = [Holder(limiter) for _ in range(8)]
    await bounded_rounds()
    for holder in holders:
        holder.task.cancel()
    ended = await asyncio.gather(*(holder.task for holder in holders), return_exceptions=True)
    assert [type(one) for one in ended] == [asyncio.CancelledError] * 8
    assert limiter.in_flight == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["enter", "end", "cancel", "good", "many"]), st.integers(0, 30)),
                max_size=60), st.integers(1, 6))
def test_whatever_happens_no_more_are_in_flight_than_allowed_and_none_is_lost(
        acts: list[tuple[str, int]], ceiling: int) -> None:
    async def play() -> None:
        limiter = AdaptiveLimiter(ceiling)
        holders: list[Holder] = []
        for act, number in acts:
            one = holders[number % len(holders)] if holders else None
            if act == "enter":
                holders.append(Holder(limiter))
            elif act == "end" and one is not None:
                one.done.set()
            elif act == "cancel" and one is not None:
                one.task.cancel()
            elif act == "good":
                limiter.good()
            elif act == "many" and one is not None:
                limiter.too_many(one.slot)
            if number % 2:
                await bounded_rounds(number % 4)
            assert limiter.highest <= ceiling
        for one in holders:
            one.done.set()
        for one in holders:
            with contextlib.suppress(asyncio.CancelledError):
                await one.task
        assert limiter.in_flight == 0

    asyncio.run(play())
