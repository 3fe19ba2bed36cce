"""SQL of the mirror tables and their views, emitted from their columns when a migration is written. Pure.

`make migration NAME=…` writes the next file of `sql/migrations/`: what `sql/tables/` describes and no migration does
yet. From then on that file is frozen.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator

from sync_daemon.humanize import say
from sync_daemon.model.resources import RESOURCES
from sync_daemon.postgres.columns import SQL, BadSql, Column, Table, table
from sync_daemon.postgres.nested_tables import NestedTable, nested_tables
from sync_daemon.postgres.statements import migrations, split
from sync_daemon.postgres.view_columns import view_columns

RAW = "The record as the list served it."
READ_AT = "When the request was sent that returned this row (by the database's clock)"
_BY_US = {
    "raw": ("jsonb NOT NULL", RAW),
    "hash": ("bytea NOT NULL", "BLAKE2b of the bytes received, 16 bytes long."),
    "read_at": ("timestamptz NOT NULL", f"{READ_AT}."),
    "synced_at": ("timestamptz NOT NULL DEFAULT pg_catalog.now()", "When this row was last written."),
}
_COMMENT = re.compile(r"^(COMMENT ON [^']*) IS '", re.MULTILINE)
_NAME = re.compile(r"[a-z0-9_]+")
_VIEW = re.compile(r"^CREATE OR REPLACE VIEW {schema}\.(\w+)")


def create(one: Table) -> list[str]:
    """The statements that create a table, its indexes, its view and all comments."""
    return [_create_table(one), *_indexes(one), *_comments(one), view(one, "CREATE VIEW"), *_view_comments(one)]


def changes(one: Table, done: str) -> list[str]:
    """The statements missing after the migrations `done`, a text. Raises BadSql if a column was dropped or changed.

    Columns are only added, because users' views read them.
    """
    if not _is_made(one, done):
        return create(one)
    added = _added(one, done)
    found = [*added, *(line for line in _indexes(one) if line not in done)]
    if added:
        found.append(view(one, "CREATE OR REPLACE VIEW"))
    return found + _new_comments([*_comments(one), *_view_comments(one)], done)


def nested_changes(one: NestedTable, done: str) -> list[str]:
    """The same for a nested table."""
    if not _is_made(one, done):
        return create_nested(one)
    found = [*_added(one, done), *(line for line in _column_indexes(one) if line not in done)]
    return found + _new_comments(_nested_comments(one), done)


def fills(done: str) -> list[str]:
    """The statements that have `migrate` fill the nested tables that come to a mirror with rows, one a resource."""
    new = dict.fromkeys(one.of for one in nested_tables() if not _is_made(one, done))
    return [f"INSERT INTO {{schema}}._nested_fill (resource)\n"
            f"SELECT '{of}' WHERE EXISTS (SELECT FROM {{schema}}.{of})\n"
            "ON CONFLICT (resource) DO UPDATE SET filled_to = NULL;" for of in new]


def _is_made(one: Table | NestedTable, done: str) -> bool:
    return f"CREATE TABLE {{schema}}.{one.name} (" in done


def _added(one: Table | NestedTable, done: str) -> list[str]:
    """The statement that adds the columns which are missing, if any are. Raises BadSql."""
    have = set(_made(one, done))
    want = [_definition(column) for column in one.columns]
    if lost := have - set(want):
        raise BadSql(f"{one.name} has a column that is never dropped or retyped: {sorted(lost)[0]}")
    added = [f"ADD COLUMN {line}" for line in want if line not in have]
    return [f"ALTER TABLE {{schema}}.{one.name}\n    " + ",\n    ".join(added) + ";"] if added else []


def _new_comments(comments: Iterable[str], done: str) -> list[str]:
    standing = dict(_last_comments(done))
    return [line for line in comments if standing.get(_target(line)) != line]


def view(one: Table, verb: str) -> str:
    """`NAME_with_deleted`: the rows of the table, and below them the tombstones of its resource.

    `OFFSET 0` keeps a reader's conditions from being evaluated on rows of other resources.
    """
    shown = ", ".join([one.key_column, "raw", "read_at", "synced_at", *map(_shown, one.columns)])
    key = "key::bigint" if one.key_type == "bigint" else "key"
    values = ",\n    ".join([f"deleted_at, evidence, {key}, raw, read_at, deleted_at",
                             *(column.value() for column in one.columns)])
    return (f"{verb} {{schema}}.{one.name}_with_deleted AS\n"
            f"SELECT NULL::timestamptz AS deleted_at, NULL::text AS deleted_evidence, {shown}\n"
            f"FROM {{schema}}.{one.name}\nUNION ALL\n(SELECT {values}\nFROM {{schema}}._deleted\n"
            f"WHERE resource = '{one.name}' AND returned_at IS NULL OFFSET 0);")


def _shown(column: Column) -> str:
    return column.quoted if column.in_view == column.quoted else f"{column.quoted} AS {column.in_view}"


def _create_table(one: Table) -> str:
    lines = [f"{one.key_column} {one.key_type} PRIMARY KEY", *(f"{name} {kind}" for name, (kind, _) in _BY_US.items()),
             *(_definition(column) for column in one.columns), *(["parent_id bigint"] if one.parent else [])]
    body = ",\n    ".join(lines)
    return f"CREATE TABLE {{schema}}.{one.name} (\n    {body}\n) WITH (toast_tuple_target = 4080);"


def create_nested(one: NestedTable) -> list[str]:
    """The statements that create a nested table, its indexes and all comments."""
    return [_create_nested(one), *_column_indexes(one), *_nested_comments(one)]


def _create_nested(one: NestedTable) -> str:
    lines = [f"{name} {_nested_type(one, name)} NOT NULL" for name in one.key]
    if one.is_metadata:
        lines += ["value text GENERATED ALWAYS AS (value_json #>> '{}'::text[]) STORED", "value_json jsonb NOT NULL"]
    else:
        lines += [*map(_definition, one.columns), "raw jsonb NOT NULL"]
    body = ",\n    ".join([*lines, f"PRIMARY KEY ({', '.join(one.key)})"])
    return f"CREATE TABLE {{schema}}.{one.name} (\n    {body}\n);"


def _nested_type(one: NestedTable, key: str) -> str:
    if key == one.parent:
        return one.resource.key_type
    return "text" if key == "key" else "integer"


def _nested_comments(one: NestedTable) -> list[str]:
    return [f"COMMENT ON TABLE {{schema}}.{one.name} IS {_literal(one.comment)};",
            *_column_comments(one.name, nested_texts(one))]


def nested_texts(one: NestedTable) -> Iterator[tuple[str, str]]:
    """The columns of a nested table, in the same way."""
    yield one.parent, f"The record it belongs to: {one.of}.{one.resource.key_column}."
    if one.is_metadata:
        yield "key", "The key, as custom_fields describes it; one of more than 1,000 bytes is in raw only."
        yield "value", "The value as text; NULL where it is null."
        yield "value_json", "The value as it came."
        return
    if one.within:
        yield "item_position", f"Which of the {one.within} it is applied to, from 1; 0: to the whole."
    yield "position", "Its place in the array, from 1."
    yield from ((column.quoted, column.comment) for column in one.columns)
    yield "raw", "The element as it came."


def _definition(column: Column) -> str:
    return f"{column.quoted} {column.type} GENERATED ALWAYS AS ({column.value()}) STORED"


def _made(one: Table | NestedTable, done: str) -> Iterator[str]:
    """The definitions of its generated columns in a text."""
    for statement in re.findall(rf"^(?:CREATE|ALTER) TABLE {{schema}}\.{one.name}\b.*?;$", done, re.M | re.S):
        yield from re.findall(r'^ +(?:ADD COLUMN )?("\w+" \w+ GENERATED ALWAYS AS .* STORED)[,;]?$', statement, re.M)


def _indexes(one: Table) -> Iterator[str]:
    yield from _column_indexes(one)
    if one.parent:
        yield f"CREATE INDEX {one.name}_parent_id_idx ON {{schema}}.{one.name} (parent_id);"


def _column_indexes(one: Table | NestedTable) -> Iterator[str]:
    """SP-GiST takes text of any length, unlike a btree, and is fast with many equal values, unlike a hash index."""
    for column in one.columns:
        if column.index:
            how = " USING spgist" if column.kind == "text" else ""
            columns = ", ".join(f'"{name}"' for name in column.index)
            yield f"CREATE INDEX {one.name}_{column.index[0]}_idx ON {{schema}}.{one.name}{how} ({columns});"


def _comments(one: Table) -> Iterator[str]:
    yield f"COMMENT ON TABLE {{schema}}.{one.name} IS {_literal(one.comment)};"
    yield from _column_comments(one.name, texts(one))


def texts(one: Table) -> list[tuple[str, str]]:
    """The columns of a table in their order, quoted, each with its comment."""
    found = [(one.key_column, one.key), *((name, text) for name, (_, text) in _BY_US.items()),
             *((column.quoted, column.comment) for column in one.columns)]
    return [*found, *([("parent_id", one.parent)] if one.parent else [])]


def _view_comments(one: Table) -> Iterator[str]:
    name = f"{one.name}_with_deleted"
    yield f"COMMENT ON VIEW {{schema}}.{name} IS {_literal(about_with_deleted(one))};"
    yield from _column_comments(name, texts_with_deleted(one))


def about_with_deleted(one: Table) -> str:
    """The comment of its view with deleted rows."""
    return (f"The rows of {one.name}, and below them those deleted at the source, as they last were (deleted_at is "
            "set).")


def texts_with_deleted(one: Table) -> list[tuple[str, str]]:
    """The columns of that view, in the same way."""
    return [
        ("deleted_at", "When the row was moved to the tombstones; NULL: it is still there."),
        ("deleted_evidence", "Evidence for the deletion; NULL: it is still there."),
        (one.key_column, one.key), ("raw", RAW),
        ("read_at", f"{READ_AT}; of a deleted one, the request that confirmed the deletion."),
        ("synced_at", "When this row was last written; of a deleted one, when it was moved to the tombstones."),
        *((column.in_view, column.comment) for column in one.columns)]


def _column_comments(relation: str, texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    for column, text in texts:
        yield f"COMMENT ON COLUMN {{schema}}.{relation}.{column} IS {_literal(text)};"


def _last_comments(done: str) -> Iterator[tuple[str, str]]:
    for line in done.splitlines():
        if line.startswith("COMMENT ON "):
            yield _target(line), line


def _target(comment: str) -> str:
    found = _COMMENT.match(comment)
    return found[1] if found else comment


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def views() -> list[str]:
    """The statements of `sql/views/`, in order: indexes, functions and views that are written by hand."""
    return [statement for path in sorted((SQL / "views").iterdir(), key=lambda path: path.name)
            for statement in split(path.read_text(encoding="utf-8"))]


def view_comments() -> list[str]:
    """The comments on the columns of these views. Postgres takes none on what a function returns."""
    made = {found[1] for statement in views() if (found := _VIEW.match(statement))}
    return [line for name, columns in view_columns().items() if name in made
            for line in _column_comments(name, ((f'"{column.name}"', column.comment) for column in columns))]


def pending() -> list[str]:
    """The statements that the next migration needs. Raises BadSql."""
    done = "\n".join(migration.sql for migration in migrations())
    made = {statement for migration in migrations() for statement in migration.statements}
    return [*(line for resource in RESOURCES for line in changes(table(resource), done)),
            *(line for one in nested_tables() for line in nested_changes(one, done)), *fills(done),
            *(f"{statement};" for statement in views() if statement not in made),
            *_new_comments(view_comments(), done)]


def main(arguments: list[str]) -> None:
    """Writes the next migration. Raises SystemExit with a message if it can't or need not be written."""
    try:
        if len(arguments) != 1 or _NAME.fullmatch(arguments[0]) is None:
            raise BadSql("Say what the migration does, in small letters, digits and _: make migration NAME=add_color")
        found = pending()
        if not found:
            raise BadSql("The migrations do all that sql/tables says: there is nothing to write.")
    except BadSql as error:
        raise SystemExit(str(error)) from None
    path = SQL / "migrations" / f"{len(migrations()) + 1:04}_{arguments[0]}.sql"
    path.write_text("\n\n".join(found) + "\n", encoding="utf-8")
    say(f"sql/migrations/{path.name}: {len(found)} statements")


if __name__ == "__main__":
    main(sys.argv[1:])
