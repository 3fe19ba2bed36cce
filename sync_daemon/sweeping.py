"""Reading lists whole at their own rhythm: sweeps, the nightly deep pass, and whose turn it is to be verified."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sync_daemon.attempt import Work, attempt, cursors, is_ready, refused_lately, vouch
from sync_daemon.children import read_single, scan_children
from sync_daemon.compare import sweep_list, sweep_recent
from sync_daemon.engine import TOLERATED, Engine
from sync_daemon.feed import EVENTS
from sync_daemon.recount import recount
from sync_daemon.resources import CHILD_SWEEPS, Resource, Way

if TYPE_CHECKING:
    from sync_daemon.database import Row

DAY = timedelta(days=1)


async def due_sweeps(engine: Engine, work: Work, *, at_once: bool = False, polled: bool = True) -> list[Resource]:
    """The lists whose turn it is to be read whole (or all, `at_once`), the longest unread first.

    Without `polled`, lists that are polled are left out unless something asked for them.
    """
    rows = await cursors(engine)
    due = []
    for resource in work.resources:
        row = rows.get(resource.name)
        if resource is EVENTS or row is None or row["loaded_at"] is None:
            continue
        if refused_lately(engine, row) and not at_once:
            continue
        period = timedelta(seconds=work.sweep * (CHILD_SWEEPS if resource.way is Way.CHILD else 1))
        if resource.way is Way.VALUE and not polled and row["swept_at"] is not None:
            continue
        if at_once or is_over(engine, row, "swept_at", period):
            due.append((row["swept_at"] or datetime.min.replace(tzinfo=UTC), resource))
    return [resource for _, resource in sorted(due, key=lambda pair: pair[0])]


async def sweep(engine: Engine, work: Work, resource: Resource, *, gently: bool) -> None:
    """Reads one list whole; `gently` within a quarter of the requests in flight."""
    async def read_and_count() -> None:
        await read_whole(engine, work, resource, gently=gently)
        await recount(engine, work, resource)

    await attempt(engine, resource, read_and_count)


async def read_whole(engine: Engine, work: Work, resource: Resource, *, gently: bool = False,
                     since: datetime | None = None) -> None:
    """Reads a list whole, and notes when the pass began; an unfinished pass goes on unless it began before `since`."""
    now = engine.reader.api.server_time
    if resource.way is Way.CHILD:
        gate = engine.sweeps if gently else None
        began = await scan_children(engine, resource, since=since, gate=gate)
    elif resource.way is Way.SINGLE:
        fetched = await read_single(engine, resource)
        await engine.commit(resource, fetched.page.records, fetched)
        began = fetched.answer.asked_at
    else:
        began = await sweep_list(engine, resource, since=since, gently=gently)
    if resource.way is not Way.VALUE:
        vouch(engine, work, resource, now)
    await engine.store.value("clear_rejected", resource.name, began)  # what the source no longer shows
    await engine.store.value("note_success", resource.name, began, began)


async def deepen(engine: Engine, work: Work) -> None:
    """The nightly pass over what polled lists changed lately, each once a day; a sweep does as well."""
    rows = await cursors(engine)
    for resource in work.resources:
        row = rows.get(resource.name)
        if resource.way is Way.VALUE and is_ready(engine, row) and is_over(engine, row, "deep_at", DAY):
            await attempt(engine, resource, partial(_deepen_one, engine, work, resource), beside=True)


async def _deepen_one(engine: Engine, work: Work, resource: Resource) -> None:
    began = engine.store.clock.now()
    await sweep_recent(engine, resource, work.deep)
    await engine.store.value("note_deep", resource.name, began)


async def due_verifications(engine: Engine, work: Work, seconds: float) -> list[Resource]:
    """The resources that were last verified, or first loaded, so long ago; one at a time, which spreads them out."""
    rows = await cursors(engine)
    due = [(row["verified_at"] or row["loaded_at"], resource) for resource in work.resources
           if (row := rows.get(resource.name)) is not None and row["loaded_at"] is not None
           and not refused_lately(engine, row)]
    last = engine.store.clock.now() - timedelta(seconds=seconds)
    return [resource for at, resource in sorted(due, key=lambda pair: pair[0]) if at <= last][:1]


def is_over(engine: Engine, row: Row | None, column: str, period: timedelta) -> bool:
    """Whether what a column says was last done so long ago; what was done tomorrow, by a clock ahead, is done again."""
    at: datetime | None = None if row is None else row[column]
    now = engine.store.clock.now()
    return at is None or not now - period < at <= now + timedelta(seconds=TOLERATED)
