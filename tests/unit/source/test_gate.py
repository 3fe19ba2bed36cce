"""The places of the sweeps: never more than there are, and no list takes them all."""

from __future__ import annotations

import asyncio
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from sync_daemon.source.limiter import Gate


async def test_a_list_that_hangs_leaves_a_place_to_the_others() -> None:
    gate, hangs = Gate(3), asyncio.Event()

    async def hang() -> None:
        async with gate.place("contacts"):
            await hangs.wait()

    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(hang())
        await asyncio.sleep(0)
        async with asyncio.timeout(5), gate.place("notes"):
            hangs.set()


async def test_where_there_is_one_place_it_is_given_to_one_after_the_other() -> None:
    gate, order = Gate(1), []

    async def visit(name: str) -> None:
        async with gate.place(name):
            order.append(name)

    async with asyncio.TaskGroup() as group:
        for name in "abab":
            group.create_task(visit(name))
    assert order == list("abab")


@settings(max_examples=50)
@given(places=st.integers(1, 6), visits=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4)), max_size=40))
def test_no_more_are_inside_than_there_are_places_and_of_one_list_one_less(
        places: int, visits: list[tuple[str, int]]) -> None:
    inside: Counter[str] = Counter()

    async def visit(gate: Gate, name: str, stay: int) -> None:
        async with gate.place(name):
            inside[name] += 1
            assert inside.total() <= places
            assert inside[name] <= max(1, places - 1)
            for _ in range(stay):
                await asyncio.sleep(0)
            inside[name] -= 1

    async def all_of_them() -> None:
        gate = Gate(places)
        async with asyncio.TaskGroup() as group:
            for name, stay in visits:
                group.create_task(visit(gate, name, stay))

    asyncio.run(all_of_them())
    assert not inside.total()
