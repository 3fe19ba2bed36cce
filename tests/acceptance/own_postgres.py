"""A Postgres of a run's own, which it may stop, crash and start again as it likes: Debian's 15."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg

DEBIAN = Path("/usr/lib/postgresql/15/bin")


@dataclass(slots=True)
class OwnPostgres:
    folder: Path
    restarts: int = 0

    def dsn(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    async def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off"
        await self.do("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "-o", options,
                      "start")

    async def stop(self, mode: str) -> None:
        """`fast` ends all connections in order; `immediate` is a crash."""
        await self.do("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", mode, "stop")

    async def do(self, program: str, *arguments: str) -> None:
        as_user = {"user": "postgres"} if os.geteuid() == 0 else {}
        process = await asyncio.create_subprocess_exec(str(DEBIAN / program), *arguments, cwd="/",
                                                       stdout=asyncio.subprocess.DEVNULL,
                                                       **as_user)  # type: ignore[arg-type]
        assert await process.wait() == 0, f"{program} {arguments} failed; see {self.folder / 'log'}"

    async def create(self, name: str, *, may_forget: bool) -> str:
        """A new database. One that `may_forget` loses the last commits when it crashes."""
        connection = await asyncpg.connect(self.dsn("postgres"))
        try:
            await connection.execute(f"CREATE DATABASE {name}")
            if may_forget:
                await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        finally:
            await connection.close()
        return self.dsn(name)


@asynccontextmanager
async def own_postgres() -> AsyncIterator[OwnPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="isync-history-", dir="/tmp"))
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    shutil.chown(folder, user)
    postgres = OwnPostgres(folder)
    try:
        await postgres.do("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                          "--locale=C.UTF-8", "-N")
        await postgres.start()
        try:
            yield postgres
        finally:
            with suppress(AssertionError):  # it may be down already
                await postgres.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
