"""How the schema of the API speaks, and the filters it describes."""

import django_filters
from django import forms
from django.core.validators import MaxValueValidator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

LARGEST_ID = 2**63 - 1


class Schema(AutoSchema):
    """Takes the words about a call from the view's `about`, so that the schema speaks the reader's language."""

    def get_description(self) -> str:  # type: ignore[override]
        return str(self.view.about[self.method])  # type: ignore[attr-defined]


@extend_schema_field(OpenApiTypes.INT)
class IdFilter(django_filters.NumberFilter):
    """The id of a row; a number that no row can have is refused before it reaches the database."""

    field_class = forms.IntegerField

    def get_max_validator(self) -> MaxValueValidator:
        return MaxValueValidator(LARGEST_ID)
