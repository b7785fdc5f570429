from django.contrib import admin

from core.admin import ReadOnly
from evaluation.models import Alert, Score, Wave


@admin.register(Wave)
class WaveAdmin(admin.ModelAdmin):
    list_display = ["programme", "form", "number", "opens_at", "closes_at"]
    list_filter = ["form"]
    list_select_related = ["programme"]
    raw_id_fields = ["programme", "created_by"]


@admin.register(Score)
class ScoreAdmin(ReadOnly):
    """Programme scores to read; computed numbers are never edited by hand, and single answers are not shown here."""

    list_display = ["programme", "component", "code", "facet", "state", "value", "n", "as_of_on"]
    list_filter = ["facet", "state"]
    list_select_related = ["programme"]
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(programme=None)


@admin.register(Alert)
class AlertAdmin(ReadOnly):
    """How many there are and what became of them; reasons stay with the coordinators."""

    list_display = ["relationship", "level", "points", "raised_at", "acted_at", "closed_at", "outcome", "became"]
    list_filter = ["level", "outcome", "became"]
    list_select_related = ["relationship__programme"]
    exclude = ["reasons", "unknown"]
