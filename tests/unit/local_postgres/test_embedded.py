"""What the embedded Postgres decides before it starts anything."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from sync_daemon.errors import Exit, Fatal
from sync_daemon.local_postgres import embedded


def test_the_data_lives_where_the_desktop_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    home = {"HOME": "/home/ann"}
    assert embedded.default_data_dir(home) == Path("/home/ann/.local/share/invoiced-sync/postgres")
    assert embedded.default_data_dir(home | {"XDG_DATA_HOME": "/d"}) == Path("/d/invoiced-sync/postgres")
    assert embedded.default_data_dir(home | {"XDG_DATA_HOME": "relative"}) == embedded.default_data_dir(home)


def test_the_data_of_root_lives_outside_its_closed_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert embedded.default_data_dir({"HOME": "/root"}) == Path("/var/lib/invoiced-sync-demo/postgres")


def test_without_a_home_it_asks_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Fatal) as refused:
        embedded.default_data_dir({})
    assert "XDG_DATA_HOME" in refused.value.hint


@pytest.mark.parametrize(
    ("environ", "service"),
    [
        ({}, False),
        ({"INVOCATION_ID": "5d0c"}, True),
        ({"INVOCATION_ID": "5d0c", "SYSTEMD_EXEC_PID": str(os.getpid())}, True),
        ({"INVOCATION_ID": "5d0c", "SYSTEMD_EXEC_PID": "1"}, False),
    ],
    ids=["shell", "service of an old systemd", "service", "terminal on a desktop that systemd started"],
)
def test_a_service_is_told_from_a_terminal(environ: dict[str, str], service: bool) -> None:
    assert embedded.started_by_systemd(environ) is service


async def test_root_is_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(Fatal) as refused:
        async with embedded.embedded_postgres(tmp_path / "postgres"):
            pass
    assert refused.value.exit_code is Exit.CONFIG
    assert "ordinary user" in refused.value.hint
    assert "DATABASE_URL" in refused.value.hint
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("user", [0, 1000], ids=["root", "a user"])
async def test_without_the_wheel_it_asks_for_a_database(user: int, monkeypatch: pytest.MonkeyPatch,
                                                        tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Fatal) as refused:
        async with embedded.embedded_postgres(tmp_path / "postgres"):
            pass
    assert refused.value.exit_code is Exit.CONFIG
    assert "invoiced-sync[demo]" in refused.value.hint
    assert "DATABASE_URL" in refused.value.hint


def test_the_printed_lines_survive_a_shell() -> None:
    server = embedded.EmbeddedServer("postgresql://u@/d?host=/s&port=1", Path("/my bin"), Path("/data"), "18.6")
    assert server.command("psql") == "'/my bin/psql' 'postgresql://u@/d?host=/s&port=1'"
