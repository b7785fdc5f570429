import json
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import models

from accounts import personal_data
from accounts.models import Consent, Invitation, User
from accounts.privacy import classified_models, privacy_of
from accounts.services import LastAdministrator, erase_person, invite, make_api_key
from core.privacy import DataClass, classify, unclassified
from notifications.models import Mail, Notification
from tests.factories import NOW, BelongingFactory, EnrolmentFactory, PersonFactory, RelationshipFactory


def test_every_field_of_every_model_has_a_data_class():
    without = {
        model._meta.label: unclassified(model, privacy) if (privacy := privacy_of(model)) else "nothing"
        for model in apps.get_models()
        if privacy_of(model) is None or unclassified(model, privacy_of(model))
    }
    assert without == {}


def test_every_subject_leads_to_a_person():
    for model, privacy in classified_models():
        if privacy.subject:
            assert str(model._base_manager.filter(**{privacy.subject: 1}).query)


def test_a_field_without_a_class_and_a_class_without_a_field_are_found():
    class Diary(models.Model):  # noqa: DJ008
        body = models.TextField()

        class Meta:
            app_label = "throwaway"

    try:
        assert unclassified(Diary, classify(internal="id")) == {"body"}
        assert unclassified(Diary, classify(internal="id mood", sensitive="body")) == {"mood"}
    finally:
        del apps.all_models["throwaway"]


def test_a_field_cannot_have_two_classes():
    with pytest.raises(ValueError, match="two data classes"):
        classify(internal="id", personal="id")


def test_export_holds_every_row_of_the_person_and_no_secret(db):
    person = PersonFactory(password="hashed-and-secret")
    BelongingFactory(person=person)
    EnrolmentFactory(person=person, goals="Finish my thesis")
    other = EnrolmentFactory(goals="Somebody else's goal")

    held = personal_data.export(person)
    text = json.dumps(held, default=str, ensure_ascii=False)

    assert {"accounts.User", "accounts.Belonging", "accounts.Consent", "planning.Enrolment"} <= set(held)
    assert held["planning.Enrolment"][0]["goals"] == "Finish my thesis"
    assert "hashed-and-secret" not in text and "Somebody else" not in text and other.person.email not in text
    secrets = {name for _m, p in classified_models() for name, kind in p.fields.items() if kind == DataClass.SECRET}
    assert not any(secrets & set(row) for rows in held.values() for row in rows)


def traces(*words):
    """Every field of every model in which one of the words stands."""
    return [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        for value in model._base_manager.values_list(field.name, flat=True)
        if any(
            word in (json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value))
            for word in words
        )
    ]


def test_erasing_leaves_no_trace_of_a_name_or_address_in_any_row(db):
    institution = BelongingFactory(administrator=True).institution
    mentee = EnrolmentFactory(
        person__name="پریسا کاظمی", person__email="parisa@example.org", goals="پریسا کاظمی می‌خواهد…"
    )
    relationship = RelationshipFactory(mentee=mentee)
    mentor = relationship.members.get(role="mentor").person
    EmailAddress.objects.create(user=mentee.person, email="parisa@example.org", verified=True, primary=True)
    invite(institution, email="parisa@example.org", role="member", by=None, at=NOW)
    Notification.objects.create(recipient=mentor, kind="x.y", key="k1", params={"name": "پریسا کاظمی"}, created_at=NOW)
    Mail.objects.create(
        recipient=mentor,
        to=mentor.email,
        kind="x.y",
        key="k2",
        subject="پریسا کاظمی",
        body_text="از پریسا کاظمی",
        created_at=NOW,
    )

    erase_person(mentee.person, by=mentee.person, at=NOW)

    assert traces("پریسا کاظمی", "parisa@example.org") == []
    person = User.objects.get(pk=mentee.person_id)
    assert (person.is_active, person.has_usable_password()) == (False, False)
    assert str(person) == "Somebody who left"
    assert relationship.members.count() == 2
    assert Mail.objects.get(key="k2").body_text == "از —"
    assert Consent.objects.filter(person=person).exists()


def test_what_two_planned_stays_for_the_other_and_goes_with_the_last(db):
    relationship = RelationshipFactory(mentee=EnrolmentFactory(person__name="Mina Rad"))
    relationship.goals.create(title="Write with Mina Rad", created_at=NOW)
    mentor = relationship.members.get(role="mentor").person
    mentee = relationship.members.get(role="mentee").person

    erase_person(mentee, by=mentee, at=NOW)
    assert relationship.goals.get().title == "Write with —"

    erase_person(mentor, by=mentor, at=NOW)
    assert relationship.goals.get().title == "—"


def test_two_people_can_be_erased_one_after_the_other(db):
    first, second = PersonFactory(), PersonFactory()
    for person in (first, second):
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        erase_person(person, by=person, at=NOW)
    assert not EmailAddress.objects.exists()


def test_the_last_administrator_cannot_be_erased(db):
    belonging = BelongingFactory(administrator=True)

    with pytest.raises(LastAdministrator):
        erase_person(belonging.person, by=belonging.person, at=NOW)

    BelongingFactory(administrator=True, institution=belonging.institution)
    erase_person(belonging.person, by=belonging.person, at=NOW)


def test_keys_and_invitations_keep_only_hashes(db):
    institution = BelongingFactory().institution
    _invitation, token = invite(institution, email="new@example.org", role="member", by=None, at=NOW)
    _key, key_token = make_api_key(institution, name="SIS", scopes=["people:read"], by=None, at=NOW)
    assert traces(token, key_token) == []
    assert Invitation.objects.get().expires_at == NOW + timedelta(days=14)
