"""The dictionary: what every table, view and function holds, from the files of `sql/`. Pure: it asks no database."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from sync_daemon.model.resources import RESOURCES, Resource
from sync_daemon.postgres.columns import OF_VIEWS, Column, Table, table
from sync_daemon.postgres.nested_tables import NestedTable, nested_of
from sync_daemon.postgres.statements import quote, statements
from sync_daemon.postgres.table_ddl import about_with_deleted, nested_texts, texts, texts_with_deleted, views
from sync_daemon.postgres.view_columns import view_columns

TABLE: Final = "table"
NESTED: Final = "nested table"
VIEW: Final = "view"
FUNCTION: Final = "function"
WITH_DELETED: Final = "view with deleted rows"
KINDS: Final = {TABLE: "Tables, one for each list of the API", NESTED: "Nested tables: lists in records, and metadata",
                VIEW: "Views", FUNCTION: "Functions"}
"""Kinds in the order in which they are listed; of views with deleted rows there is one for each table."""
_TYPES: Final = {"raw": "jsonb", "hash": "bytea", "read_at": "timestamptz", "synced_at": "timestamptz",
                 "deleted_at": "timestamptz", "deleted_evidence": "text", "parent_id": "bigint", "value": "text",
                 "value_json": "jsonb", "position": "integer", "item_position": "integer", "key": "text"}
_NUMBERS: Final = {"numeric", "numeric[]", "bigint", "integer"}
_UNITS: Final = (
    (re.compile(r"\bin (major units of [\w' ]+)"), r"\1"),
    (re.compile(r"\bin percent\b"), "percent"),
    (re.compile(r"^how many seconds\b|^seconds\b", re.I), "seconds"),
    (re.compile(r"^whole weeks\b", re.I), "weeks"),
    (re.compile(r"^(?:calendar |average |how many )?days\b|\bof the days\b|\bin days\b", re.I), "days"))
_VALUES: Final = re.compile(r"\bKnown values: ([^.;]+)")
_SENTENCE: Final = re.compile(r"(?<=\.)\s+")
_MADE: Final = re.compile(r"CREATE OR REPLACE (VIEW|FUNCTION) {schema}\.([a-z]\w*)(.*)", re.S)
_SAID: Final = re.compile(r"COMMENT ON (?:VIEW|FUNCTION) {schema}\.(\w+)[^']* IS '(.*)'", re.S)
_TAKES: Final = re.compile(r"\((.*?)\)\s+RETURNS (TABLE|\w+)", re.S)


@dataclass(frozen=True, slots=True)
class Field:
    """A column. What its comment says of unit, values and inference is read from its words."""

    name: str
    type: str
    meaning: str
    references: str = ""
    in_key: bool = False
    not_null: bool = False

    @property
    def known_values(self) -> tuple[str, ...]:
        found = _VALUES.search(self.meaning)
        return tuple(value.strip() for value in found[1].split(",")) if found else ()

    @property
    def unit(self) -> str:
        """What a number counts; empty if it is none, or its comment does not say."""
        if self.type not in _NUMBERS:
            return ""
        hits = ((pattern.search(self.meaning), unit) for pattern, unit in _UNITS)
        return next((found.expand(unit).strip() for found, unit in hits if found), "")

    @property
    def inferred(self) -> bool:
        """Whether it is, always or at times, not what the source says but what follows from something else."""
        return re.search(r"\binferred\b", self.meaning, re.I) is not None


@dataclass(frozen=True, slots=True)
class Entry:
    """A table, a view or a function. `of` is the resource that it is a part of; views and functions have none.

    `takes` are the parameters of a function and `returns` what it returns, if that is no table.
    """

    name: str
    kind: str
    meaning: str
    fields: tuple[Field, ...]
    of: str = ""
    indexes: tuple[tuple[str, ...], ...] = ()
    takes: str = ""
    returns: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.in_key)

    @property
    def summary(self) -> str:
        """The first sentence of what it means."""
        return _SENTENCE.split(self.meaning)[0]


@cache
def dictionary() -> tuple[Entry, ...]:
    """All entries, by kind, and within it in the order of their definition. Raises BadSql."""
    answers = tuple(_answers())
    return (*(_of_table(table(one), one) for one in RESOURCES),
            *(_of_nested(nested) for one in RESOURCES for nested in nested_of(one)),
            *(one for one in answers if one.kind == VIEW), *(one for one in answers if one.kind == FUNCTION),
            *(_with_deleted(table(one), one) for one in RESOURCES))


def look_up(name: str) -> Entry | None:
    return next((one for one in dictionary() if one.name == name), None)


def close_to(name: str) -> list[str]:
    """Names that could have been meant."""
    return difflib.get_close_matches(name[:60].lower(), [one.name for one in dictionary()], 3, 0.6)


def loaded_at(schema: str, resource: str) -> str:
    """The SQL of the moment up to which a resource is complete."""
    return statements("dbt")["loaded_at"].format(schema=quote(schema), resource=resource)


def _of_table(one: Table, resource: Resource) -> Entry:
    typed = {column.name: column for column in one.columns}
    parent = f"{resource.parent}.id" if resource.parent else ""
    fields = [_typed(typed[name]) if name in typed else
              Field(name, one.key_type if name == one.key_column else _TYPES[name], text,
                    references=parent if name == "parent_id" else "", in_key=name == one.key_column,
                    not_null=name != "parent_id")
              for name, text in _plain(texts(one))]
    return Entry(one.name, TABLE, one.comment, tuple(fields), one.name, _indexes(one.columns, bool(one.parent)))


def _with_deleted(one: Table, resource: Resource) -> Entry:
    typed = {column.in_view.strip('"'): column for column in one.columns}
    fields = [_typed(typed[name], name) if name in typed and name not in OF_VIEWS else
              Field(name, one.key_type if name == one.key_column else _TYPES[name], text)
              for name, text in _plain(texts_with_deleted(one))]
    return Entry(f"{one.name}_with_deleted", WITH_DELETED, about_with_deleted(one), tuple(fields), resource.name)


def _of_nested(one: NestedTable) -> Entry:
    typed = {column.name: column for column in one.columns}
    kinds = {one.parent: one.resource.key_type}
    fields = [_typed(typed[name]) if name in typed else
              Field(name, kinds.get(name) or _TYPES[name], text, in_key=name in one.key, not_null=name != "value",
                    references=f"{one.of}.{one.resource.key_column}" if name == one.parent else "")
              for name, text in _plain(nested_texts(one))]
    return Entry(one.name, NESTED, one.comment, tuple(fields), one.of, _indexes(one.columns, False))


def _typed(column: Column, name: str = "") -> Field:
    return Field(name or column.name, column.type, column.comment, column.references)


def _plain(texts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name.strip('"'), text) for name, text in texts]


def _indexes(columns: Sequence[Column], by_parent: bool) -> tuple[tuple[str, ...], ...]:
    return (*(column.index for column in columns if column.index), *([("parent_id",)] if by_parent else []))


def _answers() -> Iterator[Entry]:
    """The views and functions, from the statements that make them; names that begin with _ are of no use to others."""
    written = views()
    said = {found[1]: found[2].replace("''", "'") for text in written if (found := _SAID.match(text))}
    for text in written:
        if (found := _MADE.match(text)) is None:
            continue
        name, fields = found[2], tuple(Field(one.name, one.type, one.comment, one.references)
                                       for one in view_columns().get(found[2], ()))
        if found[1] == "VIEW":
            yield Entry(name, VIEW, said[name], fields)
        elif takes := _TAKES.match(found[3]):
            words = takes[1].replace("{schema}.", "").replace("pg_catalog.", "").split()
            yield Entry(name, FUNCTION, said[name], fields, takes=" ".join(words),
                        returns="" if takes[2] == "TABLE" else takes[2])
