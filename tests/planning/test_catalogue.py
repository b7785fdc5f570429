import pytest

from mentoring.planning.catalogue import template, templates
from mentoring.training.catalogue import modules


def test_four_templates_cover_first_years_theses_careers_and_circles():
    assert {row.slug: row.format for row in templates()} == {
        "first-semester": "one_to_one",
        "thesis": "one_to_one",
        "career-alumni": "one_to_one",
        "peer-circle": "circle",
    }
    assert template("peer-circle").mentor_capacity == 5


@pytest.mark.parametrize("row", templates(), ids=lambda row: row.slug)
def test_every_text_of_a_template_exists_in_both_languages(row):
    agreement = row.agreement
    texts = [row.name, row.summary, *(stone.title for stone in row.milestones)]
    parts = [agreement.expectations, agreement.confidentiality, agreement.boundaries, agreement.reconnecting]

    for text in (*texts, *parts):
        assert text.en.isascii()
        assert set(text.fa) & set("ایرن")
        assert not set(text.fa) & set("يكى")
    for part in parts:
        assert len(part.en.splitlines()) == len(part.fa.splitlines()) >= 3


@pytest.mark.parametrize("row", templates(), ids=lambda row: row.slug)
def test_a_template_requires_only_modules_that_exist(row):
    assert {*row.mentor_training, *row.mentee_training} <= {module.slug for module in modules()}
    assert row.mentor_training and row.mentee_training


@pytest.mark.parametrize("row", templates(), ids=lambda row: row.slug)
def test_matching_gets_what_it_needs_from_every_template(row):
    assert {"skills", "languages", "availability", "capacity"} <= set(row.mentor_asks)
    assert {"skills", "languages", "availability"} <= set(row.mentee_asks)
    assert 1 <= row.rhythm_days <= 30
    assert 20 <= row.session_minutes <= 90


@pytest.mark.parametrize("language", ["en", "fa"])
def test_an_agreement_reads_as_one_text_in_four_parts(language):
    agreement = template("thesis").agreement

    assert len(agreement.text(language).split("\n\n")) == 4
    assert agreement.reconnecting.text(language) in agreement.text(language)


def test_each_role_has_its_own_questions_and_training():
    row = template("peer-circle")

    assert "capacity" in row.asks("mentor") and "capacity" not in row.asks("mentee")
    assert len(row.training("mentor")) == 4 and row.training("mentee") == ("digital-tools-and-safety",)
