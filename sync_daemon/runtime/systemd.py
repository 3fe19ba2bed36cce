"""What the service manager is told (sd_notify): ready, status, signs that the work goes on, and the end.

The watchdog is fed by progress: an answer, a finished statement, a planned rest (`Mirror.moved_at`). The timer here
only looks whether there was any, so a loop that is stuck, and work that stands still, are both restarted.
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
"""Sends lines such as READY=1, none of which becomes two by what it holds; does nothing where nobody listens."""

LOOK: Final = 2.0
"""Seconds between two looks at what there is to tell."""
EXTENSION: Final = 60
"""Seconds for which a start is extended at a time while the schema is migrated."""


def silent(*_lines: str) -> None:
    """Where nobody listens."""


def notifier(environ: MutableMapping[str, str]) -> Notify:
    """What tells the manager named by NOTIFY_SOCKET, which is taken out so that no child speaks for us."""
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
                return  # a manager that does not listen is no reason to stop; it has its own timeouts

    return notify


def watchdog_seconds(environ: MutableMapping[str, str]) -> float | None:
    """How long the watchdog waits, if it is on and means this process."""
    usec, pid = environ.pop("WATCHDOG_USEC", ""), environ.pop("WATCHDOG_PID", "")
    if not re.fullmatch("[0-9]{1,18}", usec) or not int(usec) or (pid and pid != str(os.getpid())):
        return None
    return int(usec) / 1e6


async def keep_telling(notify: Notify, headline: Callable[[], str], moved_at: Callable[[], float],
                       watchdog: float | None) -> None:
    """For ever: the status when it changed, and WATCHDOG=1 when the work moved since the last one."""
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
    """For ever: asks for more time to start, so that a long migration is not taken for a failed start."""
    while True:
        notify(f"STATUS={why}", f"EXTEND_TIMEOUT_USEC={EXTENSION * 1_000_000}")
        await asyncio.sleep(EXTENSION / 4)
