"""A questionnaire of our own from the builder to the figures, through the pages."""

import csv
import io
import json
from datetime import timedelta

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Consent
from accounts.services import give_consent, make_api_key
from evaluation.models import Answer, Instrument, OpenAnswer, Response, Wave
from evaluation.queries import own_results, own_waves, waiting_waves
from evaluation.research import research_zip
from evaluation.services import announce, answer, close_wave, make_report
from evaluation.statistics.factor import omega
from evaluation.statistics.reliability import alpha
from tests.evaluation.living import members, pairs
from tests.evaluation.own import document, own_instrument
from tests.evaluation.test_research import opened, table
from tests.factories import (
    NOW,
    BelongingFactory,
    CoordinationFactory,
    EnrolmentFactory,
    InstitutionFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def coordination():
    return CoordinationFactory()


@pytest.fixture
def programme(coordination):
    return coordination.programme


def test_from_the_builder_to_the_figures_and_the_export(programme, coordination, sign_in):
    """The coordinator builds, licenses and asks; four pairs answer on their way; each sees the own result, others figures."""
    browser, house = sign_in(coordination.person), programme.institution
    settings = {
        "title_en": "Our bond",
        "low": "1",
        "high": "7",
        "labels_en": "never\nalways",
        "method": "mean",
        "min_valid": "1",
    }
    browser.post(reverse("instrument_new", args=[house.slug]), settings | {"instrument": "bond"})
    built = Instrument.objects.get()
    add = reverse("instrument_question_new", args=[built.pk])
    question = {"kind": "scale", "roles": "both", "when_op": "at_least"}
    browser.post(add, question | {"code": "q1", "text_en": "I can rely on {p}.", "new_en": "Trust", "act": "another"})
    browser.post(add, question | {"code": "q2", "text_en": "I doubt.", "reverse": "on", "subscale": "s1"})
    browser.post(
        add, question | {"code": "q3", "text_en": "Why?", "kind": "open", "when_item": "q1", "when_value": "6"}
    )
    page = browser.get(built.get_absolute_url()).content.decode()
    assert "if q1 was at least 6" in page and "about each relationship" in page

    activate = reverse("instrument_activate", args=[built.pk])
    assert "No licence is written yet" in browser.get(activate).content.decode()
    browser.post(reverse("instrument_settings", args=[built.pk]), settings | {"licence_text": "We wrote it."})
    refused = browser.post(activate, {"name": "", "on": timezone.localdate().isoformat()})
    assert "Without this nobody can be asked" in refused.content.decode()
    browser.post(activate, {"name": "Sara Ahmadi", "on": timezone.localdate().isoformat(), "agreed": "on"})
    today = timezone.localdate().isoformat()
    browser.post(
        reverse("waves", args=[programme.slug]), {"form": f"own-{built.pk}", "opens_on": today, "closes_on": ""}
    )
    asked = Wave.objects.get()

    everybody = pairs(programme, 5)
    for n, each in enumerate(everybody):
        for person in members(each):
            give_consent(person, Consent.Kind.RESEARCH, at=NOW)
            if n in (1, 2, 3):
                say(asked, each, person)
            else:
                say_through_the_pages(asked, each, sign_in(person), goes_on=n == 0)
    assert OpenAnswer.objects.count() == 8
    assert Answer.objects.filter(item="q3", value=-1).count() == 2

    figures = browser.get(reverse("own_figures", args=[programme.slug])).content.decode()
    assert "5 mentors" in figures and "5.8 on 1–7" in figures
    assert "needs 30 people who answered every question; 10 so far" in figures
    [result] = own_results(own_waves(programme))
    assert [(side.role, round(side.value, 2), side.n) for side in result.rows[0].sides] == [
        ("mentor", 5.8, 5), ("mentee", 5.8, 5),
    ]  # fmt: skip
    from_the_export(programme)
    shown = sign_in(members(everybody[0])[0]).get(reverse("my_scores")).content.decode()
    assert "Our bond" in shown and "6.0 on 1–7" in shown


def say(asked, each, person):
    answer(
        asked, enrolment=each.members.get(person=person).enrolment, relationship=each, values={"q1": 6, "q2": 2},
        texts={"q3": "We talk."}, position=2, finish=True, at=timezone.now(),
    )  # fmt: skip


def say_through_the_pages(asked, each, reader, *, goes_on):
    """Begun, left, taken up again, sent. Who answers that it does not `go on` is asked nothing more."""
    start = reader.get(reverse("survey", args=[asked.pk])).content.decode()
    assert "Our bond" in start and "What you write in your own words" in start
    first, second = (reverse("survey_section", args=[asked.pk, f"r{each.pk}", k]) for k in (1, 2))
    assert "Nobody sees a single answer of yours" in reader.get(first).content.decode()
    reader.post(first, {"q1": "4", "act": "autosave"})
    reader.post(first, {"q1": "4", "act": "leave"})
    assert "checked" in reader.get(first).content.decode()
    if goes_on:
        following = reader.post(first, {"q1": "6", "q2": "2", "act": "next"})
        assert following["Location"] == second
        assert "only when ten people or more have written" in reader.get(second).content.decode()
        result = reader.post(second, {"q3": "=we laugh", "act": "next"}, follow=True)
    else:  # nothing more to ask: said, and sent when the person wants it
        following = reader.post(first, {"q1": "5", "q2": "3", "act": "next"})
        assert following["Location"] == first
        assert "Send and see my result" in reader.get(first).content.decode()
        result = reader.post(first, {"q1": "5", "q2": "3", "act": "next"}, follow=True)
    assert "on 1–7" in result.content.decode()


def test_a_sheet_remembers_in_which_language_it_was_read(programme, sign_in):
    instrument = own_instrument(programme.institution, active=True)
    asked = Wave.objects.create(programme=programme, form=Wave.Form.OWN, instrument=instrument, number=1, opens_at=NOW)
    [each] = pairs(programme, 1)
    person = members(each)[1]
    browser, first = sign_in(person), reverse("survey_section", args=[asked.pk, f"r{each.pk}", 1])
    assert '<input type="hidden" name="lang" value="en">' in browser.get(first).content.decode()

    def sent(**given):
        browser.post(first, given | {"act": "autosave"})
        return list(Response.objects.values_list("language", flat=True))

    assert sent(lang="fa") == [""]  # nothing was answered yet
    assert sent(lang="fa", a1="3") == ["fa"]
    assert sent(lang="xx", a1="4", a2="2") == ["both"]  # what is not a language counts as the page's own


def from_the_export(programme):
    programme.enrolments.update(applied_at=NOW, seniority=3)
    files = opened(research_zip(programme, at=timezone.now()))
    rows = table(files, "items_long.csv")
    assert {row["item"] for row in rows} == {"bond:1:q1", "bond:1:q2"}
    assert {row["form"] for row in rows} == {"own:bond:1"}
    assert sorted(row["bond:1:q1"] for row in table(files, "items_wide.csv")) == ["5"] * 2 + ["6"] * 8
    book = {row["code"]: row for row in csv.DictReader(io.StringIO(files["codebook.csv"]))}
    assert (book["bond:1:q2"]["reversed"], book["bond:1:q2"]["unit"]) == ("yes", "1 to 7")
    whole = " ".join(files.values())
    assert "we laugh" not in whole and "rely on" not in whole


def test_fewer_than_five_of_a_side_show_no_figure_and_later_ones_enter_five_at_a_time(programme):
    instrument = own_instrument(programme.institution, active=True)
    asked = Wave.objects.create(programme=programme, form=Wave.Form.OWN, instrument=instrument, number=1, opens_at=NOW)
    everybody = pairs(programme, 6)

    def says(each, role, value):
        enrolment = each.members.get(role=role).enrolment
        response = Response.objects.create(
            wave=asked, enrolment=enrolment, relationship=each, started_at=NOW, submitted_at=NOW
        )
        Answer.objects.bulk_create(
            Answer(response=response, item=item, value=value) for item in ("a1", "a2", "b1", "b2")
        )

    def warm():
        [result] = own_results(own_waves(programme))
        return [(side.value, side.n) for side in result.rows[0].sides]

    for each in everybody[:4]:
        says(each, "mentor", 6)
    assert warm() == [(None, 0), (None, 0)]
    says(everybody[4], "mentor", 0)
    five = warm()
    says(everybody[5], "mentor", 0)
    assert five == [(3.0, 5), (None, 0)] == warm()
    for language, told, wanting in (
        ("en", "3.0 on 0–6, n = 5", "fewer than five people"),
        ("fa", "۳٫۰ از ۰ تا ۶، تعداد: ۵", "کمتر از پنج نفر"),
    ):
        content = make_report(programme, kind="full", language=language, by=None, at=NOW).content
        assert content["own"]["waves"][0]["rows"][0][1:3] == [told, wanting]
    parts = make_report(programme, kind="brief", language="en", by=None, at=NOW).content["parts"]
    [line] = next(part["lines"] for part in parts if part["title"] == "What our own questionnaires say")
    assert "mentors: 3.0 on 0–6, n = 5, mentees: fewer than five people" in line
    assert make_report(programme, kind="full", language="en", by=None, at=NOW - DAY).content["own"] == {}


def test_a_key_of_the_institution_reads_definitions_and_figures_and_no_other_does(programme, client):
    instrument = own_instrument(programme.institution, active=True)
    own_instrument(programme.institution, version=2)
    asked = Wave.objects.create(programme=programme, form=Wave.Form.OWN, instrument=instrument, number=1, opens_at=NOW)
    for each in EnrolmentFactory.create_batch(5, programme=programme, role="mentee"):
        response = Response.objects.create(wave=asked, enrolment=each, started_at=NOW, submitted_at=NOW)
        Answer.objects.bulk_create(Answer(response=response, item=item, value=6) for item in ("a1", "a2", "b1"))

    def read(house, name):
        _key, secret = make_api_key(house, name=name, scopes=["research:read"], by=None, at=NOW)
        return client.get(reverse(name), headers={"authorization": f"Bearer {secret}"}).json()["results"]

    [told] = read(programme.institution, "api_instruments")
    assert told["definition"] == instrument.document
    [wave] = read(programme.institution, "api_own_results")
    assert (wave["questionnaire"], wave["version"], wave["programme"]) == (instrument.pk, 1, programme.slug)
    warm = next(row for row in wave["scales"] if row["code"] == "warm")
    assert warm["sides"] == [
        {"role": "mentor", "value": None, "n": 0, "low": 0, "high": 6},
        {"role": "mentee", "value": 3.0, "n": 5, "low": 0, "high": 6},
    ]
    elsewhere = InstitutionFactory()
    assert [read(elsewhere, name) for name in ("api_instruments", "api_own_results")] == [[], []]


def test_an_institutions_questionnaire_is_unknown_elsewhere(programme, coordination, sign_in):
    made = own_instrument(programme.institution, active=True)
    administrator = BelongingFactory(institution=programme.institution, administrator=True).person
    each = pairs(programme, 1)[0]
    pages = [made.get_absolute_url(), reverse("instrument_file", args=[made.pk])]
    pages.append(reverse("instruments", args=[programme.institution.slug]))

    def answers(person):
        return {sign_in(person).get(page).status_code for page in pages}

    assert answers(coordination.person) == answers(administrator) == {200}
    for stranger in (CoordinationFactory().person, members(each)[0], PersonFactory()):
        assert answers(stranger) == {404}
    file = json.loads(sign_in(coordination.person).get(pages[1]).content)
    assert file["items"] == document()["items"] and file["licence_confirmed_by"] == "Sara"


def test_a_bad_file_is_told_beside_its_field_and_leaves_nothing(programme, coordination, sign_in):
    page = reverse("instruments", args=[programme.institution.slug])
    bad = document(items=[{"id": "a1", "text": {"en": "Well?"}, "reverse": "yes"}])
    file = SimpleUploadedFile("x.json", json.dumps(bad).encode())

    told = sign_in(coordination.person).post(page, {"file": file}).content.decode()

    assert "items › 1 (a1) › reverse: This is true or false." in told
    assert not Instrument.objects.exists()


def test_only_the_side_that_is_asked_is_told_and_sees_it(programme, coordination, sign_in):
    rows = [{"id": "a1", "text": {"en": "I have time."}, "roles": ["mentor"]}]
    made = own_instrument(programme.institution, active=True, items=rows, subscales={})
    asked = Wave.objects.create(programme=programme, form=Wave.Form.OWN, instrument=made, number=1, opens_at=NOW)
    mentor, mentee = members(pairs(programme, 1)[0])

    assert announce(asked, at=NOW) == 1
    assert [waiting_waves(person, timezone.now()) for person in (mentor, mentee)] == [[asked], []]
    assert "Nothing to answer just now" in sign_in(mentee).get(asked.get_absolute_url(), follow=True).content.decode()
    assert "About the programme" in sign_in(mentor).get(asked.get_absolute_url()).content.decode()
    close_wave(asked, by=coordination.person, at=timezone.now())
    assert Wave.objects.get().closes_at is not None


def test_the_consistency_of_a_subscale_equals_that_of_the_statistics(programme):
    rows = [{"id": f"a{n}", "text": {"en": "x"}, "reverse": n == 3} for n in range(1, 4)]
    instrument = own_instrument(programme.institution, active=True, items=rows, subscales={})
    asked = Wave.objects.create(programme=programme, form=Wave.Form.OWN, instrument=instrument, number=1, opens_at=NOW)
    rng = np.random.default_rng(5)
    table = np.clip(rng.integers(1, 6, (35, 1)) + rng.integers(-1, 2, (35, 3)), 0, 6)
    people = EnrolmentFactory.create_batch(35, programme=programme)
    sent = Response.objects.bulk_create(
        Response(wave=asked, enrolment=each, started_at=NOW, submitted_at=NOW) for each in people
    )
    Answer.objects.bulk_create(
        Answer(response=response, item=f"a{n}", value=6 - said if n == 3 else said)
        for response, row in zip(sent, table.tolist(), strict=True)
        for n, said in enumerate(row, start=1)
    )
    [result] = own_results(own_waves(programme))

    found = alpha(table)
    value, low, high = (round(each, 2) for each in (found.value, found.low, found.high))
    whole = omega(table)
    told = f"alpha {value:.2f} (95% interval {low:.2f} to {high:.2f}), omega {whole.value:.2f} (95% interval"
    assert told in result.rows[0].reliability
    assert [(each.measure, each.n) for each in result.rows[0].consistency] == [("alpha", 35), ("omega", 35)]
