"""REST: `/api/v1/`, put together from each app's `api.py`."""

from django.http import Http404
from django.urls import path, re_path
from django.views.generic import RedirectView
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularAPIView
from rest_framework.views import APIView

from accounts.api import PersonDetail, PersonList
from evaluation.api import (
    ActionList,
    CodingDetail,
    CodingList,
    ExportDetail,
    ExportFile,
    ExportList,
    IndicatorSheet,
    InstitutionFigures,
    InstrumentDetail,
    InstrumentList,
    OwnResultList,
    PlaceList,
    QualityList,
    ReportFile,
    ReportList,
    RiskFigures,
    RiskModelFigures,
    SatisfactionList,
    ScoreList,
    SessionWeeks,
    StudyDetail,
    StudyList,
    WaveList,
)
from mentoring.matching.api import PairList, RunCancel, RunDetail, RunList, UnmatchedList
from mentoring.planning.api import EnrolmentDetail, EnrolmentList, ProgrammeDetail, ProgrammeList
from mentoring.relationships.api import RelationshipDetail, RelationshipList


class KeyScheme(OpenApiAuthenticationExtension):
    """How the schema describes our keys."""

    target_class = "accounts.keys.ApiKeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer"}


class NothingHere(APIView):
    """Where no call is: a problem, not a page."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request, *args, **kwargs):
        raise Http404


urlpatterns = [
    path("", RedirectView.as_view(pattern_name="developers")),
    path("programmes", ProgrammeList.as_view(), name="api_programmes"),
    path("programmes/<slug:slug>", ProgrammeDetail.as_view(), name="api_programme"),
    path("programmes/<slug:slug>/matching-runs", RunList.as_view(), name="api_matching_runs"),
    path("programmes/<slug:slug>/indicators", IndicatorSheet.as_view(), name="api_indicators"),
    path("programmes/<slug:slug>/risk", RiskFigures.as_view(), name="api_risk"),
    path("programmes/<slug:slug>/session-weeks", SessionWeeks.as_view(), name="api_session_weeks"),
    path("matching-runs/<int:pk>", RunDetail.as_view(), name="api_matching_run"),
    path("matching-runs/<int:pk>/pairs", PairList.as_view(), name="api_matching_pairs"),
    path("matching-runs/<int:pk>/unmatched", UnmatchedList.as_view(), name="api_matching_unmatched"),
    path("matching-runs/<int:pk>/cancel", RunCancel.as_view(), name="api_matching_cancel"),
    path("people", PersonList.as_view(), name="api_people"),
    path("people/<int:pk>", PersonDetail.as_view(), name="api_person"),
    path("enrolments", EnrolmentList.as_view(), name="api_enrolments"),
    path("enrolments/<int:pk>", EnrolmentDetail.as_view(), name="api_enrolment"),
    path("relationships", RelationshipList.as_view(), name="api_relationships"),
    path("relationships/<int:pk>", RelationshipDetail.as_view(), name="api_relationship"),
    path("scores", ScoreList.as_view(), name="api_scores"),
    path("satisfaction", SatisfactionList.as_view(), name="api_satisfaction"),
    path("institution-figures", InstitutionFigures.as_view(), name="api_institution_figures"),
    path("risk-model", RiskModelFigures.as_view(), name="api_risk_model"),
    path("actions", ActionList.as_view(), name="api_actions"),
    path("waves", WaveList.as_view(), name="api_waves"),
    path("places", PlaceList.as_view(), name="api_places"),
    path("reports", ReportList.as_view(), name="api_reports"),
    path("reports/<int:pk>.<str:form>", ReportFile.as_view(), name="api_report_file"),
    path("research-exports", ExportList.as_view(), name="api_exports"),
    path("research-exports/<int:pk>", ExportDetail.as_view(), name="api_export"),
    path("research-exports/<int:pk>.zip", ExportFile.as_view(), name="api_export_file"),
    path("studies", StudyList.as_view(), name="api_studies"),
    path("studies/<int:pk>", StudyDetail.as_view(), name="api_study"),
    path("questionnaires", InstrumentList.as_view(), name="api_instruments"),
    path("questionnaires/<int:pk>", InstrumentDetail.as_view(), name="api_instrument"),
    path("questionnaire-results", OwnResultList.as_view(), name="api_own_results"),
    path("questionnaire-quality", QualityList.as_view(), name="api_quality"),
    path("codings", CodingList.as_view(), name="api_codings"),
    path("codings/<int:pk>", CodingDetail.as_view(), name="api_coding"),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    re_path("", NothingHere.as_view()),
]
