"""What a study measures, in the reader's words."""

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.dates import localise
from evaluation.models import Study
from evaluation.studies.plans import all_outcomes, measures_of
from evaluation.studies.scales import is_own, own_outcomes, stage_of_measure
from evaluation.studies.texts import Text
from paradigm.model import categories, component

ROLES: tuple[tuple[str, Text], ...] = (("mentee", gettext_lazy("Mentees")), ("mentor", gettext_lazy("Mentors")))
DID_NAMES: dict[str, Text] = {
    "did.agreement_day": gettext_lazy("What happens: how early the agreement was signed (days before day 14)"),
    "did.two_way_weeks": gettext_lazy("What happens: weeks with two-way contact, of the weeks 3 to 8"),
}
DID_STEPS: dict[str, Text] = {
    "did.agreement_day": gettext_lazy("early agreement"),
    "did.two_way_weeks": gettext_lazy("weeks with contact"),
}


def outcome_name(slug: str, study: Study) -> str:
    """A component, a category as a whole, or a scale of an own questionnaire, in the reader's language."""
    if is_own(slug):
        return _own_name(slug, study)
    for row in categories():
        if row.slug == slug:
            return _("%(category)s, all together") % {"category": row.name(get_language())}
    return component(slug).name(get_language())


def _own_name(slug: str, study: Study) -> str:
    key, _colon, subscale = slug.rpartition(":")
    instrument = study.instruments.get(key)
    if instrument is None:
        return slug
    name = _("%(title)s (version %(n)s)") % {"title": instrument, "n": localise(instrument.version)}
    if not subscale:
        return name
    return _("%(title)s: %(scale)s") % {
        "title": name, "scale": instrument.definition.name_of(subscale, get_language())
    }  # fmt: skip


def measure_name(code: str, study: Study) -> str:
    return str(DID_NAMES[code]) if code in DID_NAMES else _("Answers: %(name)s") % {"name": outcome_name(code, study)}


def measure_choices(study: Study, *stages: str) -> list[tuple[str, str]]:
    """What a path may take for these stages: what people did, what they answered, and scales of own questionnaires that are about
    one of their components."""
    own = [(code, name) for code, name in own_choices(study) if stage_of_measure(code, study.instruments) in stages]
    return [*((code, measure_name(code, study)) for code in measures_of(*stages)), *own]


def short_name(code: str, study: Study) -> str:
    """A measure in two words, for chains."""
    return str(DID_STEPS[code]) if code in DID_STEPS else outcome_name(code, study)


def outcome_groups(study: Study) -> list[tuple[str, list[tuple[str, str]]]]:
    """What it may measure, under the names of the categories and, where there are any, of the own questionnaires."""
    found = [
        (
            row.name(get_language()),
            [(slug, outcome_name(slug, study)) for slug in (row.slug, *(part.slug for part in row.components))],
        )
        for row in categories()
    ]
    own = own_choices(study)
    return [*found, *([(_("Own questionnaires"), own)] if own else [])]


def own_choices(study: Study) -> list[tuple[str, str]]:
    """The scales of the institution's own questionnaires, every version that was ever active."""
    return [(slug, outcome_name(slug, study)) for row in study.instruments.values() for slug in own_outcomes(row)]


def outcome_choices(study: Study) -> list[tuple[str, str]]:
    """The same in one list."""
    return [*((slug, outcome_name(slug, study)) for slug in all_outcomes()), *own_choices(study)]
