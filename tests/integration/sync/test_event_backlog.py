"""A feed with a long backlog: read in sections, committed on the way, never by an offset that the server refuses."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_daemon.errors import Exit
from sync_daemon.model.cursor import Cursor
from sync_daemon.model.resources import BY_NAME
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.sync import event_feed
from sync_daemon.sync.event_feed import open_feed, read_feed
from tests.conftest import AT_ONCE, Open, Simulate, Sql
from tests.support.comparing import differences

EVENTS = BY_NAME["events"]
CHOSEN = "customers,events"


SHALLOW = replace(AT_ONCE, deepest_window=250, long_section=200)
DEEP = 300
"""The server needs its own cursor from this row on, and we know."""


def happen(sim: Simulator, count: int, seconds: int) -> None:
    """So many events, spread over the last `seconds`."""
    customers = sim.account.ids("customers")
    offset = sim.clock.offset
    for number in range(count):
        sim.clock.offset = offset - seconds + seconds * number // count
        sim.account.update("customers", customers[number % len(customers)], {"notes": str(number)})
        sim.account.flush()
    sim.clock.offset = offset


async def committed(sql: Sql) -> int:
    [row] = await sql("SELECT cursor_u FROM _checkpoint WHERE resource = 'events'")
    return int(row["cursor_u"])


async def behind(sim: Simulator, sql: Sql, seconds: int) -> None:
    """As if nothing had run for so long."""
    await sql("UPDATE _checkpoint SET cursor_u = $1, lo = $1 WHERE resource = 'events'", sim.account.now() - seconds)


@pytest.mark.parametrize("seconds", [90 * 86400, 1000, 30], ids=["months", "minutes", "a burst within the overlap"])
async def test_a_long_backlog_is_read_whatever_its_shape(seconds: int, simulate: Simulate, open_session: Open, sql: Sql,
                                                         mirror_database: str) -> None:
    async with simulate(objects=60, sizes={"events": 0}, event_delay=0.0, dense={}, deep=DEEP) as sim, \
            open_session(sim, tuning=SHALLOW, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        happen(sim, 1500, seconds)
        await behind(sim, sql, seconds + 60)
        sim.stats.reset()
        await read_feed(session.context, await open_feed(session.context))
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(EVENTS,)) == {}
        assert sim.stats.by_status.keys() == {200}
        assert sim.stats.by_path["/events"] < 60  # 15 pages, and what sections share
        assert await committed(sql) > sim.account.now() - 400


async def test_a_death_on_the_way_costs_a_section_at_most(simulate: Simulate, open_session: Open, sql: Sql,
                                                          mirror_database: str) -> None:
    async with simulate(objects=60, sizes={"events": 0}, event_delay=0.0, dense={}, deep=DEEP) as sim, \
            open_session(sim, tuning=SHALLOW, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        happen(sim, 1500, 90 * 86400)
        await behind(sim, sql, 91 * 86400)
        places = [await committed(sql)]
        for _ in range(3):
            sim.faults.set([{"kind": "refuse", "match": "/events", "skip": 5, "status": 400, "name": "no more"}])
            with pytest.raises(Exception, match="no more"):
                await read_feed(session.context, await open_feed(session.context))
            places.append(await committed(sql))
        assert places == sorted(set(places)), "it moves on each time"
        sim.faults.clear()
        await read_feed(session.context, await open_feed(session.context))
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(EVENTS,)) == {}


async def test_a_server_that_loses_its_cursor_in_a_burst_is_read_again(simulate: Simulate, open_session: Open, sql: Sql,
                                                                       mirror_database: str) -> None:
    async with simulate(objects=60, sizes={"events": 0}, event_delay=0.0, dense={}, deep=DEEP) as sim, \
            open_session(sim, tuning=SHALLOW, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        happen(sim, 900, 20)
        await behind(sim, sql, 60)
        lost = "You must retrieve all preceding page numbers before retrieving this page."
        sim.faults.set([{"kind": "refuse", "match": {"path": "/events", "query": "^.*page=5$"}, "count": 2,
                         "status": 400, "name": lost}])
        await read_feed(session.context, await open_feed(session.context))
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(EVENTS,)) == {}


async def test_resync_and_verify_of_the_events_read_all_of_them(simulate: Simulate, open_session: Open,
                                                                mirror_database: str) -> None:
    async with simulate(objects=60, sizes={"events": 1200}, dense={}, deep=DEEP) as sim, \
            open_session(sim, tuning=SHALLOW, sync_resources="events") as session:
        await jobs.backfill(session)
        assert await jobs.resync_now(session, EVENTS) is Exit.OK
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(EVENTS,)) == {}
        assert await jobs.verify_now(session, repair=False, force=False, found=[]) is Exit.OK
        assert await jobs.verify_now(session, repair=True, force=False, found=[]) is Exit.OK


@pytest.mark.parametrize("name", ["start_date", "sort"])
async def test_a_feed_that_ignores_how_it_is_asked_is_read_newest_first(
        name: str, simulate: Simulate, open_session: Open, sql: Sql, mirror_database: str,
        logged: list[MutableMapping[str, Any]]) -> None:
    async with simulate(objects=60, sizes={"events": 350}, event_delay=0.0, dense={}) as sim, \
            open_session(sim, sync_resources=CHOSEN) as session:
        sim.faults.add("ignore_param", "/events", name=name)
        await jobs.backfill(session)
        since = sim.account.now() - 100
        happen(sim, 250, 60)
        await behind(sim, sql, 90)
        for _ in range(2):
            await read_feed(session.context, await open_feed(session.context))
        assert await differences(sim.url, sim.api_key, mirror_database, resources=(EVENTS,), since_event=since) == {}
        assert [line["event"] for line in logged].count("feed.unordered") == 1
        sim.stats.reset()
        await read_feed(session.context, await open_feed(session.context))
        assert sim.stats.requests <= 5, "what is known already is not read to its end again"


@given(st.lists(st.integers(0, 400), min_size=1, max_size=600), st.integers(1, 60), st.integers(1, 100))
def test_a_section_never_begins_behind_an_event_that_was_not_read(steps: list[int], skew: int, odd: int) -> None:
    """Events in id order whose times differ by `skew` at most, with an odd one now and then."""
    now, stamps = 1_600_000_000, []
    for number, step in enumerate(steps * 6):
        now += step % 7
        stamps.append(2**40 if number % (odd + 50) == 49 else now - (number * 7919) % (skew + 1))
    section = event_feed.Section(stamps[0] - 10, skew, SHALLOW.long_section)
    for first in range(0, len(stamps), 100):
        section.add(stamps[first:first + 100], Cursor(0, first + 100, 0))
        section.go_on()
        unread = stamps[first + 100:]
        assert all(stamp >= section.start for stamp in unread)
