"""The pretend account with its server, as started by tests, the demo and the command line."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from sync_daemon.simulator.control import PREFIX, control
from sync_daemon.simulator.options import Options
from sync_daemon.simulator.server import handle
from sync_daemon.simulator.state import State


class Simulator(State):
    """A pretend account that can be served."""

    @asynccontextmanager
    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Simulator]:
        """Serves at `url` until the block ends; requests still open then are cut off."""
        runner = web.ServerRunner(web.Server(self._serve_one, handler_cancellation=True, access_log=None,
                                             keepalive_timeout=300), shutdown_timeout=0.2)
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port)
            await site.start()
            name, number = runner.addresses[0][:2]
            self.url = f"http://{f'[{name}]' if ':' in str(name) else name}:{number}"
            yield self
        finally:
            self.faults.release()
            await runner.cleanup()

    async def _serve_one(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith(PREFIX):
            return await control(self, request)
        return await handle(self, request)


async def serve_forever(options: Options | None = None, host: str = "127.0.0.1", port: int = 0,
                        announce: Callable[[Simulator], None] | None = None) -> None:
    """Serves until cancelled. Calls `announce` once with the simulator when it listens."""
    async with Simulator(options).serve(host, port) as sim:
        gc.freeze()
        (announce or announce_json)(sim)
        await asyncio.Event().wait()


def announce_json(sim: Simulator) -> None:
    json.dump({"url": sim.url, "api_key": sim.api_key}, sys.stdout)
    sys.stdout.write("\n")
    sys.stdout.flush()
