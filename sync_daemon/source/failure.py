"""Turns failures of a request into errors, sorted by what to do about them."""

from __future__ import annotations

import aiohttp

from sync_daemon.errors import Exit, Fatal, RetryLater, plainly
from sync_daemon.settings.proxy import Proxy


def key_refused() -> RetryLater:
    return RetryLater("The API key is refused (the API answered 401)", brief="the API key is refused", stands=Fatal(
        "The API key is refused (the API answered 401).", exit_code=Exit.REFUSED, brief="the API key is refused",
        hint="Set INVOICED_API_KEY to a key of this account that is still valid; sandbox and production have their own "
             "keys and URLs."))


def account_closed(said: str) -> RetryLater:
    brief = "the account is closed or unpaid"
    return RetryLater(f"The account is closed or unpaid ({said})", brief=brief, stands=Fatal(
        f"The account is closed or unpaid ({said}).", exit_code=Exit.REFUSED, brief=brief,
        hint="Have the account reopened at Invoiced, then start again."))


def through(proxy: Proxy | None) -> str:
    return f", through the proxy {proxy.place}" if proxy else ""


def is_of(proxy: Proxy, error: Exception) -> bool:
    return isinstance(error, aiohttp.ClientHttpProxyError | aiohttp.ClientProxyConnectionError) or (
        isinstance(error, aiohttp.ClientConnectorError) and (error.host, error.port) == (proxy.host, proxy.port))


def of_the_proxy(proxy: Proxy, error: Exception) -> RetryLater:
    """A failure at the proxy itself; its message is left out, since it may quote what was sent."""
    if not isinstance(error, aiohttp.ClientHttpProxyError):
        why = error.os_error if isinstance(error, aiohttp.ClientProxyConnectionError) else error
        return RetryLater(f"no connection to the proxy {proxy.place} ({broken(why)})",
                          brief="no connection to the proxy", hint=f"Check {proxy.variable}; see that the "
                          "proxy is up and can be reached from here.")
    said = f"the proxy {proxy.place} refused the way to the API ({error.status})"
    if error.status != 407:
        return RetryLater(said, brief="the proxy refuses", hint=f"Check {proxy.variable}, and that the proxy lets this "
                          "machine through to the API.")
    hint = f"Check user and password in {proxy.variable}: http://USER:PASSWORD@HOST:PORT."
    return RetryLater(said, brief="the proxy refuses", hint=hint, stands=Fatal(
        f"{said[0].upper()}{said[1:]}: it asks for a user and a password.", exit_code=Exit.CONFIG, hint=hint))


def broken(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"the host {error.host} is not known"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return (f"the certificate of {error.host} is not trusted ({error.certificate_error}): check this "
                "machine's clock, and what is in between")
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection to {error.host}:{error.port} ({plainly(error.os_error)})"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the answer was cut short"
    if isinstance(error, aiohttp.ClientResponseError):
        return "the answer is no HTTP that can be read"  # the parser's message quotes it, and it may quote the key
    return plainly(error)
