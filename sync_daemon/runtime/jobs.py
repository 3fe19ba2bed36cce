"""What is done once with an open mirror, and with which exit code it ends: backfill, resync, verify."""

from __future__ import annotations

from functools import partial
from typing import Final

from sync_daemon.concurrency import together
from sync_daemon.errors import Exit
from sync_daemon.log import log
from sync_daemon.model.resources import Resource
from sync_daemon.monitoring.problems import BUSY, Kind
from sync_daemon.monitoring.resource_status import read_standings
from sync_daemon.progress import State
from sync_daemon.sync.attempt import Activity, attempt, note_readable
from sync_daemon.sync.backfill import first_load, unloaded
from sync_daemon.sync.cycle import one_cycle
from sync_daemon.sync.full_sweep import due_sweeps, sweep
from sync_daemon.sync.refetch import follow, hinted
from sync_daemon.sync.resync import reread_since, resync, resync_one
from sync_daemon.sync.row_count import count_again, recount
from sync_daemon.sync.session import Mirror, beat
from sync_daemon.sync.verify import Findings, verify

OTHERS_WORK: Final = BUSY | {Kind.LATE}
"""What a verb that was asked for something else leaves as it is."""
LOOKS: Final = 4
"""How often a backfill looks at what may be gone."""


async def backfill(mirror: Mirror, *, at_once: bool = False) -> Exit:
    """First loads, from where they were; then one cycle, and the sweeps that are due, or all of them `at_once`."""
    engine, work = mirror.engine, mirror.work
    loaded = await unloaded(engine, work.resources, refused_too=True)
    await first_load(engine, work, loaded, wait_for_refused=True)
    await one_cycle(mirror)
    due = await due_sweeps(engine, work, at_once=at_once)
    await together(sweep(engine, work, resource, gently=False) for resource in due if resource not in loaded)
    settled = await _settle(mirror)
    code = await outcome(mirror)
    return code if settled else Exit.PARTLY


async def _settle(mirror: Mirror) -> bool:
    """Sees to what the sweeps found to be absent: nothing follows a backfill that would. What no id tells of takes two
    or three looks, minutes apart. False if something is left of which nothing is known for sure.
    """
    engine, names = mirror.engine, set[str]()
    for _ in range(LOOKS):
        for resource in await due_sweeps(engine, mirror.work) if names else ():
            if resource.name in names:  # the row may be in the list of another parent
                await sweep(engine, mirror.work, resource, gently=False)
        for _ in range(2):  # of a customer that was buried, say: the lists below it
            await together(attempt(engine, resource, Activity.REFETCH, partial(follow, engine, resource), beside=True)
                           for resource in await hinted(engine, mirror.work.resources))
        chosen = {resource.name for resource in mirror.work.resources}
        waiting = [row for row in await engine.store.rows("waiting_absences") if row["resource"] in chosen]
        if not waiting:
            return True
        names = {row["resource"] for row in waiting}
        seconds = (max(row["try_at"] for row in waiting) - await engine.store.now()).total_seconds()
        await engine.rest(min(max(0.0, seconds), 2 * engine.tuning.empty_apart) + 0.01)
    return False


async def backfill_since(mirror: Mirror, second: int) -> Exit:
    """Reads again what changed since; on a mirror that is not loaded it does what it can, and loads nothing."""
    engine, work = mirror.engine, mirror.work

    async def one(resource: Resource) -> None:
        await attempt(engine, resource, Activity.POLL, lambda: reread_since(engine, work, resource, second))

    await together(one(resource) for resource in work.resources)
    await beat(mirror)
    return await outcome(mirror)


async def resync_now(mirror: Mirror, resource: Resource) -> Exit:
    """Reads one resource again."""
    engine, work = mirror.engine, mirror.work
    now = await engine.store.now()
    if not await attempt(engine, resource, Activity.SWEEP, lambda: resync(engine, work, resource, now)):
        await engine.store.value("want_sweep", resource.name)  # a daemon does it then, and clears what is noted
    await beat(mirror)
    return await outcome(mirror, only=resource)


async def resync_one_now(mirror: Mirror, resource: Resource, ident: int) -> tuple[Exit, str | None]:
    """Reads one object again, and says what was found; nothing where that failed."""
    found: str | None = None

    async def read() -> None:
        nonlocal found
        found = await resync_one(mirror.engine, resource, ident)
        log().info("resync.done", resource=resource.name, id=ident, found=found)

    await attempt(mirror.engine, resource, Activity.REFETCH, read)
    await beat(mirror)
    return await outcome(mirror, only=resource), found


async def verify_now(mirror: Mirror, *, repair: bool, force: bool, found: list[Findings]) -> Exit:
    """Compares what was chosen, into `found`; done if all is equal, or was mended."""
    async def one(resource: Resource) -> None:
        async def compare() -> None:
            found.append(await verified(mirror, resource, repair=repair, force=force))

        await attempt(mirror.engine, resource, Activity.VERIFY, compare)
        if mirror.engine.progress.of(resource.name).state is State.UNAVAILABLE and \
                await mirror.engine.store.table_value(resource, "has_rows"):
            found.append(Findings(resource.name, state="not compared", why="the account has no access to it any more"))

    async def family(resource: Resource) -> None:
        # which lists of children there are to compare is only known when their parents are mended
        await one(resource)
        await together(one(child) for child in chosen if child.parent == resource.name)

    chosen = mirror.work.resources
    names = {resource.name for resource in chosen}
    await together(family(resource) for resource in chosen if resource.parent not in names)
    await beat(mirror)
    failed = any(tally.state is State.FAILED for tally in mirror.engine.progress.tallies.values())
    return Exit.PARTLY if failed or not all(findings.green for findings in found) else Exit.OK


async def verified(mirror: Mirror, resource: Resource, *, repair: bool, force: bool = False,
                    gently: bool = False) -> Findings:
    """Compares and counts one resource, and notes what stands."""
    engine = mirror.engine.gently() if gently else mirror.engine
    findings = await verify(engine, mirror.work, resource, repair=repair, force=force)
    if findings.state != "compared":
        return findings
    await note_readable(mirror.engine, resource)
    if repair:  # what is missing and shall stay so is among the findings
        await recount(engine, mirror.work, resource)
    elif findings.green:
        await count_again(engine, resource)
    await engine.store.value("note_verified", resource.name, findings.differences, findings.open)
    return findings


async def outcome(mirror: Mirror, *, only: Resource | None = None) -> Exit:
    """Done only if every chosen resource (or the `only` one) was completed, and nothing is wrong with what it has."""
    engine = mirror.engine
    chosen = {resource.name for resource in mirror.work.resources if only in (None, resource)}
    failed = any(engine.progress.of(name).state is State.FAILED for name in chosen)
    now = (await engine.store.now()).timestamp()
    standings = await read_standings(engine.store, mirror.settings, engine.tuning)
    wrong = any(problem.kind not in OTHERS_WORK for standing in standings if standing.resource in chosen
                for problem in standing.problems(now))
    return Exit.PARTLY if failed or wrong else Exit.OK
