"""The client's end of a WebSocket, as cheap as it can be, so that the load takes little from the servers it measures."""

import asyncio
import base64
import os
from collections.abc import Callable


def masked(text: str) -> bytes:
    """A text frame of a client. The mask is zero: servers unmask it as any other, and nothing is spent on it here."""
    body = text.encode()
    size = len(body)
    if size < 126:
        return bytes((0x81, 0x80 | size, 0, 0, 0, 0)) + body
    return b"\x81\xfe" + size.to_bytes(2, "big") + b"\0\0\0\0" + body


class Wire(asyncio.Protocol):
    """`hear` is given every text, `closed` the close code (1006 where there was none)."""

    def __init__(self, head: bytes, hear: Callable[[bytes], None], closed: Callable[[int], None]) -> None:
        self.head, self.hear, self.closed = head, hear, closed
        self.opened: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.rest = b""
        self.code = 1006

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.transport.write(self.head)

    def data_received(self, data: bytes) -> None:
        data = self.rest + data if self.rest else data
        if not self.opened.done():
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self.rest = data
                return
            self.opened.set_result(int(data[9:12]))
            data = data[end + 4 :]
        at, size = 0, len(data)
        while size - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                length, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif length == 127:
                length, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if size < start + length:
                break
            self.take(data[at] & 15, data[start : start + length])
            at = start + length
        self.rest = data[at:]

    def take(self, opcode: int, body: bytes) -> None:
        if opcode == 1:
            self.hear(body)
        elif opcode == 9:
            self.transport.write(bytes((0x8A, 0x80 | len(body), 0, 0, 0, 0)) + body)
        elif opcode == 8:
            self.code = int.from_bytes(body[:2], "big") if body else 1005
            self.transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_result(0)
        self.closed(self.code)

    def say(self, text: str) -> None:
        self.transport.write(masked(text))

    def end(self) -> None:
        """Say goodbye and go."""
        self.transport.write(b"\x88\x82\0\0\0\0\x03\xe8")
        self.transport.close()


def handshake(path: str, port: int, cookie: str) -> bytes:
    """As a browser asks, compression offered; the servers are told to do without (it costs 40 KB a socket)."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\nCookie: sessionid={cookie}\r\n\r\n"
    ).encode()
