"""`backfill --dry-run`: what a first load would cost. Makes a few requests to the API; opens no database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sync_daemon.concurrency import run_all
from sync_daemon.errors import Fatal, SyncError, Unavailable
from sync_daemon.humanize import STYLES, number, print_table, say, say_json, span
from sync_daemon.humanize import count as many_of
from sync_daemon.model.resources import BY_NAME, Resource, Way
from sync_daemon.progress import Progress
from sync_daemon.settings.fields import Settings
from sync_daemon.source.capabilities import count, variants_of
from sync_daemon.source.client import connect
from sync_daemon.source.company import at_start
from sync_daemon.source.hidden_fields import choose
from sync_daemon.source.list_reader import Reader
from sync_daemon.source.pagination import PAGE, Ask
from sync_daemon.source.partitions import worth
from sync_daemon.tuning import AS_IT_IS, AT_START

PROBES = 5
"""Requests about a list before its first page: counts, and probes of sorting and filtering."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the first load of one resource would take alone, with `at_once` requests in flight.

    None: unknown before it is read.
    """

    resource: str
    rows: int | None = None
    requests: int | None = None
    seconds: float | None = None
    at_once: int = 1
    state: str = "ready"
    note: str = ""


async def dry_run(settings: Settings, *, as_json: bool) -> None:
    """Prints rows, requests and minutes to expect for each resource. Raises SyncError if the API can't be asked."""
    async with connect(settings, lambda: datetime.now(UTC), asyncio.Event(), patience=AT_START) as api:
        account = await at_start(api)
        reader = Reader(api, round(settings.sync_overlap), Progress())
        lists = [resource for resource in settings.resources if resource.way is not Way.CHILD]
        found = {one.resource: one for one in await run_all(
            _measured(reader, resource, settings.invoiced_max_concurrency) for resource in lists)}
        for child in settings.resources:
            if child.way is Way.CHILD:
                found[child.name] = await _of_parents(reader, child, found, settings.invoiced_max_concurrency)
    lines = [found[resource.name] for resource in settings.resources]
    requests, seconds = total(settings.resources, found, settings.invoiced_max_concurrency)
    if as_json:
        say_json({"account": account.name, "company": account.company_id, "requests": requests,
                        "seconds": round(seconds, 1), "concurrency": settings.invoiced_max_concurrency,
                        "resources": [asdict(line) for line in lines]})
        return
    say(f"A first load of {account.name or 'the account'} ({account.company_id}) at {settings.origin} would take:")
    print_table(
        ("resource", "rows", "requests", "time", "state"),
        [(line.resource, number(line.rows), number(line.requests), "" if line.seconds is None else span(line.seconds),
          line.note if line.state == "ready" else line.state) for line in lines])
    for line in lines:
        if line.state != "ready":
            say(f"{line.resource}: {line.state}: {line.note}", STYLES[line.state])
    unknown = [line.resource for line in lines if line.requests is None and line.state == "ready"]
    say(f"About {many_of(sum(line.rows or 0 for line in lines), 'row')} in {many_of(requests, 'request')}: "
        f"{span(seconds)} with at most {settings.invoiced_max_concurrency} in flight"
        f"{', not counting ' + ', '.join(unknown) if unknown else ''}.", "bold")
    say("Nothing was written. Without --dry-run, `invoiced-sync backfill` loads it.")


def total(resources: Sequence[Resource], found: dict[str, Expected], concurrency: int) -> tuple[int, float]:
    """Requests and seconds in all: lists are read concurrently, so the slowest family or the limit decides."""
    requests = sum(found[resource.name].requests or 0 for resource in resources)
    work = sum((found[resource.name].seconds or 0.0) * found[resource.name].at_once for resource in resources)
    families: dict[str, float] = {}
    for resource in resources:
        family = resource.parent or resource.name
        families[family] = families.get(family, 0.0) + (found[resource.name].seconds or 0.0)
    return requests, max(work / concurrency, *families.values())


async def _measured(reader: Reader, resource: Resource, concurrency: int) -> Expected:
    """Asks for the count and times one full page."""
    try:
        if resource.way is Way.SINGLE:
            answer, _ = await reader.ask(resource, resource.path, resource.query, lambda answer: answer)
            return Expected(resource.name, 1, 1, _since(answer.asked_at))
        if resource.way is Way.FEED:
            fetched = await reader.fetch(resource, "", Ask(max(0, reader.settled_until), PAGE, 1))
            return Expected(resource.name, fetched.total, 1, _since(fetched.answer.asked_at), note="from now on")
        if resource.hidden:  # they make a page larger, and perhaps slower
            reader.hidden_of(resource).asked = (await choose(reader, resource)).asked
        variants = await variants_of(reader, resource)
        fetched = await reader.fetch(resource, variants[0], Ask(0, PAGE, 1))
        latency = _since(fetched.answer.asked_at)
        rows = await count(reader, resource)
    except Unavailable as error:
        return Expected(resource.name, state="unavailable", note=str(error))
    except Fatal:
        raise
    except SyncError as error:
        return Expected(resource.name, state="failing", note=str(error))
    if rows is None:
        return Expected(resource.name, note="the source does not count them")
    lanes = worth(rows, concurrency, AS_IT_IS.shortest_lane) if resource.way is Way.VALUE else 1
    requests = -(-rows // (PAGE - 1)) + PROBES + len(variants) + 2 * lanes
    return Expected(resource.name, rows, requests, requests * latency / lanes, lanes)


def _since(asked_at: datetime) -> float:
    return (datetime.now(UTC) - asked_at).total_seconds()


async def _of_parents(reader: Reader, resource: Resource, found: dict[str, Expected], concurrency: int) -> Expected:
    """One request per parent, made concurrently; their number of rows is unknown."""
    parent = found.get(resource.parent or "")
    if parent is None or parent.rows is None:
        return Expected(resource.name, state=parent.state if parent else "ready", note=f"depends on {resource.parent}")
    if resource.path.endswith("payment_plan"):
        return Expected(resource.name, note="one for each invoice that has one: not counted")
    try:
        latency = await _latency_of_child(reader, resource)
    except Unavailable as error:
        return Expected(resource.name, state="unavailable", note=str(error))
    except Fatal:
        raise
    except SyncError as error:
        return Expected(resource.name, state="failing", note=str(error))
    return Expected(resource.name, None, parent.rows, parent.rows * latency / concurrency, concurrency,
                    note=f"one for each of {resource.parent}")


async def _latency_of_child(reader: Reader, resource: Resource) -> float:
    first = (await reader.fetch(BY_NAME[resource.parent or ""], "", Ask(0, 1, 1), sort="")).page.records
    if not first:
        return 0.0
    fetched = await reader.fetch(resource, "", Ask(0, PAGE, 1), parent=int(first[0].key))
    return _since(fetched.answer.asked_at)
