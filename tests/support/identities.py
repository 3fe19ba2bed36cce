"""What holds in all books: each identity is a query that returns no row. `$1` is a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import asyncpg

IDENTITIES = {
    "open items today are the open balances": """
        SELECT currency FROM (
            SELECT currency, sum(balance) AS a FROM ar_open_items(company_today()) GROUP BY 1) x
        FULL JOIN (
            SELECT currency, sum(b) AS b FROM (
                SELECT currency, balance AS b FROM invoices WHERE NOT draft AND NOT closed AND NOT paid
                    AND status <> 'voided' AND (date AT TIME ZONE company_zone())::date <= company_today()
                UNION ALL
                SELECT currency, -balance FROM credit_notes WHERE NOT draft AND NOT closed AND NOT paid
                    AND status <> 'voided' AND (date AT TIME ZONE company_zone())::date <= company_today()) s
            GROUP BY 1 HAVING sum(b) <> 0) y USING (currency)
        WHERE coalesce(a, 0) <> coalesce(b, 0)""",
    "rolled back and added up are the same": """
        SELECT * FROM (SELECT doc_type, doc, sum(balance) AS a FROM ar_open_items($1) GROUP BY 1, 2) x
        FULL JOIN (SELECT doc_type, doc, sum(amount) AS b FROM ar_ledger WHERE day <= $1 GROUP BY 1, 2) y
            USING (doc_type, doc)
        WHERE coalesce(a, 0) <> coalesce(b, 0)""",
    "aging, open items and customers sum to the same": """
        SELECT * FROM (SELECT currency, sum(balance) AS a FROM ar_open_items($1) GROUP BY 1) x
        FULL JOIN (SELECT currency, sum(amount) AS b FROM ar_aging($1, '{7,14}', 'date') GROUP BY 1) y USING (currency)
        FULL JOIN (SELECT currency, sum(total) AS c FROM ar_aging_by_customer($1) GROUP BY 1) z USING (currency)
        FULL JOIN (SELECT currency, sum(amount) AS d FROM ar_aging_invoiced($1) GROUP BY 1) w USING (currency)
        WHERE coalesce(a, 0) <> coalesce(b, 0) OR coalesce(a, 0) <> coalesce(c, 0)
            OR coalesce(a, 0) <> coalesce(d, 0)""",
    "a payment is its balance and its cash applications": """
        SELECT p.id FROM payments p LEFT JOIN payment_applications a ON a.payment = p.id
            AND a.type IN ('invoice', 'estimate', 'credit', 'convenience_fee')
        WHERE NOT p.voided GROUP BY p.id HAVING p.amount <> p.balance + coalesce(sum(a.amount), 0)""",
    "an application is a transaction": """
        SELECT a.id FROM payment_applications a LEFT JOIN transactions t ON t.id = a.id
        WHERE t.id IS NULL OR abs(t.amount) <> abs(a.amount) OR t.invoice IS DISTINCT FROM a.invoice""",
    "header and lines are the total": """
        SELECT header_id FROM ar_line_item_enhanced l JOIN invoices i ON i.id::text = l.header_id
        GROUP BY header_id, i.total HAVING sum(l.total_amount) <> i.total""",
    "a roll-forward closes": """
        SELECT currency FROM ar_roll_forward($1::date - 40, $1) GROUP BY 1
        HAVING sum(amount) FILTER (WHERE kind <> 'closing') <> sum(amount) FILTER (WHERE kind = 'closing')""",
    "two roll-forwards are one": """
        SELECT currency, kind FROM (
            SELECT currency, kind, amount FROM ar_roll_forward($1::date - 40, $1::date - 15)
            UNION ALL
            SELECT currency, kind, amount FROM ar_roll_forward($1::date - 15, $1)
            UNION ALL
            SELECT currency, kind, -amount FROM ar_roll_forward($1::date - 40, $1)) s
        WHERE kind NOT IN ('opening', 'closing') GROUP BY 1, 2 HAVING sum(amount) <> 0""",
    "a credit note takes from one document what it gives to the other": """
        SELECT txn FROM ar_ledger WHERE kind = 'credit_note_applied' GROUP BY txn HAVING sum(amount) <> 0""",
    "everything is explained": "SELECT * FROM ar_ledger WHERE kind = 'unexplained'",
    "installments are their invoice": """
        SELECT i.id FROM invoices i JOIN payment_plans p ON p.parent_id = i.id AND p.id = i.payment_plan
        JOIN payment_plan_installments l ON l.payment_plan = p.id
        GROUP BY i.id HAVING sum(l.balance) <> i.balance""",
    "no credit balance is below zero": "SELECT * FROM ar_credit_balances($1) WHERE amount < 0",
    "movements are the change of MRR": """
        SELECT month FROM (
            SELECT *, lag(mrr, 1, 0) OVER (PARTITION BY currency ORDER BY month) AS before FROM mrr_monthly) s
        WHERE mrr - before <> new + expansion + contraction + lost + reactivation""",
    "all is recognised in the end": """
        SELECT currency FROM revenue_schedule_monthly GROUP BY 1 HAVING sum(billed) <> sum(recognised)""",
    "what an invoice became is its total": """
        SELECT invoice FROM ar_invoice_enhanced WHERE total <> balance + cash_applied + credit_applied
            + credit_note_applied - refunded + adjusted + voided + closed_unpaid""",
}

BY_ITS_BOOKS = frozenset({
    "an application is a transaction", "a credit note takes from one document what it gives to the other",
    "everything is explained", "installments are their invoice", "no credit balance is below zero",
    "what an invoice became is its total"})
"""What an account must see to itself. A random life does not: it removes transactions as by SQL, voids what is paid,
and plans what is paid already. The others hold by what the views are, whatever an account does."""
OF_ANY_ACCOUNT = {name: query for name, query in IDENTITIES.items() if name not in BY_ITS_BOOKS}
BACK = (0, 1, 17, 40, 100, 365, 700)


async def broken(dsn: str, identities: Mapping[str, str], back: Iterable[int] = BACK) -> dict[str, object]:
    """The identities that do not hold in a mirror, each with a day and rows that it returned.

    Today is tomorrow, so that nothing lies ahead of it, even if the clock of the account is some minutes ahead.
    """
    today, back, found = date.today() + timedelta(1), list(back), {}  # noqa: DTZ011
    connection = await asyncpg.connect(dsn, server_settings={
        "search_path": "invoiced", "invoiced_sync.today": today.isoformat()})
    try:
        for name, query in identities.items():
            for day in [today - timedelta(days) for days in back] if "$1" in query else [None]:
                if rows := await connection.fetch(query, *([day] if day else [])):
                    found[name] = day, len(rows), [tuple(row) for row in rows[:3]]
    finally:
        await connection.close()
    return found
