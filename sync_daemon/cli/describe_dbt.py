"""`describe --format dbt`: a `sources.yml` for dbt 1.10.6 or later, with descriptions, tests and freshness."""

from __future__ import annotations

import json
import math
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Final

from sync_daemon.postgres.dictionary import FUNCTION, Entry, Field, loaded_at

SOURCE: Final = "invoiced"
"""Name of the source in dbt, whatever the schema is called."""
ABOUT: Final = "The mirror of an account of Invoiced. Rows come in any order: no reference is a promise."
RESERVED: Final = frozenset({"default", "interval", "open", "position", "primary", "timestamp", "total", "type"})
"""Words of SQL that are names of columns here, and that a database may want quoted."""


def sources(entries: Iterable[Entry], schema: str, limits: Mapping[str, float]) -> str:
    """The file, in YAML. `limits`: how many seconds each resource may be behind; twice that is an error."""
    shown = {one.name: one for one in entries if one.kind != FUNCTION}
    return "\n".join([
        "# Written by `invoiced-sync describe --format dbt`: do not edit.", "version: 2", "sources:",
        f"  - name: {SOURCE}",
        f"    description: {_text(ABOUT)}",
        f"    schema: {_text(schema)}", "    quoting: {schema: true, identifier: true}", "    tables:",
        *(line for one in shown.values() for line in _table(one, schema, limits, shown))]) + "\n"


def _table(one: Entry, schema: str, limits: Mapping[str, float], shown: Container[str]) -> Iterator[str]:
    yield f"      - name: {one.name}"
    yield f"        description: {_text(one.meaning)}"
    if one.of:
        minutes = math.ceil(limits[one.of] / 60)
        yield from ("        config:", f"          loaded_at_query: {_text(loaded_at(schema, one.of))}",
                    "          freshness:", f"            warn_after: {{count: {minutes}, period: minute}}",
                    f"            error_after: {{count: {2 * minutes}, period: minute}}")
    yield "        columns:"
    for field in one.fields:
        yield from _column(one, field, shown)


def _column(one: Entry, field: Field, shown: Container[str]) -> Iterator[str]:
    """A column; a test of a reference needs the table that it leads to."""
    yield f"          - name: {field.name}"
    if field.name in RESERVED:
        yield "            quote: true"
    yield f"            description: {_text(field.meaning)}"
    yield f"            data_type: {_text(field.type)}"
    tests = ["not_null"] if field.not_null else []
    if one.key == (field.name,):
        tests.append("unique")
    table, _, column = field.references.partition(".")
    if not tests and table not in shown:
        return
    yield "            data_tests:"
    yield from (f"              - {test}" for test in tests)
    if table in shown:
        yield from ("              - relationships:",
                    f"                  arguments: {{to: \"source('{SOURCE}', '{table}')\", field: {column}}}",
                    "                  config: {severity: warn}")


def _text(text: str) -> str:
    """A text in YAML, which takes JSON; dbt must not see its own braces in it."""
    return json.dumps(text, ensure_ascii=False).replace("{{", "{ {").replace("{%", "{ %")
