"""Lanes of about equal size, cut by a few counts: whatever the shape of the history, and however wrong the counts."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate, pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from sync_daemon.model.resources import BY_NAME
from sync_daemon.source import capabilities
from sync_daemon.source.pagination import Ask
from sync_daemon.source.partitions import TOO_LONG, borders, questions, worth
from sync_daemon.tuning import AS_IT_IS

INVOICES = BY_NAME["invoices"]
YEAR = 365 * 86_400
LANES = st.integers(2, 40)

FEWEST = AS_IT_IS.shortest_lane


class History:
    """Rows by their second; `after` counts those later than a second, as the server does."""

    def __init__(self, rows: dict[int, int]) -> None:
        self.seconds = sorted(rows)
        self._before = [0, *accumulate(rows[second] for second in self.seconds)]
        self.rows = self._before[-1]
        self.begin, self.end = self.seconds[0] - 1, self.seconds[-1]

    def after(self, second: int) -> int:
        return self.rows - self._before[bisect_right(self.seconds, second)]

    def between(self, after: int, upto: int) -> int:
        return self.after(after) - self.after(upto)


def clusters(parts: list[tuple[int, int, int, int]]) -> History:
    """Each part: where it begins, how many seconds it spans, in how many of them it has rows, and how many in each."""
    rows: dict[int, int] = {}
    for begin, span, places, each in parts:
        for number in range(places):
            second = begin + span * number // places
            rows[second] = rows.get(second, 0) + each
    return History(rows)


HISTORIES = st.lists(
    st.tuples(st.integers(1, 10 * YEAR), st.sampled_from([1, 60, 86_400, YEAR]), st.sampled_from([1, 10, 300]),
              st.sampled_from([5, 100, 4000])), min_size=1, max_size=6).map(clusters)
UNIFORM = clusters([(1_000, 4 * YEAR, 3000, 10)])
STEADY_GROWTH = clusters([(year * YEAR, YEAR, 300, 2**year) for year in range(1, 7)])
ONE_DENSE_SECOND = clusters([(1_000, 4 * YEAR, 3000, 10), (2 * YEAR, 1, 1, 15_000)])
GAPS_OF_YEARS = clusters([(1_000, 86_400, 300, 40), (4 * YEAR, 86_400, 300, 40), (9 * YEAR, 86_400, 300, 40)])
ALL_IN_ONE_SECOND = clusters([(YEAR, 1, 1, 20_000)])


def cut(begin: int, end: int, count: Callable[[int], int], lanes: int,
        rounds: int = AS_IT_IS.lane_rounds) -> tuple[dict[int, int], list[list[int]]]:
    """Counts as they are asked for, and the questions of each round."""
    counts = {begin: count(begin), end: count(end)}
    asked: list[list[int]] = []
    while len(asked) < rounds and (seconds := questions(counts, lanes)):
        asked.append(seconds)
        counts |= {second: count(second) for second in seconds}
    return counts, asked


def lengths(history: History, inner: list[int]) -> list[int]:
    return [history.between(*pair) for pair in pairwise([history.begin, *inner, history.end])]


@settings(max_examples=150, deadline=None)
@given(HISTORIES, LANES)
@example(UNIFORM, 40)
@example(STEADY_GROWTH, 12)
@example(ONE_DENSE_SECOND, 8)
@example(GAPS_OF_YEARS, 24)
@example(ALL_IN_ONE_SECOND, 10)
def test_borders_rise_within_the_history_and_questions_are_few(history: History, lanes: int) -> None:
    counts, asked = cut(history.begin, history.end, history.after, lanes)
    known = {history.begin, history.end}
    for seconds in asked:
        assert len(seconds) <= 2 * lanes
        assert all(history.begin < second < history.end for second in seconds)
        assert not known & set(seconds), "nothing is asked twice"
        assert len(set(seconds)) == len(seconds)
        known |= set(seconds)
    found = borders(counts, lanes)
    assert len(found) < lanes
    assert all(before < after for before, after in pairwise([history.begin, *found, history.end]))


@settings(max_examples=150, deadline=None)
@given(HISTORIES, LANES)
@example(STEADY_GROWTH, 12)
@example(ONE_DENSE_SECOND, 8)
@example(GAPS_OF_YEARS, 24)
@example(ALL_IN_ONE_SECOND, 10)
def test_no_lane_is_much_longer_than_a_share_but_for_a_dense_second(history: History, lanes: int) -> None:
    """Either end of a lane lies somewhere in a piece that is not too long, or beside a second."""
    lanes = worth(history.rows, lanes, FEWEST)
    assume(lanes > 1)
    counts, _ = cut(history.begin, history.end, history.after, lanes, rounds=1000)
    assert questions(counts, lanes) == [], "the questions end by themselves"
    share = history.rows / lanes
    for after, upto in pairwise([history.begin, *borders(counts, lanes), history.end]):
        seconds = history.seconds[bisect_right(history.seconds, after):bisect_right(history.seconds, upto)]
        densest = max((history.between(second - 1, second) for second in seconds), default=0)
        rows = history.between(after, upto)
        assert rows <= (1 + 2 * TOO_LONG) * share or rows - densest <= (1 + TOO_LONG) * share


@pytest.mark.parametrize(("history", "lanes", "each"), [
    (UNIFORM, 40, 1), (UNIFORM, 8, 1), (STEADY_GROWTH, 40, 2), (GAPS_OF_YEARS, 24, 5), (ONE_DENSE_SECOND, 8, 3)])
def test_the_usual_shapes_are_cut_evenly_within_the_rounds(history: History, lanes: int, each: int) -> None:
    """For `each` questions a lane at most."""
    counts, asked = cut(history.begin, history.end, history.after, lanes)
    share = history.rows / lanes
    rows = lengths(history, borders(counts, lanes))
    densest = max(history.between(second - 1, second) for second in history.seconds)
    assert max(rows) <= max(1.5 * share, densest + share)
    assert sum(map(len, asked)) <= each * lanes
    assert densest > share or len(rows) >= 0.9 * lanes


def test_a_uniform_history_costs_one_round_and_gives_equal_lanes() -> None:
    counts, asked = cut(UNIFORM.begin, UNIFORM.end, UNIFORM.after, 10)
    assert [len(seconds) for seconds in asked] == [9]
    rows = lengths(UNIFORM, borders(counts, 10))
    assert len(rows) == 10
    assert max(rows) <= 1.1 * min(rows)


def test_only_what_is_still_too_long_is_asked_for_again() -> None:
    counts = {0: 1000, 100: 500, 200: 490, 300: 0}
    again = questions(counts, 2)
    assert again == []
    counts = {0: 1000, 100: 900, 200: 100, 300: 0}
    again = questions(counts, 4)
    assert again
    assert all(100 < second < 200 for second in again)


def test_a_second_is_never_divided() -> None:
    counts = {41: 9000, 42: 10, 43: 0}
    assert questions(counts, 10) == []
    assert borders(counts, 10) == [42], "nor is it cut off in several lanes of which most are empty"


def wrong(kind: str, seed: int) -> Callable[[int], int]:
    """A server whose counts tell nothing true."""
    dice = random.Random(seed)
    told = [dice.randrange(10**6)]

    def count(second: int) -> int:
        before = told[-1]
        match kind:
            case "random":
                told.append(dice.choice([0, dice.randrange(10), dice.randrange(10**9)]))
            case "falling":
                told.append(max(0, before - dice.randrange(10**5)))
            case "rising":
                told.append(before + dice.randrange(10**5))
            case "stale":
                told.append(dice.choice(told))
            case "mirrored":
                told.append(second)
        return told[-1]

    return count


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["random", "falling", "rising", "stale", "mirrored"]), st.integers(0, 10**6), LANES,
       st.integers(0, 2 * 10**9), st.sampled_from([1, 2, 3, 40, 10**4, 10 * YEAR]))
def test_wrong_counts_never_put_borders_out_of_order_or_range(kind: str, seed: int, lanes: int, begin: int,
                                                              span: int) -> None:
    end = begin + span
    counts, asked = cut(begin, end, wrong(kind, seed), lanes)
    assert all(begin < second < end for seconds in asked for second in seconds)
    assert sum(map(len, asked)) <= 2 * lanes * AS_IT_IS.lane_rounds
    found = borders(counts, lanes)
    assert len(found) < lanes
    assert all(before < after for before, after in pairwise([begin, *found, end]))


@pytest.mark.parametrize(("rows", "most", "lanes"), [
    (0, 40, 1), (FEWEST - 1, 40, 1), (2 * FEWEST - 1, 40, 1), (2 * FEWEST, 40, 2), (10**7, 40, 40), (10**7, 1, 1)])
def test_a_lane_is_worth_its_questions(rows: int, most: int, lanes: int) -> None:
    assert worth(rows, most, FEWEST) == lanes


# The questions as they are asked.


class Counting:
    """A reader of one list that only counts; `missing` is after how many answers the count is left out."""

    def __init__(self, count: Callable[[int], int | None], first: int, missing: int | None = None) -> None:
        self.count, self.first, self.missing = count, first, missing
        self.asked: list[Ask] = []
        self.tuning = AS_IT_IS

    async def fetch(self, resource: object, variant: str, asked: Ask) -> object:
        self.asked.append(asked)
        total = self.count(asked.after) if self.missing is None or len(self.asked) <= self.missing else None
        return SimpleNamespace(total=total, page=SimpleNamespace(order=[(self.first, 1)] if total != 0 else []))


async def probed(reader: Counting, hi: int, most: int) -> list[int]:
    return await capabilities.borders(cast("Any", reader), INVOICES, "", hi, most)


async def test_it_asks_for_one_row_at_a_time_and_gets_equal_lanes() -> None:
    reader = Counting(UNIFORM.after, UNIFORM.seconds[0])
    found = await probed(reader, UNIFORM.end, 10)
    rows = lengths(UNIFORM, found)
    assert len(rows) == 10
    assert max(rows) <= 1.1 * min(rows)
    assert {(asked.size, asked.page) for asked in reader.asked} == {(1, 1)}
    assert len(reader.asked) <= 2 + 10
    assert reader.asked[0].after == 1, "rows without a date come first, and would hide the first second"


async def test_a_short_list_is_one_lane_for_two_questions() -> None:
    reader = Counting(lambda after: 2 * FEWEST - 1, 1_000)
    assert await probed(reader, 10**9, 40) == []
    assert len(reader.asked) == 2


async def test_an_empty_list_is_one_lane() -> None:
    assert await probed(Counting(lambda after: 0, 1_000), 10**9, 40) == []


@pytest.mark.parametrize("missing", [0, 1, 2, 5])
async def test_a_server_that_does_not_count_or_no_longer_does_gives_one_lane(missing: int) -> None:
    reader = Counting(UNIFORM.after, UNIFORM.seconds[0], missing)
    assert await probed(reader, UNIFORM.end, 10) == []


async def test_questions_end_after_some_rounds_however_the_counts_lie() -> None:
    dice = random.Random(3)
    reader = Counting(lambda after: dice.randrange(10**7), 1_000)
    found = await probed(reader, 1_000 + 10 * YEAR, 8)
    assert len(reader.asked) <= 1 + 2 * 8 * AS_IT_IS.lane_rounds
    assert found == sorted(set(found))
    assert all(1_000 <= second < 1_000 + 10 * YEAR for second in found)


def test_a_piece_counts_as_too_long_only_well_beyond_a_share() -> None:
    share = 1000
    for rows, is_cut in ((int(TOO_LONG * share) - 10, False), (int(TOO_LONG * share) + 10, True)):
        counts = {0: 4 * share, 10**6: 4 * share - rows, 2 * 10**6: 0}
        assert any(second < 10**6 for second in questions(counts, 4)) is is_cut
