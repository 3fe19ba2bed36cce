"""The pretend account with its server: what tests, the demo and the command line start."""

from __future__ import annotations

import asyncio
import gc
import json
import random
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from aiohttp import web

from sync_daemon.simulator.account import Account
from sync_daemon.simulator.clock import Clock
from sync_daemon.simulator.control import PREFIX, control
from sync_daemon.simulator.faults import Faults
from sync_daemon.simulator.listing import Memory
from sync_daemon.simulator.options import Options
from sync_daemon.simulator.server import Slots, handle
from sync_daemon.simulator.stats import Stats


class Simulator:
    """`account` is the data and what happens to it; the rest here is the server in front of it."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.clock = Clock.starting_at(self.options.now)
        self.account = Account(self.options, self.clock)
        self.memory = Memory()
        self.slots = Slots(self.options.slots, self.options.slot_seconds)
        self.stats = Stats(deque(maxlen=self.options.log_size))
        self.faults = Faults(random.Random(self.options.seed))  # noqa: S311  # never a secret
        self.latency = self.options.latency
        self.disabled: set[str] = set()
        self.forbidden: set[str] = set()
        self.revoked = False
        self.closed = False
        self.url = ""
        self._keys = random.Random(f"key {self.options.seed}")  # noqa: S311  # a pretend key
        self.api_key = self._new_key()

    def _new_key(self) -> str:
        return f"sim_{self._keys.getrandbits(128):032x}"

    @asynccontextmanager
    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Simulator]:
        """Answers under `url` until the block ends; requests still open then are cut off."""
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

    # -- the server's state

    def swap_account(self, seed: int | None = None, objects: int | None = None, company_id: int | None = None) -> int:
        """Another company's data behind the same key and address; returns its id."""
        changed = replace(self.options, seed=self.options.seed + 1 if seed is None else seed, company_id=company_id,
                          objects=self.options.objects if objects is None else objects)
        self.account = Account(changed, self.clock)
        self.memory = Memory()
        return self.account.world.company_id

    def revoke_key(self) -> None:
        self.revoked = True

    def rotate_key(self) -> str:
        """A new key; the old one is unknown from now on."""
        self.api_key, self.revoked = self._new_key(), False
        return self.api_key

    def close_account(self, closed: bool = True) -> None:
        self.closed = closed

    def features(self, disable: Iterable[str] = (), enable: Iterable[str] = ()) -> list[str]:
        self.disabled = (self.disabled | set(disable)) - set(enable)
        return sorted(self.disabled)

    def forbid(self, resources: Iterable[str]) -> None:
        """Replaces the set of resources that answer 403."""
        self.forbidden = set(resources)

    def set_clock(self, offset: float | None = None, date_offset: float | None = None, advance: float = 0.0) -> float:
        """`offset` shifts stamps and `Date`, `date_offset` only `Date`; `advance` lets time pass at once."""
        self.clock.offset = self.clock.offset if offset is None else offset
        self.clock.date_offset = self.clock.date_offset if date_offset is None else date_offset
        self.clock.advanced += advance
        return self.clock.now()

    def set_latency(self, seconds: float) -> None:
        self.latency = seconds

    def set_delays(self, event: float | None = None, snapshot: float | None = 0.0) -> None:
        """Seconds until an event shows, and then until its snapshot does (null: never)."""
        self.account.event_delay = self.account.event_delay if event is None else event
        self.account.snapshot_delay = snapshot

    def forget(self, cursors: bool = True, counts: bool = True) -> None:
        """Drops the server's stored cursors and counts, as if five minutes had passed for them."""
        if cursors:
            self.memory.cursors.clear()
        if counts:
            self.memory.counts.clear()

    def limit(self, slots: int | None = None, seconds: float | None = None) -> None:
        self.slots.limit = self.slots.limit if slots is None else slots
        self.slots.seconds = self.slots.seconds if seconds is None else seconds

    def described(self) -> dict[str, Any]:
        return {"url": self.url, "api_key": self.api_key, "company_id": self.account.world.company_id,
                "now": self.clock.now(), "sizes": {name: len(table.by_id) for name, table in
                                                   self.account.tables.items()}}


async def serve_forever(options: Options | None = None, host: str = "127.0.0.1", port: int = 0,
                        announce: Callable[[Simulator], None] | None = None) -> None:
    """Serves until cancelled. `announce` is called once with the simulator when it listens."""
    async with Simulator(options).serve(host, port) as sim:
        gc.freeze()
        (announce or announce_json)(sim)
        await asyncio.Event().wait()


def announce_json(sim: Simulator) -> None:
    json.dump({"url": sim.url, "api_key": sim.api_key}, sys.stdout)
    sys.stdout.write("\n")
    sys.stdout.flush()
