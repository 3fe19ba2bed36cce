"""The columns of each mirror table, as described in `sql/tables/NAME.toml`, and only there.

The first key of a file is the comment of the table; `key` and, for per-parent lists, `parent` are the comments of
these columns; `nested` names the fields that are objects or lists and stay in `raw` only. Then follow the columns, one
line each, in the order of the table (new ones at the end, because views can only grow there):

    name = { kind = "bigint", index = true, comment = "…" }

`kind` is text, bigint, numeric, boolean or timestamp. `path` is the field, if its name is not the column's; dots lead
into nested objects. `also` is a second JSON type that a text column accepts, as text. `index` is true, or the columns
of the index. `references` is the column whose value it is, such as "customers.id": no constraint, since rows come in
any order.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sync_daemon.model.resources import RESOURCES, Resource


class BadSql(Exception):
    """The SQL shipped with the program is wrong: a fault of the build."""


def _sql_folder() -> Path:
    packed = Path(__file__).parents[1] / "sql"  # its place in the wheel
    return packed if packed.is_dir() else Path(__file__).parents[2] / "sql"


SQL: Final = _sql_folder()

TYPES: Final = {"text": "text", "bigint": "bigint", "numeric": "numeric", "boolean": "boolean",
                "timestamp": "timestamptz"}
"""Type in Postgres of each kind; the helper that makes it from JSON is `_kind`."""
OF_VIEWS: Final = ("deleted_at", "deleted_evidence")
"""Columns of the views with deleted rows that their tables don't have."""
_ALSO: Final = {"number", "boolean"}
_IDENTIFIER: Final = re.compile(r"[a-z_][a-z0-9_]*")
REFERENCE: Final = re.compile(r"[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*")
_COLUMN_KEYS: Final = {"kind", "path", "also", "index", "references", "comment"}


@dataclass(frozen=True, slots=True)
class Column:
    """A typed column, derived from one field of `raw`."""

    name: str
    kind: str
    comment: str
    path: tuple[str, ...]
    also: str = ""
    index: tuple[str, ...] = ()
    references: str = ""

    @property
    def quoted(self) -> str:
        return f'"{self.name}"'

    @property
    def in_view(self) -> str:
        """Its quoted name in the view with deleted rows, whose own columns come first."""
        return f'"{self.name}_source"' if self.name in OF_VIEWS else self.quoted

    @property
    def type(self) -> str:
        """Type in Postgres."""
        return TYPES[self.kind]

    def json(self, raw: str = "raw") -> str:
        """The SQL expression of its field in `raw`."""
        return " -> ".join((raw, *(f"'{name}'::text" for name in self.path)))

    def value(self) -> str:
        """The SQL expression of its value; never fails, NULL for a value that does not fit."""
        if not self.also:
            return f"{{schema}}._{self.kind}({self.json()})"
        return (f"CASE WHEN pg_catalog.jsonb_typeof({self.json()}) IN ('string', '{self.also}') "
                f"THEN ({self.json()}) #>> '{{}}'::text[] END")


@dataclass(frozen=True, slots=True)
class Table:
    """A mirror table: its comments and its typed columns."""

    name: str
    key_column: str
    key_type: str
    comment: str
    key: str
    parent: str | None
    nested: frozenset[str]
    columns: tuple[Column, ...]

    @property
    def fields(self) -> frozenset[str]:
        """The fields of the API that this version knows."""
        return frozenset({"id", *self.nested, *(column.path[0] for column in self.columns)})


@cache
def table(resource: Resource) -> Table:
    """The table of a resource. Raises BadSql if its file is missing or not as described above."""
    path = SQL / "tables" / f"{resource.name}.toml"
    try:
        return parse(resource, path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadSql(f"sql/tables/{path.name} is missing for the resource {resource.name}") from None


def parse(resource: Resource, text: str) -> Table:
    """The table that a file of `sql/tables/` describes. Raises BadSql, which names the place."""
    where = f"sql/tables/{resource.name}.toml"
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSql(f"{where}: {error}") from None
    needed = {"comment", "key", "columns"} | ({"parent"} if resource.parent else set())
    require(where, found, needed, needed | {"nested"})
    return Table(resource.name, resource.key_column, resource.key_type, found["comment"], found["key"],
                 found.get("parent"), frozenset(found.get("nested", ())),
                 tuple(parse_column(f"{where}: {name}", name, value) for name, value in found["columns"].items()))


def parse_column(where: str, name: str, value: Mapping[str, object]) -> Column:
    """A column as its line describes it. Raises BadSql, which names the place."""
    require(where, value, {"kind", "comment"}, _COLUMN_KEYS)
    path, index, also = str(value.get("path", name)), value.get("index", []), str(value.get("also", ""))
    columns = tuple(index) if isinstance(index, list) else (name,) if index else ()
    if str(value["kind"]) not in TYPES:
        raise BadSql(f"{where}: kind is one of {', '.join(TYPES)}, not {value['kind']!r}")
    if also and (also not in _ALSO or value["kind"] != "text"):
        raise BadSql(f"{where}: also is number or boolean, of a text column")
    references = str(value.get("references", ""))
    if references and REFERENCE.fullmatch(references) is None:
        raise BadSql(f"{where}: references is a table and its column, such as customers.id, not {references!r}")
    for identifier in (name, *path.split("."), *columns):
        if _IDENTIFIER.fullmatch(identifier) is None:
            raise BadSql(f"{where}: {identifier!r} is not a name of small letters, digits and _")
    return Column(name, str(value["kind"]), str(value["comment"]), tuple(path.split(".")), also, columns,
                  references)


def require(where: str, found: object, needed: set[str], known: set[str]) -> None:
    """Raises BadSql if a table of a file lacks a key, or has one that means nothing."""
    if not isinstance(found, dict):
        raise BadSql(f"{where} is not a table: write it like the others")
    if missing := needed - found.keys():
        raise BadSql(f"{where} lacks {', '.join(sorted(missing))}")
    if unknown := found.keys() - known:
        raise BadSql(f"{where} has {', '.join(sorted(unknown))}, which mean nothing")


def check() -> None:
    """Raises BadSql if a resource lacks its table, or a table has no resource."""
    names = {table(resource).name for resource in RESOURCES}
    for path in (SQL / "tables").iterdir():
        if path.stem not in names:
            raise BadSql(f"{path.name} in sql/tables has no row in RESOURCES")
