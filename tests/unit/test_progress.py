"""Counts: each piece of work has its own, and the whole has them all."""

from __future__ import annotations

import asyncio

from sync_daemon.concurrency import run_all
from sync_daemon.progress import Counts, Progress, Speed


async def test_works_side_by_side_count_each_for_itself_and_all_for_the_whole() -> None:
    progress = Progress()

    async def work(rows: int) -> dict[str, Counts]:
        async def page() -> None:
            await asyncio.sleep(0)
            progress.count("invoices", seen=rows, stored=1)

        with progress.counting() as counts:
            await run_all(page() for _ in range(3))
        return counts

    one, two = await run_all([work(10), work(100)])
    progress.count("invoices", seen=1000)
    assert (one["invoices"].seen, two["invoices"].seen) == (30, 300)
    assert (progress.of("invoices").seen, progress.of("invoices").stored) == (1330, 6)
    assert progress.sum("seen") == 1330


def test_what_was_neither_stored_nor_rejected_was_unchanged() -> None:
    counts = Counts(seen=10, stored=3, rejected=1, seconds=1.239)
    assert counts.line() == {"seen": 10, "stored": 3, "unchanged": 6, "deleted": 0, "rejected": 1, "requests": 0,
                             "seconds": 1.24}


def test_speed_is_that_of_the_last_seconds_however_seldom_someone_looks() -> None:
    speed = Speed()
    assert speed.per_second == 0
    for now in range(100):
        speed.note(now * 5, float(now))
    assert speed.per_second == 5
    assert len(speed.points) < 30
    speed.note(1495, 399.0)
    assert speed.per_second > 0
