"""What the nested tables should hold, worked out from the records in Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import asyncpg

from sync_daemon.model.resources import Resource
from sync_daemon.postgres.nested_tables import LONGEST_KEY, NestedTable, nested_of
from sync_daemon.postgres.statements import quote


def expected(one: NestedTable, raw: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of one record, without the parent's key: positions (or the metadata key), and the element."""
    found = raw.get(one.field)
    if one.is_metadata:
        if isinstance(found, dict):
            yield from ((key, value) for key, value in found.items() if len(key.encode()) <= LONGEST_KEY)
        return
    if one.within is None:
        yield from enumerate(found if isinstance(found, list) else [], 1)
        return
    yield from ((0, *pair) for pair in enumerate(found if isinstance(found, list) else [], 1))
    outer = raw.get(one.within)
    for place, element in enumerate(outer if isinstance(outer, list) else [], 1):
        inner = element.get(one.field) if isinstance(element, dict) else None
        yield from ((place, *pair) for pair in enumerate(inner if isinstance(inner, list) else [], 1))


async def nested_differences(dsn: str, resource: Resource, rows: Mapping[str, Any], value_of: Any,
                             schema: str = "invoiced") -> dict[str, Any]:
    """Differences between the nested tables of a resource and its records, by table; empty if there are none.

    `rows` has the records by key, `value_of` makes a JSON text comparable.
    """
    found: dict[str, Any] = {}
    connection = await asyncpg.connect(dsn)
    try:
        for one in nested_of(resource):
            *keys, value = one.own
            names = ", ".join([f"{keys[0]}::text", *keys[1:], f"{value}::text"])
            here = Counter(_hashable((*row[:-1], value_of(row[-1]))) for row in await connection.fetch(
                f"SELECT {names} FROM {quote(schema)}.{one.name}"))
            there = Counter(_hashable((key, *row)) for key, raw in rows.items() for row in expected(one, raw))
            if here != there:
                found[one.name] = {"missing": list(there - here)[:3], "extra": list(here - there)[:3]}
    finally:
        await connection.close()
    return found


def _hashable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:-1], repr(_sorted(row[-1])))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(one) for one in value]
    return value.normalize() if hasattr(value, "normalize") else value
