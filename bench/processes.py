"""Programs as child processes: wall clock, processor time and peak memory of each; none is left running."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEGABYTE = 1e6
STOPS = (signal.SIGINT, signal.SIGTERM)
UNIT = 1 if sys.platform == "darwin" else 1024
"""What one unit of ru_maxrss is, in bytes."""


Words = Sequence[str | Path]


class Failed(Exception):
    """A measurement could not be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Cost and output of a program."""

    code: int
    wall: float
    cpu: float
    peak: float
    """Peak memory in MB (10^6 bytes). Linux counts what the parent had at the fork as the child's: see `own_peak`."""
    out: Path
    err: Path

    def logged(self, event: str) -> list[dict[str, Any]]:
        """Lines with this event in its JSON log."""
        lines = self.err.read_text(errors="replace").splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [line for line in found if line["event"] == event]

    def must(self, what: str) -> Ended:
        """Raises Failed, with its error or else its last output, unless it ended with 0."""
        if self.code:
            said = [line for line in self.err.read_text(errors="replace").splitlines() if line.strip()]
            errors = [line for line in said if re.match(r"[\w.]*(Error|Exception|Fail|Missing)|(?i:error\b)", line)]
            raise Failed(f"{what} ended with {self.code}: {(errors or said or ['(silence)'])[-1][:200]}")
        return self


class Child:
    """A running program. Its output goes into files, unless it is told otherwise."""

    def __init__(self, arguments: Sequence[str], env: Mapping[str, str], out: Path, err: Path,
                 **files: int) -> None:
        self.out, self.err, self.begun = out, err, time.monotonic()
        with out.open("wb") as to_out, err.open("wb") as to_err:
            # in a session of its own: a Ctrl-C reaches only us, and we end our children in order
            self.process = subprocess.Popen(  # noqa: S603
                arguments, cwd=out.parent, env=dict(env), start_new_session=True,
                stdin=files.get("stdin", subprocess.DEVNULL), stdout=files.get("stdout", to_out),
                stderr=files.get("stderr", to_err))

    def ended(self) -> Ended:
        """Waits for its end; ends it if interrupted meanwhile."""
        try:
            _, status, used = os.wait4(self.process.pid, 0)
        except BaseException:
            self.kill()
            raise
        wall = time.monotonic() - self.begun
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return Ended(self.process.returncode, wall, used.ru_utime + used.ru_stime,
                     used.ru_maxrss * UNIT / MEGABYTE, self.out, self.err)

    def terminate(self) -> None:
        if self.process.returncode is None:
            self.process.terminate()

    def kill(self) -> None:
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.kill()
            self.process.wait()


@dataclass(slots=True)
class Programs:
    """Starts programs in a clean environment, each with files of its own in `folder`."""

    folder: Path
    count: int = 0

    def start(self, arguments: Words, settings: Mapping[str, str], **files: int) -> Child:
        """`settings` are environment variables, `files` replace stdin, stdout or stderr."""
        self.count += 1
        clean = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", **settings}
        stem = self.folder / str(self.count)
        return Child([str(word) for word in arguments], clean, stem.with_suffix(".out"), stem.with_suffix(".err"),
                     **files)

    def call(self, arguments: Words, settings: Mapping[str, str]) -> Ended:
        """Runs a program to its end."""
        return self.start(arguments, settings).ended()

    @contextmanager
    def running(self, arguments: Words, settings: Mapping[str, str], **files: int) -> Iterator[Child]:
        """A program that is ended with the block, if it still runs."""
        child = self.start(arguments, settings, **files)
        try:
            yield child
        finally:
            child.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(20)
            child.kill()


@contextmanager
def interruptible() -> Iterator[None]:
    """The first Ctrl-C or SIGTERM ends the block cleanly; later ones are ignored."""
    def stop(number: int, _frame: object) -> None:
        for each in STOPS:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, stop) for number in STOPS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Delays signals to stop until the end of the block, so that a server is never left half started."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def allow_stops() -> None:
    """For a child that is started undisturbed: it must not inherit the blocked signals."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)


def own_peak() -> float:
    """Peak memory of this process in MB: the least that can be measured for a child."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT / MEGABYTE


def cpu_of(pid: int) -> float:
    """Processor seconds of a process and of its ended children; 0 if the system doesn't report them."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(field) for field in fields[11:15]) / float(os.sysconf("SC_CLK_TCK"))


def peak_of(pid: int) -> float:
    """Peak memory of a running process in MB; 0 if the system doesn't report it."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / MEGABYTE
    return 0.0
