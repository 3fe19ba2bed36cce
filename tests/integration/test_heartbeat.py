"""Signs of life: a run that goes on is not taken for killed, and one that rests writes nothing for it."""

from __future__ import annotations

import asyncio

import pytest

from sync_daemon import daemon
from sync_daemon.together import beside
from tests.acceptance.program import until
from tests.conftest import Open, Sql


async def test_a_cycle_that_takes_long_shows_signs_of_life_and_a_rest_does_not(
        open_mirror: Open, simulate: object, sim: object, sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon, "BEAT", 0.002)
    monkeypatch.setattr(daemon, "LATE", 0.01)
    async with open_mirror(sim) as mirror:
        mirror.cycles = 1

        async def beat_at() -> object:
            return (await sql("SELECT beat_at FROM _run"))[0]["beat_at"]

        async with beside(daemon._signs_of_life(mirror)):
            before = await beat_at()
            moved = mirror.engine.store.moved_at
            with mirror.working():
                await until(lambda: _differs(beat_at, before), "a sign of life")
                assert mirror.moved_at == max(moved, mirror.engine.reader.api.moved_at), "which is no sign of progress"
            quiet = await beat_at()
            for _ in range(30):
                await asyncio.sleep(0.002)
            assert await beat_at() == quiet


async def _differs(beat_at: object, before: object) -> bool:
    return await beat_at() != before  # type: ignore[operator]
