"""The API key and the database's password are written nowhere: no output, no log, no table."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sync_daemon.simulator import Simulator
from tests.acceptance.conftest import Roads
from tests.conftest import Simulate
from tests.support.mirror import SHORT, is_loaded, query, settings
from tests.support.program import Programs, until

KEY = "plantedkey0123456789abcdefghijkl"
PASSWORD = "planted-pass-word"
FORMS = (KEY, b64encode(KEY.encode()).decode(), b64encode(f"{KEY}:".encode()).decode(), PASSWORD)


async def everything(dsn: str) -> str:
    """All rows of all tables as text, bytes in hex and as they read."""
    tables = await query(dsn, "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class AS c "
                              "JOIN pg_namespace AS n ON n.oid = c.relnamespace "
                              "WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')")
    texts = []
    for (table,) in tables:
        texts += [row[0] for row in await query(dsn, f"SELECT t::text FROM {table} AS t")]
    return "\n".join(texts)


async def assert_nothing_is_written(programs: Programs, dsn: str, *, is_loaded: bool = True) -> None:
    stored = await everything(dsn)
    assert bool(stored) is is_loaded, "there was nothing to look through, or more than there may be"
    for form in FORMS:
        assert form not in programs.written
        assert form not in stored
        assert form.encode().hex() not in stored


@pytest.fixture
async def planted(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=200) as sim:
        sim.api_key = KEY
        yield sim


@pytest.mark.slow
async def test_no_verb_writes_a_secret_while_all_goes_well(
        programs: Programs, planted: Simulator, database: str, road_to: Roads) -> None:
    async with road_to() as road:
        told = settings(planted, road.dsn_with(f"postgres:{PASSWORD}"), SYNC_LOG_LEVEL="debug")
        for arguments in (["check"], ["backfill", "--dry-run"], ["backfill", "--json"], ["resync", "items"],
                          ["check", "--json"], ["status"], ["status", "--json"]):
            ended = await programs.call(*arguments, **told)
            assert ended.code == 0, ended.stderr
        program = await programs.start("run", **told, SYNC_LOG_FORMAT="console")
        await until(lambda: "cycle.done" in program.stderr, "a cycle is done")
        assert await program.terminated() == 0
        await assert_nothing_is_written(programs, database)


@pytest.mark.slow
async def test_no_secret_is_written_while_much_goes_wrong(
        programs: Programs, planted: Simulator, database: str, road_to: Roads) -> None:
    planted.faults.set([{"kind": "reset", "probability": 0.1, "count": 5},
                        {"kind": "status", "status": 502, "probability": 0.1, "count": 5},
                        {"kind": "cut_body", "probability": 0.1, "count": 5},
                        {"kind": "bad_json", "probability": 0.05, "count": 3},
                        {"kind": "status", "status": 400, "match": "/payments"}])
    async with road_to() as road:
        told = settings(planted, road.dsn_with(f"postgres:{PASSWORD}"), SYNC_LOG_LEVEL="debug")
        assert (await programs.call("backfill", **told)).code == 3
        planted.faults.clear()
        program = await programs.start("run", tuning=SHORT, **told, SYNC_INTERVAL="1")
        await until(lambda: is_loaded(database), "the first load is complete")
        planted.revoke_key()
        assert await program.ended(20) == 77
        assert (await programs.call("check", **told)).code == 77
        assert (await programs.call("status", **told)).code in {0, 3}
        await road.refuse()
        assert (await programs.call("run", **told)).code == 75
        assert (await programs.call("check", "--json", **told)).code in {75, 77}
        await assert_nothing_is_written(programs, database)


@asynccontextmanager
async def echoing(status: int) -> AsyncIterator[str]:
    """An API that says the key back in every error, and how the header read."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:  # a connection that was opened ahead, and not needed
            writer.close()
            return
        token = next(line.split()[-1] for line in head.splitlines() if line.lower().startswith("authorization:"))
        body, code = json.dumps({"id": 5, "name": "Echo", "object": "company"}), 200
        if status == 401 or "/companies/current" not in head:
            key = b64decode(token).decode()
            body, code = json.dumps({"message": f"No: {key.rstrip(':')} ({token})", "type": "invalid_request"}), status
        writer.write(f"HTTP/1.1 {code} Said\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(("status", "code"), [(401, 77), (400, 3), (403, 0)])
async def test_a_key_that_the_server_says_back_is_not_repeated(
        status: int, code: int, programs: Programs, planted: Simulator, database: str) -> None:
    async with echoing(status) as url:
        told = settings(planted, database, SYNC_LOG_LEVEL="debug") | {"INVOICED_BASE_URL": url}
        assert (await programs.call("backfill", tuning=SHORT, **told)).code == code
        for verb in ("status", "check"):
            await programs.call(verb, **told)
    await assert_nothing_is_written(programs, database, is_loaded=code != 77)


@pytest.mark.parametrize("url", [
    f"mysql://someone:{PASSWORD}@127.0.0.1/x", f"postgresql://someone:{PASSWORD}@127.0.0.1:port/x",
    f"postgresql://someone:{PASSWORD}/more@127.0.0.1/x", f"postgresql://someone:{PASSWORD}?more@127.0.0.1/x",
    f"postgresql://someone:{PASSWORD}#more@127.0.0.1/x", f"postgresql://[someone:{PASSWORD}@127.0.0.1/x"])
async def test_a_database_url_that_can_not_be_read_is_not_repeated(
        url: str, programs: Programs, planted: Simulator) -> None:
    ended = await programs.call("migrate", **settings(planted, "") | {"DATABASE_URL": url})
    assert ended.code == 78, ended.stderr
    assert "DATABASE_URL" in ended.stderr
    assert PASSWORD not in ended.stderr + ended.stdout


async def test_a_key_that_no_header_can_carry_is_not_repeated(programs: Programs, planted: Simulator) -> None:
    told = settings(planted, "postgresql://someone@127.0.0.1:1/x")
    for key in (f"{KEY} {KEY}", f"{KEY}é", f"{KEY}\n{KEY}"):
        ended = await programs.call("check", **told | {"INVOICED_API_KEY": key})
        assert ended.code == 78
        assert KEY not in ended.stderr + ended.stdout
