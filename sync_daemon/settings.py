"""All settings, from the environment, an --env-file, and files in $CREDENTIALS_DIRECTORY. Nothing else reads them.

Every wrong setting is reported at once, each with its name and a remedy; a misspelt name is pointed out.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from sync_daemon.dsn import WRITE, Unusable, parse_url, variables
from sync_daemon.errors import Exit, Fatal
from sync_daemon.resources import BY_NAME, Resource, choose
from sync_daemon.terminal import visible

LIBPQ: Final = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE")
"""Variables of libpq of which any one says that a database of the user's own is meant."""

_UNITS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


def seconds(value: object) -> object:
    """Turns `90`, `90s`, `5m`, `6h` or `1d` into seconds; leaves anything else to be refused by pydantic."""
    if isinstance(value, str) and (match := re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", value.lower())):
        number, unit = match.groups()
        if unit in _UNITS:
            return float(number) * _UNITS[unit]
    return value


Seconds = Annotated[float, BeforeValidator(seconds), Field(allow_inf_nan=False)]


class _Credentials(SecretsSettingsSource):
    """Files in $CREDENTIALS_DIRECTORY; an empty one counts as none, as an empty variable does."""

    def __call__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__call__().items() if value != ""}


class Settings(BaseSettings):
    """The settings of one run. The description of each is also its line in the env example."""

    model_config = SettingsConfigDict(case_sensitive=False, extra="ignore", frozen=True, env_ignore_empty=True,
                                      hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource) -> tuple[PydanticBaseSettingsSource, ...]:
        assert isinstance(file_secret_settings, SecretsSettingsSource)
        credentials = _Credentials(settings_cls, file_secret_settings.secrets_dir)
        return init_settings, env_settings, dotenv_settings, credentials

    invoiced_api_key: SecretStr = Field(
        description="The API key, one for this program. Invoiced: Settings, Developers, API Keys, New API Key.")
    invoiced_base_url: str = Field(
        "https://api.invoiced.com", description="Where the API is; https://api.sandbox.invoiced.com for the sandbox.")
    invoiced_max_concurrency: int = Field(
        12, ge=1, le=20, description="Most requests in flight; the account allows a key 20, all users together.")
    invoiced_timeout: Seconds = Field(
        60, ge=1, description="Seconds for one request as a whole; pages of estimates and payments can be slow.")
    database_url: SecretStr | None = Field(
        None, description="postgresql://user:password@host/database. Without it PG* variables, else the embedded one.")
    sync_schema: str = Field("invoiced", description="Schema of the mirror; one for each account.")
    sync_resources: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="all, or a list such as customers,invoices; -name leaves one out.")
    sync_interval: Seconds = Field(60, ge=1, description="Seconds from the start of one cycle to the next.")
    sync_poll_every: Seconds = Field(
        0, ge=0, description="0: polled in every cycle; else so often, and while events come (imports then wait).")
    sync_overlap: Seconds = Field(
        300, ge=1, le=86400 * 7,
        description="Seconds read again: how late a change may become visible, and how much clocks may differ.")
    sync_sweep: Seconds = Field(
        6 * 3600, ge=1, description="How often lists are read whole that don't tell what changed; per-parent ones at a "
                                    "quarter of that pace.")
    sync_deep_overlap: Seconds = Field(
        26 * 3600, ge=1, description="How far the nightly pass looks back: a day, and what a wrong hour may hide.")
    sync_verify_every: Seconds = Field(
        7 * 86400, ge=1, description="How often `run` verifies each resource against the account.")
    sync_auto_migrate: bool = Field(True, description="false: only `invoiced-sync migrate` changes the schema.")
    sync_account: str = Field("", description="Name of the account in logs and metrics; the schema's if left out.")
    sync_web_public: bool = Field(
        False, description="true: SYNC_WEB_LISTEN may be an address that others reach; it asks for no password.")
    sync_web_listen: str = Field(
        "127.0.0.1:8484", description="Where `run` shows its status page, health and metrics; off: nowhere.")
    sync_log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="debug, info, warning or error.")
    sync_log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="console or json; auto: console on a terminal, JSON otherwise.")

    @field_validator("invoiced_api_key")
    @classmethod
    def _key_fits_a_header(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value().strip()
        if not key:
            raise ValueError("is empty")
        if not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError("has characters that no API key has; copy it again")
        return SecretStr(key)

    @field_validator("invoiced_base_url")
    @classmethod
    def _url_is_safe(cls, value: str) -> str:
        try:
            parts = urlsplit(value.strip())
        except ValueError:  # whose text may repeat what it can't read
            raise ValueError("is not a URL such as https://api.invoiced.com") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("is not a URL such as https://api.invoiced.com")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("must be scheme, host, port and path only")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("would send the key in the clear: use https (plain http is for this machine only)")
        return value.strip().rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        try:
            parse_url(value.get_secret_value())
        except Unusable as error:
            remedy = "" if error.hint == WRITE else f"; {error.hint[0].lower()}{error.hint[1:]}"
            raise ValueError(str(error).removeprefix("DATABASE_URL ").rstrip(".") + remedy) from None
        return SecretStr(value.get_secret_value().strip())

    @field_validator("sync_schema")
    @classmethod
    def _is_an_identifier(cls, value: str) -> str:
        value = value.strip()
        if not value.isprintable():  # a line that ends within a name also ends a comment of SQL
            raise ValueError("has a control character in it")
        if "{" in value or "}" in value:
            raise ValueError("has a brace in it, which stands for something else in our SQL")
        if not 0 < len(value.encode()) <= 63:
            raise ValueError("must be a name of 1 to 63 bytes")
        if value.startswith("pg_") or value in {"information_schema", "public"}:
            raise ValueError("must be a schema of its own, not public or one of Postgres's")
        return value

    @field_validator("sync_resources", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        return tuple(re.split(r"[\s,]+", value.strip(" ,\t\n"))) if isinstance(value, str) else value

    @field_validator("sync_resources")
    @classmethod
    def _are_known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            chosen = choose(value)
        except KeyError as error:
            raise ValueError("is wrong: " + unknown_resource(error.args[0])) from None
        if not chosen:
            raise ValueError("leaves nothing to mirror")
        names = {resource.name for resource in chosen}
        for resource in chosen:
            if resource.parent is not None and resource.parent not in names:
                raise ValueError(f"lacks {resource.parent}: {resource.name} are asked for each of them")
        return value

    @field_validator("sync_account")
    @classmethod
    def _is_a_word(cls, value: str) -> str:
        if value and not re.fullmatch(r"[\w.@:+-]{1,100}", value):
            raise ValueError("must be a word of letters, digits and . - _ @ : +")
        return value

    @field_validator("sync_web_listen")
    @classmethod
    def _is_an_address(cls, value: str, info: ValidationInfo) -> str:
        value = value.strip()
        if value.lower() == "off":
            return "off"
        host, port = _host_and_port(value)
        if not (host and port.isascii() and port.isdigit() and int(port) <= 65535):
            raise ValueError("is not an address such as 127.0.0.1:8484")
        if not (is_loopback(host) or info.data.get("sync_web_public")):
            raise ValueError("can be reached by others, without a password")
        return value

    @field_validator("sync_log_level", "sync_log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @property
    def resources(self) -> tuple[Resource, ...]:
        return choose(self.sync_resources)

    def only(self, resources: tuple[Resource, ...]) -> Settings:
        """The same settings for these resources, and for the parents without which they can't be read."""
        names = {resource.name for resource in resources} | {resource.parent for resource in resources}
        return self.model_copy(update={"sync_resources": tuple(name for name in BY_NAME if name in names)})

    @property
    def account(self) -> str:
        """The name of the account in logs and metrics."""
        return self.sync_account or self.sync_schema

    @property
    def web(self) -> tuple[str, int] | None:
        """Host and port of the status page; None where there is none."""
        if self.sync_web_listen == "off":
            return None
        host, port = _host_and_port(self.sync_web_listen)
        return host, int(port)

    @property
    def origin(self) -> str:
        """Scheme, host and port: the only place that ever gets the key."""
        parts = urlsplit(self.invoiced_base_url)
        return f"{parts.scheme}://{parts.netloc}".lower()


def _host_and_port(address: str) -> tuple[str, str]:
    """`host:port`, `[host]:port` or a port alone, which means this machine."""
    host, colon, port = address.rpartition(":")
    if not colon:
        return "127.0.0.1", port
    if ":" in host and not host.startswith("["):
        return "", ""  # an IPv6 address without brackets could be read two ways
    return host.strip("[]"), port


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def unknown_resource(name: str) -> str:
    near = difflib.get_close_matches(name, BY_NAME, 1, 0.6)
    there_are = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(BY_NAME)}"
    return f"there is no resource {name!r}; {there_are}"


_REMEDY: Final = {
    "invoiced_api_key": "Make a key in Invoiced under Settings, Developers, API Keys, and set INVOICED_API_KEY to it.",
    "invoiced_base_url": "Leave it out for production, or set https://api.sandbox.invoiced.com for the sandbox.",
    "invoiced_max_concurrency": "Set a whole number from 1 to 20.",
    "invoiced_timeout": "Set seconds, 1 or more.",
    "database_url": WRITE.replace("DATABASE_URL", "it"),
    "sync_schema": "Choose another name, such as invoiced.",
    "sync_resources": "Set all, or names with commas between them; -name leaves one out.",
    "sync_interval": "Set seconds (60) or a time such as 5m, 1 s or more.",
    "sync_poll_every": "Set 0, or seconds or a time such as 10m.",
    "sync_overlap": "Set seconds (300) or a time such as 10m, from 1 s to 7 d.",
    "sync_sweep": "Set seconds or a time such as 6h, 1 s or more.",
    "sync_deep_overlap": "Set seconds or a time such as 26h, 1 s or more.",
    "sync_verify_every": "Set seconds or a time such as 7d, 1 s or more.",
    "sync_auto_migrate": "Set true or false.",
    "sync_account": "Set a short name such as acme.",
    "sync_web_public": "Set true or false.",
    "sync_web_listen": "Set host:port on this machine, such as 127.0.0.1:8484, or off. For others put a proxy with a "
                       "password in front (RUNBOOK.md), or set SYNC_WEB_PUBLIC=true.",
    "sync_log_level": "Set debug, info, warning or error.",
    "sync_log_format": "Set auto, console or json.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A setting that is wrong, by its name, and what to do about it."""

    name: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.name} {self.what}. {self.remedy}"


def load(environ: Mapping[str, str], env_file: Path | None = None, *, without_key: bool = False) -> Settings:
    """Reads the settings; an environment variable wins over the env file, that over a credential file.

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
    """The settings as far as they are right, with defaults for the others, and what is wrong with those."""
    problems, in_file = [], set[str]()
    try:
        if env_file is not None:
            if not stat.S_ISREG(env_file.stat().st_mode):
                raise OSError(None, "not a file")
            in_file = set(dotenv_values(env_file))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        problems, env_file = [Problem(f"The env file {env_file}", f"can't be read ({why})", "Name one that can.")], None
    problems += misspelt({*environ, *in_file}) + unread(in_file)
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    folder = credentials if credentials and Path(credentials).is_dir() else None
    instead: dict[str, Any] = {"invoiced_api_key": SecretStr("none")} if without_key else {}
    try:
        return Settings(_env_file=env_file, _secrets_dir=folder, **instead), problems  # type: ignore[call-arg]
    except ValidationError as error:
        wrong = [_problem(detail) for detail in error.errors(include_input=False, include_url=False)]
    instead |= {problem.name.lower(): Settings.model_fields[problem.name.lower()].default for problem in wrong}
    if "invoiced_api_key" in instead:
        instead["invoiced_api_key"] = SecretStr("none")
    return Settings(_env_file=env_file, _secrets_dir=folder, **instead), wrong + problems  # type: ignore[call-arg]


def misspelt(names: set[str]) -> list[Problem]:
    """Each INVOICED_… or SYNC_… variable that is no setting."""
    known = [name.upper() for name in Settings.model_fields]
    problems = []
    for name in sorted(names):
        if name.upper().startswith(("INVOICED_", "SYNC_")) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, 1, 0.5)
            remedy = f"Did you mean {near[0]}?" if near else "Remove it."
            problems.append(Problem(name, "is not a setting of this program", remedy))
    return problems


def unread(in_file: set[str]) -> list[Problem]:
    """Each variable of libpq in an env file, where it leads to no database."""
    return [Problem(name, "is not read from the env file", f"Set DATABASE_URL there, or {name} in the environment.")
            for name in sorted(in_file & variables())]


def _problem(detail: ErrorDetails) -> Problem:
    name = str(detail["loc"][0])
    what = {"missing": "is not set", "int_parsing": "is not a whole number", "float_parsing": "is not a time",
            "bool_parsing": "is neither true nor false"}.get(detail["type"])
    what = what or str(detail["msg"]).removeprefix("Value error, ").replace("Input should be", "should be")
    return Problem(name.upper(), what.rstrip("."), _REMEDY[name])


def holds_a_secret(env_file: Path) -> bool:
    try:
        return not {"INVOICED_API_KEY", "DATABASE_URL"}.isdisjoint(dotenv_values(env_file))
    except (OSError, UnicodeDecodeError):
        return False


def names_a_database(settings: Settings, environ: Mapping[str, str]) -> bool:
    """Whether the user points at a database of their own, so that the embedded one stays out of it."""
    return settings.database_url is not None or any(environ.get(name) for name in LIBPQ)
