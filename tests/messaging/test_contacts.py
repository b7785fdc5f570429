"""Ways to go on elsewhere are found however they are spelt, and what only looks like one is left alone."""

import pytest

from mentoring.messaging.contacts import has_mail, has_messenger, has_phone, in_digits, phrases, spelt
from mentoring.messaging.words import searchable

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "body",
    [
        "Call 0912 345 6789",
        "۰۹۱۲۳۴۵۶۷۸۹",
        "٠٩١٢-٣٤٥-٦٧٨٩",
        "۰۹‌۱۲ ۳۴ ۵۶ ۷۸۹",
        "+49 (170) 12 34 56",
        "00 98 912 345 67 89",
        "zero nine one two three four five six seven eight nine",
        "oh nine one two, double three four five six seven eight",
        "صفر نهصد و دوازده سیصد و چهل و پنج شصت و هفت هشتاد و نه",
        "صفر نه یک دو سه چهار پنج شیش هفت هشت نه",
        "۰.۹.۱.۲.۳.۴.۵.۶.۷.۸.۹",
    ],
)
def test_a_telephone_number_is_found_however_it_is_written(body):
    assert has_phone(searchable(body))


@pytest.mark.parametrize(
    "body",
    [
        "On 1405/08/01 at 10:30, or 2026-11-26 11:00?",
        "Between 2026-11-26 and 2026-12-01",
        "یکی دو بار در هفته، سه یا چهار ساعت",
        "صفحه‌های ۱۲ تا ۱۴۵ را بخوان",
        "It costs 1200000 rials; chapters 1, 2, 3, 4, 5, 6 and 7",
        "نه، دو روز دیگر",
    ],
)
def test_a_day_a_clock_or_a_count_is_no_telephone_number(body):
    assert not has_phone(searchable(body))


def test_numbers_in_words_are_read_as_one_says_them():
    assert in_digits("صفر نهصد و دوازده و بس") == "0 912 و بس"
    assert in_digits("twenty three and ten") == "23 and 10"


@pytest.mark.parametrize(
    "body", ["sara@example.org", "sara (at) example.org", "sara at gmail dot com", "sara ات gmail دات com"]
)
def test_an_address_is_found(body):
    assert has_mail(searchable(body))


@pytest.mark.parametrize("body", ["Look at google.com", "@Sara Azimi, are you there?", "We meet at noon."])
def test_a_link_or_a_name_is_no_address(body):
    assert not has_mail(searchable(body))
    assert not has_messenger(searchable(body))


@pytest.mark.parametrize(
    "body", ["https://t.me/sara", "wa.me/98912", "آیدی من در تلگرام: sara_az", "My Telegram is @sara_az"]
)
def test_another_messenger_is_found(body):
    assert has_messenger(searchable(body))


def test_own_phrases_are_found_as_whole_words_in_any_spelling():
    pattern = phrases("بین خودمان بماند\nour  secret\n")

    assert all(pattern.search(spelt(body)) for body in ("بین خودمان بماند", "بين خودمان‌ بماند!", "It is OUR secret."))
    assert not pattern.search(spelt("our secretary"))
    assert phrases(" \n") is None


@pytest.mark.parametrize("phrase", ["می‌خواهم ببینمت", "میخواهم ببینمت", "می خواهم ببینمت"])
@pytest.mark.parametrize("body", ["می‌خواهم ببینمت", "مي‌خواهم  ببینمت!", "میخواهم ببینمت"])
def test_a_half_space_may_be_one_a_space_or_nothing_in_the_phrase_and_in_what_is_said(phrase, body):
    found = phrases(phrase).search(spelt(f"فردا {body}"))

    assert bool(found) == (" خواهم" not in phrase or "میخواهم" not in body)  # those two are words of their own


@pytest.mark.parametrize(
    "name", ["IMG_20261126_101112.jpg", "PXL_20261126_101112345.jpg", "Screenshot_20261126-101112.png"]
)
def test_the_moment_in_the_name_of_a_picture_is_no_telephone_number(name):
    assert not has_phone(searchable(name))
