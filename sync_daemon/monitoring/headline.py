"""The overall health in a sentence, and why it is not ready; the worst comes first. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Final

from sync_daemon.errors import Fatal
from sync_daemon.humanize import count, few, span
from sync_daemon.monitoring.load_progress import Whole
from sync_daemon.monitoring.problems import BUSY, Kind, Problem, headlines
from sync_daemon.monitoring.snapshot import ResourceSnapshot

SEE_TO_DATABASE: Final = "It is tried again. See that Postgres is up and can be reached from here."
SEE_TO_API: Final = "It is tried again. See whether Invoiced reports an outage, and this machine's network."
SEE_LOG: Final = "It is tried again in each cycle; the log says why."
SEE_STATUS: Final = "`invoiced-sync status` says what it is."


def agreeing(verb: str, names: Sequence[str]) -> str:
    """The verb in the number of its subject: one fails, is, was; several fail, are, were."""
    first, _, rest = verb.partition(" ")
    return verb if len(names) > 1 else " ".join(
        part for part in ({"fail": "fails", "are": "is", "were": "was"}.get(first, first), rest) if part).replace(
            "their", "its")


@dataclass(frozen=True, slots=True)
class Headline:
    """The overall health in a sentence, and why it is not ready."""

    seen: Sequence[ResourceSnapshot]
    daemon: Sequence[Problem]
    ending: Fatal | None
    load: Whole
    seconds_left: float | None
    _: KW_ONLY
    database_up: bool
    api_up: bool
    stopping: bool

    def troubles(self) -> list[str]:
        """Why it is not ready, one clause for each reason; empty if it is ready."""
        found = [self.ending.brief] if self.ending else []
        if not self.database_up:
            found.append("the database does not answer")
        elif not self.api_up:
            found.append("the API does not answer")
        found += [problem.brief for problem in self.daemon]
        if self._of(BUSY):
            found.append(f"not loaded yet: {self.load}")
        found += headlines((one.resource, [problem for problem in one.problems if problem.kind not in BUSY])
                           for one in self.seen)
        return [*found, "it is stopping"] if self.stopping else found

    def sentence(self) -> tuple[str, str, str]:
        """The tone, the health, and what to do, if anything; the worst comes first."""
        polled = max((one.behind or 0 for one in self.seen if one.read in {"polled", "feed"}), default=0)
        behind = f"at most {span(polled)} behind"
        of = f"of {count(len(self.seen), 'resource')}"
        if self.stopping:
            return "busy", "Stopping: the current pages are being stored.", ""
        if self.ending is not None:
            return "bad", f"It ends: {self.ending.brief}.", self.ending.hint
        if not self.database_up:
            return "bad", "The database does not answer.", SEE_TO_DATABASE
        busy = self._of(BUSY)
        if not self.api_up and len(busy) < len(self.seen):
            return "bad", f"The API does not answer; {behind}.", SEE_TO_API
        for kind, verb in ((Kind.FAILED, "fail"), (Kind.UNAVAILABLE, "are not available any more"),
                           (Kind.REFUSED, "were refused once"), (Kind.RETRYING, "are being retried")):
            if names := self._of({kind}):
                return "bad", f"{len(names)} {of} {agreeing(verb, names)}: {few(names)}.", SEE_LOG
        if self.daemon:
            return "bad", f"Attention: {self.daemon[0].brief}.", self.daemon[0].remedy
        if busy:
            left = "" if self.seconds_left is None else f", {span(self.seconds_left)} left"
            return "busy", f"First load: {self.load.percent}%{left}; {self.load}.", ""
        for kind, verb in ((Kind.LATE, "are behind their limit"), (Kind.INCOMPLETE, "are incomplete"),
                           (Kind.PARTLY_READ, "could be read only in part")):
            if names := self._of({kind}):
                return "bad", f"{len(names)} {of} {agreeing(verb, names)}: {few(names)}.", SEE_LOG
        if names := [one.resource for one in self.seen if one.problems]:
            return "bad", f"Fresh, {behind}; a person should look at {few(names)}.", SEE_STATUS
        return "good", f"Fresh: {behind}.", ""

    def _of(self, kinds: Collection[Kind]) -> list[str]:
        return [one.resource for one in self.seen if one.has(*kinds)]
