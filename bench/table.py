"""The table: each figure with its ratio, its goal and whether that was met; for the terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

HEADS = ("what", "figure", "ratio", "goal", "")


@dataclass(frozen=True, slots=True)
class Line:
    """`met` is None where there is no goal."""

    what: str
    figure: str
    ratio: str = ""
    goal: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return {None: "", True: "met", False: "MISSED"}[self.met]


@dataclass(slots=True)
class Part:
    """Lines under one heading."""

    title: str
    lines: list[Line] = field(default_factory=list)

    def add(self, what: str, figure: str, ratio: str = "", goal: str = "", met: bool | None = None) -> None:
        self.lines.append(Line(what, figure, ratio, goal, met))


def speed(number: int, seconds: Sequence[float]) -> str:
    """Median rows a second, and the spread of the runs."""
    apart = f", {min(seconds):.1f} to {max(seconds):.1f}" if len(seconds) > 1 else ""
    return f"{number / median(seconds):,.0f} rows/s ({median(seconds):.1f} s{apart})"


def size(count: float) -> str:
    """Bytes in a readable unit."""
    for unit, length in (("MB", 1e6), ("kB", 1e3)):
        if count >= length:
            return f"{count / length:.1f} {unit}"
    return f"{count:.0f} bytes"


def missed(parts: Iterable[Part]) -> list[str]:
    return [f"{part.title}: {line.what}" for part in parts for line in part.lines if line.met is False]


def summary(parts: Sequence[Part]) -> str:
    """The result in one sentence."""
    goals = sum(line.met is not None for part in parts for line in part.lines)
    failed = missed(parts)
    if not failed:
        return f"All {goals} goals measured were met."
    return f"{len(failed)} of {goals} goals measured were missed: {'; '.join(failed)}."


def show(parts: Sequence[Part], facts: Sequence[tuple[str, str]], notes: Sequence[str]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for head in HEADS:
        table.add_column(head, justify="left")
    for part in parts:
        table.add_row(Text(part.title, "bold"))
        for line in part.lines:
            style = "bold red" if line.met is False else "green" if line.met else ""
            table.add_row(f"  {line.what}", line.figure, line.ratio, line.goal, Text(line.verdict, style))
        table.add_section()
    console = Console(highlight=False, markup=False, width=None if Console().is_terminal else 200)
    console.print(table)
    console.print(summary(parts), soft_wrap=True)
    console.print()
    for name, what in facts:
        console.print(f"{name:10} {what}", soft_wrap=True)
    console.print()
    for note in notes:
        console.print(f"* {note}", soft_wrap=True)


def markdown(parts: Sequence[Part], facts: Sequence[tuple[str, str]], notes: Sequence[str], how: str) -> str:
    lines = ["# Results of `make bench`", "", summary(parts), "",
             (f"Written by `{how}`. `make bench` makes this file anew; `make bench ARGS='--runs 1 --no-peers'` is "
              "shorter, `ARGS=--quick` only shows that it works."), "",
             "| " + " | ".join(HEADS) + " |", "|---|---|---|---|---|"]
    for part in parts:
        lines.append(f"| **{part.title}** | | | | |")
        for line in part.lines:
            verdict = f"**{line.verdict}**" if line.met is False else line.verdict
            cells = (line.what, line.figure, line.ratio, line.goal, verdict)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    lines += ["", "## How it was measured", "", *(f"* {note}" for note in notes), "", "## On what", "", "| | |",
              "|---|---|", *(f"| {name} | {what} |" for name, what in facts), ""]
    return "\n".join(lines)
