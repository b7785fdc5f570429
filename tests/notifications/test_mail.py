import re
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMessage, get_connection
from django.test import Client
from django.urls import reverse

from core.models import Job
from notifications.models import Mail, Notification
from notifications.queries import unread_count
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
    way = f"http://localhost:8000{Notification.objects.get().get_absolute_url()}"
    assert way in html and way in message.body


def test_the_link_of_a_mail_marks_its_news_read_and_leads_there_also_through_sign_in(db, run_jobs, mailoutbox, sign_in):
    person = PersonFactory()
    news = tell(person)
    notify("test.told", to=person, key="far", at=NOW, url="https://elsewhere.example/", name="A", n=1, until_at="x")
    run_jobs()
    way = re.search(r"http://localhost:8000(/\S+)", mailoutbox[0].body)[1]
    assert "https://elsewhere.example/" in mailoutbox[1].body

    assert Client().get(way)["Location"] == f"{reverse('account_login')}?next={way}"
    assert unread_count(person) == 2
    assert sign_in(person).get(way)["Location"] == news.url
    assert unread_count(person) == 1


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
