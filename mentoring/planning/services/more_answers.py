"""Verbs about the optional answers, and about what coordinators must know before they match.

What only coordinators may know is recorded without the institution, so that its administrators do not read of it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from mentoring.planning.models import Conflict, Enrolment, GroupLabel, MoreAnswers, UnderReview

KEPT = ("language_levels", "kinds", "interests", "style", "channels", "forms", "unit", "gender", "wants_gender")


class OneselfNamed(DomainError):
    code = "conflict_with_oneself"
    default = _("This is the person's own address. Name somebody else.")


class NoSuchAnswer(DomainError):
    code = "no_such_answer"
    default = _("“%(answer)s” is not an answer to “%(question)s”. The programme knows: %(answers)s.")


@transaction.atomic
def add_answers(enrolment: Enrolment, said: Mapping[str, Any], *, at: datetime) -> None:
    """Keep optional answers; keys that are missing stay as they were. A wish about gender goes into the audit trail.

    Keys: fields of MoreAnswers; `conflicts` as [(address, kind)], the person's own list; `groups` as {question: answer}.
    """
    changed = {name: said[name] for name in KEPT if name in said}
    if changed:
        before = MoreAnswers.objects.filter(enrolment=enrolment).values_list("wants_gender", flat=True).first() or ""
        MoreAnswers.objects.update_or_create(enrolment=enrolment, defaults=changed)
        if changed.get("wants_gender", before) != before:
            _record("planning.gender_wish", enrolment, by=enrolment.person, at=at)
    if "conflicts" in said:
        _set_conflicts(enrolment, said["conflicts"], by=enrolment.person, at=at)
    for question, answer in said.get("groups", {}).items():
        if answer:
            GroupLabel.objects.update_or_create(enrolment=enrolment, group=question, defaults={"label": answer})
        else:
            GroupLabel.objects.filter(enrolment=enrolment, group=question).delete()


@transaction.atomic
def name_groups(enrolment: Enrolment, groups: Mapping[str, str], *, at: datetime) -> None:
    """Say for somebody to which named groups they belong: {question: answer}. Raises NoSuchAnswer."""
    asked = enrolment.programme.group_questions
    for question, answer in groups.items():
        if answer and answer not in asked.get(question, [answer]):
            raise NoSuchAnswer(
                NoSuchAnswer.default % {"answer": answer, "question": question, "answers": "; ".join(asked[question])}
            )
    add_answers(enrolment, {"groups": groups}, at=at)


def _set_conflicts(enrolment: Enrolment, named: Iterable[tuple[str, str]], *, by: User, at: datetime) -> None:
    """Replace what this person named; what a coordinator named stays."""
    enrolment.conflicts.filter(by=by).delete()
    others = set(enrolment.conflicts.values_list("email", "kind"))
    wanted = {(email.lower(), str(kind)) for email, kind in named} - others
    Conflict.objects.bulk_create(
        Conflict(enrolment=enrolment, email=email, kind=kind, by=by, created_at=at)
        for email, kind in sorted(wanted)
        if email != enrolment.person.email.lower()
    )


@transaction.atomic
def name_conflict(enrolment: Enrolment, email: str, kind: str, *, by: User, at: datetime) -> None:
    """A coordinator knows of somebody too close. Raises OneselfNamed."""
    if email.lower() == enrolment.person.email.lower():
        raise OneselfNamed
    Conflict.objects.get_or_create(
        enrolment=enrolment, email=email.lower(), kind=kind, defaults={"by": by, "created_at": at}
    )
    record("planning.conflict_named", by=by, at=at, target=enrolment)


@transaction.atomic
def drop_conflict(enrolment: Enrolment, pk: int, *, by: User, at: datetime) -> None:
    """Take an entry off the list; none such changes nothing."""
    if enrolment.conflicts.filter(pk=pk).delete()[0]:
        record("planning.conflict_dropped", by=by, at=at, target=enrolment)


@transaction.atomic
def clear(enrolment: Enrolment, *, by: User, at: datetime) -> None:
    """A coordinator has seen what must be seen before this person meets anybody."""
    if Enrolment.objects.filter(pk=enrolment.pk, cleared_at=None).update(cleared_at=at):
        _record("planning.cleared", enrolment, by=by, at=at)


@transaction.atomic
def take_back_clearance(enrolment: Enrolment, *, by: User, at: datetime) -> None:
    if Enrolment.objects.filter(pk=enrolment.pk, cleared_at__isnull=False).update(cleared_at=None):
        _record("planning.clearance_taken_back", enrolment, by=by, at=at)


@transaction.atomic
def hold_back(enrolment: Enrolment, *, by: User, at: datetime) -> None:
    """Match nobody with this person while a concern is looked into, in whichever role; they are not told."""
    _review, is_new = UnderReview.objects.get_or_create(enrolment=enrolment, defaults={"by": by, "since_at": at})
    if is_new:
        record("planning.held_back", by=by, at=at, target=enrolment)


@transaction.atomic
def let_go(enrolment: Enrolment, *, by: User, at: datetime) -> None:
    """The concern is settled."""
    reviews = UnderReview.objects.filter(
        enrolment__person=enrolment.person_id, enrolment__programme=enrolment.programme_id
    )
    if reviews.delete()[0]:
        record("planning.let_go", by=by, at=at, target=enrolment)


def _record(action: str, enrolment: Enrolment, *, by: User, at: datetime) -> None:
    record(action, by=by, at=at, target=enrolment, institution_id=enrolment.programme.institution_id)
