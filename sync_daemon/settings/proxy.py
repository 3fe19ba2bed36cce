"""How the API is reached: directly, or through a proxy that the environment names as for curl.

Pure. The proxy only tunnels TLS to the one origin (CONNECT), so it never sees the key; plain http goes only to this
machine, and to no proxy. User and password in the URL of a proxy are secret: no text repeats them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit

from sync_daemon.settings.hosts import is_host, port_of

PROXIES: Final = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
"""In order of precedence."""
EXCEPTIONS: Final = ("no_proxy", "NO_PROXY")
UNUSED: Final = ("http_proxy", "HTTP_PROXY")
"""For plain http, which goes only to this machine."""
VARIABLES: Final = (*PROXIES, *EXCEPTIONS, *UNUSED)
KINDS: Final = ("http", "https")
KNOWN_KINDS: Final = ("socks", "socks4", "socks4a", "socks5", "socks5h", "ftp", "quic", "ssh")
WRITE: Final = ("Set it to http://HOST:PORT or http://USER:PASSWORD@HOST:PORT (in a password write %40 for @, %2F for "
                "/, %3A for :, %25 for %), or leave it out.")


class Unfit(ValueError):
    """A variable does not name a usable proxy: which one, and why, without repeating its value."""

    def __init__(self, variable: str, what: str) -> None:
        super().__init__(what)
        self.variable = variable


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that opens tunnels. `variable` is where it was named; `login` has user and password, if any."""

    kind: str
    host: str
    port: int
    variable: str
    login: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """Host and port, for messages."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Without user and password."""
        return f"{self.kind}://{self.place}"


@dataclass(frozen=True, slots=True)
class Way:
    """How the API is reached; `why` is the reason why a named proxy is not used."""

    proxy: Proxy | None = None
    why: str = ""


STRAIGHT: Final = Way()


def choose(origin: str, environ: Mapping[str, str], env_file: Mapping[str, str]) -> Way:
    """The environment wins over the env file, lower case over upper case, as in curl. Raises Unfit."""
    variable, url = _first(PROXIES, environ, env_file)
    parts = urlsplit(origin)
    if not url:
        return STRAIGHT
    if parts.scheme != "https":
        return Way(why="plain http goes only to this machine, and to no proxy")
    exception, spared = _first(EXCEPTIONS, environ, env_file)
    if _is_spared(parts.hostname or "", parts.port or 443, spared):
        return Way(why=f"{exception} names {parts.hostname}, which is asked directly")
    return Way(_proxy(variable, url.strip()))


def _first(names: tuple[str, ...], *sources: Mapping[str, str]) -> tuple[str, str]:
    found = ((name, source[name]) for small in range(0, len(names), 2) for source in sources
             for name in names[small:small + 2] if source.get(name))
    return next(found, ("", ""))


def _is_spared(host: str, port: int, exceptions: str) -> bool:
    """By curl's rules, and the port if one is given: `*`, an address, a network, a name and its subdomains."""
    return any(_matches(host.lower().rstrip("."), port, one.lower()) for one in re.split(r"[\s,]+", exceptions) if one)


def _matches(host: str, port: int, rule: str) -> bool:
    if rule == "*":
        return True
    bracketed = re.fullmatch(r"\[(.+)\](?::([0-9]+))?", rule)
    named = re.fullmatch(r"([^:]+):([0-9]+)", rule)
    if match := bracketed or named:
        rule = match[1]
        if match[2] is not None and port_of(match[2]) != port:
            return False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = rule.strip(".")
        return bool(name) and (host == name or host.endswith(f".{name}"))
    try:
        return address in ipaddress.ip_network(rule, strict=False)
    except ValueError:
        return False


def _proxy(variable: str, url: str) -> Proxy:
    kind, separator, rest = url.partition("://")
    if not separator:
        kind, rest = "http", url
    kind = kind.lower()
    if kind not in KINDS:
        of = f", {kind}" if kind in KNOWN_KINDS else ""
        raise Unfit(variable, f"names a proxy of a kind that can't be used{of}: http and https can")
    place = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    if rest[len(place):] not in {"", "/"} or place.count("@") > 1 or re.search(r"[\s\0-\x1f\x7f]", rest):
        raise Unfit(variable, "has a character that is not allowed, most likely in the password")
    login, at, address = place.rpartition("@")
    match = re.fullmatch(r"(?:\[([^\[\]]+)\]|([^:\[\]]+))(?::([0-9]+))?", address)
    if match is None or not is_host(match[1] or match[2]):
        raise Unfit(variable, "names no host")
    if match[3] is None and kind == "http":  # some programs take 80 for it, others 1080
        raise Unfit(variable, "names no port")
    port = 443 if match[3] is None else port_of(match[3])
    if port is None:
        raise Unfit(variable, "has a port that is not a number from 1 to 65535")
    user, _, password = login.partition(":")
    return Proxy(kind, match[1] or match[2], port, variable,
                 (_decoded(variable, user, ":"), _decoded(variable, password)) if at else None)


def _decoded(variable: str, text: str, forbidden: str = "") -> str:
    if re.search("%(?![0-9A-Fa-f]{2})", text):
        raise Unfit(variable, "has a % that is not allowed, most likely in the password")
    try:
        decoded = unquote_to_bytes(text.encode()).decode()
    except UnicodeError:
        raise Unfit(variable, "is not UTF-8") from None
    if re.search(r"[\0-\x1f\x7f]", decoded) or (forbidden and forbidden in decoded):
        raise Unfit(variable, "has a user or a password that can't be sent")
    return decoded
