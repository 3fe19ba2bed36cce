"""Reads the files that hold settings: the env file, credentials, services. A pipe does not hang us, a huge file is not
read to its end, and errors don't repeat a file's content.
"""

from __future__ import annotations

import io
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dotenv.parser import parse_stream

LARGEST: Final = 1 << 20
"""Bytes; real ones have hundreds."""
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,80}")


class Unreadable(Exception):
    """Why a file can't be read, in a few words that repeat nothing of it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The content of an env file. `faults` are the numbers of invalid lines, each with the reason."""

    values: dict[str, str] = field(default_factory=dict, repr=False)
    faults: tuple[tuple[int, str], ...] = ()


def _why(error: Exception) -> str:
    """In the system's own words, without the path, which the caller adds."""
    number = getattr(error, "errno", None)
    return os.strerror(number) if number else "nothing has such a name"


def open_regular(path: Path | str) -> int:
    """A descriptor of a regular file; never waits for the other end of a pipe. Raises Unreadable."""
    try:
        found = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except (OSError, ValueError) as error:
        raise Unreadable(_why(error)) from None
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        raise Unreadable("not a file")
    return found


def read(path: Path | str) -> str:
    """The text of a file. Raises Unreadable."""
    try:
        with os.fdopen(open_regular(path), "rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise Unreadable(_why(error)) from None
    if len(data) > LARGEST:
        raise Unreadable(f"larger than {LARGEST >> 20} MiB")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("UTF-16, not UTF-8")
    if b"\0" in data:
        raise Unreadable("has a zero byte in it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None


def env_file(path: Path) -> Lines:
    """NAME=VALUE, with or without `export` and quotes; a `$` is literal. The last of two wins. Raises Unreadable."""
    values, faults = {}, []
    for binding in parse_stream(io.StringIO(read(path), newline="")):
        text = binding.original.string
        number = binding.original.line + len(re.findall(r"\r\n|\n|\r", text[:len(text) - len(text.lstrip())]))
        if binding.error or (binding.key is not None and binding.value is None):
            faults.append((number, "is not NAME=VALUE"))
        elif binding.key is not None and not _NAME.fullmatch(binding.key):
            faults.append((number, "has a name that no setting has"))
        elif binding.key is not None:
            values[binding.key] = binding.value or ""
    return Lines(values, tuple(faults))


def credentials(folder: Path | str, names: Iterable[str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The content of files of these names, in any case; and each that can't be read, with the reason.

    An empty file counts as none, as an empty variable does; so does a missing folder.
    """
    wanted, found, faults = {name.lower() for name in names}, dict[str, str](), list[tuple[str, str]]()
    try:
        there = sorted(Path(folder).iterdir())
    except FileNotFoundError:
        return {}, []
    except (OSError, ValueError) as error:
        return {}, [(os.fspath(folder), _why(error))]
    for path in there:
        name = path.name.lower()
        if name in wanted and name not in found:
            try:
                text = read(path).strip()
            except Unreadable as error:
                faults.append((str(path), str(error)))
                continue
            if text:
                found[name] = text
    return found, faults
