from datetime import timedelta

import pytest

from mentoring.planning.catalogue import templates
from mentoring.planning.models import Enrolment
from mentoring.planning.signals import enrolment_changed, programme_created
from mentoring.relationships.models import Goal, GoalStep
from mentoring.training.catalogue import module
from mentoring.training.models import ModuleProgress, SelfRating
from mentoring.training.queries import outstanding
from mentoring.training.services import (
    ModuleUnfinished,
    answer_lesson,
    ask_for_modules,
    finish_module,
    rate_self,
    start_module,
    take_home,
    take_test,
)
from mentoring.training.signals import module_finished
from tests.factories import (
    NOW,
    EnrolmentFactory,
    ModuleProgressFactory,
    ProgrammeFactory,
    ProgrammeModuleFactory,
    RelationshipFactory,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
MODULE = module("first-meeting")
RIGHT = {screen.key: next(option.key for option in screen.options if option.best) for screen in MODULE.test}


def answer_everything(progress: ModuleProgress, *, right: bool = True) -> None:
    for screen in MODULE.screens:
        if screen.kind in ("question", "quiz"):
            chosen = next(option.key for option in screen.options if option.best == right)
            answer_lesson(progress, screen, {"option": chosen}, at=LATER)


def in_training(**fields) -> Enrolment:
    return EnrolmentFactory(status=Enrolment.Status.TRAINING, ready_at=None, **fields)


def test_start_module_twice_comes_back_to_the_first_beginning():
    person = EnrolmentFactory().person

    first = start_module("first-meeting", by=person, at=NOW)

    assert start_module("first-meeting", by=person, at=LATER) == first
    assert ModuleProgress.objects.get().started_at == NOW


def test_answers_carry_the_person_forward_and_going_back_loses_no_way():
    progress = ModuleProgressFactory()

    answer_lesson(progress, MODULE.screens[3], {}, at=LATER)
    answer_lesson(progress, MODULE.screens[0], {}, at=LATER)

    progress.refresh_from_db()
    assert (progress.position, progress.touched_at) == (4, LATER)


def test_a_quiz_keeps_its_first_answer_and_a_scenario_the_last():
    progress = ModuleProgressFactory()
    scenario, quiz = MODULE.screen("unsure"), MODULE.screen("check-goal")

    for screen in (scenario, quiz):
        for option in screen.options[:2]:
            answer_lesson(progress, screen, {"option": option.key}, at=LATER)

    assert progress.answers.get(lesson="unsure").answer == {"option": scenario.options[1].key}
    assert progress.answers.get(lesson="check-goal").answer == {"option": quiz.options[0].key}


def test_ratings_before_stand_and_ratings_after_may_be_corrected():
    progress = ModuleProgressFactory()

    for moment in SelfRating.Moment.values:
        for value in (2, 4):
            rate_self(progress, {"purpose": value}, moment=moment, at=LATER)

    assert dict(progress.ratings.values_list("moment", "value")) == {"before": 2, "after": 4}


def test_take_test_counts_the_first_try_as_a_share():
    progress = ModuleProgressFactory()

    take_test(progress, {**RIGHT, MODULE.test[0].key: "solved"}, at=LATER)
    take_test(progress, RIGHT, at=LATER)

    progress.refresh_from_db()
    assert progress.quiz_before == pytest.approx(2 / 3)


def test_a_test_taken_after_the_first_lesson_does_not_count_as_before():
    progress = ModuleProgressFactory(position=1)

    take_test(progress, RIGHT, at=LATER)

    progress.refresh_from_db()
    assert progress.quiz_before is None


def test_finish_module_refuses_while_questions_are_open():
    progress = ModuleProgressFactory()

    with pytest.raises(ModuleUnfinished):
        finish_module(progress, at=LATER)

    progress.refresh_from_db()
    assert progress.finished_at is None


def test_finish_module_tells_once_and_keeps_the_share_of_right_answers():
    heard = []
    progress = ModuleProgressFactory()
    answer_everything(progress, right=False)
    module_finished.connect(listener := lambda **news: heard.append(news["progress"]), weak=False)

    finish_module(progress, at=LATER)
    finish_module(progress, at=LATER + timedelta(days=1))

    module_finished.disconnect(listener)
    progress.refresh_from_db()
    assert heard == [progress]
    assert (progress.finished_at, progress.quiz_after, progress.position) == (LATER, 0, len(MODULE.screens))


def test_the_last_required_module_makes_a_person_trained_in_every_programme_that_waits_for_it():
    waiting = in_training()
    elsewhere = in_training(person=waiting.person)
    stranger = in_training(programme=waiting.programme)
    ProgrammeModuleFactory(programme=waiting.programme)
    ProgrammeModuleFactory(programme=elsewhere.programme)
    ProgrammeModuleFactory(programme=elsewhere.programme, module="giving-feedback")
    progress = ModuleProgressFactory(person=waiting.person)
    answer_everything(progress)

    finish_module(progress, at=LATER)

    trained = {row.pk: row.trained_at for row in Enrolment.objects.all()}
    assert trained == {waiting.pk: LATER, elsewhere.pk: None, stranger.pk: None}


def test_whoever_learned_it_before_is_trained_on_approval():
    enrolment = in_training()
    ProgrammeModuleFactory(programme=enrolment.programme)
    ModuleProgressFactory(person=enrolment.person, finished=True)

    enrolment_changed.send(Enrolment, enrolment=enrolment, before=Enrolment.Status.APPLIED, at=LATER)

    enrolment.refresh_from_db()
    assert enrolment.trained_at == LATER


def test_a_new_programme_asks_for_the_modules_of_its_template():
    programme, chosen = ProgrammeFactory(), templates()[0]

    programme_created.send(type(programme), programme=programme, template=chosen, at=NOW)

    asked = set(programme.modules.values_list("role", "module"))
    programme.refresh_from_db()
    assert programme.needs_training("mentor") is bool(chosen.mentor_training)
    assert asked == {("mentor", slug) for slug in chosen.mentor_training} | {
        ("mentee", slug) for slug in chosen.mentee_training
    }


def test_ask_for_modules_replaces_what_was_asked_and_frees_whom_nothing_holds():
    waiting = in_training()
    programme = waiting.programme
    ProgrammeModuleFactory(programme=programme)
    ProgrammeModuleFactory(programme=programme, module="giving-feedback", role="mentor")

    ask_for_modules(programme, {("giving-feedback", "mentor"): 30}, by=EnrolmentFactory().person, at=LATER)

    assert list(programme.modules.values_list("module", "role", "due_days")) == [("giving-feedback", "mentor", 30)]
    assert outstanding(waiting) == []
    waiting.refresh_from_db()
    assert waiting.trained_at == LATER


def test_take_home_becomes_a_step_of_the_active_goal():
    relationship = RelationshipFactory()
    mentee = relationship.members.get(role="mentee").person
    goal = Goal.objects.create(
        relationship=relationship, title="Write", status="active", created_at=NOW, confirmed_at=NOW
    )
    progress = ModuleProgressFactory(person=mentee)

    for _twice in range(2):
        take_home(progress, "Write three lines.", by=mentee, at=LATER)

    step = GoalStep.objects.get()
    assert (step.goal, step.owner, step.title, step.source) == (goal, mentee, "Write three lines.", "training")
    assert step.due_on == (LATER + timedelta(days=7)).date()


def test_take_home_without_a_goal_stays_a_note_to_oneself():
    progress = ModuleProgressFactory()

    assert take_home(progress, "Write three lines.", by=progress.person, at=LATER) is None

    assert progress.answers.get(lesson="use").answer == {"text": "Write three lines.", "step": None}
    assert not GoalStep.objects.exists()
