"""The columns of the views and functions of `sql/views/`, as `sql/columns_of_views.toml` describes them.

`[common]` says what a name means wherever nothing else is said. The table of a view or function lists its `columns` in
their order; `own` has those that mean something else there, or that no other has. A key that `own` leaves out is as in
`[common]`. `type` is the type in Postgres, `references` as in `sql/tables/` (`postgres/columns.py`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sync_daemon.postgres.columns import REFERENCE, SQL, BadSql, require

WHERE: Final = "sql/columns_of_views.toml"
_KEYS: Final = {"type", "references", "comment"}


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column of a view, or of what a function returns."""

    name: str
    type: str
    comment: str
    references: str = ""


@cache
def view_columns() -> Mapping[str, tuple[ViewColumn, ...]]:
    """The columns of each view and function, by its name. Raises BadSql if the file is not as described above."""
    return parse((SQL / "columns_of_views.toml").read_text(encoding="utf-8"))


def parse(text: str) -> dict[str, tuple[ViewColumn, ...]]:
    """What such a file says. Raises BadSql, which names the place."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSql(f"{WHERE}: {error}") from None
    common = found.pop("common", {})
    for name, value in common.items():
        require(f"{WHERE}: common.{name}", value, {"type", "comment"}, _KEYS)
    views = {name: tuple(_columns(name, value, common)) for name, value in found.items()}
    taken = {name for view in found.values() for name in set(view["columns"]) - set(view.get("own", {}))}
    if unused := sorted(set(common) - taken):
        raise BadSql(f"{WHERE}: common has {', '.join(unused)}, which no view takes as it is there")
    return views


def _columns(view: str, value: Mapping[str, Any], common: Mapping[str, Mapping[str, str]]) -> Iterator[ViewColumn]:
    require(f"{WHERE}: {view}", value, {"columns"}, {"columns", "own"})
    own = value.get("own", {})
    if lost := sorted(set(own) - set(value["columns"])):
        raise BadSql(f"{WHERE}: {view} has no column {', '.join(lost)}")
    for name in value["columns"]:
        where = f"{WHERE}: {view}.{name}"
        require(where, own.get(name, {}), set(), _KEYS)
        about = {**common.get(name, {}), **own.get(name, {})}
        require(where, about, {"type", "comment"}, _KEYS)
        if REFERENCE.fullmatch(about.get("references", "a.b")) is None:
            raise BadSql(f"{where}: references is a table and its column, such as customers.id")
        yield ViewColumn(name, about["type"], about["comment"], about.get("references", ""))
