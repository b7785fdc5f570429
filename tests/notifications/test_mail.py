from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMessage, get_connection
from django.test import Client
from django.urls import reverse

from core.models import Job
from notifications.models import Mail
from notifications.services import notify, send_letter
from tests.factories import NOW, PersonFactory
from tests.notifications.test_inbox import tell


def test_a_mail_is_written_in_the_words_of_its_reader(db, run_jobs, mailoutbox):
    person = PersonFactory(persian=True, name="نیلوفر کریمی")
    tell(person)
    run_jobs()
    message = mailoutbox[0]
    assert message.subject == "\u2068Arman\u2069 tells you ۳ things"
    assert "۲ آذر" in message.body and "۱۲:۳۰" in message.body and "نیلوفر کریمی" in message.body
    html = message.alternatives[0][0]
    assert 'lang="fa" dir="rtl"' in html
    assert "http://localhost:8000/privacy/" in html and "http://localhost:8000/privacy/" in message.body


def test_a_mail_is_kept_and_sent_once_however_often_its_job_runs(db, run_jobs, mailoutbox):
    person = PersonFactory()
    tell(person)
    run_jobs()
    Job.objects.update(done_at=None, lease_until=None)
    run_jobs()
    assert len(mailoutbox) == 1
    kept = Mail.objects.get()
    assert (kept.key, kept.to, kept.sent_at is not None) == ("k", person.email, True)


def test_a_mail_that_did_not_leave_is_tried_again_under_the_same_id(db, monkeypatch, mailoutbox):
    person = PersonFactory()
    news = {"key": "k", "url": "/", "at": NOW, "params": {"name": "A", "n": 1, "until_at": "x"}}
    ids = []

    def away(self, messages):
        ids.extend(message.extra_headers["Message-ID"] for message in messages)
        raise SMTPServerDisconnected("the server went away")

    with monkeypatch.context() as patch, pytest.raises(SMTPServerDisconnected):
        patch.setattr(type(get_connection()), "send_messages", away)
        send_letter("test.told", to=person, **news)
    assert Mail.objects.get().error == "the server went away"

    send_letter("test.told", to=person, **news)

    kept = Mail.objects.get()
    assert kept.sent_at is not None and kept.error == ""
    assert [message.extra_headers["Message-ID"] for message in mailoutbox] == ids


def test_nothing_is_mailed_to_who_has_left(db, run_jobs, mailoutbox):
    person = PersonFactory()
    tell(person)
    person.is_active = False
    person.save()
    run_jobs()
    assert mailoutbox == [] and not Mail.objects.exists()


def test_news_that_is_not_for_mail_is_not_mailed(db, run_jobs, mailoutbox):
    notify("test.quiet", to=PersonFactory(), key="q", at=NOW)
    run_jobs()
    assert mailoutbox == []


def test_without_a_mail_server_every_mail_is_kept_once(db, settings, run_jobs):
    settings.EMAIL_BACKEND = "notifications.backends.KeptMail"
    person = PersonFactory()
    tell(person)
    run_jobs()
    Client().post(reverse("account_reset_password"), {"email": person.email})
    EmailMessage("To nobody we know", "Hello", to=["new@example.org"]).send()
    kept = Mail.objects.order_by("pk").values_list("recipient", "to", "kind")
    assert list(kept) == [
        (person.pk, person.email, "test.told"),
        (person.pk, person.email, "account"),
        (None, "new@example.org", "account"),
    ]
    assert not getattr(django_mail, "outbox", [])


def test_mails_are_readable_in_the_demonstration_by_who_they_are_for(db, settings, sign_in, run_jobs):
    person, other = PersonFactory(), PersonFactory()
    tell(person)
    run_jobs()
    url = reverse("mails")
    assert sign_in(person).get(url).status_code == 404
    settings.DEMO = True
    assert "Arman tells you 3 things" in sign_in(person).get(url).content.decode()
    assert "Arman tells you" not in sign_in(other).get(url).content.decode()
    assert Client().get(url).status_code == 302
