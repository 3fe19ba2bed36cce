"""Names of hosts and numbers of ports, as every setting that has one takes them. Pure; asks no name service."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

LONGEST: Final = 253
"""Letters that a name can have in DNS."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?")


def is_loopback(host: str) -> bool:
    """Whether this is an address of this machine alone: what ends in .localhost some name services send elsewhere."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def as_asked_for(name: str) -> str | None:
    """A name in the letters in which DNS is asked for it; None for what no name service can be asked for."""
    if len(name) > 2 * LONGEST:
        return None
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return None


def is_host(name: str) -> bool:
    """Whether it can be a host: an address, or a name of DNS."""
    try:
        return not getattr(ipaddress.ip_address(name), "scope_id", None)
    except ValueError:
        asked_for = as_asked_for(name)
    return asked_for is not None and len(asked_for) <= LONGEST and _NAME.fullmatch(asked_for) is not None


def port_of(text: str, least: int = 1) -> int | None:
    """A port, however many zeros it begins with; None for what is none."""
    if not re.fullmatch(r"0*[0-9]{1,5}", text) or not least <= int(text[-5:]) <= 65535:
        return None
    return int(text[-5:])


def host_and_port(address: str) -> tuple[str, str]:
    """`host:port`, `[host]:port` or a port alone, which means this machine; two empty texts for what is neither."""
    host, colon, port = address.rpartition(":")
    if not colon:
        return "127.0.0.1", port
    if host.startswith("[") != host.endswith("]") or (":" in host and not host.startswith("[")):
        return "", ""  # an IPv6 address without brackets could be read two ways
    return host[1:-1] if host.startswith("[") else host, port
