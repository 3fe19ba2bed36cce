"""Other programs that load Invoiced into Postgres, each installed into its own environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench.processes import Failed, Programs, Words
from bench.servers import Account, value

PINS: Mapping[str, tuple[str, ...]] = {
    "dlt": ("dlt[postgres]==1.31.0",),
    "tap": ("tap-invoiced==0.3.0",),
    "target": ("meltanolabs-target-postgres==0.8.1",),
}
"""The versions that were tried, by environment: the one place to change."""
HERE = Path(__file__).parent
COUNT = "SELECT count(*) FROM peer.invoices"


@dataclass(frozen=True, slots=True)
class Run:
    """One load by a peer."""

    wall: float
    cpu: float
    peak: float
    requests: int


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    environments: tuple[str, ...]
    load: Callable[[Programs, Account, str], tuple[float, float, float]]


def measure(peer: Peer, programs: Programs, account: Account, dsn: str, number: int) -> Run:
    """Raises Failed if it can't be installed, fails, or does not load every row."""
    for name in peer.environments:
        install(programs, name)
    account.control("reset_stats")
    wall, cpu, peak = peer.load(programs, account, dsn)
    try:
        here = value(dsn, COUNT)
    except asyncpg.UndefinedTableError as error:
        raise Failed(f"it loaded nothing: {error}") from error
    if here != number:
        raise Failed(f"it loaded {here} rows of {number}")
    return Run(wall, cpu, peak, account.read("stats")["requests"])


def folder() -> Path:
    """Where the environments are kept between runs."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "invoiced-sync-bench"


def _environment(name: str) -> Path:
    return folder() / f"{name}-{'-'.join(PINS[name]).partition('==')[2]}-py{sys.version_info.minor}"


def install(programs: Programs, name: str) -> None:
    """Installs with pip, from its configured index; once."""
    home = _environment(name)
    if (home / "ready").exists():
        return
    venv.create(home, with_pip=True, clear=True)
    pip: Words = [home / "bin" / "python", "-m", "pip", "install", "--quiet", *PINS[name]]
    programs.call(pip, dict(os.environ)).must("pip install " + " ".join(PINS[name]))
    (home / "ready").touch()


def _dlt(nesting: str) -> Callable[[Programs, Account, str], tuple[float, float, float]]:
    def load(programs: Programs, account: Account, dsn: str) -> tuple[float, float, float]:
        kept = programs.folder / f"dlt-{time.monotonic_ns()}"
        kept.mkdir()
        # dlt requires a host and a password; Postgres uses the folder in the host= that follows
        named = dsn.replace("postgres@/", "postgres:none@localhost:5432/")
        given = {"BENCH_URL": account.url, "BENCH_KEY": account.api_key, "BENCH_NESTING": nesting,
                 "BENCH_DSN": named, "BENCH_FOLDER": str(kept), "RUNTIME__DLTHUB_TELEMETRY": "false"}
        ended = programs.call([_environment("dlt") / "bin" / "python", HERE / "dlt_load.py"], given).must("dlt")
        return ended.wall, ended.cpu, ended.peak

    return load


def _singer(programs: Programs, account: Account, dsn: str) -> tuple[float, float, float]:
    """tap | target, joined as by a shell, set to upsert by COPY; the discovery before is not counted."""
    files = {name: programs.folder / f"singer-{name}.json" for name in ("tap", "target", "catalog")}
    given = {"BENCH_URL": account.url}
    tap: Words = [_environment("tap") / "bin" / "python", HERE / "tap_run.py", "--config", files["tap"]]
    target: Words = [_environment("target") / "bin" / "target-postgres", "--config", files["target"]]
    files["tap"].write_text(json.dumps({"api_key": account.api_key, "start_date": "2000-01-01T00:00:00Z"}))
    files["target"].write_text(json.dumps({"sqlalchemy_url": dsn.replace("postgresql:", "postgresql+psycopg:"),
                                           "default_target_schema": "peer",
                                           "load_method": "upsert", "use_copy": True}))
    found = json.loads(programs.call([*tap, "--discover"], given).must("tap-invoiced --discover").out.read_text())
    found["streams"] = [one for one in found["streams"] if one["tap_stream_id"] == "invoices"]
    for entry in found["streams"][0]["metadata"]:
        entry["metadata"]["selected"] = True
    files["catalog"].write_text(json.dumps(found))
    with ExitStack() as both:
        writer = both.enter_context(programs.running([*tap, "--catalog", files["catalog"]], given,
                                                     stdout=subprocess.PIPE))
        assert writer.process.stdout is not None
        with writer.process.stdout as pipe:
            reader = both.enter_context(programs.running(target, {}, stdin=pipe.fileno()))
        ended = [reader.ended().must("target-postgres"), writer.ended().must("tap-invoiced")]
    return ended[0].wall, sum(one.cpu for one in ended), sum(one.peak for one in ended)


PEERS = (
    Peer("dlt, with child tables", ("dlt",), _dlt("")),
    Peer("dlt, no child tables", ("dlt",), _dlt("0")),
    Peer("tap-invoiced to target-postgres", ("tap", "target"), _singer),
)
