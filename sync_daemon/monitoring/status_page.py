"""The status page: a snapshot in words, rendered by the template. It shows no record, no id, and no server's words.

It is rendered here and not in the browser, so that it can be read without a script and saved as it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from sync_daemon.errors import Exit
from sync_daemon.humanize import number, span
from sync_daemon.monitoring.problems import BUSY, STOPPED
from sync_daemon.monitoring.snapshot import ResourceSnapshot, Snapshot
from sync_daemon.terminal import visible

TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
NAMES: Final = ("page.css", "page.js", "good.svg", "busy.svg", "bad.svg")
STATIC: Final = resources.files("sync_daemon.monitoring").joinpath("static")
ASSETS: Final = {name: (STATIC.joinpath(name).read_bytes(), TYPES[name.split(".")[1]])
                 for name in NAMES}
"""The page's assets, and their content types."""
ENDS: Final = {Exit.OK: "done", Exit.BUG: "a bug", Exit.USAGE: "wrong usage", Exit.PARTLY: "partly done",
               Exit.TEMPORARY: "temporary failure", Exit.REFUSED: "key refused", Exit.CONFIG: "wrong configuration"}
"""Exit codes in a word or two."""


def show(view: Snapshot) -> str:
    """The page as HTML."""
    return _template().render(
        view=view, company=view.company, account=view.account, schema=view.schema, advice=_advice(view),
        facts=list(_facts(view)), groups=_groups(view.resources),
        unavailable=[one for one in view.resources if one.unavailable and not one.problems])


@cache
def _template() -> Template:
    """The template; an unknown name in it is an error, never an empty text."""
    environment = Environment(loader=PackageLoader("sync_daemon.monitoring", "static"), autoescape=True,
                              undefined=StrictUndefined,
                              finalize=_shown,
                              trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": number, "span": span, "iso": _iso, "clock": _clock, "pieces": _pieces,
                            "remarks": _remarks, "left": _left, "unix": _unix, "end": _end,
                            "any": any}
    environment.globals["digest"] = hashlib.sha256(b"".join(body for body, _ in ASSETS.values())).hexdigest()[:12]
    return environment.get_template("status.html")


def _advice(view: Snapshot) -> str:
    """What to do, or that there is nothing to do."""
    if view.advice or view.stopping:
        return view.advice
    return "Nothing needs doing." if view.tone == "good" else "What is complete can be queried already."


def _facts(view: Snapshot) -> Iterator[tuple[str, str]]:
    yield "Database", "answers" if view.database_up else "no answer"
    yield "API", "answers" if view.api_up else "no answer"
    yield "In flight", f"{view.work.in_flight} of {view.work.limit}"
    yield "Requests", number(view.work.requests)
    yield "Retries", number(view.work.retries)
    yield "Rows/s", number(round(view.per_second))
    yield "Cycles", number(view.work.cycles)
    yield "Last cycle", "–" if view.work.cycle_seconds is None else f"{view.work.cycle_seconds:.1f} s"


def _groups(seen: Sequence[ResourceSnapshot]) -> list[tuple[str, str, list[ResourceSnapshot]]]:
    """Groups of resources: kind, heading, members; first what is wrong, then what is being loaded."""
    wrong = [one for one in seen if any(problem.kind not in BUSY for problem in one.problems)]
    busy = sorted((one for one in seen if one.problems and one not in wrong),
                  key=lambda one: (one.state == "waiting", -(one.total or 0)))
    good = [one for one in seen if not (one.problems or one.unavailable)]
    found = [("wrong", "Look at these", sorted(wrong, key=lambda one: one.tone != "bad")),
             ("loading", "First load", busy), ("good", "In order", good)]
    return [group for group in found if group[2]]


def _remarks(one: ResourceSnapshot) -> list[str]:
    """Remarks on a resource, besides its numbers."""
    return [problem.brief + (f" (for {span(problem.seconds)})" if problem.seconds else "")
            for problem in one.problems if problem.kind not in BUSY]


def _left(one: ResourceSnapshot) -> str:
    """How long a first load still takes, if known."""
    if one.state == "waiting" or not one.total:
        return ""
    to_do = one.total - one.done
    if to_do <= 0 or to_do < one.per_second:
        return "finishing"
    return span(to_do / one.per_second) if one.per_second >= 1 else ""


def _end(run: Mapping[str, Any]) -> str:
    code = run["exit_code"]
    return "" if code is None else f"{code} {'stopped' if run['failure'] == STOPPED else ENDS.get(code, '')}".strip()


def _shown(value: Any) -> Any:  # noqa: ANN401 - any value of the template
    return visible(value) if type(value) is str else value  # markup is no mere text


def _pieces(headline: str) -> list[tuple[str, bool]]:
    """The headline in pieces, and which of them are times: these change constantly and are not read out."""
    parts = re.split(r"(\d[\d,]* (?:s|min|h|d)\b)", headline)
    return [(part, index % 2 == 1) for index, part in enumerate(parts) if part]


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _clock(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _unix(run: dict[str, Any], name: str) -> float:
    """A moment of a run as unix time."""
    return datetime.fromisoformat(run[name]).timestamp()
