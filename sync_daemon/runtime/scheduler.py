"""`run`: first loads, cycles and sweeps, concurrently, each at its own interval, until the process is asked to stop."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from sync_daemon.concurrency import bounded_rounds, run_all, wait
from sync_daemon.errors import Exit
from sync_daemon.log import log
from sync_daemon.model.resources import Resource
from sync_daemon.monitoring.load_progress import told_in_the_log
from sync_daemon.runtime.jobs import verified
from sync_daemon.sync.attempt import attempt, cursors
from sync_daemon.sync.backfill import first_load, unloaded
from sync_daemon.sync.cycle import Begin, Works, tell, whole_cycle
from sync_daemon.sync.event_feed import EVENTS
from sync_daemon.sync.full_sweep import deepen, sweep
from sync_daemon.sync.schedule import Activity, due
from sync_daemon.sync.session import SyncSession

SHORT: Final = 0.1
"""Seconds to wait for sweeps before checking what else is due."""


async def run(session: SyncSession) -> Exit:
    """Runs first loads, cycles and sweeps for ever, concurrently, each at its own interval."""
    context, interval = session.context, session.settings.sync_interval

    async def loads() -> None:
        # a long load holds up no other: what failed, or was refused once, is retried meanwhile
        with told_in_the_log(context.progress, session.schedule.resources, context.tuning.load_told):
            async with bounded_rounds(SHORT, session.working) as one_round:
                await _every(session, interval, lambda: _load_round(session, one_round))

    async def cycles() -> None:
        # one scope for all cycles: work that outlives its cycle is logged with a later one
        with context.progress.counting() as counts:
            async with bounded_rounds(max(interval, context.tuning.cycle_waits), session.working) as one_round:
                await _every(session, interval, lambda: whole_cycle(session, counts, one_round))

    async def sweeps() -> None:
        # a long sweep holds up no other: each runs by itself, within the share of requests of all sweeps
        async with bounded_rounds(SHORT, session.working) as one_round:
            await _every(session, min(interval, session.settings.sync_sweep), lambda: _sweep_round(session, one_round))

    await run_all([loads(), cycles(), sweeps()])
    return Exit.OK


async def _every(session: SyncSession, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Repeats `work`, `seconds` from start to start, until the process is asked to stop."""
    stop = session.context.stop
    while not stop.is_set():
        begun = time.monotonic()
        with session.working():
            await work()
        await wait(stop, begun + seconds - time.monotonic())


async def _load_round(session: SyncSession, do: Begin) -> None:
    """Begins the incomplete first loads, each with its child lists; the feed goes first."""
    context, schedule = session.context, session.schedule
    # a start asks again for what was refused; a running daemon does so daily
    todo = await unloaded(context, schedule.resources, refused_too=not session.loading)
    session.loading = True
    if EVENTS in todo:
        await first_load(context, schedule, [EVENTS])
    families: dict[str, list[Resource]] = {}
    for resource in todo:
        if resource is not EVENTS:
            families.setdefault(resource.parent or resource.name, []).append(resource)
    await do({name: partial(first_load, context, schedule, family) for name, family in families.items()})


async def _sweep_round(session: SyncSession, do: Begin) -> None:
    """Begins what is due: sweeps, nightly passes, and one verification at a time."""
    context, schedule = session.context, session.schedule

    works: Works = {}
    rows, now = await cursors(context), context.store.clock.now()
    for resource in due(Activity.NIGHTLY, schedule, rows, now):
        works[resource.name] = partial(_told, session, "nightly pass", partial(deepen, context, schedule, resource))
    for resource in due(Activity.SWEEP, schedule, rows, now):
        read = partial(sweep, context, schedule, resource, low_priority=True)
        works[resource.name] = partial(_told, session, "sweep", read)
    for resource in due(Activity.VERIFY, schedule, rows, now)[:1]:  # one at a time spreads them out
        works["verification"] = partial(_told, session, "verification", partial(_verify_in_turn, session, resource))
    await do(works)


async def _told(session: SyncSession, what: str, read: Callable[[], Awaitable[object]]) -> None:
    with session.context.progress.counting() as counts:
        await read()
    tell(session, what, counts)


async def _verify_in_turn(session: SyncSession, resource: Resource) -> None:
    await attempt(session.context, resource, Activity.VERIFY, partial(_verify_and_mend, session, resource),
                  in_background=True)


async def _verify_and_mend(session: SyncSession, resource: Resource) -> None:
    findings = await verified(session, resource, repair=True, low_priority=True)
    told = {"resource": resource.name, "rows": findings.rows, "differences": findings.count, "open": findings.open,
            "mended": findings.mended}
    if findings.count or findings.open or findings.mended:
        log().warning("verify.done", **told, hint="What could be repaired was. If it happens again, please report it; "
                      f"`invoiced-sync verify {resource.name}` shows what remains.")
    else:
        log().info("verify.done", **told)
