"""Verbs of a file of people before it is imported: keep it, map its columns, try it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Belonging, User
from core.errors import DomainError
from core.jobs import JobCancelled, enqueue, report_progress
from mentoring.planning.models import Enrolment, ImportMapping, ImportRow, PeopleImport, Programme
from mentoring.planning.people_file import GROUP, Table, guess_meanings, read_table, without_records
from mentoring.planning.people_rows import BAD, NOTE, Reading, read_groups, read_row

PLAIN = ("headline", "organisation", "field", "seniority", "languages", "goals", "external_id")
OPTIONS = {"ready": True, "mails": False, "field_as_concept": True}
CHUNK = 1000
"""So many rows are tried in one transaction. A file that has no more is tried at once, a longer one as a job."""
Outcome, Status = ImportRow.Outcome, PeopleImport.Status


class AlreadyImporting(DomainError):
    code = "import_running"
    default = _("This file is being imported already, or is done.")


@transaction.atomic
def begin_import(
    programme: Programme, *, role: str, file_name: str, text: str, by: User | None, at: datetime
) -> PeopleImport:
    """Keep an uploaded file with a first guess at its columns; the same file again, while it waits, is the same import.

    Raises people_file.UnusableFile.
    """
    table = table_of(text)
    Programme.objects.select_for_update().get(pk=programme.pk)
    file = {"programme": programme, "role": role, "file_name": file_name[:200], "text": text, "created_by": by}
    waiting = PeopleImport.objects.filter(status__in=[Status.MAPPING, Status.CHECKED], **file).first()
    return waiting or PeopleImport.objects.create(
        columns=list(table.header), mapping=_first_guess(programme, table.header), options=dict(OPTIONS), **file
    )


def _first_guess(programme: Programme, header: Sequence[str]) -> dict[str, str]:
    """What was last kept for a file with the same columns, or else what the headers say."""
    kept = programme.import_mappings.order_by("-pk")
    guess = guess_meanings(tuple(header))
    guess |= {name: GROUP for name in programme.group_questions if guess.get(name) == ""}
    return next((row.columns for row in kept if set(row.columns) == set(header)), guess)


def table_of(text: str) -> Table:
    return read_table(text, max_rows=settings.IMPORT_MAX_ROWS)


@transaction.atomic
def save_mapping(programme: Programme, name: str, columns: Mapping[str, str]) -> ImportMapping:
    """Keep which header means what under a name; the same name again replaces it."""
    mapping, _is_new = ImportMapping.objects.update_or_create(
        programme=programme, name=name, defaults={"columns": dict(columns)}
    )
    return mapping


@transaction.atomic
def map_columns(people_import: PeopleImport, mapping: Mapping[str, str], *, as_job: bool = True) -> None:
    """Say what each column holds, and try the rows: a long file as a job, or in the caller's own process."""
    _expect(people_import, Status.MAPPING, Status.CHECKED)
    people_import.mapping = {name: mapping.get(name, "") for name in people_import.columns}
    people_import.save(update_fields=["mapping"])
    _begin_trial(people_import, as_job=as_job)


@transaction.atomic
def choose_options(people_import: PeopleImport, options: Mapping[str, bool]) -> None:
    """How the people come in: `ready`, `mails`, `field_as_concept`. The rows are tried again where that matters."""
    _expect(people_import, Status.CHECKED)
    again = options["field_as_concept"] != people_import.options["field_as_concept"]
    people_import.options = dict(options)
    people_import.save(update_fields=["options"])
    if again:
        _begin_trial(people_import, as_job=True)


@transaction.atomic
def forget_lines_of(person: User) -> None:
    """Take the lines of a person who leaves for good out of the files that brought them; what the lines became is emptied
    with the rest of their data."""
    lines = ImportRow.objects.filter(Q(enrolment__person=person) | Q(values__email=person.email))
    numbers: dict[int, set[int]] = {}
    for import_id, line in lines.values_list("people_import", "line"):
        numbers.setdefault(import_id, set()).add(line)
    for people_import in PeopleImport.objects.filter(pk__in=numbers, emptied_at=None):
        here = numbers[people_import.pk]
        people_import.text = without_records(people_import.text, here, max_rows=settings.IMPORT_MAX_ROWS)
        if people_import.text:
            people_import.save(update_fields=["text"])
        else:
            people_import.delete()
    lines.filter(enrolment=None).delete()


def empty_files(*, at: datetime) -> int:
    """Erase the lines of files whose programme's days for it are over; how many lines became what stays. Returns how many
    files."""
    files = PeopleImport.objects.filter(emptied_at=None)
    emptied = 0
    for days in files.values_list("programme__import_days", flat=True).distinct():
        for people_import in files.over(at, days).values_list("pk", flat=True):
            emptied += _empty(people_import, at, days)
    return emptied


@transaction.atomic
def _empty(pk: int, at: datetime, days: int) -> bool:
    """Whether its time was still over once it was locked: an import may have begun in between."""
    people_import = PeopleImport.objects.select_for_update().defer("text").get(pk=pk)
    if not PeopleImport.objects.over(at, days).filter(pk=pk).exists():
        return False
    people_import.rows.update(values={}, problems=[])
    people_import.text, people_import.mapping, people_import.emptied_at = "", {}, at
    if people_import.status != Status.DONE:
        people_import.status = Status.CANCELLED
    people_import.save(update_fields=["text", "mapping", "emptied_at", "status"])
    return True


def _expect(people_import: PeopleImport, *states: str) -> None:
    people_import.refresh_from_db(fields=["status"])
    if people_import.status not in states:
        raise AlreadyImporting


@dataclass
class Present:
    """What is in the database already about the people of some rows."""

    people: dict[str, User] = field(default_factory=dict)
    enrolments: dict[int, Enrolment] = field(default_factory=dict)
    belonging: set[int] = field(default_factory=set)
    id_owner: dict[str, int] = field(default_factory=dict)


def present_of(people_import: PeopleImport, rows: Sequence[Mapping[str, Any]]) -> Present:
    programme = people_import.programme
    emails = [row["email"] for row in rows if "email" in row]
    ids = [row["external_id"] for row in rows if "external_id" in row]
    people = {person.email: person for person in User.objects.filter(email__in=emails)}
    pks = [person.pk for person in people.values()]
    enrolments = Enrolment.objects.filter(programme=programme, role=people_import.role, person__in=pks)
    here = Belonging.objects.filter(institution=programme.institution_id)
    return Present(
        people=people,
        enrolments={
            row.person_id: row
            for row in enrolments.select_related("person").prefetch_related("concepts", "group_labels")
        },
        belonging=set(here.filter(person__in=pks).values_list("person_id", flat=True)),
        id_owner=dict(here.filter(external_id__in=ids).values_list("external_id", "person_id")),
    )


def _begin_trial(people_import: PeopleImport, *, as_job: bool) -> None:
    """From now on an older trial of this file stops where it is."""
    trial = f"trial:{people_import.pk}:{uuid4()}"
    people_import.status, people_import.job_key = Status.MAPPING, trial
    people_import.save(update_fields=["status", "job_key"])
    if as_job and len(table_of(people_import.text).lines) > CHUNK:
        enqueue("planning.try_rows", key=trial, import_id=people_import.pk, trial=trial)
    else:
        try_rows(people_import, trial=trial)


def try_rows(people_import: PeopleImport, *, trial: str) -> None:
    """The dry run: read every row, say what it would do, change nothing but the report. After a crash it begins anew.

    Raises JobCancelled when another trial of the file was asked for in the meantime.
    """
    table = table_of(people_import.text)
    readings, done = _read(people_import, table), 0
    with _this_trial(people_import, trial):
        people_import.rows.all().delete()
    while chunk := list(islice(readings, CHUNK)):
        report_progress(done, len(table.lines))
        with _this_trial(people_import, trial):
            present = present_of(people_import, [reading.values for _line, reading in chunk])
            ImportRow.objects.bulk_create(_row(people_import, line, reading, present) for line, reading in chunk)
        done += len(chunk)
    with _this_trial(people_import, trial):
        people_import.status = Status.CHECKED
        people_import.save(update_fields=["status"])


@contextmanager
def _this_trial(people_import: PeopleImport, trial: str) -> Iterator[None]:
    """A transaction in which this is the trial of the file. Raises JobCancelled when it no longer is."""
    with transaction.atomic():
        if not PeopleImport.objects.select_for_update().filter(pk=people_import.pk, job_key=trial).values("pk"):
            raise JobCancelled
        yield


def _read(people_import: PeopleImport, table: Table) -> Iterator[tuple[int, Reading]]:
    """Each line's number with what it says. An address or an id that stands on two lines is wrong on the second."""
    first: dict[tuple[str, str], int] = {}
    columns = {meaning: name for name, meaning in people_import.mapping.items() if meaning not in ("", GROUP)}
    asked = people_import.programme.group_questions
    places = {name: place for place, name in enumerate(people_import.columns)}
    meanings = [(meaning, places[name]) for meaning, name in columns.items() if name in places]
    groups = [(name, places[name]) for name, meaning in people_import.mapping.items() if meaning == GROUP]
    how = {"role": people_import.role, "field_as_concept": people_import.options["field_as_concept"]}
    for line in table.lines:
        n = len(line.cells)
        reading = read_row({meaning: line.cells[at] if at < n else "" for meaning, at in meanings}, columns, **how)
        read_groups(reading, {name: line.cells[at] for name, at in groups if at < n}, asked)
        if n > len(places):
            reading.say(BAD, "too_many_cells", "", n, limit=len(places))
        for key in ("email", "external_id"):
            value = reading.values.get(key)
            if value is not None and first.setdefault((key, value), line.number) != line.number:
                reading.say(BAD, f"{key}_twice", columns[key], value, first=first[key, value])
        yield line.number, reading


def _row(people_import: PeopleImport, line: int, reading: Reading, present: Present) -> ImportRow:
    values = reading.values
    person = present.people.get(values.get("email", ""))
    enrolment = present.enrolments.get(person.pk) if person else None
    owner = present.id_owner.get(values.get("external_id", ""))
    columns = {meaning: name for name, meaning in people_import.mapping.items()}
    if owner is not None and (person is None or owner != person.pk):
        reading.say(BAD, "external_id_taken", columns["external_id"], values["external_id"])
    if reading.is_bad:
        outcome = Outcome.BAD
    elif enrolment is None:
        outcome = Outcome.NEW
        if person is not None and person.pk not in present.belonging and people_import.options["ready"]:
            reading.say(NOTE, "asked_first", columns["email"], values["email"])
    elif changed := differences(enrolment, values):
        outcome = Outcome.CHANGED
        reading.say(NOTE, "changes", "", ",".join(changed))
    else:
        outcome = Outcome.SAME
    return ImportRow(
        people_import_id=people_import.pk,
        line=line,
        values=values,
        outcome=outcome,
        problems=reading.problems,
        enrolment_id=enrolment.pk if enrolment else None,
    )


def differences(enrolment: Enrolment, values: Mapping[str, Any]) -> list[str]:
    """The names of what a row would change; an empty cell changes nothing, and no account that is in use."""
    changed = [name for name in (*PLAIN, "capacity") if name in values and getattr(enrolment, name) != values[name]]
    if "concepts" in values and set(values["concepts"]) - {row.concept for row in enrolment.concepts.all()}:
        changed.append("concepts")
    if values.get("groups", {}).items() - {row.group: row.label for row in enrolment.group_labels.all()}.items():
        changed.append("group")
    if not enrolment.person.has_usable_password() and values["name"] != enrolment.person.name:
        changed.append("name")
    return changed
