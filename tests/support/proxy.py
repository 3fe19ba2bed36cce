"""A bad connection to the database: at random, data is delayed or incomplete, or the connection is cut."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

from tests.support.road import Road


@dataclass(slots=True)
class Mishaps:
    """Share of the pieces of data for each fault, and how often it happened."""

    late: float = 0.05
    half: float = 0.01
    silent: float = 0.005
    happened: int = 0


class BadRoad(Road):
    """A connection that is bad while `mishaps` says so. The same seed makes the same choices."""

    def __init__(self, dsn: str, seed: int) -> None:
        super().__init__(dsn)
        self.mishaps = Mishaps()
        self._dice = random.Random(seed)

    def mend(self) -> None:
        self.mishaps = Mishaps(0, 0, 0, self.mishaps.happened)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            existence, mishaps = self._dice.random(), self.mishaps
            mishaps.happened += existence < mishaps.half + mishaps.silent + mishaps.late
            if existence < mishaps.half:
                writer.write(data[:self._dice.randrange(len(data))])
                await writer.drain()
                raise ConnectionResetError
            if existence < mishaps.half + mishaps.silent:  # the data is lost, and a while later so is the connection
                await asyncio.sleep(self._dice.random())
                raise ConnectionResetError
            if existence < mishaps.half + mishaps.silent + mishaps.late:
                await asyncio.sleep(self._dice.random() / 3)
            writer.write(data)
            await writer.drain()
        writer.write_eof()
