"""An indicator as a programme measures it: with its own anchors, where it has some."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from evaluation.facts.asking import Asked, asks_of_one
from evaluation.indicators import ALL, BY_CODE, Indicator
from evaluation.models import Anchors, Score
from mentoring.planning.models import Programme

RANGES: dict[str, tuple[float, float]] = {
    "share": (0.0, 1.0),
    "days": (0.0, 730.0),
    "hours": (0.0, 2160.0),
    "ms": (1.0, 60000.0),
    "number": (-10.0, 100.0),
    "stars": (1.0, 5.0),
    "ratio": (0.0, 5.0),
    "points": (0.0, 100.0),
}
"""What a raw figure of a unit may sensibly be."""
Own = Mapping[tuple[int, str, int], Sequence[float]]
"""Programme, indicator, version -> the anchors a programme set itself."""


class AnchorsMakeNoSense(DomainError):
    code = "anchors_make_no_sense"
    status = 400
    default = _("These anchors make no sense together.")


def check_anchors(indicator: Indicator, values: Sequence[float]) -> None:
    """Raises AnchorsMakeNoSense with a sentence that says what is wrong."""
    low, high = RANGES[indicator.unit]
    if len(values) != len(indicator.anchors) or any(not low <= value <= high for value in values):
        raise AnchorsMakeNoSense(_("One of these figures cannot occur. Stay within what the unit allows."))
    if indicator.kind == "band":
        if not values[0] < values[1] <= values[2] < values[3]:
            raise AnchorsMakeNoSense(_("The four figures of a band rise from the first to the last."))
        return
    if indicator.kind == "log" and min(values) <= 0:
        raise AnchorsMakeNoSense(_("A waiting time is longer than nothing."))
    zero, full = values
    if zero == full:
        raise AnchorsMakeNoSense(_("0 and 100 cannot stand at the same figure."))
    if (full > zero) != (indicator.anchors[1] > indicator.anchors[0]):
        better = _("More is better here") if full < zero else _("Less is better here")
        raise AnchorsMakeNoSense(
            _("%(better)s: the figure for 100 stands on the other side of the figure for 0.") % {"better": better}
        )


def indicators_of(programme: Programme, day: date) -> tuple[Indicator, ...]:
    """Every indicator with the anchors that apply in the programme on `day`. One query."""
    in_force = {code: own for code, from_on, *own in _anchors(programme.pk) if from_on <= day}
    return tuple(_with(indicator, *in_force.get(indicator.code, ())) for indicator in ALL)


@asks_of_one
def _anchors(programme: int) -> Asked:
    return Anchors.objects.filter(programme=programme).order_by("version"), "code", "from_on", "values", "version"


def with_version(indicator: Indicator, version: int, rows: Iterable[Anchors]) -> Indicator:
    """The indicator as it was measured with this version of its anchors."""
    found = ((row.values, row.version) for row in rows if row.code == indicator.code and row.version == version)
    return _with(indicator, *next(found, ()))


def by_version(rows: Iterable[Anchors]) -> Own:
    return {(row.programme_id, row.code, row.version): row.values for row in rows}


def measure_of(row: Score, own: Own) -> tuple[int, Any]:
    """What a figure was measured with: the version of its formula, and its anchors themselves, for version 2 of one programme is
    not version 2 of another. Of an institution the anchors of its programmes, where some are their own."""
    indicator = BY_CODE.get(row.code)
    if indicator is None:
        return row.version, None
    anchors: Any = indicator.anchors
    if row.programme_id is None:
        anchors = row.inputs.get("anchors", [anchors])
    elif row.anchors_version > 1:
        unknown = (row.programme_id, row.anchors_version)
        anchors = own.get((row.programme_id, row.code, row.anchors_version), unknown)
    return row.version, _listed(anchors)


def _listed(anchors: Any) -> Any:
    """As they come back from the database, so that they can be compared."""
    return [_listed(each) for each in anchors] if isinstance(anchors, list | tuple) else float(anchors)


def _with(indicator: Indicator, values: Iterable[float] = (), version: int = 1) -> Indicator:
    return replace(indicator, anchors=tuple(values), anchors_version=version) if values else indicator
