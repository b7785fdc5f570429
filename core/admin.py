"""What every operators' page may use, and the jobs. What is written by the house itself is read here, not changed."""

from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin import options, utils
from django.db import models
from django.http import HttpRequest
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.i18n import JavaScriptCatalog

from core import borrowed
from core.dates import format_clock, format_day, local, localise
from core.forms import DayField, MomentField, MomentWidget, TimeInput
from core.models import Job


class WordsOfScripts(JavaScriptCatalog):
    """What the admin's own scripts say, completed by what Django's Persian leaves out."""

    packages = ["django.contrib.admin"]

    def get_catalog(self) -> dict[str, str | list[str]]:
        return super().get_catalog() | {text: gettext(text) for text in borrowed.SCRIPTS}


class ReadersFormats:
    """`django.utils.formats` as the admin's lists and pages use it, with days, moments and digits as their reader reads them."""

    def __getattr__(self, name: str) -> Any:
        return getattr(formats, name)

    @staticmethod
    def localize(value: Any) -> Any:
        if isinstance(value, datetime):
            return gettext("%(day)s, %(time)s") % {"day": format_day(value), "time": format_clock(value)}
        return format_day(value) if isinstance(value, date) else formats.localize(value)

    @staticmethod
    def number_format(*given: Any) -> str:
        return localise(formats.number_format(*given))


class ExactWidget(MomentWidget):
    """With seconds, so that saving something else does not cut them off."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.widgets = [self.widgets[0], TimeInput({"aria-label": _("Time"), "step": 1}, format="%H:%M:%S")]

    def decompress(self, value: datetime | None) -> list[Any]:
        day, _minute = super().decompress(value)
        return [day, value and local(value).time().replace(microsecond=0)]


class ExactMomentField(MomentField):
    widget = ExactWidget


options.FORMFIELD_FOR_DBFIELD_DEFAULTS[models.DateField] = {"form_class": DayField}
options.FORMFIELD_FOR_DBFIELD_DEFAULTS[models.DateTimeField] = {"form_class": ExactMomentField}
utils.formats = ReadersFormats()  # type: ignore[attr-defined]
admin.site.i18n_javascript = WordsOfScripts.as_view()  # type: ignore[assignment, method-assign]


@admin.display(description=_("number"), ordering="pk")
def number(row: models.Model) -> int:
    """A column for rows that have no name of their own: the number by which the audit trail calls them."""
    return int(row.pk)


class ReadOnly(admin.ModelAdmin):
    """Seen, never touched."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(ReadOnly):
    """What waits, what ran and what failed."""

    list_display = ["name", "key", "due_at", "attempts", "done_at", "failed_at"]
    list_filter = ["name", ("failed_at", admin.EmptyFieldListFilter), ("done_at", admin.EmptyFieldListFilter)]
    search_fields = ["key", "error"]
    ordering = ["-pk"]
