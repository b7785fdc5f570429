"""Mails that come back: they count for the address, and its owner is told and can set it right."""

from datetime import timedelta
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from django.urls import reverse

from mentoring.messaging.services import take_mail
from notifications.models import Mail, MailPause, Notification
from notifications.queries import Ways, mail_pause_of
from notifications.services import notify, resume_mail, send_digest, take_return
from notifications.services.wishes import keep_preferences
from tests.factories import NOW, PersonFactory
from tests.notifications import test_inbox  # noqa: F401  registers the kind of news

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return PersonFactory(email="sara@example.org")


@pytest.fixture
def mailed(run_jobs, mailoutbox):
    """A piece of news for somebody that left by mail, as the mail server has it."""

    def told(person, key="k", at=NOW):
        notify("test.told", to=person, key=key, at=at, url="/", name="A", n=1, until_at="x")
        run_jobs()
        return mailoutbox[-1]

    return told


def block(**headers):
    part = Message()
    for name, value in headers.items():
        part[name.replace("_", "-")] = value
    return part


def report(ours, *, status="5.1.1", action="failed", kind="delivery-status", headers_only=False, to=None, **more):
    """What a mail server says of one of ours."""
    raw = ours.message()
    to = to or ours.to[0]
    mail = MIMEMultipart("report", **{"report-type": kind})
    mail["Message-ID"], mail["From"] = more.get("id", "<r1@mx>"), "MAILER-DAEMON@example.org"
    mail.attach(MIMEText("I am sorry."))
    told = Message()
    told["Content-Type"] = f"message/{kind}"
    if kind == "feedback-report":
        told.set_payload([block(Feedback_Type="abuse", Original_Rcpt_To=f"<{to}>")])
    else:
        words = {"Final_Recipient": f"rfc822; {to}", "Action": action, "Status": status}
        told.set_payload(
            [block(Reporting_MTA="dns; mx"), block(**words, Diagnostic_Code=more.get("said", "smtp; 550"))]
        )
    mail.attach(told)
    if headers_only:
        mail.attach(MIMEText(f"To: {to}\nMessage-ID: {raw['Message-ID']}\n", "rfc822-headers"))
    else:
        part = Message()
        part["Content-Type"] = "message/rfc822"
        part.set_payload([raw])
        mail.attach(part)
    return mail.as_bytes()


@pytest.mark.parametrize(
    ("how", "kind", "code"),
    [
        ({}, "hard", "5.1.1"),
        ({"headers_only": True}, "hard", "5.1.1"),
        ({"status": "5.2.1"}, "hard", "5.2.1"),
        ({"status": "5.0.0", "said": "smtp; 550 5.1.10 no such user"}, "hard", "5.1.10"),
        ({"status": "5.2.2"}, "soft", "5.2.2"),
        ({"status": "5.7.1"}, "soft", "5.7.1"),
        ({"status": "nonsense"}, "soft", ""),
        ({"kind": "feedback-report"}, "complaint", "complaint"),
        ({"action": "delayed", "status": "4.4.1"}, "", ""),
    ],
)
def test_a_report_is_understood_and_noted_on_the_mail_it_speaks_of(person, mailed, how, kind, code):
    raw = report(mailed(person), **how)

    assert take_return(raw, at=NOW) is (kind != "")
    mail = Mail.objects.get()
    assert (mail.returned, mail.return_code, mail.returned_at) == (kind, code, NOW if kind else None)


def test_only_a_mail_of_ours_to_that_address_counts(person, mailed):
    ours = mailed(person)
    forged = EmailMessage()
    forged["Message-ID"], forged["To"] = "<0000@localhost>", person.email
    foreign = report(ours).replace(ours.message()["Message-ID"].encode(), b"<0000@localhost>")
    raw = report(ours).replace(person.email.encode(), b"other@example.org")

    for each in (foreign, raw, b"", b"Content-Type: multipart/report\n\n", forged.as_bytes()):
        take_return(each, at=NOW)
    assert Mail.objects.get().returned == ""
    assert take_return(report(ours), at=NOW + timedelta(days=3650))
    assert Mail.objects.get().returned == ""


def three_return(person, mailed, at=NOW):
    for n in range(3):
        key = f"k{at:%Y%m%d%H%M}-{n}"
        assert take_mail(report(mailed(person, key=key, at=at), id=f"<{key}@mx>"), at=at).reason == "returned"


def test_after_three_hard_returns_nothing_more_is_mailed_and_one_is_told_where_one_looks(
    person, mailed, run_jobs, mailoutbox
):
    first = report(mailed(person, key="first"))
    for _again in range(3):
        take_return(first, at=NOW)
    assert mail_pause_of(person) is None
    three_return(person, mailed)

    pause = MailPause.objects.get()
    assert (pause.person, pause.address, pause.why) == (person, "sara@example.org", "returned")
    news = Notification.objects.get(kind="notifications.mail_paused")
    assert (news.recipient, news.url) == (person, f"{reverse('preferences')}#mail")
    sent = len(mailoutbox)
    notify("test.told", to=person, key="silent", at=NOW, url="/", name="A", n=1, until_at="x")
    run_jobs()
    assert send_digest(person, at=NOW) is None
    assert len(mailoutbox) == sent


def test_a_complaint_is_enough_and_a_full_mailbox_never_is(person, mailed):
    for n in range(5):
        take_return(report(mailed(person, key=f"full{n}"), status="5.2.2"), at=NOW)
    assert mail_pause_of(person) is None
    take_return(report(mailed(person), kind="feedback-report"), at=NOW)
    assert mail_pause_of(person).why == "complained"


def test_who_wanted_it_by_mail_alone_finds_it_in_the_inbox_meanwhile(person, mailed, run_jobs):
    three_return(person, mailed)
    keep_preferences(person, {"test.told": Ways(in_app=False, mail=True, push=False)})

    notify("test.told", to=person, key="alone", at=NOW, url="/", name="A", n=1, until_at="x")

    assert Notification.objects.filter(recipient=person, key="alone").exists()


def test_one_click_or_another_address_sets_it_right_and_only_what_comes_back_after_that_counts(
    person, mailed, mailoutbox, sign_in
):
    three_return(person, mailed)
    browser = sign_in(person)
    page = browser.get(reverse("preferences")).content.decode()
    assert 'Mail to <bdi dir="ltr">sara@example.org</bdi> does not arrive' in page
    assert reverse("mail_resume") in page and reverse("account_email") in page

    assert browser.post(reverse("mail_resume")).url == reverse("preferences")
    assert "Mail to <bdi dir" not in browser.get(reverse("preferences")).content.decode()
    later = MailPause.objects.get().lifted_at + timedelta(minutes=1)
    sent = len(mailoutbox)
    ours = mailed(person, key="again", at=later)
    assert len(mailoutbox) == sent + 1
    take_return(report(ours), at=later)
    assert mail_pause_of(person) is None
    three_return(person, mailed, at=later + timedelta(days=1))
    assert mail_pause_of(person) is not None

    person.email = "sara@example.com"
    person.save()
    assert mail_pause_of(person) is None
    assert mailed(person, key="new", at=later).to == ["sara@example.com"]
    assert not resume_mail(PersonFactory(), at=NOW)
