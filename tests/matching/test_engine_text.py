"""Free text: Persian as people type it, whole sentences, and the slot for a sentence model."""

import numpy as np
import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from mentoring.matching.engine import Cohort, Objective, People, Rules, Weights, explain, text
from mentoring.matching.engine.fingerprint import input_hash

pytestmark = pytest.mark.once

HOPES_AND_OFFERS = [
    (
        "می‌خواهم برای پایان‌نامه‌ام یک موضوع خوب پیدا کنم و پروپوزالم را بنویسم. استاد راهنمایم وقت کمی دارد.",
        "دانشجوی دکتری. به راهنمایی دانشجویان در انتخاب موضوع پایان نامه و نوشتن پروپوزال علاقه دارم.",
    ),
    (
        "دوست دارم یادگیری ماشین را شروع کنم و بعد برای کار در شرکت‌های دانش‌بنیان آماده شوم.",
        "مهندس داده در یک شرکت دانش بنیان؛ با پایتون و يادگيري ماشين كار می‌کنم و می‌توانم مسیر شغلی را نشان بدهم.",
    ),
    (
        "از استرس امتحان‌ها خسته شده‌ام و دوست دارم یاد بگیرم بهتر برنامه‌ریزی کنم.",
        "روان‌شناس و مدرس؛ دربارهٔ اضطراب امتحان، برنامه ریزی درسی و مدیریت زمان کمک می‌کنم.",
    ),
    (
        "در خوابگاه احساس تنهایی می‌کنم و دوست پیدا کردن در دانشگاه برایم سخت است.",
        "خودم دانشجوی خوابگاهی بودم و تنهایی را می‌شناسم؛ به تازه‌واردها در پیدا کردن دوست کمک می‌کنم.",
    ),
    (
        "I want to find a good topic for my thesis and write a proposal; my supervisor has little time.",
        "Doctoral candidate. I like to help students choose a thesis topic and write their proposals.",
    ),
    (
        "Looking for an internship in construction to see real civil engineering work.",
        "Civil engineer, twelve years in construction firms; we also take interns.",
    ),
    (
        "I'd like to found my own business but know nothing about markets or funding.",
        "Founder of a start-up; happy to talk about raising funds, markets and building a business.",
    ),
]


def alike(*pairs: tuple[str, str]) -> list[list[int]]:
    """Likeness of every first text to every second one."""
    mentees, mentors = text.vectors([one for one, _ in pairs], [other for _, other in pairs])
    return text.likeness((mentees @ mentors.T).toarray()).tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كتاب‌هاي ۱۲", "کتابهای 12"),
        ("رياضي", "ریاضی"),
        ("روش تحقیق کمّی", "روش تحقیق کمی"),
        ("سؤال و مسئولیت", "سوال و مسیولیت"),
        ("دورهٔ کارآموزی", "دوره کاراموزی"),
        ("آمـــار٣", "امار۳"),
        ("Résumé", "resume"),
    ],
)
def test_one_word_typed_in_two_ways_is_one_word(one, other):
    assert text.normalised(one) == text.normalised(other)


def test_a_half_space_and_a_space_hardly_matter():
    assert alike(("نوشتن پایان‌نامه و برنامه‌ریزی", "نوشتن پایان نامه و برنامه ریزی"))[0][0] > 9_000


def test_the_mentor_who_speaks_of_the_same_thing_is_nearest_in_either_language():
    table = np.array(alike(*HOPES_AND_OFFERS))

    assert table.argmax(axis=1).tolist() == list(range(len(HOPES_AND_OFFERS)))
    assert table.diagonal().min() > 3_000 > np.median(table)


def test_texts_in_two_writings_have_nothing_in_common_even_where_words_are_the_same():
    assert text.writings(["با SPSS کار می‌کنم", "I work with SPSS", "12", "", "работа"]).tolist() == [2, 1, 0, 0, 4]
    assert alike(("با SPSS کار می‌کنم", "I work with SPSS")) == [[0]]


def test_the_commonest_n_grams_are_left_out_when_a_table_would_cost_too_much(monkeypatch):
    monkeypatch.setattr(text, "WORK", 200)
    mentees, mentors = text.vectors(*zip(*HOPES_AND_OFFERS * 5, strict=True))

    left, right = (np.bincount(side.indices, minlength=text.BUCKETS) for side in (mentees, mentors))
    assert 0 < left @ right <= 200


def test_nothing_written_makes_no_vectors():
    assert alike(("", " "), ("، . ؟", "")) == [[0, 0], [0, 0]]
    assert text.vectors([], [])[0].shape == (0, text.BUCKETS)


# The slot for a sentence model

TOPICS = {"thesis": [3, 0], "پایان‌نامه": [6, 1], "rowing": [-3, 0], "nothing": [0, 0]}
asked: list[list[str]] = []


def toy_model(texts):
    """Knows four words; vectors of any length."""
    asked.append(list(texts))
    return [TOPICS[one] for one in texts]


@pytest.fixture
def toy():
    asked.clear()
    text.use(toy_model, "toy")
    yield
    text.use(None)


def cohort() -> Cohort:
    return Cohort(
        mentees=People.of([1, 2], texts=["thesis", ""]),
        mentors=People.of([7, 8, 9], texts=["پایان‌نامه", "rowing", "nothing"]),
    )


def goals() -> list[int]:
    pairs = [(mentee, mentor) for mentee in (1, 2) for mentor in (7, 8, 9)]
    return [story.score for story in explain(cohort(), Rules(), Weights.from_parts(goals=1), pairs)]


def test_a_model_compares_all_languages_by_the_cosine_of_its_vectors(toy):
    assert goals() == [pytest.approx(9_864, abs=20), 0, 0, 5_000, 5_000, 5_000]


def test_without_a_model_the_two_languages_are_neutral():
    assert goals() == [5_000, 0, 0, 5_000, 5_000, 5_000]


def test_a_model_is_asked_once_about_a_text(toy):
    goals()
    goals()

    assert asked == [["nothing", "rowing", "thesis", "پایان‌نامه"]]


def test_runs_with_and_without_a_model_have_different_inputs(toy):
    hashes = {input_hash(cohort(), Rules(), Weights(), Objective.MOST, 0)}
    for model, name in ((None, ""), (toy_model, "another")):
        text.use(model, name)
        hashes.add(input_hash(cohort(), Rules(), Weights(), Objective.MOST, 0))

    assert len(hashes) == 3


@pytest.mark.parametrize("answer", [[1.0, 2.0], [[1.0]], [[float("nan")]] * 4])
def test_a_model_that_answers_something_else_is_named(answer):
    text.use(lambda texts: answer, "my.model")
    try:
        with pytest.raises(ValueError, match=r"my\.model"):
            goals()
    finally:
        text.use(None)


def test_the_setting_names_the_model_and_a_wrong_name_stops_the_start(settings):
    settings.MATCHING_TEXT_MODEL = "tests.matching.test_engine_text.toy_model"
    matching = apps.get_app_config("matching")
    matching.ready()
    try:
        assert text.model_name() == settings.MATCHING_TEXT_MODEL
        assert goals()[0] > 9_000
    finally:
        text.use(None)

    settings.MATCHING_TEXT_MODEL = "no.such.model"
    with pytest.raises(ImproperlyConfigured, match="MATCHING_TEXT_MODEL"):
        matching.ready()
