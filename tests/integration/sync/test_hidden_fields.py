"""Fields that a list shows only if asked: the mirror has them wherever the API gives them, and says so where not."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest

from sync_daemon.errors import Exit
from sync_daemon.model.resources import BY_NAME
from sync_daemon.runtime import jobs
from sync_daemon.simulator import Simulator
from sync_daemon.sync import cycle
from sync_daemon.sync.session import SyncSession
from tests.conftest import IMPATIENT, Open, Sql
from tests.support.comparing import differences

CHOSEN = "customers,invoices,credit_notes,payments,events"
WITH_HIDDEN = ("invoices", "credit_notes", "payments")
FIELDS = ("voided", "date_voided", "date_paid", "date_bad_debt", "amount_paid", "amount_credited", "amount_written_off",
          "expected_payment_date")
REFUSED = "Invalid include parameter: {}"


async def different(session: SyncSession, sim: Simulator, dsn: str, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Of the invoices only, where fields are not given of them."""
    chosen = tuple(BY_NAME[name] for name in (("invoices",) if without else WITH_HIDDEN))
    return await differences(sim.url, sim.api_key, dsn, resources=chosen, without=without)


async def filled(sql: Sql, column: str, table: str = "invoices") -> int:
    [row] = await sql(f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL")
    return int(row["count"])


def asked_for(sim: Simulator, path: str = "/invoices") -> set[str]:
    """The fields that requests for the list asked for since the statistics were reset."""
    found: set[str] = set()
    for seen in sim.stats.log:
        if seen.path == path:
            found.update(*[part.removeprefix("include=").split(",") for part in seen.query.split("&")
                           if part.startswith("include=")])
    return found


def refuse(sim: Simulator, field: str, **more: Any) -> None:
    sim.faults.add("refuse", {"path": "/invoices", "query": field}, status=400,
                   **{"name": REFUSED.format(field)} | more)


def promised(sim: Simulator) -> int:
    return sum(bool(sim.account.retrieve("invoices", key)["expected_payment_date"])
               for key in sim.account.ids("invoices"))


async def test_the_first_load_brings_the_hidden_fields(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    sim.account.delete("payments", sim.account.ids("payments")[0])
    async with open_session(sim, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await different(session, sim, mirror_database) == {}
    for column in ("date_paid", "date_voided", "date_bad_debt", "amount_paid", "amount_credited", "voided"):
        assert await filled(sql, column), column
    assert await filled(sql, "expected_payment_date") == promised(sim) > 0
    assert await filled(sql, "amount_refunded", "credit_notes")
    assert await filled(sql, "date_voided", "payments") == 1
    # `false`, which stands for no promise, is no misfit, and no field is unknown
    assert not await sql("SELECT FROM _misfit")
    assert not await sql("SELECT FROM _resource_state WHERE new_fields <> '{}'")


async def test_no_request_is_too_long_for_the_servers_in_between(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
    assert max(len(seen.path + seen.query) for seen in sim.stats.log) < 500


async def test_a_quiet_cycle_asks_for_nothing_more_and_a_start_costs_one_page_for_each_list(
        sim: Simulator, open_session: Open) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
    sim.set_clock(advance=1000)
    async with open_session(sim, sync_resources=CHOSEN) as session:
        costs = []
        for _ in range(3):
            sim.stats.reset()
            await cycle.one_cycle(session)
            costs.append(sum(seen.path != "/events" for seen in sim.stats.log))
    probes = 3
    assert costs[1] == costs[2] == 4, "one for each polled list"
    sorts = costs[0] - costs[1] - probes
    assert sorts == 2 * 4, "a start finds out again which lists obey sort"


async def test_a_refused_field_is_left_out_and_told_and_the_others_are_kept(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql,
        logged: list[MutableMapping[str, Any]]) -> None:
    refuse(sim, "date_bad_debt")
    async with open_session(sim, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await different(session, sim, mirror_database, without=("date_bad_debt",)) == {}
    assert await filled(sql, "date_paid")
    assert await filled(sql, "date_bad_debt") == 0
    [row] = await sql("SELECT included, left_out FROM _resource_state WHERE resource = 'invoices'")
    assert row["included"] == [name for name in FIELDS if name != "date_bad_debt"]
    assert row["left_out"] == "date_bad_debt: refused: Invalid include parameter: date_bad_debt"
    assert [line["resource"] for line in logged if line["event"] == "fields.left_out"] == ["invoices"]


async def test_a_refusal_that_names_no_field_leaves_out_only_what_is_refused_by_itself(
        sim: Simulator, open_session: Open, mirror_database: str) -> None:
    refuse(sim, "date_paid", name="Bad request.")
    async with open_session(sim, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await different(session, sim, mirror_database, without=("date_paid",)) == {}


@pytest.mark.parametrize("status", [400, 403])
async def test_where_all_are_refused_the_mirror_is_as_it_was_without_them(
        status: int, sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    refuse(sim, "include=", name="The parameter include is not allowed.")
    sim.faults.rules[-1].status = status
    async with open_session(sim, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await different(session, sim, mirror_database, without=FIELDS) == {}
        sim.account.touch(5, "invoices")
        await cycle.one_cycle(session)
        assert await different(session, sim, mirror_database, without=FIELDS) == {}


@pytest.mark.parametrize("fault", [
    {"kind": "status", "status": 500}, {"kind": "status", "status": 502}, {"kind": "html_200"},
    {"kind": "stranger", "status": 403}, {"kind": "stranger", "status": 400}, {"kind": "cut_body"}, {"kind": "reset"},
    {"kind": "refuse", "status": 403, "name": "You do not have permission."},
    {"kind": "refuse", "status": 400, "name": "Something is odd."}])
async def test_one_strange_answer_to_the_probe_costs_no_field(
        fault: dict[str, Any], sim: Simulator, open_session: Open, mirror_database: str) -> None:
    sim.faults.add(fault.pop("kind"), {"path": "/invoices", "query": "include="}, count=1, **fault)
    async with open_session(sim, tuning=IMPATIENT, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await different(session, sim, mirror_database) == {}


async def test_a_list_that_fails_with_a_field_is_read_without_and_a_later_start_tries_again(
        sim: Simulator, open_session: Open, mirror_database: str) -> None:
    sim.faults.add("status", {"path": "/invoices", "query": "expected_payment_date"}, status=500)
    async with open_session(sim, tuning=IMPATIENT, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await different(session, sim, mirror_database, without=("expected_payment_date",)) == {}
    sim.faults.clear()
    async with open_session(sim, tuning=IMPATIENT, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await different(session, sim, mirror_database) == {}


async def test_a_field_that_makes_pages_slow_is_left_out_and_told(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    sim.faults.add("slow", {"path": "/invoices", "query": "expected_payment_date"}, seconds=1.0)
    async with open_session(sim, tuning=replace(IMPATIENT, slow_page=0.3), sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await different(session, sim, mirror_database, without=("expected_payment_date",)) == {}
    [row] = await sql("SELECT left_out FROM _resource_state WHERE resource = 'invoices'")
    assert re.fullmatch(r"expected_payment_date: a page takes [\d.]+ s with it, [\d.]+ s without", row["left_out"])


async def test_a_list_that_is_slow_anyway_keeps_its_fields(
        sim: Simulator, open_session: Open, mirror_database: str) -> None:
    sim.faults.add("slow", "/invoices", seconds=0.4)
    async with open_session(sim, tuning=replace(IMPATIENT, slow_page=0.05), sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert await different(session, sim, mirror_database) == {}


async def test_what_the_mirror_has_is_given_up_only_when_it_is_still_refused_minutes_later(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
    refuse(sim, "date_paid")
    async with open_session(sim, tuning=replace(IMPATIENT, refusals_apart=1.0), sync_resources=CHOSEN) as session:
        await cycle.one_cycle(session)
        [problem] = await sql("SELECT resource, why FROM _problem")
        assert problem["resource"] == "invoices"
        assert "date_paid" in problem["why"]
        await session.context.rest(1.0)
        await cycle.one_cycle(session)
        assert not await sql("SELECT FROM _problem")
        assert await jobs.backfill(session) is Exit.OK  # the list is read whole once
        assert await different(session, sim, mirror_database, without=("date_paid",)) == {}


async def test_a_field_refused_while_it_runs_is_noticed(
        sim: Simulator, open_session: Open, mirror_database: str) -> None:
    async with open_session(sim, tuning=IMPATIENT, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        refuse(sim, "date_paid")
        await cycle.one_cycle(session)  # fails
        sim.account.touch(3, "invoices")
        await cycle.one_cycle(session)
        assert await jobs.backfill(session) is Exit.OK
        assert await different(session, sim, mirror_database, without=("date_paid",)) == {}


async def test_reading_one_row_again_keeps_its_hidden_fields(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        key = next(row["id"] for row in sim.account.rows("invoices") if row["date_paid"])
    async with open_session(sim, sync_resources=CHOSEN) as session:  # another process, which decides nothing itself
        sim.account.update("invoices", key, {"notes": "x"}, silent=True, stamp=False)
        assert await jobs.resync_one_now(session, BY_NAME["invoices"], key) == (Exit.OK, "read")
        assert await different(session, sim, mirror_database) == {}


async def test_a_promise_to_pay_is_in_the_mirror_after_one_cycle(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    """It changes no `updated_at`, so only its event tells."""
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        key = next(row["id"] for row in sim.account.rows("invoices") if row["status"] == "sent")
        sim.account.promise(key, 1_900_000_000)
        sim.account.flush()
        await cycle.one_cycle(session)
        [row] = await sql("SELECT extract(epoch FROM expected_payment_date) AS day FROM invoices WHERE id = $1", key)
        assert row["day"] == 1_900_000_000
        assert await different(session, sim, mirror_database) == {}


async def test_a_mirror_from_before_is_written_again_once_and_then_rests(
        sim: Simulator, open_session: Open, mirror_database: str, sql: Sql) -> None:
    for path in ("/invoices", "/credit_notes"):
        sim.faults.add("refuse", {"path": path, "query": "include="}, status=400, name="Bad include.")
    async with open_session(sim, sync_resources=CHOSEN) as session:
        await jobs.backfill(session)
        await sql("UPDATE _resource_state SET included = NULL, left_out = NULL")
    sim.faults.clear()
    sim.stats.reset()
    async with open_session(sim, sync_resources=CHOSEN) as session:
        # who only looks, or reads a row again, asks as the mirror was made
        found = [await jobs.verified(session, BY_NAME[name], repair=False) for name in ("invoices", "credit_notes")]
        assert all(one.green for one in found)
        assert asked_for(sim) == set()
    async with open_session(sim, sync_resources=CHOSEN) as session:
        assert await jobs.backfill(session) is Exit.OK
        assert session.context.progress.of("invoices").stored == len(sim.account.ids("invoices"))
        assert await different(session, sim, mirror_database) == {}
        written = session.context.progress.sum("stored")
        await cycle.one_cycle(session)
        await jobs.backfill(session)
        assert session.context.progress.sum("stored") == written
        assert (await jobs.verified(session, BY_NAME["invoices"], repair=False)).green


async def test_the_ledger_is_dated_by_the_hidden_fields(sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, sync_resources=CHOSEN + ",transactions,company") as session:
        await jobs.backfill(session)
    rows = await sql("SELECT DISTINCT basis FROM ar_ledger WHERE kind = 'voided'")
    assert [row["basis"] for row in rows] == ["dated"]
