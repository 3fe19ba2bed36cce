"""An open mirror: what a run needs, connected and checked, and its heartbeat."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from sync_daemon.apply.context import SyncContext
from sync_daemon.log import log
from sync_daemon.settings.fields import Settings
from sync_daemon.source.company import Account
from sync_daemon.sync.schedule import Activity, Schedule

COUNTS: Final = ("seen", "stored", "deleted", "rejected")
SILENCE: Final = 90.0
"""Seconds without a heartbeat (or three intervals) after which a run counts as killed."""


@dataclass(slots=True)
class SyncSession:
    """Everything a run needs. Moments are on our monotonic clock."""

    settings: Settings
    context: SyncContext
    schedule: Schedule
    run_id: int
    account: Account
    cycles: int = 0
    last_cycle: dict[str, float] | None = None
    cycled_at: float | None = None
    beaten_at: float = field(default_factory=time.monotonic)
    retrying: set[str] = field(default_factory=set)
    """Resources with a failing request that was logged."""
    others: int = 0
    """Other daemons with a heartbeat since this run began."""
    told: set[str] = field(default_factory=set)
    """Resources whose first cycle was logged."""
    loading: bool = False
    """Whether first loads were checked since the start."""
    at_work: int = 0
    """How many of the daemon's loops are working; at 0 it rests until the next is due."""

    @contextmanager
    def working(self) -> Iterator[None]:
        self.at_work += 1
        try:
            yield
        finally:
            self.at_work -= 1

    @property
    def moved_at(self) -> float:
        """The last progress: an answer, a finished statement, or a planned rest.

        A timeout is no progress: it happens as well when everything is stuck.
        """
        if not self.at_work:
            return time.monotonic()
        return max(self.context.reader.api.moved_at, self.context.store.moved_at)


async def beat(session: SyncSession) -> None:
    """Writes the heartbeat: the only row that a quiet cycle writes."""
    context, done = session.context, session.context.progress
    others = await context.store.runs.beat(
        session.run_id, session.cycles, context.reader.api.requests, seen=done.sum("seen"), stored=done.sum("stored"),
        deleted=done.sum("deleted"), rejected=done.sum("rejected"), watermarks=json.dumps(session.schedule.watermarks),
        last_cycle=None if session.last_cycle is None else json.dumps(session.last_cycle),
        silence=max(SILENCE, 3 * session.settings.sync_interval))
    session.beaten_at = time.monotonic()
    if others and not session.others:
        log().warning("daemon.second", others=others, hint="Another daemon keeps the same schema fresh. They do no "
                      "harm, but ask for everything twice: stop all but one.")
    session.others = others


async def tell_retrying(session: SyncSession) -> None:
    """Notes, and logs once, which resources have a request that keeps failing; clears the note afterwards."""
    context, activity = session.context, str(Activity.REQUEST)
    for name, tally in context.progress.tallies.items():
        failing = tally.failing_for(context.tuning.retrying_shown)
        if failing is not None and name not in session.retrying:
            session.retrying.add(name)
            note = log().debug if context.reader.api.is_away else log().warning  # an outage was already logged
            note("resource.retrying", resource=name, seconds=round(time.monotonic() - failing.since), why=failing.why,
                 hint="It is being retried; the others go on.")
            await context.store.state.note_problem(name, activity, failing.why, failing.brief)
        elif failing is None and name in session.retrying:
            session.retrying.discard(name)
            await context.store.state.clear_problems(name, [activity], context.store.clock.now())
