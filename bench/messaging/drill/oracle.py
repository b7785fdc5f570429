"""What must be true afterwards, in the database and at every receiver."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from bench.messaging.drill.talker import Talker
from bench.messaging.drill.world import World


@dataclass
class Verdict:
    """`lost`: acknowledged and not kept, or kept elsewhere than acknowledged, or not heard by somebody of the room. `doubled`:
    kept or heard more than once. `gaps`: numbers of a room that nobody has, and what was heard out of order. `told_twice`: more
    than one piece of news or one mail of a conversation for somebody who has not read on."""

    acked: int = 0
    lost: int = 0
    doubled: int = 0
    gaps: int = 0
    told_twice: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.gaps or self.told_twice or self.faults)


def judged(world: World, database: str, talkers: Sequence[Talker], *, told: bool) -> Verdict:
    """`told`: by now everybody must have been told that something was said to them."""
    verdict = Verdict(faults=[fault for talker in talkers for fault in talker.faults][:5])
    kept: dict[int, list[tuple[int, str, int]]] = {}
    rows = "SELECT room_id, seq, cid::text, sender_id FROM messaging_message ORDER BY room_id, seq"
    for room, seq, cid, sender in world.ask(database, rows):
        kept.setdefault(room, []).append((seq, cid, sender))
    heads = dict(world.ask(database, "SELECT id, last_seq FROM messaging_room"))
    changes: dict[int, list[int]] = {}
    for room, seq in world.ask(database, "SELECT room_id, seq FROM messaging_change ORDER BY room_id, seq"):
        changes.setdefault(room, []).append(seq)
    for room, head in heads.items():
        stored = [seq for seq, _cid, _sender in kept.get(room, [])]
        whole = list(range(1, head + 1))
        verdict.gaps += len(set(whole) ^ set(stored)) + len(set(whole) ^ set(changes.get(room, [])))
        names = [(cid, sender) for _seq, cid, sender in kept.get(room, [])]
        verdict.doubled += len(names) - len(set(names))
    for talker in talkers:
        _judge(verdict, talker, kept.get(talker.room, []))
    for table in ("notifications_notification", "notifications_mail"):  # nobody reads on, each is in one room
        news = f"SELECT count(*), count(DISTINCT recipient_id) FROM {table} WHERE kind = 'messaging.message'"
        pieces, people = world.ask(database, news)[0]
        verdict.told_twice += pieces - people
        if told and people < len(talkers):
            verdict.faults.append(f"{len(talkers) - people} people are not in {table}")
    return verdict


def _judge(verdict: Verdict, talker: Talker, kept: list[tuple[int, str, int]]) -> None:
    own: dict[str, list[int]] = {}
    for seq, cid, sender in kept:
        if sender == talker.person["id"]:
            own.setdefault(cid, []).append(seq)
    verdict.acked += len(talker.acked)
    for cid, seq in talker.acked.items():  # 0: acknowledged before anybody could know the number, by a sabotaged one
        verdict.lost += seq not in own[cid] if seq and cid in own else cid not in own
    heard = [seq for seq, _cid in talker.heard]
    verdict.doubled += len(heard) - len(set(heard))
    verdict.lost += len({(seq, cid) for seq, cid, _sender in kept} ^ set(talker.heard))
    verdict.gaps += sum(after < before for before, after in pairwise(heard))


def as_row(verdict: Verdict, **more: Any) -> dict[str, Any]:
    row = {**more, "acked": verdict.acked, "lost": verdict.lost, "doubled": verdict.doubled, "gaps": verdict.gaps}
    for name in ("told_twice", "faults"):
        if found := getattr(verdict, name):
            row[name] = found
    return row
