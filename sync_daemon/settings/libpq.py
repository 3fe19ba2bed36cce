"""Where the database is, configured as for libpq: by a URL, PG* variables, a service file, a password file.

What is accepted works as in psql; anything else is refused by name: a setting that is silently ignored leads to
another database, or another way to it, than intended. Pure, except that it reads the files named.
"""

from __future__ import annotations

import os
import pwd
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sync_daemon.settings import files
from sync_daemon.settings.database_url import (
    ONLY,
    VARIABLES,
    Unusable,
    bearable,
    check_host,
    parameter,
    parse_url,
    port_number,
)

SOCKETS: Final = ("/run/postgresql", "/var/run/postgresql", "/tmp", "/private/tmp")  # noqa: S108 - where servers listen
"""Where a server on this machine has its socket, by how it was built; after them `localhost` is tried."""
OR: Final = "or the service"
SHARED: Final = ("/tmp", "/private/tmp")  # noqa: S108 - anyone can make a socket there
SERVICES: Final = ("/etc/postgresql-common", "/etc/sysconfig/pgsql", "/etc")
"""Folders of the machine's service file, by how libpq was built, if PGSYSCONFDIR does not name one."""
FILES: Final = ("host", "passfile", "servicefile", "sslcert", "sslkey", "sslrootcert", "sslcrl", "gsslib")
"""Parameters that name a file; its name need not be UTF-8."""
SSLMODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
SESSIONS: Final = ("any", "read-write", "read-only", "primary", "standby", "prefer-standby")


@dataclass(frozen=True, slots=True)
class Host:
    """A host (or the folder of a socket), its port, and the password for it."""

    name: str
    port: int
    password: str = field(repr=False)

    @property
    def is_socket(self) -> bool:
        return self.name.startswith("/")


@dataclass(frozen=True, slots=True)
class Target:
    """All that is needed to connect. `tls` has libpq's own parameters; `server` is sent unchanged."""

    hosts: tuple[Host, ...]
    user: str
    database: str
    sslmode: str
    tls: Mapping[str, str] = field(repr=False)
    direct_tls: bool
    server: Mapping[str, str]
    session: str
    timeout: float | None
    krbsrvname: str | None
    gsslib: str | None
    home: Path | None
    passfile: Path | None
    """The password file, if there is one; it is ignored if others may read it."""


def target(url: str | None, environ: Mapping[str, str]) -> Target:
    """In order of precedence: the URL, the service, variables, libpq's defaults. Raises Unusable."""
    home = _home(environ)
    told = parse_url(url) if url else {}
    wanted = told.get("service") or environ.get("PGSERVICE", "")
    if wanted:
        told = _service(wanted, told.get("servicefile"), environ, home) | told
    for name, variable in [*VARIABLES.items(), *((name, rule[0]) for name, rule in ONLY.items())]:
        if name not in told and environ.get(variable):
            told[name] = environ[variable]
            if name not in FILES and not _is_text(told[name]):
                raise Unusable(f"{variable} is not UTF-8.", f"Set {variable} again.")
            bearable(name, told[name], variable)
    told = {name: value for name, value in told.items() if value}
    told |= _sure_of_the_server(told, home)
    sslmode = _one_of(told, "sslmode", SSLMODES, _default_sslmode(told))
    if told.get("sslrootcert") == "system" and sslmode != "verify-full":
        raise Unusable("sslrootcert=system needs sslmode=verify-full.", "Set sslmode=verify-full.")
    direct = _one_of(told, "sslnegotiation", ("postgres", "direct"), "postgres") == "direct"
    if direct and sslmode in {"disable", "allow", "prefer"}:
        raise Unusable("sslnegotiation=direct needs sslmode=require, verify-ca or verify-full.",
                       "Set sslmode=verify-full, or leave sslnegotiation out.")
    user = told.get("user") or _user()
    database = told.get("dbname", user)
    passfile = Path(told["passfile"]) if "passfile" in told else home / ".pgpass" if home else None
    return Target(
        hosts=tuple(_hosts(told, user, database, _passwords(passfile))), user=user, database=database,
        sslmode=sslmode, tls={name: value for name, value in told.items() if name.startswith("ssl")},
        direct_tls=direct, server=_server(told), session=_one_of(told, "target_session_attrs", SESSIONS, "any"),
        timeout=_timeout(told.get("connect_timeout")), krbsrvname=told.get("krbsrvname"), gsslib=told.get("gsslib"),
        home=home, passfile=passfile)


def _is_text(value: str) -> bool:
    try:
        return bool(value.encode())
    except UnicodeError:
        return False


# Services and passwords.


def _service(name: str, file: str | None, environ: Mapping[str, str], home: Path | None) -> dict[str, str]:
    """The parameters of a service in a service file."""
    own = file or environ.get("PGSERVICEFILE")
    system = [environ["PGSYSCONFDIR"]] if environ.get("PGSYSCONFDIR") else SERVICES
    places = [Path(own)] if own else [home / ".pg_service.conf"] if home else []
    places += [Path(folder, "pg_service.conf") for folder in system]
    for place in filter(os.path.exists, places):
        try:
            text = files.read(place)
        except files.Unreadable as error:
            raise Unusable(f"The service file {place} can't be read: {error}.",
                           "Let this user read it, or set DATABASE_URL instead.") from None
        if (found := _section(text, name, place)) is not None:
            return found
    raise Unusable(f"There is no service {name!r} in {' or '.join(map(str, places))}.",
                   f"Write a section [{name}] into one of them, or set DATABASE_URL instead of PGSERVICE.")


def _section(text: str, wanted: str, place: Path) -> dict[str, str] | None:
    found: dict[str, str] | None = None
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            if found is not None:
                break
            found = {} if line == f"[{wanted}]" else None
        elif found is not None:
            name, equals, value = line.partition("=")
            where = f"Line {number} of the service file {place}"
            if not equals or name in {"service", "servicefile"} or line.startswith("ldap://"):
                raise Unusable(f"{where} can't be used.",
                               "Write NAME=VALUE, without blanks around =; nested and LDAP services are not followed.")
            found = parameter(name, value, where) | found  # the first one counts
    return found


_PASSWORD = re.compile(r"((?:\\.|[^:\\])*):" * 4 + "(.*)")
Passwords = tuple[tuple[str, ...], ...]
"""Lines of a password file: host, port, database, user, password."""


def _passwords(file: Path | None) -> Passwords:
    """The lines of a password file; none if others may read it, as in libpq: `check` reports that."""
    try:
        if file is None or not file.is_file() or file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            return ()
        lines = file.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    except OSError:
        return ()
    matches = (_PASSWORD.fullmatch(line.rstrip("\r")) for line in lines if not line.startswith("#"))
    return tuple(tuple(re.sub(r"\\(.)", r"\1", piece) for piece in match.groups()) for match in matches if match)


def _password(passwords: Passwords, host: str, port: int, database: str, user: str) -> str:
    names = {host, "localhost"} if host in SOCKETS else {host}
    return next((line[4] for line in passwords if line[0] in {*names, "*"} and line[1] in {str(port), "*"}
                 and line[2] in {database, "*"} and line[3] in {user, "*"}), "")


# The rest.


def _hosts(told: Mapping[str, str], user: str, database: str, passwords: Passwords) -> Iterator[Host]:
    names, addresses = told.get("host", "").split(","), told.get("hostaddr", "").split(",")
    if told.get("hostaddr"):
        if told.get("host") and names != addresses:
            raise Unusable("Both host and hostaddr are set, but only one can be used.",
                           "Leave one of them (PGHOST, PGHOSTADDR) out.")
        names = addresses
    elif names == [""]:
        names = [*filter(_is_trusted, SOCKETS), "localhost"]
    ports = [port_number(port, f"PGPORT {OR}") for port in told.get("port", "").split(",")]
    if len(ports) not in {1, len(names)}:
        raise Unusable(f"There are {len(names)} hosts, but {len(ports)} ports.", "Give one port, or one for each host.")
    for number, name in enumerate(names):
        name, port = name or SOCKETS[0], ports[number if len(ports) > 1 else 0]
        check_host(name, f"PGHOST {OR}")
        password = told.get("password") or _password(passwords, name, port, database, user)
        if password and not _is_text(password):
            raise Unusable("The password for the database in the password file is not UTF-8.",
                           "Save that file (PGPASSFILE, or ~/.pgpass) as UTF-8.")
        yield Host(name, port, password)


def _is_trusted(folder: str) -> bool:
    """Whether to try a folder that nobody named: where anyone can make a socket, we must not talk to a stranger's."""
    if folder not in SHARED:
        return True
    try:
        return all(_is_known(socket.stat().st_uid) for socket in Path(folder).glob(".s.PGSQL.*[0-9]"))
    except OSError:
        return False


def _is_known(uid: int) -> bool:
    try:
        return uid in {0, os.geteuid()} or pwd.getpwuid(uid).pw_name in {"postgres", "_postgres"}
    except KeyError:
        return False


def _one_of(told: Mapping[str, str], name: str, values: tuple[str, ...], default: str) -> str:
    value = told.get(name, default)
    if value not in values:
        raise Unusable(f"{name} is not one of {', '.join(values)}.",
                       f"Correct {name} in DATABASE_URL, or {VARIABLES[name]}.")
    return value


def _sure_of_the_server(told: Mapping[str, str], home: Path | None) -> dict[str, str]:
    """How channel_binding=require is honoured, which some hosted databases put into their URLs: it ensures that nobody
    is in between, and so does checking the certificate.
    """
    if _one_of(told, "channel_binding", ("disable", "prefer", "require"), "prefer") != "require":
        return {}
    if told.get("sslmode") == "disable":
        raise Unusable("channel_binding=require needs TLS.", "Set sslmode=verify-full, or leave it out.")
    if told.get("sslmode") in {"verify-ca", "verify-full"}:
        return {}
    named = told.get("sslrootcert") or (home is not None and os.path.exists(home / ".postgresql" / "root.crt"))  # noqa: PTH110 - it may be out of reach
    return {"sslmode": "verify-full"} | ({} if named else {"sslrootcert": "system"})


def _default_sslmode(told: Mapping[str, str]) -> str:
    if told.get("sslrootcert") == "system":
        return "verify-full"
    return "require" if told.get("requiressl", "0").startswith("1") else "prefer"


def _server(told: Mapping[str, str]) -> dict[str, str]:
    sent = {"options": told.get("options"),
            "application_name": told.get("application_name") or told.get("fallback_application_name")}
    return {name: value for name, value in sent.items() if value}


def _timeout(text: str | None) -> float | None:
    """Seconds for one host; None means our own, and so does 0, with which libpq would wait for ever."""
    if text is None:
        return None
    if not re.fullmatch(r"\s*-?\d{1,9}\s*", text):
        raise Unusable("connect_timeout is not a whole number.", "Set seconds, in DATABASE_URL or PGCONNECT_TIMEOUT.")
    return float(max(2, int(text))) if int(text) > 0 else None


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise Unusable(f"No user is set for the database, and this machine has no name for user {os.geteuid()}.",
                       "Name the user, in DATABASE_URL or PGUSER.") from None


def _home(environ: Mapping[str, str]) -> Path | None:
    if environ.get("HOME"):
        return Path(environ["HOME"])
    try:
        return Path(pwd.getpwuid(os.geteuid()).pw_dir)
    except KeyError:
        return None
