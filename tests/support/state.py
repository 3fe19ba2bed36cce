"""The state of a resource of an open mirror, and the findings of a verification, for tests."""

from __future__ import annotations

from sync_daemon.errors import Exit
from sync_daemon.monitoring.problems import Kind
from sync_daemon.monitoring.resource_status import ResourceStatus, read_statuses
from sync_daemon.runtime import jobs
from sync_daemon.sync.session import SyncSession
from sync_daemon.sync.verify import Findings


async def status_of(session: SyncSession, name: str) -> ResourceStatus:
    return next(one for one in await read_statuses(session.context.store, session.settings) if one.resource == name)


async def kinds(session: SyncSession, name: str) -> set[Kind]:
    """The kinds of the problems of a resource."""
    one = await status_of(session, name)
    return {problem.kind for problem in one.problems(session.context.store.clock.now().timestamp())}


async def verified(session: SyncSession, *, repair: bool = False, force: bool = False) -> tuple[Exit, dict[str,
                                                                                                           Findings]]:
    """The exit code of `verify`, and its findings by resource."""
    found: list[Findings] = []
    code = await jobs.verify_now(session, repair=repair, force=force, found=found)
    return code, {one.resource: one for one in found}
