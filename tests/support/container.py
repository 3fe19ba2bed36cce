"""A container that runs a real systemd: booted from a tree that stays unchanged, controlled from outside.

It shares this machine's network, so that the test's own server and database are on its loopback. Its writes go into
a layer of its own that is deleted with it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.program import until

HALT_SECONDS = 30.0
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class Container:
    """`leader` is its first process, as seen from outside."""

    leader: int

    def path(self, name: str) -> Path:
        """A path of the container, from outside."""
        return Path(f"/proc/{self.leader}/root") / name.lstrip("/")

    def write(self, name: str, text: str, mode: int = 0o644) -> None:
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        path.chmod(mode)
        path.write_text(text)

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs a program in the container."""
        return ["nsenter", f"--target={self.leader}", "--mount", "--uts", "--ipc", "--pid", "--cgroup", "--root",
                "--wd", *arguments]

    async def call(self, *arguments: str) -> tuple[int, str]:
        """Runs a program to its end; returns its exit code and output."""
        process = await asyncio.create_subprocess_exec(
            *self.command(*arguments), env=ENVIRONMENT, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        said, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, said.decode()

    async def do(self, *arguments: str) -> str:
        """Runs a program that must succeed, and returns its output."""
        code, said = await self.call(*arguments)
        assert code == 0, f"{' '.join(arguments)}: {code}\n{said}"
        return said

    async def show(self, unit: str) -> dict[str, str]:
        """All that systemd knows of a unit."""
        lines = (await self.do("systemctl", "show", "--all", unit)).splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    async def journal(self, *matches: str) -> list[dict[str, Any]]:
        """The matching entries since the boot."""
        said = await self.do("journalctl", "--output=json", "--all", "--no-pager", *matches)
        return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


@asynccontextmanager
async def booted(tree: Path) -> AsyncIterator[Container]:
    """Boots the tree, and halts it when the block ends."""
    with tempfile.TemporaryFile("w+b") as console:
        # setpriv: it ends with us, however we end
        nspawn = await asyncio.create_subprocess_exec(
            "setpriv", "--pdeathsig=TERM", "systemd-nspawn", "--boot", f"--directory={tree}", "--volatile=overlay",
            "--machine=invoiced-sync-test", "--register=no", "--keep-unit", "--console=read-only", "--link-journal=no",
            stdin=asyncio.subprocess.DEVNULL, stdout=console, stderr=console)

        def said() -> str:
            return os.pread(console.fileno(), 1 << 20, 0).decode(errors="replace")[-3000:]

        async def is_up() -> bool:
            assert nspawn.returncode is None, f"the container ended:\n{said()}"
            code, state = await container.call("systemctl", "is-system-running")
            return code == 0 or state.strip() == "degraded"

        try:
            container = Container(await until(lambda: _leader(nspawn.pid), "the container has a first process"))
            await until(is_up, "the container is up")
            yield container
        finally:
            with suppress(ProcessLookupError):
                nspawn.terminate()  # it then asks systemd to halt
            try:
                async with asyncio.timeout(HALT_SECONDS):
                    await nspawn.wait()
            except TimeoutError:
                nspawn.kill()
                await nspawn.wait()


def _leader(nspawn: int) -> int:
    """The process with number 1 in the container; 0 while there is none."""
    try:
        for child in Path(f"/proc/{nspawn}/task/{nspawn}/children").read_text().split():
            status = Path(f"/proc/{child}/status").read_text()
            if re.search(r"^NSpid:.*\s1$", status, re.MULTILINE) and "\nName:\tsystemd\n" in "\n" + status:
                return int(child)
    except (FileNotFoundError, ProcessLookupError):  # it goes through several processes until it is up
        pass
    return 0
