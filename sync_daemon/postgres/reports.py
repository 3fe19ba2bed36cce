"""The reports over the views: what each is called, takes and rests on, and asking for one, read-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from sync_daemon.errors import Exit, Fatal
from sync_daemon.postgres.connection import AWAY, translate_error
from sync_daemon.postgres.statements import Queries

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Pool, Row

LONGEST: Final = "30s"
"""How long a report may take in the database."""
_DOCUMENTS: Final = ("invoices", "credit_notes", "transactions", "payment_plans", "company")
_LINES: Final = ("invoices", "credit_notes", "company")


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its statement, what it says, its parameters in order, and the resources that it rests on."""

    statement: str
    about: str
    takes: tuple[str, ...]
    needs: tuple[str, ...]

    @property
    def name(self) -> str:
        """As it is typed."""
        return self.statement.replace("_", "-")


REPORTS: Final = tuple(Report(*row) for row in (
    ("aging", "what is owed by age, at the end of a day", ("as_of", "edges", "basis", "currency"), _DOCUMENTS),
    ("open_items", "each open invoice, installment and credit note", ("as_of", "basis", "currency", "customer"),
     (*_DOCUMENTS, "customers", "charges", "disputes", "payments")),
    ("roll_forward", "what was owed, what changed it, what is owed", ("from", "to", "currency"), _DOCUMENTS),
    ("dso", "days sales outstanding by month", ("currency",), _DOCUMENTS),
    ("cei", "collection effectiveness by month", ("currency",), _DOCUMENTS),
    ("roll_rates", "what became of each bucket within a month", ("currency",), _DOCUMENTS),
    ("days_to_pay", "how long customers take to pay", ("as_of", "currency"), ("invoices", "transactions", "company")),
    ("cash", "cash by day", ("from", "to", "currency"), ("payments", "charges", "refunds", "transactions", "company")),
    ("unapplied", "payments that are not applied", ("as_of", "currency", "customer"),
     ("payments", "customers", "company")),
    ("credits", "credit balances of customers", ("as_of", "currency", "customer"),
     ("transactions", "customers", "company")),
    ("bad_debt", "what was written off or closed unpaid", ("from", "to", "currency", "customer"),
     (*_DOCUMENTS, "customers")),
    ("worklist", "whom to call", ("currency",), (*_DOCUMENTS, "customers", "tasks", "notes", "charges", "disputes",
                                                 "payments")),
    ("forecast", "when open items should be paid, by week", ("currency",), _DOCUMENTS),
    ("mrr", "billed recurring revenue by month, with its movements", ("currency",), (*_LINES, "plans")),
    ("revenue", "billed, recognised and deferred by month", ("from", "to", "currency"), _LINES),
    ("quality", "what is odd in the mirror", (), ()),
    ("statement", "the account of one customer: opening, movements, closing", ("from", "to", "currency", "customer"),
     _DOCUMENTS),
))
BY_CUSTOMER: Final = Report("aging_by_customer", "what is owed by customer",
                            ("as_of", "edges", "basis", "currency", "customer"), (*_DOCUMENTS, "customers", "payments"))


@dataclass(frozen=True, slots=True)
class Days:
    """Days where the company is, and its time zone."""

    today: date
    year: date
    month_end: date
    zone: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns and rows of a report, decimals of its currencies, and how fresh each resource is on which it rests.

    A resource that is not mirrored has no row in `freshness`.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    digits: dict[str | None, int]
    freshness: list[Row]


async def days(pool: Pool, queries: Queries) -> Days:
    """The days that words such as `today` mean. Raises SyncError."""
    try:
        row = await pool.fetchrow(queries["report_days"])
    except (asyncpg.PostgresError, *AWAY) as error:
        raise translate_error(error) from None
    assert row is not None
    return Days(row["today"], row["year"], row["month_end"], row["zone"])


async def ask(pool: Pool, queries: Queries, report: Report, values: Mapping[str, object]) -> Answer:
    """Asks for a report in one read-only transaction, so that its rows and its freshness are of one moment.

    Raises SyncError; Fatal (2) for a value that a report does not take.
    """
    try:
        async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(f"SET LOCAL statement_timeout = '{LONGEST}'")
            await connection.execute(queries["without_jit"])
            statement = await connection.prepare(queries[report.statement])
            rows = await statement.fetch(*(values[name] for name in report.takes))
            names = tuple(attribute.name for attribute in statement.get_attributes())
            currencies = {row["currency"] for row in rows} if "currency" in names else set()
            digits = await connection.fetch(queries["report_digits"], list(currencies))
            fresh = await connection.fetch(queries["report_freshness"], list(report.needs))
    except asyncpg.InvalidParameterValueError as error:
        raise Fatal(f"The report can't be made: {error}.", hint="See `invoiced-sync report --help`.",
                    exit_code=Exit.USAGE) from None
    except (asyncpg.PostgresError, *AWAY) as error:
        raise translate_error(error) from None
    return Answer(names, [tuple(row) for row in rows], {row["currency"]: row["digits"] for row in digits}, fresh)
