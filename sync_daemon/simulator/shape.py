"""The shapes of an object: in its list, in a retrieve, in an event."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sync_daemon.simulator.catalog import RELATIONS, RESOURCES, Resource
from sync_daemon.simulator.encode import Json, tidy
from sync_daemon.simulator.setup import CUSTOM_FIELDS

Lookup = Callable[[str, int | str], Json | None]

# Relations that event snapshots expand; others stay ids.
_EXPANDED: dict[str, tuple[str, ...]] = {
    "refunds": ("charge",), "disputes": ("charge",), "subscriptions": ("customer", "plan"), "customers": (),
}
_TYPES = {(target, name): kind for name, target, kind in CUSTOM_FIELDS}


def visible(spec: Resource, content: Json, include: Iterable[str] = (), exclude: Iterable[str] = ()) -> Json:
    """The row as lists show it. An unknown name in `include` yields null, not an error."""
    shown = {key: value for key, value in content.items() if key not in spec.hidden}
    for name in include:
        shown[name] = content.get(name)
    for name in exclude:
        for field in ("discounts", "taxes", "shipping") if name == "rates" else (name,):
            shown.pop(field, None)
    return shown


def retrieved(spec: Resource, content: Json, include: Iterable[str] = (), exclude: Iterable[str] = ()) -> Json:
    """The row as `GET /resource/:id` shows it: the metadata of invoices is cast, unlike in their list."""
    shown = visible(spec, content, include, exclude)
    if spec.name == "invoices":
        shown["metadata"] = _cast("invoice", shown.get("metadata", {}))
        shown["items"] = [
            line | {"metadata": _cast("line_item", line.get("metadata", {}))} for line in shown.get("items", [])
        ]
    return shown


def snapshot(spec: Resource, content: Json, lookup: Lookup) -> Json:
    """The object of an event: the retrieve shape with its customer expanded."""
    shown = retrieved(spec, content, ("applied_to",) if spec.name == "payments" else ())
    for name in _EXPANDED.get(spec.name, ("customer",)):
        if shown.get(name) is not None:
            expand(shown, name, lookup)
            if spec.name == "disputes" or spec.name == "refunds":
                expand(shown, f"{name}.customer", lookup)
    return dict(sorted(shown.items()))


def expand(shown: Json, path: str, lookup: Lookup) -> None:
    """Replaces the id at `path` (`a` or `a.b`) by the object itself, if known."""
    name, _, rest = path.partition(".")
    value = shown.get(name)
    if isinstance(value, (int, str)) and name in RELATIONS:
        found = lookup(RELATIONS[name], value)
        if found is not None:
            value = dict(sorted(retrieved(RESOURCES[RELATIONS[name]], found).items()))
            shown[name] = value
    if rest and isinstance(value, dict):
        value = dict(value)
        expand(value, rest, lookup)
        shown[name] = value


def _cast(target: str, metadata: object) -> object:
    if not isinstance(metadata, dict):
        return metadata
    return {name: _cast_value(_TYPES.get((target, name), "string"), value) for name, value in metadata.items()}


def _cast_value(kind: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        if kind == "boolean":
            return value in ("1", "true")
        return int(value) if kind == "integer" else tidy(float(value)) if kind == "double" else value
    except ValueError:
        return value
