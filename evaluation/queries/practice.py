"""The practical checklist as the person sees it, on the page of their growth."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from evaluation.facts.practice import TASKS, practised
from evaluation.facts.tables import whether
from mentoring.relationships.models import Relationship

SAID: dict[str, tuple[Promise, str]] = {
    "send": (_("Write a message"), "rooms"),
    "share": (_("Share a file in a conversation"), "rooms"),
    "book": (_("Offer times for a session, or choose one"), "my_sessions"),
    "join": (_("Meet by video, or call each other here"), "my_sessions"),
    "export": (_("Have your sessions in your own calendar"), "calendar_settings"),
}


@dataclass(frozen=True)
class Task:
    text: Promise
    url: str
    done: bool


@dataclass(frozen=True)
class Checklist:
    tasks: tuple[Task, ...]

    @property
    def done(self) -> int:
        return sum(task.done for task in self.tasks)


def checklist_of(person: User, *, at: datetime) -> Checklist | None:
    """What a person in an open relationship has done here and what is left; None for others. One query."""
    mine = Relationship.objects.open().filter(members__person=OuterRef("pk"), members__left_at=None)
    found = User.objects.filter(Exists(mine), pk=person.pk)
    for done in found.values_list(*(whether(each) for each in practised("pk", at).values())):
        given = zip(TASKS, done, strict=True)
        return Checklist(tuple(Task(SAID[name][0], reverse(SAID[name][1]), there) for name, there in given))
    return None
