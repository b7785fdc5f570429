from django.contrib import admin

from mentoring.planning.models import (
    Coordination,
    Enrolment,
    ImportMapping,
    Milestone,
    PeopleImport,
    Programme,
)


@admin.register(Programme)
class ProgrammeAdmin(admin.ModelAdmin):
    list_display = ["__str__", "institution", "status", "starts_on", "ends_on"]
    list_filter = ["status", "institution"]
    search_fields = ["name_en", "name_fa", "slug"]
    raw_id_fields = ["institution", "created_by"]
    exclude = ["calls_secret"]


@admin.register(Coordination)
class CoordinationAdmin(admin.ModelAdmin):
    list_display = ["person", "programme", "since_at"]
    search_fields = ["person__email", "person__name", "programme__slug"]
    raw_id_fields = ["programme", "person"]


@admin.register(Milestone)
class MilestoneAdmin(admin.ModelAdmin):
    list_display = ["__str__", "programme", "due_on", "met_at"]
    list_filter = ["programme"]
    search_fields = ["title_en", "title_fa"]
    raw_id_fields = ["programme", "met_by"]


@admin.register(Enrolment)
class EnrolmentAdmin(admin.ModelAdmin):
    list_display = ["person", "programme", "role", "status", "capacity", "free_places"]
    list_filter = ["status", "role", "programme"]
    search_fields = ["person__email", "person__name", "external_id"]
    raw_id_fields = ["programme", "person", "decided_by"]
    exclude = ["reason"]


@admin.register(ImportMapping)
class ImportMappingAdmin(admin.ModelAdmin):
    list_display = ["name", "programme", "created_at"]
    search_fields = ["name"]
    raw_id_fields = ["programme"]


@admin.register(PeopleImport)
class PeopleImportAdmin(admin.ModelAdmin):
    list_display = ["file_name", "programme", "role", "status", "created_at", "finished_at"]
    list_filter = ["status", "role"]
    search_fields = ["file_name"]
    raw_id_fields = ["programme", "created_by"]
    exclude = ["text"]
