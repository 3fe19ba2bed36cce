"""The HTTP side: keys, limits, errors, faults and holds around the API, over real sockets."""

from __future__ import annotations

import asyncio
import base64
import binascii
import zlib
from urllib.parse import parse_qsl, unquote_plus

from aiohttp import web

from sync_daemon.simulator.answer import Answer, answer
from sync_daemon.simulator.encode import encode, pretty
from sync_daemon.simulator.faults import Fault
from sync_daemon.simulator.query import ApiError
from sync_daemon.simulator.routes import Route, resolve
from sync_daemon.simulator.state import State
from sync_daemon.simulator.stats import Seen

HTML = b"<html><head><title>Maintenance</title></head><body>We will be back soon.</body></html>"


async def handle(sim: State, request: web.BaseRequest) -> web.StreamResponse:
    """Handles one request of the API, from the limit on requests in flight to the last byte of the answer."""
    route = resolve(request.rel_url.raw_path)
    sim.stats.begin(request.method, route.template if route else "(unknown)")
    sim.stats.in_flight += 1
    sim.stats.max_in_flight = max(sim.stats.max_in_flight, sim.stats.in_flight)
    crowd = sim.stats.in_flight
    token = sim.slots.take(sim.clock.elapsed())
    status, finished = 0, False
    try:
        response, status = await _respond(sim, request, route, token is not None)
        finished = True
        return response
    finally:
        sim.stats.in_flight -= 1
        # A client that hung up cancels this task; its slot then stays taken, as it does at the real server.
        if token is not None and finished:
            sim.slots.give_back(token)
        sim.stats.end(Seen(sim.clock.now(), request.method, request.path, _query(request), status,
                           "Authorization" in request.headers, request.headers.get("User-Agent", ""), crowd))


async def _respond(sim: State, request: web.BaseRequest, route: Route | None,
                   admitted: bool) -> tuple[web.StreamResponse, int]:
    struck: list[Fault] = []
    if not admitted:
        made = _error(ApiError(429, "You have too many concurrent requests. Please slow down."))
    else:
        struck = sim.faults.striking(request.path, _query(request))
        await asyncio.sleep(sim.latency + sum(rule.seconds for rule in struck if rule.kind == "slow"))
        for rule in struck:
            if rule.kind == "hang":
                await asyncio.sleep(rule.seconds if rule.seconds > 1 else 3600)
        faked = _faked(struck)
        made = faked if faked is not None else _api(sim, request, route, struck)
        await sim.faults.pass_holds(request.path, _query(request))
    if request.headers.get("User-Agent", "").startswith("curl") and made.status != 502:
        made.body = pretty(made.body)
    return await _send(sim, request, made, {rule.kind: rule for rule in struck}), made.status


def _query(request: web.BaseRequest) -> str:
    """The decoded query: which characters a client escapes differs between its versions."""
    return unquote_plus(request.rel_url.raw_query_string)


def _api(sim: State, request: web.BaseRequest, route: Route | None, struck: list[Fault]) -> Answer:
    try:
        if route is None:
            raise ApiError(404, f"Request was not recognized: {request.method} {request.path}")
        _authorize(sim, request.headers.get("Authorization"))
        if request.method not in ("GET", "HEAD"):
            raise ApiError(405, f"Method not allowed: {request.method} {request.path}")
        if "Idempotency-Key" in request.headers:
            raise ApiError(400, "Idempotency keys can only be used with POST and PATCH requests.")
        _permit(sim, route)
        ignored = {rule.name for rule in struck if rule.kind == "ignore_param"}
        said = parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True)
        pairs = [pair for pair in said if pair[0] not in ignored]
        sim.account.settle()
        return answer(sim.account, sim.memory, route, pairs, f"{request.scheme}://{request.host}{request.path}")
    except ApiError as error:
        return _error(error)


def _error(error: ApiError) -> Answer:
    return Answer(encode(error.body()), error.status)


def _authorize(sim: State, header: str | None) -> None:
    if not header or not header.lower().startswith("basic "):
        raise ApiError(401, "Missing API key! You can pass it as the user name with HTTP Basic Auth.")
    try:
        user, _, password = base64.b64decode(header[6:], validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise ApiError(401, "The Authorization header could not be read.") from None
    as_user = user == sim.account.company["username"] and password == sim.api_key
    if sim.revoked or not (as_user or (user == sim.api_key and password == "")):
        raise ApiError(401, f"We could not authenticate you with the API Key: {user[:4]}...")
    if sim.closed:
        raise ApiError(402, "This account has been canceled. Please contact support to reactivate it.")


def _permit(sim: State, route: Route) -> None:
    if route.spec is None:
        return
    if route.spec.name in sim.forbidden:
        raise ApiError(403, "You do not have permission to perform this action.")
    if route.spec.feature in sim.disabled:
        raise ApiError(400, f"Your account does not have access to this feature: {route.spec.feature}")


def _faked(struck: list[Fault]) -> Answer | None:
    """The answer of a fault that replaces the API's own."""
    for rule in struck:
        if rule.kind == "status" and rule.status in (502, 503, 504):
            return Answer(HTML, rule.status, {"Content-Type": "text/html"})
        if rule.kind == "status":
            return _error(ApiError(rule.status, "Simulated fault."))
        if rule.kind == "retry_after":
            made = _error(ApiError(429 if rule.status == 500 else rule.status, "Simulated fault."))
            made.headers["Retry-After"] = f"{rule.seconds:g}"
            return made
        if rule.kind == "html_200":
            return Answer(HTML, 200, {"Content-Type": "text/html"})
        if rule.kind == "stranger":
            kind = "application/json" if rule.name == "json" else "text/html"
            body = b'{"message":"Forbidden"}' if rule.name == "json" else HTML
            return Answer(body, rule.status, {"Content-Type": kind})
        if rule.kind == "redirect":
            return Answer(HTML, 302, {"Content-Type": "text/html", "Location": "http://127.0.0.1:1/elsewhere"})
        if rule.kind == "empty":
            return Answer(b"[]", headers={"X-Total-Count": "0"})
        if rule.kind == "refuse":
            return _error(ApiError(rule.status, rule.name))
        if rule.kind == "bomb":
            return Answer(_bomb(rule.total), headers={"Content-Encoding": "gzip"})
        if rule.kind == "not_a_list":
            return Answer(b'{"data":[]}')
        if rule.kind == "bad_json":
            return Answer(b'[{"id":1,')
    return None


def _bomb(mebibytes: int) -> bytes:
    """An empty list that is small compressed and large decompressed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    pieces = [b"[", *[b" " * (1 << 20)] * mebibytes, b"]"]
    return b"".join(map(packer.compress, pieces)) + packer.flush()


async def _send(sim: State, request: web.BaseRequest, made: Answer, struck: dict[str, Fault]) -> web.StreamResponse:
    headers = {
        "Content-Type": "application/json", "Cache-Control": "no-cache, no-store",
        "WWW-Authenticate": 'Basic realm="Invoiced"', "Date": sim.clock.date(), "Server": "nginx", **made.headers,
    }
    if "no_total" in struck:
        headers.pop("X-Total-Count", None)
    if "wrong_total" in struck and "X-Total-Count" in headers:
        headers["X-Total-Count"] = str(struck["wrong_total"].total)
    if "no_date" in struck:
        del headers["Date"]
    broken = {"reset", "cut_body", "no_date"} & struck.keys()
    if broken and request.transport is not None:
        _write_by_hand(request.transport, made, headers, broken)
    response = web.Response(body=made.body, status=made.status, headers=headers)
    if not broken:
        await response.prepare(request)
        await response.write_eof()
    return response


def _write_by_hand(transport: asyncio.Transport, made: Answer, headers: dict[str, str], broken: set[str]) -> None:
    """Sends answers that the HTTP library would not: cut short, without a date, or none at all."""
    if "reset" in broken:
        transport.abort()
        return
    head = [f"HTTP/1.1 {made.status} Simulated", *(f"{name}: {value}" for name, value in headers.items()),
            f"Content-Length: {len(made.body)}", "Connection: close", "", ""]
    body = made.body[:len(made.body) // 2] if "cut_body" in broken else made.body
    transport.write("\r\n".join(head).encode() + body)
    transport.close()
