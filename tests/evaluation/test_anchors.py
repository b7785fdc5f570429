from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluation.anchors import AnchorsMakeNoSense, check_anchors, indicators_of
from evaluation.indicators import ALL, BY_CODE
from evaluation.models import Anchors, Score
from evaluation.services import AnchorsAreLocked, recompute, set_anchors
from tests.evaluation.living import pairs, talk, wave
from tests.factories import NOW, CoordinationFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)


@pytest.fixture
def coordination():
    return CoordinationFactory()


def change(coordination, values, *, from_on=None, at=NOW):
    return set_anchors(
        coordination.programme, BY_CODE["RC1"], values=values, from_on=from_on, by=coordination.person, at=at
    )


def measured(programme, day):
    found = next(row for row in indicators_of(programme, day) if row.code == "RC1")
    return found.anchors_version, found.anchors


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("RC1", (12, 168)),
        ("RC1", (168, 0)),
        ("RC3", (0.5, 0.5)),
        ("RC3", (0.2, 70)),
        ("SS1", (0, 5)),
        ("TM2", (0.1, 0.0, 0.7, 1.0)),
        ("TM2", (0.1, 0.7)),
    ],
)
def test_anchors_in_the_wrong_order_or_out_of_their_range_are_refused(code, values):
    with pytest.raises(AnchorsMakeNoSense):
        check_anchors(BY_CODE[code], values)


def test_what_comes_with_the_platform_makes_sense():
    for indicator in BY_CODE.values():
        check_anchors(indicator, indicator.anchors)


def test_until_people_are_asked_anchors_count_at_once_then_from_a_later_day_and_past_figures_stay(coordination):
    programme = coordination.programme
    for one in pairs(programme, 5):
        talk(one, answer_after_hours=24)

    def figure(at):
        recompute(programme, at=at)
        row = Score.objects.get(programme=programme, code="RC1", as_of_on=timezone.localdate(at))
        return row.anchors_version, round(row.value, 1)

    assert figure(NOW) == (1, 39.8)
    change(coordination, [96.0, 58.0])
    assert figure(NOW) == (2, 97.3)

    wave(programme)
    with pytest.raises(AnchorsAreLocked):
        change(coordination, [200.0, 12.0], from_on=TODAY)
    change(coordination, [24.0, 1.0], from_on=TODAY + timedelta(days=2))

    assert figure(NOW + timedelta(days=1)) == (2, 97.3)
    assert figure(NOW + timedelta(days=2)) == (3, 0.0)
    kept = Score.objects.filter(programme=programme, code="RC1").order_by("as_of_on")
    assert [(version, round(value, 1)) for version, value in kept.values_list("anchors_version", "value")] == [
        (2, 97.3),
        (2, 97.3),
        (3, 0.0),
    ]


def test_a_version_decided_later_takes_the_place_of_one_that_still_waits(coordination):
    wave(coordination.programme)
    change(coordination, [96.0, 24.0], from_on=TODAY + timedelta(days=9))
    change(coordination, [120.0, 24.0], from_on=TODAY + timedelta(days=3))

    assert measured(coordination.programme, TODAY + timedelta(days=2)) == (1, (168, 12))
    assert measured(coordination.programme, TODAY + timedelta(days=20)) == (3, (120.0, 24.0))


def test_a_coordinator_reads_every_indicator_and_changes_one_in_words(coordination, sign_in):
    client, slug = sign_in(coordination.person), coordination.programme.slug
    sheet = client.get(reverse("indicators", args=[slug]) + "?stage=contextual").content.decode()
    assert f"{sum(each.is_computed for each in ALL)} of 49 indicators are measured here" in sheet
    assert "0 at 10%, 100 at 0.5%" in sheet
    assert "This platform cannot be linked with a learning platform (LTI) yet" in sheet
    assert "Time to an answer" not in sheet

    page = reverse("indicator_anchors", args=[slug, "MF2"])
    wrong = client.post(page, {"anchor_0": "1", "anchor_1": "8"}).content.decode()
    assert "Less is better here: the figure for 100 stands on the other side of the figure for 0." in wrong
    assert not Anchors.objects.exists()

    client.post(page, {"anchor_0": "۸", "anchor_1": "1"})
    assert list(Anchors.objects.values_list("code", "version", "values")) == [("MF2", 2, [3.0, 0.0])]
    assert client.get(reverse("indicator_anchors", args=[slug, "TL1"])).status_code == 404


def test_health_shows_the_anchors_a_score_was_computed_with_and_no_trend_across_a_change(coordination, sign_in):
    programme, now = coordination.programme, timezone.now()
    for one in pairs(programme, 5):
        talk(one, answer_after_hours=24)
    recompute(programme, at=now - timedelta(days=15))
    set_anchors(programme, BY_CODE["RC1"], values=[96.0, 24.0], from_on=None, by=coordination.person, at=now)
    recompute(programme, at=timezone.now())
    page = reverse("health", args=[programme.slug]) + "?stage=intervening"

    before_change = sign_in(coordination.person).get(page).content.decode()
    set_anchors(programme, BY_CODE["RC1"], values=[90.0, 9.0], from_on=None, by=coordination.person, at=now)
    text = sign_in(coordination.person).get(page).content.decode()

    assert "0 at 96 hours, 100 at 24 hours" in before_change
    assert "0 at 96 hours, 100 at 24 hours" in text
    assert "measured otherwise than on" in text
