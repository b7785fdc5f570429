"""Forms of the player, of self-ratings, and of the modules that a programme requires."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.forms import NumberField
from mentoring.planning.models import Enrolment, Programme
from mentoring.training.catalogue import Module, Screen, modules
from mentoring.training.services import DUE_DAYS

OWN = "own"
CHOOSE_ONE = {"required": _("Choose one answer to go on.")}


class AnswerForm(forms.Form):
    """One screen. `cleaned_data` holds `option` or `text`, as the kind of the screen asks for."""

    def __init__(self, screen: Screen, roles: tuple[str, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language()
        if screen.kind in ("question", "quiz"):
            self.fields["option"] = forms.ChoiceField(
                choices=[(option.key, option.text.text(language)) for option in screen.options],
                widget=forms.RadioSelect,
                label=screen.title.text(language),
                error_messages=CHOOSE_ONE,
            )
        elif screen.kind == "reflection":
            self.fields["text"] = forms.CharField(
                label=_("Your thoughts"), widget=forms.Textarea(attrs={"rows": 5}), max_length=4000, required=False
            )
        elif screen.kind == "use":
            self._add_step_fields(screen, roles, language)

    def _add_step_fields(self, screen: Screen, roles: tuple[str, ...], language: str | None) -> None:
        steps = [option for option in screen.options if set(roles) & set(option.roles)]
        self._steps = {option.key: option.text.text(language) for option in steps}
        self.fields["option"] = forms.ChoiceField(
            choices=[*self._steps.items(), (OWN, _("A step of my own"))],
            widget=forms.RadioSelect,
            label=_("My step"),
            required=False,
        )
        self.fields["own"] = forms.CharField(label=_("My own step"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "own" in self.fields:
            own = data.get("own", "")
            if data.get("option") == OWN and not own and "own" not in self.errors:
                self.add_error("own", _("Write your step in one line, or choose one of the steps above."))
            data["text"] = self._steps.get(data.get("option", ""), own)
        return data


class RatingForm(forms.Form):
    """The statements of a module from 1 to 5; before the module also its test questions."""

    def __init__(self, module: Module, *args: Any, with_test: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language()
        self._statements = [each.key for each in module.statements]
        self._test = [screen.key for screen in module.test] if with_test else []
        for statement in module.statements:
            self.fields[f"rate-{statement.key}"] = forms.TypedChoiceField(
                choices=[(value, value) for value in range(1, 6)],
                coerce=int,
                widget=forms.RadioSelect,
                label=statement.text.text(language),
                error_messages={"required": _("Choose a number from 1 to 5.")},
            )
        for screen in module.test if with_test else ():
            self.fields[f"test-{screen.key}"] = forms.ChoiceField(
                choices=[(option.key, option.text.text(language)) for option in screen.options],
                widget=forms.RadioSelect,
                label=screen.body.text(language),
                error_messages=CHOOSE_ONE,
            )

    @property
    def statement_fields(self) -> list[forms.BoundField]:
        return [self[f"rate-{key}"] for key in self._statements]

    @property
    def test_fields(self) -> list[forms.BoundField]:
        return [self[f"test-{key}"] for key in self._test]

    @property
    def ratings(self) -> dict[str, int]:
        return {key: self.cleaned_data[f"rate-{key}"] for key in self._statements}

    @property
    def answers(self) -> dict[str, str]:
        return {key: self.cleaned_data[f"test-{key}"] for key in self._test}


class RequiredModulesForm(forms.Form):
    """For each module and role: whether the programme asks for it, and within how many days after approval."""

    def __init__(self, programme: Programme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {(row.module, row.role): row for row in programme.modules.all() if row.required}
        self._pairs = [(module, role) for module in modules() for role in module.roles]
        for module, role in self._pairs:
            row = asked.get((module.slug, role))
            label = Enrolment.Role(role).label
            self.fields[f"{module.slug}-{role}"] = forms.BooleanField(
                label=label, required=False, initial=row is not None
            )
            self.fields[f"{module.slug}-{role}-days"] = NumberField(
                label=_("Days after approval"),
                min_value=1,
                max_value=180,
                required=False,
                initial=row.due_days if row else DUE_DAYS,
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One row per module with its (tick, days) fields by role, for the page."""
        return [
            {
                "module": module,
                "fields": [
                    (self[f"{module.slug}-{role}"], self[f"{module.slug}-{role}-days"]) for role in module.roles
                ],
            }
            for module in modules()
        ]

    @property
    def wanted(self) -> dict[tuple[str, str], int]:
        """Due days by (module slug, role) of the ticked ones."""
        return {
            (module.slug, role): self.cleaned_data[f"{module.slug}-{role}-days"] or DUE_DAYS
            for module, role in self._pairs
            if self.cleaned_data[f"{module.slug}-{role}"]
        }
