"""Somebody reads the scores of a programme over REST before and after one person rated or checked in, and subtracts."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.services import make_api_key
from evaluation.models import Score
from evaluation.queries.made_of import made_of
from evaluation.services import recompute
from mentoring.relationships.models import CheckIn, SessionRating
from tests.evaluation import living
from tests.factories import NOW, ProgrammeFactory

pytestmark = pytest.mark.django_db
STARS = range(1, 6)
WEEKS = 9


@pytest.fixture
def programme():
    return ProgrammeFactory()


@pytest.fixture
def reading(client, programme):
    """Everything in numbers that a key reads of a programme as of NOW: (component, code, what) -> number."""
    _key, secret = make_api_key(programme.institution, name="A", scopes=["scores:read"], by=None, at=NOW)

    def read():
        recompute(programme, at=NOW)
        found = client.get(
            reverse("api_scores"), {"page_size": 200}, headers={"authorization": f"Bearer {secret}"}
        ).json()
        assert found["next"] is None
        told = {(row["component"], row["code"]): row | row["inputs"] for row in found["results"]}
        return {(*key, name): n for key, row in told.items() for name, n in row.items() if isinstance(n, int | float)}

    return read


def rated(relationship, person, stars, days_ago):
    held = living.meet(relationship, days_ago)
    at = NOW - timedelta(days=days_ago) + timedelta(hours=1)
    SessionRating.objects.create(session=held, person=person, stars=stars, rated_at=at)


def rating(programme, count):
    """Relationships in which both have rated a session every week, from two to five stars."""
    for place, each in enumerate(living.pairs(programme, count, days=90)):
        for week in range(WEEKS):
            for seat, person in enumerate(living.members(each)):
                rated(each, person, 2 + (place + week + seat) % 4, 10 * (week + 1) - seat)
    return each


def afterwards(change, reading):
    """What is read once `change` has happened; then it has not."""
    with transaction.atomic():
        change()
        found = reading()
        transaction.set_rollback(True)
    return found


def test_no_figure_moves_by_the_stars_that_one_person_gave(programme, reading):
    one = rating(programme, 4)
    mentor, _mentee = living.members(one)
    before, changed = reading(), []
    for stars in STARS:
        after = afterwards(lambda given=stars: rated(one, mentor, given, 2), reading)
        changed.append({key for key, n in after.items() if key in before and abs(n - before[key] - stars) < 0.01})

    assert ("support.satisfaction", "SS1", "value") in before
    assert set.intersection(*changed) == set()


def test_no_score_moves_before_five_people_have_rated(programme, reading):
    """Two of five who rate every week have rated since the last five did; each may give any stars."""
    one = rating(programme, 4)
    mentor, _mentee = living.members(one)

    def of_ratings(found):
        return {key: n for key, n in found.items() if key[0] == "support.satisfaction"}

    before = of_ratings(reading())
    for stars in STARS:
        assert of_ratings(afterwards(lambda given=stars: rated(one, mentor, given, 2), reading)) == before
    all_of_them = [person for each in programme.relationships.all() for person in living.members(each)]

    def five_more():
        for person in all_of_them[:5]:
            rated(programme.relationships.get(members__person=person), person, 1, 3)

    assert of_ratings(afterwards(five_more, reading)) != before


def test_no_score_nor_what_it_was_made_of_is_finer_than_on_the_pages(programme, reading):
    """From the exact mean of few relationships one rating could be reckoned back."""
    for each in living.pairs(programme, 6):
        living.talk(each)
    rating(programme, 4)

    told = {key: n for key, n in reading().items() if key[-1] in ("value", "low", "high", "gap", "mentor", "mentee")}

    assert Score.objects.get(code="SS1").value % 1 and told
    assert [key for key, n in told.items() if n % 1] == []


def checked_in(relationship, person, mood, week):
    at = NOW - timedelta(weeks=week)
    CheckIn.objects.create(
        relationship=relationship, person=person, mood=mood, week_on=timezone.localdate(at), answered_at=at
    )


def test_one_low_check_in_more_is_not_counted_out(programme, reading):
    """Every low answer was followed by a contact: whether somebody gave one more is seen in no figure of it."""
    pairs = living.pairs(programme, 7, days=60)
    for each in pairs:
        _mentor, mentee = living.members(each)
        living.talk(each, every=1)
        if each is not pairs[-1]:
            checked_in(each, mentee, 1, week=2)

    well, low = (afterwards(lambda given=mood: checked_in(each, mentee, given, week=2), reading) for mood in (4, 1))

    assert well["relationships.psychological", "RP1", "value"] == 100
    assert well["relationships.psychological", "RP1", "people"] == 5
    assert well == low


def test_an_indicator_of_what_happens_keeps_its_sums():
    what = {"raw": 0.5, "numerator": 3.0, "denominator": 6.0, "low": 41.26, "from": "2026-09-22", "people": 12}

    assert made_of(Score(code="PC1", inputs=what)) == what | {"low": 41}
    assert made_of(Score(code="SS1", inputs=what)) == {"low": 41, "from": "2026-09-22", "people": 12}
