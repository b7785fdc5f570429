"""Verbs of a programme."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import Institution, User
from accounts.services import record
from core.errors import DomainError
from mentoring.planning.catalogue import Template
from mentoring.planning.models import Coordination, Enrolment, Milestone, Programme
from mentoring.planning.rules import STEPS
from mentoring.planning.signals import coordination_changed, enrolment_changed, programme_closed, programme_created
from notifications.services import notify

MORE_TO_BEGIN_WITH = ("must_have", "kinds", "channels", "conflicts")
"""Optional questions that a new programme asks until its coordinators choose."""
STATUS_STEPS = {
    "open": (Programme.Status.DRAFT, Programme.Status.OPEN),
    "start": (Programme.Status.OPEN, Programme.Status.RUNNING),
    "close": (Programme.Status.RUNNING, Programme.Status.CLOSED),
}


class ProgrammeNotThere(DomainError):
    code = "programme_wrong_state"
    default = _("The programme has already moved on. Please look at the page again.")


class LastCoordinator(DomainError):
    code = "last_coordinator"
    default = _("A programme keeps at least one coordinator. Add another person first.")


@transaction.atomic
def create_programme(
    institution: Institution,
    template: Template,
    *,
    name_en: str,
    name_fa: str,
    starts_on: date,
    by: User,
    at: datetime,
) -> Programme:
    """Begin a programme as a draft from a template, coordinated by whoever made it."""
    asked: dict[str, Any] = {role: list(template.asks(role)) for role in Enrolment.Role.values}
    asked |= {f"more_{role}": list(MORE_TO_BEGIN_WITH) for role in Enrolment.Role.values}
    asked["needs_training"] = {role: bool(template.training(role)) for role in Enrolment.Role.values}
    programme = Programme.objects.create(
        institution=institution,
        slug=_free_slug(name_en or template.slug, starts_on),
        template=template.slug,
        name_en=name_en,
        name_fa=name_fa,
        summary_en=template.summary.en,
        summary_fa=template.summary.fa,
        format=template.format,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(weeks=template.weeks),
        apply_until=starts_on,
        rhythm_days=template.rhythm_days,
        session_minutes=template.session_minutes,
        mentor_capacity=template.mentor_capacity,
        agreement_en=template.agreement.text("en"),
        agreement_fa=template.agreement.text("fa"),
        asked=asked,
        languages=["en", "fa"],
        created_by=by,
    )
    Milestone.objects.bulk_create(
        Milestone(
            programme=programme,
            title_en=stone.title.en,
            title_fa=stone.title.fa,
            due_on=starts_on + timedelta(days=stone.day),
        )
        for stone in template.milestones
    )
    Coordination.objects.create(programme=programme, person=by)
    record("programme.created", by=by, at=at, target=programme, institution_id=institution.pk)
    programme_created.send(Programme, programme=programme, template=template, at=at)
    return programme


def _free_slug(name: str, starts_on: date) -> str:
    wanted = f"{slugify(name)[:60] or 'programme'}-{starts_on.year}"
    taken = set(Programme.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 2) if (slug := wanted if n == 1 else f"{wanted}-{n}") not in taken)


@transaction.atomic
def change_programme(programme: Programme, *, by: User, at: datetime) -> None:
    """Keep what a form has set on the programme."""
    programme.save()
    record("programme.changed", by=by, at=at, target=programme, institution_id=programme.institution_id)


@transaction.atomic
def require_training(programme: Programme, roles: set[str], *, at: datetime) -> None:
    """Say for which roles required modules stand before readiness; training calls it when its list changes."""
    programme.refresh_from_db(fields=["asked"])
    programme.asked = {**programme.asked, "needs_training": {role: role in roles for role in Enrolment.Role.values}}
    programme.save(update_fields=["asked"])


@transaction.atomic
def move_programme(programme: Programme, verb: str, *, by: User, at: datetime) -> None:
    """Open for applications, start, or close. Raises ProgrammeNotThere when that is not the next step."""
    before, after = STATUS_STEPS[verb]
    if not Programme.objects.filter(pk=programme.pk, status=before).update(status=after):
        raise ProgrammeNotThere
    programme.refresh_from_db(fields=["status"])
    record(f"programme.{after}", by=by, at=at, target=programme, institution_id=programme.institution_id)
    if verb == "close":
        _part(programme, at=at)
        programme_closed.send(Programme, programme=programme, at=at)


def _part(programme: Programme, *, at: datetime) -> None:
    """At the end of a programme whoever was ready has completed it, and nobody is left waiting."""
    for step in (STEPS["complete"], STEPS["deactivate"]):
        leaving = list(programme.enrolments.filter(status__in=step.before))
        before = {enrolment.pk: enrolment.status for enrolment in leaving}
        programme.enrolments.filter(pk__in=list(before)).update(status=step.after, status_at=at)
        for enrolment in leaving:
            enrolment.status, enrolment.status_at = step.after, at
            enrolment_changed.send(Enrolment, enrolment=enrolment, before=before[enrolment.pk], by=None, at=at)


@transaction.atomic
def add_coordinator(programme: Programme, person: User, *, by: User, at: datetime) -> None:
    _row, is_new = Coordination.objects.get_or_create(programme=programme, person=person)
    if not is_new:
        return
    record("role.coordinator_granted", by=by, at=at, target=programme, institution_id=programme.institution_id)
    coordination_changed.send(Programme, programme=programme, at=at)
    with override(person.language):
        name = programme.name
    notify(
        "planning.coordinator",
        to=person,
        key=f"planning.coordinator:{_row.pk}",
        at=at,
        url=reverse("programme_people", args=[programme.slug]),
        programme=name,
    )


@transaction.atomic
def remove_coordinator(programme: Programme, person: User, *, by: User, at: datetime) -> None:
    """Raises LastCoordinator."""
    rows = Coordination.objects.select_for_update().filter(programme=programme)
    if {row.person_id for row in rows} == {person.pk}:
        raise LastCoordinator
    rows.filter(person=person).delete()
    record("role.coordinator_revoked", by=by, at=at, target=programme, institution_id=programme.institution_id)
    coordination_changed.send(Programme, programme=programme, at=at)


@transaction.atomic
def add_milestone(
    programme: Programme, *, title: str, language: str, due_on: date, by: User, at: datetime
) -> Milestone:
    titles = {"title_fa": title} if language == "fa" else {"title_en": title}
    milestone = Milestone.objects.create(programme=programme, due_on=due_on, **titles)
    record("programme.changed", by=by, at=at, target=programme, institution_id=programme.institution_id)
    return milestone


@transaction.atomic
def meet_milestone(milestone: Milestone, *, met: bool, by: User, at: datetime) -> None:
    """Tick a milestone as reached, or take the tick back."""
    milestone.met_at, milestone.met_by = (at, by) if met else (None, None)
    milestone.save(update_fields=["met_at", "met_by"])
