"""Lists of a parent's rows: one request for each customer (or for each invoice with a payment plan).

The lists of several parents are read concurrently. A parent whose list can't be read holds up no other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from sync_daemon.concurrency import run_all
from sync_daemon.errors import Fatal, Refusal, RetryLater, SyncError, Unavailable
from sync_daemon.log import log
from sync_daemon.model.records import NotAList, Page, Record, read_page
from sync_daemon.model.resources import Resource
from sync_daemon.source.answer import Answer
from sync_daemon.source.full_scan import ALL, by_id
from sync_daemon.source.list_reader import ListPage, Reader
from sync_daemon.source.pagination import PAGE, Ask
from sync_daemon.tuning import SOON

OPTIONAL = "optional"
REFUSALS = 3
"""Refusals of a parameter after which it counts as unknown to the server."""


@dataclass(frozen=True, slots=True)
class Children:
    """All rows of one parent, and the answers that they came in. Unless `whole`, it proves no absence."""

    records: list[Record]
    answers: list[ListPage]
    whole: bool = True


async def read_lists(reader: Reader, resource: Resource,
                     parents: list[int]) -> tuple[dict[int, Children], dict[int, SyncError]]:
    """The lists of some parents, read concurrently, and the errors of those that failed.

    Where none answers the fault is not a parent's: then one is asked with the usual patience. Raises Unavailable if
    the account may not read such lists at all.
    """
    soon = replace(reader, patience=SOON)

    async def one(parent: int) -> Children | SyncError:
        try:
            return await read_list(soon, resource, parent)
        except Fatal:
            raise
        except SyncError as error:
            return error

    found = dict(zip(parents, await run_all(one(parent) for parent in parents), strict=True))
    lists = {parent: answer for parent, answer in found.items() if isinstance(answer, Children)}
    failed = {parent: answer for parent, answer in found.items() if isinstance(answer, SyncError)}
    if failed and not lists:
        first = next((parent for parent, error in failed.items() if isinstance(error, Unavailable)), parents[0])
        try:
            lists[first] = await read_list(reader, resource, first)
            del failed[first]
        except SyncError as error:
            if len(parents) > 1 or isinstance(error, Fatal | Unavailable):
                raise
    for parent, why in failed.items():
        log().warning("parent.failed", resource=resource.name, parent=parent, why=str(why),
                      hint="Nothing to do: the others go on, and this one is asked for again in a minute.")
    return lists, failed


async def read_list(reader: Reader, resource: Resource, parent: int) -> Children:
    """All children of one parent. Raises Unavailable if the account may not read such lists at all.

    A parent that the API does not know has none; that does not prove that it is deleted.
    """
    try:
        if resource.path.endswith("payment_plan"):
            return await _read_single(reader, resource, parent)
        first, whole = await _first(reader, resource, parent)
    except Refusal as error:
        if error.status == 404 or (error.status == 400 and resource.path.endswith("payment_plan")):
            return Children([], [])
        raise
    rows = len(first.page.order)
    if not resource.sort or (rows < PAGE and not (first.total or 0) > rows):
        return Children(first.page.records, [first], whole)
    return await _read_long(reader, resource, parent)


async def _first(reader: Reader, resource: Resource, parent: int) -> tuple[ListPage, bool]:
    """The first page, with the optional parameter unless the server does not know it.

    If it ever worked, an answer without it shows fewer rows than exist, and proves no absence.
    """
    proven = (resource.name, OPTIONAL) in reader.proven
    ask = Ask(0, PAGE, 1)
    if not resource.optional or (not proven and reader.can(resource, OPTIONAL) is False):
        return await reader.fetch(resource, "", ask, parent=parent), True
    try:
        fetched = await reader.fetch(resource, "", ask, resource.optional, parent=parent)
    except Refusal as error:
        if error.status != 400:
            raise
    else:
        reader.proven.add((resource.name, OPTIONAL))
        return fetched, True
    fetched = await reader.fetch(resource, "", ask, parent=parent)
    name = resource.optional[0][0]
    reader.refusals[name] += 1
    if not proven and reader.refusals[name] >= REFUSALS:
        reader.learn(resource, OPTIONAL, False)
        log().info("parameter.refused", resource=resource.name, parameter=name,
                   hint="Nothing to do: the lists are read without it.")
    return fetched, not proven


async def _read_long(reader: Reader, resource: Resource, parent: int) -> Children:
    """More than one page: read as any list in id order, or, without an order, in passes until two agree."""
    records: dict[int | str, Record] = {}
    answers: list[ListPage] = []
    keys: frozenset[int | str] = frozenset()
    async for scan_page in by_id(reader, resource, "", parent=parent):
        records |= {record.key: record for record in scan_page.records}
        answers.append(scan_page.fetched)
        keys = scan_page.keys if scan_page.interval == ALL else keys | scan_page.keys
    return Children([record for key, record in records.items() if key in keys], answers)


async def _read_single(reader: Reader, resource: Resource, parent: int) -> Children:
    """A path with one object or, with a 400, none: read as a list of at most one."""
    path = resource.path.replace("{parent}", str(parent))
    settled_until = reader.settled_until

    def parse(answer: Answer) -> Page:
        return single(resource, answer, path, parent)

    answer, page = await reader.ask(resource, path, resource.query, parse)
    return Children(page.records, [ListPage(page, None, answer, settled_until)])


async def read_single(reader: Reader, resource: Resource) -> ListPage:
    """The object of a resource that is not a list."""
    settled_until = reader.settled_until
    answer, page = await reader.ask(resource, resource.path, resource.query,
                                           lambda answer: single(resource, answer, resource.path))
    return ListPage(page, None, answer, settled_until)


def single(resource: Resource, answer: Answer, path: str, parent: int | None = None) -> Page:
    """One object, read as a list of one. Raises RetryLater if the answer is anything else."""
    body = answer.body.strip()
    if not (body.startswith(b"{") and body.endswith(b"}")):
        raise RetryLater(f"GET {path}: the answer is not a JSON object")
    try:  # an answer damaged on the way is not a record to reject
        json.loads(body.decode(errors="replace"), parse_int=str, parse_float=str, strict=False)
    except ValueError:
        raise RetryLater(f"GET {path}: the answer is not one JSON object") from None
    except RecursionError:
        pass
    try:
        return read_page(resource, b"[" + body + b"]", answer.asked_at, parent=parent)
    except NotAList as error:
        raise RetryLater(f"GET {path}: {error}") from None

