"""Capabilities of a list: each is probed with a request or two before it is relied on.

A server may ignore documented parameters and drop undocumented ones; each has a fallback.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sync_daemon.concurrency import run_all
from sync_daemon.errors import Refusal
from sync_daemon.log import log
from sync_daemon.model.cursor import Key
from sync_daemon.model.records import Page
from sync_daemon.model.resources import Resource, Way
from sync_daemon.source.list_reader import Reader
from sync_daemon.source.pagination import Ask
from sync_daemon.source.partitions import borders as lane_borders
from sync_daemon.source.partitions import questions, worth


async def sorts(reader: Reader, resource: Resource, variant: str) -> bool:
    """Whether a list obeys `sort`: its first row differs between the two directions.

    A list that ignores it can look sorted for long, while ids and dates rise together. One row, or rows of a single
    second, are always in order.
    """
    if (known := reader.can(resource, f"sort {variant}")) is not None:
        return known
    one = Ask(0, 1, 1)
    first, last = await run_all(reader.fetch(resource, variant, one, sort=sort) for sort in (
        resource.sort, resource.sort.replace(" asc", " desc")))
    able = not first.page.order or first.page.order != last.page.order or (first.total or 0) == 1
    if not able and first.page.order[0][0] > 1:
        u = first.page.order[0][0]
        able = (await reader.fetch(resource, variant, Ask(u - 1, 1, 1))).total == first.total and not (
            await reader.fetch(resource, variant, Ask(u, 1, 1))).page.order
    if able:
        reader.learn(resource, f"sort {variant}", True)
    else:
        does_not_sort(reader, resource, variant, "The server ignores sort=updated_at.")
    return able


def does_not_sort(reader: Reader, resource: Resource, variant: str, why: object) -> None:
    """Notes and logs that a list can't be walked by value."""
    reader.learn(resource, f"sort {variant}", False)
    log().warning("list.unsorted", resource=resource.name, variant=variant or None, why=str(why),
                  hint="Nothing to do: the list is read in id order instead.")


async def has_keyset(reader: Reader, resource: Resource, variant: str) -> bool:
    """Whether the list obeys the undocumented filter on the id; asked once, of lists of two rows or more."""
    if not resource.keyset:
        return False
    if (known := reader.can(resource, f"keyset {variant}")) is not None:
        return known
    sort = id_sort(resource)
    rows = id_order((await reader.fetch(resource, variant, Ask(0, 2, 1), sort=sort)).page)
    if len(rows) < 2 or rows[0] >= rows[1]:
        return False  # too short to tell, and short enough for one page
    try:
        after = await reader.fetch(resource, variant, Ask(0, 1, 1), keyset(rows[0][1]), sort=sort)
        able = all(key > rows[0] for key in id_order(after.page)) and bool(after.page.order)
    except Refusal:
        able = False
    if able:
        reader.learn(resource, f"keyset {variant}", True)
    else:
        has_no_keyset(reader, resource, variant, "the filter on the id is refused, or ignored")
    return able


def has_no_keyset(reader: Reader, resource: Resource, variant: str, why: object) -> None:
    """Notes and logs that a list does not obey the filter on the id."""
    reader.learn(resource, f"keyset {variant}", False)
    log().info("keyset.unavailable", resource=resource.name, variant=variant or None, why=str(why),
               hint="Nothing to do: the list is read page by page instead.")


async def variants_of(reader: Reader, resource: Resource) -> tuple[str, ...]:
    """The queries that together show all rows. An undocumented one that shows all by itself is used only if proven:

    it has as many rows as the documented ones together, and those for otherwise hidden rows are not empty.
    """
    if not resource.whole:
        return resource.variants
    if (able := reader.can(resource, resource.whole)) is None:
        one = Ask(0, 1, 1)
        totals = [(await reader.fetch(resource, variant, one, sort="")).total for variant in resource.variants]
        try:
            whole = (await reader.fetch(resource, resource.whole, one, sort="")).total
        except Refusal as error:
            if error.status != 400:
                raise
            whole = None
        able = (None not in {whole, *totals} and whole == sum(t or 0 for t in totals)
                and sum(t or 0 for t in totals[1:]) > 0)
        reader.learn(resource, resource.whole, able)
    return (resource.whole,) if able else resource.variants


async def count(reader: Reader, resource: Resource) -> int | None:
    """How many rows the source counts, over all variants; None where it doesn't count."""
    if resource.way in {Way.CHILD, Way.SINGLE, Way.FEED}:
        return None
    sort = "" if resource.way is Way.VALUE else resource.sort
    totals = [(await reader.fetch(resource, variant, Ask(0, 1, 1), sort=sort)).total
              for variant in await variants_of(reader, resource)]
    return None if None in totals else sum(total or 0 for total in totals)


async def borders(reader: Reader, resource: Resource, variant: str, hi: int, most: int) -> list[int]:
    """The seconds at which to cut a list, up to `hi`, into lanes of about equal size; empty if it is short, or if the
    server does not count.
    """
    first, rest = await run_all(reader.fetch(resource, variant, Ask(second, 1, 1)) for second in (1, max(1, hi)))
    lanes = worth(first.total or 0, most, reader.tuning.shortest_lane)
    if None in (first.total, rest.total) or not first.page.order or lanes == 1:
        return []
    if first.page.order[0][0] > hi:
        return []  # nothing has settled yet
    counts = {first.page.order[0][0] - 1: first.total or 0, hi: rest.total or 0}
    pieces = -(-lanes // 2)  # of two lanes each: within a piece rows are assumed to be spread evenly
    seconds = questions(counts, pieces)
    for _ in range(reader.tuning.lane_rounds):
        if not seconds:
            break
        answers = await run_all(reader.fetch(resource, variant, Ask(second, 1, 1)) for second in seconds)
        totals = [answer.total for answer in answers]
        if None in totals:
            return []
        counts |= {second: total or 0 for second, total in zip(seconds, totals, strict=True)}
        seconds = questions(counts, pieces)
    return lane_borders(counts, lanes)


def keyset(last: int) -> list[tuple[str, str]]:
    return by_id(">", last)


def by_id(operator: str, value: int) -> list[tuple[str, str]]:
    condition = {"field": "id", "operator": operator, "value": value}
    return [("advanced_filter", json.dumps([condition], separators=(",", ":")))]


def id_order(page: Page) -> Sequence[Key]:
    """The rows' keys for a walk in id order: the same planner, with the same second for all."""
    return [(0, place) for _, place in page.order]


def bounded(resource: Resource, bound: int) -> list[tuple[str, str]]:
    """The parameter for the lower bound of a list, in unix seconds; none for 0."""
    return [("start_date" if resource.way is Way.FEED else "updated_after", str(bound))] if bound else []


def id_sort(resource: Resource) -> str:
    """A list walked by value is in id order by default; others may need to be told."""
    return "" if resource.way is Way.VALUE else resource.sort
