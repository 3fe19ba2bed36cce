"""Signs of life: a run that goes on is not taken for killed, and one that rests writes nothing for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from sync_daemon.concurrency import in_background
from sync_daemon.runtime import lifecycle
from sync_daemon.simulator import Simulator
from sync_daemon.sync.session import SyncSession, beat
from tests.conftest import AT_ONCE, Open, Sql
from tests.support.program import until


async def test_a_cycle_that_takes_long_shows_signs_of_life_and_a_rest_does_not(
        open_session: Open, sim: Simulator, sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[float] = []

    async def counted(session: SyncSession) -> None:
        begun.append(session.beaten_at)
        await beat(session)

    monkeypatch.setattr(lifecycle, "beat", counted)
    async with open_session(sim, tuning=replace(AT_ONCE, beat=0.002, beat_late=0.01)) as session:
        session.cycles = 1
        [before] = await sql("SELECT beat_at FROM _run")

        async def is_alive() -> bool:
            return bool(await sql("SELECT FROM _run WHERE beat_at > $1", before["beat_at"]))

        async with in_background(lifecycle.signs_of_life(session)):
            moved = session.context.store.moved_at
            with session.working():
                await until(is_alive, "a sign of life")
                moved_at = max(moved, session.context.reader.api.moved_at)
                assert session.moved_at == moved_at, "which is no sign of progress"
            upto = len(begun)  # the last may be on its way still
            for _ in range(30):
                await asyncio.sleep(0.002)
            assert len(begun) == upto
