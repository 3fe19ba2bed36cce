"""An account that changes while it is read."""

from __future__ import annotations

import random
from collections.abc import Callable

from sync_daemon.simulator import Simulator
from sync_daemon.simulator.faults import Fault, Faults


class Life(Faults):
    """Changes something before each request for a page of invoices, until it is told to rest."""

    def __init__(self, act: Callable[[int, str], None]) -> None:
        super().__init__(random.Random(1))
        self.act: Callable[[int, str], None] | None = act
        self.pages = 0

    def striking(self, path: str, query: str) -> list[Fault]:
        if self.act is not None and path == "/invoices" and "updated_at" in query and "per_page=1&" not in query + "&":
            self.pages += 1
            self.act(self.pages, query)
        return super().striking(path, query)


def stamps(sim: Simulator) -> dict[int, int | None]:
    return {row.id: row.stamp for row in sim.account.tables["invoices"].by_id}
