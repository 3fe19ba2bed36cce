"""The nested tables: one row for each element of an array within a record, as `sql/nested/*.toml` describes them.

A file describes tables of one shape: `field` is the array, `[tables]` says of which resource each table is (`of`) and
what it holds, `[columns]` is as in `sql/tables/` (`postgres/columns.py`). With `within`, the same field of the elements
of that array is read too, and the key tells them apart: `item_position` is 0 for the record itself. A file with
`metadata = true` describes tables of keys and values.

Rows hold no truth of their own: they follow from `raw` of their record, and are replaced in its transaction.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from sync_daemon.model.resources import BY_NAME, Resource
from sync_daemon.postgres.columns import SQL, BadSql, Column, parse_column, require

LONGEST_KEY: Final = 1000
"""Bytes: an index takes no key of some 2,700, and metadata keys of the API are 40 long."""
_KEYS: Final = {"field", "within", "metadata", "tables", "columns"}


@dataclass(frozen=True, slots=True)
class NestedTable:
    """A table of what an array (or the metadata) of a resource's records holds."""

    name: str
    of: str
    comment: str
    field: str
    within: str | None
    columns: tuple[Column, ...]

    @property
    def resource(self) -> Resource:
        return BY_NAME[self.of]

    @property
    def is_metadata(self) -> bool:
        return self.field == "metadata"

    @property
    def parent(self) -> str:
        """The column with the key of the record: `invoice`, in `invoice_items`."""
        return self.of.removesuffix("s")

    @property
    def key(self) -> tuple[str, ...]:
        """The primary key."""
        if self.is_metadata:
            return (self.parent, "key")
        return (self.parent, *(["item_position"] if self.within else []), "position")

    @property
    def own(self) -> tuple[str, ...]:
        """The columns that are stored; the typed ones are generated from the last."""
        return (*self.key, "value_json" if self.is_metadata else "raw")

    def rows(self, source: str, key: str) -> str:
        """The SQL of its rows, in the order of `own`, for the records of `source`, a relation with `key` and `raw`."""
        if self.is_metadata:
            return (f"SELECT p.{key}, e.key, e.value FROM {source} AS p CROSS JOIN LATERAL "
                    f"pg_catalog.jsonb_each({_if('object', 'p.raw', self.field)}) AS e (key, value) "
                    f"WHERE pg_catalog.octet_length(e.key) <= {LONGEST_KEY}")
        if self.within is None:
            return (f"SELECT p.{key}, e.position, e.raw FROM {source} AS p "
                    f"CROSS JOIN LATERAL {_elements('p.raw', self.field)} AS e (raw, position)")
        return (f"SELECT p.{key}, 0, e.position, e.raw FROM {source} AS p "
                f"CROSS JOIN LATERAL {_elements('p.raw', self.field)} AS e (raw, position) "
                f"UNION ALL SELECT p.{key}, i.position, e.position, e.raw FROM {source} AS p "
                f"CROSS JOIN LATERAL {_elements('p.raw', self.within)} AS i (raw, position) "
                f"CROSS JOIN LATERAL {_elements('i.raw', self.field)} AS e (raw, position)")


def _elements(json: str, field: str) -> str:
    return f"pg_catalog.jsonb_array_elements({_if('array', json, field)}) WITH ORDINALITY"


def _if(kind: str, json: str, field: str) -> str:
    """The field where it is of this kind; else NULL, of which there are no elements."""
    found = f"({json} -> '{field}'::text)"
    return f"CASE WHEN pg_catalog.jsonb_typeof{found} = '{kind}' THEN {found} END"


@cache
def nested_tables() -> tuple[NestedTable, ...]:
    """All of them, by file and in its order. Raises BadSql if a file is not as described above."""
    files = sorted((SQL / "nested").iterdir(), key=lambda path: path.name)
    return tuple(table for path in files for table in parse(path.name, path.read_text(encoding="utf-8")))


@cache
def nested_of(resource: Resource) -> tuple[NestedTable, ...]:
    """The nested tables of one resource."""
    return tuple(table for table in nested_tables() if table.of == resource.name)


def parse(file: str, text: str) -> Iterator[NestedTable]:
    """The tables that a file of `sql/nested/` describes. Raises BadSql, which names the place."""
    where = f"sql/nested/{file}"
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSql(f"{where}: {error}") from None
    metadata = found.get("metadata") is True
    require(where, found, {"tables", "metadata"} if metadata else {"tables", "field", "columns"}, _KEYS)
    columns = tuple(parse_column(f"{where}: {name}", name, value) for name, value in found.get("columns", {}).items())
    for name, about in found["tables"].items():
        require(f"{where}: {name}", about, {"of", "comment"}, {"of", "comment"})
        yield _table(where, name, about, "metadata" if metadata else found["field"], found.get("within"), columns)


def _table(where: str, name: str, about: Mapping[str, str], field: str, within: str | None,
           columns: tuple[Column, ...]) -> NestedTable:
    if about["of"] not in BY_NAME:
        raise BadSql(f"{where}: {name} is of {about['of']}, which is not mirrored")
    return NestedTable(name, about["of"], about["comment"], field, within, columns)
