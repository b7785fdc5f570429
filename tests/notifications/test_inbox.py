import pytest
from django.test import Client
from django.urls import reverse

from notifications.kinds import Kind, register
from notifications.models import Notification, Preference
from notifications.queries import unread_count
from notifications.services import notify
from tests.factories import NOW, PersonFactory

register(Kind("test.told", "Somebody tells me", "%(name)s tells you %(n)s things", "Until %(until_at)s", "Read it"))
register(Kind("test.quiet", "Small news", "A small thing", "", "Look", mail=False))


def tell(person, key="k", url="/privacy/", name="Arman"):
    return notify(
        "test.told", to=person, key=key, at=NOW, url=url, name=name, n=3, until_at="2026-11-23T09:00:00+00:00"
    )


def test_the_same_news_twice_is_told_once(db):
    person = PersonFactory()
    assert tell(person) is not None
    assert tell(person) is None
    assert unread_count(person) == 1


@pytest.mark.parametrize(
    ("traits", "texts"),
    [
        ({}, ["Arman tells you 3 things", "23 November", "09:00", "1 thing is new"]),
        ({"persian": True}, ["\u2068Arman\u2069 tells you ۳ things", "۲ آذر", "۱۲:۳۰"]),
    ],
)
def test_news_is_told_in_the_words_of_the_reader(db, sign_in, traits, texts):
    person = PersonFactory(**traits)
    tell(person)
    page = sign_in(person).get(reverse("inbox")).content.decode()
    assert [text for text in texts if text not in page] == []


def test_what_a_person_wrote_into_news_is_not_read_as_html(db, sign_in):
    person = PersonFactory()
    tell(person, name="<script>alert(1)</script>")
    page = sign_in(person).get(reverse("inbox")).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_opening_news_marks_it_read_and_leads_there(db, sign_in):
    person = PersonFactory()
    news, away = tell(person), tell(person, key="away", url="https://evil.example/")
    client = sign_in(person)
    assert client.get(news.get_absolute_url())["Location"] == "/privacy/"
    assert client.get(away.get_absolute_url())["Location"] == reverse("inbox")
    assert unread_count(person) == 0


def test_news_of_others_does_not_exist(db, sign_in):
    news, stranger = tell(PersonFactory()), PersonFactory()
    client = sign_in(stranger)
    foreign = client.get(news.get_absolute_url())
    unknown = client.get(reverse("notification", args=[10**6]))
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert client.post(reverse("notification_read", args=[news.pk])).status_code == 404
    client.post(reverse("notifications_read"))
    news.refresh_from_db()
    assert news.read_at is None
    assert Client().get(reverse("inbox")).status_code == 302


def test_one_or_all_are_marked_as_read(db, sign_in):
    person = PersonFactory()
    first = tell(person)
    tell(person, key="k2")
    tell(person, key="k3")
    client = sign_in(person)
    client.post(reverse("notification_read", args=[first.pk]))
    assert unread_count(person) == 2
    unread_first = list(Notification.objects.visible_to(person).for_inbox().values_list("key", flat=True))
    assert unread_first == ["k3", "k2", "k"]
    client.post(reverse("notifications_read"))
    assert unread_count(person) == 0
    assert "You have seen everything" in client.get(reverse("inbox")).content.decode()


@pytest.mark.once
def test_the_inbox_asks_the_same_number_of_questions(db, sign_in, django_assert_max_num_queries):
    person = PersonFactory()
    client = sign_in(person)

    def questions():
        client.get(reverse("inbox"))
        with django_assert_max_num_queries(12) as counted:
            client.get(reverse("inbox"))
        return len(counted)

    tell(person)
    one = questions()
    tell(person, key="k2")
    tell(person, key="k3")
    assert questions() == one


def test_a_person_chooses_what_reaches_them(db, sign_in, run_jobs, mailoutbox):
    person = PersonFactory()
    client = sign_in(person)
    page = client.get(reverse("preferences")).content.decode()
    assert "in_app:test.told" in page and "mail:test.told" in page and "mail:test.quiet" not in page

    sent = {
        "night_from": "22:00",
        "night_to": "07:00",
        "daily_at": "08:00",
        "daily": "no",
        "free_days": "none",
        "kind": ["test.told", "test.unknown"],
    }
    client.post(reverse("preferences"), {**sent, "mail:test.told": "on"})
    assert tell(person) is None
    run_jobs()
    assert [message.to for message in mailoutbox] == [[person.email]]

    client.post(reverse("preferences"), {**sent, "in_app:test.told": "on"})
    tell(person, key="k2")
    run_jobs()
    assert (unread_count(person), len(mailoutbox)) == (1, 1)
    assert [(row.kind, row.mail) for row in Preference.objects.all()] == [("test.told", False)]


def test_news_of_a_kind_no_longer_known_is_still_readable(db, sign_in):
    person = PersonFactory()
    Notification.objects.create(recipient=person, kind="gone.by", key="old", created_at=NOW)
    assert "There is news" in sign_in(person).get(reverse("inbox")).content.decode()
