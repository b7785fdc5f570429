"""REST: relationships, their states and dates."""

import django_filters
from django.utils.translation import gettext_lazy as _
from rest_framework import generics

from accounts.keys import ForKey
from mentoring.relationships.models import Relationship
from mentoring.relationships.serializers import RelationshipSerializer


class RelationshipFilter(django_filters.FilterSet):
    programme = django_filters.CharFilter(field_name="programme__slug")

    class Meta:
        model = Relationship
        fields = ["status", "programme"]


class RelationshipScope(ForKey):
    scopes = {"GET": "relationships:read"}
    serializer_class = RelationshipSerializer

    def get_queryset(self):
        rows = Relationship.objects.visible_to(self.viewer)
        return rows.select_related("programme").prefetch_related("members").order_by("pk")


class RelationshipList(RelationshipScope, generics.ListAPIView):
    about = {"GET": _("Who is matched with whom: states and dates, never what people write.")}
    filterset_class = RelationshipFilter


class RelationshipDetail(RelationshipScope, generics.RetrieveAPIView):
    about = {"GET": _("One relationship.")}
