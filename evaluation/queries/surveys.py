"""What a person is asked in a wave, and how many have answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from evaluation.asking import pages_of
from evaluation.facts import TAKING_PART
from evaluation.models import Instrument, Response, Wave
from evaluation.questionnaire import ROLES, Section
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship


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
    """What `user` is asked about: each open relationship, or the programme for somebody without one and where an own
    instrument asks nothing about a partner. Four queries."""
    enrolments = list(
        Enrolment.objects.filter(programme=wave.programme_id, person=user, status__in=TAKING_PART).order_by("pk")
    )
    responses = {
        (row.enrolment_id, row.relationship_id): row
        for row in Response.objects.visible_to(user).filter(wave=wave).select_related("wave")
    }
    by_pair = wave.instrument is None or wave.instrument.definition.about_partner
    pairs = list(
        Relationship.objects.of(user)
        .filter(programme=wave.programme_id)
        .filter(_asked_about(wave) | Q(responses__wave=wave, responses__enrolment__person=user))
        .distinct()
        .prefetch_related("members__person")
        .order_by("pk")
        if by_pair
        else ()
    )
    found = []
    for enrolment in enrolments:
        mine = [pair for pair in pairs if any(member.enrolment_id == enrolment.pk for member in pair.members.all())]
        for pair in mine:
            over = pair.status not in Relationship.OPEN
            names = [
                str(m.person) for m in pair.members.all() if m.role != enrolment.role and (over or m.left_at is None)
            ]
            response = responses.get((enrolment.pk, pair.pk))
            found.append(Target(f"r{pair.pk}", wave, enrolment, pair, " · ".join(names), response))
        if not mine:
            response = responses.get((enrolment.pk, None))
            found.append(Target(f"e{enrolment.pk}", wave, enrolment, None, "", response))
    return [target for target in found if target.done or target.sections()]


def _asked_about(wave: Wave) -> Q:
    """Relationships that are open; long after the end, those that were."""
    if wave.form == Wave.Form.AFTER:
        return ~Q(status=Relationship.Status.VOIDED)
    return Q(status__in=Relationship.OPEN)


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


def waiting_waves(user: User, now: datetime) -> QuerySet[Wave]:
    """Open waves in which the reader takes part and has sent nothing yet."""
    sent = Response.objects.visible_to(user).filter(submitted_at__isnull=False).values("wave")
    mine = Enrolment.objects.filter(person=user, status__in=TAKING_PART).values("programme")
    anybody = Q(instrument=None) | Q(instrument__roles=Instrument.Roles.BOTH)
    of_one_side = [Q(instrument__roles=role, programme__in=mine.filter(role=role)) for role in ROLES]
    waves: QuerySet[Wave] = (
        Wave.objects.visible_to(user)
        .open(now)
        .filter((anybody & Q(programme__in=mine)) | of_one_side[0] | of_one_side[1])
        .exclude(pk__in=sent)
        .select_related("programme", "instrument")
        .order_by("opens_at", "pk")
    )
    return waves


def waves_of(programme: Programme) -> QuerySet[Wave]:
    """The waves of a programme with how many people have answered (`sent`); the newest first."""
    return (
        Wave.objects.filter(programme=programme)
        .select_related("instrument")
        .annotate(
            sent=Count("responses__enrolment__person", filter=Q(responses__submitted_at__isnull=False), distinct=True),
            left_out=Count("responses", filter=~Q(responses__left_out=""), distinct=True),
        )
        .order_by("-opens_at", "-number")
    )


def people_asked(programme: Programme) -> dict[str, int]:
    """How many people take part, as mentors, as mentees, and in `both`, each once."""
    rows = Enrolment.objects.filter(programme=programme, status__in=TAKING_PART)
    counted = {role: Count("person", filter=Q(role=role), distinct=True) for role in ROLES}
    return rows.aggregate(both=Count("person", distinct=True), **counted)
