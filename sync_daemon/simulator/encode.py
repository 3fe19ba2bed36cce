"""JSON as a PHP server writes it: compact, `\\/`, `\\uXXXX`, whole floats without a fraction, `1.0e-5`."""

from __future__ import annotations

import json
import re
from typing import Any

Json = dict[str, Any]

_dump = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode
_MARK = "\ue000"
_LITERAL = re.compile(r'"\\ue000(.*?)\\ue000"')
_LITERAL_PLAIN = re.compile(r'"\ue000(.*?)\ue000"')


def literal(text: str) -> str:
    """A string that `encode` prints as the bare number `text`, digit for digit."""
    return f"{_MARK}{text}{_MARK}"


def money(cents: int) -> int | float:
    """Major units as the server prints them: whole amounts without a fraction."""
    return cents // 100 if cents % 100 == 0 else cents / 100


def tidy(value: Any) -> Any:  # noqa: ANN401
    """The same value with its floats as PHP prints them."""
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return int(value)
        text = repr(value)
        if "e" not in text:
            return value
        mantissa, exponent = text.split("e")
        return literal(f"{mantissa if '.' in mantissa else mantissa + '.0'}e{int(exponent):+d}")
    if isinstance(value, dict):
        return {key: tidy(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [tidy(item) for item in value]
    return value


def encode(value: object) -> bytes:
    text = _dump(value).replace("/", "\\/")
    if "\\ue000" in text:
        text = _LITERAL.sub(r"\1", text)
    return text.encode("ascii")


def encode_row(row: Json) -> bytes:
    """A top-level row: its own keys are sorted, those of nested lines are not."""
    return encode(dict(sorted(row.items())))


def pretty(body: bytes) -> bytes:
    """What the server sends to curl: the same data, indented and unescaped. Unparsable bytes stay as they are."""
    try:
        value = json.loads(body, parse_float=literal, parse_int=literal)
    except ValueError:
        return body
    text = json.dumps(value, indent=4, ensure_ascii=False)
    return _LITERAL_PLAIN.sub(r"\1", text).encode("utf-8", "surrogatepass")
