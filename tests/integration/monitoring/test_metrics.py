"""The metrics: every one that alerts and dashboards are built on, with the right value, under a name that Prometheus's
own rules allow, and no more series for a larger account."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from typing import Final

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as plain_text

from sync_daemon import __version__
from sync_daemon.errors import Exit, Fatal
from sync_daemon.model.resources import RESOURCES
from sync_daemon.monitoring import metrics
from sync_daemon.monitoring.health import HealthMonitor
from sync_daemon.runtime import jobs, lifecycle
from sync_daemon.simulator import Simulator
from sync_daemon.sync import cycle
from tests.conftest import Open, Simulate, Sql

pytestmark = pytest.mark.usefixtures("logged")

WHOLE: Final[dict[str, set[str]]] = {
    "info": {"version", "schema"}, "start_time_seconds": set(), "ready": set(), "database_up": set(), "api_up": set(),
    "key_refused": set(), "last_progress_timestamp_seconds": set(), "requests_total": {"status"},
    "request_retries_total": set(), "slowdowns_total": set(), "requests_in_flight": set(), "requests_limit": set(),
    "requests_limit_max": set(), "lanes_walking": set(), "rows_total": {"resource", "outcome"}, "cycles_total": set(),
    "last_cycle_duration_seconds": set(), "last_cycle_timestamp_seconds": set(),
    "last_success_timestamp_seconds": {"resource"}, "behind_seconds": {"resource"},
    "other_daemons": set(), "first_load_seconds_left": set(), "resource_ok": {"resource"}, "misfit_rows": {"resource"},
    "unread_lists": {"resource"}, "unsettled_rows": {"resource"},
    "behind_limit_seconds": {"resource"}, "resource_failing": {"resource"}, "resource_unavailable": {"resource"},
    "first_load_ratio": {"resource"}, "rejected_records": {"resource"}, "missing_rows": {"resource"},
    "differences": {"resource"}, "last_verified_timestamp_seconds": {"resource"}, "deletions_held": {"resource"},
    "database_connections": {"state"}, "database_connections_max": set(), "database_outages_total": set(),
}
"""Each metric with its labels besides `account`."""
FEW = "customers,items,payouts"
Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def scraped(session: lifecycle.SyncSession) -> str:
    """What a scrape would get that comes right now."""
    watch = HealthMonitor(session)
    await watch.read_book()
    return metrics.expose(watch.view(), "")[0].decode()


def series_of(text: str) -> Series:
    return {(sample.name.removeprefix("invoiced_sync_"),
             frozenset((name, value) for name, value in sample.labels.items() if name != "account")): sample.value
            for family in plain_text(text) for sample in family.samples}


class Seen:
    """What was scraped, by name and labels."""

    def __init__(self, text: str) -> None:
        self.series = series_of(text)

    def __call__(self, name: str, **labels: str) -> float | None:
        return self.series.get((name, frozenset(labels.items())))


def promtool_finds(text: str) -> str:
    """What Prometheus's own checker has against these metrics."""
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
    return checked.stdout or "nothing, but it failed" * bool(checked.returncode)


async def seen(session: lifecycle.SyncSession) -> Seen:
    return Seen(await scraped(session))


async def test_the_whole_list_is_there_with_its_labels_and_says_what_it_means(sim: Simulator,
                                                                              open_session: Open) -> None:
    async with open_session(sim, sync_account="acme", sync_resources=FEW) as session:
        await jobs.backfill(session)
        await jobs.verify_now(session, repair=False, force=False, found=[])
        text = await scraped(session)
    families = list(plain_text(text))
    labels = {name.removeprefix("invoiced_sync_"): set() for name in re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE)}
    for family in families:
        assert len(family.documentation) > 10, family.name
        assert family.documentation.endswith("."), family.name
        for sample in family.samples:
            assert sample.labels["account"] == "acme", sample
            labels[sample.name.removeprefix("invoiced_sync_")] |= set(sample.labels) - {"account"}
    assert labels == WHOLE
    kinds = dict(re.findall(r"^# TYPE invoiced_sync_(\S+) (\w+)$", text, re.MULTILINE))
    assert kinds == {name: "counter" if name.endswith("_total") else "gauge" for name in WHOLE}
    assert len(text.splitlines()) == len(set(text.splitlines())), "no series stands there twice"


async def test_names_keep_the_rules_of_prometheus(sim: Simulator, open_session: Open) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed (apt-get install prometheus)")
    async with open_session(sim, sync_resources=FEW) as session:
        await jobs.backfill(session)
        text = await scraped(session)
    assert promtool_finds(text) == ""


async def test_values_are_right_after_work_that_is_known(sim: Simulator, open_session: Open) -> None:
    begun = time.time()
    async with open_session(sim, sync_resources=FEW, invoiced_max_concurrency=7) as session:
        sim.stats.reset()
        session.context.reader.api.statuses.clear()
        await jobs.backfill(session)
        sim.account.create("customers", count=3)
        sim.faults.add("status", "/customers", status=502, count=1)
        await cycle.one_cycle(session)
        await cycle.one_cycle(session)
        found = await seen(session)
    assert found("info", version=__version__, schema="invoiced") == 1
    for name in ("customers", "items", "payouts"):
        assert found("rows_total", resource=name, outcome="stored") == sim.account.count(name)
        assert found("rows_total", resource=name, outcome="rejected") == 0
        assert found("first_load_ratio", resource=name) == 1
        assert found("resource_failing", resource=name) == 0
        assert begun - 10 < (found("last_success_timestamp_seconds", resource=name) or 0) <= time.time() + 1
        assert 0 <= (found("behind_seconds", resource=name) or 0) < 60
    assert found("behind_limit_seconds", resource="customers") == 900
    assert found("behind_limit_seconds", resource="items") == 12 * 3600
    assert (found("rows_total", resource="customers", outcome="unchanged") or 0) > 0
    for status, count in sim.stats.by_status.items():
        assert found("requests_total", status=str(status)) == count
    assert found("requests_total", status="502") == found("request_retries_total") == 1
    assert (found("cycles_total"), found("slowdowns_total"), found("requests_in_flight")) == (3, 0, 0)
    assert (found("requests_limit"), found("requests_limit_max")) == (7, 7)
    assert (found("ready"), found("database_up"), found("api_up"), found("key_refused")) == (1, 1, 1, 0)
    assert found("database_connections_max") == 5
    assert 1 <= (found("database_connections", state="idle") or 0) <= 5
    for name in ("start_time_seconds", "last_progress_timestamp_seconds", "last_cycle_timestamp_seconds"):
        assert begun - 10 < (found(name) or 0) <= time.time() + 1, name
    duration = found("last_cycle_duration_seconds")
    assert duration is not None
    assert 0 <= duration < 60


async def test_a_scrape_changes_no_counter(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim, sync_resources=FEW) as session:
        await jobs.backfill(session)
        first, second = (await seen(session)).series, (await seen(session)).series
    assert first.keys() == second.keys()
    counters = {key for key in first if key[0].endswith("_total")}
    assert {key for key in counters if first[key] != second[key]} == set()


async def test_a_thousand_customers_more_make_no_series_more(simulate: Simulate, open_session: Open) -> None:
    async with simulate(objects=60) as sim, open_session(sim, sync_resources="customers,items,events") as session:
        await jobs.backfill(session)
        few = (await seen(session)).series
        sim.account.create("customers", count=1000)
        await cycle.one_cycle(session)
        many = await seen(session)
    assert (many("rows_total", resource="customers", outcome="stored") or 0) > 1000
    assert many.series.keys() == few.keys()


async def test_what_is_not_known_is_left_out(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim, sync_resources=FEW) as session:
        text = await scraped(session)
    found = Seen(text)
    for name in ("last_success_timestamp_seconds", "behind_seconds", "differences", "last_verified_timestamp_seconds"):
        assert found(name, resource="customers") is None
    assert found("last_cycle_timestamp_seconds") is found("last_cycle_duration_seconds") is None
    assert found("first_load_ratio", resource="customers") == 0
    assert found("behind_limit_seconds", resource="customers") == 900
    assert found("ready") == 0
    assert "NaN" not in text


async def test_a_first_load_that_fails_halfway_is_neither_complete_nor_fresh(simulate: Simulate,
                                                                             open_session: Open) -> None:
    async with simulate(objects=60, sizes={"customers": 2500}) as sim, \
            open_session(sim, sync_resources="customers,items", invoiced_max_concurrency=1) as session:
        sim.faults.set([{"kind": "status", "match": "/customers", "status": 400, "skip": 20}])
        await jobs.backfill(session)
        session.schedule.watermarks["customers"] = int(time.time())  # as when its tail was polled meanwhile
        found = await seen(session)
    assert found("resource_failing", resource="customers") == 1
    assert found("first_load_ratio", resource="items") == 1
    assert 0 < (found("first_load_ratio", resource="customers") or 0) < 1
    assert found("last_success_timestamp_seconds", resource="customers") is None
    assert found("behind_seconds", resource="customers") is None
    assert found("ready") == 0


async def test_what_a_person_must_look_at_is_counted(sim: Simulator, open_session: Open, sql: Sql) -> None:
    async with open_session(sim, sync_resources=FEW) as session:
        sim.forbidden.add("payouts")
        await jobs.backfill(session)
        await sql("INSERT INTO _rejected (resource, hash, reason, body, read_at) SELECT 'items', int8send(i), '', '', "
                  "now() FROM generate_series(1, 12) AS i")
        await sql("INSERT INTO _refetch_queue (kind, resource, key, held) SELECT 'gone', 'customers', i, true "
                  "FROM generate_series(1, 61) AS i")
        await sql("UPDATE _resource_state SET missing = 3, differences = 2, verified_at = to_timestamp(1e9) "
                  "WHERE resource = 'items'")
        found = await seen(session)
    assert found("resource_unavailable", resource="payouts") == 1
    assert found("resource_unavailable", resource="items") == found("resource_failing", resource="payouts") == 0
    assert found("resource_ok", resource="payouts") == 1
    assert found("resource_ok", resource="items") == found("resource_ok", resource="customers") == 0
    assert found("first_load_ratio", resource="payouts") is None
    assert found("rejected_records", resource="items") == 12
    assert found("deletions_held", resource="customers") == 61
    assert found("missing_rows", resource="items") == 3
    assert found("differences", resource="items") == 2
    assert found("last_verified_timestamp_seconds", resource="items") == 1e9
    assert found("differences", resource="customers") is None


async def test_a_slowdown_is_counted_and_lowers_the_limit(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim, sync_resources="customers,items,tax_rates", invoiced_max_concurrency=12) as session:
        await jobs.backfill(session)
        sim.faults.add("status", "/customers", status=429, count=1)
        await cycle.one_cycle(session)
        found = await seen(session)
    assert found("slowdowns_total") == found("requests_total", status="429") == 1
    assert 6 <= (found("requests_limit") or 0) < 12


async def test_a_refused_key_is_told_apart_from_other_ends(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim, sync_resources=FEW) as session:
        watch = HealthMonitor(session)
        for code, told in ((Exit.CONFIG, 0.0), (Exit.REFUSED, 1.0)):
            watch.ending = Fatal("It ends.", hint="Do something.", exit_code=code)
            found = Seen(metrics.expose(watch.view(), "")[0].decode())
            assert (found("key_refused"), found("ready")) == (told, 0.0)


async def test_who_accepts_open_metrics_gets_it_and_nonsense_gets_plain_text(sim: Simulator,
                                                                             open_session: Open) -> None:
    prometheus = ("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                  "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.2,*/*;q=0.1")
    async with open_session(sim) as session:
        await cycle.one_cycle(session)
        view = HealthMonitor(session).view()
        body, content_type = metrics.expose(view, prometheus)
        assert content_type.startswith("application/openmetrics-text")
        names = {sample.name for family in open_metrics(body.decode()) for sample in family.samples}
        assert {"invoiced_sync_info", "invoiced_sync_cycles_total", "invoiced_sync_rows_total"} <= names
        for accept in ("", "text/html", "*/*", "application/openmetrics-text;version=x.y", ";;;", "text/plain;version=",
                       "application/openmetrics-text;version=99"):
            body, content_type = metrics.expose(view, accept)
            assert content_type.startswith("text/plain") or b"# EOF" in body, accept
            assert b"invoiced_sync_ready" in body, accept


async def test_every_resource_has_its_series_from_the_first_scrape_on(sim: Simulator, open_session: Open) -> None:
    async with open_session(sim) as session:
        found = await seen(session)
    for resource in RESOURCES:
        for outcome in ("stored", "unchanged", "deleted", "rejected"):
            assert found("rows_total", resource=resource.name, outcome=outcome) == 0
    assert len(found.series) < 600
