"""What a model of early ends learned and how it was judged, in words; or why there is none."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import format_day, localise
from core.templatetags.peyvand import percent
from evaluation import words
from evaluation.disclosure import K
from evaluation.foresight import CLOSED_NEEDED, EARLY_NEEDED, Enough, enough
from evaluation.models import RiskModel
from evaluation.words import decimals

DASH = "–"


@dataclass(frozen=True)
class Figure:
    """One figure of the judgement: that of the model, that of the points, and what is to be reached."""

    name: str
    model: str
    points: str = DASH
    goal: str = DASH


@dataclass(frozen=True)
class Foresight:
    finding: str
    learned: str = ""
    figures: list[Figure] = field(default_factory=list)
    calibration: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)


def newest_model(institution_id: int) -> RiskModel | None:
    return RiskModel.objects.filter(institution=institution_id).order_by("version").last()


def foresight(institution_id: int) -> Foresight:
    """The newest model of an institution. Two queries."""
    known = enough(institution_id)
    model = newest_model(institution_id)
    if model is None:
        return Foresight(_not_yet(known))
    result = model.result
    finding = {
        "too_few": _("There were too few early ends to learn from or to judge with, so the points decide."),
        "not_better": _("On relationships it had not seen it was not better than the points, so the points decide."),
        "better": _("On relationships it had not seen it was better than the points, so it decides who is looked at."),
    }[result["why"]]
    if "auc" not in result:
        return Foresight(finding, _learned(model))
    return Foresight(finding, _learned(model), list(_figures(result)), _calibration(result), list(_groups(result)))


def _not_yet(known: Enough) -> str:
    if known.is_reached:
        return _("Enough relationships are over by now; the model is fitted within a week.")
    return ngettext(
        "So far %(closed)s relationship is over in this institution, %(early)s of them ended early. A model needs %(all)s "
        "that are over, %(ends)s of them early; until then the points decide.",
        "So far %(closed)s relationships are over in this institution, %(early)s of them ended early. A model needs %(all)s "
        "that are over, %(ends)s of them early; until then the points decide.",
        known.closed,
    ) % {
        "closed": localise(known.closed),
        "early": localise(known.early),
        "all": localise(CLOSED_NEEDED),
        "ends": localise(EARLY_NEEDED),
    }


def _learned(model: RiskModel) -> str:
    learned, held = model.result["learned_from"], model.result["held_out"]
    text = _(
        "Version %(version)s of %(day)s: learned from %(learned)s relationships (%(early)s early ends), judged on %(held)s later "
        "ones (%(ends)s)."
    ) % {
        "version": localise(model.version),
        "day": format_day(model.made_at),
        "learned": localise(learned["relationships"]),
        "early": localise(learned["early"]),
        "held": localise(held["relationships"]),
        "ends": localise(held["early"]),
    }
    if used := model.result.get("predictors"):
        text += " " + _("It looks at: %(what)s.") % {"what": " · ".join(str(words.PREDICTORS[name]) for name in used)}
    return text


def _figures(result: dict[str, Any]) -> Iterator[Figure]:
    area, found, goal, score = result["auc"], result["found"], result["reference"], result["brier"]
    yield Figure(_("An early end ranks above another week (AUC)"), decimals(area["model"]), decimals(area["points"]))
    gain = " … ".join(decimals(end) for end in area["gain"]) if area["gain"] else DASH
    yield Figure(_("Gain in AUC, its interval"), gain, goal=_("above %(n)s") % {"n": localise(0)})
    below = _("below %(n)s") % {"n": decimals(score["base"], 4)}
    yield Figure(_("Brier score, beside that of the plain share"), decimals(score["model"], 4), goal=below)
    for name, label in (("sensitivity", _("Early ends found")), ("specificity", _("Others left in peace"))):
        yield Figure(label, percent(found["model"][name]), percent(found["points"][name]), percent(goal[name]))


def _calibration(result: dict[str, Any]) -> list[str]:
    return [
        _("%(n)s weeks: %(expected)s expected, %(observed)s seen")
        % {
            "n": localise(row["n"]),
            "expected": decimals(row["expected"], 1),
            "observed": localise(row["observed"]),
        }
        for row in result["calibration"]
    ]


def _groups(result: dict[str, Any]) -> Iterator[str]:
    for row in result["false_alarms"]:
        name = words.GROUPS.get(row["name"], row["name"]) or DASH
        if row["n"] is None:
            yield _("%(group)s: fewer than %(n)s") % {"group": name, "n": localise(K)}
        else:
            rates = {"model": percent(row["model"]), "points": percent(row["points"]), "n": localise(row["n"])}
            yield _("%(group)s: model %(model)s, points %(points)s (n %(n)s)") % {"group": name, **rates}
