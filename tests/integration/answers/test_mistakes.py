"""Usual mistakes, made on purpose: each must turn an answer of the ledger wrong, or the ledger would not notice it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from sync_daemon.postgres.columns import SQL
from sync_daemon.postgres.statements import Queries, split
from tests.integration.answers import test_ledger
from tests.integration.answers.conftest import Ask

RECEIVED = "coalesce(c.status, p.charge_status, 'succeeded')"
MISTAKES = {
    "days of UTC": ("1_ledger", "RETURN coalesce(zone, 'UTC');", "RETURN 'UTC';"),
    "drafts counted": ("1_ledger", "FROM {schema}.invoices AS i CROSS JOIN z\nWHERE i.draft IS NOT TRUE",
                       "FROM {schema}.invoices AS i CROSS JOIN z"),
    "voided left in": ("1_ledger", "FROM documents AS d WHERE d.voided\n", "FROM documents AS d WHERE false\n"),
    "closed by hand still open": ("1_ledger", "FROM documents AS d WHERE d.closed_unpaid AND NOT",
                                  "FROM documents AS d WHERE false AND NOT"),
    "failed transactions counted": ("1_ledger", "WHERE t.status = 'succeeded' AND t.invoice IS NOT NULL",
                                    "WHERE t.status <> 'pending' AND t.invoice IS NOT NULL"),
    "a refund lowers what is owed": ("1_ledger", "CASE WHEN t.type = 'refund' OR (t.type", "CASE WHEN (t.type"),
    "credit is cash": ("1_ledger", "t.method = 'balance' THEN 'credit_applied'",
                       "t.method = 'balance' THEN 'cash_applied'"),
    "a write-off is a credit": ("1_ledger", "WHEN d.is_bad_debt THEN 'written_off'",
                                "WHEN d.is_bad_debt THEN 'credited'"),
    "pending deducted": ("1_ledger", "WHERE t.status = 'succeeded' AND t.invoice IS NOT NULL",
                         "WHERE t.status <> 'failed' AND t.invoice IS NOT NULL"),
    "credit notes added": ("2_aging", "SELECT 'credit_note', c.id, -1, c.number",
                           "SELECT 'credit_note', c.id, 1, c.number"),
    "future invoices counted": ("2_aging", "FROM documents AS d WHERE d.issued <= as_of", "FROM documents AS d"),
    "due today is late": ("2_aging", "WHEN days <= 0 THEN 0", "WHEN days < 0 THEN 0"),
    "thirty days are 31": ("2_aging", "pg_catalog.width_bucket(days - 1, edges)",
                           "pg_catalog.width_bucket(days, edges)"),
    "payment plans ignored": ("2_aging", "AND l.amount IS NOT NULL", "AND false"),
    "without a due date never due": ("2_aging", "ELSE coalesce(i.due, i.issued) END AS days",
                                     "ELSE coalesce(i.due, as_of) END AS days"),
    "currencies added": ("2_aging", "SELECT i.currency, i.balance, {schema}._bucket",
                         "SELECT 'usd'::text AS currency, i.balance, {schema}._bucket"),
    "voided payments unapplied": ("2_aging", "WHERE p.voided IS NOT TRUE AND p.balance <> 0", "WHERE p.balance <> 0"),
    "credits used are still there": ("2_aging", "t.type IN ('adjustment', 'charge')\n", "t.type IN ('adjustment')\n"),
    "pending charges received": ("3_cash", f"WHERE p.voided IS NOT TRUE AND {RECEIVED} = 'succeeded'",
                                 f"WHERE p.voided IS NOT TRUE AND {RECEIVED} <> 'failed'"),
    "refunds of charges forgotten": ("3_cash", "CROSS JOIN z WHERE r.status = 'succeeded'", "CROSS JOIN z WHERE false"),
    "early payers count as punctual to the day": ("3_cash", "pg_catalog.avg(p.paid_on - coalesce(p.due, p.issued))",
                                                  "pg_catalog.avg(greatest(0, p.paid_on - coalesce(p.due, p.issued)))"),
    "write-offs are negative sales": ("4_measures", "('invoiced', 'credited', 'voided')",
                                      "('invoiced', 'credited', 'voided', 'written_off')"),
    "credits are no negative sales": ("4_measures", "('invoiced', 'credited', 'voided')", "('invoiced', 'voided')"),
    "every month has 30 days": ("4_measures", "b.last - b.month + 1", "30"),
    "a year's price in one month": ("7_recurring", "IN ('year', 'week', 'day')", "IN ('week', 'day')"),
    "discounts forgotten": ("6_lines", "- coalesce(whole.amount * l.amount / NULLIF(l.subtotal, 0), 0) -", "-"),
    "credit notes no less MRR": ("6_lines", "SELECT 'credit_note', l.credit_note, l.position, -1,",
                                 "SELECT 'credit_note', l.credit_note, l.position, 0,"),
    "a period without its last day": ("6_lines", "(as_of - l.starts + 1) / (l.ends - l.starts + 1)",
                                      "(as_of - l.starts) / (l.ends - l.starts)"),
}


@pytest.fixture
async def connection(ask: Ask, mirror_database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(mirror_database)
    try:
        yield connection
    finally:
        await connection.close()


async def wrong(ask: Ask, books: dict[str, Any]) -> list[str]:
    """The tests of the ledger that fail."""
    found = []
    for name, test in vars(test_ledger).items():
        if not name.startswith("test_"):
            continue
        marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
        calls = [{mark.args[0]: value} for mark in marks for value in mark.args[1]] or [{}]
        given = {"ask": ask, "books": books}
        needed = test.__code__.co_varnames[:test.__code__.co_argcount]
        for call in calls:
            try:
                await test(**{key: value for key, value in (given | call).items() if key in needed})
            except (AssertionError, KeyError, ValueError, asyncpg.PostgresError):
                found.append(name)
    return found


async def test_without_a_mistake_nothing_is_wrong(ask: Ask, books: dict[str, Any]) -> None:
    assert await wrong(ask, books) == []


@pytest.mark.parametrize("name", MISTAKES)
async def test_mistake(name: str, ask: Ask, books: dict[str, Any], connection: asyncpg.Connection) -> None:
    file, right, mistaken = MISTAKES[name]
    text = (SQL / "views" / f"{file}.sql").read_text(encoding="utf-8")
    assert text.count(right) == 1, "the mistake is made at one place"
    fill = Queries("invoiced").fill
    await connection.execute("SET search_path = pg_catalog")
    for before, after in zip(split(text), split(text.replace(right, mistaken)), strict=True):
        if before != after:
            await connection.execute(fill(after))
    assert await wrong(ask, books) != []
