"""Rules about our SQL that no database would notice: names that others could take, and placeholders where they hurt.

That it holds against real plants is shown by tests/integration/postgres/test_search_path.py.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_daemon.postgres.columns import SQL
from sync_daemon.postgres.statements import Queries, statements
from tests.support.planted import bare

ROOT = Path(__file__).parents[2]
UNDER_A_SEARCH_PATH = {"roles.sql"}
"""What runs with pg_catalog as its search_path: the script of the roles, and migrations older than this rule."""
SYNTAX = {"coalesce", "greatest", "least", "extract"}
"""Called like functions, but built into the language, where no search_path matters."""
FILES = [path for path in sorted(SQL.rglob("*.sql")) if path.name not in UNDER_A_SEARCH_PATH]


def in_python() -> Iterator[tuple[str, str]]:
    """Every statement in the program itself, with {} for what is put in."""
    for path in sorted((ROOT / "sync_daemon").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
            if re.match(r"\n?(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER)\b[^.]", text):
                yield path.name, text


def unqualified(sql: str) -> set[str]:
    """Functions, and tables of the catalogue, that are named without their schema."""
    called = set(re.findall(r"(?<![\w.}\"])([a-z]\w*)\(", bare(sql)))
    return called - SYNTAX | set(re.findall(r"(?<![\w.])(pg_\w+)\b(?!\.)", bare(sql)))


def test_every_statement_is_used_and_none_is_named_outside_the_room_that_speaks_sql() -> None:
    """What others may ask is a typed method of a store: a wrong argument is seen before anything runs."""
    named = {name.split(".")[-1] for path in (SQL / "queries").glob("*.sql") for name in statements(path.stem)}
    texts = {path: path.read_text() for path in (ROOT / "sync_daemon").rglob("*.py")}
    room = "".join(text for path, text in texts.items() if path.parent.name == "postgres")
    assert {name for name in named if f'"{name}"' not in room} == set()
    asked = re.compile(r"\.(?:rows?|value|table_rows|table_value)\(\s*(?:\w+, )?\"(\w+)\"|queries\[")
    assert [path.name for path, text in texts.items() if path.parent.name != "postgres" and asked.search(text)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_function_is_named_with_its_schema(path: Path) -> None:
    assert unqualified(path.read_text()) == set()


@pytest.mark.parametrize("path", sorted((SQL / "views").iterdir()), ids=lambda path: path.name)
def test_a_view_asks_once_for_the_day_and_the_zone_and_not_for_each_row(path: Path) -> None:
    """Each call reads the company's row and tries its zone; within a sub-select it is made once."""
    body = re.sub(r"COMMENT ON .*|(?:DEFAULT|FUNCTION) \{schema\}\.company_\w+\(\)", "", path.read_text())
    asked = re.findall(r"(SELECT |AS zone, )?\{schema\}\.company_(?:today|zone)\(\)", body)
    assert all(asked) or path.name == "1_ledger.sql", "company_today itself asks for the zone"


def test_so_is_every_function_in_the_statements_of_the_program() -> None:
    found = list(in_python())
    assert len(found) > 5
    assert {(name, *unqualified(sql)) for name, sql in found if unqualified(sql)} == set()


def test_a_function_without_its_schema_is_noticed() -> None:
    assert unqualified("SELECT now(), {schema}._text(raw), pg_catalog.max(id) FROM pg_class -- sum(x)\n") == {
        "now", "pg_class"}


def test_the_script_of_the_roles_looks_for_names_in_the_catalogue_alone_before_it_asks_for_anything() -> None:
    lines = (line.strip() for line in (SQL / "roles.sql").read_text().splitlines())
    statements = [line for line in lines if line and not line.startswith(("--", "\\"))]
    assert statements[:2] == ["BEGIN;", "SET LOCAL search_path = pg_catalog;"]


@pytest.mark.parametrize("path", sorted(SQL.rglob("*.sql")), ids=lambda path: path.name)
def test_no_name_is_put_into_a_comment(path: Path) -> None:
    filled = Queries('up to here\nSELECT 1 / 0; {key} "').fill(path.read_text())
    assert "SELECT 1 / 0" not in "".join(re.findall(r"--.*\n.*", filled))
    assert not re.search(r"--.*\{(schema|table|key|key_type)\}", re.sub(r"^\s*--.*$", "", path.read_text(), flags=re.M))


def test_what_a_name_holds_is_never_taken_for_a_placeholder() -> None:
    queries = Queries('a{key}b{schema}c"')
    assert queries.fill("{schema}.x {table}") == '"a{key}b{schema}c""".x {table}'
