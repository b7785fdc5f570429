"""What the engine would not do, in a sentence that says what to change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.dates import localise
from core.errors import DomainError
from mentoring.matching.engine import Refused
from mentoring.matching.why import AIM_NAMES, RULE_NAMES
from mentoring.planning.models import Enrolment

REFUSALS = {
    "weights_are_zero": _("At least one weight must be above zero: with nothing to compare, all pairs would be equal."),
    "weights_must_sum_to_100": _("The weights must sum to 100; now they sum to %(sum)s."),
    "value_out_of_range": _("“%(what)s” must lie between %(least)s and %(most)s."),
    "unknown_rule": _("There is no rule called “%(rule)s”. Take it out of the settings."),
    "rule_cannot_be_soft": _("The rule “%(rule)s” cannot merely cost points. Let it hold, or switch it off."),
    "aims_exclude_each_other": _("“%(one)s” and “%(other)s” cannot be reached in one run. Switch one of them off."),
    "locks_contradict": _("%(mentee)s is locked with two mentors. Unlock one of the two pairs."),
    "more_locks_than_places": _(
        "More mentees are locked with %(mentor)s (%(locks)s) than there are free places (%(places)s). Unlock a pair or add a"
        " place."
    ),
    "lock_breaks_a_safety_rule": _(
        "%(mentee)s and %(mentor)s are locked together, but must not be a pair (%(rule)s). Unlock the pair."
    ),
    "lock_of_somebody_not_in_the_pool": _(
        "%(mentee)s and %(mentor)s are locked together, but one of them is not in the pool any more. Unlock the pair."
    ),
    "parity_without_groups": _(
        "Nobody who waits has named a group to compare. Ask for it in the programme's settings, or switch the balance off."
    ),
    "parity_cannot_be_reached": _(
        "With the locked pairs, no result keeps all groups within %(within)s points. Allow more, or unlock pairs."
    ),
    "circles_cannot_be_formed": _(
        "Nobody can be placed in circles of %(smallest)s to %(largest)s. Allow smaller circles, or relax a rule."
    ),
    "time_is_up": _(
        "Nothing was found within %(seconds)s seconds: this aim is hard for so many people. Choose a simpler one, or match a"
        " smaller group."
    ),
    "aim_has_no_prices": _("“%(objective)s” puts no price on a place, so this question has no answer for it."),
    "too_few_closed": _(
        "%(found)s relationships have ended so far. Weights can be learned from %(needed)s; until then keep your own."
    ),
    "outcomes_all_alike": _(
        "All relationships ended equally well, so they say nothing about the weights. Keep your own."
    ),
}
"""One sentence for every code of `engine.REFUSALS`, with the names the engine gives."""
LOCKS = ("locks_contradict", "more_locks_than_places", "lock_breaks_a_safety_rule", "lock_of_somebody_not_in_the_pool")
"""Refusals that end when a pair is unlocked."""
_PEOPLE = ("mentee", "mentor")
_NAMES = {"what": AIM_NAMES, "one": AIM_NAMES, "other": AIM_NAMES, "objective": AIM_NAMES, "rule": RULE_NAMES}


class MatchingRefused(DomainError):
    code = "matching_refused"
    status = 422


def refusal(error: Refused) -> MatchingRefused:
    """The refusal of a run as people read it."""
    return MatchingRefused(sentence_of(error.code, error.about), engine_code=error.code)


def sentence_of(code: str, about: Mapping[str, Any]) -> str:
    """A refusal in the reader's language, people and settings by their names. One query if it speaks of people."""
    if code not in REFUSALS:
        return str(_("Something went wrong while computing. Start the run again."))
    keys = {about[name] for name in _PEOPLE if name in about}
    people = {row.pk: str(row.person) for row in Enrolment.objects.filter(pk__in=keys).select_related("person")}
    return str(REFUSALS[code]) % {name: _told(name, value, people) for name, value in about.items()}


def _told(name: str, value: Any, people: Mapping[int, str]) -> str:
    if name in _PEOPLE:
        return people.get(value, "—")
    if name in _NAMES:
        return str(_NAMES[name].get(str(value), value))
    return localise(value)


def refusal_sentence(report: Mapping[str, Any]) -> str:
    """Why a run stopped, from what it kept."""
    code = str(report.get("refused", ""))
    if code == "cancelled":
        return str(_("You stopped this run. Nothing of it was kept."))
    return sentence_of(code, report.get("about", {}))
