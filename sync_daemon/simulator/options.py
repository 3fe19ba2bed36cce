"""Options of a pretend account, and the server's limits that a test may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

HOUR = 3600
DAY = 24 * HOUR
YEAR = 365 * DAY


@dataclass(frozen=True, slots=True)
class Options:
    """The same options with the same `now` give the same account, byte for byte.

    `objects` is distributed over the resources; `sizes` fixes the number of single ones. `dense` is
    how many rows a bulk import stamped with the same second, `odd` the number of rows (of each list
    with `updated_after`) whose `updated_at` is null, negative or zero. `warm` prints every row
    before the first request, so that a benchmark measures its reader and not this server. `books` makes
    an account whose figures fit: two years of business in which every balance is explained. From the
    offset `deep` on, a list in id order needs the server's own cursor.
    """

    seed: int = 7
    objects: int = 20_000
    sizes: Mapping[str, int] = field(default_factory=dict)
    now: float | None = None
    years: float = 4.0
    dense: Mapping[str, Sequence[int]] = field(default_factory=lambda: {"invoices": (250,), "customers": (120,)})
    odd: int = 0
    books: bool = False

    company_id: int | None = None
    time_zone: str = "America/Chicago"

    event_delay: float = 0.05
    snapshot_delay: float | None = 0.0
    slots: int = 20
    slot_seconds: float = 60.0
    cursor_seconds: float = 300.0
    count_seconds: float = 300.0
    latency: float = 0.0
    unstable_ties: bool = False
    cache_mb: int = 512
    warm: bool = False
    log_size: int = 2000
    largest_page: int = 100
    deep: int = 10_000
