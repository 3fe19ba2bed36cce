"""The schema as `sql/schema.sql` and `sql/tables/` describe it, without any migration."""

from sync_daemon.model.resources import RESOURCES
from sync_daemon.postgres.columns import SQL, table
from sync_daemon.postgres.table_ddl import create


def as_defined() -> str:
    """All SQL of the schema, with `{schema}` as its name."""
    tables = [statement for resource in RESOURCES for statement in create(table(resource))]
    return "\n\n".join([(SQL / "schema.sql").read_text(encoding="utf-8"), *tables])
