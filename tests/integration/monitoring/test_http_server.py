"""Health, metrics and the page over real sockets: who may ask, what is told, and that nobody is kept waiting."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from base64 import b64encode
from collections.abc import AsyncIterator, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from sync_daemon.concurrency import in_background
from sync_daemon.errors import Exit, Fatal
from sync_daemon.monitoring import http_server
from sync_daemon.monitoring.health import HealthMonitor
from sync_daemon.runtime import jobs, lifecycle
from sync_daemon.settings.fields import Settings
from sync_daemon.simulator import Simulator
from sync_daemon.sync import cycle
from tests.conftest import Open, Sql, settings_for
from tests.support.program import until
from tests.support.road import Road

pytestmark = pytest.mark.usefixtures("logged")

ANYWHERE = "127.0.0.1:0"
FEW = "customers,items"
PATHS = {"/": "text/html", "/livez": "text/plain", "/readyz": "text/plain", "/healthz": "text/plain",
         "/metrics": "text/plain", "/page.css": "text/css", "/page.js": "text/javascript", "/good.svg": "image/svg+xml",
         "/busy.svg": "image/svg+xml", "/bad.svg": "image/svg+xml"}
PATIENCE = aiohttp.ClientTimeout(total=3)
"""However stuck the rest is, an answer comes in less."""


@asynccontextmanager
async def shown(session: lifecycle.SyncSession, settings: Settings | None = None) -> AsyncIterator[tuple[HealthMonitor,
                                                                                                         str]]:
    """A mirror with its page, and the page's URL."""
    watch = HealthMonitor(session)
    async with http_server.serve(watch, settings or session.settings) as url, in_background(watch.keep_reading()):
        assert url is not None
        yield watch, url


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=PATIENCE) as http:
        yield http


@pytest.fixture
async def page(sim: Simulator, open_session: Open) -> AsyncIterator[tuple[lifecycle.SyncSession, HealthMonitor, str]]:
    """A mirror that has loaded a little, with its page."""
    async with open_session(sim, sync_web_listen=ANYWHERE, sync_resources=FEW) as session:
        await jobs.backfill(session)
        async with shown(session) as (watch, url):
            yield session, watch, url


Page = tuple[lifecycle.SyncSession, HealthMonitor, str]


async def get(http: aiohttp.ClientSession, url: str, **headers: str) -> tuple[int, str]:
    async with http.get(url, headers=headers) as answer:
        return answer.status, await answer.text()


async def said(url: str, *lines: str) -> bytes:
    """The head of what a socket gets for these bytes."""
    port = int(url.rstrip("/").rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("".join(lines).encode("latin-1"))
    async with asyncio.timeout(3):
        answer = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return answer


# Who may ask, and what comes with the answer.


async def test_every_path_answers_in_its_type_under_headers_that_let_nothing_in(
        page: Page, http: aiohttp.ClientSession) -> None:
    _, _, url = page
    for path, kind in PATHS.items():
        async with http.get(url.rstrip("/") + path) as answer:
            assert answer.status == 200, path
            assert answer.content_type == kind, path
            assert answer.charset == "utf-8", path
            policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
            assert policy.pop("default-src") == "'none'"
            assert policy.pop("frame-ancestors") == "'none'"
            assert set(policy.values()) <= {"'self'", "'none'"}
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert not re.search(r"\d", answer.headers["Server"])
            kept = path.endswith((".css", ".js", ".svg"))
            assert ("no-store" in answer.headers["Cache-Control"]) is not kept, path


async def test_head_tells_the_same_without_a_body(page: Page, http: aiohttp.ClientSession) -> None:
    _, _, url = page
    for path in PATHS:
        async with http.head(url.rstrip("/") + path) as answer:
            assert answer.status == 200, path
            assert await answer.read() == b""
            assert int(answer.headers["Content-Length"]) > 0


async def test_other_paths_are_404_and_other_methods_405_in_plain_words(
        page: Page, http: aiohttp.ClientSession) -> None:
    _, _, url = page
    for path in ("favicon.ico", "metrics/", "page.html", "status.html", "../pyproject.toml", "%2e%2e/x", "livez%00"):
        async with http.get(url + path) as answer:
            assert (answer.status, answer.content_type) == (404, "text/plain"), path
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        async with http.request(method, url + "readyz", data=b"x" * 10_000) as answer:
            assert (answer.status, answer.content_type) == (405, "text/plain"), method
            assert answer.headers["Allow"] == "GET, HEAD"


async def test_under_another_sites_name_nothing_is_told(page: Page, http: aiohttp.ClientSession) -> None:
    _, watch, url = page
    for host in ("evil.example", "evil.example:8484", "localhost.evil.example", "127.0.0.1.evil.example", "[", ""):
        status, text = await get(http, url, Host=host)
        assert status == 421, host
        assert watch.session.account.name not in text
    for host in ("127.0.0.1", "127.0.0.1:8484", "localhost:8484", "LOCALHOST", "[::1]:8484", "192.0.2.7"):
        assert (await get(http, url + "livez", Host=host))[0] == 200, host
    assert (await said(url, "GET /livez HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.0 200")
    public = watch.session.settings.model_copy(update={"sync_web_public": True})
    async with http_server.serve(watch, public) as other:
        assert other is not None
        assert (await get(http, other + "livez", Host="status.example.com"))[0] == 200


async def test_what_is_no_request_is_answered_without_a_line_in_the_log(
        page: Page, http: aiohttp.ClientSession, logged: list[MutableMapping[str, Any]],
        caplog: pytest.LogCaptureFixture) -> None:
    _, _, url = page
    logged.clear()
    for nonsense in ("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9\r\n\r\n",
                     "GET http://[/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "GET //[ HTTP/1.1\r\nHost: ::\r\n\r\n",
                     "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n",
                     f"GET /{'x' * 20_000} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
                     "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX: \xff\xfe\r\nConnection: close\r\n\r\n"):
        answer = await said(url, nonsense)
        assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4", b"HTTP/1.1 200")), nonsense[:60]
        assert b"aiohttp" not in answer
        assert b"Python" not in answer
    assert (await get(http, url + "livez")) == (200, "ok\n")
    assert logged == []
    assert caplog.records == []


# What is told.


async def test_nothing_that_is_served_holds_a_secret_a_record_or_a_word_of_the_server(
        sim: Simulator, open_session: Open, mirror_database: str, http: aiohttp.ClientSession, sql: Sql) -> None:
    road = Road(mirror_database)
    await road.open()
    password = "planted-pass-word"
    try:
        async with open_session(sim, sync_web_listen=ANYWHERE, database_url=road.dsn_with(f"postgres:{password}"),
                               sync_resources="customers,contacts,invoices,items,company") as session:
            await jobs.backfill(session)
            sim.faults.set([{"kind": "status", "match": "/invoices", "status": 400}])
            await cycle.one_cycle(session)
            await sql("INSERT INTO _rejected (resource, hash, key, reason, body, read_at) "
                      "VALUES ('items', 'x', 'rejected-key', 'planted reason', 'planted body', now())")
            await sql("UPDATE _run SET failure = 'planted failure', exit_code = 3, ended_at = now()")
            async with shown(session) as (watch, url):
                told = "".join([(await get(http, url.rstrip("/") + path))[1] for path in PATHS])
                told += (await get(http, url + "readyz", Accept="application/json"))[1]
                watch.ending = Fatal("The key planted-key is refused.", hint="Set another.", exit_code=Exit.REFUSED)
                told += "".join([(await get(http, url.rstrip("/") + path))[1] for path in PATHS])
        assert "the API answered 400" in told
        assert "1 record rejected" in told
        for planted in (sim.api_key, b64encode(f"{sim.api_key}:".encode()).decode(), password, str(road.port),
                        "postgresql:", "Simulated fault", "planted", "rejected-key"):
            assert planted not in told, planted
        for row in await sql("SELECT name, email, number FROM customers"):
            for value in row.values():
                assert not value or not re.search(rf"\b{re.escape(value)}\b", told), value
    finally:
        await road.refuse()


async def test_readiness_is_told_as_lines_and_as_json(page: Page, http: aiohttp.ClientSession) -> None:
    _, watch, url = page
    for path in ("readyz", "healthz"):
        assert await get(http, url + path) == (200, "ok\n")
        status, text = await get(http, url + path, Accept="application/json")
        assert (status, json.loads(text)) == (200, {"status": "ok", "troubles": []})
    watch.ending = Fatal("Nothing goes.", hint="Mend it.", exit_code=Exit.REFUSED)
    brief = watch.ending.brief
    assert await get(http, url + "readyz") == (503, f"not ready\n{brief}\n")
    status, text = await get(http, url + "readyz", Accept="text/html, application/json;q=0.9")
    assert (status, json.loads(text)) == (503, {"status": "not ready", "troubles": [brief]})


async def test_ready_turns_503_for_each_reason_and_back(
        sim: Simulator, open_session: Open, mirror_database: str, http: aiohttp.ClientSession, sql: Sql) -> None:
    road = Road(mirror_database)
    await road.open()
    stop = asyncio.Event()
    async with open_session(sim, stop, sync_web_listen=ANYWHERE, sync_resources=FEW,
                           database_url=road.dsn) as session, shown(session) as (_, url):

        async def becomes(status: int, reason: str = "") -> None:
            async def is_so() -> bool:
                told, text = await get(http, url + "readyz")
                return told == status and reason in text

            await until(is_so, f"{status} {reason}")

        await becomes(503, "not loaded yet: 0 of 2 resources are complete")
        await jobs.backfill(session)
        await becomes(200)

        sim.faults.set([{"kind": "status", "match": "/customers", "status": 400}])
        await cycle.one_cycle(session)
        await becomes(503, "failed: customers")
        sim.faults.clear()
        await cycle.one_cycle(session)
        await becomes(200)

        session.schedule.watermarks.clear()
        await sql("UPDATE _run SET watermarks = '{}'")
        await sql("UPDATE _resource_state SET swept_at = now() - interval '13 h', succeeded_at = NULL "
                  "WHERE resource = 'items'")
        await becomes(503, "late: items")
        await sql("UPDATE _resource_state SET swept_at = now() WHERE resource = 'items'")
        await becomes(200)

        session.context.reader.api.answered_at -= 1000  # so long ago was the last good answer
        await becomes(503, "the API does not answer")
        await cycle.one_cycle(session)
        await becomes(200)

        await road.refuse()
        await becomes(503, "the database does not answer")
        assert await get(http, url + "livez") == (200, "ok\n")
        await road.open()
        await becomes(200)

        stop.set()
        await becomes(503, "it is stopping")
    await road.refuse()


async def test_every_path_answers_while_the_database_hangs_and_says_so(
        sim: Simulator, open_session: Open, mirror_database: str, http: aiohttp.ClientSession) -> None:
    road = Road(mirror_database)
    await road.open()
    try:
        async with open_session(sim, sync_web_listen=ANYWHERE, sync_resources=FEW, database_url=road.dsn) as session:
            await jobs.backfill(session)
            async with shown(session) as (_, url):
                assert (await get(http, url + "readyz"))[0] == 200
                await road.stall()
                try:
                    told = dict(zip(PATHS, await asyncio.gather(*(get(http, url.rstrip("/") + path)
                                                                  for path in PATHS)), strict=True))
                    assert {path for path, (status, _) in told.items() if status != 200} <= {"/readyz", "/healthz"}
                    ready, page, numbers = await asyncio.gather(*(get(http, url + path)
                                                                  for path in ("readyz", "", "metrics")))
                    assert ready == (503, "not ready\nthe database does not answer\n")
                    assert "The database does not answer." in page[1]
                    assert 'invoiced_sync_database_up{account="invoiced"} 0.0\n' in numbers[1]
                finally:
                    await road.refuse()
    finally:
        await road.refuse()


async def test_the_page_tells_each_resource_once_and_its_rows(page: Page, http: aiohttp.ClientSession,
                                                              sim: Simulator) -> None:
    _, _, url = page
    _, html = await get(http, url)
    assert html.count(">customers<") == html.count(">items<") == 1
    assert f">{sim.account.count('customers'):,}<" in html
    assert "Fresh: at most" in re.sub("<[^>]+>", "", html)
    assert not re.search(r'(?:src|href)="(?:/|https?:)', html), "every address is relative, for a proxy under a path"


async def test_a_name_with_markup_is_shown_as_it_is(page: Page, http: aiohttp.ClientSession) -> None:
    session, _, url = page
    session.account = replace(session.account, name="<script>alert(1)</script> & Sons")
    _, html = await get(http, url)
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Sons") == 2


async def test_a_name_that_turns_the_direction_of_writing_is_shown_as_it_is(
        page: Page, http: aiohttp.ClientSession) -> None:
    session, _, url = page
    session.account = replace(session.account, name="Evil\u202eliam\u2066\x9b\x1b[0m")
    _, html = await get(http, url)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x80-\x9f\x1b]", html)
    assert html.count(r"Evil\u202eliam\u2066\x9b\x1b[0m") == 2


async def test_a_run_that_was_stopped_is_told_as_stopped_and_not_as_something_away(
        page: Page, http: aiohttp.ClientSession, sql: Sql) -> None:
    _, _, url = page
    await sql("UPDATE _run SET exit_code = 75, failure = 'stopped before its end', ended_at = now()")
    _, html = await get(http, url)
    assert ">75 stopped<" in html
    assert "temporary failure" not in html


# Where it listens, and how it ends.


async def test_it_ends_at_once_whatever_connections_a_browser_keeps(page: Page) -> None:
    _, watch, _ = page
    async with AsyncExitStack() as serving:
        url = await serving.enter_async_context(http_server.serve(watch, watch.session.settings))
        assert url is not None
        port = int(url.rstrip("/").rpartition(":")[2])
        silent, writer = await asyncio.open_connection("127.0.0.1", port)
        kept, asking = await asyncio.open_connection("127.0.0.1", port)
        asking.write(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in await kept.readuntil(b"ok\n")
        async with asyncio.timeout(3):
            await serving.aclose()
    assert await silent.read() == await kept.read() == b""
    writer.close()
    asking.close()
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection("127.0.0.1", port)


async def test_it_says_where_it_listens(page: Page, logged: list[MutableMapping[str, Any]]) -> None:
    _, _, url = page
    assert [line["url"] for line in logged if line["event"] == "web.listening"] == [url]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)


async def test_it_listens_on_ipv6_where_there_is_any(page: Page, http: aiohttp.ClientSession) -> None:
    _, watch, _ = page
    if not socket.has_ipv6:
        pytest.skip("no IPv6")
    async with http_server.serve(watch,
                                 watch.session.settings.model_copy(update={"sync_web_listen": "[::1]:0"})) as url:
        assert url is not None
        assert url.startswith("http://[::1]:")
        assert await get(http, url + "livez") == (200, "ok\n")


async def test_off_means_that_nothing_listens(page: Page, logged: list[MutableMapping[str, Any]]) -> None:
    _, watch, _ = page
    logged.clear()
    async with http_server.serve(watch, watch.session.settings.model_copy(update={"sync_web_listen": "off"})) as url:
        assert url is None
    assert logged == []


async def test_an_address_that_the_user_chose_and_that_is_taken_is_78_with_a_remedy(
        page: Page, sim: Simulator, mirror_database: str) -> None:
    _, watch, url = page
    taken = url.removeprefix("http://").rstrip("/")
    with pytest.raises(Fatal) as refused:
        async with http_server.serve(watch, settings_for(sim, mirror_database, sync_web_listen=taken)):
            pass
    assert refused.value.exit_code is Exit.CONFIG
    assert taken in str(refused.value)
    assert "in use" in str(refused.value)
    assert "SYNC_WEB_LISTEN" in refused.value.hint
    for nowhere in ("no-such-host.invalid:0", "192.0.2.1:0"):
        with pytest.raises(Fatal, match="The status page can't be shown at"):
            async with http_server.serve(watch, settings_for(sim, mirror_database, sync_web_public=True,
                                                     sync_web_listen=nowhere)):
                pass


async def test_a_daemon_whose_default_address_is_taken_works_and_has_it_once_it_is_free(
        page: Page, sim: Simulator, http: aiohttp.ClientSession, mirror_database: str,
        logged: list[MutableMapping[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    _, watch, _ = page
    async with AsyncExitStack() as other:
        async with http_server.serve(watch, watch.session.settings) as url:
            assert url is not None
            settings = settings_for(sim, mirror_database, sync_web_listen=url.removeprefix("http://").rstrip("/"))
            settings.model_fields_set.discard("sync_web_listen")  # as if it were the default
            assert await other.enter_async_context(http_server.serve(watch, settings, again=0.05)) is None
            (warned,) = [line for line in logged if line["event"] == "http.address_in_use"]
            assert warned["hint"]
            assert await get(http, url + "livez") == (200, "ok\n")
        await until(lambda: [line for line in logged if line["event"] == "web.listening"][2:], "it took over")
        assert await get(http, url + "livez") == (200, "ok\n")
    assert len([line for line in logged if line["event"] == "http.address_in_use"]) == 1
