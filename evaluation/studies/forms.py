"""The guided set-up: what a study is about, then what its kind needs to be planned."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.models import Study, Wave
from evaluation.studies.names import ROLES, measure_choices, outcome_choices, outcome_groups, outcome_name
from evaluation.studies.plans import (
    AT_ANY_TIME,
    HELD_EQUAL,
    NO_CONTACT,
    analyses_of,
    moments_of,
)
from evaluation.studies.scales import scale_of, stage_of_measure
from evaluation.studies.texts import ABOUT, OWN_IN_PATHS, OWN_TIMES, WHENEVER
from paradigm.model import stages

Kind, Moment = Study.Kind, Wave.Moment
WAVES_FOR_LAGGED = 3


class StudyForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What do you want to find out?"),
        choices=list(ABOUT.items()),
        widget=forms.RadioSelect,
        initial=Kind.PRE_POST,
    )
    title = forms.CharField(label=_("Give it a name"), max_length=120)


class PlanForm(forms.Form):
    """The questions of one kind of study. `given` is what the plan keeps of the answers."""

    hypotheses = forms.CharField(
        label=_("What do you expect, and why?"),
        help_text=_(
            "One expectation per line. Name nobody: a locked plan cannot be changed, not even to take a name out."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=3000,
    )
    who = forms.ChoiceField(label=_("Whose answers?"), choices=ROLES, widget=forms.RadioSelect, initial="mentee")

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        self.study = study
        kwargs.setdefault("initial", _initial(study) if study.planned else {})
        super().__init__(*args, **kwargs)
        if study.kind == Kind.GROWTH:
            del self.fields["who"]
        ADDED[study.kind](self)
        if study.kind in HELD_EQUAL:
            self.fields["covariate"] = forms.ChoiceField(
                label=_("Hold something equal that was so at the first questionnaire?"),
                help_text=_("Shown beside the figure, which itself stays as it is."),
                choices=[("", "—"), *outcome_groups(study)],
                required=False,
            )
        if study.kind in (Kind.PRE_POST, Kind.MODE, Kind.GROWTH, Kind.PATH, Kind.LAGGED):
            self.fields["leave_out"] = forms.BooleanField(
                label=_("Leave out relationships in which there never was any contact"), required=False
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.study.kind == Kind.PATH:
            if not data.get("mediator_1") and not data.get("mediator_2"):
                self.add_error("mediator_1", _("Choose at least one step in between."))
            return data
        self._check_waves(data)
        if self.study.kind == Kind.LAGGED:
            if data.get("x") and data.get("x") == data.get("outcome"):
                self.add_error("outcome", _("Choose two different things."))
            self._check_asked(data, {name: [data[name]] for name in ("x", "outcome") if data.get(name)})
            return data
        secondary = data.get("secondary") or []
        primary = data["primary"] = list(dict.fromkeys(filter(None, (data.get("primary"), data.get("primary_2")))))
        if both := set(primary) & set(secondary):
            self.add_error(
                "secondary", _("“%(name)s” stands in both lists.") % {"name": outcome_name(sorted(both)[0], self.study)}
            )
        self._check_asked(data, {"primary": primary, "secondary": secondary})
        self._check_covariate(data, primary)
        return data

    def _check_waves(self, data: dict[str, Any]) -> None:
        if data.get("before") and data.get("after") and data["before"] >= data["after"]:
            self.add_error("after", _("The second questionnaire comes after the first."))
        chosen = len(data.get("waves") or [])
        if self.study.kind == Kind.GROWTH and chosen == 1:
            self.add_error("waves", _("One questionnaire shows no growth. Choose two or more."))
        elif self.study.kind == Kind.LAGGED and 0 < chosen < WAVES_FOR_LAGGED:
            self.add_error("waves", _("What goes before what needs three questionnaires or more."))

    def _check_covariate(self, data: dict[str, Any], primary: list[str]) -> None:
        covariate = data.get("covariate")
        if self.errors or not covariate:
            return
        name = {"name": outcome_name(covariate, self.study)}
        if self.study.kind == Kind.PRE_POST and covariate in (*primary, *(data.get("secondary") or [])):
            text = _("A change always goes with where it began. Hold something else equal than “%(name)s”.")
            self.add_error("covariate", text % name)
        elif not items_asked(self.study, covariate, [data["before"]], role=data.get("who", "")):
            self.add_error("covariate", _("“%(name)s” is not asked in the first questionnaire.") % name)

    def _check_asked(self, data: dict[str, Any], chosen: Mapping[str, list[str]]) -> None:
        if self.errors:
            return
        moments = moments_of({"kind": self.study.kind, **data})
        fewest = 2 if self.study.kind == Kind.LANGUAGE else 1
        for name, outcomes in chosen.items():
            for outcome in outcomes:
                if items_asked(self.study, outcome, moments, role=data.get("who", "")) < fewest:
                    text = _("“%(name)s” is not asked in each of these questionnaires.")
                    if self.study.kind == Kind.WAITING:
                        text = _("“%(name)s” is not asked of people who have no mentor yet.")
                    elif self.study.kind == Kind.LANGUAGE:
                        text = _("Of “%(name)s” this questionnaire asks fewer than two statements.")
                    self.add_error(name, text % {"name": outcome_name(outcome, self.study)})

    @property
    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        lines = [line.strip() for line in data["hypotheses"].splitlines() if line.strip()]
        found: dict[str, Any] = {"hypotheses": lines, "exclusions": [NO_CONTACT] if data.get("leave_out") else []}
        for name in (
            "who",
            "before",
            "after",
            "waves",
            "primary",
            "secondary",
            "x",
            "outcome",
            "condition",
            "covariate",
        ):
            if data.get(name):
                found[name] = data[name]
        if self.study.kind == Kind.PATH:
            found["mediators"] = [data[name] for name in ("mediator_1", "mediator_2") if data.get(name)]
        return found


def items_asked(study: Study, outcome: str, moments: Iterable[str], *, role: str) -> int:
    """How many items of an outcome all of these waves ask of whom the study looks at."""
    alone = study.kind == Kind.WAITING
    return len(scale_of(outcome, moments, study.instruments, role=role, alone=alone).items)


def _initial(study: Study) -> dict[str, Any]:
    plan = study.planned
    first: dict[str, Any] = {**plan, "hypotheses": "\n".join(plan["hypotheses"])}
    first["primary"], first["primary_2"] = [*plan.get("primary", ()), "", ""][:2]
    first["leave_out"] = NO_CONTACT in plan["exclusions"]
    for code in plan.get("mediators", ()):
        first["mediator_1" if stage_of_measure(code, study.instruments) == "intervening" else "mediator_2"] = code
    return first


def _moment(label: Any, *moments: Any, initial: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[(each.value, each.label) for each in moments], initial=initial)


def _own_times(study: Study) -> Any:
    """When an own questionnaire counts, where the institution has one."""
    return OWN_TIMES if study.instruments and study.kind != Kind.LANGUAGE else ""


def _outcomes(form: PlanForm) -> None:
    choices = outcome_groups(form.study)
    form.fields["primary"] = forms.ChoiceField(
        label=_("Primary outcome: what decides"), choices=choices, help_text=_own_times(form.study)
    )
    form.fields["primary_2"] = forms.ChoiceField(
        label=_("A second primary outcome"),
        help_text=_("Two are judged more strictly (Holm)."),
        choices=[("", "—"), *choices],
        required=False,
    )
    form.fields["secondary"] = forms.MultipleChoiceField(
        label=_("Secondary outcomes: what you will look at besides"),
        choices=outcome_choices(form.study),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def _two_waves(form: PlanForm) -> None:
    form.fields["before"] = _moment(_("First questionnaire"), *list(Moment)[:-1], initial=Moment.W0)
    form.fields["after"] = _moment(_("Second questionnaire"), *list(Moment)[1:], initial=Moment.W3)
    _outcomes(form)


def _waiting(form: PlanForm) -> None:
    form.fields["before"] = _moment(_("First questionnaire"), *list(Moment)[:-1], initial=Moment.W0)
    form.fields["after"] = _moment(_("Second questionnaire"), *list(Moment)[1:-1], initial=Moment.W2)
    _outcomes(form)


def _waves(form: PlanForm) -> None:
    form.fields["waves"] = forms.MultipleChoiceField(
        label=_("Which questionnaires?"),
        choices=Moment.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Moment.W1, Moment.W2, Moment.W3],
    )
    _outcomes(form)


def _language(form: PlanForm) -> None:
    waves = [(each.value, each.label) for each in (Moment.W3, Moment.W0, Moment.W4)]
    form.fields["after"] = forms.ChoiceField(
        label=_("Which questionnaire?"),
        choices=[*waves, (AT_ANY_TIME, WHENEVER)],
        initial=Moment.W3,
    )
    _outcomes(form)


def _path(form: PlanForm) -> None:
    def choice(name: str, label: Any, *of: str, hint: Any = "", empty: bool = False) -> None:
        options = measure_choices(form.study, *of)
        form.fields[name] = forms.ChoiceField(
            label=label, choices=[("", "—"), *options] if empty else options, required=not empty, help_text=hint
        )

    up = [stage.slug for stage in stages()]
    if form.study.instruments:
        form.fields["who"].help_text = OWN_IN_PATHS
    choice(
        "x", _("Where the path begins: conditions"), *up[:2], hint=_("Read up to day 14, or day 30 for the platform.")
    )
    choice("mediator_1", _("Through the relationship"), "intervening", hint=_("Read in the weeks 3 to 8."), empty=True)
    choice("mediator_2", _("Through skills"), "strategy", hint=_("Read in the weeks 3 to 10."), empty=True)
    choice("outcome", _("Where it ends: what came of it"), "consequence", hint=_("Read from week 12 on."))
    choice(
        "condition",
        _("Does a condition change the last step?"),
        "contextual",
        hint=_("Shown beside the path: conditions may as well moderate as lead on."),
        empty=True,
    )


def _lagged(form: PlanForm) -> None:
    choices = outcome_groups(form.study)
    form.fields["waves"] = forms.MultipleChoiceField(
        label=_("Which questionnaires?"),
        help_text=_("Three or more."),
        choices=Moment.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Moment.W1, Moment.W2, Moment.W3],
    )
    form.fields["x"] = forms.ChoiceField(
        label=_("What may go before"), choices=choices, help_text=_own_times(form.study)
    )
    form.fields["outcome"] = forms.ChoiceField(
        label=_("What may come after"), help_text=_("The other way round is computed, too."), choices=choices
    )


ADDED = {
    Kind.PRE_POST: _two_waves,
    Kind.WAITING: _waiting,
    Kind.MODE: _two_waves,
    Kind.GROWTH: _waves,
    Kind.LANGUAGE: _language,
    Kind.PATH: _path,
    Kind.LAGGED: _lagged,
}


class AmendForm(forms.Form):
    """More outcomes after the plan was locked."""

    outcomes = forms.MultipleChoiceField(
        label=_("What else do you want to look at?"), widget=forms.CheckboxSelectMultiple
    )
    why = forms.CharField(
        label=_("Why only now?"),
        help_text=_("Name nobody: this stays as it is."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=600,
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = study.planned
        there = {row.outcome for row in analyses_of(plan, [each.added for each in study.amendments.all()])}
        fewest, moments = 2 if study.kind == Kind.LANGUAGE else 1, moments_of(plan)
        self.fields["outcomes"].choices = [  # type: ignore[attr-defined]
            (slug, name)
            for slug, name in outcome_choices(study)
            if slug not in there and items_asked(study, slug, moments, role=plan.get("who", "")) >= fewest
        ]
