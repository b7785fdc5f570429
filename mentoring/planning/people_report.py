"""What a file of people says about itself, in the reader's language: problems are kept as data and worded here."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.dates import in_persian, localise
from mentoring.planning.models import ImportRow, concept_name
from mentoring.planning.people_file import Table, UnusableFile, write_rows
from mentoring.planning.people_rows import BAD

MEANING_LABELS = {
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "name": _("Full name"),
    "email": _("E-mail"),
    "external_id": _("Number in your own system"),
    "language": _("Language of the pages"),
    "time_zone": _("Time zone"),
    "headline": _("What they do, in one line"),
    "organisation": _("Faculty or organisation"),
    "field": _("Field or profession"),
    "seniority": _("Years of experience or grade"),
    "capacity": _("Places for mentees"),
    "skills": _("Subjects they want or offer"),
    "goals": _("Hopes or biography"),
    "languages": _("Languages they talk in"),
    "group": _("A named group (only for fairness)"),
}

UNUSABLE = {
    "empty": _("This file is empty."),
    "too_large": _("This file is larger than %(limit)s MB. Split it into parts, please."),
    "utf16": _("This file is written in UTF-16. In Excel choose “CSV UTF-8” under “Save as”, then send it again."),
    "not_text": _("This is not a text file. Save the table as CSV, please."),
    "not_utf8": _(
        "Line %(line)s is not written in UTF-8. Save the file as “CSV UTF-8”, or choose “Windows-1256” below if it comes"
        " from an old Persian Excel."
    ),
    "looks_wrong": _("Read as Windows-1256 this file gives no Persian words. Try UTF-8."),
    "broken_quotes": _("From line %(line)s on the quotation marks do not fit: one is opened and never closed."),
    "one_column": _("Only one column was found. The columns are separated by commas, semicolons or tabs."),
    "no_rows": _("There is a header, but no line under it."),
    "too_many_rows": _("This file has more than %(limit)s rows. Split it into parts, please."),
}


def why_unusable(error: UnusableFile) -> str:
    """The sentence for a file that cannot be read, in the reader's language and digits."""
    return str(UNUSABLE[error.code]) % {key: localise(value) for key, value in error.details.items()}


PROBLEMS = {
    "email_missing": _("The e-mail is missing."),
    "email_wrong": _("“%(value)s” is not an e-mail address."),
    "email_twice": _("This e-mail stands on line %(first)s already."),
    "name_missing": _("The name is missing."),
    "too_long": _("This is longer than %(limit)s letters."),
    "too_many_cells": _("This line has %(value)s cells, but there are %(limit)s columns. Is a quotation mark missing?"),
    "number_wrong": _("“%(value)s” is not a number between %(least)s and %(most)s."),
    "external_id_twice": _("This number stands on line %(first)s already."),
    "external_id_taken": _("This number belongs to another person of your institution."),
    "grade_as_words": _("“%(value)s” is not a number of years; it is kept in the line about the person."),
    "language_unknown": _("The language “%(value)s” is not known and is left out."),
    "zone_unknown": _("The time zone “%(value)s” is not known; the institution's is used."),
    "concept_guessed": _("“%(value)s” was read as “%(concept)s”."),
    "concept_unknown": _("“%(value)s” is not in the list of subjects and is left out."),
    "answer_unknown": _("“%(value)s” is not one of the answers of this programme and is left out."),
    "asked_first": _("This person is asked first."),
    "changes": _("Would change: %(fields)s."),
}


def sentence(problem: Mapping[str, Any]) -> str:
    """One problem in words and in the reader's digits."""
    words = {key: value if key in ("value", "column") else localise(value) for key, value in problem.items()}
    if "concept" in words:
        words["concept"] = concept_name(problem["concept"])
    if problem["code"] == "changes":
        labels = [str(MEANING_LABELS.get(name, MEANING_LABELS["skills"])) for name in problem["value"].split(",")]
        words["fields"] = ("، " if in_persian() else ", ").join(labels)
    return str(PROBLEMS[problem["code"]]) % words


def bad_rows(table: Table, rows: Mapping[int, ImportRow]) -> str:
    """The lines that cannot be imported as CSV, each with its reasons, ready to be mended and sent again."""
    lines = [
        [str(line.number), *line.cells, " ".join(sentence(p) for p in rows[line.number].problems if p["level"] == BAD)]
        for line in table.lines
        if line.number in rows
    ]
    return write_rows([str(_("line")), *table.header, str(_("reason"))], lines)
