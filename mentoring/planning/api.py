"""REST: programmes and who takes part in them."""

import django_filters
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.keys import ForKey
from accounts.models import User
from core.api import IdempotentMixin
from core.schema import IdFilter
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.serializers import EnrolmentSerializer, NewEnrolmentSerializer, ProgrammeSerializer
from mentoring.planning.services import name_groups, register


class ProgrammeFilter(django_filters.FilterSet):
    class Meta:
        model = Programme
        fields = ["status"]


class EnrolmentFilter(django_filters.FilterSet):
    programme = django_filters.CharFilter(field_name="programme__slug")
    person = IdFilter(field_name="person_id")

    class Meta:
        model = Enrolment
        fields = ["role", "status", "programme", "person"]


class ProgrammeScope(ForKey):
    scopes = {"GET": "programmes:read"}
    serializer_class = ProgrammeSerializer

    def get_queryset(self):
        return Programme.objects.visible_to(self.viewer).order_by("pk")


class ProgrammeList(ProgrammeScope, generics.ListAPIView):
    about = {"GET": _("The programmes of the institution.")}
    filterset_class = ProgrammeFilter


class ProgrammeDetail(ProgrammeScope, generics.RetrieveAPIView):
    about = {"GET": _("One programme.")}
    lookup_field = "slug"


class EnrolmentScope(ForKey):
    scopes = {"GET": "people:read", "POST": "people:write"}
    serializer_class = EnrolmentSerializer

    def get_queryset(self):
        return Enrolment.objects.visible_to(self.viewer).select_related("programme").order_by("pk")


class EnrolmentList(IdempotentMixin, EnrolmentScope, generics.ListAPIView):
    about = {
        "GET": _("Who takes part in which programme, as what, and how far they have come."),
        "POST": _(
            "Invite a person of the institution into a programme; they say yes themselves: 201. There already: 200."
        ),
    }
    filterset_class = EnrolmentFilter

    @extend_schema(request=NewEnrolmentSerializer, responses={200: EnrolmentSerializer, 201: EnrolmentSerializer})
    def post(self, request: Request) -> Response:
        given = NewEnrolmentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        programme = get_object_or_404(Programme.objects.visible_to(self.viewer), slug=asked["programme"])
        person = get_object_or_404(User.objects.visible_to(self.viewer), pk=asked["person"])
        at = timezone.now()
        with transaction.atomic():
            enrolment = register(programme, person, asked["role"], at=at, invited=True)
            name_groups(enrolment, asked.get("groups", {}), at=at)
        status = 201 if enrolment.status_at == at else 200
        return Response(EnrolmentSerializer(enrolment).data, status)


class EnrolmentDetail(EnrolmentScope, generics.RetrieveAPIView):
    about = {"GET": _("One person in one programme.")}
