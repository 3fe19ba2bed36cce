"""Notifies the service manager (sd_notify): ready, status, watchdog, stopping.

The watchdog is pinged only on progress: an answer, a finished statement, a planned rest (`SyncSession.moved_at`). The
timer here only checks for progress, so a blocked event loop and stalled work both lead to a restart.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import Callable, MutableMapping
from typing import Final

from sync_daemon.terminal import visible

Notify = Callable[..., None]
"""Sends lines such as READY=1, with line ends in them replaced; does nothing if nobody listens."""

LOOK: Final = 2.0
"""Seconds between two checks for something to send."""
EXTENSION: Final = 60
"""Seconds by which the start timeout is extended at a time while the schema is migrated."""


def silent(*_lines: str) -> None:
    """A Notify that sends nothing."""


def notifier(environ: MutableMapping[str, str]) -> Notify:
    """A Notify for the manager named by NOTIFY_SOCKET, which is removed so that no child can notify for us."""
    path = environ.pop("NOTIFY_SOCKET", "")
    if not path.startswith(("/", "@")):
        return silent
    address = "\0" + path[1:] if path.startswith("@") else path

    def notify(*lines: str) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
            to.setblocking(False)
            try:
                to.sendto("\n".join(visible(line) for line in lines).encode(), address)
            except OSError:
                return  # an unreachable manager is no reason to stop; it has its own timeouts

    return notify


def watchdog_seconds(environ: MutableMapping[str, str]) -> float | None:
    """The watchdog's timeout in seconds, if it is on for this process."""
    usec, pid = environ.pop("WATCHDOG_USEC", ""), environ.pop("WATCHDOG_PID", "")
    if not re.fullmatch("[0-9]{1,18}", usec) or not int(usec) or (pid and pid != str(os.getpid())):
        return None
    return int(usec) / 1e6


async def keep_telling(notify: Notify, headline: Callable[[], str], moved_at: Callable[[], float],
                       watchdog: float | None) -> None:
    """For ever: sends the status when it changed, and WATCHDOG=1 when there was progress since the last one."""
    told, fed_for = "", float("-inf")
    while True:
        if (status := headline()) != told:
            told = status
            notify(f"STATUS={status}")
        if (moved := moved_at()) > fed_for:
            fed_for = moved
            notify("WATCHDOG=1")
        await asyncio.sleep(min(LOOK, (watchdog or LOOK) / 4))


async def keep_extending(notify: Notify, why: str) -> None:
    """For ever: extends the start timeout, so that a long migration does not count as a failed start."""
    while True:
        notify(f"STATUS={why}", f"EXTEND_TIMEOUT_USEC={EXTENSION * 1_000_000}")
        await asyncio.sleep(EXTENSION / 4)
