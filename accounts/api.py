"""REST: the people of an institution."""

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.keys import ForKey
from accounts.models import User
from accounts.serializers import NewPersonSerializer, PersonSerializer
from accounts.services import add_person
from core.api import IdempotentMixin


class PersonScope(ForKey):
    scopes = {"GET": "people:read", "POST": "people:write"}
    serializer_class = PersonSerializer

    def get_queryset(self):
        people = User.objects.visible_to(self.viewer)
        return people.annotate(external_id=F("belongings__external_id")).order_by("pk")


class PersonList(IdempotentMixin, PersonScope, generics.ListAPIView):
    about = {
        "GET": _("The people of the institution."),
        "POST": _(
            "Add a person to the institution: 201. There already: 200. With an account elsewhere, asked by mail: 202."
        ),
    }

    @extend_schema(
        request=NewPersonSerializer, responses={200: PersonSerializer, 201: PersonSerializer, 202: OpenApiTypes.OBJECT}
    )
    def post(self, request: Request) -> Response:
        given = NewPersonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        person, is_new = add_person(request.auth.institution, **given.validated_data, by=None, at=timezone.now())
        if person is None:
            return Response({"email": given.validated_data["email"], "invited": True}, status.HTTP_202_ACCEPTED)
        shown = self.get_queryset().get(pk=person.pk)
        return Response(PersonSerializer(shown).data, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class PersonDetail(PersonScope, generics.RetrieveAPIView):
    about = {"GET": _("One person of the institution.")}
