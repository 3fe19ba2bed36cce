"""The schema as `sql/schema.sql`, `sql/tables/`, `sql/nested/` and `sql/views/` describe it, without any migration."""

import re

from sync_daemon.model.resources import RESOURCES
from sync_daemon.postgres.columns import SQL, Table, table
from sync_daemon.postgres.nested_tables import nested_tables
from sync_daemon.postgres.table_ddl import create, create_nested, view_comments, views


def answers() -> set[str]:
    """Names of the views that are written by hand."""
    return {found for text in views() for found in re.findall(r"^CREATE OR REPLACE VIEW {schema}\.(\w+)", text)}


def as_defined(*others: Table) -> str:
    """All SQL of the schema, with `{schema}` as its name; `others` replace the tables of their names."""
    instead = {other.name: other for other in others}
    tables = [statement for resource in RESOURCES
              for statement in create(instead.get(resource.name, table(resource)))]
    nested = [statement for one in nested_tables() for statement in create_nested(one)]
    by_hand = [*(f"{statement};" for statement in views()), *view_comments()]
    return "\n\n".join([(SQL / "schema.sql").read_text(encoding="utf-8"), *tables, *nested, *by_hand])
