"""For operators. What people answer and write is not shown."""

from django.contrib import admin

from mentoring.training.models import ModuleProgress, ProgrammeModule


@admin.register(ProgrammeModule)
class ProgrammeModuleAdmin(admin.ModelAdmin):
    list_display = ["programme", "module", "role", "required", "due_days"]
    list_filter = ["role", "module"]
    list_select_related = ["programme"]
    raw_id_fields = ["programme"]


@admin.register(ModuleProgress)
class ModuleProgressAdmin(admin.ModelAdmin):
    list_display = ["person", "module", "position", "started_at", "finished_at"]
    list_filter = ["module"]
    list_select_related = ["person"]
    search_fields = ["person__email"]
    raw_id_fields = ["person"]
    exclude = ["quiz_before", "quiz_after"]
