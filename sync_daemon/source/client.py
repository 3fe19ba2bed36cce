"""The HTTP client of Invoiced: GETs within the shared limit, retried in one place, judged by the answer's content.

The key goes to the configured origin only: no redirect and no `Link` is followed. An answer that is cut short, HTML or
of the wrong shape is a transport fault, not data; a refusal counts only in the API's own words, since proxies and
firewalls answer 403 and 404 as well. The server's clock (`Date`) is remembered, since only that clock decides what is
settled.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import TypeVar

import aiohttp
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type
from yarl import URL

from sync_daemon import __version__
from sync_daemon.concurrency import wait
from sync_daemon.errors import Exit, Fatal, Refusal, RetryLater, Stopped
from sync_daemon.log import log
from sync_daemon.settings import tls
from sync_daemon.settings.fields import Settings
from sync_daemon.source.answer import Answer, count_of, date_of, own_words, read_body, retry_after
from sync_daemon.source.failure import account_closed, broken, is_of, key_refused, of_the_proxy, through
from sync_daemon.source.limiter import FIRST, AdaptiveLimiter, Slot
from sync_daemon.tuning import AS_IT_IS, Patience, Tuning

T = TypeVar("T")
Query = Iterable[tuple[str, str]]

AWAY_AFTER = 3
"""Tries of one request after which the API counts as down, if nothing else was answered meanwhile."""
LONGEST_RETRY_AFTER = 300.0
FAR_AHEAD = 1200
"""Most seconds that a trusted Date may be ahead of the database's clock, which may be late itself."""
WITHOUT_DATE = 600.0
"""Seconds without a Date after which the server counts as sending none."""


class Api:
    """Reads the API. `requests`, `retries` and `statuses` count what was done since the start."""

    def __init__(self, session: aiohttp.ClientSession, settings: Settings, limiter: AdaptiveLimiter,
                 clock: Callable[[], datetime],
                 stop: asyncio.Event, tuning: Tuning, patience: Patience | None = None) -> None:
        self._session = session
        self.base = settings.invoiced_base_url
        self._proxy = settings.way.proxy
        token = b64encode(settings.invoiced_api_key.get_secret_value().encode() + b":").decode()
        self._headers = {"Authorization": f"Basic {token}"}
        self._secrets = (token, settings.invoiced_api_key.get_secret_value())
        self._clock = clock
        self._stop = stop
        self.tuning = tuning
        self.patience = patience or tuning.patience
        self.limiter = limiter
        self.server_time: int | None = None
        self._dated_at = -math.inf
        self.requests = 0
        self.retries = 0
        self.statuses: Counter[str] = Counter()
        self.moved_at = time.monotonic()
        """When a request last ended, whatever its outcome, except by a timeout."""
        self.answered_at: float | None = None
        """When the API last gave a good answer, by our monotonic clock."""
        self.refused_since: float | None = None
        """Since when every answer refuses the key, by the same clock."""
        self._away = False

    @property
    def is_away(self) -> bool:
        """Whether an outage was logged and has not ended."""
        return self._away

    @property
    def safe_time(self) -> int | None:
        """The server's time, or the given clock's if the server's is far ahead of it: with a Date in the future, rows
        written next would already count as read.
        """
        here = int(self._clock().timestamp())
        return here if self.server_time is not None and self.server_time > here + FAR_AHEAD else self.server_time

    @property
    def shows_time(self) -> bool:
        """Whether the answers of the last minutes had a Date: without the server's clock nothing counts as settled."""
        return time.monotonic() - self._dated_at < WITHOUT_DATE

    async def get(self, path: str, query: Query = (), *, parse: Callable[[Answer], T], patience: Patience | None = None,
                  rank: float = FIRST, on_retry: Callable[[RetryLater], None] | None = None) -> T:
        """GETs `path` and returns what `parse` makes of the answer; `parse` may raise RetryLater for a bad shape.

        `rank` is the priority when requests wait for the limit; `on_retry` is called with each failure that is retried.
        Raises Refusal (400, 403, 404, 405), RetryLater when patience runs out, TooLarge, Stopped, and Fatal (401, 402)
        when the key is refused for minutes.
        """
        limit = patience or self.patience
        pairs, begun = list(query), time.monotonic()

        def before_sleep(state: RetryCallState) -> None:
            error = self._note_retry(path, begun, state)
            if on_retry is not None:
                on_retry(error)

        retrying = AsyncRetrying(
            retry=retry_if_exception_type(RetryLater), wait=partial(_wait, longest=self.tuning.longest_wait),
            reraise=True, sleep=self._sleep,
            stop=lambda state: _gives_up(state, limit), before_sleep=before_sleep)
        try:
            return await retrying(self._once, path, pairs, parse, rank)
        except RetryLater as error:
            if error.stands is not None and (limit.decisive or self._is_refused_for_good(error.stands)):
                raise error.stands from None
            raise

    def _is_refused_for_good(self, stands: Fatal) -> bool:
        """A key that is refused for minutes needs a person; a redirect may go away by itself."""
        return (stands.exit_code is Exit.REFUSED and self.refused_since is not None
                and time.monotonic() - self.refused_since >= self.tuning.refused_key_stands)

    def raise_if_stopped(self) -> None:
        """Raises Stopped when the process was asked to end."""
        if self._stop.is_set():
            raise Stopped

    async def _once(self, path: str, query: list[tuple[str, str]], parse: Callable[[Answer], T], rank: float) -> T:
        self.raise_if_stopped()
        async with self.limiter.slot(rank) as slot:
            answer = await self._send(path, query, slot)
        value = parse(answer)
        self.limiter.good()
        if self._away:
            self._away = False
            log().info("api.back")
        return value

    async def _send(self, path: str, query: list[tuple[str, str]], slot: Slot) -> Answer:
        asked_at, begun = self._clock(), time.monotonic()
        self.requests += 1
        try:
            url = URL(self.base + path).with_query(query)
            async with self._session.get(url, headers=self._headers, allow_redirects=False) as response:
                body = await read_body(path, response)
        except TimeoutError:
            slot.keep_for = max(0.0, self.tuning.server_slot - (time.monotonic() - begun))
            self.statuses["timeout"] += 1
            raise RetryLater(f"GET {path}: no answer in {time.monotonic() - begun:.0f} s{through(self._proxy)}",
                             brief="the API does not answer in time") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            self.statuses["broken"] += 1
            self.moved_at = time.monotonic()
            if self._proxy and is_of(self._proxy, error):
                raise of_the_proxy(self._proxy, error) from None
            raise RetryLater(f"GET {path}: {broken(error)}{through(self._proxy)}",
                             brief="no connection to the API") from None
        self.moved_at = time.monotonic()
        self.statuses[str(response.status)] += 1
        if (date := date_of(response)) is not None:
            self.server_time, self._dated_at = date, self.moved_at
        if response.status == 200:
            self.answered_at, self.refused_since = self.moved_at, None
            return Answer(body, count_of(response), asked_at, self.moved_at - begun)
        raise self._refusal(path, response, body, slot)

    def _refusal(self, path: str, response: aiohttp.ClientResponse, body: bytes, slot: Slot) -> Exception:
        status, message = response.status, own_words(body, self._secrets)
        said = f"the API answered {status}" + (f": {message}" if message else "")
        if status == 429:
            self.limiter.too_many(slot)
            return RetryLater("too many requests in flight for this key", wait=retry_after(response), pace=True)
        if status in {401, 402} and message:
            self.refused_since = self.refused_since or self.moved_at
            # the server's message to a 401 is left out: it may quote the key
            return key_refused() if status == 401 else account_closed(said)
        if status in {400, 403, 404, 405} and message:
            return Refusal(status, message)
        if 300 <= status < 400:
            return RetryLater(f"GET {path}: the API redirects elsewhere ({status}); the key is not sent there",
                              brief="the API redirects elsewhere", stands=Fatal(
                f"The API redirects {path} elsewhere; the key is not sent there.", exit_code=Exit.CONFIG,
                hint="Set INVOICED_BASE_URL to the API itself, such as https://api.invoiced.com."))
        if 400 <= status < 500:
            said += ", not in the API's own words"
        return RetryLater(f"GET {path}: {said}", wait=retry_after(response), brief=f"the API answered {status}")

    async def _sleep(self, delay: float) -> None:
        """Waits, at most until a stop."""
        if await wait(self._stop, delay):
            raise Stopped

    def _note_retry(self, path: str, begun: float, state: RetryCallState) -> RetryLater:
        """Logs once that the API is down: a request failed three times and no other was answered well meanwhile."""
        self.retries += 1
        error = state.outcome.exception() if state.outcome else None
        assert isinstance(error, RetryLater), "nothing else is tried again"
        log().debug("request.retry", path=path, tries=state.attempt_number, wait=round(state.upcoming_sleep, 1),
                    why=str(error), limit=round(self.limiter.limit, 1))
        if not (state.attempt_number < AWAY_AFTER or error.pace or self._away or (self.answered_at or 0.0) > begun):
            self._away = True
            log().warning("api.away", why=str(error), hint=error.stands.hint if error.stands else error.hint or
                          "It is tried again until it is back. See whether Invoiced reports an outage, and this "
                          "machine's network.")
        return error


@asynccontextmanager
async def connect(settings: Settings, clock: Callable[[], datetime], stop: asyncio.Event, tuning: Tuning = AS_IT_IS,
                  patience: Patience | None = None) -> AsyncIterator[Api]:
    """An Api with its own HTTP session."""
    limiter = AdaptiveLimiter(settings.invoiced_max_concurrency)
    timeout = aiohttp.ClientTimeout(total=settings.invoiced_timeout)
    headers = {"Accept": "application/json", "User-Agent": f"invoiced-sync/{__version__}"}
    connector = aiohttp.TCPConnector(limit=0, ssl=tls.for_https() if settings.origin.startswith("https:") else True)
    proxy = settings.way.proxy
    login = aiohttp.BasicAuth(*proxy.login, encoding="utf-8") if proxy and proxy.login else None
    if proxy:
        log().info("api.proxy", proxy=proxy.place)
    async with aiohttp.ClientSession(timeout=timeout, headers=headers, cookie_jar=aiohttp.DummyCookieJar(),
                                     connector=connector, proxy=proxy.url if proxy else None,
                                     proxy_auth=login) as session:
        try:
            yield Api(session, settings, limiter, clock, stop, tuning, patience)
        finally:
            limiter.close()


def _gives_up(state: RetryCallState, patience: Patience) -> bool:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RetryLater) and error.pace:
        return False  # "too many requests" is no failure, however often
    return state.attempt_number >= patience.tries and (state.seconds_since_start or 0.0) >= patience.seconds


def _wait(state: RetryCallState, longest: float) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RetryLater) and error.wait is not None:
        return min(error.wait, LONGEST_RETRY_AFTER)
    ceiling: float = min(2.0 ** (state.attempt_number - 1), longest)
    return ceiling if isinstance(error, RetryLater) and error.pace else random.uniform(ceiling / 2, ceiling)  # noqa: S311 - jitter


