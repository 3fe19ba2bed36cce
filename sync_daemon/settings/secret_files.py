"""Finds files that hold secrets, or decide where the key is sent, and that others on this machine may read or write."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sync_daemon.settings import files, libpq
from sync_daemon.settings.database_url import Unusable
from sync_daemon.settings.fields import Settings, names_a_database
from sync_daemon.settings.proxy import PROXIES

SECRETS: Final = ("INVOICED_API_KEY", "DATABASE_URL", *(name.upper() for name in PROXIES))
READ: Final = {"other": stat.S_IROTH, "any": stat.S_IROTH | stat.S_IRGRP}
WRITTEN: Final = stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Exposed:
    """A file: what it is, what is wrong with its permissions, and what to do about it."""

    name: str
    path: Path
    what: str
    remedy: str


def exposed(settings: Settings, env_file: Path | None, environ: Mapping[str, str]) -> Iterator[Exposed]:
    """Yields each of them. Whoever can write an env file can have the key sent elsewhere, whatever else it holds."""
    for name, path, readable in _files(settings, env_file, environ):
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError):
            continue  # reported where it is needed
        done = [word for word, bits in (("read", readable), ("written", WRITTEN)) if mode & bits]
        if done:
            passed_over = ", and is passed over for that, as by psql" if name == "password file" and done[0] == "read" \
                else ""
            yield Exposed(name, path, f"{path} can be {' and '.join(done)} by others{passed_over}",
                          f"chmod 600 {shlex.quote(str(path))}")


def _files(settings: Settings, env_file: Path | None, environ: Mapping[str, str]) -> Iterator[tuple[str, Path, int]]:
    """What each is, its path, and which bits of its mode give others access that they should not have."""
    if env_file is not None:
        yield "env file", env_file, READ["other"] if _holds_a_secret(env_file) else 0
    if folder := environ.get("CREDENTIALS_DIRECTORY"):
        try:
            there = sorted(Path(folder).iterdir())
        except (OSError, ValueError):
            there = []
        for path in there:
            if path.name.upper() in SECRETS:
                yield "credential", path, READ["other"]
    if not names_a_database(settings, environ):
        return
    try:
        target = libpq.target(settings.database_url.get_secret_value() if settings.database_url else None, environ)
    except (Unusable, OSError):
        return
    if target.passfile is not None and os.path.isfile(target.passfile):  # noqa: PTH113 - it may be out of reach
        yield "password file", target.passfile, READ["any"]
    if target.tls.get("sslkey"):
        yield "sslkey", Path(target.tls["sslkey"]), READ["other"]


def _holds_a_secret(env_file: Path) -> bool:
    try:
        return any(name.upper() in SECRETS and value for name, value in files.env_file(env_file).values.items())
    except files.Unreadable:
        return False
