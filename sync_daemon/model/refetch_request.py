"""What is to be looked at again, and who told it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RefetchRequest:
    """Something to look at again, in the way that `kind` says.

    `told_at` and `told_stamp` are when the event was written that told it, and the `updated_at` that its snapshot
    shows; `absent_since` is when a complete listing first lacked the row. `server_start` says from which server it was
    read, None for what was not.
    """

    kind: str
    resource: str
    key: str
    event_id: int | None = None
    attempts: int = 0
    told_at: datetime | None = None
    told_stamp: int | None = None
    absent_since: datetime | None = None
    server_start: datetime | None = None
