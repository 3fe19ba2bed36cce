"""Logging: one event name and its fields a line; console on a terminal, JSON otherwise; on stderr, never on stdout.

Every warning and error says in `hint` what to do. The same one is not said again for an hour; the next line that is
tells in `again` how often it happened meanwhile.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final, Literal, TextIO

if TYPE_CHECKING:
    import structlog

# structlog is imported where it is needed: that takes a tenth of a second, and `status` logs nothing.

HEADS: Final = ("timestamp", "level", "event", "run", "account")
REPEAT: Final = 3600.0
"""Seconds for which the same warning is not said again."""
REMEMBERED: Final = 1000
"""How many different warnings are remembered."""
PRIORITY: Final = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
"""What journald calls the levels."""


def configure(level: str = "info", form: Literal["auto", "console", "json"] = "auto",
              stream: TextIO | None = None) -> None:
    """Sets up structlog for the process, and leads what libraries log into it.

    Secrets are no concern here: they never reach a log call, and tracebacks are shown without local variables.
    """
    import structlog

    out = stream or sys.stderr
    console = form == "console" or (form == "auto" and out.isatty())
    colors = console and out.isatty() and not os.environ.get("NO_COLOR")
    render: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if console:
        render = structlog.dev.ConsoleRenderer(colors=colors, sort_keys=False, pad_event_to=22,
                                               exception_formatter=structlog.dev.plain_traceback)
    without_locals = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    for_machines: list[structlog.typing.Processor] = [structlog.processors.ExceptionRenderer(without_locals),
                                                      _heads_first]
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        Quieten(),
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if console else "iso", utc=not console),
        *([] if console else for_machines),
        _with_priority(render) if is_journal(out, os.environ) else render,
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)
    # asyncpg tells of lost connections with a traceback; what matters of it reaches us as an exception
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)


def ensure_configured() -> None:
    """For what is said before the settings are known."""
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


def bind(**fields: object) -> None:
    """Fields that every later line of this run carries."""
    import structlog

    structlog.contextvars.bind_contextvars(**fields)


def log() -> structlog.stdlib.BoundLogger:
    import structlog

    logger: structlog.stdlib.BoundLogger = structlog.get_logger()
    return logger


class Quieten:
    """Drops a warning or error that was said within the hour, and counts it."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, ...], tuple[float, int]] = {}

    def __call__(self, _logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        import structlog

        if PRIORITY[line["level"]] > PRIORITY["warning"] or "exc_info" in line:
            return line
        key = tuple(str(line.get(name)) for name in ("level", "event", "resource", "why", "hint"))
        now = time.monotonic()
        at, times = self._said.get(key, (float("-inf"), 0))
        if now - at < REPEAT:
            self._said[key] = (at, times + 1)
            raise structlog.DropEvent
        if len(self._said) >= REMEMBERED:
            self._said.clear()
        self._said[key] = (now, 0)
        return {**line, "again": times} if times else line


def _heads_first(_logger: object, _method: str, line: MutableMapping[str, Any]) -> dict[str, Any]:
    """What all lines have stands first: people read JSON too."""
    return {name: line[name] for name in HEADS if name in line} | dict(line)


def _with_priority(render: structlog.typing.Processor) -> structlog.typing.Processor:
    def processor(logger: object, method: str, line: MutableMapping[str, Any]) -> str:
        prefix = f"<{PRIORITY[line['level']]}>"
        return "\n".join(prefix + part for part in str(render(logger, method, line)).splitlines())

    return processor


class _Libraries(logging.Handler):
    """What asyncio and others say through the standard library, as lines of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        log().log(record.levelno, f"library.{record.name}", why=record.getMessage(), exc_info=record.exc_info or False,
                  hint="This comes from a library; please report it if things go wrong with it.")
