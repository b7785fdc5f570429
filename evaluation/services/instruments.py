"""Instruments of an institution's own: loaded or built, licensed, activated, followed by a new version, put away."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Institution, User
from accounts.services import record
from core.errors import DomainError
from core.text import clean_name
from evaluation.instruments import BadInstrument, Fault, confirmed_on, define, read
from evaluation.models import Instrument

UP, DOWN, DELETE = "up", "down", "delete"


class InstrumentIsFrozen(DomainError):
    code = "instrument_is_frozen"
    default = gettext_lazy(
        "People may be answering this version, so it stays as it is. Make a new version to change it."
    )


class InstrumentAsksNothing(DomainError):
    code = "instrument_asks_nothing"
    default = gettext_lazy("There is no question in it yet.")


class LicenceIsMissing(DomainError):
    code = "licence_is_missing"
    default = gettext_lazy("Say under which licence these questions may be used, then activate it.")


class OthersDependOnIt(DomainError):
    code = "others_depend_on_it"
    default = gettext_lazy("Another question is asked only after this one. Change that one first.")


@transaction.atomic
def load_instrument(institution: Institution, data: bytes, *, by: User, at: datetime) -> Instrument:
    """A draft from a file in the loader format; its licence is confirmed when it is activated. Raises BadInstrument, and then
    nothing of the file is kept."""
    document = read(data)
    if not document.get("items"):
        raise BadInstrument(Fault("items", _("There is no question in it.")))
    return begin_instrument(institution, document, by=by, at=at)


@transaction.atomic
def begin_instrument(institution: Institution, document: Mapping[str, Any], *, by: User, at: datetime) -> Instrument:
    """A draft from a document, which may have no question yet. Raises BadInstrument."""
    definition = define(document)
    name = clean_name(document["instrument"])
    house = Institution.objects.select_for_update().get(pk=institution.pk)
    if Instrument.objects.filter(institution=house, name=name, version=document["version"]).exists():
        raise BadInstrument(
            Fault("version", _("Version %(n)s of “%(name)s” is here already. Give the file the next number.")
                  % {"n": document["version"], "name": name})
        )  # fmt: skip
    made = Instrument.objects.create(
        institution=house,
        name=name,
        version=document["version"],
        roles=definition.roles,
        content=definition.content,
        licence_text=document.get("licence_text", "").strip(),
        licence_confirmed_by=clean_name(document.get("licence_confirmed_by") or ""),
        licence_confirmed_on=confirmed_on(document.get("licence_confirmed_at")),
        created_by=by,
        created_at=at,
    )
    record("instrument.loaded", by=by, at=at, target=made, institution_id=house.pk)
    return made


def _change(instrument: Instrument, edit: Callable[[dict[str, Any]], None]) -> None:
    """Change the document of a draft under its row's lock."""
    row = Instrument.objects.select_for_update().get(pk=instrument.pk)
    if not row.is_draft:
        raise InstrumentIsFrozen
    document = row.document
    edit(document)
    definition = define(document)
    row.content, row.roles = definition.content, definition.roles
    row.licence_text = document["licence_text"].strip()
    row.save(update_fields=["content", "roles", "licence_text"])


@transaction.atomic
def keep_settings(instrument: Instrument, settings: Mapping[str, Any]) -> None:
    """Title, licence, scale, scoring and component of a draft. Raises InstrumentIsFrozen, BadInstrument."""
    _change(instrument, lambda document: document.update(settings))


@transaction.atomic
def keep_question(
    instrument: Instrument, item: Mapping[str, Any], *, code: str = "", subscale: Mapping[str, str] | None = None
) -> None:
    """Put `item` (as in a file) in the place of the question `code`, or at the end. `subscale`: the names of a new one that it
    belongs to. Raises InstrumentIsFrozen, BadInstrument."""

    def edit(document: dict[str, Any]) -> None:
        items, row = document["items"], dict(item)
        if subscale:
            row["subscale"] = next(
                free for n in range(1, 1000) if (free := f"s{n}") not in document["subscales"]
                and all(each.get("subscale") != free for each in items)
            )  # fmt: skip
            document["subscales"] = {**document["subscales"], row["subscale"]: dict(subscale)}
        if subscale or document["subscales"]:
            _name_all(document)
        places = [place for place, each in enumerate(items) if each["id"] == code]
        if places:
            items[places[0]] = row
        else:
            items.append(row)

    _change(instrument, edit)


def _name_all(document: dict[str, Any]) -> None:
    """A subscale that had only its code gets it for its name, now that others have names."""
    used = {each["subscale"] for each in document["items"] if each.get("subscale")}
    document["subscales"] = {code: {"en": code} for code in used} | document["subscales"]


@transaction.atomic
def arrange(instrument: Instrument, code: str, act: str) -> None:
    """Move a question of a draft up or down by one, or take it out. Raises InstrumentIsFrozen, OthersDependOnIt."""

    def edit(document: dict[str, Any]) -> None:
        items = document["items"]
        place = next((place for place, each in enumerate(items) if each["id"] == code), None)
        if place is None:
            return
        if act == DELETE:
            del items[place]
        elif 0 <= (other := place + {UP: -1, DOWN: 1}.get(act, 0)) < len(items):
            items[place], items[other] = items[other], items[place]

    try:
        _change(instrument, edit)
    except BadInstrument as error:
        raise OthersDependOnIt from error


@transaction.atomic
def activate(instrument: Instrument, *, confirmed_by: str, confirmed_on: date, by: User, at: datetime) -> None:
    """Confirm the licence by name and date, and open the version for use; from now on it is frozen. Raises
    InstrumentIsFrozen, InstrumentAsksNothing, LicenceIsMissing."""
    row = Instrument.objects.select_for_update().get(pk=instrument.pk)
    if not row.is_draft:
        raise InstrumentIsFrozen
    if not row.definition.questions:
        raise InstrumentAsksNothing
    if not row.licence_text:
        raise LicenceIsMissing
    row.licence_confirmed_by, row.licence_confirmed_on = confirmed_by, confirmed_on
    row.activated_by, row.activated_at = by, at
    row.save(update_fields=["licence_confirmed_by", "licence_confirmed_on", "activated_by", "activated_at"])
    record("instrument.licence_confirmed", by=by, at=at, target=row, institution_id=row.institution_id)
    record("instrument.activated", by=by, at=at, target=row, institution_id=row.institution_id)


@transaction.atomic
def new_version(instrument: Instrument, *, by: User, at: datetime) -> Instrument:
    """A draft that begins as this version; its licence is confirmed anew."""
    Institution.objects.select_for_update().get(pk=instrument.institution_id)
    same = Instrument.objects.filter(institution=instrument.institution_id, name=instrument.name)
    draft = same.filter(activated_at=None).order_by("-version").first()
    if draft is not None:
        return draft
    last = same.aggregate(last=Max("version"))["last"] or 0
    document = instrument.document | {"version": last + 1, "licence_confirmed_by": None, "licence_confirmed_at": None}
    return begin_instrument(instrument.institution, document, by=by, at=at)


@transaction.atomic
def put_away(instrument: Instrument, *, by: User, at: datetime) -> None:
    """A draft is deleted; a version that was active is offered no more, what was answered stays."""
    row = Instrument.objects.select_for_update().get(pk=instrument.pk)
    record("instrument.put_away", by=by, at=at, target=row, institution_id=row.institution_id)
    if row.is_draft:
        row.delete()
    elif row.retired_at is None:
        row.retired_at = at
        row.save(update_fields=["retired_at"])
