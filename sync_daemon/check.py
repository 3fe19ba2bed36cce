"""`check`: is everything ready? Settings, database, API and each resource: what is wrong and what to do.

It changes nothing in the mirror, and goes on behind a part that fails, so that all is told at once.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import SecretStr

from sync_daemon import migrate
from sync_daemon.abilities import ID_FILTER, SORT, Found, look
from sync_daemon.account import Account, whose_key
from sync_daemon.api import AT_START, Api, connect
from sync_daemon.database import read_clock
from sync_daemon.errors import Exit, Fatal, SyncError, exit_of
from sync_daemon.opening import open_database
from sync_daemon.output import STYLES, number, print_table, say, say_json, span, sql_name
from sync_daemon.progress import Progress
from sync_daemon.queries import SQL, Queries
from sync_daemon.reader import Reader
from sync_daemon.resources import BY_NAME
from sync_daemon.screen import logging_to_stderr
from sync_daemon.settings import Settings, names_a_database
from sync_daemon.store import Store
from sync_daemon.together import together

OLDEST: Final = 14
"""The oldest Postgres whose SQL function bodies we can use."""
TOLERATED: Final = 30
"""Seconds that clocks may differ before it is worth a word."""
WORST_FIRST: Final = (Exit.REFUSED, Exit.CONFIG, Exit.TEMPORARY, Exit.BUG, Exit.PARTLY, Exit.OK)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `code` is what the process ends with if nothing is worse."""

    part: str
    name: str
    said: str
    state: str = "ok"
    remedy: str = ""
    code: Exit = Exit.OK


@dataclass(slots=True)
class Findings:
    """What was found so far; `schema_account` is the account that the schema mirrors, if it mirrors one."""

    all: list[Finding] = field(default_factory=list)
    resources: list[Found] = field(default_factory=list)
    pinned: dict[str, Any] | None = None

    def ok(self, part: str, name: str, said: str) -> None:
        self.all.append(Finding(part, name, said))

    def note(self, part: str, name: str, said: str, remedy: str = "") -> None:
        self.all.append(Finding(part, name, said, "note", remedy))

    def wrong(self, part: str, name: str, said: str, remedy: str, code: Exit = Exit.CONFIG) -> None:
        self.all.append(Finding(part, name, said, "wrong", remedy, code))

    @property
    def worst(self) -> Exit:
        codes = {finding.code for finding in self.all}
        if any(found.state == "failing" for found in self.resources):
            codes.add(Exit.PARTLY)
        return next((code for code in WORST_FIRST if code in codes), Exit.OK)


async def check(settings: Settings, *, as_json: bool) -> Exit:
    """Looks at everything, prints what it found, and returns the exit code of the worst of it."""
    findings = Findings()
    with logging_to_stderr("error"):  # what the probes log is told below
        _settings(settings, findings)
        await _carefully(findings, "database", "connection", lambda: _database(settings, findings))
        await _carefully(findings, "API", "key", lambda: _api(settings, findings))
    code = findings.worst
    if as_json:
        say_json({"exit_code": int(code), "findings": [asdict(finding) for finding in findings.all],
                  "resources": [asdict(found) for found in findings.resources]})
    else:
        _print(findings, code)
    return code


async def _carefully(findings: Findings, part: str, name: str, look_at: Callable[[], Awaitable[None]]) -> None:
    """A part that fails is a finding like others."""
    try:
        await look_at()
    except SyncError as error:
        hint = error.hint if isinstance(error, Fatal) else _REMEDY[part]
        findings.wrong(part, name, str(error), hint, exit_of(error))


_REMEDY: Final = {
    "database": "See that Postgres is up and can be reached from here, and check host and port in DATABASE_URL.",
    "API": "Check INVOICED_BASE_URL, this machine's network and name service, and a proxy or firewall in between.",
}


def _settings(settings: Settings, findings: Findings) -> None:
    """Each setting with its value; of secrets only that they are set."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            said = "set"
        elif name == "sync_resources":
            said = f"{len(settings.resources)} resources" + (f": {','.join(value)}" if value else ", all")
        elif value is None:
            said = "not set: PG* variables say where" if names_a_database(settings, os.environ) \
                else "not set: the embedded Postgres is used"
        else:
            said = str(value).lower() if isinstance(value, bool) else span(value) if isinstance(value, float) \
                else str(value)
        findings.ok("settings", name.upper(), said + ("" if name in settings.model_fields_set or value is None
                                                      or name == "sync_resources" else " (default)"))


# The database.


async def _database(settings: Settings, findings: Findings) -> None:
    queries = Queries(settings.sync_schema)
    async with open_database(settings) as pool:
        store = Store(pool, queries, await read_clock(pool), asyncio.Event(), patience=0.0)
        row = await store.row("server", queries.schema, list(BY_NAME))
        assert row is not None, "the statement always gives one"
        server = dict(row)
        _server(server, findings)
        _rights(server, settings, findings)
        await _carefully(findings, "database", "schema", lambda: _schema(store, server, settings, findings))
        _clock(findings, "database", (store.clock.now() - datetime.now(UTC)).total_seconds())


def _server(server: dict[str, Any], findings: Findings) -> None:
    version = f"Postgres {server['version'].split()[0]}"
    if server["version_num"] < OLDEST * 10_000:
        findings.wrong("database", "version", f"{version} is too old", f"Use Postgres {OLDEST} or later.")
    else:
        findings.ok("database", "version", f"{version}, database {server['database']}, user {server['role']}")
    if server["read_only"]:
        findings.wrong("database", "writing", "the database is read-only",
                       "Point DATABASE_URL at the primary, or add target_session_attrs=primary and all hosts to it.")


def _rights(server: dict[str, Any], settings: Settings, findings: Findings) -> None:
    schema, role = sql_name(settings.sync_schema), sql_name(server["role"])
    roles, lacking = f"Or run {SQL / 'roles.sql'}, which makes roles and grants what they need.", server["lacking"]
    if not server["has_schema"]:
        if server["may_make_schemas"]:
            findings.ok("database", "rights", f"{role} may make the schema {schema}")
        else:
            findings.wrong("database", "rights", f"{role} may not make the schema {schema}",
                           f"As the database's owner: GRANT CREATE ON DATABASE {sql_name(server['database'])} TO "
                           f"{role}, or CREATE SCHEMA {schema} AUTHORIZATION {role}. {roles}")
    elif not server["may_use_schema"]:
        need = "USAGE, CREATE" if settings.sync_auto_migrate else "USAGE"
        findings.wrong("database", "rights", f"{role} may not use the schema {schema}",
                       f"As its owner: GRANT {need} ON SCHEMA {schema} TO {role}. {roles}")
    elif lacking:
        more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
        findings.wrong("database", "rights", f"{role} lacks {'; '.join(lacking[:3])}{more}",
                       "As their owner: " + "; ".join(f"GRANT {one} TO {role}" for one in lacking[:3]) +
                       f"{more and '; …'}. {roles}")
    elif server["may_migrate"]:
        findings.ok("database", "rights", f"{role} may read and write all tables in {schema}, and change them")
    elif settings.sync_auto_migrate:
        findings.note("database", "rights", f"{role} may read and write all tables in {schema}, but not change them",
                      "Let their owner run `invoiced-sync migrate`, and set SYNC_AUTO_MIGRATE=false here.")
    else:
        findings.ok("database", "rights", f"{role} may read and write all tables in {schema}; their owner migrates")


async def _schema(store: Store, server: dict[str, Any], settings: Settings, findings: Findings) -> None:
    pending = await migrate.pending(store.pool, store.queries)
    known = len(store.queries.migrations())
    have = known - len(pending)
    if have == 0 and server["has_tables"]:
        findings.wrong("database", "schema", f"{settings.sync_schema} holds tables that are not of this program",
                       "Set SYNC_SCHEMA to a schema of its own.")
    elif pending and not settings.sync_auto_migrate:
        findings.wrong("database", "schema", f"{settings.sync_schema} has version {have}, this program {known}",
                       "Run `invoiced-sync migrate`, or leave SYNC_AUTO_MIGRATE at true.")
    elif pending and server["may_migrate"] is False:
        findings.wrong("database", "schema", f"{settings.sync_schema} has version {have}, this program {known}, and "
                       "another role owns it", "Run `invoiced-sync migrate` as its owner.")
    elif have == 0:
        findings.ok("database", "schema", f"{settings.sync_schema} is not there yet; the first backfill makes it")
    elif pending:
        findings.ok("database", "schema", f"{settings.sync_schema} has version {have}; backfill and run bring it to "
                                          f"{known}")
    else:
        findings.ok("database", "schema", f"{settings.sync_schema} has version {have}, as this program")
    if have:
        pinned = await store.row("account")
        findings.pinned = dict(pinned) if pinned else None


# The API.


async def _api(settings: Settings, findings: Findings) -> None:
    async with connect(settings, lambda: datetime.now(UTC), asyncio.Event(), AT_START) as api:
        account = await whose_key(api)
        findings.ok("API", "key", f"{settings.origin} takes it")
        findings.ok("API", "account", f"{account.name or 'no name'} ({account.company_id}), "
                                      f"time zone {account.time_zone or 'unknown'}")
        _pin(settings, account, findings)
        _server_clock(api, findings)
        reader = Reader(api, round(settings.sync_overlap), Progress())
        findings.resources = await together(look(reader, resource) for resource in settings.resources)


def _pin(settings: Settings, account: Account, findings: Findings) -> None:
    pinned = findings.pinned
    if pinned is None:
        return
    if (pinned["company_id"], pinned["origin"]) == (account.company_id, settings.origin):
        findings.ok("API", "mirror", f"the schema {settings.sync_schema} mirrors this account")
    else:
        findings.wrong("API", "mirror", f"the schema {settings.sync_schema} mirrors {pinned['company_name']} "
                                        f"({pinned['company_id']}, {pinned['origin']}), not this account",
                       "Set SYNC_SCHEMA to a schema of its own for this account, or use the other account's key.")


def _server_clock(api: Api, findings: Findings) -> None:
    if api.server_time is None:
        findings.wrong("API", "clock", "the answers bear no Date, without which nothing counts as settled",
                       "See what stands between here and the API and removes it.", Exit.PARTLY)
    else:
        _clock(findings, "API", api.server_time + 0.5 - datetime.now(UTC).timestamp())


def _clock(findings: Findings, part: str, ahead: float) -> None:
    """How far the far side's clock is ahead of ours. It does no harm: ours decides nothing."""
    said = "agrees with ours" if abs(ahead) < 2 else \
        f"is {span(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} ours"
    if abs(ahead) > TOLERATED:
        findings.note(part, "clock", said, "Nothing is lost by it, but set this machine's clock (NTP) if it is wrong.")
    else:
        findings.ok(part, "clock", said)


# What was found.


def _print(findings: Findings, code: Exit) -> None:
    for part in ("settings", "database", "API"):
        mine = [finding for finding in findings.all if finding.part == part]
        print_table(("", "", ""), [(finding.state, finding.name, finding.said) for finding in mine],
                    left=("",), title=f"{part[0].upper()}{part[1:]}")
        say()
    if findings.resources:
        print_table(("resource", "rows", "state", SORT, ID_FILTER, "also"),
                    [_cells(found) for found in sorted(findings.resources, key=lambda found: found.state == "ready")],
                    left=("state", SORT, ID_FILTER, "also"), title="Resources")
        say()
    for finding in findings.all:
        if finding.remedy:
            say(f"{finding.name}: {finding.said}", STYLES[finding.state])
            say(finding.remedy, indent=2)
    for found in findings.resources:
        if found.remedy:
            say(f"{found.resource}: {found.state}: {found.why}", STYLES.get(found.state, ""))
            say(found.remedy, indent=2)
    if code is Exit.OK:
        say("Ready. Next: `invoiced-sync backfill --dry-run` or `invoiced-sync backfill`.", "green")
    elif code is Exit.PARTLY:
        say("Partly ready: what is named above can't be read now; the rest can.", STYLES["note"])
    else:
        say("Not ready: see to what is named above, then check again.", STYLES["wrong"])


def _cells(found: Found) -> tuple[str, ...]:
    words = {name: "?" if able is None else "yes" if able else "no" for name, able in found.abilities.items()}
    also = (name if able else f"no {name}" for name, able in found.abilities.items() if name not in {SORT, ID_FILTER})
    return (found.resource, number(found.rows), found.state, words.get(SORT, ""), words.get(ID_FILTER, ""),
            ", ".join(also))
