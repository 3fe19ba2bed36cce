"""Invoiced over HTTP: one GET at a time out of the shared limit, retried in one place, judged by what came.

The key goes to the configured origin only: no redirect is followed, no `Link` obeyed. An answer that is cut, HTML or
of the wrong shape is a fault of the way, not data. What the server's clock says (`Date`) is kept, since only that
clock decides what is settled.
"""

from __future__ import annotations

import asyncio
import random
import time
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import aiohttp
import msgspec
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type
from yarl import URL

from sync_daemon import __version__
from sync_daemon.errors import Exit, Fatal, Refusal, RejectRecord, RetryLater, Stopped, plainly
from sync_daemon.log import log
from sync_daemon.pacing import FIRST, Pace, Slot
from sync_daemon.records import Head, clean, head_of
from sync_daemon.settings import Settings
from sync_daemon.together import wait

T = TypeVar("T")
Query = Iterable[tuple[str, str]]

SERVER_SLOT_SECONDS = 60.0
"""A request that we gave up on may hold its slot at the server for so long (fact sheet, section 2)."""
LONGEST_COUNT = 18
"""Digits of a count that still fit 64 bits."""
AWAY_AFTER = 3
"""Tries of one request after which the API is called away, if nothing else was answered meanwhile."""
LONGEST_WAIT = 60.0
LONGEST_RETRY_AFTER = 300.0


@dataclass(frozen=True, slots=True)
class Patience:
    """When to give up on a request that keeps failing: only after this many tries *and* this many seconds."""

    tries: int = 8
    seconds: float = 300.0


AT_START = Patience(3, 0.0)
"""Nobody wants to wait five minutes to hear that the host name is wrong."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer. `total` is its X-Total-Count; `asked_at` is when the question was sent, by the clock given."""

    body: bytes
    total: int | None
    asked_at: datetime


class Api:
    """Reads the API. `requests`, `retries` and `statuses` count what was done since the start."""

    def __init__(self, session: aiohttp.ClientSession, settings: Settings, pace: Pace, clock: Callable[[], datetime],
                 stop: asyncio.Event, patience: Patience = Patience()) -> None:
        self._session = session
        self._base = settings.invoiced_base_url
        token = b64encode(settings.invoiced_api_key.get_secret_value().encode() + b":").decode()
        self._headers = {"Authorization": f"Basic {token}"}
        self._secrets = (token.encode(), settings.invoiced_api_key.get_secret_value().encode())
        self._clock = clock
        self._stop = stop
        self.patience = patience
        self.pace = pace
        self.server_time: int | None = None
        self.requests = 0
        self.retries = 0
        self.statuses: Counter[str] = Counter()
        self.moved_at = time.monotonic()
        """When a request last ended, well or badly; one that timed out tells nothing."""
        self.answered_at: float | None = None
        """When the API last gave a good answer, by our monotonic clock."""
        self._away = False

    async def get(self, path: str, query: Query = (), *, parse: Callable[[Answer], T],
                  patience: Patience | None = None, rank: float = FIRST) -> T:
        """GETs `path` and returns what `parse` makes of the answer; `parse` may raise RetryLater for a bad shape.

        `rank` says who goes first where more want to ask than may.
        Raises Refusal (400, 403, 404, 405), Fatal (401, 402, a redirect), RetryLater when patience ran out, Stopped.
        """
        limit = patience or self.patience
        pairs, begun = list(query), time.monotonic()
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(RetryLater), wait=_wait, reraise=True, sleep=self._sleep,
            stop=lambda state: _gives_up(state, limit), before_sleep=lambda state: self._note_retry(path, begun, state))
        return await retrying(self._once, path, pairs, parse, rank)

    async def _once(self, path: str, query: list[tuple[str, str]], parse: Callable[[Answer], T], rank: float) -> T:
        if self._stop.is_set():
            raise Stopped
        async with self.pace.slot(rank) as slot:
            answer = await self._send(path, query, slot)
        value = parse(answer)
        self.pace.good()
        if self._away:
            self._away = False
            log().info("api.back")
        return value

    async def _send(self, path: str, query: list[tuple[str, str]], slot: Slot) -> Answer:
        asked_at, begun = self._clock(), time.monotonic()
        self.requests += 1
        url = URL(self._base + path).with_query(query)
        try:
            async with self._session.get(url, headers=self._headers, allow_redirects=False) as response:
                body = await response.read()
        except TimeoutError:
            slot.keep_for = max(0.0, SERVER_SLOT_SECONDS - (time.monotonic() - begun))
            self.statuses["timeout"] += 1
            raise RetryLater(f"GET {path}: no answer in {time.monotonic() - begun:.0f} s",
                             brief="the API does not answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            self.statuses["broken"] += 1
            self.moved_at = time.monotonic()
            raise RetryLater(f"GET {path}: {_broken(error)}", brief="no connection to the API") from None
        self.moved_at = time.monotonic()
        self.statuses[str(response.status)] += 1
        if (date := _date(response)) is not None:
            self.server_time = date
        if response.status == 200:
            self.answered_at = self.moved_at
            return Answer(body, _count(response), asked_at)
        raise self._refusal(path, response, body, slot)

    def _refusal(self, path: str, response: aiohttp.ClientResponse, body: bytes, slot: Slot) -> Exception:
        for secret in self._secrets:  # an error may quote what was sent
            body = body.replace(secret, b"[the key]")
        status, message = response.status, _message(body)
        said = f"the API answered {status}" + (f": {message}" if message else "")
        if status == 429:
            self.pace.too_many(slot)
            return RetryLater("too many requests in flight for this key", wait=_retry_after(response), pace=True)
        if status == 401:
            # what the server says is left out: it may quote the key
            return Fatal("The API key is refused (the API answered 401).", exit_code=Exit.REFUSED,
                         brief="the API key is refused",
                         hint="Set INVOICED_API_KEY to a key of this account that is still valid; sandbox and "
                              "production have their own keys and URLs.")
        if status == 402:
            return Fatal(f"The account is closed or unpaid ({said}).", exit_code=Exit.REFUSED,
                         brief="the account is closed or unpaid",
                         hint="Have the account reopened at Invoiced, then start again.")
        if status in {400, 403, 404, 405} and (message or status in {403, 405}):
            return Refusal(status, message or said)
        if 300 <= status < 400:
            return Fatal(f"The API redirects {path} elsewhere; the key is not sent there.", exit_code=Exit.CONFIG,
                         hint="Set INVOICED_BASE_URL to the API itself, such as https://api.invoiced.com.")
        return RetryLater(f"GET {path}: {said}", wait=_retry_after(response), brief=f"the API answered {status}")

    async def _sleep(self, delay: float) -> None:
        """Waits, but not beyond a stop."""
        if await wait(self._stop, delay):
            raise Stopped

    def _note_retry(self, path: str, begun: float, state: RetryCallState) -> None:
        """Says once that the API went away: when a request failed thrice and no other had a good answer meanwhile."""
        self.retries += 1
        error = state.outcome.exception() if state.outcome else None
        log().debug("request.retry", path=path, tries=state.attempt_number, wait=round(state.upcoming_sleep, 1),
                    why=str(error), limit=round(self.pace.limit, 1))
        slow = isinstance(error, RetryLater) and error.pace
        if state.attempt_number < AWAY_AFTER or slow or self._away or (self.answered_at or 0.0) > begun:
            return
        self._away = True
        log().warning("api.away", why=str(error), hint="It is tried again until it is back. See whether Invoiced "
                      "reports an outage, and this machine's network.")


@asynccontextmanager
async def connect(settings: Settings, clock: Callable[[], datetime], stop: asyncio.Event,
                  patience: Patience = Patience()) -> AsyncIterator[Api]:
    """An Api with a session of its own."""
    pace = Pace(settings.invoiced_max_concurrency)
    timeout = aiohttp.ClientTimeout(total=settings.invoiced_timeout)
    headers = {"Accept": "application/json", "User-Agent": f"invoiced-sync/{__version__}"}
    async with aiohttp.ClientSession(timeout=timeout, headers=headers, cookie_jar=aiohttp.DummyCookieJar(),
                                     connector=aiohttp.TCPConnector(limit=0)) as session:
        try:
            yield Api(session, settings, pace, clock, stop, patience)
        finally:
            pace.close()


def json_object(answer: Answer) -> dict[str, object]:
    """The answer as one JSON object; anything else is a fault of the way."""
    try:
        return msgspec.json.decode(clean(answer.body), type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        raise RetryLater("the answer is not a JSON object") from None


def json_head(answer: Answer) -> Head:
    """The head of the one record that the answer is, however odd its other fields are."""
    try:
        return head_of(clean(answer.body))
    except RejectRecord:
        raise RetryLater("the answer is not a JSON object") from None


def _gives_up(state: RetryCallState, patience: Patience) -> bool:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RetryLater) and error.pace:
        return False  # being told to slow down is no failure, however often
    return state.attempt_number >= patience.tries and (state.seconds_since_start or 0.0) >= patience.seconds


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RetryLater) and error.wait is not None:
        return min(error.wait, LONGEST_RETRY_AFTER)
    ceiling: float = min(2.0 ** (state.attempt_number - 1), LONGEST_WAIT)
    return ceiling if isinstance(error, RetryLater) and error.pace else random.uniform(ceiling / 2, ceiling)  # noqa: S311 - jitter


def _date(response: aiohttp.ClientResponse) -> int | None:
    try:
        return int(parsedate_to_datetime(response.headers["Date"]).timestamp())
    except (KeyError, ValueError, TypeError):
        return None


def _count(response: aiohttp.ClientResponse) -> int | None:
    value = response.headers.get("X-Total-Count", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= LONGEST_COUNT else None


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    value = response.headers.get("Retry-After", "")
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _message(body: bytes) -> str | None:
    """What the API's own error says; None if the body is not the API's."""
    try:
        error = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    message = error.get("message") if isinstance(error, dict) else None
    return message[:300].replace("\0", "\ufffd") if isinstance(message, str) and message else None


def _broken(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"the host {error.host} is not known"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return (f"the certificate of {error.host} is not trusted ({error.certificate_error}): see this machine's "
                "clock, and what stands in between")
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection to {error.host}:{error.port} ({plainly(error.os_error)})"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the answer was cut short"
    return plainly(error)
