"""sql/roles.sql: who may do what. The writer may do what the statements of the program do and no more, the reader may
read, and `check` asks for the same as the script grants."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

import asyncpg
import pytest

from sync_daemon.model.resources import BY_NAME, RESOURCES
from sync_daemon.postgres.migrations import version
from sync_daemon.postgres.nested_tables import nested_tables
from sync_daemon.postgres.statements import Queries, quote, statements, statements_for
from tests.conftest import on_both_postgres
from tests.support.defined import answers
from tests.support.roles import Books, books_in, fits

pytestmark = on_both_postgres
NESTED = tuple(one.name for one in nested_tables())
ANY = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
RIGHTS = """
SELECT c.relname AS name, array_agg(r.name) AS rights
FROM pg_class AS c CROSS JOIN unnest($3::text[]) AS r (name)
WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'v') AND has_table_privilege($2, c.oid, r.name)
GROUP BY 1"""


@pytest.fixture
async def books(database: str) -> AsyncIterator[Books]:
    """A database with an empty mirror whose roles have just what they need."""
    async with books_in(database, 'Books 2"x') as books:
        assert await books.make_roles() == ""
        await books.migrate()
        assert await books.make_roles() == ""
        yield books


@pytest.fixture
async def connection(books: Books) -> AsyncIterator[asyncpg.Connection]:
    """Of the superuser, who can take any role and undo what was done."""
    connection = await asyncpg.connect(books.dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def rights(connection: asyncpg.Connection, books: Books, which: str) -> dict[str, set[str]]:
    """What a role may do, by the name of the table or view."""
    rows = await connection.fetch(RIGHTS, quote(books.schema), books.role(which), ANY)
    return {row["name"]: set(row["rights"]) for row in rows}


def all_statements(books: Books) -> Iterator[str]:
    """Every statement that the service gives to Postgres, those for a mirror table made out for invoices."""
    queries = Queries(books.schema)
    yield from (queries[name] for name in statements("bookkeeping") if name != "server")
    yield from (queries.rows(BY_NAME["invoices"], name) for name in statements_for(BY_NAME["invoices"]))
    yield f"SELECT max(version) FROM {quote(books.schema)}._migration"


async def refused(connection: asyncpg.Connection, role: str, sql: list[str]) -> list[str]:
    """Those statements for which a role lacks a right. None is executed: EXPLAIN asks for the rights all the same."""
    found = []
    for statement in sql:
        numbers = [int(number) for number in re.findall(r"\$(\d+)", statement)]
        nulls = f"({', '.join(['NULL'] * max(numbers))})" if numbers else ""
        await connection.execute(f"PREPARE one AS {statement}")
        try:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL ROLE {quote(role)}")
                await connection.execute(f"EXPLAIN EXECUTE one{nulls}")
                await connection.execute("RESET ROLE")
        except asyncpg.InsufficientPrivilegeError:
            found.append(statement)
        await connection.execute("DEALLOCATE one")
    return found


@contextmanager
def denied() -> Iterator[None]:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        yield


async def test_the_writer_may_execute_every_statement_of_the_program(
        books: Books, connection: asyncpg.Connection) -> None:
    queries = Queries(books.schema)
    of_tables = [queries.rows(resource, name) for resource in RESOURCES for name in statements_for(resource)
                 if fits(resource, name)]
    assert await refused(connection, books.role("writer"), [*all_statements(books), *of_tables]) == []


async def test_each_right_of_the_writer_is_needed_and_check_misses_it(
        books: Books, connection: asyncpg.Connection) -> None:
    schema, writer = quote(books.schema), quote(books.role("writer"))
    server = Queries(books.schema)["server"]

    async def lacking() -> list[str]:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL ROLE {writer}")
            found = await connection.fetchrow(server, books.schema, [*BY_NAME, *NESTED])
            await connection.execute("RESET ROLE")
        return list(found["lacking"])

    assert await lacking() == []
    granted = await rights(connection, books, "writer")
    assert len(granted) == len(RESOURCES) + len(NESTED) + 11
    for table in sorted(granted):
        if table in {*BY_NAME, *NESTED} and table != "invoices":  # the same statements serve them all
            assert granted[table] == granted["invoices"]
            continue
        for right in granted[table]:
            undo = connection.transaction()
            await undo.start()
            await connection.execute(f"REVOKE {right} ON {schema}.{table} FROM {writer}")
            about = [sql for sql in all_statements(books) if f"{schema}.{table}" in sql]
            assert await refused(connection, books.role("writer"), about), f"no statement needs {right} on {table}"
            assert await lacking() == [f"{right} ON {schema}.{table}"]
            await undo.rollback()


async def test_the_writer_can_change_no_table_and_nothing_of_others(books: Books) -> None:
    connection, schema = await asyncpg.connect(books.url(books.role("writer"))), quote(books.schema)
    try:
        for sql in (f"CREATE TABLE {schema}.mine (id int)", f"ALTER TABLE {schema}.notes ADD COLUMN mine int",
                    f"DROP TABLE {schema}.notes", f"TRUNCATE {schema}.notes", f"CREATE INDEX ON {schema}.notes (id)",
                    f"DELETE FROM {schema}._account", f"DELETE FROM {schema}._deleted",
                    f"INSERT INTO {schema}._migration VALUES (99, 'mine')", f"DROP SCHEMA {schema} CASCADE",
                    "CREATE SCHEMA mine", "CREATE TABLE public.mine (id int)", "CREATE ROLE mine",
                    f"SET ROLE {quote(books.role('owner'))}"):
            with denied():
                await connection.execute(sql)
    finally:
        await connection.close()


async def test_the_reader_reads_the_mirror_and_how_fresh_it_is_and_writes_nothing(
        books: Books, connection: asyncpg.Connection) -> None:
    views = {f"{name}_with_deleted" for name in BY_NAME}
    assert await rights(connection, books, "reader") == {
        name: {"SELECT"} for name in {*BY_NAME, *views, *answers(), *NESTED, "_account", "_deleted", "_misfit",
                              "_nested_fill", "_resource_state", "_run"}}
    schema = quote(books.schema)
    await connection.execute(
        f"INSERT INTO {schema}._deleted (resource, key, raw, evidence, read_at) "
        """VALUES ('notes', '7', '{"id": 7, "notes": "gone"}', 'said so', now())""")
    reader = await asyncpg.connect(books.url(books.role("reader")))
    try:
        assert await reader.fetchval(f"SELECT notes FROM {schema}.notes_with_deleted") == "gone"
        for sql in (f"SELECT FROM {schema}._rejected", f"DELETE FROM {schema}._deleted",
                    f"INSERT INTO {schema}.notes (id) VALUES (1)", f"UPDATE {schema}.notes SET raw = '{{}}'",
                    f"DELETE FROM {schema}.notes", f"TRUNCATE {schema}.notes", f"UPDATE {schema}._run SET verb = ''",
                    f"CREATE VIEW {schema}.mine AS SELECT 1", "CREATE TABLE public.mine (id int)"):
            with denied():
                await reader.execute(sql)
    finally:
        await reader.close()


async def test_before_the_first_migration_and_after_later_ones_default_privileges_do(
        database: str) -> None:
    async with books_in(database, "books") as books:
        await books.make_roles()
        await books.migrate()  # and no second time
        connection = await asyncpg.connect(database)
        try:
            assert await refused(connection, books.role("writer"), list(all_statements(books))) == []
            await connection.execute("SET ROLE books_owner; CREATE TABLE books.of_a_later_version (id int); RESET ROLE")
            assert (await rights(connection, books, "writer"))["of_a_later_version"] == {
                "SELECT", "INSERT", "UPDATE", "DELETE"}
            assert (await rights(connection, books, "reader"))["of_a_later_version"] == {"SELECT"}
        finally:
            await connection.close()


async def test_it_can_be_run_again_also_by_the_owner_and_changes_nothing(
        books: Books, connection: asyncpg.Connection) -> None:
    async def everything() -> list[asyncpg.Record]:
        return await connection.fetch(
            "SELECT relname, relacl::text FROM pg_class UNION ALL SELECT proname, proacl::text FROM pg_proc UNION ALL "
            "SELECT nspname, nspacl::text FROM pg_namespace UNION ALL SELECT 'default', defaclacl::text FROM "
            "pg_default_acl UNION ALL SELECT 'member', (roleid, member, admin_option)::text FROM pg_auth_members "
            "UNION ALL SELECT rolname, (rolcanlogin, rolcreaterole, rolsuper)::text FROM pg_roles ORDER BY 1, 2")

    before = await everything()
    for role in (books.person, books.role("owner")):
        assert await books.make_roles(role) == ""
        assert await everything() == before


async def test_a_schema_of_somebody_else_is_told_and_left_alone(database: str) -> None:
    async with books_in(database, "books") as books:
        connection = await asyncpg.connect(books.url(books.person))
        try:
            await connection.execute("CREATE SCHEMA books")
            said = await books.make_roles()
            assert f"belongs to {books.person}, not to books_owner" in said
            assert f"-v owner='{books.person}'" in said
            assert await connection.fetch("SELECT FROM pg_roles WHERE rolname LIKE 'books\\_%'") == []
        finally:
            await connection.close()


async def test_where_the_public_may_call_no_function_writer_and_reader_still_may(database: str) -> None:
    async with books_in(database, "books") as books:
        await books.make_roles()
        connection = await asyncpg.connect(database)
        try:
            await connection.execute("SET ROLE books_owner; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM "
                                     "public; RESET ROLE")
            await books.migrate()
            await connection.execute("SET ROLE books_writer")
            await connection.execute("""INSERT INTO books.notes VALUES (1, '{"notes": "here"}', '', now())""")
            await connection.execute("SET ROLE books_reader")
            assert await connection.fetchval("SELECT notes FROM books.notes_with_deleted") == "here"
        finally:
            await connection.close()


async def test_some_readers_can_be_kept_from_columns(books: Books, connection: asyncpg.Connection) -> None:
    schema, clerks = quote(books.schema), quote(f"clerks {books.person}")
    await connection.execute(f"CREATE ROLE {clerks}; GRANT USAGE ON SCHEMA {schema} TO {clerks}; "
                             f"GRANT SELECT (id, number) ON {schema}.customers TO {clerks}")
    try:
        assert await books.make_roles() == ""
        await connection.execute(f"SET ROLE {clerks}")
        await connection.execute(f"SELECT id, number FROM {schema}.customers")
        for sql in ("SELECT raw FROM {}.customers", "SELECT FROM {}.payment_sources",
                    "SELECT raw FROM {}.customers_with_deleted"):
            with denied():
                await connection.execute(sql.format(schema))
    finally:
        await connection.execute(f"RESET ROLE; DROP OWNED BY {clerks}; DROP ROLE {clerks}")


async def test_who_reads_the_deleted_of_one_table_can_not_make_a_function_tell_those_of_others(
        books: Books, connection: asyncpg.Connection) -> None:
    schema, clerk, said = quote(books.schema), f"clerk of {books.person}", list[str]()
    await connection.execute(
        f"CREATE ROLE {quote(clerk)} LOGIN; GRANT USAGE ON SCHEMA {schema} TO {quote(clerk)}; "
        f"GRANT SELECT ON {schema}.notes_with_deleted TO {quote(clerk)}; "
        f"INSERT INTO {schema}._deleted (resource, key, raw, evidence, read_at, returned_at) VALUES "
        """('notes', '7', '{"notes": "mine"}', '', now(), NULL), ('notes', '8', '{"notes": "back"}', '', now(), now()),
        ('payment_sources', 'card:9', '{"last4": "4242"}', '', now(), NULL)""")
    reader = await asyncpg.connect(books.url(clerk))
    reader.add_log_listener(lambda _, message: said.append(str(message)))
    try:
        await reader.execute("""CREATE FUNCTION pg_temp.tell(raw jsonb) RETURNS boolean LANGUAGE plpgsql COST 0.0001
            AS $$BEGIN RAISE NOTICE 'told %', raw; RETURN true; END$$;
            SET enable_indexscan = off; SET enable_bitmapscan = off""")
        for what in ("raw", "deleted_evidence", "key", "id"):
            with suppress(asyncpg.UndefinedColumnError):
                await reader.fetch(f"SELECT FROM {schema}.notes_with_deleted WHERE pg_temp.tell(to_jsonb({what}))")
        for condition in ("pg_temp.tell(raw)", "id / 7 = 1"):  # the second asks for ids where others have none
            assert len(await reader.fetch(f"SELECT FROM {schema}.notes_with_deleted WHERE {condition}")) == 1
    finally:
        await reader.close()
        await connection.execute(f"DROP OWNED BY {quote(clerk)}; DROP ROLE {quote(clerk)}")
    assert "mine" in "".join(said)
    assert "4242" not in "".join(said)
    assert "back" not in "".join(said)


async def test_the_version_is_read_with_the_writers_rights(books: Books) -> None:
    connection = await asyncpg.connect(books.url(books.role("writer")))
    try:
        assert await version(connection, books.schema) == len(Queries(books.schema).migrations())  # type: ignore[arg-type]
    finally:
        await connection.close()
