"""A line between clients and a server that can be cut, or fall silent, in the middle of a frame."""

import asyncio
import random
from contextlib import suppress


class Proxy:
    def __init__(self, target: int) -> None:
        self.target = target
        self.ends: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self.doomed: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self.swallowing: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()

    async def start(self, port: int) -> None:
        self.server = await asyncio.start_server(self.carry, "127.0.0.1", port)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        ends = (writer, far_writer)
        self.ends.add(ends)
        try:
            await asyncio.gather(self.pipe(reader, far_writer, ends), self.pipe(far_reader, writer, ends))
        finally:
            self.ends.discard(ends)
            self.doomed.discard(ends)
            self.swallowing.discard(ends)
            for end in ends:
                end.transport.abort()

    async def pipe(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter],
    ) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                if ends not in self.doomed:
                    target.write(data)
                    continue
                target.write(data[: len(data) // 2])
                if ends not in self.swallowing:
                    await asyncio.sleep(0)
                    break
                await self.swallow(source)
        for end in ends:
            end.transport.abort()

    @staticmethod
    async def swallow(source: asyncio.StreamReader) -> None:
        while await source.read(65536):
            pass

    def cut(self, share: float = 1.0) -> None:
        """So many of the lines break within their next piece of data."""
        self.doomed |= {ends for ends in self.ends if random.random() < share}

    def drop(self, share: float = 1.0) -> None:
        """So many of the lines carry half of the next piece and then nothing any more, and nobody is told."""
        lost = {ends for ends in self.ends if random.random() < share}
        self.doomed |= lost
        self.swallowing |= lost

    def cut_now(self) -> None:
        for near, far in list(self.ends):
            near.transport.abort()
            far.transport.abort()
