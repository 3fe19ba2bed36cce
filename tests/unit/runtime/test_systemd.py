"""What the service manager is told, on a real datagram socket."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync_daemon.concurrency import in_background
from sync_daemon.runtime.systemd import keep_extending, keep_telling, notifier, watchdog_seconds


@contextmanager
def manager(address: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(address)
        listening.settimeout(5)
        yield listening


def heard(listening: socket.socket) -> list[str]:
    return listening.recv(4096).decode().splitlines()


def heard_by_now(listening: socket.socket) -> list[str]:
    """All that was said so far."""
    listening.setblocking(False)
    lines: list[str] = []
    while True:
        try:
            lines += heard(listening)
        except BlockingIOError:
            return lines


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_each_line_reaches_the_manager_in_one_datagram(kind: str, tmp_path: Path) -> None:
    name = f"isync-{os.getpid()}"
    bound, told = (str(tmp_path / name),) * 2 if kind == "path" else (f"\0{name}", f"@{name}")
    environ = {"NOTIFY_SOCKET": told}
    with manager(bound) as listening:
        notifier(environ)("READY=1", "STATUS=Fresh: at most 12 s behind.")
        assert heard(listening) == ["READY=1", "STATUS=Fresh: at most 12 s behind."]
    assert environ == {}, "no child may speak for us"


def test_a_line_end_in_what_is_told_forges_no_field(tmp_path: Path) -> None:
    with manager(str(tmp_path / "socket")) as listening:
        notifier({"NOTIFY_SOCKET": str(tmp_path / "socket")})("STATUS=Evil\nREADY=1\x1b[1m\u2028MAINPID=1")
        assert heard(listening) == ["STATUS=Evil\\nREADY=1\\x1b[1m\\u2028MAINPID=1"]


def test_nobody_listening_is_no_failure(tmp_path: Path) -> None:
    notifier({})("READY=1")
    notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")})("READY=1")
    notifier({"NOTIFY_SOCKET": "vsock:2:1234"})("READY=1")


@pytest.mark.parametrize(("environ", "seconds"), [
    ({}, None), ({"WATCHDOG_USEC": "0"}, None), ({"WATCHDOG_USEC": "soon"}, None),
    ({"WATCHDOG_USEC": "1500000"}, 1.5), ({"WATCHDOG_USEC": "1500000", "WATCHDOG_PID": "1"}, None),
    ({"WATCHDOG_USEC": "1500000", "WATCHDOG_PID": str(os.getpid())}, 1.5)])
def test_the_watchdog_counts_only_if_it_means_this_process(environ: dict[str, str], seconds: float | None) -> None:
    assert watchdog_seconds(environ) == seconds
    assert environ == {}


async def turns(number: int) -> None:
    """Lets everything else go on for so many turns of the loop, and for as many looks of a watchdog of 4 ms."""
    for _ in range(number):
        await asyncio.sleep(0.001)


async def test_the_watchdog_is_fed_when_the_work_moves_and_never_by_time_alone(tmp_path: Path) -> None:
    moved = 1.0
    with manager(str(tmp_path / "socket")) as listening:
        notify = notifier({"NOTIFY_SOCKET": str(tmp_path / "socket")})
        async with in_background(keep_telling(notify, lambda: "Fresh.", lambda: moved, 0.004)):
            await turns(5)
            assert heard_by_now(listening) == ["STATUS=Fresh.", "WATCHDOG=1"]
            await turns(20)
            assert heard_by_now(listening) == [], "nothing moved"
            moved = 2.0
            await turns(20)
            assert heard_by_now(listening) == ["WATCHDOG=1"], "it moved once"


async def test_the_status_is_told_when_it_changes(tmp_path: Path) -> None:
    words = iter(["one", "one", "two"])
    with manager(str(tmp_path / "socket")) as listening:
        notify = notifier({"NOTIFY_SOCKET": str(tmp_path / "socket")})
        async with in_background(keep_telling(notify, lambda: next(words, "two"), lambda: 0.0, 0.004)):
            await turns(30)
        assert [line for line in heard_by_now(listening) if line.startswith("STATUS")] == ["STATUS=one", "STATUS=two"]


async def test_a_long_start_asks_for_more_time(tmp_path: Path) -> None:
    with manager(str(tmp_path / "socket")) as listening:
        notify = notifier({"NOTIFY_SOCKET": str(tmp_path / "socket")})
        async with in_background(keep_extending(notify, "Migrating.")):
            await turns(2)
            assert heard_by_now(listening) == ["STATUS=Migrating.", "EXTEND_TIMEOUT_USEC=60000000"]
