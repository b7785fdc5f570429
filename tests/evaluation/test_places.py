"""A programme's place among the institution's earlier ones: of what they show, from five on, and in words either way."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.services import make_api_key
from evaluation.models import Score
from evaluation.queries import places
from evaluation.services import make_report
from tests.evaluation.test_compare import scored
from tests.factories import NOW, CoordinationFactory, InstitutionFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)
ENDED = TODAY - timedelta(days=30)


@pytest.fixture
def programme():
    made = ProgrammeFactory(ends_on=TODAY + timedelta(days=60))
    scored(made, TODAY, 62.4, 10)
    return made


def over(programme, value, *, ends_on=ENDED, **row):
    made = ProgrammeFactory(institution=programme.institution, starts_on=ENDED - timedelta(days=90), ends_on=ends_on)
    scored(made, ENDED - timedelta(days=20), 5, 10)  # an older figure counts no more
    return scored(made, ENDED, value, 10, **row)


def causal(programme):
    return next(row for row in places([programme])[0].stages if row.stage.slug == "causal")


def test_the_place_is_the_share_of_earlier_programmes_that_stand_lower(programme):
    for value in (40, 55, 61.6, 62.3, 70, 80):
        over(programme, value)
    over(programme, 1, ends_on=TODAY)  # not over yet when this one was computed
    scored(ProgrammeFactory(institution=InstitutionFactory(), ends_on=ENDED), ENDED, 1, 10)

    found = causal(programme)

    assert (found.value, found.n, found.below, found.same, found.percentile) == (62, 6, 2, 2, 50)
    assert found.said == "higher than 2 of 6, level with 2"


def test_among_fewer_than_five_there_is_a_sentence_and_no_place(programme):
    assert places([programme])[0].too_few.startswith("No earlier programme")
    for value in (40, 55, 61, 70):
        over(programme, value)
    hidden = over(programme, None, state="suppressed")

    found = places([programme])[0]

    assert (found.past, found.are_told, causal(programme).percentile) == (5, False, None)
    assert causal(programme).said == "measured in 4 of them; it takes 5"
    Score.objects.filter(pk=hidden.pk).update(state="scored", value=90)
    assert causal(programme).percentile == 60
    fresh = ProgrammeFactory(institution=programme.institution)
    assert [row.said for row in places([fresh])[0].stages] == ["not measured here yet"] * 5


def test_a_place_says_no_more_than_the_figures_that_are_shown(programme):
    """Whatever stands behind a figure may change; as long as the figure shown does not, the place stays."""
    rows = [over(programme, value) for value in (40.1, 55.2, 60.1, 70.1, 80.2)]
    before = places([programme])
    for row in rows:
        Score.objects.filter(pk=row.pk).update(value=row.value + 0.2, n=99, inputs={"people": 99})
    assert places([programme]) == before


def test_page_report_and_rest_tell_the_place_or_why_there_is_none(programme, sign_in, client):
    coordinator = CoordinationFactory(programme=programme).person
    _key, secret = make_api_key(programme.institution, name="S", scopes=["scores:read"], by=coordinator, at=NOW)

    def told():
        page = sign_in(coordinator).get(reverse("health", args=[programme.slug])).content.decode()
        report = make_report(programme, kind="full", language="en", by=coordinator, at=NOW)
        [part] = [each for each in report.content["parts"] if each["title"] == "Among earlier programmes"]
        asked = {"programme": programme.slug}
        called = client.get(reverse("api_places"), asked, headers={"authorization": f"Bearer {secret}"}).json()
        return page, [part["text"], *part["lines"]], called["results"][0]

    page, lines, row = told()
    few = "No earlier programme of this institution has figures yet; among 5 a place can be told."
    assert few in page and lines == [few] and (row["past"], row["stages"][0]["percentile"]) == (0, None)
    for value in (40, 55, 61, 70, 80):
        over(programme, value)

    page, lines, row = told()

    assert "higher than 3 of 5" in page and any("higher than 3 of 5 (percentile 60)" in line for line in lines)
    assert row["stages"][0] == {"stage": "causal", "value": 62, "n": 5, "below": 3, "same": 0, "percentile": 60}
