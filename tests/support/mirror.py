"""Queries of tests to the real program's database, and the settings to start it with."""

from __future__ import annotations

import asyncpg

from sync_daemon.model.resources import BY_NAME
from sync_daemon.simulator import Simulator
from sync_daemon.tuning import Patience, Tuning

SHORT = Tuning(patience=Patience(4, 0.0), refused_key_stands=1.0, retrying_shown=1.0, refusals_apart=0.5,
               listings_apart=0.2, empty_apart=0.2, try_again=0.5)
"""Waiting times of seconds where the program's own are minutes; the rules are the same."""


def settings(sim: Simulator, dsn: str, **more: str) -> dict[str, str]:
    """The environment variables for a pretend account and a database."""
    return {"INVOICED_API_KEY": sim.api_key, "INVOICED_BASE_URL": sim.url, "DATABASE_URL": dsn,
            "SYNC_WEB_LISTEN": "off"} | more


async def query(dsn: str, sql: str, *arguments: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(sql, *arguments)
    finally:
        await connection.close()


async def is_loaded(dsn: str) -> bool:
    """Whether the first loads of all resources are complete, except those that the account may not read."""
    if not await query(dsn, "SELECT WHERE to_regclass('invoiced._resource_state') IS NOT NULL"):
        return False
    rows = await query(dsn, "SELECT resource FROM invoiced._resource_state "
                            "WHERE loaded_at IS NOT NULL OR unavailable_at IS NOT NULL")
    return {row["resource"] for row in rows} == set(BY_NAME)


async def cycles(dsn: str) -> int:
    """How many cycles the latest run has completed."""
    rows = await query(dsn, "SELECT cycles FROM invoiced._run ORDER BY id DESC LIMIT 1")
    return int(rows[0]["cycles"])


NO_DATABASE = "postgresql://someone@127.0.0.1:1/nothing"
