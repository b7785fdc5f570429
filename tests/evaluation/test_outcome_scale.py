"""SU2: how far people changed on the programme's outcome scale, from the first wave that is over to the last."""

from datetime import timedelta

import pytest

from evaluation.facts import Facts
from evaluation.indicators import BY_CODE
from evaluation.measure import results
from evaluation.models import Answer, Response, Wave
from evaluation.statistics.effects import paired_g
from evaluation.words import why_no_number
from tests.evaluation.own import own_instrument
from tests.factories import NOW, EnrolmentFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

ITEMS = [
    {"id": "a", "text": {"en": "I know how to learn."}, "subscale": "how"},
    {"id": "b", "text": {"en": "I do not know what for."}, "subscale": "why", "reverse": True},
    {"id": "late", "text": {"en": "It was worth it."}, "subscale": "why", "wave": ["w3"]},
]
BEFORE = [(person % 5, person % 4) for person in range(20)]
AFTER = [(min(6, a + 1 + person % 2), b + person % 3) for person, (a, b) in enumerate(BEFORE)]


@pytest.fixture
def programme():
    return ProgrammeFactory()


@pytest.fixture
def scale(programme):
    return own_instrument(
        programme.institution,
        active=True,
        items=ITEMS,
        subscales={"how": {"en": "How"}, "why": {"en": "Why"}},
        scoring={"method": "mean", "min_valid": 1},
        maps_to="support.learning",
    )


def asked(programme, scale, number, closes_at=None, moment=""):
    opens_at = NOW - timedelta(days=100 - 10 * number)
    return Wave.objects.create(
        programme=programme,
        form="own",
        instrument=scale,
        number=number,
        moment=moment,
        opens_at=opens_at,
        closes_at=closes_at or opens_at + timedelta(days=5),
    )


def answer(wave, enrolment, **values):
    at = wave.opens_at + timedelta(hours=1)
    response = Response.objects.create(wave=wave, enrolment=enrolment, started_at=at, submitted_at=at)
    Answer.objects.bulk_create(Answer(response=response, item=code, value=value) for code, value in values.items())


def grown(programme, scale, people=20):
    """People before and after; in between they were asked, too."""
    waves = [
        asked(programme, scale, 1, moment="w0"),
        asked(programme, scale, 2),
        asked(programme, scale, 3, moment="w3"),
    ]
    for mentee, (a, b), (c, d) in zip(
        [EnrolmentFactory(programme=programme) for _ in range(people)], BEFORE, AFTER, strict=False
    ):
        answer(waves[0], mentee, a=a, b=6 - b)
        answer(waves[1], mentee, a=0, b=0)
        answer(waves[2], mentee, a=c, b=6 - d, late=6)
    return waves


def measured(programme):
    (found,) = results(Facts(programme, NOW), [BY_CODE["SU2"]])
    return found


def test_it_is_the_paired_g_of_those_who_answered_both_times(programme, scale):
    first, _between, last = grown(programme, scale)
    answer(first, EnrolmentFactory(programme=programme), a=6, b=0)
    answer(last, EnrolmentFactory(programme=programme), a=6, b=0)
    answer(last, EnrolmentFactory(programme=programme, mentor=True), a=0, b=6)

    before, after = ([(a + b) / 2 for a, b in wave] for wave in (BEFORE, AFTER))
    g = paired_g(before, after).value

    found = measured(programme)
    assert found.figures.raw[0] == pytest.approx(g)
    assert (found.state, found.n, found.people) == ("scored", 20, 20)
    assert found.value == pytest.approx(100 * (min(g, 0.8) + 0.2))


def test_a_subscale_with_too_few_answers_leaves_a_person_out(programme, scale):
    _first, _between, last = grown(programme, scale)
    Answer.objects.filter(response=last.responses.first(), item="b").update(value=-2)

    assert (measured(programme).state, measured(programme).n) == ("too_early", 19)


def test_a_wave_that_is_still_open_does_not_count(programme, scale):
    waves = grown(programme, scale)
    Wave.objects.filter(pk__in=[wave.pk for wave in waves[1:]]).update(closes_at=NOW + timedelta(days=1))

    assert (measured(programme).state, measured(programme).n) == ("too_early", 0)


def test_without_an_outcome_scale_or_where_all_answer_alike_it_is_said_that_nothing_was_measured(programme, scale):
    assert measured(programme).state == "not_measured"

    for number in (1, 2):
        wave = asked(programme, scale, number)
        for mentee in programme.enrolments.all() or [EnrolmentFactory(programme=programme) for _ in range(20)]:
            answer(wave, mentee, a=3, b=3)

    assert (measured(programme).state, measured(programme).n) == ("not_measured", 20)
    assert "asked before and after" in why_no_number(BY_CODE["SU2"], "not_measured")
