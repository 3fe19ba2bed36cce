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
    refusals_apart: float = 120.0
    """Between the two refusals that make a resource unavailable; then it doubles from one try to the next."""
    listings_apart: float = 60.0
    """Between the two complete listings that prove an absence."""
    empty_apart: float = 120.0
    """The same where a listing is empty."""
    try_again: float = 60.0
    """Until the next look at what could not be looked at."""
    look_again: tuple[float, ...] = (1.0, 10.0, 60.0)
    """Until the next looks for what is told and does not show (yet)."""
    least_late: float = 900.0
    """What anything may be behind before it is worth a word: a request has five minutes to succeed."""
    most_deleted: int = 50
    """Rows: more of one resource within a day, and more than a fifth of its table, wait for a person."""


AS_IT_IS = Tuning()
"""What the program itself uses."""
