"""What a person is asked in a wave, and how many have answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from evaluation.asking import pages_of
from evaluation.facts import TAKING_PART
from evaluation.models import Response, Wave
from evaluation.questionnaire import Section
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship

ASKED_ABOUT = (
    Q(status__in=Relationship.OPEN) | Q(programme__waves__form=Wave.Form.AFTER) & ~Q(status=Relationship.Status.VOIDED)
) & (Q(programme__waves__closes_at=None) | Q(started_at__lt=F("programme__waves__closes_at")))
"""Relationships that are open and began before the wave closed; long after the end, those that were."""


@dataclass(frozen=True)
class Target:
    """What one response is about: a relationship, or the programme alone. `partner`: the names of the other side."""

    key: str
    wave: Wave
    enrolment: Enrolment
    relationship: Relationship | None
    partner: str
    response: Response | None

    @property
    def done(self) -> bool:
        return self.response is not None and self.response.submitted_at is not None

    @property
    def begun(self) -> bool:
        return self.response is not None and not self.done

    def sections(self, given: Mapping[str, int] | None = None) -> tuple[Section, ...]:
        """The pages after these answers; without them all that can come."""
        return pages_of(self.wave, role=self.enrolment.role, has_partner=self.relationship is not None, given=given)

    @property
    def next_section(self) -> int:
        """Where to go on, counted from 1."""
        position = self.response.position if self.response else 0
        return min(position, len(self.sections()) - 1) + 1


def targets(wave: Wave, user: User) -> list[Target]:
    """What `user` is asked about: each open relationship, or the programme for somebody without one, who began so, and where an
    own instrument asks nothing about a partner. Four queries."""
    enrolments = list(
        Enrolment.objects.filter(programme=wave.programme_id, person=user, status__in=TAKING_PART).order_by("pk")
    )
    responses = {
        (row.enrolment_id, row.relationship_id): row
        for row in Response.objects.visible_to(user).filter(wave=wave).select_related("wave")
    }
    pairs = list(
        Relationship.objects.of(user)
        .filter(ASKED_ABOUT | Q(responses__wave=wave, responses__enrolment__person=user), programme__waves=wave)
        .distinct()
        .prefetch_related("members__person")
        .order_by("pk")
        if _by_pair(wave)
        else ()
    )
    found = []
    for enrolment in enrolments:
        alone = responses.get((enrolment.pk, None))
        mine = [pair for pair in pairs if any(member.enrolment_id == enrolment.pk for member in pair.members.all())]
        if alone is not None or not mine:
            found.append(Target(f"e{enrolment.pk}", wave, enrolment, None, "", alone))
            continue
        for pair in mine:
            over = pair.status not in Relationship.OPEN
            names = [
                str(m.person) for m in pair.members.all() if m.role != enrolment.role and (over or m.left_at is None)
            ]
            response = responses.get((enrolment.pk, pair.pk))
            found.append(Target(f"r{pair.pk}", wave, enrolment, pair, " · ".join(names), response))
    return [target for target in found if target.done or target.sections()]


def may_have_been_asked(wave: Wave, user: User) -> set[str]:
    """The keys of all targets that `user` may ever have had in this wave. Two queries."""
    mine = Enrolment.objects.filter(programme=wave.programme_id, person=user)
    pairs = Relationship.objects.of(user).filter(programme=wave.programme_id)
    return {f"e{pk}" for pk in mine.values_list("pk", flat=True)} | {
        f"r{pk}" for pk in pairs.values_list("pk", flat=True)
    }


def _by_pair(wave: Wave) -> bool:
    return wave.instrument is None or wave.instrument.definition.about_partner


def open_pulse(user: User, now: datetime) -> Wave | None:
    """The newest open pulse that the reader may answer: first one that still waits for their answers."""
    waves = list(
        Wave.objects.visible_to(user)
        .open(now)
        .filter(form=Wave.Form.PULSE, programme__enrolments__person=user, programme__enrolments__status__in=TAKING_PART)
        .annotate(
            mine=Count("responses", filter=Q(responses__enrolment__person=user, responses__submitted_at__isnull=False))
        )
        .order_by("mine", "-opens_at")[:1]
    )
    return waves[0] if waves else None


def waiting_waves(user: User, now: datetime) -> list[Wave]:
    """Open waves in which a page waits for the reader's answer. One query."""
    rows = _by_enrolment(Wave.objects.visible_to(user).open(now), programme__enrolments__person=user)
    rows = rows.select_related("programme", "instrument").order_by("opens_at", "pk")
    return list(dict.fromkeys(row for row in rows if _has_pages(row, row) and _waits(row, row)))


def standings(waves: Iterable[Wave]) -> dict[int, dict[int, bool]]:
    """Wave -> each person who has a page in it -> whether all of their pages are answered. One query."""
    by_pk = {wave.pk: wave for wave in waves}
    found: dict[int, dict[int, bool]] = {pk: {} for pk in by_pk}
    rows = _by_enrolment(Wave.objects.filter(pk__in=by_pk))
    has_pages: dict[tuple[object, ...], bool] = {}
    columns = "pk", "person", "role", "in_pair", "pair_waits", "begun_alone", "sent_alone"
    for row in rows.values_list(*columns, named=True):
        wave, people, kind = by_pk[row.pk], found[row.pk], (row.pk, row.role, row.in_pair, row.begun_alone)
        if kind not in has_pages:
            has_pages[kind] = _has_pages(wave, row)
        if has_pages[kind]:
            people[row.person] = people.get(row.person, True) and not _waits(wave, row)
    return found


class _Row(Protocol):
    """How an enrolment stands in a wave. `in_pair`: it has a relationship to be asked about; `pair_waits`: about one of them
    nothing was sent; `begun_alone`, `sent_alone`: answers about the programme alone were begun, and sent."""

    role: str
    in_pair: bool
    pair_waits: bool
    begun_alone: bool
    sent_alone: bool


def _by_enrolment(waves: QuerySet[Wave], **whose: object) -> QuerySet[Any]:
    """These waves, each once for every enrolment that takes part, as a _Row: what `targets` finds for one person, for many."""
    theirs = Response.objects.filter(
        wave=OuterRef(OuterRef("pk")), enrolment=OuterRef(OuterRef("enrolment")), relationship=OuterRef("pk")
    )
    pairs = Relationship.objects.filter(
        ASKED_ABOUT | Exists(theirs),
        programme__waves=OuterRef("pk"),
        members__enrolment=OuterRef("enrolment"),
        members__left_at=None,
    )
    sent = Q(submitted_at__isnull=False)
    alone = Response.objects.filter(wave=OuterRef("pk"), enrolment=OuterRef("enrolment"), relationship=None)
    return waves.filter(programme__enrolments__status__in=TAKING_PART, **whose).annotate(
        enrolment=F("programme__enrolments"),
        person=F("programme__enrolments__person"),
        role=F("programme__enrolments__role"),
        in_pair=Exists(pairs),
        pair_waits=Exists(pairs.filter(~Exists(theirs.filter(sent)))),
        begun_alone=Exists(alone),
        sent_alone=Exists(alone.filter(sent)),
    )


def _about_pairs(wave: Wave, row: _Row) -> bool:
    return row.in_pair and not row.begun_alone and _by_pair(wave)


def _has_pages(wave: Wave, row: _Row) -> bool:
    return bool(pages_of(wave, role=row.role, has_partner=_about_pairs(wave, row)))


def _waits(wave: Wave, row: _Row) -> bool:
    return row.pair_waits if _about_pairs(wave, row) else not row.sent_alone


def waves_of(programme: Programme) -> QuerySet[Wave]:
    """The waves of a programme, the newest first."""
    return (
        Wave.objects.filter(programme=programme)
        .select_related("instrument")
        .annotate(
            left_out=Count("responses", filter=~Q(responses__left_out=""), distinct=True),
        )
        .order_by("-opens_at", "-number")
    )


def people_asked(programme: Programme) -> int:
    """How many people take part, each once."""
    rows = Enrolment.objects.filter(programme=programme, status__in=TAKING_PART)
    people: int = rows.aggregate(people=Count("person", distinct=True))["people"]
    return people
