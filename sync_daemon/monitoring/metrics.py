"""The numbers of a running daemon as Prometheus asks for them: gauges but for what ends in `_total`, base units.

Each name stands here with its meaning and where its value comes from. A value that is not known is left out: a zero
would be a lie, and alerts on age would take it for the year 1970. Labels come from fixed lists (resources, outcomes,
statuses), never from data, so that the number of series does not grow with the account. Moments are the database's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from sync_daemon.errors import Exit
from sync_daemon.monitoring.health import Seen, View
from sync_daemon.monitoring.problems import Kind

PREFIX: Final = "invoiced_sync_"
Value = float | None

GAUGES: Final[tuple[tuple[str, str, Callable[[View], Value]], ...]] = (
    ("start_time_seconds", "When this process began, as unix time.", lambda view: view.started_at),
    ("ready", "1 if /readyz answers 200: loaded, fresh, nothing fails, database and API answer.",
     lambda view: not view.troubles),
    ("other_daemons", "Other daemons that keep the same schema fresh.", lambda view: view.session.others),
    ("first_load_seconds_left", "How long all first loads together still take.",
     lambda view: view.seconds_left if view.load.complete + view.load.unavailable < view.load.resources else None),
    ("database_up", "1 if the database answers.", lambda view: view.database_up),
    ("api_up", "1 if the API gave a good answer lately.", lambda view: view.api_up),
    ("key_refused", "1 if the API refused the key or the account is closed; the process ends within seconds.",
     lambda view: view.ending is not None and view.ending.exit_code is Exit.REFUSED),
    ("last_progress_timestamp_seconds", "The last answer, finished statement or planned rest, as unix time.",
     lambda view: _unix(view, view.session.moved_at)),
    ("requests_in_flight", "Requests to the API that are under way.",
     lambda view: view.session.context.reader.api.limiter.in_flight),
    ("requests_limit", "Most requests in flight at this moment; 429 halves it, good answers raise it.",
     lambda view: int(view.session.context.reader.api.limiter.limit)),
    ("requests_limit_max", "Most requests in flight ever (INVOICED_MAX_CONCURRENCY).",
     lambda view: view.session.context.reader.api.limiter.ceiling),
    ("lanes_walking", "Ranges of long lists that are read side by side.",
     lambda view: view.session.context.lanes.in_flight),
    ("last_cycle_duration_seconds", "How long the last cycle took.",
     lambda view: view.session.last_cycle["seconds"] if view.session.last_cycle else None),
    ("last_cycle_timestamp_seconds", "When the last cycle ended, as unix time.",
     lambda view: _unix(view, view.session.cycled_at)),
    ("database_connections_max", "Most connections to the database.",
     lambda view: view.session.context.store.pool.get_max_size()),
)

COUNTERS: Final[tuple[tuple[str, str, Callable[[View], Value]], ...]] = (
    ("request_retries", "Requests to the API that were sent again after a bad answer or none.",
     lambda view: view.session.context.reader.api.retries),
    ("slowdowns", "Times that 429 halved the limit on requests in flight.",
     lambda view: view.session.context.reader.api.limiter.slowed),
    ("cycles", "Cycles completed.", lambda view: view.session.cycles),
    ("database_outages", "Times that the database went away.", lambda view: view.session.context.store.outages),
)

OF_RESOURCES: Final[tuple[tuple[str, str, Callable[[Seen], Value]], ...]] = (
    ("last_success_timestamp_seconds", "The moment up to which the mirror is complete, as unix time.",
     lambda one: one.watermark),
    ("behind_seconds", "Seconds since the moment up to which the mirror is complete.",
     lambda one: one.behind),
    ("behind_limit_seconds", "Seconds behind that are worth a word.", lambda one: one.limit),
    ("resource_ok", "1 if nothing is wrong with it; 0 while any of the reasons that `status` names holds.",
     lambda one: not one.problems),
    ("resource_failing", "1 if something of it fails, is refused, or is asked again and again.",
     lambda one: one.has(Kind.FAILED, Kind.REFUSED, Kind.RETRYING, Kind.PARTLY_READ)),
    ("resource_unavailable", "1 if this account has no access to it.", lambda one: one.unavailable),
    ("first_load_ratio", "How far the first load is; 1 when it is complete.",
     lambda one: None if one.unavailable or one.percent is None else one.percent / 100),
    ("rejected_records", "Records in _rejected: they could not be stored.", lambda one: one.rejected),
    ("missing_rows", "Rows that the list counts and does not show.", lambda one: one.missing),
    ("misfit_rows", "Rows with a field that did not fit its column, which is NULL.",
     lambda one: sum(rows for _, rows in one.misfits)),
    ("unread_lists", "Lists of parents, and single objects, that could not be read so far.", lambda one: one.unread),
    ("unsettled_rows", "Rows of which the last verification could not tell whether they are still there.",
     lambda one: one.unsettled),
    ("differences", "Differences that stood after the last verification.", lambda one: one.differences),
    ("last_verified_timestamp_seconds", "When it was last compared with the account, as unix time.",
     lambda one: one.verified_at),
    ("deletions_held", "Confirmed deletions, so many within a day that they wait for a person.", lambda one: one.held),
)

OUTCOMES: Final = ("stored", "unchanged", "deleted", "rejected")


def expose(view: View, accept: str) -> tuple[bytes, str]:
    """The metrics and their content type: OpenMetrics for whoever accepts it, else Prometheus's text format."""
    try:
        encode, content_type = choose_encoder(accept)
    except (ValueError, TypeError):  # a version that is none
        encode, content_type = choose_encoder("")
    return encode(_Families(view)), content_type


class _Families(Collector):
    """One moment, as the encoder wants it. There is no registry: nothing is kept between two scrapes."""

    def __init__(self, view: View) -> None:
        self._view = view

    def collect(self) -> Iterator[Metric]:
        yield from _families(self._view)


def _families(view: View) -> Iterator[Metric]:
    session, account = view.session, view.session.settings.account
    info = InfoMetricFamily(PREFIX.removesuffix("_"), "The program, and the schema that it fills.", labels=["account"])
    info.add_metric([account], {"version": view.version, "schema": session.settings.sync_schema})
    yield info
    for name, translate_error, value_of in GAUGES:
        yield _family(GaugeMetricFamily, name, translate_error, [], [([account], value_of(view))])
    for name, translate_error, value_of in COUNTERS:
        yield _family(CounterMetricFamily, name, translate_error, [], [([account], value_of(view))])
    for name, translate_error, value_for in OF_RESOURCES:
        yield _family(GaugeMetricFamily, name, translate_error, ["resource"],
                      [([account, one.resource], value_for(one)) for one in view.resources])
    yield _family(CounterMetricFamily, "requests", "Requests to the API by status; timeout and broken had no answer.",
                  ["status"], [([account, status], count)
                               for status, count in sorted(session.context.reader.api.statuses.items())])
    yield _family(CounterMetricFamily, "rows", "Rows read, or found to be gone, by what became of them.",
                  ["resource", "outcome"], [([account, one.resource, outcome], getattr(one.tally, outcome))
                                            for one in view.resources for outcome in OUTCOMES])
    pool = session.context.store.pool
    idle, size = pool.get_idle_size(), pool.get_size()
    yield _family(GaugeMetricFamily, "database_connections", "Open connections to the database.",
                  ["state"], [([account, "used"], size - idle), ([account, "idle"], idle)])


def _family(kind: type[GaugeMetricFamily | CounterMetricFamily], name: str, translate_error: str, labels: list[str],
            values: list[tuple[list[str], Value]]) -> Metric:
    family = kind(PREFIX + name, translate_error, labels=["account", *labels])
    for of, value in values:
        if value is not None:
            family.add_metric(of, float(value))
    return family


def _unix(view: View, moment: Value) -> Value:
    """A moment of our monotonic clock, by the database's."""
    return None if moment is None else view.now - (time.monotonic() - moment)
