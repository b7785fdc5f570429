"""A study of languages looks at answers whenever they were given: it, too, says when they were there before its plan."""

from datetime import timedelta

import pytest

from evaluation.models import Response, Wave
from tests.evaluation.test_studies import (  # noqa: F401
    MATCHED,
    OTHER,
    coordinator,
    locked,
    paired,
    people,
    programme,
    results,
    say,
    wave,
)
from tests.factories import NOW

pytestmark = pytest.mark.django_db
WARNED = "had come in before this plan was locked"
WHENEVER = {"kind": "language", "before": "", "after": "any", "who": "mentee", "secondary": []}


def pulse(of_programme, opens):
    """A full questionnaire at no planned moment."""
    return Wave.objects.create(
        programme=of_programme, form="full", number=1, opens_at=opens, closes_at=opens + timedelta(days=10)
    )


@pytest.mark.parametrize(("lock_before", "early"), [(False, True), (True, False)])
def test_answers_of_any_time_are_early_where_the_plan_was_locked_after_them(
    programme,  # noqa: F811
    coordinator,  # noqa: F811
    sign_in,
    lock_before,
    early,
):
    mentors, mentees = (people(programme, 6, role=role) for role in ("mentor", "mentee"))
    asked = pulse(programme, MATCHED + timedelta(days=30))
    say(asked, mentees, [3] * 6, paired(programme, mentors, mentees))
    study = locked(programme, coordinator, **WHENEVER)
    if lock_before:
        asked.responses.update(submitted_at=NOW)

    assert results(study, coordinator).content["early"] is early
    page = sign_in(coordinator).get(study.get_absolute_url()).content.decode()
    assert (WARNED in page) is early


@pytest.mark.parametrize(("after_the_lock", "early"), [(("w3",), True), (("w1", "w3"), False)])
def test_a_path_rests_on_answers_of_every_wave_and_says_when_any_of_them_was_there_before_its_plan(
    programme,  # noqa: F811
    coordinator,  # noqa: F811
    after_the_lock,
    early,
):
    mentors, mentees = (people(programme, 6, role=role) for role in ("mentor", "mentee"))
    pairs = paired(programme, mentors, mentees)
    for moment in ("w1", "w3"):
        say(wave(programme, moment), mentees, [3] * 6, pairs)
    path = {
        "x": "planning.structure",
        "mediators": ["relationships.friendly", OTHER],
        "outcome": "support.satisfaction",
    }
    study = locked(programme, coordinator, kind="path", condition="infrastructure.digital", **path)
    Response.objects.filter(wave__moment__in=after_the_lock).update(submitted_at=NOW)

    assert results(study, coordinator).content["early"] is early
