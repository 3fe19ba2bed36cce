"""What the demo shows last: answers about the books of the pretend account, from its mirror."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from sync_daemon.cli.report import cells, text_of
from sync_daemon.humanize import count, print_table, say
from sync_daemon.postgres.reports import REPORTS, Answer, Days, ask, days
from sync_daemon.sync.session import SyncSession

MONTHS: Final = 6
CUSTOMERS: Final = 5
BAR: Final = 16
"""Characters of the longest bar."""
CURRENCY: Final = "usd"


async def show_answers(session: SyncSession) -> None:
    """Prints aging, the last months of days sales outstanding, and whom to call first. Raises SyncError."""
    store = session.context.store
    known = await days(store.pool, store.queries)

    async def answer(name: str, currency: str | None) -> Answer:
        one = next(one for one in REPORTS if one.name == name)
        values = {"as_of": known.today, "edges": [30, 60, 90], "basis": "due_date", "currency": currency}
        return await ask(store.pool, store.queries, one, values)

    say()
    _aging(await answer("aging", None), known)
    say()
    _dso(await answer("dso", CURRENCY))
    say()
    _worklist(await answer("worklist", CURRENCY))


def _aging(answer: Answer, known: Days) -> None:
    """A column for each currency: nothing is added across them."""
    amounts: dict[str, dict[str, Decimal]] = {}
    for currency, bucket, amount, _ in cells(answer):
        amounts.setdefault(str(currency), {})[str(bucket)] = Decimal(str(amount))
    buckets, order = list(next(iter(amounts.values()), {})), sorted(amounts, key=lambda one: (one != CURRENCY, one))
    rows = [[bucket if bucket in {"current", "credits"} else f"{bucket} days",
             *(f"{amounts[one][bucket]:,}" for one in order)] for bucket in [*buckets[1:], *buckets[:1]]]
    rows.append(["in all", *(f"{sum(amounts[one].values()):,}" for one in order)])
    print_table(["past due", *order], rows,
                title=f"What is owed on {known.today}, by age (days are those of {known.zone})")


def _dso(answer: Answer) -> None:
    rows = _named(answer)[-MONTHS:]
    found = [Decimal(row["dso"].replace(",", "") or 0) for row in rows]
    bars = ["▇" * round(BAR * dso / max(found)) if sys.stdout.isatty() and max(found) else "" for dso in found]
    print_table(["month", "owed at its end", "sales of 3 months", "DSO", "at best", ""], [
        [row["month"][:7], row["ar"], row["sales"], row["dso"], row["best_possible_dso"], bar]
        for row, bar in zip(rows, bars, strict=True)], left=[""], title=f"Days sales outstanding (DSO), {CURRENCY}")


def _worklist(answer: Answer) -> None:
    rows = _named(answer)
    print_table(["customer", "past due", "balance", "oldest", "disputed", "open task"], [
        [row["customer_name"], row["past_due"], row["balance"], f"{row['oldest_days_past_due']} d",
         row["disputed"] if row["disputed"].strip("0.") else "", row["next_task"]] for row in rows[:CUSTOMERS]],
        left=["open task"], title=f"Whom to call first, {CURRENCY}: {min(CUSTOMERS, len(rows))} of "
        f"{count(len(rows), 'customer')} with something past due", yielding=("open task", "disputed"))


def _named(answer: Answer) -> Sequence[Mapping[str, str]]:
    return [dict(zip(answer.columns, map(text_of, row), strict=True)) for row in cells(answer)]
