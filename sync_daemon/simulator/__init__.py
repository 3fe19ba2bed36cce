"""A pretend Invoiced account behind real HTTP: an independent implementation of the API's rules. It imports nothing
of ours, and only `cli` imports it.

    async with Simulator(Options(seed=7, objects=2000)).serve() as sim:
        ...  # sim.url, sim.api_key; sim.account.update("invoices", id, {"notes": "hello"}); sim.stats
"""

from sync_daemon.simulator.account import Account, Missing, Refused
from sync_daemon.simulator.options import Options
from sync_daemon.simulator.simulator import Simulator, announce_json, serve_forever

__all__ = ["Account", "Missing", "Options", "Refused", "Simulator", "announce_json", "serve_forever"]
