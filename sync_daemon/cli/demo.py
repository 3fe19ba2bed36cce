"""`invoiced-sync demo`: the whole program at work on a pretend account; and `db`, the embedded Postgres by itself.

The demo uses what real use does: the same first load, the same daemon, real HTTP, real Postgres with fsync on. Only its
data is thrown away at the end. The pretend account runs in a process of its own, so that it takes no time from ours.
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
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sync_daemon.cli import progress_display
from sync_daemon.concurrency import run_all, wait
from sync_daemon.errors import Exit, Fatal, Stopped, SyncError
from sync_daemon.humanize import STYLES, count, number, print_table, say, say_lines
from sync_daemon.local_postgres.embedded import EmbeddedServer, default_data_dir, embedded_postgres, started_by_systemd
from sync_daemon.model.resources import BY_NAME, Resource, Way
from sync_daemon.runtime import jobs, lifecycle, scheduler, service
from sync_daemon.settings.fields import Settings
from sync_daemon.sync.session import SyncSession

# Its stdin closes when we end, however that may be; Ctrl-C does not reach it, so that it answers to the last.
PRETEND = """
import asyncio, gc, sys
sys.path.insert(0, sys.argv[1])
from sync_daemon.simulator import Options, Simulator, announce_json
async def serve():
    async with Simulator(Options(objects=int(sys.argv[2]))).serve() as sim:
        gc.freeze()
        announce_json(sim)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(serve())
"""
PATIENCE: Final = 60.0
"""Seconds after which a change that is not in the mirror counts as a difference."""
LOOK: Final = 0.05

# Rows of each side, and how many have no equal on the other. Older events than $2 are not meant to be mirrored.
COMPARE: Final = """
WITH source AS (
    SELECT value FROM pg_catalog.jsonb_array_elements($1::jsonb)
    WHERE coalesce((value ->> 'timestamp'::text)::numeric, 'infinity') >= $2
), mirror AS (
    SELECT raw AS value FROM {table} WHERE coalesce((raw ->> 'timestamp'::text)::numeric, 'infinity') >= $2
)
SELECT (SELECT pg_catalog.count(*) FROM source) AS source, (SELECT pg_catalog.count(*) FROM mirror) AS mirror,
       greatest((SELECT pg_catalog.count(*) FROM (TABLE source EXCEPT ALL TABLE mirror) AS missing),
                (SELECT pg_catalog.count(*) FROM (TABLE mirror EXCEPT ALL TABLE source) AS extra)) AS different
"""
NEWEST: Final = ("SELECT pg_catalog.array_agg(key) "
                 "FROM (SELECT {key} AS key FROM {table} ORDER BY 1 DESC LIMIT $1) AS newest")
SHOWN: Final = "SELECT pg_catalog.count(*) FROM {table} WHERE {key} = ANY($1::{key_type}[]) AND raw @> $2::jsonb"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happens at the source; `verb` is create, update or delete."""

    verb: str
    resource: str
    count: int

    def steps(self, keys: Sequence[int]) -> list[tuple[str, dict[str, object]]]:
        """The same for the control path of the pretend account."""
        match self.verb:
            case "create":
                return [("create", {"resource": self.resource, "count": self.count})]
            case "update":
                return [("update", {"resource": self.resource, "ids": keys, "fields": NOTED})]
        return [("delete", {"resource": self.resource, "id": key}) for key in keys]

    def __str__(self) -> str:
        done = {"create": "created", "update": "changed", "delete": "deleted"}[self.verb]
        name = self.resource.replace("_", " ")
        return f"{self.count} {name if self.count > 1 else name.removesuffix('s')} {done}"


NOTED: Final = {"notes": "changed by the demo"}
CHANGES: Final = (
    Change("create", "customers", 3), Change("create", "invoices", 5), Change("create", "payments", 2),
    Change("create", "contacts", 2), Change("update", "customers", 2), Change("update", "invoices", 4),
    Change("delete", "notes", 2), Change("delete", "tasks", 1), Change("delete", "credit_notes", 1),
)


@dataclass(frozen=True, slots=True)
class Account:
    """The pretend account, as seen from outside."""

    url: str
    api_key: str

    async def do(self, steps: Sequence[tuple[str, dict[str, object]]]) -> list[Any]:
        """Makes all changes at once; returns what each returned."""
        said = await asyncio.to_thread(self._ask, "POST", "/_control/batch", json.dumps({"operations": steps}))
        results: list[Any] = json.loads(said)["results"]
        return results

    async def rows(self, resource: Resource) -> str:
        """All that the account has of a resource, as a JSON list."""
        if resource.way is Way.SINGLE:
            return f"[{await asyncio.to_thread(self._ask, 'GET', resource.path)}]"
        return await asyncio.to_thread(self._ask, "GET", f"/_control/dump?resource={resource.name}")

    def _ask(self, method: str, path: str, body: str | None = None) -> str:
        key = b64encode(f"{self.api_key}:".encode()).decode()
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        try:
            connection.request(method, path, body, {"Authorization": f"Basic {key}"})
            answer = connection.getresponse()
            said = answer.read().decode()
        finally:
            connection.close()
        if answer.status != 200:
            raise SyncError(f"The pretend account refuses {path}: {said}")
        return said


async def run_demo(*, keep: bool, objects: int) -> Exit:
    """Shows everything once; `keep` stays up until Ctrl-C. PARTLY if the mirror is not equal to the account."""
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
    """While no run listens to them: what was started is ended then, too."""
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
    """On a fresh folder each time: it goes with the demo, and two demos at once don't meet."""
    with tempfile.TemporaryDirectory(prefix="invoiced-sync-demo-", ignore_cleanup_errors=True) as folder:
        if os.geteuid() == 0:
            os.chmod(folder, 0o755)  # noqa: PTH101, S103 - root starts the server as another user, who must walk there
        async with embedded_postgres(Path(folder, "postgres"), as_root=True) as server:
            yield server


def _settings(account: Account, server: EmbeddedServer) -> Settings:
    """The defaults, whatever the environment says, but for an interval of a second."""
    fields = {name: field.default for name, field in Settings.model_fields.items() if not field.is_required()}
    return Settings(**fields | {"invoiced_api_key": account.api_key, "invoiced_base_url": account.url,
                                "database_url": server.dsn, "sync_interval": 1.0, "sync_web_listen": "127.0.0.1:0"})


class Show:
    """What the two runs do, and what is said about it."""

    def __init__(self, account: Account, server: EmbeddedServer, keep: bool) -> None:
        self.account = account
        self.server = server
        self.keep = keep
        self.begun = int(time.time())
        self.loaded = "The backfill did not come to its end."
        self.page: str | None = None
        self.verdict = Exit.TEMPORARY
        """What the demo ends with: until it came to its end, that it was stopped."""

    async def backfill(self, session: SyncSession) -> Exit:
        begun = time.monotonic()
        with progress_display.load_display(session):
            code = await jobs.backfill(session)
        seen, requests = session.context.progress.sum("seen"), session.context.reader.api.requests
        took = time.monotonic() - begun
        self.loaded = f"Backfill: {count(seen, 'row')} in {took:.1f} s, with {count(requests, 'request')}."
        return code

    @asynccontextmanager
    async def on_page(self, session: SyncSession) -> AsyncIterator[None]:
        """Who looks around sees the status page, too."""
        if not self.keep:
            yield
            return
        async with service.shown(session) as (_, self.page):
            yield

    async def run(self, session: SyncSession) -> Exit:
        await run_all([scheduler.run(session), self._watch(session)])
        return Exit.OK

    async def _watch(self, session: SyncSession) -> None:
        """Shows what the daemon does, and stops it."""
        while session.cycles == 0:
            await _pause(session)
        say_lines("", "The daemon runs, a cycle every second. "
                  "What happens at the source, and when the mirror has it:", "")
        await self._see_changes(session)
        self.verdict = await self.compare(session)
        self._farewell()
        if self.keep:
            await session.context.stop.wait()
        session.context.stop.set()

    async def _see_changes(self, session: SyncSession) -> None:
        """Makes all changes at once, and says of each when it arrived."""
        keys = [[] if change.verb == "create" else await self._ask(session, NEWEST, change.resource, change.count)
                for change in CHANGES]
        steps = [(place, step) for place, change in enumerate(CHANGES) for step in change.steps(keys[place])]
        begun = time.monotonic()
        for (place, _), result in zip(steps, await self.account.do([step for _, step in steps]), strict=True):
            keys[place] = result or keys[place]  # what was created has its keys only now
        waiting = dict(zip(CHANGES, keys, strict=True))
        while waiting and time.monotonic() < begun + PATIENCE:
            for change in list(waiting):
                wanted = NOTED if change.verb == "update" else {}
                shown = await self._ask(session, SHOWN, change.resource, waiting[change], json.dumps(wanted))
                if shown == (0 if change.verb == "delete" else change.count):
                    say(f"  {time.monotonic() - begun:4.1f} s  {change}")
                    del waiting[change]
            await _pause(session)
        for change in waiting:
            say(f"  not within {PATIENCE:.0f} s: {change}", STYLES["failed"])

    async def compare(self, session: SyncSession) -> Exit:
        """Prints the table. Whether both sides are equal is asked object by object, and of Postgres."""
        lines, bad = [], 0
        for resource in session.schedule.resources:
            row = await self._difference(session, resource)
            watermark = await session.context.store.runs.watermarks()
            behind = f"{max(0.0, time.time() - watermark[resource.name]):.0f}" if resource.name in watermark else ""
            lines.append((resource.name, number(row["source"]), number(row["mirror"]), behind,
                          number(row["different"] or None)))
            bad += row["different"] > 0
        say()
        print_table(("resource", "rows at source", "rows in mirror", "seconds behind", "different"), lines)
        say()
        if bad:
            say(f"{bad} of {len(lines)} tables differ{'s' if bad == 1 else ''} from the source.", STYLES["failed"])
            return Exit.PARTLY
        say(f"All {len(lines)} tables are equal to the source, object by object (events: those since the start).")
        return Exit.OK

    async def _difference(self, session: SyncSession, resource: Resource) -> dict[str, int]:
        """Rows on both sides; a difference gets two cycles to go away."""
        since = self.begun if resource.name == "events" else 0
        deadline = time.monotonic() + 2 * session.settings.sync_interval
        while True:
            sql = session.context.store.queries.fill(COMPARE, resource)
            row = await session.context.store.pool.fetchrow(sql, await self.account.rows(resource), since)
            assert row is not None
            if not row["different"] or time.monotonic() > deadline:
                return dict(row)
            await _pause(session)

    async def _ask(self, session: SyncSession, sql: str, resource: str, *args: object) -> Any:  # noqa: ANN401 - one value
        store = session.context.store
        return await store.pool.fetchval(store.queries.fill(sql, BY_NAME[resource]), *args)

    def _farewell(self) -> None:
        if self.keep:
            say_lines("", f"It all stays up until Ctrl-C. The status page: {self.page}", "Look around with SQL:",
                      f"  {self.server.command('psql')}",
                      "  SELECT status, count(*), sum(balance) FROM invoiced.invoices GROUP BY status;",
                      "Change something, and find it in the mirror a second later:",
                      f"""  curl -d '{{"resource": "customers", "count": 3}}' {self.account.url}/_control/create""")
        else:
            say_lines("", "To look around with SQL, let it stay up: `make demo KEEP=1`, or "
                      "`invoiced-sync demo --keep`.")
        say_lines("", "For a real account (Invoiced: Settings, Developers, API Keys, New API Key):",
                  "  export INVOICED_API_KEY=...",
                  "  export DATABASE_URL=postgresql://user:password@host/database  # else an embedded one",
                  "  invoiced-sync check && invoiced-sync backfill && invoiced-sync run")


async def _pause(session: SyncSession) -> None:
    """Between two looks at the mirror. Raises Stopped."""
    if await wait(session.context.stop, LOOK):
        raise Stopped


async def keep_database() -> Exit:
    """Keeps the embedded Postgres of real use up until a signal, and says how to reach it."""
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
