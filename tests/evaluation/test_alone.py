"""A report as a page of its own is whole wherever it is kept: it asks for nothing from anywhere."""

import re

import pytest
from django.urls import reverse

from accounts.services import make_api_key
from evaluation.services import make_report, recompute
from tests.evaluation.living import answered, pairs, talk, wave
from tests.factories import NOW, ProgrammeFactory

pytestmark = pytest.mark.django_db
ELSEWHERE = re.compile(
    r"<(?:link|script|img|iframe|object|embed|base)\b|\bsrc=|url\(|@import|/static/|https?://|<use\b"
)
ADDRESS = re.compile(r'href="([^"]*)"')


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_saved_report_needs_no_server(client, language):
    programme = ProgrammeFactory()
    asked = wave(programme)
    for each in pairs(programme, 6):
        talk(each)
        answered(asked, each, "mentee", 2)
    recompute(programme, at=NOW)
    report = make_report(programme, kind="full", language=language, by=None, at=NOW)
    _key, secret = make_api_key(programme.institution, name="R", scopes=["research:read"], by=None, at=NOW)

    answer = client.get(
        reverse("api_report_file", args=[report.pk, "html"]), headers={"authorization": f"Bearer {secret}"}
    )
    page = answer.content.decode()

    assert "style-src 'self' 'unsafe-inline'" in answer["Content-Security-Policy"]
    assert ELSEWHERE.findall(page) == []
    assert [address for address in ADDRESS.findall(page) if not address.startswith("#")] == []
    assert all(f'id="{address[1:]}"' in page for address in ADDRESS.findall(page))
    assert "--paper:" in page and ".paper {" in page
    assert page.count("<details") == page.count(" open>") == 5
    assert all(line in page for line in (report.content["headline"], report.content["appendix"]["title"]))
