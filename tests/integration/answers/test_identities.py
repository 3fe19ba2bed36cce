"""What holds in all books, held against the hand-made ledger on many days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.integration.answers.conftest import Ask
from tests.support.identities import IDENTITIES

DAYS = [date(2025, 12, 1) + timedelta(days=n) for n in range(0, 240, 13)]


@pytest.mark.parametrize("name", IDENTITIES)
async def test_identity(name: str, ask: Ask) -> None:
    query = IDENTITIES[name]
    for day in DAYS if "$1" in query else [None]:
        found = await ask(query, *([day] if day else []))
        assert found == [], f"{name} on {day}"


async def test_rising_edges_are_required(ask: Ask) -> None:
    for edges in ([30, 30], [60, 30], [0, 30], [30, None]):
        with pytest.raises(Exception, match="edges are whole days") as caught:
            await ask("SELECT * FROM ar_aging('2026-03-31', $1)", edges)
        assert caught.value.sqlstate == "22023"  # type: ignore[attr-defined]  # of asyncpg
    rows = await ask("SELECT DISTINCT bucket FROM ar_aging('2026-03-31', '{}') ORDER BY 1")
    assert [row["bucket"] for row in rows] == ["1+", "credits", "current"]


async def test_a_moment_of_the_past_is_refused_and_not_ignored(ask: Ask) -> None:
    with pytest.raises(Exception, match="no history yet"):
        await ask("SELECT * FROM ar_open_items('2026-03-31', 'due_date', '2026-04-01')")


async def test_a_zone_that_postgres_does_not_know_is_utc_and_told(ask: Ask) -> None:
    assert await ask("SELECT * FROM mirror_quality") == []
    await ask("UPDATE company SET raw = raw || '{\"time_zone\": \"Mars/Olympus\"}'")
    [row] = await ask("SELECT company_zone() AS zone, what, place FROM mirror_quality")
    assert tuple(row) == ("UTC", "no time zone", "company")


async def test_what_asks_for_the_zone_is_in_no_plan_with_several_processes(ask: Ask) -> None:
    """Trying a zone takes a subtransaction, which ends such a plan with an error: large tables get one."""
    rows = await ask("SELECT proname FROM pg_proc WHERE pronamespace = 'invoiced'::regnamespace AND proparallel <> 'u'")
    assert {row["proname"] for row in rows} == {
        "_text", "_numeric", "_bigint", "_boolean", "_timestamp", "_digits", "_bucket"}


async def test_all_answers_can_be_asked(ask: Ask) -> None:
    for name in ("ar_customer_overview", "ar_collections_worklist", "ar_cash_forecast", "ar_cash_application",
                 "ar_invoice_enhanced", "revenue_daily", "mrr_contracted_monthly", "mirror_freshness"):
        assert await ask(f"SELECT * FROM {name}") != [] or name == "mirror_freshness"
    assert await ask("SELECT * FROM ar_customer_balance_daily('2026-03-01', '2026-03-31')") != []
