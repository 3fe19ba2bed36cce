"""Records as they should not be: what can be stored is stored exactly, the rest is kept whole, neighbours live on."""

import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest

from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.sync import cycle
from sync_daemon.sync.full_sweep import sweep
from tests.conftest import Open, Simulate, Sql
from tests.support.comparing import at_source, in_mirror, value_of
from tests.support.due import due_sweeps

INVOICES = BY_NAME["invoices"]
ID = 999_000_001
STAMP = 1_700_000_000

STORABLE = {
    "a number beyond double": '"total":1e400,"subtotal":12345678901234567890.123456789',
    "20 digits": '"customer":99999999999999999999,"total":0.1',
    "NUL": r'"notes":"a\u0000b","name":"\\u0000 stays"',
    "a NUL in a name": r'"a\u0000b":1',
    "lone surrogates": r'"notes":"\ud83d","name":"\udc00\ud83d\ude00"',
    "wrong types": '"total":[],"customer":{"id":5},"number":7,"date":"soon","draft":"yes","paid":null,"currency":[1]',
    "500 levels": '"metadata":' + "[" * 500 + "]" * 500,
    "a long string": '"notes":"' + "ab\\n" * 300_000 + '"',
    "a doubled name": '"total":1,"total":2',
    "the years of no calendar": '"date":1e17,"due_date":-1e17',
    "a stamp beyond all": '"date":1e400,"created_at":1e400',
}
REFUSED = {
    "a number that no numeric holds": '{"id":999000001,"updated_at":1700000000,"x":1e999999}',
    "no object": "17",
    "a list": "[1,2]",
    "null": "null",
    "no id": '{"updated_at":1700000000}',
    "an id in words": '{"id":"x","updated_at":1700000000}',
    "an id beyond 64 bits": '{"id":99999999999999999999,"updated_at":1700000000}',
    "an id that a double can't hold": '{"id":9007199254740993.0,"updated_at":1700000000}',
    "a boolean id": '{"id":true,"updated_at":1700000000}',
    "broken JSON": '{"id":999000001,"updated_at":1700000000,"x":tru}',
    "20,000 levels": '{"id":999000001,"updated_at":1700000000,"x":' + "[" * 20_000 + "]" * 20_000 + "}",
}


def put(sim: Simulator, resource: str, text: str, key: int, updated_at: int | None = None) -> None:
    """A row of exactly this text, even where the simulator itself could not read it."""
    sim.account.raw(resource, "{}", key=key, updated_at=updated_at)
    sim.account.tables[resource].found[key].raw = text.encode()


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=60, sizes={"invoices": 130, "customers": 10}, dense={}) as sim:
        yield sim


@contextmanager
def room_to_compare() -> Iterator[None]:
    """Python compares deeply nested values by recursion."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(5_000)
    yield
    sys.setrecursionlimit(limit)


async def test_odd_records_are_stored_exactly(sim: Simulator, open_session: Open, mirror_database: str) -> None:
    texts = {what: f'{{"id":{ID + number},"updated_at":{STAMP},{fields}}}'
             for number, (what, fields) in enumerate(STORABLE.items())}
    for text in texts.values():
        sim.account.raw("invoices", text)
    async with open_session(sim, sync_resources="customers,invoices") as session:
        assert await jobs.backfill(session) is Exit.PARTLY  # some fields don't fit their columns
    with room_to_compare():
        mirrored = await in_mirror(mirror_database, INVOICES)
        for number, (what, text) in enumerate(texts.items()):
            assert mirrored[str(ID + number)] == value_of(text), what
        assert mirrored == await at_source(sim.url, sim.api_key, INVOICES)


async def test_an_odd_updated_at_keeps_no_record_out(sim: Simulator, open_session: Open, mirror_database: str) -> None:
    odd = ["null", "0", "-5", "-1e17", '"1700000000"', "[]", "1700000000.5", "1e17", "1e400"]
    for number, stamp in enumerate(odd):
        sim.account.raw("invoices", f'{{"id":{ID + 2 * number},"updated_at":{stamp}}}')
        sim.account.raw("invoices", f'{{"id":{ID + 2 * number + 1},"updated_at":{stamp}}}')
    async with open_session(sim, sync_resources="customers,invoices") as session:
        assert await jobs.backfill(session) is Exit.PARTLY  # not all fit the column
    assert await in_mirror(mirror_database, INVOICES) == await at_source(sim.url, sim.api_key, INVOICES)


async def test_refused_records_are_kept_whole_and_their_neighbours_are_stored(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    before = await at_source(sim.url, sim.api_key, INVOICES)
    for number, text in enumerate(REFUSED.values()):
        put(sim, "invoices", text, ID + number, STAMP)
    async with open_session(sim, sync_resources="customers,invoices") as session:
        assert await jobs.backfill(session) is Exit.PARTLY
        assert session.context.progress.of("invoices").rejected >= len(REFUSED)
    rejected = await sql("SELECT * FROM _rejected")
    assert {row["body"] for row in rejected} == {text.encode() for text in REFUSED.values()}
    assert all(row["resource"] == "invoices" and row["reason"] for row in rejected)
    assert await in_mirror(mirror_database, INVOICES) == before


async def test_once_a_refused_record_is_served_soundly_nothing_is_held_against_it(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    sim.account.raw("invoices", REFUSED["a number that no numeric holds"], key=ID, updated_at=STAMP)
    async with open_session(sim, sync_resources="customers,invoices") as session:
        assert await jobs.backfill(session) is Exit.PARTLY
        assert [row["key"] for row in await sql("SELECT key FROM _rejected")] == [str(ID)]
        sim.account.raw("invoices", f'{{"id":{ID},"updated_at":{sim.account.now()}}}', key=ID, replace=True)
        assert await jobs.backfill(session) is Exit.OK
        assert str(ID) in await in_mirror(mirror_database, INVOICES)
        assert await sql("SELECT FROM _rejected") == []


async def test_what_was_refused_without_a_key_is_known_to_be_mended_once_the_list_was_read_whole(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    sim.account.raw("invoices", '{"id":"x"}', key=ID, updated_at=STAMP)
    async with open_session(sim, sync_resources="customers,invoices") as session:
        assert await jobs.backfill(session) is Exit.PARTLY
        # wished for hourly at the most
        await sql("UPDATE _resource_state SET swept_at = now() - interval '61 minutes'")
        sim.account.raw("invoices", f'{{"id":{ID},"updated_at":{sim.account.now()}}}', key=ID, replace=True)
        await cycle.one_cycle(session)
        assert str(ID) in await in_mirror(mirror_database, INVOICES)
        assert await due_sweeps(session) == [INVOICES]
        await sweep(session.context, session.schedule, INVOICES, low_priority=True)
        assert await sql("SELECT FROM _rejected") == []
        sim.account.update("invoices", sim.account.ids("invoices")[0], {"name": "x"})
        await cycle.one_cycle(session)
        assert await due_sweeps(session) == []


async def test_a_whole_page_of_refused_records_stops_nothing(sim: Simulator, open_session: Open, mirror_database: str,
                                                             sql: Sql) -> None:
    before = await at_source(sim.url, sim.api_key, INVOICES)
    for number in range(230):
        sim.account.raw("invoices", f'{{"id":"n{number}"}}', key=ID + number, updated_at=STAMP)
    tasks = await at_source(sim.url, sim.api_key, BY_NAME["tasks"])
    for number in range(120):
        sim.account.raw("tasks", f'{{"id":"n{number}"}}', key=ID + number)
    async with open_session(sim, sync_resources="customers,invoices,tasks") as session:
        assert await jobs.backfill(session) is Exit.PARTLY
    assert await in_mirror(mirror_database, INVOICES) == before
    assert await in_mirror(mirror_database, BY_NAME["tasks"]) == tasks
    counts = {row["resource"]: row["n"] for row in await sql(
        "SELECT resource, count(*) AS n FROM _rejected GROUP BY resource")}
    assert counts == {"invoices": 230, "tasks": 120}


async def test_a_refused_child_costs_only_itself(sim: Simulator, open_session: Open, mirror_database: str,
                                                 sql: Sql) -> None:
    customer = sim.account.ids("customers")[0]
    sim.account.raw("contacts", f'{{"id":"x","customer":{customer}}}', key=ID, parent=customer)
    sim.account.raw("payment_sources", '{"object":"' + "".join(chr(0x4e00 + i * 37 % 20_000) for i in range(9_000))
                    + '","id":5}', key=ID, parent=customer)
    sim.account.raw("payment_sources", '{"object":7,"id":6}', key=ID + 1, parent=customer)
    async with open_session(sim, sync_resources="customers,contacts,payment_sources") as session:
        assert await jobs.backfill(session) is Exit.PARTLY
    assert len(await in_mirror(mirror_database, BY_NAME["contacts"])) == sim.account.count("contacts") - 1
    assert len(await in_mirror(mirror_database, BY_NAME["payment_sources"])) == sim.account.count("payment_sources") - 2
    assert len(await sql("SELECT FROM _rejected")) == 3


async def test_a_catalogue_row_with_an_endless_name_costs_only_itself(sim: Simulator, open_session: Open,
                                                                     mirror_database: str, sql: Sql) -> None:
    name = "".join(chr(0x4e00 + i * 37 % 20_000) for i in range(9_000))
    sim.account.raw("items", json.dumps({"id": name}, ensure_ascii=False), key=ID)
    async with open_session(sim, sync_resources="items") as session:
        assert await jobs.backfill(session) is Exit.PARTLY
    assert len(await in_mirror(mirror_database, BY_NAME["items"])) == sim.account.count("items") - 1
    assert len(await sql("SELECT FROM _rejected")) == 1


async def test_an_event_of_nonsense_is_kept_and_harms_nothing(sim: Simulator, open_session: Open,
                                                              mirror_database: str) -> None:
    now = sim.account.now()
    odd = ['"type":5', '"type":"task.deleted","data":{"object":{"id":99999999999999999999}}', '"data":[]',
           '"type":"contact.updated","data":{"object":{"customer":{"id":1e30},"id":4}}', '"timestamp":"x"',
           '"type":"contact.updated","data":{"object":{"customer":99999999999999999999,"id":4}}',
           '"type":"unknown.thing","data":{"object":{"id":4}}', '"type":"task.updated","data":{"object":{"id":-4}}',
           '"type":"customer.merged","data":{"object":{"id":true,"original_customer":"x"}}', '"data":{"object":1e400}']
    async with open_session(sim, sync_resources="customers,contacts,tasks,events") as session:
        assert await jobs.backfill(session) is Exit.OK
        for number, fields in enumerate(odd):
            sim.account.raw("events", f'{{"id":{199_000_000 + number},"timestamp":{now},{fields}}}', updated_at=now)
        assert await jobs.backfill(session) is Exit.PARTLY  # a type that is a number does not fit its column
        assert set(map(str, range(199_000_000, 199_000_000 + len(odd)))) <= (
            await in_mirror(mirror_database, BY_NAME["events"])).keys()


async def test_one_row_twice_in_a_page_is_one_row(sim: Simulator, open_session: Open, mirror_database: str) -> None:
    for resource, text in (("invoices", f'{{"id":{ID},"updated_at":{STAMP}}}'), ("tasks", f'{{"id":{ID}}}')):
        sim.account.raw(resource, text)
        sim.account.raw(resource, text)
    async with open_session(sim, sync_resources="customers,invoices,tasks") as session:
        await jobs.backfill(session)
    for name in ("invoices", "tasks"):
        assert await in_mirror(mirror_database, BY_NAME[name]) == await at_source(sim.url, sim.api_key, BY_NAME[name])


async def test_a_field_that_nobody_knew_is_kept_and_named(sim: Simulator, open_session: Open, mirror_database: str,
                                                          sql: Sql) -> None:
    sim.account.raw("invoices", f'{{"id":{ID},"updated_at":{STAMP},"brand_new":{{"deep":[1]}}}}')
    async with open_session(sim, sync_resources="customers,invoices") as session:
        assert await jobs.backfill(session) is Exit.OK
    [cursor] = await sql("SELECT new_fields FROM _resource_state WHERE resource = 'invoices'")
    assert cursor["new_fields"] == ["brand_new"]
    assert (await in_mirror(mirror_database, INVOICES))[str(ID)]["brand_new"] == {"deep": [1]}


async def test_a_refused_record_that_changes_and_is_refused_again_is_one(
        sim: Simulator, open_session: Open, sql: Sql) -> None:
    put(sim, "tasks", '{"id":999000001,"updated_at":1700000000,"x":1e999999}', ID)
    async with open_session(sim, sync_resources="tasks") as session:
        await jobs.backfill(session)
        sim.account.tables["tasks"].found[ID].raw = b'{"id":999000001,"updated_at":1700000000,"x":2e999999}'
        await jobs.backfill(session, at_once=True)
        assert session.context.progress.sum("rejected") == 1
    (row,) = await sql("SELECT body FROM _rejected")
    assert b"2e999999" in bytes(row["body"])
