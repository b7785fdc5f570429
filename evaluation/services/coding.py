"""Coding of answers in words: begun, joined, done apart by two people, compared, agreed on, told in numbers."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import record
from core.errors import DomainError
from evaluation.models import Code, Coded, Coding, Wave
from evaluation.queries.coding import (
    Written,
    answers_of,
    closings_of,
    compared,
    counts,
    may_be_read,
    numbers_in,
)
from mentoring.planning.models import Programme
from paradigm.model import categories, stages

MAX_CODES = 150
Move = tuple[Code, Code | None]
"""A code, and the one that it is put under."""


class TooFewWrote(DomainError):
    code = "too_few_wrote"
    default = _("These answers are read only when the wave is over and ten people or more have written.")


class NotYourCoding(DomainError):
    code = "not_your_coding"
    status = 403
    default = _("Two people code these answers, and you are not one of them.")


class CodingIsDone(DomainError):
    code = "coding_is_done"
    default = _("You have finished your part; it stays as it is, so that the two can be compared.")


class CodingIsNotDone(DomainError):
    code = "coding_is_not_done"
    default = _("Some answers still wait for your codes.")


class NotComparedYet(DomainError):
    code = "not_compared_yet"
    default = _("The two are compared when both have finished.")


class DifferencesAreOpen(DomainError):
    code = "differences_are_open"
    default = _("You still differ on some answers. Agree on them first; then the numbers can be shown.")


class CodebookStays(DomainError):
    code = "codebook_stays"
    default = _("The numbers are shown, so codes and what you agreed on stay as they are.")


class TooManyCodes(DomainError):
    code = "too_many_codes"
    default = _("There are 150 codes already. Bring some of them together.")


@transaction.atomic
def begin_coding(wave: Wave, item: str, *, with_model: bool, by: User, at: datetime) -> Coding:
    """Open the answers to one question for coding, `by` as the first coder. With `with_model` the codebook begins with the
    stages of the model as core and its categories as axial. Raises TooFewWrote."""
    if not may_be_read(wave, item, at):
        raise TooFewWrote
    coding, new = Coding.objects.get_or_create(wave=wave, item=item, defaults={"begun_at": at, "first": by})
    if new:
        record("coding.begun", by=by, at=at, target=coding, institution_id=wave.programme.institution_id)
        if with_model:
            _model_into(coding)
    return coding


@transaction.atomic
def begin_closings(programme: Programme, *, with_model: bool, by: User, at: datetime) -> Coding:
    """Open for coding what people who agreed to research wrote when they closed their relationships, as far as it is in no
    earlier coding. What is written later waits for the next. Raises TooFewWrote."""
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    if not closings_of(programme, at).may_be_read:
        raise TooFewWrote(_("These words are read only when ten people or more who agreed to research have written."))
    coding = Coding.objects.create(closings_of=programme, begun_at=at, first=by)
    record("coding.begun", by=by, at=at, target=coding, institution_id=programme.institution_id)
    if with_model:
        _model_into(coding)
    return coding


def _model_into(coding: Coding) -> None:
    core = {
        each.slug: Code.objects.create(coding=coding, level=Code.Level.CORE, name=each.en, slug=each.slug)
        for each in stages()
    }
    Code.objects.bulk_create(
        Code(coding=coding, level=Code.Level.AXIAL, name=each.en, slug=each.slug, parent=core[each.stage])
        for each in categories()
    )


@transaction.atomic
def join_coding(coding: Coding, *, by: User, at: datetime) -> None:
    """Become the second coder while there is none (or the first, where that person was erased)."""
    for place in ("first", "second"):
        other = "second" if place == "first" else "first"
        free = Coding.objects.filter(pk=coding.pk, **{place: None, f"{place}_done_at": None}).exclude(**{other: by})
        if free.update(**{place: by}):
            record("coding.joined", by=by, at=at, target=coding, institution_id=coding.programme.institution_id)
            return


@transaction.atomic
def keep_code(coding: Coding, name: str, *, level: str, by: User) -> Code:
    """A code of the common codebook; one that is there already is found. Raises NotYourCoding, CodebookStays, TooManyCodes."""
    row = _of_coder(coding, by)
    found = next((code for code in row.codes.filter(level=level) if name in (code.name, str(code))), None)
    if found is not None:
        return found
    _may_change(row)
    if row.codes.count() >= MAX_CODES:
        raise TooManyCodes
    return Code.objects.create(coding=row, level=level, name=name)


@transaction.atomic
def place_code(coding: Coding, *moves: Move, by: User) -> None:
    """Put open codes under axial categories, and these under the core. That goes on when both have finished, for how far they
    agree does not depend on it (`compared`), until the numbers are shown. Raises NotYourCoding, CodebookStays."""
    row = _of_coder(coding, by)
    _may_change(row)
    for code, parent in moves:
        row.codes.filter(pk=code.pk).update(parent=parent)


def _may_change(coding: Coding) -> None:
    """Numbers that are shown twice, with something changed between, tell by their difference of a few. Raises CodebookStays."""
    if coding.shown_at is not None:
        raise CodebookStays


def _of_coder(coding: Coding, by: User) -> Coding:
    """The coding, locked, for one of the two who code. Raises NotYourCoding."""
    row = Coding.objects.select_for_update().get(pk=coding.pk)
    if not hand_of(row, by):
        raise NotYourCoding
    return row


def hand_of(coding: Coding, user: User) -> str:
    """As which coder `user` works; empty for neither."""
    return {coding.first_id: Coded.Hand.FIRST, coding.second_id: Coded.Hand.SECOND}.get(user.pk, "")


@transaction.atomic
def code_answer(coding: Coding, answer: Written, codes: Iterable[Code], *, by: User, at: datetime) -> None:
    """Give one answer its open codes, perhaps none. Raises NotYourCoding, CodingIsDone."""
    row = _of_coder(coding, by)
    hand = hand_of(row, by)
    if row.has_finished(hand):
        raise CodingIsDone
    _set(row, answer, hand, codes, at)


def _set(coding: Coding, answer: Written, hand: str, codes: Iterable[Code], at: datetime) -> None:
    coded, _new = coding.kept_in.objects.update_or_create(
        coding=coding, answer_id=answer.pk, hand=hand, defaults={"at": at}
    )
    coded.codes.set(codes)


@transaction.atomic
def finish_coding(coding: Coding, *, by: User, at: datetime) -> None:
    """Say that one's own part is done; when both have, each sees the other's. Raises NotYourCoding, CodingIsNotDone."""
    row = _of_coder(coding, by)
    hand = hand_of(row, by)
    waiting = {answer.pk for answer in answers_of(row)}
    if not waiting:
        raise TooFewWrote
    waiting -= set(row.kept_in.objects.filter(coding=row, hand=hand).values_list("answer", flat=True))
    if waiting:
        raise CodingIsNotDone
    field = f"{hand}_done_at"
    if getattr(row, field) is None:
        setattr(row, field, at)
        row.save(update_fields=[field])
        record("coding.finished", by=by, at=at, target=row, institution_id=row.programme.institution_id)


@transaction.atomic
def agree_on(coding: Coding, answer: Written, codes: Iterable[Code], *, by: User, at: datetime) -> None:
    """What the two agree on where they differed. Raises NotYourCoding, NotComparedYet, CodebookStays."""
    row = _of_coder(coding, by)
    if not row.is_compared:
        raise NotComparedYet
    _may_change(row)
    _set(row, answer, Coded.Hand.AGREED, codes, at)


@transaction.atomic
def show_numbers(coding: Coding, *, by: User, at: datetime) -> None:
    """Say that the codebook is done: all who may see the coding see how many people each code was given to, once and for all.
    Raises NotYourCoding, NotComparedYet, TooFewWrote, DifferencesAreOpen."""
    row = _of_coder(coding, by)
    if not row.is_compared:
        raise NotComparedYet
    if not answers_of(row):
        raise TooFewWrote
    if compared(row).open_differences:
        raise DifferencesAreOpen
    if row.shown_at is None:
        row.shown_at, row.numbers = at, numbers_in(counts(row))
        row.save(update_fields=["shown_at", "numbers"])
        record("coding.numbers_shown", by=by, at=at, target=row, institution_id=row.programme.institution_id)
