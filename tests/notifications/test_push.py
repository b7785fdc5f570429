"""News on a device: told to a push service of our own, which answers as it is told to."""

import json
import threading
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise

import pytest
from allauth.account.signals import password_reset
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import erase_person
from core import webpush
from core.models import Job
from notifications.kinds import Kind, register
from notifications.models import Device, Notification
from notifications.queries import Ways
from notifications.services import keep_device, keep_preferences, keep_rhythm, mark_read, notify, push_key
from tests.factories import NOW, PersonFactory
from tests.notifications.test_inbox import tell

pytestmark = pytest.mark.django_db
AUTH = webpush.packed(b"sixteen bytes ok")
register(Kind("test.moment", "A moment", "It is now", "", "Look", mail=False, lasts_s=35))


class Browser:
    """The keys of a browser: it alone can open what is sealed for it."""

    def __init__(self):
        self.key = webpush.new_key()
        self.p256dh = webpush.public_key(self.key)

    def opened(self, body):
        salt, length = body[:16], body[20]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), body[21 : 21 + length])
        mine = webpush._private(self.key)
        info = b"WebPush: info\0" + webpush.unpacked(self.p256dh) + body[21 : 21 + length]
        secret = webpush._derived(mine.exchange(ec.ECDH(), theirs), webpush.unpacked(AUTH), info, 32)
        key = webpush._derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = webpush._derived(secret, salt, b"Content-Encoding: nonce\0", 12)
        return json.loads(AESGCM(key).decrypt(nonce, body[21 + length :], None).removesuffix(b"\x02"))


@pytest.fixture
def service(settings):
    """A push service on this machine; `answers` are its next statuses, `heard` what was handed to it."""
    settings.PUSH_TO_OWN_NETWORK = True

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.heard.append((dict(self.headers), body))
            self.send_response(server.answers.pop(0) if server.answers else 201)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *_words):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.heard, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def device_of(person, service, browser, path="1"):
    endpoint = f"http://127.0.0.1:{service.server_port}/{path}"
    return keep_device(person, endpoint=endpoint, p256dh=browser.p256dh, auth=AUTH, name="Firefox", at=NOW)


def test_a_device_is_told_what_happened_in_the_words_of_its_person_and_never_what_was_said(service, run_jobs):
    person, browser = PersonFactory(persian=True), Browser()
    device = device_of(person, service, browser)
    tell(person)
    run_jobs()
    ((headers, body),) = service.heard
    assert browser.opened(body) == {
        "title": "\u2068Arman\u2069 tells you ۳ things",
        "url": "/privacy/",
        "way": Notification.objects.get().get_absolute_url(),
        "lang": "fa",
        "dir": "rtl",
    }
    assert b"Arman" not in body
    assert (headers["Content-Encoding"], headers["Urgency"], len(headers["Topic"])) == ("aes128gcm", "normal", 32)
    assert headers["Authorization"].endswith(f"k={webpush.public_key(push_key())}")
    device.refresh_from_db()
    assert device.used_at is not None


@pytest.mark.parametrize(("status", "kept"), [(201, 1), (404, 0), (410, 0), (413, 1), (301, 1)])
def test_a_device_that_is_no_more_is_forgotten(service, run_jobs, status, kept):
    person = PersonFactory()
    device_of(person, service, Browser())
    service.answers[:] = [status]
    tell(person)
    run_jobs()
    assert (Device.objects.count(), len(service.heard)) == (kept, 1)


def test_one_device_that_is_away_is_tried_again_and_makes_no_other_ring_twice(service, run_jobs):
    person = PersonFactory()
    for path in ("1", "2"):
        device_of(person, service, Browser(), path)
    service.answers[:] = [503, 201]
    tell(person)
    run_jobs()
    again = Job.objects.filter(name="notifications.send_push", done_at=None)
    assert (again.count(), len(service.heard)) == (1, 2)
    again.update(due_at=NOW)
    run_jobs()
    tell(person)
    run_jobs()
    assert len(service.heard) == 3


def test_devices_are_quiet_in_quiet_hours_and_where_they_are_not_wanted(service, run_jobs):
    person = PersonFactory()
    device_of(person, service, Browser())
    keep_preferences(person, {"test.quiet": Ways(push=False)})
    notify("test.quiet", to=person, key="unwanted", at=NOW)
    run_jobs()
    assert service.heard == []

    keep_rhythm(person, at=NOW, free_days="sat_sun")  # NOW is a Sunday
    news = tell(person)
    job = Job.objects.get(name="notifications.send_push")
    assert job.due_at > NOW
    mark_read(person, only=news, at=NOW)
    Job.objects.update(due_at=NOW)
    run_jobs()
    assert service.heard == []


def test_a_browser_belongs_to_whoever_rang_it_last_and_can_be_let_go(sign_in):
    mine, other, browser = PersonFactory(), PersonFactory(), Browser()
    said = {"endpoint": "https://push.example.net/a", "p256dh": browser.p256dh, "auth": AUTH}
    agent = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140"
    assert sign_in(mine).post(reverse("device_add"), said, headers={"User-Agent": agent}).status_code == 200
    assert "Firefox, Linux" in sign_in(mine).get(reverse("preferences")).content.decode()
    sign_in(other).post(reverse("device_add"), said)
    device = Device.objects.get()
    assert device.person == other
    assert sign_in(mine).post(reverse("device_remove", args=[device.pk])).status_code == 404
    assert sign_in(other).post(reverse("device_remove", args=[device.pk])).status_code == 302
    assert not Device.objects.exists()


def add(client, path):
    said = {"endpoint": f"https://push.example.net/{path}", "p256dh": Browser().p256dh, "auth": AUTH}
    assert client.post(reverse("device_add"), said).status_code == 200


def devices():
    return sorted(device.endpoint.rpartition("/")[2] for device in Device.objects.all())


def test_a_browser_knows_itself_in_the_list(sign_in):
    client = sign_in(PersonFactory())
    add(client, "a")
    assert (
        f'data-mark="{sha256(b"https://push.example.net/a").hexdigest()}"'
        in client.get(reverse("preferences")).content.decode()
    )


def test_where_one_is_signed_out_nothing_is_shown_any_more(sign_in):
    person, other = PersonFactory(), PersonFactory()
    here, there, third = (sign_in(person) for _n in range(3))
    for client, path in ((here, "here"), (there, "there"), (third, "third"), (sign_in(other), "other")):
        add(client, path)

    third.post(reverse("account_logout"))
    assert devices() == ["here", "other", "there"]
    here.post(reverse("sign_out_elsewhere"))
    assert devices() == ["here", "other"]


def test_a_new_password_leaves_only_the_browser_it_was_chosen_in(sign_in):
    person, words = PersonFactory(), ["Heron-lantern-42", "Juniper-harbour-43", "Saffron-window-44"]
    person.set_password(words[0])
    person.save()
    here, there = sign_in(person), sign_in(person)
    add(here, "here")
    add(there, "there")
    for old, new in pairwise(words):
        said = {"oldpassword": old, "password1": new, "password2": new}
        assert here.post(reverse("account_change_password"), said).status_code == 302
        assert devices() == ["here"]
    here.post(reverse("account_logout"))
    assert devices() == []


def test_a_password_by_mail_and_an_erasure_leave_no_device(sign_in):
    forgetful, leaving = PersonFactory(), PersonFactory()
    for person in (forgetful, leaving):
        add(sign_in(person), str(person.pk))
    password_reset.send(User, user=forgetful, request=None)
    assert devices() == [str(leaving.pk)]
    erase_person(leaving, by=leaving, at=NOW)
    assert devices() == []


@pytest.mark.parametrize(
    "wrong", [{"endpoint": "javascript:alert(1)"}, {"p256dh": "AAAA"}, {"auth": ""}, {"p256dh": "…"}]
)
def test_what_is_no_browser_is_refused(sign_in, wrong):
    said = {"endpoint": "https://push.example.net/a", "p256dh": Browser().p256dh, "auth": AUTH, **wrong}
    assert sign_in(PersonFactory()).post(reverse("device_add"), said).status_code == 400
    assert not Device.objects.exists()


def test_the_service_worker_stands_for_the_whole_site():
    answer = Client().get("/service-worker.js")
    assert answer["Content-Type"] == "text/javascript" and b"showNotification" in answer.content


def test_what_lasts_a_moment_hurries_and_is_dropped_in_quiet_hours(service, run_jobs):
    person = PersonFactory()
    device_of(person, service, Browser())
    notify("test.moment", to=person, key="now", at=NOW)
    run_jobs()
    ((headers, _body),) = service.heard
    assert (headers["Urgency"], headers["TTL"]) == ("high", "35")

    keep_rhythm(person, at=NOW, free_days="sat_sun")  # NOW is a Sunday
    notify("test.moment", to=person, key="quiet", at=NOW)
    assert Job.objects.filter(name="notifications.send_push", done_at=None).count() == 0
