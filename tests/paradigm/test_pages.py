import pytest
from django.urls import get_resolver, reverse
from django.utils.translation import override

from paradigm.model import categories, components, stages
from paradigm.pages import FOR_COORDINATORS, FOR_EVERYBODY, LABELS, SERVED_BY
from tests.factories import PersonFactory


def test_every_component_says_which_pages_serve_it_even_if_none():
    assert list(SERVED_BY) == [component.slug for component in components()]
    assert {name for names in SERVED_BY.values() for name in names} == set(LABELS)
    assert set(LABELS) >= FOR_EVERYBODY | FOR_COORDINATORS


def test_every_page_named_exists():
    known = {name for name in get_resolver().reverse_dict if isinstance(name, str)}

    assert sorted(set(LABELS) - known) == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fa"])
def test_about_model_is_open_to_everybody_in_both_languages(client, language, django_assert_max_num_queries):
    with override(language), django_assert_max_num_queries(1):
        page = client.get(reverse("about_model"), headers={"accept-language": language})
    html = page.content.decode()

    assert page.status_code == 200
    assert f'lang="{language}"' in html
    for row in (*stages(), *categories(), *components()):
        assert row.name(language) in html
    assert "10.48310/tpd.2025.18814.1876" in html


@pytest.mark.django_db
def test_about_model_writes_numbers_in_the_digits_of_the_reader(client):
    persian = client.get(reverse("about_model"), headers={"accept-language": "fa"}).content.decode()

    for number in ("۸۷", "۳۸", "۱۹", "۱۴", "۱۲", "۳۹", "۴۵"):
        assert number in persian


@pytest.mark.django_db
def test_about_model_admits_what_nothing_serves_yet(client):
    html = client.get(reverse("about_model"), headers={"accept-language": "en"}).content.decode()

    assert html.count("No page of the platform serves this component yet.") == sum(not n for n in SERVED_BY.values())


@pytest.mark.django_db
def test_about_model_offers_a_stranger_no_link_that_asks_to_sign_in(client):
    html = client.get(reverse("about_model"), headers={"accept-language": "en"}).content.decode()

    for name in ("inbox", "rooms", "growth", "profile"):
        assert f'class="chip soft" href="{reverse(name)}"' not in html


@pytest.mark.django_db
def test_about_model_links_a_member_to_the_pages_that_are_theirs(sign_in):
    html = sign_in(PersonFactory(language="en")).get(reverse("about_model")).content.decode()

    assert f'class="chip soft" href="{reverse("growth")}"' in html
    assert 'href=""' not in html
