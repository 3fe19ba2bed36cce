"""What engines that spread a database over several nodes need of our SQL (Citus, as measured): no engine here tells.

Each rule is a function from a statement to what breaks it, so that it can be shown to see a breach.
"""

from __future__ import annotations

import re

import pytest

from sync_daemon.model.resources import RESOURCES
from sync_daemon.postgres.columns import SQL
from sync_daemon.postgres.statements import Queries, migrations, statements
from tests.support.planted import bare

MOVING = r"(?:now|clock_timestamp|statement_timestamp|random|gen_random_uuid|pg_postmaster_start_time|nextval)\("
"""Functions that are not immutable."""
NAMED = {f"{path.stem}.{name}": bare(text) for path in sorted((SQL / "queries").glob("*.sql"))
         for name, text in statements(path.stem).items()}
each = pytest.mark.parametrize("sql", NAMED.values(), ids=NAMED)


def commands(sql: str) -> int:
    """How many commands a text has: a text of several is no prepared statement. A body of a function is none."""
    text = re.sub(r"\$\$.*?\$\$|BEGIN ATOMIC.*; END", "", re.sub(r"'(?:[^']|'')*'", "", bare(sql)), flags=re.DOTALL)
    return len([part for part in text.split(";") if part.strip()])


def moving_in_conflict(sql: str) -> list[str]:
    """Functions in ON CONFLICT that differ from node to node: `excluded.column`, or a parameter, has the moment."""
    return [found for part in re.findall(r"ON CONFLICT(.*?)(?:RETURNING|\n\)|$)", sql, re.DOTALL | re.IGNORECASE)
            for found in re.findall(MOVING, part)]


def moving_in_case(sql: str) -> list[str]:
    """Functions within CASE or COALESCE of an update, which are not evaluated beforehand there."""
    if not re.search(r"\bUPDATE\b", sql):
        return []
    parts = [*re.findall(r"\bCASE\b(.*?)\bEND\b", sql, re.DOTALL | re.IGNORECASE),
             *re.findall(r"\bcoalesce\s*\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)", sql, re.DOTALL | re.IGNORECASE)]
    return [found for part in parts for found in re.findall(MOVING, part)]


def joined_insert(sql: str) -> list[str]:
    """INSERT … SELECT from more than one WITH query or functions: the key of the shard gets lost."""
    found = re.findall(r"INSERT INTO [^;]*?\)\s*SELECT\b.*?\bFROM\s+((?:ROWS FROM)?)\s*([\w{}.]+)?\s*(,|JOIN\b|AS\b)?",
                       sql, re.DOTALL)
    withs = set(re.findall(r"(\w+)(?: \([^)]*\))? AS (?:MATERIALIZED )?\(", sql))
    return [name for rows, name, more in found if not rows and (more or name not in withs)]


@pytest.mark.parametrize("migration", migrations(), ids=lambda migration: migration.name)
def test_a_migration_runs_one_statement_at_a_time_and_changes_no_storage(migration: object) -> None:
    texts = migration.statements  # type: ignore[attr-defined]  # a Migration
    assert texts
    assert [text for text in texts if commands(text) != 1] == []
    assert [text for text in texts if re.search(r"SET STORAGE|DROP EXPRESSION", text)] == []


@each
def test_a_statement_is_one_command(sql: str) -> None:
    assert commands(sql) == 1


@each
def test_on_conflict_has_no_moment_of_its_own(sql: str) -> None:
    assert moving_in_conflict(sql) == []


@each
def test_no_update_asks_for_the_time_within_a_case(sql: str) -> None:
    assert moving_in_case(sql) == []


@each
def test_what_is_inserted_from_a_query_comes_from_one_with(sql: str) -> None:
    assert joined_insert(sql) == []


def test_roles_are_committed_before_they_are_used_and_the_reader_reads_tombstones() -> None:
    script = re.sub(r"--.*", "", (SQL / "roles.sql").read_text())
    made, used = script.index("CREATE ROLE"), script.index("CREATE SCHEMA")
    assert re.search(r"COMMIT;\s+BEGIN;\s+SET LOCAL search_path = pg_catalog;", script[made:used])
    assert re.search(r"\('_deleted', '[^']*', 'SELECT'\)", script)


@pytest.mark.parametrize(("rule", "breach"), [
    (moving_in_conflict, "INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = pg_catalog.now()"),
    (moving_in_conflict, ("WITH w AS (\n  INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 1 "
                          "WHERE now() > b\n)")),
    (moving_in_case, "UPDATE t SET a = CASE WHEN b THEN pg_catalog.now() END"),
    (moving_in_case, "UPDATE t SET a = coalesce(a, least(b, pg_catalog.now()))"),
    (joined_insert, "INSERT INTO t (a) SELECT b.a FROM {table} AS b WHERE true"),
    (joined_insert, "WITH w AS (SELECT 1) INSERT INTO t (a) SELECT w.a FROM w, x"),
], ids=lambda one: getattr(one, "__name__", one))
def test_a_breach_is_seen(rule: object, breach: str) -> None:
    assert rule(breach)  # type: ignore[operator]  # a function of this module


def test_every_migration_is_filled_statement_by_statement() -> None:
    [first, *_] = Queries('Odd "name; x').migrations()
    assert len([text for text in first.statements if text.startswith("CREATE TABLE")]) > len(RESOURCES)
