"""What is due in an open mirror."""

from sync_daemon.model.resources import Resource
from sync_daemon.sync.attempt import cursors
from sync_daemon.sync.schedule import Activity, due
from sync_daemon.sync.session import SyncSession


async def due_sweeps(session: SyncSession) -> list[Resource]:
    return due(Activity.SWEEP, session.schedule, await cursors(session.context), session.context.store.clock.now())
