"""The event feed: read in every cycle, kept in `events`, and turned into refetch requests.

It is read in id order from a second on (`start_date`), in sections. When a section has grown long, and the events of
its last page were written more than the overlap after its beginning, the next one begins the overlap before them: the
orders by id and by time of writing differ by less, so all events before it have been read. So no section grows so long
that its pages need an offset that the server refuses, however long the backlog; what was read on the way is committed
with it.

An event whose snapshot has not arrived yet gets the earliest `read_at`: a full one replaces it, and it never replaces a
full one. Each pass begins the overlap before the last one, because rows appear late and out of order.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import median_low
from typing import Any, Final

from sync_daemon.apply.context import SyncContext, not_in_the_future
from sync_daemon.errors import Disorder, Refusal, SyncError, TooDeep
from sync_daemon.log import log
from sync_daemon.model.cursor import BEFORE_IDS, TAIL, Cursor, Key, Lane
from sync_daemon.model.refetch_request import RefetchRequest
from sync_daemon.model.resources import BY_NAME
from sync_daemon.source.capabilities import id_order
from sync_daemon.source.list_reader import ListPage
from sync_daemon.source.pagination import PAGE, Ask, Kind, check
from sync_daemon.sync.event_rules import event_of, requests_of, second, snapshot, sweep_requests_of

LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
EVENTS: Final = BY_NAME["events"]


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One answer, its events, and the second before which all events have now been read."""

    fetched: ListPage
    events: Mapping[int | str, Mapping[str, Any]]
    upto: int
    last: bool = False


@dataclass(slots=True)
class Section:
    """The section of the feed being read: it begins at `start`; `stamps` are the seconds of its events so far."""

    start: int
    overlap: int
    long: int
    at: Cursor = BEFORE_IDS
    stamps: list[int] = field(default_factory=list)

    def add(self, seconds: Sequence[int], at: Cursor) -> None:
        self.stamps += seconds
        self.at = at

    def go_on(self) -> None:
        """Begins the next section, if this one is long and its events have advanced in time.

        It uses the median of a page, so that single events with odd times have no effect.
        """
        if len(self.stamps) < self.long:
            return
        start = median_low(self.stamps[-PAGE:]) - self.overlap
        kept = [stamp for stamp in self.stamps if stamp >= start]
        if start > self.start and len(kept) < len(self.stamps) // 2:
            self.start, self.stamps, self.at = start, kept, Cursor(0, self.at.id, len(kept))


async def open_feed(context: SyncContext) -> Lane:
    """The feed's cursor: the second from which it is read. At the first run, the server's time less the overlap.

    It is fixed before the first request of a first load, so that no change is missed between the two.
    """
    if context.reader.api.server_time is None:
        await context.reader.fetch(EVENTS, "", Ask(0, 1, 1))
    return await context.store.checkpoints.lane(EVENTS, "", TAIL, lo=context.reader.settled_until,
                                    cursor=Cursor(context.reader.settled_until))


async def read_feed(context: SyncContext, lane: Lane, since: int | None = None) -> None:
    """One pass over the events from the feed's cursor; new ones are stored together with their requests.

    With `since` it reads from that second and moves no cursor. Raises LostRace.
    """
    lane = await not_in_the_future(context, lane)
    settled, server = False, await context.store.server_start()
    async with aclosing(events_since(context, max(0, lane.cursor.u if since is None else since))) as pages:
        async for page in pages:
            events, settled_until = page.events, page.fetched.settled_until
            settled = settled or any(second(event) <= settled_until for event in events.values())
            records = [record if snapshot(events[record.key]) else replace(record, read_at=LONG_AGO)
                       for record in page.fetched.page.records]
            empty = [event for event in events.values() if not snapshot(event) and 0 < second(event) <= settled_until]
            # at the end the cursor moves only past settled events: a quiet feed costs no write
            upto = min(page.upto, settled_until) if not page.last or settled else lane.cursor.u
            target = Cursor(upto) if since is None and upto > lane.cursor.u else None
            # the lists already show what old events tell
            stored, moved = await context.commit(
                EVENTS, records, page.fetched, lane if target else None, target,
                requests=None if since is not None else _requests(events),
                note=[] if since is not None else [request for event in empty for request in sweep_requests_of(event)],
                server=server)  # another server may lack the earlier pages, which no cursor covers yet
            lane = moved or lane
            if stored.keys:
                context.news_at = time.monotonic()


def _requests(events: Mapping[int | str, Mapping[str, Any]]) -> Any:  # noqa: ANN401 - what `commit` takes
    def requests(keys: frozenset[int | str]) -> list[RefetchRequest]:
        return [request for key in sorted(keys) for request in requests_of(events[key])]

    return requests


async def events_since(context: SyncContext, start: int) -> AsyncGenerator[FeedPage, None]:
    """All events that were written at or after a second, page by page.

    A server that does not sort or bound the feed as asked is read in its own order, the newest first.
    """
    if context.reader.can(EVENTS, "order") is not False:
        try:
            async for page in _in_order(context, start):
                yield page
            return
        except TooDeep:  # no section is that deep: unexpected, and retried
            raise
        except Disorder as error:
            log().warning("feed.unordered", why=str(error),
                          hint="Nothing to do: the feed is read newest first instead, down to known events.")
            context.reader.learn(EVENTS, "order", False)
    async for page in _newest_first(context, start):
        yield page


async def _in_order(context: SyncContext, start: int) -> AsyncGenerator[FeedPage, None]:
    section = Section(start, context.reader.overlap, context.tuning.long_section)
    last = False
    while not last:
        context.raise_if_stopped()
        if section.at.o < context.tuning.deepest_window:
            fetched, step = await context.reader.advance(EVENTS, "", section.at, _from(section.start), keys=id_order)
            events, last = _events(fetched), step.kind is Kind.END
            section.add(_stamps(fetched, events, section.start, step.first), step.cursor)
            section.go_on()
            yield FeedPage(fetched, events, fetched.settled_until if last else section.start, last)
        else:
            async with aclosing(_dense(context, section)) as pages:
                async for page in pages:
                    last = page.last
                    yield page


async def _dense(context: SyncContext, section: Section) -> AsyncGenerator[FeedPage, None]:
    """A section with more events within the overlap than windows reach: reads its pages in order, from the first, until
    another section can begin. Deep pages need the server's own cursor; if the server loses it, it starts over.
    """
    start = section.start
    for _ in range(context.tuning.passes):
        number = 1
        while True:
            context.raise_if_stopped()
            try:
                fetched = await context.reader.fetch(EVENTS, "", Ask(0, PAGE, number), _from(start))
            except Refusal as error:
                if error.status == 400 and number > 1:
                    break
                raise
            rows = id_order(fetched.page)
            check(Ask(0, PAGE, number), rows)
            known = sum(row <= section.at.key for row in rows)
            events, last = _events(fetched), len(rows) < PAGE
            if last or known < len(rows):
                ident = max([section.at.id, *(ident for _, ident in rows)])
                section.add(_stamps(fetched, events, start, known), Cursor(0, ident, section.at.o + len(rows) - known))
                section.go_on()
                yield FeedPage(fetched, events, fetched.settled_until if last else section.start, last)
                if last or section.start > start:
                    return
            number += 1
    raise SyncError(f"events: {len(section.stamps):,} events within {section.overlap} s could not be read in one go in "
                    f"{context.tuning.passes} tries", brief="the feed could not be read in one go")


async def _newest_first(context: SyncContext, start: int) -> AsyncGenerator[FeedPage, None]:
    """In the documented order, newest first: down to the events before `start`, or to the end."""
    number, overlap, seen = 1, context.reader.overlap, frozenset[int | str]()
    while True:
        context.raise_if_stopped()
        fetched = await context.reader.fetch(EVENTS, "", Ask(0, PAGE, number), sort="")
        events = _events(fetched)
        stamps = [second(event) for event in events.values()]
        order = [place for _, place in fetched.page.order]
        if len(order) > 1 and order == sorted(order) and order[0] < order[-1]:
            raise Disorder("the feed gives the oldest first, and can't be asked to begin later")
        last = len(fetched.page.order) < PAGE or (bool(stamps) and max(stamps) < start - overlap)
        if not last and events.keys() <= seen:
            raise Disorder("the feed gives the same page whatever is asked for")
        seen = frozenset(events)
        yield FeedPage(fetched, events, fetched.settled_until if last else 0, last)
        if last:
            return
        number += 1


def _from(start: int) -> list[tuple[str, str]]:
    return [("start_date", str(start))] if start else []


def _events(fetched: ListPage) -> dict[int | str, Mapping[str, Any]]:
    found: dict[int | str, Mapping[str, Any]] = {}
    for record in fetched.page.records:
        event = event_of(record)
        if event is None:
            log().warning("event.unreadable", id=record.key,
                          hint="It is stored as it is, but tells nothing; the next sweep finds what it meant.")
        found[record.key] = event or {}
    return found


def _stamps(fetched: ListPage, events: Mapping[int | str, Mapping[str, Any]], start: int, first: int) -> list[int]:
    """When the events from row `first` on were written. Raises Disorder if the list goes further back than asked."""
    known = {key: second(event) for key, event in events.items()}
    if any(0 < stamp < start for stamp in known.values()):
        raise Disorder(f"an event from before {start} came: start_date is ignored")
    new: Sequence[Key] = fetched.page.order[first:]
    return [known.get(key, 0) or start for _, key in new]
