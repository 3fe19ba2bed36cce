"""The pretend account of the demo has books that fit: an accountant finds every case in it, and nothing odd."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from sync_daemon.simulator import Options, Simulator
from sync_daemon.sync.backfill import first_load
from tests.conftest import Open
from tests.integration.answers.conftest import Ask
from tests.support.identities import IDENTITIES

CASES = {
    "three currencies": "SELECT currency FROM invoices GROUP BY 1 HAVING count(*) > 5 LIMIT 3",
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
        SELECT id FROM invoices WHERE date_trunc('day', date AT TIME ZONE company_zone()) <> date AT TIME ZONE company_zone()
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
            ON t.id = a.id AND t.amount = -a.amount AND t.customer = a.customer AND t.method = 'balance' AND t.type = 'adjustment'
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
async def ask(request: pytest.FixtureRequest, open_session: Open, mirror_database: str) -> AsyncIterator[Ask]:
    """Asks the mirror of a pretend account with books, of some seed and size."""
    seed, objects = request.param
    async with Simulator(Options(seed=seed, objects=objects, books=True)).serve() as sim, open_session(sim) as session:
        await first_load(session.context, session.schedule, session.schedule.resources)
        connection = await asyncpg.connect(mirror_database, server_settings={"search_path": "invoiced"})
        try:
            yield connection.fetch
        finally:
            await connection.close()


async def test_every_identity_holds_and_every_case_is_there(ask: Ask) -> None:
    [row] = await ask("SELECT company_today() AS today")
    days = [row["today"] - timedelta(back) for back in (0, 1, 17, 40, 100, 365, 700)]
    odd = {}
    for name, query in (IDENTITIES | FIT).items():
        for day in days if "$1" in query else [None]:
            if found := await ask(query, *([day] if day else [])):
                odd[name] = day, len(found), found[:3]
    missing = [name for name, query in CASES.items() if not await ask(query)]
    assert (odd, missing) == ({}, [])
    assert [tuple(row)[:2] for row in await ask("SELECT * FROM mirror_quality")] == []
    assert len(await ask("SELECT DISTINCT currency FROM invoices")) == 3


@pytest.mark.parametrize("changes", [0, 400], ids=["at rest", "after a random life"])
async def test_what_holds_in_any_account(changes: int, open_session: Open, mirror_database: str) -> None:
    import random
    from tests.support.changes import Changes
    async with Simulator(Options(objects=1_500)).serve() as sim, open_session(sim) as session:
        life = Changes(sim.account, random.Random(5), sim.forget)
        for _ in range(changes):
            life.step()
        sim.account.flush()
        await first_load(session.context, session.schedule, session.schedule.resources)
        connection = await asyncpg.connect(mirror_database, server_settings={"search_path": "invoiced"})
        [row] = await connection.fetch("SELECT company_today() AS today")
        odd = {}
        for name, query in (IDENTITIES | FIT).items():
            for day in [row["today"] - timedelta(back) for back in (0, 1, 17, 40, 100, 365, 700)] if "$1" in query else [None]:
                if found := await connection.fetch(query, *([day] if day else [])):
                    odd[name] = day, len(found), found[:3]
        await connection.close()
        assert odd == {}
