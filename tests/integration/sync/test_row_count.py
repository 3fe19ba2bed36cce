"""As many rows here as the list counts: what is missing is told until a later count agrees, and no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME, Resource
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.source.list_reader import Reader
from sync_daemon.sync import row_count
from sync_daemon.sync.full_sweep import sweep
from tests.conftest import Open, Sql

NAMES = ("invoices", "charges")
CHOSEN = ",".join(NAMES)


@pytest.mark.parametrize("name", NAMES)
async def test_what_seemed_to_be_missing_is_told_until_the_next_sweep_counts_right(
        name: str, sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        sim.faults.add("wrong_total", f"/{name}", total=100_000)
        assert await jobs.backfill(session) is Exit.PARTLY
        [row] = await sql("SELECT missing FROM _resource_state WHERE resource = $1", name)
        assert row["missing"] > 90_000
        sim.faults.clear()
        await sweep(session.context, session.schedule, BY_NAME[name], low_priority=True)
        assert await sql("SELECT FROM _resource_state WHERE missing > 0") == []
        assert await jobs.outcome(session) is Exit.OK


@pytest.mark.parametrize("repair", [True, False])
async def test_a_verification_counts_as_well(repair: bool, sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        await sql("UPDATE _resource_state SET missing = 7")
        assert await jobs.verify_now(session, repair=repair, force=False, found=[]) is Exit.OK
        assert await sql("SELECT FROM _resource_state WHERE missing > 0") == []


async def test_what_a_sweep_finds_to_be_missing_is_told(sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        sim.faults.add("wrong_total", "/charges", total=100_000)
        await sql("UPDATE _resource_state SET swept_at = now() - $1::interval", timedelta(days=1))
        await sweep(session.context, session.schedule, BY_NAME["charges"], low_priority=True)
        lacking = await sql("SELECT resource FROM _resource_state WHERE missing > 0")
        assert [row["resource"] for row in lacking] == ["charges"]


async def test_what_is_created_all_the_while_is_not_missing(
        sim: Simulator, open_session: Open, sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    count = row_count.count

    async def count_as_they_come(reader: Reader, resource: Resource) -> int | None:
        sim.account.create(resource.name)
        return await count(reader, resource)

    monkeypatch.setattr(row_count, "count", count_as_they_come)
    async with open_session(sim, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await sql("SELECT FROM _resource_state WHERE missing > 0") == []
