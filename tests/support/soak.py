"""`make soak MINUTES=60`: plays random histories one after another for the given time, and reports the result."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.support.history import Broken, History, Summary
from tests.support.own_postgres import own_postgres


async def soak(minutes: float, seed: int | None, seconds: float, objects: int) -> int:
    """Ends with 1 if a promise was broken; the seed replays that history."""
    total, broken = Summary(), 0
    end = time.monotonic() + 60 * minutes
    while total.histories + broken == 0 or (seed is None and time.monotonic() < end):
        number = time.time_ns() % 10**9 if seed is None else seed
        folder = Path(tempfile.mkdtemp(prefix=f"isync-soak-{number}-"))
        print(f"seed {number} …", flush=True)
        async with own_postgres() as postgres:
            history = History(number, postgres, folder, seconds, objects, with_backlog=number % 5 == 0)
            try:
                found = await history.play()
            except Broken as error:
                broken += 1
                total.add(history.summary)
                total.histories -= 1
                print(f"BROKEN {error}", flush=True)
                continue
        total.add(found)
        shutil.rmtree(folder)
        print(f"  equal after {found.slowest_rest:.0f} s: {found.operations.total():,} changes, "
              f"{found.mishaps.total()} mishaps, {found.faults.total():,} faults, {found.rows:,} rows, "
              f"{found.tombstones} tombstones, {found.seconds:.0f} s", flush=True)
    print(f"{total}\nbroken histories     {broken}")
    return 1 if broken else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.support.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, help="play this one history")
    parser.add_argument("--seconds", type=float, default=60, help="how long the account of one history changes")
    parser.add_argument("--objects", type=int, default=600, help="about how many objects it has at first")
    asked = parser.parse_args()
    return asyncio.run(soak(asked.minutes, asked.seed, asked.seconds, asked.objects))


if __name__ == "__main__":
    sys.exit(main())
