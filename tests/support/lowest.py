"""Prints the lowest versions that `pyproject.toml` allows, as constraints for pip, so that they are tested."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def lowest(project: dict[str, object]) -> list[str]:
    """`name==version` for each dependency that the program has at run time, with its extras."""
    found = [*project["dependencies"]]  # type: ignore[misc]  # a list of texts
    for extra in project.get("optional-dependencies", {}).values():  # type: ignore[attr-defined]  # a table of them
        found += extra
    return [f"{match[1]}=={match[2]}" for line in found if (match := re.match(r"([\w.-]+)>=([\w.]+)", line))]


if __name__ == "__main__":
    print("\n".join(lowest(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"])))
