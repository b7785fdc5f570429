"""What every operators' page may use, and the jobs. What is written by the house itself is read here, not changed."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.i18n import JavaScriptCatalog

from core import borrowed
from core.models import Job


class WordsOfScripts(JavaScriptCatalog):
    """What the admin's own scripts say, completed by what Django's Persian leaves out."""

    packages = ["django.contrib.admin"]

    def get_catalog(self) -> dict[str, str | list[str]]:
        return super().get_catalog() | {text: gettext(text) for text in borrowed.SCRIPTS}


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
