"""Nested tables follow from `raw`: with each page, each deletion, each return, and for mirrors that had none."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync_daemon.errors import Exit
from sync_daemon.model.records import read
from sync_daemon.model.resources import BY_NAME
from sync_daemon.postgres import migrations, nested_fill
from sync_daemon.postgres.connection import connect
from sync_daemon.postgres.statements import Queries
from sync_daemon.postgres.statements import migrations as known
from sync_daemon.postgres.store import Batch
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from tests.conftest import Open, Sql, on_both_postgres
from tests.support.comparing import differences, in_mirror, value_of
from tests.support.nested import nested_differences
from tests.support.opened import opened
from tests.support.state import kinds, verified

pytestmark = on_both_postgres

INVOICES = BY_NAME["invoices"]
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
LINE = {"id": 5, "type": "service", "name": "Work", "quantity": 2, "unit_cost": 12.345, "amount": 24.69,
        "discounts": [{"id": 7, "amount": 1, "coupon": {"id": "ten", "value": 10, "is_percent": True}}],
        "taxes": [], "period_start": 1710000000}

scalars = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=3))
keys = st.sampled_from(["id", "items", "discounts", "taxes", "shipping", "metadata", "amount", "coupon", "plan", "x"])
json_values = st.recursive(scalars, lambda inner: st.one_of(
    st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)), max_leaves=25)
records = st.dictionaries(keys.filter(lambda key: key != "id"), json_values, max_size=6)


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def invoice(key: int, second: float = 0, **fields: object) -> Any:
    return read(INVOICES, json.dumps({"id": key, "updated_at": 5} | fields).encode(), at(second))


def batch(*rows: Any) -> Batch:
    return Batch(INVOICES, rows[0].read_at, rows)


async def nested(dsn: str) -> dict[str, Any]:
    return await nested_differences(dsn, INVOICES, await in_mirror(dsn, INVOICES), value_of)


async def test_a_line_is_a_row_with_typed_columns(mirror_database: str, sql: Sql) -> None:
    async with opened(mirror_database) as store:
        await store.commit(batch(invoice(1, items=[LINE, LINE | {"id": 6, "plan": "pro", "subscription": 3}],
                                         metadata={"po": "A-1", "n": 5, "none": None})))
    rows = await sql("SELECT position, id, quantity::text, unit_cost::text, plan, subscription FROM invoice_items "
                     "WHERE invoice = 1 ORDER BY position")
    assert [tuple(row) for row in rows] == [(1, 5, "2", "12.345", None, None), (2, 6, "2", "12.345", "pro", 3)]
    [row] = await sql("SELECT coupon, coupon_value::text, coupon_is_percent FROM invoice_discounts "
                      "WHERE item_position = 2")
    assert tuple(row) == ("ten", "10", True)
    rows = await sql("SELECT key, value FROM invoice_metadata ORDER BY key")
    assert [tuple(row) for row in rows] == [("n", "5"), ("none", None), ("po", "A-1")]


async def test_whatever_stands_in_a_record_its_nested_rows_are_what_it_says(mirror_database: str) -> None:
    """Odd elements are rows without values; what is no array has no rows; nothing keeps a record out."""
    async with opened(mirror_database) as store:
        second = 0

        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.lists(records, min_size=1, max_size=4))
        def each(rows: list[dict[str, Any]]) -> None:
            nonlocal second
            second += 1
            stored, _ = loop.run(store.commit(batch(*(
                invoice(1 + key, second, **row) for key, row in enumerate(rows)))))
            assert stored.rejected == 0
            assert loop.run(nested(mirror_database)) == {}

        loop = Runner()
        await asyncio.to_thread(each)


class Runner:
    """Runs coroutines in the loop of the test, for a function that is called in a thread."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


async def test_only_a_changed_record_has_its_rows_replaced(mirror_database: str, sql: Sql) -> None:
    async with opened(mirror_database) as store:
        await store.commit(batch(invoice(1, items=[LINE, LINE]), invoice(2, items=[LINE])))
        before = await sql("SELECT ctid::text, xmin::text FROM invoice_items WHERE invoice = 2")
        await store.commit(batch(invoice(1, 5, items=[LINE]), invoice(2, 5, items=[LINE])))
        assert await sql("SELECT ctid::text, xmin::text FROM invoice_items WHERE invoice = 2") == before
        [row] = await sql("SELECT count(*) FROM invoice_items WHERE invoice = 1")
        assert row["count"] == 1


async def test_no_statement_over_arrays_is_compiled_just_in_time(mirror_database: str, sql: Sql) -> None:
    """A large mirror with statistics makes the planner expect millions of elements: compiling takes seconds a page."""
    await sql("INSERT INTO invoiced.invoices (id, raw, hash, read_at) SELECT n, $1, '', now() "
              "FROM generate_series(1, 2000) AS n", json.dumps({"items": [LINE, LINE]}))
    await sql("ANALYZE invoiced.invoices")
    queries, keys = Queries("invoiced"), list(range(100))
    connection = await asyncpg.connect(mirror_database)
    try:
        for lock in (None, "lock_shared", "lock_exclusive", "without_jit"):
            async with connection.transaction():
                await connection.execute("SET LOCAL jit = on; SET LOCAL jit_above_cost = 100000")
                if lock is not None:
                    values = [] if lock == "without_jit" else ["invoiced", "invoices"]
                    await connection.execute(queries[lock], *values)
                for name, values in (("nest", [keys, "invoices"]), ("wrongly_nested", [keys])):
                    plan = await connection.fetchval(f"EXPLAIN (FORMAT json) {queries.rows(INVOICES, name)}", *values)
                    assert ("JIT" in json.loads(plan)[0]) is (lock is None and await can_compile(connection)), lock
        assert await connection.fetchval("SHOW jit") == await connection.fetchval("SELECT reset_val FROM pg_settings "
                                                                                  "WHERE name = 'jit'")
    finally:
        await connection.close()


async def can_compile(connection: asyncpg.Connection[Any]) -> bool:
    return bool(await connection.fetchval("SELECT pg_jit_available()"))


async def test_rows_go_with_their_record_and_come_back_with_it(mirror_database: str, sql: Sql) -> None:
    async with opened(mirror_database) as store:
        await store.commit(batch(invoice(1, items=[LINE], metadata={"a": 1}), invoice(2, items=[LINE])))
        await store.tombstone(INVOICES, {1: at(3)}, "test", most=50)
        rows = await sql("SELECT invoice FROM invoice_items UNION ALL SELECT invoice FROM invoice_metadata "
                         "UNION ALL SELECT invoice FROM invoice_discounts")
        assert {row["invoice"] for row in rows} == {2}
        await store.commit(batch(invoice(1, 9, items=[LINE])))
        assert await nested(mirror_database) == {}


async def test_two_writers_of_one_record_leave_the_rows_of_the_later_read(mirror_database: str) -> None:
    async with opened(mirror_database) as first, opened(mirror_database) as second:
        for n in range(30):
            async with asyncio.TaskGroup() as group:
                for place, store in enumerate((first, second)):
                    group.create_task(store.commit(batch(
                        invoice(1, n, items=[LINE | {"id": n * 2 + place}] * (1 + (n + place) % 3)))))
            assert await nested(mirror_database) == {}


async def test_what_does_not_fit_is_counted_by_field(mirror_database: str, sql: Sql) -> None:
    async with opened(mirror_database) as store:
        odd = {"items": [LINE | {"amount": "24.69"}, LINE | {"amount": "1"}, "odd"], "taxes": "none", "metadata": []}
        await store.commit(batch(invoice(1, **odd)))
        [row] = await sql("SELECT fields FROM _misfit WHERE resource = 'invoices' AND key = '1'")
        assert set(row["fields"]) == {"items[].amount:string", "taxes:string"}
        await store.commit(batch(invoice(1, 5, items=[LINE])))
        assert await sql("SELECT FROM _misfit") == []


async def test_rows_that_somebody_changed_are_found_and_mended_by_verify(
        sim: Simulator, open_session: Open, sql: Sql, mirror_database: str) -> None:
    async with open_session(sim, sync_resources="customers,invoices,payments,events") as session:
        await jobs.backfill(session)
        assert await kinds(session, "invoices") == set()
        await sql("DELETE FROM invoice_items WHERE invoice = (SELECT min(id) FROM invoices)")
        await sql("UPDATE payment_applications SET raw = jsonb_set(raw, '{amount}', '1') "
                  "WHERE payment = (SELECT min(payment) FROM payment_applications)")
        code, found = await verified(session)
        assert code is Exit.PARTLY
        assert (len(found["invoices"].altered), len(found["payments"].altered)) == (1, 1)
        code, found = await verified(session, repair=True)
        assert code is Exit.OK
        assert await differences(sim.url, sim.api_key, mirror_database,
                                 resources=(INVOICES, BY_NAME["payments"])) == {}


# Mirrors that had no nested tables.


async def old_mirror(dsn: str, invoices: int) -> None:
    """A mirror of the version before, with rows."""
    async with connect(dsn, 1) as pool:
        await migrations.migrate(pool, Queries("invoiced", known()[:1]))
        await pool.execute(
            """INSERT INTO invoiced.invoices (id, raw, hash, read_at)
            SELECT i, jsonb_build_object('id', i, 'items', $2::jsonb, 'metadata', '{"a": "b"}'::jsonb), '', $3
            FROM generate_series(1, $1) AS i""", invoices, json.dumps([LINE, "odd"]), NOON)


async def test_a_mirror_with_rows_is_filled_and_one_that_was_killed_resumes(
        database: str) -> None:
    await old_mirror(database, 25)
    queries = Queries("invoiced")
    async with connect(database, 2) as pool:
        await migrations.migrate(pool, queries)
        assert [one.name for one in await nested_fill.unfilled(pool, queries)] == ["invoices"]
        assert await nested_fill.fill_next(pool, queries, INVOICES, 10) == 10
        assert await pool.fetchval("SELECT count(DISTINCT invoice) FROM invoiced.invoice_items") == 10
        assert await nested_fill.fill(pool, queries) == ["invoices: 15 rows"]
        assert await nested_fill.fill(pool, queries) == []
    assert await nested(database) == {}


async def test_pages_may_be_stored_and_another_may_fill_meanwhile(database: str) -> None:
    await old_mirror(database, 200)
    queries = Queries("invoiced")
    async with connect(database, 4) as pool, opened(database) as store:
        await migrations.migrate(pool, queries)

        async def fill() -> None:
            done: int | None = 0
            while done is not None:
                done = await nested_fill.fill_next(pool, queries, INVOICES, 7)

        async def pages() -> None:
            for n in range(40):
                keys = range(n * 5, n * 5 + 20)
                await store.commit(batch(*(invoice(key, n, items=[LINE] * (n % 4)) for key in keys)))

        async with asyncio.TaskGroup() as group:
            for work in (fill, fill, pages):
                group.create_task(work())
        assert await nested_fill.unfilled(pool, queries) == []
    assert await nested(database) == {}


async def test_a_new_mirror_has_nothing_to_fill(mirror_database: str) -> None:
    async with connect(mirror_database, 1) as pool:
        assert await nested_fill.unfilled(pool, Queries("invoiced")) == []


async def test_the_position_of_a_row_is_its_key(mirror_database: str) -> None:
    connection = await asyncpg.connect(mirror_database)
    try:
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("INSERT INTO invoiced.invoice_items (invoice, position, raw) "
                                     "VALUES (1, 1, '{}'), (1, 1, '{}')")
    finally:
        await connection.close()
