"""What the verbs do with an open mirror: backfill, run, resync, verify."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from sync_daemon.attempt import Activity, attempt, note_readable
from sync_daemon.cycle import Begin, Works, cycle, to_their_end
from sync_daemon.errors import Exit
from sync_daemon.feed import EVENTS
from sync_daemon.hints import follow, hinted
from sync_daemon.load_progress import told_in_the_log
from sync_daemon.loading import first_load, unloaded
from sync_daemon.log import log
from sync_daemon.mirror import COUNTS, Mirror, beat
from sync_daemon.problems import BUSY, Kind
from sync_daemon.progress import Counts, State
from sync_daemon.recount import count_again, recount
from sync_daemon.resources import Resource, Way
from sync_daemon.resync import reread_since, resync, resync_one
from sync_daemon.standing import read_standings
from sync_daemon.sweeping import deepen, due_nightly, due_sweeps, due_verifications, sweep
from sync_daemon.together import rounds, together, wait
from sync_daemon.verify import Findings, verify

POLLED: Final = (Way.VALUE, Way.FEED)
OTHERS_WORK: Final = BUSY | {Kind.LATE}
"""What a verb that was asked for something else leaves as it is."""
LOOKS: Final = 4
"""How often a backfill looks at what may be gone."""
LONG: Final = 10.0
"""Seconds after which a cycle goes on without the lists that are not done, or the interval if that is more."""
SHORT: Final = 0.1
"""Seconds that are waited for sweeps before it is seen what else is due."""


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
            found.append(await _verified(mirror, resource, repair=repair, force=force))

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


async def _verified(mirror: Mirror, resource: Resource, *, repair: bool, force: bool = False,
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


async def _verify_and_mend(mirror: Mirror, resource: Resource) -> None:
    findings = await _verified(mirror, resource, repair=True, gently=True)
    told = {"resource": resource.name, "rows": findings.rows, "differences": findings.count, "open": findings.open,
            "mended": findings.mended}
    if findings.count or findings.open or findings.mended:
        log().warning("verify.done", **told, hint="What could be mended is. If it comes again, please report it; "
                      f"`invoiced-sync verify {resource.name}` shows what stands.")
    else:
        log().info("verify.done", **told)


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
                await _every(mirror, interval, lambda: _cycle(mirror, counts, one_round))

    async def sweeps() -> None:
        # a long one holds up no other: each goes on by itself, within the places that all of them share
        async with rounds(SHORT, mirror.working) as one_round:
            await _every(mirror, min(interval, mirror.settings.sync_sweep), lambda: _sweep_round(mirror, one_round))

    await together([loads(), cycles(), sweeps()])
    return Exit.OK


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
    _tell(mirror, what, counts)


async def _verify_in_turn(mirror: Mirror, resource: Resource) -> None:
    await attempt(mirror.engine, resource, Activity.VERIFY, partial(_verify_and_mend, mirror, resource), beside=True)


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


async def one_cycle(mirror: Mirror) -> None:
    """A cycle, waited for to its end."""
    with mirror.engine.progress.counting() as counts:
        await _cycle(mirror, counts)


async def _cycle(mirror: Mirror, counts: dict[str, Counts], do: Begin = to_their_end) -> None:
    """A cycle, its heartbeat, and its lines in the log: one for each resource in which something happened.

    `counts` has what happened since the last one, and is emptied.
    """
    engine, begun = mirror.engine, time.monotonic()
    await engine.store.compare_clocks()
    await cycle(engine, mirror.work, do)
    told = dict(counts)
    counts.clear()
    mirror.cycles += 1
    mirror.cycled_at = time.monotonic()
    total = Counts(seconds=mirror.cycled_at - begun)
    for one in told.values():
        for name in (*COUNTS, "requests"):
            total.add(name, getattr(one, name))
    mirror.last_cycle = total.line()
    await beat(mirror)
    _tell(mirror, "cycle", told)
    behind = max((_behind(mirror, one.name) or 0 for one in mirror.work.resources if one.way in POLLED), default=0)
    log().info("cycle.done", **mirror.last_cycle, behind=behind)


def _tell(mirror: Mirror, what: str, counts: Mapping[str, Counts]) -> None:
    """One line for each resource; a cycle in which nothing happened to it only at debug, but for its first."""
    for name, one in counts.items():
        quiet = False
        if what == "cycle":
            quiet = name in mirror.told and not (one.stored or one.deleted or one.rejected)
            mirror.told.add(name)
        note = log().debug if quiet else log().info
        note("resource.done", work=what, resource=name, **one.line(), behind=_behind(mirror, name))


def _behind(mirror: Mirror, name: str) -> int | None:
    """Seconds since the moment up to which this run vouches for a resource."""
    fresh = mirror.work.fresh.get(name)
    return None if fresh is None else max(0, round(mirror.engine.store.clock.now().timestamp() - fresh))


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
