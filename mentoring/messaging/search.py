"""Finding what was said in one's own conversations: words in any spelling, narrowed by who, where, when and what it brings."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from core.dates import parse_day
from core.text import search_key
from mentoring.messaging.models import Attachment, Message, Room, Topic
from mentoring.messaging.queries import url_of
from mentoring.messaging.words import searchable, spellings

_OPERATORS = {
    "from": ("from", "از"),
    "in": ("in", "در"),
    "has": ("has", "دارد"),
    "before": ("before", "پیش از", "پیش‌از", "قبل از", "قبل‌از"),
}
_KEY_OF = {key: name for name, keys in _OPERATORS.items() for key in keys}
_VALUE = r"\"(?P<{0}1>[^\"]*)\"|«(?P<{0}2>[^»]*)»|(?P<{0}3>\S+)"
_TERM = re.compile(
    rf"(?:(?<!\S)(?P<key>{'|'.join(sorted(_KEY_OF, key=len, reverse=True))}):\s*(?:{_VALUE.format('v')}))|{_VALUE.format('w')}",
    re.IGNORECASE,
)
_ME = {"me", "من"}
_LINK, _FILE = "link", "file"
_BROUGHT = {
    _LINK: ("link", "links", "لینک", "پیوند"),
    _FILE: ("file", "files", "فایل", "پرونده", "پیوست"),
    Attachment.Kind.SOUND: ("voice", "sound", "صدا", "پیام صوتی", "ویس"),
    Attachment.Kind.PICTURE: ("picture", "pictures", "photo", "image", "عکس", "تصویر"),
}
_BROUGHT_BY = {search_key(name): what for what, names in _BROUGHT.items() for name in names}
_EXCERPT, _LEAD = 280, 90
Piece = tuple[str, bool]
"""Words, and whether they are what was looked for."""


@dataclass
class Asked:
    """What somebody looks for, as they wrote it."""

    words: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    before: date | None = None
    has: set[str] = field(default_factory=set)
    """What it brings, a key of `_BROUGHT`."""


@dataclass(frozen=True)
class Found:
    message: Message
    others: list[User]
    pieces: list[Piece]

    @property
    def url(self) -> str:
        """Where it stands: on the newest page of its conversation, or in the middle of an earlier one."""
        return url_of(self.message)


def understood(text: str) -> Asked:
    """`from:Sara has:link before:1405-08-01 "two words" word`, in either language.

    Raises ValidationError for what is no day and for what a message cannot have.
    """
    asked = Asked()
    for match in _TERM.finditer(text):
        told = {name: value for name, value in match.groupdict().items() if value is not None}
        key, value = _KEY_OF.get(told.pop("key", "").lower()), next(iter(told.values())).strip()
        if not search_key(value):
            continue
        if key == "from":
            asked.people.append(value)
        elif key == "in":
            asked.rooms.append(value)
        elif key == "before":
            asked.before = min(_day(value), asked.before or date.max)
        elif key == "has":
            asked.has.add(_brought(value))
        else:
            asked.words.append(value)
    return asked


def _day(value: str) -> date:
    try:
        return parse_day(value)
    except ValueError as error:
        message = _("%(value)s is not a day. Write it like 1405-08-01 or 2026-11-01.")
        raise ValidationError(message, params={"value": value}) from error


def _brought(value: str) -> str:
    try:
        return _BROUGHT_BY[search_key(value)]
    except KeyError as error:
        message = _("has:link, has:file, has:voice and has:picture can be looked for, but not has:%(value)s.")
        raise ValidationError(message, params={"value": value}) from error


def found_by(user: User, asked: Asked) -> QuerySet[Message]:
    """What `user` may read and asked for, the newest first. What was deleted is never found."""
    messages = Message.objects.visible_to(user).filter(deleted_at=None, call=None)  # a call is nobody's words
    for word in asked.words:
        messages = messages.filter(_any("body_norm", spellings(word)))
    if asked.people:
        messages = messages.filter(sender__in=_senders(user, asked.people))
    if asked.rooms:
        there = Q(room__in=_rooms(user, asked.rooms)) | Q(topic__in=_topics(user, asked.rooms))
        messages = messages.filter(there)
    if asked.before:
        midnight = datetime.combine(asked.before, time(), tzinfo=timezone.get_current_timezone())
        messages = messages.filter(created_at__lt=midnight)
    for what in asked.has:
        messages = messages.filter(_brings(what))
    return messages.with_rooms().order_by("-created_at", "-pk")


def shown(messages: Iterable[Message], reader: User, asked: Asked | None = None) -> list[Found]:
    words = asked.words if asked else []
    return [Found(message, message.room.others(reader), excerpt(message.body, words)) for message in messages]


def _brings(what: str) -> Q:
    if what == _LINK:
        return _any("body_norm", ["http://", "https://"])
    files = Attachment.objects.filter(message=OuterRef("pk"), deleted_at=None)
    return Q(Exists(files if what == _FILE else files.filter(kind=what)))


def _any(column: str, texts: Iterable[str]) -> Q:
    wanted = Q()
    for text in texts:
        wanted |= Q(**{f"{column}__contains": text})
    return wanted


def _senders(user: User, names: Sequence[str]) -> list[int]:
    """Whoever is or was in a conversation of `user` and is called so; several names are alternatives."""
    mine = Room.objects.visible_to(user)
    people = User.objects.filter(room_memberships__room__in=mine).distinct()
    found = [person.pk for person in people if any(_called(str(person), name) for name in names)]
    return [*found, user.pk] if _ME & {search_key(name) for name in names} else found


def _rooms(user: User, names: Sequence[str]) -> list[int]:
    """Conversations with somebody who is called so, or of a programme that is; announcements and the office of a programme by
    what they are called, too, in either language."""
    found = []
    for room in Room.objects.visible_to(user).with_people():
        told = [str(person) for person in room.others(user)]
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                told.append(str(room.relationship.programme) if room.relationship else room.label)
        if any(_called(each, name) for each in told for name in names):
            found.append(room.pk)
    return found


def _topics(user: User, names: Sequence[str]) -> list[int]:
    """Topics that are called so."""
    topics = Topic.objects.visible_to(user).exclude(title="")
    return [topic.pk for topic in topics if any(_called(topic.title, name) for name in names)]


def _called(name: str, wanted: str) -> bool:
    return any(spelling in searchable(name) for spelling in spellings(wanted))


def excerpt(body: str, words: Sequence[str]) -> list[Piece]:
    """The text on one line, cut around the first hit when it is long, with the words that were looked for set apart."""
    text = " ".join(unicodedata.normalize("NFC", body).split())
    hits = list(_hits(text, words))
    start = 0
    if len(text) > _EXCERPT and hits and hits[0][0] > _LEAD:
        start = text.find(" ", hits[0][0] - _LEAD, hits[0][0]) + 1 or hits[0][0] - _LEAD
    end = min(len(text), start + _EXCERPT)
    pieces, at = [("…", False)] if start else [], start
    for first, last in hits:
        if at <= first and last <= end:
            pieces += [(text[at:first], False), (text[first:last], True)]
            at = last
    pieces.append((text[at:end] + ("…" if end < len(text) else ""), False))
    return [(piece, hit) for piece, hit in pieces if piece]


def _hits(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """From where to where in `text` the words stand, in whatever spelling."""
    parts = [search_key(word).split() for word in sorted(words, key=len, reverse=True)]
    if not parts:
        return
    folded, places = [], []
    for number, sign in enumerate(text):
        letters = _folded(sign)
        folded.append(letters)
        places += [number] * len(letters)
    places.append(len(text))
    pattern = "|".join(r"\s*".join(map(re.escape, each)) for each in parts)
    for match in re.finditer(pattern, "".join(folded)):
        yield places[match.start()], places[match.end()]


@lru_cache(maxsize=4096)
def _folded(sign: str) -> str:
    """One sign as it is searched; nothing of vowel marks and half-spaces."""
    return " " if sign == " " else search_key(sign)
