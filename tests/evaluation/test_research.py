import csv
import hashlib
import io
import json
import re
import zipfile

import pytest
from django.utils import timezone

from accounts.models import Consent, User
from accounts.services import erase_person, give_consent, withdraw_consent
from core.jobs import run_due
from evaluation.anonymity import generalise
from evaluation.models import Answer, ResearchExport, Response, Score, UnitScore
from evaluation.research import TooFewAgreed, research_zip
from evaluation.services import ask_for_export, recompute
from tests.evaluation.living import answered, members, pairs, talk, wave
from tests.factories import NOW, CoordinationFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    programme = ProgrammeFactory()
    asked = wave(programme)
    for each in pairs(programme, 4):
        talk(each)
        answered(asked, each, "mentor", 4)
        answered(asked, each, "mentee", 2, planning_structure_1=-2)
        for person in members(each):
            give_consent(person, Consent.Kind.RESEARCH, at=NOW)
    programme.enrolments.update(applied_at=NOW, seniority=3)
    recompute(programme, at=NOW)
    return programme


def opened(data):
    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def table(files, name):
    return list(csv.DictReader(io.StringIO(files[name])))


def test_what_is_read_back_are_the_numbers_of_the_database(programme):
    files = opened(research_zip(programme, at=NOW))

    stored = sorted(Answer.objects.values_list("item", "value"))
    assert sorted((row["item"], int(row["value"])) for row in table(files, "items_long.csv")) == stored
    wide = table(files, "items_wide.csv")
    assert sorted(row["planning.structure.1"] for row in wide) == ["-2"] * 4 + ["4"] * 4
    assert {row["planning.structure.2"] for row in wide} == {"-1"}  # the short form does not show it
    scored = Score.objects.filter(state="scored").values_list("code", "value", "inputs")
    expected = [(code, value, inputs.get("numerator")) for code, value, inputs in scored]
    units = [found for row in UnitScore.objects.all() for found in row.measured if found.value is not None]
    expected += [(found.code, found.value, found.numerator) for found in units]
    read = [row for row in table(files, "indicators.csv") if row["value"]]
    found = [(row["code"], float(row["value"]), float(row["numerator"]) if row["numerator"] else None) for row in read]
    assert sorted(found, key=str) == sorted(expected, key=str)
    sums = json.loads(files["manifest.json"])["sha256"]
    raw = zipfile.ZipFile(io.BytesIO(research_zip(programme, at=NOW)))
    assert set(sums) == set(files) - {"manifest.json"}
    assert sums["codebook.json"] == hashlib.sha256(raw.read("codebook.json")).hexdigest()
    assert json.loads(files["k-report.json"])["holds"]


def test_the_language_of_answers_is_in_it_unless_it_singles_somebody_out(programme):
    sheets = Response.objects.order_by("pk")
    sheets.update(language="en")
    files = opened(research_zip(programme, at=NOW))
    assert {row["language"] for name in ("people.csv", "items_wide.csv") for row in table(files, name)} == {"en"}
    assert "language" in {row["code"] for row in table(files, "codebook.csv")}
    assert "زبانی که پرسش‌نامه به آن پاسخ داده شده" in files["codebook.fa.md"]

    sheets.filter(pk=sheets[0].pk).update(language="fa")
    files = opened(research_zip(programme, at=NOW))
    assert {row["language"] for name in ("people.csv", "items_long.csv") for row in table(files, name)} == {"*"}


def test_a_response_left_out_of_the_scores_is_in_it_and_says_so(programme):
    Response.objects.filter(pk=Response.objects.earliest("pk").pk).update(left_out="same")

    files = opened(research_zip(programme, at=NOW))

    assert sorted(row["left_out"] for row in table(files, "items_wide.csv")) == [""] * 7 + ["same"]
    assert {row["left_out"] for row in table(files, "items_long.csv")} == {"", "same"}
    assert "left_out" in {row["code"] for row in table(files, "codebook.csv")}
    assert json.loads(files["codebook.json"])["review_status"] == {"en": "original", "fa": "draft"}
    assert "در فارسی پیش‌نویس" in files["codebook.fa.md"]
    assert "does not occur" in files["codebook.en.md"] and "اینجا پیش نمی‌آید" in files["codebook.fa.md"]


def test_who_has_not_agreed_is_not_in_it_nor_recovered_from_totals(programme):
    person = members(programme.relationships.first())[0]
    withdraw_consent(person, Consent.Kind.RESEARCH, at=NOW)

    files = opened(research_zip(programme, at=NOW))

    assert len(table(files, "people.csv")) == 7
    assert len(table(files, "items_wide.csv")) == 7
    assert len({row["relationship"] for row in table(files, "relations.csv")}) == 3
    assert [row["relationship"] for row in table(files, "items_wide.csv")].count("") == 1
    told = table(files, "indicators.csv")
    assert "G" not in {row["level"] for row in told}
    in_a_pair = {row["enrolment"] for row in table(files, "relations.csv")}
    partner = {row["enrolment"] for row in table(files, "people.csv")} - in_a_pair
    assert len(partner) == 1
    assert "RC1" in {row["code"] for row in told if row["unit"] in in_a_pair}
    assert not {"PC2", "RC1", "RC2", "RP2", "SU1"} & {row["code"] for row in told if row["unit"] in partner}
    assert table(files, "flow.csv")[0]["in the programme"] == "hidden: fewer than 5"


def test_two_exports_have_no_pseudonym_in_common_and_no_name_or_date(programme):
    both = [opened(research_zip(programme, at=NOW)) for _ in range(2)]

    def signs(files):
        columns = ("person", "enrolment", "relationship", "response")
        return {row[name] for row in table(files, "items_wide.csv") for name in columns}

    one, other = map(signs, both)
    assert len(one) == len(other) == 8 + 8 + 4 + 8 and not one & other
    said = " ".join(text for name, text in both[0].items() if name.endswith(".csv") and name != "codebook.csv")
    assert not re.search(r"\b2026", said), "a pseudonym begins with a letter, and may have any year inside"
    assert not [p for p in User.objects.all() if p.name in said or p.email in said]


def test_nobody_agreed_is_a_sentence_and_a_job_keeps_only_the_newest_file(programme):
    coordinator = CoordinationFactory(programme=programme).person
    for _ in range(2):
        ask_for_export(programme, by=coordinator, at=NOW)
        run_due()
    assert [row.can_be_had for row in ResearchExport.objects.order_by("pk")] == [False, True]

    Consent.objects.update(withdrawn_at=NOW)
    with pytest.raises(TooFewAgreed):
        research_zip(programme, at=NOW)


def test_columns_are_made_coarser_until_five_share_every_combination():
    rows = [{"years": n, "role": "mentor"} for n in range(10)]

    made = generalise(rows, {"years": [lambda n: n // 5], "role": []})

    assert (made.levels, made.smallest, made.classes) == ({"years": 1, "role": 0}, 5, 2)
    assert generalise(rows[:3], {"years": [], "role": []}).smallest == 3


def kept_file(programme):
    ask_for_export(programme, by=CoordinationFactory(programme=programme).person, at=NOW)
    run_due()
    return ResearchExport.objects.order_by("pk").last()


def test_the_kept_file_goes_when_somebody_in_it_takes_consent_back_or_is_erased(programme, client):
    mentor, mentee = members(programme.relationships.first())
    for go in (lambda: withdraw_consent(mentor, Consent.Kind.RESEARCH, at=timezone.now()), lambda: erase(mentee)):
        export = kept_file(programme)
        assert export.can_be_had
        go()
        export.refresh_from_db()
        assert (export.can_be_had, bytes(export.data), export.dropped_at is not None) == (False, b"", True)
    client.force_login(programme.coordinators.first())
    page = client.get(f"/programmes/{programme.slug}/research/").content.decode()
    assert "somebody in it took back their consent or left for good" in page


def erase(person):
    erase_person(person, by=person, at=timezone.now())


def test_the_kept_file_stays_when_somebody_goes_who_was_never_in_it(programme):
    stranger, late = pairs(ProgrammeFactory(), 1)[0], pairs(programme, 1)[0]
    export = kept_file(programme)
    for person in (members(stranger)[0], members(late)[0]):
        give_consent(person, Consent.Kind.RESEARCH, at=timezone.now())
        withdraw_consent(person, Consent.Kind.RESEARCH, at=timezone.now())
    export.refresh_from_db()
    assert export.can_be_had
