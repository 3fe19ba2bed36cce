"""Waiting times and measures that no user needs to set, in one place, so that a test passes in shorter ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """When to give up on a request that keeps failing: only after this many tries *and* this many seconds.

    `decisive`: what then still stands counts as what it says. Else a refused key must stand for minutes.
    """

    tries: int = 8
    seconds: float = 300.0
    decisive: bool = False


AT_START = Patience(3, 0.0, decisive=True)
"""Fail fast at the start: nobody waits five minutes to hear that the host name is wrong."""
SOON = Patience(3, 0.0)
"""For one object or one parent of many: it must not hold up the others."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """All in seconds but for what says otherwise."""

    patience: Patience = Patience()
    """For ordinary requests."""
    refused_key_stands: float = 300.0
    """A key that is refused for so long, by every answer, ends a daemon at work."""
    server_slot: float = 60.0
    """For so long a request that we gave up on may hold its place at the server."""
    retrying_shown: float = 30.0
    """A request that fails for so long is shown and logged."""
    load_told: float = 30.0
    """From one line of the log about the first loads of a daemon to the next."""
    backfill_told: float = 10.0
    """The same of `backfill`, whose log somebody may be watching."""
    refusals_apart: float = 120.0
    """Between the two refusals that make a resource unavailable; then it doubles from one try to the next."""
    listings_apart: float = 60.0
    """Between the two complete listings that prove an absence."""
    empty_apart: float = 120.0
    """The same where a listing is empty."""
    try_again: float = 60.0
    """Until the next look at what could not be looked at."""
    longest_wait: float = 60.0
    """Between two tries of a request, unless the server asks for more."""
    cycle_waits: float = 10.0
    """For so long (or an interval, if that is longer) a cycle waits for a slow list; then it goes on without."""
    beat: float = 5.0
    """Between two looks at whether a sign of life is due."""
    beat_late: float = 30.0
    """Since the last sign of life, until a run whose cycles take long gives one by itself."""
    listen_again: float = 60.0
    """Until the next try to listen on an address that is in use."""
    look_again: tuple[float, ...] = (1.0, 10.0, 60.0)
    """Until the next looks for what is told and does not show (yet)."""
    least_late: float = 900.0
    """What anything may be behind before it is worth a word: a request has five minutes to succeed."""
    most_deleted: int = 50
    """Rows: more of one resource within a day, and more than a fifth of its table, wait for a person."""
    shortest_lane: int = 500
    """Rows: fewer are not worth the questions, and the page that each lane reads beyond its end."""
    lane_rounds: int = 5
    """Rounds of counting in which a history is cut into lanes."""
    deepest_window: int = 9_000
    """Rows: from offset 10,000 on the server needs its own cursor; a thousand rows are left to grow."""
    long_section: int = 2_000
    """Events of a section of the feed, after which another is begun."""
    passes: int = 5
    """Times that a list which moves, or comes in no order, is read again before that counts as a failure."""
    requests_at_once: int = 10_000
    """Requests to look again that are served together."""


AS_IT_IS = Tuning()
"""What the program itself uses."""
