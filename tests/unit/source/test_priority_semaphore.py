"""The gate for those who wait: lowest rank first, equals in the order in which they came, no place lost or doubled."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_daemon.source.limiter import FIRST, GAPS, AdaptiveLimiter, PrioritySemaphore


async def bounded_rounds(number: int = 5) -> None:
    """Lets everything that can run do so."""
    for _ in range(number):
        await asyncio.sleep(0)


class Visitor:
    """Someone who wants to be let in, and stays until told to go. `entered` collects the names in order."""

    def __init__(self, gate: PrioritySemaphore, name: int, rank: float, entered: list[int]) -> None:
        self.inside = False
        self.rank = rank
        self.go = asyncio.Event()
        self.task = asyncio.create_task(self._visit(gate, name, rank, entered))

    async def _visit(self, gate: PrioritySemaphore, name: int, rank: float, entered: list[int]) -> None:
        async with gate.turn(rank):
            entered.append(name)
            self.inside = True
            try:
                await self.go.wait()
            finally:
                self.inside = False

    async def leave(self) -> None:
        self.go.set()
        await self.task


async def test_the_lowest_rank_goes_first_and_equals_in_the_order_in_which_they_came() -> None:
    gate, entered = PrioritySemaphore(1), list[int]()
    ranks = [FIRST, GAPS, -5.0, FIRST, -5.0, GAPS, FIRST]
    visitors = [Visitor(gate, number, rank, entered) for number, rank in enumerate(ranks)]
    await bounded_rounds()
    for visitor in visitors:
        visitor.go.set()
    await asyncio.gather(*(visitor.task for visitor in visitors))
    assert entered == [0, 2, 4, 3, 6, 1, 5]
    assert gate.in_flight == 0


async def test_who_comes_while_a_place_is_free_goes_in_whatever_the_rank() -> None:
    gate, entered = PrioritySemaphore(2), list[int]()
    gap, first = Visitor(gate, 1, GAPS, entered), Visitor(gate, 2, FIRST, entered)
    await bounded_rounds()
    assert entered == [1, 2]
    await gap.leave()
    await first.leave()


async def test_who_was_cancelled_while_waiting_is_passed_over() -> None:
    gate, entered = PrioritySemaphore(1), list[int]()
    inside, first, second = (Visitor(gate, number, FIRST, entered) for number in range(3))
    await bounded_rounds()
    first.task.cancel()
    await bounded_rounds()
    await inside.leave()
    await bounded_rounds()
    assert entered == [0, 2]
    assert (gate.in_flight, second.inside) == (1, True)
    await second.leave()
    assert gate.in_flight == 0


async def test_a_place_given_to_one_just_cancelled_goes_to_the_next() -> None:
    """The place is given, but who got it had no turn to run before it was cancelled."""
    gate, entered = PrioritySemaphore(1), list[int]()
    inside, unlucky, next_one = (Visitor(gate, number, FIRST, entered) for number in range(3))
    await bounded_rounds()
    inside.go.set()
    for _ in range(10):
        if len(gate.waiting) == 1:
            break
        await asyncio.sleep(0)
    assert not unlucky.inside, "it was called, and has not run yet"
    unlucky.task.cancel()
    await bounded_rounds()
    assert unlucky.task.cancelled()
    assert entered == [0, 2]
    assert gate.in_flight == 1
    await next_one.leave()
    assert gate.in_flight == 0


async def test_a_place_is_given_back_when_the_visit_fails() -> None:
    gate = PrioritySemaphore(1)
    with pytest.raises(RuntimeError):
        async with gate.turn():
            raise RuntimeError
    assert gate.in_flight == 0
    async with asyncio.timeout(10), gate.turn():
        assert gate.in_flight == 1


async def test_a_limit_that_rises_lets_in_who_waits() -> None:
    gate, entered = PrioritySemaphore(1), list[int]()
    visitors = [Visitor(gate, number, FIRST, entered) for number in range(4)]
    await bounded_rounds()
    assert entered == [0]
    gate.limit = 2.9  # whole places only
    gate.wake()
    await bounded_rounds()
    assert entered == [0, 1]
    gate.limit = 3.0
    gate.wake()
    await bounded_rounds()
    assert entered == [0, 1, 2]
    for visitor in visitors:
        await visitor.leave()


async def test_a_limit_that_falls_puts_nobody_out_and_lets_nobody_in_until_enough_have_left() -> None:
    gate, entered = PrioritySemaphore(3), list[int]()
    visitors = [Visitor(gate, number, FIRST, entered) for number in range(5)]
    await bounded_rounds()
    gate.limit = 1.0
    await visitors[0].leave()
    await visitors[1].leave()
    await bounded_rounds()
    assert (entered, gate.in_flight) == ([0, 1, 2], 1)
    await visitors[2].leave()
    await bounded_rounds()
    assert entered == [0, 1, 2, 3]
    await visitors[3].leave()
    await visitors[4].leave()


async def test_good_answers_let_in_who_waits_for_a_request() -> None:
    limiter, entered = AdaptiveLimiter(20), list[int]()
    visitors = [Visitor(limiter, number, FIRST, entered) for number in range(6)]
    await bounded_rounds()
    before = len(entered)
    for _ in range(2 * before + 2):
        limiter.good()
    await bounded_rounds()
    assert len(entered) == before + 2
    for visitor in visitors:
        await visitor.leave()


async def test_requests_that_fill_gaps_wait_until_no_other_does() -> None:
    limiter, entered = AdaptiveLimiter(1), list[int]()
    held = asyncio.Event()

    async def request(name: int, rank: float) -> None:
        async with limiter.slot(rank):
            entered.append(name)
            await held.wait()

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        for name, rank in enumerate([FIRST, GAPS, GAPS, FIRST, FIRST]):
            group.create_task(request(name, rank))
        await bounded_rounds()
        held.set()
    assert entered == [0, 3, 4, 1, 2]


ACTS = st.lists(st.tuples(st.sampled_from(["come", "come", "leave", "cancel", "limit"]), st.integers(0, 40),
                          st.sampled_from([-100.0, FIRST, GAPS]), st.integers(0, 3)), max_size=60)


@settings(max_examples=150, deadline=None)
@given(ACTS, st.integers(1, 4))
def test_whatever_happens_the_gate_is_never_overfull_never_idle_and_fair(
        acts: list[tuple[str, int, float, int]], limit: int) -> None:
    async def play() -> None:
        gate, entered = PrioritySemaphore(limit), list[int]()
        visitors: list[Visitor] = []
        for act, number, rank, pause in acts:
            one = visitors[number % len(visitors)] if visitors else None
            over = gate.in_flight
            if act == "come":
                visitors.append(Visitor(gate, len(visitors), rank, entered))
            elif act == "leave" and one is not None:
                one.go.set()
            elif act == "cancel" and one is not None:
                one.task.cancel()
            elif act == "limit":
                gate.limit = 1.0 + number % 4
                gate.wake()
            await bounded_rounds(pause)
            assert sum(visitor.inside for visitor in visitors) <= gate.in_flight <= max(int(gate.limit), over)
        await bounded_rounds(20 + 3 * len(visitors))
        waiting = [visitor for visitor in visitors if not visitor.inside and not visitor.task.done()]
        assert sum(visitor.inside for visitor in visitors) == gate.in_flight
        assert not waiting or gate.in_flight >= int(gate.limit), "a place is free and someone waits"
        before = len(entered)
        for visitor in visitors:
            visitor.go.set()
        async with asyncio.timeout(10):
            await asyncio.gather(*(visitor.task for visitor in visitors), return_exceptions=True)
        order = entered[before:]
        assert order == sorted(order, key=lambda name: (visitors[name].rank, name)), "rank first, then who came first"
        assert gate.in_flight == 0

    asyncio.run(play())
