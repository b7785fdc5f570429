"""REST: runs of matching as jobs. A run ends as a draft; a coordinator, never a key, publishes."""

from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.keys import ForKey
from core.api import IdempotentMixin
from mentoring.matching import services
from mentoring.matching.models import MatchRun, Pair, Unmatched
from mentoring.matching.serializers import (
    NewRunSerializer,
    PairSerializer,
    RunDetailSerializer,
    RunSerializer,
    UnmatchedSerializer,
)
from mentoring.planning.models import Programme


class RunFilter(django_filters.FilterSet):
    class Meta:
        model = MatchRun
        fields = ["status", "objective"]


class PairFilter(django_filters.FilterSet):
    class Meta:
        model = Pair
        fields = ["status"]


class RunScope(ForKey):
    scopes = {"GET": "matching:read", "POST": "matching:write"}
    serializer_class = RunDetailSerializer
    kwargs: dict[str, Any]

    def get_queryset(self):
        return MatchRun.objects.visible_to(self.viewer).select_related("programme").order_by("-pk")

    def accepted(self, run: MatchRun) -> Response:
        """202: it will be done; where to look is in the header. The same for an answer that is repeated."""
        return Response(RunDetailSerializer(run).data, status.HTTP_202_ACCEPTED)

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().finalize_response(*args, **kwargs)  # type: ignore[misc]
        if response.status_code == status.HTTP_202_ACCEPTED:
            response["Location"] = reverse("api_matching_run", args=[response.data["id"]])
        return response


class RunList(RunScope, IdempotentMixin, generics.ListAPIView):
    about = {
        "GET": _("The runs of a programme, the newest first."),
        "POST": _(
            "Start a run as a job: 202, and Location says where to look. Its result is a draft that waits for a coordinator."
        ),
    }
    serializer_class = RunSerializer
    filterset_class = RunFilter

    def _programme(self) -> Programme:
        return get_object_or_404(Programme.objects.visible_to(self.viewer), slug=self.kwargs["slug"])

    def get_queryset(self):
        if "slug" not in self.kwargs:  # while the schema is drawn
            return MatchRun.objects.none()
        return super().get_queryset().filter(programme=self._programme())

    @extend_schema(request=NewRunSerializer, responses={202: RunDetailSerializer})
    def post(self, request: Request, slug: str) -> Response:
        programme = self._programme()
        given = NewRunSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        settings = services.settings_for(programme, given.validated_data)
        run = services.start_run(
            programme, **settings, origin=MatchRun.Origin.API, caller=self.viewer.prefix, by=None, at=timezone.now()
        )
        return self.accepted(run)


class RunDetail(RunScope, generics.RetrieveAPIView):
    about = {"GET": _("One run: how far it is, then what it found and how that is proven, or why it stopped.")}


class RunCancel(RunScope, IdempotentMixin, APIView):
    scopes = {"POST": "matching:write"}
    about = {
        "POST": _(
            "Ask a run to stop; it does at its next step, and nothing of it is kept. One that is over stays as it is."
        )
    }

    @extend_schema(request=None, responses={202: RunDetailSerializer})
    def post(self, request: Request, pk: int) -> Response:
        run = get_object_or_404(self.get_queryset(), pk=pk)
        services.cancel_run(run, caller=f"{MatchRun.Origin.API} {self.viewer.prefix}", by=None, at=timezone.now())
        run.refresh_from_db()
        return self.accepted(run)


class PairList(ForKey, generics.ListAPIView):
    about = {"GET": _("The pairs of a run, the best fit first.")}
    scopes = {"GET": "matching:read"}
    serializer_class = PairSerializer
    filterset_class = PairFilter
    queryset = Pair.objects.none()  # for the schema

    def get_queryset(self):
        run = get_object_or_404(MatchRun.objects.visible_to(self.viewer), pk=self.kwargs["pk"])
        return run.pairs.order_by("-score", "pk")


class UnmatchedList(ForKey, generics.ListAPIView):
    about = {"GET": _("The mentees a run left without a mentor, each with the reason.")}
    scopes = {"GET": "matching:read"}
    serializer_class = UnmatchedSerializer
    queryset = Unmatched.objects.none()  # for the schema

    def get_queryset(self):
        run = get_object_or_404(MatchRun.objects.visible_to(self.viewer), pk=self.kwargs["pk"])
        return run.unmatched.order_by("pk")
