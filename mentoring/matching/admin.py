from django.contrib import admin
from django.http import HttpRequest

from mentoring.matching.models import MatchRun


@admin.register(MatchRun)
class MatchRunAdmin(admin.ModelAdmin):
    """Runs with their settings and proof; a run is kept as it was, and who was paired with whom is not shown here."""

    list_display = ["programme", "status", "objective", "mentees", "mentors", "total", "bound", "created_at"]
    list_filter = ["status", "programme"]
    list_select_related = ["programme"]
    ordering = ["-pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: MatchRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MatchRun | None = None) -> bool:
        return False
