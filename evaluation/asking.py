"""What a wave asks: a form of the built-in questionnaire, or an instrument of the institution's own."""

from collections.abc import Mapping, Sequence

from evaluation import questionnaire
from evaluation.models import Wave
from evaluation.questionnaire import NOT_APPLICABLE, NOT_SHOWN, SKIPPED, Asked, Section


def items_of(wave: Wave) -> Sequence[Asked]:
    """Everything that is answered on a scale."""
    return wave.instrument.definition.scored if wave.instrument else questionnaire.form_items(wave.form)


def open_items_of(wave: Wave) -> frozenset[str]:
    """Codes of what is answered in words."""
    return (
        frozenset(each.code for each in wave.instrument.definition.open_questions) if wave.instrument else frozenset()
    )


def pages_of(
    wave: Wave, *, role: str, has_partner: bool, given: Mapping[str, int] | None = None
) -> tuple[Section, ...]:
    """The pages that a person sees after the answers `given`; without them all that can come."""
    if wave.instrument is None:
        return questionnaire.sections(wave.form, has_partner)
    return wave.instrument.definition.pages(role, wave.moment, has_partner, given)


def codes_for_the_rest(wave: Wave, *, role: str, has_partner: bool, given: Mapping[str, int]) -> dict[str, int]:
    """Why there is no answer, for everything that was not answered when a response is sent. What an own instrument does not
    ask after these answers is not shown, whatever was answered before."""
    if wave.instrument is None:
        return {
            item.code: NOT_SHOWN if item.needs_partner and not has_partner else SKIPPED
            for item in questionnaire.form_items(wave.form)
            if item.code not in given
        }
    definition = wave.instrument.definition
    shown = {each.code for each in definition.visible(role, wave.moment, has_partner, given)}
    return {
        each.code: SKIPPED if each.code in shown else NOT_SHOWN
        for each in definition.questions
        if each.code not in shown or each.code not in given
    }


def may_be_answered(wave: Wave, value: int) -> bool:
    """Whether `value` is on the scale, or a code that a person may give."""
    low, high = (wave.instrument.definition.low, wave.instrument.definition.high) if wave.instrument else (1, 5)
    return low <= value <= high or value in (SKIPPED, NOT_APPLICABLE)


def minutes_of(wave: Wave) -> int:
    """About how long it takes."""
    return wave.instrument.definition.minutes if wave.instrument else questionnaire.minutes(wave.form)


def count_of(wave: Wave) -> int:
    """How many questions there are."""
    return len(wave.instrument.definition.questions) if wave.instrument else len(questionnaire.form_items(wave.form))
