"""stdout and stderr as we were given them: closed, full, or without the letters that we need; none of it is our end."""

from __future__ import annotations

import io
import os
import sys
from typing import Final, TextIO

DESCRIPTORS: Final = range(3)


class Unwritten(Exception):
    """What there is to say can't be written to stdout. No OSError, which libraries take for something else."""


class Stream(io.TextIOWrapper):
    """One that says once that it takes nothing, if at all, and is silent from then on."""

    failure: OSError | None = None
    told = True
    """Whether a failure is an exception: of a log it is none, since the work goes on without it."""

    def write(self, text: str, /) -> int:
        if self.failure is None:
            try:
                return super().write(text)
            except OSError as error:
                self._give_up(error)
        return len(text)

    def flush(self) -> None:
        if self.failure is None and not self.closed:
            try:
                super().flush()
            except OSError as error:
                self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self.failure = error
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())  # what is left is flushed at the end of the process
        os.close(nowhere)
        if self.told:
            raise Unwritten from None


def sound() -> None:
    """Makes the streams of the process such. A number that is closed would else be that of the next file or line that
    is opened, into which a message then goes.
    """
    for number in DESCRIPTORS:
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # which takes the lowest number that is free
    sys.stdout = _of(sys.stdout, 1, told=True)
    sys.stderr = _of(sys.stderr, 2, told=False)


def _of(stream: TextIO | None, number: int, *, told: bool) -> TextIO:
    if type(stream) is not io.TextIOWrapper:
        return stream or open(number, "w", closefd=False)
    encoding, line_by_line = stream.encoding, stream.line_buffering
    made = Stream(stream.detach(), encoding=encoding, errors="backslashreplace", line_buffering=line_by_line)
    made.told = told
    return made


def failure() -> OSError | None:
    """Why stdout takes nothing, if it does not."""
    return sys.stdout.failure if isinstance(sys.stdout, Stream) else None
