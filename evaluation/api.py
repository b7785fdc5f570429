"""REST: the scores of programmes and of the institution, the same numbers as on their pages."""

import django_filters
from django.utils.translation import gettext_lazy as _
from rest_framework import generics

from accounts.keys import ForKey
from evaluation.models import Score
from evaluation.serializers import ScoreSerializer


class ScoreFilter(django_filters.FilterSet):
    programme = django_filters.CharFilter(field_name="programme__slug")
    institution = django_filters.BooleanFilter(
        field_name="programme", lookup_expr="isnull", label=_("true: only the institution's own")
    )

    class Meta:
        model = Score
        fields = ["programme", "component", "code", "facet", "state"]


class ScoreList(ForKey, generics.ListAPIView):
    about = {
        "GET": _(
            "The newest scores of each programme and of the institution: indicators, components, categories, stages."
        )
    }
    scopes = {"GET": "scores:read"}
    serializer_class = ScoreSerializer
    filterset_class = ScoreFilter

    def get_queryset(self):
        scores = Score.objects.visible_to(self.viewer).latest()
        return scores.select_related("programme").order_by("programme", "component", "code")
