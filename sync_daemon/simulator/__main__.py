"""`python -m sync_daemon.simulator`: prints {"url", "api_key"} as one JSON line, then serves until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Sequence
from dataclasses import replace

from sync_daemon.simulator.options import Options
from sync_daemon.simulator.simulator import serve_forever


def _size(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    return name, int(number)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m sync_daemon.simulator", description=__doc__)
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--port", type=int, default=0)
    made.add_argument("--seed", type=int, default=Options().seed)
    made.add_argument("--objects", type=int, default=Options().objects, help="about how many objects in all")
    made.add_argument("--size", type=_size, action="append", default=[], metavar="RESOURCE=N",
                      help="rows of one resource; may be repeated")
    made.add_argument("--dense", type=_size, action="append", default=[], metavar="RESOURCE=N",
                      help="N rows of the resource share one second; may be repeated")
    made.add_argument("--odd", type=int, default=0, help="rows with null, negative or zero updated_at")
    made.add_argument("--now", type=float, default=None, help="unix time at which the account's clock starts")
    made.add_argument("--warm", action="store_true", help="print every row before the first request (benchmarks)")
    made.add_argument("--latency", type=float, default=0.0)
    return made


async def _run(options: Options, host: str, port: int) -> None:
    serving = asyncio.ensure_future(serve_forever(options, host, port))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        return


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    options = Options(seed=asked.seed, objects=asked.objects, sizes=dict(asked.size), odd=asked.odd, now=asked.now,
                      latency=asked.latency, warm=asked.warm)
    if asked.dense:
        names = {name for name, _ in asked.dense}
        options = replace(options, dense={name: [n for other, n in asked.dense if other == name] for name in names})
    asyncio.run(_run(options, asked.host, asked.port))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
