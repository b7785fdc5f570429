"""What a programme's people pages show: the funnel, who still lacks what, possible counterparts, what happened."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, Consent, User
from core.models import Job
from core.text import ZWNJ, to_ascii_digits, to_persian_digits
from mentoring.planning.models import Availability, Enrolment, Never, PeopleImport, Programme, UnderReview, Wish
from mentoring.planning.rules import STEPS

S = Enrolment.Status
FUNNEL = (S.INVITED, S.REGISTERED, S.APPLIED, S.APPROVED, S.TRAINING, S.READY)
WITH_REASON = frozenset({"reject", "suspend"})


@dataclass(frozen=True)
class Check:
    """One line of the readiness checklist. `url_name` is a page that takes `args`."""

    key: str
    label: str | Promise
    done: bool
    url_name: str
    args: tuple[object, ...] = ()


def readiness(enrolment: Enrolment) -> list[Check]:
    """What somebody needs before they can be matched, only what their programme asks, in a sensible order."""
    asked = enrolment.programme.asks(enrolment.role)
    edit = (enrolment.pk,)
    checks = [
        Check(
            "profile",
            _("A line about oneself, and the field"),
            bool(str(enrolment.person) and enrolment.headline and enrolment.field),
            "enrolment_edit",
            edit,
        )
    ]
    if "skills" in asked:
        skills_label = _("Subjects to help with") if enrolment.is_mentor else _("Subjects to get help with")
        checks.append(Check("skills", skills_label, enrolment.concepts.exists(), "enrolment_edit", edit))
    if "availability" in asked:
        free = Availability.objects.filter(person=enrolment.person_id).exists()
        checks.append(Check("availability", _("Free time in a week"), free, "enrolment_edit", edit))
    given = Consent.objects.filter(person=enrolment.person_id, kind=Consent.Kind.TERMS, withdrawn_at=None).exists()
    checks.append(Check("consent", _("Agreement to the terms"), given, "consent"))
    if enrolment.programme.needs_training(enrolment.role):
        done = enrolment.trained_at is not None
        checks.append(Check("training", _("The first modules"), done, "growth"))
    return checks


def lacks_only_training(checks: Sequence[Check]) -> bool:
    return [check.key for check in checks if not check.done] == ["training"]


def next_steps(user: User, enrolment: Enrolment) -> list[str]:
    """The verbs that `user` may do now; the pages draw exactly these buttons."""
    verbs = ("approve", "reject", "pause", "resume", "rejoin", "withdraw", "suspend", "reinstate")
    return [
        verb
        for verb in verbs
        if enrolment.status in STEPS[verb].before and user.has_perm(f"planning.{verb}_enrolment", enrolment)
    ]


@dataclass(frozen=True)
class FunnelStep:
    status: S
    mentors: int
    mentees: int

    @property
    def total(self) -> int:
        return self.mentors + self.mentees


def funnel(programme: Programme, *, beyond: Container[str] = (S.PAUSED,)) -> list[FunnelStep]:
    """How many people stand at each state from invited to ready; the states `beyond` count as ready. One query."""
    counted: dict[tuple[str, str], int] = {}
    rows = Enrolment.objects.filter(programme=programme).values("role", "status").annotate(n=Count("pk")).order_by()
    for row in rows:
        status = S.READY if row["status"] in beyond else row["status"]
        counted[row["role"], status] = counted.get((row["role"], status), 0) + row["n"]
    return [
        FunnelStep(
            status, counted.get((Enrolment.Role.MENTOR, status), 0), counted.get((Enrolment.Role.MENTEE, status), 0)
        )
        for status in FUNNEL
    ]


def spellings(text: str) -> set[str]:
    """The ways in which the same words may have been stored: both yeh and kaf, half-space, space or none, any digits."""
    plain = text.strip().replace("ي", "ی").replace("ك", "ک")
    spaced = {plain, plain.replace(ZWNJ, " "), plain.replace(" ", ZWNJ), plain.replace(ZWNJ, "")}
    letters = {form for one in spaced for form in (one, one.replace("ی", "ي").replace("ک", "ك"))}
    return {form for one in letters for form in (one, to_ascii_digits(one), to_persian_digits(one))}


def matching_words(text: str, *lookups: str) -> Q:
    """A condition that any of `lookups` contains what was typed, however it is spelled."""
    found = Q()
    for form in spellings(text):
        for lookup in lookups:
            found |= Q(**{f"{lookup}__icontains": form})
    return found


def counterparts(enrolment: Enrolment) -> QuerySet[Enrolment]:
    """Ready people of the other role in the same programme, without oneself and without those one never wants."""
    refused = Never.objects.filter(enrolment=enrolment, other=OuterRef("pk"))
    return (
        Enrolment.objects.filter(programme=enrolment.programme_id, role=enrolment.other_role, status=S.READY)
        .exclude(person=enrolment.person_id)
        .filter(~Exists(refused))
        .select_related("person")
        .prefetch_related("concepts")
        .order_by("person__name", "pk")
    )


def wishes_of(enrolment: Enrolment) -> QuerySet[Wish]:
    return enrolment.wishes.select_related("wished__person").order_by("rank")


def nevers_of(enrolment: Enrolment) -> QuerySet[Never]:
    """Those this person asked not to be matched with: their own list only, never that of the other side."""
    return (
        enrolment.nevers.filter(by=enrolment.person_id).select_related("other__person").order_by("other__person__name")
    )


def is_held(enrolment: Enrolment) -> bool:
    """Whether a coordinator holds this person back from matching, in either role."""
    held = UnderReview.objects.filter(enrolment__programme=enrolment.programme_id)
    return held.filter(enrolment__person=enrolment.person_id).exists()


def job_of(people_import: PeopleImport) -> Job | None:
    """The job that imports this file, or did."""
    return Job.objects.filter(key=people_import.job_key).first() if people_import.job_key else None


def history(enrolment: Enrolment) -> list[tuple[AuditEvent, User | None]]:
    """What happened to an enrolment, newest first, with who did it. Two queries."""
    events = list(
        AuditEvent.objects.filter(target_type=Enrolment._meta.label_lower, target_id=str(enrolment.pk)).order_by(
            "-seq"
        )[:50]
    )
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    return [(event, people.get(event.actor_id or 0)) for event in events]


@dataclass(frozen=True)
class ProgrammeNews:
    """A programme as it concerns one reader."""

    programme: Programme
    mine: list[Enrolment]
    coordinated: bool
    administered: bool
    takes_applications: bool


def programme_news(programmes: QuerySet[Programme], user: User | AnonymousUser, today: date) -> list[ProgrammeNews]:
    """The reader's own programmes first, then those open to anybody, newest first. Four queries."""
    found = list(programmes.select_related("institution").order_by("-starts_on", "pk"))
    mine: dict[int, list[Enrolment]] = {}
    coordinated: set[int] = set()
    managed: set[int] = set()
    if user.is_authenticated:
        for enrolment in Enrolment.objects.filter(person=user, programme__in=found).order_by("role"):
            mine.setdefault(enrolment.programme_id, []).append(enrolment)
        coordinated = set(Programme.objects.coordinated_by(user).values_list("pk", flat=True))
        managed = set(Programme.objects.managed_by(user).values_list("pk", flat=True))
    rows = [
        ProgrammeNews(
            row,
            mine.get(row.pk, []),
            row.pk in coordinated,
            row.pk in managed - coordinated,
            row.takes_applications(today),
        )
        for row in found
    ]
    return sorted(rows, key=lambda row: not (row.mine or row.coordinated or row.administered))
