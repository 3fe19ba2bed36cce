"""Real Postgres, a real server, real sockets: what tests stand on.

Postgres is started once a session and a database is made for each test: `database` is empty, `mirror_database` holds
an empty mirror, copied from a template. Tests run on the embedded 18; a module that says
`pytestmark = on_both_postgres` runs on Debian's 15 too.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import structlog
from hypothesis import settings as hypothesis_settings

from sync_daemon.local_postgres.embedded import embedded_postgres
from sync_daemon.postgres import migrations
from sync_daemon.postgres.connection import connect
from sync_daemon.postgres.statements import Queries
from sync_daemon.runtime import lifecycle
from sync_daemon.settings.fields import Settings
from sync_daemon.simulator import Options, Simulator
from sync_daemon.sync.session import SyncSession
from sync_daemon.tuning import Tuning

DEBIAN = Path("/usr/lib/postgresql/15/bin")
on_both_postgres = pytest.mark.parametrize("postgres_version", ["18", "15"], indirect=True, scope="session")
_numbers = itertools.count()

hypothesis_settings.register_profile("fixed", derandomize=True)
hypothesis_settings.register_profile("fresh")
hypothesis_settings.load_profile("fixed")  # the suite plays the same each time; --hypothesis-profile=fresh does not


def pytest_configure() -> None:
    for name in list(os.environ):
        if name.startswith(("PG", "INVOICED_", "SYNC_")) or name in {"DATABASE_URL", "CREDENTIALS_DIRECTORY"}:
            del os.environ[name]


@pytest.fixture(scope="session")
def postgres_version(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "18"))


@pytest.fixture(scope="session")
def server(postgres_version: str) -> Iterator[str]:
    """DSN of the maintenance database of a server that this session started; `{}` in it stands for the database."""
    folder = Path(tempfile.mkdtemp(prefix="isync-test-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        if postgres_version == "18":
            with asyncio.Runner() as runner:
                scope = embedded_postgres(folder / "data", as_root=os.geteuid() == 0, fsync=False)
                server = runner.run(scope.__aenter__())
                try:
                    yield server.dsn.replace("/invoiced?", "/{}?")
                finally:
                    runner.run(scope.__aexit__(None, None, None))
        else:
            yield from _debian(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _debian(folder: Path) -> Iterator[str]:
    if not DEBIAN.is_dir():
        pytest.skip("Debian's Postgres 15 is not installed (apt-get install postgresql-15)")
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    as_user = user if os.geteuid() == 0 else None
    if as_user:
        shutil.chown(folder, user)
    data = folder / "data"

    def do(*command: str) -> None:
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, user=as_user)

    do(str(DEBIAN / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c synchronous_commit=off"
    do(str(DEBIAN / "pg_ctl"), "-D", str(data), "-w", "-l", str(data / "log"), "-o", options, "start")
    try:
        yield f"postgresql://postgres@/{{}}?host={folder}"
    finally:
        do(str(DEBIAN / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """Name of a database that holds an empty mirror in the schema `invoiced`."""

    async def make() -> None:
        await _execute(server, "CREATE DATABASE mirror_template")
        async with connect(server.format("mirror_template"), 1) as pool:
            await migrations.migrate(pool, Queries("invoiced"))

    asyncio.run(make())
    return "mirror_template"


async def _execute(server: str, sql: str) -> None:
    connection = await asyncpg.connect(server.format("postgres"))
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@asynccontextmanager
async def _database(server: str, template: str) -> AsyncIterator[str]:
    name = f"test_{next(_numbers)}"
    await _execute(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield server.format(name)
    finally:
        await _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(name="database")
async def empty_database(server: str) -> AsyncIterator[str]:
    """DSN of an empty database."""
    async with _database(server, "template0") as dsn:
        yield dsn


@pytest.fixture
async def mirror_database(server: str, template: str) -> AsyncIterator[str]:
    """DSN of a database with an empty mirror in the schema `invoiced`."""
    async with _database(server, template) as dsn:
        yield dsn


Simulate = Callable[..., AbstractAsyncContextManager[Simulator]]


@pytest.fixture
def simulate() -> Simulate:
    """Starts a pretend account; takes the fields of simulator Options."""

    @asynccontextmanager
    async def start(**options: object) -> AsyncIterator[Simulator]:
        fields: dict[str, object] = {"seed": 7, "objects": 600} | options
        async with Simulator(Options(**fields)).serve() as sim:  # type: ignore[arg-type]
            yield sim

    return start


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    """A pretend account of some 600 objects."""
    async with simulate() as sim:
        yield sim


def settings_for(sim: Simulator, dsn: str, **more: object) -> Settings:
    fields: dict[str, object] = {"invoiced_api_key": sim.api_key, "invoiced_base_url": sim.url, "database_url": dsn}
    return Settings(**(fields | more))  # type: ignore[arg-type]


AT_ONCE = Tuning(refusals_apart=0.0, listings_apart=0.0, empty_apart=0.0)
"""What counts only when it comes twice may come twice without a wait."""
IMPATIENT = replace(AT_ONCE, longest_wait=0.01)
"""The same, and a request that fails is tried again at once."""



@pytest.fixture
def tuning() -> Tuning:
    """How `open_session` tunes its sessions; a module or a test with other measures has a fixture of this name."""
    return AT_ONCE


Open = Callable[..., AbstractAsyncContextManager[SyncSession]]


@pytest.fixture
def open_session(mirror_database: str, tuning: Tuning) -> Open:
    """Opens the mirror in `mirror_database` on a pretend account; takes settings by name, and `tuning`."""

    @asynccontextmanager
    async def start(sim: Simulator, stop: asyncio.Event | None = None, tuning: Tuning = tuning,
                    **more: object) -> AsyncIterator[SyncSession]:
        settings = settings_for(sim, mirror_database, **more)
        async with lifecycle.open_session(settings, "test", stop or asyncio.Event(), tuning=tuning) as session:
            yield session

    return start


Sql = Callable[..., Awaitable[list[asyncpg.Record]]]


@pytest.fixture
async def sql(mirror_database: str) -> AsyncIterator[Sql]:
    """Asks the mirror in `mirror_database` over a connection of its own."""
    connection = await asyncpg.connect(mirror_database, server_settings={"search_path": "invoiced"})
    try:
        yield connection.fetch
    finally:
        await connection.close()


@pytest.fixture
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """Everything that is logged meanwhile, each line as its fields; `event` is the name of the line."""
    with structlog.testing.capture_logs() as lines:
        yield lines
