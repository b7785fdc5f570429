from django.urls import path

from evaluation import views

urlpatterns = [
    path("programmes/<slug:slug>/health/", views.health_page, name="health"),
    path("programmes/<slug:slug>/health/recompute/", views.health_recompute, name="health_recompute"),
    path("programmes/<slug:slug>/indicators/", views.indicators, name="indicators"),
    path("programmes/<slug:slug>/indicators/<slug:code>/", views.indicator_anchors, name="indicator_anchors"),
    path("programmes/<slug:slug>/reports/", views.reports, name="programme_reports"),
    path("programme-reports/<int:pk>/", views.report, name="programme_report"),
    path("programme-reports/<int:pk>/pdf/", views.report_pdf, name="programme_report_pdf"),
    path("programmes/<slug:slug>/research/", views.research, name="research"),
    path("research/<int:pk>/", views.research_file, name="research_file"),
    path("programmes/<slug:slug>/actions/", views.actions, name="actions"),
    path("programmes/<slug:slug>/actions/<str:component>/", views.component_actions, name="component_actions"),
    path("actions/<int:pk>/", views.action, name="action"),
    path("actions/<int:pk>/done/", views.action_done, name="action_done"),
    path("actions/<int:pk>/drop/", views.action_drop, name="action_drop"),
    path("programmes/<slug:slug>/waves/", views.waves, name="waves"),
    path("programmes/<slug:slug>/waves/plan/", views.wave_plan, name="wave_plan"),
    path("waves/<int:pk>/close/", views.wave_close, name="wave_close"),
    path("pulse/", views.pulse, name="pulse"),
    path("my-answers/", views.my_scores_page, name="my_scores"),
    path("surveys/<int:pk>/", views.survey, name="survey"),
    path("surveys/results/<int:pk>/", views.survey_result, name="survey_result"),
    path("surveys/<int:pk>/<slug:about>/<int:section>/", views.survey_section, name="survey_section"),
    path("alerts/<int:pk>/", views.alert, name="alert"),
    path("alerts/<int:pk>/done/", views.alert_done, name="alert_done"),
    path("alerts/<int:pk>/snooze/", views.alert_snooze, name="alert_snooze"),
]
