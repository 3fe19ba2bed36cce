"""The SQL of the program: named statements from `sql/queries/`, tables and migrations from beside them.

Placeholders are replaced once, at start: `{schema}` is the quoted schema; in `rows.sql`, `compare.sql` and
`children.sql`, whose statements are the same for each mirror table, also `{table}`, `{key}`, `{key_type}`, `{parent}`
(the table of the parents) and `{misfits}`, from RESOURCES and the table's columns. Nothing else is templated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sync_daemon.model.resources import RESOURCES, Resource


def _sql_folder() -> Path:
    packed = Path(__file__).parents[1] / "sql"  # where the wheel has it
    return packed if packed.is_dir() else Path(__file__).parents[2] / "sql"


SQL: Final = _sql_folder()

_NAME = re.compile(r"^-- name: ([\w.]+)$", re.MULTILINE)
_FIELD = re.compile(r"raw -> '([^']+)'")
_COLUMN = re.compile(r"""^\s+("?\w+"?) \w+ GENERATED ALWAYS AS \(\{schema\}\.(\w+)\(raw -> '([^']+)'\)\) STORED""",
                     re.MULTILINE)
_NO_DATE: Final = """AND CASE WHEN pg_catalog.jsonb_typeof(t.raw -> '{field}'::text) = 'number'
    THEN (t.raw -> '{field}'::text)::numeric >= -62135596800::numeric ELSE true END """
"""Before the year 1: the source's zero date 0000-00-00, which means none."""
_MIGRATION = re.compile(r"(\d{4})_(\w+)\.sql")
_PLACEHOLDER = re.compile(r"^\s*--.*$|\{(schema|table|key|key_type|parent|misfits)\}", re.MULTILINE)
"""Comments are passed over: a name that goes on in the next line would end them."""


class BadSql(Exception):
    """The SQL that came with the program is not what it should be: a fault of the build."""


def quote(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    sql: str


class Queries:
    """All named statements, made out for one schema."""

    def __init__(self, schema: str) -> None:
        self.schema = schema
        self._named = {name: self.fill(text) for name, text in statements("bookkeeping").items()}
        self._rows = {
            resource.name: {name: self.fill(text, resource) for name, text in statements_for(resource).items()}
            for resource in RESOURCES
        }

    def __getitem__(self, name: str) -> str:
        return self._named[name]

    def rows(self, resource: Resource, name: str) -> str:
        return self._rows[resource.name][name]

    def own(self, resource: Resource, name: str) -> str | None:
        """A statement that only some tables have."""
        return self._rows[resource.name].get(name)

    def fill(self, text: str, resource: Resource | None = None) -> str:
        """Puts the names in, in one pass: what a name holds is never taken for a placeholder."""
        names = {"schema": quote(self.schema)}
        if resource is not None:
            names |= {"table": f"{quote(self.schema)}.{resource.name}", "key": resource.key_column,
                      "key_type": resource.key_type, "misfits": _misfits(resource)}
        if resource is not None and resource.parent is not None:
            names["parent"] = f"{quote(self.schema)}.{resource.parent}"
        return _PLACEHOLDER.sub(lambda found: names.get(found[1], found[0]), text)

    def migrations(self) -> tuple[Migration, ...]:
        return tuple(Migration(m.version, m.name, self.fill(m.sql)) for m in migrations())


@cache
def statements_for(resource: Resource) -> dict[str, str]:
    """The statements over a mirror table: those for all, those for per-parent lists, and those for this one alone."""
    files = ("rows", "compare", *(["children"] if resource.parent is not None else []))
    found = {name: text for file in files for name, text in statements(file).items()}
    own = {name.removeprefix(f"{resource.name}."): text for name, text in found.items()
           if name.startswith(f"{resource.name}.")}
    return {name: text for name, text in found.items() if "." not in name} | own


def _misfits(resource: Resource) -> str:
    """An expression over a row `t`: its fields that are in `raw` and not in their column, with what each came as."""
    cases = ", ".join(
        f"CASE WHEN t.{column} IS NULL AND pg_catalog.jsonb_typeof(t.raw -> '{field}'::text) <> 'null' "
        f"{_NO_DATE.format(field=field) if helper == '_timestamp' else ''}"
        f"THEN '{field}:' || pg_catalog.jsonb_typeof(t.raw -> '{field}'::text) END"
        for column, helper, field in _COLUMN.findall(table_file(resource)))
    return (f"(SELECT pg_catalog.array_agg(f) FROM pg_catalog.unnest(ARRAY[{cases}]::text[]) AS f "  # noqa: S608 - ours
            "WHERE f IS NOT NULL)")


@cache
def statements(file: str) -> dict[str, str]:
    """The named statements of one file of `sql/queries/`. Raises BadSql on a doubled name."""
    pieces = _NAME.split((SQL / "queries" / f"{file}.sql").read_text(encoding="utf-8"))
    named: dict[str, str] = {}
    for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
        if name in named:
            raise BadSql(f"{file}.sql has two statements named {name}")
        named[name] = text.strip()
    return named


@cache
def migrations() -> tuple[Migration, ...]:
    """The migrations in order. Raises BadSql unless they are numbered 1, 2, 3 …"""
    found = []
    for path in sorted((SQL / "migrations").glob("*.sql")):
        match = _MIGRATION.fullmatch(path.name)
        if match is None:
            raise BadSql(f"{path.name} is not named like 0001_what_it_does.sql")
        found.append(Migration(int(match[1]), match[2], path.read_text(encoding="utf-8")))
    if [migration.version for migration in found] != list(range(1, len(found) + 1)):
        raise BadSql("the migrations are not numbered one by one")
    return tuple(found)


@cache
def known_fields(resource: Resource) -> frozenset[str]:
    """The fields of the API for which the resource's table has a column, and its key."""
    return frozenset({*_FIELD.findall(table_file(resource)), "id"})


@cache
def table_file(resource: Resource) -> str:
    return (SQL / "tables" / f"{resource.name}.sql").read_text(encoding="utf-8")


def check(resources: Iterable[Resource] = RESOURCES) -> None:
    """Raises BadSql if a resource lacks its table, a parent's column does not exist, or a table has no resource."""
    names = set()
    for resource in resources:
        names.add(resource.name)
        if not (SQL / "tables" / f"{resource.name}.sql").is_file():
            raise BadSql(f"sql/tables/{resource.name}.sql is missing for the resource {resource.name}")
        if not re.search(rf"^\s+{resource.key_column} {resource.key_type} PRIMARY KEY", table_file(resource), re.M):
            raise BadSql(f"sql/tables/{resource.name}.sql lacks its key {resource.key_column} {resource.key_type}")
    for path in (SQL / "tables").glob("*.sql"):
        if path.stem not in names:
            raise BadSql(f"{path.name} in sql/tables has no row in RESOURCES")
