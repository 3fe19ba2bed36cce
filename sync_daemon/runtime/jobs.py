"""Jobs that run once on an open mirror, and their exit codes: backfill, resync, verify."""

from __future__ import annotations

from functools import partial
from typing import Final

from sync_daemon.concurrency import run_all
from sync_daemon.errors import Exit
from sync_daemon.log import log
from sync_daemon.model.resources import Resource
from sync_daemon.monitoring.problems import BUSY, Kind
from sync_daemon.monitoring.resource_status import read_statuses
from sync_daemon.progress import State
from sync_daemon.sync.attempt import attempt, cursors, note_readable
from sync_daemon.sync.backfill import first_load, unloaded
from sync_daemon.sync.cycle import one_cycle
from sync_daemon.sync.full_sweep import sweep
from sync_daemon.sync.refetch import refetch, resources_due
from sync_daemon.sync.resync import reread_since, resync, resync_one
from sync_daemon.sync.row_count import count_again, recount
from sync_daemon.sync.schedule import Activity, due
from sync_daemon.sync.session import SyncSession, beat
from sync_daemon.sync.verify import Findings, verify

OTHERS_WORK: Final = BUSY | {Kind.LATE}
"""States that a verb for something else leaves as they are."""
LOOKS: Final = 4
"""How often a backfill looks at possible deletions."""


async def backfill(session: SyncSession, *, at_once: bool = False) -> Exit:
    """Resumes first loads; then runs one cycle and the sweeps that are due, or all of them `at_once`."""
    context, schedule = session.context, session.schedule
    loaded = await unloaded(context, schedule.resources, refused_too=True)
    await first_load(context, schedule, loaded, wait_for_refused=True)
    await one_cycle(session)
    rows, now = await cursors(context), context.store.clock.now()
    await run_all(sweep(context, schedule, resource, low_priority=False)
                  for resource in due(Activity.SWEEP, schedule, rows, now, at_once=at_once) if resource not in loaded)
    settled = await _settle(session)
    code = await outcome(session)
    return code if settled else Exit.PARTLY


async def _settle(session: SyncSession) -> bool:
    """Settles the absences that the sweeps found, since nothing runs after a backfill. Rows that can't be asked for by
    id take two or three looks, minutes apart. False if an absence is left unsettled.
    """
    context, names = session.context, set[str]()
    for _ in range(LOOKS):
        rows = await cursors(context) if names else {}
        for resource in due(Activity.SWEEP, session.schedule, rows, context.store.clock.now()):
            if resource.name in names:  # the row may be in the list of another parent
                await sweep(context, session.schedule, resource, low_priority=False)
        for _ in range(2):  # twice: a tombstoned customer, say, adds requests for its child lists
            await run_all(attempt(context, resource, Activity.REFETCH, partial(refetch, context, resource),
                                   in_background=True)
                           for resource in await resources_due(context, session.schedule.resources))
        chosen = {resource.name for resource in session.schedule.resources}
        waiting = {name: at for name, at in (await context.store.queue.waiting_absences()).items() if name in chosen}
        if not waiting:
            return True
        names = set(waiting)
        seconds = (max(waiting.values()) - await context.store.now()).total_seconds()
        await context.rest(min(max(0.0, seconds), 2 * context.tuning.empty_apart) + 0.01)
    return False


async def backfill_since(session: SyncSession, second: int) -> Exit:
    """Reads again what changed since a second; begins no first load."""
    context, schedule = session.context, session.schedule
    await cursors(context)

    async def one(resource: Resource) -> None:
        await attempt(context, resource, Activity.POLL, lambda: reread_since(context, schedule, resource, second))

    await run_all(one(resource) for resource in schedule.resources)
    await beat(session)
    return await outcome(session)


async def resync_now(session: SyncSession, resource: Resource) -> Exit:
    """Reads one resource again."""
    context, schedule = session.context, session.schedule
    await cursors(context)
    now = await context.store.now()
    if not await attempt(context, resource, Activity.SWEEP, lambda: resync(context, schedule, resource, now)):
        await context.store.state.want_sweep(resource.name)  # a daemon then reads it, and clears what is noted
    await beat(session)
    return await outcome(session, only=resource)


async def resync_one_now(session: SyncSession, resource: Resource, ident: int) -> tuple[Exit, str | None]:
    """Reads one object again, and returns what was found; None if that failed."""
    found: str | None = None
    await cursors(session.context)

    async def read() -> None:
        nonlocal found
        found = await resync_one(session.context, resource, ident)
        log().info("resync.done", resource=resource.name, id=ident, found=found)

    await attempt(session.context, resource, Activity.REFETCH, read)
    await beat(session)
    return await outcome(session, only=resource), found


async def verify_now(session: SyncSession, *, repair: bool, force: bool, found: list[Findings]) -> Exit:
    """Compares the chosen resources, into `found`; OK if all are equal, or were repaired."""
    async def one(resource: Resource) -> None:
        async def compare() -> None:
            found.append(await verified(session, resource, repair=repair, force=force))

        await attempt(session.context, resource, Activity.VERIFY, compare)
        if session.context.progress.of(resource.name).state is State.UNAVAILABLE and \
                await session.context.store.tables.has_rows(resource):
            found.append(Findings(resource.name, state="not compared", why="the account has no access to it any more"))

    async def family(resource: Resource) -> None:
        # which child lists to compare is only known when their parents are repaired
        await one(resource)
        await run_all(one(child) for child in chosen if child.parent == resource.name)

    await cursors(session.context)
    chosen = session.schedule.resources
    names = {resource.name for resource in chosen}
    await run_all(family(resource) for resource in chosen if resource.parent not in names)
    await beat(session)
    failed = any(tally.state is State.FAILED for tally in session.context.progress.tallies.values())
    return Exit.PARTLY if failed or not all(findings.green for findings in found) else Exit.OK


async def verified(session: SyncSession, resource: Resource, *, repair: bool, force: bool = False,
                    low_priority: bool = False) -> Findings:
    """Compares and counts one resource, and notes the differences that remain."""
    context = session.context.low_priority() if low_priority else session.context
    noted = False
    while not noted:  # a database that came back may lack what was repaired
        server = await context.store.server_start()
        findings = await verify(context, session.schedule, resource, repair=repair, force=force)
        if findings.state != "compared":
            return findings
        noted = await context.store.state.note_verified(resource.name, findings.differences, findings.open, server)
    await note_readable(session.context, resource)
    if repair:  # rows that stay missing are among the findings
        await recount(context, session.schedule, resource)
    elif findings.green:
        await count_again(context, resource)
    return findings


async def outcome(session: SyncSession, *, only: Resource | None = None) -> Exit:
    """OK only if every chosen resource (or the `only` one) was completed and nothing is wrong with it."""
    context = session.context
    chosen = {resource.name for resource in session.schedule.resources if only in (None, resource)}
    failed = any(context.progress.of(name).state is State.FAILED for name in chosen)
    now = (await context.store.now()).timestamp()
    statuses = await read_statuses(context.store, session.settings, context.tuning)
    wrong = any(problem.kind not in OTHERS_WORK for status in statuses if status.resource in chosen
                for problem in status.problems(now))
    return Exit.PARTLY if failed or wrong else Exit.OK
