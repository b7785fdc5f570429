"""An attacker with every figure that was ever published, and linear algebra, against the rules that let figures out."""

from datetime import date, timedelta
from itertools import combinations, pairwise
from random import Random

import numpy as np
import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.services import make_api_key
from evaluation.disclosure import Batches, K, hidden, may_compare, shown
from evaluation.models import Answer, Response, Score, UnitScore, Wave
from evaluation.queries import (
    compare_days,
    health,
    measured_waves,
    own_results,
    own_waves,
    places,
    questionnaire_quality,
    slices,
)
from evaluation.queries.weeks import weeks_of_relationship
from evaluation.questionnaire import form_items
from evaluation.services import recompute
from mentoring.relationships.models import SessionRating
from tests.evaluation import living
from tests.evaluation import test_studies as studied
from tests.evaluation.own import own_instrument
from tests.factories import NOW, CoordinationFactory, ProgrammeFactory

pytestmark = pytest.mark.once
PARTS = {"causal": ("planning", "modelling"), "contextual": ("infrastructure", "tools")}


def few_people(published, units, k=K):
    """Whether a sum of the published rows says something of fewer than `k` people alone.

    `published`: one coefficient per unit in each row; `units`: the people of each unit. Units that always go together count
    as one: nothing published can tell them apart.
    """
    rows = np.array(published, dtype=float).reshape(len(published), len(units))
    atoms = {}
    for place, people in enumerate(units):
        if people:  # of an empty cell all is known
            atoms.setdefault(tuple(rows[:, place]), set()).update(people)
    columns = np.array([column for column in atoms if any(column)]).T
    sizes = [people for column, people in atoms.items() if any(column)]
    rank = np.linalg.matrix_rank(columns) if columns.size else 0
    small = [place for place, people in enumerate(sizes) if len(people) < k]
    for count in range(1, min(len(small), k - 1) + 1):
        for chosen in combinations(small, count):
            if len(set().union(*(sizes[place] for place in chosen))) < k:
                rest = np.delete(columns, chosen, axis=1)
                if (np.linalg.matrix_rank(rest) if rest.size else 0) < rank:
                    return True
    return False


def table_of(counts, away):
    """What a one-way table publishes: its total, and each cell that is not hidden."""
    cells = [[float(place == cell) for place in range(len(counts))] for cell in range(len(counts)) if cell not in away]
    names = iter(range(sum(counts)))
    return [[1.0] * len(counts), *cells], [{next(names) for _ in range(n)} for n in counts]


@given(st.lists(st.integers(0, 14), min_size=1, max_size=7).filter(lambda counts: sum(counts) >= K))
def test_what_a_table_hides_is_not_recovered_from_its_total(counts):
    assert not few_people(*table_of(counts, hidden(counts)))


def test_without_the_remainder_rule_the_attack_finds_the_small_cell():
    counts = [12, 3, 8]
    only_small = {place for place, n in enumerate(counts) if 0 < n < K}

    assert few_people(*table_of(counts, only_small))
    assert shown(counts) == [12, None, None]


sides = st.lists(st.tuples(st.booleans(), st.integers(0, 13)), max_size=45)


def reports_after_each(news, k):
    """Everything published while `news` (side, person) come in: what each side says, and the two together."""
    slices, published = (Batches(k), Batches(k)), []
    for number, (side, person) in enumerate(news):
        slices[side].add(person, person + 100 * side, number)
        inside = [set(each.inside.values()) for each in slices]
        rows = [each for each in (*inside, inside[0] | inside[1]) if each]
        published += [[float(unit in row) for unit in range(len(news))] for row in rows]
    distinct = list(dict.fromkeys(map(tuple, published)))
    return distinct, [{person + 100 * side} for side, person in news]


@given(sides)
def test_nobodys_answer_is_recovered_from_all_reports_together(news):
    assert not few_people(*reports_after_each(news, K))


def test_without_batches_two_reports_give_the_newest_answer_away():
    news = [(True, person) for person in range(K + 1)]

    assert few_people(*reports_after_each(news, 1))


def test_a_change_is_named_when_nobody_or_five_came_between_two_reports():
    assert [may_compare(10, now) for now in (10, 11, 14, 15, 9, 5)] == [True, False, False, True, False, True]


def lived(programme, rng):
    """Figures of two stages and their categories on seven days a month for half a year, as many pairs behind each as come."""
    rows, first = [], date(2026, 5, 2)
    same = {
        "institution": programme.institution,
        "programme": programme,
        "code": "both",
        "facet": "both",
        "state": "scored",
    }
    counts = {slug: rng.randint(4, 9) for stage, parts in PARTS.items() for slug in (stage, *parts)}
    for day in (first + timedelta(days=each) for each in range(0, 180, 4)):
        for slug in counts:
            counts[slug] += rng.choice([0, 0, 0, 1, 1, 3, 6])
            figure = {
                "component": slug,
                "value": rng.uniform(0, 100),
                "n": counts[slug],
                "as_of_on": day,
                "computed_at": NOW,
            }
            rows.append(Score(**same, **figure))
    Score.objects.bulk_create(rows)
    return {(row.component, row.as_of_on): row for row in rows}


def told_over_rest(client, programme):
    """Every figure of every day that any call gives out, by (component, day)."""
    _key, secret = make_api_key(programme.institution, name="A", scopes=["scores:read"], by=None, at=NOW)
    found = {}
    asked = [{"as_of_on_before": "2027-01-01"}, {"as_of_on_after": "2026-08-10"}, {}]
    asked += [{"as_of_on_before": f"2026-{month:02}-15", "component": slug} for month in range(5, 11) for slug in PARTS]
    for query in asked:
        answer = client.get(
            reverse("api_scores"), query | {"page_size": 200}, headers={"authorization": f"Bearer {secret}"}
        )
        for row in answer.json()["results"]:
            if row["value"] is not None:
                found[row["component"], date.fromisoformat(row["as_of_on"])] = round(row["value"])
    return found


def told_on_pages(programme):
    """Every figure of every day that the page's comparison and reports of earlier months give out."""
    found = {}
    now = health(programme)
    names = {
        slug: place for place, slug in enumerate(each for stage, parts in PARTS.items() for each in (stage, *parts))
    }
    for day in slices(now.days):
        lines = [line for line in compare_days(now, day).lines if line.stage.slug in PARTS]
        for slug, place in names.items():
            if lines[place].there is not None:
                found[slug, day] = lines[place].there
        for (slug, _code), row in health(programme, until=day).rows.items():
            if row.value is not None:
                found[slug, day] = round(row.value)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_no_two_days_of_any_surface_tell_of_fewer_than_five_people(client, seed):
    """REST over time, the newest, the page's comparison and reports of earlier months, all laid over each other."""
    programme = ProgrammeFactory()
    rows = lived(programme, Random(seed))
    newest = max(day for _slug, day in rows)
    found = told_over_rest(client, programme) | told_on_pages(programme)

    for slug in {slug for slug, _day in found}:
        people = [2 * rows[slug, day].n for each, day in found if each == slug]
        assert all(may_compare(one, other) for one, other in combinations(people, 2)), slug
    for (
        stage,
        parts,
    ) in PARTS.items():  # a stage is the mean of its categories: of three figures two give away the third
        shown_days = {day for slug, day in found if slug in (stage, *parts)} - {newest}
        assert all({(slug, day) in found for slug in (stage, *parts)} == {True} for day in shown_days)
    assert len({day for _slug, day in found}) > 1  # it hides, and not everything


@pytest.mark.django_db
def test_a_place_among_programmes_is_a_sum_of_figures_that_are_shown():
    """Whoever knows every figure that is shown learns nothing new from places, and what is hidden is in none."""
    mine, rng = ProgrammeFactory(ends_on=date(2027, 1, 1)), Random(1)
    made = {}
    for number in range(9):
        past = ProgrammeFactory(institution=mine.institution, starts_on=date(2026, 2, 1), ends_on=date(2026, 8, 1))
        row = Score(institution=mine.institution, programme=past, component="causal", code="both", facet="both", as_of_on=
                    date(2026, 8, 1), computed_at=NOW, state="scored" if number else "suppressed", n=9,
                    value=rng.uniform(0, 100) if number else None)  # fmt: skip
        made[past.pk] = row
    own = Score(institution=mine.institution, programme=mine, component="causal", code="both", facet="both", state="scored",
                value=55, n=9, as_of_on=date(2026, 9, 1), computed_at=NOW)  # fmt: skip
    Score.objects.bulk_create([own, *made.values()])
    published = [round(row.value) for row in made.values() if row.value is not None]

    [told] = [row for row in places([mine])[0].stages if row.stage.slug == "causal"]

    assert (told.n, told.below, told.same) == (8, sum(each < 55 for each in published), published.count(55))


@pytest.mark.django_db
def test_answers_to_questionnaires_enter_their_figures_five_people_at_a_time():
    """After each answer everything is asked again: means and consistency of an own questionnaire, and quality of the built-in."""
    programme, rng = ProgrammeFactory(), np.random.default_rng(2)
    own = own_instrument(programme.institution, active=True)
    opens = {"programme": programme, "opens_at": NOW}
    asked = Wave.objects.create(**opens, form="own", instrument=own, number=1)
    short = Wave.objects.create(**opens, form="short", number=2)
    seen = {}
    for number, each in enumerate(studied.people(programme, 37, role="mentee")):
        for wave, codes, high in ((asked, ("a1", "a2"), 6), (short, [item.code for item in form_items("short")], 5)):
            row = Response.objects.create(
                wave=wave, enrolment=each, started_at=NOW, submitted_at=NOW + timedelta(minutes=number)
            )
            told = [code for place, code in enumerate(codes) if place or number % 7]  # now and then one is skipped
            Answer.objects.bulk_create(Answer(response=row, item=c, value=rng.integers(1, high + 1)) for c in told)
        [result], [quality] = own_results(own_waves(programme)), questionnaire_quality(measured_waves(programme))
        for scale in result.rows:
            for side in scale.sides:
                seen.setdefault((scale.code, side.role), []).append((side.n, side.value))
            if scale.consistency is not None:
                told = scale.consistency
                found = (told, None) if isinstance(told, int) else (told[0].n, told) if told else (30, ())
                seen.setdefault((scale.code, "consistency"), []).append(found)
        for scale in quality.scales:
            seen.setdefault((scale.of, scale.role), []).append((scale.n, scale.estimates))

    for name, figures in seen.items():
        assert all(
            (n, value) == (before, earlier) or n - before >= K for (before, earlier), (n, value) in pairwise(figures)
        ), name
    assert seen["warm", "consistency"][-1][1] and seen["skills", "mentee"][-1][1]  # thirty were reached


@pytest.mark.django_db
def test_weeks_of_a_relationship_do_not_move_with_what_the_partner_answered_or_how_they_rated():
    programme = ProgrammeFactory()
    each = living.pair(programme)
    mentor, mentee = living.members(each)
    living.talk(each)
    response = living.answered(living.wave(programme), each, "mentee", 1)
    for days in (40, 30, 20, 10, 5):
        SessionRating.objects.create(session=living.meet(each, days), person=mentee, stars=1, rated_at=NOW)
    readers = [mentor, CoordinationFactory(programme=programme).person]

    def told():
        recompute(programme, at=NOW)
        return [weeks_of_relationship(each, reader) for reader in readers]

    before = told()
    kept = list(UnitScore.objects.order_by("pk").values_list("scores", flat=True))
    response.answers.update(value=5)
    SessionRating.objects.update(stars=5)

    assert all(weeks.groups for weeks in before) and told() == before
    assert list(UnitScore.objects.order_by("pk").values_list("scores", flat=True)) != kept  # the ratings did enter
