"""`python -m bench`: runs all of it, prints the table, writes bench/RESULTS.md."""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import parts, table
from bench.copying import copy, write_files
from bench.machine import described
from bench.measured import Measured, Plan
from bench.ours import first_load, idle, migrate, quick_verb, reread
from bench.peers import PEERS, measure
from bench.processes import Failed, Programs, interruptible, own_peak
from bench.servers import WARM, Postgres, account, invoices, postgres

RESULTS = Path(__file__).with_name("RESULTS.md")
LATENCY = 0.15
WORK = Path("/var/tmp")  # noqa: S108 - on a disk, unlike /tmp on many systems; a fresh private name below it
_begun = time.monotonic()


def plan(arguments: Sequence[str] | None = None) -> Plan:
    made = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    made.add_argument("--rows", type=int, help="invoices of the first load (100000)")
    made.add_argument("--peer-rows", type=int, help="invoices that peers load (20000)")
    made.add_argument("--runs", type=int, help="the median of so many runs is taken (3; peers: 1)")
    made.add_argument("--memory", type=int, nargs="+", metavar="N", help="sizes at which peak memory is taken "
                      "(10000 100000 1000000)")
    made.add_argument("--cycles", type=int, help="quiet cycles (30)")
    made.add_argument("--no-peers", action="store_true", help="leave dlt and tap-invoiced out")
    made.add_argument("--quick", action="store_true", help="small, without peers, no file: only to see that it works")
    made.add_argument("--results", type=Path, help="the file to write (bench/RESULTS.md)")
    asked = made.parse_args(arguments)
    small = Plan(5000, 2000, 1, (1000, 5000, 20_000), 5, peers=False, quick=True, results=asked.results)
    full = Plan(100_000, 20_000, 3, (10_000, 100_000, 1_000_000), 30, peers=not asked.no_peers, quick=False,
                results=asked.results or RESULTS)
    base = small if asked.quick else full
    return Plan(asked.rows or base.rows, asked.peer_rows or base.peer_rows, asked.runs or base.runs,
                tuple(asked.memory or base.memory), asked.cycles or base.cycles, base.peers, base.quick,
                base.results)


def tell(what: str) -> None:
    """Progress, on stderr."""
    sys.stderr.write(f"{time.monotonic() - _begun:7.1f} s  {what}\n")
    sys.stderr.flush()


@contextmanager
def workplace() -> Iterator[Path]:
    """A temporary folder that the user of Postgres can reach."""
    folder = Path(tempfile.mkdtemp(prefix="invoiced-sync-bench-", dir=WORK))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure_loads(asked: Plan, found: Measured, programs: Programs, server: Postgres) -> None:
    """First loads, re-reads and COPY, in turns, so that a slow minute of the machine hits all of them."""
    tell(f"starting a pretend account with {asked.rows:,} invoices")
    with account(programs, *invoices(asked.rows, warm=asked.rows <= WARM)) as sim:
        paths = write_files(sim, programs.folder)
        found.bytes_a_row = sum(path.stat().st_size for path in paths) / asked.rows
        for number in range(1, asked.runs + 1):
            with server.database() as dsn:
                migrate(programs, sim, dsn)
                found.copies.append(copy(dsn, paths, asked.rows))
                tell(f"run {number}: COPY {found.copies[-1]:.1f} s")
            with server.database() as dsn:
                found.loads.append(first_load(programs, server, sim, dsn, asked.rows))
                found.rereads.append(reread(programs, sim, dsn))
                tell(f"run {number}: first load {found.loads[-1].wall:.1f} s, again {found.rereads[-1].wall:.1f} s")
            sim.control("latency", seconds=LATENCY)
            with server.database() as dsn:
                found.slow_loads.append(first_load(programs, server, sim, dsn, asked.rows))
                tell(f"run {number}: first load at {LATENCY * 1000:.0f} ms {found.slow_loads[-1].wall:.1f} s")
            sim.control("latency", seconds=0)
    for path in paths:
        path.unlink()


def measure_memory(asked: Plan, found: Measured, programs: Programs, server: Postgres) -> None:
    for number in asked.memory:
        tell(f"peak memory at {number:,} invoices")
        with account(programs, *invoices(number, warm=False)) as sim, server.database() as dsn:
            found.peaks[number] = first_load(programs, server, sim, dsn, number).peak
            tell(f"  {found.peaks[number]:.0f} MB; the pretend account took {sim.peak:,.0f} MB")


def measure_quiet(asked: Plan, found: Measured, programs: Programs, server: Postgres) -> None:
    tell("quiet cycles of all resources, status, --help")
    with account(programs, "--objects", "2000") as sim, server.database() as dsn:
        found.idle = idle(programs, sim, dsn, asked.cycles)
        for verb in ("status", "--help"):
            found.verbs[verb] = [quick_verb(programs, sim, dsn, verb) for _ in range(max(3, asked.runs))]


def measure_peers(asked: Plan, found: Measured, programs: Programs, server: Postgres) -> None:
    """Each without and with latency; one that can't be measured says why and does not stop the others."""
    tell(f"starting a pretend account with {asked.peer_rows:,} invoices for the peers")
    with account(programs, *invoices(asked.peer_rows, warm=asked.peer_rows <= WARM)) as sim:
        for latency in (0.0, LATENCY):
            sim.control("latency", seconds=latency)
            with server.database() as dsn:
                found.like_peers[latency] = first_load(programs, server, sim, dsn, asked.peer_rows)
            for peer in PEERS:
                with server.database() as dsn:
                    try:
                        run = measure(peer, programs, sim, dsn, asked.peer_rows)
                        found.peers[peer.name, latency] = run
                        tell(f"{peer.name}, {latency * 1000:.0f} ms: {run.wall:.1f} s")
                    except Failed as error:
                        found.peers[peer.name, latency] = error
                        tell(f"{peer.name}, {latency * 1000:.0f} ms: not measured: {error}")


def main() -> int:
    asked, found = plan(), Measured(LATENCY)
    how = shlex.join(["python", "-m", "bench", *sys.argv[1:]])
    with interruptible():
        try:
            with workplace() as folder:
                programs = Programs(folder / "programs")
                programs.folder.mkdir()
                programs.folder.chmod(0o755)  # the server reads files for COPY there
                with postgres(folder / "postgres") as server:
                    facts = described(server.version, folder)
                    measure_loads(asked, found, programs, server)
                    for measure_more in (measure_quiet, *([measure_peers] if asked.peers else []), measure_memory):
                        try:
                            measure_more(asked, found, programs, server)
                        except Failed as error:  # the table of what was measured is still useful
                            tell(str(error))
                            found.failures.append(str(error))
        except Failed as error:
            sys.stderr.write(f"bench: {error}\n")
            return 1
    found.own_peak = own_peak()
    made, notes = parts.made(asked, found), parts.notes(asked, found)
    table.show(made, facts, notes)
    if asked.results is not None:
        asked.results.write_text(table.markdown(made, facts, notes, how))
        tell(f"written to {asked.results}")
    return 1 if found.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
