"""Runs the work of one resource so that it fails alone: what is mirrored, what is refused, how failures are noted.

Any failure in the work for one resource, including a bug of ours, is noted and logged as that resource's failure, and
the others go on. A noted failure of an activity is cleared by the next success of that activity, in any process, that
began later.
"""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sync_daemon.apply.context import SyncContext, mark
from sync_daemon.errors import Fatal, Stopped, SyncError, Unavailable
from sync_daemon.log import log
from sync_daemon.model.cursor import LostRace
from sync_daemon.model.resources import Resource
from sync_daemon.progress import State
from sync_daemon.source.list_reader import HiddenFields
from sync_daemon.sync.schedule import Activity, Schedule, is_due, refused_lately

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Row

RACES = 20
"""How often a resource restarts from the committed cursor because another process moved it."""
LONGEST: Final = timedelta(days=1)
"""Longest time until a refused resource is asked again."""


CLEARS: Final[dict[Activity, tuple[Activity, ...]]] = {
    Activity.LOAD: (Activity.LOAD, Activity.POLL, Activity.SWEEP, Activity.REQUEST),
    Activity.POLL: (Activity.POLL, Activity.REQUEST),
    Activity.SWEEP: (Activity.SWEEP, Activity.NIGHTLY, Activity.REQUEST),
    Activity.NIGHTLY: (Activity.NIGHTLY,),
    Activity.VERIFY: (Activity.VERIFY,),
    Activity.REFETCH: (Activity.REFETCH,),
}
"""The activities whose failures a success clears."""
WHOLE: Final = (Activity.LOAD, Activity.POLL, Activity.SWEEP)
"""Activities whose success shows that the list may be read."""

CHANGES: Final = (Activity.POLL, Activity.REFETCH)
"""Activities that store rows because they changed at the source."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The state after a refusal: since when and how often, when to ask again, and whether it is believed."""

    since: datetime
    times: int
    ask_at: datetime
    believed: bool


def refused(since: datetime | None, times: int, ask_at: datetime | None, now: datetime, apart: float) -> Refused:
    """Counts one more refusal: two that are `apart` make a resource unavailable. Pure.

    The waits double with the time since the first refusal, not with their number: starts ask at once.
    """
    if since is None:
        return Refused(now, 1, now + timedelta(seconds=apart), believed=False)
    if ask_at is not None and now < ask_at and times == 1:  # too early to count as the second
        return Refused(since, times, ask_at, believed=False)
    step, refused_for = timedelta(seconds=apart), max(now - since, timedelta(0))
    doubled = step * 2 ** int(math.log2(refused_for / step + 1)) if step else step
    return Refused(since, times + 1, now + min(doubled, LONGEST), believed=True)


async def attempt(context: SyncContext, resource: Resource, activity: Activity, work: Callable[[], Awaitable[None]], *,
                  in_background: bool = False) -> bool:
    """Runs `work` for one resource; notes and logs a failure, once, and returns whether it succeeded.

    `in_background`: other work sets the state of the resource, namely a first load under way, or its polls.
    """
    tally = context.progress.of(resource.name)
    before, stored, began, begun = tally.state, tally.stored, context.store.clock.now(), time.monotonic()
    try:
        for _ in range(RACES):
            try:
                await work()
                break
            except LostRace:
                log().info("checkpoint.conflict", resource=resource.name,
                           hint="Another process moved the cursor; going on from there.")
        else:
            raise SyncError("another process keeps moving the cursor")
    except Unavailable as error:
        await _note_refusal(context, resource, error, before)
        return False
    except (Fatal, Stopped):
        raise
    except SyncError as error:
        log().error("resource.failed", resource=resource.name, work=activity, why=str(error),
                    hint="It is tried again in the next cycle; the others go on.")
        await _note_failure(context, resource, activity, str(error), error.brief)
        return False
    except Exception as error:  # noqa: BLE001 - one resource's bug must not end the others
        log().error("resource.crashed", resource=resource.name, work=activity, exc_info=error,
                    hint="This is a bug: please report it with this line. It is tried again; the others go on.")
        await _note_failure(context, resource, activity, f"a bug in this program: {error!r:.300}",
                            "a bug in this program")
        return False
    finally:
        context.progress.count(resource.name, seconds=time.monotonic() - begun)
    await _note_success(context, resource, activity, began)
    if activity in CHANGES and tally.stored > stored and resource.name in context.keyless:
        # the rejected record, whose row is unknown, may have been corrected at the source
        await context.store.state.want_sweep_hourly(resource.name)
    if not in_background:
        mark(context, resource, State.DONE)
    return True


async def _note_success(context: SyncContext, resource: Resource, activity: Activity, began: datetime) -> None:
    if activity in WHOLE:
        await note_readable(context, resource)
    troubled = {(resource.name, str(name)) for name in CLEARS[activity]} & context.troubled
    if troubled:
        await context.store.state.clear_problems(resource.name, CLEARS[activity], began)
        context.troubled -= troubled
        log().info("resource.recovered", resource=resource.name, work=activity)


async def note_readable(context: SyncContext, resource: Resource) -> None:
    """A list was read: an earlier refusal no longer holds."""
    if resource.name in context.refused:
        await context.store.state.note_available(resource.name)
        context.refused.discard(resource.name)
        log().info("resource.available", resource=resource.name)


async def _note_failure(context: SyncContext, resource: Resource, activity: Activity, why: str, brief: str) -> None:
    await context.store.state.note_problem(resource.name, activity, why, brief)
    context.troubled.add((resource.name, activity))
    mark(context, resource, State.FAILED, why, brief)


async def note_unavailable_with(context: SyncContext, child: Resource, parent: Resource) -> None:
    """The child lists of an unavailable resource are unavailable too."""
    row, now = await context.store.state.of(parent.name), context.store.clock.now()
    if row is not None and row["unavailable_at"] is not None:
        await context.store.state.note_refusal(
            child.name, f"{parent.name} are not available", now, 2, row["ask_at"], unavailable_at=now,
            had_rows=await context.store.tables.has_rows(child))


async def _note_refusal(context: SyncContext, resource: Resource, error: Unavailable, before: State) -> None:
    """A refusal is believed when it is repeated minutes later; until then the resource counts as failed."""
    row, now = await context.store.state.of(resource.name), context.store.clock.now()
    apart = context.tuning.refusals_apart
    found = refused(None, 0, None, now, apart) if row is None else refused(
        row["refused_at"], row["refusals"], row["ask_at"], now, apart)
    had_rows = await context.store.tables.has_rows(resource)
    await context.store.state.note_refusal(resource.name, str(error), found.since, found.times, found.ask_at,
                                           unavailable_at=now if found.believed else None, had_rows=had_rows)
    context.refused.add(resource.name)
    if not found.believed:
        log().warning("resource.refused", resource=resource.name, why=str(error),
                      hint="It is asked again within minutes: a single refusal makes nothing unavailable.")
        mark(context, resource, State.FAILED, f"refused once: {error}", "the API refused it once")
        return
    if before is not State.UNAVAILABLE:
        note = log().error if had_rows else log().warning
        note("resource.unavailable", resource=resource.name, why=str(error),
             hint=("Its rows in the mirror grow old. " if had_rows else "") +
             "It is tried again, eventually daily; have the feature or permission added at Invoiced, or leave it out "
             "with SYNC_RESOURCES.")
    mark(context, resource, State.UNAVAILABLE, str(error), error.brief)


def advance_watermark(context: SyncContext, schedule: Schedule, resource: Resource, second: int | None) -> None:
    """Advances the watermark of a resource, at most to now: the server's clock may be ahead."""
    if second is not None:
        schedule.watermarks[resource.name] = min(second, int(context.store.clock.now().timestamp()))


async def cursors(context: SyncContext) -> dict[str, Row]:
    """The bookkeeping of each resource; also takes over what other processes noted."""
    rows = await context.store.state.all()
    # also for a resource without a row: a failover may have lost that
    context.troubled = {(row["resource"], row["activity"]) for row in await context.store.state.problems()}
    context.keyless = {name for name, row in rows.items() if row["keyless"]}
    context.refused = {name for name, row in rows.items() if row["refused_at"] is not None}
    context.proven |= {(name, ability) for name, row in rows.items() for ability in row["proven"]}
    context.reader.proven |= context.proven
    for name, row in rows.items():
        hidden = context.reader.hidden.setdefault(name, HiddenFields())
        if not hidden.ours:
            hidden.asked = None if row["included"] is None else tuple(row["included"])
    return rows


def is_ready(context: SyncContext, resource: Resource, row: Row | None, schedule: Schedule) -> bool:
    """Whether it is polled: once loaded, or while being loaded; the tail is polled from the start of a first load."""
    now = context.store.clock.now()
    if is_due(Activity.POLL, resource, row, schedule, now):
        return True
    return (row is not None and not refused_lately(row, now)
            and context.progress.of(resource.name).state is State.READING)
