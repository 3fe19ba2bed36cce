"""Deterministic numbers behind the account: how many rows, their ids, moments and relations.

Everything is a pure function of (seed, resource, index), so a row costs nothing until it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from zlib import crc32

from sync_daemon.simulator.catalog import RESOURCES
from sync_daemon.simulator.options import YEAR, Options

T = TypeVar("T")
_M64 = (1 << 64) - 1
STEP = 4
WHOLE = 20_000
BANK = 10**12
_ODD_STAMPS = (None, -62_169_984_000, 0)

# Which resource's row this one was made for; its customer is the customer of that row.
LINKS: Mapping[str, str] = {
    "payments": "invoices", "charges": "payments", "refunds": "charges", "disputes": "charges",
    "transactions": "payments", "credit_notes": "invoices", "payment_plans": "invoices",
}

OWNERLESS = frozenset({"customers", "events", "refunds", "disputes", "payouts", "payment_links"})


class Dice:
    """A small seeded random generator, cheap enough to make one per row."""

    __slots__ = ("state",)

    def __init__(self, seed: int, salt: str, index: int) -> None:
        x = (seed * 0x9E3779B97F4A7C15 + crc32(salt.encode()) * 0xBF58476D1CE4E5B9 + index * 0x94D049BB133111EB) & _M64
        x = (x ^ x >> 31) * 0x7FB5D329728EA185 & _M64
        self.state = x ^ x >> 27

    def below(self, n: int) -> int:
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & _M64
        return (self.state >> 33) % n

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def one_in(self, n: int) -> bool:
        return self.below(n) == 0


@dataclass(slots=True, eq=False)
class Row:
    """A row's head. `own` is its content once it was changed; until then the content is made from the head.

    `stamp` is `updated_at` (`timestamp` for events), `owner` the customer id (the invoice id for payment
    plans), `raw` a literal that replaces the JSON text, `body` the encoded bytes for the shape `shape`.
    """

    resource: str
    index: int
    id: int
    created: int
    stamp: int | None
    owner: int | None = None
    tag: str = ""
    own: dict[str, object] | None = None
    raw: bytes | None = None
    serial: int = 0
    shape: str = ""
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """What the books say of a row: its head, and the fields in which it differs from what its maker makes."""

    created: int
    stamp: int | None
    owner: int | None
    fields: Mapping[str, object]
    id: int | None = None


@dataclass(frozen=True, slots=True)
class World:
    """`facts` are the books of an account whose figures have to fit, by resource and index."""

    seed: int
    base: int
    start: int
    sizes: Mapping[str, int]
    dense: Mapping[str, Sequence[tuple[int, int]]]
    odd: int
    company_id: int
    time_zone: str
    facts: Mapping[str, Sequence[Fact]] = field(default_factory=dict)

    def dice(self, salt: str, index: int) -> Dice:
        return Dice(self.seed, salt, index)

    def id_of(self, resource: str, index: int) -> int:
        spec = RESOURCES[resource]
        if resource == "credit_balance_adjustments":
            return spec.first_id + STEP * index + STEP - 1
        if resource == "payment_sources":
            # Cards come first in the list; the ids of cards and bank accounts overlap.
            number = spec.first_id + 2 * (index // 3) + (index % 3 == 2)
            return number + (BANK if index % 3 == 0 else 0)
        if spec.fixed or spec.by_name:
            return spec.first_id + index
        return spec.first_id + STEP * index + (index * 2654435761 + self.seed >> 3) % (STEP - 1)

    def created_of(self, resource: str, index: int) -> int:
        for first, count in self.dense.get(resource, ()):
            if first <= index < first + count:
                index = first + count - 1
                break
        size = max(1, self.sizes[resource])
        jitter = (index * 40503 + self.seed) % 97 / 97
        return self.start + int((self.base - 600 - self.start) * min(1.0, (index + jitter) / size))

    def stamp_of(self, resource: str, index: int, created: int) -> int | None:
        spec = RESOURCES[resource]
        if spec.updated_after and index < self.odd:
            return _ODD_STAMPS[index % len(_ODD_STAMPS)]
        dense = any(first <= index < first + count for first, count in self.dense.get(resource, ()))
        dice = self.dice(resource + "/stamp", index)
        if dense or resource == "events" or dice.below(10) < 4:
            return created
        room = self.base - 120 - created
        return created + (dice.below(room) if dice.one_in(5) else min(room, dice.below(90 * 86_400)))

    def linked(self, resource: str, index: int) -> int:
        """The index of the row that row `index` was made for."""
        mine, theirs = self.sizes[resource], max(1, self.sizes[LINKS[resource]])
        if index >= mine:
            return index % theirs
        return index * theirs // mine if mine <= theirs else index % theirs

    def made_for(self, resource: str, index: int) -> int | None:
        """The reverse of `linked`: which row of `resource` was made for row `index` of the linked one."""
        mine, theirs = self.sizes[resource], self.sizes[LINKS[resource]]
        if mine == 0 or index >= theirs:
            return None
        if mine > theirs:
            return index
        found = -(-index * mine // theirs)
        return found if found < mine and found * theirs // mine == index else None

    def customer_index(self, resource: str, index: int) -> int:
        while resource in LINKS and self.sizes[LINKS[resource]]:
            index, resource = self.linked(resource, index), LINKS[resource]
        customers = max(1, self.sizes["customers"])
        if resource == "customers":
            return index % customers
        reach = min(customers, 60) if resource == "pending_line_items" else customers
        return self.dice(resource + "/customer", index).below(reach)

    def fact(self, resource: str, index: int) -> Fact | None:
        facts = self.facts.get(resource, ())
        return facts[index] if index < len(facts) else None

    def head(self, resource: str, index: int) -> Row:
        fact = self.fact(resource, index)
        if fact is not None:
            key = self.id_of(resource, index) if fact.id is None else fact.id
            return Row(resource, index, key, fact.created, fact.stamp, fact.owner)
        created = self.created_of(resource, index)
        row = Row(resource, index, self.id_of(resource, index), created, self.stamp_of(resource, index, created))
        if resource == "payment_plans":
            row.owner = self.id_of("invoices", self.linked(resource, index))
        elif not (RESOURCES[resource].fixed or RESOURCES[resource].by_name or resource in OWNERLESS):
            row.owner = self.id_of("customers", self.customer_index(resource, index))
        return row


def build_world(options: Options, now: float) -> World:
    base = int(now)
    sizes = {
        name: spec.share if spec.fixed else max(2, round(options.objects * spec.share / WHOLE))
        for name, spec in RESOURCES.items()
    }
    sizes.update({name: size for name, size in options.sizes.items() if name in sizes})
    dense: dict[str, list[tuple[int, int]]] = {}
    for name, counts in options.dense.items():
        # Blocks start after a third of the list; a block that would fill most of a small list is left out.
        first = max(sizes[name] // 3, options.odd)
        for count in counts:
            if first + count <= sizes[name]:
                dense.setdefault(name, []).append((first, count))
                first += count + max(1, sizes[name] // 20)
    company = options.company_id if options.company_id is not None else 10_000 + options.seed % 90_000
    return World(options.seed, base, base - int(options.years * YEAR), sizes, dense, options.odd, company,
                 options.time_zone)
