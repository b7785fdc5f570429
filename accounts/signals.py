"""News of this app for the apps above it."""

from django.dispatch import Signal

invitation_accepted = Signal()  # invitation, person, at
consent_given = Signal()  # consent, at
consent_withdrawn = Signal()  # consent, at
sessions_ended = (
    Signal()
)  # person, keep: the key of the one session that goes on or "", now: the key it has from now on
person_will_be_erased = Signal()  # person, at: in the transaction, while the rows still speak of the person
