"""The import itself: rows become people, in chunks that each stand or fall together."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Belonging, User
from accounts.services import record
from core.errors import DomainError
from core.jobs import cancel, enqueue, report_progress
from core.models import Job
from mentoring.planning.models import Enrolment, EnrolmentConcept, GroupLabel, ImportRow, PeopleImport
from mentoring.planning.people_rows import MOST_PLACES
from mentoring.planning.services.answers import set_concepts
from mentoring.planning.services.imports import PLAIN, AlreadyImporting, Present, differences, present_of
from mentoring.planning.services.invitations import send_invitation
from mentoring.planning.services.more_answers import add_answers
from mentoring.planning.services.places import set_capacity
from mentoring.planning.signals import enrolment_changed
from notifications.services import notify

CHUNK = 200
Outcome, Status = ImportRow.Outcome, PeopleImport.Status


class NothingToImport(DomainError):
    code = "nothing_to_import"
    default = _("There is nothing to import in this file: no row is new or changed.")


class LinesErased(DomainError):
    code = "lines_erased"
    status = 410
    default = _("The lines of this file were erased when its time was over. Please send the file anew.")


@transaction.atomic
def start_import(people_import: PeopleImport, *, by: User | None, at: datetime, as_job: bool = True) -> None:
    """Let it begin, as a job or in the caller's own process. A stopped import goes on where it was.

    Raises LinesErased, NothingToImport, AlreadyImporting.
    """
    if people_import.emptied_at is not None:
        raise LinesErased
    if not people_import.rows.filter(outcome__in=[Outcome.NEW, Outcome.CHANGED]).exists():
        raise NothingToImport
    startable = Q(status__in=[Status.CHECKED, Status.CANCELLED])
    if Job.objects.filter(key=people_import.job_key).exclude(failed_at=None).exists():
        startable |= Q(status=Status.RUNNING)
    key = f"import:{people_import.pk}:{at.isoformat()}"
    rows = PeopleImport.objects.filter(startable, pk=people_import.pk, job_key=people_import.job_key, emptied_at=None)
    if not rows.update(status=Status.RUNNING, job_key=key):
        raise AlreadyImporting
    people_import.refresh_from_db(fields=["status", "job_key"])
    institution_id = people_import.programme.institution_id
    record("import.started", by=by, at=at, target=people_import, institution_id=institution_id)
    if as_job:
        enqueue("planning.run_import", key=key, import_id=people_import.pk)


@transaction.atomic
def cancel_import(people_import: PeopleImport, *, by: User, at: datetime) -> None:
    """Ask the job to stop after the rows it is at; what was imported stays."""
    if cancel(people_import.job_key, at=at):
        institution_id = people_import.programme.institution_id
        record("import.cancelled", by=by, at=at, target=people_import, institution_id=institution_id)


def run_import(
    people_import: PeopleImport, *, at: datetime, tell: Callable[[int, int], None] = report_progress
) -> dict[str, int]:
    """Import the rows that are still to do, in chunks that each stand or fall together. `tell` hears (done, total).

    A row is marked done in the transaction that imports it, so a second run after a crash goes on with the rest.
    """
    to_do = people_import.rows.filter(outcome__in=[Outcome.NEW, Outcome.CHANGED]).order_by("line")
    done = people_import.rows.filter(outcome=Outcome.DONE).count()
    total = done + to_do.count()
    tell(done, total)
    while chunk := list(to_do[:CHUNK]):
        with transaction.atomic():
            _import_chunk(people_import, chunk, at)
        done += len(chunk)
        tell(done, total)
    _finish(people_import, at=at)
    return {"imported": done, "bad": people_import.rows.filter(outcome=Outcome.BAD).count()}


@transaction.atomic
def _finish(people_import: PeopleImport, *, at: datetime) -> None:
    finished = PeopleImport.objects.filter(pk=people_import.pk, status=Status.RUNNING)
    if not finished.update(status=Status.DONE, finished_at=at):
        return
    starter = people_import.created_by
    institution_id = people_import.programme.institution_id
    record("import.finished", by=starter, at=at, target=people_import, institution_id=institution_id)
    if starter is not None:
        notify(
            "planning.import_finished",
            to=starter,
            key=f"planning.import_finished:{people_import.pk}",
            at=at,
            url=reverse("import_run", args=[people_import.pk]),
            file=people_import.file_name,
            imported=people_import.rows.filter(outcome=Outcome.DONE).count(),
            bad=people_import.rows.filter(outcome=Outcome.BAD).count(),
        )


@transaction.atomic
def stop_import(people_import: PeopleImport) -> None:
    PeopleImport.objects.filter(pk=people_import.pk, status=Status.RUNNING).update(status=Status.CANCELLED)


def _import_chunk(people_import: PeopleImport, rows: list[ImportRow], at: datetime) -> None:
    present = present_of(people_import, [row.values for row in rows])
    _make_people(people_import, rows, present)
    made = _make_enrolments(people_import, rows, present, at)
    for row in rows:
        enrolment = present.enrolments[present.people[row.values["email"]].pk]
        if enrolment.pk not in made:
            _update(enrolment, row.values, at=at)
        row.enrolment, row.outcome = enrolment, Outcome.DONE
    ImportRow.objects.bulk_update(rows, ["enrolment", "outcome"])
    for enrolment in made.values():
        enrolment_changed.send(Enrolment, enrolment=enrolment, before="", by=people_import.created_by, at=at)
        if people_import.options["mails"]:
            send_invitation(enrolment, by=people_import.created_by, at=at)


def _make_people(people_import: PeopleImport, rows: Sequence[ImportRow], present: Present) -> None:
    """Accounts without a password for addresses that have none, like the house where the file does not say."""
    here = people_import.programme.institution
    new = [
        User(
            email=row.values["email"],
            name=row.values["name"],
            language=row.values.get("language", here.language),
            calendar=here.calendar,
            time_zone=row.values.get("time_zone", here.time_zone),
            password=make_password(None),
        )
        for row in rows
        if row.values["email"] not in present.people
    ]
    User.objects.bulk_create(new)
    ready = people_import.options["ready"]
    if ready:
        external = {row.values["email"]: row.values.get("external_id", "") for row in rows}
        Belonging.objects.bulk_create(
            Belonging(institution=here, person=person, external_id=external[person.email]) for person in new
        )
        present.belonging.update(person.pk for person in new)
    present.people.update((person.email, person) for person in new)


def _make_enrolments(
    people_import: PeopleImport, rows: Sequence[ImportRow], present: Present, at: datetime
) -> dict[int, Enrolment]:
    new = []
    for row in rows:
        person = present.people[row.values["email"]]
        if person.pk not in present.enrolments:
            new.append(_new_enrolment(people_import, person, row.values, person.pk in present.belonging, at))
    Enrolment.objects.bulk_create(new)
    present.enrolments.update((enrolment.person_id, enrolment) for enrolment in new)
    kind = (
        EnrolmentConcept.Kind.OFFERED if people_import.role == Enrolment.Role.MENTOR else EnrolmentConcept.Kind.WANTED
    )
    by_email = {row.values["email"]: row.values for row in rows}
    EnrolmentConcept.objects.bulk_create(
        EnrolmentConcept(enrolment=enrolment, concept=slug, kind=kind)
        for enrolment in new
        for slug in by_email[enrolment.person.email].get("concepts", [])
    )
    GroupLabel.objects.bulk_create(
        GroupLabel(enrolment=enrolment, group=question, label=answer)
        for enrolment in new
        for question, answer in by_email[enrolment.person.email].get("groups", {}).items()
    )
    return {enrolment.pk: enrolment for enrolment in new}


def _new_enrolment(
    people_import: PeopleImport, person: User, values: Mapping[str, Any], is_ours: bool, at: datetime
) -> Enrolment:
    """Somebody who has an account elsewhere is asked first, whatever the file says."""
    programme = people_import.programme
    is_mentor = people_import.role == Enrolment.Role.MENTOR
    places = values.get("capacity", min(programme.mentor_capacity, MOST_PLACES) if is_mentor else 1)
    enrolment = Enrolment(
        programme=programme,
        person=person,
        role=people_import.role,
        status=Enrolment.Status.INVITED,
        status_at=at,
        capacity=places,
        free_places=places,
        **{name: values[name] for name in PLAIN if name in values},
    )
    if "languages" not in values:
        enrolment.languages = [person.language]
    if people_import.options["ready"] and is_ours:
        enrolment.status = Enrolment.Status.READY
        enrolment.applied_at = enrolment.decided_at = enrolment.ready_at = at
        enrolment.decided_by = people_import.created_by
    return enrolment


def _update(enrolment: Enrolment, values: Mapping[str, Any], *, at: datetime) -> None:
    changed = differences(enrolment, values)
    plain = [name for name in changed if name in PLAIN]
    for name in plain:
        setattr(enrolment, name, values[name])
    if plain:
        enrolment.save(update_fields=plain)
    if "capacity" in changed:
        set_capacity(enrolment, max(values["capacity"], enrolment.capacity - enrolment.free_places))
    if "concepts" in changed:
        levels = {row.concept: row.answer for row in enrolment.concepts.all()}
        set_concepts(enrolment, {**dict.fromkeys(values["concepts"], 3), **levels})
    if "group" in changed:
        add_answers(enrolment, {"groups": values["groups"]}, at=at)
    if "name" in changed:
        User.objects.filter(pk=enrolment.person_id).update(name=values["name"])
