"""The SQL of the program: named statements from `sql/queries/`, and the migrations beside them.

Placeholders are replaced once, at start: `{schema}` is the quoted schema. In files whose statements are the same for
each mirror table (`rows`, `compare`, `children`, `nested`) also `{table}`, `{key}`, `{key_type}`, `{parent}` (the table
of the parents), and pieces that are made from columns: `{misfits}`, `{replacement}`, `{differences}` and `{burial}`.
Nothing else is templated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from sync_daemon.model.resources import RESOURCES, Resource
from sync_daemon.postgres.columns import SQL, BadSql, table
from sync_daemon.postgres.nested_sql import burial, differences, misfit, no_array, replacement
from sync_daemon.postgres.nested_tables import nested_of

_NAME = re.compile(r"^-- name: ([\w.]+)$", re.MULTILINE)
_MIGRATION = re.compile(r"(\d{4})_(\w+)\.sql")
_END = re.compile(r";[ \t]*$", re.MULTILINE)
_COMMENT_LINES = re.compile(r"^\s*--.*\n", re.MULTILINE)
_PIECE = re.compile(r"\{(misfits|replacement|differences|burial)\}")
_PLACEHOLDER = re.compile(r"^\s*--.*$|\{(schema|table|key|key_type|parent)\}", re.MULTILINE)
"""Placeholders in comments are not replaced: a name with a line end would end the comment."""


def quote(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    sql: str

    @property
    def statements(self) -> list[str]:
        """One by one, as some engines require; a statement ends with a semicolon at the end of a line."""
        return split(self.sql)


def split(sql: str) -> list[str]:
    """The statements of a text; what stands between $$ and $$ is part of one."""
    found, part = [], ""
    for piece in _END.split(sql):
        part += piece
        if part.count("$$") % 2 == 0:
            if text := _COMMENT_LINES.sub("", part).strip():
                found.append(text)
            part = ""
        else:
            part += ";"
    return found


class Queries:
    """All named statements, and the migrations, filled in for one schema."""

    def __init__(self, schema: str, known: tuple[Migration, ...] | None = None) -> None:
        self.schema = schema
        self._known = known
        self._named = {name: self.fill(text) for file in ("bookkeeping", "reports")
                       for name, text in statements(file).items()}
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
        """Fills in the names, in one pass: a brace in a name is never taken for a placeholder."""
        names = {"schema": quote(self.schema)}
        if resource is not None:
            text = _PIECE.sub(lambda found: _piece(found[1], resource), text)
            names |= {"table": f"{quote(self.schema)}.{resource.name}", "key": resource.key_column,
                      "key_type": resource.key_type}
        if resource is not None and resource.parent is not None:
            names["parent"] = f"{quote(self.schema)}.{resource.parent}"
        return _PLACEHOLDER.sub(lambda found: names.get(found[1], found[0]), text)

    def migrations(self) -> tuple[Migration, ...]:
        return tuple(Migration(m.version, m.name, self.fill(m.sql)) for m in self._known or migrations())


@cache
def statements_for(resource: Resource) -> dict[str, str]:
    """The statements for a mirror table: those for all, for nested tables, for per-parent lists, and its own."""
    files = ("rows", "compare", *(["nested"] if nested_of(resource) else []),
             *(["children"] if resource.parent is not None else []))
    found = {name: text for file in files for name, text in statements(file).items()}
    own = {name.removeprefix(f"{resource.name}."): text for name, text in found.items()
           if name.startswith(f"{resource.name}.")}
    return {name: text for name, text in found.items() if "." not in name} | own


def _piece(name: str, resource: Resource) -> str:
    """A part of a statement that is made from the columns of the resource's tables."""
    makers = {"misfits": _misfits, "replacement": replacement, "differences": differences, "burial": burial}
    return makers[name](resource)


def _misfits(resource: Resource) -> str:
    """An SQL expression over a row `t`: its fields whose value did not fit their column, each with its JSON type."""
    arrays = {one.field: one for one in nested_of(resource)}.values()
    cases = ", ".join([
        *(misfit(column, "t", ".".join(column.path)) for column in table(resource).columns),
        *(no_array(one, "t") for one in arrays)])
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
