from django.utils import translation

from core.text import clean_name, isolated, search_key, to_ascii_digits, to_persian_digits


def test_two_spellings_of_the_same_words_have_one_key():
    assert search_key("مي‌روم كتاب ۱۲") == search_key("می روم کتاب 12")
    assert search_key("مُحَمَّد") == search_key("محمد")
    assert search_key("رئیس") == search_key("ري\u0654یس") == search_key("رییس")


def test_a_name_loses_what_could_turn_a_line_around():
    assert clean_name("  علي \u202e evil\u202c\n كريمي ") == "علی evil کریمی"


def test_digits_go_both_ways():
    assert to_ascii_digits("۱۴۰۵ ٣") == "1405 3"
    assert to_persian_digits("1405") == "۱۴۰۵"


def test_words_in_another_direction_stand_apart_and_turn_nothing_around():
    with translation.override("en"):
        assert (isolated("Sara"), isolated("نیلوفر")) == ("Sara", "\u2068نیلوفر\u2069")
        assert isolated("Sara \u202etxt.exe") == "Sara txt.exe"
    with translation.override("fa"):
        assert (isolated("Sara"), isolated("نیلوفر ۲")) == ("\u2068Sara\u2069", "نیلوفر ۲")
