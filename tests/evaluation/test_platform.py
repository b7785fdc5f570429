"""IS1 and IS3: how the platform carries its people, from what its processes counted."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from accounts import page_times
from accounts.page_times import ms_of, pages, step_of
from core import health
from core.models import Tally
from core.tallies import add
from evaluation.facts import Facts
from evaluation.indicators import BY_CODE
from evaluation.measure import results
from evaluation.models import Score
from evaluation.services import recompute_institution
from tests.factories import NOW, BelongingFactory, PersonFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    return ProgrammeFactory()


def measured(code, programme):
    (found,) = results(Facts(programme, NOW), [BY_CODE[code]])
    raw = float(found.figures.raw[0])
    return found.state, None if np.isnan(raw) else round(raw, 5), found.n


def checks(days_ago, passed, failed=0):
    for bucket, n in ((health.PASSED, passed), (health.FAILED, failed)):
        add(health.WHAT, {(health.EVERYBODY, bucket): n}, at=NOW - timedelta(days=days_ago))


def test_uptime_counts_minutes_of_whole_days_and_a_minute_without_a_check_has_not_passed(programme):
    checks(7, 600)  # the first day is not whole, and today is not over
    checks(0, 300)
    for days_ago in (1, 2, 3, 4, 5):
        checks(days_ago, 1440)
    assert measured("IS1", programme) == ("too_early", None, 6 * 1440)

    checks(8, 1)
    checks(6, 1400, failed=20)
    checks(7, 840)
    assert measured("IS1", programme) == ("scored", round(1 - 40 / (7 * 1440), 5), 7 * 1440)
    assert BY_CODE["IS1"].score(np.array([0.99, 0.999])).tolist() == [0.0, 100.0]


def test_page_time_is_the_95th_percentile_of_the_pages_of_the_institution(programme):
    def took(ms, count, owner=programme.institution_id, days_ago=1):
        add(page_times.WHAT, {(owner, step_of(ms)): count}, at=NOW - timedelta(days=days_ago))

    took(100, 470)
    took(900, 24)
    took(5000, 5)
    took(9000, 999, owner=programme.institution_id + 1)
    took(9000, 999, days_ago=29)
    assert measured("IS3", programme) == ("too_early", None, 499)

    took(100, 6, days_ago=20)
    assert measured("IS3", programme) == ("scored", round(ms_of(step_of(900)), 5), 505)
    took(100, 80)
    assert measured("IS3", programme) == ("scored", round(ms_of(step_of(100)), 5), 585)
    assert BY_CODE["IS3"].score(np.array([3000.0, 300.0, 40.0])).tolist() == [0.0, 100.0, 100.0]


def test_an_institution_has_the_figure_of_the_platform_once(programme):
    ProgrammeFactory(institution=programme.institution)
    add(page_times.WHAT, {(programme.institution_id, step_of(300)): 600}, at=NOW)

    recompute_institution(programme.institution, at=NOW)

    row = Score.objects.get(institution=programme.institution, programme=None, code="IS3")
    assert (row.state, row.n) == ("scored", 600)


def test_every_page_of_a_signed_in_person_is_counted_for_their_institutions(client, sign_in):
    person = BelongingFactory().person
    houses = {person.belongings.get().institution_id, BelongingFactory(person=person).institution_id}
    pages.flush(at=NOW)
    Tally.objects.all().delete()

    client.get("/account/login/")
    sign_in(PersonFactory()).get("/inbox/")
    reader = sign_in(person)
    for path in ("/inbox/", "/inbox/", "/healthz", "/static/css/tokens.css"):
        reader.get(path)
    assert not Tally.objects.exists()
    for _minute in range(2):
        pages.flush(at=NOW)

    rows = Tally.objects.filter(what=page_times.WHAT).values_list("owner", "day_on", "count")
    assert {owner for owner, _day, _count in rows} == houses
    assert sum(count for _owner, _day, count in rows) == 2 * len(houses)
    assert {day for _owner, day, _count in rows} == {NOW.date()}


@pytest.mark.once
@pytest.mark.parametrize("ms", [1, 2.5, 87, 300, 2999, 60_000])
def test_a_step_of_the_histogram_is_nine_per_cent_wide(ms):
    assert ms_of(step_of(ms)) == pytest.approx(ms, rel=0.045)


def test_what_is_counted_again_is_added_and_a_check_that_finds_nobody_has_failed(settings):
    settings.HEALTH_URL = "http://127.0.0.1:9"
    for _twice in range(2):
        assert not health.look(at=timezone.now())

    assert list(Tally.objects.values_list("what", "owner", "bucket", "count")) == [("health", 0, health.FAILED, 2)]


def test_a_check_that_is_answered_has_passed(settings, live_server):
    settings.HEALTH_URL = live_server.url
    assert health.look(at=timezone.now())

    assert list(Tally.objects.values_list("bucket", "count")) == [(health.PASSED, 1)]
