"""The process between the users of the embedded Postgres and its server; `embedded` starts it.

It is the parent of Postgres, so it never has to guess which process to stop. Each user holds one connection to its
control socket; when the last one closes, it stops Postgres and ends. A server that crashes while in use is restarted.
It holds the lock on the data folder (as its stdin) from before the start until after the end.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync_daemon.errors import Exit, Fatal

MAJOR = "18"
DATABASE = "invoiced"
SUPERUSER = "postgres"
START_SECONDS = 60.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.02
PR_SET_PDEATHSIG = 1
PSQL_NO_CONNECTION = 2
OLD_BACKENDS = "is still in use"

# None of the caller's PG* variables may reach the server or its tools.
PG_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}
INITDB = f"initdb -U {SUPERUSER} -A trust -E UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8".split()
SETTINGS = ["listen_addresses=", "max_connections=50", "shared_buffers=128MB", "log_checkpoints=off"]
UNSAFE_BUT_FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
PSQL = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-v", f"database={DATABASE}"]
ENSURE_DATABASE = rb"""
SELECT pg_catalog.format('CREATE DATABASE %I', :'database')
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = :'database') \gexec
SHOW server_version;
"""
DUMP_AND_RESTORE = (
    "Dump and restore: with the programs of Postgres {major}, and nobody else on its socket, D={data} && "
    'pg_ctl -D "$D" -o "-k \'$D\' -c listen_addresses=" start && '
    f'pg_dump -h "$D" -U {SUPERUSER} -Fc -f invoiced.dump {DATABASE} && pg_ctl -D "$D" stop; then move the folder '
    "away, run `invoiced-sync db`, and pg_restore -d URL invoiced.dump. "
    "Or only move it away: a new mirror reads everything again."
)

@dataclass(frozen=True)
class Place:
    """One data folder and all that belongs to it. `drop`: the server runs as `uid`, not as root."""

    data_dir: Path
    socket_dir: Path
    bin_dir: Path
    uid: int
    gid: int
    drop: bool
    fsync: bool

    @property
    def control(self) -> Path:
        return self.socket_dir / "control"

    @property
    def lock(self) -> Path:
        return self.data_dir.with_name(f"{self.data_dir.name}.lock")

    @property
    def log(self) -> Path:
        return self.data_dir.with_name(f"{self.data_dir.name}.log")

    @property
    def sockets(self) -> Path:
        """The file that names the folder of the sockets."""
        return self.data_dir.with_name(f"{self.data_dir.name}.sockets")

    def dsn(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={self.socket_dir}&port=5432"


def main(line: int, job: str) -> None:
    told: dict[str, Any] = {n: Path(v) if isinstance(v, str) else v for n, v in json.loads(job).items()}
    asyncio.run(_supervise(Place(**told), socket.socket(fileno=line)))


async def _supervise(place: Place, line: socket.socket) -> None:
    answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    unused = asyncio.Event()
    users: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        users.append(writer)
        left = asyncio.ensure_future(reader.read())
        with suppress(ConnectionError):
            await asyncio.wait([left, answer], return_when=asyncio.FIRST_COMPLETED)
            if unused.is_set():
                writer.close()  # it is stopping: this one comes too late, and tries again
                return
            if not left.done():
                writer.write(answer.result())
            await left
        if len(users) == 1:
            # The last user's connection closes when we end, so it can wait for that. New users wait for the lock.
            control.close()
            unused.set()
        else:
            users.remove(writer)
            writer.close()

    control = await asyncio.start_unix_server(serve, place.control)
    first = asyncio.create_task(serve(*await asyncio.open_unix_connection(sock=line)))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, unused.set)
    server = None
    try:
        try:
            starting = asyncio.create_task(_start(place))
            await asyncio.wait([starting, asyncio.ensure_future(unused.wait())], return_when=asyncio.FIRST_COMPLETED)
            if not starting.done():
                starting.cancel()
            server, version = await starting
            said = {"version": version}
        except (Fatal, OSError) as error:
            refusal = error if isinstance(error, Fatal) else unusable(place, error)
            said = {"message": str(refusal), "hint": refusal.hint}
        except asyncio.CancelledError:
            said = {}  # all its users have left
        answer.set_result(json.dumps(said).encode() + b"\n")
        while not unused.is_set():
            ends = [event.wait() for event in (unused, server) if event]
            await asyncio.wait([asyncio.ensure_future(end) for end in ends], return_when=asyncio.FIRST_COMPLETED)
            if server and not unused.is_set():
                server, _ = await _start(place)  # it crashed while in use
    finally:
        control.close()
        if server:
            await _stop(server)
        shutil.rmtree(place.socket_dir, ignore_errors=True)
        os.close(sys.stdin.fileno())  # the lock; only then is the last user's connection closed
        first.cancel()


async def _start(place: Place) -> tuple[asyncio.subprocess.Process, str]:
    await _end_orphan(place)
    await _create_data(place)
    _disown_stale_pid(place)
    settings = [*SETTINGS, f"unix_socket_directories={place.socket_dir}", *([] if place.fsync else UNSAFE_BUT_FAST)]
    command = ["postgres", "-D", str(place.data_dir), *(f"--{setting}" for setting in settings)]
    server = await _spawn(place, command)
    said = b""
    try:
        async with asyncio.timeout(START_SECONDS):
            while server.returncode is None or OLD_BACKENDS in tail(place):
                if server.returncode is not None:
                    server = await _spawn(place, command)  # after a crash, old backends need a moment to notice
                psql = await _spawn(place, [*PSQL, place.dsn("postgres")], pipes=True)
                version, said = await psql.communicate(ENSURE_DATABASE)
                if psql.returncode == 0:
                    return server, version.decode().strip()
                if psql.returncode != PSQL_NO_CONNECTION:
                    break
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        pass
    except asyncio.CancelledError:
        await _stop(server)
        raise
    await _stop(server)
    last = said.decode(errors="replace").strip()
    raise fatal(f"Postgres did not start on {place.data_dir}: {last}{tail(place)}", "Fix what its log says.")


async def _create_data(place: Place) -> None:
    """Creates the data folder unless it exists; under another name first, so that a kill leaves no partial one."""
    data, parent = place.data_dir, place.data_dir.parent
    for leftover in parent.glob(f"{data.name}.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)  # what a dying initdb still writes there is removed next time
    if _is_data(data):
        return
    fresh = tempfile.mkdtemp(prefix=f"{data.name}.new-", dir=parent)
    if place.drop:
        os.chown(fresh, place.uid, place.gid)
    try:
        initdb = await _spawn(place, [*INITDB, "-D", fresh, *([] if place.fsync else ["--no-sync"])], pipes=True)
        try:
            _, said = await initdb.communicate()
        finally:
            if initdb.returncode is None:
                os.killpg(initdb.pid, signal.SIGKILL)  # with the server that it has at work
                await initdb.wait()
        if initdb.returncode != 0 or not _is_data(Path(fresh)):
            last = said.decode(errors="replace").strip()
            raise fatal(f"Postgres could not create its data in {data}: {last}", "Fix what it says.")
        os.rename(fresh, data)  # noqa: PTH104 - one quick call; another rule forbids Path's as blocking
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _is_data(data: Path) -> bool:
    """False if the folder is missing or empty; anything but data of our major version is refused."""
    if not data.exists() or not any(data.iterdir()):
        return False
    try:
        major = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise fatal(f"{data} is not empty and not a Postgres data folder.", "Name another folder.") from None
    if major != MAJOR:
        hint = DUMP_AND_RESTORE.format(major=major, data=shlex.quote(str(data)))
        raise fatal(f"{data} is of Postgres {major}; this program needs {MAJOR}.", hint)
    return True


def _running_pid(place: Place) -> int | None:
    """Pid of the Postgres on our folder. A pid file alone proves nothing: after a reboot its pid may be anyone's."""
    try:
        pid = int((place.data_dir / "postmaster.pid").read_text().splitlines()[0])
        if sys.platform == "linux":
            program, folder = Path(f"/proc/{pid}/exe").readlink(), Path(f"/proc/{pid}/cwd").readlink()
            return pid if program.name.startswith("postgres") and folder == place.data_dir else None
    except (OSError, ValueError, IndexError):
        return None
    ps = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603 - a fixed path, no shell
    return pid if "postgres" in ps.stdout and str(place.data_dir) in ps.stdout else None


async def _end_orphan(place: Place) -> None:
    """Ends a server on our folder: since we hold the lock, it has lost its supervisor, or was started by hand."""
    pid = _running_pid(place)
    if pid is None:
        return
    if str(place.socket_dir) not in (place.data_dir / "postmaster.pid").read_text().splitlines():
        raise fatal(f"Another Postgres (pid {pid}) runs on {place.data_dir}.", "Stop it.")
    os.kill(pid, signal.SIGINT)
    async with asyncio.timeout(STOP_SECONDS):
        while _running_pid(place) == pid:  # noqa: ASYNC110 (it is not our child)
            await asyncio.sleep(POLL_SECONDS)


def _disown_stale_pid(place: Place) -> None:
    """Postgres refuses to start while the pid in a left-over file is alive, whatever program that is now. It ignores
    its parent's pid, so we write ours: the file stays, and with it the check that no old backend is alive."""
    for name in (place.data_dir / "postmaster.pid", place.socket_dir / ".s.PGSQL.5432.lock"):
        with suppress(FileNotFoundError), os.fdopen(os.open(name, os.O_RDWR | os.O_NOFOLLOW), "r+") as file:
            lines = file.readlines()
            file.seek(0)
            file.writelines([f"{os.getpid()}\n", *lines[1:]])
            file.truncate()


async def _spawn(place: Place, command: list[str], *, pipes: bool = False) -> asyncio.subprocess.Process:
    supervisor = os.getpid()
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def die_with_supervisor() -> None:
        if prctl:
            prctl(PR_SET_PDEATHSIG, signal.SIGINT)
            if os.getppid() != supervisor:
                os._exit(1)

    pipe = subprocess.PIPE if pipes else None
    identity: dict[str, Any] = {"user": place.uid, "group": place.gid, "extra_groups": []} if place.drop else {}
    streams: dict[str, Any] = {"stdin": pipe or subprocess.DEVNULL, "stdout": pipe, "stderr": pipe}
    alone: dict[str, Any] = {"process_group": 0, "env": PG_ENVIRONMENT, "cwd": "/", "preexec_fn": die_with_supervisor}
    options = streams | identity | alone
    return await asyncio.create_subprocess_exec(place.bin_dir / command[0], *command[1:], **options)


async def _stop(server: asyncio.subprocess.Process) -> None:
    for how in (signal.SIGINT, signal.SIGQUIT):
        if server.returncode is None:
            server.send_signal(how)
            with suppress(TimeoutError):
                await asyncio.wait_for(server.wait(), STOP_SECONDS)


def fatal(message: str, hint: str) -> Fatal:
    return Fatal(message, hint=f"{hint} Or set DATABASE_URL to a Postgres of your own.", exit_code=Exit.CONFIG,
                 lines=True)


def unusable(place: Place, error: OSError) -> Fatal:
    about = error.filename or place.data_dir
    return fatal(
        f"Postgres can't use {about}: {error.strerror or repr(error)}.", "Choose a folder that can be written."
    )


def tail(place: Place) -> str:
    with suppress(OSError):
        return "".join(f"\n    {line[:300]}" for line in place.log.read_text(errors="replace").splitlines()[-12:])
    return ""
