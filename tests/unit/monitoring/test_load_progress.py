"""One honest total for all first loads: it counts requests, leaves out what is unavailable, and is not 100 % early."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync_daemon.model.resources import BY_NAME, RESOURCES
from sync_daemon.monitoring.load_progress import Pace, whole
from sync_daemon.progress import Progress, State

LISTS = [BY_NAME[name] for name in ("customers", "contacts", "invoices")]


def counted(customers: int = 1000, invoices: int = 5000) -> Progress:
    progress = Progress()
    for name, total in (("customers", customers), ("invoices", invoices)):
        progress.of(name).total, progress.of(name).state = total, State.READING
    return progress


def test_a_list_costs_a_request_for_a_page_and_one_of_parents_a_request_for_each() -> None:
    progress = counted()
    all_of_it = whole(progress, LISTS)
    assert all_of_it.total == (10 + 1) + (1000 + 1) + (50 + 1)
    progress.of("contacts").done = 500
    assert whole(progress, LISTS).percent == 100 * 500 // 1063


def test_what_nobody_has_counted_leaves_the_total_open_and_no_time_is_told() -> None:
    progress = Progress()
    progress.of("invoices").state = State.READING
    assert whole(progress, LISTS).open
    assert whole(progress, LISTS).seconds_left(10.0) is None


def test_what_is_unavailable_is_neither_complete_nor_waited_for() -> None:
    progress = counted()
    progress.of("contacts").state = State.UNAVAILABLE
    progress.of("customers").state = State.DONE
    all_of_it = whole(progress, LISTS)
    assert str(all_of_it) == "1 of 2 resources are complete, 1 unavailable"
    assert all_of_it.total == (10 + 1) + (50 + 1)


def test_the_time_left_is_that_of_the_whole_at_the_speed_of_now() -> None:
    progress = counted()
    pace = Pace(progress)
    assert pace.seconds_left(whole(progress, LISTS), now=0.0) is None
    progress.count("contacts", requests=100)
    progress.of("contacts").done = 100
    assert pace.seconds_left(whole(progress, LISTS), now=10.0) == (1063 - 100) / 10


@given(st.lists(st.tuples(st.sampled_from(State), st.none() | st.integers(0, 10**6), st.integers(0, 10**6)),
                min_size=len(RESOURCES), max_size=len(RESOURCES)))
def test_whatever_the_tallies_say_the_share_is_a_share_and_100_only_at_the_end(
        tallies: list[tuple[State, int | None, int]]) -> None:
    progress = Progress()
    for resource, (state, total, done) in zip(RESOURCES, tallies, strict=True):
        tally = progress.of(resource.name)
        tally.state, tally.total, tally.done = state, total, done
    all_of_it = whole(progress, RESOURCES)
    assert 0 <= all_of_it.percent < 100
    assert all_of_it.done <= all_of_it.total or all_of_it.open
    assert all_of_it.complete + all_of_it.unavailable <= all_of_it.resources
