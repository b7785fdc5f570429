from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.services import make_api_key
from evaluation.indicators import BY_CODE
from evaluation.models import ProgrammeReport, Score
from evaluation.reporting import periods
from evaluation.services import make_report, recompute
from tests.evaluation.living import answered, meet, pairs, talk, wave
from tests.factories import NOW, CoordinationFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@pytest.fixture
def programme():
    programme = ProgrammeFactory(name_en="First steps", name_fa="گام‌های نخست")
    asked = wave(programme)
    for each in pairs(programme, 6):
        talk(each)
        meet(each, 5)
        answered(asked, each, "mentee", 2)
    recompute(programme, at=NOW)
    return programme


def test_a_report_says_in_either_language_what_the_scores_say_and_stays_as_it_was_made(programme, client):
    coordinator = CoordinationFactory(programme=programme).person
    client.force_login(coordinator)
    made = {
        language: make_report(programme, kind="full", language=language, by=coordinator, at=NOW)
        for language in ("en", "fa")
    }
    programme.scores.all().delete()

    for language, title in (("en", "How “First steps” stands"), ("fa", "«گام‌های نخست» در چه وضعی است")):
        report = ProgrammeReport.objects.get(pk=made[language].pk)
        answer = client.get(reverse("programme_report_pdf", args=[report.pk]))
        assert answer.content == bytes(report.pdf)
        assert answer.content.startswith(b"%PDF") and b"pdfuaid:part" in answer.content
        assert report.content["title"] == title
        causal, *_, strategy, _ = report.content["stages"]
        assert (causal["score"] is not None, strategy["slug"]) == (True, "strategy")
    english = client.get(made["en"].get_absolute_url()).content.decode()
    assert '<svg class="paper-chart" role="img"' in english and "<desc id=" in english
    assert "associated with, never caused by" in english
    assert (
        list(AuditEvent.objects.filter(action="paper.downloaded").values_list("actor_id", flat=True))
        == [coordinator.pk] * 2
    )


def test_a_programme_without_scores_has_a_report_that_says_so():
    report = make_report(ProgrammeFactory(), kind="brief", language="en", by=None, at=NOW + timedelta(days=1))

    assert report.content["headline"] == "It is too early to say how this programme stands"
    assert {row["points"] for row in report.content["stages"]} == {"–"}


def test_a_report_of_an_earlier_month_says_what_stood_then(programme, client):
    """Fixed days only: the last of every month."""
    month_ago, day_before = NOW.date() - timedelta(days=30), NOW.date() - timedelta(days=31)
    for day in (day_before, month_ago):
        Score.objects.create(
            programme=programme, institution=programme.institution, component="causal", code="both", facet="both",
            state="scored", value=12, n=9, as_of_on=day, computed_at=NOW - timedelta(days=30),
        )  # fmt: skip
    assert periods(programme) == [NOW.date(), month_ago]

    then = make_report(programme, kind="brief", language="en", until=month_ago, by=None, at=NOW).content
    assert (then["as_of"], then["stages"][0]["points"]) == (month_ago.isoformat(), "12")
    assert not [line for line in then["sentences"] if "have said" in line]
    client.force_login(CoordinationFactory(programme=programme).person)
    url = reverse("programme_reports", args=[programme.slug])
    sent = {"kind": "brief", "language": "en", "until": month_ago.isoformat()}
    assert client.post(url, sent).status_code == 302
    assert client.post(url, {**sent, "until": day_before.isoformat()}).status_code == 200


def test_the_full_report_ends_with_every_formula_and_its_anchors(programme):
    content = make_report(programme, kind="full", language="fa", by=None, at=NOW).content
    rows = [row for stage in content["appendix"]["stages"] for row in stage["rows"]]
    assert len(rows) == 49 and all(row["how"] for row in rows)
    told = next(row["anchors"] for row in rows if row["name"].startswith("RC1"))
    assert told.endswith(f"(v{BY_CODE['RC1'].version}.1)".translate(PERSIAN)) and "۱۶۸" in told


def test_a_key_opens_a_score_to_its_evidence_follows_it_over_fixed_days_and_makes_a_report_once(programme, client):
    scopes = ["scores:read", "research:read", "research:write"]
    sent = {
        "Authorization": f"Bearer {make_api_key(programme.institution, name='R', scopes=scopes, by=None, at=NOW)[1]}"
    }
    month_ago, two_ago = (NOW.date() - timedelta(days=days) for days in (30, 60))
    same = {"programme": programme, "institution": programme.institution, "state": "scored", "value": 40}
    talks = "relationships.communication"
    for day, component, code, n in (
        (month_ago, "relationships", "both", 6),
        (month_ago - timedelta(days=1), "relationships", "both", 6),
        (two_ago, "relationships", "both", 7),
        (two_ago, "intervening", "both", 6),
        (two_ago, talks, "RC1", 6),
        (two_ago, "causal", "both", 6),
    ):
        known = {"people": 2 * n}
        Score.objects.create(**same, component=component, code=code, n=n, inputs=known, as_of_on=day, computed_at=NOW)

    def scores(**query):
        return client.get(reverse("api_scores"), {"component": talks} | query, headers=sent).json()["results"]

    (now,) = scores(code="RC1")
    assert now["inputs"].items() >= {"people": 12, "below_50": 0.0, "to": "2026-11-22"}.items()
    assert [(row["as_of_on"], row["state"], row["n"]) for row in
            scores(component="relationships", as_of_on_before="2026-11-22")] == [
        (two_ago.isoformat(), "suppressed", 0),  # two people fewer came later
        (month_ago.isoformat(), "scored", 6),
        ("2026-11-22", "scored", 6),
    ]  # fmt: skip
    assert [row["state"] for row in scores(component="intervening", as_of_on_before=two_ago)] == ["suppressed"]
    assert [row["as_of_on"] for row in scores(component="causal", as_of_on_after="2026-11-01")] == ["2026-11-22"]
    assert scores(code="RC1", as_of_on_before=two_ago) == []  # with its siblings it could be worked out
    assert {row["state"] for row in scores(component="causal", code="both", as_of_on_before=two_ago)} == {"scored"}

    def make(**wanted):
        wanted = {"programme": programme.slug, "language": "fa"} | wanted
        with_key = sent | {"Idempotency-Key": "one"}
        return client.post(reverse("api_reports"), wanted, content_type="application/json", headers=with_key)

    first, again = make(until=two_ago.isoformat()), make(until=two_ago.isoformat())
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    report = ProgrammeReport.objects.get()
    assert (report.kind, report.language, report.made_by, report.as_of_on) == ("brief", "fa", None, two_ago)
    assert AuditEvent.objects.get(action="paper.made").reason.startswith("api ")
    other_day = sent | {"Idempotency-Key": "two"}
    wanted = {"programme": programme.slug, "language": "fa", "until": "2026-11-21"}
    answer = client.post(reverse("api_reports"), wanted, content_type="application/json", headers=other_day)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/until")
