"""Answers list queries from the tables, with the server's cursors and counts, which expire."""

from __future__ import annotations

import operator as op
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync_daemon.simulator.books import Books
from sync_daemon.simulator.catalog import Resource
from sync_daemon.simulator.options import Options
from sync_daemon.simulator.query import ApiError, Condition, Query
from sync_daemon.simulator.table import NULL_STAMP, Table, id_of, stamp_key, stamp_of
from sync_daemon.simulator.world import Row

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": op.eq, "<>": op.ne, ">": op.gt, ">=": op.ge, "<": op.lt, "<=": op.le,
}
_ENDED = ("canceled", "finished")


@dataclass(frozen=True, slots=True)
class Span:
    """`rows[low:high]`, read backwards when `reverse`."""

    rows: Sequence[Row]
    low: int
    high: int
    reverse: bool = False

    def page(self, offset: int, size: int) -> list[Row]:
        if self.reverse:
            high = self.high - offset
            return list(reversed(self.rows[max(self.low, high - size):max(self.low, high)]))
        return list(self.rows[self.low + offset:min(self.high, self.low + offset + size)])


@dataclass(slots=True)
class Memory:
    """What the server caches for five minutes, shared by all readers of the account."""

    cursors: dict[Any, tuple[float, int]] = field(default_factory=dict)
    counts: dict[Any, tuple[float, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    total: int | None


def read(books: Books, memory: Memory, spec: Resource, query: Query, owner: int | None) -> Page:
    options, elapsed = books.options, books.clock.elapsed()
    span = select(books, spec, query, owner)
    if not spec.paginated:
        rows = span.page(0, 40)
        return Page(rows, len(rows))
    scope = (spec.name, owner, query.where)
    keyed = query.by_key(spec)
    offset: int | None = query.offset
    if keyed and query.page > 1:
        expires, last = memory.cursors.get((scope, query.offset), (0.0, 0))
        if expires > elapsed:
            span, offset = _after(span, last), 0
        elif query.offset >= options.deep:
            raise ApiError(400, "You must retrieve all preceding page numbers before retrieving this page.", "page")
    rows = span.page(offset or 0, query.per_page)
    if keyed and query.counted and rows:
        memory.cursors[(scope, query.offset + query.per_page)] = (elapsed + options.cursor_seconds, rows[-1].id)
    return Page(rows, _total(books, memory, spec, query, owner, options, elapsed) if query.counted else None)


def _total(books: Books, memory: Memory, spec: Resource, query: Query, owner: int | None, options: Options,
           elapsed: float) -> int:
    scope = (spec.name, owner, query.where)
    expires, total = memory.counts.get(scope, (0.0, 0))
    if query.page == 1 or expires <= elapsed:
        span = select(books, spec, query, owner)
        total = span.high - span.low
        memory.counts[scope] = (elapsed + options.count_seconds, total)
    return total


def _after(span: Span, last: int) -> Span:
    if span.reverse:
        return Span(span.rows, span.low, max(span.low, bisect_left(span.rows, last, key=id_of)), True)
    return Span(span.rows, max(span.low, bisect_right(span.rows, last, key=id_of)), span.high)


def select(books: Books, spec: Resource, query: Query, owner: int | None) -> Span:
    """The whole answer, unpaged. The two common orders are slices of a sorted list and copy nothing."""
    table = books.tables[spec.name]
    stamp = "timestamp" if spec.name == "events" else "updated_at"
    stamps = [c for c in query.where if c.field == stamp and isinstance(c.value, int)]
    ids = [c for c in query.where if c.field == spec.key and isinstance(c.value, int) and c.operator != "<>"]
    others = [c for c in query.where if c not in stamps and c not in ids]
    reverse = query.by_key(spec) and query.order[0][1]
    if owner is None and not others:
        if query.by_key(spec) and not stamps:
            return Span(table.by_id, *_cut(table.by_id, ids, id_of), reverse)
        if query.order == ((stamp, False), ("id", False)) and not ids:
            return Span(table.by_stamp, *_stamp_cut(table, stamps))
    order = () if query.by_key(spec) else (query.order, query.offset if books.options.unstable_ties else 0)
    key = (owner, query.where, order)
    rows = table.view(key)
    if rows is None:
        rows = _sorted(books, spec, query, _matching(books, table, owner, stamps, ids, others))
        table.keep(key, rows)
    return Span(rows, 0, len(rows), reverse)


def _cut(rows: list[Row], conditions: Sequence[Condition], key: Callable[[Row], int]) -> tuple[int, int]:
    low, high = 0, len(rows)
    for condition in conditions:
        left, right = bisect_left(rows, condition.value, key=key), bisect_right(rows, condition.value, key=key)
        if condition.operator in (">", ">=", "="):
            low = max(low, right if condition.operator == ">" else left)
        if condition.operator in ("<", "<=", "="):
            high = min(high, left if condition.operator == "<" else right)
    return low, max(low, high)


def _stamp_cut(table: Table, conditions: Sequence[Condition]) -> tuple[int, int]:
    low, high = _cut(table.by_stamp, conditions, stamp_of)
    if conditions:
        # Rows without updated_at match no comparison.
        low = max(low, bisect_right(table.by_stamp, NULL_STAMP, key=stamp_of))
    return low, max(low, high)


def _matching(books: Books, table: Table, owner: int | None, stamps: Sequence[Condition], ids: Sequence[Condition],
              others: Sequence[Condition]) -> list[Row]:
    tests = [_test(books, condition) for condition in others]
    rows: Sequence[Row]
    if owner is not None:
        rows = table.owned.get(owner, ())
    elif stamps:
        low, high = _stamp_cut(table, stamps)
        rows = table.by_stamp[low:high]
        stamps = ()
    else:
        low, high = _cut(table.by_id, ids, id_of)
        rows = table.by_id[low:high]
        ids = ()
    for condition in stamps:
        compare, value = _OPERATORS[condition.operator], condition.value
        rows = [row for row in rows if row.stamp is not None and compare(row.stamp, value)]
    for condition in ids:
        compare, value = _OPERATORS[condition.operator], condition.value
        rows = [row for row in rows if compare(row.id, value)]
    return sorted((row for row in rows if all(test(row) for test in tests)), key=lambda row: (row.id, row.serial))


def _test(books: Books, condition: Condition) -> Callable[[Row], bool]:
    """A predicate over rows; it uses only heads where possible, so that contents need not be made."""
    field, value, compare = condition.field, condition.value, _OPERATORS[condition.operator]
    if field == "customer" and condition.operator == "=":
        return lambda row: str(row.owner) == str(value)
    if field == "type" and condition.operator == "=":
        return lambda row: (row.tag or books.content(row).get("type")) == value
    if field == "@prefix":
        return lambda row: row.tag.split(".")[0] == value
    if field == "@related":
        return lambda row: _related(books, row, *value)
    if field == "@subscriptions":
        if value == "live":
            return lambda row: books.content(row).get("status") not in _ENDED
        return lambda row: books.content(row).get("status") == value
    if field == "@archived":
        return lambda row: bool(books.content(row).get("archived")) == value
    if field == "@chargeable":
        return lambda row: bool(books.content(row).get("chargeable", True))
    if field.startswith("metadata."):
        name = field.removeprefix("metadata.")
        return lambda row: _text((books.content(row).get("metadata") or {}).get(name)) == value
    if condition.operator == "=":
        return lambda row: _text(books.content(row).get(field)) == _text(value)
    return lambda row: _compared(books.content(row).get(field), compare, value)


def _related(books: Books, row: Row, kind: str, key: int) -> bool:
    if row.tag.split(".")[0] == kind and row.owner == key:
        return True
    about = books.content(row)["data"]["object"].get(kind)
    return about == key or (isinstance(about, dict) and about.get("id") == key)


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _compared(have: object, compare: Callable[[Any, Any], bool], want: object) -> bool:
    if have is None:
        return False
    try:
        return compare(float(str(have)), float(str(want)))
    except ValueError:
        return compare(_text(have), _text(want))


def _sorted(books: Books, spec: Resource, query: Query, rows: list[Row]) -> list[Row]:
    """Sorted by the requested columns. Builder lists break ties by id; in the others the order of ties is undefined."""
    if query.by_key(spec) or not query.order:
        return rows
    if query.order[0] in (("updated_at", False), ("timestamp", False)) and spec.builder:
        return sorted(rows, key=stamp_key)
    if not spec.builder:
        salt = query.offset if books.options.unstable_ties else 0
        rows = sorted(rows, key=lambda row: ((row.id + salt) * 2654435761) % 4294967291)
    for column, descending in reversed(query.order):
        rows = sorted(rows, key=lambda row: _sortable(books, row, column), reverse=descending)
    return rows


def _sortable(books: Books, row: Row, column: str) -> tuple[int, float, str]:
    if column == "updated_at":
        return 1, stamp_of(row), ""
    if column in ("id", "internal_id"):
        return 1, row.id, ""
    value = books.content(row).get(column)
    if value is None:
        return 0, 0, ""
    return (1, value, "") if isinstance(value, (int, float)) else (2, 0, str(value))
