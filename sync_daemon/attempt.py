"""One resource at a time, each failing alone: what is mirrored, who is refused, and how a failure is noted."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sync_daemon.engine import Engine, mark
from sync_daemon.errors import Fatal, Stopped, SyncError, Unavailable
from sync_daemon.log import log
from sync_daemon.plan import Disorder
from sync_daemon.progress import State
from sync_daemon.resources import Resource
from sync_daemon.store import LostRace

if TYPE_CHECKING:
    from sync_daemon.database import Row

RACES = 20
"""How often a resource is begun again from the committed cursor because another process moved it."""
UNAVAILABLE_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Work:
    """What is mirrored and at which rhythm; `fresh` collects up to which second each resource is vouched for."""

    resources: Sequence[Resource]
    sweep: float
    deep: float
    fresh: dict[str, int]
    poll: float = 0.0


async def attempt(engine: Engine, resource: Resource, work: Callable[[], Awaitable[None]], *,
                  beside: bool = False) -> bool:
    """Does something for one resource; notes and logs a failure, once, and returns whether it was done.

    `beside` tells that a first load is under way besides, which alone says when the resource is done.
    """
    before, begun = engine.progress.of(resource.name).state, time.monotonic()
    try:
        for _ in range(RACES):
            try:
                await work()
                break
            except LostRace:
                log().info("race.lost", resource=resource.name,
                           hint="Another process moved the cursor; going on from there.")
        else:
            raise SyncError("another process keeps moving the cursor")
    except Unavailable as error:
        if before is not State.UNAVAILABLE:
            log().warning("resource.unavailable", resource=resource.name, why=str(error),
                          hint="It is tried again daily; SYNC_RESOURCES can leave it out.")
        await engine.store.value("note_unavailable", resource.name, str(error))
        engine.troubled.add(resource.name)
        mark(engine, resource, State.UNAVAILABLE, str(error), error.brief)
        return False
    except (Fatal, Stopped):
        raise
    except (SyncError, Disorder) as error:
        log().error("resource.failed", resource=resource.name, why=str(error),
                    hint="It is tried again in the next cycle; the others go on.")
        await engine.store.value("note_failure", resource.name, str(error))
        engine.troubled.add(resource.name)
        brief = error.brief if isinstance(error, SyncError) else "the list comes in no order"
        mark(engine, resource, State.FAILED, str(error), brief)
        return False
    finally:
        engine.progress.count(resource.name, seconds=time.monotonic() - begun)
    if resource.name in engine.troubled:
        await engine.store.value("clear_trouble", resource.name)
        engine.troubled.discard(resource.name)
        log().info("resource.recovered", resource=resource.name)
    if not beside:
        mark(engine, resource, State.DONE)
    return True


def vouch(engine: Engine, work: Work, resource: Resource, second: int | None) -> None:
    """Notes up to when a resource is vouched for; a server's clock that is ahead vouches for nothing beyond now."""
    if second is not None:
        work.fresh[resource.name] = min(second, int(engine.store.clock.now().timestamp()))


async def cursors(engine: Engine) -> dict[str, Row]:
    return {row["resource"]: row for row in await engine.store.rows("cursors")}


def refused_lately(engine: Engine, row: Row) -> bool:
    at: datetime | None = row["unavailable_at"]
    return at is not None and at > engine.store.clock.now() - UNAVAILABLE_FOR


def is_ready(engine: Engine, row: Row | None) -> bool:
    """Loaded, or being loaded: the tail is polled from the beginning of a first load on."""
    if row is None or refused_lately(engine, row):
        return False
    return row["loaded_at"] is not None or engine.progress.of(row["resource"]).state is State.READING
