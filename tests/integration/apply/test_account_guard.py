"""One schema, one account: pinned at the first run, checked before anything else, and before each deletion."""

from __future__ import annotations

import asyncio
import json

import pytest

from sync_daemon.apply.account_guard import pin, same_account
from sync_daemon.errors import Exit, Fatal, RetryLater
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.source.company import whose_key
from sync_daemon.tuning import Patience
from tests.conftest import Open, Sql


async def test_the_first_run_pins_the_account_and_the_next_ones_find_it(sim: Simulator, open_session: Open,
                                                                       sql: Sql) -> None:
    for _ in range(2):
        async with open_session(sim) as session:
            assert session.account.company_id == sim.account.world.company_id
    [account] = await sql("SELECT * FROM _account")
    assert (account["company_id"], account["origin"]) == (sim.account.world.company_id, sim.url)
    assert account["time_zone"] == "America/Chicago"


async def test_another_account_is_refused_before_anything_is_read_or_written(sim: Simulator, open_session: Open,
                                                                            sql: Sql) -> None:
    async with open_session(sim, sync_resources="customers") as session:
        await jobs.backfill(session)
    before = await sql("SELECT id, ctid::text FROM customers ORDER BY id"), await sql("SELECT * FROM _run")
    sim.swap_account(seed=99)
    sim.stats.reset()
    with pytest.raises(Fatal, match="this key is of") as caught:
        async with open_session(sim, sync_resources="customers"):
            pass
    assert caught.value.exit_code is Exit.CONFIG
    assert "SYNC_SCHEMA" in caught.value.hint
    assert [seen.path for seen in sim.stats.log] == ["/companies/current"]
    assert (await sql("SELECT id, ctid::text FROM customers ORDER BY id"), await sql("SELECT * FROM _run")) == before


async def test_the_same_company_at_another_origin_is_another_account(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim):
        pass
    with pytest.raises(Fatal, match="this key is of"):
        async with open_session(sim, invoiced_base_url=sim.url.replace("127.0.0.1", "localhost")):
            pass


async def test_two_first_runs_at_once_pin_one_account(sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim) as one:
        await sql("DELETE FROM _account")
        api, store = one.context.reader.api, one.context.store
        await asyncio.gather(*(pin(api, store, sim.url) for _ in range(4)))
        assert len(await sql("SELECT FROM _account")) == 1


@pytest.mark.parametrize("body", [b'{"name":"x"}', b'{"id":"7"}', b"[]", b"null"])
async def test_an_answer_without_a_company_id_pins_nothing(body: bytes, sim: Simulator, open_session: Open,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_session(sim) as session:
        api = session.context.reader.api
        sim.account.company = json.loads(body)
        with pytest.raises(RetryLater):
            await whose_key(api, Patience(1, 0.0))
        assert await same_account(api, session.context.store) is False
