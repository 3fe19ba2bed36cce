"""Logging: one event name and its fields a line; console on a terminal, JSON otherwise; on stderr, never on stdout."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, Literal, TextIO

if TYPE_CHECKING:
    import structlog

# structlog is imported where it is needed: that takes a tenth of a second, and `status` logs nothing.


def configure(level: str = "info", form: Literal["auto", "console", "json"] = "auto",
              stream: TextIO | None = None) -> None:
    """Sets up structlog for the process. Secrets are no concern here: they never reach a log call."""
    import structlog

    out = stream or sys.stderr
    console = form == "console" or (form == "auto" and out.isatty())
    colors = console and out.isatty() and not os.environ.get("NO_COLOR")
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if console else "iso", utc=not console),
    ]
    render: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(colors=colors, sort_keys=False, pad_event_to=22)] if console
        else [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()])
    # asyncpg tells of lost connections with a traceback; what matters of it reaches us as an exception
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[*shared, *render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )


def bind(**fields: object) -> None:
    """Fields that every later line of this run carries."""
    import structlog

    structlog.contextvars.bind_contextvars(**fields)


def log() -> structlog.stdlib.BoundLogger:
    import structlog

    logger: structlog.stdlib.BoundLogger = structlog.get_logger()
    return logger
