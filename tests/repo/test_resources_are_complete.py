"""A resource is three edits: a row, its columns with a migration, simulator data. A test names what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync_daemon.model.resources import RESOURCES, Resource, Way, choose
from sync_daemon.postgres import columns, statements, table_ddl
from sync_daemon.simulator import Options, Simulator

ROOT = Path(__file__).parents[2]
MIGRATIONS = "".join(path.read_text() for path in sorted((ROOT / "sql" / "migrations").glob("*.sql")))
each = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)


def test_every_row_has_its_table_and_every_table_its_row() -> None:
    columns.check()


@each
def test_a_migration_makes_the_table_and_its_view(resource: Resource) -> None:
    assert f"CREATE TABLE {{schema}}.{resource.name} (" in MIGRATIONS
    assert f"CREATE VIEW {{schema}}.{resource.name}_with_deleted AS" in MIGRATIONS


@each
def test_a_view_tells_functions_in_a_condition_no_row_that_it_leaves_out(resource: Resource) -> None:
    view = table_ddl.view(columns.table(resource), "CREATE VIEW")
    assert f"WHERE resource = '{resource.name}' AND returned_at IS NULL OFFSET 0);" in view


@each
def test_the_simulator_has_data_of_it(resource: Resource) -> None:
    account = Simulator(Options(seed=7, objects=2000)).account
    assert resource.way is Way.SINGLE or resource.way is Way.FEED or account.count(resource.name) > 0


@each
def test_children_have_their_statements(resource: Resource) -> None:
    wanted = {"parents", "of", "asked", "parentless"}
    assert resource.way is not Way.CHILD or wanted <= set(statements.statements_for(resource))


def test_money_never_passes_through_a_float() -> None:
    assert not any(word in name for name in columns.TYPES.values() for word in ("real", "double", "float"))


def test_parents_stand_before_their_children() -> None:
    names = [resource.name for resource in RESOURCES]
    for resource in RESOURCES:
        assert resource.parent is None or names.index(resource.parent) < names.index(resource.name)


def test_a_choice_keeps_the_order_and_a_minus_leaves_one_out() -> None:
    assert [one.name for one in choose(("invoices", "customers"))] == ["customers", "invoices"]
    assert len(choose(("-events",))) == len(RESOURCES) - 1
    assert choose(()) == choose(("all",)) == RESOURCES
    with pytest.raises(KeyError):
        choose(("nothing",))
