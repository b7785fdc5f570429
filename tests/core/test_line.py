"""A line hears every text whole and in order, however it arrives, and says what it was told in order."""

import asyncio
import zlib
from contextlib import asynccontextmanager

import pytest
from uvicorn import Config
from uvicorn.server import ServerState
from websockets.streams import StreamReader

from core.line import MOST_UNHEARD, TAKES_TEXTS, Line

pytestmark = pytest.mark.once
HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


async def echo(_scope, receive, send):
    """Gives every text back twice; says goodbye where it is asked to."""
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        if event["text"] == "bye":
            await send({"type": "websocket.send", "text": "farewell"})
            await send({"type": "websocket.close", "code": 4008})
        else:
            for _time in range(2):
                await send({"type": "websocket.send", "text": event["text"]})


@asynccontextmanager
async def line(application=echo, handshake=HANDSHAKE, agreed=b""):
    config = Config(
        application, ws=Line, ws_max_size=65536, ws_per_message_deflate=False, lifespan="off", log_level="critical"
    )
    config.load()
    state, loop = ServerState(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(config, state, {}, loop), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        writer.write(handshake)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101") and (b"permessage-deflate" in answer) == bool(agreed)
        yield reader, writer
    finally:
        writer.transport.abort()
        server.close()


def frame(body, *, first=0x81, mask=b"mask"):
    size = len(body)
    head = bytes((first, 0x80 | size)) if size < 126 else bytes((first, 0xFE)) + size.to_bytes(2)
    return head + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(body))


async def heard(reader, many):
    """So many frames: (opcode, body)."""
    found = []
    for _frame in range(many):
        first, size = await reader.readexactly(2)
        size = int.from_bytes(await reader.readexactly({126: 2, 127: 8}[size])) if size > 125 else size
        found.append((first & 15, await reader.readexactly(size)))
    return found


async def test_a_text_is_heard_whole_however_it_arrives():
    long, words = ("نامه " * 3000).encode(), "سلام".encode()
    rest = frame(b"not these words", mask=b"ab\xa1\xaf")  # looks whole, but is the end of what began before it
    told = bytes(byte ^ rest[n % 4] for n, byte in enumerate(rest[4:]))
    async with line() as (reader, writer):
        for data, texts in (
            (frame(words), [words]),
            (frame(long), [long]),
            (frame(b"two") + frame(b"at once"), [b"two", b"at once"]),
            (bytes((0x81, 0x80 | len(told))), []),
            (rest, [told]),
            (frame(b"in ", first=0x01), []),
            (frame(b"pieces", first=0x80), [b"in pieces"]),
            (frame(b""), [b""]),
        ):
            writer.write(data)
            assert await heard(reader, 2 * len(texts)) == [(1, text) for text in texts for _time in range(2)]
            await asyncio.sleep(0.01)  # so that the next one arrives by itself

        many = [f"{n}".encode() for n in range(10 * MOST_UNHEARD)]
        for text in many:
            writer.write(frame(text))
            await asyncio.sleep(0)
        assert await heard(reader, 2 * len(many)) == [(1, text) for text in many for _time in range(2)]


async def test_nearly_every_frame_takes_the_short_way(monkeypatch):
    parsed, feed = [], StreamReader.feed_data
    async with line() as (reader, writer):
        monkeypatch.setattr(StreamReader, "feed_data", lambda self, data: parsed.append(data) or feed(self, data))
        for data in (frame(b"hello"), bytes((0x89, 0x80)) + bytes(4), frame("نامه".encode() * 100)):
            writer.write(data)
            await reader.readexactly(2)
            await asyncio.sleep(0.01)
    assert parsed == [bytes((0x89, 0x80)) + bytes(4)]  # the ping


@pytest.mark.parametrize(
    ("data", "code"),
    [(frame(b"\xff"), 1007), (b"\x81\xff" + (2**17).to_bytes(8) + bytes(4), 1009), (b"\xc1\x80\0\0\0\0", 1002)],
    ids=["no text", "too big", "nothing of ours"],
)
async def test_what_is_no_frame_ends_the_line(data, code):
    async with line() as (reader, writer):
        writer.write(data)
        ((kind, body),) = await heard(reader, 1)
        assert (kind, int.from_bytes(body[:2])) == (8, code)


async def test_the_last_words_come_before_the_goodbye():
    async with line() as (reader, writer):
        writer.write(frame(b"bye"))
        assert await heard(reader, 2) == [(1, b"farewell"), (8, (4008).to_bytes(2))]


async def test_what_is_taken_keeps_its_order_and_what_would_wait_is_not_taken():
    taken = []

    async def generous(scope, receive, send):
        take = scope["extensions"][TAKES_TEXTS]
        await receive()
        taken.append(take("before the line is open"))
        await send({"type": "websocket.accept"})
        taken.append(take("one"))
        await send({"type": "websocket.send", "text": "two"})
        many = 0
        while take(f"{many:060000}"):  # until the other end, who does not read, is too slow
            many += 1
            await asyncio.sleep(0)
        taken.append(many)
        await send({"type": "websocket.send", "text": "the last"})
        await send({"type": "websocket.close"})

    async with line(generous) as (reader, _writer):
        while len(taken) < 3:
            await asyncio.sleep(0.01)
        early, one, many = taken
        assert (early, one, many > 0) == (False, True, True)
        told = [body.decode() for kind, body in await heard(reader, many + 4) if kind == 1]
        assert told == ["one", "two", *[f"{n:060000}" for n in range(many)], "the last"]


OFFERED = b"Sec-WebSocket-Key: AAA", b"Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Key: AAA"


async def test_who_asks_for_it_is_told_in_fewer_bytes_and_nobody_else():
    text = ('{"t":"c","r":5,"m":{"name":"نیلوفر","parts":[["سلام",""]]}}' * 5).encode()
    low = HANDSHAKE.replace(b"GET / ", b"GET /?low ")
    async with line(handshake=low.replace(*OFFERED), agreed=b"deflate") as (reader, writer):
        inflate = zlib.decompressobj(-15)
        for said in (frame(text), frame(deflated(text), first=0xC1)):
            writer.write(said)
            for _twice in range(2):
                first, size = await reader.readexactly(2)
                assert first == 0xC1
                size = int.from_bytes(await reader.readexactly(2)) if size == 126 else size
                assert size < len(text) / 3
                assert inflate.decompress(await reader.readexactly(size) + b"\0\0\xff\xff") == text
        writer.write(frame(b"bye"))
        assert inflate.decompress((await heard(reader, 1))[0][1] + b"\0\0\xff\xff") == b"farewell"
        assert await heard(reader, 1) == [(8, (4008).to_bytes(2))]
    for plain in (HANDSHAKE.replace(*OFFERED), low):  # not asked for, or not understood
        async with line(handshake=plain) as (reader, writer):
            writer.write(frame(text))
            assert await heard(reader, 2) == [(1, text)] * 2


def deflated(text):
    packer = zlib.compressobj(wbits=-15)
    return (packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
