"""COPY of the same rows into the same table: from files that the server reads, over two parallel connections."""

from __future__ import annotations

import asyncio
import codecs
import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

import asyncpg

from bench.processes import Failed
from bench.servers import Account, execute, value

CONNECTIONS = 2
COPY = "COPY invoiced.invoices (id, raw, hash, read_at) FROM '{path}'"
CHUNK = 1 << 20


def write_files(account: Account, folder: Path) -> list[Path]:
    """Writes the invoices, as the list serves them, to files for COPY: the first half of the ids, then the second."""
    total = account.read("count?resource=invoices")["count"]
    paths = [folder / f"half-{number}.copy" for number in range(CONNECTIONS)]
    now = datetime.now(UTC).isoformat()
    with ExitStack() as opened:
        files = [opened.enter_context(path.open("w", encoding="utf-8")) for path in paths]
        for position, (ident, text) in enumerate(_invoices(account)):
            digest = blake2b(text.encode(), digest_size=16).hexdigest()
            escaped = text.replace("\\", "\\\\")
            files[position * CONNECTIONS // total].write(f"{ident}\t{escaped}\t\\\\x{digest}\t{now}\n")
    for path in paths:
        path.chmod(0o644)
    return paths


def _invoices(account: Account) -> Iterator[tuple[int, str]]:
    """Id and text of each, streamed: this process must stay small, because a child inherits its peak."""
    decode, find = codecs.getincrementaldecoder("utf-8")(), json.JSONDecoder().raw_decode
    rest, at = "", 1  # after the bracket
    with urllib.request.urlopen(f"{account.url}/_control/dump?resource=invoices", timeout=600) as answer:  # noqa: S310
        while chunk := answer.read(CHUNK):
            rest, at = rest[at:] + decode.decode(chunk), 0 if rest else 1
            while True:
                try:
                    row, end = find(rest, at)
                except json.JSONDecodeError:
                    break  # not complete yet
                yield row["id"], rest[at:end]
                at = end + 1  # after the comma


def copy(dsn: str, paths: list[Path], number: int) -> float:
    """Seconds for both files, into a table that the program's own migrations made."""
    execute(dsn, "TRUNCATE invoiced.invoices", "CHECKPOINT")
    seconds = asyncio.run(_side_by_side(dsn, [COPY.format(path=path) for path in paths]))
    here = value(dsn, "SELECT count(*) FROM invoiced.invoices")
    if here != number:
        raise Failed(f"COPY stored {here} rows of {number}")
    return seconds


async def _side_by_side(dsn: str, statements: list[str]) -> float:
    connections = [await asyncpg.connect(dsn) for _ in statements]
    try:
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for connection, statement in zip(connections, statements, strict=True):
                group.create_task(connection.execute(statement, timeout=3600))
        return time.monotonic() - begun
    finally:
        for connection in connections:
            await connection.close()
