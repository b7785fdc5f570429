"""What stands beside the score of a stage, category or component: how many, how sure, since when, of what, and how computed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.dates import format_day, localise
from evaluation import words
from evaluation.anchors import Own, measure_of
from evaluation.disclosure import may_compare
from evaluation.indicators import ALL, Indicator
from evaluation.models import Score
from evaluation.queries.upstream import Rows, points_of, whole
from paradigm.model import Category, Component, Stage, categories, components, stage_of, stages

PAIR = 2
"""At least so many people stand behind a relationship."""
Named = tuple[str, float]
"""What something is called in the reader's language, and its score."""


@dataclass(frozen=True)
class Before:
    """An earlier day: slug -> value and n; `changed`: where something was measured otherwise then."""

    on: date | None = None
    values: dict[str, tuple[float, int]] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Beside:
    """In the reader's words, each empty where there is nothing to say; then `how` says why. `weakest`: its weakest part."""

    name: str
    n: int
    low: int | None
    high: int | None
    interval: str
    change: str
    coverage: str
    weakest: str
    how: list[str]

    @property
    def said(self) -> list[str]:
        """How sure it is, how it moves, how much of it is measured, and what of that is weakest: whatever there is to say."""
        return [each for each in (self.interval, self.change, self.coverage, self.weakest) if each]


def before(on: date, then: Sequence[Score], rows: Rows, own: Own) -> Before:
    """The scores `then`, those of an earlier day, beside those in `rows`."""
    changed = {slug for row in then if measured_otherwise(row, rows, own) for slug in _around(row.component)}
    values = {row.component: (row.value, row.n) for row in then if row.code == "both" and row.value is not None}
    return Before(on, values, frozenset(changed))


def measured_otherwise(then: Score, rows: Rows, own: Own) -> bool:
    """Whether a figure was computed with another formula or other anchors than the same one in `rows`; never where neither is
    there."""
    now = rows.get((then.component, then.code))
    if now is None or (now.value is None and then.value is None):
        return False
    return measure_of(now, own) != measure_of(then, own)


def _around(slug: str) -> tuple[str, str, str]:
    """A component, its category and its stage."""
    return slug, slug.partition(".")[0], stage_of(slug).slug


class Beholder:
    """Says what stands beside the scores in `rows`. `drawn`: what the intervals draw again."""

    def __init__(self, rows: Rows, then: Before, drawn: str = "") -> None:
        self.rows, self.then = rows, then
        self.drawn = drawn or _("the same relationships")
        self._nameable = self._may_be_named()

    def of_stage(self, stage: Stage) -> Beside:
        groups = [group for group in categories() if group.stage == stage.slug]
        parts = [part for group in groups for part in group.components]
        measured = self._scored(groups)
        coverage = _of_all(len(self._scored(parts)), len(parts))
        if 0 < len(measured) < len(groups):
            partly = _("%(n)s of %(of)s categories") % {"n": localise(len(measured)), "of": localise(len(groups))}
            coverage = f"{partly} · {coverage}"
        made = (
            _("The mean of its measured categories: %(parts)s.") if measured else _("It needs one measured category.")
        )
        needs = _("A category needs two of its three components.")
        return self._beside(stage, coverage, self._scored(parts), [made % {"parts": _listed(measured)}, needs])

    def of_category(self, group: Category) -> Beside:
        measured = self._scored(group.components)
        made = _("It needs two of its three components.")
        if len(measured) > 1:
            made = _("The mean of its measured components, of which it needs two: %(parts)s.")
        coverage = _of_all(len(measured), len(group.components))
        return self._beside(group, coverage, measured, [made % {"parts": _listed(measured)}])

    def of_component(self, part: Component) -> Beside:
        mine = [each for each in ALL if each.component == part.slug and self._applies(each)]
        found = [(str(each.name), points_of(self.rows, part.slug, each.code)) for each in mine]
        measured = [(name, points) for name, points in found if points is not None]
        coverage = _("none of its indicators applies here")
        if mine:
            told = {"n": localise(len(measured)), "of": localise(len(mine))}
            coverage = _("%(n)s of %(of)s indicators measured") % told
        happens, said = (points_of(self.rows, part.slug, facet) for facet in ("behaviour", "perception"))
        made = []
        if happens is not None and said is not None:
            given = {"happens": localise(round(happens)), "said": localise(round(said))}
            made.append(_("The mean of what happens (%(happens)s) and what people say (%(said)s).") % given)
        elif happens is not None or said is not None:
            made.append(
                _("It rests on what happens alone.") if said is None else _("It rests on what people say alone.")
            )
        if measured:
            made.append(_("What happens needs half of its indicators: %(parts)s.") % {"parts": _listed(measured)})
        return self._beside(part, coverage, measured, made)

    def _applies(self, indicator: Indicator) -> bool:
        row = self.rows.get((indicator.component, indicator.code))
        return row is None or row.state != Score.State.NOT_APPLICABLE

    def _scored(self, parts: Sequence[Category | Component]) -> list[Named]:
        found = [(part.name(get_language()), points_of(self.rows, part.slug)) for part in parts]
        return [(name, points) for name, points in found if points is not None]

    def _beside(self, of: Stage | Category | Component, coverage: str, parts: list[Named], made: list[str]) -> Beside:
        name, row = of.name(get_language()), self.rows.get((of.slug, "both"))
        if row is None or row.value is None:
            state = words.STATES[row.state if row else Score.State.TOO_EARLY]
            none = _("There is no number: %(why)s. %(coverage)s.") % {"why": state, "coverage": coverage}
            return Beside(name, 0, None, None, "", "", coverage, "", [none, *made])
        low, high = (whole(row.inputs.get(end)) for end in ("low", "high"))
        interval = words.interval(row.inputs)
        change, why_none = self._change(row)
        weakest = min(parts, key=lambda named: named[1]) if len(parts) > 1 else None
        told = [
            *made,
            _(
                "n %(n)s counts the relationships that have a figure in it; where no figure is of relationships, people or"
                " records."
            )
            % {"n": localise(row.n)},
            _("%(interval)s: drawn a thousand times again from %(what)s, 95 of 100 scores lie in it.")
            % {"interval": interval, "what": self.drawn}
            if interval
            else _("No interval: it needs two relationships or more that differ in what is measured."),
            _(
                "The programmes have set different anchors here, and each enters with its score by its own. Figures measured "
                "with different anchors are not set side by side."
            )
            if self._is_mixed(of.slug)
            else "",
            why_none,
        ]
        return Beside(
            name=name,
            n=row.n,
            low=low,
            high=high,
            interval=interval,
            change=change,
            coverage=coverage,
            weakest=_("weakest: %(name)s %(n)s") % {"name": weakest[0], "n": localise(round(weakest[1]))}
            if weakest
            else "",
            how=[line for line in told if line],
        )

    def _is_mixed(self, slug: str) -> bool:
        """Whether the programmes of an institution are measured with different anchors in it."""
        mixed = (row for row in self.rows.values() if len(row.inputs.get("anchors", ())) > 1)
        return any(slug in _around(row.component) for row in mixed)

    def _change(self, row: Score) -> tuple[str, str]:
        """Points since the earlier day; else why none are named."""
        slug, then = row.component, self.then
        if then.on is None or row.value is None:
            return "", _("No change is named yet: it needs a day at least two weeks ago that was computed, too.")
        day = {"day": format_day(then.on, year=False)}
        if slug in then.changed:
            return _("measured otherwise than on %(day)s") % day, ""
        if slug not in then.values:
            return "", _("No change is named: there was no number on %(day)s.") % day
        if slug not in self._nameable:
            return "", _("No change is named: since %(day)s fewer than five people came or went.") % day
        points = row.value - then.values[slug][0]
        if abs(points) < 1:
            return _("steady since %(day)s") % day, ""
        sign = "▲" if points > 0 else "▼"
        return _("%(sign)s %(n)s since %(day)s") % {"sign": sign, "n": localise(round(abs(points))), **day}, ""

    def _may_be_named(self) -> set[str]:
        """Whose change may be named. Those of one whole only all together: the one left out could be worked out from the rest."""
        found = set()
        wholes: list[Sequence[str]] = [[stage.slug] for stage in stages()]
        wholes += [[group.slug for group in categories(stage.slug)] for stage in stages()]
        wholes += [[part.slug for part in components() if part.category == group.slug] for group in categories()]
        for slugs in wholes:
            if all(self._may_be_beside(slug) for slug in slugs):
                found |= set(slugs)
        return found

    def _may_be_beside(self, slug: str) -> bool:
        now = self.rows.get((slug, "both"))
        if now is None or now.value is None or slug not in self.then.values:
            return True
        return may_compare(PAIR * self.then.values[slug][1], PAIR * now.n)


def _of_all(n: int, of: int) -> str:
    return _("%(n)s of %(of)s components measured") % {"n": localise(n), "of": localise(of)}


def _listed(parts: Sequence[Named]) -> str:
    return _(", ").join(f"{name} {localise(round(points))}" for name, points in parts)
