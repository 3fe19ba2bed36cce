"""The event feed: read in every cycle, kept in `events`, and turned into hints of what to look at again.

Events are hints, never content: their snapshots have another shape than the list's rows, come late, and may stay
empty. An event whose snapshot has not come yet counts as read at the beginning of time: a full one replaces it, and it
never replaces a full one. The feed is read again from the overlap before the last pass on, because rows surface late
and out of order.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from sync_daemon.engine import Engine, not_in_the_future
from sync_daemon.errors import Stopped
from sync_daemon.log import log
from sync_daemon.plan import BEFORE_IDS, Ask, Cursor, Kind
from sync_daemon.probes import id_order
from sync_daemon.records import BIGINT, Record
from sync_daemon.resources import BY_NAME, RESOURCES, Resource, Way
from sync_daemon.store import TAIL, Hint, Lane

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
EVENTS = BY_NAME["events"]
OWNED = ("invoices", "estimates", "credit_notes", "payments", "transactions", "subscriptions", "notes")
"""Polled lists whose rows belong to a customer: a merge changes them without moving updated_at."""


async def open_feed(engine: Engine) -> Lane:
    """The feed's cursor: the second from which on it is read. At the first run, the server's time less the overlap.

    It is fixed before the first request of a first load, so that nothing falls between the two.
    """
    if engine.reader.api.server_time is None:
        await engine.reader.fetch(EVENTS, "", Ask(0, 1, 1))
    return await engine.store.lane(EVENTS, "", TAIL, lo=engine.reader.horizon, cursor=Cursor(engine.reader.horizon))


async def read_feed(engine: Engine, lane: Lane, since: int | None = None) -> None:
    """One pass over the events from the feed's cursor on; what is new is stored together with its hints.

    `since` reads from another second on and moves no cursor. Raises LostRace.
    """
    lane = await not_in_the_future(engine, lane)
    start = max(0, lane.cursor.u if since is None else since)
    horizon = engine.reader.horizon
    at, settled = BEFORE_IDS, False
    while True:
        if engine.stop.is_set():
            raise Stopped
        bound = [("start_date", str(start))] if start else []
        fetched, step = await engine.reader.advance(EVENTS, "", at, bound, keys=id_order)
        events = {record.key: _event(record) for record in fetched.page.records}
        settled = settled or any(_second(event) <= horizon for event in events.values())
        records = [replace(record, read_at=LONG_AGO) if not _snapshot(events[record.key]) else record
                   for record in fetched.page.records]

        def hints(keys: frozenset[int | str], events: Mapping[int | str, Any] = events) -> list[Hint]:
            return [hint for key in keys for hint in hints_of(events[key])]

        empty = [event for event in events.values() if not _snapshot(event) and _second(event) <= horizon]
        end = step.kind is Kind.END
        # the cursor moves only when that lets settled events rest: a quiet feed costs no write
        target = Cursor(horizon) if end and settled and since is None and horizon > lane.cursor.u else None
        stored, _ = await engine.commit(
            EVENTS, records, fetched, lane if target else None, target,
            hints=None if since else hints,  # old events tell nothing that the lists don't show
            note=[] if since else [hint for event in empty for hint in sweeps_of(event)])
        if stored.keys:
            engine.news_at = time.monotonic()
        if end:
            return
        at = step.cursor


def hints_of(event: Mapping[str, Any]) -> list[Hint]:
    """What an event tells us to look at again. Pure; an unknown type tells nothing.

    Lists that are polled show created and updated objects by themselves.
    """
    kind, snapshot = event.get("type"), _snapshot(event)
    if not isinstance(kind, str) or not snapshot:
        return []
    prefix, _, verb = kind.rpartition(".")
    number = event.get("id")
    event_id = number if isinstance(number, int) else None
    found: list[tuple[str, str, object]] = []
    for resource in RESOURCES:
        if resource.event != prefix:
            continue
        if resource.way is Way.CHILD:
            found.append(("children", resource.name, _parent_of(resource, snapshot)))
            continue
        if verb == "deleted":
            found.append(("gone", resource.name, snapshot.get("id")))
        if resource.way is Way.ID and _is_of(resource, snapshot):  # "deleted" may mean hidden: its row changed then
            found.append(("reread", resource.name, snapshot.get("id")))
    if prefix in {"refund", "dispute"}:  # they change their charge, which emits nothing
        found.append(("reread", "charges", _id_of(snapshot.get("charge")) or snapshot.get("charge_id")))
    if kind == "customer.merged":
        found.append(("gone", "customers", _id_of(snapshot.get("original_customer"))))
        found += [("children", child.name, snapshot.get("id")) for child in RESOURCES if child.parent == "customers"]
        found += [("owned", name, snapshot.get("id")) for name in OWNED]
    if kind in {"customer.merged", "import.finished"}:
        return [*_told(found, event_id), *sweeps_of(event)]
    return _told(found, event_id)


def sweeps_of(event: Mapping[str, Any]) -> list[Hint]:
    """The lists to read whole because of an event: what it does not tell by itself, or what its snapshot, which never
    came, would have told.
    """
    kind = event.get("type")
    prefix = kind.rpartition(".")[0] if isinstance(kind, str) else ""
    number = event.get("id")
    if kind == "import.finished":  # imports emit nothing else; polled lists show them by themselves
        lists = [resource for resource in RESOURCES if resource.way in {Way.ID, Way.CHILD}]
    elif kind == "customer.merged":
        lists = [BY_NAME[name] for name in ("tasks", "charges", "credit_balance_adjustments")]
    else:
        lists = [resource for resource in RESOURCES if resource.event == prefix]
    return [Hint("sweep", resource.name, "*", number if isinstance(number, int) else None) for resource in lists]


def _told(found: Iterable[tuple[str, str, object]], event_id: int | None) -> list[Hint]:
    return [Hint(what, name, str(key), event_id) for what, name, key in found
            if isinstance(key, int) and not isinstance(key, bool) and key in BIGINT]


def _parent_of(resource: Resource, snapshot: Mapping[str, Any]) -> object:
    owner = "invoice" if resource.parent == "invoices" else "customer"
    return _id_of(snapshot.get(owner)) or snapshot.get(f"{owner}_id")


def _is_of(resource: Resource, snapshot: Mapping[str, Any]) -> bool:
    """Ids of transactions and credit balance adjustments are of one sequence, and so are their events."""
    return resource.name != "credit_balance_adjustments" or snapshot.get("object") != "transaction"


def _id_of(relation: object) -> object:
    """The id behind a relation, expanded or not."""
    return relation.get("id") if isinstance(relation, dict) else relation


def _event(record: Record) -> Any:  # noqa: ANN401 - JSON
    try:
        event = msgspec.json.decode(record.text)
    except (msgspec.DecodeError, RecursionError):
        log().warning("event.unreadable", id=record.key,
                      hint="It is stored as it is, but tells nothing; the next sweep finds what it meant.")
        return {}
    return event if isinstance(event, dict) else {}


def _snapshot(event: Mapping[str, Any]) -> Mapping[str, Any]:
    data = event.get("data")
    snapshot = data.get("object") if isinstance(data, dict) else None
    return snapshot if isinstance(snapshot, dict) else {}


def _second(event: Mapping[str, Any]) -> float:
    stamp = event.get("timestamp")
    return stamp if isinstance(stamp, int | float) else 0
