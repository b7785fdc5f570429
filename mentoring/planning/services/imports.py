"""Verbs of a file of people before it is imported: keep it, map its columns, try it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Belonging, User
from core.errors import DomainError
from mentoring.planning.models import Enrolment, ImportMapping, ImportRow, PeopleImport, Programme
from mentoring.planning.people_file import Table, guess_meanings, read_table
from mentoring.planning.people_rows import BAD, NOTE, Reading, read_row

PLAIN = ("headline", "organisation", "field", "seniority", "languages", "goals", "external_id")
OPTIONS = {"ready": True, "mails": False, "field_as_concept": True}
Outcome, Status = ImportRow.Outcome, PeopleImport.Status


class AlreadyImporting(DomainError):
    code = "import_running"
    default = _("This file is being imported already, or is done.")


@transaction.atomic
def begin_import(
    programme: Programme, *, role: str, file_name: str, text: str, by: User | None, at: datetime
) -> PeopleImport:
    """Keep an uploaded file with a first guess at its columns. Raises people_file.UnusableFile."""
    table = table_of(text)
    return PeopleImport.objects.create(
        programme=programme,
        role=role,
        file_name=file_name[:200],
        text=text,
        columns=list(table.header),
        mapping=guess_meanings(table.header),
        options=dict(OPTIONS),
        created_by=by,
    )


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
def map_columns(people_import: PeopleImport, mapping: Mapping[str, str]) -> None:
    _expect(people_import, Status.MAPPING, Status.CHECKED)
    people_import.mapping = {name: mapping.get(name, "") for name in people_import.columns}
    people_import.save(update_fields=["mapping"])
    check(people_import)


@transaction.atomic
def choose_options(people_import: PeopleImport, options: Mapping[str, bool]) -> None:
    """How the people come in: `ready`, `mails`, `field_as_concept`. The rows are tried again where that matters."""
    _expect(people_import, Status.CHECKED)
    again = options["field_as_concept"] != people_import.options["field_as_concept"]
    people_import.options = dict(options)
    people_import.save(update_fields=["options"])
    if again:
        check(people_import)


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
        enrolments={row.person_id: row for row in enrolments.select_related("person").prefetch_related("concepts")},
        belonging=set(here.filter(person__in=pks).values_list("person_id", flat=True)),
        id_owner=dict(here.filter(external_id__in=ids).values_list("external_id", "person_id")),
    )


@transaction.atomic
def check(people_import: PeopleImport) -> None:
    """The dry run: read every row, say what it would do, change nothing but the report."""
    table = table_of(people_import.text)
    readings = [(line.number, _read(people_import, line.cells)) for line in table.lines]
    _mark_repeated(people_import, readings)
    people_import.rows.all().delete()
    for chunk in _chunks(readings):
        present = present_of(people_import, [reading.values for _line, reading in chunk])
        ImportRow.objects.bulk_create(_row(people_import, line, reading, present) for line, reading in chunk)
    people_import.status = Status.CHECKED
    people_import.save(update_fields=["status"])


def _read(people_import: PeopleImport, cells: Sequence[str]) -> Reading:
    columns = {meaning: name for name, meaning in people_import.mapping.items() if meaning}
    by_name = dict(zip(people_import.columns, cells, strict=False))
    by_meaning = {meaning: by_name.get(name, "") for meaning, name in columns.items()}
    reading = read_row(
        by_meaning,
        columns,
        role=people_import.role,
        field_as_concept=people_import.options["field_as_concept"],
    )
    if len(cells) > len(people_import.columns):
        reading.say(BAD, "too_many_cells", "", len(cells), limit=len(people_import.columns))
    return reading


def _mark_repeated(people_import: PeopleImport, readings: Sequence[tuple[int, Reading]]) -> None:
    """An address or an id that stands on two lines is wrong on the second; the report names both."""
    columns = {meaning: name for name, meaning in people_import.mapping.items()}
    for key in ("email", "external_id"):
        first: dict[str, int] = {}
        for line, reading in readings:
            value = reading.values.get(key)
            if value is not None and first.setdefault(value, line) != line:
                reading.say(BAD, f"{key}_twice", columns[key], value, first=first[value])


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
        people_import=people_import,
        line=line,
        values=values,
        outcome=outcome,
        problems=reading.problems,
        enrolment=enrolment,
    )


def differences(enrolment: Enrolment, values: Mapping[str, Any]) -> list[str]:
    """The names of what a row would change; an empty cell changes nothing, and no account that is in use."""
    changed = [name for name in (*PLAIN, "capacity") if name in values and getattr(enrolment, name) != values[name]]
    if "concepts" in values and set(values["concepts"]) - {row.concept for row in enrolment.concepts.all()}:
        changed.append("concepts")
    if not enrolment.person.has_usable_password() and values["name"] != enrolment.person.name:
        changed.append("name")
    return changed


def _chunks(items: Sequence[Any], size: int = 400) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
