"""Limits of the process."""

from __future__ import annotations

import resource
from contextlib import suppress
from typing import Final

MOST: Final = 65_536
"""Most descriptors to ask for, where the hard limit is millions."""


def raise_descriptors() -> int:
    """Raises the soft limit on open files to the hard one, and returns how many there may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return descriptors()


def descriptors() -> int:
    """How many files and sockets may be open at once."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else min(soft, MOST)


def no_cores() -> None:
    """Disables core dumps: our memory holds the key."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
