"""News of this app for the apps above it."""

from django.dispatch import Signal

programme_created = Signal()  # programme, template (a catalogue.Template), at
programme_closed = Signal()  # programme, at
coordination_changed = Signal()  # programme, at
enrolment_changed = Signal()  # enrolment, before (status, "" when it is new), by (None: of itself), at
