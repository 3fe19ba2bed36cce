"""A list that fails, hangs or has much to tell makes no other list old: the daemon's cycles go on without it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync_daemon.concurrency import in_background
from sync_daemon.runtime import jobs, scheduler
from sync_daemon.simulator import Simulator
from sync_daemon.tuning import Tuning
from tests.conftest import AT_ONCE, Open, Sql
from tests.support.program import until


@pytest.fixture
def tuning() -> Tuning:
    return replace(AT_ONCE, cycle_waits=0.2)


@pytest.mark.parametrize("path", ["/payments", "/events", "/notes/"])
async def test_lists_are_fresh_beside_one_that_hangs(
        path: str, sim: Simulator, open_session: Open, sql: Sql) -> None:
    """Even beside the feed; and beside a single object that does not answer when it is asked for."""
    async with open_session(sim, sync_interval=1) as session:
        await jobs.backfill(session)
        sim.faults.add("hang", path, seconds=3600)
        sim.account.delete("notes", sim.account.ids("notes")[0])
        async with in_background(scheduler.run(session)):  # type: ignore[arg-type]  # what it returns is of no interest here
            for _ in range(3):
                [ident] = sim.account.create("invoices")

                async def is_there(ident: int = ident) -> bool:
                    return bool(await sql("SELECT FROM invoices WHERE id = $1", ident))

                await until(is_there, "the invoice is in the mirror", seconds=10)
            before = session.cycles
            await until(lambda: session.cycles > before + 2, "cycles go on", seconds=10)
            assert session.at_work > 0, "it is known that something still goes on"
            [task] = sim.account.create("tasks")
            if path != "/events":
                async def is_told() -> bool:
                    return bool(await sql("SELECT FROM tasks WHERE id = $1", task))

                await until(is_told, "hints of other lists are followed", seconds=10)
