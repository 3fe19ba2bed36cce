"""The daemon's HTTP server: health, metrics, and a status page. All of it is read-only.

No request waits for the API, nor more than a moment for the database: `HealthMonitor` has what is shown.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, cast
from urllib.parse import urlsplit

from aiohttp import web

from sync_daemon.concurrency import in_background
from sync_daemon.errors import Exit, Fatal, plainly
from sync_daemon.log import log
from sync_daemon.monitoring import metrics, status_page
from sync_daemon.monitoring.health import HealthMonitor
from sync_daemon.process import descriptors
from sync_daemon.settings.fields import Settings
from sync_daemon.settings.hosts import is_loopback
from sync_daemon.tuning import AS_IT_IS

GRACE: Final = 0.5
"""Seconds for running requests when the daemon stops."""
IDLE: Final = 75.0
"""Seconds that a connection stays open after an answer."""
HEAD: Final = 10.0
"""Seconds in which a connection must send the whole head of a request, from its first byte or its start."""
ANSWER: Final = 30.0
"""Seconds in which a response must be made and received."""
MOST: Final = 256
"""Most open connections; they get at most a quarter of the descriptors, the rest is for the work."""
BACKLOG: Final = 64
"""Connections that may wait to be accepted, and that are accepted at a time."""
NEW: Final = 1.0
"""Greatest age in seconds of the answer to a health check."""
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
                               "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Server": "invoiced-sync",  # the default names the versions of Python and aiohttp
    "X-Content-Type-Options": "nosniff",
}
KEEP: Final = {"Cache-Control": "max-age=86400"}
"""For the page's assets, whose address changes with their content."""

Give = Callable[[HealthMonitor, web.BaseRequest], Awaitable[web.Response]]


@asynccontextmanager
async def serve(watch: HealthMonitor, settings: Settings,
                again: float = AS_IT_IS.listen_again) -> AsyncIterator[str | None]:
    """Serves at `settings.web` while the block lasts, and yields the URL; None if nothing listens (yet).

    Raises Fatal (78) if an address that the user chose can't be used. The default one may be taken by another daemon on
    this machine: this one then works without a page, and retries every `again` seconds.
    """
    if settings.web is None:
        yield None
        return
    most = max(4, min(MOST, descriptors() // 4))
    server = _Server(most, partial(_answer, watch, settings), access_log=None, keepalive_timeout=IDLE)
    runner = web.ServerRunner(server, shutdown_timeout=GRACE)
    await runner.setup()
    try:
        try:
            url = await _listen(runner, *settings.web)
        except (OSError, UnicodeError) as error:
            where, why = settings.sync_web_listen, plainly(error)
            if "sync_web_listen" in settings.model_fields_set:
                raise Fatal(f"The status page can't be shown at {where}: {why}.", exit_code=Exit.CONFIG,
                            hint="Set SYNC_WEB_LISTEN to an address and port of this machine that are free, or to off."
                            ) from None
            log().warning("http.address_in_use", address=where, why=why, hint="It goes on without a status page and "
                          "tries again each minute; SYNC_WEB_LISTEN can name another port, or be off.")
            async with in_background(_keep_trying(runner, *settings.web, seconds=again)):
                yield None
        else:
            yield url
    finally:
        await runner.cleanup()


async def _listen(runner: web.ServerRunner, host: str, port: int) -> str:
    site = web.TCPSite(runner, host, port, backlog=BACKLOG)
    try:
        await site.start()
    except (OSError, UnicodeError):
        await site.stop()
        raise
    name, number = runner.addresses[0][:2]
    url = f"http://{f'[{name}]' if ':' in name else name}:{number}/"
    log().info("web.listening", url=url)
    return url


async def _keep_trying(runner: web.ServerRunner, host: str, port: int, *, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await _listen(runner, host, port)
        except (OSError, UnicodeError):
            continue
        return


async def _answer(watch: HealthMonitor, settings: Settings, request: web.BaseRequest) -> web.Response:
    give = PATHS.get(request.path)
    if not _may_ask(request.headers.get("Host"), settings):
        return _plain(421, "Ask for this page by an IP address or as localhost; behind a proxy let it pass on such a "
                           "Host, or set SYNC_WEB_PUBLIC=true.")
    if give is None:
        return _plain(404, "not found")
    if request.method not in {"GET", "HEAD"}:
        return _plain(405, "only GET and HEAD", Allow="GET, HEAD")
    return await give(watch, request)


def _may_ask(host: str | None, settings: Settings) -> bool:
    """Whether the Host is an address or a name of ours, to prevent DNS rebinding.

    Another site can point its own name here, have a browser ask us under that name, and read the answer. It can't do so
    with an IP address.
    """
    if host is None or settings.sync_web_public:
        return True
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return is_loopback(name) or (settings.web is not None and name == settings.web[0]) or \
            bool(ipaddress.ip_address(name))
    except ValueError:
        return False


async def _live(_watch: HealthMonitor, _request: web.BaseRequest) -> web.Response:
    return _plain(200, "ok")


async def _ready(watch: HealthMonitor, request: web.BaseRequest) -> web.Response:
    view = await watch.look(fresh=NEW)
    word, status = ("not ready", 503) if view.troubles else ("ok", 200)
    if "application/json" in request.headers.get("Accept", ""):
        return web.json_response({"status": word, "troubles": view.troubles}, status=status, headers=HEADERS)
    return _plain(status, "\n".join([word, *view.troubles]))


async def _metrics(watch: HealthMonitor, request: web.BaseRequest) -> web.Response:
    body, content_type = metrics.expose(await watch.look(), request.headers.get("Accept", ""))
    return web.Response(body=body, headers=HEADERS | {"Content-Type": content_type})


async def _page(watch: HealthMonitor, _request: web.BaseRequest) -> web.Response:
    view = await watch.look(rows=True)
    return web.Response(text=status_page.show(view), content_type="text/html", headers=HEADERS)


async def _asset(body: bytes, content_type: str, _watch: HealthMonitor, _request: web.BaseRequest) -> web.Response:
    return web.Response(body=body, content_type=content_type, charset="utf-8", headers=HEADERS | KEEP)


def _plain(status: int, text: str, **headers: str) -> web.Response:
    return web.Response(status=status, text=text + "\n", headers=HEADERS | headers)


PATHS: Final[dict[str, Give]] = {
    "/": _page, "/livez": _live, "/readyz": _ready, "/healthz": _ready, "/metrics": _metrics,
    **{f"/{name}": partial(_asset, body, content_type) for name, (body, content_type) in status_page.ASSETS.items()},
}


class _Connection(web.RequestHandler):
    """One connection, with our own error responses, and with timeouts so that nobody can hold it open idle."""

    __slots__ = ("_cut", "_line", "_room", "busy")

    def __init__(self, room: _Room, server: web.Server, **kwargs: Any) -> None:  # noqa: ANN401 - the library's
        super().__init__(server, **kwargs)
        self._room = room
        self._cut: asyncio.TimerHandle | None = None
        self._line: asyncio.Transport | None = None
        """The transport, which the library drops while something is still to be sent."""
        self.busy = False
        """Whether it waits for our response; otherwise we wait for its request."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._line = cast("asyncio.Transport", transport)
        self._within(HEAD)
        self._room.enter(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._within(None)
        self._room.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self.busy and self._cut is None:
            self._within(HEAD)
        super().data_received(data)

    def asked(self) -> None:
        """A whole request has arrived; its response begins."""
        self.busy = True
        self._within(ANSWER)

    async def finish_response(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the library's
        self.busy = True
        try:
            return await super().finish_response(*args, **kwargs)
        finally:
            self.busy = False
            self._within(None)  # from here on the library's keep-alive timeout applies
            self._room.rests(self)

    def abort(self) -> None:
        """Closes it at once, whatever is still to be sent."""
        self.force_close()
        if self._line is not None:
            self._line.abort()

    def _within(self, seconds: float | None) -> None:
        if self._cut is not None:
            self._cut.cancel()
        self._cut = None if seconds is None else asyncio.get_running_loop().call_later(seconds, self.abort)

    def handle_error(self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None,
                     message: str | None = None) -> web.Response:  # noqa: ARG002 - the library's signature
        if status == 500:
            log().error("web.failed", path=request.path, exc_info=exc, hint="Please report this.")
        response = _plain(status, "something went wrong; the log says what" if status == 500 else "a bad request")
        response.force_close()
        return response


class _Room:
    """A limit on connections. A new one, such as a health check, always gets in: when full, the longest idle one is
    closed, else the oldest.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: dict[_Connection, None] = {}
        """Open connections; the most recently active comes last."""

    def enter(self, connection: _Connection) -> None:
        self._open[connection] = None
        if len(self._open) > self._most:
            oldest = next((one for one in self._open if not one.busy), next(iter(self._open)))
            self.leave(oldest)
            oldest.abort()

    def rests(self, connection: _Connection) -> None:
        if connection in self._open:
            self._open[connection] = self._open.pop(connection)

    def leave(self, connection: _Connection) -> None:
        self._open.pop(connection, None)


class _Server(web.Server):
    def __init__(self, most: int, handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
                 **kwargs: Any) -> None:  # noqa: ANN401 - the library's
        super().__init__(self._asked(handler), **kwargs)
        self._room = _Room(most)

    @staticmethod
    def _asked(handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
               ) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            if isinstance(request.protocol, _Connection):
                request.protocol.asked()
            return await handler(request)

        return answer

    def __call__(self) -> web.RequestHandler:
        return _Connection(self._room, self, loop=self._loop, **self._kwargs)
