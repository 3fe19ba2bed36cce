"""All settings: what each is, which values it takes, and why another is refused. `sources.py` reads them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, PrivateAttr, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from sync_daemon.model.resources import BY_NAME, Resource, choose
from sync_daemon.settings.database_url import WRITE, Unusable, parse_url
from sync_daemon.settings.hosts import host_and_port, is_host, is_loopback, port_of
from sync_daemon.settings.proxy import STRAIGHT, Way

LIBPQ: Final = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE")
"""Variables of libpq; any one of them selects the user's own database."""

LONGEST: Final = 3650 * 86400
"""Seconds: more than ten years means never, and would soon overflow a date."""
_UNITS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


def seconds(value: object) -> object:
    """Turns `90`, `90s`, `5m`, `6h` or `1d` into seconds; pydantic refuses anything else."""
    if isinstance(value, str) and (match := re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", value.lower())):
        number, unit = match.groups()
        if unit in _UNITS:
            return float(number) * _UNITS[unit]
    return value


Seconds = Annotated[float, BeforeValidator(seconds), Field(allow_inf_nan=False)]


class Wrong(ValueError):
    """What is wrong with a setting, in our own words; a parser's may repeat part of a secret."""


def setting(default: Any, *, meaning: str, remedy: str, **limits: Any) -> Any:  # noqa: ANN401 - pydantic's
    """A field: its default (... where there is none), its meaning, which is also its line in the env example, and what
    to write if it is wrong.
    """
    return Field(default, description=meaning, json_schema_extra={"remedy": remedy}, **limits)


def remedy_of(name: str) -> str:
    """What to write for a setting that is wrong."""
    extra = Settings.model_fields[name].json_schema_extra
    return str(extra["remedy"]) if isinstance(extra, dict) else ""


class Settings(BaseSettings):
    """The settings of one run."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    _way: Way = PrivateAttr(default=STRAIGHT)

    invoiced_api_key: SecretStr = setting(
        ...,
        meaning="The API key, one for this program. Invoiced: Settings, Developers, API Keys, New API Key.",
        remedy="Make a key in Invoiced under Settings, Developers, API Keys, and set INVOICED_API_KEY to it.")
    invoiced_base_url: str = setting(
        "https://api.invoiced.com",
        meaning="Where the API is; https://api.sandbox.invoiced.com for the sandbox.",
        remedy="Leave it out for production, or set https://api.sandbox.invoiced.com for the sandbox.")
    invoiced_max_concurrency: int = setting(
        12, ge=1, le=20,
        meaning="Most requests in flight; the account allows 20 for a key, over all its users.",
        remedy="Set a whole number from 1 to 20.")
    invoiced_timeout: Seconds = setting(
        60, ge=1, le=86400,
        meaning="Seconds for one request as a whole; pages of estimates and payments can be slow.",
        remedy="Set seconds, from 1 to a day.")
    database_url: SecretStr | None = setting(
        None,
        meaning="postgresql://user:password@host/database. Without it PG* variables, else the embedded one.",
        remedy=WRITE.replace("DATABASE_URL", "it"))
    sync_schema: str = setting(
        "invoiced",
        meaning="Schema of the mirror; one for each account.",
        remedy="Choose another name, such as invoiced.")
    sync_resources: tuple[str, ...] = setting(
        (),
        meaning="all, or a list such as customers,invoices; -name leaves one out.",
        remedy="Set all, or names with commas between them; -name leaves one out.")
    sync_interval: Seconds = setting(
        60, ge=1, le=LONGEST,
        meaning="Seconds from the start of one cycle to the next.",
        remedy="Set seconds (60) or a time such as 5m, from 1 s to 3650 d.")
    sync_poll_every: Seconds = setting(
        0, ge=0, le=LONGEST,
        meaning="0: poll in every cycle; else this often, and while events arrive (imports then wait).",
        remedy="Set 0, or seconds or a time such as 10m, up to 3650 d.")
    sync_overlap: Seconds = setting(
        300, ge=1, le=86400 * 7,
        meaning="Seconds read again: how late a change may become visible, and how much clocks may differ.",
        remedy="Set seconds (300) or a time such as 10m, from 1 s to 7 d.")
    sync_sweep: Seconds = setting(
        6 * 3600, ge=1, le=LONGEST,
        meaning="How often each list is read whole, polled ones too; per-parent lists a quarter as often.",
        remedy="Set seconds or a time such as 6h, from 1 s to 3650 d.")
    sync_deep_overlap: Seconds = setting(
        26 * 3600, ge=1, le=LONGEST,
        meaning="How far the nightly pass looks back: a day, plus a margin for a wrong hour.",
        remedy="Set seconds or a time such as 26h, from 1 s to 3650 d.")
    sync_verify_every: Seconds = setting(
        7 * 86400, ge=1, le=LONGEST,
        meaning="How often `run` verifies each resource against the account.",
        remedy="Set seconds or a time such as 7d, from 1 s to 3650 d.")
    sync_auto_migrate: bool = setting(
        True,
        meaning="false: only `invoiced-sync migrate` changes the schema.",
        remedy="Set true or false.")
    sync_account: str = setting(
        "",
        meaning="Name of the account in logs and metrics; by default that of the schema.",
        remedy="Set a short name such as acme.")
    sync_web_public: bool = setting(
        False,
        meaning="true: SYNC_WEB_LISTEN may be an address that others can reach; there is no password.",
        remedy="Set true or false.")
    sync_web_listen: str = setting(
        "127.0.0.1:8484",
        meaning="Where `run` shows its status page, health and metrics; off: nowhere.",
        remedy="Set host:port on this machine, such as 127.0.0.1:8484, or off. For others put a proxy with a password "
               "in front (RUNBOOK.md), or set SYNC_WEB_PUBLIC=true.")
    sync_log_level: Literal["debug", "info", "warning", "error"] = setting(
        "info",
        meaning="debug, info, warning or error.",
        remedy="Set debug, info, warning or error.")
    sync_log_format: Literal["auto", "console", "json"] = setting(
        "auto",
        meaning="console or json; auto: console on a terminal, JSON otherwise.",
        remedy="Set auto, console or json.")

    @classmethod
    def settings_customise_sources(
            cls, settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
            init_settings: PydanticBaseSettingsSource, env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            dotenv_settings: PydanticBaseSettingsSource, file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `sources.py` found: it reports each fault of a file in our own words."""
        return (init_settings,)

    @field_validator("invoiced_api_key")
    @classmethod
    def _key_fits_a_header(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value().strip()
        if not key:
            raise Wrong("is empty")
        if not key.isascii() or not key.isprintable() or " " in key:
            raise Wrong("has characters that no API key has; copy it again")
        return SecretStr(key)

    @field_validator("invoiced_base_url")
    @classmethod
    def _url_is_safe(cls, value: str) -> str:
        value = value.strip()
        match = re.fullmatch(r"(https?)://([^/?#\\]*)(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?", value, re.IGNORECASE)
        if match is None and re.match(r"https?://[^/]+/?[^?#]*[?#]", value, re.IGNORECASE):
            raise Wrong("must be scheme, host, port and path only")
        if match is None:
            raise Wrong("is not a URL such as https://api.invoiced.com")
        if "@" in match[2]:
            raise Wrong("must be scheme, host, port and path only")
        host, _, port = _place(match[2])
        if not is_host(host):
            raise Wrong("has a host that can't be one")
        if port is not None and port_of(port) is None:
            raise Wrong("has a port that is not a number from 1 to 65535")
        if match[1].lower() == "http" and not is_loopback(host):
            raise Wrong("would send the key in the clear: use https (plain http is for this machine only)")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        try:
            parse_url(value.get_secret_value())
        except Unusable as error:
            remedy = "" if error.hint == WRITE else f"; {error.hint[0].lower()}{error.hint[1:]}"
            what = str(error).rstrip(".")
            own = what.startswith("DATABASE_URL ")
            raise Wrong((what.removeprefix("DATABASE_URL ") if own else f"can't be used: {what}") + remedy) from None
        return SecretStr(value.get_secret_value().strip())

    @field_validator("sync_schema")
    @classmethod
    def _is_an_identifier(cls, value: str) -> str:
        value = value.strip()
        if not value.isprintable():  # a line end in a name would end a comment of SQL
            raise Wrong("has a control character in it")
        if "{" in value or "}" in value:
            raise Wrong("has a brace in it, which our SQL uses for placeholders")
        if not 0 < len(value.encode()) <= 63:
            raise Wrong("must be a name of 1 to 63 bytes")
        if value.startswith("pg_") or value in {"information_schema", "public"}:
            raise Wrong("must be a schema of its own, not public or one of Postgres's")
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
            raise Wrong("is wrong: " + unknown_resource(error.args[0])) from None
        if not chosen:
            raise Wrong("leaves nothing to mirror")
        names = {resource.name for resource in chosen}
        for resource in chosen:
            if resource.parent is not None and resource.parent not in names:
                raise Wrong(f"lacks {resource.parent}, without which {resource.name} can't be read")
        return value

    @field_validator("sync_account")
    @classmethod
    def _is_a_word(cls, value: str) -> str:
        if value and not re.fullmatch(r"[\w.@:+-]{1,100}", value):
            raise Wrong("must be a word of letters, digits and . - _ @ : +")
        return value

    @field_validator("sync_web_listen")
    @classmethod
    def _is_an_address(cls, value: str, info: ValidationInfo) -> str:
        value = value.strip()
        if value.lower() == "off":
            return "off"
        host, port = host_and_port(value)
        if not is_host(host) or port_of(port, least=0) is None:
            raise Wrong("is not an address such as 127.0.0.1:8484")
        if not (is_loopback(host) or info.data.get("sync_web_public")):
            raise Wrong("can be reached by others, without a password")
        return value

    @field_validator("sync_log_level", "sync_log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @property
    def resources(self) -> tuple[Resource, ...]:
        return choose(self.sync_resources)

    def only(self, resources: tuple[Resource, ...]) -> Settings:
        """The same settings for these resources and their parents, without which they can't be read."""
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
        host, port = host_and_port(self.sync_web_listen)
        return host, int(port)

    @property
    def way(self) -> Way:
        """How the API is reached."""
        return self._way

    def by(self, way: Way) -> Settings:
        """The same settings, with the API reached in this way."""
        same = self.model_copy()
        same._way = way  # noqa: SLF001 - our own
        return same

    @property
    def origin(self) -> str:
        """Scheme, host and port: the only origin that ever gets the key."""
        parts = urlsplit(self.invoiced_base_url)
        return f"{parts.scheme}://{parts.netloc}".lower()


def _place(netloc: str) -> tuple[str, bool, str | None]:
    """Host and port from the network location of a URL; the port is None where none is given."""
    if match := re.fullmatch(r"\[([^\[\]]*)\](?::(.*))?", netloc):
        return (match[1] if ":" in match[1] else ""), True, match[2]
    host, colon, port = netloc.partition(":")
    return host, False, port if colon else None


def unknown_resource(name: str) -> str:
    name = name[:60]
    near = difflib.get_close_matches(name, BY_NAME, 1, 0.6)
    there_are = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(BY_NAME)}"
    return f"there is no resource {name!r}; {there_are}"


def names_a_database(settings: Settings, environ: Mapping[str, str]) -> bool:
    """Whether the user names a database of their own, so that the embedded one is not used."""
    return settings.database_url is not None or any(environ.get(name) for name in LIBPQ)
