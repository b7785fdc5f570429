"""For operators: how long people wait, not what they ask."""

from django.contrib import admin

from core.admin import number
from mentoring.support.models import HelpRequest


@admin.register(HelpRequest)
class HelpRequestAdmin(admin.ModelAdmin):
    list_display = [number, "programme", "status", "created_at", "first_answer_at", "resolved_at"]
    list_filter = ["status"]
    list_select_related = ["programme"]
    fields = list_display[1:]
    readonly_fields = fields

    def has_add_permission(self, request):
        return False
