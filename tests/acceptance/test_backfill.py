"""`backfill` makes the mirror equal to the account, and says so."""

from __future__ import annotations

import json
import time
from pathlib import Path

import asyncpg
import pytest

from sync_daemon.model.resources import BY_NAME, RESOURCES
from sync_daemon.simulator import Simulator
from tests.conftest import Simulate
from tests.support.comparing import differences, in_mirror
from tests.support.mirror import query, settings
from tests.support.program import Programs


async def versions(dsn: str) -> dict[str, list[asyncpg.Record]]:
    """Which version of each row every mirror table holds."""
    return {resource.name: await query(dsn, f"SELECT ctid::text, xmin::text FROM invoiced.{resource.name} ORDER BY 1")
            for resource in RESOURCES}


async def test_a_backfill_is_equal_to_the_account_for_every_resource(
        programs: Programs, simulate: Simulate, database: str) -> None:
    begun = time.time()
    async with simulate(objects=3000) as sim:
        sim.account.touch(30)  # events of the last minutes are mirrored too
        ended = await programs.call("backfill", **settings(sim, database))
        assert ended.code == 0, ended.stderr
        assert await differences(sim.url, sim.api_key, database, since_event=begun - 60) == {}
        for resource in RESOURCES:
            assert await in_mirror(database, resource), f"nothing was proved about {resource.name}"


async def test_a_second_backfill_changes_no_row(programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=600) as sim:
        assert (await programs.call("backfill", **settings(sim, database))).code == 0
        before, asked = await versions(database), sim.stats.requests
        assert (await programs.call("backfill", **settings(sim, database))).code == 0
        assert await versions(database) == before
        assert sim.stats.requests - asked < asked / 2  # one cycle, not another first load


async def test_the_next_backfill_brings_what_changed_meanwhile(
        programs: Programs, simulate: Simulate, database: str) -> None:
    begun = time.time()
    async with simulate(objects=400, event_delay=0.0) as sim:
        assert (await programs.call("backfill", **settings(sim, database))).code == 0
        sim.account.touch(30)
        sim.account.create("invoices", count=120)
        sim.account.delete("tasks", sim.account.tables["tasks"].by_id[0].id)
        assert (await programs.call("backfill", **settings(sim, database))).code == 0
        assert await differences(sim.url, sim.api_key, database, since_event=begun - 60) == {}


async def test_odd_rows_and_crowded_seconds_are_mirrored_exactly(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=600, odd=7, dense={"invoices": (250,), "payments": (301,)},
                        sizes={"invoices": 500, "payments": 500}) as sim:
        sim.account.raw("customers", '{"id":5,"name":"a\\u0000b \\ud83d lone","updated_at":1600000000,'
                                     '"credit_limit":98765432109876543210.123456789,"brand_new":{"x":1.10}}')
        ended = await programs.call("backfill", **settings(sim, database))
        assert ended.code == 0, ended.stderr
        assert await differences(sim.url, sim.api_key, database,
                                 resources=tuple(BY_NAME[name] for name in ("customers", "invoices", "payments"))) == {}


async def test_it_loads_only_what_is_named_and_what_that_hangs_on(
        programs: Programs, sim: Simulator, database: str) -> None:
    ended = await programs.call("backfill", "contacts", "items", **settings(sim, database))
    assert ended.code == 0, ended.stderr
    named = ("customers", "contacts", "items")
    assert await differences(sim.url, sim.api_key, database, resources=tuple(BY_NAME[name] for name in named)) == {}
    assert {path.split("/")[1] for path in sim.stats.by_path} == {"companies", "customers", "items"}


async def test_since_reads_again_and_moves_no_cursor(programs: Programs, sim: Simulator, database: str) -> None:
    lanes = "SELECT * FROM invoiced._checkpoint ORDER BY resource, variant, lane"
    assert (await programs.call("backfill", **settings(sim, database))).code == 0
    before = await query(database, lanes)
    await query(database, "DELETE FROM invoiced.invoices")
    ended = await programs.call("backfill", "invoices", "--since", "2001-01-01", **settings(sim, database))
    assert ended.code == 0, ended.stderr
    assert await differences(sim.url, sim.api_key, database, resources=(BY_NAME["invoices"],)) == {}
    assert await query(database, lanes) == before


async def test_since_on_an_empty_mirror_never_counts_as_a_first_load(
        programs: Programs, sim: Simulator, database: str) -> None:
    await programs.call("backfill", "invoices", "--since", "2001-01-01", **settings(sim, database))
    rows = await query(database,
                       "SELECT * FROM invoiced._resource_state WHERE resource = 'invoices' AND loaded_at IS NOT NULL")
    assert rows == []
    assert (await programs.call("backfill", "invoices", **settings(sim, database))).code == 0
    assert await differences(sim.url, sim.api_key, database, resources=(BY_NAME["invoices"],)) == {}


async def test_resync_mends_one_resource_and_one_object_in_place(
        programs: Programs, sim: Simulator, database: str) -> None:
    assert (await programs.call("backfill", **settings(sim, database))).code == 0
    ids = [row.id for row in sim.account.tables["items"].by_id]
    sim.account.update("items", ids, {"description": "nothing tells of this"})
    invoice = sim.account.tables["invoices"].by_id[0].id
    await query(database, "DELETE FROM invoiced.invoices WHERE id = $1", invoice)
    ended = await programs.call("resync", "items", **settings(sim, database))
    assert ended.code == 0, ended.stderr
    ended = await programs.call("resync", "invoices", "--id", str(invoice), **settings(sim, database))
    assert ended.code == 0, ended.stderr
    mended = (BY_NAME["items"], BY_NAME["invoices"])
    assert await differences(sim.url, sim.api_key, database, resources=mended) == {}


async def test_its_result_is_on_stdout_and_its_log_on_stderr(
        programs: Programs, sim: Simulator, database: str) -> None:
    ended = await programs.call("backfill", "invoices", "items", "--json", **settings(sim, database))
    assert ended.code == 0, ended.stderr
    assert json.loads(ended.stdout)
    assert all(json.loads(line)["event"] for line in ended.stderr.splitlines())
    ended = await programs.call("backfill", "invoices", "items", **settings(sim, database))
    assert "invoices" in ended.stdout
    assert "{" not in ended.stdout


async def test_migrate_prints_its_sql_and_changes_nothing_then_applies_it_once(
        programs: Programs, database: str) -> None:
    shown = await programs.call("migrate", "--print", DATABASE_URL=database)
    assert shown.code == 0, shown.stderr
    assert "CREATE TABLE" in shown.stdout
    assert await query(database, "SELECT WHERE to_regnamespace('invoiced') IS NOT NULL") == []
    assert "0001" in (await programs.call("migrate", DATABASE_URL=database)).stdout
    assert "up to date" in (await programs.call("migrate", DATABASE_URL=database)).stdout


async def test_a_dry_run_writes_nothing_not_even_a_schema(programs: Programs, sim: Simulator, database: str) -> None:
    ended = await programs.call("backfill", "--dry-run", "--json", **settings(sim, database))
    assert ended.code == 0, ended.stderr
    assert "invoices" in json.dumps(json.loads(ended.stdout))
    assert await query(database, "SELECT WHERE to_regnamespace('invoiced') IS NOT NULL") == []
    assert sim.stats.requests < 150
    ended = await programs.call("backfill", "--dry-run", **settings(sim, database))
    assert ended.code == 0, ended.stderr
    assert f"{sim.account.count('invoices')}" in ended.stdout


async def test_a_dry_run_needs_no_database(programs: Programs, sim: Simulator) -> None:
    ended = await programs.call("backfill", "--dry-run",
                                **settings(sim, "postgresql://nobody@127.0.0.1:1/nothing"))
    assert ended.code == 0, ended.stderr


async def test_without_auto_migrate_it_writes_no_schema(programs: Programs, sim: Simulator, database: str) -> None:
    ended = await programs.call("backfill", **settings(sim, database, SYNC_AUTO_MIGRATE="false"))
    assert ended.code == 78
    assert ended.says("invoiced-sync migrate")
    assert await query(database, "SELECT WHERE to_regnamespace('invoiced') IS NOT NULL") == []


async def test_each_schema_holds_an_account_of_its_own(programs: Programs, sim: Simulator, simulate: Simulate,
                                                       database: str) -> None:
    odd = 'Müller & "Söhne"'
    async with simulate(seed=8, objects=200) as other:
        assert (await programs.call("backfill", "invoices", **settings(sim, database))).code == 0
        ended = await programs.call("backfill", "invoices", **settings(other, database, SYNC_SCHEMA=odd))
        assert ended.code == 0, ended.stderr
        invoices = (BY_NAME["invoices"],)
        assert await differences(sim.url, sim.api_key, database, resources=invoices) == {}
        assert await differences(other.url, other.api_key, database, schema=odd, resources=invoices) == {}


# Settings.


async def test_settings_come_from_an_env_file_and_the_environment_wins(
        programs: Programs, sim: Simulator, database: str, tmp_path: Path) -> None:
    file = tmp_path / "sync.env"
    file.write_text(f"INVOICED_API_KEY={sim.api_key}\nINVOICED_BASE_URL={sim.url}\nDATABASE_URL='{database}'\n"
                    "SYNC_RESOURCES=invoices\nSYNC_SCHEMA=from_the_file\n")
    ended = await programs.call("backfill", "--env-file", str(file), SYNC_SCHEMA="from_outside")
    assert ended.code == 0, ended.stderr
    assert await differences(sim.url, sim.api_key, database, schema="from_outside",
                             resources=(BY_NAME["invoices"],)) == {}
    assert await query(database, "SELECT WHERE to_regnamespace('from_the_file') IS NOT NULL") == []


async def test_settings_come_from_the_credentials_directory(
        programs: Programs, sim: Simulator, database: str, tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "INVOICED_API_KEY").write_text(sim.api_key + "\n")
    (folder / "database_url").write_text(database + "\n")
    ended = await programs.call("backfill", "invoices", CREDENTIALS_DIRECTORY=str(folder), INVOICED_BASE_URL=sim.url)
    assert ended.code == 0, ended.stderr
    assert await differences(sim.url, sim.api_key, database, resources=(BY_NAME["invoices"],)) == {}


async def test_no_file_is_read_from_the_current_folder_unasked(
        programs: Programs, sim: Simulator, database: str, tmp_path: Path) -> None:
    (tmp_path / "cwd").mkdir()
    (tmp_path / "cwd" / ".env").write_text("SYNC_SCHEMA=planted\nINVOICED_API_KEY=planted\nSYNC_NONSENSE=1\n")
    ended = await programs.call("backfill", "invoices", **settings(sim, database))
    assert ended.code == 0, ended.stderr
    assert await query(database, "SELECT WHERE to_regnamespace('planted') IS NOT NULL") == []


async def test_pg_variables_name_the_database_as_they_do_for_psql(
        programs: Programs, sim: Simulator, database: str) -> None:
    name, _, host = database.removeprefix("postgresql://postgres@/").partition("?host=")
    ended = await programs.call("backfill", "invoices", INVOICED_API_KEY=sim.api_key, INVOICED_BASE_URL=sim.url,
                                PGHOST=host.partition("&")[0], PGDATABASE=name, PGUSER="postgres")
    assert ended.code == 0, ended.stderr
    assert await differences(sim.url, sim.api_key, database, resources=(BY_NAME["invoices"],)) == {}


@pytest.mark.parametrize("verb", ["check", "migrate", "backfill", "resync", "run", "status", "demo", "simulate", "db"])
async def test_every_verb_has_a_help_worth_reading(verb: str, programs: Programs) -> None:
    ended = await programs.call(verb, "--help")
    assert ended.code == 0
    assert ended.stderr == ""
    assert f"{verb} " in ended.stdout.splitlines()[0]
    assert len(ended.stdout.splitlines()) >= 4
