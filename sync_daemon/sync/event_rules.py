"""Turns events into refetch requests. Pure.

Events say what to look at again, never its content: their snapshots have another shape than the list's rows, arrive
late, and may stay empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from sync_daemon.model.records import BIGINT, LATEST, Record
from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.model.resources import BY_NAME, RESOURCES, Resource, Way

OWNED: Final = ("invoices", "estimates", "credit_notes", "payments", "transactions", "subscriptions", "notes")
"""Polled lists whose rows belong to a customer: a merge changes them without changing `updated_at`."""
ABOUT_SOMETHING_ELSE: Final = ("viewed", "commented", "payment_expected")
"""Verbs whose snapshot is a view, a comment or a promise, which names the event's object."""


def event_of(record: Record) -> Mapping[str, Any] | None:
    """The event in a record; None if it can't be read."""
    try:
        event = msgspec.json.decode(record.text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def snapshot(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The snapshot of an event's object; empty until it arrives."""
    data = event.get("data")
    found = data.get("object") if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def second(event: Mapping[str, Any]) -> int:
    """When the event was written, in unix seconds; 0 if unknown."""
    stamp = event.get("timestamp")
    return int(stamp) if isinstance(stamp, int | float) and not isinstance(stamp, bool) and 0 < stamp < LATEST else 0


def requests_of(event: Mapping[str, Any]) -> list[RefetchRequest]:
    """The refetch requests of an event; none for an unknown type."""
    kind, shown = event.get("type"), snapshot(event)
    if not isinstance(kind, str) or not shown:
        return []
    prefix, _, verb = kind.rpartition(".")
    found: list[tuple[str, str, object]] = []
    for resource in RESOURCES:
        if resource.event != prefix:
            continue
        if resource.way is Way.CHILD:
            found.append(("children", resource.name, _parent_of(resource, shown)))
            continue
        ident = _object_of(prefix, verb, shown)
        if verb == "deleted":  # may mean hidden: what still exists is read again
            found.append(("gone", resource.name, ident))
        elif _is_of(resource, shown):
            found.append(("reread", resource.name, ident))
    if prefix in {"refund", "dispute"}:  # they change their charge, which has no event
        found.append(("reread", "charges", _id_of(shown.get("charge")) or shown.get("charge_id")))
    if kind == "customer.merged":
        found.append(("gone", "customers", _id_of(shown.get("original_customer"))))
        found += [("children", child.name, shown.get("id")) for child in RESOURCES if child.parent == "customers"]
        found += [("owned", name, shown.get("id")) for name in OWNED]
    told = _told(event, found, prefix, verb)
    return [*told, *sweep_requests_of(event)] if kind in {"customer.merged", "import.finished"} else told


def sweep_requests_of(event: Mapping[str, Any]) -> list[RefetchRequest]:
    """The lists to read whole because of an event: it does not name the objects, or its snapshot never arrived. For
    polled lists that is only needed for deletions.
    """
    kind = event.get("type")
    prefix, _, verb = kind.rpartition(".") if isinstance(kind, str) else ("", "", "")
    if kind == "import.finished":  # imports have no other events; polled lists show their rows anyway
        lists = [resource for resource in RESOURCES if resource.way in {Way.ID, Way.CHILD}]
    elif kind == "customer.merged":
        lists = [BY_NAME[name] for name in ("tasks", "charges", "credit_balance_adjustments")]
    else:
        lists = [resource for resource in RESOURCES
                 if resource.event == prefix and (resource.way is not Way.VALUE or verb == "deleted")]
    return [RefetchRequest("sweep", resource.name, "*", _number(event)) for resource in lists]


def _told(event: Mapping[str, Any], found: Iterable[tuple[str, str, object]], prefix: str,
          verb: str) -> list[RefetchRequest]:
    at = datetime.fromtimestamp(second(event), UTC) if second(event) else None
    stamp = None if verb in ABOUT_SOMETHING_ELSE else snapshot(event).get("updated_at")
    stamp = stamp if isinstance(stamp, int) and not isinstance(stamp, bool) and stamp in BIGINT else None
    return [RefetchRequest(what, name, str(key), _number(event), told_at=at,
                 told_stamp=stamp if what == "reread" and BY_NAME[name].event == prefix else None)
            for what, name, key in found if isinstance(key, int) and not isinstance(key, bool) and key in BIGINT]


def _number(event: Mapping[str, Any]) -> int | None:
    number = event.get("id")
    return number if isinstance(number, int) and not isinstance(number, bool) and number in BIGINT else None


def _object_of(prefix: str, verb: str, shown: Mapping[str, Any]) -> object:
    """The id of an event's object."""
    if verb in ABOUT_SOMETHING_ELSE:
        return _id_of(shown.get(prefix)) or shown.get(f"{prefix}_id")
    return shown.get("id")


def _parent_of(resource: Resource, shown: Mapping[str, Any]) -> object:
    owner = "invoice" if resource.parent == "invoices" else "customer"
    return _id_of(shown.get(owner)) or shown.get(f"{owner}_id")


def _is_of(resource: Resource, shown: Mapping[str, Any]) -> bool:
    """Whether the object is of this resource: transactions and credit balance adjustments share ids and events."""
    adjusts = shown.get("object") == "credit_balance_adjustment"
    if resource.name == "transactions":
        return not adjusts
    return resource.name != "credit_balance_adjustments" or shown.get("object") != "transaction"


def _id_of(relation: object) -> object:
    """The id of a relation, expanded or not."""
    return relation.get("id") if isinstance(relation, dict) else relation
