"""Injected faults: which requests fail and how, and answers that are held back until released."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BEFORE = frozenset({"status", "retry_after", "reset", "hang", "slow", "html_200", "not_a_list", "bad_json", "stranger",
                    "redirect", "empty", "bomb", "refuse", "ignore_param"})
AFTER = frozenset({"cut_body", "no_total", "wrong_total", "no_date"})


@dataclass(frozen=True, slots=True)
class Match:
    """`path` is a prefix, `query` a substring of the decoded query; each a regular expression if it starts with ^."""

    path: str = "/"
    query: str = ""

    def fits(self, path: str, query: str) -> bool:
        here = re.search(self.path, path) is not None if self.path.startswith("^") else path.startswith(self.path)
        said = re.search(self.query, query) is not None if self.query.startswith("^") else self.query in query
        return here and said

    @classmethod
    def of(cls, match: Mapping[str, str] | str | None) -> Match:
        if isinstance(match, str):
            return cls(match)
        return cls(**(match or {}))


@dataclass(slots=True)
class Fault:
    """Strikes with `probability`, at most `count` times if given, after `skip` matching requests.

    `status` is for kinds status and stranger (a proxy's answer), `seconds` for slow, hang and retry_after; `name` is
    the ignored parameter or the message of a refusal, `total` the wrong total or the MiB of a bomb.
    """

    kind: str
    match: Match
    probability: float = 1.0
    count: int | None = None
    skip: int = 0
    status: int = 500
    seconds: float = 1.0
    name: str = ""
    total: int = 0
    struck: int = 0


@dataclass(slots=True)
class Hold:
    match: Match
    count: int
    released: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Faults:
    random: random.Random
    rules: list[Fault] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    waiting: int = 0
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    def set(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Replaces all rules."""
        self.rules = []
        for rule in rules:
            self.add(**rule)

    def add(self, kind: str, match: Mapping[str, str] | str | None = None, **rest: Any) -> None:  # noqa: ANN401
        if kind not in BEFORE | AFTER:
            raise ValueError(f"unknown kind of fault: {kind}")
        self.rules.append(Fault(kind, Match.of(match), **rest))

    def clear(self) -> None:
        self.rules.clear()

    def striking(self, path: str, query: str) -> list[Fault]:
        """The faults that strike this request, counted as struck."""
        found = []
        for rule in self.rules:
            if not rule.match.fits(path, query) or rule.count == 0:
                continue
            if rule.skip > 0:
                rule.skip -= 1
            elif rule.probability >= 1 or self.random.random() < rule.probability:
                rule.count = None if rule.count is None else rule.count - 1
                rule.struck += 1
                found.append(rule)
        return found

    # -- holds: the answer is made, then held back

    def hold(self, match: Mapping[str, str] | str | None = None, count: int = 1) -> None:
        self.holds.append(Hold(Match.of(match), count))

    async def pass_holds(self, path: str, query: str) -> None:
        for hold in self.holds:
            if hold.count > 0 and not hold.released.is_set() and hold.match.fits(path, query):
                hold.count -= 1
                await self._wait(hold)

    async def _wait(self, hold: Hold) -> None:
        try:
            async with self.arrived:
                self.waiting += 1
                self.arrived.notify_all()
            await hold.released.wait()
        finally:
            self.waiting -= 1

    def release(self) -> int:
        """Releases all held answers and drops the holds; returns how many were waiting."""
        for hold in self.holds:
            hold.released.set()
        self.holds.clear()
        return self.waiting

    async def until_held(self, count: int = 1, seconds: float = 60.0) -> None:
        """Waits until `count` answers are held. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self.arrived:
            await self.arrived.wait_for(lambda: self.waiting >= count)
