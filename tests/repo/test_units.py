"""The units in `systemd/` say what systemd understands, and confine what they start.

`systemd-analyze verify` ends with 0 although it warns of a misspelt key or a wrong value: any output is a failure.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
DAEMONS = [unit for unit in SERVICES if "Type=notify" in unit.read_text()]
MAIN = ROOT / "systemd" / "invoiced-sync.service"
INSTALLED = "/opt/invoiced-sync/bin/invoiced-sync"
BUILT = ROOT / ".venv" / "bin" / "invoiced-sync"
WORST_SCORE = 1.6

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
every_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
every_service = pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A copy of all units that starts the program of this checkout."""
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace(INSTALLED, str(BUILT)))
    return tmp_path


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def settings(unit: Path) -> list[tuple[str, str]]:
    return re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE)


def values(unit: Path, name: str) -> list[str]:
    return [value for key, value in settings(unit) if key == name]


def hardening(unit: Path) -> str:
    """The block of a unit that confines what it starts; it ends where the section does."""
    text = unit.read_text()
    return text[text.index("# -- Hardening"):].partition("\n[")[0].strip()


def test_the_units_that_are_promised_are_there() -> None:
    assert {unit.name for unit in UNITS} == {
        "invoiced-sync.service", "invoiced-sync@.service", "invoiced-sync-backfill.service",
        "invoiced-sync-backfill@.service", "invoiced-sync-verify.service", "invoiced-sync-verify.timer"}


@needs_systemd
@every_unit
def test_systemd_finds_nothing_to_say_about_a_unit(unit: Path, built: Path) -> None:
    assert BUILT.exists(), "make venv makes it"
    said = analyze("verify", "--recursive-errors=no", built / unit.name)
    assert (said.returncode, said.stdout) == (0, "")


@needs_systemd
@pytest.mark.parametrize("wrong", ["NoNewPriviledges=yes", "WatchdogSec=15 parsecs", "SystemCallFilter=@system-servise",
                                   "ExecStartPre=/nowhere/program"])
def test_a_mistake_in_a_unit_is_noticed(wrong: str, built: Path) -> None:
    unit = built / MAIN.name
    unit.write_text(unit.read_text().replace("[Service]\n", f"[Service]\n{wrong}\n"))
    assert analyze("verify", "--recursive-errors=no", unit).stdout


@needs_systemd
@every_service
def test_a_service_is_exposed_no_more_than_allowed(unit: Path, built: Path) -> None:
    said = analyze("security", "--offline=true", "--no-pager", f"--threshold={WORST_SCORE * 10:.0f}", built / unit.name)
    score = re.search(r"Overall exposure level for \S+: ([\d.]+)", said.stdout)
    assert score, said.stdout
    assert float(score[1]) <= WORST_SCORE, said.stdout
    assert said.returncode == 0, said.stdout


@needs_systemd
def test_a_service_that_is_exposed_more_is_noticed(built: Path) -> None:
    unit = built / MAIN.name
    unit.write_text(re.sub(r"^(ProtectSystem|SystemCallFilter|DynamicUser|User)=.*\n", "", unit.read_text(),
                           flags=re.MULTILINE))
    assert analyze("security", "--offline=true", "--no-pager", f"--threshold={WORST_SCORE * 10:.0f}", unit).returncode


@every_service
def test_every_service_is_confined_alike(unit: Path) -> None:
    assert hardening(unit) == hardening(MAIN)
    assert values(unit, "DynamicUser") == ["yes"]


@pytest.mark.parametrize("unit", DAEMONS, ids=lambda unit: unit.name)
def test_a_daemon_restarts_by_itself_but_not_where_a_person_must_act(unit: Path) -> None:
    assert values(unit, "Restart") == ["on-failure"]
    assert values(unit, "StartLimitIntervalSec") == ["0"]
    assert {"77", "78"} <= set(values(unit, "RestartPreventExitStatus")[0].split())
    for name in ("RestartSec", "RestartPreventExitStatus", "WatchdogSec", "TimeoutStartSec", "TimeoutStopSec"):
        assert values(unit, name) == values(MAIN, name) != []


@every_service
def test_a_service_has_descriptors_enough_for_a_crowd_before_its_page(unit: Path) -> None:
    assert [int(value) for value in values(unit, "LimitNOFILE")] >= [4096]


@every_service
def test_secrets_come_as_credentials_and_never_as_variables(unit: Path) -> None:
    credentials = {value.partition(":")[0] for value in values(unit, "LoadCredential")}
    assert credentials == {"invoiced_api_key", "database_url"}
    for variable in values(unit, "Environment"):
        assert not re.match(r"INVOICED_API_KEY|DATABASE_URL|PGPASSWORD", variable)


@every_service
def test_a_missing_secret_is_left_for_the_program_to_name(unit: Path) -> None:
    assert set(values(unit, "SetCredential")) == {r"invoiced_api_key:\n", r"database_url:\n"}
