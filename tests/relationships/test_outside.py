"""Rooms for calls elsewhere: how they are sealed, entered and ended, and what happens when they are away."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from mentoring.planning.addresses import livekit_server
from mentoring.planning.forms.programmes import SettingsForm
from mentoring.relationships.outside import RoomAway, code_of, leave
from mentoring.relationships.outside.bigbluebutton import checksum
from mentoring.relationships.outside.tokens import token
from tests.factories import NOW, RoomFactory
from tests.planning.test_programmes import settings_data


def test_seals_are_those_of_the_published_examples():
    query = "name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444"
    assert checksum("create", query, "639259d4-9dd8-4b25-bf01-95f9567eaf4b", algorithm="sha1") == (
        "1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17"
    )
    claims = {"sub": "1234567890", "name": "John Doe", "iat": 1516239022}
    assert token(claims, "your-256-bit-secret") == (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ"
        ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
    )


class Answering(BaseHTTPRequestHandler):
    asked: list[str] = []
    says = b"<response><returncode>SUCCESS</returncode></response>"

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.says)

    def log_message(self, *_told):
        pass


@pytest.fixture
def server():
    Answering.asked = []
    with HTTPServer(("127.0.0.1", 0), Answering) as listening:
        Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}/bigbluebutton"
        listening.shutdown()


def chosen(**fields):
    relationship = RoomFactory().relationship
    programme = relationship.programme
    for name, value in fields.items():
        setattr(programme, f"calls_{name}", value)
    programme.save()
    return relationship


def test_a_room_is_made_entered_and_ended_and_its_absence_is_said_kindly(db, settings, sign_in, server):
    relationship = chosen(by="bbb", address=server, secret="north")
    person = relationship.people[0]
    url, browser = reverse("relationship_meet", args=[relationship.pk]), sign_in(person)

    away = browser.get(url)  # an address of one's own network
    assert away.status_code == 503 and "does not answer just now" in away.content.decode()
    assert Answering.asked == []

    settings.MEETINGS_IN_OWN_NETWORK = True
    entered = urlsplit(browser.get(url).url)
    told = parse_qs(entered.query)
    query = entered.query.rpartition("&checksum=")[0]
    assert entered.path == "/bigbluebutton/api/join"
    assert (told["meetingID"], told["fullName"]) == ([code_of(relationship)], [str(person)])
    assert told["checksum"] == [checksum("join", query, "north")]
    leave(relationship, at=NOW)
    assert [urlsplit(path).path for path in Answering.asked] == [
        "/bigbluebutton/api/create", "/bigbluebutton/api/end",
    ]  # fmt: skip


@pytest.mark.parametrize(("by", "address", "begins"), [
    ("link", "https://meet.example.edu/p/{room}", "https://meet.example.edu/p/peyvand-"),
    ("jitsi", "https://meet.example.edu/", "https://meet.example.edu/peyvand-"),
])  # fmt: skip
def test_a_link_leads_straight_there(db, sign_in, by, address, begins):
    relationship = chosen(by=by, address=address)
    answer = sign_in(relationship.people[0]).get(reverse("relationship_meet", args=[relationship.pk]))
    assert answer.url.startswith(begins) and answer.url.endswith(code_of(relationship))


class Deleting(Answering):
    asked: list[str] = []
    said: list[tuple[str, bytes]] = []
    status = 200

    def do_POST(self):
        self.asked.append(self.path)
        self.said.append((self.headers["Authorization"], self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.status)
        self.end_headers()


def test_livekit_is_asked_to_send_everybody_out(db, settings):
    settings.MEETINGS_IN_OWN_NETWORK = True
    with HTTPServer(("127.0.0.1", 0), Deleting) as listening:
        Thread(target=listening.serve_forever, daemon=True).start()
        address = f"https://meet.example.edu/custom?liveKitUrl=ws://127.0.0.1:{listening.server_port}"
        relationship = chosen(by="livekit", address=address, key="api", secret="north")
        for Deleting.status in (200, 404):
            leave(relationship, at=NOW)
        Deleting.status = 500
        with pytest.raises(RoomAway):
            leave(relationship, at=NOW)
        listening.shutdown()
    code = code_of(relationship)
    may = token({"iss": "api", "exp": int(NOW.timestamp()) + 60, "video": {"roomCreate": True, "room": code}}, "north")
    assert Deleting.asked == ["/twirp/livekit.RoomService/DeleteRoom"] * 3
    assert Deleting.said[0] == (f"Bearer {may}", json.dumps({"room": code}).encode())


@pytest.mark.parametrize(("named", "server"), [
    ("?liveKitUrl=wss://live.example.edu", "https://live.example.edu"),
    ("?liveKitUrl=wss%3A%2F%2Flive.example.edu%3A7880", "https://live.example.edu:7880"),
    ("", ""),
    ("?liveKitUrl=https://live.example.edu", ""),
    ("?liveKitUrl=wss://", ""),
])  # fmt: skip
def test_the_server_stands_in_the_address_of_livekit_meet(named, server):
    assert livekit_server(f"https://meet.example.edu/custom{named}") == server


def test_livekit_needs_its_server_its_key_and_its_secret(db):
    programme = chosen(
        by="livekit", address="https://m.example.edu/custom?liveKitUrl=wss://a.example.edu", key="api", secret="n"
    ).programme

    def errors(**fields):
        data = {"calls_address": programme.calls_address, "calls_key": "api", **fields}
        return set(SettingsForm(settings_data(programme, **data), instance=programme).errors)

    assert errors() == set()
    assert errors(calls_key="") == {"calls_secret"}
    assert errors(calls_address="https://m.example.edu/custom?liveKitUrl=ws://a.example.edu") == {
        "calls_address",
        "calls_secret",
    }
    assert errors(calls_address="https://m.example.edu/custom") == {"calls_address", "calls_secret"}
    assert errors(calls_address="https://m.example.edu/custom?liveKitUrl=wss://b.example.edu") == {"calls_secret"}


def test_a_secret_is_never_shown_and_goes_to_no_other_server(db):
    programme = chosen(by="bbb", address="https://a.example.edu/bigbluebutton", secret="north").programme

    kept = SettingsForm(
        settings_data(programme, calls_address="https://a.example.edu/bigbluebutton"), instance=programme
    )
    assert kept.is_valid() and kept.save(commit=False).calls_secret == "north" and "north" not in str(kept)
    moved = SettingsForm(
        settings_data(programme, calls_address="https://b.example.edu/bigbluebutton"), instance=programme
    )
    assert "calls_secret" in moved.errors
    own = SettingsForm(settings_data(programme, calls_by="own"), instance=programme)
    assert own.is_valid() and own.save(commit=False).calls_secret == ""
