from collections import Counter
from pathlib import Path

import pytest

from mentoring.planning.concepts import KINDS, PICKED, by_group, concept, concepts, fold, groups, near, search, word_for
from paradigm.model import categories

KNOWN_SLUGS = Path(__file__).with_name("concept_slugs.txt")


def tight(text: str) -> str:
    """How a search compares: without spaces and half-spaces."""
    return fold(text).replace(" ", "")


def test_the_list_holds_400_concepts_with_several_other_words_in_both_languages():
    assert len(concepts()) >= 400
    assert all(row.en and row.fa for row in concepts())
    assert [row.slug for row in concepts() if min(len(row.synonyms_en), len(row.synonyms_fa)) < 3] == []


def test_every_category_of_the_model_offers_at_least_fifteen_concepts():
    counted = Counter(row.category for row in concepts())

    assert {category.slug for category in categories()} == set(counted) - {None}
    assert min(counted.values()) >= 15


def test_slugs_stay_because_people_have_answered_with_them():
    """A new concept is added to the file; a line is never changed or taken out."""
    assert KNOWN_SLUGS.read_text().split() == sorted(row.slug for row in concepts())


def test_there_are_fields_for_every_faculty():
    counted = {group.slug: len(rows) for group, rows in by_group("field")}

    faculties = "engineering science health humanities religion social management law arts agriculture"
    assert set(counted) == set(faculties.split())
    assert min(counted.values()) >= 5


def test_fields_stand_in_groups_of_fields_and_everything_else_in_a_category():
    is_category = {group.slug: group.is_category for group in groups()}

    assert [row.slug for row in concepts() if is_category[row.group] == (row.kind == "field")] == []


def test_names_are_told_apart_in_each_language():
    for language in ("en", "fa"):
        names = Counter(tight(row.name(language)) for row in concepts())
        assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("kinds", [PICKED, ("field",)])
def test_no_synonym_is_the_name_of_something_else_on_the_same_list(kinds):
    rows = [row for row in concepts() if row.kind in kinds]
    names = {tight(name): row.slug for row in rows for name in (row.en, row.fa)}

    assert [
        (row.slug, word)
        for row in rows
        for word in (*row.synonyms_en, *row.synonyms_fa)
        if names.get(tight(word), row.slug) != row.slug
    ] == []


def test_no_concept_says_a_word_twice():
    for row in concepts():
        words = Counter(fold(word) for word in (row.en, row.fa, *row.synonyms_en, *row.synonyms_fa))
        assert [word for word, times in words.items() if times > 1] == [], row.slug


def test_persian_is_written_with_persian_letters():
    written = " ".join(" ".join((row.fa, *row.synonyms_fa)) for row in concepts())

    assert not set(written) & set("يكى")
    assert "  " not in written


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("time", "time-management"),
        ("مدیریت زمان", "time-management"),
        ("مديريت زمان", "time-management"),
        ("برنامه نویسی", "programming"),
        ("برنامه‌نویسی", "programming"),
        ("برنامهنويسي", "programming"),
        ("LaTeX", "latex"),
        ("زوترو", "reference-management"),
        ("آيلتس", "language-tests"),
        ("روانشناسی", "psychology"),
        ("RÉSUMÉ", "cv-writing"),
        ("HR", "human-resources"),
        ("یادگیری ماش", "machine-learning"),
        ("يادگيري ماشين", "machine-learning"),
        ("یادگیری‌ماشین", "machine-learning"),
        ("ماشین یادگیری", "machine-learning"),
        ("machine lea", "machine-learning"),
        ("پایان نامه", "thesis-planning"),
        ("پایاننامه", "thesis-planning"),
        ("فیزیک 1", "general-physics"),
        ("فیزیک ١", "general-physics"),
        ("جرات مندی", "assertiveness"),
        ("مساله", "problem-solving"),
        ("نوشتن مقاله", "scientific-publishing"),
        ("write an article", "academic-writing-english"),
    ],
)
def test_search_finds_first_what_was_meant_however_it_is_typed(typed, slug):
    assert search(typed, "fa")[0] == concept(slug)


def test_search_puts_names_before_synonyms_before_the_middle_of_a_word():
    found = [row.slug for row in search("stat")]

    assert found[0] in {"statistics", "statistics-field"}
    assert found.index("statistics") < found.index("cover-letter")  # its synonym: statement of purpose


@pytest.mark.parametrize(
    ("typed", "slug"),
    [("machne lerning", "machine-learning"), ("یادگری ماشن", "machine-learning"), ("استرص", "stress")],
)
def test_what_was_mistyped_is_near_what_was_meant(typed, slug):
    assert search(typed) == ()
    assert near(typed)[0] == concept(slug)


def test_nothing_is_near_words_of_another_world():
    assert near("giraffes") == near("زرافه‌شناسی") == near("") == near("x") == ()


def test_the_word_that_was_meant_is_told_unless_the_name_says_it():
    assert word_for(concept("statistics"), "sps", "fa") == "SPSS"
    assert word_for(concept("machine-learning"), "machine", "fa") == "Machine learning"
    assert word_for(concept("machine-learning"), "ماشین", "fa") == ""


def test_search_answers_nothing_to_nothing():
    assert search("  ‌ ") == ()
    assert search("qqqq") == ()
    assert search("hope") == ()  # not in "research open data"


def test_search_can_be_kept_to_a_kind():
    assert {row.kind for row in search("آمار", "fa", "field")} == {"field"}


def test_digits_of_any_script_are_the_same():
    assert fold("۱۲٣ Ab‌c") == "123 ab c"


def test_groups_are_offered_with_their_concepts_and_empty_ones_left_out():
    assert [group.slug for group, _rows in by_group("field")] == [g.slug for g in groups() if not g.is_category]
    assert sum(len(rows) for _group, rows in by_group()) == len(concepts())
    assert set(KINDS) == {row.kind for row in concepts()}
