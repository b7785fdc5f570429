"""What wears a server out slowly: people who come and go for hours, and people who read too slowly.

`strain.py --connections 20000`: memory of a web process per 10,000 connections that came and went. `strain.py --slow 6`: how
much the others wait where some read one piece a second of what is said to them, beside rounds where these read, too; six
rounds of each, one after the other. One JSON object per line.
"""

import argparse
import asyncio
import json
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT))

from bench.messaging.drill.world import Stage, World
from bench.messaging.wire import Wire, handshake

PEOPLE, SLOW_PAIRS, AT_ONCE = 60, 4, 40
LONG, LONG_ONES = "سلام " * 1500, 8
"""As much as fills what the kernel holds for a reader, and then what the server does."""
SLOW_BUFFER = 4096


class Guest:
    """One who comes, says hello, and hears frames."""

    def __init__(self, person: dict[str, Any], port: int) -> None:
        self.person, self.port, self.room = person, port, person["room"]
        self.sent: dict[str, float] = {}
        self.partner: Guest | None = None
        self.took: list[float] = []
        self.slow = False
        self.close_code = 0

    async def come(self) -> None:
        loop = asyncio.get_running_loop()
        self.ready, self.gone = loop.create_future(), loop.create_future()
        line = socket.socket()
        if self.slow:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_BUFFER)
        line.setblocking(False)
        await loop.sock_connect(line, ("127.0.0.1", self.port))
        head = handshake("/ws/talk", self.port, self.person["cookie"])
        self.wire = Wire(head, self.hear, self.lost)
        await loop.create_connection(lambda: self.wire, sock=line)
        if await self.wire.opened != 101:
            raise RuntimeError("refused")
        self.wire.say(json.dumps({"t": "hello", "v": 1, "rooms": {str(self.room): 2**62}}))
        await self.ready

    def lost(self, code: int) -> None:
        self.close_code = code
        self.gone.set_result(code)

    def hear(self, text: bytes) -> None:
        frame = json.loads(text)
        if frame["t"] == "ready" and not self.ready.done():
            self.ready.set_result(None)
        elif frame["t"] == "c" and self.partner and (since := self.partner.sent.pop(frame["m"]["cid"], None)):
            self.took.append(time.perf_counter() - since)

    def say(self, body: str) -> None:
        cid = str(uuid4())
        self.sent[cid] = time.perf_counter()
        self.wire.say(json.dumps({"t": "m", "cid": cid, "r": self.room, "b": body}, ensure_ascii=False))

    async def read_slowly(self) -> None:
        while not self.gone.done():
            self.wire.transport.pause_reading()
            await asyncio.sleep(1)
            self.wire.transport.resume_reading()
            await asyncio.sleep(0)

    async def leave(self) -> None:
        self.wire.end()
        await self.gone


def memory_mb(stage: Stage) -> float:
    rollup = Path(f"/proc/{stage.webs[0].pid}/smaps_rollup").read_text()
    return int(rollup.split("\nPss:", 1)[1].split()[0]) / 1024


async def soak(stage: Stage, people: Sequence[dict[str, Any]], connections: int) -> dict[str, Any]:
    """The first tenth only warms up; the slope is that of the rest, by least squares."""
    left, points = iter(range(connections)), list[tuple[int, float]]()

    async def some() -> None:
        for number in left:
            guest = Guest(people[number % len(people)], stage.ports[0])
            await guest.come()
            await guest.leave()
            if number % (connections // 20) == 0:
                points.append((number, memory_mb(stage)))

    began = time.monotonic()
    await asyncio.gather(*[some() for _ in range(AT_ONCE)])
    warm = [(number, mb) for number, mb in points if number >= connections / 10]
    slope = statistics.linear_regression(*zip(*warm, strict=True)).slope
    return {
        "connections": connections,
        "mb_per_10k": round(slope * 10_000, 2),
        "from_mb": round(warm[0][1], 1),
        "to_mb": round(warm[-1][1], 1),
        "per_s": round(connections / (time.monotonic() - began)),
    }


async def p99_of_others(stage: Stage, people: Sequence[dict[str, Any]], *, slow: bool) -> tuple[float, int]:
    """In seconds, and how many of the slow were closed as too slow."""
    guests = [Guest(person, stage.ports[0]) for person in people]
    for one, other in zip(guests[::2], guests[1::2], strict=True):
        one.partner, other.partner = other, one
    talking, flooded = guests[2 * SLOW_PAIRS :], guests[: 2 * SLOW_PAIRS : 2]
    for guest in flooded:
        guest.slow = slow
    for guest in guests:
        await guest.come()
    reading = [asyncio.create_task(guest.read_slowly()) for guest in flooded if slow]
    end = time.monotonic() + 10
    while time.monotonic() < end:
        for guest in talking:
            guest.say("How are you?")
        for guest in flooded:
            if guest.partner and not guest.partner.gone.done():
                for _one in range(LONG_ONES):
                    guest.partner.say(LONG)
        await asyncio.sleep(0.25)
    await asyncio.sleep(1)
    for task in reading:
        task.cancel()
    for guest in flooded:  # how it ended stands behind all that was not read yet
        guest.wire.transport.resume_reading()
    await asyncio.wait([guest.gone for guest in flooded], timeout=5 if slow else 0)
    closed = sum(guest.close_code == 4008 for guest in flooded)
    for guest in guests:
        if not guest.gone.done():
            guest.wire.transport.abort()
    took = sorted(each for guest in talking for each in guest.took)
    return took[int(0.99 * len(took))], closed


async def slow_readers(stage: Stage, people: Sequence[dict[str, Any]], rounds: int) -> dict[str, Any]:
    """The middle of the ratios of neighbouring rounds."""
    quick, slow, closed = list[float](), list[float](), 0
    for _round in range(rounds):
        quick.append((await p99_of_others(stage, people, slow=False))[0])
        found, more = await p99_of_others(stage, people, slow=True)
        slow.append(found)
        closed += more
    ratios = [a / b for a, b in zip(slow, quick, strict=True)]
    return {
        "slow_readers": SLOW_PAIRS,
        "rounds": rounds,
        "p99_ms_without": round(statistics.median(quick) * 1000, 1),
        "p99_ms_with": round(statistics.median(slow) * 1000, 1),
        "ratio": round(statistics.median(ratios), 2),
        "closed": closed,
    }


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=0)
    parser.add_argument("--slow", type=int, default=0, metavar="ROUNDS")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = await asyncio.to_thread(World, Path(folder))
        try:
            people = await asyncio.to_thread(world.plant, PEOPLE)
            stage = await asyncio.to_thread(Stage, world, "strain")
            try:
                if asked.connections:
                    print(json.dumps(await soak(stage, people, asked.connections)), flush=True)
                if asked.slow:
                    print(json.dumps(await slow_readers(stage, people, asked.slow)), flush=True)
            finally:
                stage.close()
        finally:
            await asyncio.to_thread(world.close)


if __name__ == "__main__":
    asyncio.run(main())
