"""The load, a process of its own: many people at one server. `load.py SPEC`; what it finds are JSON lines on standard output.

Every message is looked after until both people of its room have heard it; what is lost, doubled or out of order is counted.
"""

import asyncio
import json
import random
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any

import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.messaging.dialects import DIALECTS
from bench.messaging.wire import Wire, handshake

BODY = "سلام! I read your draft; the second part is much clearer now. تا فردا؟"
DRAIN_S = 20
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0


def tell(**found: Any) -> None:
    print(json.dumps(found), flush=True)


class Message:
    """One message under way: who said it, when; when it was kept; how often the two people of the room heard it."""

    __slots__ = ("by", "heard", "kept", "reached", "sent")

    def __init__(self, by: "Person", sent: float) -> None:
        self.by, self.sent = by, sent
        self.kept = self.reached = 0.0
        self.heard = {by.number: 0, by.number ^ 1: 0}


class Person:
    """One socket. Numbers 2n and 2n + 1 share a room."""

    def __init__(self, crowd: "Crowd", number: int, known: dict[str, Any]) -> None:
        self.crowd, self.number, self.known = crowd, number, known
        self.speech = crowd.speech
        self.head: int | None = None
        self.wire: Wire | None = None
        self.is_ready: asyncio.Future[None] | None = None
        self.comes_back = False
        self.back_at = 0.0

    async def come(self) -> bool:
        """Connect and wait until the server is ready for us."""
        loop, port = asyncio.get_running_loop(), self.crowd.port
        head = handshake(self.speech.path(self.known), port, self.known["cookie"])
        self.is_ready = loop.create_future()
        wire = Wire(head, self.hear, self.lost)
        try:
            await loop.create_connection(lambda: wire, "127.0.0.1", port)
        except OSError:
            return False
        if await wire.opened != 101:
            return False
        self.wire = wire
        for text in self.speech.opened(self.known, self.head):
            wire.say(text)
        await self.is_ready
        self.back_at = time.perf_counter()
        return self.wire is not None

    async def come_back(self) -> None:
        """As the client of a browser: pauses that double, each anywhere in its upper half."""
        pause = FIRST_PAUSE_S
        await asyncio.sleep(pause * random.uniform(0, 1))
        while not await self.come():
            await asyncio.sleep(pause * random.uniform(0.5, 1))
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def lost(self, code: int) -> None:
        self.wire = None
        if self.is_ready and not self.is_ready.done():
            self.is_ready.set_result(None)
        if self.comes_back:
            self.crowd.spawn(self.come_back())
        else:
            self.crowd.closes[code] = self.crowd.closes.get(code, 0) + 1

    def say(self) -> None:
        cid = f"{self.crowd.prefix}{len(self.crowd.messages):012x}"
        self.crowd.messages[cid] = Message(self, time.perf_counter())
        self.wire.say(self.speech.said(self.known, cid, BODY))

    def hear(self, text: bytes) -> None:
        frame = self.speech.heard(text)
        if frame is None:
            return
        kind, cid, seq = frame
        if kind == "c":
            self.crowd.heard(self, cid, seq)
        elif kind == "ok":
            self.crowd.kept(cid)
        elif kind == "ready":
            if self.head is None:
                self.head = seq
            if not self.is_ready.done():
                self.is_ready.set_result(None)
        elif kind == "ping":
            self.wire.say("3")
        else:
            self.crowd.refused += 1


class Crowd:
    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec, self.port = spec, spec["port"]
        self.speech = DIALECTS[spec["dialect"]]
        known = spec["people"]
        self.people = [Person(self, n, known[n % len(known)]) for n in range(spec["sockets"])]
        self.prefix = f"{random.getrandbits(32):08x}-0000-7000-8000-"
        self.messages: dict[str, Message] = {}
        self.acks = self.disordered = self.refused = 0
        self.closes: dict[int, int] = {}
        self.slots: deque[int] = deque()
        self.closed_loop = False
        self.tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def all_come(self, at_once: int = 40) -> None:
        waiting = iter(self.people)

        async def some() -> None:
            for person in waiting:
                while not await person.come():
                    await asyncio.sleep(0.2)

        await asyncio.gather(*[some() for _ in range(at_once)])

    def all_go(self) -> None:
        for person in self.people:
            person.comes_back = False
            if person.wire:
                person.wire.end()

    def kept(self, cid: str) -> None:
        message = self.messages[cid]
        if not message.kept:
            message.kept = time.perf_counter()
            self.acks += 1
            if self.closed_loop:
                self.next_says(message.by)

    def heard(self, person: Person, cid: str, seq: int) -> None:
        message = self.messages.get(cid)
        if message is None:
            return  # of an earlier round
        if person.head is not None and seq:
            self.disordered += seq != person.head + 1 if self.spec["dialect"] == "ours" else seq <= person.head
        person.head = seq
        message.heard[person.number] += 1
        if person is message.by:
            if self.speech.echoes:
                self.kept(cid)
        elif not message.reached:
            message.reached = time.perf_counter()

    def next_says(self, last: Person) -> None:
        """The place of who was answered is taken by the one who has waited longest."""
        self.slots.append(last.number)
        self.people[self.slots.popleft()].say()

    def verdict(self) -> dict[str, Any]:
        kept = [m for m in self.messages.values() if m.kept]
        return {
            "said": len(self.messages),
            "unanswered": len(self.messages) - len(kept),
            "lost": sum(0 in m.heard.values() for m in kept),
            "doubled": sum(max(m.heard.values()) > 1 for m in kept),
            "disordered": self.disordered,
            "refused": self.refused,
            "closes": self.closes,
        }

    async def drained(self) -> None:
        """Until everything is kept and heard, or nothing more comes."""
        end = time.perf_counter() + DRAIN_S
        while time.perf_counter() < end:
            if all(m.kept and 0 not in m.heard.values() for m in self.messages.values()):
                return
            await asyncio.sleep(0.05)

    def times(self, begin: float, end: float) -> dict[str, float]:
        """From saying to being heard by the other, of what was said in the window."""
        took = sorted(m.reached - m.sent for m in self.messages.values() if begin <= m.sent < end and m.reached)
        if not took:
            return {"p50_ms": float("nan"), "p99_ms": float("nan"), "last_ms": float("nan")}
        pick = lambda share: took[min(len(took) - 1, int(share * len(took)))] * 1000  # noqa: E731
        return {"p50_ms": pick(0.5), "p99_ms": pick(0.99), "last_ms": took[-1] * 1000}


async def window(crowd: Crowd) -> tuple[float, float, int]:
    """Let it warm up, then count; the parent reads the processes at both lines."""
    await asyncio.sleep(crowd.spec["warm"])
    before, begin = crowd.acks, time.perf_counter()
    tell(phase="begin")
    await asyncio.sleep(crowd.spec["seconds"])
    end, acks = time.perf_counter(), crowd.acks - before
    tell(phase="end")
    return begin, end, acks


async def saturated(crowd: Crowd) -> dict[str, Any]:
    """So many messages are always under way."""
    crowd.closed_loop = True
    crowd.slots.extend(person.number for person in crowd.people[crowd.spec["in_flight"] :])
    for person in crowd.people[: crowd.spec["in_flight"]]:
        person.say()
    begin, end, acks = await window(crowd)
    crowd.closed_loop = False
    await crowd.drained()
    return {"msg_per_s": acks / (end - begin), "acks": acks, **crowd.times(begin, end)}


async def steady(crowd: Crowd) -> dict[str, Any]:
    """So many a second, whatever the answers."""
    going = True

    async def speak() -> None:
        rate, begin, said = crowd.spec["rate"], time.perf_counter(), 0
        while going:
            due = int((time.perf_counter() - begin) * rate)
            while said < due:
                crowd.people[said * 7 % len(crowd.people)].say()
                said += 1
            await asyncio.sleep(0.001)

    speaking = asyncio.create_task(speak())
    begin, end, acks = await window(crowd)
    going = False
    await speaking
    await crowd.drained()
    return {"msg_per_s": acks / (end - begin), "acks": acks, **crowd.times(begin, end)}


async def burst(crowd: Crowd) -> dict[str, Any]:
    """Everybody at once."""
    tell(phase="begin")
    begin = time.perf_counter()
    for person in crowd.people:
        person.say()
    await crowd.drained()
    tell(phase="end")
    return {"acks": crowd.acks, **crowd.times(begin, time.perf_counter())}


async def idle(crowd: Crowd) -> dict[str, Any]:
    """Sit there until the parent has looked."""
    await asyncio.sleep(crowd.spec["seconds"])
    tell(phase="end")
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    return {}


async def reconnecting(crowd: Crowd) -> dict[str, Any]:
    """Come and go as fast as the server lets us."""
    await crowd.all_come()  # so that everybody has a last change to go on from
    crowd.all_go()
    await asyncio.sleep(1)
    count, end = 0, time.perf_counter() + crowd.spec["seconds"]
    waiting = deque(crowd.people)

    async def some() -> None:
        nonlocal count
        while time.perf_counter() < end:
            person = waiting.popleft()
            if await person.come():
                count += time.perf_counter() < end
                person.wire.end()
            waiting.append(person)

    tell(phase="begin")
    await asyncio.gather(*[some() for _ in range(50)])
    tell(phase="end")
    return {"reconnects_per_s": count / crowd.spec["seconds"], "acks": count}


async def storm(crowd: Crowd) -> dict[str, Any]:
    """The parent kills the server and starts it again; until everybody is back."""
    for person in crowd.people:
        person.comes_back = True
    tell(phase="kill")
    killed = await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    begin = time.perf_counter() - (time.time() - float(killed))
    while any(person.back_at < begin for person in crowd.people):
        await asyncio.sleep(0.02)
    back = sorted(person.back_at - begin for person in crowd.people)
    return {"first_s": back[0], "median_s": back[len(back) // 2], "back_s": back[-1]}


KINDS = {each.__name__: each for each in (saturated, steady, burst, idle, reconnecting, storm)}


async def main(spec: dict[str, Any]) -> None:
    crowd = Crowd(spec)
    if spec["kind"] != "reconnecting":
        await crowd.all_come()
    tell(phase="there")
    found = await KINDS[spec["kind"]](crowd)
    tell(phase="done", **found, **crowd.verdict())
    crowd.all_go()
    await asyncio.sleep(0.3)


if __name__ == "__main__":
    uvloop.run(main(json.loads(Path(sys.argv[1]).read_text())))
