"""Plans and results in the reader's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language, get_language_bidi, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from core.dates import localise
from evaluation.models import Study, Wave
from evaluation.questionnaire import items
from evaluation.statistics.estimate import Estimate
from evaluation.studies.gates import CANNOT, FEW, NOT_ASKED, NOT_INSTALLED, NOT_YET, OK, Found
from evaluation.studies.names import ROLES, measure_name, outcome_name, short_name
from evaluation.studies.plans import AT_ANY_TIME, EXPLORATORY, NO_CONTACT, ONE_TEST, PRIMARY
from evaluation.studies.scales import is_own
from evaluation.studies.texts import FAMILIES, HOW, UNITS, VARIANTS, WHENEVER, Text
from evaluation.words import consistency_in_words, decimals


@dataclass(frozen=True)
class Line:
    """One analysis to read. `state` is a sentence where there is no figure; `rows`: a table beneath, its head first."""

    name: str
    family: str
    is_planned: bool
    figure: str
    state: str
    sentences: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    variant: str = ""

    @property
    def cells(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The rows with the head of its column beside each cell, for narrow pages."""
        return [(row[0], list(zip(self.head[1:], row[1:], strict=True))) for row in self.rows]


def plan_rows(study: Study) -> list[tuple[str, list[str]]]:
    """The plan as people read it: what is asked, and the answer in lines."""
    plan = study.planned
    if not plan:
        return []
    rows: list[tuple[str, list[str]]] = [(_("Expected"), plan["hypotheses"])]
    if "who" in plan:
        rows.append((_("Whose answers"), [str(dict(ROLES)[plan["who"]])]))
    if plan.get("after") == AT_ANY_TIME:
        rows.append((_("Questionnaires"), [str(WHENEVER)]))
    elif moments := plan.get("waves") or [plan[name] for name in ("before", "after") if name in plan]:
        rows.append((_("Questionnaires"), [str(Wave.Moment(moment).label) for moment in sorted(moments)]))
    if study.kind == Study.Kind.LAGGED:
        rows.append(
            (_("Does the first go before the second?"), [outcome_name(plan[n], study) for n in ("x", "outcome")])
        )
    elif study.kind == Study.Kind.PATH:
        codes = [plan["x"], *plan["mediators"], plan["outcome"]]
        rows.append((_("Path, in this order"), [measure_name(code, study) for code in codes]))
        if plan.get("condition"):
            rows.append((_("Condition beside it"), [measure_name(plan["condition"], study)]))
    else:
        rows.append((_("Primary outcome"), [outcome_name(slug, study) for slug in plan["primary"]]))
        if plan.get("secondary"):
            rows.append((_("Secondary outcomes"), [outcome_name(slug, study) for slug in plan["secondary"]]))
    if plan.get("covariate"):
        rows.append((_("Held equal: what was so at the first questionnaire"), [outcome_name(plan["covariate"], study)]))
    left_out = [_("Questionnaires with the same answer to every statement")]
    if NO_CONTACT in plan["exclusions"]:
        left_out.append(_("Relationships without any contact"))
    rows.append((_("Left out"), left_out))
    rows.append((_("Computed by"), [str(HOW[study.kind])]))
    rows.append(
        (
            _("Level"),
            [_("Findings at %(alpha)s after adjustment, intervals of 95%%") % {"alpha": decimals(plan["alpha"])}],
        )
    )
    return rows


def arrow() -> str:
    """From one thing to the next, in the direction in which one reads."""
    return " ← " if get_language_bidi() else " → "


NO_BREAK = "\u00a0"


def p_value(value: float) -> str:
    told = _("p < %(p)s") % {"p": decimals(0.001, 3)} if value < 0.001 else _("p = %(p)s") % {"p": decimals(value, 3)}
    return told.replace(" ", NO_BREAK)


def _p_alone(value: float) -> str:
    """In a column whose head says what it is."""
    return _("< %(p)s") % {"p": decimals(0.001, 3)} if value < 0.001 else decimals(value, 3)


def interval(low: float | None, high: float | None, places: int = 2) -> str:
    return _("95%% interval %(low)s to %(high)s") % {"low": decimals(low, places), "high": decimals(high, places)}


def lines_of(study: Study, content: Mapping[str, Any]) -> list[Line]:
    """Every analysis of a result in words."""
    return [_line(study, row) for row in content.get("analyses", ())]


def _line(study: Study, row: Found) -> Line:
    name = outcome_name(row["outcome"], study)
    if study.kind in ONE_TEST:
        name = arrow().join(short_name(code, study) for code in row["of"])
    more: dict[str, Any] = {}
    if row["state"] == OK:
        more = READ[study.kind](row, study)
        more["sentences"] = [*more["sentences"], *_beside(row, study), *([KEPT] if row.get("kept") else [])]
    return Line(
        name=name,
        family=str(FAMILIES[row["family"]]),
        is_planned=row["family"] != EXPLORATORY,
        figure=more.pop("figure", ""),
        state=_why_not(row),
        variant=str(VARIANTS[study.kind]),
        **{
            key: [str(each) for each in value] if key in ("sentences", "head") else value for key, value in more.items()
        },
    )


KEPT = gettext_lazy(
    "This is the figure that was shown before: fewer than five people have come or gone since, and a second one would tell "
    "what they said."
)


def _why_not(row: Found) -> str:
    state = row["state"]
    if state == FEW:
        wanted = {"wanted": localise(row["wanted"]), "unit": UNITS[row["unit"]]}
        if row["n"] is None:
            return _("Too few to say: fewer than five %(unit)s; %(wanted)s are needed.") % wanted
        return _("Too few to say: %(n)s %(unit)s; %(wanted)s are needed.") % {**wanted, "n": localise(row["n"])}
    if state == NOT_YET:
        waves = _(", ").join(str(Wave.Moment(moment).label) for moment in row["waves"])
        told = _("Its statements were not asked then, or the questionnaire is not closed yet: %(waves)s.")
        return told % {"waves": waves}
    return {
        OK: "",
        NOT_ASKED: _("Not asked in these questionnaires, so there is nothing to compute."),
        CANNOT: _("It cannot be computed from these answers: they vary too little, or follow from one another."),
        NOT_INSTALLED: _(
            "Mixed models need the extra “stats”, which is not installed here. Ask whoever runs this platform."
        ),
    }[state]


def _verdict(row: Found, up: str, down: str) -> str:
    if row.get("finding"):
        return up if row["value"] > 0 else down
    return _("No clear difference.")


def _adjusted(row: Found) -> str:
    return _("%(p)s, adjusted: %(adjusted)s") % {"p": p_value(row["p"]), "adjusted": p_value(row["adjusted"])}


def _statements(n: int) -> str:
    return ngettext("From %(n)s statement.", "From %(n)s statements.", n) % {"n": localise(n)}


def _lost(row: Found) -> list[str]:
    if not row.get("lost"):
        return [_("Those who were lost are not compared: fewer than twenty were, or they do not vary.")]
    value, low, high = row["lost"]
    return [
        _("Those who stayed, less those who were lost, at the beginning: g = %(g)s (%(interval)s).")
        % {"g": decimals(value), "interval": interval(low, high)}
    ]


def _g(row: Found) -> str:
    return _("g = %(g)s") % {"g": decimals(row["value"])}


def _read_change(row: Found, study: Study) -> dict[str, Any]:
    lines = [
        _verdict(row, _("Higher than before."), _("Lower than before.")),
        f"{interval(row['low'], row['high'])} · {_('n = %(n)s') % {'n': localise(row['n'])}} · {_adjusted(row)}",
        _statements(row["items"]),
    ]
    told = _("Weighted to all who answered at the beginning: d = %(d)s.")
    return {"figure": _g(row), "sentences": [*lines, *_weighted(row, told), *_lost(row)]}


def _weighted(row: Found, told: str) -> list[str]:
    """The figure beside, if those who stayed can stand for those who were lost; nothing in results of before there was one."""
    if "weighted" not in row:
        return []
    if row["weighted"] is None:
        return [_("It cannot be weighted to all who began: of a third of them, by where they began, nobody stayed.")]
    return [told % {"d": decimals(row["weighted"])}]


def _attrition(row: Found, arms: Sequence[Text]) -> list[str]:
    """Who was lost of each group, and how they began."""
    lines = []
    if "attrition" in row:
        told = []
        for arm, (began, stayed) in zip(arms, row["attrition"], strict=True):
            numbers = {"arm": arm, "n": localise(stayed), "of": None if began is None else localise(began)}
            told.append(
                _("%(arm)s: %(n)s of %(of)s") % numbers
                if began is not None
                else _("%(arm)s: %(n)s, how many were lost is hidden") % numbers
            )
        lines.append(_("Answered again of those who began: %(groups)s.") % {"groups": " · ".join(told)})
    for arm, found in zip(arms, row.get("lost_by_arm") or [None] * len(arms), strict=True):
        if found:
            value, low, high = found
            lines.append(
                _("%(arm)s, those who stayed less those who were lost, at the beginning: g = %(g)s (%(interval)s).")
                % {"arm": arm, "g": decimals(value), "interval": interval(low, high)}
            )
    return lines


def _read_arms(first: Text, second: Text) -> Any:
    def read(row: Found, study: Study) -> dict[str, Any]:
        one, other = row["arms"]
        lines = [
            _verdict(row, _("The first group rose more."), _("The second group rose more.")),
            f"{interval(row['low'], row['high'])} · {_adjusted(row)}",
            f"{first}: {_('n = %(n)s') % {'n': localise(one)}} · {second}: {_('n = %(n)s') % {'n': localise(other)}}",
            _("At the beginning they differed by g = %(g)s.") % {"g": decimals(row["start"])},
            _(
                "An unmeasured common cause would have to go with both group and outcome by a risk ratio of %(e)s to explain "
                "this, and of %(limit)s to let the interval touch zero (E-value, VanderWeele and Ding 2017)."
            )
            % {"e": decimals(row["e_value"]), "limit": decimals(row["e_value_limit"])},
            _statements(row["items"]),
        ]
        told = _("With each group weighted to all who began in it: d = %(d)s.")
        beside = [*_weighted(row, told), *_attrition(row, (first, second)), *_lost(row)]
        return {"figure": _g(row), "sentences": [*lines, *beside]}

    return read


def _read_growth(row: Found, study: Study) -> dict[str, Any]:
    value, low, high = row["apart"]
    lines = [
        _verdict(row, _("Rising."), _("Falling.")),
        f"{interval(row['low'], row['high'])} · {_adjusted(row)}",
        _("%(n)s relationships, %(rows)s answers; %(icc)s of the variance lies between relationships.")
        % {"n": localise(row["n"]), "rows": localise(row["rows"]), "icc": decimals(row["icc"])},
        _("Mentors less mentees, per questionnaire: %(value)s (%(interval)s).")
        % {"value": decimals(value), "interval": interval(low, high)},
        _statements(row["items"]),
    ]
    return {"figure": _("%(n)s points per questionnaire") % {"n": decimals(row["value"])}, "sentences": lines}


SIZES: dict[str, Text] = {
    "A": gettext_lazy("negligible (A)"),
    "B": gettext_lazy("moderate (B)"),
    "C": gettext_lazy("large (C)"),
}


def _read_language(row: Found, study: Study) -> dict[str, Any]:
    english, persian = row["arms"]
    n = round(row["value"])
    lines = [
        _("No statement stands out.")
        if not n
        else ngettext("%(n)s statement works otherwise.", "%(n)s statements work otherwise.", n) % {"n": localise(n)},
        _("English: n = %(en)s · Persian: n = %(fa)s") % {"en": localise(english), "fa": localise(persian)},
    ]
    if row["weak"]:
        lines.append(_("Exploratory: under 200 people in the smaller group."))
    if row["congruence"] is not None:
        lines.append(
            _("Congruence of the two factors %(phi)s: from 0.95 on they are alike, from 0.85 on fairly similar.")
            % {"phi": decimals(row["congruence"])}
        )
    table = [
        [_item_text(each["item"], study), decimals(each["difference"]), _p_alone(each["p"]), str(SIZES[each["size"]])]
        for each in row["rows"]
    ]
    head = [_("Statement"), _("Persian less English"), _("p, adjusted"), _("Difference")]
    return {"figure": _("%(n)s of %(of)s statements") % {"n": localise(n), "of": localise(len(table))},
            "sentences": lines, "head": head, "rows": table}  # fmt: skip


def _item_text(code: str, study: Study) -> str:
    role = study.planned["who"]
    if not is_own(code):
        return items()[code].text(role, get_language())
    key, _colon, item = code.rpartition(":")
    asked = study.instruments[key].definition.scored if key in study.instruments else ()
    return next((each.text(role, get_language()) for each in asked if each.code == item), code)


def _read_path(row: Found, study: Study) -> dict[str, Any]:
    clear = row["low"] > 0 or row["high"] < 0
    lines = [
        _("The way through the steps in between goes with the outcome.") if clear
        else _("No way through the steps in between is clear: the interval includes zero."),
        f"{interval(row['low'], row['high'])} · {_('n = %(n)s') % {'n': localise(row['n'])}}",
    ]  # fmt: skip
    if row["weak"]:
        lines.append(_("Exploratory: under 150 relationships."))
    lines.append(
        _(
            "A hidden common cause that left the errors of the last step and the outcome with a correlation of %(rho)s would "
            "leave nothing of the last path."
        )
        % {"rho": decimals(row["sensitivity"])}
    )
    if row.get("moderation"):
        value, low, high = row["moderation"]
        lines.append(
            _("Beside it, the condition and the last step together: %(value)s (%(interval)s).")
            % {"value": decimals(value, 4), "interval": interval(low, high, 4)}
        )
    table = [
        [_way(name, study), decimals(value), _("%(low)s to %(high)s") % {"low": decimals(low), "high": decimals(high)}]
        for name, value, low, high in row["effects"]
    ]
    return {"figure": _("through: %(value)s") % {"value": decimals(row["value"])}, "sentences": lines,
            "head": [_("Way"), _("Points per point"), _("Interval, 95%")], "rows": table}  # fmt: skip


def _read_lagged(row: Found, study: Study) -> dict[str, Any]:
    first, second = (outcome_name(code, study) for code in row["of"])
    names = {"first": first, "second": second}
    clear = row["low"] > 0 or row["high"] < 0
    value, low, high = row["back"]
    lines = [
        _("“%(first)s” at one questionnaire goes with “%(second)s” at the next.") % names if clear
        else _("“%(first)s” at one questionnaire does not clearly go with “%(second)s” at the next.") % names,
        f"{interval(row['low'], row['high'])} · {_('n = %(n)s') % {'n': localise(row['n'])}}",
        _("The other way round, from “%(second)s” to “%(first)s”: %(value)s (%(interval)s).")
        % {**names, "value": decimals(value), "interval": interval(low, high)},
        _("How far each stays as it was: “%(first)s” %(one)s, “%(second)s” %(other)s.")
        % {**names, "one": decimals(row["stays"][0]), "other": decimals(row["stays"][1])},
    ]  # fmt: skip
    if row["weak"]:
        lines.append(_("Exploratory: under 150 relationships."))
    ways = {"across": first + arrow() + second, "back": second + arrow() + first}
    table = [
        [
            _("%(way)s, %(before)s to %(after)s")
            % {"way": ways[way], "before": _moment(before), "after": _moment(after)},
            decimals(value),
            _("%(low)s to %(high)s") % {"low": decimals(low), "high": decimals(high)},
        ]
        for before, after, way, value, low, high in row["rows"]
    ]
    return {"figure": _("%(value)s standard deviations") % {"value": decimals(row["value"])}, "sentences": lines,
            "head": [_("Way"), _("Standard deviations"), _("Interval, 95%")], "rows": table}  # fmt: skip


def _moment(moment: str) -> str:
    """The short name of a wave: "W1", with the digit of its name in data."""
    return moment.upper()


def _beside(row: Found, study: Study) -> list[str]:
    """What stands beside the figure of a change or a difference: a covariate, and the consistency of the scale."""
    lines, name = [], outcome_name(covariate, study) if (covariate := study.planned.get("covariate")) else ""
    if "held" in row or "goes_with" in row:
        found = row.get("held") or row.get("goes_with")
        figures = {} if found is None else {
            "name": name, "value": decimals(found[0]), "interval": interval(found[1], found[2]), "n": localise(found[4]),
        }  # fmt: skip
        if found is None:
            lines.append(_("Nothing is held equal: too few answered “%(name)s” at the beginning.") % {"name": name})
        elif "held" in row:
            lines.append(
                _("With “%(name)s” at the beginning held equal: %(value)s (%(interval)s, n = %(n)s).") % figures
            )
        else:
            lines.append(
                _("The change goes with “%(name)s” at the beginning: %(value)s standard deviations for each one "
                  "(%(interval)s, n = %(n)s).") % figures
            )  # fmt: skip
    if "consistency" in row and row["items"] > 1:
        given = row["consistency"]
        told = given if isinstance(given, int) else tuple(
            Estimate(measure=measure, variant="", value=value, low=low, high=high, n=n)
            for measure, value, low, high, n in given
        )  # fmt: skip
        lines.append(consistency_in_words(told))
    return lines


def _way(name: str, study: Study) -> str:
    if name in ("total", "direct"):
        return {"total": _("All ways together"), "direct": _("Directly")}[name]
    return arrow().join(short_name(code, study) for code in name.split(" -> "))


READ: dict[str, Any] = {
    Study.Kind.PRE_POST: _read_change,
    Study.Kind.WAITING: _read_arms(gettext_lazy("With a mentor"), gettext_lazy("Waiting")),
    Study.Kind.MODE: _read_arms(gettext_lazy("Online"), gettext_lazy("Face to face")),
    Study.Kind.GROWTH: _read_growth,
    Study.Kind.LANGUAGE: _read_language,
    Study.Kind.PATH: _read_path,
    Study.Kind.LAGGED: _read_lagged,
}


def flow_rows(content: Mapping[str, Any]) -> list[list[str]]:
    """Questionnaire, then of each side how many of those who agreed answered."""
    found: dict[str, list[str]] = {}
    for row in sorted(content.get("flow", ()), key=lambda each: [role for role, _name in ROLES].index(each["role"])):
        told = _("fewer than five")
        if row["people"] is not None:
            answered = _("hidden") if row["answered"] is None else localise(row["answered"])
            told = _("%(n)s of %(of)s") % {"n": answered, "of": localise(row["people"])}
        found.setdefault(row["moment"], []).append(told)
    return [[str(Wave.Moment(moment).label), *sides] for moment, sides in sorted(found.items())]


def finding(study: Study, content: Mapping[str, Any]) -> str:
    """The first thing to say about a result."""
    rows = list(content.get("analyses", ()))
    measured = [row for row in rows if row["state"] == OK]
    if not measured:
        return _("Nothing can be said yet")
    first = next((row for row in measured if row["family"] == PRIMARY), None)
    if first is None:
        return _("The primary outcome cannot be said yet")
    line = _line(study, first)
    if study.kind == Study.Kind.LAGGED:
        return line.sentences[0].rstrip(".")
    if study.kind == Study.Kind.PATH:
        ends = arrow().join(short_name(code, study) for code in (first["of"][0], first["of"][-1]))
        return f"{ends}: {line.sentences[0]}".rstrip(".")
    return f"{line.name}: {line.sentences[0]}".rstrip(".。")
