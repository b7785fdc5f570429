"""Every page says what it is for."""

import re

import pytest
from django.urls import reverse

from dashboard.guide import guide_of, guides, needs_none
from dashboard.queries import LABELS
from tests.authorisation.table import TABLE
from tests.factories import PersonFactory

OPENED = {case.partition(":")[0] for case, row in TABLE.items() if row.get is not None}
OF_ALLAUTH = {"account_change_password", "account_set_password", "account_email"}
"""Its pages for those who are in."""


def test_every_guide_is_about_a_page_that_there_is_and_a_role_that_there_is():
    assert sorted(({page.partition(":")[0] for page in guides()} | set(needs_none())) - OPENED - OF_ALLAUTH) == []
    assert all(reverse(page) for page in OF_ALLAUTH)
    assert {page.partition(":")[2] for page in guides()} - {""} <= set(LABELS)


def test_a_guide_is_short_and_stands_in_both_languages():
    persian = re.compile("[\u0600-\u06ff]")
    for page, guide in guides().items():
        for text in (guide.what, guide.who, guide.then):
            assert 0 < len(text.en) <= 330 and text.en.endswith(".") and not persian.search(text.en), page
            assert 0 < len(text.fa) <= 330 and text.fa.endswith(".") and persian.search(text.fa), page


def test_a_role_with_a_page_of_its_own_has_its_own_guide():
    assert guide_of("home", "mentor") is not guide_of("home", "mentee")
    assert guide_of("goals", "mentor") is guide_of("goals", "mentee")
    assert guide_of("front") is None


@pytest.mark.django_db
def test_the_question_mark_tells_in_the_readers_language_and_leads_to_the_model(client):
    person = PersonFactory(language="fa")
    client.force_login(person)

    page = client.get(reverse("rooms")).content.decode()

    guide = guide_of("rooms")
    assert all(text.fa in page for text in (guide.what, guide.who, guide.then))
    assert f"{reverse('about_model')}#tools.methods" in page
    assert 'id="tools.methods"' in client.get(reverse("about_model")).content.decode()
