"""The servers of a run: a Postgres of its own with default durability, and the pretend account; both end with it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from bench.processes import Failed, Programs, allow_stops, cpu_of, peak_of, undisturbed
from sync_daemon.local_postgres.embedded import embedded_postgres

DEBIAN = Path("/usr/lib/postgresql/15/bin")
ROOT = Path(__file__).parents[1]
PAGE = 100
LIMIT = 20
"""Requests in flight that the account allows a key."""
WARM = 200_000
"""Up to so many rows the pretend account keeps each row printed; more would not fit its cache."""


@dataclass(slots=True)
class Postgres:
    """A running server. `template` is a connection string with {name} for the database."""

    template: str
    pid: int
    version: str
    made: int = 0

    def dsn(self, name: str = "postgres") -> str:
        return self.template.format(name=name)

    @property
    def cpu(self) -> float:
        """Processor seconds of ended connections; 0 if the server can't be inspected."""
        return cpu_of(self.pid) if self.pid else 0.0

    @contextmanager
    def database(self) -> Iterator[str]:
        """An empty database for one measurement: its connection string."""
        self.made += 1
        name = f"bench_{self.made}"
        execute(self.dsn(), f"CREATE DATABASE {name}")
        try:
            yield self.dsn(name)
        finally:
            execute(self.dsn(), f"DROP DATABASE {name} WITH (FORCE)")


async def _execute(dsn: str, statements: tuple[str, ...]) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement, timeout=600)
    finally:
        await connection.close()


async def _rows(dsn: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(query)
    finally:
        await connection.close()


def execute(dsn: str, *statements: str) -> None:
    """Runs statements one by one, each in its own transaction."""
    asyncio.run(_execute(dsn, statements))


def rows(dsn: str, query: str) -> list[asyncpg.Record]:
    return asyncio.run(_rows(dsn, query))


def value(dsn: str, query: str) -> Any:  # noqa: ANN401 - whatever the query gives
    return rows(dsn, query)[0][0]


def settle(dsn: str) -> None:
    """Prepares for a measurement: nothing is left to write, vacuum or analyze."""
    execute(dsn, "VACUUM (ANALYZE)", "CHECKPOINT")


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """Debian's Postgres 15 if installed, else the embedded one."""
    folder.mkdir()
    if (DEBIAN / "postgres").is_file():
        with _debian(folder) as server:
            yield server
    else:
        with _embedded(folder / "embedded") as server:
            yield server


@contextmanager
def _embedded(folder: Path) -> Iterator[Postgres]:
    with asyncio.Runner() as loop:
        holding = embedded_postgres(folder, as_root=True)
        server = loop.run(holding.__aenter__())
        try:
            template = server.dsn.replace("/invoiced?", "/{name}?")
            yield Postgres(template, 0, f"{server.version}, the one that comes along")
        finally:
            loop.run(holding.__aexit__(None, None, None))


@contextmanager
def _debian(folder: Path) -> Iterator[Postgres]:
    folder.chmod(0o700)  # whoever reaches the socket is trusted
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    _do("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    try:
        _do("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"-k {folder} -c listen_addresses=", "start")
        pid = int((data / "postmaster.pid").read_text().split()[0])
        template = f"postgresql://postgres@/{{name}}?host={folder}"
        yield Postgres(template, pid, str(value(template.format(name="postgres"), "SHOW server_version")))
    finally:
        if (data / "postmaster.pid").exists():
            _do("pg_ctl", "-D", data, "-w", "-m", "fast", "stop")


def _do(program: str, *arguments: str | Path) -> None:
    as_user: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []}
    # its output is not captured: the server that pg_ctl starts would keep a pipe open
    with undisturbed():
        done = subprocess.run([DEBIAN / program, *arguments], cwd="/", stdin=subprocess.DEVNULL,  # noqa: S603
                              stdout=subprocess.DEVNULL, start_new_session=True, preexec_fn=allow_stops, check=False,
                              **(as_user if os.geteuid() == 0 else {}))
    if done.returncode:
        raise Failed(f"{program} ended with {done.returncode}")


@dataclass(slots=True)
class Account:
    """The pretend account behind its server."""

    url: str
    api_key: str
    pid: int

    def control(self, name: str, **arguments: object) -> None:
        self._ask(name, json.dumps(arguments).encode())

    def read(self, name: str) -> dict[str, Any]:
        return self._ask(name, None)

    def _ask(self, name: str, body: bytes | None) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/_control/{name}", body, timeout=60) as answer:  # noqa: S310 - loopback
            found: dict[str, Any] = json.load(answer)
            return found

    @property
    def cpu(self) -> float:
        return cpu_of(self.pid)

    @property
    def peak(self) -> float:
        return peak_of(self.pid)


@contextmanager
def account(programs: Programs, *arguments: str) -> Iterator[Account]:
    """A pretend account as a separate process, which answers when the block begins."""
    words = [sys.executable, "-m", "sync_daemon.simulator", *arguments]
    with programs.running(words, {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE) as child:
        assert child.process.stdout is not None
        with child.process.stdout as said:
            line = said.readline()
            if not line:
                raise Failed(f"the pretend account did not start: {child.err.read_text()[-400:]}")
            yield Account(pid=child.process.pid, **json.loads(line))


def invoices(number: int, *, warm: bool) -> tuple[str, ...]:
    """Arguments for an account with only invoices. `warm`: all rows are rendered beforehand, so the server is cheap."""
    return (*(["--warm"] if warm else []), "--objects", "100", "--size", f"invoices={number}", "--size", "customers=50")
