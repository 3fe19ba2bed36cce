"""The list of problems; `status`, the page, `/readyz`, the metrics and exit codes only render it. Pure.

Green means that the list is empty. It has everything that may make mirror and account differ for longer than promised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sync_daemon.humanize import count, few, span


class Kind(StrEnum):
    """What is wrong, in a word; the worst first."""

    FAILED = "failed"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    RETRYING = "retrying"
    INCOMPLETE = "incomplete"
    LATE = "late"
    PARTLY_READ = "partly read"
    DIFFERS = "differs"
    HELD = "held"
    REJECTS = "rejects"
    MISFITS = "misfits"
    UNSETTLED = "unsettled"
    LOADING = "loading"
    WAITING = "waiting"
    DAEMON = "daemon"
    CLOCK = "clock"


BAD = frozenset({Kind.FAILED, Kind.UNAVAILABLE, Kind.REFUSED, Kind.RETRYING, Kind.INCOMPLETE, Kind.LATE,
                 Kind.PARTLY_READ, Kind.DAEMON, Kind.CLOCK})
BUSY = frozenset({Kind.LOADING, Kind.WAITING})
"""Kinds that go away by themselves; the others need a person."""


STOPPED = "stopped before its end"
"""Why a run ended that a person or the service manager stopped."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. `brief` is without the server's words and without ids, for pages that others may see; in `remedy`,
    NAMES stands for the affected resources. `seconds` is how long it has lasted, if known.
    """

    kind: Kind
    sentence: str
    brief: str
    remedy: str = ""
    seconds: float = 0.0

    @property
    def tone(self) -> str:
        return "bad" if self.kind in BAD else "busy" if self.kind in BUSY else "look"


@dataclass(frozen=True, slots=True)
class Failure:
    """An activity that fails: since when (unix seconds), and why."""

    activity: str
    since: float
    why: str
    brief: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about one resource. Times are unix seconds; `limit` is how many seconds it may be behind."""

    resource: str
    limit: float
    loaded: bool = False
    load_started: bool = False
    failures: Sequence[Failure] = ()
    refused: str = ""
    """The server's message when it was refused once."""
    unavailable: str = ""
    """The server's message when it became unavailable."""
    had_rows: bool = False
    unread: int = 0
    """Parents (or single objects) that could not be read so far; `unread_key` is one of them."""
    unread_key: str = ""
    unread_why: str = ""
    rejected: int = 0
    held: int = 0
    missing: int = 0
    differences: int | None = None
    """None: not verified yet."""
    unsettled: int = 0
    misfits: Sequence[tuple[str, int]] = ()
    """Fields that did not fit their column, with their JSON type, and in how many rows."""
    behind: int | None = None
    unswept: int | None = None
    """Seconds since the whole list was last compared; None if unknown."""
    unswept_limit: float | None = None
    unfollowed: float = 0.0
    """How many seconds a refetch request has been waiting, from an event or an absence."""
    unfollowed_limit: float = 0.0


ACTIVITIES = {"load": "its first load fails", "poll": "its poll fails", "sweep": "it can't be read whole",
              "nightly": "the nightly pass fails", "verify": "it can't be verified", "work": "it fails",
              "refetch": "what events tell can't be followed up", "request": "retrying"}
UNAVAILABLE = ("It is asked again, eventually daily. Have the feature or permission added at Invoiced, or leave it out "
               "with SYNC_RESOURCES.")
AGAIN = "It is tried again by `invoiced-sync run`; `invoiced-sync check` tells what answers now."


def problems_of(facts: Facts, now: float) -> list[Problem]:
    """The problems of a resource, the worst first."""
    found: list[Problem] = []

    def add(kind: Kind, sentence: str, brief: str = "", remedy: str = "", seconds: float = 0.0) -> None:
        found.append(Problem(kind, sentence, brief or sentence, remedy, seconds))

    for failure in facts.failures:
        kind = Kind.RETRYING if failure.activity == "request" else Kind.FAILED
        what = ACTIVITIES.get(failure.activity, failure.activity)
        add(kind, f"{what}: {failure.why}", f"{what}: {failure.brief}", AGAIN, max(0.0, now - failure.since))
    if facts.unavailable and facts.had_rows:
        add(Kind.UNAVAILABLE, f"unavailable, and its rows grow old: {facts.unavailable}",
            "the account has no access to it any more, and its rows grow old", UNAVAILABLE)
    elif facts.refused and not facts.unavailable:
        add(Kind.REFUSED, f"refused once, and asked again within minutes: {facts.refused}",
            "the API refused it once; it is asked again within minutes")
    if not (facts.loaded or facts.unavailable):
        if facts.load_started:
            add(Kind.LOADING, "its first load is not complete")
        else:
            add(Kind.WAITING, "not loaded yet")
    if facts.missing:
        add(Kind.INCOMPLETE, f"the mirror has {count(facts.missing, 'row')} fewer than the list counts", "",
            "`invoiced-sync verify NAMES --repair` reads it again and says whether that repairs it.")
    if facts.loaded and facts.behind is not None and facts.behind > facts.limit and not facts.unavailable:
        add(Kind.LATE, f"more than {span(facts.limit)} behind", "", "`invoiced-sync run` keeps it fresh.")
    if facts.loaded and facts.unfollowed > facts.unfollowed_limit and not facts.unavailable:
        since = span(facts.unfollowed_limit)
        add(Kind.LATE, f"refetch requests have been waiting for more than {since}",
            f"not settled for more than {since}", "`invoiced-sync run` follows it up.")
    is_old = facts.unswept is not None and facts.unswept_limit is not None and facts.unswept > facts.unswept_limit
    if facts.loaded and is_old and not facts.unavailable:
        since = span(facts.unswept_limit or 0)
        add(Kind.LATE, f"its last complete reading is more than {since} old: silent changes and deletions since "
            "then may be missing", f"not read whole for more than {since}",
            "`invoiced-sync run` reads lists whole every SYNC_SWEEP, and so does `backfill`; "
            "`invoiced-sync verify NAMES --repair` does it now.")
    if facts.unread:
        what = count(facts.unread, "list or object", "lists or objects")
        add(Kind.PARTLY_READ, f"{what} could not be read, such as {facts.unread_key}: {facts.unread_why}",
            f"{what} could not be read", AGAIN)
    if facts.differences:
        add(Kind.DIFFERS, f"{count(facts.differences, 'difference')} remained after the last verification", "",
            "`invoiced-sync verify NAMES` says which; with --repair it repairs them.")
    if facts.held:
        many = count(facts.held, "deletion waits", "deletions wait")
        add(Kind.HELD, f"{many} for a person: too many within a day", "",
            "Look at the account, then `invoiced-sync verify NAMES --repair --force`.")
    if facts.rejected:
        add(Kind.REJECTS, f"{count(facts.rejected, 'record')} rejected", "", "The table _rejected has them, and why.")
    for field, rows in facts.misfits:
        name, _, came = field.partition(":")
        add(Kind.MISFITS, f"{facts.resource}.{name}: came as {WORDS.get(came, came)}, {count(rows, 'row')}", "",
            "The column is NULL there; `raw` has the value. Ask Invoiced, and report it.")
    if facts.unsettled:
        add(Kind.UNSETTLED, f"the last verification could not tell whether {count(facts.unsettled, 'row')} still exist",
            "", "`invoiced-sync verify NAMES --repair` looks again, minutes apart.")
    order = list(Kind)
    return sorted(found, key=lambda problem: order.index(problem.kind))


WORDS = {"string": "text", "number": "a number that does not fit", "boolean": "yes or no", "object": "an object",
         "array": "a list"}


def headlines(resources: Iterable[tuple[str, Sequence[Problem]]]) -> list[str]:
    """A clause for each kind of problem, with the resources that have it."""
    names: dict[Kind, list[str]] = {}
    for resource, problems in resources:
        for kind in dict.fromkeys(problem.kind for problem in problems):
            names.setdefault(kind, []).append(resource)
    return [f"{kind.value}: {few(names[kind])}" for kind in Kind if kind in names]
