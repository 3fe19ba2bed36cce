"""The daemon under a real systemd: told when it is ready, started again when it dies or hangs, stopped in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from sync_daemon.simulator import Simulator
from tests.support.program import until
from tests.support.road import Road
from tests.support.systemd_service import Service, change, until_equal

RESTART_SECONDS = 5.0


# -- it starts


async def test_it_is_up_only_when_database_account_and_key_are_known_good(
        service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn)
    sim.faults.hold("/")
    await service.begin()
    await until(lambda: sim.faults.waiting, "the account is asked about itself")
    assert (await service.state())["ActiveState"] == "activating"
    sim.faults.release()
    await service.until_active()


@pytest.mark.parametrize(("code", "why", "settings"), [
    (77, "refuse", {}),
    (78, "SYNC_INTERVAL", {"SYNC_INTERVAL": "now and then"}),
])
async def test_what_only_a_person_can_mend_leaves_it_failed_and_says_why(
        code: int, why: str, settings: dict[str, str], service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn, **settings)
    sim.rotate_key()
    await service.try_start()
    state = await service.state()
    assert (state["ActiveState"], state["ExecMainStatus"], state["NRestarts"]) == ("failed", str(code), "0")
    assert why in await service.text()


async def test_a_missing_secret_is_named(service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn)
    service.container.path("/etc/invoiced-sync/credentials/invoiced_api_key").unlink()
    await service.try_start()
    state = await service.state()
    assert (state["ActiveState"], state["ExecMainStatus"], state["NRestarts"]) == ("failed", "78", "0")
    assert "INVOICED_API_KEY" in await service.text()


async def test_without_its_database_it_is_tried_again_until_it_is_there(
        service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn)
    await road.refuse()
    await service.try_start()
    await service.until_said("restart counter is at 2")
    assert "status=75" in await service.text()
    await road.open()
    await service.until_active(restarts=2)


async def test_a_migration_may_take_longer_than_a_start(service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn, "TimeoutStartSec=3")
    async with another_migrates(road.dsn):
        await service.begin()
        await service.until_status("igrat")

        async def is_overdue() -> bool:
            began = int((await service.state())["ExecMainStartTimestampMonotonic"]) / 1e6
            return time.monotonic() > began + 5

        await until(is_overdue, "a start that asks for no more time would have been given up")
        assert (await service.state())["ActiveState"] == "activating"
    await service.until_active()
    assert (await service.state())["NRestarts"] == "0"


@asynccontextmanager
async def another_migrates(dsn: str) -> AsyncIterator[None]:
    """Holds the lock under which the schema is changed."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock(hashtext('invoiced-sync migrate'), hashtext('invoiced'))")
        yield
    finally:
        await connection.close()


# -- it tells


async def test_its_status_tells_what_it_does_and_how_far_behind_it_is(
        service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn)
    sim.faults.hold("/invoices")
    await service.start()
    await service.until_status("First load", "of 32 resources")
    sim.faults.release()
    await service.until_status("Fresh", "behind")


async def test_lines_in_the_journal_are_json_and_have_their_levels(
        service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn)
    sim.forbid(["estimates"])
    await service.start()

    async def warned() -> bool:
        return bool(await service.log("resource.refused"))

    await until(warned, "a warning came")
    assert {line["priority"] for line in await service.log("resource.refused")} == {"4"}
    assert {line["priority"] for line in await service.log("run.started")} == {"6"}
    ours = [entry for entry in await service.entries() if entry.get("_COMM") == "invoiced-sync"]
    assert all(entry["MESSAGE"].startswith("{") for entry in ours)


# -- it is started again


async def test_killed_it_is_started_again_and_goes_on_where_it_was(
        service: Service, sim: Simulator, road: Road) -> None:
    begun = time.time()
    await service.configure(sim, road.dsn)
    sim.faults.hold("/invoices")
    await service.start()
    await until(lambda: sim.faults.waiting, "the first load has come to the invoices")
    await service.kill("KILL")
    sim.faults.release()
    await service.until_active(restarts=1)
    await service.until_status("Fresh")
    await until_equal(sim, road.dsn, begun)


async def test_a_stuck_process_is_ended_by_the_watchdog_and_started_again(
        service: Service, sim: Simulator, road: Road) -> None:
    begun = time.time()
    await service.configure(sim, road.dsn, "WatchdogSec=3\nRestartSec=200ms")
    await service.start()
    await service.until_status("Fresh")
    await service.kill("STOP")
    await service.until_active(restarts=1)
    change(sim, "while it was stuck")
    await until_equal(sim, road.dsn, begun)
    said = await service.text()
    assert "Failed with result 'watchdog'" in said
    assert "most recent call first" in said  # where it stood


async def test_when_server_and_database_hang_the_watchdog_starts_it_again(
        service: Service, sim: Simulator, road: Road) -> None:
    begun = time.time()
    await service.configure(sim, road.dsn, "WatchdogSec=3\nRestartSec=200ms")
    await service.start()
    await service.until_status("Fresh")
    sim.faults.add("hang", "/", seconds=3600)
    await road.stall()
    await service.until_said("Failed with result 'watchdog'")
    sim.faults.clear()
    await road.refuse()
    await road.open()
    await service.until_active(restarts=1)
    change(sim, "while all hung")
    await until_equal(sim, road.dsn, begun)


async def test_a_rest_between_cycles_is_not_taken_for_a_stuck_process(
        service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn, "WatchdogSec=2", SYNC_INTERVAL="6")
    await service.start()

    async def cycles() -> bool:
        return len(await service.log("cycle.done")) >= 2

    await service.until_status("Fresh")
    await until(cycles, "two cycles are over")
    assert (await service.state())["NRestarts"] == "0"


# -- it stops


async def test_it_stops_in_order(service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn, f"TimeoutStopSec={RESTART_SECONDS}")
    sim.faults.hold("/invoices")
    await service.start()
    await until(lambda: sim.faults.waiting, "a page is in hand")
    await service.container.do("systemctl", "stop", "--no-block", service.unit)
    await service.until_status("Stopping")
    sim.faults.release()
    state = await service.until_ended()
    assert (state["ActiveState"], state["Result"], state["ExecMainStatus"]) == ("inactive", "success", "0")
    assert [line["code"] for line in await service.log("run.ended")] == [0]


async def test_when_server_and_database_hang_it_still_stops_in_time(
        service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn, f"TimeoutStopSec={RESTART_SECONDS}")
    await service.start()
    await service.until_status("Fresh")
    sim.faults.add("hang", "/", seconds=3600)
    await until(lambda: sim.stats.in_flight, "a request is under way")
    await road.stall()
    await service.stop()
    state = await service.state()
    assert (state["ActiveState"], state["Result"], state["ExecMainStatus"]) == ("inactive", "success", "0")


async def test_while_it_waits_to_migrate_it_still_stops_in_time(
        service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn, f"TimeoutStopSec={RESTART_SECONDS}")
    async with another_migrates(road.dsn):
        await service.begin()
        await service.until_status("igrat")
        await service.stop()
    state = await service.state()
    assert (state["ActiveState"], state["Result"], state["ExecMainStatus"]) == ("inactive", "success", "0")


async def test_a_restart_with_a_new_key_takes_seconds_and_loses_nothing(
        service: Service, sim: Simulator, road: Road) -> None:
    begun = time.time()
    await service.configure(sim, road.dsn)
    await service.start()
    await service.until_status("Fresh")
    change(sim, "just before")
    service.secret("invoiced_api_key", sim.rotate_key())
    async with asyncio.timeout(RESTART_SECONDS):
        await service.container.do("systemctl", "restart", service.unit)
    change(sim, "just after")
    await service.until_status("Fresh")
    await until_equal(sim, road.dsn, begun)


# -- it is confined


async def test_secrets_are_read_from_credentials_and_stand_in_no_variable(
        service: Service, sim: Simulator, road: Road) -> None:
    dsn = road.dsn_with("postgres:a-planted-password")
    await service.configure(sim, dsn)
    await service.start()
    process = await service.process()
    environment = service.container.path(f"/proc/{process}/environ").read_text()
    arguments = service.container.path(f"/proc/{process}/cmdline").read_text()
    assert "CREDENTIALS_DIRECTORY=" in environment
    for secret in (sim.api_key, "a-planted-password"):
        assert secret not in environment + arguments
        assert secret not in await service.container.do("systemctl", "show", "--all", service.unit)
        assert secret not in await service.text()


async def test_secrets_may_be_encrypted_on_disk(service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn)
    path = "/etc/invoiced-sync/credentials/invoiced_api_key"
    await service.container.do("sh", "-c", f"systemd-creds encrypt --name=invoiced_api_key {path} {path}.new; "
                                           f"mv {path}.new {path}")
    assert sim.api_key not in service.container.path(path).read_text()
    await service.edit(f"LoadCredentialEncrypted=invoiced_api_key:{path}")
    await service.start()


async def test_it_runs_as_nobody_in_particular_with_no_rights(service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn)
    await service.start()
    status = service.container.path(f"/proc/{await service.process()}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    assert int(fields["Uid"].split()[0]) >= 61184  # the first of systemd's dynamic users
    assert int(fields["CapEff"], 16) == int(fields["CapBnd"], 16) == 0
    assert (fields["NoNewPrivs"], fields["Seccomp"]) == ("1", "2")


async def test_it_makes_no_call_that_is_forbidden_to_it(service: Service, sim: Simulator, road: Road) -> None:
    """Here such a call would kill it, instead of being refused."""
    begun = time.time()
    await service.configure(sim, road.dsn, "SystemCallErrorNumber=kill")
    await service.start()
    await service.until_status("Fresh")
    await until_equal(sim, road.dsn, begun)
    await service.stop()
    state = await service.state()
    assert (state["Result"], state["ExecMainStatus"], state["NRestarts"]) == ("success", "0", "0")
