"""Every answer of the hand-made ledger, as its author worked it out."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from tests.integration.answers.conftest import Ask

Books = dict[str, Any]
DAYS = ("2026-03-31", "2026-05-15")


def day(text: str) -> date:
    return date.fromisoformat(text)


def rounded(value: Any) -> Any:
    return None if value is None else Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


def money(values: dict[Any, Any]) -> dict[Any, Any]:
    """What is not zero."""
    return {key: value for key, value in values.items() if value}


@pytest.mark.parametrize("as_of", DAYS)
async def test_aging(as_of: str, ask: Ask, books: Books) -> None:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in await ask("SELECT * FROM ar_aging($1) ORDER BY currency, bucket_no", day(as_of)):
        found[row["currency"]].append(row["amount"])
    told = {currency: [*amounts[1:], amounts[0], sum(amounts)] for currency, amounts in found.items()}
    assert told == books["expected"]["ar_aging"][as_of]


async def test_aging_as_invoiced_shows_it(ask: Ask, books: Books) -> None:
    rows = await ask("SELECT amount FROM ar_aging_invoiced('2026-05-15') WHERE currency = 'usd' ORDER BY bucket_no")
    amounts = [row["amount"] for row in rows]
    assert [*amounts, sum(amounts)] == books["expected"]["ar_aging_invoiced"]["2026-05-15"]["usd"]


@pytest.mark.parametrize("as_of", DAYS)
async def test_by_customer(as_of: str, ask: Ask, books: Books) -> None:
    rows = await ask("SELECT * FROM ar_aging_by_customer($1)", day(as_of))
    assert money({f"{row['customer']} {row['currency']}": row["total"] for row in rows}) == \
        books["expected"]["ar_by_customer"][as_of]
    for row in rows:
        assert row["total"] == row["current"] + sum(row["buckets"]) + row["credits"]
        assert row["past_due"] == sum(row["buckets"])


@pytest.mark.parametrize("as_of", DAYS)
async def test_credit_balances_and_unapplied_payments(as_of: str, ask: Ask, books: Books) -> None:
    rows = await ask("SELECT * FROM ar_credit_balances($1)", day(as_of))
    assert {f"{row['customer']} {row['currency']}": row["amount"] for row in rows} == \
        books["expected"]["ar_credit_balances"][as_of]
    rows = await ask("SELECT * FROM ar_unapplied WHERE day <= $1", day(as_of))
    assert {f"{row['customer']} {row['currency']}": row["amount"] for row in rows} == \
        books["expected"]["ar_unapplied"][as_of]


async def test_what_is_pending_is_shown_and_not_deducted(ask: Ask, books: Books) -> None:
    rows = await ask("SELECT doc, balance, pending_amount FROM ar_open_items('2026-05-15') WHERE pending_amount <> 0")
    assert {str(row["doc"]): row["pending_amount"] for row in rows} == books["expected"]["ar_pending"]["2026-05-15"]
    assert [row["balance"] for row in rows] == [700]


@pytest.mark.parametrize("doc", [1041, 1103])
async def test_due_today_is_not_past_due(doc: int, ask: Ask) -> None:
    rows = await ask("SELECT bucket_no FROM ar_open_items('2026-03-31') WHERE doc = $1", doc)
    assert [row["bucket_no"] for row in rows] == [0]


async def test_roll_forward(ask: Ask, books: Books) -> None:
    for span, expected in books["expected"]["ar_roll_forward"].items():
        rows = await ask("SELECT * FROM ar_roll_forward($1, $2) WHERE currency = 'usd'", *map(day, span.split("..")))
        assert {row["kind"]: row["amount"] for row in rows} == expected


async def test_days_sales_outstanding_and_collection_effectiveness(ask: Ask, books: Books) -> None:
    rows = {row["month"].strftime("%Y-%m"): row for row in await ask(
        "SELECT d.*, c.cei, w.sales AS own FROM ar_dso_monthly(3) d JOIN ar_cei_monthly c USING (month, currency) "
        "JOIN ar_dso_monthly(1) w USING (month, currency) WHERE currency = 'usd'")}
    for month, expected in books["expected"]["ar_dso_monthly"].items():
        row = rows[month]
        told = [rounded(row[name]) for name in (
            "ar", "ar_current", "own", "sales", "days", "dso", "best_possible_dso", "average_days_delinquent",
            "countback_dso")]
        assert told == [rounded(value) for value in expected], month
        assert rounded(row["cei"]) == rounded(books["expected"]["ar_cei_monthly"][month])
    assert max(rows) == "2026-04", "complete months only"


async def test_roll_rates(ask: Ask, books: Books) -> None:
    rows = await ask("SELECT * FROM ar_roll_rates WHERE currency = 'usd' AND month = '2026-04-01'")
    assert {row["from_bucket"]: rounded(row["rate"]) for row in rows} == \
        {bucket: rounded(rate) for bucket, rate in books["expected"]["ar_roll_rates"]["2026-04"].items()}
    before: dict[str, Any] = defaultdict(Decimal)
    for row in rows:
        before[row["from_bucket"]] += row["amount"]
    for row in rows:
        assert rounded(before[row["from_bucket"]]) == rounded(row["from_amount"]), "all of it went somewhere"


async def test_days_to_pay(ask: Ask, books: Books) -> None:
    [row] = await ask("SELECT * FROM ar_days_to_pay('2026-05-15') WHERE currency = 'usd'")
    expected = books["expected"]["ar_days_to_pay"]["usd"]
    assert {name: rounded(row[name]) for name in expected} == {name: rounded(v) for name, v in expected.items()}


async def test_bad_debt(ask: Ask, books: Books) -> None:
    rows = await ask("SELECT * FROM ar_bad_debt")
    assert {str(row["invoice"]): [row["kind"], row["day"].isoformat(), row["amount"]] for row in rows} == \
        books["expected"]["ar_bad_debt"]


async def test_cash(ask: Ask, books: Books) -> None:
    for span, expected in books["expected"]["ar_cash"].items():
        [row] = await ask("SELECT sum(received) AS received, sum(refunded) AS refunded, sum(net) AS net "
                          "FROM ar_cash_daily WHERE currency = 'usd' AND day BETWEEN $1 AND $2",
                          *map(day, span.split("..")))
        assert dict(row) == expected


async def test_recurring_revenue(ask: Ask, books: Books) -> None:
    rows = await ask("SELECT * FROM mrr_monthly WHERE currency = 'usd'")
    names = ("mrr", "new", "expansion", "contraction", "lost", "reactivation")
    assert {row["month"].strftime("%Y-%m"): [rounded(row[name]) for name in names] for row in rows} == \
        {month: [rounded(value) for value in values] for month, values in books["expected"]["mrr_monthly"].items()}


async def test_subscriptions(ask: Ask, books: Books) -> None:
    [row] = await ask('SELECT sum(mrr) AS "mrr now", count(*) AS active FROM subscription_overview WHERE active')
    assert dict(row) == books["expected"]["subscription_overview"]


async def test_revenue_of_a_line_with_a_period(ask: Ask, books: Books) -> None:
    for as_of, expected in books["expected"]["revenue_schedule"]["line of INV-1093"].items():
        [row] = await ask("SELECT recognised, deferred FROM revenue_lines($1) WHERE doc = 1093", day(as_of))
        assert [rounded(value) for value in row] == [rounded(value) for value in expected]


async def test_lines_and_header_of_an_invoice(ask: Ask, books: Books) -> None:
    for doc, expected in books["expected"]["ar_line_items"].items():
        rows = await ask("SELECT * FROM ar_line_item_enhanced WHERE header_id = $1 ORDER BY line_item_index", doc)
        assert [row["record_type"] for row in rows] == ["header", *["line_item"] * (len(rows) - 1)]
        told = {"lines": sum(row["total_amount"] for row in rows[1:]),
                "total": sum(row["total_amount"] for row in rows),
                "line taxes": sum(row["tax_amount"] for row in rows[1:]), "taxes": rows[0]["tax_amount"],
                "discounts": rows[0]["discount_amount"]}
        assert {name: told[name] for name in expected} == expected
