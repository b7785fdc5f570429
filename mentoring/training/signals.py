"""News of this app for the apps above it."""

from django.dispatch import Signal

learned = Signal()  # person_id, at: a lesson was answered, an ability rated
module_finished = Signal()  # progress, at
