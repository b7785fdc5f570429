"""Fields that suggest: what the page holds, and what the server answers while somebody types."""

import pytest
from django.utils.translation import override

from mentoring.planning.concepts import PICKED, concepts
from mentoring.planning.forms.pickers import ConceptPicker, FieldOfStudyPicker
from tests.factories import LONG_OPEN, EnrolmentFactory, PersonFactory, ProgrammeFactory

FROM = "/concepts/"
PYTHON = 'value="python" checked'


@pytest.fixture
def suggested(db, sign_in):
    """Slugs and words that are suggested to a Persian reader."""
    browser = sign_in(PersonFactory(language="fa"))

    def ask(typed: str, of: str = "") -> tuple[list[tuple[str, str]], bool]:
        answer = browser.get(FROM, {"q": typed, "of": of}).json()
        return [(row["slug"], row["word"]) for row in answer["found"]], answer["near"]

    return ask


def test_suggestions_come_in_either_language_with_the_word_that_was_meant(suggested):
    assert suggested("یادگیری ماش") == ([("machine-learning", "")], False)
    assert suggested("machine lea") == ([("machine-learning", "Machine learning")], False)
    assert suggested("spss")[0][0] == ("statistics", "SPSS")


def test_what_is_mistyped_is_said_to_be_only_near(suggested):
    assert suggested("یادگری ماشن") == ([("machine-learning", "")], True)
    assert suggested("زرافه‌شناسی") == ([], True)


def test_fields_of_study_are_suggested_only_where_one_is_asked_for(suggested):
    assert suggested("پرستاری") == ([], True)
    assert suggested("پرستاری", of="field")[0][0] == ("nursing", "")
    assert suggested("پایتون", of="field") == ([], True)


def test_at_most_eight_are_suggested_and_a_very_long_text_does_no_harm(suggested):
    assert len(suggested("a")[0]) == 8
    assert suggested("qx" * 50_000) == ([], True)


def test_chosen_subjects_stand_first_and_are_not_offered_again():
    page = ConceptPicker().render("skills", {"python": 5})

    assert page.index(PYTHON) < page.index("<details")
    assert page.count('value="python"') == 1
    assert page.count('type="checkbox"') == sum(row.kind in PICKED for row in concepts())


def test_what_one_person_chose_is_not_chosen_for_the_next():
    ConceptPicker().render("skills", {"python": 5})

    assert PYTHON not in ConceptPicker().render("skills", {})


def test_subjects_and_levels_are_named_in_the_readers_language():
    english = ConceptPicker().render("skills", {})
    with override("fa"):
        persian = ConceptPicker().render("skills", {})

    assert "<span>Machine learning</span>" in english and "<span>یادگیری ماشین</span>" not in english
    assert "<span>یادگیری ماشین</span>" in persian and "<span>Machine learning</span>" not in persian


@pytest.mark.parametrize("asked", [["skills", "goals"], ["skills"]])
def test_words_for_free_text_are_offered_only_where_the_programme_asks_for_hopes(asked, db, sign_in):
    programme = ProgrammeFactory(asked={"mentee": asked, "mentor": []}, ends_on=LONG_OPEN)

    page = sign_in(PersonFactory()).get(f"/programmes/{programme.slug}/apply/mentee/").content.decode()

    assert ('data-own="goals"' in page) == ("goals" in asked)


def test_the_long_page_travels_compressed(db, sign_in):
    programme = ProgrammeFactory()

    answer = sign_in(PersonFactory()).get(
        f"/programmes/{programme.slug}/apply/mentee/", headers={"accept-encoding": "gzip"}
    )

    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < 40_000


def test_a_field_that_came_as_a_subject_from_a_file_is_kept(db, sign_in):
    mine = EnrolmentFactory(mentor=True)
    mine.concepts.create(concept="biology", kind="offered", level=4)

    page = sign_in(mine.person).get(f"/enrolments/{mine.pk}/edit/").content.decode()

    assert 'value="biology" checked' in page


def test_the_field_of_study_is_a_select_until_scripts_make_it_suggest():
    page = FieldOfStudyPicker(choices=[("", "Choose"), ("law", "Law")]).render("field", "law", {"id": "id_field"})

    assert '<select name="field" id="id_field">' in page
    assert '<option value="law" selected>Law</option>' in page
    assert 'data-of="field"' in page
