"""Bad input, made at random: the program never dies of it, never stores a wrong value, never loses a neighbour.

What is stored is told by the hash of its bytes: for each record that the account served, the mirror holds a row of
that hash and of that very value, or `_rejected` holds its bytes.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import aiohttp
import pytest
from aiohttp import web
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sync_daemon.errors import Exit, RetryLater
from sync_daemon.model.records import NotAList, digest, read_page, split
from sync_daemon.model.resources import BY_NAME, RESOURCES, Resource, Way
from sync_daemon.postgres.columns import table
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.source.answer import Answer
from sync_daemon.source.child_lists import single
from sync_daemon.tuning import Patience
from tests.conftest import AT_ONCE, Open, Simulate, Sql
from tests.support.comparing import differences, value_of

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
    owners = [ident for ident in sim.account.ids("customers") if ident < FIRST]
    parent = owners[key % len(owners)] if resource.parent else None
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
    """The records as bytes, just as the list shows them."""
    yield from split(b"".join(sim.account.dump(resource.name, keys=False)))


# -- single records


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=120, sizes={"invoices": 130, "customers": 5}, dense={}, slots=1000) as sim:
        yield sim


@pytest.mark.slow
async def test_every_field_may_be_of_every_type(sim: Simulator, open_session: Open, sql: Sql) -> None:
    key = FIRST
    chosen = (*LISTS, *OF_CUSTOMERS)
    for resource in chosen:
        named = {column.name for column in table(resource).columns}
        columns = sorted(named - {"id", "updated_at", "object", "internal_id"})
        for value in ODD:
            put(sim, resource, odd_record(resource, key, dict.fromkeys(columns, value)), key)
            key += 1
    async with open_session(sim) as session:
        assert await jobs.backfill(session) is Exit.PARTLY
    assert await wrong(sim, sql, chosen) == []
    refused = await sql("SELECT resource, body FROM _rejected")
    beyond = (b":1e200000",)  # no numeric of Postgres
    assert all(any(value in row["body"] for value in beyond) for row in refused)


async def test_the_head_of_a_record_may_be_of_every_type(sim: Simulator, open_session: Open, sql: Sql) -> None:
    key = FIRST
    chosen = tuple(BY_NAME[name] for name in ("customers", "invoices", "notes", "subscriptions", "tasks", "gl_accounts",
                                              "items", "custom_fields", "members", "payment_sources", "contacts"))
    for resource in chosen:
        # a customer has forty payment sources at most
        for name in HEAD if resource.name != "payment_sources" else ("object", "id"):
            for value in ODD:
                put(sim, resource, odd_record(resource, key, {name: value}), key)
                key += 1
        put(sim, resource, odd_record(resource, key, {}).replace(b"id", b"Id"), key)
        put(sim, resource, odd_record(resource, key + 1, {})[:-1] + f',"id":{key + 2}}}'.encode(), key + 1)
        key += 3
    async with open_session(sim, sync_resources=",".join(one.name for one in chosen)) as session:
        assert await jobs.backfill(session) is Exit.PARTLY
    lost = [line for line in await wrong(sim, sql, chosen) if re.search(r'"(internal_)?id":7000\d{5}[,}]', line)]
    assert lost == []  # several rows of one id 0 or 5 are one row, but no row with an id of its own is lost


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_records_in_which_anything_was_changed(seed: int, sim: Simulator, open_session: Open, sql: Sql) -> None:
    dice = random.Random(seed)
    chosen = tuple(BY_NAME[name] for name in ("customers", "invoices", "payments", "tasks", "charges", "coupons",
                                              "payment_sources"))
    for number, resource in enumerate(chosen):
        models = list(served(sim, resource))
        for key in range(FIRST + number * 1000, FIRST + number * 1000 + 60):
            put(sim, resource, changed(dice, resource, dice.choice(models), key), key, dice.choice([None, STAMP, key]))
    async with open_session(sim, sync_resources=",".join(one.name for one in chosen)) as session:
        await jobs.backfill(session)
        await jobs.backfill(session)
    assert await wrong(sim, sql, chosen) == []


def changed(dice: random.Random, resource: Resource, model: bytes, key: int) -> bytes:
    """A record with another id in which some values are odd, some names doubled, and some bytes no UTF-8."""
    fields = {name: json.dumps(value) for name, value in json.loads(model).items()}
    name = "internal_id" if resource.key == "internal_id" else "id"
    if name == "internal_id":
        fields["id"] = f'"odd-{key}"'
    for victim in dice.sample(sorted(fields), 3):
        if victim not in {"id", "object"}:
            fields[victim] = dice.choice(ODD)
    fields[name] = str(key)
    pairs = [f"{json.dumps(one)}:{value}" for one, value in fields.items()]
    pairs += [f'"{dice.choice(sorted(set(fields) - {"id", "object", name}))}":{dice.choice(ODD)}']
    dice.shuffle(pairs)
    text = ("{" + dice.choice([",", " , ", ",\r\n"]).join(pairs) + "}").encode()
    if dice.random() < 0.3:
        text = text[:-1] + b',"odd":"' + dice.choice([b"\xff", b"\xed\xa0\x80", b"\xc3", b"\xf8\x88", b"\x01"]) + b'"}'
    if dice.random() < 0.2:
        text = text[:-1] + b',"odd":' + dice.choice([b"tru", b"NaN", b"-", b"01", b"'x'", b"1.", b"+1"]) + b"}"
    return text


async def test_records_of_every_size(sim: Simulator, open_session: Open, sql: Sql) -> None:
    long = "a\\n\u00e9" * 500_000
    texts = [f'"notes":"{long}"', f'"notes":"{long}","x":tru', f'"{long}":1', f'"number":"{long}"',
             '"metadata":' + "[" * 500 + "]" * 500, '"metadata":' + "[" * 5000 + "]" * 5000,
             '"metadata":' + '{"a":' * 5000 + "1" + "}" * 5000, '"metadata":' + "[" * 900,
             ",".join(f'"f{number}":{number}' for number in range(30_000)), '"total":' + "9" * 140_000]
    texts[7] += "]" * 900
    for key, fields in enumerate(texts, FIRST):
        put(sim, BY_NAME["invoices"], f'{{"id":{key},"updated_at":{STAMP},{fields}}}'.encode(), key)
    async with open_session(sim, sync_resources="customers,invoices") as session:
        assert await jobs.backfill(session) is Exit.PARTLY
    assert await wrong(sim, sql, (BY_NAME["customers"], BY_NAME["invoices"])) == []
    rows = await sql(f"SELECT id FROM invoices WHERE id >= {FIRST}")
    assert {0, 2, 4, 8} <= {row["id"] - FIRST for row in rows}


async def test_events_of_every_type(sim: Simulator, open_session: Open, sql: Sql) -> None:
    now, kinds = sim.account.now(), ["task.deleted", "contact.updated", "customer.merged", "refund.created", "x", "."]
    async with open_session(sim, sync_resources="customers,contacts,tasks,charges,events") as session:
        assert await jobs.backfill(session) is Exit.OK
        before = {resource: sim.account.count(resource) for resource in ("tasks", "customers", "contacts", "charges")}
        key = FIRST
        for value in ODD:
            for inner in (f'"type":{value}', f'"timestamp":{value}', f'"data":{value}', *(
                    f'"type":"{kind}","data":{{"object":{{"id":{value},"customer":{value},"charge":{value},'
                    f'"original_customer":{value}}}}}' for kind in kinds)):
                put(sim, BY_NAME["events"], f'{{"id":{key},"timestamp":{now},{inner}}}'.encode(), key)
                key += 1
        await jobs.backfill(session)
        await jobs.backfill(session)
    odd = [line for line in await wrong(sim, sql, (BY_NAME["events"],)) if '"id":7000' in line]
    assert odd == []  # a mirror has no events from before its first run
    for resource, rows in before.items():
        assert (await sql(f"SELECT count(*) AS n FROM {resource}"))[0]["n"] == rows, "no such event deletes anything"


# -- whole bodies

TRICKY = [odd_record(BY_NAME["invoices"], FIRST + number, {"notes": value, "x": value})
          for number, value in enumerate(ODD) if len(value) < 1000]


def as_page(body: bytes) -> int:
    """How many rows a body shows. Raises NotAList, and nothing else."""
    return len(read_page(BY_NAME["invoices"], body, NOW).order)


@pytest.mark.parametrize("unsound", [False, True])
def test_a_body_that_is_cut_anywhere_is_never_believed(unsound: bool) -> None:
    rows = TRICKY + ([b'{"id":1,"x":tru}'] if unsound else [])
    body = b"[" + b",".join(rows) + b"]"
    assert as_page(body) == len(rows)
    believed = []
    for end in range(len(body)):
        try:
            as_page(body[:end])
        except NotAList:
            continue
        believed.append(body[max(0, end - 60):end])
    assert believed == []


TOKENS = (b"[", b"]", b"{", b"}", b",", b":", b'"', b"\\", b"1", b"-", b"null", b'"id"', b'{"id":1}', b"\x00", b"\xff",
          b'{"id":2,"updated_at":5}', b"\xef\xbb\xbf", b" ", b"\n", b"<html>", b"\\u0000", b"1e999", b"9" * 5000,
          b"[" * 3000)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=12), st.booleans())
@example([b'{"id":1}', b"]", b"[", b'{"id":2}'], True)
def test_whatever_the_body_it_is_a_page_or_it_is_refused(tokens: list[bytes], in_brackets: bool) -> None:
    body = b"[" + b"".join(tokens) + b"]" if in_brackets else b"".join(tokens)
    for read in (as_page, lambda text: single(BY_NAME["company"], Answer(text, None, NOW), "/x")):
        try:
            read(body)
        except (NotAList, RetryLater):
            continue


# -- answers


Mangle = Callable[[random.Random, bytes, dict[str, str]], tuple[int, bytes]]


def _cut(dice: random.Random, body: bytes, _headers: dict[str, str]) -> tuple[int, bytes]:
    return 200, body[:dice.randrange(len(body))]


def _becomes(status: int, *bodies: bytes) -> Mangle:
    return lambda dice, _body, _headers: (status, dice.choice(bodies))


def _header(name: str, *values: str) -> Mangle:
    def mangle(dice: random.Random, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        headers[name] = dice.choice(values)
        return 200, body

    return mangle


MANGLES: Final[tuple[Mangle, ...]] = (
    _cut, _cut, lambda _dice, body, _headers: (200, body + body), lambda _dice, body, _headers: (200, body[1:]),
    lambda _dice, body, _headers: (200, b"\xef\xbb\xbf" + body), lambda _dice, body, _headers: (200, body + b"\x00"),
    _becomes(200, b"", b" ", b"<html><body>Sign in</body></html>", b"null", b"17", b'"["', b'{"data":[]}',
             b"[" * 100_000, b"[,]]", b"\x1f\x8b\x08\x00", b"[" + b"9" * 10_000),
    _becomes(500, b"", b"\xff\xfe", b"[]", b'{"message":"a\\u0000b"}'), _becomes(404, b"", b"<html>", b"[1e999]"),
    _becomes(400, b"", b"Bad Request"), _header("Date", "", "yesterday", "Mon, 99 Foo 9999 99:99:99 GMT"),
    _header("X-Total-Count", "", "-1", "many", "1e9", "\u0663".encode().decode("latin-1")),
    _header("Content-Encoding", "gzip", "deflate"),
)


@asynccontextmanager
async def mangled(sim: Simulator, seed: int, share: float, mangles: tuple[Mangle, ...] = MANGLES) -> AsyncIterator[str]:
    """The URL of a bad way to the account: what comes over it is mangled now and then."""
    dice = random.Random(seed)
    http = aiohttp.ClientSession(auto_decompress=False)

    async def answer(request: web.Request) -> web.Response:
        async with http.get(sim.url + request.raw_path, headers={"Authorization": request.headers["Authorization"]}
                               ) as far:
            status, body = far.status, await far.read()
            headers = {name: far.headers[name] for name in ("Date", "X-Total-Count") if name in far.headers}
        if status == 200 and dice.random() < share:
            status, body = dice.choice(mangles)(dice, body, headers)
        return web.Response(status=status, body=body, headers=headers)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
        await http.close()


async def test_answers_mangled_on_the_way_leave_no_trace(sim: Simulator, open_session: Open, sql: Sql,
                                                         mirror_database: str) -> None:
    begun = time.time()
    async with mangled(sim, 7, 0.15) as url, open_session(sim, invoiced_base_url=url) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert session.context.reader.api.retries > 10
    assert await differences(sim.url, sim.api_key, mirror_database, since_event=begun - 60) == {}
    assert await sql("SELECT FROM _rejected") == await sql("SELECT FROM _deleted") == []


@pytest.mark.parametrize("mangle", [
    _header("X-Total-Count", "9" * 20), _header("X-Total-Count", "9" * 5000),
    _becomes(400, b'{"type":"invalid_request","message":"This feature is \\u0000 not enabled"}'),
    _becomes(400, b'{"type":"invalid_request","message":"odd \\u0000 words"}'), _becomes(400, b'{"message":"\\u0000"}'),
    _becomes(403, b'{"type":"invalid_request","message":"\\u0000"}')],
    ids=["20 digits", "5000 digits", "NUL feature", "NUL", "NUL of a stranger", "NUL forbidden"])
async def test_what_a_server_says_beside_the_rows_kills_nobody(mangle: Mangle, sim: Simulator, open_session: Open,
                                                               sql: Sql) -> None:
    soon = replace(AT_ONCE, patience=Patience(2, 0.0))
    async with open_session(sim, tuning=soon, sync_resources="customers,invoices,tasks,gl_accounts") as session:
        async with mangled(sim, 1, 1.0, (mangle,)) as url:
            session.context.reader.api.base = url
            await jobs.backfill(session)
        session.context.reader.api.base = sim.url
        assert await jobs.backfill(session) is Exit.OK
    assert await wrong(sim, sql, session.settings.resources) == []
