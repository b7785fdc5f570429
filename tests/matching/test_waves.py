"""Pairs are published in waves; the letters are the programme's own and kept with each wave."""

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import User
from mentoring.matching.models import LetterText, MatchRun, Pair
from mentoring.matching.services import approve_all, publish_run
from mentoring.matching.services.letters import keep_letters, letters_of, usual_letter
from mentoring.matching.services.publishing import NothingApproved
from mentoring.relationships.models import Relationship
from notifications.models import Notification
from tests.factories import NOW
from tests.matching.programmes import ready_programme, staged

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved():
    ready = ready_programme(3, 3, places=1)
    run = staged(ready)
    approve_all(run, by=ready.coordinator, at=NOW)
    return ready, run


def test_one_wave_begins_and_the_rest_stays_in_review(approved, run_jobs):
    ready, run = approved
    first, *rest = run.pairs.order_by("pk")

    wave = publish_run(run, by=ready.coordinator, at=NOW, only=[first.pk])
    run_jobs()

    run.refresh_from_db()
    assert (run.status, wave.pairs, Relationship.objects.count()) == (MatchRun.Status.STAGED, 1, 1)
    assert dict(run.pairs.values_list("pk", "status")) == {
        first.pk: Pair.Status.PUBLISHED,
        **{pair.pk: Pair.Status.APPROVED for pair in rest},
    }
    publish_run(run, by=ready.coordinator, at=NOW.replace(hour=11))
    run_jobs()
    run.refresh_from_db()
    assert (run.status, Relationship.objects.count()) == (MatchRun.Status.PUBLISHED, 3)
    assert list(run.waves.order_by("pk").values_list("pairs", flat=True)) == [1, 2]


def test_a_wave_of_nothing_is_refused_and_the_draft_stays_in_review(approved):
    ready, run = approved
    with pytest.raises(NothingApproved):
        publish_run(run, by=ready.coordinator, at=NOW, only=[])
    run.refresh_from_db()
    assert (run.status, run.waves.count()) == (MatchRun.Status.STAGED, 0)


def test_a_programmes_own_words_are_sent_and_kept_with_the_wave(approved, run_jobs):
    ready, run = approved
    pair = run.pairs.order_by("pk").first()
    User.objects.filter(pk=pair.mentor.person_id).update(language="fa")
    letters = letters_of(ready.programme)
    letters["mentee"]["en"] = "Dear {name}, 100% sure: {partner} is yours.\n\n{why}"
    letters["mentor"]["fa"] = "سلام {name}؛ {partner} منتی شماست."
    keep_letters(ready.programme, letters)
    assert LetterText.objects.count() == 2

    wave = publish_run(run, by=ready.coordinator, at=NOW, only=[pair.pk])
    run_jobs()

    told = {row.kind: row.body for row in Notification.objects.filter(kind__startswith="matching.")}
    mentee, mentor = pair.mentee.person, pair.mentor.person
    assert told["matching.mentee"].startswith(f"Dear {mentee}, 100% sure: {mentor} is yours.\n\nOffers ")
    assert told["matching.mentor"] == f"سلام {mentor}؛ {mentee} منتی شماست."
    assert any("100% sure" in str(letter.body) for letter in mail.outbox)
    assert wave.letters == letters
    keep_letters(ready.programme, {"mentee": {"en": ""}, "mentor": {"fa": usual_letter("mentor", "fa")}})
    assert letters_of(ready.programme)["mentee"]["en"] == usual_letter("mentee", "en")
    wave.refresh_from_db()
    assert wave.letters == letters


def test_the_usual_words_follow_the_language_of_the_reader(approved, run_jobs):
    ready, run = approved
    publish_run(run, by=ready.coordinator, at=NOW)
    run_jobs()
    assert not any("words" in row.params for row in Notification.objects.filter(kind__startswith="matching."))
    assert "{partner}" in usual_letter("mentee", "fa") and "%" not in usual_letter("mentee", "fa")


def test_a_group_by_its_fit_or_ticked_pairs_are_chosen_on_the_page(approved, sign_in, run_jobs):
    ready, run = approved
    page = reverse("matching_publish", args=[run.pk])
    client = sign_in(ready.coordinator)
    one, two, three = run.pairs.order_by("pk")
    Pair.objects.filter(pk=one.pk).update(score=9000)
    assert client.post(page, {"which": "least", "least": "۹۵"}).status_code == 422
    assert client.post(page, {"which": "least"}).status_code == 422
    assert client.post(page, {"which": "ticked"}).status_code == 422

    assert client.post(page, {"which": "least", "least": "۹۰"}).status_code == 302
    run_jobs()
    assert list(Pair.objects.filter(status="published")) == [one]
    client.post(page, {"which": "ticked", "pairs": [three.pk]})
    run_jobs()
    assert list(Pair.objects.filter(status="approved")) == [two]
    assert "What was published" in client.get(page).content.decode()


def test_words_with_an_unknown_placeholder_are_refused_beside_the_field(approved, sign_in):
    ready, _run = approved
    client, page = sign_in(ready.coordinator), reverse("matching_letters", args=[ready.programme.slug])
    answer = client.post(page, {"mentee_en": "Hello {mentor}", "mentee_fa": "", "mentor_en": "", "mentor_fa": ""})
    text = answer.content.decode()
    assert answer.status_code == 422 and "{mentor}" in text and "{partner}" in text
    assert not LetterText.objects.exists()
    assert client.post(page, {"mentee_en": "Hello {partner}"}).status_code == 302
    assert LetterText.objects.get().body == "Hello {partner}"
