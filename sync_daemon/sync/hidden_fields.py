"""Decides which hidden fields a list is asked for: at each start, before its first request, and again after a failure.

The decision is the mirror's: it is stored, and whoever reads the list asks for the same. A change makes every row
another one, so the list is read whole once. A field that the mirror has is not given up at the first strange answer:
only when it still stands in the way minutes later. Until then the list counts as failing; if the field is only slow,
it is still asked for.
"""

from __future__ import annotations

import math
import time
from typing import Final

from sync_daemon.apply.context import SyncContext
from sync_daemon.errors import SyncError
from sync_daemon.log import log
from sync_daemon.model.resources import Resource
from sync_daemon.source.hidden_fields import Choice, choose

AGAIN: Final = 86_400.0
"""Seconds until fields with which the list did not answer are tried again."""


async def decide(context: SyncContext, resource: Resource, *, anew: bool = False) -> None:
    """Decides unless a decision of this process stands; `anew` makes it all the same, as a first load does.

    Raises SyncError if the list can't be read now.
    """
    hidden = context.reader.hidden_of(resource)
    if not resource.hidden or (time.monotonic() < hidden.until and not anew):
        return
    async with hidden.lock:
        if time.monotonic() < hidden.until and not anew:
            return
        before, choice = hidden.asked, await choose(context.reader, resource)
        lost = set(before or ()) & choice.left_out.keys()
        hidden.lost_at = (hidden.lost_at or time.monotonic()) if lost else None
        doubted = hidden.lost_at is not None and time.monotonic() < hidden.lost_at + context.tuning.refusals_apart
        if doubted and lost <= choice.slow:
            hidden.until = time.monotonic() + context.tuning.refusals_apart
            return
        if doubted:
            raise SyncError(f"what the mirror has of it is not given any more: {_told(choice)}",
                            brief="the API does not give all fields any more")
        hidden.asked, hidden.ours, hidden.lost_at = choice.asked, True, None
        hidden.until = time.monotonic() + (AGAIN if choice.failed else math.inf)
        if choice.asked != before and await context.store.tables.has_rows(resource):
            # wanted before the decision is stored: a crash in between decides, and wants it, again
            await context.store.state.want_sweep(resource.name)
            log().info("fields.changed", resource=resource.name, fields=list(choice.asked),
                       hint="Nothing to do: the list is read whole once, and its rows are written again.")
        await context.store.state.note_hidden(resource.name, choice.asked, _told(choice))
        if choice.left_out:
            log().warning("fields.left_out", resource=resource.name, why=_told(choice),
                          hint="Nothing to do: the list is read without them, and the next start tries again.")


def _told(choice: Choice) -> str | None:
    """The fields that are left out, with the reasons; those of one reason together."""
    reasons = dict.fromkeys(choice.left_out.values())
    return "; ".join(f"{', '.join(name for name, why in choice.left_out.items() if why == reason)}: {reason}"
                     for reason in reasons) or None
