"""The report of a run tells the draft as it stands, proves it, and never a figure about fewer than five people."""

import pytest
from django.urls import reverse

from mentoring.matching.engine import Cohort, People, match, run_report
from mentoring.matching.history import Told
from mentoring.matching.models import MatchRun
from mentoring.matching.repeat import same_again
from mentoring.matching.report import report_of
from mentoring.matching.services import reject_pair, swap_pairs
from mentoring.matching.templatetags.matching import gains_and_losses, mentees_of
from mentoring.planning.models import Enrolment, GroupLabel
from tests.factories import NOW
from tests.matching.programmes import ready_programme, staged

pytestmark = pytest.mark.django_db


def test_the_report_of_a_fresh_draft_is_that_of_the_engine():
    ready = ready_programme(5, 2, places=2)
    run = staged(ready)
    report = report_of(run)
    figures = report.figures
    assert (figures.total, figures.bound - figures.worth, figures.proven, report.moved) == (run.total, 0, True, 0)
    assert (figures.mentees, figures.matched, figures.load) == (5, 4, {2: 2})
    assert [score for *_pair, score, _pk in report.worst] == sorted(run.pairs.values_list("score", flat=True))
    assert figures.blocking.count == run.report["blocking"]["count"]
    assert {mentor.pk for mentor, _row in report.wanted} == {mentor.pk for mentor in ready.mentors}
    assert report.wanted[0][1].one_more_people == 1


def test_decisions_move_the_figures_and_are_told_apart_from_the_proof():
    ready = ready_programme(2, 2, places=1)
    run = staged(ready)
    swap_pairs(*run.pairs.order_by("mentee"), by=ready.coordinator, at=NOW)
    report = report_of(run)
    assert report.figures.proven
    assert report.moved == sum(run.pairs.values_list("score", flat=True)) - run.total < 0
    assert report.figures.blocking.count == 2
    reject_pair(run.pairs.first(), reason="x", by=ready.coordinator, at=NOW)
    assert (report_of(run).figures.matched, report_of(run).figures.mentees) == (1, 2)


@pytest.mark.parametrize(
    ("sizes", "suppressed"),
    [
        ({"a": 6, "b": 6}, set()),
        ({"a": 6, "b": 4}, {"a", "b"}),  # 10 - 6 would tell the four
        ({"a": 8, "b": 6, "c": 4}, {"b", "c"}),
        ({"a": 8, "b": 3, "c": 4}, {"b", "c"}),  # seven together are enough to hide each
        ({"a": 8, "": 2}, {"a"}),  # two who did not say
        ({"a": 8, "": 5}, set()),
    ],
)
def test_small_groups_are_neither_told_nor_to_be_worked_out(sizes, suppressed):
    labels = [label for label, size in sizes.items() for _ in range(size)]
    names = sorted(set(labels) - {""})
    people = People.of(list(range(len(labels))), languages=[1] * len(labels))
    cohort = Cohort(mentees=people, mentors=People.of([900], languages=[1], places=[3]))
    rows = [(key, names.index(label)) for key, label in enumerate(labels) if label]

    told = run_report(cohort, match(cohort), groups={"g": rows}).fairness["g"]

    assert {names[row.label] for row in told if row.suppressed} == suppressed
    rest = len(labels) - sum(row.people for row in told[1:] if not row.suppressed)
    assert rest == 0 or rest >= 5


def test_groups_are_compared_by_their_names_and_small_ones_are_not_told(sign_in):
    ready = ready_programme(12, 2, places=3)
    run = staged(ready)
    for place, mentee in enumerate(ready.mentees):
        GroupLabel.objects.create(enrolment=mentee, group="First in the family", label="Yes" if place < 6 else "No")
        GroupLabel.objects.create(enrolment=mentee, group="Faculty", label="Law" if place < 2 else "Arts")
    page = sign_in(ready.coordinator).get(reverse("matching_report", args=[run.pk])).content.decode()
    assert "First in the family" in page and page.count("too few to tell") == 2
    (faculty, first) = report_of(run).fairness
    assert [row.label for row in first[1]] == ["", "No", "Yes"]
    assert all(row.suppressed for row in faculty[1][1:])


def test_a_run_computed_again_is_the_same_to_the_last_byte_until_somebody_changes():
    ready = ready_programme(4, 2)
    run = staged(ready)
    again = same_again(run)
    assert (again.same_engine, again.same_input, again.same_result) == (True, True, True)
    Enrolment.objects.filter(pk=ready.mentors[0].pk).update(free_places=1)
    assert same_again(run).same_result is None
    tampered = {**run.report, "total": run.total + 1}
    Enrolment.objects.filter(pk=ready.mentors[0].pk).update(free_places=2)
    MatchRun.objects.filter(pk=run.pk).update(report=tampered)
    assert same_again(MatchRun.objects.get(pk=run.pk)).same_result is False


def test_the_report_page_tells_each_figure_and_how_it_is_computed(sign_in):
    ready = ready_programme(3, 2, places=1)
    run = staged(ready)
    client = sign_in(ready.coordinator)
    page = client.get(reverse("matching_report", args=[run.pk])).content.decode()
    for words in ("gap 0: proven best", "How the fit is spread", "Mentees per mentor", '<svg class="histogram"'):
        assert words in page
    assert page.count("How is this computed?") >= 5
    assert "byte by byte" in client.get(reverse("matching_report", args=[run.pk]) + "?again=1").content.decode()


def test_a_stable_draft_says_that_it_is_stable_and_not_that_its_total_is_the_best(sign_in):
    ready = ready_programme(3, 2, places=1)
    run = staged(ready, objective="stable")
    client = sign_in(ready.coordinator)
    for address in (run.get_absolute_url(), reverse("matching_report", args=[run.pk])):
        page = client.get(address).content.decode()
        assert "2 of 3 mentees matched, and no two would rather have each other" in page
        assert "no better result exists" not in page and "proven best" not in page


def test_the_report_page_tells_whom_to_look_for(sign_in):
    ready = ready_programme(3, 1, places=1)
    Enrolment.objects.filter(programme=ready.programme).update(field="mathematics")
    page = sign_in(ready.coordinator).get(reverse("matching_report", args=[staged(ready).pk])).content.decode()
    assert "2 mentees wait, places left: 0" in page


def test_a_draft_that_a_decision_made_worse_no_longer_says_that_nothing_is_better(sign_in):
    ready = ready_programme(2, 2, places=1)
    run = staged(ready)
    client = sign_in(ready.coordinator)
    assert "no better result exists" in client.get(run.get_absolute_url()).content.decode()
    swap_pairs(*run.pairs.order_by("mentee"), by=ready.coordinator, at=NOW)
    page = client.get(run.get_absolute_url()).content.decode()
    assert "All 2 mentees matched" in page
    assert "no better result exists" not in page


@pytest.mark.once
@pytest.mark.parametrize(
    ("gained", "lost", "told"),
    [
        (0, 0, "Everybody fits as well as before."),
        (0, 2, "2 mentees fit less well than before."),
        (1, 1, "1 mentee fits better than before and 1 mentee fits less well than before."),
    ],
)
def test_what_a_decision_changed_is_said_without_counting_nobody(gained, lost, told):
    assert gains_and_losses(Told((), 0, gained, lost)) == told


@pytest.mark.once
def test_the_only_mentee_and_all_of_them_are_said_as_people_say_it():
    assert [mentees_of(*of) for of in ((1, 1), (3, 3), (1, 3))] == [
        "the only mentee",
        "all 3 mentees",
        "1 of 3 mentees",
    ]


def test_a_mentor_who_was_full_before_the_run_is_named_where_one_more_place_would_match_somebody(sign_in):
    ready = ready_programme(2, 2, places=1)
    Enrolment.objects.filter(pk__in=[mentor.pk for mentor in ready.mentors]).update(free_places=0)
    run = staged(ready)
    told = {mentor.pk: row.one_more_people for mentor, row in report_of(run).wanted}
    assert told and told.items() <= {mentor.pk: 1 for mentor in ready.mentors}.items()
    assert "would help most" in sign_in(ready.coordinator).get(run.get_absolute_url()).content.decode()
