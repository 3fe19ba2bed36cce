"""Resolves paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sync_daemon.simulator.catalog import RESOURCES, Resource

COMPANY = "/companies/current"
_LISTS: Mapping[str, Resource] = MappingProxyType(
    {spec.path.strip("/"): spec for spec in RESOURCES.values() if spec.parent is None}
    | {"catalog_items": RESOURCES["items"]}
)
_CHILDREN: Mapping[tuple[str, str], Resource] = MappingProxyType(
    {(spec.parent, spec.path.rsplit("/", 1)[1]): spec for spec in RESOURCES.values() if spec.parent is not None}
)


@dataclass(frozen=True, slots=True)
class Route:
    """`spec` is None for the company; `key` is set for one object, `parent` for the lists of one parent."""

    template: str
    spec: Resource | None
    key: str | None = None
    parent: str | None = None


def resolve(path: str) -> Route | None:
    if path == COMPANY:
        return Route(COMPANY, None)
    match path.strip("/").split("/"):
        case [name] if name in _LISTS:
            return Route(_LISTS[name].path, _LISTS[name])
        case [name, key] if name in _LISTS and _LISTS[name].retrieve:
            return Route(f"{_LISTS[name].path}/:id", _LISTS[name], key=key)
        case [owner, parent, name] if (owner, name) in _CHILDREN:
            spec = _CHILDREN[owner, name]
            return Route(spec.path, spec, parent=parent)
        case [owner, parent, name, key] if (owner, name) in _CHILDREN and _CHILDREN[owner, name].retrieve:
            spec = _CHILDREN[owner, name]
            return Route(f"{spec.path}/:id", spec, key=key, parent=parent)
    return None
