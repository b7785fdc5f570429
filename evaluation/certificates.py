"""Who has finished, and what their certificate says.

Somebody has finished a programme when one of their relationships in it closed as completed (its time was over, or the goals were
reached before) while they were part of it, and when they did every module that the programme asks of their side.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from core.dates import format_day
from evaluation.models import Certificate
from evaluation.reporting import written_in
from mentoring.planning.models import Enrolment
from mentoring.relationships.models import Relationship, RelationshipMember
from mentoring.training.catalogue import modules
from mentoring.training.models import ModuleProgress, ProgrammeModule

COMPLETED = (Relationship.Status.COMPLETED, Relationship.Status.COMPLETED_EARLY)


@dataclass(frozen=True)
class Standing:
    """One enrolment on its way to a certificate. `ended`: its relationships that closed as completed; `lacking`: titles of the
    modules that are still asked for."""

    enrolment: Enrolment
    ended: list[Relationship]
    lacking: list[str]
    certificate: Certificate | None

    @property
    def finished(self) -> bool:
        return bool(self.ended) and not self.lacking


def completed(enrolments: Iterable[int]) -> QuerySet[RelationshipMember]:
    """Memberships that lasted until their relationship closed as completed."""
    return RelationshipMember.objects.filter(
        Q(left_at=None) | Q(left_at__gte=F("relationship__closed_at")),
        enrolment__in=enrolments,
        relationship__status__in=COMPLETED,
        relationship__closed_at__isnull=False,
    ).select_related("relationship")


def standings(person: User) -> list[Standing]:
    """How far the person is in everything they take or took part in, the newest first. Five queries."""
    enrolments = list(
        Enrolment.objects.filter(person=person, memberships__isnull=False)
        .select_related("programme__institution", "person")
        .distinct()
        .order_by("-programme__starts_on", "pk")
    )
    ids = [row.pk for row in enrolments]
    ended: dict[int, list[Relationship]] = {pk: [] for pk in ids}
    for member in completed(ids):
        ended[member.enrolment_id].append(member.relationship)
    asked: dict[tuple[int, str], list[str]] = {}
    for row in ProgrammeModule.objects.filter(programme__in={e.programme_id for e in enrolments}, required=True):
        asked.setdefault((row.programme_id, row.role), []).append(row.module)
    done = set(ModuleProgress.objects.filter(person=person, finished_at__isnull=False).values_list("module", flat=True))
    kept = {row.enrolment_id: row for row in Certificate.objects.visible_to(person)}
    titles = {module.slug: module.title.text(get_language()) for module in modules()}
    return [
        Standing(
            row,
            ended[row.pk],
            [
                titles[slug]
                for slug in asked.get((row.programme_id, row.role), [])
                if slug not in done and slug in titles
            ],
            kept.get(row.pk),
        )
        for row in enrolments
    ]


def is_valid(certificate: Certificate) -> bool:
    """Whether what it says still holds: it is kept, and a relationship of it stands closed as completed."""
    return certificate.is_kept and completed([certificate.enrolment_id]).exists()


def span(standing: Standing) -> tuple[date, date]:
    """From the first start to the last end of what was completed."""
    starts = min(row.started_at for row in standing.ended)
    ends = max(row.closed_at for row in standing.ended if row.closed_at)
    return timezone.localdate(starts), timezone.localdate(ends)


def printed_words(enrolment: Enrolment) -> dict[str, Any]:
    """What stands on the paper in both languages, as names are today."""
    programme = enrolment.programme
    found: dict[str, Any] = {"name": str(enrolment.person), "role": enrolment.role}
    for language in ("en", "fa"):
        with written_in(language):
            found[language] = {"programme": programme.name, "institution": programme.institution.name}
    return found


def paper_content(certificate: Certificate, *, language: str, link: str) -> dict[str, Any]:
    """Every word of the paper in one language."""
    printed = certificate.printed
    names = printed[language]
    mentor = printed["role"] == Enrolment.Role.MENTOR
    with written_in(language):
        dates = {"start": format_day(certificate.starts_on), "end": format_day(certificate.ends_on)}
        return {
            "lang": language,
            "title": _("Certificate of mentoring"),
            "gives": _("%(institution)s certifies that") % {"institution": names["institution"]},
            "institution": names["institution"],
            "name": printed["name"],
            "did": _("took part as a mentor, from beginning to end, in")
            if mentor
            else _("took part as a mentee, from beginning to end, in"),
            "programme": names["programme"],
            "dates": _("%(start)s to %(end)s") % dates,
            "thanks": _("and gave time, attention and experience to somebody who asked for them.")
            if mentor
            else _("and worked on goals of their own, with a mentor beside them."),
            "modules": _("Every module that the programme asks for was completed."),
            "made": _("Made on %(day)s") % {"day": format_day(certificate.made_at)},
            "check": _("Whether this is genuine can be checked at"),
            "link": link,
        }
