"""What watches the program from outside knows it: alerts and dashboard ask for metrics that there are, in words that
Prometheus understands; each alert comes when it should.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sync_daemon.model.resources import RESOURCES, Way
from sync_daemon.monitoring import metrics
from sync_daemon.monitoring.health import HealthMonitor
from sync_daemon.simulator import Simulator
from tests.conftest import Open

ROOT = Path(__file__).parents[2]
ALERTS = ROOT / "config" / "prometheus-alerts.yml"
COURSES = Path(__file__).parent / "alerts.test.yml"
DASHBOARD: dict[str, Any] = json.loads((ROOT / "config" / "grafana-dashboard.json").read_text())
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
SHOWN = [panel for panel in PANELS if panel["type"] != "row"]
OF_PROMETHEUS = {"up", "job", "instance"}
"""What Prometheus itself adds."""

needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (prometheus)")
every_panel = pytest.mark.parametrize("panel", SHOWN, ids=lambda panel: panel["title"])


def rules() -> str:
    return "\n".join(line for line in ALERTS.read_text().splitlines() if not line.lstrip().startswith("#"))


def alerts() -> dict[str, str]:
    """Each alert with the text of its rule."""
    _, *rest = re.split(r"^ *- alert: (\w+)\n", rules(), flags=re.MULTILINE)
    return dict(zip(rest[::2], rest[1::2], strict=True))


def expressions() -> Iterator[tuple[str, str]]:
    """Each expression of the dashboard, as Prometheus gets it, with the legend of its lines."""
    for panel in SHOWN:
        for target in panel["targets"]:
            yield _filled_in(target["expr"]), target["legendFormat"]
    for annotation in DASHBOARD["annotations"]["list"]:
        if "expr" in annotation:
            yield _filled_in(annotation["expr"]), annotation["titleFormat"]


def _filled_in(expression: str) -> str:
    """Grafana's variables, as Grafana fills them in."""
    return expression.replace("$__rate_interval", "1m").replace("$account", "acme|other")


def promtool(*arguments: str | Path) -> tuple[int, str]:
    ended = subprocess.run(["promtool", *arguments], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return ended.returncode, ended.stdout


@pytest.fixture
async def exposed(sim: Simulator, open_session: Open) -> dict[str, set[str]]:
    """Each metric that the program has, with its labels as far as there is a sample now."""
    async with open_session(sim) as session:
        watch = HealthMonitor(session)
        await watch.look()
        text = metrics.expose(watch.view(), "")[0].decode()
    labels = {name: set[str]() for name in re.findall(r"^# TYPE (\w+) ", text, re.MULTILINE)}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels[sample.name] |= set(sample.labels)
    return labels


# Names: the program, the alerts and the dashboard are in step.


async def test_alerts_and_dashboard_ask_for_no_metric_that_the_program_does_not_have(
        exposed: dict[str, set[str]]) -> None:
    asked = set(re.findall(r"invoiced_sync_\w+", rules() + json.dumps(DASHBOARD)))
    assert asked - set(exposed) == set()


async def test_the_dashboard_or_an_alert_shows_every_metric_of_the_program(exposed: dict[str, set[str]]) -> None:
    asked = " ".join(expression for expression, _ in expressions()) + rules()
    assert [name for name in exposed if not re.search(rf"\b{name}\b", asked)] == []


async def test_alerts_and_dashboard_know_the_labels(exposed: dict[str, set[str]]) -> None:
    known = set().union(*exposed.values()) | OF_PROMETHEUS
    for expression in [rules(), *(expression for expression, _ in expressions())]:
        for name, selector in re.findall(r"(invoiced_sync_\w+)\{([^}]*)\}", expression):
            for label in re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*"', selector):
                assert label in (exposed[name] or known), f"{label} of {name}"
        for labels in re.findall(r"\b(?:by|without|on|ignoring) \(([^)]*)\)", expression):
            assert set(re.findall(r"\w+", labels)) <= known, expression
    for label in re.findall(r"\$labels\.(\w+)", rules()):
        assert label in {"account", "resource", "instance"}, label


def test_the_legend_of_a_line_names_what_the_expression_leaves() -> None:
    for expression, legend in expressions():
        left = {label for labels in re.findall(r"\bby \(([^)]*)\)", expression) for label in re.findall(r"\w+", labels)}
        for label in re.findall(r"\{\{(\w+)\}\}", legend):
            assert label in (left or {"account"}), expression


def test_the_dashboard_puts_each_resource_where_it_belongs() -> None:
    """Prometheus does not know how a list is read, so the dashboard names the lists of each kind."""
    ways = {"polled": {Way.VALUE, Way.FEED}, "Per-parent": {Way.CHILD}}
    for word, kinds in ways.items():
        for panel in SHOWN:
            if word.lower() in panel["title"].lower():
                (names,) = re.findall(r'resource=~"([^"]*)"', panel["targets"][0]["expr"])
                assert set(names.split("|")) == {one.name for one in RESOURCES if one.way in kinds}, panel["title"]
    (panel,) = [panel for panel in SHOWN if panel["title"].startswith("Swept")]
    (others,) = re.findall(r'resource!~"([^"]*)"', panel["targets"][0]["expr"])
    assert set(others.split("|")) == {one.name for one in RESOURCES if one.way in {Way.VALUE, Way.FEED, Way.CHILD}}


# Alerts.


@needs_promtool
def test_prometheus_finds_nothing_to_say_about_the_alerts() -> None:
    code, said = promtool("check", "rules", ALERTS)
    assert (code, said.split()) == (0, ["Checking", str(ALERTS), "SUCCESS:", str(len(alerts())), "rules", "found"])


@needs_promtool
def test_each_alert_comes_when_it_should_and_not_else() -> None:
    code, said = promtool("test", "rules", COURSES)
    assert code == 0, said


@pytest.mark.slow
@needs_promtool
@pytest.mark.parametrize(("was", "wrong"), [
    ("> 2 * min", "> 0.1 * min"), ("unless min without (resource) (invoiced_sync_first_load_ratio) < 1", ""),
    ("[10m]) < 0.5", "[10m]) < 1"), ("last_over_time(invoiced_sync_key_refused[1d])", "invoiced_sync_key_refused"),
    ("[1h]) >= 3", "[1h]) >= 1"), ("last_over_time(invoiced_sync_behind_seconds[10m])", "invoiced_sync_behind_seconds"),
    ("unless last_over_time(invoiced_sync_first_load_ratio[10m]) < 1", ""),
    ("max_over_time(invoiced_sync_ready[10m])", "last_over_time(invoiced_sync_ready[10m])"),
    ('alertname!="InvoicedSyncNotReady", alertstate="firing"', 'alertname="none"'),
    ("invoiced_sync_resource_ok[10m]) == 0", "invoiced_sync_resource_ok[10m]) >= 0")])
def test_an_alert_that_comes_at_the_wrong_time_is_noticed(was: str, wrong: str, tmp_path: Path) -> None:
    assert was in ALERTS.read_text()
    (tmp_path / ALERTS.name).write_text(ALERTS.read_text().replace(was, wrong))
    courses = tmp_path / COURSES.name
    courses.write_text(COURSES.read_text().replace(f"../../config/{ALERTS.name}", ALERTS.name))
    assert promtool("test", "rules", courses)[0] != 0


@pytest.mark.parametrize("alert", sorted(alerts()))
def test_each_alert_says_whom_it_wakes_what_is_wrong_and_where_to_read_on(alert: str) -> None:
    rule = alerts()[alert]
    assert re.findall(r"^ *severity: (\w+)$", rule, re.MULTILINE) in (["page"], ["ticket"])
    for annotation in ("summary", "description"):
        assert re.search(rf"^ *{annotation}: ", rule, re.MULTILINE), annotation
    assert f"runbook: RUNBOOK.md#{alert.lower()}" in rule
    assert f"alertname: {alert}\n" in COURSES.read_text(), "it has a test that makes it fire"


# The dashboard.


@needs_promtool
def test_prometheus_understands_every_expression_of_the_dashboard(tmp_path: Path) -> None:
    lines = ["groups:", "- name: dashboard", "  rules:"]
    for number, (expression, _) in enumerate(expressions()):
        lines += [f"  - record: expression:{number}", f"    expr: {json.dumps(expression)}"]
    file = tmp_path / "dashboard.yml"
    file.write_text("\n".join(lines) + "\n")
    code, said = promtool("check", "rules", file)
    assert code == 0, said
    file.write_text("\n".join([*lines, "  - record: wrong", "    expr: rate(invoiced_sync_ready)"]) + "\n")
    assert promtool("check", "rules", file)[0] != 0, "a wrong one would be noticed"


def test_the_dashboard_can_be_imported_anywhere() -> None:
    assert DASHBOARD["id"] is None
    assert DASHBOARD["uid"]
    assert DASHBOARD["schemaVersion"] >= 38
    variables = {variable["name"]: variable for variable in DASHBOARD["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert list(variables) == ["datasource", "account"], "an account is looked for in the data source"
    for place in [variables["account"], *SHOWN, *(target for panel in SHOWN for target in panel["targets"])]:
        assert place["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_panels_have_ids_and_places_of_their_own() -> None:
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    taken: set[tuple[int, int]] = set()
    for panel in PANELS:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                 for y in range(place["y"], place["y"] + place["h"])}
        assert max(x for x, _ in cells) < 24, panel["title"]
        assert not cells & taken, panel["title"]
        taken |= cells


@every_panel
def test_a_panel_says_what_it_shows_of_the_chosen_accounts_in_which_unit(panel: dict[str, Any]) -> None:
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    for target in panel["targets"]:
        for selector in re.findall(r"\{([^}]*)\}", target["expr"]):
            assert 'account=~"$account"' in selector
        assert set(re.findall(r"invoiced_sync_\w+(.?)", target["expr"])) <= set('{|"'), "each has a selector"
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
