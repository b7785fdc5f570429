"""Who the reader is to the platform, in one query: the roles they hold and what waits unread."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Belonging, User
from mentoring.messaging.models import Message
from mentoring.planning.models import Coordination, Enrolment, Programme
from notifications.models import Notification

MENTEE, MENTOR, COORDINATOR, ADMINISTRATOR = "mentee", "mentor", "coordinator", "administrator"
LABELS = {
    COORDINATOR: _("Coordinator"),
    MENTOR: _("Mentor"),
    MENTEE: _("Mentee"),
    ADMINISTRATOR: _("Institution"),
}
GONE = (Enrolment.Status.REJECTED, Enrolment.Status.SUSPENDED, Enrolment.Status.DEACTIVATED)


@dataclass(frozen=True)
class Role:
    key: str
    label: str | Promise
    current: bool


@dataclass(frozen=True)
class Standing:
    """What the shell of every page says about its reader."""

    roles: list[Role]
    unread_messages: int
    unread_news: int

    @property
    def role(self) -> Role | None:
        return next((role for role in self.roles if role.current), None)


def standing_of(user: User) -> Standing:
    """The reader's roles and unread counts. One query, asked once per request."""
    known = getattr(user, "_standing", None)
    if known is None:
        known = user._standing = _ask(user)  # type: ignore[attr-defined]
    return known


def _ask(user: User) -> Standing:
    held = _held().get(pk=user.pk)
    keys = [key for key in LABELS if held[f"is_{key}"]]
    current = user.role if user.role in keys else (keys[0] if keys else "")
    return Standing(
        roles=[Role(key, LABELS[key], key == current) for key in keys],
        unread_messages=held["messages_waiting"],
        unread_news=held["news_waiting"],
    )


@cache
def _held() -> QuerySet[Any, Any]:
    """The question, put together once: to do so takes five times as long as to put it into SQL, and every page asks it."""
    enrolled = Enrolment.objects.filter(person=OuterRef("pk")).exclude(status__in=GONE)
    leads = Belonging.objects.filter(person=OuterRef("pk"), role=Belonging.Role.ADMINISTRATOR)
    wanted = {
        "is_coordinator": Exists(Coordination.objects.filter(person=OuterRef("pk"))),
        "is_mentor": Exists(enrolled.filter(role=Enrolment.Role.MENTOR)),
        "is_mentee": Exists(enrolled.filter(role=Enrolment.Role.MENTEE)),
        "is_administrator": Exists(leads),
        "messages_waiting": Coalesce(Subquery(_unread_messages()), 0),
        "news_waiting": Coalesce(Subquery(_unread_news()), 0),
    }
    asked: QuerySet[Any, Any] = User.objects.values(**wanted)
    return asked


def _unread_messages() -> QuerySet[Any, Any]:
    waiting = Message.objects.filter(
        room__members__person=OuterRef("pk"),
        room__members__left_at=None,
        seq__gt=Coalesce("room__members__unread_after", "room__members__last_read_seq"),
        deleted_at=None,
    ).exclude(sender=OuterRef("pk"))
    return waiting.order_by().values("room__members__person").annotate(n=Count("pk")).values("n")


def _unread_news() -> QuerySet[Any, Any]:
    waiting = Notification.objects.filter(recipient=OuterRef("pk")).unread()
    counted: QuerySet[Any, Any] = waiting.order_by().values("recipient").annotate(n=Count("pk")).values("n")
    return counted


def programme_at_hand(user: User, slug: str | None) -> Programme | None:
    """The programme a coordinator works on: the one asked for, else a running one, else the newest of theirs."""
    running = Case(When(status=Programme.Status.RUNNING, then=0), default=1)
    mine = Programme.objects.coordinated_by(user).order_by(running, "-starts_on", "pk")
    asked: Programme | None = mine.filter(slug=slug).first() if slug else None
    return asked or mine.first()
