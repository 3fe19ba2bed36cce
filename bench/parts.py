"""Turns measurements into the lines of the table, each with its goal. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from bench.measured import Measured, Plan
from bench.ours import Load, feeds_and_polls
from bench.processes import Failed
from bench.servers import LIMIT, PAGE, WARM
from bench.table import Part, size, speed

OF_COPY = 0.5
OF_DLT = 10.0
OF_CEILING = 0.7
REREAD = 5.0
REREAD_WAL = 1e6
TOO_MANY = 0.01
MEMORY = 120.0
MEMORY_GROWTH = 0.1


def made(asked: Plan, found: Measured) -> list[Part]:
    """All parts, in the order of the table."""
    return [_loads(asked, found), _slow_loads(asked, found), _politeness(found), _reread(found), _memory(asked, found),
            _idle(found), _verbs(found)]


def _loads(asked: Plan, found: Measured) -> Part:
    part = Part(f"First load of {asked.rows:,} invoices, no latency")
    walls = [load.wall for load in found.loads]
    part.add("invoiced-sync, whole process", speed(asked.rows, walls), "1")
    part.add("invoiced-sync, by its own log", speed(asked.rows, [load.logged for load in found.loads]))
    share = median(found.copies) / median(walls)
    part.add("COPY into the same table, two connections", speed(asked.rows, found.copies), f"ours is {share:.2f} of it",
             f"{OF_COPY}", share >= OF_COPY)
    _peers(part, asked, found, 0.0, asked.rows / median(walls))
    part.add("processor seconds", _cpu(found.loads))
    return part


def _slow_loads(asked: Plan, found: Measured) -> Part:
    part = Part(f"First load of {asked.rows:,} invoices, {found.latency * 1000:.0f} ms a request")
    walls = [load.wall for load in found.slow_loads]
    ours, fast = asked.rows / median(walls), asked.rows / median([load.wall for load in found.loads])
    ceiling = LIMIT * PAGE / found.latency
    part.add("invoiced-sync, whole process", speed(asked.rows, walls), "1")
    part.add("invoiced-sync, by its own log", speed(asked.rows, [load.logged for load in found.slow_loads]))
    part.add(f"the account's ceiling: {LIMIT} × {PAGE} / {found.latency:g} s", f"{ceiling:,.0f} rows/s",
             f"ours is {ours / ceiling:.2f} of it")
    part.add("the smaller of ceiling and speed without latency", f"{min(ceiling, fast):,.0f} rows/s",
             f"ours is {ours / min(ceiling, fast):.2f} of it", f"{OF_CEILING}", ours / min(ceiling, fast) >= OF_CEILING)
    _peers(part, asked, found, found.latency, ours)
    part.add("processor seconds", _cpu(found.slow_loads))
    return part


def _peers(part: Part, asked: Plan, found: Measured, latency: float, ours: float) -> None:
    for (name, at), run in found.peers.items():
        if at != latency:
            continue
        if isinstance(run, Failed):
            part.add(name, f"not measured: {run}")
            continue
        times = ours * run.wall / asked.peer_rows
        goal = OF_DLT if name.startswith("dlt") and not latency else None
        figure = f"{speed(asked.peer_rows, [run.wall])}, {run.cpu:.0f} s of processor, {run.peak:.0f} MB"
        part.add(f"{name}, {asked.peer_rows:,} rows", figure, f"ours is {times:.1f} × it",
                 f"{goal:g} ×" if goal else "", times >= goal if goal else None)
    if latency in found.like_peers and asked.peer_rows != asked.rows:
        part.add(f"invoiced-sync, {asked.peer_rows:,} rows too",
                 speed(asked.peer_rows, [found.like_peers[latency].wall]))
    if not found.peers:
        part.add("dlt, tap-invoiced", "not measured: left out")


def _cpu(loads: Sequence[Load]) -> str:
    """Processor time: all three share the machine."""
    ours, database, server = (median([getattr(load, name) for load in loads])
                              for name in ("cpu", "database_cpu", "server_cpu"))
    told = f"{database:.1f}" if database else "unknown"
    return f"{ours:.1f} ours, {told} Postgres, {server:.1f} the pretend account"


def _politeness(found: Measured) -> Part:
    part = Part(f"Politeness, limit {LIMIT}")
    for name, loads in (("no latency", found.loads), (f"{found.latency * 1000:.0f} ms", found.slow_loads)):
        most = max(load.most for load in loads)
        part.add(f"most requests in flight, {name}", f"{most}", "", f"at most {LIMIT}", most <= LIMIT)
        requests, refused = sum(load.requests for load in loads), sum(load.too_many for load in loads)
        part.add(f"429s, {name}, warm-up included", f"{refused} of {requests:,} requests",
                 f"{refused / requests:.2%}", f"under {TOO_MANY:.0%}", refused / requests < TOO_MANY)
    return part


def _reread(found: Measured) -> Part:
    part = Part("Reading all invoices again, none changed")
    walls = [again.wall for again in found.rereads]
    times = median([load.wall for load in found.loads]) / median(walls)
    part.add("whole process", f"{median(walls):.1f} s", f"{times:.1f} × the first load", f"{REREAD:g} ×",
             times >= REREAD)
    wal = max(again.wal for again in found.rereads)
    part.add("write-ahead log, most of all runs", size(wal), "", f"under {size(REREAD_WAL)}", wal < REREAD_WAL)
    return part


def _memory(asked: Plan, found: Measured) -> Part:
    part = Part("Peak memory of a first load")
    taken = sorted({*asked.memory} & {*found.peaks})
    for position, number in enumerate(taken):
        peak, growth = found.peaks[number], ""
        if position:
            growth = f"{peak / found.peaks[taken[position - 1]]:.2f} × the size before"
        part.add(f"{number:,} invoices", f"{peak:.0f} MB", growth, f"under {MEMORY:.0f} MB", peak < MEMORY)
    if len(taken) > 1:
        smaller, larger = taken[-2:]
        ratio = found.peaks[larger] / found.peaks[smaller]
        part.add(f"{larger:,} against {smaller:,}", "", f"{ratio:.2f} ×", f"within {MEMORY_GROWTH:.0%}",
                 abs(ratio - 1) <= MEMORY_GROWTH)
    part.add(f"{asked.rows:,} invoices, from the faster server above",
             f"{max(load.peak for load in found.loads):.0f} MB", "", f"under {MEMORY:.0f} MB",
             all(load.peak < MEMORY for load in found.loads))
    part.add("re-read", f"{max(again.peak for again in found.rereads):.0f} MB")
    return part


def _idle(found: Measured) -> Part:
    part, idle = Part("A quiet cycle, all resources"), found.idle
    if idle is None:
        return part
    wanted = feeds_and_polls()
    part.add("requests", f"{idle.requests:.1f}", "", f"{wanted}: feed, polled lists", round(idle.requests, 1) <= wanted)
    part.add("rows written in mirror tables", f"{idle.mirrored:.1f}", "", "0", idle.mirrored == 0)
    part.add("rows written in the bookkeeping", f"{idle.kept:.1f}", "", "1: the heartbeat", round(idle.kept, 1) <= 1)
    part.add("write-ahead log", size(idle.wal))
    part.add("time", f"{idle.seconds * 1000:.0f} ms, {idle.cpu * 1000:.0f} ms of processor")
    part.add("peak memory of `run`", f"{idle.peak:.0f} MB", "", f"under {MEMORY:.0f} MB", idle.peak < MEMORY)
    return part


def _verbs(found: Measured) -> Part:
    part = Part("Short verbs, whole process")
    for verb, walls in found.verbs.items():
        part.add(f"`invoiced-sync {verb}`", f"{median(walls):.2f} s")
    return part


def notes(asked: Plan, found: Measured) -> list[str]:
    """What a reader must know to judge the figures."""
    told = [f"NOT COMPLETE: {failure}" for failure in found.failures]
    if asked.quick:
        told.append("This was --quick: what a process needs for its start outweighs all else, so goals say nothing.")
    told += [
        ("All on one machine: the program, the pretend account behind real HTTP, and Postgres share its cores. COPY "
         "has neither the account nor any program beside it."),
        (f"An invoice is {found.bytes_a_row:,.0f} bytes of JSON; there are 50 customers too. Settings are the "
         f"defaults, with INVOICED_MAX_CONCURRENCY={LIMIT}, and SYNC_OVERLAP=5 for loads and re-reads, since the "
         "account ends with a bulk import of the last minutes. First loads go into an empty database, migrations "
         f"included, and are judged by the whole process. Figures are the median of {asked.runs} run(s), each of COPY, "
         "first load, re-read, load with latency."),
        ("COPY: text files of the same rows as the list serves them (id, raw, hash, read_at), read by the server "
         "itself, half of the ids on each connection, into the table that the program's migrations make, with its "
         "typed columns and indexes."),
        "Before a re-read VACUUM (ANALYZE) and CHECKPOINT are run, so that its write-ahead log is its own.",
        ("Peak memory is the largest resident set that the system saw of the process; a MB is 10^6 bytes. It can't be "
         f"seen below that of the bench itself, {found.own_peak:.0f} MB."),
        (f"Quiet cycles: {asked.cycles} of `invoiced-sync run` with SYNC_INTERVAL=1, on a small account with all "
         "resources."),
    ]
    if asked.rows <= WARM:
        told.append("For loads the account has printed each row beforehand, so that its server is cheap; for peak "
                    "memory it prints rows as they are asked for, at each size, and no speed is told.")
    if found.peers:
        told.append(f"Peers load {asked.peer_rows:,} invoices, once, and are compared by rows a second; like ours, "
                    "their whole process is timed, their installation and discovery not. dlt: rest_api source, merge "
                    "on id. target-postgres: upsert, use_copy. None was changed, but for the address of the API.")
    return told
