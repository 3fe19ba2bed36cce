"""What is handed out is the wheel: it works where there is no checkout, so `sql/` is in it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from sync_daemon import __version__
from sync_daemon.simulator import Simulator
from tests.support.comparing import differences
from tests.support.mirror import settings

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: whatever the checkout holds that is no part of the project does not count."""
    copy, folder = tmp_path_factory.mktemp("copy") / "x", tmp_path_factory.mktemp("wheel")
    shutil.copytree(CHECKOUT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "dist", "build"))
    pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(copy))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in an environment of its own, as pipx makes it."""
    venv = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    pip("install", str(wheel), python=str(venv / "bin" / "python"))
    return venv / "bin" / "invoiced-sync"


def pip(*arguments: str, python: str = sys.executable) -> None:
    subprocess.run([python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], check=True)


def test_the_wheel_holds_the_program_its_sql_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    sql = {f"sync_daemon/{path.relative_to(CHECKOUT)}" for path in (CHECKOUT / "sql").rglob("*.*")}
    assert sql
    assert sql <= names
    program = {str(path.relative_to(CHECKOUT)) for path in (CHECKOUT / "sync_daemon").rglob("*.py")}
    assert program <= names
    pages = {str(path.relative_to(CHECKOUT)) for path in (CHECKOUT / "sync_daemon" / "monitoring" / "static").iterdir()}
    assert pages <= names
    others = {name for name in names - sql - program - pages if ".dist-info/" not in name}
    assert {Path(name).name for name in others} <= {"py.typed"}
    assert any(name.endswith("/LICENSE") for name in names)


async def test_the_installed_program_mirrors_an_account(installed: Path, sim: Simulator, database: str,
                                                        tmp_path: Path) -> None:
    clean = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}

    def call(*arguments: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen([installed, *arguments], cwd=tmp_path, env=clean | more, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    assert __version__ in call("--version").communicate()[0]
    assert "backfill" in call("--help").communicate()[0]
    for verb in ("demo", "db", "migrate"):  # without the extra there is no Postgres for them
        refused = call(verb)
        said, _ = refused.communicate()
        assert refused.returncode == 78, said
        assert "pip install 'invoiced-sync[demo]'" in said
        assert "DATABASE_URL" in said
    begun = time.time()
    backfill = call("backfill", **settings(sim, database))
    said, _ = await asyncio.to_thread(backfill.communicate)  # meanwhile the account answers here
    assert backfill.returncode == 0, said
    assert await differences(sim.url, sim.api_key, database, since_event=begun) == {}
