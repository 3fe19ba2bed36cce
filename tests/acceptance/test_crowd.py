"""A crowd before the status page: whoever holds connections open takes neither the page nor the work down."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from sync_daemon.monitoring import http_server
from sync_daemon.process import raise_descriptors
from sync_daemon.simulator import Simulator
from tests.support.mirror import cycles, settings
from tests.support.program import Program, Programs, until
from tests.support.servers import free_port

CROWD = 1200
FEW = 256
"""Descriptors that the program may have."""


@asynccontextmanager
async def crowd(port: int, said: bytes) -> AsyncIterator[list[asyncio.StreamReader]]:
    """So many connections that begin a request and say no more."""
    readers, writers = [], []
    try:
        for _ in range(CROWD):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(said)
            readers.append(reader)
            writers.append(writer)
        yield readers
    finally:
        for writer in writers:
            writer.transport.abort()


async def live(port: int) -> float:
    """Asks over a new connection whether it lives, and returns the seconds that took."""
    begun = time.monotonic()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session, \
            session.get(f"http://127.0.0.1:{port}/livez") as answer:
        assert (answer.status, await answer.text()) == (200, "ok\n")
    return time.monotonic() - begun


@pytest.fixture
async def small(programs: Programs, sim: Simulator, database: str, tmp_path: Path) -> tuple[Program, int]:
    """A daemon that may open few files, with its page."""
    raise_descriptors()  # ours: the crowd needs some
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nulimit -n {FEW}\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    programs.python = str(python)
    port = free_port()
    program = await programs.start("run", **settings(sim, database, SYNC_WEB_LISTEN=f"127.0.0.1:{port}",
                                                     SYNC_INTERVAL="1", SYNC_RESOURCES="customers,items"))
    await until(lambda: program.logged("cycle.done"), "it is at work")
    return program, port


@pytest.mark.parametrize("said", [b"", b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n"], ids=["silent", "half a head"])
async def test_half_open_connections_take_neither_the_page_nor_the_work_down(
        said: bytes, small: tuple[Program, int], database: str, sim: Simulator) -> None:
    program, port = small
    before = len(program.stderr)
    async with crowd(port, said):
        assert max([await live(port) for _ in range(5)]) < 1
        done = await cycles(database)

        async def goes_on() -> bool:
            return await cycles(database) > done + 2

        sim.forget()
        await until(goes_on, "cycles go on", 20)
        assert await live(port) < 1
    assert program.running
    assert not [line for line in program.log if line["level"] in {"warning", "error"}], program.stderr[-2000:]
    assert len(program.stderr) - before < 50_000


async def test_who_sends_no_whole_head_is_cut_off(small: tuple[Program, int]) -> None:
    _, port = small
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    kept, asking = await asyncio.open_connection("127.0.0.1", port)
    asking.write(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGET /liv")
    assert b"200 OK" in await kept.readuntil(b"ok\n")
    asking.write(b"ez HT")
    begun = time.monotonic()
    writer.write(b"GET / HTTP/1.1\r\n")
    trickle = asyncio.create_task(_trickle(writer))
    for one in (reader, kept):
        async with asyncio.timeout(http_server.HEAD + 5):
            with suppress(ConnectionError):
                assert await one.read() == b""
    trickle.cancel()
    assert time.monotonic() - begun > http_server.HEAD / 2
    for one in (writer, asking):
        one.transport.abort()


async def _trickle(writer: asyncio.StreamWriter) -> None:
    while True:  # a byte now and then buys no more time
        await asyncio.sleep(0.5)
        writer.write(b"x")


def test_the_soft_limit_on_open_files_is_raised_to_the_hard_one() -> None:
    script = (f"ulimit -Sn 64; ulimit -Hn 512; exec '{sys.executable}' -c "
              "'from sync_daemon.process import raise_descriptors; print(raise_descriptors())'")
    said = subprocess.run(["/bin/bash", "-c", script], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert (said.stdout, said.stderr) == ("512\n", "")
