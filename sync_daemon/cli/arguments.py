"""Arguments and options that several verbs take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from sync_daemon.model.resources import BY_NAME, Resource


class ResourceName(click.ParamType[Resource]):
    """The name of a resource."""

    name = "resource"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Resource:  # noqa: ANN401 - click's
        from sync_daemon.settings.fields import unknown_resource

        return BY_NAME[value] if value in BY_NAME else self.fail(unknown_resource(value), param, ctx)


class Day(click.ParamType[int]):
    """A day or a moment, as unix seconds; UTC unless it has a time zone."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401 - click's
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date such as 2026-05-31 or 2026-05-31T12:00", param, ctx)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if not 0 < moment.timestamp() <= datetime.now(UTC).timestamp():
            self.fail(f"{value} does not lie between 1970 and now", param, ctx)
        return int(moment.timestamp())


def env_file_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option("--env-file", type=click.Path(path_type=Path), metavar="PATH",
                        help="Read settings from this file; the environment wins over it.")(command)


def json_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(command)


class InOrder(click.Group):
    """Lists the verbs in the order in which they are first needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)
