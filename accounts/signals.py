"""News of this app for the apps above it."""

from django.dispatch import Signal

invitation_accepted = Signal()  # invitation, person, at
consent_given = Signal()  # consent, at
person_will_be_erased = Signal()  # person, at: in the transaction, while the rows still speak of the person
