"""Relationships that have lived: messages, sessions, goals and answers, as far as a test needs them."""

import uuid
from datetime import datetime, timedelta

from evaluation.models import Answer, Response, Wave
from evaluation.questionnaire import form_items
from mentoring.messaging.models import Message, Room
from mentoring.relationships.models import Session
from tests.factories import NOW, EnrolmentFactory, RelationshipFactory


def pair(programme, *, days=60, **fields):
    """A pair matched `days` ago."""
    start = NOW - timedelta(days=days)
    accepted = {"programme": programme, "decided_at": start - timedelta(days=7)}
    mentor = fields.pop("mentor", None) or EnrolmentFactory(mentor=True, **accepted)
    return RelationshipFactory(mentor=mentor, mentee=EnrolmentFactory(**accepted), started_at=start, **fields)


def pairs(programme, count, **fields):
    return [pair(programme, **fields) for _ in range(count)]


def members(relationship):
    """(mentor, mentee) as people."""
    by_role = {member.role: member.person for member in relationship.members.select_related("person")}
    return by_role["mentor"], by_role["mentee"]


def say(relationship, sender, at: datetime, body="a few words"):
    room, _ = Room.objects.get_or_create(
        relationship=relationship, defaults={"institution": relationship.programme.institution, "created_at": at}
    )
    seq = room.messages.count() + 1
    return Message.objects.create(room=room, seq=seq, sender=sender, cid=uuid.uuid4(), body=body, created_at=at)


def talk(relationship, *, every=7, answer_after_hours=10, from_day=1):
    """The mentee writes every so many days since the match, the mentor answers."""
    mentor, mentee = members(relationship)
    at = relationship.started_at + timedelta(days=from_day)
    while at + timedelta(hours=answer_after_hours) < NOW:
        say(relationship, mentee, at)
        say(relationship, mentor, at + timedelta(hours=answer_after_hours))
        at += timedelta(days=every)


def meet(relationship, days_ago, status=Session.Status.HELD, **fields):
    return Session.objects.create(
        relationship=relationship,
        status=status,
        starts_at=NOW - timedelta(days=days_ago),
        created_at=relationship.started_at,
        **fields,
    )


def wave(programme, form=Wave.Form.SHORT, *, number=1, opened_days_ago=3, closes_at=None):
    return Wave.objects.create(
        programme=programme,
        form=form,
        number=number,
        opens_at=NOW - timedelta(days=opened_days_ago),
        closes_at=closes_at,
    )


def answered(of_wave, relationship, role, value=4, *, at=NOW - timedelta(hours=1), **by_item):
    """A sent response in which every item got `value`, or what `by_item` says (`support_satisfaction_1=2`)."""
    member = relationship.members.get(role=role)
    response = Response.objects.create(
        wave=of_wave,
        enrolment_id=member.enrolment_id,
        relationship=relationship,
        started_at=at,
        submitted_at=at,
    )
    given = {code.replace("_", "."): answer for code, answer in by_item.items()}
    Answer.objects.bulk_create(
        Answer(response=response, item=item.code, value=given.get(item.code, value))
        for item in form_items(of_wave.form)
    )
    return response
