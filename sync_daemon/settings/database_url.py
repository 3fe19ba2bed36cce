"""Parses a database URL as libpq does: into parameters by libpq's names, each of them kept, ignored or refused.

Pure. No message repeats a value that may be a secret, or part of one: where a password has an unescaped character,
what looks like a host may be part of it, so such a URL is refused before any name is looked up.
"""

from __future__ import annotations

import os
import re
from typing import Final
from urllib.parse import unquote_to_bytes

from sync_daemon.settings.hosts import as_asked_for, port_of

URL: Final = "DATABASE_URL"
PORT: Final = 5432
LONGEST_SOCKET: Final = 107
"""Bytes that the path of a Unix socket may have."""
WRITE: Final = ("Set DATABASE_URL to postgresql://USER:PASSWORD@HOST:PORT/DATABASE; in a password write %40 for @, "
                "%2F for /, %3A for :, %3F for ?, %23 for #, %5B for [, %5D for ], %25 for %, %20 for a blank.")

VARIABLES: Final = {
    "host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER",
    "password": "PGPASSWORD", "passfile": "PGPASSFILE", "service": "PGSERVICE", "servicefile": "PGSERVICEFILE",
    "options": "PGOPTIONS", "application_name": "PGAPPNAME", "fallback_application_name": "",
    "connect_timeout": "PGCONNECT_TIMEOUT", "target_session_attrs": "PGTARGETSESSIONATTRS", "sslmode": "PGSSLMODE",
    "requiressl": "PGREQUIRESSL", "sslnegotiation": "PGSSLNEGOTIATION", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "sslpassword": "", "sslrootcert": "PGSSLROOTCERT", "sslcrl": "PGSSLCRL",
    "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION", "ssl_max_protocol_version": "PGSSLMAXPROTOCOLVERSION",
    "krbsrvname": "PGKRBSRVNAME", "gsslib": "PGGSSLIB", "channel_binding": "PGCHANNELBINDING",
}
"""Parameters that are kept, each with its variable."""
PASSED_OVER: Final = {
    "client_encoding", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
    "sslcompression", "load_balance_hosts", "max_protocol_version",
    "pgbouncer", "connection_limit", "pool_timeout", "supa",
}
"""Parameters without effect here: we always use UTF-8, and our own timeouts. The last are not libpq's; hosted
databases put them into their URLs."""
ONLY: Final = {
    "gssencmode": ("PGGSSENCMODE", {"disable", "prefer"}, "leave it out, and encrypt by sslmode"),
    "require_auth": ("PGREQUIREAUTH", set[str](), "leave it out, and check the server by sslmode=verify-full"),
    "requirepeer": ("PGREQUIREPEER", set[str](), "leave it out"),
    "sslcertmode": ("PGSSLCERTMODE", {"allow"}, "leave it out"),
    "sslsni": ("PGSSLSNI", {"1"}, "leave it out"),
    "sslcrldir": ("PGSSLCRLDIR", set[str](), "put the lists into one file, and name it as sslcrl"),
    "gssdelegation": ("PGGSSDELEGATION", {"0"}, "leave it out"),
    "min_protocol_version": ("PGMINPROTOCOLVERSION", {"3.0"}, "leave it out"),
    "replication": ("", {"false", "off", "no", "0"}, "leave it out"),
    **dict.fromkeys(("sslkeylogfile", "scram_client_key", "scram_server_key", "oauth_issuer", "oauth_client_id",
                     "oauth_client_secret", "oauth_scope"), ("", set[str](), "leave it out")),
}
"""Parameters that we can't honour: the variable, values without effect, and what to do instead."""
ALIASES: Final = {"database": "dbname"}


class Unusable(OSError):
    """The settings lead to no database; the text repeats no value that may be a secret, or part of one."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def parse_url(url: str) -> dict[str, str]:
    """The parameters in a URL, by libpq's names. Raises Unusable, whose text repeats nothing of the URL."""
    scheme, separator, rest = url.strip().partition("://")
    if not separator or scheme not in {"postgres", "postgresql"}:
        raise _bad_url("must begin with postgresql://")
    if any(ord(letter) < 32 or letter == "\x7f" for letter in rest):
        raise _bad_url("has a control character in it; copy it again")
    place = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if rest.count("@") > 1 or "@" in rest[len(place):]:
        raise _unescaped("@ / ? or #")
    login, _, hosts = place.rpartition("@")
    for letter in [letter for letter in "[] " if letter in login]:
        raise _unescaped(letter)
    for letter in [letter for letter in "# " if letter in rest]:
        raise _unescaped(letter)
    user, _, password = login.partition(":")
    path, _, query = rest[len(place):].partition("?")
    told = {"user": _decoded(user), "password": _decoded(password), "dbname": _decoded(path.removeprefix("/"))}
    told |= _places(hosts)
    told = {name: value for name, value in told.items() if value}
    for number, pair in enumerate(query.split("&") if query else (), 1):
        name, equals, value = pair.partition("=")
        if not equals:
            raise _bad_url("has something behind its ? that is not NAME=VALUE")
        told |= parameter(_decoded(name), _decoded(value), f"Parameter {number} of DATABASE_URL")
    for name in told.get("host", "").split(","):
        check_host(name)
    for port in told.get("port", "").split(","):
        port_number(port)
    return told


def _places(hosts: str) -> dict[str, str]:
    """`host` and `port` from between `@` and `/`: several with commas, IPv6 addresses in brackets."""
    names, ports = [], []
    for one in hosts.split(","):
        match = re.fullmatch(r"(\[[^\[\]]+\]|[^:\[\]]*)(?::(.*))?", one)
        if match is None:
            raise _bad_url("has a host that can't be one; write an IPv6 address in brackets")
        names.append(_decoded(match[1].strip("[]")))
        ports.append(_decoded(match[2] or ""))
    return {"host": ",".join(names).strip(",") and ",".join(names), "port": ",".join(ports) if any(ports) else ""}


def variables() -> frozenset[str]:
    """The variables that are read."""
    return frozenset({*VARIABLES.values(), *(rule[0] for rule in ONLY.values())} - {""})


def parameter(name: str, value: str, source: str) -> dict[str, str]:
    """One parameter under our name for it; empty if it has no effect here.

    An unknown name may be part of a password, and is not repeated.
    """
    name = ALIASES.get(name, name)
    if (name, value) == ("ssl", "true"):  # as JDBC writes it
        return {"sslmode": "require"}
    if name in PASSED_OVER:
        return {}
    if name not in VARIABLES and name not in ONLY:
        raise Unusable(f"{source} is not known to libpq.",
                       "Leave it out; a setting of the server is written options=-c%20NAME%3DVALUE.")
    bearable(name, value, f"{source}, {name},")
    return {name: value}


def bearable(name: str, value: str, source: str) -> None:
    if name in ONLY and value and value not in ONLY[name][1]:
        raise Unusable(f"{source} asks for what this program can't do.", f"It has no {name}: {ONLY[name][2]}.")


def _decoded(text: str) -> str:
    if re.search("%(?![0-9A-Fa-f]{2})", text):
        raise _unescaped("%")
    if "%00" in text:
        raise _bad_url("has an escaped zero byte in it, which Postgres does not allow")
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeError:
        raise _bad_url("is not UTF-8") from None


def _bad_url(what: str) -> Unusable:
    return Unusable(f"DATABASE_URL {what}.", WRITE)


def _unescaped(letter: str) -> Unusable:
    return _bad_url(f"has {'a blank' if letter == ' ' else letter} where it can't be, most likely within the password")


def port_number(text: str, source: str = URL) -> int:
    text = text.strip()
    if not text:
        return PORT
    port = port_of(text)
    if port is None:
        raise Unusable(f"{source} has a port that is not a number from 1 to 65535.",
                       WRITE if source == URL else f"Correct it in {source}.")
    return port


def check_host(name: str, source: str = URL) -> None:
    """Raises Unusable for what can't be a host, so that it is never looked up."""
    bad = Unusable(f"{source} has a host that can't be one.", WRITE if source == URL else f"Correct it in {source}.")
    if name.startswith("/"):
        if len(os.fsencode(name)) + len("/.s.PGSQL.65535") > LONGEST_SOCKET:
            raise Unusable(f"{source} has a socket folder whose path is too long.",
                           "Let the server make its socket (unix_socket_directories) where the path is shorter.")
        return
    if name.startswith("@") or re.search(r"[\s\0/@]", name):
        raise bad
    if name and ":" not in name and as_asked_for(name) is None:
        raise bad
