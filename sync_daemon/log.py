"""Logging: a line is one event name and its fields; console on a terminal, JSON otherwise; on stderr, never on stdout.

Every warning and error says in `hint` what to do. The same one, traceback included, is not repeated for an hour; the
next line then gives in `again` how often it happened meanwhile. Logging never fails: lines that can't be written are
counted, and the number is logged once writing works again.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import sys
import time
from collections.abc import Mapping, MutableMapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal, TextIO

from sync_daemon.console import render_line
from sync_daemon.streams import lost

if TYPE_CHECKING:
    import structlog

# structlog is imported where it is needed: it takes a tenth of a second, and `status` logs nothing.

HEADS: Final = ("timestamp", "level", "event", "run", "account")
REPEAT: Final = 3600.0
"""Seconds for which the same warning is not repeated."""
REMEMBERED: Final = 1000
"""How many different warnings are remembered."""
LIBRARY: Final = "library."
NUMBERS: Final = re.compile(r"0x[0-9a-f]+|\d+")
PRIORITY: Final = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
"""journald's numbers of the levels."""


def configure(level: str = "info", form: Literal["auto", "console", "json"] = "auto",
              stream: TextIO | None = None) -> None:
    """Sets up structlog for the process, and sends what libraries log to it.

    Secrets are no concern here: they never reach a log call, and tracebacks are shown without local variables.
    """
    import structlog

    out = stream or sys.stderr
    console = form == "console" or (form == "auto" and out.isatty())
    colors = console and out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    render: structlog.typing.Processor = partial(_for_people, colors=colors) if console else \
        structlog.processors.JSONRenderer(_json)
    without_locals = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    for_machines: list[structlog.typing.Processor] = [structlog.processors.ExceptionRenderer(without_locals),
                                                      _heads_first]
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _with_exception,
        Quieten(),
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if console else "iso", utc=not console),
        *([] if console else for_machines),
        _with_priority(render) if is_journal(out, os.environ) else render,
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=_Door(out),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)
    # asyncpg logs lost connections with a traceback; what matters of them reaches us as an exception
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)


def ensure_configured() -> None:
    """For lines that are logged before the settings are known."""
    import structlog

    if not structlog.is_configured():
        configure()


def is_journal(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether a stream goes to journald, which reads the level of a line from <N> at its beginning."""
    try:
        to = os.fstat(stream.fileno())
    except OSError:
        return False
    return environ.get("JOURNAL_STREAM", "") == f"{to.st_dev}:{to.st_ino}"


def door() -> object:
    """A factory of loggers that write to sys.stderr, whatever that is at the time."""
    return _Door()


def bind(**fields: object) -> None:
    """Fields that every later line of this run carries."""
    import structlog

    structlog.contextvars.bind_contextvars(**fields)


def log() -> structlog.stdlib.BoundLogger:
    import structlog

    logger: structlog.stdlib.BoundLogger = structlog.get_logger()
    return logger


class Quieten:
    """Drops a warning or error that was logged within the hour, and counts it."""

    def __init__(self) -> None:
        self.said: dict[tuple[str, ...], tuple[float, int]] = {}

    def __call__(self, _logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        import structlog

        if PRIORITY[line["level"]] > PRIORITY["warning"]:
            return line
        key = _key(line)
        now = time.monotonic()
        at, times = self.said.get(key, (float("-inf"), 0))
        if now - at < REPEAT:
            self.said[key] = (at, times + 1)
            raise structlog.DropEvent
        if len(self.said) >= REMEMBERED:
            self.said.clear()
        self.said[key] = (now, 0)
        return {**line, "again": times} if times else line


def _key(line: Mapping[str, Any]) -> tuple[str, ...]:
    """What makes two lines the same. Numbers in tracebacks and in lines of libraries (tasks, sockets, addresses) are
    ignored. Two exceptions are the same if they have the same place and the same text.
    """
    same = [str(line.get(name)) for name in ("level", "event", "resource", "why", "hint")]
    error = line.get("exc_info")
    if isinstance(error, BaseException):
        same += [type(error).__qualname__, str(error)[:300], _place(error.__traceback__)]
    elif not same[1].startswith(LIBRARY):
        return tuple(same)
    return (*(NUMBERS.sub("#", part.partition("\n")[0]) for part in same[:-1]), same[-1])


def _place(traceback: TracebackType | None) -> str:
    place = ""
    while traceback is not None:
        place, traceback = f"{traceback.tb_frame.f_code.co_filename}:{traceback.tb_lineno}", traceback.tb_next
    return place


def _with_exception(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """`exc_info` as the exception itself, or not at all."""
    given = line.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else \
        sys.exc_info()[1] if given else None
    if error is not None:
        line["exc_info"] = error
    return line


class _Door:
    """Writes to a stream, and is its own factory for structlog. A failed write raises nothing: the line is counted."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._unsaid = 0

    def __call__(self, *_args: object) -> _Door:
        return self

    def msg(self, text: str) -> None:
        stream = self._stream if self._stream is not None else sys.stderr
        before = lost(stream)
        try:
            stream.write(f"{text}\n")
            stream.flush()
            failed = lost(stream) > before
        except (OSError, ValueError, io.UnsupportedOperation):
            failed = True
        if failed:
            self._unsaid += 1
        elif self._unsaid:
            many, self._unsaid = self._unsaid, 0
            log().warning("log.lost", lines=many, hint="The log could not be written for a time: check its disk, or "
                          "what reads it.")

    log = debug = info = warning = error = critical = exception = msg


def _for_people(_logger: object, _method: str, line: MutableMapping[str, Any], *, colors: bool) -> str:
    return render_line(line, colors=colors)


def _json(line: object, **how: Any) -> str:  # noqa: ANN401 - json's
    """ASCII only, so that nothing in it controls a terminal; DEL is the one character that JSON does not escape."""
    return json.dumps(line, ensure_ascii=True, **how).replace("\x7f", "\\u007f")


def _heads_first(_logger: object, _method: str, line: MutableMapping[str, Any]) -> dict[str, Any]:
    """Puts the fields that all lines have first: people read JSON too."""
    return {name: line[name] for name in HEADS if name in line} | dict(line)


def _with_priority(render: structlog.typing.Processor) -> structlog.typing.Processor:
    def processor(logger: object, method: str, line: MutableMapping[str, Any]) -> str:
        prefix = f"<{PRIORITY[line['level']]}>"
        return "\n".join(prefix + part for part in str(render(logger, method, line)).splitlines())

    return processor


class _Libraries(logging.Handler):
    """Turns lines that asyncio and others log through the standard library into lines of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        log().log(record.levelno, f"{LIBRARY}{record.name}", why=record.getMessage(), exc_info=record.exc_info or False,
                  hint="This comes from a library; please report it if things go wrong with it.")
