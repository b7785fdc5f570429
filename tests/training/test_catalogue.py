import re

import pytest

from mentoring.planning.catalogue import templates
from mentoring.training.catalogue import MODULES, InvalidModule, Module, module, modules, read_module, words
from paradigm.model import paradigm

PERSIAN = re.compile("[\u0600-\u06ff]")
SHIPPED = ["first-meeting", "listening-and-questions", "giving-feedback", "digital-tools-and-safety"]
each_module = pytest.mark.parametrize("built", modules(), ids=lambda built: built.slug)


def persian_texts(built: Module) -> list[str]:
    texts = [built.title, built.summary, *(each.text for each in built.statements)]
    for screen in built.screens:
        texts += [screen.title, screen.body]
        for option in screen.options:
            texts += [option.text, *filter(None, [option.feedback])]
    return [text.fa for text in texts]


def variant(tmp_path, old: str, new: str):
    text = (MODULES / "first-meeting.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "variant.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_four_modules_are_shipped_in_their_order():
    assert [built.slug for built in modules()] == SHIPPED
    assert module("giving-feedback").title.text("fa-IR") == "بازخورد دادن"


@each_module
def test_a_module_is_a_handful_of_small_lessons_of_every_kind(built):
    assert 6 <= built.lessons <= 9
    assert {screen.kind for screen in built.screens} == {"text", "question", "reflection", "quiz", "use"}
    assert 10 <= built.minutes <= 15
    assert 3 <= len(built.statements) <= 4
    assert 2 <= len(built.test) <= 4


@each_module
def test_persian_is_persian_everywhere(built):
    assert [text for text in persian_texts(built) if not PERSIAN.search(text)] == []
    assert [text for text in persian_texts(built) if re.search("[يك0-9]", text)] == []


@each_module
def test_a_text_cites_only_sources_that_stand_at_the_end(built):
    cited = {int(n) for screen in built.screens for n in re.findall(r"\[(\d+)\]", screen.body.en)}
    cited_fa = {int(n) for screen in built.screens for n in re.findall(r"\[([۰-۹]+)\]", screen.body.fa)}

    assert cited == cited_fa == set(range(1, len(built.sources) + 1))


@each_module
def test_a_module_serves_a_component_of_the_model(built):
    components = {part.slug for category in paradigm().categories for part in category.components}

    assert built.component in components


def test_every_module_that_a_template_requires_exists_for_that_role():
    for template in templates():
        assert all("mentor" in module(slug).roles for slug in template.mentor_training)
        assert all("mentee" in module(slug).roles for slug in template.mentee_training)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('title.fa = "دیدار نخست"', "", "'fa' is missing"),
        ("Most first meetings", "word " * 120, "purpose .en.: a text is missing or there are over 120 words"),
        ("best = true", "best = false", "unsure: one option must be the best"),
        ('key = "plan"', 'key = "invite"', "unsure: two options have the same key"),
        ('key = "prepare"', 'key = "shape"', "two screens have the same key"),
        ('roles = ["mentor", "mentee"]', 'roles = ["teacher"]', "unknown roles teacher"),
        ('kind = "reflection"', 'kind = "question"', "reflect: a question screen has the wrong options"),
        ('kind = "use"', 'kind = "reflection"', "a module ends with its one step for the week"),
    ],
)
def test_a_module_that_contradicts_itself_says_where(tmp_path, old, new, problem):
    with pytest.raises(InvalidModule, match=problem):
        read_module(variant(tmp_path, old, new))


def test_a_half_space_does_not_part_a_word():
    assert words("می\u200cشود گفت") == 2
