"""What no event tells and no poll shows is found by the sweep; `verify` says whether the mirror is equal."""

from __future__ import annotations

import pytest

from sync_daemon.apply.absence import is_composed
from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME, RESOURCES, Way
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.sync import cycle
from sync_daemon.sync.full_sweep import sweep
from sync_daemon.sync.session import SyncSession
from sync_daemon.sync.verify import Findings
from sync_daemon.tuning import AS_IT_IS
from tests.conftest import Open, Sql
from tests.support.comparing import differences

OTHERS = tuple(resource for resource in RESOURCES if resource.way is not Way.FEED)
ASKED_BY_ID = ["customers", "invoices", "estimates", "notes", "tasks", "subscriptions", "transactions", "contacts"]
NOT_ASKED_BY_ID = ["items", "coupons", "bundles", "custom_fields"]


async def _sweep_all(session: SyncSession, *names: str) -> None:
    for name in names or [resource.name for resource in OTHERS]:
        await sweep(session.context, session.schedule, BY_NAME[name], low_priority=True)
    await cycle.one_cycle(session)


async def _deleted(session: SyncSession) -> list[tuple[str, str]]:
    schema = session.settings.sync_schema
    rows = await session.context.store.pool.fetch(f"SELECT resource, key FROM {schema}._deleted ORDER BY resource, key")
    return [(row["resource"], row["key"]) for row in rows]


async def _age(session: SyncSession) -> None:
    """As if an hour had passed: rows were read an hour ago, hints are due."""
    pool, schema = session.context.store.pool, session.settings.sync_schema
    for resource in RESOURCES:
        await pool.execute(f"UPDATE {schema}.{resource.name} SET read_at = read_at - interval '1 hour'")
    await pool.execute(f"UPDATE {schema}._refetch_queue SET next_attempt_at = now(), "
                       "absent_since = absent_since - interval '1 hour'")


@pytest.mark.parametrize("name", ASKED_BY_ID)
async def test_a_row_deleted_without_an_event_is_tombstoned_by_the_next_sweep(
        name: str, sim: Simulator, open_session: Open, mirror_database: str) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
        await _age(session)
        key = sim.account.ids(name)[1]
        sim.account.delete(name, key, silent=True, hard=True)
        await _sweep_all(session, name)
        assert (name, str(key)) in await _deleted(session)
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME[name],)) == {}


@pytest.mark.parametrize("name", ["invoices", "tasks", "contacts"])
async def test_a_refused_neighbour_hides_no_delete(name: str, sim: Simulator, open_session: Open) -> None:
    """In the page that lacks the row stands another whose key can't be read."""
    async with open_session(sim) as session:
        await jobs.backfill(session)
        await _age(session)
        key = sim.account.ids(name)[1]
        parent = sim.account.rows("contacts")[1]["customer"] if name == "contacts" else None
        sim.account.raw(name, '{"id":"x"}', key=int(key) + 1, updated_at=1_700_000_000, parent=parent)
        sim.account.delete(name, key, silent=True, hard=True)
        await _sweep_all(session, name)
        assert await _deleted(session) == [(name, str(key))]
        assert session.context.progress.of(name).rejected > 0


@pytest.mark.parametrize("name", NOT_ASKED_BY_ID)
async def test_a_row_without_a_path_of_its_own_is_tombstoned_after_two_listings_a_minute_apart(
        name: str, sim: Simulator, open_session: Open, mirror_database: str) -> None:
    async with open_session(sim, tuning=AS_IT_IS) as session:
        await jobs.backfill(session)
        await _age(session)
        assert is_composed(BY_NAME[name])
        sim.account.delete(name, sim.account.ids(name)[0], silent=True, hard=True)
        await _sweep_all(session, name)
        assert await _deleted(session) == []
        await cycle.one_cycle(session)
        assert await _deleted(session) == []
        await _age(session)
        await cycle.one_cycle(session)
        assert len(await _deleted(session)) == 1
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(BY_NAME[name],)) == {}


async def test_a_row_that_changed_without_a_new_stamp_is_stored_by_the_next_sweep(
        sim: Simulator, open_session: Open, mirror_database: str) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
        await _age(session)
        for name in ("invoices", "customers", "estimates", "items", "gl_accounts"):
            sim.account.update(name, sim.account.ids(name)[0], {"name": "silently"}, silent=True, stamp=False)
        await _sweep_all(session)
        assert await _deleted(session) == []
        assert await differences(sim.url, sim.api_key, mirror_database, resources=OTHERS) == {}


async def test_a_sweep_of_an_unchanged_account_finds_no_candidate(sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
        await _age(session)
        requests = session.context.reader.api.requests
        for resource in OTHERS:
            await sweep(session.context, session.schedule, resource, low_priority=True)
        assert session.context.reader.api.requests > requests
        assert await sql("SELECT FROM _refetch_queue") == []
        assert await _deleted(session) == []


async def test_a_merge_moves_the_losers_rows_though_their_stamps_do_not(sim: Simulator, open_session: Open,
                                                                        mirror_database: str) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
        await _age(session)
        winner, loser = sim.account.ids("customers")[:2]
        sim.account.merge(winner, loser)
        sim.account.flush()
        for _ in range(3):
            await cycle.one_cycle(session)
            await _age(session)
        await _sweep_all(session, "tasks", "charges", "credit_balance_adjustments")
        assert ("customers", str(loser)) in await _deleted(session)
        assert await differences(sim.url, sim.api_key, mirror_database, resources=OTHERS) == {}


async def test_an_import_makes_the_lists_be_swept_that_are_not_polled(sim: Simulator, open_session: Open,
                                                                      mirror_database: str) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
        await _age(session)
        for name in ("invoices", "customers", "contacts", "tasks"):
            sim.account.import_rows(name, 20)
        sim.account.flush()
        await cycle.one_cycle(session)
        assert await jobs.backfill(session) is Exit.OK
        assert await differences(sim.url, sim.api_key, mirror_database, resources=OTHERS) == {}


async def test_after_an_upgrade_what_was_refused_is_read_again(sim: Simulator, open_session: Open) -> None:
    key = sim.account.ids("invoices")[0]
    sim.account.raw("invoices", f'{{"id": {key}, "updated_at": 1700000000, "balance": 1e200000}}', key=key,
                    updated_at=1_700_000_000, replace=True)
    async with open_session(sim) as session:
        assert await jobs.backfill(session) is Exit.PARTLY
        sim.account.raw("invoices", f'{{"id": {key}, "updated_at": 1700000000, "balance": 1}}', key=key,
                        updated_at=1_700_000_000, replace=True)
        assert await jobs.backfill(session) is Exit.PARTLY, "its stamp did not move, and nothing asked for a sweep"
        await session.context.store.pool.execute("UPDATE invoiced._run SET program_version = '0.0.1'")
    async with open_session(sim) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await session.context.store.state.rejected_counts() == {}


async def test_verify_finds_what_is_missing_extra_and_different_and_repair_mends_it(
        sim: Simulator, open_session: Open, mirror_database: str) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
        await _age(session)
        pool, gone, other = session.context.store.pool, sim.account.ids("invoices")[3], sim.account.ids("tasks")[0]
        await pool.execute("DELETE FROM invoiced.invoices WHERE id = $1", gone)
        await pool.execute("""UPDATE invoiced.tasks SET raw = '{"id": 1}', hash = 'x' WHERE id = $1""", other)
        extra = sim.account.ids("notes")[2]
        sim.account.delete("notes", extra, silent=True, hard=True)
        found: list[Findings] = []
        assert await jobs.verify_now(session, repair=False, force=False, found=found) is Exit.PARTLY
        verdict = {one.resource: (one.missing, one.extra, one.different) for one in found if one.count}
        assert verdict == {"invoices": ({gone}, set(), set()), "tasks": (set(), set(), {other}),
                           "notes": (set(), {extra}, set())}
        mended: list[Findings] = []
        assert await jobs.verify_now(session, repair=True, force=False, found=mended) is Exit.OK
        assert {one.resource: one.mended for one in mended if one.mended} == {"invoices": 1, "tasks": 1, "notes": 1}
        assert await differences(sim.url, sim.api_key, mirror_database, resources=OTHERS) == {}


async def test_verify_takes_no_row_for_a_difference_that_is_only_not_polled_yet(sim: Simulator,
                                                                                open_session: Open) -> None:
    async with open_session(sim) as session:
        await jobs.backfill(session)
        sim.account.touch(30)
        found: list[Findings] = []
        await jobs.verify_now(session, repair=False, force=False, found=found)
        polled = {resource.name for resource in RESOURCES if resource.way is Way.VALUE}
        assert [one.resource for one in found if one.count and one.resource in polled] == []
