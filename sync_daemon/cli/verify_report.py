"""The report of `verify` for people: the verdict says what was compared."""

from __future__ import annotations

from sync_daemon.humanize import count, few, print_table, say, say_json
from sync_daemon.progress import Progress, State
from sync_daemon.sync.verify import Findings

SHOWN = 5


def show_findings(found: list[Findings], progress: Progress, *, as_json: bool) -> None:
    """Prints the verdict on stdout: differences first, with their first few keys."""
    failed = {name: tally.why or "" for name, tally in progress.tallies.items() if tally.state is State.FAILED}
    if as_json:
        say_json({"equal": not failed and all(one.green for one in found),
                  "resources": [_as_data(one) for one in found], "failed": failed})
        return
    lines = [_line(one) for one in sorted(found, key=lambda one: (one.green, -one.count))]
    print_table(["resource", "rows", "missing", "extra", "different", "rejected", "not settled", "left out", "mended",
                 "state", "first of them"], lines, left=("state", "first of them"))
    for name, why in failed.items():
        say(f"{name} could not be verified: {why}")
    _say_verdict(found, failed)


def _as_data(one: Findings) -> dict[str, object]:
    kinds = {kind: {"count": len(keys), "first": _first(keys)} for kind, keys in one.kinds()}
    return {"resource": one.resource, "state": one.state, "rows": one.rows, "mended": one.mended, **kinds,
            "rejected": len(one.rejected), "unread": one.unread, "left_out": one.newer}


def _line(one: Findings) -> list[str]:
    numbers = (len(one.missing), len(one.extra), len(one.different), len(one.rejected), one.open, one.newer, one.mended)
    state = one.state if one.state != "compared" else "wrong" if one.count else "not settled" if one.open else \
        "equal" if not one.newer else "no difference"
    return [one.resource, f"{one.rows:,}" if one.state == "compared" else "",
            *(f"{number:,}" if number else "" for number in numbers), state,
            "; ".join(f"{kind}: {', '.join(_first(keys))}" for kind, keys in one.kinds() if keys) or one.why]


def _say_verdict(found: list[Findings], failed: dict[str, str]) -> None:
    rows = sum(one.rows for one in found)
    if absent := [one.resource for one in found if one.state == "not loaded"]:
        say(f"Not loaded: {few(absent)}. `invoiced-sync backfill` loads them; until then nothing can be compared.")
    if unread := [one.resource for one in found if one.state == "not compared"]:
        say(f"Not compared: {few(unread)}: the account has no access any more, and what is here grows old.")
    if total := sum(one.count for one in found):
        say(f"{count(total, 'difference remains', 'differences remain')}. `invoiced-sync verify --repair` repairs "
            "them, except rejected records.")
    if unsettled := sum(one.open for one in found):
        say(f"{count(unsettled, 'row')} could not be settled: a list came back empty, lacks what "
            "exists, or could not be read. `invoiced-sync verify --repair` looks again, minutes apart.")
    if newer := sum(one.newer for one in found):
        say(f"{count(newer, 'row')} changed at the source since the mirror last read the list and "
            f"{'were' if newer > 1 else 'was'} left out; `invoiced-sync run` or `backfill` fetches what changed.")
    if not (failed or absent or unread or total or unsettled):
        say(f"The mirror is equal to the account: {count(rows, 'row')} compared." if not newer else
            f"No difference in what was compared: {count(rows, 'row')} without those.")


def _first(keys: set[int | str]) -> list[str]:
    return [str(key) for key in sorted(keys, key=str)[:SHOWN]]
