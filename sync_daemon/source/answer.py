"""Reads an HTTP answer: its body up to a limit, its headers, the API's own error message."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp
import msgspec

from sync_daemon.errors import RejectRecord, RetryLater, TooLarge
from sync_daemon.model.records import Head, clean, head_of

LONGEST_COUNT = 18
"""Most digits of a count that always fit 64 bits."""
LARGEST_ANSWER = 32 << 20
"""Bytes, decompressed: a page of 100 documents with 200 lines each has some 10 MB."""
LARGEST_ERROR = 64 << 10


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer. `total` is its X-Total-Count; `asked_at` is when the request was sent, by the given clock, and
    `seconds` how long the answer took, to its last byte.
    """

    body: bytes
    total: int | None
    asked_at: datetime
    seconds: float = 0.0


async def read_body(path: str, response: aiohttp.ClientResponse) -> bytes:
    """The decompressed body, up to a limit. Raises TooLarge; of an error, only the beginning is read."""
    most = LARGEST_ANSWER if response.status == 200 else LARGEST_ERROR
    pieces, size = [], 0
    async for piece in response.content.iter_any():
        pieces.append(piece)
        size += len(piece)
        if size > most:
            response.close()
            if response.status == 200:
                raise TooLarge(f"GET {path}: the answer is larger than {most >> 20} MiB",
                               brief=f"an answer is larger than {most >> 20} MiB")
            break
    return b"".join(pieces)[:most]


def json_object(answer: Answer) -> dict[str, object]:
    """The answer as one JSON object. Raises RetryLater for anything else: it was damaged on the way."""
    try:
        return msgspec.json.decode(clean(answer.body), type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        raise RetryLater("the answer is not a JSON object") from None


def json_head(answer: Answer) -> Head:
    """The head of the answer's one record, however odd its other fields. Raises RetryLater."""
    try:
        return head_of(clean(answer.body))
    except RejectRecord:
        raise RetryLater("the answer is not a JSON object") from None


def date_of(response: aiohttp.ClientResponse) -> int | None:
    try:
        return int(parsedate_to_datetime(response.headers["Date"]).timestamp())
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def count_of(response: aiohttp.ClientResponse) -> int | None:
    value = response.headers.get("X-Total-Count", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= LONGEST_COUNT else None


def retry_after(response: aiohttp.ClientResponse) -> float | None:
    value = response.headers.get("Retry-After", "")
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def own_words(body: bytes, secrets: Iterable[str]) -> str | None:
    """The message of the API's own error, which has a type and a message; None if the body is not the API's.

    It may quote what was sent, in any of JSON's escapes: secrets are removed after decoding.
    """
    try:
        error = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(error, dict):
        return None
    kind, message = error.get("type"), error.get("message")
    if not (isinstance(kind, str) and kind and isinstance(message, str) and message):
        return None
    for secret in secrets:
        message = message.replace(secret, "[the key]")
    return message[:300].replace("\0", "\ufffd")
