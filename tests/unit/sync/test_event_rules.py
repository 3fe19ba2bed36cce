"""What an event tells us to look at again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.sync.event_rules import requests_of, sweep_requests_of


def told(kind: str, **snapshot: Any) -> set[tuple[str, str, str]]:
    requests = requests_of({"id": 7, "type": kind, "data": {"object": snapshot}})
    assert all(request.event_id == 7 for request in requests)
    return {(request.kind, request.resource, request.key) for request in requests}


@pytest.mark.parametrize(("kind", "lists"), [
    ("customer.created", "customers"), ("invoice.updated", "invoices"), ("invoice.paid", "invoices"),
    ("payment.created", "payments"), ("note.updated", "notes"), ("subscription.created", "subscriptions")])
def test_what_was_created_or_updated_is_read_again_unless_a_poll_has_shown_it(kind: str, lists: str) -> None:
    assert told(kind, id=5) == {("reread", lists, "5")}


def test_what_is_told_can_be_compared_with_the_row() -> None:
    [request] = requests_of({"id": 7, "type": "invoice.updated", "timestamp": 1_700_000_060,
                       "data": {"object": {"id": 5, "updated_at": 1_700_000_000}}})
    assert (request.told_stamp, request.told_at) == (1_700_000_000, datetime.fromtimestamp(1_700_000_060, UTC))


@pytest.mark.parametrize(("kind", "snapshot"), [
    ("invoice.viewed", {"object": "document_view", "id": 1, "invoice": {"id": 5}}),
    ("invoice.commented", {"object": "comment", "id": 1, "invoice_id": 5}),
    ("invoice.payment_expected", {"id": 1, "invoice": 5, "updated_at": 3})])
def test_a_snapshot_of_something_else_names_the_object_that_it_is_about(kind: str, snapshot: dict[str, Any]) -> None:
    [request] = requests_of({"id": 7, "type": kind, "data": {"object": snapshot}})
    assert (request.kind, request.resource, request.key, request.told_stamp) == ("reread", "invoices", "5", None)


@pytest.mark.parametrize("kind", ["email.sent", "x.y", "z"])
def test_what_nobody_mirrors_tells_nothing(kind: str) -> None:
    assert told(kind, id=5) == set()


def test_what_is_told_as_deleted_may_be_gone_or_only_hidden() -> None:
    assert told("customer.deleted", id=5) == {("gone", "customers", "5")}
    assert told("invoice.deleted", id=5, customer={"id": 9}) == {("gone", "invoices", "5")}
    assert told("task.deleted", id=5) == {("gone", "tasks", "5")}


@pytest.mark.parametrize("kind", ["task.created", "task.updated", "task.completed"])
def test_lists_that_are_not_polled_are_asked_for_the_object(kind: str) -> None:
    assert told(kind, id=5) == {("reread", "tasks", "5")}


@pytest.mark.parametrize("verb", ["created", "updated", "deleted"])
def test_children_are_looked_up_in_the_list_of_their_parent(verb: str) -> None:
    assert told(f"contact.{verb}", id=5, customer={"id": 9}) == {("children", "contacts", "9")}
    assert told(f"contact.{verb}", id=5, customer_id=9) == {("children", "contacts", "9")}
    assert told(f"payment_source.{verb}", id=5, customer=9) == {("children", "payment_sources", "9")}
    assert told(f"line_item.{verb}", id=5, customer=9) == {("children", "pending_line_items", "9")}
    assert told(f"payment_plan.{verb}", id=5, invoice=9) == {("children", "payment_plans", "9")}


def test_a_refund_or_dispute_changes_its_charge() -> None:
    assert told("refund.created", id=5, charge=9) == {("reread", "refunds", "5"), ("reread", "charges", "9")}
    assert told("dispute.created", id=5, charge={"id": 9}) == {("reread", "disputes", "5"), ("reread", "charges", "9")}


def test_credit_balance_adjustments_share_ids_and_events_with_transactions() -> None:
    assert told("transaction.created", id=5, object="transaction") == {("reread", "transactions", "5")}
    assert told("transaction.created", id=5, object="credit_balance_adjustment") == {
        ("reread", "credit_balance_adjustments", "5")}
    assert told("transaction.deleted", id=5, object="transaction") == {
        ("gone", "transactions", "5"), ("gone", "credit_balance_adjustments", "5")}


def test_a_merge_takes_the_loser_and_moves_all_that_it_owned() -> None:
    children = {("children", name, "5") for name in ("contacts", "payment_sources", "pending_line_items")}
    owned = {("owned", name, "5") for name in ("invoices", "estimates", "credit_notes", "payments", "transactions",
                                               "subscriptions", "notes")}
    swept = {("sweep", name, "*") for name in ("tasks", "charges", "credit_balance_adjustments")}
    assert told("customer.merged", id=5, original_customer={"id": 6}) == {
        ("gone", "customers", "6"), ("reread", "customers", "5"), *children, *owned, *swept}


def test_an_import_makes_all_lists_be_swept_that_are_not_polled() -> None:
    names = {name for kind, name, key in told("import.finished", id=5)}
    assert {"tasks", "items", "contacts"} <= names
    assert not {"invoices", "customers", "events", "company"} & names


def test_an_event_whose_snapshot_never_came_makes_its_lists_be_swept() -> None:
    assert {request.resource for request in sweep_requests_of({"id": 1, "type": "transaction.deleted",
                                                       "data": {"object": {}}})} == {
        "transactions", "credit_balance_adjustments"}
    assert sweep_requests_of({"id": 1, "type": "invoice.updated", "data": {"object": {}}}) == []  # a poll shows that
    assert sweep_requests_of({"id": 1, "type": "nobody.knows", "data": {"object": {}}}) == []


@pytest.mark.parametrize("ident", [None, "5", True, 5.0, [], {}, 2**63, -(2**63) - 1])
def test_what_is_no_id_is_no_request(ident: object) -> None:
    assert told("task.deleted", id=ident) == set()
    assert told("contact.updated", customer=ident) == set()


@pytest.mark.parametrize("event", [
    {}, {"type": "task.deleted"}, {"type": "task.deleted", "data": {}},
    {"type": "task.deleted", "data": {"object": {}}},
    {"type": 5, "data": {"object": {"id": 5}}}, {"type": "task.deleted", "data": [{"id": 5}]}])
def test_an_event_without_snapshot_or_type_tells_nothing_yet(event: dict[str, Any]) -> None:
    assert requests_of(event) == []


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(["id", "customer", "customer_id", "invoice", "charge", "object",
                                         "original_customer", "data"]), inner, max_size=4), max_leaves=8)


@given(st.sampled_from(["task.deleted", "contact.updated", "customer.merged", "refund.created", "a.b.c", ""]), JSON,
       JSON)
def test_no_event_is_too_odd(kind: str, data: Any, ident: Any) -> None:
    for request in requests_of({"id": ident, "type": kind, "data": data}):
        assert isinstance(request, RefetchRequest)
        assert request.key == "*" if request.kind == "sweep" else -(2**63) <= int(request.key) < 2**63
        assert request.event_id is None or -(2**63) <= request.event_id < 2**63
