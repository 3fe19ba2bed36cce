"""`check`: is everything ready? Settings, database, API and each resource: what is wrong and what to do.

It changes nothing in the mirror, and goes on behind a part that fails, so that all is told at once.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import stat
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from sync_daemon.abilities import ID_FILTER, SORT, Found, look
from sync_daemon.account import Account, at_start
from sync_daemon.api import Api, connect
from sync_daemon.database_check import look_at_database, target_of
from sync_daemon.dsn import Unusable, variables
from sync_daemon.errors import Exit
from sync_daemon.findings import Findings, carefully, compare_clock
from sync_daemon.output import STYLES, count, number, print_table, say, say_json, span
from sync_daemon.progress import Progress
from sync_daemon.reader import Reader
from sync_daemon.screen import logging_to_stderr
from sync_daemon.settings import Problem, Settings, holds_a_secret, names_a_database
from sync_daemon.together import together
from sync_daemon.tuning import AT_START

REMEDY: Final = "Check INVOICED_BASE_URL, this machine's network and name service, and a proxy or firewall in between."
OF_DATABASE: Final = {"DATABASE_URL", "SYNC_SCHEMA", *variables()}
OF_API: Final = {"INVOICED_API_KEY", "INVOICED_BASE_URL"}
"""Settings without which a part can't be looked at."""
PROXIED: Final = "is set, and not used: the API is asked directly"
AUTHORITIES: Final = "is set: whom it names is trusted to be Invoiced (and a database with sslrootcert=system)"
FROM_OUTSIDE: Final = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), (
        PROXIED, "Unset it, and let this machine through to the API; a proxy can't be used.")),
    "NO_PROXY": ("is set, and means nothing: no proxy is used", "Nothing to do."),
    **dict.fromkeys(("SSL_CERT_FILE", "SSL_CERT_DIR"), (AUTHORITIES, "Unset it unless that is meant.")),
    "SSLKEYLOGFILE": ("is set: the keys of the lines to the API are written there, for whoever reads along",
                      "Unset it; the API key can be read with them."),
}
"""Variables that change how the API is reached, or seem to: what each does, and what to do about it."""


async def check(settings: Settings, *, as_json: bool, wrong: Sequence[Problem] = (),
                env_file: Path | None = None) -> Exit:
    """Looks at everything, prints what it found, and returns the exit code of the worst of it.

    What is `wrong` with the settings is told as well; what hangs on it is not looked at, all else is.
    """
    findings, missing = Findings(), {problem.name for problem in wrong}
    with logging_to_stderr("error"):  # what the probes log is told below
        for problem in wrong:
            findings.wrong("settings", problem.name, problem.what, problem.remedy)
        _settings(settings, findings, missing)
        for file in secret_files(settings, env_file):
            _file_mode(*file, findings)
        if needed := OF_DATABASE & missing:
            findings.note("database", "connection", f"not looked at: {' and '.join(sorted(needed))} is wrong")
        else:
            await look_at_database(settings, findings)
        _surroundings(findings)
        if needed := OF_API & missing:
            findings.note("API", "key", f"{settings.origin} is not asked: {' and '.join(sorted(needed))} is wrong")
        else:
            await carefully(findings, "API", "key", REMEDY, lambda: _api(settings, findings), where=settings.origin)
    code = findings.worst
    if as_json:
        say_json({"exit_code": int(code), "findings": [asdict(finding) for finding in findings.all],
                  "resources": [asdict(found) for found in findings.resources]})
    else:
        _print(findings, code)
    return code


def _settings(settings: Settings, findings: Findings, wrong: set[str]) -> None:
    """Each setting with its value; of secrets only that they are set."""
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


# What surrounds the program.


def secret_files(settings: Settings, env_file: Path | None) -> Iterator[tuple[str, Path, int]]:
    """Files that hold secrets: what each is called, and which bits of its mode must not be set."""
    if env_file is not None and holds_a_secret(env_file):
        yield "env file", env_file, stat.S_IRWXO
    if folder := os.environ.get("CREDENTIALS_DIRECTORY"):
        for path in sorted(Path(folder).glob("*")):
            if path.name.lower() in {"invoiced_api_key", "database_url"}:
                yield "credential", path, stat.S_IRWXO
    if not names_a_database(settings, os.environ):
        return
    try:
        target = target_of(settings)
    except (Unusable, OSError):
        return
    if target.passfile is not None and os.path.isfile(target.passfile):  # noqa: PTH113 - which may be out of reach
        yield "password file", target.passfile, stat.S_IRWXG | stat.S_IRWXO
    if target.tls.get("sslkey"):
        yield "sslkey", Path(target.tls["sslkey"]), stat.S_IRWXO


def _file_mode(name: str, path: Path, forbidden: int, findings: Findings) -> None:
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # whoever needs it says so
    if mode & forbidden:
        passed_over = ", and is passed over for that, as by psql" if name == "password file" else ""
        findings.note("settings", name, f"{path} can be read by others{passed_over}",
                      f"chmod 600 {shlex.quote(str(path))}")


def _surroundings(findings: Findings) -> None:
    for name, value in sorted(os.environ.items()):
        if value and name.upper() in FROM_OUTSIDE:
            findings.note("API", name, *FROM_OUTSIDE[name.upper()])


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
        say("Not ready: see to what is named above, then check again.", STYLES["wrong"])


def _cells(found: Found) -> tuple[str, ...]:
    words = {name: "?" if able is None else "yes" if able else "no" for name, able in found.abilities.items()}
    also = (name if able else f"no {name}" for name, able in found.abilities.items() if name not in {SORT, ID_FILTER})
    return (found.resource, number(found.rows), found.state, words.get(SORT, ""), words.get(ID_FILTER, ""),
            ", ".join(also))
