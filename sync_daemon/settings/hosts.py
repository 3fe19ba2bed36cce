"""Host names and port numbers, for every setting that has one. Pure; looks up no name."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

LONGEST: Final = 253
"""Characters that a DNS name can have."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?")


def is_loopback(host: str) -> bool:
    """Whether this is an address of this machine only; some name services send names in .localhost elsewhere."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def as_asked_for(name: str) -> str | None:
    """A name as it is looked up in DNS; None for what can't be looked up."""
    if len(name) > 2 * LONGEST:
        return None
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return None


def is_host(name: str) -> bool:
    """Whether it can be a host: an address, or a DNS name."""
    try:
        return not getattr(ipaddress.ip_address(name), "scope_id", None)
    except ValueError:
        asked_for = as_asked_for(name)
    return asked_for is not None and len(asked_for) <= LONGEST and _NAME.fullmatch(asked_for) is not None


def port_of(text: str, least: int = 1) -> int | None:
    """A port number, leading zeros allowed; None for anything else."""
    if not re.fullmatch(r"0*[0-9]{1,5}", text) or not least <= int(text[-5:]) <= 65535:
        return None
    return int(text[-5:])


def host_and_port(address: str) -> tuple[str, str]:
    """`host:port`, `[host]:port`, or a port alone, which means this machine; two empty texts for anything else."""
    host, colon, port = address.rpartition(":")
    if not colon:
        return "127.0.0.1", port
    if host.startswith("[") != host.endswith("]") or (":" in host and not host.startswith("[")):
        return "", ""  # an IPv6 address without brackets is ambiguous
    return host[1:-1] if host.startswith("[") else host, port
