"""Instruments of an institution's own: the file, the life of a version, and what is asked."""

import json
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.models import AuditEvent
from evaluation.instruments import BadInstrument, define, dropped, read
from evaluation.models import Answer, Instrument, OpenAnswer, Response, Wave
from evaluation.questionnaire import items
from evaluation.services import (
    InstrumentAsksNothing,
    InstrumentIsFrozen,
    InstrumentIsNotReady,
    LicenceIsMissing,
    NothingIsAsked,
    OthersDependOnIt,
    activate,
    answer,
    arrange,
    keep_question,
    load_instrument,
    new_version,
    open_wave,
    put_away,
)
from evaluation.statistics.scoring import item_score, scale_score
from tests.evaluation.living import pair
from tests.evaluation.own import document, own_instrument
from tests.factories import NOW, CoordinationFactory


def faults(doc):
    with pytest.raises(BadInstrument) as caught:
        define(doc)
    return [str(fault) for fault in caught.value.faults]


def test_what_is_wrong_is_said_with_its_place_in_the_file():
    bad = document(
        version=True,
        revers=1,
        scale={"min": 5, "max": 2},
        maps_to="friends",
        items=[
            {"id": "1a", "text": {"en": "x"}},
            {"id": "a", "text": "x"},
            {"id": "a", "text": {"en": " "}, "subscale": "cold", "roles": ["dean"]},
            {"id": "b", "text": {"en": "x"}, "when": {"item": "zz", "at_least": 1}},
            {"id": "c", "text": {"en": "x"}, "kind": "open", "reverse": True},
            7,
        ],
    )
    places = [fault.partition(":")[0] for fault in faults(bad)]

    assert places == [
        "revers", "version", "scale › max", "maps_to", "items › 1 › id", "items › 2 (a) › text", "items › 3 (a) › id",
        "items › 3 (a) › text", "items › 3 (a) › subscale", "items › 3 (a) › roles", "items › 4 (b) › when › item",
        "items › 5 (c)", "items › 6",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"instrument": "x",\n "version": }', "line 2, column 13: This is not JSON"),
        (b'{"a": 1, "a": 2}', "a: This stands twice"),
        (b"\xff\xfe", "line 1: This is not UTF-8"),
        (b"[]", "no object"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": NaN}', "cannot be read"),
        (b"{" + b" " * 300_000 + b"}", "larger than 256 kB"),
        (b'{"instrument": "\\ud800", "version": 1, "scale": {"min": 1, "max": 2}, "items": []}', "half a letter"),
        (json.dumps(document(items=[{"id": "a", "text": {"en": "x"}}] * 121)).encode(), "at most 120"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence(data, said):
    with pytest.raises(BadInstrument, match=r".*") as caught:
        define(read(data))
    assert said in str(caught.value)


def test_a_file_is_read_back_as_it_was_written():
    made = define(document())
    again = define({"instrument": "trust", "version": 1, **json.loads(json.dumps(made.content, sort_keys=True))})

    assert again.content == made.content
    assert list(again.subscales) == ["warm", "open"]
    assert made.content["items"] == document()["items"]
    assert not {each.code for each in made.questions} & set(items())  # a built-in code has a dot, an own one has none


def test_a_question_comes_only_after_the_answer_it_waits_for_and_on_a_later_page():
    made = define(document())

    def asked(**given):
        return [[each.code for each in page.items] for page in made.pages("mentee", "", True, given)]

    assert asked() == [["a1", "a2", "b1"], ["c1"]]
    assert asked(a1=4) == [["a1", "a2", "b1"], ["b2", "c1"]]
    assert asked(a1=3) == asked(a1=-2) == asked()
    assert [len(page.items) for page in made.pages("mentee", "", True)] == [3, 2]
    assert [each.code for each in made.visible("mentor", "", True, {"a1": 6})] == ["a1", "a2", "b2", "c1"]
    assert [each.code for each in made.visible("mentor", "", False, {"a1": 6})] == ["a2", "c1"]
    assert [len(page.items) for page in made.pages("mentor", "", False)] == [2]  # b2 waits for a1, which never comes


def test_subscales_are_scored_in_the_instruments_own_units():
    made = define(document())

    assert made.scores({"a1": 6, "a2": 1, "b1": 3, "b2": -1}, "mentee", "") == {"warm": 5.5, "open": None}
    assert made.scores({"a1": 6, "a2": 1, "b2": 4}, "mentor", "") == {"warm": 5.5, "open": 4.0}
    summed = define(document(scoring={"method": "sum", "min_valid": 1}))
    assert summed.scores({"a1": 6, "a2": -2}, "mentee", "")["warm"] == 12.0
    assert (summed.span("warm", "mentee", ""), made.span("warm", "mentee", "")) == ((0, 12), (0, 6))


def test_a_score_agrees_with_that_of_the_built_in_questionnaire():
    given, turned = [5, -2, 2], [False, False, True]
    assert (scale_score(given, turned, low=1, high=5, min_valid=2) - 1) * 25 == item_score(given, turned)
    assert scale_score([5, -2, -2], turned, low=1, high=5, min_valid=2) is None


@pytest.fixture
def coordination(db):
    return CoordinationFactory()


@pytest.fixture
def house(coordination):
    return coordination.programme.institution


def loaded(house, by, **changes):
    return load_instrument(house, json.dumps(document(**changes)).encode(), by=by, at=NOW)


def test_nothing_of_a_bad_file_is_kept(coordination, house):
    with pytest.raises(BadInstrument):
        loaded(house, coordination.person, items=[])
    loaded(house, coordination.person)
    with pytest.raises(BadInstrument, match="here already"):
        loaded(house, coordination.person)
    assert Instrument.objects.count() == 1


def test_nobody_is_asked_before_the_licence_is_confirmed_by_name_and_date(coordination, house):
    by, programme = coordination.person, coordination.programme
    made, bare = loaded(house, by), loaded(house, by, instrument="bare", licence_text="")
    asked = {"form": Wave.Form.OWN, "opens_at": NOW, "closes_at": None, "by": by, "at": NOW}

    with pytest.raises(InstrumentIsNotReady):
        open_wave(programme, instrument=made, **asked)
    with pytest.raises(LicenceIsMissing):
        activate(bare, confirmed_by="Sara", confirmed_on=date(2026, 1, 1), by=by, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Instrument.objects.filter(pk=made.pk).update(activated_at=NOW)
    activate(made, confirmed_by="Sara", confirmed_on=date(2026, 1, 1), by=by, at=NOW)
    open_wave(programme, instrument=made, **asked)

    told = AuditEvent.objects.filter(target_type="evaluation.instrument").values_list("action", flat=True)
    assert {"instrument.loaded", "instrument.licence_confirmed", "instrument.activated"} == set(told)
    foreign = own_instrument(CoordinationFactory().programme.institution, active=True)
    with pytest.raises(InstrumentIsNotReady):
        open_wave(programme, instrument=foreign, **asked)
    with pytest.raises(ProtectedError):
        Instrument.objects.get(pk=made.pk).delete()


def test_what_is_active_is_frozen_and_a_new_version_drops_an_item_without_touching_old_answers(coordination, house):
    by = coordination.person
    first = own_instrument(house, active=True)
    with pytest.raises(InstrumentIsFrozen):
        arrange(first, "a1", "down")
    with pytest.raises(InstrumentIsFrozen):
        activate(first, confirmed_by="X", confirmed_on=date(2026, 1, 1), by=by, at=NOW)

    second = new_version(first, by=by, at=NOW)
    assert (second.version, second.is_draft, second.licence_confirmed_by) == (2, True, "")
    assert new_version(first, by=by, at=NOW) == second
    with pytest.raises(OthersDependOnIt):
        arrange(second, "a1", "delete")
    arrange(second, "a2", "delete")
    second = Instrument.objects.get(pk=second.pk)
    assert dropped(first.definition, second.definition) == ["a2"]
    assert first.definition.scores({"a1": 6, "a2": 1}, "mentor", "")["warm"] == 5.5
    put_away(second, by=by, at=NOW)
    put_away(first, by=by, at=NOW)
    assert list(Instrument.objects.values_list("version", "retired_at")) == [(1, NOW)]


def test_an_empty_one_is_not_activated_and_a_question_may_bring_its_subscale(coordination, house):
    draft = own_instrument(house, items=[], subscales={})
    with pytest.raises(InstrumentAsksNothing):
        activate(draft, confirmed_by="X", confirmed_on=date(2026, 1, 1), by=coordination.person, at=NOW)

    keep_question(draft, {"id": "q1", "text": {"en": "Well?"}}, subscale={"en": "Trust"})
    keep_question(draft, {"id": "q2", "text": {"fa": "چه‌طور؟"}, "subscale": "s1", "roles": ["mentor"]})
    keep_question(draft, {"id": "q2", "text": {"fa": "چگونه؟"}, "subscale": "s1", "roles": ["mentor"]}, code="q2")
    kept = Instrument.objects.get(pk=draft.pk).definition

    assert [(each.code, each.words.text("fa"), each.subscale) for each in kept.questions] == [
        ("q1", "Well?", "s1"), ("q2", "چگونه؟", "s1"),
    ]  # fmt: skip
    assert kept.name_of("s1", "en") == "Trust"


def test_questions_for_certain_waves_are_asked_only_then(coordination, house):
    rows = [{"id": "a1", "text": {"en": "x"}, "wave": ["w1", "w3"]}]
    made = own_instrument(house, active=True, items=rows, subscales={})
    asked = {"form": Wave.Form.OWN, "instrument": made, "opens_at": NOW, "closes_at": None, "by": coordination.person}

    with pytest.raises(NothingIsAsked):
        open_wave(coordination.programme, at=NOW, **asked)
    assert open_wave(coordination.programme, at=NOW, moment="w3", **asked).moment == "w3"


def test_each_answer_that_is_not_there_has_its_code_and_sameness_is_flagged(coordination, house):
    rows = [
        {
            "id": f"a{n}",
            "text": {"en": "x"},
            "reverse": n == 3,
            **({"when": {"item": "a1", "equal": 2}} if n == 2 else {}),
        }
        for n in range(1, 14)
    ] + [{"id": "c1", "text": {"en": "Why?"}, "kind": "open"}]
    made = own_instrument(house, active=True, items=rows, subscales={})
    each = pair(coordination.programme)
    asked = Wave.objects.create(
        programme=coordination.programme, form=Wave.Form.OWN, instrument=made, number=1, opens_at=NOW
    )

    def sent(role, values, texts):
        enrolment = each.members.get(role=role).enrolment
        how = {"enrolment": enrolment, "relationship": None, "position": 1, "at": NOW}
        answer(asked, values={"a2": 5}, texts={"c1": "Draft"}, **how)  # before a1 was answered otherwise
        return answer(asked, values=values, texts=texts, finish=True, **how)

    one = sent("mentor", {"a1": 4, "a3": -3, "a4": 99}, {"c1": ""})
    same = sent("mentee", {f"a{n}": 3 for n in range(1, 14)}, {"c1": "Because"})

    kept = dict(Answer.objects.filter(response=one).values_list("item", "value"))
    assert kept == {"a1": 4, "a2": -1, "a3": -3, "c1": -2} | {f"a{n}": -2 for n in range(4, 14)}
    assert same.left_out == Response.LeftOut.SAME_ANSWER and one.left_out == ""
    assert list(OpenAnswer.objects.values_list("response", "text")) == [(same.pk, "Because")]
