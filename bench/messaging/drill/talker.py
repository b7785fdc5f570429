"""A person at a browser, as talk-line.js and talk-outbox.js behave: an outbox in order, resume from the last change, every
change once. What a naive one leaves out are the second nets: it never asks for what is missing."""

import asyncio
import json
import random
import urllib.request
from collections import deque
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from bench.messaging.wire import Wire, handshake

ANSWER_S = 3.0
PATIENCE_S = 0.3
PAUSES_S = (0.1, 0.2, 0.4, 0.8, 1.5)


class Talker:
    def __init__(self, person: dict[str, Any], doors: Callable[[], int], *, naive: bool = False) -> None:
        self.person, self.room, self.doors, self.naive = person, person["room"], doors, naive
        self.head = 0
        self.heard: list[tuple[int, str]] = []
        self.early: dict[int, str] = {}
        self.outbox: deque[tuple[str, str]] = deque()
        self.acked: dict[str, int] = {}
        self.faults: list[str] = []
        self.in_flight = ""
        self.wire: Wire | None = None
        self.ready = False
        self.gone = asyncio.Event()
        self.tries = 0
        self.door = 0
        self.running = asyncio.create_task(self.run())
        self.patience: asyncio.TimerHandle | None = None
        self.answer: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self.door = self.doors()
            self.gone.clear()
            wire = Wire(
                handshake("/ws/talk", self.door, self.person["cookie"]), self.hear, lambda _code: self.gone.set()
            )
            try:
                await loop.create_connection(lambda wire=wire: wire, "127.0.0.1", self.door)
                async with asyncio.timeout(8):
                    opened = await wire.opened == 101
            except (OSError, TimeoutError):
                opened = False
            if opened:
                self.wire = wire
                wire.say(json.dumps({"t": "hello", "v": 1, "rooms": {str(self.room): self.head}}))
                await self.gone.wait()
            elif wire.opened.done() and hasattr(wire, "transport"):
                wire.transport.abort()
            self.lost()
            await asyncio.sleep(random.uniform(0.5, 1) * PAUSES_S[min(self.tries, len(PAUSES_S) - 1)])
            self.tries += 1

    def lost(self) -> None:
        self.wire, self.ready, self.in_flight = None, False, ""
        for timer in (self.patience, self.answer):
            if timer:
                timer.cancel()
        self.early.clear()

    def leave(self) -> None:
        """Give the line up; the next try may go through another door."""
        if self.wire:
            self.wire.transport.abort()

    # Saying.

    def say(self, text: str) -> None:
        self.outbox.append((str(uuid4()), text))
        self.flush()

    def flush(self) -> None:
        if self.ready and self.wire and self.outbox and not self.in_flight:
            cid, text = self.outbox[0]
            self.in_flight = cid
            self.wire.say(json.dumps({"t": "m", "cid": cid, "r": self.room, "b": text}))
            self.answer = asyncio.get_running_loop().call_later(ANSWER_S, self.leave)

    # Hearing.

    def hear(self, text: bytes) -> None:
        frame = json.loads(text)
        handler = getattr(self, f"on_{frame['t']}", None)
        if handler:
            handler(frame)

    def on_ready(self, _frame: dict[str, Any]) -> None:
        self.ready, self.tries = True, 0
        self.flush()

    def on_ok(self, frame: dict[str, Any]) -> None:
        if self.answer:
            self.answer.cancel()
        self.acked[frame["cid"]] = frame["s"]
        if self.outbox and self.outbox[0][0] == frame["cid"]:
            self.outbox.popleft()
        self.in_flight = ""
        self.flush()

    def on_no(self, frame: dict[str, Any]) -> None:
        if self.answer:
            self.answer.cancel()
        if frame["code"] != "busy":
            self.faults.append(json.dumps(frame))
            return
        self.in_flight = ""
        asyncio.get_running_loop().call_later(frame["retry_ms"] / 1000, self.flush)

    def on_c(self, frame: dict[str, Any]) -> None:
        seq, cid = frame["s"], frame["m"]["cid"]
        if self.naive:
            self.head = max(self.head, seq)
            self.heard.append((seq, cid))
            return
        if seq <= self.head:
            return
        self.early[seq] = cid
        while self.head + 1 in self.early:
            self.head += 1
            self.heard.append((self.head, self.early.pop(self.head)))
        if self.patience:
            self.patience.cancel()
        if self.early:
            self.patience = asyncio.get_running_loop().call_later(PATIENCE_S, self.ask)

    def on_hb(self, frame: dict[str, Any]) -> None:
        if not self.naive and frame["heads"].get(str(self.room), 0) > self.head:
            self.ask()

    def on_gap(self, frame: dict[str, Any]) -> None:
        if frame["head"] < self.head:
            self.faults.append(f"room {self.room} went back from {self.head} to {frame['head']}")
        else:
            self.fetching = asyncio.create_task(self.fetch())

    def ask(self) -> None:
        if self.wire:
            self.wire.say(json.dumps({"t": "get", "r": self.room, "from": self.head + 1}))

    async def fetch(self) -> None:
        """What was missed, by plain pages."""
        more, door = True, self.door
        while more:
            url = f"http://127.0.0.1:{door}/rooms/{self.room}/changes?after={self.head}"
            request = urllib.request.Request(
                url, headers={"Cookie": f"sessionid={self.person['cookie']}", "Accept": "application/json"}
            )
            page = json.loads(await asyncio.to_thread(lambda request=request: urllib.request.urlopen(request).read()))
            for frame in page["changes"]:
                self.on_c(frame)
            more = page["more"]
