"""Answers in words: coded by two who do not see each other's codes, compared, agreed on, counted, and told once."""

import csv
import io
import re
import threading
from datetime import timedelta
from importlib import import_module

import hypothesis
import pytest
from django.apps import apps
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import strategies as st

from accounts.models import AuditEvent, Consent
from accounts.services import erase_person, give_consent, withdraw_consent
from evaluation.models import Code, Coded, CodedClosing, Coding, OpenAnswer, Response, Wave
from evaluation.queries import answers_of, as_shown, compared, counts, given
from evaluation.queries.coded import words_in_sum
from evaluation.queries.coding import tree_of
from evaluation.services import (
    agree_on,
    begin_closings,
    begin_coding,
    code_answer,
    finish_coding,
    join_coding,
    keep_code,
    place_code,
    show_numbers,
)
from evaluation.services.coding import (
    CodebookStays,
    CodingIsDone,
    CodingIsNotDone,
    DifferencesAreOpen,
    NotComparedYet,
    NotYourCoding,
    TooFewWrote,
)
from evaluation.sheets import codes_table
from mentoring.relationships.models import ExitAnswer, Relationship
from paradigm.model import categories
from tests.evaluation.living import pairs
from tests.evaluation.own import own_instrument
from tests.evaluation.test_disclosure import few_people
from tests.factories import BelongingFactory, CoordinationFactory, EnrolmentFactory, PersonFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def coordination():
    return CoordinationFactory()


def asked_in_words(programme, people, *, closed=True):
    """A wave in which so many people wrote "Words <n>"."""
    rows = [{"id": "c1", "text": {"en": "What helped?"}, "kind": "open"}]
    made = own_instrument(programme.institution, active=True, items=rows, subscales={})
    wave = Wave.objects.create(
        programme=programme, form=Wave.Form.OWN, instrument=made, number=1, opens_at=NOW - timedelta(days=9),
        closes_at=NOW - timedelta(days=1) if closed else None,
    )  # fmt: skip
    for n in range(people):
        enrolment = EnrolmentFactory(programme=programme)
        response = Response.objects.create(wave=wave, enrolment=enrolment, started_at=NOW, submitted_at=NOW)
        OpenAnswer.objects.create(response=response, item="c1", text=f"Words {n}")
    return wave


def test_nobody_reads_while_fewer_than_ten_have_written_or_the_wave_is_open(coordination):
    wave = asked_in_words(coordination.programme, 9)
    by = {"by": coordination.person, "at": NOW}
    with pytest.raises(TooFewWrote):
        begin_coding(wave, "c1", with_model=False, **by)
    response = Response.objects.create(
        wave=wave, enrolment=EnrolmentFactory(programme=coordination.programme), started_at=NOW, submitted_at=NOW
    )
    OpenAnswer.objects.create(response=response, item="c1", text="The tenth")
    Wave.objects.filter(pk=wave.pk).update(closes_at=None)
    with pytest.raises(TooFewWrote):
        begin_coding(Wave.objects.get(), "c1", with_model=False, **by)

    coding = begin_coding(wave, "c1", with_model=True, **by)
    assert len(answers_of(coding)) == 10
    assert [coding.codes.filter(level=level).count() for level in Code.Level.values] == [0, 7, 5]
    erase_person(response.enrolment.person, by=response.enrolment.person, at=NOW)
    assert answers_of(coding) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Coding.objects.update(second=coordination.person)


def test_two_code_apart_then_agree_and_the_counts_single_nobody_out(coordination):
    one, other = coordination.person, CoordinationFactory(programme=coordination.programme).person
    coding = begin_coding(asked_in_words(coordination.programme, 24), "c1", with_model=False, by=one, at=NOW)
    with pytest.raises(NotYourCoding):
        code_answer(coding, answers_of(coding)[0], [], by=other, at=NOW)
    join_coding(coding, by=other, at=NOW)
    join_coding(coding, by=PersonFactory(), at=NOW)
    coding = Coding.objects.get()
    assert (coding.first, coding.second) == (one, other)

    often, rare, never = (keep_code(coding, name, level=Code.Level.OPEN, by=one) for name in ("often", "rare", "never"))
    place_code(coding, (often, keep_code(coding, "above", level=Code.Level.AXIAL, by=one)), by=one)
    answers = answers_of(coding)
    for place, answer in enumerate(answers):
        code_answer(coding, answer, [often] if place < 12 else [rare] if place < 15 else [], by=one, at=NOW)
        if place == 0:
            with pytest.raises(CodingIsNotDone):
                finish_coding(coding, by=one, at=NOW)
        code_answer(coding, answer, [often] if place < 11 else [rare] if place < 15 else [], by=other, at=NOW)
    finish_coding(coding, by=one, at=NOW)
    with pytest.raises(CodingIsDone):
        code_answer(coding, answers[0], [], by=one, at=NOW)
    with pytest.raises(NotComparedYet):
        agree_on(coding, answers[0], [], by=one, at=NOW)
    finish_coding(coding, by=other, at=NOW)

    coding = Coding.objects.get()
    found = compared(coding)
    assert (found.same.count, found.same.n) == (23, 24)
    # both 11, one alone 1, neither 12: (23/24 - (12*11 + 12*13)/576) / (1 - 1/2); of "often" 11 of 24 are sure, of "rare" 3
    kappas = {each.code.name: each.kappa and round(each.kappa.value, 4) for each in found.by_code}
    assert kappas == {"never": None, "often": 0.9167, "rare": None}
    assert [each.code.name for each in found.by_code if each.share is None] == ["rare"]
    [difference] = found.differences
    assert (difference.first, difference.second, difference.agreed) == ([often], [rare], None)
    agree_on(coding, difference.answer, [often], by=other, at=NOW)

    assert compared(coding).open_differences == 0
    shown = {node.code.name: node.people for node in counts(coding)}
    assert shown == {"above": 12, "never": 0, "rare": None}  # 3, and 9 without a code, hide together as 12
    assert [node.code.name for node in given(counts(coding))] == ["above", "rare"]
    assert Coded.objects.filter(hand="agreed").count() == 1


def test_from_the_first_word_to_the_table(coordination, sign_in):
    programme = coordination.programme
    wave = asked_in_words(programme, 12)
    administrator = BelongingFactory(institution=programme.institution, administrator=True).person
    first, second = sign_in(coordination.person), sign_in(administrator)
    page = reverse("codings", args=[programme.slug])
    assert "12 people have written" in first.get(page).content.decode()
    first.post(page, {"wave": wave.pk, "item": "c1", "model": "on"})
    coding = Coding.objects.get()
    home = coding.get_absolute_url()

    def answer(number):
        return reverse("coding_answer", args=[coding.pk, number])

    assert second.get(answer(1)).status_code == 404
    assert "Words" not in second.get(home).content.decode()
    second.post(reverse("coding_join", args=[coding.pk]))
    read = first.get(answer(1)).content.decode()
    assert "Words" in read and not any(row.enrolment.person.name in read for row in Response.objects.all())
    first.post(answer(1), {"new": "=listening"})
    code = Code.objects.get(level="open")
    assert "checked" not in second.get(answer(1)).content.decode()
    for number in range(1, 13):
        first.post(answer(number), {"codes": [code.pk]})
        second.post(answer(number), {"codes": [code.pk] if number < 12 else []})
    for browser in (first, second):
        assert browser.post(reverse("coding_done", args=[coding.pk])).status_code == 302
        assert browser.get(answer(1)).headers["Location"] == home
    assert "11 of 12 answers" in first.get(home).content.decode()
    agree = reverse("coding_agree", args=[coding.pk, 1])
    assert "no code" in first.get(agree).content.decode()
    first.post(agree, {"codes": [code.pk]})
    category = Code.objects.filter(level="axial").first()
    first.post(
        reverse("coding_codes", args=[coding.pk]), {"name": "", "level": "open", f"under-{code.pk}": category.pk}
    )

    assert first.post(reverse("coding_show", args=[coding.pk]))["Location"] == home

    file = first.get(reverse("coding_file", args=[coding.pk])).content.decode("utf-8-sig")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(file))}
    assert (rows["'=listening"]["people"], rows["'=listening"]["under"]) == ("12", category.name)
    assert "Words" not in file
    for stranger in (CoordinationFactory().person, Response.objects.first().enrolment.person):
        assert {sign_in(stranger).get(each).status_code for each in (home, page, answer(1))} == {404}


def test_of_a_code_whose_count_is_hidden_no_agreement_tells_it_on_the_page_or_in_the_file(coordination, sign_in):
    """Twelve of 24 got "often", three "rare"; by kappa and agreement of "rare" one could count them."""
    one, other = coordination.person, CoordinationFactory(programme=coordination.programme).person
    coding = begin_coding(asked_in_words(coordination.programme, 24), "c1", with_model=False, by=one, at=NOW)
    join_coding(coding, by=other, at=NOW)
    coding = Coding.objects.get()
    often, rare = (keep_code(coding, name, level=Code.Level.OPEN, by=one) for name in ("often", "rare"))
    for hand, last in ((one, 15), (other, 14)):
        for place, answer in enumerate(answers_of(coding)):
            code_answer(coding, answer, [often] if place < 12 else [rare] if place < last else [], by=hand, at=NOW)
        finish_coding(coding, by=hand, at=NOW)
    coding = Coding.objects.get()
    agree_on(coding, compared(coding).differences[0].answer, [rare], by=one, at=NOW)
    show_numbers(coding, by=one, at=NOW)

    browser = sign_in(one)
    page = browser.get(coding.get_absolute_url()).content.decode()
    file = browser.get(reverse("coding_file", args=[coding.pk])).content.decode("utf-8-sig")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(file))}

    hidden = "hidden: fewer than 10"
    columns = ("people", "answers", "agreement", "kappa", "kappa_low")
    assert [rows["often"][name] for name in columns[:4]] == ["12", "24", "1.0", "1.0"]
    assert [rows["rare"][name] for name in columns] == [hidden, "", hidden, hidden, hidden]
    [line] = re.findall(r"<tr><th scope=\"row\"><bdi>rare</bdi>.*?</tr>", page, re.DOTALL)
    assert not re.search(r"\d", line.split("</th>")[1]) and "it would tell how many a rare code was given to" in line


def coded(coordination, first, second, *, people=40):
    """A coding that both have finished: `first` and `second` say of each code to which answers they gave it."""
    one, other = coordination.person, CoordinationFactory(programme=coordination.programme).person
    coding = begin_coding(asked_in_words(coordination.programme, people), "c1", with_model=False, by=one, at=NOW)
    join_coding(coding, by=other, at=NOW)
    coding = Coding.objects.get()
    codes = {name: keep_code(coding, name, level=Code.Level.OPEN, by=one) for name in first | second}
    for by, gave in ((one, first), (other, second)):
        for place, answer in enumerate(answers_of(coding)):
            mine = [codes[name] for name, places in gave.items() if place in places]
            code_answer(coding, answer, mine, by=by, at=NOW)
        finish_coding(coding, by=by, at=NOW)
    return Coding.objects.get(), codes, one


def numbers(rows):
    """Code -> the number shown, of the whole tree."""
    found = {}
    for row in rows:
        found |= {row.code.name: row.people} | numbers(row.children)
    return found


def how_far(coding):
    """Code -> (share, kappa) as they are shown."""
    rows = compared(coding).by_code
    return {row.code.name: (row.share and row.share.count, row.kappa and row.kappa.value) for row in rows}


def test_a_code_that_one_of_the_two_gave_to_a_few_has_no_agreement_though_its_number_is_nought(coordination, sign_in):
    """Three of 40 by the one, none by the other: 37 of 40 the same would tell the three."""
    often, few = range(12), range(20, 23)
    coding, _codes, one = coded(coordination, {"often": often, "few": few}, {"often": often, "few": range(0)})

    assert numbers(counts(coding)) == {"often": 12, "few": 0}
    assert how_far(coding) == {"often": (40, 1.0), "few": (None, None)}
    file = sign_in(one).get(reverse("coding_file", args=[coding.pk])).content.decode("utf-8-sig")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(file))}
    assert rows["few"]["agreement"] == rows["few"]["kappa"] == "hidden: fewer than 10"


def test_how_far_two_agree_is_the_same_whatever_stands_under_what_and_whatever_they_agree_on_later(coordination):
    often, rare, other = range(12), range(12, 15), range(15, 30)
    gave = {"often": often, "rare": rare, "other": other}
    coding, codes, one = coded(coordination, gave, gave | {"other": range(15, 31)})
    before = how_far(coding)
    assert (before["often"], before["rare"]) == ((40, 1.0), (None, None)) and before["other"][0] == 39

    above = keep_code(coding, "above", level=Code.Level.AXIAL, by=one)
    place_code(coding, (codes["often"], above), (codes["rare"], above), by=one)

    assert how_far(coding) == before
    assert numbers(counts(coding)) == {"above": None, "often": 12, "rare": None, "other": 15}  # 15 less 12 are the rare
    [difference] = compared(coding).differences
    agree_on(coding, difference.answer, [], by=one, at=NOW)
    assert how_far(coding) == before


def seen_by(browser, coding):
    """(the page, code -> its number in the file) as one who runs the programme sees them."""
    file = browser.get(reverse("coding_file", args=[coding.pk])).content.decode("utf-8-sig")
    told = {row["code"]: row["people"] for row in csv.DictReader(io.StringIO(file))}
    return browser.get(coding.get_absolute_url()).content.decode(), told


def test_no_series_of_numbers_of_categories_tells_what_a_few_wrote(coordination, sign_in):
    """27, 26 and 28 people in a category of 15 and two of three hidden codes would give all three: 6, 7 and 5."""
    gave = {"many": range(15), "five": range(15, 20), "six": range(20, 26), "seven": range(26, 33)}
    coding, codes, one = coded(coordination, gave, gave, people=50)
    above = keep_code(coding, "above", level=Code.Level.AXIAL, by=one)
    others = sign_in(CoordinationFactory(programme=coordination.programme).person)
    series = []

    def arrange(*under):
        moves = [(code, above if name in under else None) for name, code in codes.items()]
        place_code(coding, *moves, by=one)

    for left_out in ("six", "seven", "five"):
        arrange(*codes.keys() - {left_out})
        series.append(numbers(counts(coding))["above"])
        page, told = seen_by(others, coding)
        assert "The numbers are shown here once the two have finished the codebook." in page
        assert set(told.values()) == {"shown when the two have finished the codebook"}
    assert series == [27, 26, 28]  # the two who read every answer see them

    show_numbers(coding, by=one, at=NOW)
    once = {"above": "28", "many": "15"} | dict.fromkeys(("five", "six", "seven"), "hidden: fewer than 10")
    page, told = seen_by(others, coding)
    assert told == once and "once the two have finished" not in page and '<b class="nowrap">28</b>' in page
    with pytest.raises(CodebookStays):
        arrange("many", "five", "seven")
    assert seen_by(others, coding)[1] == once


def test_numbers_are_shown_by_one_of_the_two_when_nothing_is_open_and_once(coordination):
    one, other = coordination.person, CoordinationFactory(programme=coordination.programme).person
    coding = begin_coding(asked_in_words(coordination.programme, 12), "c1", with_model=False, by=one, at=NOW)
    join_coding(coding, by=other, at=NOW)
    coding.refresh_from_db()
    code = keep_code(coding, "often", level=Code.Level.OPEN, by=one)
    for by, codes in ((one, [code]), (other, [])):
        for place, answer in enumerate(answers_of(coding)):
            code_answer(coding, answer, [code] if place else codes, by=by, at=NOW)
        with pytest.raises(NotComparedYet):
            show_numbers(coding, by=one, at=NOW)
        finish_coding(coding, by=by, at=NOW)
    coding.refresh_from_db()

    with pytest.raises(NotYourCoding):
        show_numbers(coding, by=PersonFactory(), at=NOW)
    with pytest.raises(DifferencesAreOpen):
        show_numbers(coding, by=one, at=NOW)
    assert Coding.objects.get().numbers is None
    [difference] = compared(coding).differences
    agree_on(coding, difference.answer, [code], by=other, at=NOW)
    show_numbers(coding, by=other, at=NOW)
    show_numbers(coding, by=one, at=NOW + timedelta(days=1))

    found = Coding.objects.get()
    assert (found.shown_at, found.numbers) == (NOW, {str(code.pk): 12})
    assert AuditEvent.objects.filter(action="coding.numbers_shown").count() == 1


def test_numbers_of_answers_that_too_few_wrote_by_now_are_not_shown(coordination):
    often = {"often": range(10)}
    coding, _codes, one = coded(coordination, often, often, people=10)
    person = Response.objects.first().enrolment.person
    erase_person(person, by=person, at=NOW)

    with pytest.raises(TooFewWrote):
        show_numbers(coding, by=one, at=NOW)


def test_once_the_numbers_are_shown_no_code_is_added_or_moved_and_nothing_agreed_on_anew(coordination, sign_in):
    coding, codes, one = coded(coordination, {"often": range(12)}, {"often": range(11)})
    above = keep_code(coding, "above", level=Code.Level.AXIAL, by=one)
    place_code(coding, (codes["often"], above), by=one)
    [difference] = compared(coding).differences
    agree_on(coding, difference.answer, [codes["often"]], by=one, at=NOW)
    show_numbers(coding, by=one, at=NOW)
    before = Coding.objects.values().get(), list(Code.objects.values()), counts(coding)

    with pytest.raises(CodebookStays):
        agree_on(coding, difference.answer, [], by=one, at=NOW)
    with pytest.raises(CodebookStays):
        place_code(coding, (codes["often"], None), by=one)
    with pytest.raises(CodebookStays):
        keep_code(coding, "new", level=Code.Level.OPEN, by=one)
    assert keep_code(coding, "often", level=Code.Level.OPEN, by=one) == codes["often"]

    browser, home = sign_in(one), coding.get_absolute_url()
    book, agree = (
        reverse(name, args=args) for name, args in (("coding_codes", [coding.pk]), ("coding_agree", [coding.pk, 1]))
    )
    assert f"under-{codes['often'].pk}" not in browser.get(book).content.decode()
    assert browser.get(agree)["Location"] == home and agree not in browser.get(home).content.decode()
    for page, said in ((book, {"name": "new", "level": "open"}), (agree, {"codes": []})):
        assert "stay as they are" in browser.post(page, said, follow=True).content.decode()
    assert (Coding.objects.values().get(), list(Code.objects.values()), counts(coding)) == before


def test_before_they_are_shown_the_two_alone_see_the_numbers_and_then_everybody_who_runs_the_programme(
    coordination, sign_in
):
    coding, codes, one = coded(coordination, {"often": range(12)}, {"often": range(11)})
    third = CoordinationFactory(programme=coordination.programme).person
    house = BelongingFactory(institution=coordination.programme.institution, administrator=True).person
    two, others = [sign_in(each) for each in (one, coding.second)], [sign_in(each) for each in (third, house)]
    button, number = reverse("coding_show", args=[coding.pk]), '<b class="nowrap">12</b>'

    assert "When you have agreed on every difference" in seen_by(two[0], coding)[0]
    agree_on(coding, compared(coding).differences[0].answer, [codes["often"]], by=one, at=NOW)
    for browser in two:
        page, told = seen_by(browser, coding)
        assert "Only you two see these numbers so far." in page and number in page and button in page
        assert told == {"often": "shown when the two have finished the codebook"}
    for browser in others:
        page, _told = seen_by(browser, coding)
        assert "39 of 40 answers" in page and number not in page and button not in page
        assert browser.post(button).status_code == 403

    two[1].post(button)

    for browser in two + others:
        page, told = seen_by(browser, coding)
        assert number in page and button not in page and "Only you two" not in page and told == {"often": "12"}


def test_numbers_stay_as_they_were_shown_when_somebody_is_erased(coordination, sign_in):
    coding, _codes, one = coded(coordination, {"often": range(12)}, {"often": range(12)})
    show_numbers(coding, by=one, at=NOW)
    person = OpenAnswer.objects.get(pk=answers_of(coding)[0].pk).response.enrolment.person
    erase_person(person, by=person, at=NOW)
    coding.refresh_from_db()

    assert numbers(counts(coding)) == {"often": 11}
    page, told = seen_by(sign_in(one), coding)
    assert numbers(as_shown(coding)) == {"often": 12} and told == {"often": "12"} and '<b class="nowrap">12</b>' in page


def test_numbers_are_shown_with_a_moment_and_of_what_both_have_finished_only(coordination):
    coding, _codes, _one = coded(coordination, {"often": range(12)}, {"often": range(12)})
    row = Coding.objects.filter(pk=coding.pk)

    for said in ({"shown_at": NOW}, {"numbers": {}}, {"shown_at": NOW, "numbers": {}, "second_done_at": None}):
        with pytest.raises(IntegrityError, match="coding_shows_numbers"), transaction.atomic():
            row.update(**said)


def test_only_the_two_who_code_write_the_codebook_and_others_read_it(coordination, sign_in):
    coding, codes, one = coded(coordination, {"often": range(12)}, {"often": range(12)})
    third = CoordinationFactory(programme=coordination.programme).person
    above = keep_code(coding, "above", level=Code.Level.AXIAL, by=one)
    page = reverse("coding_codes", args=[coding.pk])

    with pytest.raises(NotYourCoding):
        place_code(coding, (codes["often"], above), by=third)
    with pytest.raises(NotYourCoding):
        keep_code(coding, "mine", level=Code.Level.OPEN, by=third)
    browser = sign_in(third)
    read = browser.get(page).content.decode()
    assert "often" in read and f"under-{codes['often'].pk}" not in read and "you are not one of them" in read
    browser.post(
        page, {"name": "mine", "level": "open", f"under-{codes['often'].pk}": above.pk, f"under-{above.pk}": ""}
    )
    assert set(coding.codes.values_list("name", "parent")) == {("often", None), ("above", None)}
    mine = sign_in(one).get(page).content.decode()
    assert f"under-{codes['often'].pk}" in mine and "How far the two agree stays as it is" in mine


LEVELS = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 2)), min_size=1, max_size=7)


@hypothesis.given(LEVELS, st.integers(0, 14), st.lists(st.booleans(), min_size=2, max_size=2))
def test_from_the_numbers_of_a_codebook_nobody_is_singled_out_however_it_is_arranged(codes, without, under_core):
    """Each answer has one code or none, so that every sum adds up; `codes`: (people, the category or none)."""
    core = Code(pk=100, level="core", name="core")
    axial = [
        Code(pk=pk, level="axial", name=str(pk), parent=core if above else None)
        for pk, above in zip((101, 102), under_core, strict=True)
    ]
    made = [
        Code(pk=pk, level="open", name=str(pk), parent=axial[to - 1] if to else None)
        for pk, (_n, to) in enumerate(codes)
    ]
    names = iter(range(1000))
    people = {pk: {next(names) for _ in range(n)} for pk, (n, _to) in enumerate(codes)}
    units = [*people.values(), {next(names) for _ in range(without)}]
    everybody = set().union(*units)
    hypothesis.assume(len(everybody) >= 10)

    def told(rows):
        for row in rows:
            below = {code.pk for code in made if row.code in (code, code.parent, code.parent and code.parent.parent)}
            if row.people is not None:
                yield [float(pk in below) for pk in range(len(units))]
            yield from told(row.children)

    shown = list(told(tree_of([core, *axial, *made], people, everybody)))
    assert not few_people([[1.0] * len(units), *shown], units, k=10)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL shows the race")
def test_of_four_who_join_at_once_one_becomes_the_second_coder():
    coordination = CoordinationFactory()
    coding = begin_coding(
        asked_in_words(coordination.programme, 10), "c1", with_model=False, by=coordination.person, at=NOW
    )
    gate, people, faults = threading.Barrier(4), [PersonFactory() for _ in range(4)], []

    def join(person):
        try:
            gate.wait(60)
            join_coding(coding, by=person, at=NOW)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=join, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert Coding.objects.get().second in people
    assert AuditEvent.objects.filter(action="coding.joined").count() == 1


def test_words_of_closings_are_coded_of_who_agreed_to_research_ten_at_least_and_each_once(coordination, sign_in):
    """Only of relationships that had closed; what is written later waits for ten more; who takes consent back is gone."""
    programme, by = coordination.programme, {"by": coordination.person, "at": NOW}

    def closed(count, at, start=0, agreed=True):
        for n, pair in enumerate(pairs(programme, count), start=start):
            person = pair.members.get(role="mentee").person
            Relationship.objects.filter(pk=pair.pk).update(status="completed", closed_at=at)
            said = {"satisfaction": 4, "stay_in_touch": 4, "comment": f"Closing {n}", "answered_at": at}
            ExitAnswer.objects.create(relationship=pair, person=person, **said)
            if agreed:
                give_consent(person, Consent.Kind.RESEARCH, at=NOW - timedelta(days=60))

    closed(9, NOW - timedelta(days=1)), closed(5, NOW - timedelta(days=1), start=90, agreed=False)
    with pytest.raises(TooFewWrote):
        begin_closings(programme, with_model=False, **by)
    closed(1, NOW - timedelta(days=1), start=9)
    browser, page = sign_in(coordination.person), reverse("codings", args=[programme.slug])
    assert "10 people who agreed to research have written" in browser.get(page).content.decode()
    begun = browser.post(page, {"closings": "on"})
    coding = Coding.objects.get()
    assert begun["Location"] == coding.get_absolute_url()
    assert {row.text for row in answers_of(coding)} == {f"Closing {n}" for n in range(10)}

    closed(1, timezone.now(), start=50)
    assert len(answers_of(coding)) == 10
    with pytest.raises(TooFewWrote):
        begin_closings(programme, with_model=False, by=coordination.person, at=timezone.now())
    other = PersonFactory()
    join_coding(coding, by=other, at=NOW)
    code = keep_code(coding, "Time", level="open", by=other)
    for hand in (coordination.person, other):
        for answer in answers_of(coding):
            code_answer(coding, answer, [code], by=hand, at=NOW)
        finish_coding(coding, by=hand, at=NOW)
    done = Coding.objects.get()
    assert [(row.code.name, row.people) for row in counts(done)] == [("Time", 10)]
    show_numbers(done, by=other, at=NOW)
    shown = browser.get(done.get_absolute_url()).content.decode()
    assert "only of people who agreed to research" in shown and "Time" in shown
    assert sign_in(CoordinationFactory().person).get(done.get_absolute_url()).status_code == 404

    person = ExitAnswer.objects.get(comment="Closing 3").person
    withdraw_consent(person, Consent.Kind.RESEARCH, at=timezone.now())
    assert answers_of(done) == []
    assert CodedClosing.objects.filter(answer__person=person).count() == 2  # kept, and counted no more


def test_categories_of_the_model_are_named_in_the_language_of_whoever_reads(coordination, sign_in):
    coding = begin_coding(
        asked_in_words(coordination.programme, 10), "c1", with_model=True, by=coordination.person, at=NOW
    )
    persian = CoordinationFactory(programme=coordination.programme, person__language="fa").person
    join_coding(coding, by=persian, at=NOW)
    part, book = categories()[0], reverse("coding_codes", args=[coding.pk])

    read = {each.language: sign_in(each).get(book).content.decode() for each in (coordination.person, persian)}
    assert part.en in read["en"] and part.fa in read["fa"] and part.en not in read["fa"]

    Coding.objects.update(first_done_at=NOW, second_done_at=NOW)
    coding.refresh_from_db()
    with override("fa"):
        table = codes_table(words_in_sum(coding))
        assert keep_code(coding, part.fa, level=Code.Level.AXIAL, by=persian).slug == part.slug
    assert part.fa in table and part.en not in table
    assert keep_code(coding, "Ours", level=Code.Level.AXIAL, by=coordination.person).slug == ""


def test_codes_of_before_are_found_to_be_of_the_model_by_their_name(coordination):
    coding = begin_coding(
        asked_in_words(coordination.programme, 10), "c1", with_model=True, by=coordination.person, at=NOW
    )
    part = categories()[0]
    coding.codes.filter(slug=part.slug).update(slug="", name=part.fa)
    Code.objects.create(coding=coding, level=Code.Level.OPEN, name=part.en)

    import_module("evaluation.migrations.0019_codes_of_the_model_are_named_in_both_languages").fill(apps, None)

    assert dict(coding.codes.filter(name__in=(part.en, part.fa)).values_list("level", "slug")) == {
        "axial": part.slug,
        "open": "",
    }
