"""The API over real sockets: what is fatal, what is tried again, what is never sent elsewhere."""

from __future__ import annotations

import asyncio
import io
import json
import tracemalloc
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
import structlog
from aiohttp import web

from sync_daemon import log
from sync_daemon.errors import Exit, Fatal, Refusal, RetryLater, Stopped, TooLarge
from sync_daemon.model.resources import BY_NAME
from sync_daemon.progress import Progress
from sync_daemon.settings.fields import Settings
from sync_daemon.simulator import Simulator
from sync_daemon.source.answer import Answer, json_object
from sync_daemon.source.client import Api, connect
from sync_daemon.source.company import at_start
from sync_daemon.source.list_reader import Reader
from sync_daemon.source.pagination import Ask
from sync_daemon.tuning import Patience, Tuning
from tests.conftest import Simulate

IMPATIENT = Tuning(longest_wait=0.02)
KEY = "sk_planted_secret_0123456789"
INVOICES = BY_NAME["invoices"]
Serve = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def sim(simulate: Simulate) -> AsyncIterator[Simulator]:
    async with simulate(objects=60) as sim:
        yield sim


@asynccontextmanager
async def api_of(url: str, key: str = KEY, *, stop: asyncio.Event | None = None, tries: int = 3,
                 tuning: Tuning = IMPATIENT, **settings: object) -> AsyncIterator[Api]:
    fields: dict[str, object] = {"invoiced_api_key": key, "invoiced_base_url": url} | settings
    async with connect(Settings(**fields), now, stop or asyncio.Event(), tuning,  # type: ignore[arg-type]
                       Patience(tries, 0.0)) as api:
        yield api


@asynccontextmanager
async def server(serve: Serve) -> AsyncIterator[str]:
    """A server that answers as the test says."""
    runner = web.ServerRunner(web.Server(serve, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def good(answer: Answer) -> Answer:
    return answer


async def page(api: Api) -> int:
    """Rows of a page of invoices, by the reader's rules for what a list is."""
    reader = Reader(api, 300, Progress())
    return len((await reader.fetch(INVOICES, "", Ask(0, 5, 1))).page.order)


async def test_the_key_is_the_user_name_of_basic_auth_and_get_is_all_that_is_sent(sim: Simulator) -> None:
    async with api_of(sim.url, sim.api_key) as api:
        answer = await api.get("/customers", [("per_page", "3"), ("sort", "updated_at asc")], parse=good)
    assert len(json.loads(answer.body)) == 3
    assert answer.total == sim.account.count("customers")
    assert api.server_time is not None
    assert abs(api.server_time - sim.clock.now()) < 5
    seen = sim.stats.log[-1]
    assert (sim.stats.writes, seen.method, seen.user_agent[:14]) == (0, "GET", "invoiced-sync/")
    assert dict(parse_qsl(seen.query)) == {"per_page": "3", "sort": "updated_at asc"}


@pytest.mark.parametrize("status", [401, 402])
async def test_a_refused_key_and_a_closed_account_are_fatal_at_the_start_and_if_they_stand_for_minutes(
        status: int, sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    sim.revoke_key() if status == 401 else sim.close_account()
    async with api_of(sim.url, sim.api_key, tries=1) as api:
        with pytest.raises(Fatal) as caught:
            await api.get("/customers", parse=good, patience=Patience(3, 0.0, decisive=True))
        assert caught.value.exit_code is Exit.REFUSED
        assert caught.value.hint
        assert sim.api_key not in str(caught.value) + caught.value.hint
    assert sim.stats.requests == 3
    async with api_of(sim.url, sim.api_key, tries=1) as api:  # at work
        with pytest.raises(RetryLater):
            await api.get("/customers", parse=good)
        assert api.refused_since is not None
    async with api_of(sim.url, sim.api_key, tries=1, tuning=replace(IMPATIENT, refused_key_stands=0.0)) as api:
        with pytest.raises(Fatal) as caught:
            await api.get("/customers", parse=good)
        assert caught.value.exit_code is Exit.REFUSED


async def test_a_good_answer_in_between_shows_that_the_key_is_not_refused(sim: Simulator) -> None:
    async with api_of(sim.url, sim.api_key, tries=1, tuning=replace(IMPATIENT, refused_key_stands=0.0)) as api:
        sim.faults.add("refuse", "/tasks", status=401, name="We could not authenticate you.")
        with pytest.raises(Fatal):
            await api.get("/tasks", parse=good)
        assert api.refused_since is not None
        await api.get("/customers", parse=good)
        assert api.refused_since is None


STRANGERS = [{"kind": "stranger", "status": status, "name": name} for status in (400, 401, 402, 403, 404, 405)
             for name in ("html", "json")]


@pytest.mark.parametrize("fault", [*STRANGERS, {"kind": "redirect"}],
                         ids=lambda fault: f"{fault['kind']}-{fault.get('status')}-{fault.get('name')}")
async def test_what_a_proxy_answers_is_no_word_of_the_api(fault: dict[str, object], sim: Simulator,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    async with api_of(sim.url, sim.api_key, tries=3, tuning=replace(IMPATIENT, refused_key_stands=0.0)) as api:
        sim.faults.add(match="/invoices", count=2, **fault)  # type: ignore[arg-type]
        assert await page(api) == 5
        sim.faults.add(match="/invoices", **fault)  # type: ignore[arg-type]
        with pytest.raises(RetryLater):
            await page(api)


async def test_a_bomb_fails_the_list_before_it_is_in_memory(sim: Simulator) -> None:
    async with api_of(sim.url, sim.api_key) as api:
        sim.faults.add("bomb", "/invoices", total=256)
        tracemalloc.start()
        try:
            with pytest.raises(TooLarge, match="larger than 32 MiB"):
                await page(api)
            assert tracemalloc.get_traced_memory()[1] < 100 << 20
        finally:
            tracemalloc.stop()
        sim.faults.clear()
        assert await page(api) == 5


async def test_too_large_an_answer_to_whose_key_it_is_ends_a_start_to_be_tried_again(sim: Simulator) -> None:
    async with api_of(sim.url, sim.api_key) as api:
        sim.faults.add("bomb", "/companies/current", total=64)
        with pytest.raises(Fatal, match="larger than 32 MiB") as caught:
            await at_start(api)
    assert caught.value.exit_code is Exit.TEMPORARY


@pytest.mark.parametrize(("path", "unavailable"), [
    ("/tasks", True), ("/charges", True), ("/no_such_list", True), ("/notes?sort=x", False), ("/notes/5", False)])
async def test_refusals_are_told_apart(path: str, unavailable: bool, sim: Simulator) -> None:
    sim.forbid(["tasks"])
    sim.features(disable=["accounts_receivable"])
    sim.features(enable=[] if path == "/charges" else ["accounts_receivable"])
    if "sort" in path:
        sim.faults.add("status", "/notes", status=400)
    async with api_of(sim.url, sim.api_key) as api:
        with pytest.raises(Refusal) as caught:
            await api.get(path.partition("?")[0], parse=good)
    assert (caught.value.of_feature or caught.value.of_route) is unavailable
    assert sim.stats.requests == 1


FAULTS = [{"kind": "status", "status": 500}, {"kind": "status", "status": 502}, {"kind": "reset"}, {"kind": "cut_body"},
          {"kind": "html_200"}, {"kind": "not_a_list"}, {"kind": "bad_json"},
          {"kind": "retry_after", "status": 503, "seconds": 0}]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['kind']}-{fault.get('status', 200)}")
async def test_a_fault_of_the_way_is_tried_again_and_told_in_the_end(fault: dict[str, object], sim: Simulator,
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    async with api_of(sim.url, sim.api_key, tries=4) as api:
        sim.faults.add(match="/invoices", count=3, **fault)  # type: ignore[arg-type]
        assert await page(api) == 5
        assert api.retries >= 1  # a reset connection is opened again once by the HTTP library itself
        tried = api.retries
        sim.faults.add(match="/invoices", **fault)  # type: ignore[arg-type]
        with pytest.raises(RetryLater):
            await page(api)
        assert api.retries == tried + 3


async def test_too_many_requests_never_fails_and_slows_all_down(sim: Simulator,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    async with api_of(sim.url, sim.api_key, tries=1) as api:
        api.limiter.limit = 12.0
        sim.faults.add("status", status=429, count=12)
        assert await page(api) == 5
        assert api.statuses["429"] == 12
        assert api.limiter.limit <= 2


async def test_no_more_are_in_flight_than_allowed_and_the_server_s_cap_lowers_it(sim: Simulator) -> None:
    sim.limit(slots=3)
    sim.set_latency(0.01)
    async with api_of(sim.url, sim.api_key, invoiced_max_concurrency=8) as api:
        api.limiter.limit = 8.0
        await asyncio.gather(*(page(api) for _ in range(12)))
        assert api.limiter.highest <= 8
        assert sim.stats.max_in_flight <= 8
        assert sim.stats.rate_limited > 0
        assert api.limiter.limit < 5


async def test_retry_after_is_obeyed(sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def note(_api: Api, delay: float) -> None:
        waits.append(delay)

    monkeypatch.setattr(Api, "_sleep", note)
    async with api_of(sim.url, sim.api_key, tries=9) as api:
        for skip, (status, seconds) in enumerate(((429, 17), (503, 9), (503, 4000))):
            sim.faults.add("retry_after", status=status, seconds=seconds, count=1, skip=skip)
        assert await page(api) == 5
    assert waits == [17, 9, 300]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_no_redirect_is_followed_and_the_key_goes_nowhere_else(status: int) -> None:
    asked: list[str] = []

    async def elsewhere(request: web.BaseRequest) -> web.Response:
        asked.append(str(request.headers))
        return web.json_response([])

    async with server(elsewhere) as other:
        async def redirect(request: web.BaseRequest) -> web.Response:
            return web.Response(status=status, headers={"Location": other + "/invoices"})

        async with server(redirect) as url, api_of(url) as api:
            with pytest.raises(Fatal, match="redirects") as caught:  # at the start; at work it is tried again
                await api.get("/invoices", parse=good, patience=Patience(1, 0.0, decisive=True))
    assert caught.value.exit_code is Exit.CONFIG
    assert asked == []


async def test_no_cookie_is_kept_and_no_link_obeyed() -> None:
    cookies: list[str] = []

    async def serve(request: web.BaseRequest) -> web.Response:
        cookies.append(request.headers.get("Cookie", ""))
        return web.json_response([{"id": 1, "updated_at": 5}], headers={
            "X-Total-Count": "1", "Set-Cookie": "session=1; Path=/",
            "Link": '<http://192.0.2.1/invoices?page=2>; rel="next"'})

    async with server(serve) as url, api_of(url) as api:
        assert [await page(api), await page(api)] == [1, 1]
    assert cookies == ["", ""]


@pytest.mark.parametrize("body", [b"", b"<html>", b'"x"', b"[1]"])
@pytest.mark.parametrize("status", [400, 404])
async def test_a_refusal_that_is_not_in_the_api_s_own_words_is_a_fault_of_the_way(
        status: int, body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    async def serve(request: web.BaseRequest) -> web.Response:
        return web.Response(status=status, body=body)

    async with server(serve) as url, api_of(url, tries=2) as api:
        with pytest.raises(RetryLater, match=str(status)):
            await api.get("/invoices/5", parse=good)


async def test_a_timed_out_request_keeps_its_place(sim: Simulator) -> None:
    sim.faults.add("hang", "/invoices", seconds=30)
    async with api_of(sim.url, sim.api_key, tries=1, invoiced_timeout=1) as api:
        with pytest.raises(RetryLater, match="no answer"):
            await page(api)
        assert api.limiter.in_flight == 1  # the server still works on it
        assert api.statuses["timeout"] == 1


async def test_an_unknown_host_and_a_closed_port_are_told_plainly() -> None:
    async with server(lambda request: asyncio.sleep(0, web.Response())) as url:
        pass
    async with api_of(url, tries=1) as api:
        with pytest.raises(RetryLater, match=r"no connection to 127\.0\.0\.1"):
            await api.get("/x", parse=good)
    async with api_of("https://no-such-host.invalid", tries=1) as api:
        with pytest.raises(RetryLater, match=r"no-such-host\.invalid"):
            await api.get("/x", parse=good)


async def test_a_stop_wakes_the_wait_between_two_tries_and_begins_nothing_new(sim: Simulator) -> None:
    stop = asyncio.Event()
    sim.faults.add("retry_after", status=503, seconds=300)
    async with api_of(sim.url, sim.api_key, stop=stop, tries=99) as api:
        asking = asyncio.create_task(page(api))
        async with asyncio.timeout(20):
            while not api.retries:  # noqa: ASYNC110 - the retry has no event to wait for
                await asyncio.sleep(0.01)
            stop.set()
            with pytest.raises(Stopped):
                await asking
        requests = api.requests
        with pytest.raises(Stopped):
            await page(api)
        assert api.requests == requests


@pytest.mark.parametrize("body", [b"[]", b"{", b"", b"<html>", b"5", b'{"a":' + b"[" * 9000 + b"]" * 9000 + b"}"])
def test_what_is_no_json_object_is_a_fault_of_the_way(body: bytes) -> None:
    with pytest.raises(RetryLater):
        json_object(Answer(body, None, now()))


async def test_the_key_is_in_no_log_line_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    token = b64encode(f"{KEY}:".encode()).decode()

    async def serve(request: web.BaseRequest) -> web.Response:
        status = int(request.path.strip("/"))
        return web.json_response({"type": "invalid_request", "message": f"no to {KEY}"}, status=status)

    out, said = io.StringIO(), ""
    before = structlog.get_config()
    log.configure("debug", "json", out)
    try:
        async with server(serve) as url, api_of(url, tries=4) as api:
            for status in (400, 401, 402, 403, 404, 418, 500, 503):
                with pytest.raises((Fatal, Refusal, RetryLater)) as caught:
                    await api.get(f"/{status}", [("q", "x")], parse=good)
                said += repr(caught.value) + str(vars(caught.value))
    finally:
        structlog.configure(**before)
    assert "request.retry" in out.getvalue()
    for secret in (KEY, token, KEY[:12]):
        assert secret not in out.getvalue() + said


async def test_a_key_in_an_answer_that_is_no_http_or_that_json_escapes_is_not_repeated() -> None:
    token = b64encode(f"{KEY}:".encode()).decode()
    escaped = '{"type": "x", "message": "no to ' + "".join(f"\\u{ord(letter):04x}" for letter in KEY) + '"}'
    ok = "HTTP/1.1 200 OK\r\n"
    answers = [f"Authorization: Basic {token}\r\n\r\n", f"{ok}X\x01y {token}\r\n\r\n",
               f"{ok}Content-Length: {token}\r\n\r\n", f"{ok}X: {f'{token} ' * 300}\r\n\r\n",
               f"{ok}Transfer-Encoding: chunked\r\n\r\n{token}\r\n",
               *(f"HTTP/1.1 {status}\r\nContent-Length: {len(escaped)}\r\n\r\n{escaped}" for status in (400, 402, 500))]
    for answer in answers:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: str = answer) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer.encode())
            await writer.drain()
            writer.close()

        async with (await asyncio.start_server(serve, "127.0.0.1", 0) as listening,
                    api_of(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", tries=1) as api):
            with pytest.raises((Fatal, Refusal, RetryLater)) as caught:
                await api.get("/x", parse=good)
        said = repr(caught.value) + str(vars(caught.value))
        assert not [part for part in (KEY, KEY[:12], token, token[:12]) if part in said], answer


@pytest.mark.parametrize("date", ["Mon, 20 Nov 99999999999999999999 19:12:08 GMT",
                                  "Mon, 20 Nov 2026 19:12:08 +99999999999999999999"])
async def test_a_time_that_no_calendar_has_counts_as_none(date: str) -> None:
    async def serve(request: web.BaseRequest) -> web.Response:
        status = int(request.path.strip("/"))
        return web.json_response({}, status=status, headers={"Date": date, "Retry-After": date})

    async with server(serve) as url, api_of(url, tries=1) as api:
        await api.get("/200", parse=good)
        assert api.server_time is None
        with pytest.raises(RetryLater) as caught:
            await api.get("/503", parse=good)
        assert caught.value.wait is None
