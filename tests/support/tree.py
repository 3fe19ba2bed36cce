"""The file tree of a small Debian with the program installed, as by an operator.

It is built once, in `.container/` of the checkout (`make clean` removes it): Debian by debootstrap from the mirror that
this machine's apt uses, the program into /opt/invoiced-sync by pip. A later call updates only what changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PLACE = CHECKOUT / ".container"
PACKAGES = "systemd,systemd-sysv,dbus,python3,python3-venv"
PROGRAM = "opt/invoiced-sync"


@contextmanager
def program_tree() -> Iterator[Path]:
    """The tree with Debian and this checkout's program, locked for us. Raises OSError if it is in use."""
    PLACE.mkdir(exist_ok=True)
    (PLACE / ".gitignore").write_text("*\n")
    with (PLACE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        tree = PLACE / "debian"
        if not tree.is_dir():
            _build_debian(tree)
        source = _digest()
        mark = PLACE / "installed"
        if not mark.exists() or mark.read_text() != source:
            mark.unlink(missing_ok=True)
            _install(tree)
            mark.write_text(source)
        yield tree


def _build_debian(tree: Path) -> None:
    codename = platform.freedesktop_os_release()["VERSION_CODENAME"]
    new = tree.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    _do("debootstrap", "--variant=minbase", f"--include={PACKAGES}", codename, str(new / "root"), _mirror(codename))
    new.rename(tree)


def _mirror(codename: str) -> str:
    """Where this machine's apt gets its packages."""
    lines = _do("apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)", "Created-By: Packages").splitlines()
    return next(address for release, address in map(str.split, lines) if release == codename)


def _digest() -> str:
    """Digest of everything in the wheel."""
    digest = hashlib.sha256()
    for path in [CHECKOUT / "pyproject.toml", *sorted((CHECKOUT / "sync_daemon").rglob("*.py")),
                 *sorted(path for path in (CHECKOUT / "sql").rglob("*") if path.is_file())]:
        digest.update(f"{path.relative_to(CHECKOUT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _install(tree: Path) -> None:
    """Installs this checkout's wheel and its dependencies with pip; the tree itself can't reach a package index."""
    wheels = PLACE / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    _do(*pip, "wheel", "--no-deps", "--wheel-dir", str(wheels), str(CHECKOUT))
    (ours,) = wheels.iterdir()
    version = (tree / "root/usr/bin/python3").readlink().name.removeprefix("python")
    _do(*pip, "download", "--only-binary=:all:", "--python-version", version, "--dest", str(wheels), str(ours))
    shutil.rmtree(tree / "root" / PROGRAM, ignore_errors=True)
    _do("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--pipe", f"--directory={tree / 'root'}",
        f"--bind-ro={wheels}:/mnt", "sh", "-ec",
        f"python3 -m venv /{PROGRAM}; /{PROGRAM}/bin/pip --quiet install --no-index --find-links=/mnt /mnt/{ours.name}")


def _do(*command: str) -> str:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, text=True, capture_output=True)
    assert done.returncode == 0, f"{' '.join(command)}:\n{(done.stdout + done.stderr)[-3000:]}"
    return done.stdout
