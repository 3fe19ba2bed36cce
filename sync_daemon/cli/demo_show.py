"""What the demo shows: a first load, how soon changes arrive, that mirror and account are equal, and answers."""

from __future__ import annotations

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlsplit

from sync_daemon.cli import progress_display
from sync_daemon.cli.demo_answers import show_answers
from sync_daemon.concurrency import run_all, wait
from sync_daemon.errors import Exit, Stopped, SyncError
from sync_daemon.humanize import STYLES, count, number, print_table, say, say_lines
from sync_daemon.local_postgres.embedded import EmbeddedServer
from sync_daemon.model.resources import BY_NAME, Resource, Way
from sync_daemon.runtime import jobs, scheduler, service
from sync_daemon.sync.session import SyncSession

PATIENCE: Final = 60.0
"""Seconds after which a change that is not in the mirror counts as a difference."""
LOOK: Final = 0.05

# Rows of each side, and how many have no equal on the other. Events older than $2 are not mirrored.
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
    """A change at the source; `verb` is create, update or delete."""

    verb: str
    resource: str
    count: int

    def steps(self, keys: Sequence[int]) -> list[tuple[str, dict[str, object]]]:
        """Its calls for the control path of the pretend account."""
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
        """All rows of a resource, as a JSON list."""
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


class Show:
    """What the two runs do, and what is printed."""

    def __init__(self, account: Account, server: EmbeddedServer, keep: bool) -> None:
        self.account = account
        self.server = server
        self.keep = keep
        self.begun = int(time.time())
        self.loaded = "The backfill did not finish."
        self.page: str | None = None
        self.verdict = Exit.TEMPORARY
        """Exit code of the demo: that of a stop, until it has finished."""

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
        """Serves the status page, too."""
        if not self.keep:
            yield
            return
        async with service.shown(session) as (_, self.page):
            yield

    async def run(self, session: SyncSession) -> Exit:
        await run_all([scheduler.run(session), self._watch(session)])
        return Exit.OK

    async def _watch(self, session: SyncSession) -> None:
        """Shows the daemon at work, then stops it."""
        while session.cycles == 0:
            await pause(session)
        say_lines("", "The daemon runs, a cycle every second. "
                  "What happens at the source, and when the mirror has it:", "")
        await self._see_changes(session)
        self.verdict = await self.compare(session)
        await show_answers(session)
        self._farewell()
        if self.keep:
            await session.context.stop.wait()
        session.context.stop.set()

    async def _see_changes(self, session: SyncSession) -> None:
        """Makes all changes at once, and prints when each arrived."""
        keys = [[] if change.verb == "create" else await self._ask(session, NEWEST, change.resource, change.count)
                for change in CHANGES]
        steps = [(place, step) for place, change in enumerate(CHANGES) for step in change.steps(keys[place])]
        begun = time.monotonic()
        for (place, _), result in zip(steps, await self.account.do([step for _, step in steps]), strict=True):
            keys[place] = result or keys[place]  # created rows get their keys only now
        waiting = dict(zip(CHANGES, keys, strict=True))
        while waiting and time.monotonic() < begun + PATIENCE:
            for change in list(waiting):
                wanted = NOTED if change.verb == "update" else {}
                shown = await self._ask(session, SHOWN, change.resource, waiting[change], json.dumps(wanted))
                if shown == (0 if change.verb == "delete" else change.count):
                    say(f"  {time.monotonic() - begun:4.1f} s  {change}")
                    del waiting[change]
            await pause(session)
        for change in waiting:
            say(f"  not within {PATIENCE:.0f} s: {change}", STYLES["failed"])

    async def compare(self, session: SyncSession) -> Exit:
        """Prints the table. Postgres compares both sides object by object."""
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
            await pause(session)

    async def _ask(self, session: SyncSession, sql: str, resource: str, *args: object) -> Any:  # noqa: ANN401 - one value
        store = session.context.store
        return await store.pool.fetchval(store.queries.fill(sql, BY_NAME[resource]), *args)

    def _farewell(self) -> None:
        if self.keep:
            say_lines("", f"It all stays up until Ctrl-C. The status page: {self.page}", "Look around with SQL:",
                      f"  {self.server.command('psql')}",
                      "  SELECT status, count(*), sum(balance) FROM invoiced.invoices GROUP BY status;",
                      "Ask for more of such answers; --list says which there are:",
                      f"  DATABASE_URL='{self.server.dsn}' invoiced-sync report aging --by customer",
                      "Change something, and find it in the mirror a second later:",
                      f"""  curl -d '{{"resource": "customers", "count": 3}}' {self.account.url}/_control/create""")
        else:
            say_lines("", "What else it answers: `invoiced-sync report --list`. To look around with SQL, let",
                      "it stay up: `make demo KEEP=1`, or `invoiced-sync demo --keep`.")
        say_lines("", "For a real account (Invoiced: Settings, Developers, API Keys, New API Key):",
                  "  export INVOICED_API_KEY=...",
                  "  export DATABASE_URL=postgresql://user:password@host/database  # else an embedded one",
                  "  invoiced-sync check && invoiced-sync backfill && invoiced-sync run")


async def pause(session: SyncSession) -> None:
    """Waits between two looks at the mirror. Raises Stopped."""
    if await wait(session.context.stop, LOOK):
        raise Stopped
