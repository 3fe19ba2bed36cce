"""stdin, stdout and stderr, whatever they lead to: closed, a full disk, a reader that went away, a poor encoding.

Writing to them raises nothing. A reader that went away is no failure (`status | head -1`). A full disk is one: for a
result it is reported at the end, for the log it is counted, and logged once writing works again (`log.py`).
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import Final, TextIO

NAMES: Final = ("stdin", "stdout", "stderr")


class Lasting(io.FileIO):
    """Writes what it can. `lost` counts failed writes; `error` is the last reason, unless only the reader went away."""

    def __init__(self, fd: int) -> None:
        super().__init__(fd, "wb", closefd=False)
        self.lost = 0
        self.error: OSError | None = None

    def write(self, data: object) -> int:
        left = memoryview(data).cast("B")  # type: ignore[arg-type]
        size = len(left)
        try:
            while left:
                written = super().write(left)
                if written is None:  # somebody made it non-blocking
                    raise BlockingIOError("its reader does not keep up")
                left = left[written:]
        except BrokenPipeError:
            self.lost += 1
        except OSError as error:
            self.lost += 1
            self.error = error
        return size


def prepare() -> None:
    """Opens closed streams on /dev/null, so that no socket or file gets their descriptor; makes writing never fail."""
    for number, name in enumerate(NAMES):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)  # gets the lowest free number: this one
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, None)
        if number == 0:
            sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        else:
            setattr(sys, name, _lasting(number, getattr(sys, name)))


def _lasting(number: int, before: TextIO | None) -> TextIO:
    if before is not None:
        with suppress(OSError, ValueError):
            before.flush()
    encoding = getattr(before, "encoding", None) or "utf-8"
    # characters that the encoding lacks are shown as \u20ac
    return io.TextIOWrapper(io.BufferedWriter(Lasting(number)), encoding, errors="backslashreplace",
                            line_buffering=number == 2 or os.isatty(number))


def lost(stream: TextIO) -> int:
    """How many writes to it failed so far."""
    raw = _raw(stream)
    return raw.lost if raw is not None else 0


def failure(stream: TextIO) -> OSError | None:
    """Why some of what was written was lost; None if nothing was, or if only the reader went away."""
    with suppress(OSError, ValueError):
        stream.flush()
    raw = _raw(stream)
    return raw.error if raw is not None else None


def _raw(stream: TextIO) -> Lasting | None:
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    return raw if isinstance(raw, Lasting) else None
