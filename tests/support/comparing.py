"""Compares the mirror with the account: row by row, as JSON values: numbers as decimals, U+0000 and lone surrogates as
U+FFFD, for every resource, against what the lists of the simulator would show."""

from __future__ import annotations

import asyncio
import json
import re
from base64 import b64encode
from decimal import Decimal
from typing import Any

import aiohttp
import asyncpg

from sync_daemon.model.resources import RESOURCES, Resource, Way
from sync_daemon.postgres.statements import quote
from tests.support.nested import nested_differences

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def value_of(text: str | bytes) -> Any:
    """A JSON text as a value that compares as promised."""
    return _clean(json.loads(text, parse_float=Decimal, parse_int=Decimal))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(one) for key, one in value.items()}
    return value


async def at_source(url: str, key: str, resource: Resource) -> dict[str, Any]:
    """Rows of the account, by the key of our table."""
    single = resource.way is Way.SINGLE
    address = url + (resource.path if single else f"/_control/dump?resource={resource.name}")
    headers = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(address) as answer:
        assert answer.status == 200, await answer.text()
        found = await asyncio.to_thread(value_of, await answer.read())  # a pretend account may answer in this loop
    return {key_of(resource, row): row for row in ([found] if single else found)}


def key_of(resource: Resource, row: dict[str, Any]) -> str:
    """The key of our table."""
    if resource.key == "object:id":
        return f"{row['object']}:{row['id']}"
    return str(row.get(resource.key, row["id"]))


async def in_mirror(dsn: str, resource: Resource, schema: str = "invoiced") -> dict[str, Any]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(f"SELECT {resource.key_column}::text AS key, raw::text FROM "
                                      f"{quote(schema)}.{resource.name}")
    finally:
        await connection.close()
    return {row["key"]: value_of(row["raw"]) for row in rows}


async def differences(url: str, api_key: str, dsn: str, *, schema: str = "invoiced",
                      resources: tuple[Resource, ...] = RESOURCES, since_event: float = 0,
                      without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Differences by resource: ids missing, extra and different; empty if the mirror is equal.

    Events older than `since_event` are left out, since a mirror begins with its first run; `without` are fields that
    the API does not give.
    """
    found: dict[str, Any] = {}
    for resource in resources:
        there, here = await at_source(url, api_key, resource), await in_mirror(dsn, resource, schema)
        there = {key: {name: value for name, value in row.items() if name not in without} if without else row
                 for key, row in there.items()}
        if resource.name == "events":
            there = {key: row for key, row in there.items() if row["timestamp"] >= since_event}
            here = {key: row for key, row in here.items() if row["timestamp"] >= since_event}
        missing, extra = sorted(there.keys() - here.keys()), sorted(here.keys() - there.keys())
        other = sorted(key for key in there.keys() & here.keys() if there[key] != here[key])
        if missing or extra or other:
            found[resource.name] = {"missing": missing[:5], "extra": extra[:5], "different": other[:5]}
        found |= await nested_differences(dsn, resource, here, value_of, schema)
    return found
