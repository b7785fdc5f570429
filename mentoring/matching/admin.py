from django.contrib import admin

from core.admin import ReadOnly
from mentoring.matching.models import MatchRun


@admin.register(MatchRun)
class MatchRunAdmin(ReadOnly):
    """Runs with their settings and proof; a run is kept as it was, and who was paired with whom is not shown here."""

    list_display = ["programme", "status", "objective", "mentees", "mentors", "total", "bound", "created_at"]
    list_filter = ["status", "programme"]
    list_select_related = ["programme"]
    ordering = ["-pk"]
