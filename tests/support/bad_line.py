"""A bad connection to the API: answers that drip slowly, stop in the middle, or whose connection is reset."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

KINDS = ("drip", "slow drip", "cut on the way")


class BadLine:
    """Carries connections to `url`; a fault hits `share` of the pieces of the answers."""

    def __init__(self, url: str, dice: random.Random) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        self._target = parts.hostname, parts.port
        self._dice = dice
        self._lines: set[asyncio.Task[None]] = set()
        self.share = 0.0
        self.happened: Counter[str] = Counter()
        self.url = ""

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        far_writer: asyncio.StreamWriter | None = None
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
            passing = [asyncio.ensure_future(self._pass(reader, far_writer, bad=False)),
                       asyncio.ensure_future(self._pass(far_reader, writer, bad=True))]
            try:  # once one side is closed, so is the other: the server notices the hang-up
                await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in passing:
                    one.cancel()
                await asyncio.gather(*passing, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._lines.discard(task)
            for side in (writer, far_writer):
                if side is not None:
                    side.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, bad: bool) -> None:
        while data := await reader.read(65536):
            if bad and self.share and self._dice.random() < self.share:
                kind = self._dice.choice(KINDS)
                self.happened[kind] += 1
                if kind == "cut on the way":
                    writer.write(data[:self._dice.randrange(len(data))])
                    return
                pause = 0.5 if kind == "slow drip" else 0.05
                for _ in range(9):
                    piece, data = data[:len(data) // 9 + 1], data[len(data) // 9 + 1:]
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(pause)
            writer.write(data)
            await writer.drain()

    async def close(self) -> None:
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)


@asynccontextmanager
async def bad_line(url: str, dice: random.Random) -> AsyncIterator[BadLine]:
    line = BadLine(url, dice)
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    line.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield line
    finally:
        server.close()
        await line.close()
