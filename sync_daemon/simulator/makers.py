"""The function that makes the rows' content of each resource, and the history of the event feed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sync_daemon.simulator import documents, money, people, setup
from sync_daemon.simulator.catalog import RESOURCES
from sync_daemon.simulator.encode import Json
from sync_daemon.simulator.shape import snapshot
from sync_daemon.simulator.world import STEP, Row, World

# Resources of past events, by frequency.
_PAST = ("invoices",) * 5 + ("customers",) * 3 + ("payments",) * 3 + ("contacts", "subscriptions", "credit_notes",
                                                                    "estimates", "notes", "tasks")


def event_target(w: World, index: int) -> tuple[str, str, int]:
    """(event type, resource, index) of the row that event `index` of the history is about."""
    d = w.dice("event", index)
    resource = d.pick(_PAST)
    verb = d.pick(("created", "updated", "updated"))
    return f"{RESOURCES[resource].prefix}.{verb}", resource, d.below(max(1, w.sizes[resource]))


def event_head(w: World, index: int) -> Row:
    row = w.head("events", index)
    row.tag, resource, target = event_target(w, index)
    row.owner = w.id_of(resource, target)
    return row


def make(w: World, row: Row) -> Json:
    """The content of a row as it was at first; the books have the last word."""
    made, fact = MAKERS[row.resource](w, row), w.fact(row.resource, row.index)
    return made if fact is None else {**made, **fact.fields}


def event(w: World, row: Row) -> Json:
    kind, resource, target = event_target(w, row.index)
    content = make(w, w.head(resource, target))
    data: Json = {"object": snapshot(RESOURCES[resource], content, lambda name, key: past(w, name, key))}
    if kind.endswith("updated"):
        data["previous"] = {"notes": "Before", "updated_at": content["created_at"]}
    return {"data": data, "id": row.id, "timestamp": row.stamp, "type": kind, "user": None}


def past(w: World, resource: str, key: int | str) -> Json | None:
    """The object as first made, whatever happened to it later: history does not change."""
    number = int(key.rsplit("-", 1)[1]) if isinstance(key, str) else None
    index = (int(key) - RESOURCES[resource].first_id) // STEP if number is None else number
    return make(w, w.head(resource, index)) if 0 <= index < w.sizes[resource] else None


MAKERS: Mapping[str, Callable[[World, Row], Json]] = MappingProxyType({
    "customers": people.customer, "contacts": people.contact, "notes": people.note, "tasks": people.task,
    "invoices": documents.invoice, "estimates": documents.estimate, "credit_notes": documents.credit_note,
    "payments": money.payment, "charges": money.charge, "refunds": money.refund, "transactions": money.transaction,
    "credit_balance_adjustments": money.adjustment, "payment_sources": people.source,
    "subscriptions": documents.subscription, "items": setup.item, "plans": setup.plan,
    "tax_rates": setup.tax_rate_row, "coupons": setup.coupon_row, "payment_plans": documents.payment_plan,
    "pending_line_items": people.pending_line, "events": event, "payment_links": money.payment_link,
    "disputes": money.dispute, "payouts": money.payout, "bundles": setup.bundle, "gl_accounts": setup.gl_account,
    "payment_terms": setup.payment_terms, "late_fee_schedules": setup.late_fee_schedule,
    "custom_fields": setup.custom_field, "members": setup.member, "chasing_cadences": setup.chasing_cadence,
})
