from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.personal_data import erase, export
from evaluation.certificates import standings
from evaluation.models import Certificate
from evaluation.services import NotFinished, make_certificate
from mentoring.relationships.models import Relationship, RelationshipMember
from mentoring.relationships.signals import relationship_closed
from notifications.models import Notification
from tests.evaluation.living import members, pair
from tests.factories import NOW, ModuleProgressFactory, ProgrammeFactory, ProgrammeModuleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended():
    """A pair that was completed, in a programme that asks a module of mentees."""
    programme = ProgrammeFactory(name_en="First steps", name_fa="گام‌های نخست")
    ProgrammeModuleFactory(programme=programme, role="mentee")
    found = pair(programme, days=100)
    Relationship.objects.filter(pk=found.pk).update(status="completed", closed_at=NOW - timedelta(days=2))
    return found


@pytest.fixture
def mentee(ended):
    person = members(ended)[1]
    ModuleProgressFactory(person=person, finished=True, finished_at=NOW)
    return person


def made(person):
    (mine,) = standings(person)
    return make_certificate(mine, by=person, at=NOW)


def check(client, code, language="en"):
    answer = client.get(reverse("certificate", args=[code]), headers={"accept-language": language})
    return answer.status_code, answer.content.decode()


def test_who_finished_has_a_certificate_on_paper_in_both_languages(mentee, sign_in):
    browser = sign_in(mentee)
    browser.post(reverse("certificate_make", args=[mentee.enrolments.get().pk]))
    found = Certificate.objects.get()
    assert found.printed["fa"]["programme"] == "گام‌های نخست"
    for language in ("en", "fa"):
        paper = browser.get(reverse("certificate_pdf", args=[found.pk, language])).content
        assert paper.startswith(b"%PDF") and b"pdfuaid:part" in paper
    assert made(mentee) == found
    assert found.get_absolute_url() in browser.get(reverse("certificates")).content.decode()


def test_nobody_has_one_before_the_end_without_the_modules_or_after_leaving(ended):
    mentor, mentee = members(ended)
    assert [row.finished for row in standings(mentee)] == [False]
    assert [(row.finished, row.lacking) for row in standings(mentor)] == [(True, [])]
    with pytest.raises(NotFinished):
        made(mentee)
    RelationshipMember.objects.filter(person=mentor).update(left_at=NOW - timedelta(days=30))
    assert [row.finished for row in standings(mentor)] == [False]
    Relationship.objects.update(status="ended")
    RelationshipMember.objects.update(left_at=None)
    assert [row.finished for row in standings(mentor)] == [False]


def test_who_has_the_link_sees_five_things_and_a_wrong_one_none(mentee, client):
    found = made(mentee)
    status, page = check(client, found.code)
    assert status == 200 and "This certificate is valid" in page
    assert all(
        word in page for word in (mentee.name, "First steps", str(mentee.enrolments.get().programme.institution))
    )
    assert mentee.email not in page and len(found.code) >= 43
    status, page = check(client, found.code[:-1] + "x")
    assert status == 404 and "is not valid" in page and mentee.name not in page


def test_what_was_taken_back_is_not_valid_any_more(mentee, client):
    found = made(mentee)
    Relationship.objects.update(status="voided")
    status, page = check(client, found.code)
    assert status == 200 and "is not valid" in page and mentee.name not in page


def test_erasing_the_person_leaves_a_link_that_says_nothing_is_kept(mentee, client):
    found = made(mentee)
    assert export(mentee)["evaluation.Certificate"][0]["printed"]["name"] == mentee.name
    code, name = found.code, mentee.name
    erase(mentee, at=NOW)
    status, page = check(client, code)
    assert status == 410 and "no longer kept" in page and name not in page
    found.refresh_from_db()
    assert (found.code, found.printed) == ("", {})


def test_who_finishes_is_told_once_and_who_still_lacks_a_module_is_not(ended):
    mentor, mentee = members(ended)
    ended.refresh_from_db()
    for _twice in range(2):
        relationship_closed.send(Relationship, relationship=ended, at=NOW)
    told = Notification.objects.filter(kind="evaluation.certificate")
    assert list(told.values_list("recipient", flat=True)) == [mentor.pk] and mentee.pk
