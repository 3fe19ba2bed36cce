"""A first load ends equal to the account, and cycles keep it so."""

from __future__ import annotations

import time

from sync_daemon import daemon
from sync_daemon.errors import Exit
from sync_daemon.simulator import Simulator
from tests.comparing import differences
from tests.conftest import Open


async def test_a_backfill_makes_every_table_equal_to_the_account(sim: Simulator, open_mirror: Open,
                                                                mirror_database: str) -> None:
    begun = time.time()
    async with open_mirror(sim) as mirror:
        assert await daemon.backfill(mirror) is Exit.OK
    assert await differences(sim.url, sim.api_key, mirror_database, since_event=begun - 60) == {}
