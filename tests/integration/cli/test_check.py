"""`check` tells everything at once: what is ready, what is wrong, what to do."""

from __future__ import annotations

import json
from typing import Any

import asyncpg
import pytest

from sync_daemon.cli.check import check
from sync_daemon.errors import Exit, Fatal
from sync_daemon.model.resources import BY_NAME, RESOURCES
from sync_daemon.postgres import statements
from sync_daemon.postgres.columns import SQL
from sync_daemon.postgres.nested_tables import nested_tables
from sync_daemon.postgres.statements import Migration
from sync_daemon.runtime import jobs, lifecycle
from sync_daemon.simulator import Simulator
from tests.conftest import Open, settings_for
from tests.support.roles import books_in

NOBODY_THERE = "postgresql://somebody:secret-word@127.0.0.1:1/nothing"


async def checked(capsys: pytest.CaptureFixture[str], sim: Simulator, dsn: str, **more: object) -> dict[str, Any]:
    """What check found, as data: by name the findings, by resource what it is like."""
    code = await check(settings_for(sim, dsn, **more), as_json=True)
    captured = capsys.readouterr()
    assert sim.api_key not in captured.out + captured.err
    assert "secret-word" not in captured.out + captured.err
    told = json.loads(captured.out)
    assert told["exit_code"] == code
    return {"code": code, "resources": {one["resource"]: one for one in told["resources"]},
            **{f"{one['part']} {one['name']}": one for one in told["findings"]}}


async def execute(dsn: str, sql: str) -> Any:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_all_is_ready_on_an_empty_database_and_nothing_is_written(
        sim: Simulator, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = await checked(capsys, sim, database)
    assert told["code"] is Exit.OK
    assert {one["state"] for one in told["resources"].values()} == {"ready"}
    assert len(told["resources"]) == 32
    assert f"({sim.account.world.company_id}), time zone America/Chicago" in told["API account"]["said"]
    assert told["database rights"]["state"] == "ok"
    assert await execute(database, "SELECT to_regnamespace('invoiced')") is None


async def test_the_abilities_of_the_lists_are_probed(sim: Simulator, database: str,
                                                     capsys: pytest.CaptureFixture[str]) -> None:
    told = (await checked(capsys, sim, database))["resources"]
    assert told["invoices"]["capabilities"] == {"sort": True, "id filter": True, "hidden fields": True}
    assert told["subscriptions"]["capabilities"]["all=1"] is True
    assert told["payment_sources"]["capabilities"] == {"include_hidden": True}
    sim.faults.add("ignore_param", name="advanced_filter")
    sim.faults.add("ignore_param", name="all")
    sim.faults.add("ignore_param", name="sort")
    sim.faults.add("refuse", {"path": "/invoices", "query": "date_paid"}, status=400, name="No such field: date_paid")
    told = (await checked(capsys, sim, database))["resources"]
    assert told["invoices"]["capabilities"] == {"sort": False, "id filter": False, "date_paid": False}
    assert told["subscriptions"]["capabilities"]["all=1"] is False


async def test_a_refused_key_is_77_and_the_database_is_still_looked_at(
        sim: Simulator, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    sim.revoke_key()
    told = await checked(capsys, sim, database)
    assert told["code"] is Exit.REFUSED
    assert "INVOICED_API_KEY" in told["API key"]["remedy"]
    assert told["database version"]["state"] == "ok"
    assert told["resources"] == {}


async def test_a_database_that_is_away_is_75_and_the_api_is_still_looked_at(
        sim: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    told = await checked(capsys, sim, NOBODY_THERE)
    assert told["code"] is Exit.TEMPORARY
    assert told["database connection"]["state"] == "wrong"
    assert told["API key"]["state"] == "ok"
    assert told["resources"]["customers"]["state"] == "ready"


async def test_the_worst_finding_decides_the_exit_code(sim: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    sim.close_account()
    assert (await checked(capsys, sim, NOBODY_THERE))["code"] is Exit.REFUSED


async def test_an_api_that_is_away_is_75(sim: Simulator, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = await checked(capsys, sim, database, invoiced_base_url="http://127.0.0.1:1")
    assert told["code"] is Exit.TEMPORARY
    assert "no connection to 127.0.0.1:1" in told["API key"]["said"]
    assert told["database version"]["state"] == "ok"


async def test_another_accounts_key_is_78(sim: Simulator, open_session: Open, mirror_database: str,
                                          capsys: pytest.CaptureFixture[str]) -> None:
    async with open_session(sim):
        pass
    assert (await checked(capsys, sim, mirror_database))["API mirror"]["state"] == "ok"
    sim.swap_account(seed=99, company_id=4711)
    told = await checked(capsys, sim, mirror_database)
    assert told["code"] is Exit.CONFIG
    assert "SYNC_SCHEMA" in told["API mirror"]["remedy"]


async def test_what_the_account_may_not_read_is_named_and_no_failure(
        sim: Simulator, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    sim.features(disable=["metered_billing"])
    sim.forbid(["notes"])
    told = await checked(capsys, sim, database)
    assert told["code"] is Exit.OK
    unavailable = {name for name, one in told["resources"].items() if one["state"] == "unavailable"}
    assert unavailable == {"pending_line_items", "notes"}


async def test_a_list_that_fails_is_3(sim: Simulator, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    sim.faults.add("not_a_list", "/payouts")
    told = await checked(capsys, sim, database)
    assert told["code"] is Exit.PARTLY
    assert told["resources"]["payouts"]["state"] == "failing"
    assert told["resources"]["payouts"]["remedy"]
    assert told["resources"]["refunds"]["state"] == "ready"


async def test_a_newer_schema_is_78(sim: Simulator, mirror_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    await execute(mirror_database, "INSERT INTO invoiced._migration (version, name) VALUES (999, 'later')")
    told = await checked(capsys, sim, mirror_database)
    assert told["code"] is Exit.CONFIG
    assert "Upgrade" in told["database schema"]["remedy"]


async def test_a_primary_that_takes_no_writes_is_75(sim: Simulator, mirror_database: str,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    name = await execute(mirror_database, "SELECT current_database()")
    await execute(mirror_database, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    told = await checked(capsys, sim, mirror_database)
    assert told["code"] is Exit.TEMPORARY
    assert "SHOW default_transaction_read_only" in told["database writing"]["remedy"]


async def test_another_encoding_is_78(sim: Simulator, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    await execute(server.format("postgres"), "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    told = await checked(capsys, sim, server.format("latin"))
    assert told["code"] is Exit.CONFIG
    assert "LATIN1" in told["database encoding"]["said"]
    assert "createdb -E UTF8 -T template0" in told["database encoding"]["remedy"]


async def test_a_schema_in_which_others_may_create_is_noted_with_what_to_revoke(
        sim: Simulator, mirror_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "database search_path" not in await checked(capsys, sim, mirror_database)
    await execute(mirror_database, "GRANT CREATE ON SCHEMA public TO PUBLIC")
    told = await checked(capsys, sim, mirror_database)
    assert told["code"] is Exit.OK
    assert told["database search_path"]["state"] == "note"
    assert "REVOKE CREATE ON SCHEMA public FROM PUBLIC." in told["database search_path"]["remedy"]
    await execute(mirror_database, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    await execute(mirror_database, 'CREATE ROLE "one of them"')
    try:
        await execute(mirror_database, 'GRANT CREATE ON SCHEMA invoiced TO "one of them"')
        told = await checked(capsys, sim, mirror_database)
        assert 'REVOKE CREATE ON SCHEMA invoiced FROM "one of them".' in told["database search_path"]["remedy"]
        await execute(mirror_database, told["database search_path"]["remedy"].partition(": ")[2].rstrip("."))
        assert "database search_path" not in await checked(capsys, sim, mirror_database)
    finally:
        await execute(mirror_database, 'DROP OWNED BY "one of them"')
        await execute(mirror_database, 'DROP ROLE "one of them"')


async def test_short_timeouts_of_the_server_are_noted(
        sim: Simulator, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = "-c%20statement_timeout%3D30s%20-c%20transaction_timeout%3D5000"
    told = await checked(capsys, sim, f"{database}&options={options}")
    assert told["code"] is Exit.OK
    assert "30,000 ms for postgres" in told["database statement_timeout"]["said"]
    assert "ALTER ROLE postgres SET transaction_timeout" in told["database transaction_timeout"]["remedy"]
    told = await checked(capsys, sim, f"{database}&options=-c%20statement_timeout%3D1min")
    assert not [name for name in told if "timeout" in name]


async def test_a_publication_that_makes_every_update_fail_is_78(
        sim: Simulator, mirror_database: str, capsys: pytest.CaptureFixture[str], logged: object) -> None:
    settings = settings_for(sim, mirror_database, sync_resources="items,notes")
    assert await lifecycle.supervise(settings, "backfill", jobs.backfill) is Exit.OK
    await execute(mirror_database, "CREATE PUBLICATION warehouse FOR TABLES IN SCHEMA invoiced")
    assert (await checked(capsys, sim, mirror_database))["code"] is Exit.OK
    await execute(mirror_database, "ALTER TABLE invoiced.items REPLICA IDENTITY FULL")
    await execute(mirror_database, "ALTER TABLE invoiced.notes REPLICA IDENTITY NOTHING")
    await execute(mirror_database, "ALTER TABLE invoiced._run REPLICA IDENTITY FULL")  # has no column that is derived
    told = await checked(capsys, sim, mirror_database)
    assert told["code"] is Exit.CONFIG
    assert "invoiced.items, invoiced.notes" in told["database publication"]["said"]
    sim.account.touch(50, "items")
    with pytest.raises(Fatal, match="publication") as caught:
        await lifecycle.supervise(settings, "resync", lambda session: jobs.resync_now(session, BY_NAME["items"]))
    assert caught.value.exit_code is Exit.CONFIG
    assert "REPLICA IDENTITY DEFAULT" in caught.value.hint
    for statement in told["database publication"]["remedy"].removeprefix("As the owner: ").rstrip(".").split("; "):
        await execute(mirror_database, statement)
    assert (await checked(capsys, sim, mirror_database))["code"] is Exit.OK
    assert await lifecycle.supervise(settings, "backfill", jobs.backfill) is Exit.OK


async def test_what_can_not_be_asked_hides_nothing_else(
        sim: Simulator, mirror_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    role = "blind_in_" + await execute(mirror_database, "SELECT current_database()")
    await execute(mirror_database, f"CREATE ROLE {role} LOGIN")
    await execute(mirror_database, "REVOKE SELECT ON pg_publication FROM PUBLIC")
    try:
        told = await checked(capsys, sim, mirror_database.replace("postgres@", f"{role}@"))
        assert told["database neighbours"]["state"] == "note"
        assert told["database rights"]["state"] == "wrong"
        assert "database clock" in told
        assert told["API key"]["state"] == "ok"
    finally:
        await execute(mirror_database, f"DROP ROLE {role}")


async def test_a_lack_of_rights_is_78_and_the_grant_is_named(sim: Simulator, mirror_database: str,
                                                             capsys: pytest.CaptureFixture[str]) -> None:
    role = "clerk_of_" + await execute(mirror_database, "SELECT current_database()")
    as_role = mirror_database.replace("postgres@", f"{role}@")
    await execute(mirror_database, f"CREATE ROLE {role} LOGIN")
    try:
        told = await checked(capsys, sim, as_role)
        assert told["code"] is Exit.CONFIG
        assert f"GRANT USAGE, CREATE ON SCHEMA invoiced TO {role}" in told["database rights"]["remedy"]
        await execute(mirror_database, f"GRANT USAGE, CREATE ON SCHEMA invoiced TO {role}")
        told = await checked(capsys, sim, as_role)
        assert told["code"] is Exit.CONFIG
        assert f"GRANT SELECT, INSERT ON invoiced._account TO {role}" in told["database rights"]["remedy"]
        assert f"and {len(RESOURCES) + len(nested_tables()) + 8} more" in told["database rights"]["said"]
        assert str(SQL / "roles.sql") in told["database rights"]["remedy"]
        told = await checked(capsys, sim, as_role, sync_schema="another")
        assert told["code"] is Exit.CONFIG
        assert "GRANT CREATE ON DATABASE" in told["database rights"]["remedy"]
    finally:
        await execute(mirror_database, f"DROP OWNED BY {role}")
        await execute(mirror_database, f"DROP ROLE {role}")


async def test_the_writer_of_roles_sql_lacks_nothing_until_a_right_is_taken_away(
        sim: Simulator, database: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    async with books_in(database, "books") as books:
        await books.make_roles()
        as_writer: dict[str, Any] = {"dsn": books.url("books_writer"), "sync_schema": "books"}
        told = await checked(capsys, sim, sync_auto_migrate=False, **as_writer)
        assert told["code"] is Exit.CONFIG, "there is nothing to write to yet"
        assert "invoiced-sync migrate" in told["database schema"]["remedy"]
        await books.migrate()
        await books.make_roles()
        told = await checked(capsys, sim, sync_auto_migrate=False, **as_writer)
        assert told["code"] is Exit.OK
        assert told["database rights"]["state"] == "ok"
        told = await checked(capsys, sim, **as_writer)
        assert told["code"] is Exit.OK
        assert "SYNC_AUTO_MIGRATE=false" in told["database rights"]["remedy"]
        await execute(database, "REVOKE UPDATE, DELETE ON books._refetch_queue FROM books_writer")
        told = await checked(capsys, sim, **as_writer)
        assert told["code"] is Exit.CONFIG
        assert told["database rights"]["said"] == "books_writer lacks UPDATE, DELETE ON books._refetch_queue"
        assert "GRANT UPDATE, DELETE ON books._refetch_queue TO books_writer." in told["database rights"]["remedy"]
        assert "roles.sql" in told["database rights"]["remedy"]
        known = statements.migrations()
        monkeypatch.setattr(statements, "migrations", lambda: (*known, Migration(len(known) + 1, "new", "SELECT 1")))
        told = await checked(capsys, sim, **as_writer)
        assert told["database schema"]["state"] == "wrong", "it can't be brought up to date by this user"
        assert "as its owner" in told["database schema"]["remedy"]


async def test_a_clock_that_differs_is_told(sim: Simulator, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (await checked(capsys, sim, database))["API clock"]["said"] == "agrees with ours"
    sim.set_clock(date_offset=-7200)
    told = await checked(capsys, sim, database)
    assert told["API clock"]["said"] == "is 2 h behind ours"
    assert told["API clock"]["state"] == "note"
    assert told["code"] is Exit.OK


async def test_a_person_reads_what_is_wrong_and_what_to_do(sim: Simulator, database: str,
                                                           capsys: pytest.CaptureFixture[str]) -> None:
    sim.faults.add("status", "/payouts", status=400)
    assert await check(settings_for(sim, database), as_json=False) is Exit.PARTLY
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "payouts: failing: Simulated fault." in said
    assert said.rstrip().endswith("Partly ready: what is named above can't be read now; the rest can.")
    assert sim.api_key not in said
