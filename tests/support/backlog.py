"""`make backlog EVENTS=300000`: the program is stopped for three months of changes and then reads them all.

The mirror is loaded, its cursor in the feed is set back by three months, and the real `run` works until it has all
events since then. The cost is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

import asyncpg

from sync_daemon.simulator import Options, Simulator
from tests.support.own_postgres import own_postgres
from tests.support.program import Programs, until

REST = 91 * 86400
"""Seconds."""
LONGEST = 3600.0


async def play(events: int) -> None:
    """Raises AssertionError if the mirror does not become equal to the account."""
    folder = Path(tempfile.mkdtemp(prefix="isync-backlog-"))
    programs = Programs(folder)
    options = Options(seed=7, objects=400, sizes={"events": events}, years=0.25)
    try:
        async with own_postgres() as postgres, Simulator(options).serve() as sim:
            dsn = await postgres.create("backlog", may_forget=False)
            settings = {"INVOICED_API_KEY": sim.api_key, "INVOICED_BASE_URL": sim.url, "DATABASE_URL": dsn,
                        "SYNC_LOG_FORMAT": "json", "SYNC_INTERVAL": "5", "SYNC_WEB_LISTEN": "off"}
            loaded = await programs.call("backfill", **settings)
            assert loaded.code == 0, loaded.stderr
            connection = await asyncpg.connect(dsn)
            start = sim.account.now() - REST
            await connection.execute(
                "UPDATE invoiced._checkpoint SET cursor_u = $1, lo = $1 WHERE resource = 'events'", start)
            told = {event["id"]: event["timestamp"] for event in
                    json.loads(b"".join(sim.account.dump("events", False))) if event["timestamp"] >= start}
            newest = max(told.values())
            sim.stats.reset()
            begun = time.monotonic()
            program = await programs.start("run", **settings)

            async def has_come_to_the_end() -> bool:
                place = await connection.fetchval("SELECT cursor_u FROM invoiced._checkpoint WHERE resource = 'events'")
                return bool(place > newest - 400)

            async def has_all() -> bool:
                return {row["id"] for row in await connection.fetch("SELECT id FROM invoiced.events")} >= told.keys()

            await until(has_come_to_the_end, "the feed is read to its end", LONGEST)
            await until(has_all, "all events are there")
            seconds = time.monotonic() - begun
            peak = peak_of(program.process.pid)
            requests, statuses = sim.stats.by_path["/events"], dict(sim.stats.by_status)
            code = await program.terminated()
            await connection.close()
            print(f"{len(told):,} events after three months of rest: {seconds:.0f} s, {requests:,} requests for them, "
                  f"statuses {statuses}, peak memory {peak} MiB, exit code {code}")
            assert code == 0
            assert statuses.keys() == {200}
    finally:
        await programs.end_all()
        shutil.rmtree(folder, ignore_errors=True)


def peak_of(pid: int) -> int:
    """Peak memory of a living process in MiB."""
    [peak] = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(peak) // 1024


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.support.backlog", description=__doc__)
    parser.add_argument("--events", type=int, default=300_000)
    asyncio.run(play(parser.parse_args().events))
    return 0


if __name__ == "__main__":
    sys.exit(main())
