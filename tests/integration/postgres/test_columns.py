"""Columns are data: `sql/tables/` says what they are, and a migration is emitted from it, as CONTRIBUTING shows."""

from __future__ import annotations

import re
from pathlib import Path

import asyncpg
import pytest

from sync_daemon.model.resources import BY_NAME
from sync_daemon.postgres.columns import SQL, BadSql, parse, table
from sync_daemon.postgres.nested_tables import nested_tables
from sync_daemon.postgres.statements import Queries, migrations
from sync_daemon.postgres.table_ddl import changes, fills, pending
from tests.support.catalogue import CATALOGUE, catalogue, connected
from tests.support.defined import as_defined

INVOICES = BY_NAME["invoices"]
TEXT = (SQL / "tables" / "invoices.toml").read_text(encoding="utf-8")
DONE = "\n".join(migration.sql for migration in migrations())
CONTRIBUTING = Path(__file__).parents[3] / "CONTRIBUTING.md"


def example() -> str:
    """The line that CONTRIBUTING has a reader add."""
    [line] = re.findall(r"^ *(\w+ = \{ kind = .* \})$", CONTRIBUTING.read_text(encoding="utf-8"), re.MULTILINE)
    return str(line)


def test_the_migrations_do_all_that_the_columns_say() -> None:
    assert pending() == []


def test_new_nested_tables_are_filled_once_for_each_resource() -> None:
    assert fills(DONE) == []
    wanted = [re.findall(r"SELECT '(\w+)'", text) for text in fills("")]
    assert wanted == [[of] for of in dict.fromkeys(one.of for one in nested_tables())]


def test_every_nested_table_is_of_a_field_that_its_resource_knows() -> None:
    for one in nested_tables():
        assert one.field in table(one.resource).nested, one.name
        assert one.within is None or one.within in table(one.resource).nested, one.name


async def test_a_column_is_one_line_and_a_migration(mirror_database: str, database: str) -> None:
    described = parse(INVOICES, f"{TEXT}{example()}\n")
    [name] = {column.name for column in described.columns} - {column.name for column in table(INVOICES).columns}
    fill = Queries("invoiced").fill
    async with connected(mirror_database) as connection:
        await store(connection, "invoices", f'{{"id": 1, "{name}": 12.5}}')
        await connection.execute(
            "INSERT INTO invoiced._deleted (resource, key, raw, read_at, evidence) "
            f"""VALUES ('invoices', '2', '{{"id": 2, "{name}": 7}}', now(), 'test')""")
        for statement in changes(described, DONE):
            await connection.execute(fill(statement))
        rows = await connection.fetch(f"SELECT id, {name} FROM invoiced.invoices_with_deleted ORDER BY id")
        assert [tuple(map(float, row)) for row in rows] == [(1, 12.5), (2, 7)]
    async with connected(database) as connection:
        await connection.execute("CREATE SCHEMA invoiced")
        await connection.execute(fill(as_defined(described)))
    added, made = await catalogue(mirror_database, "invoiced"), await catalogue(database, "invoiced")
    assert {part for part in CATALOGUE if added[part] != made[part]} == set()


async def store(connection: asyncpg.Connection, name: str, raw: str) -> None:
    await connection.execute(f"INSERT INTO invoiced.{name} (id, raw, hash, read_at) VALUES (1, $1, '', now())", raw)


def test_what_is_done_is_not_done_again() -> None:
    described = parse(INVOICES, f"{TEXT}{example()}\n")
    statements = changes(described, DONE)
    assert statements
    assert changes(described, DONE + "\n" + "\n".join(statements)) == []


def test_a_changed_comment_is_a_comment_alone() -> None:
    described = parse(INVOICES, TEXT.replace("Title of the invoice.", "Its title."))
    assert changes(described, DONE) == [
        'COMMENT ON COLUMN {schema}.invoices."name" IS \'Its title.\';',
        'COMMENT ON COLUMN {schema}.invoices_with_deleted."name" IS \'Its title.\';']


@pytest.mark.parametrize(("old", "new"), [
    ('name = { kind = "text"', 'title = { kind = "text"'),
    ('balance = { kind = "numeric"', 'balance = { kind = "text"'),
], ids=["dropped", "retyped"])
def test_a_column_is_never_dropped_or_retyped(old: str, new: str) -> None:
    with pytest.raises(BadSql, match="never dropped or retyped"):
        changes(parse(INVOICES, TEXT.replace(old, new)), DONE)


@pytest.mark.parametrize(("line", "said"), [
    ("color = {", "Unclosed inline table|Invalid|Expected"),
    ('color = { kind = "money", comment = "x" }', "color: kind is one of text, bigint"),
    ('color = { kind = "text" }', "color lacks comment"),
    ('color = { kind = "text", comment = "x", colour = 1 }', "color has colour, which mean nothing"),
    ('color = { kind = "bigint", also = "boolean", comment = "x" }', "also is number or boolean, of a text column"),
    ('"colo{r}" = { kind = "text", comment = "x" }', "is not a name of small letters"),
    ('color = { kind = "text", path = "a.b\'", comment = "x" }', "is not a name of small letters"),
    ("color = 1", "color is not a table"),
], ids=str)
def test_a_line_that_is_wrong_is_named(line: str, said: str) -> None:
    with pytest.raises(BadSql, match=said) as caught:
        parse(INVOICES, f"{TEXT}{line}\n")
    assert "sql/tables/invoices.toml" in str(caught.value)
