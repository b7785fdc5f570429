"""What a coordinator sets before a run: the aim, how much each criterion counts, and how strictly each rule is meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.dates import localise
from core.forms import NumberField
from mentoring.matching.engine import SOFT, Fusion, Rules, Weights
from mentoring.matching.models import MatchRun
from mentoring.matching.services.refusals import MatchingRefused
from mentoring.matching.services.runs import aim_of, rules_of
from mentoring.matching.why import CRITERION_NAMES, RULE_NAMES
from mentoring.planning.models import Enrolment, LanguageLevel, Programme

Text = str | Promise
CRITERION_HINTS: dict[str, Text] = {
    "skills": _("How well the mentor can help with exactly what the mentee asked for."),
    "needs": _("The same kind of help, even where the words differ: planning, skills, technology, support …"),
    "goals": _("What both wrote in their own words."),
    "field": _("How close their fields of study or work are."),
    "experience": _("One or two steps ahead counts most: near enough to remember, far enough to help."),
    "time": _("Shared hours in the week, up to four."),
    "wishes": _("Whom they named, first choices most."),
    "likeness": _("How alike they answered the few statements on how they like to work."),
    "interests": _("What both are or like: first at a university, parent, far from home, sport …"),
    "contact": _("A way to keep in touch that both use, and how fast each usually answers."),
    "feedback": _("How mentees rated sessions with this mentor before; few ratings count little."),
    "waiting": _("How long the mentee has waited, up to ninety days."),
}
FIRST = 7
"""So many criteria are shown at once, the others in a fold."""
MINUTES = (30, 60, 90, 120, 180)
STEPS_UP = 5
MOST_LEVELS = 3
POINTS = 100
"""The studio counts in points of 100, the engine in points of 10,000."""
HARD, SOFTLY, OFF, PREFER = "hard", "soft", "off", "prefer"
MODES = {HARD: _("must hold"), SOFTLY: _("costs points"), OFF: _("off"), PREFER: _("preferred")}
BONUS = 5
"""Points that a former pair is worth where former pairs are preferred."""


@dataclass(frozen=True)
class RuleField:
    """A rule that can be set: its sentence, and the names of the fields that belong to it."""

    code: str
    sentence: Text
    params: tuple[str, ...] = ()
    modes: tuple[str, ...] = (HARD, SOFTLY, OFF)


RULE_FIELDS = (
    RuleField("language", _("They share a language, at this level or better."), ("language_level",)),
    RuleField("overlap", _("They are free at the same time for long enough each week."), ("overlap_minutes",)),
    RuleField("must_have", _("The mentor offers what the mentee cannot do without."), ("must_have_kind",)),
    RuleField("seniority", _("The mentor is further on than the mentee."), ("seniority_gap", "seniority_most")),
    RuleField("institution", _("Their faculties or organisations are the same, or are not."), ("institution_kind",)),
    RuleField("unit", _("They do not work in the same laboratory or team.")),
    RuleField("previous", _("They were not a pair before."), (), (HARD, SOFTLY, OFF, PREFER)),
    RuleField("cleared", _("The mentor has been cleared by a coordinator."), (), (HARD, OFF)),
    RuleField("gender", _("A mentee's wish for a mentor of one gender is kept. Each use is written down.")),
)
ALWAYS: dict[str, Text] = {
    "place": _("The mentor has a free place, and neither of the two is taking a break."),
    "never": _("Nobody is matched with somebody they named on their private list."),
    "blocked": _("You turned these two down before, they are together already, or it is the same person."),
    "conflict": _("Nobody is matched with their own supervisor, examiner, manager or relative."),
    "safeguarding": _("Nobody is matched while a coordinator looks into a concern."),
}
"""Rules that protect people: they always hold."""


class Slider(forms.NumberInput):
    input_type = "range"


def _slider(label: Text, top: int, hint: Text = "", step: int = 1, least: int = 0) -> forms.IntegerField:
    widget = Slider(attrs={"min": least, "max": top, "step": step})
    return forms.IntegerField(
        label=label, help_text=hint, min_value=least, max_value=top, required=False, widget=widget
    )


class SettingsForm(forms.Form):
    """`weights`, `rules`, `aim` and `stored` read it. Points are of 100."""

    objective = forms.ChoiceField(
        label=_("What should this run reach?"), choices=MatchRun.Objective, widget=forms.RadioSelect
    )
    evenness = _slider(
        _("How much low fits count"),
        10,
        _("For the even fit: 1 is the average, 10 looks almost only at the worst-off."),
        1,
        1,
    )
    wishes_first = forms.BooleanField(
        label=_("Wishes come first"),
        required=False,
        help_text=_("As many and as high wishes as possible before any points."),
    )
    quotas = forms.BooleanField(
        label=_("Every mentor gets at least one"),
        required=False,
        help_text=_("As many mentors without a mentee as possible get one before anybody gets a second."),
    )
    balance = _slider(
        _("Spread the load"),
        30,
        _("Points that each further mentee of one mentor must bring more than the one before."),
    )
    keep = _slider(
        _("Keep the pairs of the last draft"), 30, _("Points a changed pair must bring more than the old one.")
    )
    two_mentors = forms.BooleanField(
        label=_("Two mentors from different fields"),
        required=False,
        help_text=_("First everybody gets one, then as many as possible a second from another field."),
    )
    circle_least = NumberField(label=_("Circle: at least"), min_value=1, max_value=50, required=False)
    circle_most = NumberField(
        label=_("at most"),
        min_value=1,
        max_value=50,
        required=False,
        help_text=_("A mentor leads so many mentees or none at all. Empty: no circles."),
    )
    parity_group = forms.ChoiceField(label=_("Balance between named groups"), required=False)
    parity_within = forms.IntegerField(
        label=_("within so many points"), min_value=0, max_value=100, required=False, initial=5
    )
    parity_measure = forms.ChoiceField(
        label=_("of"),
        choices=[("rate", _("the share who get a mentor")), ("score", _("the mean fit"))],
        required=False,
        help_text=_("Groups are what people said of themselves. They never change a score."),
    )
    fusion = forms.ChoiceField(
        label=_("When the two sides see it differently"),
        choices=[
            ("mean", _("take the average of both views")),
            ("harmonic", _("lean towards the less pleased (harmonic mean)")),
            ("min", _("the less pleased of the two decides")),
            ("product", _("both must be pleased (product)")),
        ],
        required=False,
    )
    mentee_share = _slider(
        _("Share of the mentee's view"), 100, _("For the average: 50 gives both the same weight."), 5
    )
    language_level = forms.TypedChoiceField(
        label=_("at level"), coerce=int, empty_value=0, choices=[(0, _("any")), *LanguageLevel.choices], required=False
    )
    overlap_minutes = forms.TypedChoiceField(label=_("at least"), coerce=int, empty_value=60, required=False)
    must_have_kind = forms.ChoiceField(
        label=_("of these"), choices=[("all", _("all")), ("any", _("one"))], required=False
    )
    seniority_gap = forms.TypedChoiceField(label=_("steps above, at least"), coerce=int, empty_value=1, required=False)
    seniority_most = forms.TypedChoiceField(label=_("at most"), coerce=int, empty_value=None, required=False)
    institution_kind = forms.ChoiceField(
        label=_("They are"), choices=[("same", _("the same")), ("other", _("different"))], required=False
    )
    manager_levels = forms.TypedChoiceField(
        label=_("Levels of managers that count"), coerce=int, empty_value=1, required=False
    )
    answers_needed = forms.BooleanField(
        label=_("Leave out people who have not answered these questions"),
        required=False,
        help_text=_("Otherwise they are let through, and the pair is marked."),
    )
    seed = NumberField(
        label=_("Number for drawing ties"),
        min_value=0,
        max_value=1_000_000,
        help_text=_(
            "Another number draws differently among equally good results. The same number gives the same result."
        ),
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme = programme
        asks_gender = "gender" in programme.asks_more(Enrolment.Role.MENTEE)
        self.rule_fields = [rule for rule in RULE_FIELDS if rule.code != "gender" or asks_gender]
        for rule in self.rule_fields:
            self.fields[rule.code] = forms.ChoiceField(
                label=RULE_NAMES[rule.code],
                choices=[(mode, MODES[mode]) for mode in rule.modes],
                required=False,
                widget=forms.RadioSelect,
            )
            if SOFTLY in rule.modes:
                self.fields[f"points_{rule.code}"] = forms.IntegerField(
                    label=_("points of 100"), min_value=1, max_value=POINTS, required=False
                )
        for name in CRITERION_NAMES:
            self.fields[name] = _slider(CRITERION_NAMES[name], 100, CRITERION_HINTS[name])
            self.fields[f"mentors_{name}"] = _slider(CRITERION_NAMES[name], 100)
        groups = [*programme.group_questions, *programme.labelled_groups()]
        choices: dict[str, Any] = {
            "parity_group": [("", _("none")), *((group, group) for group in dict.fromkeys(groups))],
            "overlap_minutes": [(n, _("%(n)s minutes") % {"n": localise(n)}) for n in MINUTES],
            "seniority_gap": [(n, localise(n)) for n in range(STEPS_UP + 1)],
            "seniority_most": [("", _("any")), *((n, localise(n)) for n in range(1, STEPS_UP + 1))],
            "manager_levels": [(n, localise(n)) for n in range(1, MOST_LEVELS + 1)],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered

    @classmethod
    def from_stored(cls, programme: Programme) -> SettingsForm:
        """The form as it was last used in this programme, or with the defaults."""
        stored = programme.match_settings
        initial = {
            **_initial_rules(rules_of(stored.get("rules", {})), stored.get("aim", {})),
            **_initial_aim(stored.get("aim", {})),
            **asdict(Weights()),
            **stored.get("sliders", {}),
            "aim": stored.get("aim", {}),
            "objective": stored.get("objective", MatchRun.Objective.MOST),
            "manager_levels": stored.get("manager_levels", 1),
            "seed": stored.get("seed", 1),
        }
        return cls(initial=initial, programme=programme)

    def weight_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in list(CRITERION_NAMES)[:FIRST]]

    def further_weight_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in list(CRITERION_NAMES)[FIRST:]]

    def mentors_weight_fields(self) -> list[forms.BoundField]:
        """The weights of the mentors' own view; all at zero, both sides are measured by the same."""
        return [self[f"mentors_{name}"] for name in CRITERION_NAMES]

    def rule_rows(self) -> Iterator[dict[str, Any]]:
        """Every rule that can be set, with its fields."""
        for rule in self.rule_fields:
            points = f"points_{rule.code}"
            yield {
                "code": rule.code,
                "sentence": rule.sentence,
                "mode": self[rule.code],
                "params": [self[name] for name in rule.params],
                "points": self[points] if points in self.fields else None,
            }

    @property
    def rule_codes(self) -> list[str]:
        """Every rule the page tells the cost of."""
        return [*(rule.code for rule in self.rule_fields), *ALWAYS]

    @property
    def aim_is_refined(self) -> bool:
        """Whether more than the objective was chosen, or something there is wrong."""
        return bool((self.is_bound and (self.errors or self.aim)) or (not self.is_bound and self.initial.get("aim")))

    @property
    def further_weights_count(self) -> bool:
        return any(
            int(field.value() or 0) for field in self.further_weight_fields() if str(field.value() or 0).isdigit()
        )

    @property
    def mentors_weights_count(self) -> bool:
        return any(str(field.value() or 0) != "0" for field in self.mentors_weight_fields())

    def always(self) -> list[tuple[str, Text]]:
        return list(ALWAYS.items())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned |= {name: cleaned.get(name) or 0 for name in CRITERION_NAMES}
        if not self.errors and not any(cleaned[name] for name in CRITERION_NAMES):
            raise forms.ValidationError(
                _("At least one weight must be above zero: with nothing to compare, all pairs would be equal.")
            )
        if cleaned.get("circle_most") and (cleaned.get("circle_least") or 1) > cleaned["circle_most"]:
            self.add_error("circle_most", _("A circle cannot hold fewer people at most than at least."))
        if not self.errors:
            try:
                aim_of(cleaned["objective"], self.aim)
            except MatchingRefused as refused:
                raise forms.ValidationError(refused.message) from refused
        return cleaned

    @property
    def weights(self) -> Weights:
        return Weights.from_parts(**{name: self.cleaned_data[name] for name in CRITERION_NAMES})

    @property
    def rules(self) -> Rules:
        data = self.cleaned_data
        mode = {rule.code: data.get(rule.code) or OFF for rule in self.rule_fields}
        on = {code: mode.get(code, OFF) in (HARD, SOFTLY) for code in (*SOFT, "cleared")}
        return Rules(
            **{
                code: on[code] for code in ("language", "overlap", "seniority", "unit", "previous", "gender", "cleared")
            },
            language_level=data["language_level"],
            overlap_minutes=data["overlap_minutes"],
            seniority_gap=data["seniority_gap"],
            seniority_most=data["seniority_most"],
            must_have=(data["must_have_kind"] or "all") if on["must_have"] else "off",
            institution=(data["institution_kind"] or "same") if on["institution"] else "any",
            answers_needed=data["answers_needed"],
            soft={code: (data.get(f"points_{code}") or BONUS) * POINTS for code in SOFT if mode.get(code) == SOFTLY},
        )

    @property
    def aim(self) -> dict[str, Any]:
        """The details of the aim that differ from the usual, as `aim_of` reads them."""
        data = self.cleaned_data
        circle = [data.get("circle_least") or 1, data["circle_most"]] if data.get("circle_most") else None
        parity = {
            "group": data["parity_group"],
            "within": data.get("parity_within") or 0,
            "measure": data["parity_measure"],
        }
        fusion = {"kind": data["fusion"] or "mean", "mentee_share": data["mentee_share"]}
        if fusion["mentee_share"] is None:
            fusion["mentee_share"] = Fusion().mentee_share
        if mentors := {name: n for name in CRITERION_NAMES if (n := data.get(f"mentors_{name}"))}:
            fusion["mentors"] = mentors
        found = {
            "evenness": data["evenness"] if data["objective"] == MatchRun.Objective.EVEN else None,
            "keep": (data["keep"] or 0) * POINTS,
            "balance": (data["balance"] or 0) * POINTS,
            "previous_bonus": BONUS * POINTS if data.get("previous") == PREFER else 0,
            "wishes_first": data["wishes_first"],
            "quotas": data["quotas"],
            "mentors_each": 2 if data["two_mentors"] else None,
            "circle": circle,
            "parity": {**parity, "measure": parity["measure"] or "rate"} if parity["group"] else None,
            "fusion": fusion if fusion != {"kind": "mean", "mentee_share": Fusion().mentee_share} else None,
        }
        return {name: value for name, value in found.items() if value}

    @property
    def stored(self) -> dict[str, Any]:
        """What the programme remembers for next time and for the command line."""
        return {
            "objective": self.cleaned_data["objective"],
            "aim": self.aim,
            "seed": self.cleaned_data["seed"],
            "rules": asdict(self.rules),
            "manager_levels": self.cleaned_data["manager_levels"],
            "weights": asdict(self.weights),
            "sliders": {name: self.cleaned_data[name] for name in CRITERION_NAMES},
        }


def _initial_rules(rules: Rules, aim: Mapping[str, Any]) -> dict[str, Any]:
    on = {
        **{code: getattr(rules, code) for code in ("language", "overlap", "seniority", "unit", "previous", "gender")},
        "cleared": rules.cleared,
        "must_have": rules.must_have != "off",
        "institution": rules.institution != "any",
    }
    modes = {code: (SOFTLY if code in rules.soft else HARD) if is_on else OFF for code, is_on in on.items()}
    if aim.get("previous_bonus") and not rules.previous:
        modes["previous"] = PREFER
    return {
        **modes,
        **{f"points_{code}": rules.soft.get(code, BONUS * POINTS) // POINTS for code in SOFT},
        "language_level": rules.language_level,
        "overlap_minutes": rules.overlap_minutes,
        "seniority_gap": rules.seniority_gap,
        "seniority_most": rules.seniority_most or "",
        "must_have_kind": rules.must_have if rules.must_have != "off" else "all",
        "institution_kind": rules.institution if rules.institution != "any" else "same",
        "answers_needed": rules.answers_needed,
    }


def _initial_aim(aim: Mapping[str, Any]) -> dict[str, Any]:
    circle, parity, fusion = aim.get("circle") or [None, None], aim.get("parity") or {}, aim.get("fusion") or {}
    return {
        "evenness": aim.get("evenness", 4),
        "keep": aim.get("keep", 0) // POINTS,
        "balance": aim.get("balance", 0) // POINTS,
        "wishes_first": aim.get("wishes_first", False),
        "quotas": aim.get("quotas", False),
        "two_mentors": aim.get("mentors_each", 1) > 1,
        "circle_least": circle[0],
        "circle_most": circle[1],
        "parity_group": parity.get("group", ""),
        "parity_within": parity.get("within", 5),
        "parity_measure": parity.get("measure", "rate"),
        "fusion": fusion.get("kind", "mean"),
        "mentee_share": fusion.get("mentee_share", 50),
        **{f"mentors_{name}": (fusion.get("mentors") or {}).get(name, 0) for name in CRITERION_NAMES},
    }
