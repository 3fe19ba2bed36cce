"""`/_control/...`: controls the simulator from another process. Loopback only, outside all limits."""

from __future__ import annotations

import base64
import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from sync_daemon.simulator.account import Missing, Refused
from sync_daemon.simulator.state import State

PREFIX = "/_control/"
_LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
_RENAMED = {"id": "key", "ids": "key"}
Operation = Callable[..., Any]


def operations(sim: State) -> Mapping[str, Operation]:
    """POST names and what they call; the JSON body holds the keyword arguments."""
    account, faults = sim.account, sim.faults
    return {
        "create": account.create, "update": account.update, "delete": account.delete, "void": account.void,
        "cancel": account.cancel, "archive": account.archive, "import": account.import_rows, "merge": account.merge,
        "touch": account.touch, "promise": account.promise, "raw": account.raw, "flush": account.flush,
        "swap_account": sim.swap_account, "revoke_key": sim.revoke_key, "rotate_key": sim.rotate_key,
        "close_account": sim.close_account, "features": sim.features, "forbid": sim.forbid, "clock": sim.set_clock,
        "latency": sim.set_latency, "delays": sim.set_delays, "snapshot_delay": lambda seconds: sim.set_delays(
            snapshot=seconds), "forget": sim.forget, "limit": sim.limit, "faults": faults.set,
        "fault": faults.add, "clear_faults": faults.clear, "hold": faults.hold, "release": faults.release,
        "reset_stats": sim.stats.reset,
    }


async def control(sim: State, request: web.BaseRequest) -> web.StreamResponse:
    if request.remote not in _LOOPBACK:
        return _json({"error": "the control path answers on loopback only"}, 403)
    name = request.path.removeprefix(PREFIX)
    try:
        if request.method == "GET":
            return await _read(sim, request, name)
        body = await request.read()
        arguments = json.loads(body) if body else {}
        if name == "batch":
            return _json({"results": [_call(sim, step[0], step[1]) for step in arguments["operations"]]})
        return _json({"result": _call(sim, name, arguments)})
    except (Missing, Refused, ValueError, TypeError, KeyError) as error:
        return _json({"error": f"{type(error).__name__}: {error}"}, 400)


def _call(sim: State, name: str, body: Mapping[str, object]) -> object:
    arguments = {_RENAMED.get(field, field): value for field, value in body.items()}
    if "base64" in arguments:
        arguments["text"] = base64.b64decode(str(arguments.pop("base64")))
    operation = operations(sim).get(name)
    if operation is None:
        raise Missing(f"no such operation: {name}")
    inspect.signature(operation).bind(**arguments)
    return operation(**arguments)


async def _read(sim: State, request: web.BaseRequest, name: str) -> web.StreamResponse:
    asked = request.query
    if name == "dump":
        return await _dump(sim, request, asked["resource"], bool(asked.get("keys")))
    if name == "stats":
        return _json(sim.stats.shown())
    if name == "log":
        return _json(sim.stats.shown_log(int(asked.get("last", "1000"))))
    if name == "held":
        return _json({"held": sim.faults.waiting})
    if name == "count":
        return _json({"count": sim.account.count(asked["resource"])})
    if name in ("", "account"):
        return _json(sim.described())
    return _json({"error": f"nothing to read here: {name}"}, 404)


async def _dump(sim: State, request: web.BaseRequest, resource: str, keys: bool) -> web.StreamResponse:
    sim.account.spec(resource)
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    pieces: list[bytes] = []
    for piece in sim.account.dump(resource, keys):
        pieces.append(piece)
        if len(pieces) >= 500:
            await response.write(b"".join(pieces))
            pieces.clear()
    await response.write(b"".join(pieces))
    await response.write_eof()
    return response


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(value).encode(), status=status, content_type="application/json")
