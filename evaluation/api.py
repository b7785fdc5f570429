"""REST: the scores of programmes and of the institution, as on their pages; reports, research exports, results of studies."""

from typing import Any

import django_filters
from csp.constants import UNSAFE_INLINE
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.keys import ForKey
from accounts.services import record
from core.api import IdempotentMixin
from core.jobs import errors_of
from evaluation.anchors import indicators_of
from evaluation.charts import stage_chart
from evaluation.foresight import CLOSED_NEEDED, EARLY_NEEDED, enough
from evaluation.models import (
    Action,
    Alert,
    Coding,
    Instrument,
    ProgrammeReport,
    ResearchExport,
    Score,
    Study,
    Told,
    Wave,
)
from evaluation.queries import (
    action_rows,
    after_acts,
    alerts_in_sum,
    beside_each_other,
    contact,
    measured_waves,
    own_results,
    own_waves,
    past_alerts,
    places,
    questionnaire_quality,
    standings,
    weighed,
)
from evaluation.queries.coded import words_in_sum
from evaluation.queries.fairness import group_tables
from evaluation.queries.foresight import newest_model
from evaluation.queries.told import satisfaction, sides_of, up_to
from evaluation.reporting import periods, written_in
from evaluation.serializers import (
    ActionSerializer,
    CodedSerializer,
    CodingSerializer,
    ExportSerializer,
    IndicatorsSerializer,
    InstitutionFiguresSerializer,
    InstrumentSerializer,
    NewExportSerializer,
    NewReportSerializer,
    OwnResultSerializer,
    PlacesSerializer,
    QualitySerializer,
    ReportSerializer,
    RiskModelSerializer,
    RiskSerializer,
    SatisfactionSerializer,
    ScoreSerializer,
    SessionWeeksSerializer,
    StudySerializer,
    WaveSerializer,
)
from evaluation.services import ask_for_export, make_report
from mentoring.planning.models import Programme

DAYS = ("as_of_on_after", "as_of_on_before")


class ScoreFilter(django_filters.FilterSet):
    programme = django_filters.CharFilter(field_name="programme__slug")
    institution = django_filters.BooleanFilter(
        field_name="programme", lookup_expr="isnull", label=_("true: only the institution's own")
    )

    as_of_on = django_filters.DateFromToRangeFilter(
        label=_(
            "Instead of the newest: stages and categories of the newest day and the last of every month before, from to."
        )
    )

    class Meta:
        model = Score
        fields = ["programme", "component", "code", "facet", "state"]

    def filter_queryset(self, queryset):
        over_time = self.form.cleaned_data["as_of_on"] is not None
        return super().filter_queryset(queryset.over_time() if over_time else queryset.latest())


class ScoreList(ForKey, generics.ListAPIView):
    about = {
        "GET": _(
            "The newest scores of each programme and of the institution: indicators, components, categories, stages. Or stages "
            "and categories over time, suppressed on earlier days where fewer than five people came or went."
        )
    }
    scopes = {"GET": "scores:read"}
    serializer_class = ScoreSerializer
    filterset_class = ScoreFilter

    def get_queryset(self):
        scores = Score.objects.visible_to(self.viewer)
        return scores.select_related("programme").order_by("programme", "component", "code", "as_of_on")

    def paginate_queryset(self, queryset):
        rows = super().paginate_queryset(queryset)
        return beside_each_other(rows) if any(self.request.query_params.get(name) for name in DAYS) else rows


class ProgrammeBySlug(django_filters.FilterSet):
    programme = django_filters.CharFilter(field_name="slug")


class ByProgramme(django_filters.FilterSet):
    """Rows of one programme, by its slug."""

    programme = django_filters.CharFilter(field_name="programme__slug")


class PlaceList(ForKey, generics.ListAPIView):
    about = {
        "GET": _(
            "Where each programme stands, stage by stage, among the institution's programmes that are over; from five of them on."
        )
    }
    scopes = {"GET": "scores:read"}
    serializer_class = PlacesSerializer
    filterset_class = ProgrammeBySlug

    def get_queryset(self):
        return Programme.objects.visible_to(self.viewer).order_by("slug")

    def paginate_queryset(self, queryset):
        return places(super().paginate_queryset(queryset))


class ReportList(ForKey, IdempotentMixin, generics.ListAPIView):
    about = {
        "GET": _("The reports that were made, the newest first, with links to each as HTML, PDF and JSON."),
        "POST": _("Make a report of a programme."),
    }
    scopes = {"GET": "research:read", "POST": "research:write"}
    serializer_class = ReportSerializer
    filterset_class = ByProgramme

    def get_queryset(self):
        return ProgrammeReport.objects.visible_to(self.viewer).for_rows()

    @extend_schema(request=NewReportSerializer, responses={201: ReportSerializer})
    def post(self, request: Request) -> Response:
        given = NewReportSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = dict(given.validated_data)
        programme = get_object_or_404(Programme.objects.visible_to(self.viewer), slug=wanted.pop("programme"))
        if wanted.get("until") not in (None, *periods(programme)[1:]):
            raise ValidationError({"until": [_("Only the last computed day of an earlier month can be chosen.")]})
        report = make_report(programme, **wanted, by=None, caller=f"api {self.viewer.prefix}", at=timezone.now())
        return Response(self.get_serializer(report).data, status.HTTP_201_CREATED)


class ReportFile(ForKey, APIView):
    about = {"GET": _("One report as it was made: html, pdf or json.")}
    scopes = {"GET": "research:read"}

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: Request, pk: int, form: str) -> HttpResponse:
        found = get_object_or_404(ProgrammeReport.objects.visible_to(self.viewer).select_related("programme"), pk=pk)
        answers = {"html": _as_html, "pdf": _as_pdf, "json": _as_json}
        if form not in answers:
            raise Http404
        with transaction.atomic():
            institution, key = found.programme.institution_id, self.viewer.prefix
            record("paper.downloaded", by=None, at=timezone.now(), target=found, institution_id=institution, reason=key)
        answer = answers[form](found)
        answer["Cache-Control"] = "private, no-store"
        return answer


def _as_pdf(report: ProgrammeReport) -> HttpResponse:
    return HttpResponse(bytes(report.pdf), content_type="application/pdf")


def _as_json(report: ProgrammeReport) -> HttpResponse:
    return JsonResponse(report.content, json_dumps_params={"ensure_ascii": False})


def _as_html(report: ProgrammeReport) -> HttpResponse:
    """The words of the report as a page that needs nothing else."""
    chart = stage_chart(report.content["stages"], rtl=report.language == "fa")
    with written_in(report.language):
        answer = HttpResponse(
            render_to_string("evaluation/report_alone.html", {"content": report.content, "chart": chart})
        )
    answer._csp_update = {"style-src": [UNSAFE_INLINE]}  # type: ignore[attr-defined]  # how it looks stands in it
    return answer


class ExportScope(ForKey):
    scopes = {"GET": "research:read", "POST": "research:write"}
    serializer_class = ExportSerializer

    def get_queryset(self):
        return ResearchExport.objects.visible_to(self.viewer).for_rows()

    def get_serializer_context(self) -> dict[str, Any]:
        """With why jobs of these exports failed, in one query."""
        context: dict[str, Any] = super().get_serializer_context()  # type: ignore[misc]
        return context | {"errors": errors_of("evaluation.export_research") if self.viewer.pk else {}}


class ExportList(ExportScope, IdempotentMixin, generics.ListAPIView):
    about = {
        "GET": _("The research exports of the institution's programmes, the newest first."),
        "POST": _("Ask for a research export as a job: 202, and Location says where to look."),
    }
    filterset_class = ByProgramme

    @extend_schema(request=NewExportSerializer, responses={202: ExportSerializer})
    def post(self, request: Request) -> Response:
        given = NewExportSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        slug = given.validated_data["programme"]
        programme = get_object_or_404(Programme.objects.visible_to(self.viewer), slug=slug)
        export = ask_for_export(programme, by=None, caller=f"api {self.viewer.prefix}", at=timezone.now())
        return Response(self.get_serializer(export).data, status.HTTP_202_ACCEPTED)

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().finalize_response(*args, **kwargs)
        if response.status_code == status.HTTP_202_ACCEPTED:
            response["Location"] = reverse("api_export", args=[response.data["id"]])
        return response


class ExportDetail(ExportScope, generics.RetrieveAPIView):
    scopes = {"GET": "research:read"}
    about = {"GET": _("One research export: whether it is made, or why not.")}


class ExportFile(ForKey, APIView):
    about = {"GET": _("The ZIP of a research export, while it is kept.")}
    scopes = {"GET": "research:read"}

    @extend_schema(responses={(200, "application/zip"): bytes})
    def get(self, request: Request, pk: int) -> HttpResponse:
        found = get_object_or_404(ResearchExport.objects.visible_to(self.viewer).select_related("programme"), pk=pk)
        if not found.can_be_had:
            raise Http404
        with transaction.atomic():
            institution, key = found.programme.institution_id, self.viewer.prefix
            record(
                "research.downloaded", by=None, at=timezone.now(), target=found, institution_id=institution, reason=key
            )
        headers = {"Cache-Control": "private, no-store"}
        return HttpResponse(bytes(found.data), content_type="application/zip", headers=headers)


class StudyScope(ForKey):
    scopes = {"GET": "research:read"}
    serializer_class = StudySerializer

    def get_queryset(self):
        locked = Study.objects.visible_to(self.viewer).filter(locked_at__isnull=False)
        return locked.for_rows().prefetch_related("amendments", "results")


class StudyList(StudyScope, generics.ListAPIView):
    about = {
        "GET": _(
            "The studies whose plan is locked: plan, SHA-256, and the newest result, each figure planned or exploratory."
        )
    }
    filterset_class = ByProgramme


class StudyDetail(StudyScope, generics.RetrieveAPIView):
    about = {"GET": _("One study whose plan is locked.")}


class InstrumentScope(ForKey):
    scopes = {"GET": "research:read"}
    serializer_class = InstrumentSerializer

    def get_queryset(self):
        asked = Instrument.objects.visible_to(self.viewer).filter(activated_at__isnull=False)
        return asked.order_by("name", "-version")


class InstrumentList(InstrumentScope, generics.ListAPIView):
    about = {"GET": _("The institution's own questionnaires that were activated, with their whole definition.")}


class InstrumentDetail(InstrumentScope, generics.RetrieveAPIView):
    about = {"GET": _("One version of an own questionnaire.")}


class OwnResultList(ForKey, generics.ListAPIView):
    about = {
        "GET": _(
            "Every time that an own questionnaire was asked, the newest first: means of its scales by side and their internal "
            "consistency, from five people on."
        )
    }
    scopes = {"GET": "research:read"}
    serializer_class = OwnResultSerializer
    filterset_class = ByProgramme

    def get_queryset(self):
        return own_waves(user=self.viewer)

    def paginate_queryset(self, queryset):
        return own_results(super().paginate_queryset(queryset))


class QualityList(ForKey, generics.ListAPIView):
    about = {
        "GET": _(
            "Every time that the built-in questionnaire was asked, the newest first: internal consistency of its scales, of each "
            "side apart, from 30 people on; under that how many are missing."
        )
    }
    scopes = {"GET": "research:read"}
    serializer_class = QualitySerializer
    filterset_class = ByProgramme

    def get_queryset(self):
        return measured_waves(user=self.viewer)

    def paginate_queryset(self, queryset):
        return questionnaire_quality(super().paginate_queryset(queryset))


class SatisfactionList(ForKey, generics.ListAPIView):
    about = {
        "GET": _(
            "How people found their sessions, programme by programme, in the last blocks of four weeks that are over: counted "
            "once, from five people on, as on the page of the programme."
        )
    }
    scopes = {"GET": "scores:read"}
    serializer_class = SatisfactionSerializer
    filterset_class = ProgrammeBySlug

    def get_queryset(self):
        return Programme.objects.visible_to(self.viewer).order_by("slug")

    def paginate_queryset(self, queryset):
        rows = super().paginate_queryset(queryset)
        blocks = satisfaction(rows)
        return [{"programme": each.slug, "blocks": blocks[each.pk]} for each in rows]


class InstitutionFigures(ForKey, APIView):
    about = {
        "GET": _(
            "How the mentors and the mentees of the institution found their sessions, and what became of the mentees of "
            "different groups: told once of half a year or more, as on the institution’s page."
        )
    }
    scopes = {"GET": "scores:read"}

    @extend_schema(responses=InstitutionFiguresSerializer)
    def get(self, request: Request) -> Response:
        told = Told.objects.visible_to(self.viewer)
        sides, groups = told.newest(Told.Kind.SIDES), told.newest(Told.Kind.GROUPS)
        figures = {
            "satisfaction": _during(sides, sides=sides_of(sides)),
            "fairness": _during(groups, questions=group_tables(groups)),
        }
        return Response(InstitutionFiguresSerializer(figures).data)


def _during(told: Told | None, **figures: Any) -> dict[str, Any] | None:
    return {"from_on": told.from_on, "until_on": told.until_on, **figures} if told else None


class CodingFilter(django_filters.FilterSet):
    programme = django_filters.CharFilter(method="of_programme")

    def of_programme(self, codings, _name, slug):
        return codings.filter(Q(wave__programme__slug=slug) | Q(closings_of__slug=slug))


class CodingScope(ForKey):
    scopes = {"GET": "research:read"}
    serializer_class = CodingSerializer

    def get_queryset(self):
        return Coding.objects.visible_to(self.viewer).for_rows().order_by("-begun_at", "-pk")


class CodingList(CodingScope, generics.ListAPIView):
    about = {"GET": _("Answers in words that two people code or have coded, the newest first.")}
    filterset_class = CodingFilter


class CodingDetail(CodingScope, generics.GenericAPIView):
    about = {
        "GET": _(
            "What came of one coding: how far the two agree, in all and code by code, and how many people stand behind each "
            "code, from ten on and once the two have finished the codebook. No answer stands in it."
        )
    }

    @extend_schema(responses=CodedSerializer)
    def get(self, request: Request, pk: int) -> Response:
        found: Coding = self.get_object()
        if found.is_compared:
            institution, key = found.programme.institution_id, self.viewer.prefix
            record(
                "coding.downloaded", by=None, at=timezone.now(), target=found, institution_id=institution, reason=key
            )
        return Response(CodedSerializer(words_in_sum(found)).data)


class ActionList(ForKey, generics.ListAPIView):
    about = {
        "GET": _(
            "What coordinators took up about weak components, open ones first: who, what, until when, and what the indicator "
            "says before and after."
        )
    }
    scopes = {"GET": "scores:read"}
    serializer_class = ActionSerializer
    filterset_class = ByProgramme

    def get_queryset(self):
        return Action.objects.visible_to(self.viewer).for_rows()

    def paginate_queryset(self, queryset):
        return action_rows(super().paginate_queryset(queryset), timezone.localdate())


class WaveList(ForKey, generics.ListAPIView):
    about = {"GET": _("Every time that people are asked, the newest first, and how many of those asked have answered.")}
    scopes = {"GET": "scores:read"}
    serializer_class = WaveSerializer
    filterset_class = ByProgramme

    def get_queryset(self):
        waves = Wave.objects.visible_to(self.viewer).select_related("programme", "instrument")
        return waves.order_by("-opens_at", "-pk")

    def paginate_queryset(self, queryset):
        waves = super().paginate_queryset(queryset)
        people = standings(waves)
        for wave in waves:
            wave.asked, wave.answered = len(people[wave.pk]), sum(people[wave.pk].values())
        return waves


class OfProgramme(ForKey, APIView):
    """Figures of one programme on one page."""

    scopes = {"GET": "scores:read"}

    def programme(self, slug: str) -> Programme:
        return get_object_or_404(Programme.objects.visible_to(self.viewer).select_related("institution"), slug=slug)


class RiskFigures(OfProgramme):
    about = {
        "GET": _(
            "How well past alerts of a programme foresaw early ends, in all and by reason, what came after somebody acted, and "
            "what each signal weighs: sums only, no relationship."
        )
    }

    @extend_schema(responses=RiskSerializer)
    def get(self, request: Request, slug: str) -> Response:
        programme = self.programme(slug)
        past, after = past_alerts(programme), after_acts(programme)
        version, signals, limits = weighed(programme, timezone.localdate())
        figures = {
            "programme": slug,
            "waiting": alerts_in_sum(programme, timezone.now())[0],
            "past": past.whole,
            "became": [{"became": k, "alerts": n} for k, (_name, n) in zip(Alert.Became, past.became, strict=False)],
            "not_known_yet": past.waiting if past.whole.is_shown else None,
            "by_reason": past.by_reason,
            "after_acts": after if after.is_shown else None,
            "points_version": version,
            "points": signals,
            "limits": limits,
        }
        return Response(RiskSerializer(figures).data)


class RiskModelFigures(ForKey, APIView):
    about = {
        "GET": _(
            "The newest model that learned from the past of the institution which relationships end early, how it was judged "
            "on relationships it had not seen, and whether it takes the place of the points."
        )
    }
    scopes = {"GET": "scores:read"}

    @extend_schema(responses=RiskModelSerializer)
    def get(self, request: Request) -> Response:
        institution = self.viewer.institution_id
        known = enough(institution)
        figures = {
            "over": known.closed,
            "early": known.early,
            "over_needed": CLOSED_NEEDED,
            "early_needed": EARLY_NEEDED,
            "newest": newest_model(institution),
        }
        return Response(RiskModelSerializer(figures).data)


class SessionWeeks(OfProgramme):
    about = {
        "GET": _(
            "How many relationships of a programme met how often in each of its last twelve weeks that are over, as on its page "
            "about contact: cells of fewer than five are not shown. Empty while there is no relationship."
        )
    }

    @extend_schema(responses=SessionWeeksSerializer)
    def get(self, request: Request, slug: str) -> Response:
        programme = self.programme(slug)
        now = up_to(programme, timezone.now())
        weeks = [
            {
                "from_on": week.from_on,
                "relationships": week.total,
                "met": [{"sessions": n, "relationships": cell} for n, cell in enumerate(week.cells)],
            }
            for week in contact.session_weeks(programme, now, in_full=False)
        ]
        return Response(SessionWeeksSerializer({"programme": slug, "weeks": weeks}).data)


class IndicatorSheet(OfProgramme):
    about = {"GET": _("How every figure of a programme is computed today, and what counts as 0 and as 100.")}

    @extend_schema(responses=IndicatorsSerializer)
    def get(self, request: Request, slug: str) -> Response:
        rows = indicators_of(self.programme(slug), timezone.localdate())
        return Response(IndicatorsSerializer({"programme": slug, "indicators": rows}).data)
