"""Whoever may create in `public` gains nothing by it: no statement of ours calls what others planted there."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from sync_daemon.cli import demo_show
from sync_daemon.cli.check import check
from sync_daemon.cli.status import show_status
from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME, RESOURCES
from sync_daemon.postgres import migrations
from sync_daemon.postgres.connection import connect
from sync_daemon.postgres.statements import Queries, quote, statements, statements_for
from sync_daemon.runtime import jobs, lifecycle
from sync_daemon.simulator import Simulator
from sync_daemon.sync import cycle
from tests.conftest import on_both_postgres, settings_for
from tests.integration.postgres.test_roles import refused
from tests.support.planted import plant, was_called
from tests.support.roles import books_in, fits

pytestmark = on_both_postgres
KINDS = (BY_NAME["invoices"], next(one for one in RESOURCES if one.key_type == "text"))
"""A resource for each type of key: the statements are the same for all of a type."""


@pytest.fixture
async def planted(database: str) -> str:
    """An empty database in whose `public` a stranger has planted all that there is."""
    await plant(database)
    return database


async def test_what_is_planted_would_be_called(planted: str) -> None:
    for sql in ("SELECT unnest(ARRAY['x'])", "SELECT ARRAY['x'] || ARRAY['y']", "SELECT 1::numeric = 1::bigint",
                """SELECT '{}'::jsonb -> '"x"'""", "SELECT relname LIKE 'x' FROM pg_class"):
        connection = await asyncpg.connect(planted)
        try:
            with pytest.raises(asyncpg.RaiseError, match="planted"):
                await connection.fetch(sql)
        finally:
            await connection.close()
    assert await was_called(planted)


async def test_no_verb_calls_what_others_planted_in_public(
        planted: str, sim: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    settings = settings_for(sim, planted, sync_web_listen="off")
    sim.account.raw("tasks", b'{"id":99999999999999999999}', key=78_000_000)
    sim.account.raw("notes", b'{"id":78000001,"notes":"\\u0000","brand_new":1}', key=78_000_001)
    assert await lifecycle.migrate_only(settings)
    assert await lifecycle.supervise(settings, "backfill", jobs.backfill) is Exit.PARTLY, "one record is rejected"
    sim.account.touch(5)
    sim.account.delete("invoices", sim.account.ids("invoices")[0])
    sim.account.delete("notes", sim.account.ids("notes")[0], silent=True)
    stop = asyncio.Event()
    async with lifecycle.open_session(settings, "run", stop) as session:
        for _ in range(2):
            await cycle.one_cycle(session)
        await jobs.resync_now(session, BY_NAME["payments"])
        await jobs.resync_one_now(session, BY_NAME["customers"], sim.account.ids("customers")[0])
        await jobs.verify_now(session, repair=True, force=True, found=[])
        await session.context.store.state.retry_rejected("0")
        await jobs.backfill_since(session, 1)
        await jobs.backfill(session, at_once=True)
    assert await show_status(settings, as_json=True) in {Exit.OK, Exit.PARTLY}
    assert await check(settings, as_json=True) is Exit.OK
    capsys.readouterr()
    assert not await was_called(planted)


async def test_no_statement_resolves_to_what_others_planted_in_public(planted: str) -> None:
    """Also where no row comes along that would make it be called: the one who asks may not call what is planted."""
    queries = Queries("invoiced")
    async with connect(planted, 1) as pool:
        await migrations.migrate(pool, queries)
    every = [queries[name] for name in statements("bookkeeping")]
    every += [queries.rows(resource, name) for resource in KINDS for name in statements_for(resource)
              if fits(resource, name)]
    of_demo = (demo_show.COMPARE, demo_show.NEWEST, demo_show.SHOWN)
    every += [queries.fill(sql, resource) for resource in KINDS for sql in of_demo]
    every += [migrations.LOCK, migrations.HOLDS_SOMETHING, "SELECT pg_catalog.to_regclass($1)"]
    clerk = f"clerk of {planted.split('?')[0].rsplit('/', 1)[1]}"
    role = quote(clerk)
    connection = await asyncpg.connect(planted)
    try:
        await connection.execute(f"""CREATE ROLE {role}; GRANT USAGE ON SCHEMA invoiced TO {role};
            GRANT ALL ON ALL TABLES IN SCHEMA invoiced TO {role};
            GRANT ALL ON ALL FUNCTIONS IN SCHEMA invoiced TO {role};
            REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC""")
        assert await refused(connection, clerk, ["SELECT unnest($1::text[])", "SELECT $1::numeric = $2::bigint"]) != []
        assert await refused(connection, clerk, every) == []
    finally:
        await connection.execute(f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}")
        await connection.close()


async def test_a_superuser_who_runs_the_script_of_the_roles_calls_nothing_of_others(planted: str) -> None:
    async with books_in(planted, "books") as books:
        assert await books.make_roles("postgres") == ""
        await books.migrate()
        for role in ("postgres", books.role("owner")):
            assert await books.make_roles(role) == ""
        assert not await was_called(planted)
        connection = await asyncpg.connect(planted)
        try:
            paths = await connection.fetch(
                "SELECT rolname::pg_catalog.text, rolconfig FROM pg_catalog.pg_roles WHERE rolname IN "
                "('books_owner', 'books_reader', 'books_writer') ORDER BY 1")
        finally:
            await connection.close()
        assert [tuple(row) for row in paths] == [
            ("books_owner", ["search_path=pg_catalog"]), ("books_reader", ["search_path=pg_catalog, books"]),
            ("books_writer", ["search_path=pg_catalog"])]
        reader = await asyncpg.connect(books.url(books.role("reader")))
        try:
            assert await reader.fetch("SELECT unnest(ARRAY['x']) FROM invoices") == []
        finally:
            await reader.close()


async def test_a_role_that_was_there_keeps_its_search_path(database: str) -> None:
    async with books_in(database, "books") as books:
        connection = await asyncpg.connect(database)
        try:
            await connection.execute("CREATE ROLE books_reader LOGIN")
            await books.make_roles()
            assert await connection.fetchval("SELECT rolconfig FROM pg_roles WHERE rolname = 'books_reader'") is None
        finally:
            await connection.close()

