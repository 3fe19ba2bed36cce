"""Text of others on its way to people: what would steer a terminal, or reorder a line, is shown instead of obeyed."""

from __future__ import annotations

import re
from typing import Final

STEERING: Final = (
    "\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: escape sequences, carriage returns, forged lines
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # marks that turn the direction of what stands around them
    "\u2028\u2029\ufff9-\ufffb\ufeff\U000e0000-\U000e007f"  # line ends, annotations, tags: not seen, yet there
    "\ud800-\udfff"  # no stream takes them
)
_STEERING: Final = re.compile(f"[{STEERING}]")
_BUT_LINES: Final = re.compile(f"(?!\n)[{STEERING}]")
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str, *, lines: bool = False) -> str:
    r"""The text with \n, \x1b or \u202e where such a character stood; `lines` leaves its line ends alone."""
    return (_BUT_LINES if lines else _STEERING).sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    char = found[0]
    number = ord(char)
    return _SHORT.get(char) or (f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000
                                else f"\\U{number:08x}")
