"""Reads one page of a resource's own list in its canonical form, and makes the steps of a walk over such pages.

Nothing is stored here. `capabilities` probes what a list can do; `apply` commits what was read.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sync_daemon.errors import Disorder, Refusal, RetryLater, TooDeep, Unavailable
from sync_daemon.log import log
from sync_daemon.model.cursor import BEFORE_ALL, Cursor, Key
from sync_daemon.model.records import NotAList, Page, read_page
from sync_daemon.model.resources import Resource, Way
from sync_daemon.progress import Failing, Progress
from sync_daemon.source import pagination
from sync_daemon.source.answer import Answer
from sync_daemon.source.client import Api, Query
from sync_daemon.source.limiter import FIRST, GAPS, Gate
from sync_daemon.source.pagination import PAGE, Ask, Kind, Step
from sync_daemon.tuning import Patience, Tuning

T = TypeVar("T")

TRIES = 3
"""How often a page that broke an assumption is asked for again, before the list is read another way."""
STANDSTILL = 10
"""Most answers in a row without progress: standing still is an error, never a loop."""

SMALLEST_PAGE = 10
"""Smallest page size: windows of smaller pages would not overlap."""

BELIEVED = 3600.0
"""Seconds until a missing capability is probed again: each has a fallback."""

_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page and its metadata. `total` is a lower bound where the server does not count; `settled_until` was fixed
    before the request was sent.
    """

    page: Page
    total: int | None
    answer: Answer
    settled_until: int


@dataclass(slots=True)
class HiddenFields:
    """Which hidden fields a list is asked for: None while that is not decided for this mirror. Every way to read the
    list asks for the same, or rows would flap between two forms.
    """

    asked: tuple[str, ...] | None = None
    ours: bool = False
    """Whether this process has decided; otherwise it follows the others."""
    until: float = -math.inf
    """Until when its decision stands, by our monotonic clock."""
    lost_at: float | None = None
    """Since when fields that it once gave are refused, by the same clock."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True)
class Reader:
    """The API as a set of lists. Everything it remembers of them may be forgotten without harm."""

    api: Api
    overlap: int
    progress: Progress
    page_sizes: dict[str, int] = field(default_factory=dict)
    """Largest page of a list, where the server gives less than asked for."""
    longest: dict[str, int] = field(default_factory=dict)
    """Most rows that an answer to a list has had."""
    capabilities: dict[tuple[str, str], tuple[bool, float]] = field(default_factory=dict)
    """What was found out about a list, by resource and capability, and when, by our monotonic clock."""
    proven: set[tuple[str, str]] = field(default_factory=set)
    """Undocumented capabilities of lists that were once seen to work."""
    hidden: dict[str, HiddenFields] = field(default_factory=dict)
    """The hidden fields that lists are asked for, by resource."""
    refusals: Counter[str] = field(default_factory=Counter)
    """How often an optional parameter was refused."""
    gate: Gate | None = None
    """A second, lower limit on requests in flight, for low-priority work."""
    patience: Patience | None = None
    """When to give up on a request; None: the client's default."""

    def raise_if_stopped(self) -> None:
        """Raises Stopped between two pages when the process was asked to end."""
        self.api.raise_if_stopped()

    @property
    def tuning(self) -> Tuning:
        return self.api.tuning

    @property
    def settled_until(self) -> int:
        """The last second that has settled. Without the server's clock nothing has."""
        now = self.api.safe_time
        return BEFORE_ALL if now is None else now - self.overlap

    def can(self, resource: Resource, ability: str) -> bool | None:
        """Whether a list has a capability; None if unknown, or denied so long ago that it is to be probed again."""
        able, at = self.capabilities.get((resource.name, ability), (False, -math.inf))
        return able if able or time.monotonic() - at < BELIEVED else None

    def learn(self, resource: Resource, ability: str, able: bool) -> None:
        """Notes that a list has a capability, or lacks it for now."""
        self.capabilities[resource.name, ability] = able, time.monotonic()

    def hidden_of(self, resource: Resource) -> HiddenFields:
        return self.hidden.setdefault(resource.name, HiddenFields())

    async def fetch(self, resource: Resource, variant: str, asked: Ask, more: Query = (), *, sort: str | None = None,
                    parent: int | None = None, hidden: tuple[str, ...] | None = None) -> ListPage:
        """One page of a resource's own list in its canonical form. Raises Unavailable, Refusal, RetryLater.

        `hidden` asks for other hidden fields than decided: only to find out whether the list gives them.
        """
        query = resource.asked((self.hidden_of(resource).asked or ()) if hidden is None else hidden)
        if variant:
            name, _, value = variant.partition("=")
            query.append((name, value))
        if sort := resource.sort if sort is None else sort:
            query.append(("sort", sort))
        if asked.after:
            query.append(("start_date" if resource.way is Way.FEED else "updated_after", str(asked.after)))
        query += [*more, ("per_page", str(asked.size)), ("page", str(asked.page))]
        path = resource.path.replace("{parent}", str(parent))

        def parse(answer: Answer) -> Page:
            try:
                return read_page(resource, answer.body, answer.asked_at, after=asked.after,
                                 archived=variant == "archived=1", parent=parent)
            except NotAList as error:
                raise RetryLater(f"GET {path}: {error}") from None

        settled_until = self.settled_until
        try:
            answer, page = await self.ask(resource, path, query, parse)
        except Refusal as error:
            if variant and variant == resource.whole and error.status == 400 and asked.page == 1:
                self.learn(resource, variant, False)  # undocumented, and refused now: the others show the same rows
            if error.status == 400 and asked.page == 1:
                self.hidden_of(resource).until = -math.inf  # because of a hidden field, perhaps: it is decided again
            raise
        except RetryLater:
            self.hidden_of(resource).until = -math.inf
            raise
        rows, total = len(page.order), answer.total
        longest = self.longest.get(resource.name, 0)
        self.longest[resource.name] = max(longest, rows)
        if total is None and asked.page == 1 and longest <= rows < asked.size and rows > 0:
            # Without a count this may be the end of the list or the server's largest page: the next page tells.
            following = await self.fetch(resource, variant, replace(asked, page=2), more, sort=sort, parent=parent)
            seen = {record.key for record in page.records}  # a server may ignore the page number
            total = rows + sum(record.key not in seen for record in following.page.records)
        return ListPage(page, total, answer, settled_until)

    async def know_the_time(self, resource: Resource, variant: str) -> None:
        """Asks for the server's clock, without which `settled_until` is not known."""
        await self.fetch(resource, variant, Ask(0, 1, 1))

    async def ask(self, resource: Resource, path: str, query: Query,
                  parse: Callable[[Answer], T]) -> tuple[Answer, T]:
        """GETs for a resource; the body is parsed and not kept. Raises Unavailable if the account may not read it."""
        self.progress.count(resource.name, requests=1)
        rank = GAPS if resource.way is Way.CHILD else FIRST
        failing, number, begun = self.progress.of(resource.name).failing, next(_numbers), time.monotonic()

        def on_retry(error: RetryLater) -> None:
            failing[number] = Failing(begun, str(error), error.brief)

        try:
            async with self.gate.place(resource.name) if self.gate else nullcontext():
                return await self.api.get(path, query, parse=lambda answer: (replace(answer, body=b""), parse(answer)),
                                          patience=self.patience, rank=rank, on_retry=on_retry)
        except Refusal as error:
            if error.of_feature or error.of_route:
                raise Unavailable(resource.name, str(error)) from None
            raise
        finally:
            failing.pop(number, None)

    async def advance(self, resource: Resource, variant: str, cursor: Cursor, more: Query = (), *,
                      keys: Callable[[Page], Sequence[Key]] = lambda page: page.order, sort: str | None = None,
                      parent: int | None = None) -> tuple[ListPage, Step]:
        """Asks until an answer proves what follows the cursor: MORE or END.

        Raises Disorder if the list breaks an assumption of the walk, or if the walk makes no progress.
        """
        disorders = doubts = still = 0
        while still + doubts < STANDSTILL:
            asked = pagination.ask(cursor, self.page_sizes.get(resource.name, PAGE))
            try:
                fetched = await self.fetch(resource, variant, asked, more, sort=sort, parent=parent)
            except Refusal as error:
                if error.status == 400 and asked.page > 1:
                    raise TooDeep(f"the server refuses page {asked.page} of {asked.size} rows: {error}") from None
                raise
            try:
                step = pagination.take(cursor, asked, keys(fetched.page), fetched.total)
            except Disorder:
                disorders += 1
                if disorders >= TRIES:
                    raise
                continue
            if step.kind is Kind.DOUBT:
                doubts += 1
                if doubts < TRIES:
                    continue
                if await self._page_shrank(resource, variant, asked, fetched, more, sort, parent):
                    continue
                step = pagination.take(cursor, asked, keys(fetched.page), None)
            elif (asked.page > 1 and len(fetched.page.order) < asked.size and step.kind is not Kind.BACK
                  # beyond page 1 a count may be stale, so a short page is trusted only after a look at the next one
                  and await self._page_shrank(resource, variant, asked, fetched, more, sort, parent)):
                doubts += 1
                continue
            if step.kind in {Kind.MORE, Kind.END}:
                return fetched, step
            if step.kind is Kind.STILL and fetched.page.rejects:
                raise Disorder("no row of a page has a readable place (updated_at, id)")
            still += step.kind is Kind.STILL  # BACK ends by itself: each step goes half a page further back
            cursor = step.cursor
        raise Disorder(f"{STANDSTILL} answers in a row led no further than {cursor.key}")

    async def _page_shrank(self, resource: Resource, variant: str, asked: Ask, fetched: ListPage, more: Query,
                           sort: str | None, parent: int | None) -> bool:
        """Fewer rows came than asked for, while the count says more: are pages smaller, or is the count wrong?

        The next page tells: if it has rows, pages are smaller, and are asked for in that size from now on.
        """
        following = await self.fetch(resource, variant, replace(asked, page=asked.page + 1), more, sort=sort,
                                     parent=parent)
        rows = len(fetched.page.order)
        if not following.page.order:
            if asked.page == 1:
                log().warning("list.count_mismatch", resource=resource.name, count=fetched.total, rows=rows,
                              hint="Nothing to do: the list is read to its end, whatever it counts.")
            return False
        if rows >= SMALLEST_PAGE:
            log().warning("list.page_size_reduced", resource=resource.name, asked=asked.size, got=rows,
                          hint="Nothing to do: pages of this size are asked for from now on.")
            self.page_sizes[resource.name] = rows
        return True
