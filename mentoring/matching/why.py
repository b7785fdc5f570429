"""Facts of a pair in words: for the coordinator, and for each of the two."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import localise
from core.text import listed
from mentoring.matching.engine import WhyNot
from mentoring.planning.concepts import concept, has_concept

SHOWN_CONCEPTS = 3
FULL_FIT = 10_000
LANGUAGES = ("en", "fa")

CRITERION_NAMES = {
    "skills": translation.gettext_lazy("skills asked for"),
    "needs": translation.gettext_lazy("kinds of help"),
    "goals": translation.gettext_lazy("goals in words"),
    "field": translation.gettext_lazy("field"),
    "experience": translation.gettext_lazy("experience"),
    "time": translation.gettext_lazy("shared time"),
    "wishes": translation.gettext_lazy("wishes"),
    "likeness": translation.gettext_lazy("style of work"),
    "interests": translation.gettext_lazy("interests and life experience"),
    "contact": translation.gettext_lazy("ways to keep in touch"),
    "feedback": translation.gettext_lazy("earlier ratings"),
    "waiting": translation.gettext_lazy("waiting time"),
}
RULES_TAKEN = translation.gettext_lazy("taken away by soft rules")
RULE_NAMES = {
    "place": translation.gettext_lazy("a free place"),
    "language": translation.gettext_lazy("a shared language"),
    "overlap": translation.gettext_lazy("enough shared time"),
    "seniority": translation.gettext_lazy("more experience"),
    "never": translation.gettext_lazy("private never-lists"),
    "blocked": translation.gettext_lazy("pairs that must not be"),
    "conflict": translation.gettext_lazy("conflict of interest"),
    "previous": translation.gettext_lazy("former pairs"),
    "safeguarding": translation.gettext_lazy("nobody under review"),
    "cleared": translation.gettext_lazy("a mentor who is trained"),
    "programme": translation.gettext_lazy("the same programme"),
    "institution": translation.gettext_lazy("the right institution"),
    "must_have": translation.gettext_lazy("what the mentee cannot do without"),
    "gender": translation.gettext_lazy("the gender asked for"),
    "unit": translation.gettext_lazy("different teams"),
}
AIM_NAMES = {
    "stable": translation.gettext_lazy("No two would rather have each other"),
    "stable_mentors": translation.gettext_lazy("No two would rather have each other"),
    "worst": translation.gettext_lazy("The lowest fit as high as can be"),
    "circle": translation.gettext_lazy("Circles of several mentees"),
    "parity": translation.gettext_lazy("Balance between named groups"),
    "mentors_each": translation.gettext_lazy("Two mentors from different fields"),
    "keep": translation.gettext_lazy("Keep the pairs of the last draft"),
    "previous_bonus": translation.gettext_lazy("Former pairs are preferred"),
    "balance": translation.gettext_lazy("Spread the load"),
    "quotas": translation.gettext_lazy("Every mentor gets at least one"),
    "wishes_first": translation.gettext_lazy("Wishes come first"),
    "evenness": translation.gettext_lazy("How much low fits count"),
    "soft": translation.gettext_lazy("Points lost for breaking a rule"),
    "overlap_minutes": translation.gettext_lazy("Minutes a week"),
    "language_level": translation.gettext_lazy("Level of the language"),
    "mentee_share": translation.gettext_lazy("Share of the mentee's view"),
}
"""Settings of the engine by the names the studio gives them."""


def language_name(code: str) -> str:
    try:
        return str(_(translation.get_language_info(code)["name"]))
    except KeyError:
        return code


def shared_hours(minutes: int) -> str:
    """ "3.5 shared hours a week"."""
    hours = minutes / 60
    shown = localise(int(hours) if hours == int(hours) else round(hours, 1))
    return ngettext("%(hours)s shared hour a week", "%(hours)s shared hours a week", 1 if hours == 1 else 2) % {
        "hours": shown
    }


def sentence(why: dict[str, Any], *, to: str = "coordinator") -> str:
    """Why these two, in one sentence of the reader's language. `to` is "coordinator", "mentee" or "mentor"."""
    parts = [_about_concepts(why, to)]
    if why.get("overlap_minutes"):
        parts.append(shared_hours(why["overlap_minutes"]))
    if spoken := why.get("languages"):
        names = listed([language_name(code) for code in spoken])
        parts.append(
            (_("both speak %(languages)s") if to == "coordinator" else _("you both speak %(languages)s"))
            % {"languages": names}
        )
    if why.get("same_field"):
        parts.append(_("same field"))
    if "mentee" in why.get("wished_by", []):
        parts.append(_("you wished for this mentor") if to == "mentee" else _("the mentee's own wish"))
    if "mentor" in why.get("wished_by", []):
        parts.append(_("you wished for this mentee") if to == "mentor" else _("the mentor's own wish"))
    told = [part for part in parts if part]
    if not told:
        return _("The best fit among those who were free; little is known yet about what they share.")
    text = _("; ").join(told)
    return f"{text[0].upper()}{text[1:]}."


def concept_names(slugs: list[str]) -> str:
    """Concepts of the list by their names in the reader's language; those no longer listed are left out."""
    return listed([concept(slug).name(translation.get_language()) for slug in slugs if has_concept(slug)])


def _about_concepts(why: dict[str, Any], to: str) -> str:
    slugs = [slug for slug in why.get("concepts", []) if has_concept(slug)][:SHOWN_CONCEPTS]
    if not slugs:
        return ""
    names = concept_names(slugs)
    patterns = {
        "coordinator": _("offers %(skills)s, which the mentee wants"),
        "mentee": _("offers what you look for: %(skills)s"),
        "mentor": _("looks for what you offer: %(skills)s"),
    }
    return patterns[to] % {"skills": names}


def letters(why: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The sentence for each of the two in each language: kept with the relationship, so nobody has to ask again."""
    told: dict[str, dict[str, str]] = {}
    for role in ("mentee", "mentor"):
        told[role] = {}
        for language in LANGUAGES:
            with translation.override(language):
                told[role][language] = sentence(why, to=role)
    return told


def unmatched_reason(reason: str, details: dict[str, Any]) -> str:
    """Why somebody has no mentor, as a finding."""
    helps = int(details.get("helps") or 0)
    if reason == "taken":
        return ngettext(
            "One mentor would fit, but the place went to somebody it fits better.",
            "%(count)s mentors would fit, but their places went to people they fit better.",
            helps,
        ) % {"count": localise(helps)}
    if reason == "rules":
        rules = list(details.get("rules", []))
        if rules == ["place"]:
            return _("Every mentor who would fit is full.")
        if rules == ["overlap"] and details.get("minutes") is not None:
            shared = shared_hours(details["minutes"])
            return _("No mentor is free long enough at the same time; the closest has %(shared)s.") % {"shared": shared}
        text = ngettext("No mentor passes this rule: %(rules)s.", "No mentor passes all of: %(rules)s.", len(rules))
        return text % {"rules": listed([str(RULE_NAMES[code]) for code in rules])}
    return {
        "no_mentors": _("There is no mentor in the pool yet."),
        "not_open": _("This person is not ready just now."),
        "rejected": _("The proposed mentor was turned down."),
    }.get(reason, reason)


def what_would_help(reason: str, details: dict[str, Any]) -> str:
    """The smallest change that would give this person a mentor; empty when nothing small would."""
    helps = int(details.get("helps") or 0)
    if reason == "taken":
        return ngettext("One more place with this mentor would do.", "One more place with any of them would do.", helps)
    if reason == "rules" and helps:
        if details.get("rules") == ["place"]:
            return ngettext(
                "Ask for one more place: one mentor fits.", "Ask for one more place: %(count)s mentors fit.", helps
            ) % {"count": localise(helps)}
        return ngettext(
            "Without this, one mentor would be possible.", "Without this, %(count)s mentors would be possible.", helps
        ) % {"count": localise(helps)}
    if reason == "no_mentors":
        return _("Invite mentors, or import a list.")
    return ""


def points(score: int) -> str:
    """A score or a difference of scores as points of 100; a decimal only where it is needed."""
    shown = round(score / 100, 1)
    return localise(int(shown) if shown == int(shown) else shown)


def why_not_sentence(told: WhyNot, *, mentor: object, present: object, holders: list[tuple[object, int]]) -> str:
    """Why a mentee does not have this mentor: the rule, the price of a full place, or simply a lower fit."""
    words = {"mentor": mentor, "present": present, "fit": points(told.score), "short": points(told.short)}
    if told.kind == "together":
        return _("They are a pair in this draft.")
    if told.kind == "rules":
        text = _("A hard rule stands between them: %(rules)s.") % {
            "rules": listed([str(RULE_NAMES.get(code, code)) for code in told.rules])
        }
        if "overlap" in told.rules:
            text += " " + _("They have %(shared)s.") % {"shared": shared_hours(told.overlap_minutes)}
        return text
    if told.kind == "full":
        return _full(told, words, holders)
    if told.present_score == told.score:
        return _("Possible, and the fit of %(fit)s is the same as with %(present)s: the draw decided.") % words
    if told.present_score is not None and told.present_score > told.score:
        words["now"] = points(told.present_score)
        return _("Possible, but the fit is lower: %(fit)s, and %(now)s with %(present)s.") % words
    return _("Possible: a place is free and the fit is %(fit)s. The draft is better as a whole as it is.") % words


def _full(told: WhyNot, words: dict[str, Any], holders: list[tuple[object, int]]) -> str:
    named = listed([f"{name} ({points(score)})" for name, score in holders])
    text = _("%(mentor)s is full: the places went to %(holders)s.") % {**words, "holders": named}
    if told.score + told.short > FULL_FIT:
        return (
            f"{text} "
            + _("Giving one away would leave somebody else without a mentor; the fit here is %(fit)s.") % words
        )
    if told.short:
        return f"{text} " + _("With a fit of %(fit)s, %(short)s points are missing to win a place.") % words
    return f"{text} " + _("The fit of %(fit)s is worth as much: the draw decided.") % words
