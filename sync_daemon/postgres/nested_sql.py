"""Pieces of the statements that keep nested tables: made from their columns, put into `sql/queries/`. Pure.

Each piece but the last is empty, or begins with a comma and continues a WITH list.
"""

from __future__ import annotations

from typing import Final

from sync_daemon.model.resources import Resource
from sync_daemon.postgres.columns import Column
from sync_daemon.postgres.nested_tables import NestedTable, nested_of

_NO_DATE: Final = """AND CASE WHEN pg_catalog.jsonb_typeof({json}) = 'number'
    THEN ({json})::numeric >= -62135596800::numeric ELSE true END """
"""Leaves out what is before the year 1: the source's zero date 0000-00-00 means none."""


def replacement(resource: Resource) -> str:
    """Replaces the nested rows of the records of `parents` (key, raw); `odd` has fields that do not fit (key, field).

    The count of what is deleted holds each INSERT back until its DELETE is done: parts of one statement have no order.
    """
    tables = nested_of(resource)
    parts = []
    for one in tables:
        stored = ", ".join(one.own)
        returned = f"{one.parent} AS key, {_odd(one)} AS fields" if one.columns else "1"
        parts.append(
            f"d_{one.name} AS (DELETE FROM {{schema}}.{one.name} "
            f"WHERE {one.parent} = ANY(ARRAY(SELECT key FROM parents)) RETURNING 1)")
        parts.append(f"r_{one.name} ({stored}) AS ({one.rows('parents', 'key')})")
        parts.append(
            f"i_{one.name} AS (INSERT INTO {{schema}}.{one.name} AS t ({stored}) "
            f"SELECT {stored} FROM r_{one.name} "
            f"WHERE (SELECT pg_catalog.count(*) FROM d_{one.name}) >= 0 RETURNING {returned})")
    odd = " UNION ALL ".join(f"SELECT key, pg_catalog.unnest(fields) AS field FROM i_{one.name}"
                             for one in tables if one.columns)
    parts.append(f"odd AS ({odd or 'SELECT key, NULL::text AS field FROM parents WHERE false'})")  # metadata alone
    return "".join(f",\n{part}" for part in parts)


def burial(resource: Resource) -> str:
    """Deletes the nested rows of the records of `gone` (key)."""
    return "".join(
        f",\nn_{one.name} AS (DELETE FROM {{schema}}.{one.name} AS n USING gone WHERE n.{one.parent} = gone.key)"
        for one in nested_of(resource))


def differences(resource: Resource) -> str:
    """A query: keys of those records of `parents` (key, raw) whose nested rows are not what raw says."""
    parts = []
    for one in nested_of(resource):
        stored = ", ".join(one.own)
        have = (f"SELECT {stored} FROM {{schema}}.{one.name} "
                f"WHERE {one.parent} = ANY(ARRAY(SELECT key FROM parents))")
        want = one.rows("parents", "key")
        parts += [f"SELECT {one.parent} AS key FROM (({first}) EXCEPT ALL ({other})) AS e ({stored})"
                  for first, other in ((have, want), (want, have))]
    return " UNION ".join(parts)


def misfit(column: Column, row: str, field: str) -> str:
    """What a field came as if it is in `raw` and not in its column, else NULL: `field:string`. `row` is an alias."""
    json = column.json(f"{row}.raw")
    date = _NO_DATE.format(json=json) if column.kind == "timestamp" else ""
    return (f"CASE WHEN {row}.{column.quoted} IS NULL AND pg_catalog.jsonb_typeof({json}) <> 'null' {date}"
            f"THEN '{field}:' || pg_catalog.jsonb_typeof({json}) END")


def no_array(one: NestedTable, row: str) -> str:
    """What a nested field came as if it is not what its table takes rows from. PHP has one empty array for both."""
    json = f"({row}.raw -> '{one.field}'::text)"
    kind = "object" if one.is_metadata else "array"
    return (f"CASE WHEN pg_catalog.jsonb_typeof{json} NOT IN ('{kind}', 'null') AND {json} NOT IN ('[]', '{{}}') "
            f"THEN '{one.field}:' || pg_catalog.jsonb_typeof{json} END")


def _odd(one: NestedTable) -> str:
    prefix = f"{one.within}[].{one.field}" if one.within else one.field
    cases = ", ".join(misfit(column, "t", f"{prefix}[].{'.'.join(column.path)}") for column in one.columns)
    return f"pg_catalog.array_remove(ARRAY[{cases}]::text[], NULL)"
