"""Where settings come from: the environment, an --env-file, files in $CREDENTIALS_DIRECTORY. Nothing else reads them.

All wrong settings are reported together, each with its name and a remedy; misspelt names are pointed out.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from sync_daemon.errors import Exit, Fatal
from sync_daemon.settings import files, proxy, tls
from sync_daemon.settings.database_url import variables
from sync_daemon.settings.fields import Settings, Wrong, remedy_of
from sync_daemon.terminal import visible

OF_OPENSSL: Final = frozenset({"SSL_CERT_FILE", "SSL_CERT_DIR"})
"""Whom TLS trusts; OpenSSL itself reads them from the environment."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A wrong setting: its name, what is wrong, and what to do about it."""

    name: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.name} {self.what}. {self.remedy}"


def load(environ: Mapping[str, str], env_file: Path | None = None, *, without_key: bool = False) -> Settings:
    """Reads the settings; an environment variable wins over the env file, and that over a credential file.

    `without_key` is for verbs that never ask the API. Raises Fatal (78) that lists everything that is wrong.
    """
    settings, problems = survey(environ, env_file, without_key=without_key)
    if problems:
        told = [visible(str(problem)) for problem in problems]
        raise Fatal(told[0] if len(told) == 1 else "\n".join(["These settings are wrong:", *told]),
                    hint="config/sync-daemon.env.example shows every setting.", exit_code=Exit.CONFIG, lines=True)
    return settings


def survey(environ: Mapping[str, str], env_file: Path | None = None, *,
           without_key: bool = False) -> tuple[Settings, list[Problem]]:
    """The settings that are valid, with defaults for the others, and what is wrong with those."""
    in_file, problems = _env_file(env_file)
    problems += misspelt({*environ, *in_file}) + unread(in_file)
    told: dict[str, Any] = {"invoiced_api_key": SecretStr("none")} if without_key else {}
    for source in (environ, in_file):
        told = {name.lower(): value for name, value in sorted(source.items(), reverse=True) if value
                and name.lower() in Settings.model_fields} | told
    if folder := environ.get("CREDENTIALS_DIRECTORY"):
        found, faults = files.credentials(folder, Settings.model_fields.keys() - told.keys())
        told |= found
        problems += [Problem(f"The credential {path}", f"can't be read ({why})", "Let this user read it, as a file of "
                             "text in UTF-8.") for path, why in faults]
    try:
        settings, wrong = Settings(**told), []
    except ValidationError as error:
        wrong = [_problem(detail) for detail in error.errors(include_input=False, include_url=False)]
        bad = {problem.name.lower() for problem in wrong}
        right = {name: value for name, value in told.items() if name not in bad}
        settings = Settings(**{"invoiced_api_key": SecretStr("none")} | right)
    if not without_key:
        way, in_the_way = _way(settings.invoiced_base_url, environ, in_file)
        settings, problems = settings.by(way), problems + in_the_way
    return settings, wrong + problems


def _way(origin: str, environ: Mapping[str, str], in_file: Mapping[str, str]) -> tuple[proxy.Way, list[Problem]]:
    """How the API is reached, and what is wrong with the variables for that."""
    way, problems = proxy.STRAIGHT, []
    try:
        way = proxy.choose(origin, environ, in_file)
    except proxy.Unfit as error:
        problems.append(Problem(error.variable, str(error), proxy.WRITE))
    if origin.lower().startswith("https:"):
        problems += [Problem(name, what, "Name one that holds the certificates of authorities, or unset it.")
                     for name, what in tls.unfit_authorities(environ)]
    return way, problems


def _env_file(path: Path | None) -> tuple[Mapping[str, str], list[Problem]]:
    if path is None:
        return {}, []
    try:
        lines = files.env_file(path)
    except files.Unreadable as error:
        return {}, [Problem(f"The env file {path}", f"can't be read ({error})", "Name one that can.")]
    return lines.values, [Problem(f"Line {number} of the env file {path}", what, "Write NAME=VALUE, a line for each; a "
                                  "line that begins with # is a comment.") for number, what in lines.faults]


def misspelt(names: Iterable[str]) -> list[Problem]:
    """Each INVOICED_… or SYNC_… variable that is no setting."""
    known = [name.upper() for name in Settings.model_fields]
    problems = []
    for name in sorted(names):
        if name.upper().startswith(("INVOICED_", "SYNC_")) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper()[:80], known, 1, 0.5)
            remedy = f"Did you mean {near[0]}?" if near else "Remove it."
            problems.append(Problem(name if re.fullmatch("[A-Za-z0-9_]{1,80}", name) else ascii(name[:80]),
                                    "is not a setting of this program", remedy))
    return problems


def unread(in_file: Iterable[str]) -> list[Problem]:
    """Each variable in an env file that is only read from the environment: those of libpq and of OpenSSL."""
    return [Problem(name, "is not read from the env file",
                    f"Set {name} in the environment." if name in OF_OPENSSL else
                    f"Set DATABASE_URL there, or {name} in the environment.")
            for name in sorted({*in_file} & (variables() | OF_OPENSSL))]


_WRONG: Final = {
    "missing": "is not set", "bool_parsing": "is neither true nor false", "string_unicode": "is not UTF-8",
    **dict.fromkeys(("int_parsing", "int_parsing_size", "int_from_float"), "is not a whole number"),
    **dict.fromkeys(("float_parsing", "finite_number"), "is not a time"),
    **dict.fromkeys(("less_than_equal", "greater_than_equal"), "is out of range"),
    "literal_error": "is not one of its possible values",
}
"""pydantic's errors, in our words."""


def _problem(detail: ErrorDetails) -> Problem:
    name, error = str(detail["loc"][0]), detail.get("ctx", {}).get("error")
    what = str(error) if isinstance(error, Wrong) else _WRONG.get(detail["type"], "can't be used")
    return Problem(name.upper(), what.rstrip("."), remedy_of(name))
