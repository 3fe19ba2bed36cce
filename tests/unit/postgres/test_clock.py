"""Our idea of the database's clock stays right, and never lets what is read next look older than what was just read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync_daemon.postgres.connection import AHEAD, LATE, Clock

NOON = datetime(2026, 5, 31, 12, tzinfo=UTC)
SECONDS = st.floats(-200_000, 200_000)


@given(off=SECONDS, asked=st.floats(0, 1e6), took=st.floats(0, 60), told=st.floats(0, 1))
def test_once_compared_it_is_right_as_far_as_an_answer_can_tell(
        off: float, asked: float, took: float, told: float) -> None:
    answered, right = asked + took, asked + took * told  # the database said NOON at some moment between
    clock = Clock(NOON + timedelta(seconds=off), right)
    before = clock.now(answered)
    moved = clock.compare(asked, NOON, answered)
    assert NOON - clock.now(answered) <= LATE
    assert clock.now(asked) - NOON <= AHEAD
    assert abs((clock.now(answered) - before).total_seconds() - moved) < 0.001
    assert abs(moved) <= abs(off) + 0.001, "it never goes beyond what is right"


@given(off=st.floats(-0.9, 59), took=st.floats(0, 60))
def test_it_does_not_go_back_by_so_little_that_what_was_just_read_would_refuse_what_is_read_next(
        off: float, took: float) -> None:
    clock = Clock(NOON + timedelta(seconds=off), 100)
    before = clock.now(100)
    assert clock.compare(100, NOON, 100 + took) >= 0
    assert clock.now(100) >= before
