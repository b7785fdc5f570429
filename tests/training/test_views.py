from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mentoring.training.catalogue import module, modules
from mentoring.training.models import LessonAnswer, ModuleProgress, SelfRating
from tests.factories import (
    NOW,
    BelongingFactory,
    CoordinationFactory,
    EnrolmentFactory,
    GoalFactory,
    ModuleProgressFactory,
    PersonFactory,
    ProgrammeFactory,
    ProgrammeModuleFactory,
)

pytestmark = pytest.mark.django_db
MODULE = module("first-meeting")
NUMBER = {screen.key: number for number, screen in enumerate(MODULE.screens, start=1)}


def screen(key: str) -> str:
    return reverse("module_screen", args=["first-meeting", NUMBER[key]])


@pytest.fixture
def mentee():
    enrolment = EnrolmentFactory()
    ProgrammeModuleFactory(programme=enrolment.programme)
    return enrolment.person


def test_every_screen_has_a_form_that_can_be_sent(mentee, sign_in):
    ModuleProgressFactory(person=mentee)
    browser = sign_in(mentee)

    for each in MODULE.screens:
        form = browser.get(screen(each.key)).content.decode().partition('id="answer"')[2].partition("</form>")[0]
        assert "csrfmiddlewaretoken" in form


def test_a_mentee_goes_through_a_module_without_javascript(mentee, sign_in):
    browser = sign_in(mentee)
    before = {f"rate-{each.key}": "2" for each in MODULE.statements}
    before |= {f"test-{each.key}": each.options[0].key for each in MODULE.test}

    begun = browser.post(reverse("module_start", args=["first-meeting"]))
    assert begun.url == reverse("module_before", args=["first-meeting"])
    assert browser.post(begun.url, before).url == screen("purpose")
    for each in MODULE.screens:
        options = each.options_for("mentee")
        answer = {"option": options[0].key} if options else {"text": "A teacher."}
        answered = browser.post(screen(each.key), answer)
        assert answered.status_code == 302
    assert answered.url == reverse("module_after", args=["first-meeting"])
    after = browser.post(answered.url, {f"rate-{each.key}": "4" for each in MODULE.statements}, follow=True)

    progress = ModuleProgress.objects.get()
    assert after.redirect_chain[-1][0] == reverse("module_done", args=["first-meeting"])
    assert progress.finished_at is not None
    assert set(progress.ratings.values_list("moment", "value")) == {("before", 2), ("after", 4)}
    assert LessonAnswer.objects.get(lesson="reflect").answer == {"text": "A teacher."}


def test_a_question_without_an_answer_says_so_and_keeps_the_page(mentee, sign_in):
    ModuleProgressFactory(person=mentee)

    page = sign_in(mentee).post(screen("unsure"), {})

    assert page.status_code == 200
    assert "Choose one answer to go on." in page.content.decode()


def test_feedback_stands_beside_the_answer_in_the_language_of_the_reader(sign_in):
    reader = EnrolmentFactory(person__persian=True).person
    ModuleProgressFactory(person=reader)
    browser = sign_in(reader)

    browser.post(screen("unsure"), {"option": "later"})
    html = browser.get(screen("unsure")).content.decode()

    assert MODULE.screen("unsure").option("later").feedback.fa in html
    assert 'dir="rtl"' in html


def test_an_own_step_needs_its_words(mentee, sign_in):
    ModuleProgressFactory(person=mentee)

    page = sign_in(mentee).post(screen("use"), {"option": "own", "own": ""})

    assert page.status_code == 200
    assert "Write your step in one line" in page.content.decode()


def test_steps_are_offered_by_role(mentee, sign_in):
    ModuleProgressFactory(person=mentee)

    html = sign_in(mentee).get(screen("use")).content.decode()

    assert MODULE.screen("use").option("lines").text.en in html
    assert MODULE.screen("use").option("invite").text.en not in html


def test_a_closed_module_resumes_where_it_was_left(mentee, sign_in):
    ModuleProgressFactory(person=mentee, position=4)

    html = sign_in(mentee).get(reverse("module", args=["first-meeting"])).content.decode()

    assert f'href="{screen(MODULE.screens[4].key)}"' in html


def test_the_look_before_is_over_once_the_first_lesson_is_read(mentee, sign_in):
    ModuleProgressFactory(person=mentee, position=1)

    page = sign_in(mentee).get(reverse("module_before", args=["first-meeting"]))

    assert page.url == reverse("module", args=["first-meeting"])


def test_open_questions_are_named_before_the_end(mentee, sign_in):
    ModuleProgressFactory(person=mentee, position=10)

    html = sign_in(mentee).get(reverse("module_after", args=["first-meeting"])).content.decode()

    assert f'href="{screen("unsure")}"' in html
    assert "5 questions are still open" in html


@pytest.mark.parametrize("name", ["module_before", "module_after", "module_done", "module_screen"])
def test_a_module_that_was_not_begun_leads_to_its_first_page(name, mentee, sign_in):
    args = ["first-meeting", 2] if name == "module_screen" else ["first-meeting"]

    assert sign_in(mentee).get(reverse(name, args=args)).url == reverse("module", args=["first-meeting"])


@pytest.mark.parametrize("path", ["/growth/nothing/", "/growth/first-meeting/99/", "/growth/first-meeting/0/"])
def test_an_unknown_module_or_screen_is_404(path, mentee, sign_in):
    ModuleProgressFactory(person=mentee)

    assert sign_in(mentee).get(path).status_code == 404


def test_what_one_wrote_is_seen_by_nobody_else(mentee, sign_in):
    progress = ModuleProgressFactory(person=mentee)
    LessonAnswer.objects.create(progress=progress, lesson="reflect", answer={"text": "My secret."}, answered_at=NOW)
    LessonAnswer.objects.create(
        progress=progress, lesson="use", answer={"text": "My step.", "step": None}, answered_at=NOW
    )
    coordinator = CoordinationFactory(programme=mentee.enrolments.get().programme).person
    ModuleProgressFactory(person=coordinator)
    pages = [reverse("growth"), screen("reflect"), screen("use"), reverse("training_settings", args=["x"])]
    pages[-1] = reverse("training_settings", args=[mentee.enrolments.get().programme.slug])

    mine = "".join(sign_in(mentee).get(page).content.decode() for page in pages)
    theirs = "".join(sign_in(coordinator).get(page).content.decode() for page in pages)

    assert "My secret." in mine
    assert "My step." in mine
    assert "My secret." not in theirs
    assert "My step." not in theirs


def test_growth_names_the_next_required_module_and_its_day(mentee, sign_in):
    html = sign_in(mentee).get(reverse("growth")).content.decode()

    assert "Next: “The first meeting”" in html
    assert "until 8 November 2026" in html
    assert "A little late" in html


def test_goals_say_with_whom_they_are_for_whoever_has_several_relationships(sign_in, django_assert_num_queries):
    goal = GoalFactory()
    mentor, mentee = goal.relationship.people
    browser = sign_in(mentor)
    browser.get(reverse("growth"))  # the first page of a session notes the role
    with CaptureQueriesContext(connection) as first:
        alone = browser.get(reverse("growth")).content.decode()
    assert goal.title in alone and str(mentee) not in alone

    membership = goal.relationship.members.get(role="mentor")
    more = [GoalFactory(relationship__mentor=membership.enrolment).relationship.people[1] for _ in range(2)]
    with django_assert_num_queries(len(first)):
        several = browser.get(reverse("growth")).content.decode()
    assert all(f"with <bdi>{person}</bdi>" in several for person in (mentee, *more))


@pytest.mark.once
def test_growth_asks_the_same_number_of_queries_for_one_and_for_four_modules(
    mentee, sign_in, django_assert_num_queries, django_assert_max_num_queries
):
    browser = sign_in(mentee)
    for each in modules():
        progress = ModuleProgressFactory(person=mentee, module=each.slug)
        for statement in each.statements:
            SelfRating.objects.create(
                progress=progress, statement=statement.key, moment="before", value=3, rated_at=NOW
            )
        if each.order == 1:
            browser.get(reverse("growth"))
            with django_assert_max_num_queries(30) as first:
                browser.get(reverse("growth"))
    with django_assert_num_queries(len(first)):
        browser.get(reverse("growth"))


def test_signed_out_visitors_are_asked_to_sign_in(client):
    for name in ("growth", "module", "module_before", "training_settings"):
        page = client.get(reverse(name, args=[] if name == "growth" else ["first-meeting"]))
        assert page.status_code == 302
        assert reverse("account_login") in page.url


def test_training_settings_belong_to_those_who_manage_the_programme(sign_in):
    programme = ProgrammeFactory()
    address = reverse("training_settings", args=[programme.slug])
    outsiders = [
        EnrolmentFactory(programme=programme).person,
        CoordinationFactory().person,
        BelongingFactory(administrator=True).person,
        PersonFactory(),
    ]
    insiders = [
        CoordinationFactory(programme=programme).person,
        BelongingFactory(administrator=True, institution=programme.institution).person,
    ]

    assert [sign_in(person).get(address).status_code for person in outsiders] == [404] * 4
    assert [sign_in(person).get(address).status_code for person in insiders] == [200] * 2


def test_a_coordinator_sets_what_is_required_with_persian_digits(sign_in):
    coordination = CoordinationFactory()
    address = reverse("training_settings", args=[coordination.programme.slug])
    days = {f"{each.slug}-{role}-days": "14" for each in modules() for role in each.roles}

    saved = sign_in(coordination.person).post(
        address, days | {"giving-feedback-mentor": "on", "giving-feedback-mentor-days": "۲۱"}
    )

    assert saved.url == address
    assert list(coordination.programme.modules.values_list("module", "role", "due_days")) == [
        ("giving-feedback", "mentor", 21)
    ]


def test_training_settings_refuse_impossible_days_beside_the_field(sign_in):
    coordination = CoordinationFactory()
    address = reverse("training_settings", args=[coordination.programme.slug])

    page = sign_in(coordination.person).post(
        address, {"giving-feedback-mentor": "on", "giving-feedback-mentor-days": "900"}
    )

    assert page.status_code == 200
    assert "180" in page.content.decode()
    assert 'value="900"' in page.content.decode()


def test_coordinators_see_counts_of_their_own_people(sign_in, django_assert_num_queries, django_assert_max_num_queries):
    asked = ProgrammeModuleFactory()
    coordinator = CoordinationFactory(programme=asked.programme).person
    browser = sign_in(coordinator)
    address = reverse("training_settings", args=[asked.programme.slug])
    browser.get(address)
    with django_assert_max_num_queries(30) as first:
        browser.get(address)
    for finished in (True, False, False):
        enrolment = EnrolmentFactory(programme=asked.programme)
        ModuleProgressFactory(person=enrolment.person, finished=finished)
    ModuleProgressFactory(finished=True, started_at=NOW - timedelta(days=1))

    with django_assert_num_queries(len(first)):
        counts = browser.get(address).context["counts"]

    assert [(row.people, row.started, row.finished) for row in counts] == [(3, 3, 1)]
