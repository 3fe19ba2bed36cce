"""Docs that cannot lie: every verb, exit code, resource and table is told, and links lead somewhere."""

from __future__ import annotations

import importlib
import re
from operator import attrgetter
from pathlib import Path

import click
import pytest

from sync_daemon.cli.main import cli
from sync_daemon.errors import Exit
from sync_daemon.model.resources import RESOURCES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
DOCS = sorted(ROOT.glob("*.md"))


@pytest.mark.parametrize("verb", sorted(cli.commands))
def test_the_readme_tells_every_verb(verb: str) -> None:
    assert f"invoiced-sync {verb}" in README or f"`{verb}" in README


@pytest.mark.parametrize("verb", sorted(cli.commands))
def test_every_verb_and_option_has_help(verb: str) -> None:
    command = cli.commands[verb]
    assert command.help
    for parameter in command.params:
        assert isinstance(parameter, click.Argument) or parameter.help, parameter.name  # type: ignore[attr-defined]


@pytest.mark.parametrize("code", list(Exit))
def test_readme_and_help_tell_every_exit_code(code: Exit) -> None:
    assert re.search(rf"^\| {int(code)} \|", README, re.MULTILINE)
    assert re.search(rf"^  {int(code)} ", cli.epilog or "", re.MULTILINE)


@pytest.mark.parametrize("resource", [resource.name for resource in RESOURCES])
def test_the_readme_names_every_resource(resource: str) -> None:
    assert f"`{resource}`" in README


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_local_link_leads_to_a_file(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_module_and_folder_that_docs_name_exists(path: Path) -> None:
    for name in re.findall(r"`((?:sync_daemon|sql|tests|config|systemd)/[\w./]*\w)`", path.read_text()):
        assert (ROOT / name).exists(), name


def test_every_module_has_its_line_in_the_architecture() -> None:
    house = (ROOT / "ARCHITECTURE.md").read_text()
    for module in [*(ROOT / "sync_daemon").glob("[a-z]*.py"), *(ROOT / "sync_daemon").glob("[!s]*/[a-z]*.py"),
                   *(ROOT / "sync_daemon").glob("s[!i]*/[a-z]*.py")]:  # the simulator has a line for all
        assert module.name in house, module


def test_every_function_that_the_architecture_names_exists() -> None:
    named = re.findall(r"`((?!sql|config)\w+)/(\w+)\.((?!py\b)\w[\w.]*)`", (ROOT / "ARCHITECTURE.md").read_text())
    assert len(named) > 15
    for room, module, function in named:
        attrgetter(function)(importlib.import_module(f"sync_daemon.{room}.{module}"))


def test_every_test_that_the_architecture_names_exists() -> None:
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", (ROOT / "ARCHITECTURE.md").read_text())
    assert named
    assert [name for name in named if f"def {name}(" not in tests] == []


def test_the_changelog_tells_the_version() -> None:
    from sync_daemon import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()
