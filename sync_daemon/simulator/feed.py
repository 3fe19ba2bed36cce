"""The event feed: which changes have events, when, and with what snapshot."""

from __future__ import annotations

from typing import Any

from sync_daemon.simulator.books import Books
from sync_daemon.simulator.catalog import RESOURCES, Resource
from sync_daemon.simulator.encode import Json
from sync_daemon.simulator.shape import retrieved, snapshot
from sync_daemon.simulator.world import BANK, Row


def changed(spec: Resource, before: Json, after: Json) -> Json:
    """Old values of the keys that changed visibly; null for new keys. Empty when only `updated_at` changed."""
    old, new = retrieved(spec, before), retrieved(spec, after)
    found = {key: old.get(key) for key in {**old, **new} if old.get(key) != new.get(key)}
    return {} if set(found) <= {"updated_at"} else dict(sorted(found.items()))


def update_kind(spec: Resource, before: Json, after: Json) -> str:
    if spec.name == "invoices" and after.get("paid") and not before.get("paid"):
        return "invoice.paid"
    if spec.name == "tasks" and after.get("complete") and not before.get("complete"):
        return "task.completed"
    if spec.name == "payment_links" and after.get("status") == "completed" != before.get("status"):
        return "payment_link.completed"
    return f"{spec.prefix}.updated"


def emit(books: Books, row: Row, verb: str, before: Json | None = None, content: Json | None = None,
         extra: Json | None = None) -> None:
    """Writes the event of a change, if its kind has one. The snapshot is taken now."""
    spec = RESOURCES[row.resource]
    kind = f"{spec.prefix}.{verb}"
    data: Json = {}
    content = books.content(row) if content is None else content
    if spec.prefix is None or (verb not in spec.verbs and not extra):
        return
    if before is not None and verb == "updated":
        data["previous"] = changed(spec, before, content)
        if not data["previous"]:
            return
        kind = update_kind(spec, before, content)
    if spec.name == "charges":
        kind = f"charge.{content.get('status', 'succeeded')}"
    if spec.name == "transactions" and content.get("payment") is not None:
        return
    write(books, kind, row.id % BANK, snapshot(spec, content, books.lookup) | (extra or {}), data)


def write(books: Books, kind: str, target: int | None, shown: Json, data: Json | None = None) -> None:
    """The row shows up `event_delay` after the change; its snapshot, kept elsewhere, `snapshot_delay` after that."""
    books.later(books.event_delay, lambda: _store(books, kind, target, shown, data or {}))


def _store(books: Books, kind: str, target: int | None, shown: Json, data: Json) -> None:
    index = books.next_index["events"]
    books.next_index["events"] += 1
    moment = books.now()
    row = Row("events", index, books.world.id_of("events", index), moment, moment, target, kind)
    full: dict[str, Any] = {"data": {"object": shown, **data}, "id": row.id, "timestamp": moment, "type": kind,
                            "user": None}
    late = books.snapshot_delay is None or books.snapshot_delay > 0
    row.own = {**full, "data": {"object": {}, **data}} if late else full
    books.tables["events"].add(row)
    if late and books.snapshot_delay is not None:
        table = books.tables["events"]
        books.later(books.snapshot_delay, lambda: table.change(row, full, moment, target))
