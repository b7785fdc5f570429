from collections import Counter

import pytest

from mentoring.planning.concepts import KINDS, by_group, concept, concepts, fold, groups, search
from paradigm.model import categories


def test_the_list_holds_at_least_150_concepts_in_both_languages():
    assert len(concepts()) >= 150
    assert all(row.en and row.fa and row.synonyms_en and row.synonyms_fa for row in concepts())


def test_every_category_of_the_model_offers_at_least_ten_concepts():
    counted = Counter(row.category for row in concepts())

    assert {category.slug for category in categories()} == set(counted) - {None}
    assert min(counted.values()) >= 10


def test_fields_stand_in_groups_of_fields_and_everything_else_in_a_category():
    is_category = {group.slug: group.is_category for group in groups()}

    assert [row.slug for row in concepts() if is_category[row.group] == (row.kind == "field")] == []


def test_names_are_told_apart_in_each_language():
    for language in ("en", "fa"):
        names = Counter(fold(row.name(language)) for row in concepts())
        assert [name for name, times in names.items() if times > 1] == []


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
    ],
)
def test_search_finds_first_what_was_meant_however_it_is_typed(typed, slug):
    assert search(typed, "fa")[0] == concept(slug)


def test_search_puts_names_before_synonyms_before_the_middle_of_a_word():
    found = [row.slug for row in search("stat")]

    assert found[0] in {"statistics", "statistics-field"}
    assert found.index("statistics") < found.index("cover-letter")  # its synonym: statement of purpose


def test_search_answers_nothing_to_nothing():
    assert search("  ‌ ") == ()
    assert search("qqqq") == ()


def test_search_can_be_kept_to_a_kind():
    assert {row.kind for row in search("آمار", "fa", "field")} == {"field"}


def test_digits_of_any_script_are_the_same():
    assert fold("۱۲٣ Ab‌c") == "123 ab c"


def test_groups_are_offered_with_their_concepts_and_empty_ones_left_out():
    assert [group.slug for group, _rows in by_group("field")] == [g.slug for g in groups() if not g.is_category]
    assert sum(len(rows) for _group, rows in by_group()) == len(concepts())
    assert set(KINDS) == {row.kind for row in concepts()}
