"""`simulate`: serves the pretend account alone."""

from __future__ import annotations

import json

from sync_daemon.errors import Exit, Fatal, plainly
from sync_daemon.humanize import say_data
from sync_daemon.simulator import Options, Simulator, serve_forever


async def serve(*, seed: int, objects: int, port: int, as_json: bool) -> None:
    """Serves it until Ctrl-C, and says how to mirror it. Raises Fatal (2) for a port that it can't have."""

    def announce(sim: Simulator) -> None:
        if as_json:
            say_data(json.dumps({"url": sim.url, "api_key": sim.api_key}) + "\n")
        else:
            say_data(f"A pretend account of {objects:,} objects is up until Ctrl-C. To mirror it:\n\n"
                     f"  export INVOICED_BASE_URL={sim.url}\n  export INVOICED_API_KEY={sim.api_key}\n"
                     f"  invoiced-sync backfill\n\n")

    try:
        await serve_forever(Options(seed=seed, objects=objects, books=True), port=port, announce=announce)
    except OSError as error:
        raise Fatal(f"The pretend account can't be served at port {port}: {plainly(error)}.",
                    hint="Name another --port; 0 is any free one.", exit_code=Exit.USAGE) from None
