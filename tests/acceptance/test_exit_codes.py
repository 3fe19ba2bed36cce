"""Each failure has its exit code, one clear sentence and a remedy; none has a traceback or the key in it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sync_daemon.model.resources import BY_NAME, RESOURCES
from sync_daemon.simulator import Simulator
from sync_daemon.tuning import AT_START
from tests.acceptance.conftest import Roads
from tests.acceptance.test_backfill import versions
from tests.conftest import Simulate
from tests.support.comparing import differences
from tests.support.mirror import NO_DATABASE, SHORT, is_loaded, query, settings
from tests.support.program import Programs, until


@asynccontextmanager
async def answering(answer: str) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that gives every request the same answer, and what it was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer.replace("\n", "\r\n").encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()
        await server.wait_closed()


# The key and the account: 77, and 78 where it is the wrong one.


@pytest.mark.parametrize("verb", ["backfill", "run"])
async def test_a_refused_key_is_77_at_once(verb: str, programs: Programs, sim: Simulator, database: str) -> None:
    sim.revoke_key()
    ended = await programs.call(verb, **settings(sim, database))
    assert ended.code == 77
    assert ended.says("key is refused", "INVOICED_API_KEY")
    assert sim.stats.requests == AT_START.tries  # one answer alone may be somebody else's


async def test_a_closed_account_is_77(programs: Programs, sim: Simulator, database: str) -> None:
    sim.close_account()
    ended = await programs.call("backfill", **settings(sim, database))
    assert ended.code == 77
    assert ended.says("account is closed", "reopened")


@pytest.mark.parametrize("how", ["revoke_key", "close_account"])
async def test_a_key_that_is_refused_in_the_middle_of_the_work_ends_it_with_77(
        how: str, programs: Programs, sim: Simulator, database: str) -> None:
    program = await programs.start("run", tuning=SHORT, **settings(sim, database, SYNC_INTERVAL="1"))
    await until(lambda: is_loaded(database), "the first load is complete")
    getattr(sim, how)()
    assert await program.ended(20) == 77
    runs = await query(database, "SELECT exit_code, failure FROM invoiced._run")
    assert runs[0]["exit_code"] == 77
    assert runs[0]["failure"]


async def test_another_accounts_key_is_78_and_touches_no_row(
        programs: Programs, sim: Simulator, database: str) -> None:
    assert (await programs.call("backfill", "notes", "items", **settings(sim, database))).code == 0
    before = await versions(database)
    sim.swap_account(seed=99, company_id=4711)
    for verb in ("backfill", "run"):
        ended = await programs.call(verb, **settings(sim, database))
        assert ended.code == 78
        assert ended.says("4711", "SYNC_SCHEMA")
    assert await versions(database) == before


async def test_the_same_company_behind_another_address_is_another_account(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=200) as production, simulate(objects=200) as sandbox:
        assert (await programs.call("backfill", "items", **settings(production, database))).code == 0
        ended = await programs.call("backfill", "items", **settings(sandbox, database))
        assert ended.code == 78
        assert ended.says(production.url, sandbox.url)


# The way to the API.


async def test_an_unknown_host_is_75(programs: Programs, sim: Simulator, database: str) -> None:
    ended = await programs.call("backfill", **settings(sim, database) | {"INVOICED_BASE_URL": "https://nowhere.invalid"})
    assert ended.code == 75
    assert ended.says("nowhere.invalid", "INVOICED_BASE_URL")


async def test_a_refused_connection_to_the_api_is_75(programs: Programs, sim: Simulator, database: str) -> None:
    ended = await programs.call("backfill", **settings(sim, database) | {"INVOICED_BASE_URL": "http://127.0.0.1:1"})
    assert ended.code == 75
    assert ended.says("127.0.0.1:1", "INVOICED_BASE_URL")


async def test_a_server_that_is_not_invoiced_is_told_from_it(
        programs: Programs, sim: Simulator, database: str) -> None:
    page = "<html><body>It works!</body></html>"
    answer = f"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: {len(page)}\n\n{page}"
    async with answering(answer) as (url, _):
        ended = await programs.call("backfill", **settings(sim, database) | {"INVOICED_BASE_URL": url})
    assert ended.code in {75, 78}  # a page of maintenance looks the same
    assert ended.says("not a JSON object", "INVOICED_BASE_URL")


async def test_a_server_without_the_path_of_the_company_is_78(
        programs: Programs, sim: Simulator, database: str) -> None:
    ended = await programs.call("backfill", **settings(sim, database) | {"INVOICED_BASE_URL": sim.url + "/v2"})
    assert ended.code == 78
    assert ended.says("INVOICED_BASE_URL")


async def test_a_redirect_is_78_and_the_key_is_not_carried_along(
        programs: Programs, sim: Simulator, database: str) -> None:
    async with answering("HTTP/1.1 200 OK\nContent-Length: 9\n\n{\"id\": 5}") as (elsewhere, asked):
        moved = f"HTTP/1.1 302 Found\nLocation: {elsewhere}/companies/current\nContent-Length: 0\n\n"
        async with answering(moved) as (url, _):
            ended = await programs.call("backfill", **settings(sim, database) | {"INVOICED_BASE_URL": url})
        assert asked == []
    assert ended.code == 78
    assert ended.says("redirects", "INVOICED_BASE_URL")


async def test_plain_http_to_a_public_host_is_78(programs: Programs, sim: Simulator, database: str) -> None:
    ended = await programs.call("backfill", **settings(sim, database) | {"INVOICED_BASE_URL": "http://api.invoiced.com"})
    assert ended.code == 78
    assert ended.says("INVOICED_BASE_URL", "https")


# The database.


@pytest.mark.parametrize(("verb", "dsn"), [
    ("backfill", NO_DATABASE), ("run", "postgresql://someone@nowhere.invalid/nothing"), ("status", NO_DATABASE)])
async def test_a_database_that_can_not_be_reached_is_75(
        verb: str, dsn: str, programs: Programs, sim: Simulator) -> None:
    ended = await programs.call(verb, **settings(sim, dsn))
    assert ended.code == 75
    assert ended.says("database can't be reached", "DATABASE_URL")


async def test_a_database_that_does_not_exist_is_78(programs: Programs, sim: Simulator, road_to: Roads) -> None:
    async with road_to() as road:
        ended = await programs.call("backfill", **settings(sim, road.dsn + "_not"))
    assert ended.code == 78
    assert ended.says("no such database", "DATABASE_URL")


async def test_a_wrong_password_is_78_and_stays_secret(
        programs: Programs, sim: Simulator, database: str, road_to: Roads) -> None:
    await query(database, "DROP ROLE IF EXISTS guarded")
    await query(database, "CREATE ROLE guarded LOGIN PASSWORD 'right-one'")
    (hba,) = await query(database, "SELECT pg_read_file(current_setting('hba_file')) AS text, "
                                   "current_setting('hba_file') AS path")
    rule = "local all guarded scram-sha-256"
    if rule not in hba["text"]:
        lines = "', '".join([rule, *hba["text"].replace("'", "''").splitlines()])
        await query(database, f"COPY (SELECT unnest(ARRAY['{lines}'])) TO '{hba['path']}'")
        await query(database, "SELECT pg_reload_conf()")

    async def is_guarded() -> bool:
        return bool(await query(database, "SELECT FROM pg_hba_file_rules WHERE user_name = '{guarded}'"))

    await until(is_guarded, "the password is asked for")
    async with road_to() as road:
        ended = await programs.call("backfill", **settings(sim, road.dsn_with("guarded:pl4nted-wr0ng-one")))
    assert ended.code == 78
    assert ended.says("refuses this user", "password")


@pytest.mark.parametrize("loaded", [False, True])
async def test_a_primary_that_takes_no_writes_is_75(
        loaded: bool, programs: Programs, sim: Simulator, database: str) -> None:
    if loaded:
        assert (await programs.call("backfill", "notes", **settings(sim, database))).code == 0
    (name,) = (await query(database, "SELECT current_database()"))[0]
    await query(database, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    ended = await programs.call("run", **settings(sim, database))
    assert ended.code == 75
    assert ended.says("takes no writes now", "default_transaction_read_only", "disk")


@pytest.mark.parametrize("verb", ["run", "backfill", "migrate"])
async def test_a_database_whose_encoding_is_not_utf8_is_78_before_anything_is_written(
        verb: str, programs: Programs, sim: Simulator, server: str) -> None:
    name = f"latin_{verb}"
    await query(server.format("postgres"), f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        ended = await programs.call(verb, **settings(sim, server.format(name)))
        assert ended.code == 78, ended.stderr
        assert ended.says("LATIN1", "createdb -E UTF8 -T template0")
        assert await query(server.format(name), "SELECT FROM pg_namespace WHERE nspname = 'invoiced'") == []
    finally:
        await query(server.format("postgres"), f"DROP DATABASE {name}")


async def test_a_user_without_rights_is_78(programs: Programs, sim: Simulator, database: str) -> None:
    await query(database, "DROP ROLE IF EXISTS nothing_granted")
    await query(database, "CREATE ROLE nothing_granted LOGIN")
    ended = await programs.call("backfill", **settings(sim, database.replace("//postgres@", "//nothing_granted@")))
    assert ended.code == 78
    assert ended.says("lacks a right", "Grant")


@pytest.mark.parametrize("verb", ["run", "status", "migrate"])
async def test_a_newer_schema_is_78(verb: str, programs: Programs, sim: Simulator, mirror_database: str) -> None:
    await query(mirror_database, "INSERT INTO invoiced._migration (version, name) VALUES (9999, 'of the future')")
    ended = await programs.call(verb, **settings(sim, mirror_database))
    assert ended.code == 78
    assert ended.says("9999", "Upgrade")


async def test_a_schema_with_tables_of_others_is_78_and_stays_as_it_is(
        programs: Programs, sim: Simulator, database: str) -> None:
    await query(database, "CREATE SCHEMA invoiced")
    await query(database, "CREATE TABLE invoiced.invoices (mine text)")
    ended = await programs.call("backfill", **settings(sim, database))
    assert ended.code == 78
    assert ended.says("SYNC_SCHEMA")
    tables = await query(database, "SELECT FROM pg_tables WHERE schemaname = 'invoiced'")
    assert len(tables) == 1


async def test_status_without_a_mirror_is_78(programs: Programs, database: str) -> None:
    ended = await programs.call("status", DATABASE_URL=database)
    assert ended.code == 78
    assert ended.says("invoiced-sync backfill")


# Settings and usage.


async def test_a_missing_key_is_78(programs: Programs) -> None:
    ended = await programs.call("backfill", DATABASE_URL=NO_DATABASE)
    assert ended.code == 78
    assert ended.says("INVOICED_API_KEY is not set", "Settings, Developers")


async def test_a_misspelt_setting_is_pointed_out(programs: Programs, sim: Simulator, database: str) -> None:
    ended = await programs.call("backfill", **settings(sim, database, SYNC_INTERVALL="5", INVOICED_APIKEY="x"))
    assert ended.code == 78
    assert ended.says("SYNC_INTERVALL", "Did you mean SYNC_INTERVAL?", "Did you mean INVOICED_API_KEY?")


async def test_all_wrong_settings_are_reported_at_once(programs: Programs) -> None:
    ended = await programs.call(
        "run", INVOICED_API_KEY="with a blank", INVOICED_BASE_URL="ftp://x", INVOICED_MAX_CONCURRENCY="21",
        INVOICED_TIMEOUT="0", DATABASE_URL="mysql://x", SYNC_SCHEMA="public", SYNC_RESOURCES="invoicse",
        SYNC_INTERVAL="soon", SYNC_OVERLAP="-1", SYNC_AUTO_MIGRATE="maybe", SYNC_LOG_LEVEL="loud",
        SYNC_LOG_FORMAT="xml", SYNC_OVERLAPP="1")
    assert ended.code == 78
    for name in ("INVOICED_API_KEY", "INVOICED_BASE_URL", "INVOICED_MAX_CONCURRENCY", "INVOICED_TIMEOUT",
                 "DATABASE_URL", "SYNC_SCHEMA", "SYNC_RESOURCES", "SYNC_INTERVAL", "SYNC_OVERLAP", "SYNC_AUTO_MIGRATE",
                 "SYNC_LOG_LEVEL", "SYNC_LOG_FORMAT", "SYNC_OVERLAPP"):
        lines = [line for line in ended.stderr.splitlines() if line.startswith(f"{name} ")]
        assert len(lines) == 1, f"{name}: {ended.stderr}"
        assert lines[0].count(". ") == 1 or "?" in lines[0], "what is wrong, and then the remedy"
    assert "'invoices'" in ended.stderr


async def test_an_env_file_that_is_not_there_is_78(programs: Programs) -> None:
    ended = await programs.call("backfill", "--env-file", "/nowhere/sync.env")
    assert ended.code == 78
    assert ended.says("/nowhere/sync.env")


@pytest.mark.parametrize("arguments", [
    ("backfil",), ("backfill", "invoicse"), ("backfill", "--since", "yesterday"), ("backfill", "--since", "2999-01-01"),
    ("resync",), ("resync", "invoices", "--id", "x"), ("run", "--nonsense"), ("simulate", "--port", "x")])
async def test_wrong_usage_is_2(arguments: tuple[str, ...], programs: Programs, sim: Simulator) -> None:
    ended = await programs.call(*arguments, **settings(sim, NO_DATABASE))
    assert ended.code == 2
    assert "--help" in ended.stderr
    assert "Error: " in ended.stderr


async def test_a_misspelt_resource_is_answered_with_the_right_one(programs: Programs, sim: Simulator) -> None:
    ended = await programs.call("backfill", "invoicse", **settings(sim, NO_DATABASE))
    assert "'invoices'" in ended.stderr


@pytest.mark.parametrize("verb", ["backfill", "run", "verify", "resync items"])
async def test_a_wrong_key_leaves_nothing_in_a_fresh_database(
        verb: str, programs: Programs, sim: Simulator, database: str) -> None:
    ended = await programs.call(*verb.split(), **settings(sim, database, INVOICED_API_KEY="not-the-key"))
    assert ended.code == 77, ended.stderr
    assert await query(database, "SELECT FROM pg_namespace WHERE nspname = 'invoiced'") == []


async def test_verify_makes_no_mirror_and_says_that_none_is_loaded(
        programs: Programs, sim: Simulator, database: str) -> None:
    ended = await programs.call("verify", "customers", **settings(sim, database))
    assert (ended.code, ended.stderr.count("invoiced-sync:")) == (3, 0)
    assert "Not loaded: customers." in ended.stdout
    ended = await programs.call("verify", "--json", **settings(sim, database))
    assert ended.code == 3
    assert {one["state"] for one in json.loads(ended.stdout)["resources"]} == {"not loaded"}
    assert await query(database, "SELECT FROM pg_namespace WHERE nspname = 'invoiced'") == []


# Partly done: 3; and what is no failure at all.


async def test_what_the_account_may_not_read_is_named_and_no_failure(
        programs: Programs, sim: Simulator, database: str) -> None:
    sim.features(disable=["subscription_billing", "metered_billing"])
    sim.forbid(["charges"])
    ended = await programs.call("backfill", tuning=SHORT, **settings(sim, database))
    assert ended.code == 0, ended.stderr
    refused = {"subscriptions", "plans", "pending_line_items", "charges"}
    rows = await query(database, "SELECT resource FROM invoiced._resource_state WHERE unavailable_at IS NOT NULL")
    assert {row["resource"] for row in rows} == refused
    for name in refused:
        assert any(name in line and "unavailable" in line for line in ended.stdout.splitlines()), name
    others = tuple(resource for resource in RESOURCES if resource.name not in refused | {"events"})
    assert await differences(sim.url, sim.api_key, database, resources=others) == {}


async def test_what_hangs_on_an_unavailable_resource_is_unavailable_too(
        programs: Programs, sim: Simulator, database: str) -> None:
    sim.forbid(["customers"])
    ended = await programs.call("backfill", "contacts", "items", tuning=SHORT, **settings(sim, database))
    assert ended.code == 0, ended.stderr
    assert any("contacts" in line and "unavailable" in line for line in ended.stdout.splitlines())


async def test_one_resource_that_fails_is_3_and_the_others_complete(
        programs: Programs, sim: Simulator, database: str) -> None:
    sim.faults.add("status", "/payments", status=400)  # said in words that nobody knows: not tried again
    ended = await programs.call("backfill", **settings(sim, database))
    assert ended.code == 3
    assert any("payments" in line and "failed" in line for line in ended.stdout.splitlines())
    rows = await query(database, "SELECT resource, activity, why FROM invoiced._problem")
    assert [tuple(row) for row in rows] == [("payments", "load", "Simulated fault.")]
    others = tuple(resource for resource in RESOURCES if resource.name not in {"payments", "events"})
    assert await differences(sim.url, sim.api_key, database, resources=others) == {}
    sim.faults.clear()
    ended = await programs.call("backfill", **settings(sim, database))
    assert ended.code == 0, ended.stderr
    assert await differences(sim.url, sim.api_key, database, resources=(BY_NAME["payments"],)) == {}


async def test_a_rejected_record_is_3_and_is_kept_whole(programs: Programs, sim: Simulator, database: str) -> None:
    odd = b'{"id":99999999999999999999,"name":"beyond 64 bits"}'
    sim.account.raw("tasks", odd, key=78_000_000)
    ended = await programs.call("backfill", **settings(sim, database))
    assert ended.code == 3
    assert "tasks: rejects: 1 record rejected" in ended.stdout
    (row,) = await query(database, "SELECT resource, body, reason FROM invoiced._rejected")
    assert (row["resource"], bytes(row["body"])) == ("tasks", odd)
    assert "64 bits" in row["reason"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_backfill_that_is_stopped_is_75_and_goes_on_later(
        number: int, programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=400) as sim:
        sim.faults.hold("/invoices")
        program = await programs.start("backfill", **settings(sim, database))
        await until(lambda: sim.faults.waiting, "a page is held back")
        program.process.send_signal(number)
        await program.signal_arrived()
        sim.faults.release()
        assert await program.ended(10) == 75
        assert program.stderr.splitlines()[-1] == ("invoiced-sync: stopped before its end. What was read is stored; "
                                                   "the same command resumes from there.")
        (end,) = program.logged("run.ended")
        assert (end["code"], end["why"]) == (75, "stopped before its end")
        (run,) = await query(database, "SELECT exit_code, failure FROM invoiced._run")
        assert tuple(run) == (75, "stopped before its end")
        ended = await programs.call("backfill", **settings(sim, database))
        assert ended.code == 0, ended.stderr
        mirrored = tuple(resource for resource in RESOURCES if resource.name != "events")
        assert await differences(sim.url, sim.api_key, database, resources=mirrored) == {}


# The embedded Postgres.


async def test_a_service_does_not_use_the_embedded_postgres(programs: Programs, sim: Simulator) -> None:
    ended = await programs.call("run", INVOICED_API_KEY=sim.api_key, INVOICED_BASE_URL=sim.url, INVOCATION_ID="5d0e")
    assert ended.code == 78
    assert ended.says("DATABASE_URL", "service")


@pytest.mark.skipif(os.geteuid() != 0, reason="tells what root hears")
async def test_root_does_not_use_the_embedded_postgres(programs: Programs, sim: Simulator) -> None:
    ended = await programs.call("backfill", INVOICED_API_KEY=sim.api_key, INVOICED_BASE_URL=sim.url)
    assert ended.code == 78
    assert ended.says("root", "ordinary user")


@pytest.mark.slow
async def test_where_nothing_names_a_database_the_embedded_one_is_used(
        ordinary: dict[str, str], programs: Programs, sim: Simulator) -> None:
    ended = await programs.call("backfill", INVOICED_API_KEY=sim.api_key, INVOICED_BASE_URL=sim.url, **ordinary)
    assert ended.code == 0, ended.stderr
    shown = await programs.start("db", **ordinary)
    await until(lambda: "postgresql://" in shown.stdout, "the URL is shown")
    words = [word.strip("'\"") for word in shown.stdout.split()]
    url = next(word for word in words if word.startswith("postgresql://"))
    mirrored = tuple(resource for resource in RESOURCES if resource.name != "events")
    assert await differences(sim.url, sim.api_key, url, resources=mirrored) == {}
    assert (await query(url, "SHOW fsync"))[0][0] == "on"
    ended = await programs.call("status", **ordinary)  # a second one attaches
    assert ended.code == 0, ended.stderr
    shown.process.send_signal(signal.SIGINT)
    assert await shown.ended(20) == 0
    assert shown.stdout.splitlines()[-1].startswith(f"Stopped. Its data stays in {ordinary['HOME']}")


async def test_a_port_that_is_taken_is_told_by_simulate(programs: Programs, sim: Simulator) -> None:
    ended = await programs.call("simulate", "--objects", "100", "--port", sim.url.rpartition(":")[2])
    assert ended.code == 2
    assert ended.says("in use", "--port")


async def test_a_primary_where_a_standby_is_asked_for_is_told_as_that(
        programs: Programs, sim: Simulator, database: str) -> None:
    ended = await programs.call("status", **settings(sim, f"{database}&target_session_attrs=standby"))
    assert ended.code == 75
    assert ended.says("none of its hosts is as target_session_attrs asks")
