"""Separate servers for a test, which it may stop, crash, promote and restart freely: Debian's Postgres 15 and
pgbouncer. They listen on this machine only."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEBIAN = Path("/usr/lib/postgresql/15/bin")
PGBOUNCER = Path("/usr/sbin/pgbouncer")
USER = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
"""Who the servers run as: none of them runs as root."""
AS_USER: dict[str, Any] = {"user": USER, "extra_groups": []} if os.geteuid() == 0 else {}


@dataclass(slots=True)
class Postgres:
    """One server; `folder` has its data, its log and its socket, `options` are such as `ssl=on`.

    Without a port it is reached only by its socket.
    """

    folder: Path
    options: tuple[str, ...] = ()
    port: int | None = None

    def url(self, name: str = "postgres", user: str = "postgres") -> str:
        """URL by its socket."""
        return f"postgresql://{user}@/{name}?host={self.folder}&port={self.port or 5432}"

    async def initialize(self) -> None:
        await self.do("initdb", "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                      "--locale=C.UTF-8", "-N")

    async def follow(self, primary: Postgres) -> None:
        """Becomes a standby of `primary`."""
        await self.do("pg_basebackup", "-D", str(self.folder / "data"), "-d", primary.url(), "-R", "-N", "-c", "fast")

    async def start(self) -> None:
        listen = ("listen_addresses=",) if self.port is None else ("listen_addresses=127.0.0.1", f"port={self.port}")
        options = (f"unix_socket_directories={self.folder}", "fsync=off", *listen, *self.options)
        await self.ctl("start", "-l", str(self.folder / "log"), "-o", " ".join(f"-c {option}" for option in options))

    async def stop(self, mode: str = "fast") -> None:
        """`fast` ends all connections cleanly; `immediate` is a crash."""
        await self.ctl("stop", "-m", mode)

    async def ctl(self, what: str, *arguments: str) -> None:
        await self.do("pg_ctl", what, "-w", "-D", str(self.folder / "data"), *arguments)

    async def do(self, program: str, *arguments: str) -> None:
        process = await asyncio.create_subprocess_exec(str(DEBIAN / program), *arguments, cwd="/",
                                                       stdout=asyncio.subprocess.DEVNULL, **AS_USER)
        assert await process.wait() == 0, f"{program} {arguments} failed; see {self.folder / 'log'}"


@contextmanager
def folder_for(what: str) -> Iterator[Path]:
    """A folder that a server can walk to and write, with a path short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix=f"isync-{what}-", dir="/tmp"))
    try:
        shutil.chown(folder, USER)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def running(postgres: Postgres) -> AsyncIterator[None]:
    """Runs a server that has its data; the block may stop and restart it."""
    await postgres.start()
    try:
        yield
    finally:
        with suppress(AssertionError):  # it may already be down
            await postgres.stop("immediate")


@asynccontextmanager
async def pgbouncer(folder: Path, behind: str, *, pool_size: int) -> AsyncIterator[int]:
    """A pooler in transaction mode before the server whose socket is in the folder `behind`; gives its port."""
    port = free_port()
    (folder / "users").write_text('"postgres" ""\n')
    (folder / "ini").write_text(
        f"[databases]\n* = {behind}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = trust\nauth_file = {folder}/users\npool_mode = transaction\ndefault_pool_size = {pool_size}\n"
        f"logfile = {folder}/log\npidfile = {folder}/pid\n")
    process = await asyncio.create_subprocess_exec(str(PGBOUNCER), "-q", str(folder / "ini"), cwd="/", **AS_USER)
    try:
        yield port
    finally:
        process.terminate()
        await process.wait()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


CERTIFICATES = """
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:FALSE
subjectAltName = DNS:localhost
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def make_certificates(folder: Path) -> None:
    """`server.crt` and its key for the host localhost, signed by `authority.crt`; `stranger.crt` is self-signed."""
    (folder / "openssl.cnf").write_text(CERTIFICATES)

    def make(name: str, kind: str, *more: str) -> None:
        subprocess.run(
            ["openssl", "req", "-x509", "-config", "openssl.cnf", "-extensions", kind, "-subj", f"/CN={name}", "-days",
             "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out",
             f"{name}.crt", *more], cwd=folder, check=True, capture_output=True)
        (folder / f"{name}.key").chmod(0o600)
        for path in (folder / f"{name}.key", folder / f"{name}.crt"):
            shutil.chown(path, USER)

    make("authority", "authority")
    make("stranger", "authority")
    make("server", "server", "-CA", "authority.crt", "-CAkey", "authority.key")
