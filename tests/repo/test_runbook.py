"""RUNBOOK.md cannot lie about names: each alert and exit code has its section, each link leads somewhere, and what it
tells to type, to look for in the log and to ask the database exists.

What the program says in each failure is compared by tests/acceptance/test_runbook.py.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import asyncpg
import click
import pytest

from sync_daemon.cli.main import cli
from sync_daemon.errors import Exit
from sync_daemon.settings.fields import Settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "RUNBOOK.md").read_text()
ALERTS = (ROOT / "config" / "prometheus-alerts.yml").read_text()
PROGRAM = "\n".join(path.read_text() for path in (ROOT / "sync_daemon").rglob("*.py"))
HEADINGS = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL), re.MULTILINE)
ANCHORS = [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in HEADINGS]
NAMES_OF_ALERTS = re.findall(r"- alert: (\w+)", ALERTS)
PLACEHOLDERS = {"NAME": "invoices", "VERB": "status"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", TEXT, re.DOTALL | re.MULTILINE)


def code() -> list[str]:
    """Everything that is set as code: each line of a block, each span."""
    prose = re.sub(r"^ *```.*?^ *```", "", TEXT, flags=re.DOTALL | re.MULTILINE)
    return [line for block in blocks("sh") for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", prose)


def calls() -> list[list[str]]:
    """Each call of the program, as words behind its name."""
    found = re.findall(r"(?:\bisync|invoiced-sync) ((?:[a-z]+|--help)(?: [\w./=-]+)*)", "\n".join(code()))
    return [shlex.split(call) for call in found if call.split()[0] in cli.commands or call.startswith("--")]


def test_headings_are_told_apart() -> None:
    assert len(set(ANCHORS)) == len(ANCHORS)


@pytest.mark.parametrize("alert", NAMES_OF_ALERTS)
def test_each_alert_has_its_section(alert: str) -> None:
    assert alert in HEADINGS
    assert f"[{alert}](#{alert.lower()})" in TEXT, "it is in the table of contents"
    assert re.search(rf"RUNBOOK\.md#{alert.lower()}$", ALERTS, re.MULTILINE)


def test_no_section_is_of_an_alert_that_is_gone() -> None:
    assert set(re.findall(r"\bInvoicedSync[A-Z]\w+", TEXT)) == set(NAMES_OF_ALERTS)


@pytest.mark.parametrize("code", list(Exit))
def test_each_exit_code_has_its_section(code: Exit) -> None:
    assert f"Exit code {int(code)}" in HEADINGS
    assert f"(#exit-code-{int(code)})" in TEXT


def test_every_link_within_the_page_leads_to_a_section() -> None:
    assert sorted(set(re.findall(r"\]\(#([^)]*)\)", TEXT)) - set(ANCHORS)) == []


def test_every_call_of_the_program_is_one_that_it_understands() -> None:
    assert len(calls()) > 15
    for verb, *arguments in calls():
        if verb == "--help":
            continue
        words = [PLACEHOLDERS.get(word, word) for word in arguments]
        try:
            cli.commands[verb].make_context(verb, words)
        except click.ClickException as error:
            pytest.fail(f"invoiced-sync {verb} {' '.join(words)}: {error.format_message()}")


def test_every_setting_and_metric_exists() -> None:
    known = {name.upper() for name in Settings.model_fields}
    assert set(re.findall(r"\b(?:INVOICED|SYNC)_[A-Z_]+\b", TEXT)) <= known
    metrics = (ROOT / "sync_daemon" / "monitoring" / "metrics.py").read_text()
    for name in re.findall(r"\binvoiced_sync_(\w+)", TEXT):
        assert f'"{name.removesuffix("_total")}"' in metrics, name


def test_every_line_of_the_log_that_is_named_is_logged_somewhere() -> None:
    quoted = re.findall(r"^([a-z]+\.[a-z]+)(?:  |$)", "\n".join(blocks("text")), re.MULTILINE)
    named = {*quoted, *re.findall(r"`([a-z]+\.[a-z]+)`", TEXT)}
    assert len(named) > 10
    assert [event for event in sorted(named) if f'"{event}"' not in PROGRAM] == []


def test_every_line_of_the_log_that_is_quoted_is_said_so() -> None:
    said = re.sub(r'"\s*\n?\s*f?"', "", PROGRAM)  # a sentence in several pieces
    quoted = re.findall(r"^[a-z]+\.[a-z]+  (.+)$", "\n".join(blocks("text")), re.MULTILINE)
    assert len(quoted) > 4
    for piece in (piece for sentence in quoted for piece in sentence.split("…")):
        assert piece in said, piece


def test_every_line_of_the_log_that_a_person_must_act_on_is_named() -> None:
    loud = re.findall(r'\.(?:warning|error|critical)\(\s*"([a-z]+\.[a-z]+)"(.{0,400})', PROGRAM, re.DOTALL)
    quiet = {event for event, rest in loud if "Nothing to do" in rest or "it tells nothing" in rest}
    assert {"resource.failed", "api.away", "record.rejected"} <= {event for event, _ in loud}
    for event in {event for event, _ in loud} - quiet - {"event.unreadable", "web.failed"}:
        assert f"`{event}`" in TEXT, event


def test_every_file_that_is_named_exists() -> None:
    for unit in re.findall(r"\binvoiced-sync(?:-[a-z]+)?@?\.(?:service|timer)\b", TEXT):
        assert (ROOT / "systemd" / unit).exists(), unit


async def test_every_query_runs(mirror_database: str) -> None:
    assert len(blocks("sql")) >= 4
    connection = await asyncpg.connect(mirror_database)
    try:
        await connection.execute("BEGIN")
        for role in ("owner", "writer", "reader"):
            await connection.execute(f"CREATE ROLE runbook_{role}")
        for block in blocks("sql"):
            await connection.execute(block.replace("invoiced_", "runbook_"))
    finally:
        await connection.close()
