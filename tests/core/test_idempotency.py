import threading
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory

from core.idempotency import FIELD, once
from core.models import OneTimeKey

calls: list[str] = []


@pytest.fixture(autouse=True)
def no_calls():
    calls.clear()


def post(view, key=None, **data):
    request = RequestFactory().post("/", {FIELD: str(key), **data} if key else data)
    request.user, request.session = AnonymousUser(), {}
    request._messages = FallbackStorage(request)
    return view(request)


@once
def save(request):
    if "wrong" in request.POST:
        return HttpResponse("say it again")
    calls.append("saved")
    return redirect(f"/saved/{len(calls)}/")


@pytest.mark.django_db
def test_a_form_sent_twice_is_done_once_and_leads_to_the_same_place():
    key = uuid.uuid4()

    assert post(save, key)["Location"] == "/saved/1/"
    assert post(save, key)["Location"] == "/saved/1/"
    assert calls == ["saved"]


@pytest.mark.django_db
def test_a_form_that_came_back_with_errors_may_be_sent_again():
    key = uuid.uuid4()
    post(save, key, wrong="yes")

    assert post(save, key)["Location"] == "/saved/1/"


@pytest.mark.django_db
def test_two_keys_are_two_acts_and_no_key_is_no_promise():
    post(save, uuid.uuid4())
    post(save, uuid.uuid4())
    post(save)

    assert len(calls) == 3
    assert OneTimeKey.objects.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has real concurrency")
def test_a_double_click_in_one_instant_is_one_act():
    key, ready, answers = uuid.uuid4(), threading.Barrier(2), []

    def click() -> None:
        ready.wait()
        answers.append(post(save, key)["Location"])
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert calls == ["saved"]
    assert answers == ["/saved/1/", "/saved/1/"]
