"""Random histories of an account with everything going wrong: the mirror ends equal, with the right tombstones.

A seed that failed is played again by `python -m tests.support.soak --seed N`; `make soak` plays on for longer.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sync_daemon.simulator import Options, Simulator
from sync_daemon.sync.backfill import first_load
from sync_daemon.sync.cycle import cycle
from tests.conftest import Open
from tests.support.changes import Changes
from tests.support.history import History, watch_rows, wrong_tombstones
from tests.support.mirror import query, settings
from tests.support.own_postgres import own_postgres
from tests.support.program import Programs
from tests.support.servers import DEBIAN

SEED = 11
"""The suite plays the same history each time; `make soak` plays fresh ones."""


@pytest.mark.slow
@pytest.mark.skipif(not DEBIAN.is_dir(), reason="Debian's Postgres 15 is not installed")
async def test_whatever_happens_the_mirror_ends_equal_to_the_account(tmp_path: Path) -> None:
    async with own_postgres() as postgres:
        summary = await History(SEED, postgres, tmp_path, seconds=30).play()
    print(summary)
    assert summary.rows > 500
    assert (summary.lost, summary.ghosts, summary.different) == (0, 0, 0)


async def test_an_answer_about_something_else_does_not_let_a_deleted_row_live_on(sim: Simulator, open_session: Open,
                                                                                 mirror_database: str) -> None:
    """The retrieve that should confirm an event is answered 200, with an object that is not the one asked for."""
    note = sim.account.ids("notes")[-1]
    async with open_session(sim, sync_resources="customers,notes,events") as session:
        await first_load(session.context, session.schedule, session.schedule.resources)
        sim.faults.add("not_a_list", f"^/notes/{note}$", count=1)
        sim.account.delete("notes", note)
        sim.set_clock(advance=2)
        await cycle(session.context, session.schedule)
    assert await query(mirror_database, "SELECT FROM invoiced.notes WHERE id = $1", note) == []


async def test_a_seed_plays_the_same_history_again() -> None:
    def told(seed: int) -> list[str]:
        simulator = Simulator(Options(seed=5, objects=600, now=1_700_000_000.0))
        changes = Changes(simulator.account, random.Random(seed), simulator.forget)
        for _ in range(200):
            changes.step()
            simulator.account.flush()
        return [line.split(" ", 2)[2].split(" ")[0] for line in changes.told]

    assert told(1) == told(1)
    assert told(1) != told(2)


async def test_a_tombstone_too_few_or_too_many_is_noticed(programs: Programs, sim: Simulator, database: str) -> None:
    environment = settings(sim, database)
    assert (await programs.call("migrate", **environment)).code == 0
    await watch_rows(database)
    assert (await programs.call("backfill", **environment)).code == 0
    assert await wrong_tombstones(sim, database) == {}
    kept, gone, *_ = sim.account.ids("invoices")
    sim.account.delete("invoices", gone, hard=True)
    await query(database, "DELETE FROM invoiced.invoices WHERE id = $1", gone)
    await query(database, "INSERT INTO invoiced._deleted (resource, key, raw, evidence, read_at) "
                          "VALUES ('invoices', $1, '{}', 'by hand', now())", str(kept))
    assert await wrong_tombstones(sim, database) == {"invoices": {"lacking": [str(gone)], "too many": [str(kept)]}}
