"""One cycle: the feed first, then all polls and the feed's hints, side by side.

In the daemon a list that takes long (it fails and is tried again, or an import is being read) holds up no other: the
next cycles go on without it until it is done.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import partial

from sync_daemon.attempt import Work, attempt, cursors, is_ready, vouch
from sync_daemon.engine import Engine
from sync_daemon.feed import EVENTS, open_feed, read_feed
from sync_daemon.hints import follow, hinted
from sync_daemon.polling import catch_up
from sync_daemon.progress import State
from sync_daemon.resources import Resource, Way
from sync_daemon.together import together

Works = dict[str, Callable[[], Coroutine[None, None, None]]]
"""What is to be done side by side, by a name that tells whether it still is under way."""
Begin = Callable[[Works], Awaitable[None]]


async def to_their_end(works: Works) -> None:
    """Does all side by side, to the last."""
    await together(work() for work in works.values())


async def cycle(engine: Engine, work: Work, do: Begin = to_their_end) -> None:
    """Reads the feed, then polls what can be polled and follows the feed's hints."""
    rows = await cursors(engine)
    ready = [resource for resource in work.resources if is_ready(engine, rows.get(resource.name))]
    if EVENTS in ready:
        await do({EVENTS.name: partial(_poll_feed, engine, work)})
    polled = [resource for resource in ready if resource.way is Way.VALUE] if _is_time(engine, work) else []
    await do({resource.name: partial(_poll, engine, work, resource) for resource in polled} |
             await _follow_ups(engine, ready))
    await do(await _follow_ups(engine, ready))  # of a customer that was buried, say: the lists below it


async def _follow_ups(engine: Engine, ready: Iterable[Resource]) -> Works:
    """The hints of each resource by themselves: a list that fails holds up those of no other."""
    return {f"hints of {resource.name}": partial(follow, engine, resource)
            for resource in await hinted(engine, ready)}


def _is_time(engine: Engine, work: Work) -> bool:
    """Whether lists are polled in this cycle. What an event tells may become visible later than the event."""
    now = time.monotonic()
    if now - engine.polled_at < work.poll and now - engine.news_at > engine.reader.overlap:
        return False
    engine.polled_at = now
    return True


async def _poll_feed(engine: Engine, work: Work) -> None:
    async def read() -> None:
        lane = await open_feed(engine)
        await read_feed(engine, lane)
        vouch(engine, work, EVENTS, engine.reader.api.server_time)

    await attempt(engine, EVENTS, read)


async def _poll(engine: Engine, work: Work, resource: Resource) -> None:
    loading = engine.progress.of(resource.name).state is State.READING
    await attempt(engine, resource, lambda: catch_up(engine, work, resource), beside=loading)
