"""`status` tells how things stand, from the database alone; `check` whether everything is ready, and what is not."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import shlex
import termios
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sync_daemon.model.resources import RESOURCES
from sync_daemon.settings.fields import Settings
from sync_daemon.simulator import Simulator
from tests.conftest import Simulate
from tests.support.mirror import SHORT, is_loaded, query, settings
from tests.support.program import Ended, Programs, until

SGR_COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


def of_resource(told: dict[str, Any], name: str) -> dict[str, Any]:
    (line,) = [line for line in told["resources"] if line["resource"] == name]
    return dict(line)


async def status(programs: Programs, dsn: str) -> tuple[int, dict[str, Any]]:
    ended = await programs.call("status", "--json", DATABASE_URL=dsn)
    return ended.code, json.loads(ended.stdout)


async def test_a_complete_mirror_is_green(programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=300) as sim:
        assert (await programs.call("backfill", **settings(sim, database))).code == 0
        counts = {resource.name: sim.account.count(resource.name) for resource in RESOURCES
                  if resource.name not in {"company", "events", "payment_sources"}}
    # the API is gone by now, and no key is given
    code, told = await status(programs, database)
    assert (code, told["green"]) == (0, True)
    assert {line["resource"] for line in told["resources"]} == {resource.name for resource in RESOURCES}
    for name, rows in counts.items():
        assert of_resource(told, name)["rows"] == rows, name
    assert [run["verb"] for run in told["runs"]] == ["backfill"]
    assert told["runs"][0]["exit_code"] == 0
    ended = await programs.call("status", DATABASE_URL=database)
    assert ended.code == 0
    for resource in RESOURCES:
        assert any(line.startswith(f"{resource.name} ") for line in ended.stdout.splitlines()), resource.name


async def test_status_shows_how_far_a_first_load_is(programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=200, sizes={"invoices": 400}) as sim:
        sim.faults.hold({"path": "/invoices", "query": "^.*updated_after=.*per_page=100"})  # all but the beginning
        program = await programs.start("backfill", **settings(sim, database))
        await until(lambda: sim.faults.waiting, "a page is held back")

        async def first_page() -> bool:
            rows = await query(database, "SELECT FROM invoiced._checkpoint WHERE resource = 'invoices' AND seen >= 100")
            return bool(rows)

        await until(first_page, "the first page is committed")
        code, told = await status(programs, database)
        line = of_resource(told, "invoices")
        assert (code, told["green"], line["state"]) == (3, False, "loading")
        assert 20 <= line["percent"] <= 60
        assert told["runs"][0]["state"] == "running"
        await program.kill()


async def test_status_names_what_failed_and_why(programs: Programs, sim: Simulator, database: str) -> None:
    sim.faults.add("status", "/payments", status=400)
    sim.account.raw("tasks", b'{"id":"no number"}', key=78_000_000)
    sim.features(disable=["subscription_billing"])
    await programs.call("backfill", tuning=SHORT, **settings(sim, database))
    code, told = await status(programs, database)
    assert (code, told["green"]) == (3, False)
    failed, rejected = of_resource(told, "payments"), of_resource(told, "tasks")
    assert failed["state"] == "failed"
    assert failed["problems"][0]["sentence"] == "its first load fails: Simulated fault."
    assert rejected["rejected"] == 1
    refused = of_resource(told, "plans")
    assert refused["state"] == "unavailable"
    assert "subscription_billing" in refused["unavailable"]
    ended = await programs.call("status", DATABASE_URL=database)
    assert "Simulated fault." in ended.stdout


async def test_status_shows_what_was_deleted_and_how_fresh_all_is(
        programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=200, event_delay=0.0) as sim:
        program = await programs.start("run", **settings(sim, database, SYNC_INTERVAL="1"))
        await until(lambda: is_loaded(database), "the first load is complete")
        sim.account.delete("tasks", sim.account.tables["tasks"].by_id[0].id)
        await until(lambda: program.logged("row.deleted"), "the task is gone")
        code, told = await status(programs, database)
        assert code == 0
        assert of_resource(told, "tasks")["deleted"] == 1
        assert of_resource(told, "invoices")["behind"] < 60
        assert told["runs"][0]["state"] == "running"


# check


async def checked(programs: Programs, told: dict[str, str]) -> tuple[Ended, dict[str, Any]]:
    """What `check` says to people and to programs; both must end alike."""
    for_people = await programs.call("check", **told)
    for_programs = await programs.call("check", "--json", **told)
    assert for_people.code == for_programs.code
    return for_people, json.loads(for_programs.stdout)


async def test_check_tells_of_everything_and_changes_nothing(
        programs: Programs, sim: Simulator, database: str) -> None:
    ended, told = await checked(programs, settings(sim, database))
    assert ended.code == 0, ended.stdout
    for name in Settings.model_fields:
        assert name.upper() in ended.stdout
    for resource in RESOURCES:
        assert any(line.startswith(f"{resource.name} ") for line in ended.stdout.splitlines()), resource.name
    assert sim.account.company["name"] in ended.stdout
    assert all(finding["state"] != "wrong" for finding in told["findings"])
    assert await query(database, "SELECT WHERE to_regnamespace('invoiced') IS NOT NULL") == []


async def test_check_tells_of_a_refused_key_and_a_missing_database_at_once(programs: Programs, sim: Simulator) -> None:
    sim.revoke_key()
    ended, told = await checked(programs, settings(sim, "postgresql://someone@127.0.0.1:1/nothing"))
    assert ended.code == 77
    wrong = {finding["part"]: finding for finding in told["findings"] if finding["state"] == "wrong"}
    assert wrong.keys() == {"database", "API"}
    assert all(finding["remedy"] for finding in wrong.values())
    for finding in wrong.values():
        assert finding["said"] in ended.stdout
        assert finding["remedy"] in ended.stdout


async def test_check_is_75_while_the_api_is_away(programs: Programs, sim: Simulator, database: str) -> None:
    told = settings(sim, database) | {"INVOICED_BASE_URL": "http://127.0.0.1:1"}
    ended, _ = await checked(programs, told)
    assert ended.code == 75
    assert "INVOICED_BASE_URL" in ended.stdout


async def test_check_is_78_for_another_accounts_key(programs: Programs, sim: Simulator, database: str) -> None:
    assert (await programs.call("backfill", "items", **settings(sim, database))).code == 0
    sim.swap_account(seed=99, company_id=4711)
    ended, _ = await checked(programs, settings(sim, database))
    assert ended.code == 78
    assert "SYNC_SCHEMA" in ended.stdout


async def test_check_is_78_for_a_newer_schema_and_tells_of_a_database_without_writes_too(
        programs: Programs, sim: Simulator, mirror_database: str) -> None:
    await query(mirror_database, "INSERT INTO invoiced._migration (version, name) VALUES (9999, 'of the future')")
    (name,) = (await query(mirror_database, "SELECT current_database()"))[0]
    await query(mirror_database, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    ended, _ = await checked(programs, settings(sim, mirror_database))
    assert ended.code == 78
    assert "takes no writes now" in ended.stdout
    assert "9999" in ended.stdout


async def test_check_names_what_can_not_be_read_and_what_the_server_ignores(
        programs: Programs, sim: Simulator, database: str) -> None:
    sim.features(disable=["subscription_billing"])
    sim.faults.add("ignore_param", "/charges", name="advanced_filter")
    ended, told = await checked(programs, settings(sim, database))
    assert ended.code == 0, ended.stdout
    assert of_resource(told, "plans")["state"] == "unavailable"
    assert "subscription_billing" in ended.stdout
    assert False in of_resource(told, "charges")["capabilities"].values()
    assert False not in of_resource(told, "tasks")["capabilities"].values()


async def test_check_tells_by_how_much_the_clocks_differ(programs: Programs, sim: Simulator, database: str) -> None:
    sim.set_clock(date_offset=-3600)
    ended, told = await checked(programs, settings(sim, database))
    assert ended.code == 0, ended.stdout
    notes = [finding for finding in told["findings"] if finding["state"] == "note"]
    assert [(note["part"], note["name"]) for note in notes] == [("API", "clock")]
    assert notes[0]["said"] in ended.stdout


# On a terminal.


class Terminal:
    """A terminal of 100 by 40, and all that was written to it."""

    def __init__(self) -> None:
        self.ours, self.theirs = pty.openpty()
        termios.tcsetwinsize(self.theirs, (40, 100))
        self.shown = ""
        asyncio.get_running_loop().add_reader(self.ours, self._read)

    def _read(self) -> None:
        try:
            self.shown += os.read(self.ours, 65536).decode(errors="replace")
        except OSError:
            asyncio.get_running_loop().remove_reader(self.ours)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.ours)
        os.close(self.ours)
        os.close(self.theirs)


@pytest.fixture
async def terminal() -> AsyncIterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()


@pytest.mark.parametrize("plain", [False, True])
async def test_a_first_load_shows_its_progress_on_a_terminal_without_colour_if_asked(
        plain: bool, terminal: Terminal, programs: Programs, simulate: Simulate, database: str) -> None:
    async with simulate(objects=200, sizes={"invoices": 400}) as sim:
        sim.faults.hold({"path": "/invoices", "query": "updated_after=1"})
        told = settings(sim, database, TERM="xterm-256color") | ({"NO_COLOR": "1"} if plain else {})
        programs.terminal = terminal.theirs
        program = await programs.start("backfill", **told)
        await until(lambda: re.search(r"invoices.*\d+ / 400.*\d+%", terminal.shown), "rows and percent are shown")
        assert "in flight" in terminal.shown
        sim.faults.release()
        assert await program.ended() == 0, terminal.shown
        assert bool(SGR_COLOUR.search(terminal.shown)) is not plain
        assert "Traceback" not in terminal.shown
        assert sim.api_key not in terminal.shown


def found(told: dict[str, Any], part: str, name: str) -> dict[str, Any]:
    return next(one for one in told["findings"] if (one["part"], one["name"]) == (part, name))


@pytest.mark.parametrize("key", [None, "with a blank"])
async def test_check_without_a_key_looks_at_all_the_rest(
        key: str | None, programs: Programs, sim: Simulator, database: str) -> None:
    told = settings(sim, database) | ({"INVOICED_API_KEY": key} if key else {})
    if key is None:
        del told["INVOICED_API_KEY"]
    ended, said = await checked(programs, told)
    assert (ended.code, said["exit_code"]) == (78, 78)
    assert found(said, "settings", "INVOICED_API_KEY")["state"] == "wrong"
    assert "API Keys" in found(said, "settings", "INVOICED_API_KEY")["remedy"]
    assert found(said, "database", "version")["state"] == "ok"
    assert found(said, "database", "rights")["state"] == "ok"
    assert sim.url in found(said, "API", "key")["said"]
    assert "INVOICED_API_KEY" in ended.stdout
    assert sim.stats.requests == 0


async def test_check_tells_which_settings_are_wrong_also_to_programs(
        programs: Programs, sim: Simulator, database: str) -> None:
    wrong = {"SYNC_INTERVAL": "soon", "SYNC_SCHEMA": "public", "SYNC_INTERVALL": "5"}
    ended, said = await checked(programs, settings(sim, database) | wrong)
    assert ended.code == 78
    assert {one["name"] for one in said["findings"] if one["state"] == "wrong"} == wrong.keys()
    for name in wrong:
        assert found(said, "settings", name)["remedy"] in ended.stdout
    assert found(said, "API", "key")["state"] == "ok"
    assert "SYNC_SCHEMA" in found(said, "database", "connection")["said"]
    assert len(said["resources"]) == len(RESOURCES)


async def test_check_names_whom_it_asked_when_that_fails(programs: Programs, sim: Simulator) -> None:
    sim.revoke_key()
    _, said = await checked(programs, settings(sim, "postgresql://someone@127.0.0.1:1,[::1]:1/nothing"))
    assert f"(asked: {sim.url})" in found(said, "API", "key")["said"]
    assert "(asked: 127.0.0.1:1, ::1:1)" in found(said, "database", "connection")["said"]


async def test_check_notes_files_with_secrets_that_others_may_read(
        programs: Programs, sim: Simulator, database: str, tmp_path: Path) -> None:
    told = settings(sim, database)
    env_file, folder = tmp_path / "a b.env", tmp_path / "credentials"
    env_file.write_text(f"INVOICED_API_KEY={told.pop('INVOICED_API_KEY')}\n")
    folder.mkdir()
    (folder / "database_url").write_text(told.pop("DATABASE_URL"))
    (programs.folder / ".pgpass").write_text("*:*:*:*:pl4nted\n")
    secret = {"env file": env_file, "credential": folder / "database_url", "password file": programs.folder / ".pgpass"}

    async def noted() -> dict[str, str]:
        ended = await programs.call("check", "--json", "--env-file", str(env_file), **told,
                                    CREDENTIALS_DIRECTORY=str(folder))
        assert ended.code == 0, ended.stdout + ended.stderr
        return {one["name"]: one["remedy"] for one in json.loads(ended.stdout)["findings"] if one["state"] == "note"}

    for path in secret.values():
        path.chmod(0o644)
    program = await programs.start("run", "--env-file", str(env_file), **told, CREDENTIALS_DIRECTORY=str(folder))
    await until(lambda: len(program.logged("secret.exposed")) == len(secret), "the log tells it too")
    assert await program.terminated() in {0, 75}
    env_file.chmod(0o602)
    assert (await noted())["env file"] == f"chmod 600 {shlex.quote(str(env_file))}"
    env_file.chmod(0o644)
    assert await noted() == {name: f"chmod 600 {shlex.quote(str(path))}" for name, path in secret.items()}
    for path in secret.values():
        path.chmod(0o600)
    assert await noted() == {}


async def test_check_notes_variables_that_change_the_way_to_the_api(
        programs: Programs, sim: Simulator, database: str, tmp_path: Path) -> None:
    surroundings = {"HTTPS_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1",
                    "SSL_CERT_DIR": "/etc/ssl/certs", "SSLKEYLOGFILE": str(tmp_path / "keys")}
    ended, said = await checked(programs, settings(sim, database) | surroundings)
    assert ended.code == 0, ended.stdout
    notes = {one["name"]: one["said"] for one in said["findings"] if one["state"] == "note"}
    assert notes.keys() == surroundings.keys()
    assert "not used: plain http goes only to this machine" in notes["HTTPS_PROXY"]
    assert "has no effect" in notes["http_proxy"]
    assert "trusted" in notes["SSL_CERT_DIR"]
    assert "ignored" in notes["SSLKEYLOGFILE"]
    assert not (tmp_path / "keys").exists()


async def test_a_check_that_finds_something_away_does_not_say_that_it_was_stopped(
        programs: Programs, sim: Simulator) -> None:
    ended = await programs.call("check", **settings(sim, "postgresql://someone@127.0.0.1:1/x"))
    assert ended.code == 75
    assert "can't be reached" in ended.stdout
    assert "stopped" not in ended.stderr
