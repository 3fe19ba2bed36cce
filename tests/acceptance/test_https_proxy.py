"""The API behind a proxy: a real one that opens tunnels, before a pretend account behind TLS. It never sees the key."""

from __future__ import annotations

import asyncio
import json
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sync_daemon.simulator import Simulator
from tests.support.mirror import query, settings
from tests.support.program import Programs, until
from tests.support.servers import folder_for, free_port, make_certificates

pytestmark = pytest.mark.slow

PASSWORD = "pl4nted/pr0xy@pass"
WRITTEN = PASSWORD.replace("/", "%2F").replace("@", "%40")


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: bytearray | None = None) -> None:
    while data := await reader.read(65536):
        if seen is not None:
            seen += data
        writer.write(data)
        await writer.drain()
    writer.close()


async def both_ways(near: tuple[asyncio.StreamReader, asyncio.StreamWriter],
                    far: tuple[asyncio.StreamReader, asyncio.StreamWriter], seen: bytearray | None = None) -> None:
    try:
        await asyncio.gather(pass_on(near[0], far[1], seen), pass_on(far[0], near[1], seen))
    except OSError:
        pass
    finally:
        near[1].transport.abort()
        far[1].transport.abort()


@dataclass
class Tunnels:
    """A proxy. `answer` is what it says to a CONNECT if not 200; `wants` is the login that it asks for."""

    answer: int = 200
    wants: str = ""
    port: int = 0
    asked: list[str] = field(default_factory=list)
    seen: bytearray = field(default_factory=bytearray)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()
            return
        self.seen += head
        self.asked.append(head.split(b"\r\n")[0].decode())
        login = f"Proxy-Authorization: Basic {b64encode(self.wants.encode()).decode()}".lower()
        code = 407 if self.wants and login not in head.decode().lower() else self.answer
        if code != 200:
            said = head.decode().encode("unicode-escape")[:200].decode()  # as some do, it says back what it was told
            writer.write(f"HTTP/1.1 {code} No {said}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            writer.close()
            return
        host, port = self.asked[-1].split()[1].rsplit(":", 1)
        far = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await both_ways((reader, writer), far, self.seen)


@pytest.fixture(scope="module")
def certificates() -> Iterator[Path]:
    with folder_for("https") as folder:
        make_certificates(folder)
        yield folder


def server_side(certificates: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificates / "server.crt", certificates / "server.key")
    return made


@asynccontextmanager
async def listening(serve: object, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)  # type: ignore[arg-type]
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.fixture
async def way(sim: Simulator, database: str, certificates: Path) -> AsyncIterator[tuple[Tunnels, dict[str, str]]]:
    """A proxy and the settings by which it is gone through; the account is at https://localhost."""
    place, tunnels = urlsplit(sim.url), Tunnels()

    async def unwrap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await both_ways((reader, writer), await asyncio.open_connection(place.hostname, place.port))

    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(listening(unwrap, server_side(certificates)))
        tunnels.port = await stack.enter_async_context(listening(tunnels.serve))
        yield tunnels, settings(sim, database, SYNC_RESOURCES="items,company", SYNC_LOG_LEVEL="debug",
                                INVOICED_BASE_URL=f"https://localhost:{api}",
                                SSL_CERT_FILE=str(certificates / "authority.crt"),
                                HTTPS_PROXY=f"http://127.0.0.1:{tunnels.port}")


Way = tuple[Tunnels, dict[str, str]]


def no_secret_of_the_proxy(programs: Programs) -> bool:
    said = programs.written
    forms = (PASSWORD, WRITTEN, b64encode(f"clerk:{PASSWORD}".encode()).decode(), "pl4nted", "pr0xy", "@pass")
    return not any(form in said for form in forms)


async def test_the_api_is_reached_through_the_proxy_which_never_sees_the_key(
        way: Way, programs: Programs, sim: Simulator, database: str) -> None:
    tunnels, told = way
    tunnels.wants = f"clerk:{PASSWORD}"
    told["HTTPS_PROXY"] = f"http://clerk:{WRITTEN}@127.0.0.1:{tunnels.port}"
    for verb in ("check", "backfill"):
        ended = await programs.call(verb, **told)
        assert ended.code == 0, ended.stdout + ended.stderr
    rows = await query(database, "SELECT count(*) FROM invoiced.items")
    assert rows[0][0] == sim.account.count("items")
    assert {line.split()[0] for line in tunnels.asked} == {"CONNECT"}
    assert {line.split()[1] for line in tunnels.asked} == {told["INVOICED_BASE_URL"].removeprefix("https://")}
    for form in (sim.api_key, b64encode(f"{sim.api_key}:".encode()).decode()):
        assert form.encode() not in tunnels.seen
    assert no_secret_of_the_proxy(programs)
    ended = await programs.call("check", "--json", **told)
    notes = {one["name"]: one["said"] for one in json.loads(ended.stdout)["findings"] if one["state"] == "note"}
    assert f"through the proxy 127.0.0.1:{tunnels.port}" in notes["HTTPS_PROXY"]
    assert no_secret_of_the_proxy(programs)


async def test_a_proxy_behind_tls_is_gone_through_as_well(
        way: Way, programs: Programs, certificates: Path) -> None:
    tunnels, told = way
    async with listening(tunnels.serve, server_side(certificates)) as port:
        ended = await programs.call("backfill", **told | {"HTTPS_PROXY": f"https://localhost:{port}"})
        assert ended.code == 0, ended.stderr
    assert tunnels.asked


async def test_a_proxy_of_an_env_file_is_gone_through_and_exceptions_are_not(
        way: Way, programs: Programs, tmp_path: Path) -> None:
    tunnels, told = way
    path = tmp_path / "env"
    path.touch(0o600)
    path.write_text(f"HTTPS_PROXY={told.pop('HTTPS_PROXY')}\n")
    assert (await programs.call("backfill", "--env-file", str(path), **told)).code == 0
    asked = len(tunnels.asked)
    assert asked
    assert (await programs.call("backfill", "--env-file", str(path), **told, NO_PROXY="localhost")).code == 0
    assert len(tunnels.asked) == asked


@pytest.mark.parametrize(("answer", "code"), [(407, 78), (403, 75), (502, 75)])
async def test_a_proxy_that_refuses_is_told_as_the_proxy(answer: int, code: int, way: Way, programs: Programs) -> None:
    tunnels, told = way
    tunnels.answer = answer
    told["HTTPS_PROXY"] = f"http://clerk:{WRITTEN}@127.0.0.1:{tunnels.port}"
    for verb in ("backfill", "check"):
        ended = await programs.call(verb, **told)
        assert ended.code == code, ended.stderr
        said = " ".join((ended.stdout + ended.stderr).split())
        assert f"he proxy 127.0.0.1:{tunnels.port} refused the way to the API ({answer})" in said
        assert "HTTPS_PROXY" in said
    assert no_secret_of_the_proxy(programs)


async def test_a_proxy_that_is_away_is_told_as_the_proxy(way: Way, programs: Programs) -> None:
    _, told = way
    port = free_port()
    for place in (f"127.0.0.1:{port}", "proxy.invalid:1"):
        ended = await programs.call("backfill", **told | {"HTTPS_PROXY": f"http://clerk:{WRITTEN}@{place}"})
        assert ended.code == 75
        assert ended.says("no connection to the proxy", place, "HTTPS_PROXY")
    assert no_secret_of_the_proxy(programs)


async def test_a_proxy_that_refuses_for_a_while_is_temporary_for_a_daemon_at_work(way: Way, programs: Programs) -> None:
    tunnels, told = way
    program = await programs.start("run", **told, SYNC_INTERVAL="1", SYNC_SWEEP="1")
    await until(lambda: program.logged("cycle.done"), "a cycle is done")
    tunnels.answer = 407
    asked = len(tunnels.asked)
    # lines that are open stay so; what asks anew is refused, and asks again
    tunnels_cut = [task for task in asyncio.all_tasks() if "Tunnels.serve" in repr(task.get_coro())]
    for task in tunnels_cut:
        task.cancel()
    await until(lambda: len(tunnels.asked) > asked + 2, "it asked again")
    assert program.running
    tunnels.answer = 200
    await until(lambda: program.logged("cycle.done")[-1:] and len(tunnels.asked) > asked + 3, "it goes on")
    assert await program.terminated() == 0


async def test_a_kind_of_proxy_that_can_t_be_used_is_78_before_anything_is_asked(
        way: Way, programs: Programs) -> None:
    tunnels, told = way
    for verb in ("run", "backfill", "check"):
        ended = await programs.call(verb, **told | {"HTTPS_PROXY": f"socks5://clerk:{WRITTEN}@127.0.0.1:{tunnels.port}"})
        assert ended.code == 78, ended.stderr
        assert "HTTPS_PROXY" in ended.stdout + ended.stderr
        assert "socks5" in ended.stdout + ended.stderr
    assert not tunnels.asked
    assert no_secret_of_the_proxy(programs)


async def test_no_keys_of_tls_are_written_whoever_asks_for_it(way: Way, programs: Programs, tmp_path: Path) -> None:
    _, told = way
    for path in (tmp_path / "keys", tmp_path / "nowhere" / "keys"):
        ended = await programs.call("backfill", **told, SSLKEYLOGFILE=str(path))
        assert ended.code == 0, ended.stderr
        assert "tls.keylog" in ended.stderr
        assert "SSLKEYLOGFILE" in (await programs.call("check", **told, SSLKEYLOGFILE=str(path))).stdout
        assert not path.exists()


async def test_authorities_that_are_none_are_78_before_anything_is_asked(way: Way, programs: Programs) -> None:
    tunnels, told = way
    for verb in ("run", "check"):
        ended = await programs.call(verb, **told | {"SSL_CERT_FILE": "/nowhere/authorities.pem"})
        assert ended.code == 78
        assert "SSL_CERT_FILE" in ended.stdout + ended.stderr
        assert "/nowhere/authorities.pem" in ended.stdout + ended.stderr
    assert not tunnels.asked
