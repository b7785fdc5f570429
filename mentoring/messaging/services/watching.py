"""What a programme's rules find in what is said: it is marked for the coordinators, or waits for them."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation

from accounts.services import record
from mentoring.messaging.contacts import has_mail, has_messenger, has_phone, phrases, spelt
from mentoring.messaging.models import Flag, Message, Room, ScheduledMessage, WordRules
from mentoring.messaging.queries import HELD, names_of
from mentoring.messaging.services.attaching import wait_with
from mentoring.messaging.services.wanted import Send
from mentoring.messaging.words import searchable
from notifications.services import notify

Does = WordRules.Does
_FIND = {"phones": has_phone, "mails": has_mail, "messengers": has_messenger}


@dataclass(frozen=True)
class Found:
    rule: str
    holds: bool


class Watch:
    """The rules of one programme, ready to look."""

    def __init__(self, rules: WordRules) -> None:
        self.programme = rules.programme_id
        self.does = {name: getattr(rules, name) for name in WordRules.KINDS}
        self.phrases: re.Pattern[str] | None = phrases(rules.phrases) if rules.phrases_do != Does.ALLOW else None
        self.phrases_do = rules.phrases_do

    @property
    def is_on(self) -> bool:
        return self.phrases is not None or any(does != Does.ALLOW for does in self.does.values())

    def look(self, body: str, names: str = "") -> Found | None:
        """The rule that was met by the words, or by the `names` of the files with them; one that holds before one that marks."""
        said = [body] if names in ("", body) else [body, names]
        met = [Found(rule, does == Does.HOLD) for text in said for rule, does in self._met(text)]
        return next((found for found in met if found.holds), met[0] if met else None)

    def _met(self, said: str) -> Iterator[tuple[str, str]]:
        text = searchable(said)
        for rule, does in self.does.items():
            if does != Does.ALLOW and _FIND[rule](text):
                yield rule, does
        if self.phrases is not None and self.phrases.search(spelt(said)):
            yield "phrases", self.phrases_do


def watches_of(rooms: Collection[int]) -> dict[int, Watch]:
    """By room, where its programme has rules. One query where no programme has any, else two."""
    watches = {rules.programme_id: watch for rules in WordRules.objects.all() if (watch := Watch(rules)).is_on}
    if not watches:
        return {}
    where = Room.objects.filter(pk__in=rooms, relationship__isnull=False)  # the programme's office may be told a number
    of = where.values_list("pk", "relationship__programme")
    return {room: watches[programme] for room, programme in of if programme in watches}


def hold(send: Send, text: str, rule: str, *, at: datetime) -> None:
    """Keep the words, and the files with them, until a coordinator has looked; the same `cid` again is the same."""
    words: dict[str, Any] = {
        "room_id": send.room_id,
        "body": text,
        "reply_to_id": send.reply_to,
        "topic_id": send.topic,
    }
    words |= {"due_at": at, "written_at": at}
    later, is_new = ScheduledMessage.objects.get_or_create(
        person=send.by, cid=send.cid, defaults={**words, "held": rule}
    )
    if is_new:
        wait_with(later, send.files)
        tell_of_held(later, at=at)


def tell_of_held(later: ScheduledMessage, *, at: datetime) -> None:
    """It is noted by which rule something waits. The coordinators hear of it, not who wrote it; at most once in an hour."""
    relationship = later.room.relationship
    if relationship is None:
        return
    programme = relationship.programme
    record("message.held", by=None, at=at, target=later, institution_id=programme.institution_id, reason=later.held)
    for coordinator in programme.coordinators.exclude(pk=later.person_id):
        with translation.override(coordinator.language):
            name = str(programme)
        key = f"held:{programme.pk}:{coordinator.pk}:{at:%Y%m%d%H}"
        url = reverse("safety_desk", args=[programme.slug])
        notify(HELD, to=coordinator, key=key, at=at, url=url, programme=name)


def mark(new: Sequence[Message], watches: Mapping[int, Watch], *, at: datetime) -> None:
    """Write down which of these messages met a rule, in one query; after an edit not again what stands there still."""
    flags = []
    for message in new:
        watch = watches.get(message.room_id)
        if watch and (found := watch.look(message.body, names_of(message.files))):
            flags.append(Flag(programme_id=watch.programme, message=message, rule=found.rule, at=at))
    if flags:
        Flag.objects.bulk_create(flags, ignore_conflicts=True)
