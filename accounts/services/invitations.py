"""Letting people in: a link to one address, used once."""

import base64
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import Belonging, Institution, Invitation, User, new_token, token_hash
from accounts.services.audit import record
from accounts.signals import invitation_accepted
from core.errors import DomainError
from core.jobs import enqueue

OPEN_FOR = timedelta(days=14)


class InvitationIsOver(DomainError):
    code = "invitation_is_over"
    status = 410
    default = _("This invitation was used or is too old. Ask for a new one; it takes a minute.")


class AlreadyBelongs(DomainError):
    code = "already_belongs"
    default = _("This person already belongs to the institution.")


def invitation_token(invitation: Invitation) -> str:
    """The secret of the link. Derived, not stored, so that the job that mails it needs no secret in its payload."""
    digest = salted_hmac(
        "accounts.invitation", f"{invitation.pk}:{invitation.created_at.isoformat()}", algorithm="sha256"
    )
    return base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")


@transaction.atomic
def invite(
    institution: Institution, *, email: str, role: str, by: User | None, at: datetime, mail: bool = True
) -> tuple[Invitation, str]:
    """Invite one address into an institution for 14 days; an older open invitation of that address closes.

    Returns the invitation and the token of its link, which is kept nowhere in clear. With `mail` the link is sent to the
    address. Raises AlreadyBelongs when the person is in and would not get a higher role.
    """
    email = email.strip().lower()
    there = Belonging.objects.filter(institution=institution, person__email=email).first()
    if there is not None and (there.role == role or there.role == Belonging.Role.ADMINISTRATOR):
        raise AlreadyBelongs
    Invitation.objects.usable(at).filter(institution=institution, email=email).update(expires_at=at)
    invitation = Invitation.objects.create(
        institution=institution,
        email=email,
        role=role,
        token_hash=token_hash(new_token()),
        invited_by=by,
        expires_at=at + OPEN_FOR,
    )
    token = invitation_token(invitation)
    invitation.token_hash = token_hash(token)
    invitation.save(update_fields=["token_hash"])
    record("invitation.made", by=by, at=at, target=invitation, institution_id=institution.pk, reason=role)
    if mail:
        enqueue("accounts.send_invitation", key=f"invitation:{invitation.pk}", invitation_id=invitation.pk)
    return invitation, token


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User, at: datetime) -> None:
    """Close an open invitation; its link says so kindly."""
    if Invitation.objects.usable(at).filter(pk=invitation.pk).update(expires_at=at):
        record("invitation.withdrawn", by=by, at=at, target=invitation, institution_id=invitation.institution_id)


@transaction.atomic
def accept_invitation(invitation: Invitation, *, person: User, at: datetime) -> Belonging:
    """Let `person` in. The link is used up in one statement, so that it opens once however often it is clicked.

    Raises InvitationIsOver when it was used, withdrawn or too old, or was sent to another address than the person's.
    """
    if person.email != invitation.email:
        raise InvitationIsOver(_("This invitation was sent to another address than the one you signed in with."))
    if not Invitation.objects.usable(at).filter(pk=invitation.pk).update(accepted_at=at, person=person):
        raise InvitationIsOver
    belonging, is_new = Belonging.objects.get_or_create(
        institution_id=invitation.institution_id, person=person, defaults={"role": invitation.role}
    )
    if not is_new and invitation.role == Belonging.Role.ADMINISTRATOR:
        belonging.role = invitation.role
        belonging.save(update_fields=["role"])
    record(
        "role.granted",
        by=person,
        at=at,
        target=belonging,
        institution_id=invitation.institution_id,
        reason=belonging.role,
    )
    invitation.refresh_from_db()
    invitation_accepted.send(Invitation, invitation=invitation, person=person, at=at)
    return belonging


@transaction.atomic
def create_invited_person(
    invitation: Invitation, *, name: str, password: str, language: str, at: datetime
) -> tuple[User, Belonging]:
    """Make the account of an invited address and accept for it. The link proves the address, so it counts as confirmed.

    A person whom a list brought in and who never chose a password is taken as they are.
    """
    institution = invitation.institution
    person = User.objects.without_password().filter(email=invitation.email).first()
    if person is None:
        person = User(email=invitation.email, calendar=institution.calendar, time_zone=institution.time_zone)
    person.name, person.language = name, language
    person.set_password(password)
    person.save()
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
    return person, accept_invitation(invitation, person=person, at=at)
