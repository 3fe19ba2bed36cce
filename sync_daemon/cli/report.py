"""`report`: answers about the books, from the database alone, as a table, CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final

from sync_daemon.errors import Exit, Fatal, plainly
from sync_daemon.humanize import few, print_table, say, say_data, span, warn
from sync_daemon.postgres.reports import BY_CUSTOMER, REPORTS, Answer, Days, Report, ask, days
from sync_daemon.runtime.database import open_store
from sync_daemon.settings.fields import Settings

RATIOS: Final = {"dso", "best_possible_dso", "average_days_delinquent", "countback_dso", "cei", "rate", "average",
                 "average_late", "on_time_percent", "p50", "p90", "weighted"}
"""Columns that are days or percent: two decimals."""
HIDDEN: Final = {"place"}
"""Columns that only order rows."""
MOST_DAYS: Final = 36_500
BAR: Final = 40
"""Characters of the longest bar."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; days as they were typed."""

    as_of: str | None = None
    since: str | None = None
    upto: str | None = None
    currency: str | None = None
    customer: int | None = None
    edges: tuple[int, ...] = (30, 60, 90)
    basis: str = "due_date"
    by: str | None = None


async def report(settings: Settings, name: str, wanted: Wanted, *, how: str, output: Path | None) -> Exit:
    """Makes a report; PARTLY, with a warning, if what it rests on is not fresh and complete. Raises SyncError."""
    one = _chosen(name, wanted)
    async with open_store(settings) as store:
        known = await days(store.pool, store.queries)
        values = _values(one, wanted, known)
        answer = await ask(store.pool, store.queries, one, values)
    warnings = _warnings(one, answer)
    about = {"report": name, **{key: _plain(value) for key, value in values.items() if key in one.takes},
             "time_zone": known.zone, "fresh_at": _fresh_at(answer), "warnings": warnings}
    text = {"csv": _csv, "json": lambda found: _json(found, about)}.get(how)
    if text is None and output is None:
        _print(one, answer, about)
    else:
        _write(output, (text or _csv)(answer))
    for warning in warnings:
        warn(warning)
    return Exit.PARTLY if warnings else Exit.OK


def list_reports() -> None:
    """Prints the names, and what each takes."""
    options = {"as_of": "--as-of", "from": "--from", "to": "--to", "edges": "--buckets"}
    print_table(["report", "what it tells", "options"], [
        [one.name, one.about, " ".join(options.get(name, f"--{name}") for name in one.takes)] for one in REPORTS],
        left=("what it tells", "options"))


def _chosen(name: str, wanted: Wanted) -> Report:
    one = next(one for one in REPORTS if one.name == name)
    if wanted.by == "customer" and name == "aging":
        one = BY_CUSTOMER
    elif wanted.by is not None:
        raise Fatal(f"The report {name} is not made by {wanted.by}.", hint="Of them, aging is made by customer.",
                    exit_code=Exit.USAGE)
    if name == "statement" and wanted.customer is None:
        raise Fatal("A statement is of one customer.", hint="Say whose: --customer ID.", exit_code=Exit.USAGE)
    given = {"as_of": wanted.as_of, "from": wanted.since, "to": wanted.upto, "currency": wanted.currency,
             "customer": wanted.customer}
    if lost := [key for key, value in given.items() if value is not None and key not in one.takes]:
        raise Fatal(f"The report {name} takes no --{lost[0].replace('_', '-')}.", exit_code=Exit.USAGE,
                    hint="`invoiced-sync report --list` says what each takes.")
    return one


def _values(one: Report, wanted: Wanted, known: Days) -> dict[str, Any]:
    upto = _day(wanted.upto or "today", known)
    since = _day(wanted.since, known) if wanted.since else min(known.year, upto)
    values = {"as_of": _day(wanted.as_of or "today", known), "from": since, "to": upto,
              "currency": wanted.currency.lower() if wanted.currency else None, "customer": wanted.customer,
              "edges": list(wanted.edges), "basis": wanted.basis}
    if any(edge > MOST_DAYS for edge in wanted.edges):
        raise Fatal(f"--buckets takes up to {MOST_DAYS:,} days.", hint="Such as 30,60,90.", exit_code=Exit.USAGE)
    if "from" in one.takes and since > upto:
        raise Fatal(f"--from {since} is after --to {upto}.", hint="Turn them round.", exit_code=Exit.USAGE)
    return values


def _day(text: str, known: Days) -> date:
    if text in {"today", "month-end"}:
        return known.today if text == "today" else known.month_end
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Fatal(f"{text!r} is no day.", hint="Write it like 2026-05-31, or say today or month-end.",
                    exit_code=Exit.USAGE) from None


def _warnings(one: Report, answer: Answer) -> list[str]:
    """What the report may lack, by the state of the resources on which it rests; empty if all are fresh."""
    states = dict.fromkeys(one.needs, "not mirrored") | {row["resource"]: row["state"] for row in answer.freshness}
    return [f"{few([name for name, found in states.items() if found == state])}: {state}; the report may lack "
            "something. `invoiced-sync status` says more." for state in sorted({*states.values()} - {"fresh"})]


def _fresh_at(answer: Answer) -> str | None:
    moments = [row["watermark"] for row in answer.freshness]
    return None if not moments or None in moments else min(moments).astimezone(UTC).isoformat(timespec="seconds")


def cells(answer: Answer) -> list[list[object]]:
    """Rows for people and programs: amounts with the decimals of their currency, days as text."""
    place = answer.columns.index("currency") if "currency" in answer.columns else None
    shown = [index for index, name in enumerate(answer.columns) if name not in HIDDEN]
    found = []
    for row in answer.rows:
        digits = answer.digits[row[place]] if place is not None else 2
        found.append([_rounded(row[index], 2 if answer.columns[index] in RATIOS else digits) for index in shown])
    return found


def _rounded(value: object, digits: int) -> object:
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return _plain(value)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _names(answer: Answer) -> list[str]:
    return [name for name in answer.columns if name not in HIDDEN]


def _csv(answer: Answer) -> str:
    """RFC 4180. A text that a spreadsheet would take for a formula has a ' before it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_names(answer))
    for row in cells(answer):
        writer.writerow(["" if cell is None else f"'{cell}" if isinstance(cell, str) and cell[:1] in set("=+-@\t\r")
                         else cell for cell in row])
    return out.getvalue()


def _json(answer: Answer, about: Mapping[str, Any]) -> str:
    """Amounts are texts, so that no reader makes them floats."""
    rows = [{name: str(cell) if isinstance(cell, Decimal) else cell
             for name, cell in zip(_names(answer), row, strict=True)} for row in cells(answer)]
    return json.dumps({**about, "rows": rows}, indent=2).replace("\x7f", "\\u007f") + "\n"


def _write(output: Path | None, text: str) -> None:
    if output is None:
        say_data(text)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise Fatal(f"The report can't be written to {output}: {plainly(error)}.", exit_code=Exit.CONFIG,
                    hint="Name another --output.") from None


def _print(one: Report, answer: Answer, about: Mapping[str, Any]) -> None:
    names, rows = _names(answer), cells(answer)
    until = f"at the end of {about['as_of']}" if "as_of" in about else \
        f"{about['from']} to {about['to']}" if "from" in about else ""
    say(f"{one.about[0].upper()}{one.about[1:]}" + (f", {until}" if until else "") + f" ({about['time_zone']})", "bold")
    if not rows:
        say("Nothing.")
    bars = _bars(one, answer)
    texts = {name for index, name in enumerate(names) if any(isinstance(row[index], str) for row in rows)}
    print_table([*(name.replace("_", " ") for name in names), *([""] if bars else [])],
                [[*map(text_of, row), *bars[index:index + 1]] for index, row in enumerate(rows)],
                left=[name.replace("_", " ") for name in texts] + [""])
    oldest = [row["watermark"] for row in answer.freshness if row["watermark"] is not None]
    if oldest:
        say(f"The mirror is complete up to {span((datetime.now(UTC) - min(oldest)).total_seconds())} ago.", "dim")


def text_of(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else ""
    return f"{cell:,}" if isinstance(cell, Decimal) else str(cell)


def _bars(one: Report, answer: Answer) -> Sequence[str]:
    """Bars beside amounts, on a terminal: aging by bucket, days sales outstanding by month."""
    column = {"aging": "amount", "dso": "dso"}.get(one.statement)
    if column is None or not sys.stdout.isatty():
        return []
    index, place = answer.columns.index(column), answer.columns.index("currency")
    largest: dict[Any, Decimal] = {}
    for row in answer.rows:
        largest[row[place]] = max(largest.get(row[place], Decimal(0)), abs(row[index] or Decimal(0)))
    return ["" if not largest[row[place]] else "█" * round(BAR * max(Decimal(0), row[index] or Decimal(0))
                                                           / largest[row[place]]) for row in answer.rows]
