"""Days where the company is: documents are dated by its midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    """UTC for a zone that is not known."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError):
        return UTC


@lru_cache(maxsize=8192)
def midnight(zone: str, day: date) -> int:
    """The second with which a day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=_zone(zone)).timestamp())


def day_of(zone: str, moment: int) -> date:
    return datetime.fromtimestamp(moment, _zone(zone)).date()


def midnight_after(zone: str, moment: int, days: int = 0) -> int:
    """The midnight with which the day of a moment begins, or that so many days later."""
    return midnight(zone, day_of(zone, moment) + timedelta(days))
