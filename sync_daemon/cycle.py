"""One cycle: the feed first, then all polls and the feed's hints, side by side."""

from __future__ import annotations

import time

from sync_daemon.attempt import Work, attempt, cursors, is_ready, vouch
from sync_daemon.engine import Engine
from sync_daemon.feed import EVENTS, open_feed, read_feed
from sync_daemon.hints import follow
from sync_daemon.polling import catch_up
from sync_daemon.progress import State
from sync_daemon.resources import Resource, Way
from sync_daemon.together import together


async def cycle(engine: Engine, work: Work) -> None:
    """Reads the feed, then polls what can be polled and follows the feed's hints, side by side."""
    rows = await cursors(engine)
    ready = [resource for resource in work.resources if is_ready(engine, rows.get(resource.name))]
    if EVENTS in ready:
        await attempt(engine, EVENTS, lambda: _poll_feed(engine, work))
    polled = [resource for resource in ready if resource.way is Way.VALUE] if _is_time(engine, work) else []
    await together([*(_poll(engine, work, resource) for resource in polled), follow(engine, ready)])


def _is_time(engine: Engine, work: Work) -> bool:
    """Whether lists are polled in this cycle. What an event tells may become visible later than the event."""
    now = time.monotonic()
    if now - engine.polled_at < work.poll and now - engine.news_at > engine.reader.overlap:
        return False
    engine.polled_at = now
    return True


async def _poll_feed(engine: Engine, work: Work) -> None:
    lane = await open_feed(engine)
    await read_feed(engine, lane)
    vouch(engine, work, EVENTS, engine.reader.api.server_time)


async def _poll(engine: Engine, work: Work, resource: Resource) -> None:
    loading = engine.progress.of(resource.name).state is State.READING
    await attempt(engine, resource, lambda: catch_up(engine, work, resource), beside=loading)
