import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mentoring.planning.models import Enrolment
from mentoring.planning.queries import matching_words


class PeopleFilter(django_filters.FilterSet):
    """People of a programme by words, role and state."""

    q = django_filters.CharFilter(
        label=_("Search"), method="find", widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
    )
    role = django_filters.ChoiceFilter(label=_("Role"), choices=Enrolment.Role.choices, empty_label=_("All roles"))
    status = django_filters.ChoiceFilter(
        label=_("State"), choices=Enrolment.Status.choices, empty_label=_("All states")
    )

    class Meta:
        model = Enrolment
        fields = ["q", "role", "status"]

    def find(self, queryset: QuerySet[Enrolment], name: str, value: str) -> QuerySet[Enrolment]:
        """Names count only of those who have shown theirs (`Enrolment.is_known`)."""
        known = queryset.exclude(status=Enrolment.Status.INVITED, person__in=User.objects.with_password())
        named = Q(pk__in=known.filter(matching_words(value, "person__name")).values("pk"))
        return queryset.filter(
            named | matching_words(value, "person__email", "headline", "organisation", "external_id")
        )
