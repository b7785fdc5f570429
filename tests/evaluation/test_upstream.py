"""From a weak outcome back: what went with less of it is neither recommended nor hidden."""

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluation.models import Score, Study, StudyResult
from evaluation.queries import health
from evaluation.reporting import report_content
from evaluation.services import recompute
from paradigm.model import components
from tests.evaluation.living import pairs
from tests.evaluation.test_actions import LOCKED
from tests.factories import NOW, CoordinationFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)
ON_TARGET = "Everything measured before it is on target."
WITH_LESS = "it went with less of the outcome, not more"


@pytest.fixture
def programme():
    return ProgrammeFactory()


def stand(programme, **weak):
    """A weak outcome, and everything before it on target but what is `weak` (skills_training=30)."""
    row = {"institution": programme.institution, "programme": programme, "as_of_on": TODAY, "computed_at": NOW, "n": 9,
           "state": "scored"}  # fmt: skip
    values = {part.slug: 70 for part in components() if not part.slug.startswith("support.")}
    values |= {slug.replace("_", "."): value for slug, value in weak.items()} | {"support.learning": 40, "causal": 70}
    for slug, value in values.items():
        Score.objects.create(component=slug, code="both", facet="both", value=value, **row)
        seen = {"measured": 1, "of": 1}
        Score.objects.create(component=slug, code="behaviour", facet="behaviour", value=value, inputs=seen, **row)


def studied(programme, *paths, at=NOW):
    study = Study.objects.create(programme=programme, kind="path", title="What goes with what", made_at=at, **LOCKED)
    analysis = {"outcome": "support.learning", "state": "ok", "n": 200, "weak": False, "paths": paths}
    StudyResult.objects.create(study=study, asked_at=at, made_at=at, content={"analyses": [analysis]})


def told(programme, sign_in):
    """What the page says from the weak outcomes on, and what the report says of it."""
    client = sign_in(CoordinationFactory(programme=programme).person)
    page = client.get(reverse("health", args=[programme.slug])).content.decode().partition('id="upstream"')[2]
    report = report_content(programme, kind="brief", language="en", at=NOW)
    [part] = [each for each in report["parts"] if each["title"] == "What goes with it earlier on"]
    return page.partition("</section>")[0], part


def test_a_weak_condition_that_went_with_less_of_the_outcome_stands_below_the_others_and_says_so(programme, sign_in):
    stand(programme, skills_training=10, planning_structure=50, tools_email=55)
    studied(programme, ["skills.training", -0.4, -0.5, -0.3])

    down = health(programme).drill_down
    page, part = told(programme, sign_in)

    assert [row.component.slug for row in down.rows] == ["planning.structure", "tools.email"]
    assert [(row.component.slug, row.score, row.priority) for row in down.against] == [("skills.training", 10, -10.0)]
    assert page.index("</ol>") < page.index(WITH_LESS)
    assert ON_TARGET not in page
    assert part["lines"][-1].endswith(
        ": 10 of 100; in a study of this programme it went with less of the outcome, not more"
    )


def test_alone_it_is_still_there_and_nobody_says_that_all_is_on_target(programme, sign_in):
    stand(programme, skills_training=10)
    studied(programme, ["skills.training", -0.4, -0.5, -0.3])

    page, part = told(programme, sign_in)

    assert (WITH_LESS in page, ON_TARGET in page, "<ol" in page, len(part["lines"])) == (True, False, False, 1)


def test_where_nothing_before_the_outcome_is_weak_the_page_says_that_it_is_on_target(programme, sign_in):
    stand(programme)

    page, part = told(programme, sign_in)

    assert (ON_TARGET in page, part["lines"]) == (True, [])


def test_what_does_not_apply_is_not_counted_among_what_could_be_measured(programme):
    pairs(programme, 3)
    recompute(programme, at=NOW)

    [row] = Score.objects.filter(component="tools.lms", code="behaviour")
    groups = health(programme, stage_slug="contextual").groups
    lms = next(part for group in groups for part in group.parts if part.component.slug == "tools.lms")

    assert row.inputs == {"measured": 0, "of": 0}
    assert lms.beside.how[0].endswith("none of its indicators applies here.")
