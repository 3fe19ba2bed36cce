"""What these tests stand on: a container with the units installed; server and database are the test's own, outside."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import Roads, road_to  # noqa: F401 - a fixture
from tests.support.container import Container, booted
from tests.support.road import Road
from tests.support.systemd_service import Service
from tests.support.tree import CHECKOUT, program_tree

PROGRAMS = {"systemd-nspawn": "systemd-container", "debootstrap": "debootstrap", "nsenter": "util-linux"}


@pytest.fixture(scope="session")
def tree() -> Iterator[Path]:
    """Root of the file tree from which containers boot."""
    if os.geteuid() != 0:
        pytest.exit("These tests boot containers: run them as root (sudo make test-systemd).", returncode=1)
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if missing:
        pytest.exit(f"These tests need more: apt-get install {' '.join(missing)}", returncode=1)
    try:
        with program_tree() as tree:
            yield tree / "root"
    except BlockingIOError:
        pytest.exit("Another run of these tests is under way in this checkout.", returncode=1)


@pytest.fixture
async def container(tree: Path) -> AsyncIterator[Container]:
    """Freshly booted, with the units installed."""
    async with booted(tree) as container:
        for unit in (CHECKOUT / "systemd").iterdir():
            container.write(f"/etc/systemd/system/{unit.name}", unit.read_text())
        await container.do("systemctl", "daemon-reload")
        try:
            yield container
        finally:  # pytest shows it where a test failed
            _, journal = await container.call("journalctl", "--no-pager", "--lines=60", "--unit=invoiced-sync*")
            print(journal)


@pytest.fixture
async def road(road_to: Roads) -> AsyncIterator[Road]:  # noqa: F811 - the fixture
    """The way to the test's database, which can be cut."""
    async with road_to() as road:
        yield road


@pytest.fixture
def service(container: Container) -> Service:
    """The daemon's unit, with nothing configured."""
    return Service(container)
