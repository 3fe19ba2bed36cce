"""How every verb begins and ends: its settings, its message when it fails or is stopped, its exit code."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import click

from sync_daemon import log
from sync_daemon.errors import Exit, Fatal, Stopped, SyncError, exit_of
from sync_daemon.model.resources import Resource
from sync_daemon.terminal import visible

if TYPE_CHECKING:
    from sync_daemon.settings.fields import Settings

T = TypeVar("T")
KEYLOG: Final = "SSLKEYLOGFILE"
"""Key of its value in click's context; OpenSSL would write the keys of each TLS connection there."""


def settings_of(env_file: Path | None, resources: tuple[Resource, ...] = (), *, without_key: bool = False,
                logs: bool = True) -> Settings:
    """The settings of a verb, for these resources or all; wrong ones end it with a message."""
    from sync_daemon.settings.sources import load

    try:
        settings = load(os.environ, env_file, without_key=without_key)
        if resources:
            settings = settings.only(resources)
    except Fatal as error:
        fail(error)
    if logs:
        log.configure(settings.sync_log_level, settings.sync_log_format)
        tell_what_is_exposed(settings, env_file)
    return settings


def tell_what_is_exposed(settings: Settings, env_file: Path | None) -> None:
    from sync_daemon.settings.secret_files import exposed

    for file in exposed(settings, env_file, os.environ):
        log.log().warning("secret.exposed", file=file.name, why=file.what, hint=file.remedy)
    if click.get_current_context().meta[KEYLOG]:
        log.log().warning("tls.keylog", why="SSLKEYLOGFILE is set, but ignored", hint="Unset it; whoever can read "
                          "such a file can read the API key.")


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Runs to the end; an expected failure becomes a message and an exit code."""
    try:
        return asyncio.run(work)
    except SyncError as error:
        fail(error)
    except (Stopped, KeyboardInterrupt):
        raise SystemExit(stopped()) from None


AGAIN = "Run it again: it restarts."
GOES_ON = "What was read is stored; the same command resumes from there."


def stopped(then: str = AGAIN) -> Exit:
    """Says that the verb was stopped, which is no failure; returns its exit code."""
    if not log.is_journal(sys.stderr, os.environ):
        click.echo(f"invoiced-sync: stopped before its end. {then}", err=True)
    return Exit.TEMPORARY


def fail(error: SyncError) -> NoReturn:
    hint = error.hint or "It is temporary; try again."
    if not log.is_journal(sys.stderr, os.environ):
        click.echo(f"invoiced-sync: {visible(str(error), lines=error.lines)}", err=True)
        click.echo(f"  {visible(hint)}", err=True)
    elif not error.told:
        log.ensure_configured()
        log.log().error("run.failed", why=str(error), hint=hint, code=int(exit_of(error)))
    raise SystemExit(exit_of(error))


def end(code: Exit, *, then: str = AGAIN) -> NoReturn:
    """Ends a verb. Failures are raised as errors, so a verb that returns TEMPORARY was stopped."""
    raise SystemExit(stopped(then) if code is Exit.TEMPORARY else code)
