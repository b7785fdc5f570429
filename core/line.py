"""uvicorn's WebSocket with a short way for what nearly every frame is, a whole text, and with little kept for who is silent.

Who asks for it by `?low` is spared bytes: what they are told is deflated.

Everything else (handshake, pieces of frames, pings, closing, faults) is uvicorn's and that of `websockets`.
"""

import asyncio
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.frames import apply_mask  # type: ignore[attr-defined]
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.streams import StreamReader

TAKES_TEXTS = "peyvand.take"
"""The extension of the scope under which an application finds `Line.take`."""
WHOLE_TEXT, MASKED = 0x81, 0x80
MOST_UNHEARD = 8
LOW = "low"
DEFLATE = ServerPerMessageDeflateFactory(
    server_max_window_bits=11, client_no_context_takeover=True, compress_settings={"memLevel": 4}
)
"""What was said before is known: a change of a conversation takes a fourth of its bytes, 9 µs, and 16 KB for each line. For
everybody that would be two thirds as much again as an idle line takes."""
_BETWEEN_FRAMES = StreamReader.at_eof.__code__
Event = dict[str, Any]


class Line(WebSocketsSansIOProtocol):
    """For `uvicorn --ws core.line:Line`."""

    queue: "Inbox"  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue = Inbox()
        self.outgoing: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        text = self.whole_text(data)
        if text is None:
            super().data_received(data)
            return
        self.queue.put_nowait({"type": "websocket.receive", "text": text})
        if len(self.queue.events) >= MOST_UNHEARD and not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def whole_text(self, data: bytes) -> str | None:
        """The text, where `data` is one whole frame of text that arrives between two others."""
        if len(data) < 6 or data[0] != WHOLE_TEXT or self.conn.state is not OPEN or self.conn.current_size is not None:
            return None
        size, start = data[1] - MASKED, 6
        if size == 126:
            size, start = int.from_bytes(data[2:4]), 8
        if size < 0 or len(data) != start + size or size > (self.config.ws_max_size or size):
            return None
        if self.conn.reader.buffer or waits_in(self.conn.parser).gi_code is not _BETWEEN_FRAMES:
            return None
        try:
            return apply_mask(data[start:], data[start - 4 : start]).decode()
        except UnicodeDecodeError:
            return None

    def handle_connect(self, event: Request) -> None:
        if event.path.partition("?")[2] == LOW:
            self.conn.available_extensions = [DEFLATE]
            self.take = self.take_deflated  # type: ignore[method-assign]
        super().handle_connect(event)

    async def run_asgi(self) -> None:
        extensions: dict[str, Any] = self.scope.setdefault("extensions", {})
        extensions[TAKES_TEXTS] = self.take
        await super().run_asgi()

    async def send(self, message: Any) -> None:
        text = message.get("text")
        if text is None or self.conn.state is not OPEN:
            self.flush()
            await super().send(message)
            if message["type"] == "websocket.accept":
                del self.request, self.response, self.scope  # nobody asks for them again
            return
        while not self.take(text):
            await self.writable.wait()
            if self.disconnected or self.conn.state is not OPEN:
                raise ClientDisconnected

    def take(self, text: str) -> bool:
        """Send a text, unless it would have to wait: `send` does. It costs a third of that."""
        if self.disconnected or self.conn.state is not OPEN or not self.writable.is_set():
            return False
        if not self.outgoing:
            self.loop.call_soon(self.flush)
        body = text.encode()
        self.outgoing += (head(len(body)), body)
        return True

    def take_deflated(self, text: str) -> bool:
        """`take`, with whatever was agreed on with the other end."""
        if self.disconnected or self.conn.state is not OPEN or not self.writable.is_set():
            return False
        if not self.outgoing:
            self.loop.call_soon(self.flush)
        self.conn.send_text(text.encode())
        self.outgoing += self.conn.data_to_send()
        return True

    def flush(self) -> None:
        """What was sent in one turn of the loop is written together."""
        if self.outgoing:
            together = b"".join(self.outgoing)
            self.outgoing.clear()
            if not self.transport.is_closing():
                self.transport.write(together)

    def shutdown(self) -> None:
        self.flush()
        super().shutdown()


def waits_in(generator: Any) -> Any:
    """The innermost of generators that wait for one another."""
    while (inner := generator.gi_yieldfrom) is not None:
        generator = inner
    return generator


def head(size: int) -> bytes:
    """What stands before a text of so many bytes."""
    if size < 126:
        return bytes((WHOLE_TEXT, size))
    if size < 65536:
        return b"\x81\x7e" + size.to_bytes(2)
    return b"\x81\x7f" + size.to_bytes(8)


class Inbox:
    """A queue for one who waits, as small as it can be: `asyncio.Queue` takes two kilobytes for nothing."""

    __slots__ = ("events", "waiting")

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.waiting: asyncio.Future[None] | None = None

    def put_nowait(self, event: Event) -> None:
        self.events.append(event)
        if self.waiting and not self.waiting.done():
            self.waiting.set_result(None)

    async def get(self) -> Event:
        while not self.events:
            self.waiting = asyncio.get_running_loop().create_future()
            try:
                await self.waiting
            finally:
                self.waiting = None
        return self.events.pop(0)

    def empty(self) -> bool:
        return not self.events
