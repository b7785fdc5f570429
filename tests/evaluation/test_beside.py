"""Beside every score stands how many, how sure, since when and of what; and why, where one of these is missing."""

from datetime import timedelta

import pytest

from evaluation.models import Score
from evaluation.queries import health, institution_health
from evaluation.queries.beside import Before, Beholder
from evaluation.services import recompute, recompute_institution
from paradigm.model import categories, components, stages
from tests.evaluation.living import answered, meet, pairs, talk, wave
from tests.factories import NOW, ProgrammeFactory

pytestmark = pytest.mark.django_db
BY_SLUG = {row.slug: row for row in (*stages(), *categories(), *components())}
AGO = NOW.date() - timedelta(days=20)


def row(slug, value, n=20, code="both", **more):
    state = "not_measured" if value is None else "scored"
    return (slug, code), Score(component=slug, code=code, value=value, n=n, state=state, **more)


def beside(slug, rows, then=None):
    who = Beholder(dict(rows), then or Before())
    of = BY_SLUG[slug]
    if slug in {stage.slug for stage in stages()}:
        return who.of_stage(of)
    return who.of_category(of) if "." not in slug else who.of_component(of)


RELATIONSHIPS = [
    row("intervening", 50.0, inputs={"low": 44.2, "high": 57.6}),
    row("relationships", 50.0),
    row("relationships.communication", 40.0),
    row("relationships.psychological", 60.0),
    row("relationships.friendly", None),
    row("relationships.communication", 80.0, code="RC1"),
    row("relationships.communication", 10.0, code="RC2"),
    row("relationships.communication", 45.0, code="behaviour"),
    row("relationships.communication", 35.0, code="perception"),
]


def test_a_stage_says_its_interval_coverage_weakest_component_and_what_it_is_made_of():
    found = beside("intervening", RELATIONSHIPS)

    assert (found.n, found.low, found.high, found.interval) == (20, 44, 58, "95% interval 44–58")
    assert found.said[1:] == ["2 of 3 components measured", "weakest: Effective communication 40"]
    assert found.how[0] == "The mean of its measured categories: Human relationships in e-mentoring 50."
    assert found.how[-1] == "No change is named yet: it needs a day at least two weeks ago that was computed, too."


def test_a_component_says_its_facets_its_indicators_and_the_weakest_of_them():
    found = beside("relationships.communication", RELATIONSHIPS)

    assert found.said == ["2 of 3 indicators measured", "weakest: Messages left without an answer 10"]
    assert found.how[0] == "The mean of what happens (45) and what people say (35)."
    assert "Time to an answer 80, Messages left without an answer 10" in found.how[1]


def test_without_a_number_it_says_why_and_how_much_there_is():
    found = beside("relationships.friendly", RELATIONSHIPS)

    assert (found.n, found.interval, found.change, found.weakest) == (0, "", "", "")
    assert found.how[0] == "There is no number: not measured. 0 of 2 indicators measured."


@pytest.mark.parametrize(
    ("counts", "named"),
    [
        ({}, {"communication", "psychological", "relationships"}),
        ({"relationships.communication": 19}, {"relationships"}),
        ({"relationships.communication": 17}, {"communication", "psychological", "relationships"}),
        ({"relationships": 21}, {"communication", "psychological"}),
    ],
)
def test_a_change_is_named_only_with_those_of_its_siblings_from_which_it_could_be_worked_out(counts, named):
    slugs = ("relationships", "relationships.communication", "relationships.psychological")
    then = Before(AGO, {slug: (30.0, counts.get(slug, 20)) for slug in slugs})

    assert {slug.split(".")[-1] for slug in slugs if beside(slug, RELATIONSHIPS, then).change} == named
    hidden = [slug for slug in slugs if slug.split(".")[-1] not in named]
    for slug in hidden:
        assert "fewer than five people came or went" in beside(slug, RELATIONSHIPS, then).how[-1]


def test_what_was_measured_otherwise_or_not_at_all_then_has_no_change():
    values = {"relationships.communication": (30.0, 20)}

    other = beside("relationships.communication", RELATIONSHIPS, Before(AGO, values, frozenset(values)))
    none = beside("relationships.communication", RELATIONSHIPS, Before(AGO, {}))

    assert other.change == "measured otherwise than on 2 November"
    assert (none.change, none.how[-1]) == ("", "No change is named: there was no number on 2 November.")


def test_changes_stand_beside_categories_and_components_after_two_weeks():
    programme = ProgrammeFactory()
    asked = wave(programme)
    for number, each in enumerate(pairs(programme, 5, days=90)):
        talk(each, every=6, answer_after_hours=20 + number)
        meet(each, 10)
        answered(asked, each, "mentee", 3)
    for day in (NOW - timedelta(days=20), NOW):
        recompute(programme, at=day)

    found = health(programme, stage_slug="intervening")

    (group,) = found.groups
    assert "2 November" in group.beside.change
    assert {part.component.slug: bool(part.beside.change) for part in group.parts if part.score is not None} == {
        part.component.slug: True for part in group.parts if part.score is not None
    }


def test_an_institution_says_that_programmes_are_drawn_first():
    programme = ProgrammeFactory()
    for number, each in enumerate(pairs(programme, 4)):
        talk(each, answer_after_hours=20 + 10 * number)
    recompute_institution(programme.institution, at=NOW)

    tile = institution_health(programme.institution).tiles[2]

    assert "from the same programmes and their relationships" in " ".join(tile.beside.how)
