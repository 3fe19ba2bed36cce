"""A connection to a database that can be cut."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, urlsplit


class Road:
    """A TCP connection to the database that can be cut: `refuse` as if no server were there, `stall` as if packets were
    lost. `dsn` uses it."""

    def __init__(self, dsn: str) -> None:
        parts = urlsplit(dsn)
        self._path = parts.path
        self._socket = f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432"
        self._server: asyncio.Server | None = None
        self.lines: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self.port = 0

    @property
    def dsn(self) -> str:
        return self.dsn_with("postgres")

    def dsn_with(self, user: str) -> str:
        """`user` may hold a password: `name:password`."""
        return f"postgresql://{user}@127.0.0.1:{self.port}{self._path}"

    async def open(self) -> None:
        self._flows.set()
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Cuts all connections and accepts no new ones; `open` ends that."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        for line in self.lines:
            line.cancel()
        await asyncio.gather(*self.lines, return_exceptions=True)

    async def stall(self) -> None:
        """Connections stay open and new ones are accepted, but no data passes."""
        self._flows.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.lines.add(task)
        far_writer: asyncio.StreamWriter | None = None
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(self._socket)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass_on(reader, far_writer))
                group.create_task(self._pass_on(far_reader, writer))
        except (OSError, ExceptionGroup, asyncio.CancelledError):
            pass
        finally:
            self.lines.discard(task)
            for one in (writer, far_writer):
                if one is not None:
                    one.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._flows.wait()
            writer.write(data)
            await writer.drain()
        writer.write_eof()
