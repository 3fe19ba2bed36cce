"""`python -m bench.answers`: how long views take on a large account; prints the table, writes bench/ANSWERS.md."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg

from bench.__main__ import tell, workplace
from bench.machine import described
from bench.ours import PROGRAM
from bench.processes import Programs, interruptible
from bench.servers import execute, postgres, value

RESULTS = Path(__file__).with_name("ANSWERS.md")
BOOKS = Path(__file__).with_name("books.sql")
GOAL = 2.0
"""Seconds."""
LONGEST = 300.0
TWO_YEARS_BACK = "(SELECT company_today() - 730)"
ASKED = (
    "ar_open_items()", f"ar_open_items({TWO_YEARS_BACK})", "ar_aging()", f"ar_aging({TWO_YEARS_BACK})",
    "ar_aging_by_customer()", f"ar_aging_by_customer({TWO_YEARS_BACK})", "ar_aging_invoiced()", "ar_credit_balances()",
    "ar_unapplied", "ar_collections_worklist", "ar_cash_forecast", "ar_days_to_pay()", "ar_cash_daily",
    "ar_cash_application", "ar_bad_debt", "ar_invoice_enhanced", "ar_invoice_enhanced WHERE invoice = 1717",
    "ar_customer_overview", "ar_ledger", "ar_ledger WHERE customer = 17",
    "ar_roll_forward(company_today() - 31, company_today())", "ar_dso_monthly()", "ar_cei_monthly", "ar_roll_rates",
    "ar_customer_balance_daily(company_today() - 31, company_today())", "ar_line_item_enhanced", "mrr_monthly",
    "mrr_movements", "subscription_overview", "mrr_contracted_monthly", "revenue_daily", "revenue_lines()",
    "revenue_schedule_monthly", "mirror_quality", "mirror_freshness",
)
EXPLAINED = ("ar_open_items()", f"ar_open_items({TWO_YEARS_BACK})", "ar_ledger", "ar_dso_monthly()")


async def measure(dsn: str, runs: int) -> tuple[list[tuple[str, int, float]], list[tuple[str, str]]]:
    """Rows and seconds of each, and the plans of some; asked as a session of a user who changed no setting."""
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "invoiced"})
    try:
        found = []
        for asked in ASKED:
            seconds, rows = [], 0
            for _ in range(runs):
                begun = time.monotonic()
                # OFFSET 0 keeps columns from being left out: all of each row is made
                rows = await connection.fetchval(
                    f"SELECT count(t.*) FROM (SELECT * FROM {asked} OFFSET 0) AS t",  # noqa: S608 - from above
                    timeout=LONGEST)
                seconds.append(time.monotonic() - begun)
                if seconds[-1] > 5 * GOAL:
                    break
            found.append((asked, rows, median(seconds)))
            tell(f"{asked}: {rows:,} rows, {found[-1][2]:.2f} s")
        plans = []
        for asked in EXPLAINED:
            explain = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) SELECT * FROM {asked}"  # noqa: S608 - from above
            rows_of_plan = await connection.fetch(explain, timeout=LONGEST)
            plans.append((asked, "\n".join(line[0] for line in rows_of_plan)))
        return found, plans
    finally:
        await connection.close()


def fill(dsn: str, programs: Programs, invoices: int) -> float:
    """Writes the books into a new mirror; returns the seconds in which `migrate` filled their nested tables."""
    settings = {"DATABASE_URL": dsn, "INVOICED_API_KEY": "none", "INVOICED_BASE_URL": "http://127.0.0.1:9"}
    programs.call([PROGRAM, "migrate"], settings).must("migrate")
    names: dict[str, Any] = {"n": invoices, "customers": max(1, invoices // 50), "schema": "invoiced"}
    books = re.sub(r"(?<!:):(n|customers|schema)\b", lambda found: str(names[found[1]]), BOOKS.read_text("utf-8"))
    asyncio.run(_write(dsn, books))
    filled = programs.call([PROGRAM, "migrate"], settings).must("migrate").wall
    execute(dsn, "VACUUM (ANALYZE)", "CHECKPOINT")
    return filled


async def _write(dsn: str, statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statements, timeout=3600)
    finally:
        await connection.close()


def markdown(invoices: int, filled: float, found: list[tuple[str, int, float]], plans: list[tuple[str, str]],
             facts: list[tuple[str, str]]) -> str:
    about = ("What `python -m bench.answers` measured: five years of books, three lines an invoice, from "
             "`bench/books.sql`. All columns of all rows are made, in a session with default settings. Goal: "
             f"{GOAL:g} s. `migrate` filled the nested tables in {filled:,.0f} s.")
    lines = [f"# Views on {invoices:,} invoices", "", about, "", "| asked | rows | seconds | |", "|---|---|---|---|"]
    lines += [f"| `{asked}` | {rows:,} | {seconds:.2f} | {'' if seconds <= GOAL else 'MISSED'} |"
              for asked, rows, seconds in found]
    lines += ["", "## On what", "", "| | |", "|---|---|", *(f"| {name} | {fact} |" for name, fact in facts)]
    for asked, plan in plans:
        lines += ["", f"## Plan of `{asked}`", "", "```", plan, "```"]
    return "\n".join(lines) + "\n"


def main() -> None:
    made = argparse.ArgumentParser(prog="python -m bench.answers", description=__doc__)
    made.add_argument("--invoices", type=int, default=1_000_000)
    made.add_argument("--runs", type=int, default=3, help="the median of so many is taken (3)")
    made.add_argument("--results", type=Path, default=RESULTS, help="the file to write (bench/ANSWERS.md)")
    asked = made.parse_args()
    with interruptible(), workplace() as folder, postgres(folder / "postgres") as server:
        programs = Programs(folder)
        with server.database() as dsn:
            tell(f"writing {asked.invoices:,} invoices")
            filled = fill(dsn, programs, asked.invoices)
            size = value(dsn, "SELECT pg_size_pretty(pg_database_size(current_database()))")
            found, plans = asyncio.run(measure(dsn, asked.runs))
        facts = [*described(server.version, folder)[:-1], ("database", str(size))]
    asked.results.write_text(markdown(asked.invoices, filled, found, plans, facts), encoding="utf-8")
    sys.stderr.write(f"written: {asked.results}\n")


if __name__ == "__main__":
    main()
