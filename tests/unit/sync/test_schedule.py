"""When something is due: one pure rule over a resource's row, whatever the clocks did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_daemon.model.resources import BY_NAME
from sync_daemon.sync.schedule import DAY, Activity, Schedule, due, is_due

NOW = datetime(2026, 1, 1, tzinfo=UTC)
INVOICES, CONTACTS, EVENTS = BY_NAME["invoices"], BY_NAME["contacts"], BY_NAME["events"]
SCHEDULE = Schedule((INVOICES, CONTACTS, EVENTS), sweep=3600.0, deep=DAY, watermarks={}, verify=30 * DAY)
ALL = [activity for activity in Activity if activity not in {Activity.REFETCH, Activity.REQUEST}]


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def row(**known: Any) -> Any:
    """A row of `_resource_state`: loaded, and all done a minute ago."""
    fresh = dict.fromkeys(("loaded_at", "swept_at", "deep_at", "verified_at"), ago(60))
    return fresh | {"ask_at": None, "refused_at": None, "sweep_wanted_at": None} | known


def test_what_was_never_begun_is_to_be_loaded_and_nothing_else() -> None:
    assert [one for one in ALL if is_due(one, INVOICES, None, SCHEDULE, NOW)] == [Activity.LOAD]


def test_what_is_not_loaded_is_to_be_loaded_and_nothing_else() -> None:
    begun = row(loaded_at=None)
    assert [one for one in ALL if is_due(one, INVOICES, begun, SCHEDULE, NOW)] == [Activity.LOAD]


def test_what_is_fresh_is_only_polled() -> None:
    assert [one for one in ALL if is_due(one, INVOICES, row(), SCHEDULE, NOW)] == [Activity.POLL]


@pytest.mark.parametrize("activity", ALL)
def test_what_was_refused_waits_until_it_is_to_be_asked_again(activity: Activity) -> None:
    old = dict.fromkeys(("swept_at", "deep_at", "verified_at"))
    assert not is_due(activity, INVOICES, row(ask_at=NOW + timedelta(seconds=1), **old), SCHEDULE, NOW)


def test_what_was_refused_is_asked_again_then_however_fresh_it_is() -> None:
    refused = row(ask_at=ago(1), refused_at=ago(120))
    assert is_due(Activity.SWEEP, CONTACTS, refused, SCHEDULE, NOW)
    assert not is_due(Activity.SWEEP, INVOICES, refused, SCHEDULE, NOW), "its polls ask"
    assert is_due(Activity.POLL, INVOICES, refused, SCHEDULE, NOW)


@pytest.mark.parametrize(("resource", "seconds", "expected"), [
    (INVOICES, 3599, False), (INVOICES, 3600, True), (CONTACTS, 3600, False), (CONTACTS, 4 * 3600, True),
    (EVENTS, 10**9, False)], ids=str)
def test_a_list_is_swept_at_its_rhythm_and_lists_of_parents_at_a_quarter_of_it(
        resource: Any, seconds: float, expected: bool) -> None:
    assert is_due(Activity.SWEEP, resource, row(swept_at=ago(seconds)), SCHEDULE, NOW) is expected


def test_a_wish_is_served_by_a_sweep_that_began_after_it() -> None:
    assert is_due(Activity.SWEEP, INVOICES, row(sweep_wanted_at=ago(59)), SCHEDULE, NOW)
    assert not is_due(Activity.SWEEP, INVOICES, row(sweep_wanted_at=ago(61)), SCHEDULE, NOW)


@pytest.mark.parametrize(("activity", "column"), [(Activity.SWEEP, "swept_at"), (Activity.NIGHTLY, "deep_at")])
def test_what_was_done_tomorrow_is_done_again(activity: Activity, column: str) -> None:
    assert is_due(activity, INVOICES, row(**{column: NOW + timedelta(days=1)}), SCHEDULE, NOW)


def test_only_polled_lists_have_a_nightly_pass() -> None:
    assert is_due(Activity.NIGHTLY, INVOICES, row(deep_at=None), SCHEDULE, NOW)
    assert not is_due(Activity.NIGHTLY, CONTACTS, row(deep_at=None), SCHEDULE, NOW)


def test_what_was_never_verified_is_due_so_long_after_its_load() -> None:
    assert not is_due(Activity.VERIFY, INVOICES, row(verified_at=None, loaded_at=ago(29 * DAY)), SCHEDULE, NOW)
    assert is_due(Activity.VERIFY, INVOICES, row(verified_at=None, loaded_at=ago(30 * DAY)), SCHEDULE, NOW)


def test_at_once_takes_all_that_is_loaded_but_the_feed() -> None:
    rows = {"invoices": row(), "contacts": row(loaded_at=None), "events": row()}
    assert due(Activity.SWEEP, SCHEDULE, rows, NOW) == []
    assert due(Activity.SWEEP, SCHEDULE, rows, NOW, at_once=True) == [INVOICES]


@given(st.floats(0, 10**9), st.floats(0, 10**9))
def test_who_waits_longest_comes_first(one: float, other: float) -> None:
    rows = {"invoices": row(swept_at=ago(10**6 + one)), "contacts": row(swept_at=ago(10**6 + other))}
    found = due(Activity.SWEEP, SCHEDULE, rows, NOW)
    assert found == sorted((INVOICES, CONTACTS), key=lambda resource: rows[resource.name]["swept_at"])
