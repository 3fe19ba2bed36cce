"""Lists in id order: resumed by keyset, else begun again; windows, pages beyond them, lists in no order at all."""

from __future__ import annotations

import asyncio
from asyncio import create_task
from collections import Counter
from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest

from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.sync.session import SyncSession
from tests.conftest import AT_ONCE, Open, Simulate, Sql
from tests.support.comparing import differences
from tests.support.program import until

Lines = list[MutableMapping[str, Any]]
TASKS, ITEMS = BY_NAME["tasks"], BY_NAME["items"]


async def is_equal(session: SyncSession, sim: Simulator, dsn: str) -> bool:
    return await differences(sim.url, sim.api_key, dsn, resources=session.settings.resources) == {}


def asked(sim: Simulator, name: str) -> list[str]:
    return [seen.query for seen in sim.stats.log if seen.path == f"/{name}"]


async def test_a_killed_scan_goes_on_behind_the_last_id(simulate: Simulate, open_session: Open, mirror_database: str,
                                                       sql: Sql) -> None:
    async with simulate(objects=60, sizes={"tasks": 450}) as sim:
        tasks = sim.account.ids("tasks")
        sim.faults.hold({"path": "/tasks", "query": f'">","value":{tasks[299]}}}'})
        async with open_session(sim, sync_resources="tasks") as session, asyncio.TaskGroup() as group:
            loading = group.create_task(jobs.backfill(session))
            await sim.faults.until_held()

            async def is_committed() -> bool:
                return bool(await sql("SELECT FROM _checkpoint WHERE resource = 'tasks' AND cursor_id >= $1", tasks[0]))

            await until(is_committed, "a page is committed")
            loading.cancel()
        [lane] = await sql("SELECT * FROM _checkpoint WHERE resource = 'tasks'")
        assert lane["cursor_id"] in tasks[:300]
        assert not lane["done"]
        sim.faults.release()
        sim.stats.reset()
        async with open_session(sim, sync_resources="tasks") as session:
            assert await jobs.backfill(session) is Exit.OK
            assert await is_equal(session, sim, mirror_database)
        assert any(f"{lane['cursor_id']}" in query for query in asked(sim, "tasks"))


@pytest.mark.parametrize("deepest", [9_000, 150], ids=["windows", "pages"])
async def test_without_a_keyset_a_list_is_read_whole(deepest: int, simulate: Simulate, open_session: Open,
                                                     mirror_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulate(objects=60, sizes={"tasks": 450}) as sim:
        sim.faults.add("ignore_param", "/tasks", name="advanced_filter")
        tuning = replace(AT_ONCE, deepest_window=deepest)
        async with open_session(sim, tuning=tuning, sync_resources="tasks") as session:
            assert await jobs.backfill(session) is Exit.OK
            assert await is_equal(session, sim, mirror_database)
            sim.account.create("tasks", 60)
            sim.account.update("tasks", sim.account.ids("tasks")[7], {"name": "changed"})
            await jobs.resync_now(session, TASKS)
            assert await is_equal(session, sim, mirror_database)


@pytest.mark.parametrize("total", [True, False], ids=["counted", "uncounted"])
async def test_a_lost_cursor_of_the_server_begins_the_list_again(
        total: bool, simulate: Simulate, open_session: Open, mirror_database: str, logged: Lines,
        monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulate(objects=60, sizes={"tasks": 450}, deep=200) as sim:
        sim.faults.add("ignore_param", "/tasks", name="advanced_filter")
        if not total:
            sim.faults.add("no_total")
        async with open_session(sim, tuning=replace(AT_ONCE, deepest_window=50), sync_resources="tasks") as session:
            sim.faults.hold({"path": "/tasks", "query": "page=3"})
            running = create_task(jobs.backfill(session))
            await sim.faults.until_held()
            sim.forget()  # five minutes pass, or another reader takes the cursor's place
            sim.memory.cursors.clear()
            sim.faults.release()
            assert await running is Exit.OK
            assert await is_equal(session, sim, mirror_database)
        assert any(line["event"] == "scan.again" for line in logged) or len(asked(sim, "tasks")) > 6


async def test_a_list_that_keeps_losing_its_cursor_fails_and_is_no_loop(
        simulate: Simulate, open_session: Open, monkeypatch: pytest.MonkeyPatch, logged: Lines) -> None:
    async with simulate(objects=60, sizes={"tasks": 450}) as sim:
        sim.faults.add("ignore_param", "/tasks", name="advanced_filter")
        sim.faults.add("status", {"path": "/tasks", "query": "page=4"}, status=400)
        async with open_session(sim, tuning=replace(AT_ONCE, deepest_window=50), sync_resources="tasks") as session:
            assert await jobs.backfill(session) is Exit.PARTLY
        assert [line for line in logged if line["event"] == "resource.failed"]
        assert len(asked(sim, "tasks")) < 120


async def test_a_list_in_no_order_is_read_until_two_passes_agree(
        simulate: Simulate, open_session: Open, mirror_database: str, monkeypatch: pytest.MonkeyPatch,
        logged: Lines) -> None:
    async with simulate(objects=60, sizes={"gl_accounts": 230}) as sim:
        sim.faults.add("ignore_param", "/gl_accounts", name="sort")
        async with open_session(sim, sync_resources="gl_accounts") as session:
            assert await jobs.backfill(session) is Exit.OK
            assert await is_equal(session, sim, mirror_database)
        assert "list.unordered" in {line["event"] for line in logged}


@pytest.mark.parametrize("ignored", ["", "include"])
async def test_the_catalogue_is_read_active_and_archived(ignored: str, simulate: Simulate, open_session: Open,
                                                        mirror_database: str, sql: Sql) -> None:
    """With internal ids, and on a server that does not give them."""
    async with simulate(objects=60, sizes={"items": 240, "plans": 8}) as sim:
        for key in sim.account.ids("items")[10:130]:
            row = sim.account.retrieve("items", key)
            if not row["archived"]:
                sim.account.archive("items", key)
        rows = sim.account.rows("items")
        active = {row["id"] for row in rows if not row["archived"]}
        used_again = next(row["id"] for row in rows if row["archived"] and row["id"] not in active)
        sim.account.create("items", fields={"id": used_again})
        if ignored:
            sim.faults.add("ignore_param", name=ignored)
        async with open_session(sim, sync_resources="items,plans,tax_rates,coupons") as session:
            assert await jobs.backfill(session) is Exit.OK
            if not ignored:
                assert await is_equal(session, sim, mirror_database)
            mirrored = await sql("SELECT key, raw ->> 'id' AS id FROM items")
            assert len(mirrored) == sim.account.count("items")
            assert Counter(row["id"] for row in mirrored) == Counter(row["id"] for row in sim.account.rows("items"))
            assert sum(row["id"] == used_again for row in mirrored) >= 2


@pytest.mark.parametrize("size", [0, 1, 100, 101])
async def test_the_edges_of_a_page_lose_nothing(size: int, simulate: Simulate, open_session: Open,
                                                mirror_database: str) -> None:
    names = ("tasks", "gl_accounts", "custom_fields", "bundles", "members")
    async with simulate(objects=60, sizes=dict.fromkeys(names, size)) as sim, \
            open_session(sim, sync_resources=",".join(names)) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await is_equal(session, sim, mirror_database)
