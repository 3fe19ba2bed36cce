"""`kill -9` at each step of one page's life, of a tombstone's, of a hint's and of a migration's.

Nothing in the program helps: the account holds an answer back, or a trigger that only these tests know holds a
transaction at the statement, or at the moment of the commit. What becomes of the transaction that the dead process
left behind is up to the server: it may go through, be ended, or hang while the next process is already at work.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import pytest

from sync_daemon.simulator import Simulator
from tests.conftest import Simulate
from tests.support.comparing import differences
from tests.support.mirror import is_loaded, query, settings
from tests.support.program import Programs, until

GATE = 4711
SIZES = {"invoices": 350, "customers": 12, "tasks": 30}
LAST = 2**63 - 1
PAGES = {"path": "^/invoices$", "query": "per_page=100"}


@dataclass(slots=True)
class Gate:
    """A lock that transactions wait for at a trigger. `connection` holds it until it is opened."""

    dsn: str
    connection: asyncpg.Connection[asyncpg.Record]

    async def waiting(self) -> list[int]:
        """Server processes that wait at the gate."""
        rows = await query(self.dsn, f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = {GATE} "
                                     "AND NOT granted")
        return [row["pid"] for row in rows]

    async def reached(self) -> None:
        await until(self.waiting, "a transaction is held")

    async def open(self) -> None:
        await self.connection.execute(f"SELECT pg_advisory_unlock({GATE})")

    async def end_waiting(self) -> None:
        """The server notices that the client is gone, and gives the transactions up."""
        held = await self.waiting()
        await query(self.dsn, "SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) AS pid", held)

    async def settled(self) -> None:
        """Waits until nothing of a dead process is under way."""
        others = ("SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                  f"AND pid <> {self.connection.get_server_pid()}")

        async def alone() -> bool:
            return not await query(self.dsn, others)

        await until(alone, "the dead process's connections are gone")


@asynccontextmanager
async def gate(dsn: str, trigger: str) -> AsyncIterator[Gate]:
    """Makes `trigger`, which calls public.wait_at_gate(), and closes the gate."""
    connection = await asyncpg.connect(dsn)
    try:
        returns = "event_trigger" if "EVENT TRIGGER" in trigger else "trigger"
        gives = "" if returns == "event_trigger" else "RETURN NEW;"
        await connection.execute(f"CREATE FUNCTION public.wait_at_gate() RETURNS {returns} LANGUAGE plpgsql AS "
                                 f"$$ BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); {gives} END $$")
        await connection.execute(trigger)
        await connection.execute(f"SELECT pg_advisory_lock({GATE})")
        yield Gate(dsn, connection)
    finally:
        await connection.close()


async def cursor_of_invoices(dsn: str) -> tuple[int, int]:
    rows = await query(dsn, "SELECT cursor_u, coalesce(cursor_id, $1) AS cursor_id FROM invoiced._checkpoint "
                            "WHERE resource = 'invoices' AND lane = 1", LAST)
    return (rows[0]["cursor_u"], rows[0]["cursor_id"]) if rows else (-2**63, 0)


async def invoices_of_the_lane(dsn: str) -> list[asyncpg.Record]:
    """Invoices that only the held lane can have stored: younger ones the tail reads besides, and keeps at once."""
    return await query(dsn, "SELECT FROM invoiced.invoices WHERE coalesce(updated_at, 'epoch') <= (SELECT "
                            "to_timestamp(hi) FROM invoiced._checkpoint WHERE resource = 'invoices' AND lane = 1)")


async def cursor_covers_only_what_is_stored(sim: Simulator, dsn: str) -> None:
    cursor = await cursor_of_invoices(dsn)
    stored = {row["id"] for row in await query(dsn, "SELECT id FROM invoiced.invoices")}
    behind = {row.id for row in sim.account.tables["invoices"].by_stamp
              if row.stamp is not None and (row.stamp, row.id) <= cursor}
    assert behind <= stored, "the cursor is ahead of the rows"


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=150, sizes=SIZES, dense={}, event_delay=0.0, slots=1000, log_size=100_000) as sim:
        yield sim


async def test_killed_before_its_first_request(programs: Programs, sim: Simulator, mirror_database: str) -> None:
    begun = time.time()
    blocker = await asyncpg.connect(mirror_database)
    try:
        async with blocker.transaction():
            await blocker.execute("LOCK TABLE invoiced._migration IN ACCESS EXCLUSIVE MODE")
            program = await programs.start("run", **settings(sim, mirror_database))

            async def waits() -> bool:
                return bool(await query(mirror_database, "SELECT FROM pg_locks WHERE NOT granted"))

            await until(waits, "it looks at the schema")
            await program.kill()
            assert sim.stats.requests == 0
    finally:
        await blocker.close()
    await goes_on_and_ends_equal(programs, sim, mirror_database, begun)


@pytest.mark.parametrize(("verb", "held"), [
    ("run", PAGES), ("backfill", PAGES | {"path": "^/invoices$", "query": "updated_after="}),
    ("run", {"path": "^/customers/[0-9]+/contacts", "query": ""})],
    ids=["the first page", "the page after a committed one", "a list of children"])
async def test_killed_while_the_account_holds_the_answer_back(
        verb: str, held: dict[str, str], programs: Programs, sim: Simulator, mirror_database: str) -> None:
    begun = time.time()
    sim.faults.hold(held, count=1000)
    program = await programs.start(verb, **settings(sim, mirror_database))
    await until(lambda: sim.faults.waiting, "an answer is held back")
    await program.kill()
    await cursor_covers_only_what_is_stored(sim, mirror_database)
    sim.faults.release()
    await goes_on_and_ends_equal(programs, sim, mirror_database, begun)


AT = {
    "no row is written yet": "CREATE TRIGGER t BEFORE INSERT ON invoiced.invoices FOR EACH STATEMENT "
                             "EXECUTE FUNCTION public.wait_at_gate()",
    "the rows are written, the cursor is not": "CREATE TRIGGER t BEFORE UPDATE ON invoiced._checkpoint FOR EACH ROW "
                                               "WHEN (NEW.resource = 'invoices') "
                                               "EXECUTE FUNCTION public.wait_at_gate()",
    "the commit is under way": "CREATE CONSTRAINT TRIGGER t AFTER UPDATE ON invoiced._checkpoint DEFERRABLE INITIALLY "
                               "DEFERRED FOR EACH ROW WHEN (NEW.resource = 'invoices') "
                               "EXECUTE FUNCTION public.wait_at_gate()",
}


@pytest.mark.parametrize("existence", ["goes through", "is ended", "hangs on"])
@pytest.mark.parametrize("step", AT)
@pytest.mark.slow
async def test_killed_in_the_middle_of_a_page(step: str, existence: str, programs: Programs, sim: Simulator,
                                              mirror_database: str) -> None:
    begun = time.time()
    async with gate(mirror_database, AT[step]) as door:
        program = await programs.start("backfill" if existence == "is ended" else "run", **settings(sim,
                                                                                                    mirror_database))
        await door.reached()
        before = await cursor_of_invoices(mirror_database)
        await program.kill()
        assert await invoices_of_the_lane(mirror_database) == [], "half a page can be seen"
        if existence == "hangs on":
            waiting, asked = len(await door.waiting()), sim.stats.requests
            again = await programs.start("run", **settings(sim, mirror_database))

            async def works_too() -> bool:
                return sim.stats.requests > asked + 50 and len(await door.waiting()) >= waiting

            await until(works_too, "the next process is at work")
            await door.open()
            await until(lambda: is_loaded(mirror_database), "the first load is complete")
            assert await again.terminated() == 0
        else:
            await (door.end_waiting() if existence == "is ended" else door.open())
            await door.settled()
            await door.open()
            committed = step == "the commit is under way" and existence == "goes through"
            assert (await cursor_of_invoices(mirror_database) > before) is committed
            assert bool(await invoices_of_the_lane(mirror_database)) is committed
        await cursor_covers_only_what_is_stored(sim, mirror_database)
        await goes_on_and_ends_equal(programs, sim, mirror_database, begun)


BURYING = {
    "the tombstone is not written yet": "CREATE TRIGGER t BEFORE INSERT ON invoiced._deleted FOR EACH ROW "
                                        "EXECUTE FUNCTION public.wait_at_gate()",
    "the commit is under way": "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON invoiced._deleted DEFERRABLE INITIALLY "
                               "DEFERRED FOR EACH ROW EXECUTE FUNCTION public.wait_at_gate()",
}


@pytest.mark.parametrize("step", BURYING)
async def test_killed_while_a_row_is_tombstoned(step: str, programs: Programs, sim: Simulator,
                                            mirror_database: str) -> None:
    begun, victim = time.time(), sim.account.ids("tasks")[3]
    assert (await programs.call("backfill", **settings(sim, mirror_database))).code == 0
    sim.account.delete("tasks", victim)
    async with gate(mirror_database, BURYING[step]) as door:
        program = await programs.start("run", **settings(sim, mirror_database, SYNC_INTERVAL="1"))
        await door.reached()
        await program.kill()
        assert await query(mirror_database, "SELECT FROM invoiced.tasks WHERE id = $1", victim), "half done"
        await (door.end_waiting() if step != "the commit is under way" else door.open())
        await door.settled()
        await door.open()
        rows = await query(mirror_database, "SELECT FROM invoiced.tasks WHERE id = $1", victim)
        graves = await query(mirror_database, "SELECT FROM invoiced._deleted")
        assert len(rows) + len(graves) == 1
        await goes_on_and_ends_equal(programs, sim, mirror_database, begun)
        graves = await query(mirror_database, "SELECT key FROM invoiced._deleted")
        assert [row["key"] for row in graves] == [str(victim)]


async def test_killed_between_an_event_and_what_it_asks_for(programs: Programs, sim: Simulator,
                                                            mirror_database: str) -> None:
    begun, victim = time.time(), sim.account.ids("tasks")[3]
    assert (await programs.call("backfill", **settings(sim, mirror_database))).code == 0
    sim.account.delete("tasks", victim)
    sim.faults.hold(f"/tasks/{victim}", count=1000)
    program = await programs.start("run", **settings(sim, mirror_database, SYNC_INTERVAL="1"))
    await until(lambda: sim.faults.waiting, "the object is asked for")
    await program.kill()
    told = await query(mirror_database, "SELECT FROM invoiced.events WHERE type = 'task.deleted'")
    requests = await query(mirror_database, "SELECT key FROM invoiced._refetch_queue WHERE kind = 'gone'")
    assert (len(told), [row["key"] for row in requests]) == (1, [str(victim)])
    sim.faults.release()
    await goes_on_and_ends_equal(programs, sim, mirror_database, begun)
    assert [row["key"] for row in await query(mirror_database, "SELECT key FROM invoiced._deleted")] == [str(victim)]


@pytest.mark.parametrize("existence", ["is ended", "hangs on"])
async def test_killed_in_the_middle_of_a_migration(existence: str, programs: Programs, sim: Simulator,
                                                   database: str) -> None:
    begun = time.time()
    trigger = ("CREATE EVENT TRIGGER t ON ddl_command_end WHEN TAG IN ('CREATE TABLE') "
               "EXECUTE FUNCTION public.wait_at_gate()")
    async with gate(database, trigger) as door:
        program = await programs.start("run", **settings(sim, database))
        await door.reached()
        await program.kill()
        assert await query(database, "SELECT FROM pg_namespace WHERE nspname = 'invoiced'") == []
        if existence == "hangs on":
            again = await programs.start("backfill", **settings(sim, database))

            async def waits_for_the_first() -> bool:
                waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                return len(await query(database, waiting)) > 1

            await until(waits_for_the_first, "two migrate at once")
            await door.open()
            assert await again.ended() == 0, again.stderr
        else:
            await door.end_waiting()
            await door.settled()
            await door.open()
            assert await query(database, "SELECT FROM pg_namespace WHERE nspname = 'invoiced'") == []
        await goes_on_and_ends_equal(programs, sim, database, begun)
        assert len(await query(database, "SELECT FROM invoiced._migration WHERE version = 1")) == 1


async def goes_on_and_ends_equal(programs: Programs, sim: Simulator, dsn: str, begun: float) -> None:
    """One more start, which goes on where it was; the account holds nothing that the mirror lacks, and vice versa."""
    before = await query(dsn, "SELECT WHERE to_regclass('invoiced._checkpoint') IS NOT NULL")
    cursor = await cursor_of_invoices(dsn) if before else None
    sim.stats.reset()
    ended = await programs.call("backfill", **settings(sim, dsn))
    assert ended.code == 0, ended.stderr
    assert await differences(sim.url, sim.api_key, dsn, since_event=begun - 60) == {}
    if cursor is not None and cursor[0] > 0:
        asked = [seen.query for seen in sim.stats.log
                 if seen.path == "/invoices" and re.search("sort=.*per_page=100", seen.query)]
        assert asked
        assert all("updated_after=" in one for one in asked), "it began again"
