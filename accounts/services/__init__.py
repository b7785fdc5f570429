"""Verbs about people: the audit trail, consent, invitations, keys, what a person chose, and their leaving."""

from accounts.services.audit import broken_link, event_body, link, record
from accounts.services.consents import give_consent, withdraw_consent
from accounts.services.invitations import (
    AlreadyBelongs,
    InvitationIsOver,
    accept_invitation,
    create_invited_person,
    invitation_token,
    invite,
    withdraw_invitation,
)
from accounts.services.keys import make_api_key, revoke_api_key
from accounts.services.people import (
    LastAdministrator,
    change_belonging,
    end_sessions,
    erase_person,
    keep_choice,
    tell_signed_out,
)
from accounts.services.roster import ExternalIdTaken, add_person

__all__ = [
    "AlreadyBelongs",
    "ExternalIdTaken",
    "InvitationIsOver",
    "LastAdministrator",
    "accept_invitation",
    "add_person",
    "broken_link",
    "change_belonging",
    "create_invited_person",
    "end_sessions",
    "erase_person",
    "event_body",
    "give_consent",
    "invitation_token",
    "invite",
    "keep_choice",
    "link",
    "make_api_key",
    "record",
    "revoke_api_key",
    "tell_signed_out",
    "withdraw_consent",
    "withdraw_invitation",
]
