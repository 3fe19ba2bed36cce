"""`check`: tests settings, database, API and each resource, and reports what is wrong and what to do.

It changes nothing in the mirror, and continues after a failure, so that everything is reported at once.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from sync_daemon.cli.check_database import look_at_database
from sync_daemon.cli.check_resource import ID_FILTER, SORT, Found, look
from sync_daemon.cli.findings import Findings, carefully, compare_clock
from sync_daemon.cli.progress_display import logging_to_stderr
from sync_daemon.concurrency import run_all
from sync_daemon.errors import Exit
from sync_daemon.humanize import STYLES, count, number, print_table, say, say_json, span
from sync_daemon.progress import Progress
from sync_daemon.settings.database_url import variables
from sync_daemon.settings.fields import Settings, names_a_database
from sync_daemon.settings.proxy import UNUSED, VARIABLES
from sync_daemon.settings.secret_files import exposed
from sync_daemon.settings.sources import OF_OPENSSL, Problem
from sync_daemon.source.client import Api, connect
from sync_daemon.source.company import Account, at_start
from sync_daemon.source.list_reader import Reader
from sync_daemon.tuning import AT_START

REMEDY: Final = "Check INVOICED_BASE_URL, this machine's network and name service, and a proxy or firewall in between."
OF_DATABASE: Final = {"DATABASE_URL", "SYNC_SCHEMA", *variables()}
OF_API: Final = {"INVOICED_API_KEY", "INVOICED_BASE_URL", *VARIABLES, *OF_OPENSSL}
"""Settings without which a part can't be checked."""


async def check(settings: Settings, *, as_json: bool, wrong: Sequence[Problem] = (),
                env_file: Path | None = None, environ: Mapping[str, str] = os.environ) -> Exit:
    """Checks everything, prints the findings, and returns the exit code of the worst.

    `wrong` settings are reported as well; parts that need them are not checked.
    """
    findings, missing = Findings(), {problem.name for problem in wrong}
    with logging_to_stderr("error"):  # what the probes log is reported below
        for problem in wrong:
            findings.wrong("settings", problem.name, problem.what, problem.remedy)
        _settings(settings, findings, missing)
        for file in exposed(settings, env_file, os.environ):
            findings.note("settings", file.name, file.what, file.remedy)
        if needed := OF_DATABASE & missing:
            findings.note("database", "connection", f"not looked at: {' and '.join(sorted(needed))} is wrong")
        else:
            await look_at_database(settings, findings)
        _surroundings(settings, environ, missing, findings)
        if needed := OF_API & missing:
            findings.note("API", "key", f"{settings.origin} is not asked: {' and '.join(sorted(needed))} is wrong")
        else:
            await carefully(findings, "API", "key", REMEDY, lambda: _api(settings, findings), where=_asked(settings))
    code = findings.worst
    if as_json:
        say_json({"exit_code": int(code), "findings": [asdict(finding) for finding in findings.all],
                  "resources": [asdict(found) for found in findings.resources]})
    else:
        _print(findings, code)
    return code


def _settings(settings: Settings, findings: Findings, wrong: set[str]) -> None:
    """Each setting with its value; for secrets, only whether they are set."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if name.upper() in wrong:
            continue
        if isinstance(value, SecretStr):
            said = "set"
        elif name == "sync_resources":
            said = count(len(settings.resources), "resource") + (f": {','.join(value)}" if value else ", all")
        elif value is None:
            said = "not set: PG* variables say where" if names_a_database(settings, os.environ) \
                else "not set: the embedded Postgres is used"
        else:
            said = str(value).lower() if isinstance(value, bool) else span(value) if isinstance(value, float) \
                else str(value)
        findings.ok("settings", name.upper(), said + ("" if name in settings.model_fields_set or value is None
                                                      or name == "sync_resources" else " (default)"))


# The environment.


def _surroundings(settings: Settings, environ: Mapping[str, str], wrong: set[str], findings: Findings) -> None:
    """Variables that affect how the API is reached, or seem to."""
    way = settings.way
    for name in (name for name in VARIABLES if environ.get(name) and name not in wrong):
        if name in UNUSED:
            findings.note("API", name, "is set, but has no effect: plain http goes only to this machine",
                          "HTTPS_PROXY names a proxy for the API.")
        elif way.proxy is not None and name == way.proxy.variable:
            findings.note("API", name, f"is set: the API is reached through the proxy {way.proxy.place}, which does "
                          "not see the key", "Name the API's host in NO_PROXY if that is not meant.")
        elif way.proxy is not None and name.lower() != "no_proxy":
            findings.note("API", name, f"is set, but not used: {way.proxy.variable} wins", "Leave one of them out.")
        elif way.why and name.lower() != "no_proxy":
            findings.note("API", name, f"is set, but not used: {way.why}", "Nothing to do, if that is meant.")
    for name in sorted(OF_OPENSSL - wrong):
        if environ.get(name):
            findings.note("API", name, "is set: the authorities it names are trusted for Invoiced (and a database with "
                          "sslrootcert=system)", "Unset it unless that is meant.")
    if environ.get("SSLKEYLOGFILE"):
        findings.note("API", "SSLKEYLOGFILE", "is set, but ignored: no TLS keys of connections to the API or the "
                      "database are written", "Unset it; whoever can read such a file can read the API key.")


def _asked(settings: Settings) -> str:
    return settings.origin + (f" through the proxy {settings.way.proxy.place}" if settings.way.proxy else "")


# The API.


async def _api(settings: Settings, findings: Findings) -> None:
    async with connect(settings, lambda: datetime.now(UTC), asyncio.Event(), patience=AT_START) as api:
        account = await at_start(api)
        findings.ok("API", "key", f"{settings.origin} takes it")
        findings.ok("API", "account", f"{account.name or 'no name'} ({account.company_id}), "
                                      f"time zone {account.time_zone or 'unknown'}")
        _pin(settings, account, findings)
        _server_clock(api, findings)
        reader = Reader(api, round(settings.sync_overlap), Progress())
        findings.resources = await run_all(look(reader, resource) for resource in settings.resources)


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
        findings.wrong("API", "clock", "the answers have no Date, without which nothing counts as settled",
                       "Find out what removes it between here and the API.", Exit.PARTLY)
    else:
        compare_clock(findings, "API", api.server_time + 0.5 - datetime.now(UTC).timestamp())


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
        say("Not ready: fix what is named above, then check again.", STYLES["wrong"])


def _cells(found: Found) -> tuple[str, ...]:
    words = {name: "?" if able is None else "yes" if able else "no" for name, able in found.capabilities.items()}
    also = (name if able else f"no {name}" for name, able in found.capabilities.items()
            if name not in {SORT, ID_FILTER})
    return (found.resource, number(found.rows), found.state, words.get(SORT, ""), words.get(ID_FILTER, ""),
            ", ".join(also))
