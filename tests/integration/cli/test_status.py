"""`status` tells from the database alone how things stand, and its exit code whether all is green."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from sync_daemon.cli.status import show_status
from sync_daemon.concurrency import run_all
from sync_daemon.errors import Exit, Fatal
from sync_daemon.runtime import jobs, lifecycle
from sync_daemon.simulator import Simulator
from sync_daemon.sync.session import SyncSession
from tests.conftest import Open, settings_for

pytestmark = pytest.mark.usefixtures("logged")


async def stands(capsys: pytest.CaptureFixture[str], sim: Simulator, dsn: str, **more: object) -> dict[str, Any]:
    """What status says, as data, with the API out of reach."""
    settings = settings_for(sim, dsn, invoiced_base_url="http://127.0.0.1:1", **more)
    code = await show_status(settings, as_json=True)
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code is (Exit.OK if told["green"] else Exit.PARTLY)
    return told | {"resources": {line["resource"]: line for line in told["resources"]}}


async def execute(dsn: str, sql: str) -> Any:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_a_finished_backfill_is_green_and_fresh(sim: Simulator, open_session: Open, mirror_database: str,
                                                      capsys: pytest.CaptureFixture[str]) -> None:
    settings = settings_for(sim, mirror_database)
    assert await lifecycle.supervise(settings, "backfill", jobs.backfill) is Exit.OK
    told = await stands(capsys, sim, mirror_database)
    assert told["green"]
    assert (told["account"]["company"], told["account"]["origin"]) == (sim.account.world.company_id, settings.origin)
    for name, line in told["resources"].items():
        assert line["state"] == "ok", name
        assert 0 <= line["behind"] < 60, name
        assert line["percent"] is None, name
    assert told["resources"]["invoices"]["rows"] == sim.account.count("invoices")
    assert {told["resources"][name]["read"] for name in ("invoices", "charges", "contacts", "events")} == {
        "polled", "swept", "per parent", "feed"}
    run = told["runs"][0]
    assert (run["verb"], run["state"], run["exit_code"]) == ("backfill", "ended", 0)
    assert run["requests"] > 0
    assert run["stored"] > 0


async def test_each_list_tells_when_it_is_read_whole_again(sim: Simulator, open_session: Open, mirror_database: str,
                                                           capsys: pytest.CaptureFixture[str]) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
    lines = (await stands(capsys, sim, mirror_database))["resources"]
    now = datetime.now(UTC)
    for name, hours in (("customers", 6), ("charges", 6), ("contacts", 24)):
        due = datetime.fromisoformat(lines[name]["next_sweep"])
        assert timedelta(hours=hours, minutes=-2) < due - now <= timedelta(hours=hours), name
    assert lines["events"]["next_sweep"] is None


async def test_what_a_person_should_look_at_is_said(sim: Simulator, open_session: Open, mirror_database: str,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
    await execute(mirror_database, "UPDATE invoiced._resource_state SET differences = 3 WHERE resource = 'invoices'")
    await execute(mirror_database, "INSERT INTO invoiced._refetch_queue (kind, resource, key, held) VALUES "
                                   "('gone', 'notes', '5', true), ('gone', 'notes', '6', true)")
    await execute(mirror_database, "UPDATE invoiced._resource_state SET swept_at = now() - interval '2 days', "
                                   "succeeded_at = NULL WHERE resource = 'payouts'")
    await execute(mirror_database, "UPDATE invoiced._run SET watermarks = '{}'")
    await show_status(settings_for(sim, mirror_database), as_json=False)
    said = capsys.readouterr().out
    assert "invoices: 3 differences remained after the last verification" in said
    assert "notes: 2 deletions wait for a person: too many within a day" in said
    assert "`invoiced-sync verify notes --repair --force`" in said
    assert "payouts: more than 12 h behind" in said


async def test_without_a_mirror_it_is_78_with_a_remedy(sim: Simulator, database: str) -> None:
    with pytest.raises(Fatal) as none:
        await show_status(settings_for(sim, database), as_json=True)
    assert none.value.exit_code is Exit.CONFIG
    assert "backfill" in none.value.hint


async def test_an_empty_mirror_is_not_green(sim: Simulator, mirror_database: str,
                                            capsys: pytest.CaptureFixture[str]) -> None:
    told = await stands(capsys, sim, mirror_database)
    assert not told["green"]
    assert told["account"] is None
    assert {line["state"] for line in told["resources"].values()} == {"waiting"}


async def test_failures_rejects_and_what_is_unavailable_are_named(
        sim: Simulator, open_session: Open, mirror_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    sim.features(disable=["metered_billing"])
    sim.faults.add("status", "/payouts", status=400)
    sim.account.raw("tasks", '{"id": 99999999, "name": oops}', key=99999999)
    async with open_session(sim) as session:
        assert await jobs.backfill(session) is Exit.PARTLY
    told = await stands(capsys, sim, mirror_database)
    lines = told["resources"]
    assert lines["payouts"]["state"] == "failed"
    assert "Simulated fault." in lines["payouts"]["problems"][0]["sentence"]
    assert lines["pending_line_items"]["state"] == "unavailable"
    assert "metered_billing" in lines["pending_line_items"]["unavailable"]
    assert (lines["tasks"]["rejected"], lines["tasks"]["state"]) == (1, "rejects")
    await show_status(settings_for(sim, mirror_database), as_json=False)
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "Not in order: tasks, payouts." in said
    assert said.index("payouts") < said.index("customers"), "what is not green stands first"


async def test_what_many_fail_for_is_said_once_with_a_remedy(
        sim: Simulator, open_session: Open, mirror_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
    for name in ("customers", "invoices", "notes", "payments", "tasks"):
        await execute(mirror_database, "INSERT INTO invoiced._problem (resource, activity, why, brief) VALUES "
                                       f"('{name}', 'poll', 'GET /{name}: no connection', 'no connection')")
    await show_status(settings_for(sim, mirror_database), as_json=False)
    said = capsys.readouterr().out
    assert said.count("no connection") == 1
    assert "customers, notes, tasks and 2 more: its poll fails: no connection" in said
    assert "Not in order: customers, notes, tasks and 2 more." in said


async def test_what_the_account_may_not_read_does_not_spoil_the_green(
        sim: Simulator, open_session: Open, mirror_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    sim.features(disable=["metered_billing"])
    async with open_session(sim) as session:
        await jobs.backfill(session)
    assert (await stands(capsys, sim, mirror_database))["green"]


async def test_fields_that_are_left_out_are_named_with_the_reason_and_do_not_spoil_the_green(
        sim: Simulator, open_session: Open, mirror_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    sim.faults.add("refuse", {"path": "/invoices", "query": "date_paid"}, status=400, name="No such field: date_paid")
    async with open_session(sim, sync_resources="customers,invoices") as session:
        await jobs.backfill(session)
    told = await stands(capsys, sim, mirror_database, sync_resources="customers,invoices")
    assert told["green"]
    assert told["resources"]["invoices"]["left_out"] == "date_paid: refused: No such field: date_paid"
    assert await show_status(settings_for(sim, mirror_database, sync_resources="customers,invoices"),
                             as_json=False) is Exit.OK
    assert "invoices: hidden fields left out: date_paid: refused" in capsys.readouterr().out


async def test_a_first_load_under_way_shows_how_far_it_is(simulate: Any, open_session: Open, mirror_database: str,
                                                          capsys: pytest.CaptureFixture[str]) -> None:
    chosen = "customers,contacts"
    async with simulate(sizes={"customers": 250}) as sim, open_session(sim, sync_resources=chosen) as session:

        async def watch() -> None:
            await until_held(sim)
            async with asyncio.timeout(10):
                while True:  # until the page before is committed
                    halfway = (await stands(capsys, sim, mirror_database, sync_resources=chosen))["resources"]
                    if halfway["customers"]["percent"]:
                        break
            assert halfway["customers"]["state"] == "loading"
            assert halfway["customers"]["percent"] < 100
            sim.faults.release()
            sim.faults.hold("^/customers/[0-9]+/contacts", 1)
            await until_held(sim)
            async with asyncio.timeout(10):
                while True:
                    halfway = (await stands(capsys, sim, mirror_database, sync_resources=chosen))["resources"]
                    if (halfway["customers"]["state"], halfway["contacts"]["state"]) == ("ok", "loading"):
                        break
            sim.faults.release()

        # the second page of customers: the first is committed meanwhile
        sim.faults.hold({"path": "^/customers$", "query": "^.*updated_after=.*per_page=100"}, 1)
        await run_all([backfilled(session), watch()])
    told = await stands(capsys, sim, mirror_database, sync_resources=chosen)
    assert told["green"]


async def backfilled(session: SyncSession) -> None:
    await jobs.backfill(session)


async def until_held(sim: Simulator) -> None:
    async with asyncio.timeout(20):
        await sim.faults.until_held()


async def test_a_run_without_signs_of_life_was_killed(sim: Simulator, open_session: Open, mirror_database: str,
                                                      capsys: pytest.CaptureFixture[str]) -> None:
    async with open_session(sim):
        assert (await stands(capsys, sim, mirror_database))["runs"][0]["state"] == "running"
    await execute(mirror_database, "UPDATE invoiced._run SET beat_at = now() - interval '10 minutes'")
    told = await stands(capsys, sim, mirror_database)
    assert told["runs"][0]["state"] == "was killed"
    assert told["runs"][0]["exit_code"] is None
    slow = await stands(capsys, sim, mirror_database, sync_interval="5m")
    assert slow["runs"][0]["state"] == "running", "it beats once an interval"


async def test_large_tables_are_not_counted(sim: Simulator, mirror_database: str, monkeypatch: pytest.MonkeyPatch,
                                            capsys: pytest.CaptureFixture[str]) -> None:
    await execute(mirror_database, "UPDATE pg_class SET reltuples = 12000000 WHERE relname = 'invoices' AND "
                                   "relnamespace = 'invoiced'::regnamespace")
    told = await stands(capsys, sim, mirror_database)
    assert (told["resources"]["invoices"]["rows"], told["resources"]["invoices"]["exact"]) == (12_000_000, False)
    assert told["resources"]["customers"]["exact"]
    await show_status(settings_for(sim, mirror_database), as_json=False)
    assert "~12,000,000" in capsys.readouterr().out
