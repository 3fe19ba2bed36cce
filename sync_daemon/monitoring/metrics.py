"""Prometheus metrics of a running daemon: gauges, except for counters in `_total`; base units.

Each name is listed with its meaning and the source of its value. Unknown values are left out: a zero would be wrong,
and alerts on age would take it for the year 1970. Labels come from fixed lists (resources, outcomes, statuses), never
from data, so that the number of series does not grow with the account. Moments are on the database's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from sync_daemon.errors import Exit
from sync_daemon.monitoring.problems import Kind
from sync_daemon.monitoring.snapshot import ResourceSnapshot, Snapshot

PREFIX: Final = "invoiced_sync_"
Value = float | None

GAUGES: Final[tuple[tuple[str, str, Callable[[Snapshot], Value]], ...]] = (
    ("start_time_seconds", "When this process began, as unix time.", lambda snapshot: snapshot.started_at),
    ("ready", "1 if /readyz answers 200: loaded, fresh, nothing fails, database and API answer.",
     lambda snapshot: not snapshot.troubles),
    ("other_daemons", "Other daemons that keep the same schema fresh.", lambda snapshot: snapshot.work.other_daemons),
    ("first_load_seconds_left", "How long all first loads together still take.",
     lambda snapshot: snapshot.seconds_left if snapshot.load.is_under_way else None),
    ("database_up", "1 if the database answers.", lambda snapshot: snapshot.database_up),
    ("api_up", "1 if the API gave a good answer lately.", lambda snapshot: snapshot.api_up),
    ("key_refused", "1 if the API refused the key or the account is closed; the process ends within seconds.",
     lambda snapshot: snapshot.ending is not None and snapshot.ending.exit_code is Exit.REFUSED),
    ("last_progress_timestamp_seconds", "The last answer, finished statement or planned rest, as unix time.",
     lambda snapshot: snapshot.work.moved_at),
    ("requests_in_flight", "Requests to the API that are under way.",
     lambda snapshot: snapshot.work.in_flight),
    ("requests_limit", "Most requests in flight at this moment; 429 halves it, good answers raise it.",
     lambda snapshot: snapshot.work.limit),
    ("requests_limit_max", "Most requests in flight ever (INVOICED_MAX_CONCURRENCY).",
     lambda snapshot: snapshot.work.ceiling),
    ("lanes_walking", "Ranges of long lists that are read concurrently.",
     lambda snapshot: snapshot.work.lanes),
    ("last_cycle_duration_seconds", "How long the last cycle took.",
     lambda snapshot: snapshot.work.cycle_seconds),
    ("last_cycle_timestamp_seconds", "When the last cycle ended, as unix time.",
     lambda snapshot: snapshot.work.cycled_at),
    ("database_connections_max", "Most connections to the database.",
     lambda snapshot: snapshot.work.most_connections),
)

COUNTERS: Final[tuple[tuple[str, str, Callable[[Snapshot], Value]], ...]] = (
    ("request_retries", "Requests to the API that were sent again after a bad answer or none.",
     lambda snapshot: snapshot.work.retries),
    ("slowdowns", "Times that 429 halved the limit on requests in flight.",
     lambda snapshot: snapshot.work.slowdowns),
    ("cycles", "Cycles completed.", lambda snapshot: snapshot.work.cycles),
    ("database_outages", "Times that the database went away.", lambda snapshot: snapshot.work.outages),
)

OF_RESOURCES: Final[tuple[tuple[str, str, Callable[[ResourceSnapshot], Value]], ...]] = (
    ("last_success_timestamp_seconds", "The moment up to which the mirror is complete, as unix time.",
     lambda one: one.watermark),
    ("behind_seconds", "Seconds since the moment up to which the mirror is complete.",
     lambda one: one.behind),
    ("behind_limit_seconds", "Seconds that it may be behind.", lambda one: one.limit),
    ("resource_ok", "1 if nothing is wrong with it; 0 while any of the reasons that `status` names holds.",
     lambda one: not one.problems),
    ("resource_failing", "1 if something of it fails, is refused, or is being retried.",
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
    ("differences", "Differences that remained after the last verification.", lambda one: one.differences),
    ("last_verified_timestamp_seconds", "When it was last compared with the account, as unix time.",
     lambda one: one.verified_at),
    ("deletions_held", "Confirmed deletions, so many within a day that they wait for a person.", lambda one: one.held),
)


def expose(snapshot: Snapshot, accept: str) -> tuple[bytes, str]:
    """The metrics and their content type: OpenMetrics if accepted, else Prometheus's text format."""
    try:
        encode, content_type = choose_encoder(accept)
    except (ValueError, TypeError):  # an invalid version
        encode, content_type = choose_encoder("")
    return encode(_Families(snapshot)), content_type


class _Families(Collector):
    """The metrics of one snapshot, for the encoder. There is no registry: nothing is kept between scrapes."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterator[Metric]:
        yield from _families(self._snapshot)


def _families(snapshot: Snapshot) -> Iterator[Metric]:
    account = snapshot.account
    info = InfoMetricFamily(PREFIX.removesuffix("_"), "The program, and the schema that it fills.", labels=["account"])
    info.add_metric([account], {"version": snapshot.version, "schema": snapshot.schema})
    yield info
    for name, meaning, value_of in GAUGES:
        yield _family(GaugeMetricFamily, name, meaning, [], [([account], value_of(snapshot))])
    for name, meaning, value_of in COUNTERS:
        yield _family(CounterMetricFamily, name, meaning, [], [([account], value_of(snapshot))])
    for name, meaning, value_for in OF_RESOURCES:
        yield _family(GaugeMetricFamily, name, meaning, ["resource"],
                      [([account, one.resource], value_for(one)) for one in snapshot.resources])
    yield _family(CounterMetricFamily, "requests", "Requests to the API by status; timeout and broken had no answer.",
                  ["status"], [([account, status], count)
                               for status, count in sorted(snapshot.work.statuses.items())])
    yield _family(CounterMetricFamily, "rows", "Rows read, or found to be deleted, by outcome.",
                  ["resource", "outcome"], [([account, one.resource, outcome], rows)
                                            for one in snapshot.resources for outcome, rows in one.outcomes.items()])
    idle, size = snapshot.work.idle_connections, snapshot.work.connections
    yield _family(GaugeMetricFamily, "database_connections", "Open connections to the database.",
                  ["state"], [([account, "used"], size - idle), ([account, "idle"], idle)])


def _family(kind: type[GaugeMetricFamily | CounterMetricFamily], name: str, meaning: str, labels: list[str],
            values: list[tuple[list[str], Value]]) -> Metric:
    family = kind(PREFIX + name, meaning, labels=["account", *labels])
    for of, value in values:
        if value is not None:
            family.add_metric(of, float(value))
    return family
