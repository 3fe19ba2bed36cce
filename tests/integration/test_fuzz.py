"""Bad input, made at random: the program never dies of it, never stores a wrong value, never loses a neighbour.

What is stored is told by the hash of its bytes: for each record that the account served, the mirror holds a row of
that hash and of that very value, or `_rejected` holds its bytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

import pytest

from sync_daemon import verbs
from sync_daemon.errors import Exit
from sync_daemon.queries import known_fields
from sync_daemon.records import digest, split
from sync_daemon.resources import RESOURCES, Resource, Way
from sync_daemon.simulator import Simulator
from tests.comparing import value_of
from tests.conftest import Open, Simulate, Sql

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
FIRST: Final = 700_000_000
"""Ids from here on are of odd records only."""
STAMP = 1_700_000_000
LISTS = tuple(one for one in RESOURCES if one.way in {Way.VALUE, Way.ID})
OF_CUSTOMERS = tuple(one for one in RESOURCES if one.parent == "customers")

ODD: Final = (
    "null", "true", "false", "0", "-1", "1e400", "-1e-400", "1e200000", "0.1", "1E+5", "12345678901234567890",
    "-9223372036854775809", "1.5", "253402300800", "-62135596801", "9" * 400, "-" + "9" * 5000, '""', '"5"', '"soon"',
    r'"\u0000"', r'"\ud800"', r'"\udc00\ud83d\ude00\ud83d"', r'"\\u0000\\ud800"', r'"}]"', r'"\"}]"', '"\x7f\u2028"',
    "[]", "[[]]", "{}", '{"id":5}', '{"id":{"id":1e400}}', r'{"\u0000":"\ud800"}', '{"":[null,{"":""}]}', "[1,[2,[3]]]",
    '"' + "x" * 9000 + '"', "[" * 500 + "]" * 500)
HEAD: Final = ("updated_at", "created_at", "object", "internal_id", "archived", "id")


def odd_record(resource: Resource, key: int, fields: dict[str, str]) -> bytes:
    """JSON text of a record; the values are texts, so that they may be what no encoder makes."""
    sound = {"id": str(key), "updated_at": str(STAMP)}
    if resource.key == "internal_id":
        sound |= {"id": f'"odd-{key}"', "internal_id": str(key)}
    if resource.key == "object:id":
        sound["object"] = '"card"'
    return ("{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in (sound | fields).items()) + "}").encode()


def put(sim: Simulator, resource: Resource, text: bytes, key: int, updated_at: int | None = STAMP) -> None:
    """A row of exactly this text, even where the simulator itself could not read it."""
    parent = sim.account.ids("customers")[0] if resource.parent else None
    sim.account.raw(resource.name, "{}", key=key, parent=parent,
                    updated_at=sim.account.now() if resource.way is Way.FEED else updated_at)
    sim.account.tables[resource.name].found[key].raw = text


@contextmanager
def room_to_compare() -> Iterator[None]:
    """Python reads and compares deeply nested values by recursion."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(limit)


async def wrong(sim: Simulator, sql: Sql, resources: tuple[Resource, ...]) -> list[str]:
    """What was neither stored as it is nor put aside as it is, of the odd records and of their neighbours."""
    found = []
    rejected = {(row["resource"], row["body"]) for row in await sql("SELECT resource, body FROM _rejected")}
    with room_to_compare():
        for resource in resources:
            rows = {row["hash"]: row["raw"] for row in await sql(f"SELECT hash, raw::text FROM {resource.name}")}
            for text in served(sim, resource):
                stored = rows.get(digest(text))
                aside = (resource.name, text) in rejected
                if (stored is None) is not aside:
                    found.append(f"{resource.name}: {'both' if aside else 'lost'} {text[:200]!r}")
                elif stored is not None and value_of(stored) != value_of(text.decode("utf-8", "replace")):
                    found.append(f"{resource.name}: {text[:200]!r} became {stored[:200]}")
    return found


def served(sim: Simulator, resource: Resource) -> Iterator[bytes]:
    for piece in split(b"".join(sim.account.dump(resource.name, keys=False))):
        yield piece


# -- single records


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=120, sizes={"invoices": 130, "customers": 5}, dense={}, slots=1000) as sim:
        yield sim


async def test_every_field_may_be_of_every_type(sim: Simulator, open_mirror: Open, sql: Sql) -> None:
    key = FIRST
    chosen = (*LISTS, *OF_CUSTOMERS)
    for resource in chosen:
        columns = sorted(known_fields(resource) - {"id", "updated_at", "object", "internal_id"})
        for value in ODD:
            put(sim, resource, odd_record(resource, key, dict.fromkeys(columns, value)), key)
            key += 1
    async with open_mirror(sim) as mirror:
        assert await verbs.backfill(mirror) is Exit.PARTLY
    assert await wrong(sim, sql, chosen) == []
    refused = await sql("SELECT resource, body FROM _rejected")
    print({(r["resource"],bytes(r["body"])[-60:],r["reason"]) for r in await sql("SELECT * FROM _rejected") if b"1e200000" not in r["body"]})
    assert all(b"1e200000" in row["body"] for row in refused), "nothing else is beyond jsonb"
