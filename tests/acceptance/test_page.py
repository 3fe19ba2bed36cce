"""The status page as people see it: in a real browser, of the real program, in each state it can be in; and behind a
real nginx that asks for a password.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import ssl
import subprocess
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from socket import socket
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from sync_daemon.model.resources import RESOURCES
from sync_daemon.simulator import Simulator
from tests.acceptance.conftest import Roads
from tests.conftest import Simulate
from tests.support.mirror import SHORT, settings
from tests.support.program import Program, Programs, until

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin") or ""
EXAMPLE: Final = Path(__file__).parents[2] / "config" / "nginx.conf.example"
QUIET: Final = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync"]
PHONE: Final[dict[str, Any]] = {"viewport": {"width": 360, "height": 740}}
PATIENCE = 30_000
"""Milliseconds until something that does not show counts as a failure."""

needs_browser = pytest.mark.skipif(not CHROMIUM, reason="no browser (apt-get install chromium)")
needs_nginx = pytest.mark.skipif(not NGINX, reason="no nginx (apt-get install nginx-light)")
expect.set_options(timeout=PATIENCE)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@dataclass
class Reader:
    """Someone who looks at the page, and what went wrong in the browser meanwhile."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    @property
    def headline(self) -> Any:
        return self.page.get_by_role("heading", level=1)

    async def refreshed(self) -> None:
        """Waits until the page has asked again, which it does by its own clock; that is put forward."""
        seen = self.page.get_by_text("Seen at").locator("time")
        before = str(await seen.get_attribute("datetime"))
        await self.page.clock.fast_forward(5_000)
        await expect(seen).not_to_have_attribute("datetime", before)

    def table(self, name: str) -> Any:
        return self.page.get_by_role("table", name=re.compile(name))

    def row(self, resource: str) -> Any:
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("rowheader", name=resource, exact=True))


Read = Callable[..., AbstractAsyncContextManager[Reader]]


@pytest.fixture
def read(browser: Browser) -> Read:
    """Opens a page in a browser of its own; whatever a test is about, nothing may go wrong in the console, be asked
    of another site, or stick out at the side."""

    @asynccontextmanager
    async def start(url: str, **options: Any) -> AsyncIterator[Reader]:
        context = await browser.new_context(**options)
        page = await context.new_page()
        await page.clock.install()
        reader, here = Reader(page), urlsplit(url).hostname
        page.on("console", lambda said: reader.wrong.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: reader.wrong.append(str(error)))
        page.on("request", lambda asked: None if urlsplit(asked.url).hostname == here else
                reader.wrong.append(asked.url))
        await page.goto(url)
        yield reader
        assert reader.wrong == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await context.close()

    return start


async def url_of(program: Program) -> str:
    lines = await until(lambda: program.logged("web.listening"), "the page is there")
    return str(lines[0]["url"])


def shown(sim: Simulator, dsn: str, **more: str) -> dict[str, str]:
    """Settings of a daemon that is quick and has a page."""
    return settings(sim, dsn, **({"SYNC_WEB_LISTEN": "127.0.0.1:0", "SYNC_INTERVAL": "1"} | more))


async def all_looks(read: Read, url: str, look: Callable[[Reader], Awaitable[None]]) -> None:
    """Looks at the page on a phone and on a desk, in light and in dark: all can be read everywhere."""
    for scheme in ("light", "dark"):
        for size in (PHONE, {}):
            async with read(url, color_scheme=scheme, **size) as reader:
                await look(reader)
                assert await reader.page.evaluate(FAINT) == []


FAINT = """() => {
    const number = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
        .reduce((sum, c, at) => sum + c * [.2126, .7152, .0722][at], 0);
    const behind = element => { for (let at = element; at; at = at.parentElement) {
        const [r, g, b, a = 1] = number(getComputedStyle(at).backgroundColor); if (a) return [r, g, b]; }
        return [255, 255, 255]; };
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), faint = new Set();
    while (words.nextNode()) {
        const element = words.currentNode.parentElement;
        if (!words.currentNode.data.trim() || !element.checkVisibility()) continue;
        const [a, b] = [light(number(getComputedStyle(element).color)), light(behind(element))];
        if ((Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5) faint.add(words.currentNode.data.trim());
    }
    return [...faint]; }"""
"""Words with less contrast than WCAG AA asks of small letters."""


async def until_it_stands(url: str, *words: str) -> None:
    """Waits until the page has these words, without a browser."""

    async def has_them() -> bool:
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            text = re.sub("<[^>]+>", "", await answer.text())
            return all(word in text for word in words)

    await until(has_them, f"the page says {words}")


# The four states.


@needs_browser
async def test_a_first_load_shows_what_is_complete_and_how_far_the_rest_is(
        programs: Programs, simulate: Simulate, database: str, read: Read) -> None:
    async with simulate(objects=300, sizes={"invoices": 1200}, dense={}) as sim:
        sim.faults.add("slow", {"path": "/invoices", "query": "per_page=100"}, skip=5, seconds=600)
        program = await programs.start("run", **shown(sim, database, INVOICED_TIMEOUT="600"))
        url = await url_of(program)
        await until_it_stands(url, "First load: ", "30 of 32 resources are complete.")

        async def look(reader: Reader) -> None:
            await expect(reader.headline).to_have_text(
                re.compile(r"^First load: \d+%(, .+ left)?; 30 of 32 resources are complete\.$"))
            await expect(reader.page).to_have_title(re.compile("^First load: .* · "))
            row = reader.table("First load").get_by_role("row").filter(has_text="invoices")
            bar = row.get_by_role("progressbar", name="invoices")
            percent = int(await bar.get_attribute("value") or 0)
            assert 0 < percent < 100
            await expect(row).to_contain_text(f"{percent}%")
            await expect(row).to_contain_text("of 1,200")
            await expect(reader.row("payment_plans")).to_contain_text("waits its turn")
            await expect(reader.row("customers")).to_contain_text("polled")
            assert await reader.table("In order").get_by_role("rowheader").count() == 30

        await all_looks(read, url, look)


@needs_browser
async def test_when_all_is_green_it_says_so_and_shows_every_resource_and_the_runs(
        programs: Programs, sim: Simulator, database: str, read: Read) -> None:
    assert (await programs.call("backfill", **shown(sim, database))).code == 0
    program = await programs.start("run", **shown(sim, database))
    url = await url_of(program)
    await until_it_stands(url, "Fresh: at most")

    async def look(reader: Reader) -> None:
        await expect(reader.headline).to_have_text(re.compile(r"^Fresh: at most \d+ s behind\.$"))
        await expect(reader.page.get_by_text("Nothing needs doing.")).to_be_visible()
        names = await reader.table("In order").get_by_role("rowheader").all_inner_texts()
        assert sorted(names) == sorted(resource.name for resource in RESOURCES)
        await expect(reader.row("customers")).to_contain_text(f"{sim.account.count('customers'):,}")
        await expect(reader.row("contacts")).to_contain_text("per parent")
        await expect(reader.row("items")).to_contain_text("in 6 h")
        runs = reader.table("Recent runs").get_by_role("row")
        await expect(runs.filter(has_text="running")).to_have_count(1)
        await expect(runs.filter(has_text="backfill")).to_contain_text("0 done")
        for landmark in ("banner", "main", "contentinfo"):
            await expect(reader.page.get_by_role(landmark)).to_have_count(1)  # type: ignore[arg-type]  # they are roles

    await all_looks(read, url, look)


@needs_browser
@pytest.mark.slow
async def test_a_resource_that_fails_comes_first_with_why_and_the_page_follows_by_itself(
        programs: Programs, sim: Simulator, database: str, read: Read) -> None:
    sim.forbidden.add("payouts")
    program = await programs.start("run", tuning=SHORT, **shown(sim, database))
    url = await url_of(program)
    await until_it_stands(url, "Fresh: at most")

    async def look(reader: Reader) -> None:
        await expect(reader.headline).to_have_text("1 of 32 resources fails: notes.")
        wrong = reader.table("Look at these")
        assert await wrong.get_by_role("rowheader").all_inner_texts() == ["notes"]
        await expect(wrong.get_by_role("cell", name="failed", exact=True)).to_be_visible()
        await expect(wrong).to_contain_text("the API answered 400")
        assert "Simulated" not in await reader.page.content()
        assert await reader.page.get_by_role("table").first.get_by_role("rowheader").first.inner_text() == "notes"
        unavailable = reader.page.get_by_role("region", name="Unavailable")
        assert await unavailable.get_by_role("listitem").all_inner_texts() == ["payouts"]

    async with read(url) as reader:
        await expect(reader.headline).to_contain_text("Fresh")
        sim.faults.add("status", "/notes", status=400)
        await until_it_stands(url, "1 of 32 resources fails")
        await reader.refreshed()
        await expect(reader.headline).to_contain_text("fails: notes")
        await expect(reader.page).to_have_title(re.compile("^1 of 32 resources fails"))
        await all_looks(read, url, look)
        sim.faults.clear()
        await until_it_stands(url, "Fresh: at most")
        await reader.refreshed()
        await expect(reader.headline).to_contain_text("Fresh")
        assert await reader.table("Look at these").count() == 0


@needs_browser
@pytest.mark.slow
async def test_a_refused_key_is_told_with_what_to_do_and_then_that_nobody_answers(
        programs: Programs, sim: Simulator, database: str, read: Read) -> None:
    program = await programs.start("run", tuning=SHORT, **shown(sim, database))
    url = await url_of(program)
    await until_it_stands(url, "Fresh: at most")

    async def look(reader: Reader) -> None:
        await expect(reader.headline).to_have_text("It ends: the API key is refused.")
        await expect(reader.page.get_by_text("Set INVOICED_API_KEY to a key")).to_be_visible()
        await expect(reader.page.get_by_role("alert")).to_have_count(0)

    async with read(url) as reader:
        sim.revoke_key()
        await until_it_stands(url, "It ends")
        await all_looks(read, url, look)
        await reader.refreshed()
        await expect(reader.headline).to_have_text("It ends: the API key is refused.")
        program.terminate()
        assert await program.ended() == 77
        await reader.page.clock.fast_forward(5_000)
        await expect(reader.page.get_by_role("alert")).to_have_text(re.compile(r"^No answer since \d.*\."))
        await expect(reader.headline).to_have_text("It ends: the API key is refused.")
        reader.wrong.clear()  # the browser notes each question that nobody answered


# While one reads.


@needs_browser
async def test_a_refresh_moves_nothing_under_the_readers_eyes(
        programs: Programs, sim: Simulator, database: str, read: Read) -> None:
    program = await programs.start("run", **shown(sim, database))
    url = await url_of(program)
    await until_it_stands(url, "Fresh: at most")
    async with read(url, **PHONE) as reader:
        page = reader.page
        await page.get_by_role("link", name="Metrics").focus()
        await page.evaluate("scrollTo(0, 400); getSelection().selectAllChildren(document.querySelector('h1'))")
        await reader.refreshed()
        scrolled, selected = await page.evaluate("[scrollY, getSelection().toString()]")
        assert scrolled == 400
        assert selected.startswith("Fresh: at most")
        await expect(page.get_by_role("link", name="Metrics")).to_be_focused()


@needs_browser
@pytest.mark.slow
async def test_it_can_be_read_without_a_script_and_knows_the_readers_clock_with_one(
        programs: Programs, sim: Simulator, database: str, read: Read) -> None:
    program = await programs.start("run", **shown(sim, database))
    url = await url_of(program)
    await until_it_stands(url, "Fresh: at most")
    async with read(url, java_script_enabled=False) as reader:
        await expect(reader.headline).to_contain_text("Fresh")
        await expect(reader.table("In order").get_by_role("rowheader")).to_have_count(len(RESOURCES))
        await expect(reader.page.get_by_text(re.compile(r"Seen at \S+ \S+ UTC"))).to_be_visible()
        assert await reader.page.locator("meta[http-equiv=refresh]").get_attribute("content") == "10"
    async with read(url, timezone_id="Asia/Kolkata") as reader:
        here = reader.table("Recent runs").locator("time").first
        there = str(await here.get_attribute("datetime"))
        expected = datetime.fromisoformat(there).astimezone(ZoneInfo("Asia/Kolkata"))
        await expect(here).to_have_text(f"{expected:%Y-%m-%d %H:%M:%S} GMT+5:30")


async def test_a_daemon_whose_database_hangs_while_someone_looks_ends_in_time(
        programs: Programs, sim: Simulator, database: str, road_to: Roads) -> None:
    async with road_to() as road:
        program = await programs.start("run", **shown(sim, road.dsn))
        url = await url_of(program)
        await until_it_stands(url, "Fresh: at most")
        await road.stall()
        await until_it_stands(url + "readyz", "the database does not answer")
        assert await program.terminated() == 0


# Behind nginx.


@dataclass
class Proxy:
    """nginx with the example's recipe."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}/invoiced/"


def openssl(*arguments: str) -> str:
    done = subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode().strip()


def recipe(folder: Path, port: int, page: str) -> Path:
    """The example with what is marked replaced, in an nginx of its own."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/CN=status.example.com", "-keyout", str(folder / "key"), "-out", str(folder / "cert"))
    (folder / "passwords").write_text(f"ops:{openssl('passwd', '-6', 'the-pass-word')}\n")
    text = EXAMPLE.read_text()
    for ours, theirs in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl", "listen [::]:443 ssl;": "",
        "/etc/ssl/certs/status.example.com.pem": f"{folder}/cert", "192.0.2.10": "127.0.0.2",
        "/etc/ssl/private/status.example.com.key": f"{folder}/key", "http://127.0.0.1:8484/": page,
        "auth_basic_user_file /etc/nginx/invoiced-sync.htpasswd": f"auth_basic_user_file {folder}/passwords",
    }.items():
        assert ours in text, ours
        text = text.replace(ours, theirs)
    (folder / "invoiced-sync.conf").write_text(text)
    whole = folder / "nginx.conf"
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole.write_text(f"{'user root root;' * (os.geteuid() == 0)} daemon off; pid {folder}/pid; events {{}} "
                     f"http {{ access_log off; {temporary} include {folder}/invoiced-sync.conf; }}\n")
    return whole


@pytest.fixture
def proxies(tmp_path: Path) -> Iterator[Callable[[str], Proxy]]:
    """Starts nginx in front of a page."""
    started: list[Proxy] = []

    def start(page: str) -> Proxy:
        with socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        whole = recipe(tmp_path, port, page)
        checked = subprocess.run([NGINX, "-t", "-q", "-c", str(whole), "-e", "stderr"], text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert (checked.returncode, checked.stdout) == (0, "")
        with (tmp_path / "errors").open("wb") as errors:
            process = subprocess.Popen([NGINX, "-c", str(whole), "-e", "stderr"], stderr=errors)
        started.append(Proxy(port, process))
        return started[-1]

    yield start
    for proxy in started:
        proxy.process.terminate()
        proxy.process.wait()


async def status_of(url: str, address: str = "127.0.0.1", password: str | None = None) -> tuple[int, str]:
    """What someone at this address gets."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    headers = {} if password is None else {"Authorization": f"Basic {b64encode(f'ops:{password}'.encode()).decode()}"}
    connector = aiohttp.TCPConnector(local_addr=(address, 0), ssl=trusting)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session, \
            session.get(url, allow_redirects=False) as answer:
        return answer.status, await answer.text()


@needs_browser
@needs_nginx
@pytest.mark.slow
async def test_behind_nginx_it_works_under_a_path_for_who_has_the_password(
        programs: Programs, sim: Simulator, database: str, read: Read, proxies: Callable[[str], Proxy]) -> None:
    program = await programs.start("run", **shown(sim, database, SYNC_RESOURCES="customers,items"))
    page = await url_of(program)
    await until_it_stands(page, "Fresh: at most")
    proxy = proxies(page)

    async def answers() -> bool:
        with suppress(aiohttp.ClientConnectorError):
            return (await status_of(proxy.url))[0] == 401
        return False

    await until(answers, "nginx is up")
    for path in ("", "page.css", "metrics", "readyz"):
        assert (await status_of(proxy.url + path))[0] == 401, path
        assert (await status_of(proxy.url + path, password="another"))[0] == 401, path
        assert (await status_of(proxy.url + path, password="the-pass-word"))[0] == 200, path
    for path, status in {"metrics": 200, "readyz": 200, "livez": 200, "healthz": 200, "": 401, "page.js": 401}.items():
        assert (await status_of(proxy.url + path, address="127.0.0.2"))[0] == status, path
    assert "invoiced_sync_ready" in (await status_of(proxy.url + "metrics", address="127.0.0.2"))[1]
    guesses = [status_of(proxy.url, address="127.0.0.3", password=f"guess {number}") for number in range(40)]
    assert {status for status, _ in await asyncio.gather(*guesses)} == {401, 429}
    with_password = proxy.url.replace("://", "://ops:the-pass-word@")
    for url, more in ((with_password, {}), (proxy.url, {"http_credentials": {"username": "ops",
                                                                              "password": "the-pass-word"}})):
        async with read(url, ignore_https_errors=True, **more) as reader:
            await expect(reader.headline).to_contain_text("Fresh")
            await reader.refreshed()
            await expect(reader.page.get_by_role("alert")).to_have_count(0)
            links = await reader.page.get_by_role("link").evaluate_all("all => all.map(one => one.href)")
            assert [urlsplit(link).path for link in links] == [f"/invoiced/{path}"
                                                               for path in ("metrics", "readyz", "livez")]
