from django.urls import path

from mentoring.planning.views import concepts, enrolments, imports, people, programmes, wishes

urlpatterns = [
    path("programmes/", programmes.programme_list, name="programme_list"),
    path("programmes/new/", programmes.programme_new, name="programme_new"),
    path("programmes/<slug:slug>/", programmes.programme_public, name="programme_public"),
    path("programmes/<slug:slug>/settings/", programmes.programme_settings, name="programme_settings"),
    path("programmes/<slug:slug>/move/<slug:verb>/", programmes.programme_move, name="programme_move"),
    path("programmes/<slug:slug>/milestones/", programmes.milestone_add, name="milestone_add"),
    path("programmes/<slug:slug>/milestones/<int:pk>/", programmes.milestone_meet, name="milestone_meet"),
    path("programmes/<slug:slug>/coordinators/", programmes.coordinator_add, name="coordinator_add"),
    path(
        "programmes/<slug:slug>/coordinators/<int:pk>/remove/", programmes.coordinator_remove, name="coordinator_remove"
    ),
    path("programmes/<slug:slug>/apply/<slug:role>/", enrolments.programme_apply, name="programme_apply"),
    path("programmes/<slug:slug>/people/", people.programme_people, name="programme_people"),
    path("programmes/<slug:slug>/people/approve/", people.people_approve, name="people_approve"),
    path("programmes/<slug:slug>/people/invite/", people.people_invite, name="people_invite"),
    path("programmes/<slug:slug>/people/import/", imports.import_new, name="import_new"),
    path("imports/<int:pk>/map/", imports.import_map, name="import_map"),
    path("imports/<int:pk>/check/", imports.import_check, name="import_check"),
    path("imports/<int:pk>/", imports.import_run, name="import_run"),
    path("imports/<int:pk>/cancel/", imports.import_cancel, name="import_cancel"),
    path("imports/<int:pk>/resume/", imports.import_resume, name="import_resume"),
    path("imports/<int:pk>/bad-rows.csv", imports.import_bad_rows, name="import_bad_rows"),
    path("concepts/", concepts.concept_suggestions, name="concept_suggestions"),
    path("enrolments/<int:pk>/", enrolments.enrolment, name="enrolment"),
    path("enrolments/<int:pk>/edit/", enrolments.enrolment_edit, name="enrolment_edit"),
    path("enrolments/<int:pk>/invitation/", people.invitation_again, name="invitation_again"),
    path("enrolments/<int:pk>/wishes/", wishes.wishes, name="wishes"),
    path("enrolments/<int:pk>/wishes/<slug:verb>/<int:other>/", wishes.wish_step, name="wish_step"),
    path("enrolments/<int:pk>/care/<slug:verb>/", enrolments.enrolment_care, name="enrolment_care"),
    path("enrolments/<int:pk>/<slug:verb>/", enrolments.enrolment_step, name="enrolment_step"),
]
