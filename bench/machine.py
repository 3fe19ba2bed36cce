"""The machine and versions, without which the figures mean nothing."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
from datetime import UTC, datetime
from pathlib import Path

import sync_daemon
from bench.peers import PINS

LIBRARIES = ("aiohttp", "asyncpg", "msgspec")


def described(postgres: str, work: Path) -> list[tuple[str, str]]:
    """Names and values, in the order in which they are shown."""
    libraries = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    busy = " ".join(f"{load:.2f}" for load in os.getloadavg())
    return [
        ("date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
        ("program", f"invoiced-sync {sync_daemon.__version__}"),
        ("processor", f"{_processor()}, {os.cpu_count()} cores; load before the run {busy}"),
        ("memory", f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB"),
        ("disk", f"{shutil.disk_usage(work).free / 1e9:.0f} GB free where the data lies"),
        ("system", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        ("Python", f"{platform.python_version()}; {libraries}"),
        ("Postgres", f"{postgres}; default settings, fsync on"),
        ("peers", ", ".join(pin for pins in PINS.values() for pin in pins)),
    ]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"
