"""What `check` found: one finding for each thing that was looked at, with what to do about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from sync_daemon.cli.check_resource import Found
from sync_daemon.errors import Exit, SyncError, exit_of
from sync_daemon.humanize import span

TOLERATED: Final = 30
"""Seconds that clocks may differ before it is worth a word."""
WORST_FIRST: Final = (Exit.REFUSED, Exit.CONFIG, Exit.TEMPORARY, Exit.BUG, Exit.PARTLY, Exit.OK)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `code` is what the process ends with if nothing is worse."""

    part: str
    name: str
    said: str
    state: str = "ok"
    remedy: str = ""
    code: Exit = Exit.OK


@dataclass(slots=True)
class Findings:
    """What was found so far; `schema_account` is the account that the schema mirrors, if it mirrors one."""

    all: list[Finding] = field(default_factory=list)
    resources: list[Found] = field(default_factory=list)
    pinned: dict[str, Any] | None = None

    def ok(self, part: str, name: str, said: str) -> None:
        self.all.append(Finding(part, name, said))

    def note(self, part: str, name: str, said: str, remedy: str = "") -> None:
        self.all.append(Finding(part, name, said, "note", remedy))

    def wrong(self, part: str, name: str, said: str, remedy: str, code: Exit = Exit.CONFIG) -> None:
        self.all.append(Finding(part, name, said, "wrong", remedy, code))

    @property
    def worst(self) -> Exit:
        codes = {finding.code for finding in self.all}
        if any(found.state == "failing" for found in self.resources):
            codes.add(Exit.PARTLY)
        return next((code for code in WORST_FIRST if code in codes), Exit.OK)


async def carefully(findings: Findings, part: str, name: str, remedy: str, look_at: Callable[[], Awaitable[None]], *,
                    where: str = "") -> None:
    """A part that fails is a finding like others, and hides none of the others; `where` says who was asked."""
    try:
        await look_at()
    except SyncError as error:
        said = f"{str(error).rstrip('.')} (asked: {where})" if where else str(error)
        findings.wrong(part, name, said, error.hint or remedy, exit_of(error))


def compare_clock(findings: Findings, part: str, ahead: float) -> None:
    """How far the far side's clock is ahead of ours. It does no harm: ours decides nothing."""
    said = "agrees with ours" if abs(ahead) < 2 else \
        f"is {span(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} ours"
    if abs(ahead) > TOLERATED:
        findings.note(part, "clock", said, "Nothing is lost by it, but set this machine's clock (NTP) if it is wrong.")
    else:
        findings.ok(part, "clock", said)
