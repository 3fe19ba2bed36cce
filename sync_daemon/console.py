"""Renders log lines for a terminal; a cycle's counts fit into 80 columns. Pure."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sync_daemon.terminal import visible

WIDTH: Final = 80
UNSAID: Final = {"timestamp", "level", "event", "run", "account", "exc_info"}
"""Fields not shown as name=value: they stand at the head of the line, or are the same in every line."""
DONE: Final = {"cycle.done", "resource.done", "run.ended"}
COUNTED: Final = (("rejected", "{:,} rejected"), ("deleted", "{:,} deleted"), ("stored", "{:,} stored"),
                  ("behind", "{:,} s behind"), ("seconds", "{:.1f} s"), ("requests", "{:,} requests"),
                  ("seen", "{:,} seen"))
"""Counts and their formats, the most important first; those that don't fit are left out."""
SHOWN: Final = ("seen", "stored", "deleted", "rejected", "requests", "seconds", "behind")
COLOURS: Final = {"debug": "2", "warning": "33", "error": "31", "critical": "1;31"}


def render_line(line: Mapping[str, Any], *, colors: bool) -> str:
    """Time, level unless it is info, event, fields; below them the traceback, if any."""

    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colors and text else text

    event, level = visible(str(line["event"])), str(line.get("level", "info"))
    time = str(line.get("timestamp", ""))
    shown_level = "" if level == "info" else level
    if event in DONE:
        said = _counts(line, WIDTH - len(" ".join(part for part in (time, shown_level, event) if part)) - 1)
    else:
        said = " ".join(f"{visible(str(name))}={_value(value)}" for name, value in line.items()
                        if name not in UNSAID and value is not None)
    head = [paint(time, "2"), paint(shown_level, COLOURS.get(level, "")), paint(event, "1")]
    return " ".join(part for part in [*head, said] if part) + _traceback(line.get("exc_info"))


def _counts(line: Mapping[str, Any], room: int) -> str:
    what = [f"{visible(str(line['resource']))}: {visible(str(line.get('work', '')))}"] if "resource" in line else []
    if "code" in line:
        what = [": ".join(visible(str(line[name])) for name in ("code", "why") if name in line)]
    parts: dict[str, str] = {}
    for name, form in COUNTED:
        value = line.get(name)
        if name == "requests" and value == 1:
            form = "1 request"
        if value or (name == "behind" and value is not None):
            more = parts | {name: form.format(value)}
            if len(_joined(what, more)) <= room:
                parts = more
    return _joined(what, parts)


def _joined(what: list[str], parts: Mapping[str, str]) -> str:
    return ", ".join([*what, *(parts[name] for name in SHOWN if name in parts)])


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str):
        text = visible(value)
        return f'"{text}"' if not text or set(text) & set(' ="') else text
    if isinstance(value, list | tuple | set | frozenset):
        return _few([visible(str(one)) for one in value])
    return visible(str(value))


def _few(names: list[str]) -> str:
    return ",".join(names) if len(names) <= 4 else f"{','.join(names[:3])},+{len(names) - 3}"


def _traceback(exc_info: object) -> str:
    """Indented, so that no line of it looks like a log line."""
    if not isinstance(exc_info, BaseException):
        return ""
    return "".join(f"\n  {visible(part)}" for part in _lines(traceback.format_exception(exc_info)))


def _lines(pieces: Iterable[str]) -> list[str]:
    return "".join(pieces).rstrip("\n").split("\n")
