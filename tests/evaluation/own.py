"""An own questionnaire as a file: two subscales, a reversed item, one for mentees alone, one that branches, one in words."""

import copy
from datetime import date

from evaluation.instruments import define
from evaluation.models import Instrument
from tests.factories import NOW

DOCUMENT = {
    "instrument": "trust",
    "version": 1,
    "title": {"en": "Trust between two", "fa": "اعتماد میان دو نفر"},
    "licence_text": "CC BY 4.0",
    "scale": {"min": 0, "max": 6, "labels": {"en": ["never", "always"], "fa": ["هرگز", "همیشه"]}},
    "subscales": {"warm": {"en": "Warmth", "fa": "گرمی"}, "open": {"en": "Openness"}},
    "items": [
        {"id": "a1", "text": {"en": "I can rely on {p}.", "fa": "می‌توانم به {p} تکیه کنم."}, "subscale": "warm"},
        {"id": "a2", "text": {"en": "I hesitate to ask."}, "subscale": "warm", "reverse": True},
        {"id": "b1", "text": {"en": "I say what I think."}, "subscale": "open", "roles": ["mentee"]},
        {"id": "b2", "text": {"en": "It helps when I say it."}, "subscale": "open", "when": {"item": "a1", "at_least": 4}},
        {"id": "c1", "text": {"en": "What helped most?"}, "kind": "open"},
    ],
    "scoring": {"method": "mean", "min_valid": 2},
    "maps_to": "relationships.friendly",
}  # fmt: skip


def document(**changes):
    return copy.deepcopy(DOCUMENT) | changes


def own_row(institution, name="trust", *, version=1, active=False, **changes):
    """A version that is not saved yet."""
    content = {key: document(**changes)[key] for key in ("title", "scale", "subscales", "items", "scoring", "maps_to")}
    roles = define(document(**changes)).roles
    confirmed = {
        "licence_confirmed_by": "Sara", "licence_confirmed_on": date(2026, 9, 1), "activated_at": NOW
    } if active else {}  # fmt: skip
    given = {"institution": institution, "name": name, "version": version, "roles": roles, "content": content}
    return Instrument(licence_text="CC BY", created_at=NOW, **given, **confirmed)


def own_instrument(institution, name="trust", **how):
    made = own_row(institution, name, **how)
    made.save()
    return made
