"""A crash or a failover may take back what was committed a moment ago: nothing that stood on it is believed then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from sync_daemon.model.cursor import Lane
from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.model.resources import BY_NAME
from sync_daemon.postgres.store import Batch
from sync_daemon.runtime import jobs, lifecycle
from sync_daemon.simulator import Simulator
from sync_daemon.source.pagination import PAGE
from sync_daemon.sync import cycle
from sync_daemon.sync.event_feed import EVENTS
from sync_daemon.sync.session import SyncSession
from tests.conftest import AT_ONCE, settings_for
from tests.support.comparing import differences
from tests.support.own_postgres import OwnPostgres, own_postgres

CHOSEN = "customers,invoices,credit_notes,events"
WINNER, LOSER = 0, 1


@pytest.fixture
async def postgres() -> AsyncIterator[OwnPostgres]:
    async with own_postgres("wal_writer_delay=10s", "wal_writer_flush_after=1GB") as postgres:
        yield postgres


@pytest.fixture
async def session(sim: Simulator, postgres: OwnPostgres) -> AsyncIterator[SyncSession]:
    """A loaded mirror in a database that loses its last commits when it crashes."""
    dsn = await postgres.create("mirror", may_forget=True)
    settings = settings_for(sim, dsn, sync_resources=CHOSEN, sync_overlap=1)
    async with lifecycle.open_session(settings, "test", asyncio.Event(), tuning=AT_ONCE) as session:
        await jobs.backfill(session)
        yield session


async def test_a_request_whose_rows_were_lost_is_served_again(sim: Simulator, postgres: OwnPostgres,
                                                              session: SyncSession) -> None:
    """A merge changes rows without a new updated_at: no poll would show them ever again."""
    queue, dsn, crashed = session.context.store.queue, postgres.url("mirror"), 0
    drop = queue.drop

    async def crash_and_drop(requests: Sequence[RefetchRequest]) -> None:
        nonlocal crashed
        if requests and (requests[0].kind, requests[0].resource) == ("owned", "invoices") and not crashed:
            crashed = 1
            await postgres.stop("immediate")
            await postgres.start()
        await drop(requests)

    owners = [row.id for row in sim.account.tables["customers"].by_id if sim.account.owned("invoices", [row.id])]
    sim.account.merge(owners[WINNER], owners[LOSER])
    queue.drop = crash_and_drop  # type: ignore[method-assign]  # the crash comes when the rows are stored
    sim.set_clock(advance=60)
    await cycle.cycle(session.context, session.schedule)
    await cycle.cycle(session.context, session.schedule)
    assert crashed
    resources = tuple(BY_NAME[name] for name in CHOSEN.split(",") if name != "events")
    assert await differences(sim.url, sim.api_key, dsn, resources=resources) == {}


async def test_pages_of_the_feed_that_no_cursor_covered_yet_are_read_again(
        sim: Simulator, postgres: OwnPostgres, session: SyncSession) -> None:
    """Only the last page of a short section moves the cursor: the crash comes after the first."""
    store, crashed = session.context.store, 0
    commit = store.commit

    async def commit_and_crash(batch: Batch, lane: Lane | None = None, *arguments: Any, **more: Any) -> Any:
        nonlocal crashed
        stored = await commit(batch, lane, *arguments, **more)
        if batch.resource is EVENTS and lane is None and len(batch.records) == PAGE and not crashed:
            crashed = 1
            await postgres.stop("immediate")
            await postgres.start()
        return stored

    began = sim.account.now()
    sim.account.touch(150, "customers")
    sim.account.flush()
    sim.set_clock(advance=60)
    store.commit = commit_and_crash  # type: ignore[method-assign]  # as above
    for _ in range(2):
        await cycle.cycle(session.context, session.schedule)
    assert crashed
    assert await differences(sim.url, sim.api_key, postgres.url("mirror"), resources=(EVENTS,), since_event=began) == {}


async def test_a_sweep_that_was_lost_in_part_is_not_noted_as_complete(sim: Simulator, postgres: OwnPostgres,
                                                                      session: SyncSession) -> None:
    store = session.context.store
    server, began = await store.server_start(), await store.now()
    await postgres.stop("immediate")
    await postgres.start()
    assert not await store.state.note_success("invoices", began, began, server)
    assert not await store.state.note_deep("invoices", began, server)
    assert not await store.state.note_verified("invoices", 0, 0, server)
    assert await store.state.note_success("invoices", began, began, await store.server_start())
