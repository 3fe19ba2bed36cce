"""The program itself, as a user starts it: first load, re-read, quiet cycles, the short verbs."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import IO

from bench.processes import Failed, Programs, Words, cpu_of
from bench.servers import LIMIT, Account, Postgres, execute, rows, settle, value
from sync_daemon.model.resources import BY_NAME

PROGRAM = Path(sys.executable).with_name("invoiced-sync")
SHORT_OVERLAP = {"SYNC_OVERLAP": "5"}
"""For loads and re-reads: the pretend account has a bulk import of the last minutes, which would be read again."""
WARM_UP = 3
"""Cycles after a start that are not counted."""
WRITTEN = """
SELECT relname LIKE '\\_%' AS ours, coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint AS rows
FROM pg_stat_user_tables WHERE schemaname = 'invoiced' GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Load:
    """One first load."""

    wall: float
    logged: float
    """Seconds between its own start of loading and its `load.done`: without start, migrations and the cycle after."""
    cpu: float
    peak: float
    requests: int
    too_many: int
    most: int
    server_cpu: float
    database_cpu: float


@dataclass(frozen=True, slots=True)
class Reread:
    """A second read of the same, unchanged invoices."""

    wall: float
    wal: int
    peak: float


@dataclass(frozen=True, slots=True)
class Idle:
    """What one quiet cycle costs."""

    cycles: int
    requests: float
    mirrored: float
    """Rows written in mirror tables."""
    kept: float
    """Rows written in the bookkeeping."""
    wal: float
    seconds: float
    cpu: float
    peak: float


def settings(account: Account, dsn: str, resources: str = "customers,invoices") -> dict[str, str]:
    return {"INVOICED_API_KEY": account.api_key, "INVOICED_BASE_URL": account.url, "DATABASE_URL": dsn,
            "SYNC_RESOURCES": resources, "INVOICED_MAX_CONCURRENCY": str(LIMIT), "SYNC_LOG_FORMAT": "json"}


def migrate(programs: Programs, account: Account, dsn: str) -> None:
    programs.call([PROGRAM, "migrate"], settings(account, dsn)).must("migrate")


def first_load(programs: Programs, server: Postgres, account: Account, dsn: str, number: int) -> Load:
    """Into an empty database; the mirror stays there."""
    execute(dsn, "CHECKPOINT")
    account.control("reset_stats")
    database_cpu, server_cpu = server.cpu, account.cpu
    ended = programs.call([PROGRAM, "backfill"], settings(account, dsn) | SHORT_OVERLAP).must("backfill")
    server_cpu, stats = account.cpu - server_cpu, account.read("stats")
    here = value(dsn, "SELECT count(*) FROM invoiced.invoices")
    if here != number:
        raise Failed(f"backfill stored {here} rows of {number}")
    logged = next(line["seconds"] for line in ended.logged("load.done") if line["resource"] == "invoices")
    return Load(ended.wall, logged, ended.cpu, ended.peak, stats["requests"], stats["rate_limited"],
                stats["max_in_flight"], server_cpu, server.cpu - database_cpu)


def reread(programs: Programs, account: Account, dsn: str) -> Reread:
    settle(dsn)
    before = _wal(dsn)
    ended = programs.call([PROGRAM, "resync", "invoices"], settings(account, dsn) | SHORT_OVERLAP).must("resync")
    return Reread(ended.wall, _wal(dsn) - before, ended.peak)


def _wal(dsn: str) -> int:
    return int(value(dsn, "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint"))


def idle(programs: Programs, account: Account, dsn: str, cycles: int) -> Idle:
    """All resources, without any change.

    Postgres counts written rows for certain only when a connection ends, so they are the difference between a shorter
    and a longer run, in which starts and ends cancel out. All else is measured in the longer one.
    """
    programs.call([PROGRAM, "backfill"], settings(account, dsn, "all")).must("backfill")
    _quiet_run(programs, account, dsn, WARM_UP)  # the first run may still have work to do
    short, longer = (_quiet_run(programs, account, dsn, number) for number in (WARM_UP, WARM_UP + cycles))
    gained = longer.cycles - short.cycles
    return Idle(cycles, longer.requests / cycles, (longer.mirrored - short.mirrored) / gained,
                (longer.kept - short.kept) / gained, longer.wal / cycles, longer.seconds, longer.cpu / cycles,
                longer.peak)


def _quiet_run(programs: Programs, account: Account, dsn: str, cycles: int) -> Idle:
    """One `run`: rows written in all of it, the rest between the end of its WARM_UP and its last cycle."""
    settle(dsn)
    written = _written(dsn)
    words: Words = [PROGRAM, "run"]
    with programs.running(words, {**settings(account, dsn, "all"), "SYNC_INTERVAL": "1"},
                          stderr=subprocess.PIPE) as child:
        assert child.process.stderr is not None
        with child.process.stderr as said:
            took = [_next_cycle(said) for _ in range(WARM_UP)]
            account.control("reset_stats")
            wal, cpu = _wal(dsn), cpu_of(child.process.pid)
            took += [_next_cycle(said) for _ in range(cycles - WARM_UP)]
            requests, wal, cpu = account.read("stats")["requests"], _wal(dsn) - wal, cpu_of(child.process.pid) - cpu
            child.terminate()
            said.read()
        peak = child.ended().must("run").peak
    done: int = value(dsn, "SELECT cycles FROM invoiced._run ORDER BY id DESC LIMIT 1")
    after = _written(dsn)
    return Idle(done, requests, after[False] - written[False], after[True] - written[True], wal, median(took), cpu,
                peak)


def _next_cycle(said: IO[bytes]) -> float:
    """Waits for the log line of the next cycle: its seconds."""
    for line in said:
        if line.startswith(b"{") and (told := json.loads(line))["event"] == "cycle.done":
            return float(told["seconds"])
    raise Failed("run ended by itself")


def _written(dsn: str) -> dict[bool, int]:
    """Rows written so far: of the bookkeeping (True) and of the mirror."""
    return {False: 0, True: 0} | {row["ours"]: row["rows"] for row in rows(dsn, WRITTEN)}


def quick_verb(programs: Programs, account: Account, dsn: str, verb: str) -> float:
    return programs.call([PROGRAM, verb], settings(account, dsn)).must(verb).wall


def feeds_and_polls() -> int:
    """Requests that a quiet cycle needs: the feed, and one for each list that is polled."""
    return 1 + sum(resource.way.name == "VALUE" for resource in BY_NAME.values())
