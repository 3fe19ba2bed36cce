"""Hidden fields, which a list shows only if asked by `include=`: finds out which of them it gives, and at what cost.

They are undocumented. The server answers an unknown one with null; another may refuse it, fail, or take too long for a
page, since some are computed for each row. All are asked for at once; what stands in the way is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sync_daemon.errors import Refusal, RetryLater, SyncError, Unavailable
from sync_daemon.model.resources import Resource
from sync_daemon.source.list_reader import Reader
from sync_daemon.source.pagination import PAGE, Ask
from sync_daemon.tuning import SOON, Patience

ONCE = Patience(1, 0.0)
"""For the first try: whether a failure is due to the fields, the list without them tells."""
COSTLY = frozenset({"expected_payment_date"})
"""Computed by a query for each row: the first to be left out."""


@dataclass(slots=True)
class Choice:
    """The fields to ask for, and why each of the others is left out."""

    asked: tuple[str, ...]
    left_out: dict[str, str] = field(default_factory=dict)
    slow: set[str] = field(default_factory=set)
    """Those that are left out because they take too long."""
    failed: set[str] = field(default_factory=set)
    """Those with which the list does not answer, without a refusal in the API's own words: that may pass."""

    def leave_out(self, names: Sequence[str], why: str) -> None:
        self.left_out |= dict.fromkeys(names, why)
        self.asked = tuple(name for name in self.asked if name not in names)

    def costly(self) -> list[str]:
        return [name for name in self.asked if name in COSTLY] or list(self.asked)


async def choose(reader: Reader, resource: Resource) -> Choice:
    """Which hidden fields to ask for. One request, of a full page, where nothing is in the way.

    Raises what the list raises without any of them: then nothing is decided.
    """
    choice = Choice(resource.hidden)
    while choice.asked:
        try:
            with_them = await _seconds(reader, resource, choice.asked, ONCE)
        except (Refusal, Unavailable, RetryLater):
            without = await _seconds(reader, resource, ())
            try:
                with_them = await _seconds(reader, resource, choice.asked, SOON)
            except (Refusal, Unavailable) as error:
                refused = _named(error, choice.asked) or await _refused_alone(reader, resource, choice.asked)
                choice.leave_out(refused or choice.asked, f"refused: {error}")
                continue
            except RetryLater as error:
                left = choice.costly()
                choice.failed.update(left)
                choice.leave_out(left, f"the list does not answer with it: {error.brief}")
                continue
        else:
            if with_them <= reader.tuning.slow_page:
                break
            without = await _seconds(reader, resource, ())
            if with_them > 2 * without:  # the first page after a while is often slow
                with_them = await _seconds(reader, resource, choice.asked, SOON)
        if with_them <= max(reader.tuning.slow_page, 2 * without):
            break
        left = choice.costly()
        choice.slow.update(left)
        choice.leave_out(left, f"a page takes {with_them:.1f} s with it, {without:.1f} s without")
    return choice


async def _seconds(reader: Reader, resource: Resource, hidden: tuple[str, ...],
                   patience: Patience | None = None) -> float:
    """How long a full page takes, in the list's own order. Raises what the list raises."""
    asking = replace(reader, patience=patience or reader.patience)
    fetched = await asking.fetch(resource, resource.variants[0], Ask(0, PAGE, 1), sort="", hidden=hidden)
    return fetched.answer.seconds


def _named(error: SyncError, asked: Sequence[str]) -> list[str]:
    return [name for name in asked if re.search(rf"\b{name}\b", str(error))]


async def _refused_alone(reader: Reader, resource: Resource, asked: Sequence[str]) -> list[str]:
    """Those that are refused by themselves, where the message does not say which. Raises RetryLater."""
    refused = []
    for name in asked:
        try:
            await reader.fetch(resource, resource.variants[0], Ask(0, 1, 1), sort="", hidden=(name,))
        except (Refusal, Unavailable):
            refused.append(name)
    return refused
