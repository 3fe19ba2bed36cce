"""Turns the bytes of an answer into records that Postgres can store. Pure.

Records are not rebuilt in Python: their bytes are passed on as received. Only the head is decoded (key, updated_at),
and what JSON allows but jsonb refuses is replaced: U+0000 and lone surrogates become U+FFFD. The hash is that of the
bytes as received.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from sync_daemon.errors import RejectRecord
from sync_daemon.model.cursor import NO_SECOND, Key
from sync_daemon.model.resources import Resource

BIGINT = range(-(2**63), 2**63)
LATEST = 2**62
EXACT = 2**53
"""The largest number up to which a float holds every whole number."""


class Head(msgspec.Struct):
    """The fields that the program itself reads; of any type, since the API promises none."""

    id: Any = None
    internal_id: Any = None
    object: Any = None
    updated_at: Any = None
    created_at: Any = None
    archived: Any = None


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its bytes as received, the JSON text that is stored, and its place (updated_at, id) in the list.

    `read_at` is when its request was sent: the later request wins. `parent` is the id of the row in whose list it was
    found, for per-parent lists.
    """

    key: int | str
    order: Key
    raw: bytes
    hash: bytes
    text: bytes
    read_at: datetime
    parent: int | None = None


_raw_list = msgspec.json.Decoder(list[msgspec.Raw])
_head = msgspec.json.Decoder(Head)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


class NotAList(Exception):
    """The body is not a JSON array: it is cut short, HTML, or an object."""


def split(body: bytes) -> list[bytes]:
    """The elements of a JSON array, each as its bytes. Raises NotAList."""
    try:
        return [bytes(raw) for raw in _raw_list.decode(body)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return list(_split_leniently(body))


_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|["\[\]{},]', re.DOTALL)


def _split_leniently(body: bytes) -> Iterator[bytes]:
    """Splits an array with an element that is not valid JSON, so that the other elements are still read.

    The array must be closed properly, else the body was cut short.
    """
    text = body.strip()
    if not (text.startswith(b"[") and text.endswith(b"]")):
        raise NotAList("the answer is not a JSON list")
    depth, start, end = 0, 1, len(text) - 1
    pieces: list[bytes] = []
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark in (b"[", b"{"):
            depth += 1
        elif mark in (b"]", b"}"):
            depth -= 1
            if depth == 0 and token.start() != end:
                raise NotAList("the answer goes on after its list")
        elif mark == b'"':
            raise NotAList("the answer is cut short")
        elif mark == b"," and depth == 1:
            pieces.append(text[start : token.start()].strip())
            start = token.end()
    if depth != 0:
        raise NotAList("the answer is cut short")
    if rest := text[start:end].strip():
        pieces.append(rest)
    yield from pieces


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that can't be stored: its bytes as received, and why."""

    raw: bytes
    reason: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its records, those that can't be stored, and the place of every row in the order received."""

    records: list[Record]
    rejects: list[Reject]
    order: list[Key]


def read_page(resource: Resource, body: bytes, asked_at: datetime, *, after: int = 0, archived: bool = False,
              parent: int | None = None) -> Page:
    """Reads an answer to a list. Raises NotAList.

    A record without a readable place takes that of its neighbour: it can't be stored, but counts as a row. `after` is
    the request's bound; `archived` says that the list is of the archived rows, `parent` whose list it is.
    """
    records: list[Record] = []
    rejects: list[Reject] = []
    order: list[Key | None] = []
    for raw in split(body):
        try:
            record = read(resource, raw, asked_at, archived=archived, parent=parent)
        except RejectRecord as error:
            rejects.append(Reject(raw, str(error), _key_of_unsound(resource, raw)))
            order.append(None)
        else:
            records.append(record)
            order.append(record.order)
    before: Key = next((key for key in order if key is not None), (after + 1 if after else NO_SECOND, 0))
    places: list[Key] = []
    for key in order:
        before = before if key is None else key
        places.append(before)
    return Page(records, rejects, places)


def read(resource: Resource, raw: bytes, asked_at: datetime, *, archived: bool = False,
         parent: int | None = None) -> Record:
    """One record from its bytes. Raises RejectRecord if it has no usable key or is no JSON object."""
    text = clean(raw)
    head = head_of(text)
    key = key_of(resource, head, archived=archived)
    number = key if isinstance(key, int) else place_of(resource, head)
    return Record(key, (second_of(head.updated_at), number), raw, digest(raw), text, asked_at, parent)


_ID = re.compile(rb'"(?:[^"\\]|\\.)*"(\s*:\s*(\d{1,18})(?=\s*[,}]))?|[\[\]{}]', re.DOTALL)


def _key_of_unsound(resource: Resource, raw: bytes) -> str | None:
    """The id of a record that can't be decoded (it contains `NaN`, say), so that its corrected version is recognized.

    None where the key is not simply the id, or no outermost field has it.
    """
    if resource.key != "id":
        return None
    depth = 0
    for token in _ID.finditer(raw):
        mark = token.group()
        if mark in (b"{", b"["):
            depth += 1
        elif mark in (b"}", b"]"):
            depth -= 1
        elif depth == 1 and token[2] is not None and mark.startswith(b'"id"'):
            return str(int(token[2]))
    return None


def head_of(text: bytes) -> Head:
    """The head of a record that `clean` returned. Raises RejectRecord if it is no JSON object."""
    try:
        return _head.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        return _head_by_field(text, error)


def _head_by_field(text: bytes, error: Exception) -> Head:
    """The head of a record with a field that can't be decoded (1e400, which jsonb takes): that field counts as null.

    Raises RejectRecord if it is no JSON object at all.
    """
    try:
        fields = _fields.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise RejectRecord(f"not a JSON object: {error}") from None
    head = Head()
    for name in Head.__struct_fields__:
        with suppress(msgspec.DecodeError, RecursionError):
            setattr(head, name, msgspec.json.decode(fields.get(name, b"null")))
    return head


def digest(raw: bytes) -> bytes:
    return blake2b(raw, digest_size=16).digest()


def key_of(resource: Resource, head: Head, *, archived: bool = False) -> int | str:
    """The primary key of a record.

    `id`: the id, a bigint. `object:id`: both, since ids of cards and bank accounts overlap. `internal_id`: the
    internal id, or the id where the server gives none; an archived row is then kept apart from the active row that
    reuses its id.
    """
    if resource.key == "id":
        return _whole(head.id, "id")
    if resource.key == "object:id":
        if not isinstance(head.object, str) or not head.object:
            raise RejectRecord(f"object is {head.object!r:.60}, not a name")
        return f"{head.object}:{_whole(head.id, 'id')}"
    if head.internal_id is not None:
        return str(_whole(head.internal_id, "internal_id"))
    if not isinstance(head.id, str | int) or isinstance(head.id, bool) or head.id == "":
        raise RejectRecord(f"id is {head.id!r:.60}, not a string")
    return f"{head.id}@{head.created_at}" if archived or head.archived is True else str(head.id)


def place_of(resource: Resource, head: Head) -> int:
    """The number by which the server sorts the list; 0 if the record has none."""
    try:
        return _whole(head.internal_id if resource.key == "internal_id" else head.id, "id")
    except RejectRecord:
        return 0


def second_of(value: object) -> int:
    """A unix second, or NO_SECOND if it is none."""
    if type(value) is int and 0 < value < LATEST:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not -math.inf < value < math.inf:
        return NO_SECOND
    return max(NO_SECOND + 1, min(math.floor(value), LATEST))


def _whole(value: object, name: str) -> int:
    if type(value) is int and 0 < value < 2**63:
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise RejectRecord(f"{name} is {value!r:.60}, not a whole number")
    if value not in BIGINT:
        raise RejectRecord(f"{name} {value} is beyond 64 bits")
    return value


# An escape is matched whole, so that the second half of an escaped backslash never starts another escape.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_UNSTORABLE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})")
_PAIR = len(rb"\ud83d\ude00")


def clean(raw: bytes) -> bytes:
    """A record as jsonb accepts it: the same bytes, unless something had to be replaced by U+FFFD."""
    if not raw.isascii():
        try:
            raw.decode()
        except UnicodeDecodeError:
            raw = raw.decode(errors="replace").encode()
    if _UNSTORABLE.search(raw) is None:
        return raw

    def mend(match: re.Match[bytes]) -> bytes:
        escape = match.group()
        return escape if len(escape) == _PAIR or _UNSTORABLE.fullmatch(escape) is None else rb"\ufffd"

    return _ESCAPE.sub(mend, raw)


def new_fields(known: frozenset[str], text: bytes) -> set[str]:
    """Names of top-level fields that this version does not know; `raw` keeps them."""
    try:
        return {name for name in _fields.decode(text) if name not in known}
    except (msgspec.DecodeError, RecursionError):
        return set()
