"""Results on stdout: tables and sentences, coloured on a terminal, plain when piped; times and numbers for people."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sync_daemon.terminal import visible

STYLES: Final = {
    **dict.fromkeys(("failed", "incomplete", "wrong", "failing", "bad", "late", "refused", "retrying", "partly read"),
                    "bold red"),
    **dict.fromkeys(("unavailable", "note", "look", "differs", "held", "rejects", "misfits", "unsettled", "not settled",
                     "not loaded"), "yellow"),
    **dict.fromkeys(("reading", "loading", "busy"), "cyan"), "waiting": "dim"}
"""Styles of the words for a state, in any column."""
PIPED_WIDTH: Final = 200
STATE: Final = "state"
WRAPPED: Final = 14
"""Least width in columns at which text is wrapped."""


def say_lines(*lines: str) -> None:
    """Lines to be copied: never wrapped."""
    sys.stdout.write("\n".join(visible(line) for line in lines) + "\n")
    sys.stdout.flush()


def say(text: str = "", style: str = "", *, indent: int = 0) -> None:
    """A sentence: wrapped between words on a terminal, one line when piped."""
    out, text = _stdout(), visible(text)
    if out.is_terminal and text:
        out.print(Padding(Text(text, style), (0, 0, 0, indent), expand=False))
    else:
        out.print(Text(" " * indent + text), soft_wrap=True)


def say_json(value: object) -> None:
    """A result as JSON; in ASCII, so that nothing in it controls a terminal."""
    sys.stdout.write(json.dumps(value, indent=2).replace("\x7f", "\\u007f") + "\n")
    sys.stdout.flush()


def say_data(text: str) -> None:
    """Data for another program: unchanged when piped, made visible on a terminal."""
    sys.stdout.write(visible(text.replace("\r\n", "\n"), lines=True) if sys.stdout.isatty() else text)
    sys.stdout.flush()


def warn(text: str) -> None:
    """A warning about a result, on stderr."""
    sys.stderr.write(f"invoiced-sync: {visible(text)}\n")
    sys.stderr.flush()


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, left: Iterable[str] = ("state",),
                title: str | None = None, yielding: Sequence[str] = ()) -> None:
    """A table; the first column and those named in `left` are left-aligned, others right. Empty columns are left out.

    On a narrow terminal columns are dropped: those named in `yielding` in their order, then the others from the
    right; never the first one or the state.
    """
    lines = [[visible(cell) for cell in row] for row in rows]
    shown = [index for index in range(len(heads)) if index == 0 or any(line[index] for line in lines)]
    out = _stdout()
    if out.is_terminal:
        shown = _fitting(heads, lines, shown, out.width, yielding)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", show_header=any(heads))
    for index in shown:
        at_left = index == 0 or heads[index] in left
        table.add_column(heads[index], justify="left" if at_left else "right",
                         no_wrap=index != shown[-1] or heads[index] == STATE)
    for line in lines:
        table.add_row(*(Text(line[index], STYLES.get(line[index], "")) for index in shown))
    if title is not None:
        say(title, "bold")
    out.print(table)


def _fitting(heads: Sequence[str], lines: Sequence[Sequence[str]], shown: Sequence[int], width: int,
             yielding: Sequence[str]) -> list[int]:
    """The columns that fit. The last one wraps, and takes the remaining width."""
    kept = list(shown)

    def needed(index: int) -> int:
        widest = max((cell_len(line[index]) for line in [heads, *lines]), default=0) + 2
        return min(widest, WRAPPED) if index == shown[-1] and heads[index] != STATE else widest

    order = [index for name in yielding for index in shown if heads[index] == name]
    for index in [*order, *(index for index in reversed(shown) if index not in order)]:
        if sum(map(needed, kept)) - 2 <= width:
            break
        if index != shown[0] and heads[index] != STATE and any(heads):
            kept.remove(index)
    return kept


def number(value: int | None, *, exact: bool = True) -> str:
    """1234 as 1,234; an empty text for None."""
    return "" if value is None else f"{'' if exact else '~'}{value:,}"


def count(number: int, one: str, many: str = "") -> str:
    """1 row, 2,000 rows."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def span(seconds: float) -> str:
    """A length of time in one unit: 12 s, 4 min, 3 h, 2 d."""
    for unit, length, least in (("d", 86400, 1.9), ("h", 3600, 1.9), ("min", 60, 1)):
        if seconds >= least * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{max(0, seconds):.0f} s"


def few(names: Sequence[str]) -> str:
    """Names with commas between them; of many, only the first."""
    return ", ".join(names) if len(names) <= 4 else ", ".join(names[:3]) + f" and {len(names) - 3} more"


def sql_name(name: str) -> str:
    """A name as SQL wants it, quoted only where it must be."""
    return name if re.fullmatch("[a-z_][a-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'


def _stdout() -> Console:
    terminal = sys.stdout.isatty()
    return Console(file=sys.stdout, width=None if terminal else PIPED_WIDTH, highlight=False, markup=False)
