"""`make drill-messaging`: people talk while everything under them is killed at random; then nothing acknowledged may be lost,
nothing doubled, no number missing, in the database and at every receiver.

Then one promise after the other is broken on purpose, and the same judgement must find it. One JSON object per line on
standard output. Everything that is killed is the drill's own: a PostgreSQL cluster, Redis, web processes, a worker.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT))

from bench.messaging.drill.oracle import Verdict, as_row, judged
from bench.messaging.drill.proxy import Proxy
from bench.messaging.drill.talker import Talker
from bench.messaging.drill.world import Stage, World
from tests.ports import free_port

PEOPLE = 60
A_SECOND = 10
"""Messages of a person."""
BETWEEN = 150
"""Messages that are acknowledged between two kills: each hits a platform that works."""
HEAL_S = 90
TELLING = "name IN ('messaging.tell', 'notifications.send_mail')"


def tell(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


class Scene:
    """People talking on a stage, through lines that can be cut."""

    def __init__(
        self, stage: Stage, people: list[dict[str, Any]], *, naive: bool = False, rate: float = A_SECOND
    ) -> None:
        self.stage, self.rate = stage, rate
        self.proxies = [Proxy(port) for port in stage.ports]
        self.doors = [free_port(), free_port()]
        self.people, self.naive = people, naive
        self.talkers: list[Talker] = []
        self.speaking: asyncio.Task[None] | None = None
        self.said = 0
        self.told = False

    async def begin(self) -> None:
        for proxy, door in zip(self.proxies, self.doors, strict=True):
            await proxy.start(door)
        self.talkers = [Talker(p, lambda: random.choice(self.doors), naive=self.naive) for p in self.people]
        await self.until(lambda: all(talker.ready for talker in self.talkers), "everybody is there")
        self.speaking = asyncio.create_task(self.speak())

    async def speak(self) -> None:
        """Everybody has at most three unsaid things in the outbox: who cannot speak does not pile up words."""
        while True:
            for talker in self.talkers:
                if len(talker.outbox) < 3:
                    self.said += 1
                    talker.say(f"سلام، message {self.said}")
            await asyncio.sleep(1 / self.rate)

    @property
    def acked(self) -> int:
        return sum(len(talker.acked) for talker in self.talkers)

    async def until(self, true: Callable[[], bool], what: str, *, patience: float = HEAL_S) -> bool:
        end = time.monotonic() + patience
        while not true():
            if time.monotonic() > end:
                tell(f"waited in vain until {what}")
                return False
            await asyncio.sleep(0.05)
        return True

    async def more(self, many: int) -> None:
        wanted = self.acked + many
        await self.until(lambda: self.acked >= wanted, f"{many} more are acknowledged")

    async def silence(self) -> None:
        """Nobody says anything new; what waits is said."""
        if self.speaking:
            self.speaking.cancel()
            self.speaking = None
        await self.until(lambda: not any(talker.outbox for talker in self.talkers), "everything is said")

    async def complete(self, patience: float) -> None:
        """Until everybody has heard everything, or patience ends."""
        rows = await asyncio.to_thread(self.stage.world.ask, self.stage.name, "SELECT id, last_seq FROM messaging_room")
        heads = dict(rows)
        whole = lambda: all(len(t.heard) >= heads[t.room] for t in self.talkers)  # noqa: E731
        await self.until(whole, "everybody has heard everything", patience=patience)

    async def tell_now(self) -> None:
        """Whoever is to be told later of what they have not read is told now, and their mails leave."""
        self.told = True
        due = f"UPDATE core_job SET due_at = now() WHERE due_at > now() AND {TELLING}"
        open_jobs = f"SELECT count(*) FROM core_job WHERE done_at IS NULL AND failed_at IS NULL AND {TELLING}"
        end = time.monotonic() + HEAL_S
        while time.monotonic() < end:
            await asyncio.to_thread(self.stage.world.ask, self.stage.name, due)
            if not (await asyncio.to_thread(self.stage.world.ask, self.stage.name, open_jobs))[0][0]:
                return
            await asyncio.sleep(0.5)
        tell("waited in vain until everybody is told")

    def end(self) -> None:
        for talker in self.talkers:
            talker.running.cancel()
            talker.leave()
        for proxy in self.proxies:
            proxy.server.close()
            proxy.cut_now()

    # What happens to lines.

    async def hold_and_cut(self) -> None:
        """While nothing can be committed everybody loses the line, and says the same again, perhaps to the other process."""
        held = asyncio.create_task(asyncio.to_thread(self.stage.hold_rooms, 1.2))
        await asyncio.sleep(0.4)
        for proxy in self.proxies:
            proxy.cut_now()
        await held


@asynccontextmanager
async def scene(world: World, people: list[dict[str, Any]], name: str, *, sabotage: str = "", **how: Any) -> Any:
    stage = await asyncio.to_thread(Stage, world, name, sabotage=sabotage)
    here = Scene(stage, people, **how)
    try:
        await here.begin()
        yield here
    finally:
        here.end()
        stage.close()


WEIGHTS = {"kill_web": 13, "kill_backend": 11, "cut": 9, "kill_redis": 6, "kill_postmaster": 4, "stop_web": 3,
           "kill_worker": 2, "hold_and_cut": 2, "drop": 4, "jump_clock": 3, "fill_disk": 2}  # fmt: skip


async def kill(here: Scene, how: str) -> None:
    if how in ("cut", "drop"):
        for proxy in here.proxies:
            getattr(proxy, how)(0.5)
    elif how == "hold_and_cut":
        await here.hold_and_cut()
    else:
        await asyncio.to_thread(getattr(here.stage, how))


async def drill(world: World, people: list[dict[str, Any]], kills: int) -> Verdict:
    """Every way to die at least once, as far as there are so many kills, in an order that nobody knows."""
    weights = {how: weight for how, weight in WEIGHTS.items() if world.mounted or how != "fill_disk"}
    if not world.mounted:
        tell("no disk is filled: that takes root and a small disk of its own")
    ways = list(weights) + random.choices(list(weights), list(weights.values()), k=max(0, kills - len(weights)))
    ways = ways[:kills]
    random.shuffle(ways)
    async with scene(world, people, "drill") as here:
        for number, how in enumerate(ways, 1):
            await here.more(BETWEEN)
            await asyncio.sleep(random.uniform(0, 0.7))
            began = time.monotonic()
            await kill(here, how)
            tell(f"{number}/{kills} {how} ({time.monotonic() - began:.1f} s), {here.acked} acknowledged")
        await here.more(BETWEEN)
        await here.silence()
        await here.complete(HEAL_S)
        await here.tell_now()
        return await asyncio.to_thread(judged, world, "drill", here.talkers, told=here.told)


# The same judgement where a promise is broken.


async def killed_webs(here: Scene) -> None:
    for _n in range(6):
        await here.more(100)
        await asyncio.to_thread(here.stage.kill_web)
    await here.silence()
    await here.complete(5)


async def cut_lines(here: Scene) -> None:
    for _n in range(25):
        await here.more(40)
        for proxy in here.proxies:
            proxy.cut_now()
    await here.silence()
    await here.complete(5)


async def said_twice(here: Scene) -> None:
    """Often enough: only what waits in both processes at once comes twice."""
    for _n in range(12):
        await here.more(50)
        await here.hold_and_cut()
    await here.silence()
    await here.complete(5)


async def redis_away(here: Scene) -> None:
    """One of each room has the last word while Redis is away."""
    await here.more(50)
    await asyncio.to_thread(here.stage.world.kill_redis)
    await here.more(200)
    await here.silence()
    await asyncio.sleep(2)  # until nobody reads what came before
    for talker in here.talkers[::2]:
        talker.say("the last word")
    await here.silence()
    await asyncio.sleep(2)  # whoever tries to tell the others gives up
    await asyncio.to_thread(here.stage.world.start_redis)
    await here.complete(8)


async def power_lost(here: Scene) -> None:
    await here.more(300)
    await asyncio.to_thread(here.stage.kill_postmaster)
    await here.more(50)
    await here.silence()
    await here.complete(5)


async def told_again(here: Scene) -> None:
    """Whoever told it died before that was written down, so that it is told once more."""
    await here.more(100)
    await here.silence()
    await here.complete(5)
    await here.tell_now()
    died = f"UPDATE core_job SET done_at = NULL WHERE {TELLING}"
    await asyncio.to_thread(here.stage.world.ask, here.stage.name, died)
    await here.tell_now()


CONTROLS: dict[str, Callable[[Scene], Awaitable[None]]] = {
    "ack before commit": killed_webs,
    "unique index dropped": said_twice,
    "resume before join": cut_lines,
    "no resync after Redis": redis_away,
    "synchronous_commit off": power_lost,
    "news without a key": told_again,
}
NAIVE = ("resume before join", "no resync after Redis")
"""Where a client that asks for what is missing would mend what the server broke."""


async def control(world: World, people: list[dict[str, Any]], name: str, *, broken: bool) -> Verdict:
    """The scene of a promise, with the promise `broken` or kept."""
    database = f"{name} {'broken' if broken else 'kept'}"
    lazy = broken and name == "synchronous_commit off"
    if lazy:
        world.settings = {"synchronous_commit": "off", "wal_writer_delay": "10s"}
        await asyncio.to_thread(lambda: (world.kill_postgres(), world.start_postgres()))
    in_code = broken and name in ("ack before commit", "news without a key", *NAIVE)
    try:
        async with scene(world, people, database, sabotage=name if in_code else "", naive=name in NAIVE) as here:
            if broken and name == "unique index dropped":
                drop = "ALTER TABLE messaging_message DROP CONSTRAINT message_cid_once_per_sender"
                await asyncio.to_thread(world.ask, database, drop)
            await CONTROLS[name](here)
            return await asyncio.to_thread(judged, world, database, here.talkers, told=here.told)
    finally:
        if lazy:
            world.settings = {}
            await asyncio.to_thread(lambda: (world.kill_postgres(), world.start_postgres()))


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, help="the same order of kills again")
    parser.add_argument("--no-controls", action="store_true")
    parser.add_argument("--only", help="only this control")
    asked = parser.parse_args()
    random.seed(asked.seed)
    good = True
    with tempfile.TemporaryDirectory() as folder:
        world = await asyncio.to_thread(World, Path(folder))
        try:
            people = await asyncio.to_thread(world.plant, PEOPLE)
            if not asked.only:
                verdict = await drill(world, people, asked.kills)
                good = verdict.clean
                print(json.dumps(as_row(verdict, kills=asked.kills)), flush=True)
            for name in [] if asked.no_controls else CONTROLS:
                if asked.only in (None, name):
                    for broken in (True, False):
                        verdict = await control(world, people, name, broken=broken)
                        right = verdict.clean is not broken
                        good = good and right
                        promise = "broken" if broken else "kept"
                        print(
                            json.dumps(as_row(verdict, control=name, promise=promise, found=not verdict.clean)),
                            flush=True,
                        )
        finally:
            await asyncio.to_thread(world.close)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
