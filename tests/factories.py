"""Dull, valid rows; one trait per state. Every moment defaults to NOW unless a test says otherwise."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from accounts.models import Belonging, Consent, Institution, User
from mentoring.matching.models import Request
from mentoring.messaging.models import Message, Room
from mentoring.messaging.services import open_room, send_message
from mentoring.planning.models import Coordination, Enrolment, Programme
from mentoring.relationships.models import Agreement, Goal, Note, Relationship, RelationshipMember, Session
from mentoring.support.models import HelpRequest
from mentoring.training.models import ModuleProgress, ProgrammeModule

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LONG_OPEN = date(2100, 1, 1)
"""The end of a programme whose pages look at the real clock."""


class InstitutionFactory(DjangoModelFactory):
    class Meta:
        model = Institution

    slug = factory.Sequence(lambda n: f"institution-{n}")
    name_en = factory.Sequence(lambda n: f"University {n}")
    name_fa = factory.Sequence(lambda n: f"دانشگاه {n}")


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        persian = factory.Trait(language="fa", calendar="jalali", time_zone="Asia/Tehran")

    email = factory.Sequence(lambda n: f"person-{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    # Agreed to the terms; `consents=None` for a person who has yet to be asked.
    consents = factory.RelatedFactory("tests.factories.ConsentFactory", factory_related_name="person")


class ConsentFactory(DjangoModelFactory):
    class Meta:
        model = Consent

    person = factory.SubFactory(PersonFactory, consents=None)
    kind = Consent.Kind.TERMS
    version = Consent.CURRENT["terms"]
    given_at = NOW


class BelongingFactory(DjangoModelFactory):
    class Meta:
        model = Belonging

    class Params:
        administrator = factory.Trait(role=Belonging.Role.ADMINISTRATOR)

    institution = factory.SubFactory(InstitutionFactory)
    person = factory.SubFactory(PersonFactory)


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    institution = factory.SubFactory(InstitutionFactory)
    slug = factory.Sequence(lambda n: f"programme-{n}")
    name_en = factory.Sequence(lambda n: f"Programme {n}")
    name_fa = factory.Sequence(lambda n: f"برنامهٔ {n}")
    status = Programme.Status.RUNNING
    starts_on = date(2026, 9, 22)
    ends_on = date(2027, 1, 20)
    languages = ["en", "fa"]


class CoordinationFactory(DjangoModelFactory):
    class Meta:
        model = Coordination

    programme = factory.SubFactory(ProgrammeFactory)
    person = factory.SubFactory(PersonFactory)


class EnrolmentFactory(DjangoModelFactory):
    """A ready mentee; `mentor=True` makes a ready mentor with two places."""

    class Meta:
        model = Enrolment

    class Params:
        mentor = factory.Trait(role=Enrolment.Role.MENTOR, capacity=2, free_places=2)

    programme = factory.SubFactory(ProgrammeFactory)
    person = factory.SubFactory(PersonFactory)
    role = Enrolment.Role.MENTEE
    status = Enrolment.Status.READY
    status_at = NOW
    languages = ["en"]
    applied_at = NOW - timedelta(days=30)
    decided_at = NOW - timedelta(days=28)
    ready_at = NOW - timedelta(days=25)


class RequestFactory(DjangoModelFactory):
    """Sent yesterday with a week to answer; `draft=True` for a choice not sent yet. Its two people are of one programme."""

    class Meta:
        model = Request

    class Params:
        draft = factory.Trait(status=Request.Status.DRAFT, sent_at=None, due_at=None)

    programme = factory.SubFactory(ProgrammeFactory, matched_by=Programme.MatchedBy.REQUESTS)
    mentee = factory.SubFactory(EnrolmentFactory, programme=factory.SelfAttribute("..programme"))
    mentor = factory.SubFactory(EnrolmentFactory, programme=factory.SelfAttribute("..programme"), mentor=True)
    rank = 1
    message = "You study what I want to study."
    status = Request.Status.SENT
    created_at = NOW - timedelta(days=2)
    sent_at = NOW - timedelta(days=1)
    due_at = NOW + timedelta(days=6)


class RelationshipFactory(DjangoModelFactory):
    """An active pair with its two members; pass `mentor=` and `mentee=` enrolments of one programme to choose them."""

    class Meta:
        model = Relationship

    class Params:
        awaiting = factory.Trait(status=Relationship.Status.AWAITING)

    programme = factory.SubFactory(ProgrammeFactory)
    status = Relationship.Status.ACTIVE
    status_at = NOW
    started_at = NOW - timedelta(days=20)
    planned_end_on = date(2027, 1, 20)
    pair_key = factory.Sequence(lambda n: f"pair-{n}")

    @classmethod
    def _create(cls, model, *args, mentor=None, mentee=None, **fields):
        if mentor is not None:
            fields["programme"] = mentor.programme
        relationship = super()._create(model, *args, **fields)
        mentor = mentor or EnrolmentFactory(programme=relationship.programme, mentor=True)
        mentee = mentee or EnrolmentFactory(programme=relationship.programme)
        for enrolment in (mentor, mentee):
            RelationshipMember.objects.create(
                relationship=relationship,
                enrolment=enrolment,
                person=enrolment.person,
                role=enrolment.role,
                joined_at=relationship.started_at,
            )
        Agreement.objects.create(
            relationship=relationship,
            rhythm_days=7,
            ends_on=relationship.planned_end_on,
            updated_at=relationship.started_at,
        )
        return relationship


class ProgrammeModuleFactory(DjangoModelFactory):
    """The first meeting, required of mentees within two weeks."""

    class Meta:
        model = ProgrammeModule

    programme = factory.SubFactory(ProgrammeFactory)
    module = "first-meeting"
    role = Enrolment.Role.MENTEE


class ModuleProgressFactory(DjangoModelFactory):
    """A person has just begun the first meeting; `finished=True` for one who has gone through it."""

    class Meta:
        model = ModuleProgress

    class Params:
        finished = factory.Trait(finished_at=NOW, position=11, quiz_after=1.0)

    person = factory.SubFactory(PersonFactory)
    module = "first-meeting"
    started_at = NOW
    touched_at = NOW


class HelpRequestFactory(DjangoModelFactory):
    """A mentee of the programme waits for an answer."""

    class Meta:
        model = HelpRequest

    programme = factory.SubFactory(ProgrammeFactory)
    person = factory.LazyAttribute(lambda row: EnrolmentFactory(programme=row.programme).person)
    topic = HelpRequest.Topic.TECHNICAL
    body = "The video stays black."
    created_at = NOW


class SessionFactory(DjangoModelFactory):
    """A confirmed session in three days; `held=True` for one a week ago."""

    class Meta:
        model = Session

    class Params:
        held = factory.Trait(status=Session.Status.HELD, starts_at=NOW - timedelta(days=7))

    relationship = factory.SubFactory(RelationshipFactory)
    status = Session.Status.CONFIRMED
    starts_at = NOW + timedelta(days=3)
    created_at = NOW - timedelta(days=8)


class GoalFactory(DjangoModelFactory):
    """An active goal that the mentee proposed and the mentor confirmed."""

    class Meta:
        model = Goal

    relationship = factory.SubFactory(RelationshipFactory)
    title = "Write a research question"
    status = Goal.Status.ACTIVE
    created_at = NOW - timedelta(days=5)
    confirmed_at = NOW - timedelta(days=4)


class NoteFactory(DjangoModelFactory):
    """A private note of the mentor."""

    class Meta:
        model = Note

    relationship = factory.SubFactory(RelationshipFactory)
    author = factory.LazyAttribute(lambda note: note.relationship.people[0])
    body = "She grows."
    created_at = NOW


class RoomFactory(DjangoModelFactory):
    """The conversation of an active pair, as it opens with the relationship."""

    class Meta:
        model = Room

    relationship = factory.SubFactory(RelationshipFactory)

    @classmethod
    def _create(cls, model, *args, relationship, **fields):
        room = open_room(relationship, at=NOW - timedelta(days=20))
        model.objects.filter(pk=room.pk).update(**fields)
        room.refresh_from_db()
        return room


class MessageFactory(DjangoModelFactory):
    """Something said in a room, by its first member unless a test says otherwise."""

    class Meta:
        model = Message

    room = factory.SubFactory(RoomFactory)
    cid = factory.LazyFunction(uuid4)
    body = factory.Sequence(lambda n: f"Message {n}")
    at = NOW

    @classmethod
    def _create(cls, model, *args, room, by=None, **said):
        return send_message(room, by=by or room.members.order_by("pk").first().person, **said)
