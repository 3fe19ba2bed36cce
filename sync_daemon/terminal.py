"""Makes text from others safe to print: characters that control a terminal or reorder a line are shown escaped."""

from __future__ import annotations

import re
from typing import Final

STEERING: Final = (
    "\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: escape sequences, carriage returns, forged lines
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # marks that change the direction of the text around them
    "\u2028\u2029\ufff9-\ufffb\ufeff\U000e0000-\U000e007f"  # line ends, annotations, tags: invisible
    "\ud800-\udfff"  # surrogates: no stream can encode them
)
_STEERING: Final = re.compile(f"[{STEERING}]")
_BUT_LINES: Final = re.compile(f"(?!\n)[{STEERING}]")
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str, *, lines: bool = False) -> str:
    r"""The text with each such character as \n, \x1b or \u202e; `lines` keeps line ends."""
    return (_BUT_LINES if lines else _STEERING).sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    char = found[0]
    number = ord(char)
    return _SHORT.get(char) or (f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000
                                else f"\\U{number:08x}")
