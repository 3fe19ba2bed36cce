"""`run` as a service: notifies the service manager, serves the status page, logs each failure once."""

from __future__ import annotations

import faulthandler
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from sync_daemon.concurrency import in_background, wait
from sync_daemon.errors import Exit, Fatal, SyncError, exit_of
from sync_daemon.log import log
from sync_daemon.monitoring import http_server
from sync_daemon.monitoring.health import HealthMonitor
from sync_daemon.runtime import scheduler
from sync_daemon.runtime.lifecycle import supervise
from sync_daemon.runtime.systemd import Notify, keep_telling
from sync_daemon.settings.fields import Settings
from sync_daemon.sync.session import SyncSession
from sync_daemon.tuning import Tuning

LINGER: Final = 15.0
"""Seconds for which page and metrics still show why the daemon gives up: one scrape, at the usual interval."""
FOR_A_PERSON: Final = (Exit.REFUSED, Exit.CONFIG)
"""Exit codes after which a service manager does not restart it."""


async def run(settings: Settings, notify: Notify, watchdog: float | None, tuning: Tuning) -> Exit:
    """Runs until stopped and returns the exit code. Raises SyncError if it could not start."""
    faulthandler.enable()  # the watchdog ends a stuck process by SIGABRT: the log then shows its stack
    return await supervise(settings, "run", scheduler.run, partial(_watched, notify, watchdog), notify, tuning)


@asynccontextmanager
async def _watched(notify: Notify, watchdog: float | None, session: SyncSession) -> AsyncIterator[None]:
    async with (shown(session) as (watch, _),
                in_background(keep_telling(notify, watch.headline, lambda: session.moved_at, watchdog))):
        notify("READY=1", f"STATUS={watch.headline()}")
        try:
            yield
        except SyncError as error:
            await _last_words(watch, error, notify)
            raise


@asynccontextmanager
async def shown(session: SyncSession) -> AsyncIterator[tuple[HealthMonitor, str | None]]:
    """Serves the status page of a mirror; yields its health monitor, and the page's URL if there is one."""
    watch = HealthMonitor(session)
    await watch.read_book()
    async with http_server.serve(watch, session.settings) as url, in_background(watch.keep_reading()):
        yield watch, url


async def _last_words(watch: HealthMonitor, error: SyncError, notify: Notify) -> None:
    """Logs why it ends; if only a person can help, page and metrics stay up for a moment to show it as well."""
    hint = error.hint or "It is temporary; start again."
    log().error("run.failed", why=str(error), hint=hint, code=int(exit_of(error)))
    error.told = True
    notify(f"STATUS={error}")
    if isinstance(error, Fatal) and error.exit_code in FOR_A_PERSON and watch.session.settings.web is not None:
        watch.ending = error
        await wait(watch.session.context.stop, LINGER)
