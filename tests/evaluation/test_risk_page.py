from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluation.facts import Facts
from evaluation.models import FOLLOW_UP, Alert, RiskPoints
from evaluation.queries import alerts_in_sum, past_alerts
from evaluation.risk import DEFAULTS, POINTS, LimitsMakeNoSense, PointsMakeNoSense, points_of
from evaluation.services import AnchorsAreLocked, refresh_alerts, set_points
from mentoring.relationships.models import Relationship
from tests.evaluation.living import pair, pairs, wave
from tests.factories import NOW, CoordinationFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)
DAY = timedelta(days=1)
SILENT = [{"code": "silence", "points": 4, "days": 30, "rhythm": 7}]


@pytest.fixture
def coordination():
    return CoordinationFactory()


@pytest.fixture
def programme(coordination):
    return coordination.programme


def alerted(programme, *, days_ago=70, closed=None, outcome="", reasons=SILENT, **fields):
    """A relationship with an alert raised so many days ago, which closed `closed` days later."""
    raised_at = NOW - days_ago * DAY
    one = pair(programme, days=120, planned_end_on=TODAY + 60 * DAY, **fields)
    closed_at = None if closed is None else raised_at + closed * DAY
    return Alert.objects.create(
        relationship=one, level="review", points=6, reasons=reasons, raised_at=raised_at, needs_look_since=raised_at,
        closed_at=closed_at, outcome=outcome,
    )  # fmt: skip


def ended(programme, after=20, **more):
    closed_at = NOW - more.get("days_ago", 70) * DAY + after * DAY
    return alerted(
        programme, closed=after, outcome="ended", status=Relationship.Status.ENDED, closed_at=closed_at, **more
    )


def test_every_alert_keeps_what_became_of_its_relationship_by_eight_weeks_later(programme):
    became = {
        "ended in the third week": ended(programme),
        "ended yesterday, raised two weeks ago": ended(programme, after=13, days_ago=14),
        "ended only in the ninth week": ended(programme, after=62),
        "completed as planned": alerted(
            programme, closed=9, status=Relationship.Status.COMPLETED, closed_at=NOW - 61 * DAY, outcome="concluded"
        ),
        "better in the fourth week": alerted(programme, closed=25, outcome="better_after_action"),
        "paused": alerted(programme, closed=25, outcome="paused", status=Relationship.Status.PAUSED),
        "open still": alerted(programme),
        "raised two weeks ago": alerted(programme, days_ago=14),
        "voided": alerted(programme, status=Relationship.Status.VOIDED, closed_at=NOW - 60 * DAY, closed=10),
    }
    refresh_alerts(Facts(programme, NOW))

    assert {name: Alert.objects.get(pk=alert.pk).became for name, alert in became.items()} == {
        "ended in the third week": "ended_early",
        "ended yesterday, raised two weeks ago": "ended_early",
        "ended only in the ninth week": "continued",
        "completed as planned": "completed",
        "better in the fourth week": "recovered",
        "paused": "continued",
        "open still": "continued",
        "raised two weeks ago": "",
        "voided": "",
    }
    assert Alert.objects.filter(became="").exclude(judged_at=None).count() == 0


def test_precision_has_its_interval_and_is_not_told_of_few(programme):
    said = [{"code": "dissatisfied", "points": 3, "value": 2, "who": "mentee"}]
    for each in range(4):
        ended(programme, reasons=[*SILENT, *said] if each else SILENT)
    refresh_alerts(Facts(programme, NOW))
    assert alerts_in_sum(programme, NOW)[1] == "too few to say: fewer than 5 relationships"
    assert not past_alerts(programme).whole.is_shown

    alerted(programme, closed=9, outcome="settled_by_itself", reasons=[*SILENT, *said])
    ended(programme, reasons=said)
    refresh_alerts(Facts(programme, NOW))
    past = past_alerts(programme)

    assert alerts_in_sum(programme, NOW)[1] == past.whole.said
    assert past.whole.said == "83%: in 5 of 6 alerts the relationship ended early (95% interval 44% to 97%)"
    assert [(row.name, row.n, row.ended) for row in past.by_reason] == [
        ("Silence longer than 2 agreed intervals", 5, 4),
        ("Satisfaction 2 or lower, or fallen by 2", 0, 0),  # what somebody said: from ten on
    ]


def test_points_of_a_programme_count_at_once_until_people_are_asked_and_an_alert_keeps_its_version(
    coordination, programme
):
    def change(at=NOW, from_on=None, **points):
        set_points(programme, points={**POINTS, **points}, from_on=from_on, by=coordination.person, at=at)

    pairs(programme, 1, days=8)
    change(no_first_contact=0)
    refresh_alerts(Facts(programme, NOW))
    assert Alert.objects.count() == 0
    change(no_first_contact=7)
    refresh_alerts(Facts(programme, NOW))
    assert list(Alert.objects.values_list("level", "points", "points_version")) == [("review", 7, 3)]
    change(no_first_contact=7, watch_from=7, review_from=8)
    refresh_alerts(Facts(programme, NOW))
    assert Alert.objects.get().level == "watch"
    for watch, review in ((0, 6), (6, 6), (3, 21)):
        with pytest.raises(LimitsMakeNoSense):
            change(watch_from=watch, review_from=review)

    wave(programme)
    with pytest.raises(AnchorsAreLocked):
        change(from_on=TODAY, no_first_contact=1)
    change(from_on=TODAY + DAY, no_first_contact=1)
    assert points_of(programme, TODAY).version == 4
    assert (
        points_of(programme, TODAY + DAY).version,
        points_of(programme, TODAY + DAY).points["no_first_contact"],
    ) == (5, 1)
    with pytest.raises(PointsMakeNoSense):
        change(from_on=TODAY + DAY, silence=10)


def test_a_coordinator_changes_one_signal_and_everybody_who_manages_reads_it(coordination, programme, sign_in):
    client, page = sign_in(coordination.person), reverse("risk_points", args=[programme.slug])
    nothing = client.post(page, dict.fromkeys(POINTS, "0") | {"watch_from": "3", "review_from": "6"}).content.decode()
    assert "together they must reach what a coordinator looks from" in nothing
    assert not RiskPoints.objects.exists()

    client.post(page, {key: str(points) for key, points in DEFAULTS.items()} | {"silence": "۵", "review_from": "8"})
    assert RiskPoints.objects.get().values == {**DEFAULTS, "silence": 5, "review_from": 8}
    text = client.get(reverse("risk", args=[programme.slug])).content.decode()
    assert "Version 2 of the points." in text
    assert "Too few alerts with a known outcome" in text
    assert "5 instead of 2" in client.get(page).content.decode()


@pytest.mark.once
def test_an_alert_is_followed_for_eight_weeks():
    assert FOLLOW_UP.days == 56
