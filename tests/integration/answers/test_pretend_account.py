"""The pretend account of the demo has books that fit: an accountant finds every case in it, and nothing odd."""

from __future__ import annotations

import random
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sync_daemon.cli.demo_show import CHANGES, Account
from sync_daemon.simulator import Options, Simulator
from sync_daemon.sync.backfill import first_load
from tests.conftest import Open, Sql
from tests.support.changes import Changes
from tests.support.identities import IDENTITIES, OF_ANY_ACCOUNT, broken

CASES = {
    "amounts without decimals": "SELECT FROM invoices WHERE currency = 'jpy' AND total = trunc(total)",
    "paid early": """SELECT FROM ar_invoice_enhanced WHERE status = 'paid' AND last_payment_day < due""",
    "paid late": "SELECT FROM ar_invoice_enhanced WHERE status = 'paid' AND last_payment_day > due",
    "paid in part": "SELECT FROM invoices WHERE balance > 0 AND balance < total AND NOT closed",
    "credit note applied": "SELECT FROM ar_ledger WHERE kind = 'credit_note_applied'",
    "credit note moved to the balance": "SELECT FROM ar_ledger WHERE kind = 'credit_moved'",
    "credit used": "SELECT FROM ar_ledger WHERE kind = 'credit_applied'",
    "open credit note": "SELECT FROM ar_open_items() WHERE doc_type = 'credit_note'",
    "unapplied cash": "SELECT FROM ar_unapplied WHERE customer IS NOT NULL",
    "cash of nobody": "SELECT FROM ar_unapplied WHERE customer IS NULL",
    "credit balances": "SELECT FROM ar_credit_balances() WHERE amount > 0",
    "written off": "SELECT FROM ar_bad_debt WHERE kind = 'written_off'",
    "closed unpaid": "SELECT FROM ar_bad_debt WHERE kind = 'closed_unpaid'",
    "voided invoice": "SELECT FROM invoices WHERE status = 'voided' AND balance = 0",
    "voided payment": "SELECT FROM payments WHERE voided AND balance = amount",
    "payment plan under way": "SELECT FROM ar_open_items() WHERE item > 1",
    "open dispute": "SELECT FROM ar_open_items() WHERE disputed",
    "dispute of the past": "SELECT FROM disputes WHERE status = 'Won'",
    "refund of a charge": "SELECT FROM charges WHERE amount_refunded > 0",
    "failed charge": "SELECT FROM charges WHERE status = 'failed'",
    "pending charge": "SELECT FROM ar_open_items() WHERE pending_amount > 0",
    "convenience fee": "SELECT FROM ar_cash_daily WHERE fees > 0",
    "one payment of two invoices": """
        SELECT payment FROM payment_applications WHERE type = 'invoice' GROUP BY 1 HAVING count(*) > 1""",
    "draft": "SELECT FROM invoices WHERE draft",
    "not sent": "SELECT FROM invoices WHERE status = 'not_sent'",
    "past due": "SELECT FROM invoices WHERE status = 'past_due' AND NOT closed",
    "discount of a line": "SELECT FROM invoice_discounts WHERE item_position > 0",
    "discount of an invoice": "SELECT FROM invoice_discounts WHERE item_position = 0",
    "tax of a line": "SELECT FROM invoice_taxes WHERE item_position > 0",
    "tax of an invoice": "SELECT FROM invoice_taxes WHERE item_position = 0",
    "a plan for a year": "SELECT FROM subscription_overview WHERE interval = 'year'",
    "new subscribers": "SELECT FROM mrr_monthly WHERE new > 0",
    "growing": "SELECT FROM mrr_monthly WHERE expansion > 0",
    "shrinking": "SELECT FROM mrr_monthly WHERE contraction < 0",
    "leaving": "SELECT FROM mrr_monthly WHERE lost < 0",
    "coming back": "SELECT FROM mrr_monthly WHERE reactivation > 0",
}
FIT = {
    "a total is its lines, discounts and taxes": """
        SELECT i.id FROM invoices i
        WHERE total <> (SELECT sum(amount) FROM invoice_items l WHERE l.invoice = i.id)
            - coalesce((SELECT sum(amount) FROM invoice_discounts d WHERE d.invoice = i.id), 0)
            + coalesce((SELECT sum(amount) FROM invoice_taxes t WHERE t.invoice = i.id), 0)""",
    "documents begin at midnight where the company is": """
        SELECT id FROM invoices
        WHERE date_trunc('day', date AT TIME ZONE company_zone()) <> date AT TIME ZONE company_zone()
            OR date_trunc('day', due_date AT TIME ZONE company_zone()) <> due_date AT TIME ZONE company_zone()
        UNION ALL
        SELECT id FROM credit_notes
        WHERE date_trunc('day', date AT TIME ZONE company_zone()) <> date AT TIME ZONE company_zone()""",
    "nothing happens before its document": """
        SELECT t.id FROM transactions t JOIN invoices i ON i.id = t.invoice WHERE t.date < i.created_at
        UNION ALL
        SELECT i.id FROM invoices i JOIN customers c ON c.id = i.customer WHERE i.created_at < c.created_at""",
    "nothing happens in the future": """
        SELECT id FROM transactions WHERE date > now() UNION ALL SELECT id FROM invoices WHERE updated_at > now()""",
    "amounts have the decimals of their currency": """
        SELECT id FROM invoices WHERE total <> round(total, _digits(currency))
        UNION ALL SELECT id FROM payments WHERE amount <> round(amount, _digits(currency))""",
    "flags follow the balance": """
        SELECT id FROM invoices WHERE paid <> (balance <= 0 AND status NOT IN ('voided', 'bad_debt', 'draft'))
            OR paid AND NOT closed OR (status = 'paid') <> paid""",
    "a status says what the dates say": """
        SELECT id FROM invoices WHERE (status = 'past_due') <> (due_date < now() AND balance > 0 AND status <> 'pending'
            AND NOT draft)""",
    "an adjustment of the credit balance is a transaction": """
        SELECT a.id FROM credit_balance_adjustments a LEFT JOIN transactions t
            ON t.id = a.id AND t.amount = -a.amount AND t.customer = a.customer AND t.method = 'balance'
            AND t.type = 'adjustment'
        WHERE t.id IS NULL
        UNION ALL
        SELECT t.id FROM transactions t LEFT JOIN credit_balance_adjustments a ON a.id = t.id
        WHERE t.method = 'balance' AND t.type = 'adjustment' AND a.id IS NULL""",
    "a transaction is of its payment": """
        SELECT t.id FROM transactions t LEFT JOIN payment_applications a ON a.id = t.id AND a.payment = t.payment
        WHERE t.payment IS NOT NULL AND a.id IS NULL""",
    "customers are billed in their currency": """
        SELECT i.id FROM invoices i JOIN customers c ON c.id = i.customer WHERE i.currency <> c.currency""",
    "24 months have figures": """
        SELECT n FROM (SELECT count(*) AS n FROM ar_dso_monthly() WHERE currency = 'usd' AND ar > 0 AND sales > 0
            UNION ALL SELECT count(*) FROM mrr_monthly WHERE currency = 'usd' AND mrr > 0) s WHERE n < 23""",
}


@pytest.fixture(params=[(7, 200), (7, 4_000), (12, 1_000)], ids=str)
async def sound(request: pytest.FixtureRequest, open_session: Open, mirror_database: str) -> str:
    """DSN of the mirror of a pretend account with books, of some seed and size."""
    seed, objects = request.param
    async with Simulator(Options(seed=seed, objects=objects, books=True)).serve() as sim:
        await load(sim, open_session)
    return mirror_database


async def load(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim) as session:
        await first_load(session.context, session.schedule, session.schedule.resources)


async def test_every_identity_holds_and_every_case_is_there(sound: str, sql: Sql) -> None:
    assert await broken(sound, IDENTITIES | FIT) == {}
    assert [name for name, question in CASES.items() if not await sql(question)] == []
    assert [tuple(row) for row in await sql("SELECT * FROM mirror_quality")] == []
    assert len(await sql("SELECT DISTINCT currency FROM invoices")) == 3


def test_the_same_seed_makes_the_same_books() -> None:
    def books(seed: int) -> list[dict[str, object]]:
        account = Simulator(Options(seed=seed, objects=500, books=True, now=1_780_000_000.0)).account
        return [row for name in ("invoices", "payments", "transactions") for row in account.rows(name)]

    assert books(7) == books(7)
    assert books(7) != books(8)


@pytest.mark.parametrize("day", ["2026-01-01", "2026-02-28", "2026-03-08", "2026-03-31", "2026-11-01"])
def test_books_can_be_made_on_any_day(day: str) -> None:
    """At the first moment of a year, at the end of a month, in the night of a time change."""
    for clock in ("00:00:30", "02:30:00", "23:59:30"):
        now = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo("America/Chicago")).timestamp()
        account = Simulator(Options(objects=200, books=True, now=now)).account
        assert all(row["updated_at"] <= now for name in ("invoices", "credit_notes", "payments", "transactions")
                   for row in account.rows(name))


async def test_an_account_without_books_is_sound_until_it_changes(open_session: Open, mirror_database: str) -> None:
    async with Simulator(Options(objects=1_500)).serve() as sim:
        await load(sim, open_session)
    assert await broken(mirror_database, IDENTITIES) == {}


async def test_whatever_an_account_does_the_views_agree_with_each_other(open_session: Open,
                                                                        mirror_database: str) -> None:
    async with Simulator(Options(objects=1_500)).serve() as sim:
        changes = Changes(sim.account, random.Random(5), sim.forget)
        for _ in range(400):
            changes.step()
        sim.account.flush()
        await load(sim, open_session)
    assert await broken(mirror_database, OF_ANY_ACCOUNT) == {}


async def test_what_happens_in_the_demo_leaves_its_books_sound(open_session: Open, mirror_database: str) -> None:
    async with Simulator(Options(objects=400, books=True)).serve() as sim:
        account = Account(sim.url, sim.api_key)
        keys = [[] if change.verb == "create" else sim.account.ids(change.resource)[-change.count:]
                for change in CHANGES]
        await account.do([step for place, change in enumerate(CHANGES) for step in change.steps(keys[place])])
        await load(sim, open_session)
    assert await broken(mirror_database, IDENTITIES | FIT) == {}
