"""The env example holds each setting with its default and one line of why, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from dotenv import dotenv_values
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from sync_daemon.settings.fields import Settings, remedy_of, seconds

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "config" / "sync-daemon.env.example").read_text()
NAMES = [name.upper() for name in Settings.model_fields]


def test_the_example_has_every_setting_once_and_no_other() -> None:
    assert sorted(re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE)) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_setting_stands_below_its_own_description(name: str) -> None:
    description = Settings.model_fields[name.lower()].description
    assert f"# {description}\n#{name}=" in EXAMPLE


@pytest.mark.parametrize("name", NAMES)
def test_each_default_in_the_example_is_the_real_one(name: str, tmp_path: Path) -> None:
    lines = tmp_path / "env"
    lines.write_text(re.sub(r"^#([A-Z_]+=)", r"\1", EXAMPLE, flags=re.MULTILINE))
    shown = dotenv_values(lines)[name]
    default = Settings.model_fields[name.lower()].default
    if default in {None, PydanticUndefined}:
        assert shown == ""
    elif name == "SYNC_RESOURCES":
        assert (shown, default) == ("all", ())
    elif isinstance(default, bool):
        assert shown == str(default).lower()
    elif isinstance(default, int | float):
        assert seconds(shown) == default or shown == str(default)
    else:
        assert shown == default


def test_every_setting_has_a_remedy_for_when_it_is_wrong() -> None:
    assert [name for name in Settings.model_fields if not remedy_of(name)] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_names_every_setting(name: str) -> None:
    assert f"`{name}`" in (ROOT / "README.md").read_text()


def test_secrets_are_secret_from_the_start() -> None:
    assert Settings.model_fields["invoiced_api_key"].annotation is SecretStr
    assert Settings.model_fields["database_url"].annotation == SecretStr | None
