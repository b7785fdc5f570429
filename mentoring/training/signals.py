"""News of this app for the apps above it."""

from django.dispatch import Signal

module_finished = Signal()  # progress, at
