"""The API itself: takes a route and a query string, returns a status, headers and a body. No sockets here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from urllib.parse import unquote, urlencode

from sync_daemon.simulator.books import Books, Missing
from sync_daemon.simulator.catalog import Resource
from sync_daemon.simulator.encode import encode_row
from sync_daemon.simulator.listing import Memory, Page, read
from sync_daemon.simulator.query import ApiError, Query, parse
from sync_daemon.simulator.routes import Route
from sync_daemon.simulator.shape import visible

Pairs = Sequence[tuple[str, str]]


@dataclass(slots=True)
class Answer:
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def answer(books: Books, memory: Memory, route: Route, pairs: Pairs, url: str) -> Answer:
    """`url` is the address without its query, for the `Link` header."""
    spec = route.spec
    if spec is None:
        return Answer(encode_row(books.company))
    if spec.name == "payment_plans":
        return _payment_plan(books, spec, route)
    if route.key is not None:
        return _one(books, spec, route, pairs)
    owner = _parent(books, spec, route.parent) if route.parent is not None else None
    query = parse(spec, pairs, books.scalars(spec.name), books.world.time_zone, books.options.largest_page)
    page = read(books, memory, spec, query, owner)
    rows = [books.body(row, query.include, query.exclude, query.expand) for row in page.rows]
    return Answer(b"[" + b",".join(rows) + b"]", headers=_headers(query, page, pairs, url))


def _headers(query: Query, page: Page, pairs: Pairs, url: str) -> dict[str, str]:
    if page.total is None:
        return {}
    last = max(1, ceil(page.total / query.per_page))
    numbers = {"self": query.page, "first": 1, "previous": query.page - 1, "next": query.page + 1, "last": last}
    if query.page <= 1:
        del numbers["previous"]
    if query.page >= last:
        del numbers["next"]
    kept = [(name, value) for name, value in pairs if name not in ("page", "per_page")]

    def link(number: int) -> str:
        return f"{url}?{urlencode([*kept, ('page', str(number)), ('per_page', str(query.per_page))])}"

    return {
        "X-Total-Count": str(page.total),
        "Link": ", ".join(f'<{link(number)}>; rel="{rel}"' for rel, number in numbers.items()),
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1


def _parent(books: Books, spec: Resource, text: str) -> int:
    parent = _number(text)
    if spec.parent_missing is not None and parent not in books.tables["customers"].found:
        raise ApiError(404, f"{spec.parent_missing} was not found: {text}")
    return parent


def _one(books: Books, spec: Resource, route: Route, pairs: Pairs) -> Answer:
    params = dict(pairs)
    key = unquote(route.key or "")
    try:
        row = books.find(spec.name, key)
    except Missing as missing:
        raise ApiError(404, str(missing)) from None
    if spec.by_name and str(books.content(row).get("id")) != key:
        raise ApiError(404, f"{spec.model} was not found: {key}")
    if route.parent is not None and row.owner != _number(route.parent):
        raise ApiError(404, f"{spec.model} was not found: {key}")
    include, exclude, expanded = (tuple(params.get(name, "").split(",")) if params.get(name) else ()
                                  for name in ("include", "exclude", "expand"))
    return Answer(books.body(row, include, exclude, expanded, single=True))


def _payment_plan(books: Books, spec: Resource, route: Route) -> Answer:
    invoice = books.tables["invoices"].found.get(_number(route.parent or ""))
    if invoice is None:
        raise ApiError(404, f"Invoice was not found: {route.parent}")
    plans = books.tables[spec.name].owned.get(invoice.id)
    if not plans:
        raise ApiError(400, "The invoice does not have a payment plan attached.")
    return Answer(encode_row(visible(spec, books.content(plans[-1]))))
