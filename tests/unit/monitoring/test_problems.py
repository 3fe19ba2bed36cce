"""Green means that nothing is wrong: each fact that may make mirror and account differ is a problem, in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from sync_daemon.monitoring.problems import BAD, BUSY, Facts, Failure, Kind, headlines, problems_of

NOW = 1_800_000_000.0
WELL: dict[str, Any] = {"resource": "invoices", "limit": 900.0, "loaded": True, "load_started": True, "behind": 30,
                        "differences": 0}
WRONG: dict[Kind, dict[str, Any]] = {
    Kind.FAILED: {"failures": [Failure("sweep", NOW - 60, "HTTP 500: oops", "HTTP 500")]},
    Kind.RETRYING: {"failures": [Failure("request", NOW - 60, "HTTP 500: oops", "HTTP 500")]},
    Kind.UNAVAILABLE: {"unavailable": "no access", "refused": "no access", "had_rows": True},
    Kind.REFUSED: {"refused": "no access"},
    Kind.INCOMPLETE: {"missing": 3},
    Kind.LATE: {"behind": 901},
    Kind.PARTLY_READ: {"unread": 1, "unread_key": "7", "unread_why": "HTTP 500"},
    Kind.DIFFERS: {"differences": 2},
    Kind.HELD: {"held": 60},
    Kind.REJECTS: {"rejected": 1},
    Kind.MISFITS: {"misfits": [("amount:string", 60)]},
    Kind.UNSETTLED: {"unsettled": 5},
    Kind.LOADING: {"loaded": False},
    Kind.WAITING: {"loaded": False, "load_started": False},
}


def kinds(**facts: Any) -> list[Kind]:
    return [problem.kind for problem in problems_of(Facts(**WELL | facts), NOW)]


def test_where_nothing_is_wrong_there_is_no_problem() -> None:
    assert kinds() == []


@pytest.mark.parametrize("kind", WRONG)
def test_each_thing_that_is_wrong_is_said(kind: Kind) -> None:
    [problem] = problems_of(Facts(**WELL | WRONG[kind]), NOW)
    assert problem.kind is kind
    assert problem.sentence
    assert problem.brief
    assert problem.tone == ("bad" if kind in BAD else "busy" if kind in BUSY else "look")


def test_every_kind_that_a_resource_can_have_is_tried_here() -> None:
    assert set(WRONG) == set(Kind) - {Kind.DAEMON, Kind.CLOCK}


def test_a_polled_list_that_was_not_read_whole_for_two_sweeps_is_late_though_its_polls_are_fresh() -> None:
    assert kinds(unswept=172_900, unswept_limit=172_800.0) == [Kind.LATE]
    assert kinds(unswept=172_800, unswept_limit=172_800.0) == []
    assert kinds(unswept=10**9, unswept_limit=None) == []


def test_what_waits_to_be_looked_at_for_longer_than_that_takes_makes_late() -> None:
    assert kinds(unfollowed=901.0, unfollowed_limit=900.0) == [Kind.LATE]
    assert kinds(unfollowed=900.0, unfollowed_limit=900.0) == []


@pytest.mark.parametrize("kind", [Kind.FAILED, Kind.RETRYING, Kind.REFUSED, Kind.PARTLY_READ])
def test_what_strangers_may_see_has_no_words_of_the_server(kind: Kind) -> None:
    [problem] = problems_of(Facts(**WELL | WRONG[kind]), NOW)
    assert "oops" not in problem.brief
    assert "no access" not in problem.brief


def test_the_worst_comes_first_and_nothing_hides_something_else() -> None:
    everything = {name: value for kind in (Kind.REJECTS, Kind.FAILED, Kind.LATE, Kind.MISFITS)
                  for name, value in WRONG[kind].items()}
    assert kinds(**everything) == [Kind.FAILED, Kind.LATE, Kind.REJECTS, Kind.MISFITS]


def test_an_unavailable_list_without_rows_is_no_problem_and_has_none() -> None:
    assert kinds(unavailable="no access", refused="no access", behind=10**6) == []


def test_a_failure_tells_for_how_long_it_lasts_even_where_clocks_differ() -> None:
    for since, seconds in ((NOW - 60, 60.0), (NOW + 60, 0.0)):
        [problem] = problems_of(Facts(**WELL | {"failures": [Failure("poll", since, "why", "why")]}), NOW)
        assert problem.seconds == seconds


def test_a_field_that_does_not_fit_is_said_as_table_column_form_and_rows() -> None:
    [problem] = problems_of(Facts(**WELL | {"resource": "payments", "misfits": [("amount:string", 60)]}), NOW)
    assert problem.sentence == "payments.amount: came as text, 60 rows"


@pytest.mark.parametrize(("facts", "words"), [
    ({"missing": 1}, "1 row fewer"), ({"missing": 2000}, "2,000 rows fewer"), ({"held": 1}, "1 deletion waits"),
    ({"rejected": 1}, "1 record rejected"), ({"rejected": 2}, "2 records rejected"),
    ({"differences": 1}, "1 difference remained"), ({"unread": 2}, "2 lists or objects"),
])
def test_one_is_one_and_many_are_many(facts: dict[str, Any], words: str) -> None:
    [problem] = problems_of(Facts(**WELL | facts), NOW)
    assert words in problem.sentence


def test_headlines_name_each_kind_once_with_the_resources_that_have_it() -> None:
    late, rejects = problems_of(Facts(**WELL | WRONG[Kind.LATE] | WRONG[Kind.REJECTS]), NOW)
    assert headlines([("invoices", [late, rejects]), ("customers", [late]), ("notes", [])]) == [
        "late: invoices, customers", "rejects: invoices"]
