"""TLS to the API, and to the database as in libpq: what each sslmode checks, and whom it trusts.

The files are read for each connection to the database, since they may be replaced while a daemon runs. Unlike
Python's and asyncpg's own, these contexts write no keys to SSLKEYLOGFILE; the database's knows sslrootcert=system.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from sync_daemon.errors import plainly
from sync_daemon.settings.database_url import VARIABLES, Unusable
from sync_daemon.settings.files import Unreadable, open_regular

CHECKED: Final = ("require", "verify-ca", "verify-full")
"""Modes that send nothing in the clear; `require` checks the server only where an authority is named."""
VERSIONS: Final = {"TLSv1": ssl.TLSVersion.TLSv1, "TLSv1.1": ssl.TLSVersion.TLSv1_1, "TLSv1.2": ssl.TLSVersion.TLSv1_2,
                   "TLSv1.3": ssl.TLSVersion.TLSv1_3}
DEFAULTS: Final = {"sslrootcert": "root.crt", "sslcrl": "root.crl", "sslcert": "postgresql.crt",
                   "sslkey": "postgresql.key"}
"""Files in `~/.postgresql` that are used if none is named."""


def for_https() -> ssl.SSLContext:
    """For the API: trusts whom this system trusts, or whom SSL_CERT_FILE and SSL_CERT_DIR name instead."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.load_default_certs()
    if ssl.HAS_ALPN:
        made.set_alpn_protocols(["http/1.1"])
    return made


def unfit_authorities(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Variables whose faults OpenSSL ignores silently, and what is wrong with the files that they name.

    A folder without certificates does no harm if there is a file with some.
    """
    if file := environ.get("SSL_CERT_FILE"):
        try:
            os.close(open_regular(file))
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=file)
        except Unreadable as error:
            yield "SSL_CERT_FILE", f"names {file}, which can't be read ({error})"
        except (OSError, ValueError):
            yield "SSL_CERT_FILE", f"names {file}, which has no certificates that can be used"
    folders = environ.get("SSL_CERT_DIR")
    if folders and not file and not any(map(_has_certificates, folders.split(os.pathsep))):
        yield "SSL_CERT_DIR", f"names {folders}, where no certificates are (by names that `openssl rehash` gives)"


def _has_certificates(folder: str) -> bool:
    try:
        return any(re.fullmatch(r"[0-9a-f]{8}\.[0-9]+", path.name) for path in Path(folder or ".").iterdir())
    except (OSError, ValueError):
        return False


def context(sslmode: str, told: Mapping[str, str], home: Path | None) -> ssl.SSLContext:
    """The context of one connection. Raises Unusable, which names the parameter and the file."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = sslmode == "verify-full"
    _trust(made, sslmode, told, home)
    if crl := _file("sslcrl", told, home):
        _using("sslcrl", [crl], lambda: made.load_verify_locations(cafile=crl))
        made.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN
    if cert := _file("sslcert", told, home):
        key, password = _file("sslkey", told, home), told.get("sslpassword", "")
        _using("sslcert and sslkey", [cert, *([key] if key else [])],
               lambda: made.load_cert_chain(cert, key, password=lambda: password))
    made.minimum_version = _version("ssl_min_protocol_version", told) or ssl.TLSVersion.TLSv1_2
    made.maximum_version = _version("ssl_max_protocol_version", told) or ssl.TLSVersion.MAXIMUM_SUPPORTED
    if ssl.HAS_ALPN:
        made.set_alpn_protocols(["postgresql"])
    return made


def _trust(made: ssl.SSLContext, sslmode: str, told: Mapping[str, str], home: Path | None) -> None:
    root = _file("sslrootcert", told, home)
    if sslmode not in CHECKED or (root is None and sslmode == "require"):
        made.verify_mode = ssl.CERT_NONE
    elif told.get("sslrootcert") == "system":
        for name, what in unfit_authorities(os.environ):
            raise Unusable(f"{name} {what}.", "Name one that holds the certificates of authorities, or unset it.")
        made.load_default_certs()
    elif root is None:
        raise Unusable(f"The root certificate file that sslmode={sslmode} needs can't be used: none is named, and "
                       "there is no ~/.postgresql/root.crt.", "Name the certificate of the authority by sslrootcert; "
                       "sslrootcert=system means all that this system trusts.")
    else:
        _using("sslrootcert", [root], lambda: made.load_verify_locations(cafile=root))


def _file(name: str, told: Mapping[str, str], home: Path | None) -> Path | None:
    if told.get(name):
        return Path(told[name])
    default = home / ".postgresql" / DEFAULTS[name] if home else None
    return default if default is not None and os.path.exists(default) else None  # noqa: PTH110 - it may be out of reach


def _using(name: str, paths: list[Path], load: Callable[[], None]) -> None:
    path = paths[0]
    try:
        for path in paths:
            os.close(open_regular(path))  # a pipe would hold up everything
        path = paths[0]
        load()
    except (OSError, ValueError, Unreadable) as error:
        raise Unusable(f"The file of {name} can't be used ({path.absolute()}: {plainly(error)}).",
                       f"Check {name} in DATABASE_URL, or PG{name.split()[0].upper()}; sslrootcert=system means all "
                       "authorities that this system trusts.") from None


def _version(name: str, told: Mapping[str, str]) -> ssl.TLSVersion | None:
    if not told.get(name):
        return None
    if told[name] not in VERSIONS:
        raise Unusable(f"{name} is not one of {', '.join(VERSIONS)}.",
                       f"Correct {name} in DATABASE_URL, or {VARIABLES[name]}.")
    return VERSIONS[told[name]]
