import pytest

from accounts.models import AuditEvent, Consent
from accounts.services import erase_person, give_consent
from mentoring.planning import services
from mentoring.planning.models import Availability, Enrolment, EnrolmentConcept, Programme
from mentoring.planning.queries import funnel, next_steps, readiness
from mentoring.planning.rules import STEPS
from mentoring.planning.services.enrolments import take_step
from mentoring.planning.signals import enrolment_changed
from mentoring.training.models import ProgrammeModule
from notifications.kinds import kind
from notifications.models import Notification
from tests.factories import NOW, CoordinationFactory, EnrolmentFactory, PersonFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
S = Enrolment.Status


def make_complete(enrolment: Enrolment) -> None:
    """Everything the checklist asks but training."""
    Enrolment.objects.filter(pk=enrolment.pk).update(headline="Third year", field="biology")
    enrolment.refresh_from_db()
    EnrolmentConcept.objects.create(enrolment=enrolment, concept="statistics", kind="wanted")
    Availability.objects.create(person=enrolment.person, weekday=5, starts=600, ends=720)
    Consent.objects.create(person=enrolment.person, kind=Consent.Kind.TERMS, version="1", given_at=NOW)


@pytest.mark.parametrize("verb", STEPS)
def test_every_step_leads_only_from_where_the_table_says(verb):
    enrolment = EnrolmentFactory()

    for status in S.values:
        Enrolment.objects.filter(pk=enrolment.pk).update(status=status)
        if status in STEPS[verb].before:
            take_step(verb, enrolment, by=enrolment.person, at=NOW)
            assert enrolment.status == STEPS[verb].after
        else:
            with pytest.raises(services.WrongState):
                take_step(verb, enrolment, by=enrolment.person, at=NOW)

    told = AuditEvent.objects.filter(action__startswith="membership.", actor_id=enrolment.person_id)
    assert told.count() == len(STEPS[verb].before)


def test_an_application_goes_from_draft_over_approval_and_training_to_ready():
    programme = ProgrammeFactory(asked={"needs_training": {"mentee": True}})
    ProgrammeModule.objects.create(programme=programme, module="first-meeting", role="mentee")
    coordinator = CoordinationFactory(programme=programme).person
    seen = []
    receiver = lambda sender, enrolment, before, **_: seen.append((before, enrolment.status))  # noqa: E731
    enrolment_changed.connect(receiver)

    enrolment = services.register(programme, PersonFactory(), "mentee", at=NOW)
    services.apply(enrolment, by=enrolment.person, at=NOW)
    make_complete(enrolment)
    services.approve(enrolment, by=coordinator, at=NOW)
    services.mark_trained(enrolment, at=NOW)

    enrolment_changed.disconnect(receiver)
    assert seen == [
        ("", "registered"),
        ("registered", "applied"),
        ("applied", "approved"),
        ("approved", "training"),
        ("training", "ready"),
    ]
    news = list(Notification.objects.filter(kind__startswith="planning."))
    assert {"planning.applied", "planning.approved", "planning.ready"} <= {one.kind for one in news}
    assert all(programme.name in str(kind(one.kind).title) % one.params for one in news)


def test_mentees_of_a_programme_that_does_not_choose_are_approved_at_once():
    programme = ProgrammeFactory(mentee_approval=False)
    mentee = services.register(programme, PersonFactory(), "mentee", at=NOW)
    mentor = services.register(programme, PersonFactory(), "mentor", at=NOW)

    services.apply(mentee, by=mentee.person, at=NOW)
    services.apply(mentor, by=mentor.person, at=NOW)

    assert (mentee.status, mentor.status) == (S.APPROVED, S.APPLIED)


def test_a_rejection_needs_a_reason_and_the_person_reads_it():
    enrolment = EnrolmentFactory(status=S.APPLIED)

    with pytest.raises(services.ReasonMissing):
        services.reject(enrolment, reason="  ", by=enrolment.person, at=NOW)
    services.reject(enrolment, reason="The circle is full; apply in spring.", by=enrolment.person, at=NOW)

    news = Notification.objects.get(recipient=enrolment.person)
    assert (news.kind, news.params["reason"]) == ("planning.rejected", "The circle is full; apply in spring.")
    assert AuditEvent.objects.get().reason == ""


def test_nobody_applies_to_a_programme_that_is_closed_or_after_its_last_day():
    closed = ProgrammeFactory(status=Programme.Status.CLOSED)
    late = ProgrammeFactory(apply_until=NOW.date().replace(day=1))

    for programme in (closed, late):
        with pytest.raises(services.NotOpen):
            services.register(programme, PersonFactory(), "mentee", at=NOW)


def test_who_left_comes_back_with_their_answers_and_applies_anew():
    enrolment = EnrolmentFactory(status=S.WITHDRAWN, headline="Third year")

    services.rejoin(enrolment, by=enrolment.person, at=NOW)

    assert (enrolment.status, enrolment.headline, enrolment.applied_at) == (S.REGISTERED, "Third year", None)
    with pytest.raises(services.WrongState):
        services.rejoin(EnrolmentFactory(status=S.SUSPENDED), by=enrolment.person, at=NOW)


def test_agreeing_to_the_terms_is_the_last_thing_missing_and_makes_ready():
    enrolment = EnrolmentFactory(status=S.APPROVED)
    make_complete(enrolment)
    Consent.objects.all().delete()

    give_consent(enrolment.person, Consent.Kind.TERMS, at=NOW)

    enrolment.refresh_from_db()
    assert enrolment.status == S.READY


def test_free_time_given_in_one_role_counts_in_the_other_too():
    as_mentee = EnrolmentFactory(status=S.APPROVED)
    make_complete(as_mentee)
    as_mentor = EnrolmentFactory(
        programme=as_mentee.programme,
        person=as_mentee.person,
        role="mentor",
        status=S.APPROVED,
        headline="H",
        field="biology",
    )
    services.set_availability(as_mentee.person, [])

    services.answer(as_mentor, {"skills": {"latex": 3}, "availability": [(0, 540, 600)]}, at=NOW)

    as_mentee.refresh_from_db()
    assert (as_mentee.status, as_mentor.status) == (S.READY, S.READY)


def test_required_modules_keep_an_approved_person_in_training_until_they_are_finished():
    enrolment = EnrolmentFactory(status=S.APPROVED, programme__asked={"needs_training": {"mentee": True}})
    ProgrammeModule.objects.create(programme=enrolment.programme, module="first-meeting", role="mentee")
    make_complete(enrolment)

    services.settle_readiness(enrolment, at=NOW)
    assert enrolment.status == S.TRAINING
    services.mark_trained(enrolment, at=NOW)
    assert enrolment.status == S.READY
    services.mark_trained(enrolment, at=NOW)
    assert AuditEvent.objects.filter(action="membership.ready").count() == 1


def test_whoever_is_erased_takes_part_no_more():
    enrolment = EnrolmentFactory()

    erase_person(enrolment.person, by=enrolment.person, at=NOW)

    enrolment.refresh_from_db()
    assert enrolment.status == S.WITHDRAWN


def test_the_checklist_names_only_what_the_programme_asks():
    plain = EnrolmentFactory(programme__asked={"mentee": ["goals"]})
    full = EnrolmentFactory(programme__asked={"needs_training": {"mentee": True}})

    assert [check.key for check in readiness(plain)] == ["profile", "consent"]
    assert [check.key for check in readiness(full)] == ["profile", "skills", "availability", "consent", "training"]
    make_complete(full)
    assert [check.key for check in readiness(full) if not check.done] == ["training"]


def test_the_buttons_are_the_steps_that_fit_the_state_and_the_person():
    enrolment = EnrolmentFactory(status=S.APPLIED)
    coordinator = CoordinationFactory(programme=enrolment.programme).person
    stranger = CoordinationFactory().person

    assert next_steps(coordinator, enrolment) == ["approve", "reject", "withdraw", "suspend"]
    assert next_steps(enrolment.person, enrolment) == ["withdraw"]
    assert next_steps(stranger, enrolment) == []


def test_the_funnel_counts_each_role_in_one_query(django_assert_num_queries):
    programme = ProgrammeFactory()
    EnrolmentFactory(programme=programme, mentor=True)
    EnrolmentFactory(programme=programme, status=S.PAUSED)
    EnrolmentFactory(programme=programme, status=S.APPLIED)
    EnrolmentFactory()

    with django_assert_num_queries(1):
        steps = funnel(programme)

    assert {(step.status, step.mentors, step.mentees) for step in steps if step.total} == {
        (S.READY, 1, 1),
        (S.APPLIED, 0, 1),
    }


def test_bulk_approval_leaves_alone_whoever_does_not_wait():
    programme = ProgrammeFactory()
    waiting = EnrolmentFactory(programme=programme, status=S.APPLIED)
    rejected = EnrolmentFactory(programme=programme, status=S.REJECTED)

    assert services.approve_all([waiting, rejected], by=programme.created_by, at=NOW) == 1
    rejected.refresh_from_db()
    assert (waiting.status, rejected.status) == (S.APPROVED, S.REJECTED)
