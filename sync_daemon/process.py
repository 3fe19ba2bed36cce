"""What the operating system is asked to do with this process."""

from __future__ import annotations

import resource


def no_cores() -> None:
    """No image of our memory is ever written to a disk: the key is in it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
