"""The account's data: its tables, what a row contains, and how it is printed."""

from __future__ import annotations

import heapq
import json
import random
from collections.abc import Callable, Iterable, Iterator

from sync_daemon.simulator.catalog import RESOURCES, Resource
from sync_daemon.simulator.clock import Clock
from sync_daemon.simulator.encode import Json, encode_row
from sync_daemon.simulator.ledger import write_books
from sync_daemon.simulator.makers import event_head, make
from sync_daemon.simulator.options import Options
from sync_daemon.simulator.setup import company
from sync_daemon.simulator.shape import expand, retrieved, visible
from sync_daemon.simulator.table import Table
from sync_daemon.simulator.world import BANK, Row, World, build_world

Key = int | str


class Missing(LookupError):
    """The account has no such resource or object."""


class Books:
    """Holds the rows. Changes that become visible later wait in a heap until `settle` finds them due."""

    def __init__(self, options: Options, clock: Clock) -> None:
        self.options = options
        self.clock = clock
        self.world: World = build_world(options, clock.now())
        if options.books:
            self.world = write_books(self.world)
        self.event_delay = options.event_delay
        self.snapshot_delay = options.snapshot_delay
        self.random = random.Random(options.seed)  # noqa: S311  # never a secret
        self.tables: dict[str, Table] = {}
        self.next_index: dict[str, int] = {}
        self.company: Json = company(self.world)
        self._pending: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0
        self._cached = 0
        self._scalars: dict[str, frozenset[str]] = {}
        for name in RESOURCES:
            size = self.world.sizes[name]
            heads = (event_head(self.world, i) if name == "events" else self.world.head(name, i) for i in range(size))
            self.tables[name] = Table()
            self.tables[name].load(heads)
            self.next_index[name] = size
        if options.warm:
            for name in RESOURCES:
                for _ in self.dump(name):
                    pass

    # -- time

    def now(self) -> int:
        return int(self.clock.now())

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        if seconds <= 0:
            act()
            return
        self._order += 1
        heapq.heappush(self._pending, (self.clock.elapsed() + seconds, self._order, act))

    def settle(self) -> None:
        """Makes due changes visible."""
        while self._pending and self._pending[0][0] <= self.clock.elapsed():
            heapq.heappop(self._pending)[2]()

    def flush(self) -> int:
        """Makes all waiting changes visible; returns how many there were."""
        done = 0
        while self._pending:
            heapq.heappop(self._pending)[2]()
            done += 1
        return done

    # -- rows

    def spec(self, resource: str) -> Resource:
        try:
            return RESOURCES[resource]
        except KeyError:
            raise Missing(f"no such resource: {resource}") from None

    def find(self, resource: str, key: int | str) -> Row:
        """By id; catalogue rows by string id (the active one) or internal id, payment sources by `card:ID`."""
        spec = self.spec(resource)
        table = self.tables[resource]
        row = table.found.get(self._number(spec, key))
        if row is None and isinstance(key, str) and (spec.by_name or spec.key == "internal_id"):
            named = [row for row in table.by_id if self.content(row).get("id") == key]
            row = next((row for row in named if not self.content(row).get("archived")), None)
        if row is None:
            raise Missing(f"{spec.model} was not found: {key}")
        return row

    @staticmethod
    def _number(spec: Resource, key: int | str) -> int:
        if isinstance(key, int):
            return key
        kind, _, number = key.rpartition(":")
        if not (number.isascii() and number.isdigit()):
            return -1
        return int(number) + (BANK if spec.name == "payment_sources" and kind == "bank_account" else 0)

    def content(self, row: Row) -> Json:
        """Everything the row holds, hidden fields too."""
        if row.raw is not None:
            try:
                parsed = json.loads(row.raw)
            except ValueError:
                parsed = None
            return parsed if isinstance(parsed, dict) else {}
        return row.own if row.own is not None else make(self.world, row)

    def lookup(self, resource: str, key: Key) -> Json | None:
        try:
            return self.content(self.find(resource, key))
        except Missing:
            return None

    def scalars(self, resource: str) -> frozenset[str]:
        """The plain columns that lists can be filtered and sorted by."""
        if resource not in self._scalars:
            sample = visible(RESOURCES[resource], make(self.world, self.world.head(resource, 0)))
            self._scalars[resource] = frozenset(k for k, v in sample.items() if not isinstance(v, (dict, list)))
        return self._scalars[resource]

    # -- printing

    def body(self, row: Row, include: tuple[str, ...] = (), exclude: tuple[str, ...] = (),
             expanded: tuple[str, ...] = (), single: bool = False) -> bytes:
        if row.raw is not None:
            return row.raw
        shape = "" if not (include or exclude or single) else f"{single}{include}{exclude}"
        if row.body is not None and row.shape == shape and not expanded:
            return row.body
        spec = RESOURCES[row.resource]
        shown = (retrieved if single else visible)(spec, self.content(row), include, exclude)
        for path in expanded:
            expand(shown, path, self.lookup)
        body = encode_row(shown)
        if not expanded and not single:
            if row.body is None:
                self._cached += len(body)
            if self._cached <= self.options.cache_mb << 20 or row.body is not None:
                row.shape, row.body = shape, body
        return body

    def dump(self, resource: str, keys: bool = False) -> Iterator[bytes]:
        """All rows, each as the list shows it under its canonical query; pieces of one JSON array."""
        self.settle()
        spec = self.spec(resource)
        include = canonical_include(spec)
        yield b"["
        for position, row in enumerate(list(self.tables[resource].by_id)):
            body = self.body(row, include)
            if keys:
                body = encode_row({"key": row.id, "parent": row.owner if spec.parent else None})[:-1] + (
                    b',"row":' + body + b"}")
            yield b"," + body if position else body
        yield b"]"

    def rows(self, resource: str) -> list[Json]:
        """`dump` as Python values; for tests."""
        parsed: list[Json] = json.loads(b"".join(self.dump(resource)))
        return parsed

    def ids(self, resource: str) -> list[int]:
        self.settle()
        return [row.id for row in self.tables[resource].by_id]

    def owned(self, resource: str, owners: Iterable[int]) -> list[Row]:
        table = self.tables[resource]
        return [row for owner in owners for row in table.owned.get(owner, ())]


def canonical_include(spec: Resource) -> tuple[str, ...]:
    for part in spec.canonical:
        if part.startswith("include="):
            return tuple(part.removeprefix("include=").split(","))
    return ()
