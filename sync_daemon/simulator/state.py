"""The pretend server's state besides its data: keys, limits, faults, cached cursors and counts."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sync_daemon.simulator.account import Account
from sync_daemon.simulator.clock import Clock
from sync_daemon.simulator.faults import Faults
from sync_daemon.simulator.listing import Memory
from sync_daemon.simulator.options import Options
from sync_daemon.simulator.stats import Stats


class Slots:
    """At most `limit` requests in flight for a key. A request whose client hung up keeps its slot for `seconds`."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self._taken: dict[object, float] = {}

    def used(self, now: float) -> int:
        for token in [token for token, since in self._taken.items() if since + self.seconds <= now]:
            del self._taken[token]
        return len(self._taken)

    def take(self, now: float) -> object | None:
        if self.used(now) >= self.limit:
            return None
        token = object()
        self._taken[token] = now
        return token

    def give_back(self, token: object) -> None:
        self._taken.pop(token, None)

    def clear(self) -> None:
        self._taken.clear()


class State:
    """`account` is the data and its changes; the rest is the server in front of it."""

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
        """Makes a new key; the old one is unknown from now on."""
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
        """`offset` shifts stamps and `Date`, `date_offset` only `Date`; `advance` adds seconds at once."""
        self.clock.offset = self.clock.offset if offset is None else offset
        self.clock.date_offset = self.clock.date_offset if date_offset is None else date_offset
        self.clock.advanced += advance
        return self.clock.now()

    def set_latency(self, seconds: float) -> None:
        self.latency = seconds

    def set_delays(self, event: float | None = None, snapshot: float | None = 0.0) -> None:
        """Seconds until an event appears, and then until its snapshot does (null: never)."""
        self.account.event_delay = self.account.event_delay if event is None else event
        self.account.snapshot_delay = snapshot

    def forget(self, cursors: bool = True, counts: bool = True) -> None:
        """Drops the server's cached cursors and counts, as if five minutes had passed."""
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
