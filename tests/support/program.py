"""The real program as a separate process: started, signalled, waited for, with all its output kept."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import json
import os
import re
import signal
import sys
import sysconfig
import time
from base64 import b64encode
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, overload
from urllib.parse import urlsplit

from sync_daemon.tuning import Tuning
from tests.support.tuned import as_words

T = TypeVar("T")

CHECKOUT = Path(__file__).parents[2]
PYTHONPATH = f"{CHECKOUT}:{sysconfig.get_path('purelib')}"
"""The checkout, and the libraries for another Python of the same version than the one that has them."""
COLOUR = re.compile("\x1b\\[")
PATIENCE = 60.0
"""Seconds until a condition that does not come true counts as a failure; no test takes anything from it else."""


@overload
async def until(condition: Callable[[], Coroutine[Any, Any, T]], what: str, seconds: float = ...) -> T: ...
@overload
async def until(condition: Callable[[], T], what: str, seconds: float = ...) -> T: ...
async def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Waits until the condition is true and returns its value; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        found = await found if inspect.isawaitable(found) else found
        if found:
            return found
        assert time.monotonic() < deadline, f"after {seconds:g} s still not: {what}"
        await asyncio.sleep(0.02)


@dataclass(slots=True, eq=False)
class Program:
    """One process. Its output goes into files, so that it can be read at any time, also after a kill."""

    process: asyncio.subprocess.Process
    arguments: tuple[str, ...]
    out: Path
    err: Path

    @property
    def stdout(self) -> str:
        return self.out.read_text(errors="replace")

    @property
    def stderr(self) -> str:
        return self.err.read_text(errors="replace")

    @property
    def log(self) -> list[dict[str, Any]]:
        """The complete lines of the log so far."""
        lines = self.stderr.splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def logged(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.log if line["event"] == event]

    def terminate(self) -> None:
        self.send(signal.SIGTERM)

    async def terminated(self, seconds: float = 10.0) -> int:
        """Asks it to end and returns its exit code; fails if that takes longer than a service manager waits."""
        self.terminate()
        return await self.ended(seconds)

    async def signal_arrived(self) -> None:
        """Waits until no signal is pending any more."""
        status = Path(f"/proc/{self.process.pid}/status")
        await until(lambda: re.search(r"^ShdPnd:\s*0+$", status.read_text(), re.MULTILINE), "the signal arrived")

    def send(self, number: signal.Signals) -> None:
        """Sends a signal; ignored if the program has just ended."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    async def kill(self) -> None:
        self.send(signal.SIGKILL)
        await self.process.wait()

    async def ended(self, seconds: float = PATIENCE) -> int:
        """Its exit code."""
        try:
            async with asyncio.timeout(seconds):
                return await self.process.wait()
        except TimeoutError:
            raise AssertionError(f"{self.arguments} did not end in {seconds:g} s:\n{self.stderr[-3000:]}") from None

    @property
    def running(self) -> bool:
        return self.process.returncode is None


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that has ended."""

    code: int
    stdout: str
    stderr: str

    def says(self, *words: str) -> bool:
        """Whether stderr is a clear sentence and a remedy that contain these words."""
        lines = [line for line in self.stderr.splitlines() if line and not line.startswith("{")]
        clear = len(lines) >= 2 and lines[0].startswith("invoiced-sync: ") and lines[-1].startswith("  ")
        return clear and all(word.lower() in self.stderr.lower() for word in words)


def secrets_of(settings: Mapping[str, str]) -> set[str]:
    key = settings.get("INVOICED_API_KEY", "")
    try:
        password = urlsplit(settings.get("DATABASE_URL", "")).password
    except ValueError:
        password = None
    forms = {key, b64encode(key.encode()).decode(), b64encode(f"{key}:".encode()).decode()} if key else set()
    return forms | ({password} if password else set())


@dataclass(slots=True)
class Programs:
    """Starts programs in a clean environment, in an empty folder, and ends those that still run."""

    folder: Path
    python: str = sys.executable
    terminal: int | None = None
    """What stderr of the programs is, instead of a file."""
    started: list[Program] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)
    secrets: set[str] = field(default_factory=set)
    """The keys and passwords that were given to them, in every form in which they travel."""

    async def start(self, *arguments: str, user: str | int | None = None, tuning: Tuning | None = None,
                    **settings: str) -> Program:
        """`settings` are environment variables; `tuning` replaces the program's own waiting times."""
        number = next(self.numbers)
        self.secrets |= secrets_of(settings)
        out, err = self.folder / f"{number}.out", self.folder / f"{number}.err"
        cwd = self.folder / "cwd"
        cwd.mkdir(exist_ok=True)
        as_user = {"user": user, "group": "nogroup", "extra_groups": []} if user else {}
        with out.open("wb") as stdout, err.open("wb") as stderr:
            main = ["sync_daemon"] if tuning is None else ["tests.support.tuned", as_words(tuning)]
            process = await asyncio.create_subprocess_exec(
                self.python, "-m", *main, *arguments, cwd=cwd, env=self.environment(settings),
                stdin=asyncio.subprocess.DEVNULL, stdout=stdout,
                stderr=stderr if self.terminal is None else self.terminal, **as_user)  # type: ignore[arg-type]
        program = Program(process, arguments, out, err)
        self.started.append(program)
        return program

    async def call(self, *arguments: str, user: str | int | None = None, tuning: Tuning | None = None,
                   **settings: str) -> Ended:
        """Runs a program to its end."""
        program = await self.start(*arguments, user=user, tuning=tuning, **settings)
        code = await program.ended()
        return Ended(code, program.stdout, program.stderr)

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        clean = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", "PYTHONPATH": PYTHONPATH}
        return clean | dict(settings)

    @property
    def written(self) -> str:
        """All output so far, of all programs."""
        return "".join(program.stdout + program.stderr for program in self.started)

    async def end_all(self) -> None:
        for program in self.started:
            if program.running:
                await program.kill()
