"""`invoiced-sync demo`: the whole program on a pretend account; and `db`, the embedded Postgres alone.

The demo works like real use: the same first load, the same daemon, real HTTP, real Postgres with fsync on. Only its
data is deleted at the end. The pretend account runs in its own process, so that it takes no CPU time from ours.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sync_daemon.cli.demo_show import Account, Show
from sync_daemon.errors import Exit, Fatal, Stopped, SyncError
from sync_daemon.humanize import say, say_lines
from sync_daemon.local_postgres.embedded import EmbeddedServer, default_data_dir, embedded_postgres, started_by_systemd
from sync_daemon.runtime import lifecycle
from sync_daemon.settings.fields import Settings

# Its stdin closes when we end, however we end; Ctrl-C does not reach it, so that it answers until then.
PRETEND = """
import asyncio, gc, sys
sys.path.insert(0, sys.argv[1])
from sync_daemon.simulator import Options, Simulator, announce_json
async def serve():
    async with Simulator(Options(objects=int(sys.argv[2]), books=True)).serve() as sim:
        gc.freeze()
        announce_json(sim)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(serve())
"""


async def run_demo(*, keep: bool, objects: int) -> Exit:
    """Shows everything once; with `keep`, stays up until Ctrl-C. PARTLY if mirror and account differ."""
    _cancel_on_signals()
    begun = time.monotonic()
    try:
        async with _pretend_account(objects) as account, _postgres() as server:
            say(f"A pretend account of some {objects:,} objects and a Postgres {server.version} of its own are up "
                f"after {time.monotonic() - begun:.1f} s.")
            show = Show(account, server, keep)
            settings = _settings(account, server)
            code = await lifecycle.supervise(settings, "backfill", show.backfill)
            say(show.loaded)
            if code is Exit.OK:
                code = await lifecycle.supervise(settings, "run", show.run, show.on_page) or show.verdict
            _cancel_on_signals()
            return code
    except asyncio.CancelledError:
        raise Stopped from None


def _cancel_on_signals() -> None:
    """Cancels on signals while no run handles them, so that what was started is ended too."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    for number_of in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number_of, task.cancel)


@asynccontextmanager
async def _pretend_account(objects: int) -> AsyncIterator[Account]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PRETEND, str(Path(__file__).parents[2]), str(objects),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        told = await process.stdout.readline()
        if not told:
            raise SyncError("The pretend account did not start; what it said is above.")
        yield Account(**json.loads(told))
    finally:
        process.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 10)
        if process.returncode is None:
            process.kill()


@asynccontextmanager
async def _postgres() -> AsyncIterator[EmbeddedServer]:
    """On a fresh folder each time: it is deleted with the demo, and two demos at once don't collide."""
    with tempfile.TemporaryDirectory(prefix="invoiced-sync-demo-", ignore_cleanup_errors=True) as folder:
        if os.geteuid() == 0:
            os.chmod(folder, 0o755)  # noqa: PTH101, S103 - root starts the server as another user, who must get there
        async with embedded_postgres(Path(folder, "postgres"), as_root=True) as server:
            yield server


def _settings(account: Account, server: EmbeddedServer) -> Settings:
    """The defaults, whatever the environment says, with an interval of a second."""
    fields = {name: field.default for name, field in Settings.model_fields.items() if not field.is_required()}
    return Settings(**fields | {"invoiced_api_key": account.api_key, "invoiced_base_url": account.url,
                                "database_url": server.dsn, "sync_interval": 1.0, "sync_web_listen": "127.0.0.1:0"})


async def keep_database() -> Exit:
    """Keeps the embedded Postgres up until a signal, and prints how to reach it."""
    if started_by_systemd(os.environ):
        raise Fatal("A service does not use the embedded Postgres.", exit_code=Exit.CONFIG,
                    hint="Set DATABASE_URL to a Postgres of your own.")
    where, up = default_data_dir(os.environ), False
    with lifecycle.stoppable() as (stop, deadline, _), suppress(TimeoutError):
        async with deadline, embedded_postgres(where) as server:
            up = True
            say_lines(f"Postgres {server.version} is up until Ctrl-C. Its data is in {server.data_dir}.", "",
                      f"URL      {server.dsn}", f"psql     {server.command('psql')}",
                      f"pg_dump  {server.command('pg_dump')} -Fc -f invoiced.dump")
            await stop.wait()
    if up:
        say_lines("", f"Stopped. Its data stays in {where}; `invoiced-sync db` brings it up again.")
    return Exit.OK
