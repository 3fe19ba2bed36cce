"""What `check` found: one finding for each thing checked, with what to do about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from sync_daemon.cli.check_resource import Found
from sync_daemon.errors import Exit, SyncError, exit_of
from sync_daemon.humanize import span

TOLERATED: Final = 30
"""Seconds that clocks may differ before it is reported."""
WORST_FIRST: Final = (Exit.REFUSED, Exit.CONFIG, Exit.TEMPORARY, Exit.BUG, Exit.PARTLY, Exit.OK)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked; `code` is the exit code if nothing is worse."""

    part: str
    name: str
    said: str
    state: str = "ok"
    remedy: str = ""
    code: Exit = Exit.OK


@dataclass(slots=True)
class Findings:
    """The findings so far; `schema_account` is the account that the schema mirrors, if any."""

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
    """Runs a check; its failure becomes a finding and does not hide the others. `where` says who was asked."""
    try:
        await look_at()
    except SyncError as error:
        said = f"{str(error).rstrip('.')} (asked: {where})" if where else str(error)
        findings.wrong(part, name, said, error.hint or remedy, exit_of(error))


def compare_clock(findings: Findings, part: str, ahead: float) -> None:
    """Notes how far the other side's clock is ahead of ours. It does no harm: our clock decides nothing."""
    said = "agrees with ours" if abs(ahead) < 2 else \
        f"is {span(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} ours"
    if abs(ahead) > TOLERATED:
        findings.note(part, "clock", said, "Nothing is lost by it, but set this machine's clock (NTP) if it is wrong.")
    else:
        findings.ok(part, "clock", said)
