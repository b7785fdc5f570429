"""What was reported is looked into by those who may, is changed by nobody, and is known to nobody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.services import erase_person
from core.errors import NotAllowed
from evaluation.facts import Facts
from evaluation.risk import risks
from mentoring.messaging.models import Attachment
from mentoring.messaging.services import (
    delete_message,
    edit_message,
    forget_files,
    look_into,
    open_topic,
    rename_topic,
    send_message,
    take_file,
)
from mentoring.safeguarding.models import Evidence, EvidenceFile, Report
from mentoring.safeguarding.queries import pairs_kept_apart, pairs_reported
from mentoring.safeguarding.services import (
    NotTheirs,
    TooManyReports,
    block_person,
    digest_of,
    forget_reports,
    open_evidence,
    report_message,
    report_person,
    work_on,
)
from notifications.models import Notification
from tests.factories import (
    NOW,
    BelongingFactory,
    CoordinationFactory,
    MessageFactory,
    PersonFactory,
    uuid4,
)

pytestmark = pytest.mark.django_db


def frozen(report):
    """Everything that was kept, as it is in the database."""
    rows = report.evidence.order_by("seq").values_list("seq", "reported", "author_name", "body", "revisions", "deleted")
    files = EvidenceFile.objects.filter(evidence__report=report).order_by("pk")
    return list(rows), [(f.name, f.sha256, b"".join(bytes(p.data) for p in f.parts.all())) for f in files]


def test_what_was_frozen_is_changed_by_no_edit_deletion_tidying_or_erasure(room, mentor, mentee, coordinator):
    mentor.name = "Sara Azimi"
    mentor.save()
    for n in range(9):
        MessageFactory(room=room, by=mentee, body=f"Before {n}", at=NOW)
    text = look_into(room, name="a.txt", claimed="text/plain", data=b"Sara Azimi wrote this")
    file = take_file(room, text, by=mentor, at=NOW)
    message = send_message(room, by=mentor, cid=uuid4(), body="Sara Azimi says x", files=[file.pk], at=NOW)
    edit_message(message, by=mentor, body="Sara Azimi says y", at=NOW)

    report = report_message(message, reason="hurt", words="Sara Azimi hurt me", by=mentee, at=NOW)

    before = frozen(report)
    assert [seq for seq, *_rest in before[0]] == [5, 6, 7, 8, 9, 10]
    assert before[0][-1][1:4] == (True, "Sara Azimi", "Sara Azimi says y")
    assert [revision["body"] for revision in before[0][-1][4]] == ["Sara Azimi says x"]
    assert [(name, data) for name, _digest, data in before[1]] == [("a.txt", b"Sara Azimi wrote this")]
    delete_message(message, by=mentor, at=NOW)
    forget_files(at=NOW + timedelta(days=400))
    assert not Attachment.objects.exists()
    erase_person(mentor, by=mentor, at=NOW)
    erase_person(mentee, by=mentee, at=NOW)
    report.refresh_from_db()
    assert (frozen(report), report.words) == (before, "Sara Azimi hurt me")
    assert digest_of(report) == report.digest
    assert AuditEvent.objects.get(action="report.made").reason == report.digest
    Evidence.objects.filter(report=report, reported=True).update(body="Something kind")
    assert digest_of(report) != report.digest
    assert forget_reports(at=report.kept_until) == 0
    assert forget_reports(at=report.kept_until + timedelta(seconds=1)) == 1
    assert not Evidence.objects.exists()


def test_the_names_of_a_topic_are_frozen_with_what_was_said_in_it(room, mentor, mentee, coordinator):
    root = MessageFactory(room=room, by=mentor, at=NOW)
    topic = open_topic(root, by=mentor, title="Come alone", at=NOW).message.topic
    said = MessageFactory(room=room, by=mentor, topic=topic, at=NOW)
    rename_topic(root, by=mentor, title="The paper", at=NOW)

    report = report_message(said, reason="advances", words="", by=mentee, at=NOW)

    rename_topic(root, by=mentor, title="Harmless", at=NOW)
    assert [each.topic for each in report.evidence.order_by("seq")] == [["Come alone", "The paper"]] * 2
    assert digest_of(report) == report.digest
    report.evidence.filter(reported=True).update(topic=["The paper"])
    assert digest_of(report) != report.digest


def test_a_report_goes_to_the_coordinators_and_above_them_where_one_is_accused(
    room, programme, mentor, mentee, coordinator
):
    message = MessageFactory(room=room, by=mentor, at=NOW)
    report = report_message(message, reason="threat", words="", by=mentee, at=NOW)
    assert (report.desk, report.severity) == ("programme", 3)
    assert list(Notification.objects.filter(kind="safeguarding.report").values_list("recipient", flat=True)) == [
        coordinator.pk
    ]

    administrator = BelongingFactory(institution=programme.institution, administrator=True).person
    CoordinationFactory(programme=programme, person=mentor)
    above = report_person(mentor, reason="hurt", words="Again", by=mentee, at=NOW)

    assert above.desk == "institution"
    assert list(Report.objects.handled_by(administrator)) == [above]
    assert list(Report.objects.handled_by(coordinator)) == [report]
    assert not Report.objects.visible_to(mentor).exists()  # a coordinator now, and accused in both
    assert not AuditEvent.objects.visible_to(mentor).filter(action__startswith="report").exists()
    BelongingFactory(institution=programme.institution, person=mentor, administrator=True)
    assert not Report.objects.visible_to(mentor).exists()


def test_who_has_reported_does_not_work_on_it_also_as_a_coordinator(room, programme, mentor, mentee, coordinator):
    CoordinationFactory(programme=programme, person=mentee)
    report = report_person(mentor, reason="hurt", words="It hurt", by=mentee, at=NOW)

    assert [row.recipient for row in Notification.objects.filter(kind="safeguarding.report")] == [coordinator]
    assert list(Report.objects.visible_to(mentee)) == [report]
    assert not Report.objects.handled_by(mentee).exists()
    with pytest.raises(NotAllowed):
        open_evidence(report, by=mentee, at=NOW)
    with pytest.raises(NotAllowed):
        work_on(report, state="resolved", severity=1, note="", answer="", by=mentee, at=NOW)


def test_where_nobody_but_the_accused_is_left_the_operators_look_and_they_alone_are_told(
    room, programme, mentor, mentee
):
    operator = PersonFactory(is_superuser=True)
    BelongingFactory(institution=programme.institution, person=mentor, administrator=True)

    report = report_person(mentor, reason="worry", words="He is not well", by=mentee, at=NOW)

    assert list(Report.objects.handled_by(operator)) == [report]
    assert [row.recipient for row in Notification.objects.filter(kind="safeguarding.report")] == [operator]


def test_only_what_one_may_read_and_did_not_say_oneself_can_be_reported(room, mentor, mentee):
    message = MessageFactory(room=room, by=mentor, at=NOW)
    for person in (mentor, PersonFactory()):
        with pytest.raises(NotTheirs):
            report_message(message, reason="hurt", words="", by=person, at=NOW)
    with pytest.raises(NotTheirs):
        report_person(PersonFactory(), reason="hurt", words="x", by=mentee, at=NOW)

    assert not Report.objects.exists()


def test_five_reports_a_day_and_the_same_message_once(room, mentor, mentee):
    messages = [MessageFactory(room=room, by=mentor, at=NOW) for _ in range(6)]
    first = report_message(messages[0], reason="hurt", words="", by=mentee, at=NOW)
    assert report_message(messages[0], reason="hurt", words="", by=mentee, at=NOW) == first
    for message in messages[1:5]:
        report_message(message, reason="hurt", words="", by=mentee, at=NOW)

    with pytest.raises(TooManyReports):
        report_message(messages[5], reason="hurt", words="", by=mentee, at=NOW + timedelta(hours=23))
    report_message(messages[5], reason="hurt", words="", by=mentee, at=NOW + timedelta(hours=24))


def test_every_reading_stands_in_the_trail_and_who_reported_hears_how_it_goes(
    room, mentor, mentee, coordinator, sign_in
):
    message = MessageFactory(room=room, by=mentor, body="Do not tell anybody", at=NOW)
    form = {"reason": "secrecy", "words": "It felt wrong", "keep_away": "on"}
    page = sign_in(mentee).get(reverse("report_message", args=[message.pk])).content.decode()
    assert str(coordinator) in page
    assert "in Europe 112" in page
    sign_in(mentee).post(reverse("report_message", args=[message.pk]), form)
    report = Report.objects.get()
    desk = sign_in(coordinator)

    assert "Do not tell anybody" not in desk.get(report.get_case_url()).content.decode()
    for _twice in range(2):
        assert "Do not tell anybody" in desk.post(reverse("case_evidence", args=[report.pk])).content.decode()
    assert (
        list(AuditEvent.objects.filter(action="evidence.read").values_list("actor_id", flat=True))
        == [coordinator.pk] * 2
    )

    step = {"state": "in_progress", "severity": "2", "note": "Called the mentor", "answer": "We talk to him"}
    desk.post(report.get_case_url(), step)
    mine = sign_in(mentee).get(report.get_absolute_url()).content.decode()
    assert "We talk to him" in mine
    assert "Called the mentor" not in mine
    assert Notification.objects.filter(recipient=mentee, kind="safeguarding.moved").count() == 1
    assert not Notification.objects.filter(recipient=mentor).exists()
    assert sign_in(mentor).get(report.get_absolute_url()).status_code == 404
    report.refresh_from_db()
    assert report.first_look_at is not None


def test_the_figures_know_that_something_was_reported_and_never_what_or_by_whom(
    room, programme, mentor, mentee, coordinator
):
    message = MessageFactory(room=room, by=mentor, body="Secret words", at=NOW)
    report = report_message(message, reason="hurt", words="My own words", by=mentee, at=NOW)
    block_person(mentor, by=mentee, at=NOW)
    pair = room.relationship.pk

    assert (pairs_reported(programme), pairs_kept_apart(programme)) == ({pair}, {pair})
    reasons = [r for r in risks(Facts(programme, NOW))[pair].reasons if r["code"] in ("reported", "kept_apart")]
    assert reasons == [{"code": "kept_apart", "points": 6}, {"code": "reported", "points": 6}]

    work_on(report, state="resolved", severity=1, note="", answer="", by=coordinator, at=NOW)
    assert pairs_reported(programme) == set()
    CoordinationFactory(programme=programme, person=mentor)
    report_person(mentor, reason="hurt", words="Again", by=mentee, at=NOW)  # goes above the coordinators
    assert pairs_reported(programme) == set()


def test_the_desk_asks_as_often_for_three_reports_as_for_one(room, programme, mentor, mentee, coordinator, sign_in):
    messages = [MessageFactory(room=room, by=mentor, at=NOW) for _ in range(3)]
    block_person(mentor, by=mentee, at=NOW)
    browser, counts = sign_in(coordinator), []
    browser.get(reverse("cases"))  # the first page of a session asks more
    for _n in range(3):
        message = messages.pop()
        report_message(message, reason="hurt", words="", by=mentee, at=NOW)
        for address in (reverse("cases"), reverse("safety_desk", args=[programme.slug])):
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(address).status_code == 200
            counts.append(len(asked))

    assert counts[2:4] == counts[4:6] == counts[:2]
