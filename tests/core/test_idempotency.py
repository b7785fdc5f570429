import threading
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory
from django.utils import timezone

from core.idempotency import FIELD, ONCE_MORE, once
from core.models import SentForm

calls: list[str] = []


@pytest.fixture(autouse=True)
def no_calls():
    calls.clear()


def post(view, key=None, *, path="/", by="192.0.2.1", **data):
    request = RequestFactory().post(path, {FIELD: str(key), **data} if key else data, REMOTE_ADDR=by)
    request.user, request.session, request.htmx = AnonymousUser(), {}, False
    request._messages = FallbackStorage(request)
    return view(request)


def save(request):
    if "wrong" in request.POST:
        return HttpResponse("say it again")
    calls.append("saved")
    return redirect(f"/saved/{len(calls)}/")


keep = once(save)
send = once(save, after_back=True)


@pytest.mark.django_db
@pytest.mark.parametrize("view", [send, keep])
def test_a_page_sent_twice_is_done_once_and_leads_to_the_same_place(view):
    key = uuid.uuid4()

    assert post(view, key)["Location"] == "/saved/1/"
    SentForm.objects.update(sent_at=timezone.now() - timedelta(hours=20))
    assert post(view, key)["Location"] == "/saved/1/"
    assert calls == ["saved"]


@pytest.mark.django_db
@pytest.mark.parametrize("view", [send, keep])
def test_a_form_that_came_back_with_errors_may_be_sent_again(view):
    key = uuid.uuid4()
    post(view, key, wrong="yes")
    post(view, key, wrong="yes")

    assert not SentForm.objects.exists()
    assert post(view, key)["Location"] == "/saved/1/"


@pytest.mark.django_db
@pytest.mark.parametrize("view", [send, keep])
def test_a_page_got_back_and_sent_with_other_words_is_another_act(view):
    key = uuid.uuid4()
    post(view, key, title="Read")

    assert post(view, key, title="Write")["Location"] == "/saved/2/"


@pytest.mark.django_db
@pytest.mark.parametrize("view", [send, keep])
def test_the_same_page_with_another_file_of_the_same_name_is_another_act(view):
    key = uuid.uuid4()

    for content in (b"one", b"one", b"two"):
        post(view, key, file=SimpleUploadedFile("people.csv", content))

    assert len(calls) == 2


@pytest.mark.django_db
def test_the_same_words_from_a_page_fetched_anew_are_not_done_again_and_nothing_typed_is_lost():
    post(send, uuid.uuid4(), title="Read", days=["1", "2"])

    answer = post(send, uuid.uuid4(), title="Read", days=["1", "2"])

    page = answer.content.decode()
    assert (answer.status_code, len(calls)) == (409, 1)
    assert 'href="/saved/1/"' in page
    assert all(
        f'name="{name}" value="{value}"' in page for name, value in (("title", "Read"), ("days", "1"), ("days", "2"))
    )


@pytest.mark.django_db
def test_who_means_it_twice_does_it_once_more_and_a_double_click_on_that_is_one_act():
    post(send, uuid.uuid4(), title="Read")
    key = uuid.uuid4()

    assert post(send, key, title="Read", **{ONCE_MORE: "1"})["Location"] == "/saved/2/"
    assert post(send, key, title="Read", **{ONCE_MORE: "1"})["Location"] == "/saved/2/"
    assert post(send, uuid.uuid4(), title="Read").status_code == 409
    assert len(calls) == 2


@pytest.mark.django_db
def test_the_same_words_a_quarter_of_an_hour_later_are_a_new_act():
    post(send, uuid.uuid4(), title="Read")
    SentForm.objects.update(sent_at=timezone.now() - timedelta(minutes=15))

    assert post(send, uuid.uuid4(), title="Read")["Location"] == "/saved/2/"


@pytest.mark.django_db
def test_other_people_and_other_addresses_are_other_acts():
    post(send, title="Read")
    post(send, title="Read", by="192.0.2.2")
    post(send, title="Read", path="/elsewhere/")

    assert len(calls) == 3


@pytest.mark.django_db
def test_where_back_does_not_matter_a_page_fetched_anew_saves_again():
    for key in (uuid.uuid4(), uuid.uuid4(), None, None):
        post(keep, key, title="Read")

    assert len(calls) == 4


def at_once(view, *keys) -> list[int]:
    """The answers to posts that are sent in one instant."""
    ready, answers = threading.Barrier(len(keys)), []

    def click(key) -> None:
        ready.wait(60)
        answers.append(post(view, key, title="Read").status_code)
        connection.close()

    threads = [threading.Thread(target=click, args=[key]) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has real concurrency")
def test_two_that_come_in_one_instant_are_one_act():
    one, other = uuid.uuid4(), uuid.uuid4()
    done = []
    for view, keys in ((save, (one, other)), (keep, (one, one)), (send, (one, one)), (send, (one, other))):
        SentForm.objects.all().delete()
        calls.clear()
        done.append((at_once(view, *keys), len(calls)))

    unguarded, double_click, double_click_of_what_is_new, two_tabs = done
    assert unguarded == ([302, 302], 2)
    assert double_click == double_click_of_what_is_new == ([302, 302], 1)
    assert two_tabs == ([302, 409], 1)
