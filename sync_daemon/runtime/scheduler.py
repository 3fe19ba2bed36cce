"""`run`: first loads, cycles and sweeps, each at its own rhythm, side by side, until the process is asked to stop."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from sync_daemon.concurrency import rounds, together, wait
from sync_daemon.errors import Exit
from sync_daemon.log import log
from sync_daemon.model.resources import Resource
from sync_daemon.monitoring.load_progress import told_in_the_log
from sync_daemon.runtime.jobs import verified
from sync_daemon.sync.attempt import Activity, attempt
from sync_daemon.sync.backfill import first_load, unloaded
from sync_daemon.sync.cycle import Begin, Works, tell, whole_cycle
from sync_daemon.sync.event_feed import EVENTS
from sync_daemon.sync.full_sweep import deepen, due_nightly, due_sweeps, due_verifications, sweep
from sync_daemon.sync.session import Mirror

LONG: Final = 10.0
"""Seconds after which a cycle goes on without the lists that are not done, or the interval if that is more."""
SHORT: Final = 0.1
"""Seconds that are waited for sweeps before it is seen what else is due."""


async def run(mirror: Mirror) -> Exit:
    """For ever: first loads, cycles and sweeps, each at its own rhythm, side by side."""
    engine, interval = mirror.engine, mirror.settings.sync_interval

    async def loads() -> None:
        # a long one holds up no other: what failed, or was refused once, is asked again meanwhile
        with told_in_the_log(engine.progress, mirror.work.resources, engine.tuning.load_told):
            async with rounds(SHORT, mirror.working) as one_round:
                await _every(mirror, interval, lambda: _load_round(mirror, one_round))

    async def cycles() -> None:
        # one scope for all cycles: what a list does that outlives its cycle is told with a later one
        with engine.progress.counting() as counts:
            async with rounds(max(interval, LONG), mirror.working) as one_round:
                await _every(mirror, interval, lambda: whole_cycle(mirror, counts, one_round))

    async def sweeps() -> None:
        # a long one holds up no other: each goes on by itself, within the places that all of them share
        async with rounds(SHORT, mirror.working) as one_round:
            await _every(mirror, min(interval, mirror.settings.sync_sweep), lambda: _sweep_round(mirror, one_round))

    await together([loads(), cycles(), sweeps()])
    return Exit.OK


async def _every(mirror: Mirror, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Does `work` again and again, `seconds` from start to start, until the process is asked to stop."""
    stop = mirror.engine.stop
    while not stop.is_set():
        begun = time.monotonic()
        with mirror.working():
            await work()
        await wait(stop, begun + seconds - time.monotonic())


async def _load_round(mirror: Mirror, do: Begin) -> None:
    """Begins the first loads that are not complete, each with the lists that hang on it; the feed goes before all."""
    engine, work = mirror.engine, mirror.work
    # a start asks once more for what was refused; a running daemon does so daily
    todo = await unloaded(engine, work.resources, refused_too=not mirror.loading)
    mirror.loading = True
    if EVENTS in todo:
        await first_load(engine, work, [EVENTS])
    families: dict[str, list[Resource]] = {}
    for resource in todo:
        if resource is not EVENTS:
            families.setdefault(resource.parent or resource.name, []).append(resource)
    await do({name: partial(first_load, engine, work, family) for name, family in families.items()})


async def _sweep_round(mirror: Mirror, do: Begin) -> None:
    """Begins what is due: lists to be read whole, nightly passes, and a verification, one at a time."""
    engine, work = mirror.engine, mirror.work

    works: Works = {}
    for resource in await due_nightly(engine, work):
        works[resource.name] = partial(_told, mirror, "nightly pass", partial(deepen, engine, work, resource))
    for resource in await due_sweeps(engine, work):
        works[resource.name] = partial(_told, mirror, "sweep", partial(sweep, engine, work, resource, gently=True))
    for resource in await due_verifications(engine, work, mirror.settings.sync_verify_every):
        works["verification"] = partial(_told, mirror, "verification", partial(_verify_in_turn, mirror, resource))
    await do(works)


async def _told(mirror: Mirror, what: str, read: Callable[[], Awaitable[object]]) -> None:
    with mirror.engine.progress.counting() as counts:
        await read()
    tell(mirror, what, counts)


async def _verify_in_turn(mirror: Mirror, resource: Resource) -> None:
    await attempt(mirror.engine, resource, Activity.VERIFY, partial(_verify_and_mend, mirror, resource), beside=True)


async def _verify_and_mend(mirror: Mirror, resource: Resource) -> None:
    findings = await verified(mirror, resource, repair=True, gently=True)
    told = {"resource": resource.name, "rows": findings.rows, "differences": findings.count, "open": findings.open,
            "mended": findings.mended}
    if findings.count or findings.open or findings.mended:
        log().warning("verify.done", **told, hint="What could be mended is. If it comes again, please report it; "
                      f"`invoiced-sync verify {resource.name}` shows what stands.")
    else:
        log().info("verify.done", **told)
