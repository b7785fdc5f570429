"""Whether the mentees of different groups fare alike in an institution: what may be shown of it, in careful words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Institution
from core.dates import localise
from evaluation.disclosure import K_SENSITIVE, hidden
from evaluation.models import Told
from evaluation.statistics.proportions import wilson_limits
from mentoring.planning.models import Enrolment, GroupLabel
from mentoring.relationships.models import Relationship, Session


@dataclass(frozen=True)
class GroupRow:
    """What became of the mentees of one group; None for everything where the group is hidden. `code`: as it is stored."""

    code: str
    label: str
    n: int | None
    matched: float | None = None
    met: float | None = None
    stayed: float | None = None


@dataclass(frozen=True)
class GroupTable:
    """`stands_out`: two shown groups lie further apart than chance alone would bring. `code`: the question as it was asked; empty
    for the language of somebody's pages."""

    code: str
    question: str
    rows: list[GroupRow]
    said: str
    stands_out: bool


def groups_in(institution: Institution, first: date, last: date) -> list[list[Any]]:
    """What became of the mentees who came on these days (who were approved, or whose programme began, whichever was later), by
    the groups they named themselves and by the language of their pages: question, group, how many, and how many of them have or
    had a mentor, have met, left early. One query."""
    since, until = _begin(first), _begin(last + timedelta(days=1))
    mentees = Enrolment.objects.mentees().filter(
        Q(decided_at__gte=since) | Q(programme__starts_on__gte=first),
        programme__institution=institution,
        programme__starts_on__lte=last,
        decided_at__lt=until,
    )
    mine = Relationship.objects.filter(members__enrolment=OuterRef("enrolment"), started_at__lt=until).exclude(
        status=Relationship.Status.VOIDED
    )
    held = Session.objects.filter(
        relationship__members__enrolment=OuterRef("enrolment"), status=Session.Status.HELD, starts_at__lt=until
    )
    left = mine.filter(status=Relationship.Status.ENDED, closed_at__lt=until)

    def counted(rows: QuerySet[Any], *names: Any) -> QuerySet[Any]:
        became = rows.annotate(is_matched=Exists(mine), has_met=Exists(held), has_left=Exists(left)).order_by()
        found: QuerySet[Any] = became.values_list(*names).annotate(
            n=Count("pk"),
            matched=Count("pk", filter=Q(is_matched=True)),
            met=Count("pk", filter=Q(has_met=True)),
            left=Count("pk", filter=Q(has_left=True)),
        )
        return found

    labelled = counted(GroupLabel.objects.filter(enrolment__in=mentees), "group", "label")
    spoken = counted(
        mentees.annotate(enrolment=F("pk"), group=Value(""), label=F("person__language")), "group", "label"
    )
    return sorted(list(row) for row in labelled.union(spoken))


def are_enough(rows: Iterable[Sequence[Any]]) -> bool:
    """Whether there are enough mentees for two groups to be shown. Everybody has a language."""
    people: int = sum(n for question, _label, n, *_rest in rows if not question)
    return people >= 2 * K_SENSITIVE


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def group_tables(told: Told | None) -> list[GroupTable]:
    """What of it may be shown: groups of ten and more, of each question that was answered in two ways."""
    tables: dict[str, list[Sequence[Any]]] = {}
    for question, *row in told.content if told else ():
        tables.setdefault(question, []).append(row)
    named_first = sorted(tables.items(), key=lambda table: not table[0])
    return [_group_table(question, rows) for question, rows in named_first if len(rows) > 1]


def _group_table(question: str, rows: Iterable[Sequence[Any]]) -> GroupTable:
    of_language = not question
    rows = list(rows)
    away = hidden([n for _label, n, *_rest in rows], K_SENSITIVE)
    found, counts = [], []
    for place, (label, n, matched, met, left) in enumerate(rows):
        name = _language(label) if of_language else label
        if place in away:
            found.append(GroupRow(label, name, None))
        else:
            found.append(GroupRow(label, name, n, matched / n, met / n, 1 - left / n))
            counts.append((name, n, (matched, met, n - left)))
    said, stands_out = _difference(counts)
    return GroupTable(question, _("Language of the pages") if of_language else question, found, said, stands_out)


def _language(code: str) -> str:
    return {"fa": _("Persian"), "en": _("English")}.get(code, code)


def _difference(groups: Sequence[tuple[str, int, tuple[int, int, int]]]) -> tuple[str, bool]:
    """The largest difference between two shown groups in words, and whether chance alone may bring as much: where their Wilson
    intervals touch, no difference is claimed."""
    if len(groups) < 2:
        return _("There are not two groups of ten people or more yet, so nothing is compared."), False
    names = (_("having a mentor"), _("having met"), _("going on"))
    gaps = []
    for place, what in enumerate(names):
        ranked = sorted(groups, key=lambda group: group[2][place] / group[1])
        (_least, n, low), (_most, m, high) = ranked[0], ranked[-1]
        apart = wilson_limits(low[place], n)[1] < wilson_limits(high[place], m)[0]
        gaps.append((apart, high[place] / m - low[place] / n, what, ranked[-1][0], ranked[0][0]))
    apart, gap, what, most, least = max(gaps)
    if round(100 * gap) == 0:
        return _("The groups stand alike."), False
    words = {"n": localise(round(100 * gap)), "what": what, "most": most, "least": least}
    if apart:
        said = _("“%(most)s” lies %(n)s points above “%(least)s” in %(what)s: more than chance alone would bring.")
    else:
        said = _(
            "The largest difference is %(n)s points in %(what)s. With so few people chance alone may bring as much."
        )
    return said % words, apart
