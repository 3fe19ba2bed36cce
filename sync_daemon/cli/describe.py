"""`describe`: what tables, views and columns mean, for people, documents and other programs; asks no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sync_daemon.cli.describe_dbt import sources
from sync_daemon.errors import Exit, Fatal
from sync_daemon.humanize import print_table, say, say_data, say_json
from sync_daemon.model.resources import RESOURCES
from sync_daemon.monitoring.resource_status import limit
from sync_daemon.postgres.dictionary import (
    FUNCTION,
    KINDS,
    WITH_DELETED,
    Entry,
    Field,
    close_to,
    dictionary,
    look_up,
)
from sync_daemon.settings.fields import Settings
from sync_daemon.tuning import AS_IT_IS

DRAWN: Final = ("customers", "contacts", "subscriptions", "plans", "items", "invoices", "invoice_items",
                "payment_plans", "credit_notes", "estimates", "payments", "payment_applications", "charges", "refunds",
                "disputes", "transactions")
"""The tables in the diagram: those that most questions need."""
HINT: Final = "`invoiced-sync describe` lists all."
_SAME: Final = "The same id as "
"""How the comment of a column begins that has the value of another one."""
_HEAD: Final = """# Data dictionary

Every table, view and function of the mirror, and what its columns mean. `make dictionary` writes this page from the
definitions in `sql/`, which are also the comments in the database; `invoiced-sync describe NAME` prints a part of it.
"""
_NOTES: Final = """
Tables have no foreign keys, since rows come in any order: a reference is where to look, and may be NULL or lead to a
row that was deleted. Money is in major units (12.50 means twelve and a half dollars), and amounts of different
currencies are never added. For each table there is a view `NAME_with_deleted`, which has its deleted rows as well.
"""


def chosen(name: str | None) -> tuple[Entry, ...]:
    """The entry of this name, or all but views with deleted rows. Raises Fatal (2) for a name that there is not."""
    if name is None:
        return tuple(one for one in dictionary() if one.kind != WITH_DELETED)
    if (found := look_up(name)) is not None:
        return (found,)
    near = close_to(name)
    raise Fatal(f"There is no table, view or function {name[:60]!r}.", exit_code=Exit.USAGE,
                hint=f"Did you mean {' or '.join(near)}?" if near else HINT)


def describe(name: str | None, how: str) -> None:
    """Prints the dictionary, or one entry of it. Raises Fatal (2)."""
    entries = chosen(name)
    if how == "markdown":
        say_data(markdown(entries, whole=name is None))
    elif how == "json":
        say_json([as_data(one) for one in entries] if name is None else as_data(entries[0]))
    elif name is None:
        _print_list(entries)
    else:
        _print_entry(entries[0])


def describe_for_dbt(name: str | None, settings: Settings) -> None:
    """Prints a sources.yml. Raises Fatal (2)."""
    limits = {one.name: limit(one, settings, AS_IT_IS) for one in RESOURCES}
    say_data(sources(chosen(name), settings.sync_schema, limits))


def as_data(one: Entry) -> dict[str, Any]:
    """An entry for other programs."""
    more = {"takes": one.takes, "returns": one.returns or "table"} if one.kind == FUNCTION else {}
    return {"name": one.name, "kind": one.kind, "meaning": one.meaning, **more, "key": one.key,
            "indexes": one.indexes, "columns": [_field_data(field) for field in one.fields]}


def _field_data(field: Field) -> dict[str, Any]:
    return {"name": field.name, "type": field.type, "meaning": field.meaning, "unit": field.unit or None,
            "known_values": field.known_values, "references": field.references or None, "inferred": field.inferred,
            "not_null": field.not_null}


def _print_list(entries: Sequence[Entry]) -> None:
    for kind, title in KINDS.items():
        print_table(["", ""], [[one.name, one.summary] for one in entries if one.kind == kind], left=("",), title=title)
        say()
    say("Of each table there is a view NAME_with_deleted as well. `invoiced-sync describe NAME` tells the columns.")


def _print_entry(one: Entry) -> None:
    say(signature(one), "bold")
    say(one.meaning)
    if one.fields:
        say()
        print_table(["column", "type", "unit", "refers to", "inferred", "meaning"],
                    [[field.name, field.type, field.unit, field.references, "yes" if field.inferred else "",
                      field.meaning] for field in one.fields],
                    left=("type", "unit", "refers to", "meaning"), yielding=("unit", "inferred", "refers to", "type"))
    if one.key:
        say(f"Key: {', '.join(one.key)}.", "dim")
    if one.indexes:
        say(f"Indexes: {', '.join('(' + ', '.join(index) + ')' for index in one.indexes)}.", "dim")


def signature(one: Entry) -> str:
    """The name, with the parameters of a function."""
    if one.kind != FUNCTION:
        return one.name
    return f"{one.name}({one.takes})" + (f" returns {one.returns}" if one.returns else "")


def markdown(entries: Sequence[Entry], *, whole: bool) -> str:
    """Entries as Markdown; the whole dictionary as a page of its own."""
    if not whole:
        return "\n".join(_section(entries[0], "#"))
    lines = [_HEAD, *_diagram(entries), _NOTES]
    for kind, title in KINDS.items():
        some = [one for one in entries if one.kind == kind]
        lines += [f"## {title}", "", *(f"* [{one.name}](#{one.name}): {one.summary}" for one in some), ""]
        for one in some:
            lines += _section(one, "###")
    return "\n".join(lines)


def _section(one: Entry, marks: str) -> Iterator[str]:
    yield f"{marks} {one.name}\n"
    if one.kind == FUNCTION:
        yield f"`{signature(one)}`\n"
    yield f"{_cell(one.meaning)}\n"
    if one.fields:
        yield "| column | type | meaning | refers to |\n|---|---|---|---|"
        yield from (f"| {f'**{field.name}**' if field.in_key else field.name} | {field.type} | {_cell(field.meaning)} "
                    f"| {field.references} |" for field in one.fields)
        yield ""


def _cell(text: str) -> str:
    """A text in which Markdown sees nothing of its own."""
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


def _diagram(entries: Iterable[Entry]) -> Iterator[str]:
    """The main tables and what refers to what, for Mermaid."""
    yield "```mermaid\nerDiagram"
    for (target, source), columns in _relations(one for one in entries if one.name in DRAWN).items():
        yield f'    {target} |o--o{{ {source} : "{", ".join(columns)}"'
    yield "```"


def _relations(entries: Iterable[Entry]) -> Mapping[tuple[str, str], list[str]]:
    """The columns by which a table refers to another one; those that repeat another are left out."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in sorted(entries, key=lambda entry: DRAWN.index(entry.name)):
        for field in one.fields:
            target = field.references.partition(".")[0]
            if target in DRAWN and not field.meaning.startswith(_SAME):
                found.setdefault((target, one.name), []).append(field.name)
    return found
