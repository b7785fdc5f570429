"""What a person may learn, how far they are, and what coordinators may know of it: counts."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.rules import ACCEPTED, GONE
from mentoring.training.catalogue import ROLES, Module, modules
from mentoring.training.models import ModuleProgress, ProgrammeModule, SelfRating


@dataclass(frozen=True)
class Card:
    """A module as one person meets it. `due_on` is set when a programme asks for it."""

    module: Module
    progress: ModuleProgress | None
    due_on: date | None
    today: date

    @property
    def required(self) -> bool:
        return self.due_on is not None

    @property
    def finished(self) -> bool:
        return self.progress is not None and self.progress.finished_at is not None

    @property
    def overdue(self) -> bool:
        return self.due_on is not None and not self.finished and self.due_on < self.today

    @property
    def seen(self) -> int:
        """Screens that lie behind the person."""
        if self.progress is None:
            return 0
        return len(self.module.screens) if self.finished else min(self.progress.position, len(self.module.screens))


@dataclass(frozen=True)
class Shelf:
    """All modules for one person: what a programme asks for, and what is there for whoever likes."""

    required: tuple[Card, ...]
    free: tuple[Card, ...]

    @property
    def next(self) -> Card | None:
        """The module to go on with: a required one by its date, else one that was begun."""
        open_ones = [card for card in self.required if not card.finished]
        return next(iter(open_ones + [card for card in self.free if card.progress and not card.finished]), None)

    @property
    def finished(self) -> int:
        return sum(card.finished for card in self.required + self.free)


@dataclass(frozen=True)
class Rating:
    """One statement before and after a module, 1 to 5; None where it was not rated. The x are places on a 120 wide axis."""

    statement: str
    before: int | None
    after: int | None

    @property
    def before_x(self) -> int | None:
        return None if self.before is None else 10 + 25 * (self.before - 1)

    @property
    def after_x(self) -> int | None:
        return None if self.after is None else 10 + 25 * (self.after - 1)


@dataclass(frozen=True)
class Growth:
    """How a person rated themselves around one module."""

    module: Module
    ratings: tuple[Rating, ...]


@dataclass(frozen=True)
class ModuleCount:
    """How far the people of one role are with one module."""

    asked: ProgrammeModule
    module: Module
    people: int
    started: int
    finished: int


def roles_of(person: User) -> tuple[str, ...]:
    """The roles a person learns for; both for somebody who takes part in nothing yet."""
    held = set(person.enrolments.exclude(status__in=GONE).values_list("role", flat=True))
    return tuple(role for role in ROLES if role in held) or ROLES


def shelf(person: User, *, today: date) -> Shelf:
    """The person's modules: required ones by their date, then the others in the order of the catalogue. Two queries."""
    held, due = _asked_of(person)
    held = held or set(ROLES)
    progress = {row.module: row for row in person.module_progress.all()}
    cards = [
        Card(module, progress.get(module.slug), due.get(module.slug), today)
        for module in modules()
        if held & set(module.roles) or module.slug in due or module.slug in progress
    ]
    required = sorted(
        (card for card in cards if card.due_on), key=lambda card: (card.finished, card.due_on, card.module.order)
    )
    return Shelf(tuple(required), tuple(card for card in cards if not card.due_on))


def _asked_of(person: User) -> tuple[set[str], dict[str, date]]:
    """The roles a person holds, and by when which modules are required of them."""
    asked = (f"programme__modules__{name}" for name in ("role", "required", "module", "due_days"))
    rows = person.enrolments.exclude(status__in=GONE).values_list("role", "status", "decided_at", "status_at", *asked)
    held: set[str] = set()
    due: dict[str, date] = {}
    for role, status, decided_at, status_at, asked_role, required, module, days in rows:
        held.add(role)
        if status in ACCEPTED and required and asked_role == role:
            day = timezone.localdate(decided_at or status_at) + timedelta(days=days)
            due[module] = min(day, due.get(module, day))
    return held, due


def growth_of(person: User, *, language: str | None) -> tuple[Growth, ...]:
    """Every module a person rated themselves around, in the order of the catalogue."""
    rated: dict[str, dict[tuple[str, str], int]] = {}
    for row in SelfRating.objects.filter(progress__person=person).select_related("progress"):
        rated.setdefault(row.progress.module, {})[row.statement, row.moment] = row.value
    return tuple(
        Growth(module, _ratings(module, rated[module.slug], language)) for module in modules() if module.slug in rated
    )


def _ratings(module: Module, values: dict[tuple[str, str], int], language: str | None) -> tuple[Rating, ...]:
    before, after = SelfRating.Moment.BEFORE, SelfRating.Moment.AFTER
    return tuple(
        Rating(each.text.text(language), values.get((each.key, before)), values.get((each.key, after)))
        for each in module.statements
    )


def outstanding(enrolment: Enrolment) -> list[str]:
    """The slugs of the required modules that this person has not finished."""
    done = ModuleProgress.objects.filter(person=enrolment.person_id, finished_at__isnull=False)
    asked = ProgrammeModule.objects.filter(programme=enrolment.programme_id, role=enrolment.role, required=True)
    return list(asked.exclude(module__in=done.values("module")).values_list("module", flat=True))


def training_counts(programme: Programme) -> list[ModuleCount]:
    """For every module of a programme and role: how many take part, began and finished. Three queries, no names."""
    taking_part = Enrolment.objects.filter(programme=programme, status__in=ACCEPTED)
    people: dict[str, int] = dict(taking_part.values_list("role").annotate(n=Count("pk")).order_by())
    rows = (
        ModuleProgress.objects.filter(person__enrolments__programme=programme, person__enrolments__status__in=ACCEPTED)
        .values_list("module", "person__enrolments__role")
        .annotate(started=Count("pk"), finished=Count("finished_at"))
        .order_by()
    )
    progress = {(slug, role): (started, finished) for slug, role, started, finished in rows}
    known = {module.slug: module for module in modules()}
    return [
        ModuleCount(
            asked, known[asked.module], people.get(asked.role, 0), *progress.get((asked.module, asked.role), (0, 0))
        )
        for asked in programme.modules.order_by("-role", "pk")
        if asked.module in known
    ]
