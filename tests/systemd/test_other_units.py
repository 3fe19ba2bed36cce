"""The units beside the daemon: a first load of its own, one resource, one instance for each account, the comparison."""

from __future__ import annotations

import socket
import time

import aiohttp

from sync_daemon.simulator import Simulator
from tests.conftest import Simulate
from tests.support.container import Container
from tests.support.mirror import is_loaded, query
from tests.support.program import until
from tests.support.road import Road
from tests.support.systemd_service import Service, change, until_equal

LOSE_ROWS = "DELETE FROM invoiced.{} WHERE id IN (SELECT id FROM invoiced.{} LIMIT 3)"


# -- backfill


async def test_a_backfill_loads_the_account_and_is_over(container: Container, sim: Simulator, road: Road) -> None:
    begun = time.time()
    backfill = Service(container, name="invoiced-sync-backfill.service")
    await backfill.configure(sim, road.dsn)
    await backfill.start()
    state = await backfill.state()
    assert (state["ActiveState"], state["Result"], state["ExecMainStatus"]) == ("inactive", "success", "0")
    assert await is_loaded(road.dsn)
    await until_equal(sim, road.dsn, begun)


async def test_a_backfill_without_its_database_is_begun_again_until_it_is_there(
        container: Container, sim: Simulator, road: Road) -> None:
    backfill = Service(container, name="invoiced-sync-backfill.service")
    await backfill.configure(sim, road.dsn)
    await road.refuse()
    await backfill.begin()
    await backfill.until_said("restart counter is at 1")
    await road.open()
    await until(lambda: is_loaded(road.dsn), "the first load is complete")
    state = await backfill.until_ended()
    assert (state["ActiveState"], state["Result"]) == ("inactive", "success")


async def test_a_backfill_that_is_partly_done_is_shown_as_failed_and_not_begun_again(
        container: Container, sim: Simulator, road: Road) -> None:
    backfill = Service(container, name="invoiced-sync-backfill.service")
    await backfill.configure(sim, road.dsn)
    sim.account.raw("tasks", '{"id": "no number"}', key=78_000_000)
    await backfill.try_start()
    state = await backfill.state()
    assert (state["ActiveState"], state["ExecMainStatus"], state["NRestarts"]) == ("failed", "3", "0")


async def test_one_resource_is_read_whole_beside_the_running_daemon(
        container: Container, service: Service, sim: Simulator, road: Road) -> None:
    begun = time.time()
    await service.configure(sim, road.dsn)
    await service.start()
    await service.until_status("Fresh")
    await query(road.dsn, LOSE_ROWS.format("items", "items"))  # a list that tells of no change
    await Service(container, name="invoiced-sync-backfill@items.service").start()
    await until_equal(sim, road.dsn, begun)
    assert (await service.state())["NRestarts"] == "0"


# -- accounts


async def test_accounts_have_a_daemon_a_schema_a_port_and_a_key_each(
        container: Container, simulate: Simulate, road: Road) -> None:
    begun = time.time()
    async with simulate(seed=1, objects=300) as one, simulate(seed=2, objects=300) as two:
        accounts = {"acme": one, "zenith": two}
        ports = dict(zip(accounts, free_ports(2), strict=True))
        for name, sim in accounts.items():
            await Service(container, name).configure(sim, road.dsn, SYNC_WEB_LISTEN=f"127.0.0.1:{ports[name]}")
        for name in accounts:
            await Service(container, name).start()
        users = set()
        for name, sim in accounts.items():
            service = Service(container, name)
            await service.until_status("Fresh")
            change(sim, f"of {name}")
            await until_equal(sim, road.dsn, begun, schema=f"invoiced_{name}")
            assert {line["account"] for line in await service.log("cycle.done")} == {name}
            metrics = await page(ports[name], "/metrics")
            assert f'account="{name}"' in metrics
            assert metrics.count('account="') == metrics.count(f'account="{name}"')
            users.add(container.path(f"/proc/{await service.process()}").stat().st_uid)
        assert len(users) == 2


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


async def page(port: int, path: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return await answer.text()


# -- verify


async def test_the_timer_starts_the_comparison_which_finds_mirror_and_account_equal(
        container: Container, service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn)
    await Service(container, name="invoiced-sync-backfill.service").start()
    timer = Service(container, name="invoiced-sync-verify.timer")
    await container.do("systemctl", "enable", "--now", timer.unit)
    assert (await timer.state())["NextElapseUSecRealtime"]
    verify = Service(container, name="invoiced-sync-verify.service")
    assert (await verify.state())["ExecMainExitTimestampMonotonic"] == "0"
    await timer.edit("OnActiveSec=0\nRandomizedDelaySec=0", section="Timer")
    await container.do("systemctl", "restart", timer.unit)
    await verify.until_said("The mirror is equal to the account")
    assert (await verify.until_ended())["Result"] == "success"


async def test_a_difference_that_stands_shows_as_a_failed_unit_and_is_told(
        container: Container, service: Service, sim: Simulator, road: Road) -> None:
    await service.configure(sim, road.dsn)
    await Service(container, name="invoiced-sync-backfill.service").start()
    await query(road.dsn, LOSE_ROWS.format("items", "items"))
    verify = Service(container, name="invoiced-sync-verify.service")
    await verify.try_start()
    state = await verify.state()
    assert (state["ActiveState"], state["ExecMainStatus"], state["NRestarts"]) == ("failed", "3", "0")
    assert "3 differences remain" in await verify.text()
