"""Waiting times and limits that no user needs to set, in one place, so that tests can pass in shorter ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """When to give up on a request that keeps failing: only after this many tries *and* this many seconds.

    `decisive`: an answer that is still the same then is believed. Otherwise a key must be refused for minutes.
    """

    tries: int = 8
    seconds: float = 300.0
    decisive: bool = False


AT_START = Patience(3, 0.0, decisive=True)
"""Fail fast at startup."""
SOON = Patience(3, 0.0)
"""For one object or one parent of many: it must not hold up the others."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """In seconds unless noted."""

    patience: Patience = Patience()
    """For ordinary requests."""
    refused_key_stands: float = 300.0
    """How long every answer must refuse the key until a running daemon ends."""
    server_slot: float = 60.0
    """How long a request that we gave up on may hold its slot at the server."""
    retrying_shown: float = 30.0
    """How long a request must fail until that is shown and logged."""
    load_told: float = 30.0
    """Between two log lines about the first loads of a daemon."""
    backfill_told: float = 10.0
    """The same for `backfill`, whose log somebody may be watching."""
    refusals_apart: float = 120.0
    """Between the two refusals that make a resource unavailable; after that it doubles with each try."""
    slow_page: float = 3.0
    """A page may take so long with hidden fields, or twice as long as without them."""
    listings_apart: float = 60.0
    """Between the two complete listings that prove an absence."""
    empty_apart: float = 120.0
    """The same for an empty listing."""
    try_again: float = 60.0
    """Until something that could not be looked at is tried again."""
    longest_wait: float = 60.0
    """Longest wait between two tries of a request, unless the server asks for more."""
    cycle_waits: float = 10.0
    """How long (or an interval, if longer) a cycle waits for a slow list; then it goes on without it."""
    beat: float = 5.0
    """Between two checks whether a heartbeat is due."""
    beat_late: float = 30.0
    """Since the last heartbeat, until a run with long cycles sends one on its own."""
    listen_again: float = 60.0
    """Until the next try to listen on an address that is in use."""
    look_again: tuple[float, ...] = (1.0, 10.0, 60.0)
    """Until the next looks for a change that an event told of but that does not show yet."""
    least_late: float = 900.0
    """How far anything may be behind before it is reported: a request has five minutes to succeed."""
    most_deleted: int = 50
    """Rows: more deletions of one resource within a day, if also more than a fifth of its table, wait for a person."""
    shortest_lane: int = 500
    """Rows: fewer are not worth the counts, and the page that each lane reads beyond its end."""
    lane_rounds: int = 5
    """Most rounds of counting to cut a history into lanes."""
    deepest_window: int = 9_000
    """Rows: from offset 10,000 on the server needs its own cursor; a thousand rows are left for growth."""
    long_section: int = 2_000
    """Events in a section of the feed after which the next is begun."""
    passes: int = 5
    """How often a list that moves, or comes in no order, is read before that counts as a failure."""
    requests_at_once: int = 10_000
    """Most refetch requests served together."""


AS_IT_IS = Tuning()
"""The values that the program itself uses."""
