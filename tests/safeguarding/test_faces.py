"""Whoever is kept apart from somebody sees them as they were when that began: a name says nothing new."""

import json

import pytest
from django.urls import reverse

from accounts.services import erase_person
from mentoring.messaging.frames import frames_after
from mentoring.messaging.serializers import Speech
from mentoring.planning.models import Enrolment
from mentoring.relationships.models import Block
from mentoring.safeguarding.services import block_person, keep_apart, lift_block
from tests.factories import NOW, MessageFactory

pytestmark = pytest.mark.django_db
CALL = "CALL 0912 345 6789"


@pytest.fixture
def said(room, mentor, mentee):
    """Both have written, under names that say nothing."""
    for person, name in ((mentor, "Mentor Before"), (mentee, "Mentee Before")):
        person.name, person.about = name, f"about {name}"
        person.save()
        MessageFactory(room=room, by=person)


def turn(*people):
    for person in people:
        person.name, person.about = f"{CALL} {person.pk}", f"{CALL} about"
        person.save(update_fields=["name", "about"])
    Enrolment.objects.filter(person__in=people).update(headline=f"{CALL} line")


def pages(room, programme):
    return [
        reverse("rooms"),
        reverse("room", args=[room.pk]),
        reverse("room_changes", args=[room.pk]),
        reverse("people"),
        reverse("relationship", args=[room.relationship_id]),
        reverse("safety"),
        reverse("rooms_search") + "?q=Message",
    ]


def seen(browser, addresses):
    return "".join(browser.get(address).content.decode() for address in addresses)


def frames(room, reader):
    return "".join(frames_after(reader, Speech.of(reader), room.pk, 0)[1])


@pytest.mark.parametrize("order", [False, True])
def test_neither_sees_what_the_other_calls_themselves_now(
    room, programme, mentor, mentee, coordinator, said, sign_in, order
):
    if order:
        keep_apart(programme, mentor, mentee, reason="x", by=coordinator, at=NOW)
    else:
        block_person(mentor, by=mentee, at=NOW)
    turn(mentor, mentee)

    for reader, other, name in ((mentee, mentor, "Mentor Before"), (mentor, mentee, "Mentee Before")):
        html = seen(sign_in(reader), pages(room, programme))
        assert name in html and f"about {name}" in html
        assert f"{CALL} {other.pk}" not in html and f"{CALL} about" not in html and f"{CALL} line" not in html
        told = [json.loads(frame)["m"]["name"] for frame in frames_after(reader, Speech.of(reader), room.pk, 0)[1]]
        assert sorted(told) == sorted([name, f"{CALL} {reader.pk}"])
        assert f"{CALL} {reader.pk}" in seen(sign_in(reader), [reverse("profile")])


def test_others_see_them_as_they_are_and_so_do_both_when_it_is_over(
    room, programme, mentor, mentee, coordinator, said, sign_in
):
    block = block_person(mentor, by=mentee, at=NOW)
    turn(mentor)
    assert CALL in seen(sign_in(coordinator), [reverse("safety_desk", args=[programme.slug])])
    assert CALL not in frames(room, mentee)

    lift_block(block, by=mentee, at=NOW)

    assert not type(mentee).objects.filter(kept_apart=True).exists()
    assert CALL in seen(sign_in(mentee), [reverse("room", args=[room.pk])])
    assert CALL in frames(room, mentee)


def test_of_whoever_is_erased_no_face_is_kept(room, mentor, mentee, said, sign_in):
    block_person(mentor, by=mentee, at=NOW)

    erase_person(mentor, by=mentor, at=NOW)

    block = Block.objects.filter().first()
    assert block is None or (block.other_name, block.other_about, block.one_name) == ("", "", "Mentee Before")
    assert "Mentor Before" not in seen(sign_in(mentee), [reverse("room", args=[room.pk]), reverse("rooms")])
