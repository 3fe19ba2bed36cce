"""Refetch requests: what to look at again, and the event that asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RefetchRequest:
    """Something to look at again; `kind` says how.

    `told_at` is when its event was written, `told_stamp` the `updated_at` in that event's snapshot; `absent_since` is
    when a complete listing first lacked the row. `server_start` identifies the database server that it was read from,
    None if it was not read from one.
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
