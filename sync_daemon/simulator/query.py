"""Parses a query string into conditions, order, page and shape. Refuses unknown parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sync_daemon.simulator.catalog import Resource

PLAIN = frozenset({"page", "per_page", "paginate", "sort", "filter", "advanced_filter", "include", "exclude", "expand"})
OPERATORS = ("=", "<>", ">", ">=", "<", "<=")
_KEYED = re.compile(r"^(filter|metadata)\[([^\]]*)\]$")


class ApiError(Exception):
    """An error answer of the API itself."""

    def __init__(self, status: int, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param

    def body(self) -> dict[str, str]:
        kind = "rate_limit_error" if self.status == 429 else "api_error" if self.status >= 500 else "invalid_request"
        shown = {"type": kind, "message": self.message}
        return shown if self.param is None else shown | {"param": self.param}


@dataclass(frozen=True, slots=True)
class Condition:
    """`field operator value`; `@`-fields are rules of the list itself, `metadata.x` is a metadata key."""

    field: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Query:
    page: int
    per_page: int
    counted: bool
    where: tuple[Condition, ...]
    order: tuple[tuple[str, bool], ...]
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    expand: tuple[str, ...]

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page

    def by_key(self, spec: Resource) -> bool:
        """Whether the order is exactly the key column, so that the server's cursor is used."""
        return len(self.order) == 1 and self.order[0][0] == spec.key


def parse(spec: Resource, pairs: Sequence[tuple[str, str]], columns: frozenset[str], zone: str,
          largest: int) -> Query:
    params = dict(pairs)
    if spec.strict:
        _refuse_unknown(spec, params)
    if params.get("paginate", "offset") not in ("none", "offset", ""):
        raise ApiError(400, "Invalid pagination mode: " + params["paginate"], "paginate")
    page, per_page = _number(params, "page", 1), _number(params, "per_page", largest)
    where = [*_visibility(spec, params), *_bounds(spec, params), *_filters(spec, params, columns),
             *_advanced(spec, params.get("advanced_filter", ""), columns, zone), *_feed(spec, params)]
    return Query(
        max(1, page), min(largest, max(1, per_page or largest)), params.get("paginate") != "none", tuple(where),
        _order(spec, params.get("sort"), columns), _names(params, "include"), _names(params, "exclude"),
        _names(params, "expand"),
    )


def _names(params: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in params.get(name, "").split(",") if part.strip())


def _number(params: Mapping[str, str], name: str, default: int) -> int:
    text = params.get(name, "")
    if not text:
        return default
    try:
        return int(text)
    except ValueError:
        raise ApiError(400, f"Invalid value for {name}: {text}", name) from None


def _refuse_unknown(spec: Resource, params: Mapping[str, str]) -> None:
    known = PLAIN | spec.params
    known |= {"metadata"} if spec.builder else frozenset()
    known |= {"updated_after", "updated_before"} if spec.updated_after else frozenset()
    known |= {"start_date", "end_date"} if spec.date else frozenset()
    for name in params:
        if name.split("[", 1)[0] not in known:
            raise ApiError(400, f"The property '{name}' does not exist.", "query")


def _flag(params: Mapping[str, str], name: str) -> bool:
    return params.get(name, "") in ("1", "true")


def _visibility(spec: Resource, params: Mapping[str, str]) -> list[Condition]:
    if spec.name == "subscriptions" and not _flag(params, "all"):
        only = "canceled" if _flag(params, "canceled") else "finished" if _flag(params, "finished") else "live"
        return [Condition("@subscriptions", "=", only)]
    if spec.by_name:
        return [Condition("@archived", "=", _flag(params, "archived"))]
    if spec.name == "payment_sources" and not _flag(params, "include_hidden"):
        return [Condition("@chargeable", "=", True)]
    return []


def _bounds(spec: Resource, params: Mapping[str, str]) -> list[Condition]:
    found = []
    if spec.updated_after:
        for name, operator in (("updated_after", ">"), ("updated_before", "<")):
            if moment := _number(params, name, 0):
                found.append(Condition("updated_at", operator, moment))
    if spec.date:
        column = params.get("date_column") if spec.name == "invoices" else None
        for name, operator in (("start_date", ">="), ("end_date", "<=")):
            if moment := _number(params, name, 0):
                found.append(Condition(column if column == "due_date" else spec.date, operator, moment))
    return found


def _filters(spec: Resource, params: Mapping[str, str], columns: frozenset[str]) -> list[Condition]:
    found = []
    for name, value in params.items():
        keyed = _KEYED.match(name)
        if keyed is None:
            continue
        kind, field = keyed.groups()
        if kind == "metadata":
            if spec.builder or spec.by_name:
                found.append(Condition(f"metadata.{field}", "=", value))
        elif field in columns and (spec.keyset or field != spec.key):
            found.append(Condition(field, "=", value))
        else:
            raise ApiError(400, f"Invalid filter parameter: {field}", "filter")
    return found


def _advanced(spec: Resource, text: str, columns: frozenset[str], zone: str) -> list[Condition]:
    if not text:
        return []
    try:
        parts = json.loads(text)
        found = [Condition(str(part["field"]), str(part["operator"]), part["value"]) for part in parts]
    except (ValueError, TypeError, KeyError):
        raise ApiError(400, "Could not decode advanced_filter", "advanced_filter") from None
    for condition in found:
        if condition.field not in columns or (condition.field in ("id", "internal_id") and not spec.keyset):
            raise ApiError(400, f"Invalid filter parameter: {condition.field}", "advanced_filter")
        if condition.operator not in OPERATORS:
            raise ApiError(400, f"Invalid filter operator: {condition.operator}", "advanced_filter")
    return [_local(condition, zone) if condition.field in ("created_at", "updated_at") else condition
            for condition in found]


def _local(condition: Condition, zone: str) -> Condition:
    """Times are wall-clock text in the company's zone; an offset in the value is not converted."""
    try:
        moment = datetime.fromisoformat(str(condition.value)).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise ApiError(400, f"Invalid filter value: {condition.value}", "advanced_filter") from None
    return Condition(condition.field, condition.operator, int(moment.astimezone(UTC).timestamp()))


def _feed(spec: Resource, params: Mapping[str, str]) -> list[Condition]:
    if spec.name != "events":
        return []
    found = []
    if kind := params.get("type"):
        if not re.fullmatch(r"[a-z_]+", kind) or kind not in EVENT_OBJECTS:
            raise ApiError(400, f"Invalid object type: {kind}", "type")
        found.append(Condition("@prefix", "=", kind))
    if related := params.get("related_to"):
        kind, _, key = related.partition(",")
        if not key.isdigit():
            raise ApiError(400, f"Invalid related_to: {related}", "related_to")
        found.append(Condition("@related", "=", (kind, int(key))))
    return found


EVENT_OBJECTS = frozenset({
    "charge", "contact", "credit_note", "customer", "dispute", "email", "estimate", "import", "invoice", "letter",
    "line_item", "note", "payment", "payment_link", "payment_plan", "payment_source", "payout", "promise_to_pay",
    "refund", "subscription", "task", "text_message", "transaction",
})


def _order(spec: Resource, text: str | None, columns: frozenset[str]) -> tuple[tuple[str, bool], ...]:
    """(column, descending) pairs. A column without a direction is ignored; builder lists get the id appended."""
    asked = [part.split() for part in (text or "").split(",")]
    order = [(part[0], part[1].lower() == "desc") for part in asked
             if len(part) == 2 and part[1].lower() in ("asc", "desc")]
    if spec.builder:
        order = [pair for pair in order if pair[0] in columns]
        return tuple(order) if order == [("id", False)] else (*order, ("id", False))
    for column, _ in order:
        if column not in columns and column != spec.key and column not in spec.hidden:
            raise ApiError(500, "Our server could not process this request. (2f6a-sort)")
    if order:
        return tuple(order)
    # An empty `sort=` clears the default order of the list.
    default = [part.split() for part in spec.sort.split(",")] if text is None and spec.sort else [[spec.key, "asc"]]
    return tuple((column, direction == "desc") for column, direction in default)
