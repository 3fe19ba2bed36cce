"""Lists that hang on a parent: one request for each customer (or for each invoice with a payment plan).

Parents come from the mirror, in id order, a batch at a time; the lists of a batch are asked side by side and committed
together with the cursor, which is the last parent's id. What a list no longer shows is only a candidate for deletion.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from sync_daemon.api import Answer
from sync_daemon.engine import Engine
from sync_daemon.errors import Refusal, RetryLater
from sync_daemon.plan import BEFORE_IDS, PAGE, Ask, Cursor, Disorder, Kind
from sync_daemon.probes import id_order
from sync_daemon.reader import Fetched
from sync_daemon.records import NotAList, Page, Record, read_page
from sync_daemon.resources import Resource
from sync_daemon.store import LOAD, Hint, begins_anew
from sync_daemon.together import together

BATCH = 40
"""Parents a transaction: two rounds of the most requests in flight."""
MOST_ORPHANED = 1000
"""Buried parents whose rows one sweep looks after."""
TRIES = 5


@dataclass(frozen=True, slots=True)
class Children:
    """All rows of one parent, and the answers that they came in. An unknown parent has none."""

    records: list[Record]
    answers: list[Fetched]


async def scan_children(engine: Engine, resource: Resource, *, since: datetime | None = None,
                        gate: asyncio.Semaphore | None = None) -> datetime:
    """Asks for the list of every parent and returns when the pass began. Raises LostRace, Unavailable.

    A pass that was left unfinished goes on behind the last parent that was committed. `gate` is how many requests a
    sweep may have in flight; a first load has no other limit than the shared one.
    """
    began = engine.store.clock.now()
    lane = await engine.store.lane(resource, "", LOAD, cursor=BEFORE_IDS)
    if begins_anew([lane], since):
        lane = await engine.store.restart(lane, BEFORE_IDS, began)
    tally = engine.progress.of(resource.name)
    before = await engine.store.row(f"{resource.parent}.asked", lane.cursor.id)
    if before is not None:
        tally.total, tally.done = before["parents"], before["asked"]
    while not lane.done:
        engine.going_on()
        rows = await engine.store.rows(f"{resource.name}.parents", lane.cursor.id, BATCH)
        parents = [row["id"] for row in rows]
        lists = await read_lists(engine, resource, parents, gate)
        had = await engine.store.rows(f"{resource.name}.of", parents)
        cursor = Cursor(0, parents[-1] if parents else lane.cursor.id)
        records = [record for one in lists for record in one.records]
        answers = [answer for one in lists for answer in one.answers]
        keys = {record.key for record in records}
        bereft = {row["parent"] or parents[0] for row in had if row["key"] not in keys}
        done = len(parents) < BATCH
        if done:
            bereft |= await _of_buried_parents(engine, resource)
        note = [Hint("children", resource.name, str(parent)) for parent in sorted(bereft)]
        _, moved = await engine.commit(resource, records, answers, lane, cursor, done=done, note=note)
        assert moved is not None
        lane = moved
        tally.done += len(parents)
    return lane.began_at


async def _of_buried_parents(engine: Engine, resource: Resource) -> set[int]:
    """Parents that are buried and left rows: those were in hand at that moment. No list that a sweep asks for would
    tell of their end.
    """
    name = f"{resource.name}.orphaned"
    rows = await engine.store.rows(name, MOST_ORPHANED) if name in engine.store.queries else []
    return {row["parent"] for row in rows}


async def read_lists(engine: Engine, resource: Resource, parents: list[int],
                     gate: asyncio.Semaphore | None) -> list[Children]:
    """The lists of some parents, asked side by side; the first failure ends them all."""

    async def one(parent: int) -> Children:
        async with gate or nullcontext():
            return await read_list(engine, resource, parent)

    return await together(one(parent) for parent in parents)


async def read_list(engine: Engine, resource: Resource, parent: int) -> Children:
    """All children of one parent. Raises Unavailable if the account may not read such lists at all."""
    if resource.path.endswith("payment_plan"):
        return await _read_single(engine, resource, parent)
    try:
        first = await _first(engine, resource, parent)
    except Refusal as error:
        if error.status == 404:
            return Children([], [])  # the parent is gone
        raise
    rows = len(first.page.order)
    if not resource.sort or (rows < PAGE and not (first.total or 0) > rows):
        return Children(first.page.records, [first])
    return await _read_long(engine, resource, parent)


async def _first(engine: Engine, resource: Resource, parent: int) -> Fetched:
    refused = engine.reader.abilities.get((resource.name, "optional")) is False
    optional = () if refused else resource.optional
    try:
        return await engine.reader.fetch(resource, "", Ask(0, PAGE, 1), optional, parent=parent)
    except Refusal as error:
        if error.status != 400 or not optional:
            raise
    engine.reader.abilities[resource.name, "optional"] = False
    return await engine.reader.fetch(resource, "", Ask(0, PAGE, 1), parent=parent)


async def _read_long(engine: Engine, resource: Resource, parent: int) -> Children:
    """More than one page: anchored windows in id order, or passes until two agree where there is no order."""
    answers: list[Fetched] = []
    cursor = BEFORE_IDS
    try:
        while True:
            fetched, step = await engine.reader.advance(resource, "", cursor, keys=id_order, parent=parent)
            answers.append(fetched)
            if step.kind is Kind.END:
                return _gathered(answers)
            cursor = step.cursor
    except Disorder:
        return await _read_unordered(engine, resource, parent)


async def _read_unordered(engine: Engine, resource: Resource, parent: int) -> Children:
    before: set[bytes] | None = None
    for _ in range(TRIES):
        answers: list[Fetched] = []
        while not answers or len(answers[-1].page.order) == PAGE:
            answers.append(await engine.reader.fetch(resource, "", Ask(0, PAGE, len(answers) + 1), parent=parent))
        children = _gathered(answers)
        hashes = {record.hash for record in children.records}
        if hashes == before:
            return children
        before = hashes
    raise RetryLater(f"{resource.name} of {parent}: the list comes in no order and keeps changing")


def _gathered(answers: list[Fetched]) -> Children:
    return Children([record for answer in answers for record in answer.page.records], answers)


async def _read_single(engine: Engine, resource: Resource, parent: int) -> Children:
    """A path that holds one object or, with a 400, none: read as a list of one."""
    path = resource.path.replace("{parent}", str(parent))
    horizon = engine.reader.horizon

    def parse(answer: Answer) -> Page:
        return single(resource, answer, path)

    try:
        answer, page = await engine.reader.ask(resource, path, resource.query, parse)
    except Refusal as error:
        if error.status in {400, 404}:
            return Children([], [])
        raise
    return Children(page.records, [Fetched(page, None, answer, horizon)])


async def read_single(engine: Engine, resource: Resource) -> Fetched:
    """The one object of a resource that is no list."""
    horizon = engine.reader.horizon
    answer, page = await engine.reader.ask(resource, resource.path, resource.query,
                                           lambda answer: single(resource, answer, resource.path))
    return Fetched(page, None, answer, horizon)


def single(resource: Resource, answer: Answer, path: str) -> Page:
    """One object, read as a list of one. Raises RetryLater if the answer holds anything else."""
    body = answer.body.strip()
    if not (body.startswith(b"{") and body.endswith(b"}")):
        raise RetryLater(f"GET {path}: the answer is not a JSON object")
    try:
        return read_page(resource, b"[" + body + b"]", answer.asked_at)
    except NotAList as error:
        raise RetryLater(f"GET {path}: {error}") from None
