"""State of each resource: `_resource_state`, `_problem`, `_rejected`, `_misfit`; and the pinned account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sync_daemon.postgres.executor import Executor

if TYPE_CHECKING:
    from sync_daemon.postgres.connection import Row


class SyncState:
    """The bookkeeping of each resource. Moments come from the database's clock."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    # The account.

    async def account(self) -> Row | None:
        """The pinned account: company_id, company_name, origin, time_zone; None before the first run."""
        return await self._db.row("account")

    async def pin_account(self, company_id: int, name: str | None, origin: str, time_zone: str | None) -> None:
        """Pins the account unless another process was first."""
        await self._db.value("pin_account", company_id, name, origin, time_zone)

    # One row for each resource.

    async def all(self) -> dict[str, Row]:
        """The rows of `_resource_state` by resource, with `keyless`: whether a rejected record has no known key."""
        return {row["resource"]: row for row in await self._db.rows("resource_states")}

    async def of(self, resource: str) -> Row | None:
        """The row of one resource; None before its first load."""
        return await self._db.row("resource_state", resource)

    async def begin_load(self, resource: str) -> None:
        """Notes that the first load begins, unless it had begun."""
        await self._db.value("begin_load", resource)

    async def note_count(self, resource: str, rows: int) -> None:
        """Notes how many rows the source counts."""
        await self._db.value("note_count", resource, rows)

    async def note_loaded(self, resource: str, missing: int, moves: int, variants: Sequence[str] = ("",),
                          parent: str | None = None, parent_loaded_at: datetime | None = None,
                          server_start: datetime | None = None) -> bool:
        """Notes that the first load is complete; False if a failover lost what it is based on.

        `moves` is the sum of the versions of the lanes of these variants, all of them done; `parent_loaded_at` is when
        the parents were complete; `server_start` identifies the server that has what was read without lanes.
        """
        return bool(await self._db.value_on(server_start, "note_loaded", resource, missing, moves, parent,
                                            parent_loaded_at, list(variants)))

    async def note_missing(self, resource: str, rows: int) -> None:
        """Notes how many rows the mirror lacks against the list's own count."""
        await self._db.value("note_missing", resource, rows)

    async def note_success(self, resource: str, succeeded_at: datetime | None, swept_at: datetime | None = None,
                           server_start: datetime | None = None) -> bool:
        """Notes when a completed read that wrote something began, and a complete read of the whole list.

        Notes nothing and returns False if the database is no longer this server.
        """
        return bool(await self._db.value_on(server_start, "note_success", resource, succeeded_at, swept_at,
                                            self._db.clock.now()))

    async def note_deep(self, resource: str, began: datetime, server_start: datetime) -> bool:
        """Notes when the nightly pass over recent changes began; False as above."""
        return bool(await self._db.value_on(server_start, "note_deep", resource, began))

    async def note_verified(self, resource: str, differences: int, unsettled: int, server_start: datetime) -> bool:
        """Notes what remained after a verification; False as above."""
        return bool(await self._db.value_on(server_start, "note_verified", resource, differences, unsettled))

    async def want_sweep(self, resource: str) -> None:
        """Requests a complete read of the list; only one that begins later serves it."""
        await self._db.value("want_sweep", resource)

    async def want_sweep_hourly(self, resource: str) -> None:
        """The same, unless one was requested or made within the hour."""
        await self._db.value("want_sweep_hourly", resource)

    async def note_refusal(self, resource: str, why: str, since: datetime, times: int, ask_at: datetime, *,
                           unavailable_at: datetime | None, had_rows: bool) -> None:
        """Notes why the server refused a resource, how often and since when, and when to ask again."""
        await self._db.value("note_refusal", resource, why, since, times, ask_at, unavailable_at, had_rows)

    async def note_available(self, resource: str) -> None:
        """Takes a refusal back."""
        await self._db.value("note_available", resource)

    async def ask_now(self) -> None:
        """Makes everything unavailable due to be asked again, as each start does."""
        await self._db.value("ask_now")

    async def note_proven(self, resource: str, ability: str) -> None:
        """Notes that an undocumented capability of a list was seen to work."""
        await self._db.value("note_proven", resource, ability)

    async def note_hidden(self, resource: str, included: Sequence[str], left_out: str | None) -> None:
        """Notes which hidden fields a list is asked for, and which are left out, and why."""
        await self._db.value("note_hidden", resource, list(included), left_out)

    # Problems, rejected records, misfits.

    async def note_problem(self, resource: str, activity: str, why: str, brief: str) -> None:
        """Notes that an activity fails; `*` is for what concerns all resources."""
        await self._db.value("note_problem", resource, activity, why, brief)

    async def clear_problems(self, resource: str, activities: Sequence[str], began: datetime) -> None:
        """Clears what was noted before the success of these activities began."""
        await self._db.value("clear_problems", resource, activities, began)

    async def problems(self) -> list[Row]:
        """Current failures: resource, activity, first_at, last_at, times, why, brief."""
        return await self._db.rows("problems")

    async def rejected_counts(self) -> dict[str, int]:
        """Rejected records of each resource that has any."""
        return {row["resource"]: row["rows"] for row in await self._db.rows("rejected_counts")}

    async def deleted_counts(self) -> dict[str, int]:
        """Tombstones of each resource that has any."""
        return {row["resource"]: row["rows"] for row in await self._db.rows("deleted_counts")}

    async def misfit_counts(self) -> list[tuple[str, str, int]]:
        """Resource, field (with its JSON type) and number of rows, of values that did not fit their column."""
        return [(row["resource"], row["field"], row["rows"]) for row in await self._db.rows("misfit_counts")]

    async def clear_rejected(self, resource: str, began: datetime) -> None:
        """Drops the rejected records that a complete pass, begun then, did not meet again."""
        await self._db.value("clear_rejected", resource, began)

    async def retry_rejected(self, version: str) -> None:
        """After an upgrade to this version, makes what an older one rejected be read again."""
        await self._db.value("retry_rejected", version)
